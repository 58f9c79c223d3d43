"""The number of a bill: beside, below or behind a label for it, or in the title."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from lucid_orchestration.ingest.layout.printed_days import parse_day
from lucid_orchestration.ingest.pdf.pages import Segment
from lucid_orchestration.ingest.pdf.places import (
    Labelled,
    aligned,
    all_segments,
    below,
    beside,
    labels_in,
    without_joint,
)
from lucid_orchestration.ingest.pdf.vocabulary import (
    longest_meaning,
    patterns,
    plain,
    words_pattern,
)

_VALUE = re.compile(r"(?P<value>[^\W_][\w/\\.\-–#+]*(?:\s?/\s?[\w\-]+)*)")
_SERIES = re.compile(r"[A-Z]{1,5}")
_RETURN = re.compile(r"\b(?:credit|cr|cn|note|return|avoir|gutschrift\w*|creditnota)\b")
_DETAILS = re.compile(r"(?:invoice|return|bill|credit note)\s+details\s*:?", re.IGNORECASE)
_BARE = re.compile(r"(?:No|Nr|N°|Nº|№|#)\s*\.?\s*[:#]?\s*", re.IGNORECASE)
_LONGEST = 40
_SIGNED = re.compile(r"[^\W\d]+\s?#([\w-]*\d[\w-]*)")


def find_number(
    rows: Sequence[Sequence[Segment]], *, is_return: bool
) -> tuple[str, Segment | None]:
    """The number of a bill and the segment of its label; empty and null where none is found.

    A credit note often names the invoice it corrects as well; its own label goes first.
    """
    found: list[tuple[int, bool, int, str, Segment]] = []
    sources = (_labelled(rows), _in_titles(rows), _bare(rows))
    for rank, source in enumerate(sources):
        for place, (number, label, segment) in enumerate(source):
            is_foreign = is_return and not _RETURN.search(plain(label))
            found.append((rank, is_foreign, place, number, segment))
    if not found:
        return "", None
    _, _, _, number, segment = min(found, key=lambda item: (item[1], item[0], item[2]))
    return number, segment


def told_number(rows: Sequence[Sequence[Segment]], label: str) -> tuple[str, Segment | None]:
    """The number beside, behind or below a label the owner named; empty and null without one."""
    if not label:
        return "", None
    return _number_of(rows, lambda phrase: plain(phrase) == label)


def receipt_number(rows: Sequence[Sequence[Segment]]) -> str:
    """The number of a till's receipt; empty without one."""
    of_receipt = words_pattern("receipt_numbers")
    number, _ = _number_of(rows, lambda phrase: of_receipt.fullmatch(plain(phrase)) is not None)
    if not number:
        # "Receipt #4471" is a label and its number in two words
        texts = (_SIGNED.match(segment.text) for segment in all_segments(rows))
        number = next(
            (m[1] for m in texts if m and of_receipt.fullmatch(plain(m[0][: m.start(1)]))), ""
        )
    return number


def _number_of(
    rows: Sequence[Sequence[Segment]], is_label: Callable[[str], bool]
) -> tuple[str, Segment | None]:
    for place, row in enumerate(rows):
        for segment in row:
            for found in labels_in(segment, is_label):
                number = value_in(found.rest, may_be_date=True)
                if not number and not re.search(r"\w", found.rest):
                    number = _apart(rows, place, row, segment)
                if number:
                    return number, segment
    return "", None


def value_in(text: str, *, may_be_date: bool = False) -> str:
    """The number at the beginning of a text; empty without one.

    `may_be_date`: it stands right behind its label, so "12/05/2024" is one too.
    """
    text = without_joint(text)
    match = _VALUE.match(text)
    if match is None:
        return ""
    value = match["value"]
    if not re.search(r"\d", value):
        # "INV 0045": a series apart from its number
        rest = _VALUE.match(text[match.end() :].strip())
        if not (_SERIES.fullmatch(value) and rest and rest["value"][0].isdigit()):
            return ""
        value = f"{value} {rest['value']}"
    value = value.rstrip(".-/–#")
    is_number = may_be_date or not _is_date(value)
    return value if len(value) <= _LONGEST and is_number else ""


def _is_date(value: str) -> bool:
    day = parse_day(value)
    return day is not None and re.fullmatch(r"\d{1,4}([/.-])\d{1,2}\1\d{2,4}", value) is not None


@cache
def _label_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = patterns("number")
    of_bill, sign, filler = words["of_bill"].pattern, words["sign"].pattern, words["filler"].pattern
    spaced = (
        rf"(?:(?:{filler}) )*(?:{of_bill})(?: (?:{of_bill}))*(?: (?:{filler}))*(?: ?(?:{sign}))+"
        rf"|(?:{sign})(?: (?:{filler}))* (?:{of_bill})|{words['joined'].pattern}"
    )
    return re.compile(spaced), words["joined"]


def is_number_label(phrase: str) -> bool:
    """Whether words are a label for the number of a bill."""
    key = plain(phrase)
    spaced, joined = _label_patterns()
    if patterns("date")["of_bill"].search(key):
        return False
    return bool(spaced.fullmatch(key) or joined.fullmatch(key.replace(" ", "")))


