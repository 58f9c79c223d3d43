"""Reports by product: its name in a row above its lines, and a row with their sum below them."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, islice, pairwise

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.aliases import is_known, total_words
from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.ingest.layout.names import best_named
from lucid_orchestration.ingest.layout.recognise import HEADER_SEARCH_ROWS, Layout
from lucid_orchestration.ingest.layout.suggest import is_date
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity, WorkbookNumber
from lucid_orchestration.ingest.tables import Table

Find = Callable[[Sequence[Row]], Layout]

# The heading of the column that gets the names.
HEADING = "Name of item"
_PRODUCTS = ("product_id", "product_name")
_MEASURES = ("quantity", *AMOUNT_FIELDS)
_LEAST_HEADINGS = 4
# So many rows may stand between the first name and the first sum.
_MOST_ROWS = 100_000
_ROWS_AT_ONCE = 10_000
# Printed sums are those of printed figures, but for a float's last place.
_NEAR = 0.006
_NAME_OF_ANYBODY = "name"
_LETTERS = re.compile(r"[^\W\d_]")
# What QuickBooks puts above the names of all goods of a kind.
_KINDS_OF_ITEMS = frozenset(
    {"inventory", "assembly", "service", "services", "parts", "non-inventory", "non-inventory item"}
    | {"other charges", "discounts", "group"}
)


@dataclass
class _Group:
    """A name whose sum is still to come: what its lines come to, by column."""

    name: str
    row: int
    lines: int = 0
    sums: dict[int, float] = field(default_factory=dict)

    def add(self, figures: dict[int, float]) -> None:
        """One more line."""
        self.lines += 1
        for place, number in figures.items():
            self.sums[place] = self.sums.get(place, 0.0) + number


class NamedGroups:
    """The rows of such a report as lines that name their product.

    `header` are the headings, `place` is the column that gets the names. `measures` are columns
    whose sums have to come out; without them any one column that does in all groups is a proof.
    """

    def __init__(self, header: Row, place: int, mark: DecimalMark) -> None:
        self.header, self.place = header, place
        self.groups = self.named = 0
        self._mark = mark
        self._proved: set[int] | None = None
        self._measures: frozenset[int] = frozenset()
        self._open: list[_Group] = []
        self._names = self._sums = 0
        self._are_sums_named = False

    def measure(self, layout: Layout) -> None:
        """From now on quantities and amounts have to come out."""
        at = (layout.columns[name] for name in _MEASURES if name in layout.columns)
        self._measures = frozenset(at)

    def lines(self, rows: Iterable[Row]) -> Iterator[Row]:
        """All rows but those of the names and sums of groups.

        Raises:
            RefusedError: when a sum is not that of the lines above it, or does not come.
        """
        for row in rows:
            if row.number < self.header.number or not any(map(str.strip, row.cells)):
                yield row
            elif row.cells == self.header.cells:
                yield replace(self.headed(), number=row.number)
            elif _is_name(row):
                self._names += 1
                self._open.append(_Group(_filled(row)[0], row.number))
            elif (group := self._summed_up(row)) is not None:
                self._sums += 1
                self._close(group, row)
            else:
                yield self._line(row)
        for group in self._open:
            if group.lines:
                raise _unproved(f'no row with the sum of "{group.name}" (row {group.row}) follows')

    def told(self, rows: Iterable[Row], table: Table) -> Iterator[Row]:
        """The rows as they are; once the last has passed, the table knows what was left out."""
        yield from rows
        table.counts.note += self._names
        table.counts.total += self._sums
        table.issues.append(
            Issue(
                Severity.NOTE,
                "named_groups",
                f"The rows above the lines name what was sold: {self.named} line(s) took the names "
                f"of {self.groups} groups, and each row with the sum of a group agrees with its "
                "lines. If another column names the product, say so in mapping.yml.",
            )
        )

    def _line(self, row: Row) -> Row:
        if not self._open or _is_sum(row):
            return self.with_name(row, "")
        figures = self._figures(row)
        for group in self._open:
            group.add(figures)
        self.named += 1
        names = [group.name for group in self._open]
        if len(names) > 1 and names[0].casefold() in _KINDS_OF_ITEMS:
            del names[0]
        return self.with_name(row, ":".join(names))

    def headed(self) -> Row:
        """The headings with one above the names."""
        is_headed = self.place < len(self.header.cells) and self.header.cells[self.place].strip()
        return self.header if is_headed else self.with_name(self.header, HEADING)

    def with_name(self, row: Row, name: str) -> Row:
        """A row with a name in the column of the names; an empty one leaves what stands there."""
        cells = [*row.cells, *[""] * (self.place + 1 - len(row.cells))]
        cells[self.place] = name or cells[self.place]
        return Row(row.number, tuple(cells), row.fault)

    def _summed_up(self, row: Row) -> _Group | None:
        """The open group whose sum a row holds; where sums name none, it is the innermost."""
        first = _filled(row)[0]
        for group in reversed(self._open):
            if _is_total_of(first, group.name):
                self._are_sums_named = True
                return group
        is_mere = _total().fullmatch(first) is not None
        is_last = is_mere and not self._are_sums_named and self._open and self._open[-1].lines
        return self._open[-1] if is_last else None

    def _close(self, group: _Group, row: Row) -> None:
        for inner in self._open[self._open.index(group) + 1 :]:
            if inner.lines:
                raise _unproved(f'no row with the sum of "{inner.name}" (row {inner.row}) follows')
        del self._open[self._open.index(group) :]
        if not group.lines:
            return
        self.groups += 1
        stated = {at: number for at, number in self._figures(row).items() if at in group.sums}
        right = {at for at, number in stated.items() if abs(group.sums[at] - number) <= _NEAR}
        self._proved = right if self._proved is None else self._proved & right
        wrong = sorted((stated.keys() - right) & self._measures)
        is_measured = not self._measures or self._proved & self._measures
        if wrong or not self._proved or not is_measured:
            at = wrong[0] if wrong else next(iter(stated), None)
            told = "" if at is None else f": {stated[at]:.2f} instead of {group.sums[at]:.2f}"
            raise _unproved(f'row {row.number}, the sum of "{group.name}", is not{told}')

    def _figures(self, row: Row) -> dict[int, float]:
        found = (
            (at, figure(cell, "." if isinstance(cell, WorkbookNumber) else self._mark))
            for at, cell in enumerate(row.cells)
            if cell
        )
        return {at: number for at, number in found if number is not None}


def named_groups(
    first: list[Row], rows: Iterator[Row], mapping: FileMapping, find: Find
) -> tuple[NamedGroups | None, list[Row]]:
    """What makes lines of the rows of a report by product, and the first rows it was found in.

    None for a table whose rows name their products themselves. Of a report whose first sum stands
    further below, as many rows are taken as that takes.

    Raises:
        RefusedError: when only such rows name the product and the sums do not prove it, or when a
            column may name it as well.
    """
    header = _header(first, mapping)
    if header is None:
        return None, first
    has_sum = any(map(_is_sum, _below(first, header)))
    while not has_sum and len(first) < _MOST_ROWS and (more := list(islice(rows, _ROWS_AT_ONCE))):
        first = first + more
        has_sum = any(_is_sum(row) for row in more)
    if not has_sum:
        return None, first
    below = _below(first, header)
    found = NamedGroups(header, _place_of_names(header, below), _mark(below))
    if not _names_goods(first, list(_unchecked(first, found)), found.place, find):
        return None, first
    return found, first


def with_group_names(
    groups: NamedGroups, first: Sequence[Row], rows: Iterable[Row], find: Find
) -> tuple[list[Row], Iterator[Row]]:
    """The first of the lines, and all that follow.

    Raises:
        RefusedError: when a sum is not that of its lines, at the latest where the rows end.
    """
    groups.measure(find(list(_unchecked(first, groups))))
    lines = groups.lines(chain(first, rows))
    return list(islice(lines, len(first))), lines


def _header(first: Sequence[Row], mapping: FileMapping) -> Row | None:
    """The headings above a row that holds a name and nothing else."""
    if set(mapping.columns.values()) & {*_PRODUCTS}:
        return None
    for position, row in enumerate(first[:HEADER_SEARCH_ROWS]):
        filled = _filled(row)
        if len(filled) < _LEAST_HEADINGS or sum(map(is_known, filled)) < 2:
            continue
        below = next((row for row in first[position + 1 :] if _filled(row)), None)
        return row if below is not None and _is_name(below) else None
    return None


def _below(first: Sequence[Row], header: Row) -> list[Row]:
    return [row for row in first if row.number > header.number and _filled(row)]


def _is_sum(row: Row) -> bool:
    filled = _filled(row)
    return len(filled) > 1 and _total().search(filled[0]) is not None


def _unchecked(first: Sequence[Row], groups: NamedGroups) -> Iterator[Row]:
    """Titles, headings and lines with the names above them, whatever the sums are."""
    name = ""
    for row in first:
        if row.number < groups.header.number:
            yield row
        elif row is groups.header:
            yield groups.headed()
        elif _is_name(row):
            name = _filled(row)[0]
        elif not _is_sum(row):
            yield groups.with_name(row, name)


def _names_goods(first: Sequence[Row], lines: Sequence[Row], place: int, find: Find) -> bool:
    """Whether the names are those of goods: no column is, or none that has a price as often.

    Raises:
        RefusedError: when both may be.
    """
    try:
        layout = find(lines)
    except RefusedError:
        return False
    try:
        as_is = find(first)
    except RefusedError:
        return layout.kind == "sales" and layout.columns.get("product_name") == place
    own = as_is.columns.get("product_name")
    price = next((layout.columns[name] for name in PRICE_FIELDS if name in layout.columns), None)
    if {layout.kind, as_is.kind} != {"sales"} or "product_id" in as_is.columns:
        return False
    if own is None or own == place:
        return own == place
    if price is None:
        return False
    below = [row for row in lines if row.number > layout.header_row]
    best = best_named([own, place], price, below)
    heading = as_is.header[own].strip()
    if best is None and heading.casefold() == _NAME_OF_ANYBODY:
        raise RefusedError(
            "ambiguous_column",
            f'The product may stand under "{heading}" or in the rows above the lines, and nothing '
            "in the file tells which. Put one of these lines into mapping.yml: "
            f'columns: {{"{heading}": product_name}} or columns: {{"{heading}": customer_id}}.',
        )
    return best == place


def _place_of_names(header: Row, below: Sequence[Row]) -> int:
    """The column the names stand in, where it has neither a heading nor anything in a line."""
    above = [row for row, following in pairwise(below) if _is_name(row) and not _is_name(following)]
    counts = Counter(next(at for at, cell in enumerate(row.cells) if cell.strip()) for row in above)
    ((place, _),) = counts.most_common(1)
    is_free = not any(
        place < len(row.cells) and row.cells[place].strip()
        for row in below
        if not _is_name(row) and not _is_sum(row)
    )
    return place if is_free else max(len(row.cells) for row in (header, *below))


def _mark(rows: Sequence[Row]) -> DecimalMark:
    cells = (cell for row in rows for cell in row.cells if cell[:1] in "0123456789-($€£₹")
    return decimal_mark(Counter(map(number_shape, cells))).value


def _is_name(row: Row) -> bool:
    filled = _filled(row)
    return (
        len(filled) == 1
        and _LETTERS.search(filled[0]) is not None
        and not is_date(filled[0])
        and _total().fullmatch(filled[0]) is None
    )


@cache
def _total() -> re.Pattern[str]:
    """A word for a sum, in any language."""
    words = sorted(total_words(), key=len, reverse=True)
    return re.compile(
        rf"(?<![^\W_])(?:(?:sub-?)?totals?|{'|'.join(map(re.escape, words))})(?![^\W_])",
        re.IGNORECASE,
    )


def _is_total_of(text: str, name: str) -> bool:
    """Whether a text is a word for a sum beside a name."""
    whole, part = (" ".join(words.split()).casefold() for words in (text, name))
    before, named, after = whole.partition(part)
    rest = f"{before} {after}"
    return bool(named) and _total().search(rest) is not None


def _filled(row: Row) -> list[str]:
    return [cell.strip() for cell in row.cells if cell.strip()]


def _unproved(why: str) -> RefusedError:
    return RefusedError(
        "unproved_groups",
        "The product stands in rows above its lines, and the rows with the sums of the groups do "
        f"not prove which lines are whose: {why}. Export the whole report again with all its rows, "
        "or as a list with a column for the product.",
    )
