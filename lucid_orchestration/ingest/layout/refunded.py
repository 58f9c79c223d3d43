"""Money paid back that stands beside the line it was paid for: it comes off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.kinds import DISCOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    figure_of,
    is_line,
    names_refund,
)
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.money.words import REFUND_NOT_USED
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

_CENT = 0.011
_NEAR = 0.005


@dataclass(frozen=True)
class _Refunds:
    """Lines with the columns of what was paid back, of the pieces, their price and amount."""

    lines: Sequence[Row]
    marks: Marks
    place: int
    quantity: int
    price: int
    amount: int | None

    def figure(self, row: Row, place: int) -> float:
        return figure_of(row, place, self.marks) or 0.0

    @property
    def rows(self) -> list[Row]:
        """The lines of which something was paid back."""
        return [row for row in self.lines if self.figure(row, self.place)]

    @property
    def paid_back(self) -> float:
        return sum(abs(self.figure(row, self.place)) for row in self.rows)

    def come_to_amounts(self, parts: int) -> bool:
        """Whether quantity × price less so many times the refund is the amount, which it covers."""
        return all(self._comes_to_amount(row, parts) for row in self.rows)

    def _comes_to_amount(self, row: Row, parts: int) -> bool:
        off = abs(self.figure(row, self.place))
        worked = self.figure(row, self.quantity) * self.figure(row, self.price)
        if off > worked + _CENT:
            return False
        if self.amount is None:
            return True
        stated = self.figure(row, self.amount)
        return abs(worked - parts * off - stated) <= max(_CENT, _NEAR * off)

    def are_of_orders(self, order: int | None) -> bool:
        """Whether a refund stands on each line of an order of several, as one of all of it does."""
        orders: dict[str, list[float]] = defaultdict(list)
        for row in self.lines:
            if order is not None and order < len(row.cells) and row.cells[order].strip():
                orders[row.cells[order].strip()].append(self.figure(row, self.place))
        return any(
            len(found) > 1 and len(set(found)) == 1 and any(found) for found in orders.values()
        )


def with_refunds(layout: Layout, below: Sequence[Row]) -> Layout:
    """A layout of sales whose refunds come off their lines, where the rows show that they do.

    They do where the amount is still quantity × price, or there is none. Refunds that stand on
    every line of an order are of the order and stay, with their warning.
    """
    header, columns = Row(layout.header_row, layout.header), layout.columns
    places = [at for at, heading in enumerate(layout.header) if names_refund(heading)]
    is_warned = any(issue.code == REFUND_NOT_USED for issue in layout.issues)
    if not is_warned or len(places) != 1 or {*DISCOUNT_FIELDS} & columns.keys():
        return layout
    price = next((columns[name] for name in PRICE_FIELDS if name in columns), None)
    quantity, amount = columns.get("quantity"), columns.get("net_amount")
    if price is None or quantity is None or {"gross_amount", "list_amount"} & columns.keys():
        return layout
    lines = [row for row in below if is_line(row, columns, header)][:SAMPLE_ROWS]
    read = [quantity, price, places[0], *([] if amount is None else [amount])]
    found = _Refunds(lines, marks_of(read, quantity, lines), places[0], quantity, price, amount)
    if found.are_of_orders(columns.get("transaction_id")):
        return layout
    others = [issue for issue in layout.issues if issue.code != REFUND_NOT_USED]
    if amount is not None and found.come_to_amounts(parts=1):
        return replace(layout, issues=tuple(others))
    if not found.come_to_amounts(parts=0):
        return layout
    kept = {name: at for name, at in columns.items() if at != amount}
    kept |= {} if amount is None else {"list_amount": amount}
    told = Issue(
        Severity.NOTE,
        "refund_taken_off",
        f'"{layout.header[places[0]].strip()}" was taken off the lines it stands on, '
        f"{found.paid_back:.2f} in the rows looked at.",
    )
    return replace(layout, columns=kept | {"discount_amount": places[0]}, issues=(*others, told))
