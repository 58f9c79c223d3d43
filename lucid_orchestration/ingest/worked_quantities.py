"""Quantities that are no number: "2 Box 4 Pcs", "10+2" with two given away, "12 x 330ml".

What the amount of the row is at its price tells how many were sold; a quantity that the text cannot
mean is left as it is, for whoever reads it to refuse.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    figure,
    figure_of,
    product_of,
    stated_figures,
)
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity, cell_of

_FREE = re.compile(r"(\d+)\s*\+\s*(\d+)")
_PACKS = re.compile(r"(\d+)\s*[^\W\d_]+\.?\s*(?:[,&+-]\s*)?(\d+)\s*[^\W\d_]+\.?")
_SIZED = re.compile(r"(\d+)\s*[x×*]\s*\d[\d.,]*\s*(?:ml|cl|l|ltr|g|gm|gms|kg)\.?", re.IGNORECASE)
_PROVED = 0.9
_CENT = 0.011


@dataclass(frozen=True)
class WorkedQuantities:
    """The columns of a quantity with its price and amount, and how their numbers are written."""

    quantity: int
    price: int
    amount: int
    marks: Marks
    header_row: int

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with plain quantities, where their money tells them."""
        for row in rows:
            count = None if row.number <= self.header_row else self.count(row)
            if count is None:
                yield row
            else:
                cells = [*row.cells]
                cells[self.quantity] = str(count)
                yield replace(row, cells=tuple(cells))

    def count(self, row: Row) -> int | None:
        """How many a quantity that is no number means; None of any other."""
        text = cell_of(row, self.quantity)
        if not text or figure(text, self.marks.of(self.quantity)) is not None:
            return None
        price = figure_of(row, self.price, self.marks)
        amount = figure_of(row, self.amount, self.marks)
        if not price or amount is None:
            return None
        sold = round(amount / price)
        is_whole = abs(sold * price - amount) <= _CENT
        return sold if is_whole and sold > 0 and may_mean(text, sold) else None

    def told(self, layout: Layout, first: Sequence[Row]) -> Issue:
        """What was worked out, by the first row of those given."""
        row = next(one for one in first if one.number > self.header_row and self.count(one))
        return Issue(
            Severity.NOTE,
            "quantities_worked_out",
            f'"{layout.header[self.quantity].strip()}" holds texts such as '
            f'"{row.cells[self.quantity].strip()}" (row {row.number}). Of those the pieces were '
            "counted that the amount is for at its price.",
            row.number,
        )


def worked_quantities(layout: Layout, first: Sequence[Row]) -> WorkedQuantities | None:
    """What tells the quantities of a table that are no numbers; None where there are none.

    Where plain numbers stand beside them, these have to be the amount at the price.
    """
    columns = layout.columns
    quantity = columns.get("quantity")
    prices = [columns[name] for name in PRICE_FIELDS if name in columns]
    amounts = [columns[name] for name in AMOUNT_FIELDS[:3] if name in columns]
    if quantity is None or not prices or not amounts:
        return None
    below = [row for row in first if row.number > layout.header_row][:SAMPLE_ROWS]
    marks = marks_of([quantity, *prices, *amounts], quantity, below)
    for amount in amounts:
        found = WorkedQuantities(quantity, prices[0], amount, marks, layout.header_row)
        told = [row for row in below if found.count(row) is not None]
        if told and _holds(found, below) and _packs_agree(found, told, layout):
            return found
    return None


def may_mean(text: str, sold: int) -> bool:
    """Whether a text may say that so many pieces were sold."""
    if free := _FREE.fullmatch(text):
        return sold in (int(free[1]), int(free[1]) + int(free[2]))
    if sized := _SIZED.fullmatch(text):
        return sold == int(sized[1])
    return _pack_of(text, sold) is not None


def _pack_of(text: str, sold: int) -> Decimal | None:
    """How many pieces a pack of "2 Box 4 Pcs" holds; 0 where there is no pack, None of no such."""
    found = _PACKS.fullmatch(text)
    if found is None:
        return None
    packs, loose = int(found[1]), int(found[2])
    if packs == 0:
        return Decimal(0) if sold == loose else None
    size = Decimal(sold - loose) / packs
    return size if size > max(loose, 1) and size == int(size) else None


def _holds(found: WorkedQuantities, rows: Sequence[Row]) -> bool:
    """Whether plain quantities at the price are the amount in nearly all rows that have them."""
    places = (found.quantity, found.price, found.amount)
    known = [
        abs(pieces * price - amount) <= _CENT * max(1.0, abs(pieces))
        for pieces, price, amount in stated_figures(rows, places, found.marks)
    ]
    return sum(known) >= _PROVED * len(known)


def _packs_agree(found: WorkedQuantities, rows: Sequence[Row], layout: Layout) -> bool:
    """Whether packs of one product hold as many pieces in all rows."""
    sizes: dict[tuple[str, ...], set[Decimal]] = {}
    for row in rows:
        size = _pack_of(row.cells[found.quantity].strip(), found.count(row) or 0)
        if size:
            sizes.setdefault(product_of(row, layout.columns), set()).add(size)
    return all(len(held) == 1 for held in sizes.values())
