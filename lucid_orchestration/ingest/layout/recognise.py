"""What a table is: which row holds the headings, what kind it is, which column means what.

The same heading means different things in different systems, so a known layout (a profile,
recognised by its set of headings) goes before the general list in seeds/column_aliases.csv.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lucid_orchestration.ingest.kinds import KINDS, KindName, kind_named
from lucid_orchestration.ingest.layout.aliases import (
    aliases,
    choices,
    is_known,
    is_mere_quantity,
    meanings,
)
from lucid_orchestration.ingest.layout.composed import choices_below
from lucid_orchestration.ingest.layout.conventions import DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.documents import Outcome
from lucid_orchestration.ingest.layout.halves import half_of, may_be_headings, with_half
from lucid_orchestration.ingest.layout.headings import heading_key, heading_keys
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID, FileMapping
from lucid_orchestration.ingest.layout.money.foreign import BaseAmounts, in_base_currency
from lucid_orchestration.ingest.layout.money.lists import with_marks
from lucid_orchestration.ingest.layout.names import (
    FIRST_DESCRIPTION,
    best_named,
    holds_figures,
    is_described,
    with_named_goods,
)
from lucid_orchestration.ingest.layout.profile import (
    Arrangement,
    Profile,
    fitting_profiles,
)
from lucid_orchestration.ingest.layout.refusals import refusal
from lucid_orchestration.ingest.layout.sales_money import SalesMoney, sales_money
from lucid_orchestration.ingest.layout.speaking import speaks_of
from lucid_orchestration.ingest.layout.spoken_figures import for_proof
from lucid_orchestration.ingest.layout.stock_places import stock_places
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity

HEADER_SEARCH_ROWS = 60
_DIGIT = re.compile(r"\d")
_SIGNS_OF_A_BILL = frozenset({"sale_date", "transaction_id", "customer_id"})


@dataclass(frozen=True)
class Layout:
    """A recognised table. `columns` maps a field to the position of its column, from 0.

    `date_order` and `decimal_mark` are set where they are known rather than to be found out;
    `usual_date_order` decides where the dates do not. Where the system's rows need an
    `arrangement`, a column may stand right of the headings, and `helpers` maps the positions of the
    other columns it reads to the fields they help to fill. The values of the columns `stated_once`
    hold for the rows below; `column_marks` are the decimal marks of columns that are written with
    another one than the rest. A list of products with a mere "quantity" is not certain to be one of
    stock. `evidence` is the arithmetic that proved a column, `issues` what to tell about the
    reading. `document` is what the rows are that do not say so themselves, where the table tells;
    `branch` and `as_of` (the day of a stock list, year first) are what its titles say of all rows.
    """

    kind: KindName
    profile: str
    header_row: int
    header: tuple[str, ...]
    columns: Mapping[str, int]
    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    usual_date_order: DateOrder | None = None
    arrangement: Arrangement | None = None
    is_certain: bool = True
    helpers: Mapping[int, str] = field(default_factory=dict)
    stated_once: frozenset[int] = frozenset()
    column_marks: Mapping[int, DecimalMark] = field(default_factory=dict)
    evidence: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    document: Outcome | None = None
    heads: frozenset[str] = frozenset()
    branch: str | None = None
    as_of: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields its rows can have a value of."""
        named = {"store": self.branch, "stock_date": self.as_of}
        return frozenset(self.columns) | {name for name, said in named.items() if said is not None}


def find_layout(rows: Sequence[Row], mapping: FileMapping = NOTHING_SAID) -> Layout:
    """The layout of a table from its first rows and what the owner says about the file.

    Raises:
        RefusedError: when no row can be the headings of a known table, naming what is missing;
            when a needed column is there twice, naming the candidates. One that may be half of a
            table says which.
    """
    candidates = [
        (position, row)
        for position, row in enumerate(rows[:HEADER_SEARCH_ROWS])
        if may_be_headings(row, mapping)
    ]
    is_told = bool(mapping.columns or mapping.kind)
    for position, row in candidates:
        layout = None if is_told else _profile_layout(rows[position : position + 2])
        layout = layout or _base_layout(row, rows[position + 1 :], mapping)
        if layout is not None:
            return replace(
                layout,
                date_order=mapping.date_order or layout.date_order,
                decimal_mark=mapping.decimal_mark or layout.decimal_mark,
            )
    for position, row in candidates:
        layout = _names_layout(row, rows[position + 1 :], mapping)
        if layout is not None:
            return layout

    def tried(header: Row, said: FileMapping) -> Mapping[str, int] | None:
        below = [row for row in rows if row.number > header.number]
        try:
            layout = _general_layout(header, below, said)
        except RefusedError:
            return None
        return None if layout is None else layout.columns

    refused = refusal(rows, [row for _, row in candidates], tried)
    raise with_half(refused, half_of([row for _, row in candidates], mapping))


