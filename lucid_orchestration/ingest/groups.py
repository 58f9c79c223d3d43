"""Values that a file states once for several rows: cash books, exports with empty parent cells.

Whether a file does so is decided from its first rows; dates that are missing here and there are
no such thing, and stay missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from lucid_orchestration.ingest.kinds import PRICE_FIELDS
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, MergedCells, Row, Severity, cell_of
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS
from lucid_orchestration.ingest.tables import Table

# What a document or a day says once, besides its date.
HEAD_FIELDS = (
    "transaction_id",
    "customer_id",
    "supplier",
    "store",
    "document_type",
    "document_status",
    "currency",
)
# What a product says once, where each has its sales below it.
PRODUCT_FIELDS = ("product_id", "product_name", "category", "unit")
_PRODUCTS = ("product_name", "product_id")
# What a line of goods has of its own; one of the cash book such as "Cash in hand" lacks some.
_FIGURES = ("quantity", "unit_cost", *PRICE_FIELDS, "net_amount", "gross_amount", "list_amount")
# So many rows without a date show that it is no slip; where nothing but the date is stated once, or
# the product, they are also such a share of all.
MIN_CONTINUED = 2
MIN_SHARE_ALONE = 0.3
MIN_SHARE = 0.02
# A day that is stated again, for the next customer, looks like dates that are missing here and
# there, but for how many are missing.
MIN_SHARE_AGAIN = 0.45
# What holds for a group holds for all but this part of the sample.
ODD_SHARE = 0.05
FILLED_SHARE = 0.9
USUAL_SHARE = 0.8


@dataclass(frozen=True)
class Groups:
    """Which columns state a value once: those of a day or document, and those of its bills.

    A group begins where the `lead` is filled, its date or its product. A row is continued only
    where it has a `named` cell and all `needed` ones, and where it names the `same_as` of the row
    above, if that is the sign of a group.
    """

    lead: int
    outer: frozenset[int]
    inner_lead: int | None
    inner: frozenset[int]
    needed: frozenset[int]
    named: frozenset[int]
    same_as: int | None

    @property
    def columns(self) -> frozenset[int]:
        """All columns whose values hold for the rows below."""
        return self.outer | self.inner


def find_groups(rows: Sequence[Row | None], layout: Layout) -> Groups | None:
    """The columns of a table that state values once per group; None where nothing is missing so.

    `rows` are the first rows of data in their order, with None for what stands between them.
    """
    date = next((layout.columns[name] for name in DATE_FIELDS if name in layout.columns), None)
    # rows of a known system are arranged as its profile says
    is_arranged = layout.arrangement is not None and layout.profile not in ("generic", "mapping")
    if date is None or layout.kind not in ("sales", "purchases") or is_arranged:
        return None
    data = [row for row in rows if row is not None]
    products = [layout.columns[name] for name in _PRODUCTS if name in layout.columns]
    figures = {layout.columns[name] for name in _FIGURES if name in layout.columns}
    for lead, named in ((date, products), (products[0], [date])):
        if all(cell_of(row, lead) for row in data):
            continue
        lines = [row for row in data if _names_any(row, named)]
        needed = frozenset(at for at in figures if _share(lines, at) >= USUAL_SHARE)
        sample = _Sample(rows, layout, lead, frozenset(named), needed)
        found = sample.of_days() if lead == date else sample.of_products()
        if needed and found is not None:
            return found
    return None


class _Sample:
    """The first rows of a table, and what their gaps show."""

    def __init__(
        self,
        rows: Sequence[Row | None],
        layout: Layout,
        lead: int,
        named: frozenset[int],
        needed: frozenset[int],
    ) -> None:
        self._layout = layout
        self._lead = lead
        self._named = named
        self._needed = needed
        self._heads: list[Row] = []
        self._continued: list[Row] = []
        # each row that begins a group beside the one before it, each other one beside the row above
        self._successors: list[tuple[Row, Row]] = []
        self._above: list[tuple[Row, Row]] = []
        self._group_sizes: list[int] = []
        self._lost = 0
        self._sort(rows)

    def _sort(self, rows: Sequence[Row | None]) -> None:
        head: Row | None = None
        above: Row | None = None
        for row in rows:
            if row is None:
                head = above = None
            elif cell_of(row, self._lead):
                if head is not None:
                    self._successors.append((head, row))
                self._heads.append(row)
                self._group_sizes.append(0)
                head = above = row
            elif is_line(row, self._named, self._needed):
                if head is None or above is None:
                    self._lost += 1
                    continue
                self._continued.append(row)
                self._above.append((above, row))
                self._group_sizes[-1] += 1
                above = row

    def _may_hold_groups(self) -> bool:
        continued = len(self._continued)
        is_one_group = len(self._heads) == 1
        filled_groups = sum(size > 0 for size in self._group_sizes)
        return (
            continued >= MIN_CONTINUED
            and (is_one_group or filled_groups > 1)
            and self._lost <= ODD_SHARE * continued
        )

    def of_products(self) -> Groups | None:
        """The columns that each product states once above its sales, and no product twice."""
        columns = self._layout.columns
        places = {name: columns[name] for name in PRODUCT_FIELDS if name in columns}
        names = [cell_of(row, self._lead) for row in self._heads]
        least = MIN_SHARE_ALONE * (len(self._continued) + len(names))
        if not self._may_hold_groups() or len(self._continued) < least:
            return None
        if len(set(names)) < (1 - ODD_SHARE) * len(names):
            return None
        outer = self._outer(places)
        return Groups(self._lead, outer, None, frozenset(), *self._lines(), None)

    def of_days(self) -> Groups | None:
        """The columns that a day or a document states once above its lines."""
        continued, heads = self._continued, self._heads
        if not self._may_hold_groups():
            return None
        columns = self._layout.columns
        places = {name: columns[name] for name in HEAD_FIELDS if name in columns}
        bill = places.get("transaction_id")
        if bill is not None and self._is_of_the_bill(bill):
            found = Groups(self._lead, self._outer(places), None, frozenset(), *self._lines(), bill)
            return found if self._advance((bill,)) else None
        outer = self._outer(places)
        lead, inner = self._inner(places, outer)
        total = len(continued) + len(heads)
        least = MIN_SHARE if len(outer) > 1 or lead is not None else MIN_SHARE_ALONE
        if len(continued) < least * total:
            return None
        is_no_slip = len(continued) >= MIN_SHARE_AGAIN * total and self._is_in_order()
        if not self._advance(sorted(outer)) and not is_no_slip:
            return None
        return Groups(self._lead, outer, lead, inner, *self._lines(), None)

    def _lines(self) -> tuple[frozenset[int], frozenset[int]]:
        return self._needed, self._named

    def _is_of_the_bill(self, bill: int) -> bool:
        """Whether rows without a date repeat the number of the bill above them."""
        same = sum(cell_of(row, bill) == cell_of(above, bill) != "" for above, row in self._above)
        return same >= (1 - ODD_SHARE) * len(self._above)

    def _advance(self, columns: Iterable[int]) -> bool:
        """Whether rows that state their values state other ones than the group before."""
        places = tuple(columns)
        repeats = sum(
            all(cell_of(before, at) == cell_of(after, at) for at in places)
            for before, after in self._successors
        )
        return repeats <= ODD_SHARE * len(self._heads)

    def _is_in_order(self) -> bool:
        """Whether no day comes again once another has begun: then one above tells it either way."""
        days = [cell_of(row, self._lead) for row in self._heads]
        runs = [day for day, _ in groupby(days)]
        return len(set(runs)) >= (1 - ODD_SHARE) * len(runs)

    def _outer(self, places: Mapping[str, int]) -> frozenset[int]:
        """The columns that are filled where the date is, and empty where it is empty."""
        empty = {at for at in places.values() if _share(self._continued, at) <= ODD_SHARE}
        stated = {at for at in empty if _share(self._heads, at) >= FILLED_SHARE}
        if places.get("transaction_id") in stated:
            stated = empty  # not every bill names a customer
        return frozenset({self._lead, *stated})

    def _inner(
        self, places: Mapping[str, int], outer: frozenset[int]
    ) -> tuple[int | None, frozenset[int]]:
        """The number of the bill and what goes with it, where a day holds several bills."""
        bill = places.get("transaction_id")
        if bill is None or bill in outer or _share(self._heads, bill) < FILLED_SHARE:
            return None, frozenset()
        without = [row for row in self._continued if not cell_of(row, bill)]
        named = [cell_of(row, bill) for row in self._continued if cell_of(row, bill)]
        if len(without) < MIN_CONTINUED or any(one == other for one, other in pairwise(named)):
            return None, frozenset()
        others = (at for at in places.values() if at not in outer)
        return bill, frozenset(at for at in others if _share(without, at) <= ODD_SHARE)


def is_line(row: Row, products: Iterable[int], needed: Iterable[int]) -> bool:
    """Whether a row names a product and all figures that lines of its table have."""
    return _names_any(row, products) and all(cell_of(row, at) for at in needed)


class Filled:
    """Counts the rows that got values from above, for a sentence to the owner."""

    def __init__(self) -> None:
        self._rows = 0
        self._first = 0
        self._columns: set[int] = set()

    def add(self, row: Row, columns: Iterable[int]) -> None:
        """Take note of a row and the columns that were filled."""
        self._rows += 1
        self._first = self._first or row.number
        self._columns.update(columns)

    def told(self, rows: Iterable[Row], table: Table) -> Iterator[Row]:
        """The rows as they are; once the last has passed, the table says what was filled."""
        yield from rows
        if self._rows:
            header = table.layout.header
            names = ", ".join(f'"{header[at].strip()}"' for at in sorted(self._columns))
            table.issues.append(
                Issue(
                    Severity.NOTE,
                    "group_values",
                    f"The file states {names} once for several rows: {self._rows} row(s) took the "
                    f"values above them, the first is row {self._first}.",
                    self._first,
                )
            )


def group_rows(
    rows: Iterable[Row | None], groups: Groups, drop: Callable[[], None], filled: Filled
) -> Iterator[Row]:
    """The rows of data with the values of their groups.

    A row that holds nothing but values of its group is none of data: `drop` hears of it.
    """
    held: dict[int, str] | None = None
    of_group = groups.lead if groups.same_as is None else groups.same_as
    for row in rows:
        if row is None:
            held = None
        elif cell_of(row, groups.lead):
            held = {at: cell_of(row, at) for at in groups.columns | {of_group}}
            if _names_any(row, groups.named | groups.needed):
                yield row
            else:
                drop()
        elif held is None or not is_line(row, groups.named, groups.needed):
            yield row
        elif _contradicts(row, held, groups):
            held = None
            yield row
        else:
            if groups.inner_lead is not None and cell_of(row, groups.inner_lead):
                held.update({at: cell_of(row, at) for at in groups.inner})
            gaps = {
                at: text for at in groups.columns if (text := held[at]) and not cell_of(row, at)
            }
            filled.add(row, gaps)
            yield with_values(row, gaps)


def unmerged(
    rows: Iterable[Row], merged: Sequence[MergedCells], layout: Layout, filled: Filled
) -> Iterator[Row]:
    """Rows with the value of merged cells in each row; a figure is that of all rows together."""
    columns = {at for name, at in layout.columns.items() if name not in NUMBER_FIELDS}
    waiting = [cells for cells in reversed(merged) if cells.column in columns]
    held: dict[int, tuple[int, str]] = {}
    for row in rows:
        held = {at: value for at, value in held.items() if row.number <= value[0]}
        gaps = {at: text for at, (_, text) in held.items() if text and not cell_of(row, at)}
        while waiting and waiting[-1].first <= row.number:
            cells = waiting.pop()
            held[cells.column] = (cells.last, cell_of(row, cells.column))
        if gaps and row.number > layout.header_row:
            filled.add(row, gaps)
            row = with_values(row, gaps)
        yield row


def _contradicts(row: Row, held: Mapping[int, str], groups: Groups) -> bool:
    if groups.same_as is not None:
        return cell_of(row, groups.same_as) != held[groups.same_as]
    return any(cell_of(row, at) not in ("", held[at]) for at in groups.outer)


def with_values(row: Row, values: Mapping[int, str]) -> Row:
    """A row with other values in some of its cells."""
    width = 1 + max(values, default=-1)
    cells = [*row.cells, *[""] * (width - len(row.cells))]
    for at, text in values.items():
        cells[at] = text
    return Row(row.number, tuple(cells), row.fault)


def _names_any(row: Row, places: Iterable[int]) -> bool:
    return any(cell_of(row, at) for at in places)


def _share(rows: Sequence[Row], place: int) -> float:
    return sum(bool(cell_of(row, place)) for row in rows) / len(rows) if rows else 0.0
