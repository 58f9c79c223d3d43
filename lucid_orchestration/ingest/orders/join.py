"""Lines of orders with what the list of orders says of each: its day, customer, branch and state.

The orders are found by their numbers, in whatever column of their list those stand. Where the list
says what an order came to, its lines have to show it (`totals`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lucid_orchestration.ingest.kinds import MONEY_FIELDS, STATUS_FIELDS
from lucid_orchestration.ingest.layout.aliases import meanings
from lucid_orchestration.ingest.layout.documents import has_meaning
from lucid_orchestration.ingest.layout.headings import heading_key, heading_keys
from lucid_orchestration.ingest.layout.mapping import IGNORE, FileMapping
from lucid_orchestration.ingest.layout.money.columns import are_figures
from lucid_orchestration.ingest.orders.halves import HalfTable, number_of
from lucid_orchestration.ingest.orders.totals import SHARED, Agreement, agreement
from lucid_orchestration.ingest.outcomes import (
    Issue,
    RefusedError,
    Row,
    Severity,
    Sheet,
    filled_cells,
)
from lucid_orchestration.ingest.rows import recognised_table
from lucid_orchestration.ingest.siblings import order_among
from lucid_orchestration.ingest.tables import Lesson, Table

# So many of the orders that lines name have to be in the list of orders, and by one column of it.
_MIN_FOUND = 0.9
# Numbers of orders name one order each, but for slips.
_MIN_UNIQUE = 0.98
_NUMBER_SHARE = 0.9
_CARRIED = frozenset(
    {"sale_date", "customer_id", "store", "document_type", "currency", *STATUS_FIELDS}
)
# What says what was sold is said by the lines.
_OF_LINES = MONEY_FIELDS | {"product_id", "product_name", "category", "unit", "quantity", "line_id"}


@dataclass(frozen=True)
class Joined:
    """The table of lines with the cells of their orders, and how many orders of each list it took.

    `issues` are what to say of the lines, `of_orders` what to say of each list of orders. Lists
    with the same headings teach each other the `date_order`.
    """

    table: Table
    taken: Mapping[str, int]
    issues: tuple[Issue, ...]
    of_orders: Mapping[str, Issue]
    date_order: Lesson | None = None


@dataclass(frozen=True)
class _Orders:
    """A list of orders by their numbers; `carried` are the places of what it says of its lines."""

    source: HalfTable
    place: int
    rows: Mapping[str, Row]
    carried: Sequence[int]
    is_named: bool
    in_doubt: frozenset[str] = field(default_factory=frozenset)


def joined(
    lines: HalfTable, lists: Sequence[HalfTable], mapping: FileMapping, sheet: str
) -> Joined:
    """The lines with what lists of orders say of them.

    Raises:
        RefusedError: when the numbers of the lines are not those of the orders, or what the orders
            came to is not what their lines do.
    """
    place = lines.half.number
    numbers = [number for row in lines.rows if (number := number_of(row, place))]
    wanted = frozenset(numbers)
    named = heading_key(lines.half.header.cells[place or 0])
    by_hits = sorted(_orders_of(lists, wanted, named), key=lambda one: -one[0])
    found = [orders for _, orders in by_hits]
    known = {number: orders for orders in reversed(found) for number in orders.rows}
    known = {number: orders for number, orders in known.items() if number in wanted}
    if not wanted or len(known) < _MIN_FOUND * len(wanted):
        raise _unmatched(lines, lists, len(wanted), len(known))
    extra = _Extra(lines, found)
    rows = [
        Row(row.number, extra.cells(row, known.get(number_of(row, place))), row.fault)
        for row in lines.rows
    ]
    header = Row(lines.half.header.number, extra.header)
    said = mapping.model_copy(
        update={"kind": "sales", "header_row": header.number, "columns": extra.told(mapping)}
    )
    issues: list[Issue] = []
    table = recognised_table(Sheet(sheet, [header, *rows], issues), said)
    agreed = agreement(
        table.layout, rows, [(orders.source, orders.rows.items()) for orders in found]
    )
    if agreed is not None and agreed.is_refused:
        raise agreed.refusal(lines.name)
    # other lists are numbered too: without a heading that says so, only money shows what they are
    if agreed is None and (lines.half.has_days or not all(one.is_named for one in found)):
        raise _unmatched(lines, lists, len(wanted), 0)
    if agreed is not None and agreed.shared:
        by_order = sorted(rows, key=_by_first(rows, place))
        shared, settle = agreed.sharing(header, by_order, place or 0)
        said = said.model_copy(update={"columns": {**said.columns, SHARED: IGNORE}})
        issues = []
        table = recognised_table(Sheet(sheet, shared, issues), said, settle=settle)
    # the columns are those of the files, whoever named them
    table = replace(table, layout=replace(table.layout, profile="generic"))
    told = _told(lines, found, known, numbers, table, agreed)
    return told if lines.half.has_days else replace(told, date_order=_date_order(found, lists))


def _date_order(found: Sequence[_Orders], lists: Sequence[HalfTable]) -> Lesson | None:
    """What lists with the headings of those that gave the days teach about these."""
    first = found[0].source.half
    beside = [one for one in lists if one.half.header.cells == first.header.cells]
    place = first.columns["sale_date"]
    given = [
        cell for orders in found if orders.source in beside for cell in _days(orders.source, place)
    ]
    return order_among(given, {one.name: _days(one, place) for one in beside})


def _days(one: HalfTable, place: int) -> list[str]:
    return filled_cells(one.rows, place)


def _orders_of(
    lists: Sequence[HalfTable], wanted: frozenset[str], named: str
) -> list[tuple[int, _Orders]]:
    """The lists that hold numbers of the lines, with how many all of the same headings hold.

    Lists with the same headings have their numbers in the same column: a total that happens to be
    the number of an order in another month is none.
    """
    families: dict[tuple[str, ...], list[HalfTable]] = {}
    for one in lists:
        families.setdefault(tuple(heading_keys(one.half.header.cells)), []).append(one)
    found = []
    for members in families.values():
        hits, place = _number_column(members, wanted)
        own = [one for one in members if wanted & one.numbers(place).distinct] if hits else []
        found += [(hits, _orders(one, place, named)) for one in own]
    return found


def _number_column(members: Sequence[HalfTable], wanted: frozenset[str]) -> tuple[int, int]:
    """How many numbers of the lines the best column of some lists holds, and its place."""
    usual = members[0].half.columns.get("transaction_id")
    best: tuple[int, bool, int] = (0, False, 0)
    for place in range(len(members[0].half.header.cells)):
        found = [one.numbers(place) for one in members]
        hits = len(wanted.intersection(frozenset().union(*(n.distinct for n in found))))
        is_unique = all(len(n.distinct) >= _MIN_UNIQUE * n.count for n in found)
        if hits and (is_unique or place == usual):
            best = max(best, (hits, place == usual, -place))
    return best[0], -best[2]


def _orders(one: HalfTable, place: int, named: str) -> _Orders:
    """The orders of a list by the numbers in a column."""
    rows: dict[str, Row] = {}
    carried = _carried(one, place)
    in_doubt = set()
    for row in one.rows:
        number = number_of(row, place)
        before = rows.setdefault(number, row)
        if _cells(before, carried) != _cells(row, carried):
            in_doubt.add(number)
    kept = {number: row for number, row in rows.items() if number and number not in in_doubt}
    heading = one.half.header.cells[place]
    usual = one.half.columns.get("transaction_id")
    is_named = place == usual or has_meaning(heading, "order") or heading_key(heading) == named
    return _Orders(one, place, kept, carried, is_named, frozenset(in_doubt - {""}))


def _carried(one: HalfTable, number: int) -> list[int]:
    """The columns of a list of orders that its lines take: all texts but those of goods."""
    header = one.half.header.cells
    named = meanings("sales", heading_keys(header))
    fields = {place: name for name, place in one.half.columns.items()}
    found = []
    for place, heading in enumerate(header):
        name = fields.get(place) or named.get(place)
        if place == number or not heading.strip() or name in _OF_LINES:
            continue
        is_text = not are_figures(filled_cells(one.rows, place), _NUMBER_SHARE)
        if fields.get(place) in _CARRIED or name in STATUS_FIELDS or is_text:
            found.append(place)
    return found


def _cells(row: Row, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(row.cells[place] if place < len(row.cells) else "" for place in places)


class _Extra:
    """The columns that lines take from their orders, each under a heading of its own."""

    def __init__(self, lines: HalfTable, found: Sequence[_Orders]) -> None:
        self._lines = lines
        own = [*lines.half.header.cells]
        self._width = len(own)
        keys = [*map(heading_key, own)]
        self._fields: dict[str, str] = {}
        self._places: dict[str, list[int | None]] = {}
        self._headings: list[str] = []
        for orders in found:
            header = orders.source.half.header.cells
            fields = {place: name for name, place in orders.source.half.columns.items()}
            places: list[int | None] = [None] * len(self._headings)
            for place in orders.carried:
                heading = header[place].strip()
                if heading_key(heading) in keys:
                    heading = f"{heading} ({orders.source.name})"
                if heading not in self._headings:
                    self._headings.append(heading)
                    places.append(None)
                places[self._headings.index(heading)] = place
                name = fields.get(place)
                if name in _CARRIED and name not in self._fields.values():
                    self._fields[heading] = name
            self._places[orders.source.name] = places

    @property
    def header(self) -> tuple[str, ...]:
        """The headings of the lines and those of their orders."""
        return (*self._lines.half.header.cells, *self._headings)

    def told(self, mapping: FileMapping) -> dict[str, str]:
        """What headings mean that both may have: what a line says itself, its order does not."""
        cells, columns = self._lines.half.header.cells, self._lines.half.columns
        own = {cells[place]: name for name, place in columns.items() if name in _CARRIED}
        number = self._lines.half.number or 0
        fields = {
            heading: name for heading, name in self._fields.items() if name not in own.values()
        }
        return {**own, cells[number]: "transaction_id", **fields, **mapping.columns}

    def cells(self, row: Row, orders: _Orders | None) -> tuple[str, ...]:
        """The cells of a line with those of its order."""
        own = (*row.cells[: self._width], *[""] * (self._width - len(row.cells)))
        if orders is None:
            return own
        order = orders.rows[number_of(row, self._lines.half.number)].cells
        places = self._places[orders.source.name]
        return (
            *own,
            *(order[at] if at is not None and at < len(order) else "" for at in places),
        )


def _by_first(rows: Sequence[Row], place: int | None) -> "_ByFirst":
    return _ByFirst({number_of(row, place): at for at, row in reversed([*enumerate(rows)])}, place)


@dataclass(frozen=True)
class _ByFirst:
    """Puts the lines of an order together, where its first one stands."""

    first: Mapping[str, int]
    place: int | None

    def __call__(self, row: Row) -> int:
        return self.first[number_of(row, self.place)]


def _named(tables: Sequence[HalfTable]) -> str:
    return " and ".join(dict.fromkeys(one.name for one in tables))


def _unmatched(
    lines: HalfTable, lists: Sequence[HalfTable], wanted: int, known: int
) -> RefusedError:
    number = lines.half.header.cells[lines.half.number or 0].strip()
    return RefusedError(
        "orders_unmatched",
        f"{lines.name} says what was sold and not when. {_named(lists)} may say when, but holds "
        f'only {known} of the {wanted} orders that "{number}" names: too few to join them. Export '
        "both for the same time, or the lines with the day of each.",
    )


def _told(
    lines: HalfTable,
    found: Sequence[_Orders],
    known: Mapping[str, _Orders],
    numbers: Sequence[str],
    table: Table,
    agreed: Agreement | None,
) -> Joined:
    number = lines.half.header.cells[lines.half.number or 0].strip()
    matched = sum(one in known for one in numbers)
    sums = f" {agreed.sentence}" if agreed is not None else ""
    names = _named([orders.source for orders in found])
    what = "What" if lines.half.has_days else "The day, and all else that"
    issues = [
        Issue(
            Severity.NOTE,
            "orders_joined",
            f"{what} holds for a whole order stands in {names}: {matched} of {len(numbers)} row(s) "
            f'took it from there by "{number}".{sums}',
        )
    ]
    if matched < len(numbers):
        missing = next(one for one in numbers if one not in known)
        doubtful = any(missing in orders.in_doubt for orders in found)
        why = "is told twice, and not alike, in" if doubtful else "is missing in"
        count = "count as they stand" if lines.half.has_days else "have no day and do not count"
        issues.append(
            Issue(
                Severity.WARNING,
                "orders_missing",
                f"{len(numbers) - matched} row(s) {count}: their order, such as {missing}, {why} "
                f"{names}. Export both for the same time.",
            )
        )
    if agreed is not None:
        issues += agreed.warnings
    taken: dict[str, int] = {}
    of_orders: dict[str, Issue] = {}
    for orders in found:
        name = orders.source.name
        used = sum(other is orders for other in known.values())
        taken[name] = used
        of_orders[name] = Issue(
            Severity.NOTE,
            "orders_joined",
            f"{used} of its {len(orders.rows)} order(s) gave the lines of {lines.name} what holds "
            "for a whole order. What they came to is counted there, not here.",
        )
    return Joined(table, taken, tuple(issues), of_orders)
