"""The head of a bill: what it is, its number and date, who wrote it and to whom."""

from collections.abc import Sequence

from lucid_orchestration.ingest.pdf.bills import Facts, Title
from lucid_orchestration.ingest.pdf.dates import find_date, told_date
from lucid_orchestration.ingest.pdf.numbers import find_number, told_number
from lucid_orchestration.ingest.pdf.pages import Page, Segment
from lucid_orchestration.ingest.pdf.parties import buyer_of, seller_of
from lucid_orchestration.ingest.pdf.places import all_segments, rows_of_segments
from lucid_orchestration.ingest.pdf.titles import find_title
from lucid_orchestration.ingest.pdf.told import NOTHING_TOLD, Told
from lucid_orchestration.ingest.pdf.vocabulary import longest_meaning, whole_meaning

_FIGURES = frozenset({"quantity", "price", "amount", "taxable"})
_FEWEST_HEADINGS = 3
_MANY_CELLS = 6
_HEAD_ROWS = 45


def read_facts(page: Page, told: Told = NOTHING_TOLD) -> Facts:
    """What the head of a page shows; it ends where the table of items begins."""
    rows = rows_of_segments(page.lines)
    head = rows[: _end_of_head(rows)]
    segments = all_segments(head)
    title, title_text = find_title(segments, page)
    if title is None and told.title is not None:
        title, title_text = told.title, str(told.title)
    is_return = title is Title.CREDIT_NOTE
    number, at = told_number(rows, told.number)
    if not number:
        number, at = find_number(head, is_return=is_return)
    if not number:
        # some print number and date below their lines
        number, at = find_number(rows, is_return=is_return)
    day = told_date(rows, told.date, told.date_order)
    if day is None:
        day = find_date(head, at, is_return=is_return, order=told.date_order)
    if day.date is None:
        day = find_date(rows, at, is_return=is_return, order=told.date_order)
    buyer, box = buyer_of(segments)
    seller = seller_of(segments, box, buyer)
    return Facts(
        title, title_text, number, day.date, day.is_certain, seller, buyer, day.is_possible
    )


def _end_of_head(rows: Sequence[Sequence[Segment]]) -> int:
    """The row of the headings of the table; without any, where no head goes on."""
    for place, row in enumerate(rows):
        found = {whole_meaning("headings", segment.text) for segment in row} - {None}
        if len(found) >= _FEWEST_HEADINGS and len(found & _FIGURES) > 1:
            return place
        texts = [segment.text for segment in row]
        if len(row) < _MANY_CELLS or any(letter.isdigit() for text in texts for letter in text):
            continue
        # so many cells side by side without a figure are no details of the head
        if {longest_meaning("headings", text) for text in texts} & _FIGURES:
            return place
    return min(len(rows), _HEAD_ROWS)
