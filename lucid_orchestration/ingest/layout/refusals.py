"""Why no row of a table can be its headings, with what would make it readable."""

import re
from collections.abc import Iterable, Mapping, Sequence

from lucid_orchestration.ingest.kinds import KINDS, Kind, kind_named
from lucid_orchestration.ingest.layout.aliases import aliases, choices
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.suggest import nearest_mapping
from lucid_orchestration.ingest.outcomes import RefusedError, Row


def refusal(rows: Iterable[Row], candidates: Sequence[Row]) -> RefusedError:
    """What is missing in the row that comes nearest to headings, in the owner's words."""
    if not any(any(row.cells) for row in rows):
        return RefusedError("no_rows", "The file holds no rows. Export it again.")
    best, kind, columns = max(
        (
            (row, kind, choices(kind.name, [heading_key(cell) for cell in row.cells]))
            for row in candidates
            for kind in KINDS
        ),
        key=lambda found: (
            sum(bool(group & found[2].keys()) for group in found[1].required),
            len(found[2]),
        ),
        default=(None, kind_named("sales"), {}),
    )
    if best is None or len(columns) < 2 or any(re.search(r"\d", cell) for cell in best.cells):
        return RefusedError(
            "unknown_layout",
            "No row of headings such as Date, Item Name, Quantity and Amount was found, so this is "
            "no sales, stock, purchase or product list Lucid knows. If it is one, add such a row.",
        )
    if kind.name in {"inventory", "purchases"} and "supplier" not in columns:
        # an incomplete list of goods is most likely one of sales
        kind = kind_named("sales")
        columns = choices(kind.name, [heading_key(cell) for cell in best.cells])
    missing = [group for group in kind.required if not group & columns.keys()]
    named = [" or ".join(sorted(field.replace("_", " ") for field in group)) for group in missing]
    found = ", ".join(cell.strip() for cell in best.cells if cell.strip())
    return RefusedError(
        "missing_column",
        f"Row {best.number} looks like the headings of a {kind.name} list, but there is no column "
        f"for {' and '.join(named)}. Found: {found}. {_remedy(best, missing, kind, columns, rows)}",
    )


def _remedy(
    header: Row,
    missing: Sequence[frozenset[str]],
    kind: Kind,
    columns: Mapping[str, Sequence[int]],
    rows: Iterable[Row],
) -> str:
    words: dict[str, list[str]] = {}
    for alias, (meaning, _) in aliases()[kind.name].items():
        words.setdefault(meaning, []).append(alias)
    taken = [place for places in columns.values() for place in places]
    below = [row.cells for row in rows if row.number > header.number]
    nearest = nearest_mapping(missing, header.cells, taken, below, words)
    if len(nearest) < len(missing):
        return "Add the column, or say in mapping.yml which heading means it."
    lines = ", ".join(f'"{heading}": {field}' for heading, field in nearest.items())
    return f"If that is what they are, put this into mapping.yml: columns: {{{lines}}}."
