"""A page as rows of labels and figures, before anybody knows what they mean."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from lucid_orchestration.ingest.currency_marks import any_of
from lucid_orchestration.ingest.pdf.pages import Line, Page, Word
from lucid_orchestration.ingest.pdf.vocabulary import DOLLARS, words_pattern

# More digits than any figure of a bill has: longer ones are account numbers and bar codes.
_MAX_DIGITS = 9
# Of the size of the letters: cells of one row may stand on baselines this far from each other.
_ROW_HEIGHT = 0.42
# Of the size of the letters: a blank between groups of digits is no wider.
_GROUP_GAP = 0.34
_WHOLE = {
    ".": r"\d{1,2}(?:,\d{2})*,\d{3}|\d{1,3}(?:[,'’]\d{3})+|\d+",
    ",": r"\d{1,3}(?:[.'’ ]\d{3})+|\d+",
}
_SYMBOL = r"[^\w\s.,()\[\]+\-−–%:/=#*@&'\"|;!?{}<>~^`_°•·©®™×§¶\ufffd]"
# Signs of vowels in the scripts of India and Thailand are no letters to a pattern.
_ATTACHED = r"[^\W\d_][\w.²³/\u0900-\u0dff\u0e30-\u0e4e]{0,11}"
_JOINTS = r"[\s()@x×*+|:/-]*"
_MARKS = (
    (".", re.compile(r"\D{0,3}(?:\d{1,3}(?:[,'’]\d{2,3})+|\d+)\.\d{2}\D{0,3}")),
    (",", re.compile(r"\D{0,3}(?:\d{1,3}(?:[.'’ ]\d{3})+|\d+),\d{2}\D{0,3}")),
)
_THOUSANDS = re.compile(r"\D{0,3}\d{1,3}\.\d{3}\D{0,3}")
# A mark that this share of the amounts of a bill has may be the right one.
_DOUBTFUL = 0.25


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its place in points. `free`: pieces given beside it, as in `12 + 1`.

    `is_money`: it shows a sign of money, groups of digits or hundredths. `cell` numbers the run
    of words it stands in, and `is_alone` says that nothing but figures and units is in there.
    """

    value: Decimal
    x0: float
    x1: float
    places: int
    is_percent: bool
    is_money: bool
    cell: int
    is_alone: bool
    unit: str = ""
    free: Decimal = Decimal(0)
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Words between figures."""

    text: str
    x0: float
    x1: float
    cell: int


@dataclass(frozen=True)
class Row:
    """What stands side by side on a page, from left to right; `cells` are the runs of words."""

    page: int
    baseline: float
    size: float
    parts: tuple[Figure | Label, ...]
    cells: tuple[Label, ...] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(part for part in self.parts if isinstance(part, Figure))

    @property
    def labels(self) -> tuple[Label, ...]:
        return tuple(part for part in self.parts if isinstance(part, Label))

    @property
    def text(self) -> str:
        return " ".join(label.text for label in self.labels)


def decimal_marks(pages: Sequence[Page]) -> tuple[str, ...]:
    """The marks that may part whole units from their parts on a bill, the likelier first.

    "72.000" may be thousands, or seventy-two in a currency of thousandths.
    """
    counts = dict.fromkeys(_WHOLE, 0)
    for page in pages:
        for line in page.lines:
            for word in line.words:
                for mark, pattern in _MARKS:
                    counts[mark] += pattern.fullmatch(word.text) is not None
    total = sum(counts.values())
    likely = sorted(counts, key=lambda mark: -counts[mark])
    marks = tuple(mark for mark in likely if counts[mark] >= _DOUBTFUL * total) if total else (".",)
    words = [word.text for page in pages for line in page.lines for word in line.words]
    if sum(_THOUSANDS.fullmatch(word) is not None for word in words) > total:
        marks = (*marks, *(mark for mark in counts if mark not in marks))
    return marks


def rows_of(pages: Iterable[Page], mark: str) -> tuple[Row, ...]:
    """The rows of pages from top to bottom, figures read with a decimal mark."""
    rows: list[Row] = []
    for page in pages:
        for lines in _side_by_side(page.lines):
            parts: list[Figure | Label] = []
            cells: list[Label] = []
            for cell, words in enumerate(_cells(lines)):
                parts += _parts(words, mark, cell)
                text = " ".join(word.text for word in words)
                cells.append(Label(text, words[0].x0, words[-1].x1, cell))
            parts.sort(key=lambda part: part.x0)
            if parts:
                size = max(line.size for line in lines)
                baseline = lines[0].baseline
                rows.append(Row(page.number, baseline, size, tuple(parts), tuple(cells)))
    return tuple(rows)


def _side_by_side(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines that are one row: nearly on one height, with no word above another."""
    group: list[Line] = []
    for line in lines:
        if group and (
            line.baseline - group[0].baseline > _ROW_HEIGHT * min(line.size, group[0].size)
            or any(_overlap(line, other) for other in group)
        ):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _overlap(one: Line, other: Line) -> bool:
    return any(min(a.x1, b.x1) - max(a.x0, b.x0) > 1.0 for a in one.words for b in other.words)


