"""Bills of services: lines that print an amount alone, with neither quantity nor price.

Nothing multiplies on them, so headings have to show where the amounts stand, and a printed sum of
several lines, or a tax at its rate, has to prove that all of them were read.
"""

import re
from collections.abc import Sequence

from lucid_orchestration.ingest.pdf.below import kind_of_label
from lucid_orchestration.ingest.pdf.bill_table import BillTable, Item
from lucid_orchestration.ingest.pdf.cells import read_line
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.names import names_of
from lucid_orchestration.ingest.pdf.printed import Kind
from lucid_orchestration.ingest.pdf.roles import roles_of
from lucid_orchestration.ingest.pdf.rows import Figure, Label, Row
from lucid_orchestration.ingest.pdf.templates import Picked, Span, Template
from lucid_orchestration.ingest.pdf.vocabulary import whole_meaning

_AMOUNTS = frozenset({"amount", "taxable"})
# Under these headings something has to multiply.
_OF_GOODS = frozenset({"quantity", "price", "discount", "unit"})
# "Room charge" is a line like any other.
_OF_LINES = frozenset({Kind.UNKNOWN, Kind.CHARGE, Kind.COUNT})
_FEWEST_LINES = 2
_FAR = 40.0


def read_service_table(rows: Sequence[Row]) -> BillTable:
    """The lines of a bill of services.

    Raises:
        InconsistentError: when no headings show where its amounts stand, or it has one line.
    """
    problem = InconsistentError(
        "no_table", "No line whose quantity times price is its amount was found on the page."
    )
    found = _heading(rows)
    if found is None:
        raise problem
    header, heading = found
    places: list[int] = []
    rest: list[int] = []
    amounts: dict[int, Figure] = {}
    is_ended = False
    for place in range(header + 1, len(rows)):
        row = rows[place]
        figure = _amount_of(row, heading)
        label = " ".join(part.text for part in row.labels if figure and part.x0 < figure.x0)
        is_line = figure is not None and re.search(r"[^\W\d_]{2}", label) is not None
        is_ended = is_ended or (figure is not None and kind_of_label(label) not in _OF_LINES)
        if figure is not None and is_line and not is_ended:
            places.append(place)
            amounts[place] = figure
        else:
            rest.append(place)
    if len(places) < _FEWEST_LINES:
        raise problem
    span = Span(amounts[places[0]].x0, amounts[places[0]].x1)
    for figure in amounts.values():
        span = span.with_figure(figure)
    template = Template(span, span, span)
    roles = roles_of(template, rows, places)
    names = names_of(rows, places, roles, {*rest})
    items = []
    for place in places:
        picked = Picked(None, None, amounts[place], None, None)
        line = read_line(template, roles, rows[place], picked, names[place])
        items.append(Item(place, line))
    return BillTable(span, tuple(items), (), tuple(rest), 0)


def _heading(rows: Sequence[Row]) -> tuple[int, Label] | None:
    """The row of headings with a name and an amount, and the heading of the last amount.

    Null where headings of goods stand: their lines multiply, or are not understood.
    """
    for place, row in enumerate(rows):
        meanings = [(whole_meaning("headings", cell.text), cell) for cell in row.cells]
        if any(meaning in _OF_GOODS for meaning, _ in meanings):
            return None
        amounts = [cell for meaning, cell in meanings if meaning in _AMOUNTS]
        has_name = any(meaning == "name" for meaning, _ in meanings)
        if amounts and has_name and not row.figures:
            return place, amounts[-1]
    return None


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
