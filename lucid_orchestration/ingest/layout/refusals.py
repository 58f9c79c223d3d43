"""Why no row of a table can be its headings, with what would make it readable."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from lucid_orchestration.ingest.kinds import KINDS, Kind, KindName, kind_named
from lucid_orchestration.ingest.layout.aliases import (
    aliases,
    is_mere_quantity,
    stock_words,
)
from lucid_orchestration.ingest.layout.composed import choices_below, has_days_of_rows
from lucid_orchestration.ingest.layout.headings import heading_keys
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.money.heading_words import words_of
from lucid_orchestration.ingest.layout.proposal import Proposal, proposed
from lucid_orchestration.ingest.layout.suggest import nearest_mapping
from lucid_orchestration.ingest.outcomes import RefusedError, Row
from lucid_orchestration.ingest.pdf.vocabulary import months_key

# A row of headings and what is said of it → position by field.
Tried: TypeAlias = Callable[[Row, FileMapping], Mapping[str, int] | None]
_MOST_NAMED = 12
_ROWS_SHOWN = 3
_MOST_LETTERS = 40
# So many headings that are months make a table of them.
_MIN_MONTHS = 3
_MONTH = re.compile(r"([^\W\d_]{3,12})\.?[\s\-/']*(?:(?:19|20)?\d{2})?|((?:19|20)\d{2}-\d{2})")
# A row with a digit ("Tax 1 Amount") is one of headings where so many are known.
_KNOWN_ENOUGH = 4


def refusal(rows: Sequence[Row], candidates: Sequence[Row], tried: Tried) -> RefusedError:
    """What is missing in the row that comes nearest to headings, in the owner's words.

    `tried` gives the columns of the table below a row of headings as they would be read with a
    mapping, None where it could not: only a mapping that can be used is offered, with the first
    rows as they would be read.
    """
    if not any(any(row.cells) for row in rows):
        return RefusedError("no_rows", "The file holds no rows. Export it again.")
    spread = next((row for row in candidates if len(_months(row)) >= _MIN_MONTHS), None)
    if spread is not None:
        return _of_months(spread)
    below = {row.number: [line for line in rows if line.number > row.number] for row in candidates}
    best, kind, columns = max(
        (
            (row, kind, found)
            for row in candidates
            for kind in KINDS
            # one that lacks nothing speaks of something else
            if _missing(kind, found := choices_below(kind.name, row, below[row.number]))
        ),
        key=lambda found: (
            sum(bool(group & found[2].keys()) for group in found[1].required),
            len(found[2]),
        ),
        default=(None, kind_named("sales"), {}),
    )
    if best is None or len(columns) < 2 or (len(columns) < _KNOWN_ENOUGH and _has_digits(best)):
        offered = proposed(rows)
        if offered is not None:
            return RefusedError("unknown_layout", _unknown_words(offered, rows, tried))
        return RefusedError(
            "unknown_layout",
            "No row of headings such as Date, Item Name, Quantity and Amount was found, so this is "
            "no sales, stock, purchase or product list Lucid knows. If it is one, add such a row.",
        )
    if kind.name in {"inventory", "purchases"} and "supplier" not in columns:
        # an incomplete list of goods is most likely one of sales
        kind = kind_named("sales")
        columns = choices_below(kind.name, best, below[best.number])
    missing = _missing(kind, columns)
    named = [" or ".join(sorted(field.replace("_", " ") for field in group)) for group in missing]
    remedy = _as_stock(best, kind, rows, tried) or _remedy(
        best, missing, kind, columns, rows, tried
    )
    return RefusedError(
        "missing_column",
        f"Row {best.number} looks like the headings of a {kind.name} list, but there is no column "
        f"for {' and '.join(named)}. Found: {_headings(best)}. {remedy}",
    )


def _months(row: Row) -> list[str]:
    """The headings that are months, such as "Jan-2025", "Enero" or "2025-01"."""
    return [
        cell.strip()
        for cell in row.cells
        if (found := _MONTH.fullmatch(cell.strip())) and (found[2] or months_key(found[1]))
    ]


def _of_months(row: Row) -> RefusedError:
    months = _months(row)
    return RefusedError(
        "columns_of_months",
        f"Row {row.number} has a column for each month ({', '.join(months[:_ROWS_SHOWN])} …). "
        "Figures of whole months name no day of a sale, and a column of them is neither a quantity "
        "nor a stock. Export the bills or their lines instead: a row for each sale, with its day.",
    )


def _missing(kind: Kind, columns: Mapping[str, Sequence[int]]) -> list[frozenset[str]]:
    return [group for group in kind.required if not group & columns.keys()]


def _has_digits(row: Row) -> bool:
    return any(re.search(r"\d", cell) for cell in row.cells)


def _unknown_words(found: Proposal, rows: Sequence[Row], tried: Tried) -> str:
    return (
        f"Row {found.header.number} may be headings in words Lucid does not know: "
        f"{_headings(found.header)}. {_by_proposal(found, rows, tried)}"
    )


def _by_proposal(found: Proposal, rows: Sequence[Row], tried: Tried) -> str:
    header = found.header
    said = FileMapping(
        kind="sales",
        columns={header.cells[place].strip(): name for place, name in found.columns.items()},
    )
    read = tried(header, said) if found.is_complete else None
    if read is not None:
        return (
            f"If they mean what stands below them, put this into mapping.yml: {_as_text(said)}. "
            f"{_as_read(header, read, rows)}"
        )
    open_ones = [
        f"{_named(header, places)} is {meaning}"
        for places, meaning in (
            (found.open_dates, "the sale_date"),
            (found.open_names, "the product_name"),
            (found.open_figures, "the quantity and the net_amount"),
        )
        if places
    ]
    choice = f" and add which of {'; which of '.join(open_ones)}" if open_ones else ""
    return f"Say in mapping.yml what they mean, such as {_as_text(said)},{choice}."


def _named(header: Row, places: Sequence[int]) -> str:
    return ", ".join(f'"{header.cells[place].strip()}"' for place in places[:_MOST_NAMED])


def _headings(row: Row) -> str:
    return ", ".join(cell.strip() for cell in row.cells if cell.strip())


def _as_text(said: FileMapping) -> str:
    """A mapping on one line, as YAML takes it."""
    columns = ", ".join(
        f"{json.dumps(heading, ensure_ascii=False)}: {name}"
        for heading, name in said.columns.items()
    )
    kind = f"kind: {said.kind}, " if said.kind else ""
    return f"{{{kind}columns: {{{columns}}}}}"


def _as_read(header: Row, columns: Mapping[str, int], rows: Sequence[Row]) -> str:
    """The first rows below headings, each cell with the field it would be read as."""
    below = [row for row in rows if row.number > header.number and any(row.cells)]
    shown = [
        f"row {row.number}: "
        + ", ".join(
            f"{name} {row.cells[place].strip()[:_MOST_LETTERS]}"
            for name, place in sorted(columns.items(), key=lambda column: column[1])
            if place < len(row.cells) and row.cells[place].strip()
        )
        for row in below[:_ROWS_SHOWN]
    ]
    return f"The first rows would be read so: {'; '.join(shown)}."


def _as_stock(header: Row, kind: Kind, rows: Sequence[Row], tried: Tried) -> str | None:
    """The line that has a list without days read as one of stock, with its first rows."""
    below = [row for row in rows if row.number > header.number]
    sold = choices_below("sales", header, below)
    if kind.name != "sales" or sold.keys() & {"sale_date", "transaction_id"}:
        return None
    if _counts_sold(header, sold) or has_days_of_rows(header, below):
        return None
    if sold.keys() & {"net_amount", "gross_amount"} and not _names_stock(header):
        return None  # pieces and what they came to are sold
    stock = choices_below("inventory", header, below)
    missing = [] if "quantity" in stock else [frozenset({"quantity"})]
    said = FileMapping(
        kind="inventory", columns=_nearest(missing, "inventory", header, stock, below)
    )
    read = tried(header, said) if len(said.columns) == len(missing) else None
    if read is None:
        return None
    line = _as_text(said) if said.columns else "kind: inventory"
    return (
        f"If it lists what is in stock, put this into mapping.yml: {line}. "
        f"{_as_read(header, read, rows)} If it lists sales, add the column, or say in mapping.yml "
        "which heading means it."
    )


def _names_stock(header: Row) -> bool:
    """Whether a heading says in a word that it is of stock."""
    return any(words_of(cell) & stock_words() for cell in header.cells)


def _counts_sold(header: Row, sold: Mapping[str, Sequence[int]]) -> bool:
    """Whether headings speak of pieces sold, which no stock list has, and of what they came to."""
    keys = heading_keys(header.cells)
    counted = [keys[place] for place in sold.get("quantity", ())]
    is_of_sales = bool(counted) and not any(map(is_mere_quantity, counted))
    return is_of_sales and bool(sold.keys() & {"net_amount", "gross_amount"})


def _remedy(
    header: Row,
    missing: Sequence[frozenset[str]],
    kind: Kind,
    columns: Mapping[str, Sequence[int]],
    rows: Sequence[Row],
    tried: Tried,
) -> str:
    offered = _proved(header, kind, columns, rows)
    if offered is not None and "quantity" not in columns:
        return _by_proposal(offered, rows, tried)
    below = [row for row in rows if row.number > header.number]
    nearest = _nearest(missing, kind.name, header, columns, below)
    said = FileMapping(columns=nearest)
    read = tried(header, said) if len(nearest) == len(missing) else None
    if read is None:
        return "Add the column, or say in mapping.yml which heading means it."
    return (
        f"If that is what they are, put this into mapping.yml: {_as_text(said)}. "
        f"{_as_read(header, read, rows)}"
    )


def _proved(
    header: Row, kind: Kind, columns: Mapping[str, Sequence[int]], rows: Sequence[Row]
) -> Proposal | None:
    """What cells show of a table of sales whose figures multiply, if no known heading objects."""
    offered = proposed([row for row in rows if row.number >= header.number])
    if offered is None or offered.header != header or kind.name != "sales":
        return None
    places = {name: place for place, name in offered.columns.items()}
    agrees = all(places[name] in columns[name] for name in places.keys() & columns.keys())
    return offered if agrees and "quantity" in places else None


def _nearest(
    missing: Sequence[frozenset[str]],
    kind: KindName,
    header: Row,
    columns: Mapping[str, Sequence[int]],
    below: Sequence[Row],
) -> dict[str, str]:
    words: dict[str, list[str]] = {}
    for alias, (meaning, _) in aliases()[kind].items():
        words.setdefault(meaning, []).append(alias)
    taken = [place for places in columns.values() for place in places]
    return nearest_mapping(missing, header.cells, taken, [row.cells for row in below], words)