def _labelled(rows: Sequence[Sequence[Segment]]) -> Iterator[tuple[str, str, Segment]]:
    """Numbers beside, behind or below their labels."""
    for place, row in enumerate(rows):
        for segment in row:
            for found in labels_in(segment, is_number_label):
                if not _is_own(found):
                    continue
                number = value_in(found.rest, may_be_date=True)
                if not number and not re.search(r"\w", found.rest):
                    number = _apart(rows, place, row, segment)
                if number:
                    yield number, found.label, segment
    yield from _stacked(rows)


def _apart(
    rows: Sequence[Sequence[Segment]], place: int, row: Sequence[Segment], segment: Segment
) -> str:
    """The number right of a label, or else below it."""
    for other in list(beside(row, segment))[:1]:
        is_label = other.text.rstrip().endswith(":") or is_any_label(other.text)
        if not is_label and (number := value_in(other.text)):
            return _with_rest(number, other, rows, place)
    lower = below(rows, place, segment)
    return value_in(lower.text) if lower is not None else ""


def is_any_label(text: str) -> bool:
    """Whether a text is a label of something and no value."""
    key = plain(text)
    return (
        is_number_label(text)
        or patterns("number")["not"].fullmatch(key) is not None
        or patterns("date")["of_bill"].fullmatch(key) is not None
        or patterns("date")["plain"].fullmatch(key) is not None
    )


def _with_rest(number: str, value: Segment, rows: Sequence[Sequence[Segment]], place: int) -> str:
    """A number broken over two lines goes on below where its first part ends in a mark."""
    if not value.text.rstrip().endswith(("/", "-")):
        return number
    lower = below(rows, place, value, steps=1)
    if lower is None or not re.fullmatch(r"[\w/\-]*\d[\w/\-]*", lower.text.strip()):
        return number
    return value.text.strip() + lower.text.strip()


def _is_own(found: Labelled) -> bool:
    """Whether nothing before or in a label makes it the number of something else."""
    if patterns("number")["not"].search(plain(found.label)):
        return False
    before = found.before.split()
    if not before:
        return True
    last = before[-1]
    if last[-1] in ":|,;)" or re.search(r"\d", last):
        return not patterns("number")["not"].search(plain(last))
    return patterns("number")["filler"].fullmatch(plain(last)) is not None


def _stacked(rows: Sequence[Sequence[Segment]]) -> Iterator[tuple[str, str, Segment]]:
    """A label broken over two lines, with its number beside or below."""
    for place, row in enumerate(rows[:-1]):
        for upper in row:
            if len(upper.text.split()) > 3 or re.search(r"\d", upper.text):
                continue
            lower = below(rows, place, upper, steps=1)
            if lower is None or not is_number_label(f"{upper.text} {lower.text}"):
                continue
            if is_number_label(upper.text) or is_number_label(lower.text):
                continue
            at = next(p for p, other in enumerate(rows) if lower in other)
            number = _apart(rows, at, rows[at], lower)
            if number:
                yield number, f"{upper.text} {lower.text}", lower


def _in_titles(rows: Sequence[Sequence[Segment]]) -> Iterator[tuple[str, str, Segment]]:
    """`Invoice MOG/2023/03/0008`: the number behind the title of the bill."""
    segments = all_segments(rows)
    for segment in sorted(segments, key=lambda s: -s.size):
        words = segment.text.split()
        for stop in range(5, 0, -1):
            title = " ".join(words[:stop])
            rest = without_joint(" ".join(words[stop:]))
            first, _, others = rest.partition(" ")
            if patterns("number")["sign"].fullmatch(plain(first)):
                rest = without_joint(others)
            if longest_meaning("titles", title) not in {"bill", "tax_invoice", "credit_note"}:
                continue
            if not _is_title(title) or not rest:
                continue
            number = value_in(rest)
            is_all = number and len(rest.split()) <= 3 + len(number.split())
            if is_all and parse_day(rest.split()[0]) is None:
                yield number, title, segment
                break


def _is_title(text: str) -> bool:
    key = plain(text)
    return any(
        patterns("titles")[meaning].fullmatch(key)
        for meaning in ("bill", "tax_invoice", "credit_note")
    )


def _bare(rows: Sequence[Sequence[Segment]]) -> Iterator[tuple[str, str, Segment]]:
    """`No: 101` below "Invoice Details", and `# INV-101`; the only one of a head else."""
    loose: list[tuple[str, str, Segment]] = []
    for place, row in enumerate(rows):
        for segment in row:
            match = _BARE.match(segment.text)
            if match is None or (segment.text[0].isalnum() and not re.search(r"[.:#\s]", match[0])):
                continue
            rest = segment.text[match.end() :]
            number = value_in(rest)
            if number and len(rest.split()) > 2:
                continue
            if not number and not re.search(r"\w", rest):
                number = next((value_in(s.text) for s in list(beside(row, segment))[:1]), "")
            if not number:
                continue
            is_section = any(
                _DETAILS.fullmatch(upper.text) and aligned(upper, segment)
                for earlier in rows[max(place - 3, 0) : place]
                for upper in earlier
            )
            is_titled = any(_is_title(s.text) for s in row if s.x0 < segment.x0)
            if is_section or is_titled or "#" in match[0]:
                yield number, match[0], segment
            elif ":" in match[0] or not re.search(r"\w", rest):
                loose.append((number, match[0], segment))
    if len({number for number, _, _ in loose}) == 1:
        yield loose[0]
