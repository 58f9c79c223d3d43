"""Pages of bills as lists of words, for tests of what a reading makes of one row or two."""

from collections.abc import Sequence

from lucid_orchestration.ingest.pdf.bills import Document
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import Line, Page, Word

# x and text of what stands in a row; where x is negative it ends there.
Cell = tuple[float, str]
_SIZE, _LETTER, _STEP = 8.0, 4.0, 12.0
SELLER = "Maruko Handel"


def page_of(*rows: Sequence[Cell], number: int = 1) -> Page:
    """A page of rows from top to bottom, each of cells on one baseline."""
    lines = []
    for place, row in enumerate(rows):
        words: list[Word] = []
        for x, text in row:
            at = x if x >= 0 else -x - _LETTER * len(text)
            for count, word in enumerate(text.split()):
                end = at + _LETTER * len(word)
                words.append(Word(word, at, end, 40 + _STEP * place, _SIZE, opens=not count))
                at = end + _LETTER * 0.6
        lines.append(Line(tuple(sorted(words, key=lambda word: word.x0))))
    return Page(number, 595.0, 842.0, tuple(lines))


def head_of(title: str, *details: str) -> list[Sequence[Cell]]:
    """The head of a paper: its title, who wrote it, and details in two columns."""
    return [
        [(240, title)],
        [(40, SELLER)],
        *([(40 + 300 * (place % 2), text)] for place, text in enumerate(details)),
    ]


HEAD = head_of("INVOICE", "Invoice No: 118", "Invoice date: 14 Feb 2025")


def read_rows(*rows: Sequence[Cell], head: Sequence[Sequence[Cell]] = HEAD) -> Document:
    """The one document on a page of some rows below a head."""
    (document,) = read_documents([page_of(*head, *rows)]).documents
    return document


def worth(document: Document) -> list[tuple[str, str, str]]:
    """Quantity, price and revenue of each line; empty where a document does not count."""
    lines = document.bill.lines if document.bill is not None else ()
    return [(str(x.quantity), str(x.unit_price), str(x.net_amount)) for x in lines]