def looks_like_header(row: Row) -> bool:
    """Whether a later row is the headings of another table: known headings and not one digit."""
    if _DIGIT.search("".join(row.cells)):
        return False
    words = [cell for cell in row.cells if cell]
    return len(words) >= 3 and sum(map(is_known, words)) >= max(3, len(words) // 2)


def _stacked(above: Row, row: Row) -> Row:
    """Headings in two rows as one: what stands above several columns, before that of each."""
    width = max(len(row.cells), len(above.cells))
    own, upper = ([*cells, *[""] * (width - len(cells))] for cells in (row.cells, above.cells))
    group = ""
    headings = []
    for word, name in zip(own, upper, strict=True):
        group = name.strip() or group
        headings.append(f"{group} {word}".strip() if word.strip() else name)
    return replace(row, cells=tuple(headings))


def _profile_layout(rows: Sequence[Row]) -> Layout | None:
    """The layout of a known system, whose headings are in the first row or in it and the next.

    Raises:
        RefusedError: for one that is known to be of no use, with what to export instead.
    """
    layout = _known_layout(rows[0])
    return _known_layout(_stacked(*rows)) if layout is None and len(rows) > 1 else layout


def _known_layout(row: Row) -> Layout | None:
    keys = [heading_key(cell) for cell in row.cells]
    for profile in fitting_profiles(keys):
        if profile.refuse is not None:
            raise RefusedError("no_items", profile.refuse)
        columns: dict[str, int] = {}
        for key, name in profile.fields.items():
            if key in keys:
                columns.setdefault(name, keys.index(key))
        added = profile.rows.added_fields(keys) if profile.rows else frozenset()
        if not all(group & (columns.keys() | added) for group in kind_named(profile.kind).required):
            continue  # columns the system lets its users leave out
        return _with_arrangement(
            Layout(
                profile.kind,
                profile.name,
                row.number,
                row.cells,
                columns,
                profile.date_order,
                profile.decimal_mark,
                profile.usual_date_order,
                issues=()
                if profile.remark is None
                else (Issue(Severity.WARNING, "no_products", profile.remark),),
            ),
            keys,
            profile,
        )
    return None


def _with_arrangement(layout: Layout, keys: Sequence[str], profile: Profile) -> Layout:
    if profile.rows is None:
        return layout
    added = sorted(profile.rows.added_fields(keys) - layout.columns.keys())
    columns = {**layout.columns, **{name: len(keys) + n for n, name in enumerate(added)}}
    return replace(
        layout,
        columns=columns,
        arrangement=profile.rows,
        helpers={
            keys.index(key): name
            for key, name in profile.rows.helpers(profile.fields, keys).items()
        },
    )


def _base_layout(row: Row, below: Sequence[Row], mapping: FileMapping) -> Layout | None:
    """The general layout of a table, by its figures in the shop's own currency."""
    found = BaseAmounts(row) if mapping.columns else in_base_currency(row, below)
    layout = _general_layout(found.header, below, mapping)
    told = () if layout is None else (*layout.issues, *found.issues)
    return None if layout is None else replace(layout, header=row.cells, issues=told)


def _general_layout(row: Row, below: Sequence[Row], mapping: FileMapping) -> Layout | None:
    told = {heading_key(heading): field for heading, field in mapping.columns.items()}
    keys = heading_keys(row.cells, told)
    for kind in KINDS:
        if mapping.kind not in (None, kind.name):
            continue
        chosen = choices_below(kind.name, row, below, told)
        if kind.name == "sales" and "quantity" not in chosen and chosen.keys() >= _SIGNS_OF_A_BILL:
            # a bill that names its customer counts what left the stock, whatever the heading
            stock = choices("inventory", keys)
            chosen |= {"quantity": stock["quantity"]} if "quantity" in stock else {}
        if "customer_id" in chosen and is_described(
            [keys[place] for place in chosen.get("product_name", [])],
            keys,
            told,
            aliases()[kind.name],
        ):
            chosen["product_name"] = [keys.index("name")]
        chosen |= _better_name(chosen, keys, told, kind.name, below)
        chosen = with_named_goods(chosen, keys, told, below)
        by_place = None
        if kind.name == "inventory" and "quantity" not in chosen:
            taken = {place for places in chosen.values() for place in places}
            by_place = stock_places(row, taken, told, below)
        if by_place is not None:
            total = len(keys) if by_place.total is None else by_place.total
            chosen["quantity"] = [total]
        columns = {field: positions[0] for field, positions in chosen.items()}
        if not all(group & columns.keys() for group in kind.required):
            continue
        if mapping.kind is None and not speaks_of(kind.name, row, below, columns):
            continue
        below = for_proof(row, below, columns)
        if kind.name == "sales":
            known, fixed = meanings(kind.name, keys), _told_columns(keys, told)
            found = sales_money(row, columns, known, fixed, below, mapping.decimal_mark)
            if found.left is not None:
                columns["quantity"], chosen["quantity"] = found.left, [found.left]
        else:
            marked = with_marks(row, columns, below, mapping.decimal_mark)
            found = SalesMoney(marked, marked.columns)
            if by_place is not None and by_place.total is None:
                helpers = dict.fromkeys(by_place.places, "quantity")
                found = replace(found, arrangement=by_place.arrangement(row), helpers=helpers)
        money = found.settled
        for name in sorted(frozenset().union(*kind.required) & columns.keys()):
            if money.columns.get(name) == columns[name] and len(chosen[name]) > 1:
                _check_choice(row, name, [*chosen[name]], keys, below)
        is_weak = kind.name == "inventory" and is_mere_quantity(
            keys[columns["quantity"]] if columns["quantity"] < len(keys) else ""
        )
        return Layout(
            kind.name,
            "mapping" if told else "generic",
            row.number,
            row.cells,
            found.columns,
            decimal_mark=money.decimal_mark,
            column_marks=money.column_marks,
            arrangement=found.arrangement,
            is_certain=not is_weak,
            helpers=found.helpers,
            evidence=money.evidence,
            issues=(*money.issues, *found.issues),
        )
    return None


def _better_name(
    chosen: Mapping[str, list[int]],
    keys: Sequence[str],
    told: Mapping[str, str],
    kind: KindName,
    below: Sequence[Row],
) -> dict[str, list[int]]:
    """Of several columns that describe the product, the one whose values come again at a price."""
    places = chosen.get("product_name", [])
    described = [
        place
        for place, name in meanings(kind, keys).items()
        if name == "product_name"
        and keys[place] not in told
        and aliases()[kind][keys[place].replace(" ", "")][1] >= FIRST_DESCRIPTION
    ]
    if not set(places) <= set(described):
        return {}
    prices = [*chosen.get("unit_price", []), *chosen.get("gross_unit_price", [])]
    best = best_named(described, prices[0], below) if prices else None
    return {} if best is None else {"product_name": [best]}


def _names_layout(row: Row, below: Sequence[Row], mapping: FileMapping) -> Layout | None:
    """A list that says which code has which name, and nothing else that could be a figure."""
    if mapping.kind not in (None, "products"):
        return None
    keys = [heading_key(cell) for cell in row.cells]
    told = {heading_key(heading): field for heading, field in mapping.columns.items()}
    columns = {name: places[0] for name, places in choices("products", keys, told).items()}
    is_named = columns.keys() >= {"product_id", "product_name"}
    if not is_named or not speaks_of("products", row, below, columns):
        return None
    if holds_figures(below, frozenset(columns.values())):
        return None
    profile = "mapping" if told else "generic"
    return Layout("products", profile, row.number, row.cells, columns)


def _told_columns(keys: Sequence[str], told: Mapping[str, str]) -> dict[int, str]:
    return {place: told[key] for place, key in enumerate(keys) if key in told}


def _check_choice(
    row: Row, field: str, positions: list[int], keys: Sequence[str], below: Sequence[Row]
) -> None:
    """Refuse to guess between columns that could both be meant and hold different values."""
    headings = [row.cells[position].strip() for position in positions]
    if len({keys[position] for position in positions}) < len(positions):
        raise RefusedError(
            "duplicate_column",
            f'Row {row.number} has the heading "{headings[0]}" twice, and only you can know which '
            "column is meant. Delete or rename one.",
        )
    columns = {
        tuple(line.cells[position] for line in below if position < len(line.cells))
        for position in positions
    }
    if len(columns) > 1:
        raise RefusedError(
            "ambiguous_column",
            f"Row {row.number} has several headings that can mean the {field.replace('_', ' ')}: "
            f"{', '.join(headings)}. Say in mapping.yml which to leave out, such as: "
            f'columns: {{"{headings[-1]}": ignore}}.',
        )
