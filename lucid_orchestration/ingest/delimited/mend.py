"""Rows with a separator too many or too few, a stray quote or another delimiter, put right.

All ways to spread the text of such a row over the columns are tried. One is taken when the cells
are what their columns hold, quantity and price come to the amount where they do so in the rows in
shape, and no other way that does as much says anything else.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Literal, TypeAlias

from lucid_orchestration.ingest.delimited.columns import Column, Columns, is_well_grouped
from lucid_orchestration.ingest.delimited.read import DELIMITERS
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import UNENDED_LINE, Row
from lucid_orchestration.ingest.tables import Dialect

# From fewer rows in shape nothing can be said of the columns.
MIN_ROWS = 8
# A length that so many rows have is no damage.
USUAL_SHARE = 0.1
_MOST_SURPLUS = 3
_MOST_WAYS = 500
# What no other row may say yet, first nothing: a customer is new more often than a product.
_New: TypeAlias = tuple[Literal["is_party", "is_name"], ...]
_MAY_BE_NEW: tuple[_New, ...] = ((), ("is_party",), ("is_name",))


@dataclass(frozen=True)
class _Way:
    """One way to spread a row over the columns; a doubtful one needs the arithmetic."""

    cells: tuple[str, ...]
    is_doubtful: bool


def mender_of(layout: Layout, rows: Sequence[Row], dialect: Dialect | None) -> "Mender | None":
    """What judges the rows of a table of text, from some that are data; None where it cannot."""
    if dialect is None or layout.arrangement is not None or layout.stated_once:
        return None
    mender = Mender(layout, rows, dialect)
    return mender if sum(map(mender.is_usual, rows)) >= MIN_ROWS else None


class Mender:
    """Judges the rows of a table that have too many or too few cells."""

    def __init__(self, layout: Layout, rows: Sequence[Row], dialect: Dialect) -> None:
        self._delimiter, self._quote = dialect.delimiter, dialect.quote
        self.width = len(layout.header)
        self.usual = frozenset({self.width})
        if rows:
            counts = Counter(len(row.cells) for row in rows)
            self.usual |= {n for n, count in counts.items() if count >= USUAL_SHARE * len(rows)}
        self._layout, self._rows = layout, rows

    @cached_property
    def _columns(self) -> Columns:
        # most files have no row out of shape, and need none of this
        return Columns(self._layout, [row for row in self._rows if self.is_usual(row)])

    def is_usual(self, row: Row) -> bool:
        """Whether a row has no cell too many and none too few."""
        length = len(row.cells)
        return length == self.width or (length in self.usual and not self._has_surplus(row))

    def put_right(self, row: Row) -> Row | None:
        """The row with its cells under their headings; None where not just one way is right.

        It is the same object where it was right as it stood.
        """
        if row.fault == UNENDED_LINE and len(row.cells) < self.width:
            return None
        ways = self._right_ways(row.cells)
        if not ways:
            return None
        as_it_stands = self._figures(self._as_it_stands(row.cells))
        if self._figures(ways[0].cells) == as_it_stands and not self._has_surplus(row):
            return row
        return Row(row.number, ways[0].cells)

    def is_of_the_table(self, row: Row) -> bool:
        """Whether the text of a row may be a row of the table, be it badly damaged."""
        text = self._delimiter.join(row.cells).replace(self._quote, "")
        typed = [column for column in self._columns.all if not column.is_text]
        for mark in DELIMITERS:
            cells = [cell for cell in text.split(mark) if cell.strip()]
            fitting = sum(any(column.fits(cell) for column in typed) for cell in cells)
            if len(cells) > 2 and fitting > 1:
                return True
        return False

    def _has_surplus(self, row: Row) -> bool:
        return any(cell.strip() for cell in row.cells[self.width :])

    def _right_ways(self, cells: tuple[str, ...]) -> list[_Way]:
        """The ways that say the same and that nothing speaks against; none where they differ."""
        # what the quotes of a row say goes before what it says without them
        for reading in self._readings(cells):
            ways = list(islice(self._ways(reading), _MOST_WAYS + 1))
            for may_be_new in _MAY_BE_NEW:
                left = self._standing(ways, may_be_new)
                if left:
                    said = {self._figures(way.cells) for way in left}
                    is_one = len(said) == 1 and len(ways) <= _MOST_WAYS
                    return left if is_one and not all(way.is_doubtful for way in left) else []
        return []

    def _standing(self, ways: Sequence[_Way], may_be_new: _New) -> list[_Way]:
        """The ways that the other rows do not speak against; those the arithmetic proves first."""
        known = [way for way in ways if self._is_known(way.cells, may_be_new)]
        held = [(way, self._columns.come_out(way.cells)) for way in known]
        proved = [_Way(way.cells, is_doubtful=False) for way, is_held in held if is_held]
        return proved or [way for way, is_held in held if is_held is None]

    def _is_known(self, cells: Sequence[str], may_be_new: _New) -> bool:
        return self._columns.agree(cells) and all(
            column.knows(cell)
            for column, cell in zip(self._columns.all, cells, strict=True)
            if not (column.is_text and any(getattr(column, kind) for kind in may_be_new))
        )

    def _figures(self, cells: Sequence[str]) -> tuple[str, ...]:
        """What a row says in the columns that Lucid reads."""
        return tuple(cells[place].strip() for place in self._columns.mapped)

    def _as_it_stands(self, cells: Sequence[str]) -> tuple[str, ...]:
        missing = self.width - len(cells)
        return tuple(cells[: self.width]) + ("",) * missing

    def _ways(self, cells: tuple[str, ...]) -> Iterator[_Way]:
        surplus = len(cells) - self.width
        if 0 <= surplus <= _MOST_SURPLUS:
            yield from self._joined(cells, 0, 0)
        elif surplus == -1:
            yield from self._split(cells)
        if surplus < 0:
            plain = self._as_it_stands(cells)
            columns = zip(self._columns.all, plain, strict=True)
            if all(column.fits(cell) or not (cell or column.is_mapped) for column, cell in columns):
                yield _Way(plain, is_doubtful=False)

    def _readings(self, cells: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
        """The cells of a row as read, without its quotes, and with each usual delimiter."""
        while len(cells) > self.width + _MOST_SURPLUS and not cells[-1].strip():
            cells = cells[:-1]
        text = self._delimiter.join(cells)
        bare = text.replace(self._quote, "")
        own = [cells, *(tuple(line.split(self._delimiter)) for line in (text, bare))]
        others = [tuple(bare.split(mark)) for mark in DELIMITERS if mark != self._delimiter]
        return dict.fromkeys((*own, *(found for found in others if len(found) == self.width)))

    def _joined(self, cells: Sequence[str], place: int, start: int) -> Iterator[_Way]:
        """Ways to put neighbouring cells together, from a column and a cell on."""
        if place == self.width:
            yield _Way((), is_doubtful=False)
            return
        column = self._columns.all[place]
        surplus = len(cells) - start - (self.width - place)
        sizes = range(1, surplus + 2) if place < self.width - 1 else [surplus + 1]
        for size in sizes:
            for value, is_doubtful in self._as_one(column, cells[start : start + size]):
                if column.fits(value):
                    for rest in self._joined(cells, place + 1, start + size):
                        yield _Way((value, *rest.cells), is_doubtful or rest.is_doubtful)

    def _as_one(self, column: Column, parts: Sequence[str]) -> Iterator[tuple[str, bool]]:
        """What neighbouring cells may say as one cell, and whether it is doubtful."""
        filled = [part for part in parts if part.strip()]
        if len(filled) < 2 or len(parts) == 1:
            yield (filled[0] if filled else ""), False
            return
        joined, bare = self._delimiter.join(parts), "".join(parts)
        if column.is_number:
            if self._delimiter in ".," and is_well_grouped(joined, column.mark):
                yield joined, False
                return
            yield bare, True
            if self._delimiter in ".," and len(parts) == 2:
                yield column.mark.join(parts), True
        elif column.is_text:
            # a figure in a name may as well be the next column's
            yield joined, any(figure(part.strip(), column.mark) is not None for part in filled)
            if column.is_closed and column.knows(bare):
                yield bare, False
        else:
            yield joined, False
            yield bare, False

    def _split(self, cells: Sequence[str]) -> Iterator[_Way]:
        """Ways to part one cell in two; one part may be the empty cell of an optional column."""
        columns = self._columns.all
        for place, text in enumerate(cells):
            before = zip(columns, cells[:place], strict=False)
            after = zip(columns[place + 2 :], cells[place + 1 :], strict=True)
            if not all(column.fits(cell) for pairs in (before, after) for column, cell in pairs):
                continue
            pair = columns[place], columns[place + 1]
            # then it is as likely that the other cell is lost
            may_be_whole = any(column.fits(text) and column.knows(text) for column in pair)
            may_be_figure = any(column.is_number and column.fits(text) for column in pair)
            for at in range(len(text) + 1):
                is_marked = text[at : at + 1] in DELIMITERS
                left, right = text[:at], text[at + 1 if is_marked else at :].lstrip(" ")
                if pair[0].fits(left) and pair[1].fits(right):
                    parted = (*cells[:place], left, right, *cells[place + 1 :])
                    is_clear = is_marked or not (left and right)
                    yield _Way(parted, may_be_figure or (may_be_whole and not is_clear))
