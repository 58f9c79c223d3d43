"""The words and rules of a PDF's pages, bounded: what no shop's bill has is refused."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer import pdftypes
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfplumber.page import Page as PlumberPage

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.pdf.scripts import in_reading_order, readable
from lucid_orchestration.ingest.pdf.wire import NO_TEXT

MAX_PAGES = 50
# A page full of small print has 6,000 characters and, in a grid, 3,000 edges.
MAX_CHARACTERS = 400_000
MAX_EDGES = 60_000
# Of all streams of a file together, unpacked; the pictures of a bill are not unpacked.
MAX_STREAM_BYTES = 64_000_000
# Fewer characters on the first pages than this: a scan with a stamp, not a text.
_MIN_CHARACTERS = 30
_PAGES_OF_A_SCAN = 3
# Of the size of the letters: what lies between two words of one cell, and two strokes of a letter
# drawn twice to look bold.
_WORD_GAP = 0.15
_CELL_GAP = 0.45
_SAME_LETTER = 0.18
_SAME_LINE = 1.6
_MIN_RULE = 4.0
# Of the size of most letters: those of a stamp are as much larger.
_STAMP = 1.5
# Of its way along: a line of a page scanned askew climbs less.
_CLIMB = 0.1

_SCAN = RefusedError(
    NO_TEXT,
    "The PDF is a scan or photo without text. Export the bill from the billing app as PDF, use its "
    "Excel export or backup, or install Lucid with its extra ocr to have scans read.",
)
_PASSWORD = RefusedError(
    "password_protected",
    "The PDF is protected by a password. Open it, print it to a new PDF without a password, and "
    "put that one here.",
)
_DAMAGED = (
    "The PDF is damaged or is no PDF at all ({}). Download or export it again; does it open in a "
    "PDF viewer?"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its box in points from the top left; `opens` a cell when a gap is before it."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float
    opens: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """Words that stand together on a line, such as one cell or one label."""

    text: str
    x0: float
    x1: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, from left to right."""

    words: tuple[Word, ...]

    @property
    def baseline(self) -> float:
        return self.words[0].baseline

    @property
    def size(self) -> float:
        """The size of the largest letters."""
        return max(word.size for word in self.words)

    @property
    def segments(self) -> tuple[Segment, ...]:
        groups: list[list[Word]] = []
        for word in self.words:
            if word.opens or not groups:
                groups.append([])
            groups[-1].append(word)
        return tuple(joined(group) for group in groups)

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Upright:
    """A vertical rule."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal rule."""

    y: float
    x0: float
    x1: float