def _cells(lines: Iterable[Line]) -> Iterator[list[Word]]:
    for line in lines:
        cell: list[Word] = []
        for word in line.words:
            if cell and (word.opens or _parts_figures(cell[-1], word)):
                yield cell
                cell = []
            cell.append(word)
        if cell:
            yield cell


def _parts_figures(left: Word, right: Word) -> bool:
    """Whether two words are figures of two columns and no groups of digits of one."""
    is_wide = right.x0 - left.x1 > _GROUP_GAP * right.size
    return is_wide and left.text[-1].isdigit() and right.text[0].isdigit()


@cache
def _pattern(mark: str) -> re.Pattern[str]:
    point = "[.=]" if mark == "." else ","
    money = words_pattern("money").pattern
    words = rf"{any_of(DOLLARS)}|(?:{money}|Kč|zł)\.?|Rs\.?"
    currency = rf"(?:(?<![^\W\d_])(?:{words})|{_SYMBOL})"
    # "- 5.00" is negative where a cell begins; between words it is a dash
    sign = r"(?:^|(?<=\())\s*(?:[-+−–])\s|\(-\)\s?|\(\+\)\s?|(?<![\w)])[-+−–]"
    return re.compile(
        rf"(?P<open>\((?!\s*[-+]\)))?\s?(?P<sign>{sign})?(?P<cur>{currency}\s?)?(?P<inner>[-−–])?"
        rf"(?(cur)|(?<![\w/.,#°*\[\ufffd])(?<!\d[:\-]))(?P<whole>{_WHOLE[mark]})?(?:{point}(?P<part>\d{{1,4}}))?"
        rf"(?P<tail>/-|/=|-(?![\w]))?(?P<percent>\s?%)?(?P<after>\s?{currency}(?![\w\ufffd]))?(?P<close>\))?"
        r"(?![\w\]\ufffd]|[/.,:\-–][\w\ufffd])",
        re.IGNORECASE,
    )


