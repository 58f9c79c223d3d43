"""Quantities that say their units: "5 kg" above "250 g", "1 Doz 3 Pcs", "2 Box 4 Pcs"."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import pairwise
from typing import TypeAlias

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.money.columns import plain_figure, product_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError, Row
from lucid_orchestration.settings import project_dir

# The heading of the column that gets the units.
HEADING = "Unit"
_PART = r"(\d[\d.,]*)\s*([^\W\d_]+)\.?"
_PARTS = re.compile(rf"([-+]?)\s*({_PART}(?:[\s,&+]+{_PART})*)")
# "Box of 10 Pcs", "Ctn (24)": how many pieces one of a unit is
_PACK = re.compile(r"([^\W\d_]+)\.?\s*(?:of|x|[-(/*=])?\s*([1-9]\d{0,3})\s*[^\W\d_]*[.)]*")
# Of which unit they are said is not known where a quantity has two.
_OF_ONE = (*PRICE_FIELDS, "unit_cost")
_OF_ALL = (*AMOUNT_FIELDS, "stock_value")

_PIECE = "piece"
_PLACES = 6

# A measure, and how much of it one is.
Size: TypeAlias = tuple[str, Decimal]


@dataclass(frozen=True)
class StatedUnits:
    """A table whose quantities say their units; `place` is the column that gets them.

    Where it is one of the file's own (`is_own`), only quantities in two units change.
    """

    quantity: int
    place: int
    is_own: bool
    mark: DecimalMark
    of_one: tuple[int, ...]
    of_all: tuple[int, ...]
    header_row: int

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with each quantity as one number, and its unit beside it."""
        for row in rows:
            if row.number < self.header_row:
                yield row
                continue
            text = HEADING if row.number == self.header_row else ""
            cells = [*row.cells]
            if not self.is_own and len(cells) >= self.place:
                cells.insert(self.place, text)
            if not text and max(self.place, self.quantity) < len(cells):
                self._change(cells)
            yield Row(row.number, tuple(cells), row.fault)

    def laid_out(self, layout: Layout) -> Layout:
        """The layout of these rows, which are not to be read from the file again."""
        columns = {**layout.columns, "unit": self.place}
        once = layout.stated_once | {self.quantity}
        return replace(layout, columns=columns, stated_once=once)

    def _change(self, cells: list[str]) -> None:
        parts = parts_of(cells[self.quantity])
        if len(parts) == 1 and not self.is_own:
            ((cells[self.quantity], cells[self.place]),) = parts
        if len(parts) < 2:
            return
        total = together(parts, cells[self.place], self.mark)
        has_price = any(cells[at].strip() for at in self.of_one if at < len(cells))
        has_amount = any(cells[at].strip() for at in self.of_all if at < len(cells))
        if total is None or (has_price and not has_amount):
            return
        cells[self.quantity] = f"{total:f}".replace(".", self.mark)
        cells[self.place] = parts[-1][1]
        # of which of the units they are is not said
        for at in self.of_one:
            cells[at : at + 1] = [""] if at < len(cells) else []


def stated_units(layout: Layout, first: Sequence[Row]) -> StatedUnits | None:
    """What is to be done with the quantities of a table; None where all are of one unit.

    Raises:
        RefusedError: when they are of several, and nothing tells of which the prices are.
    """
    quantity = layout.columns.get("quantity")
    if quantity is None:
        return None
    below = [row for row in first if row.number > layout.header_row and quantity < len(row.cells)]
    stated = [parts for row in below if (parts := parts_of(row.cells[quantity]))]
    unit = layout.columns.get("unit")
    words = {size_of(word) for parts in stated for _, word in parts}
    if not any(len(parts) > 1 for parts in stated) and (unit is not None or len(words) < 2):
        return None
    of_one = tuple(layout.columns[name] for name in _OF_ONE if name in layout.columns)
    of_all = tuple(layout.columns[name] for name in _OF_ALL if name in layout.columns)
    if unit is None and of_one and not of_all and _has_goods_in_two_sizes(below, layout, quantity):
        raise _unclear(layout, quantity, of_one[0])
    shapes = Counter(number_shape(number) for parts in stated for number, _ in parts)
    return StatedUnits(
        quantity=quantity,
        place=len(layout.header) if unit is None else unit,
        is_own=unit is not None,
        mark=layout.decimal_mark or decimal_mark(shapes).value,
        of_one=of_one,
        of_all=of_all,
        header_row=layout.header_row,
    )


def _has_goods_in_two_sizes(below: Sequence[Row], layout: Layout, quantity: int) -> bool:
    """Whether one product is counted in two units that convert, such as kg and g."""
    sizes: dict[tuple[tuple[str, ...], str], Decimal] = {}
    for row in below:
        parts = parts_of(row.cells[quantity])
        if len(parts) == 1:
            measure, size = size_of(parts[0][1])
            if sizes.setdefault((product_of(row, layout.columns), measure), size) != size:
                return True
    return False


def _unclear(layout: Layout, quantity: int, price: int) -> RefusedError:
    names = [layout.header[place].strip() for place in (quantity, price)]
    return RefusedError(
        "unclear_units",
        f'"{names[0]}" is in several units of one product, such as kg and g, and nothing tells of '
        f'which "{names[1]}" is. Export the list with the amount of each line too, or with all '
        "quantities in one unit.",
    )


def parts_of(text: str) -> list[tuple[str, str]]:
    """The numbers of a quantity, each with its unit; none where it says no unit that is known."""
    if not text[-1:].strip(" .)").isalpha():
        return []
    found = _PARTS.fullmatch(text.strip())
    if found is None:
        return []
    parts = re.findall(_PART, found[2])
    if not all(word.casefold() in _sizes() for _, word in parts):
        return []
    return [(found[1] + number, word) for number, word in parts]


def together(parts: Sequence[tuple[str, str]], unit: str, mark: DecimalMark) -> Decimal | None:
    """How many of the last unit a quantity is; None where its units do not convert.

    What the `unit` of the row says one of them holds goes before what is usual.
    """
    sizes = [size_of(word, unit) for _, word in parts]
    measures = {measure for measure, _ in sizes}
    falling = all(one > other for (_, one), (_, other) in pairwise(sizes))
    if len(measures) != 1 or not falling:
        return None
    try:
        numbers = [Decimal(plain_figure(number, mark)) for number, _ in parts]
    except InvalidOperation:
        return None
    sign = -1 if numbers[0] < 0 else 1
    whole = sum(abs(number) * size for number, (_, size) in zip(numbers, sizes, strict=True))
    return round(sign * whole / sizes[-1][1], _PLACES).normalize()


def size_of(word: str, unit: str = "") -> Size:
    """What one of a unit is, of its measure; `unit` may say how many pieces it holds."""
    key = word.casefold()
    pack = _PACK.fullmatch(unit.strip())
    is_said = pack is not None and _sizes().get(pack[1].casefold()) == _sizes()[key]
    if pack is not None and is_said and _sizes()[key][0] != _PIECE:
        return _PIECE, Decimal(pack[2])
    return _sizes()[key]


@cache
def _sizes() -> Mapping[str, Size]:
    path = project_dir() / "seeds" / "unit_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["word"]: (row["measure"], Decimal(row["size"])) for row in csv.DictReader(file)}
