"""What the cells of each column look like, in the rows of a table that are in shape."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import TypeAlias

from lucid_orchestration.ingest.layout.conventions import DecimalMark, number_shape
from lucid_orchestration.ingest.layout.money.columns import figure, plain_figure
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS

# What is mostly the same wherever a product stands.
_OF_A_PRODUCT = ("product_id", "product_name", "unit_price", "gross_unit_price")
# Columns of words, whatever digits stand in them.
_NAME_FIELDS = frozenset({"product_name", "category", "customer_id", "store", "supplier"})
# New ones come any day, and that is no sign of damage.
_PARTIES = frozenset({"customer_id", "supplier"})
# Of the cells of a column so many must be of one kind for it to be the column's.
_MOST = 0.95
# From so many empty cells on a column may be left empty.
_OPTIONAL = 0.02
# A code is written in a few shapes: so many, or one in so many cells.
_FEW_SHAPES, _CELLS_A_SHAPE = 3, 10
_LETTERS = re.compile(r"[^\W\d_]+")
# Groups of three, or of two above three as in India.
_GROUPED = re.compile(r"\D*\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}(?:[.,]\d+)?\D*")
# An amount may differ from the product by what rounding the price and itself took off.
_ROUNDED, _ROUNDED_PRICE = 0.011, 0.005
# The columns of quantity, price and another figure, its sign, and the column they come to.
_Relation: TypeAlias = tuple[int, int, int, int, int]


class Column:
    """The cells a column holds: their kind, their shapes, and which of them come again."""

    def __init__(self, field: str | None, cells: Sequence[str], mark: DecimalMark) -> None:
        bare = [cell.strip() for cell in cells]
        filled = [cell for cell in bare if cell]
        self.mark = mark
        self.is_mapped = field is not None
        self.is_name = field == "product_name" or field is None
        self.is_party = field in _PARTIES
        self._is_optional = len(cells) - len(filled) >= max(_OPTIONAL * len(cells), 1)
        self._is_padded = any(cell[:1] == " " for cell in cells)
        figures = sum(figure(cell, mark) is not None for cell in filled)
        self.is_number = bool(filled) and (
            field in NUMBER_FIELDS or (field is None and figures >= _MOST * len(filled))
        )
        self._has_figures = figures > 0
        self._has_odd_beginnings = any(map(_begins_oddly, filled))
        self._decimals = {_decimals(cell, mark) for cell in filled}
        shapes = {_shape(cell) for cell in filled}
        is_code = (
            field not in _NAME_FIELDS
            and sum(any(map(str.isdigit, cell)) for cell in filled) >= _MOST * len(filled)
            and len(shapes) <= max(_FEW_SHAPES, len(filled) // _CELLS_A_SHAPE)
        )
        self._shapes = shapes if field in DATE_FIELDS or is_code else None
        counts = Counter(filled)
        again = sum(count for count in counts.values() if count > 1)
        is_closed = again >= _MOST * len(filled) and not self.is_number
        self._known = set(counts) if is_closed and field not in DATE_FIELDS else None

    @property
    def is_text(self) -> bool:
        """Whether the column holds words rather than figures, dates or codes."""
        return not self.is_number and self._shapes is None

    def fits(self, cell: str) -> bool:
        """Whether a cell is of the kind and the shape that the column holds."""
        bare = cell.strip()
        if not bare:
            return self._is_optional
        if cell[0] == " " and not self._is_padded:
            return False
        if self.is_number:
            return (
                figure(bare, self.mark) is not None
                and _decimals(bare, self.mark) in self._decimals
                and (self._has_odd_beginnings or not _begins_oddly(bare))
                and is_well_grouped(bare, self.mark)
            )
        if self._shapes is not None:
            return _shape(bare) in self._shapes
        return self._has_figures or figure(bare, self.mark) is None

    def knows(self, cell: str) -> bool:
        """Whether a cell of a column with few values has one of them."""
        bare = cell.strip()
        return self._known is None or not bare or bare in self._known

    @property
    def is_closed(self) -> bool:
        """Whether nearly every value of the column comes again."""
        return self._known is not None


class Columns:
    """The columns of a table, and the arithmetic that its rows keep to."""

    def __init__(self, layout: Layout, rows: Sequence[Row]) -> None:
        width = len(layout.header)
        fields = {place: field for field, place in layout.columns.items()}
        fields = dict(layout.helpers) | fields
        numbers = [place for place, field in fields.items() if field in NUMBER_FIELDS]
        quantity = layout.columns.get("quantity")
        shown = marks_of(numbers, quantity, rows)
        self.all = [
            Column(
                fields.get(place),
                [row.cells[place] if place < len(row.cells) else "" for row in rows],
                layout.column_marks.get(place, layout.decimal_mark or shown.of(place)),
            )
            for place in range(width)
        ]
        self.mapped = tuple(place for place in sorted(fields) if place < width)
        self._relations = tuple(self._kept_by(rows, quantity, numbers))
        self._products = dict(self._said_of_products(layout, rows))

    def come_out(self, cells: Sequence[str]) -> bool | None:
        """Whether quantity and price come to the amount; None where the rows do not show it."""
        held = [self._holds(relation, cells) for relation in self._relations]
        known = [is_held for is_held in held if is_held is not None]
        return all(known) if known else None

    def agree(self, cells: Sequence[str]) -> bool:
        """Whether a row says of a product what the other rows say of it."""
        return all(
            said is None or self._plain(of, cells) in said
            for (product, of), known in self._products.items()
            for said in [known.get(self._plain(product, cells))]
        )

    def _said_of_products(
        self, layout: Layout, rows: Sequence[Row]
    ) -> Iterator[tuple[tuple[int, int], dict[str, set[str]]]]:
        """Of two columns, what the second says of each product in the first, where that is one."""
        places = [layout.columns[name] for name in _OF_A_PRODUCT if name in layout.columns]
        for product, of in permutations(places, 2):
            if not self.all[product].is_closed:
                continue
            said: dict[str, set[str]] = {}
            for row in rows:
                said.setdefault(self._plain(product, row.cells), set()).add(
                    self._plain(of, row.cells)
                )
            if sum(len(values) == 1 for values in said.values()) >= _MOST * len(said):
                yield (product, of), said

    def _plain(self, place: int, cells: Sequence[str]) -> str:
        cell = cells[place].strip() if place < len(cells) else ""
        column = self.all[place]
        return plain_figure(cell, column.mark) if column.is_number else cell

    def _kept_by(
        self, rows: Sequence[Row], quantity: int | None, numbers: Sequence[int]
    ) -> Iterator[_Relation]:
        """Which of quantity × price ± another figure = amount nearly all rows keep to."""
        if quantity is None:
            return
        others = [place for place in numbers if place != quantity]
        for price, amount in permutations(others, 2):
            further = [place for place in others if place not in (price, amount)]
            for sign, extra in [(0, price), *((sign, at) for at in further for sign in (-1, 1))]:
                relation = (quantity, price, extra, sign, amount)
                held = [self._holds(relation, row.cells) for row in rows]
                known = [is_held for is_held in held if is_held is not None]
                if len(known) > len(rows) / 2 and sum(known) >= _MOST * len(known):
                    yield relation

    def _holds(self, relation: _Relation, cells: Sequence[str]) -> bool | None:
        quantity, price, extra, sign, amount = relation
        figures = [
            figure(cells[at].strip(), self.all[at].mark) if at < len(cells) else None
            for at in (quantity, price, extra, amount)
        ]
        if any(value is None for value in figures):
            return None
        count, each, more, stated = (value or 0.0 for value in figures)
        worked = count * each + sign * abs(more)
        return abs(worked - stated) <= _ROUNDED + _ROUNDED_PRICE * abs(count)


def is_well_grouped(text: str, mark: DecimalMark) -> bool:
    """Whether what groups the digits of a number stands where it does in numbers."""
    whole = text.partition(mark)[0]
    return ("," if mark == "." else ".") not in whole or _GROUPED.fullmatch(whole) is not None


def _shape(text: str) -> str:
    return _LETTERS.sub("a", number_shape(text))


def _decimals(text: str, mark: DecimalMark) -> int:
    return len(plain_figure(text, mark).partition(".")[2])


def _begins_oddly(text: str) -> bool:
    """Whether a number begins with a zero that says nothing, or with its decimal mark."""
    return re.match(r"\D*0\d|[-+]?[.,]\d", text) is not None