def _parts(words: Sequence[Word], mark: str, cell: int) -> Iterator[Figure | Label]:
    """The figures and labels of one run of words."""
    text, starts = "", []
    for word in words:
        starts.append(len(text) + bool(text))
        text += (" " if text else "") + word.text
    found = [match for match in _pattern(mark).finditer(text) if _is_figure(match, mark)]
    spans: list[tuple[int, int, re.Match[str] | None]] = []
    end = 0
    for match in found:
        begin = match.start("whole") if match["whole"] else match.start("part") - 1
        begin = min(
            [begin, *(match.start(n) for n in ("open", "sign", "cur", "inner") if match[n])]
        )
        spans += [(end, begin, None), (begin, match.end(), match)]
        end = match.end()
    spans.append((end, len(text), None))
    # a word before the first figure is a label, one behind it may be a unit
    rest = "".join(text[a:b] for a, b, match in spans[1:] if match is None)
    unit = re.fullmatch(rf"{_JOINTS}({_ATTACHED})?{_JOINTS}", rest)
    # "9% BTW" is a label with its rate
    is_label = bool(found) and found[0]["percent"] is not None and bool(unit and unit[1])
    is_alone = bool(found) and unit is not None and not is_label
    is_alone = is_alone and not re.search(r"\w", text[: spans[0][1]])
    free = _free(found, text) if is_alone else Decimal(0)
    if free:
        spans = [span for span in spans if span[2] is not found[1]]
        found = found[:1]
    for a, b, figure_match in spans:
        piece = text[a:b].strip(" :|")
        if figure_match is None:
            if not is_alone and re.search(r"\w", piece):
                shift = len(text[a:b]) - len(text[a:b].lstrip(" :|"))
                x0, _ = _reach(words, starts, a + shift, a + shift + 1)
                _, x1 = _reach(words, starts, b - 1, max(b, a + shift + 1))
                yield Label(piece, x0, max(x1, x0), cell)
            continue
        x0, x1 = _reach(words, starts, a, b)
        if is_alone and len(found) == 1:
            # a unit belongs to its figure: together they are aligned with the column
            x0, x1 = words[0].x0, words[-1].x1
        own_unit = (unit[1] or "") if is_alone and unit is not None else ""
        figure = _figure(figure_match, x0, x1, cell, own_unit, is_alone)
        yield replace(figure, free=free) if free else figure


def _free(found: Sequence[re.Match[str]], text: str) -> Decimal:
    """The pieces given beside a quantity, as in `12 + 1`; zero where none are."""
    if len(found) != 2 or not re.search(r"\d\s*\+\s*\d", text):
        return Decimal(0)
    given = found[1]["whole"] or ""
    is_count = given.isdigit() and not found[1]["part"] and not found[1]["percent"]
    return Decimal(given) if is_count else Decimal(0)


def _is_figure(match: re.Match[str], mark: str) -> bool:
    whole, part = match["whole"] or "", match["part"]
    if not whole and not part:
        return False
    digits = re.sub(r"\D", "", whole)
    is_plain = part is None and digits == whole and not match["cur"]
    # a number that begins with 0 is a code
    return len(digits) <= (_MAX_DIGITS if is_plain else 13) and not (
        is_plain and len(digits) > 1 and digits.startswith("0")
    )


def _figure(
    match: re.Match[str], x0: float, x1: float, cell: int, unit: str, is_alone: bool
) -> Figure:
    whole, part = match["whole"] or "0", match["part"] or ""
    digits = re.sub(r"\D", "", whole)
    value = Decimal(f"{digits}.{part}" if part else digits)
    is_percent = match["percent"] is not None
    signs = (match["sign"] or "", match["inner"] or "", match["tail"] or "")
    is_less = any(re.search("[-−–]", sign) and "/" not in sign for sign in signs)
    currency = (match["cur"] or match["after"] or "").strip(" .")
    is_money = not is_percent and (
        len(part) == 2 or digits != whole or bool(currency) or "/" in (match["tail"] or "")
    )
    if match["open"] and match["close"] and is_money:
        is_less = True
    return Figure(
        value=-value if is_less else value,
        x0=x0,
        x1=x1,
        places=len(part),
        is_percent=is_percent,
        is_money=is_money,
        cell=cell,
        is_alone=is_alone,
        unit=unit,
        currency=currency,
    )


def _reach(words: Sequence[Word], starts: Sequence[int], a: int, b: int) -> tuple[float, float]:
    """Where letters `a` to `b` of a run of words lie; letters of a word are taken as equal."""
    x0 = x1 = 0.0
    for word, start in zip(words, starts, strict=True):
        width = (word.x1 - word.x0) / max(len(word.text), 1)
        if start <= a:
            x0 = word.x0 + min(a - start, len(word.text)) * width
        if start < b:
            x1 = word.x0 + min(b - start, len(word.text)) * width
    return x0, x1