@dataclass(frozen=True)
class Page:
    """One page: lines of words from top to bottom, and the rules drawn on it.

    `stamps` are the texts written across it in another direction, in letters larger than most.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    uprights: tuple[Upright, ...] = ()
    levels: tuple[Level, ...] = ()
    stamps: tuple[str, ...] = ()


def joined(words: Sequence[Word]) -> Segment:
    """Neighbouring words as one text."""
    return Segment(
        " ".join(word.text for word in words),
        words[0].x0,
        words[-1].x1,
        words[0].baseline,
        max(word.size for word in words),
    )


def read_pages(path: Path) -> tuple[Page, ...]:
    """All pages of a PDF.

    Raises:
        RefusedError: when it is damaged, protected, without text, or larger than any bill.
    """
    _bound_streams()
    try:
        pages = _read(path)
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        # pdfminer raises whatever a broken file makes of its code, mostly wrapped by pdfplumber
        causes = (error, *error.args, error.__cause__, error.__context__)
        if any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes):
            raise _PASSWORD from error
        refusal = next((cause for cause in causes if isinstance(cause, RefusedError)), None)
        if refusal is not None:
            raise refusal from error
        raise RefusedError("unreadable_pdf", _DAMAGED.format(type(error).__name__)) from error
    if not pages:
        raise RefusedError("unreadable_pdf", _DAMAGED.format("it has no pages"))
    letters = sum(
        len(word.text)
        for page in pages[:_PAGES_OF_A_SCAN]
        for line in page.lines
        for word in line.words
    )
    if letters < _MIN_CHARACTERS:
        raise _SCAN
    return pages


def _read(path: Path) -> tuple[Page, ...]:
    pages = []
    characters = 0
    with pdfplumber.open(path) as pdf:
        # pdf.pages would walk through ten thousand pages before the first can be refused
        found = islice(PDFPage.create_pages(pdf.doc), MAX_PAGES + 1)
        for number, content in enumerate(found, start=1):
            if number > MAX_PAGES:
                raise RefusedError(
                    "too_many_pages",
                    f"The PDF has more than {MAX_PAGES} pages. Split it, or export the list of "
                    "sales as Excel or CSV.",
                )
            page = PlumberPage(pdf, content, page_number=number)
            characters += len(page.chars)
            if characters > MAX_CHARACTERS or len(page.objects.get("line", ())) > MAX_EDGES:
                raise RefusedError("too_large", "The PDF holds far more than bills do.")
            pages.append(_page(page, number))
            page.close()
    return tuple(pages)


def _page(page: PlumberPage, number: int) -> Page:
    uprights, levels = [], []
    for edge in islice(page.edges, MAX_EDGES):
        if edge["orientation"] == "v" and edge["bottom"] - edge["top"] >= _MIN_RULE:
            uprights.append(Upright(edge["x0"], edge["top"], edge["bottom"]))
        elif edge["orientation"] == "h" and edge["x1"] - edge["x0"] >= _MIN_RULE:
            levels.append(Level(edge["top"], edge["x0"], edge["x1"]))
    height = float(page.height)
    lines = tuple(_lines(page.chars, height))
    stamps = tuple(_stamps(page.chars))
    return Page(number, float(page.width), height, lines, tuple(uprights), tuple(levels), stamps)


def _stamps(chars: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The texts in large letters that stand in another direction, each as it was drawn."""
    upright = sorted(char["size"] for char in chars if not _is_turned(char))
    usual = upright[len(upright) // 2] if upright else 0.0
    turned: dict[tuple[float, ...], list[str]] = {}
    for char in chars:
        # of a turned letter the longer side of its box is about its size
        if _is_turned(char) and max(char["width"], char["height"]) >= _STAMP * usual:
            direction = tuple(round(part, 2) for part in char["matrix"][:4])
            turned.setdefault(direction, []).append(readable(char["text"]))
    for letters in turned.values():
        yield "".join(letters)


def _lines(chars: Iterable[dict[str, Any]], height: float) -> Iterator[Line]:
    """Letters on the same baseline, top to bottom, as words."""
    letters = sorted(
        ((height - char["matrix"][5], char) for char in chars if not _is_turned(char)),
        key=lambda item: item[0],
    )
    row: list[dict[str, Any]] = []
    start = 0.0
    for baseline, char in letters:
        if row and baseline - start > _SAME_LINE:
            yield from _line(row, start)
            row = []
        if not row:
            start = baseline
        row.append(char)
    if row:
        yield from _line(row, start)


def _is_turned(char: dict[str, Any]) -> bool:
    """Whether a letter climbs or falls; one that leans, as drawn italics do, does not."""
    along, up, *_ = char["matrix"]
    return not char.get("upright") or abs(up) > _CLIMB * abs(along)


def _line(chars: list[dict[str, Any]], baseline: float) -> Iterator[Line]:
    words: list[Word] = []
    letters: list[dict[str, Any]] = []
    end = None
    was_space = False
    opens = True
    for char in _once(chars):
        size = char["size"] or 1.0
        if not char["text"].strip():
            was_space = True
            # a run of blanks is a gap; a single one separates words
            continue
        gap = 0.0 if end is None else char["x0"] - end
        # full cells may touch: a rupee sign behind a digit begins another one
        touches = bool(letters) and char["text"] == "₹" and letters[-1]["text"].isdigit()
        if letters and (was_space or touches or gap > _WORD_GAP * size):
            words.append(_word(letters, baseline, opens))
            letters = []
            blank = _blank_width(chars, size)
            opens = touches or gap > max(_CELL_GAP * size, 1.5 * blank if was_space else 0.0)
        letters.append(char)
        end = char["x1"]
        was_space = False
    if letters:
        words.append(_word(letters, baseline, opens))
    if words:
        yield Line(tuple(words))


def _blank_width(chars: Iterable[dict[str, Any]], size: float) -> float:
    """Width of a blank in letters of a size; wide where all letters are."""
    widths = [char["width"] for char in chars if char["text"] == " " and char["size"] == size]
    return min(widths, default=0.0)


def _once(chars: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Letters from left to right; one drawn twice on the same spot counts once."""
    kept: list[dict[str, Any]] = []
    for char in sorted(chars, key=lambda char: (char["x0"], char["x1"])):
        reach = _SAME_LETTER * (char["size"] or 1.0)
        recent = (earlier for earlier in kept[-4:] if char["x0"] - earlier["x0"] <= reach)
        if any(earlier["text"] == char["text"] for earlier in recent):
            continue
        kept.append(char)
        yield char


def _word(chars: Sequence[dict[str, Any]], baseline: float, opens: bool) -> Word:
    return Word(
        in_reading_order([readable(char["text"]) for char in chars]),
        float(chars[0]["x0"]),
        float(chars[-1]["x1"]),
        baseline,
        max(float(char["size"]) for char in chars),
        opens,
    )


class _BoundedZlib:
    """zlib as pdfminer uses it, with one limit for all streams of a file."""

    error = zlib.error
    decompressobj = staticmethod(zlib.decompressobj)

    def __init__(self) -> None:
        self.left = MAX_STREAM_BYTES

    def decompress(self, data: bytes) -> bytes:
        machine = zlib.decompressobj()
        content = machine.decompress(data, self.left + 1)
        if len(content) > self.left:
            raise RefusedError("too_large", "The PDF unpacks to far more than bills do.")
        if not machine.eof:
            raise zlib.error("incomplete or truncated stream")
        self.left -= len(content)
        return content


def _bound_streams() -> None:
    """Limit what streams unpack to: pdfminer itself has no limit, and 2 KB can become 2 GB."""
    vars(pdftypes)["zlib"] = _BoundedZlib()
