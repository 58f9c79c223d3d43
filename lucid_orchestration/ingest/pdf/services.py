"""Bills on which nothing multiplies: services, and goods without a price that can be read.

Headings have to show where the amounts stand, and a printed sum of several lines, or a tax at its
rate, has to prove that all of them were read. Where quantities stand beside the amounts, their sum
has to be printed too.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from lucid_orchestration.ingest.pdf.below import kind_of_label
from lucid_orchestration.ingest.pdf.bill_table import BillTable, Item
from lucid_orchestration.ingest.pdf.cells import read_line
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.names import names_of
from lucid_orchestration.ingest.pdf.printed import Kind
from lucid_orchestration.ingest.pdf.roles import roles_of
from lucid_orchestration.ingest.pdf.rows import Figure, Label, Row
from lucid_orchestration.ingest.pdf.scripts import UNKNOWN
from lucid_orchestration.ingest.pdf.templates import Picked, Span, Template
from lucid_orchestration.ingest.pdf.vocabulary import whole_meaning

_AMOUNTS = frozenset({"amount", "taxable"})
# Under these headings something has to multiply, unless the prices cannot be read.
_OF_GOODS = frozenset({"quantity", "price", "unit"})
# "Room charge" is a line like any other.
_OF_LINES = frozenset({Kind.UNKNOWN, Kind.CHARGE, Kind.COUNT})
# Figures below these headings say nothing of how many.
_BESIDE = frozenset(
    {"tax", "tax_rate", "taxable", "amount", "hsn", "code", "serial", "other", "name"}
)
_FEWEST_LINES = 2
_FAR = 40.0


@dataclass(frozen=True)
class _Headings:
    """The place of a row of headings, and those of amounts, quantities and prices in it.

    `others` are headings of figures that are no part of a price.
    """

    last: int
    amount: Label
    quantity: Label | None
    price: Label | None
    others: tuple[Label, ...] = ()


def read_service_table(rows: Sequence[Row], products: Set[int] = frozenset()) -> BillTable:
    """The lines of a bill on which nothing multiplies.

    `products` are rows in which figures do: without a heading for quantities none is a service.

    Raises:
        InconsistentError: when no headings show where its amounts stand, or it has one line.
    """
    problem = InconsistentError(
        "no_table", "No line whose quantity times price is its amount was found on the page."
    )
    found = _heading(rows)
    if found is None:
        raise problem
    places: list[int] = []
    rest: list[int] = []
    amounts: dict[int, Figure] = {}
    quantities: dict[int, Figure] = {}
    is_ended = False
    for place in range(found.last + 1, len(rows)):
        row = rows[place]
        figure = _amount_of(row, found.amount)
        label = " ".join(part.text for part in row.labels if figure and part.x0 < figure.x0)
        is_line = figure is not None and sum(map(str.isalpha, label)) > 1
        is_ended = is_ended or (figure is not None and kind_of_label(label) not in _OF_LINES)
        count = _under(row, found.quantity)
        if figure is not None and is_line and not is_ended and _has_parts(found, count):
            places.append(place)
            amounts[place] = figure
            if count is not None:
                quantities[place] = count
        else:
            rest.append(place)
    if len(places) < _FEWEST_LINES:
        raise problem
    if found.quantity is None and (
        products & set(places)
        or any(_is_unexplained(rows[place], amounts[place], found) for place in places)
    ):
        raise problem
    span = _span(amounts.values())
    at = _span(quantities.values()) if quantities else span
    template = Template(at, at, span)
    roles = roles_of(template, rows, places)
    names = names_of(rows, places, roles, {*rest})
    items = []
    for place in places:
        picked = Picked(quantities.get(place), None, amounts[place], None, None)
        line = read_line(template, roles, rows[place], picked, names[place])
        is_lost = found.price is not None
        items.append(Item(place, line, is_derived=is_lost, is_sure=found.quantity is None))
    return BillTable(span, tuple(items), (), tuple(rest), 0)


def _is_unexplained(row: Row, amount: Figure, headings: _Headings) -> bool:
    """Whether a line of a service has further figures: then it may be one of goods."""
    if any(UNKNOWN in cell.text for cell in row.cells):
        return True
    first = min((label.x0 for label in row.labels), default=amount.x0)
    return any(
        figure.is_alone
        and not figure.is_percent
        and figure is not amount
        and figure.x0 > first
        and not any(
            min(figure.x1, cell.x1) - max(figure.x0, cell.x0) > 0 for cell in headings.others
        )
        for figure in row.figures
    )


def _has_parts(headings: _Headings, count: Figure | None) -> bool:
    """Whether a row has the quantity that its headings promise."""
    return headings.quantity is None or (count is not None and count.value > 0)


def _span(figures: Iterable[Figure]) -> Span:
    first, *others = figures
    span = Span(first.x0, first.x1)
    for figure in others:
        span = span.with_figure(figure)
    return span


def _heading(rows: Sequence[Row]) -> _Headings | None:
    """The row of headings with a name and an amount; of several amounts the last.

    Null where headings of goods stand that say not all: their lines are not understood.
    """
    for place, row in enumerate(rows):
        meanings = [(whole_meaning("headings", cell.text), cell) for cell in row.cells]
        if any(meaning == "discount" for meaning, _ in meanings):
            return None
        amounts = [cell for meaning, cell in meanings if meaning in _AMOUNTS]
        has_name = any(meaning == "name" for meaning, _ in meanings)
        goods = {meaning: cell for meaning, cell in meanings if meaning in _OF_GOODS}
        if amounts and has_name and not row.figures:
            if goods and "quantity" not in goods:
                return None
            others = tuple(cell for meaning, cell in meanings if meaning in _BESIDE)
            return _Headings(place, amounts[-1], goods.get("quantity"), goods.get("price"), others)
        if goods:
            return None
    return None


def _under(row: Row, heading: Label | None) -> Figure | None:
    """The figure that stands below a heading."""
    if heading is None:
        return None
    found = [
        figure
        for figure in row.figures
        if figure.is_alone
        and not figure.is_percent
        and min(figure.x1, heading.x1) - max(figure.x0, heading.x0) > 0
    ]
    return found[0] if len(found) == 1 else None


def _amount_of(row: Row, heading: Label) -> Figure | None:
    """The money below a heading."""
    found = [
        figure
        for figure in row.figures
        if figure.is_money
        and figure.is_alone
        and max(heading.x0 - figure.x1, figure.x0 - heading.x1) < _FAR
    ]
    return found[-1] if found else None
