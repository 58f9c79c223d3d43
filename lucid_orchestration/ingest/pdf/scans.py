"""The pages of a scan as words, by a reader of pictures that works without a network.

It needs the extra `ocr`: `rapidocr-onnxruntime` brings its models with it. What it reads is taken
for text like any other, so the figures of a bill still have to prove themselves. For what proves
nothing, the date above all, each scan is read at two sizes, and both have to say the same.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.outcomes import RefusedError, Status
from lucid_orchestration.ingest.pdf.bills import Document, Documents, Remark, Title
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import Line, Page, Word
from lucid_orchestration.ingest.pdf.scripts import readable
from lucid_orchestration.ingest.pdf.vocabulary import plain, run_together

# Each costs eight seconds of computing at both sizes, of the thirty that a file has.
MAX_PAGES = 3
# Dots to a point: 150 and 200 to an inch.
SCALES = (150 / 72, 200 / 72)
# No paper of a shop has more; a page of a mile would fill the memory.
_MOST_POINTS = 2_000.0
# What the reader itself believes less is left out: then figures are missing, not wrong.
_SURE = 0.6
# Of the height of a text: baselines of one line, and the blank that parts two cells.
_SAME_LINE = 0.5
_CELL_GAP = 0.8
# "DueDate", "Invoice#12", "100kg" and "No:7".
_MEETING = re.compile(
    r"(?<=[^\W\d_A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=#)|(?<=[^\W\d]:)(?=\w)"
    r"|(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d{3})|(?<=^\d{4})|(?<=[.,]\d\d))"
    r"(?=[^\W\d_]{1,4}$)"
)
# A box is a little higher than its letters, and ends below their baseline.
_SIZE, _BELOW = 0.85, 0.2


def read_scan(path: Path, layouts: Sequence[BillLayout] = ()) -> Documents:
    """The documents of a scan: those that are the same at both sizes count.

    Raises:
        RefusedError: when it has more pages than can be read.
    """
    first, second = (read_documents(_pages(path, scale), layouts) for scale in SCALES)
    others = list(second.documents)
    return replace(first, documents=tuple(agreed(one, others) for one in first.documents))


def agreed(document: Document, others: Sequence[Document]) -> Document:
    """A document that counts only if another reading of it says the same."""
    if document.bill is None:
        return document
    if not any(_is_same(document, other) for other in others):
        return replace(
            document,
            status=Status.QUARANTINED,
            bill=None,
            reason="scan_unsure",
            message="It is a scan, and read twice it says two different things.",
        )
    said = Remark(
        "read_from_scan",
        "is a scan. Its figures agree; names were read from the picture and may have mistakes.",
    )
    return replace(document, remarks=(*document.remarks, said))


def _is_same(one: Document, other: Document) -> bool:
    """Whether two readings have the same head and the same figures."""
    if one.bill is None or other.bill is None:
        return False
    heads = [
        (
            found.facts.title is Title.CREDIT_NOTE,
            found.facts.number,
            found.facts.date,
            found.bill and found.bill.total,
        )
        for found in (one, other)
    ]
    lines = [
        [(line.quantity, line.net_amount, line.tax_amount) for line in found.lines]
        for found in (one.bill, other.bill)
    ]
    return heads[0] == heads[1] and lines[0] == lines[1]


def _pages(path: Path, scale: float) -> tuple[Page, ...]:
    """The pages of a file with the words that stand on their pictures."""
    import pypdfium2
    from rapidocr_onnxruntime import RapidOCR

    reader = RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
    with pypdfium2.PdfDocument(path) as file:
        if len(file) > MAX_PAGES:
            raise RefusedError(
                "too_many_pages",
                f"The PDF is a scan of more than {MAX_PAGES} pages. Split it, or export the bills "
                "from the billing app.",
            )
        pages = []
        for number, page in enumerate(file, start=1):
            width, height = page.get_size()
            if max(width, height) > _MOST_POINTS:
                raise RefusedError("too_large", "The PDF holds a page larger than bills are.")
            picture = page.render(scale=scale).to_numpy()
            found, _ = reader(picture, use_cls=False)
            words = list(words_of(found or (), scale))
            pages.append(Page(number, width, height, tuple(lines_of(words))))
    return tuple(pages)


def words_of(found: Iterable[Any], scale: float) -> Iterator[Word]:
    """The words of texts with their boxes in dots; those of one text share its width."""
    for box, text, score in found:
        text = _parted(readable(text).strip())
        if not text or float(score) < _SURE:
            continue
        left, right = (min(x for x, _ in box) / scale, max(x for x, _ in box) / scale)
        top, bottom = (min(y for _, y in box) / scale, max(y for _, y in box) / scale)
        height = bottom - top
        letter = (right - left) / len(text)
        at = 0
        for place, part in enumerate(text.split(" ")):
            if part:
                x0 = left + at * letter
                yield Word(
                    part,
                    x0,
                    x0 + len(part) * letter,
                    bottom - _BELOW * height,
                    _SIZE * height,
                    place == 0,
                )
            at += len(part) + 1


def _parted(text: str) -> str:
    """A text with the blanks that the reader leaves out where two words plainly meet.

    "CREDITNOTE" is a title of two words: what a paper is must not hang on a blank.
    """
    phrase = run_together("titles").get(plain(text))
    return phrase.upper() if phrase is not None else _MEETING.sub(" ", text)


def lines_of(words: Sequence[Word]) -> Iterator[Line]:
    """Words on nearly one height, from top to bottom."""
    group: list[Word] = []
    for word in sorted(words, key=lambda word: word.baseline):
        if group and word.baseline - group[0].baseline > _SAME_LINE * group[0].size:
            yield _line(group)
            group = []
        group.append(word)
    if group:
        yield _line(group)


def _line(words: Sequence[Word]) -> Line:
    """Words of one line; a text that begins right behind another is of its cell."""
    ordered = sorted(words, key=lambda word: word.x0)
    result = [replace(ordered[0], opens=True)]
    for before, word in pairwise(ordered):
        opens = word.opens and word.x0 - before.x1 > _CELL_GAP * word.size
        result.append(replace(word, opens=opens, baseline=ordered[0].baseline))
    return Line(tuple(result))
