"""The date of a bill: beside, below or behind a label for it, in the languages of shops."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.pdf.pages import Segment
from lucid_orchestration.ingest.pdf.places import all_segments, below, beside, labels_in
from lucid_orchestration.ingest.pdf.vocabulary import months_key, patterns, plain
from lucid_orchestration.settings import project_vars

_LATEST_YEAR = 2100
_NAMED = (
    re.compile(
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?[\s./-]*(?:de\s+|of\s+)?"
        r"(?P<n>[^\W\d_]{3,12})\.?[\s.,/'-]*(?:de\s+|del\s+)?(?P<y>\d{4}|\d{2})\b"
    ),
    re.compile(r"\b(?P<n>[^\W\d_]{3,12})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})\b"),
    re.compile(r"\b(?P<y>\d{4})[\s.,-]+(?P<n>[^\W\d_]{3,12})\.?[\s.-]+(?P<d>\d{1,2})\b"),
)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<y>\d{4})\s?(?:[-./]|年|년)\s?(?P<m>\d{1,2})\s?(?:[-./]|月|월)\s?(?P<d>\d{1,2})(?!\d)"
)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?P<d>\d{1,2})(?P<mark>[/.-])\s?(?P<m>\d{1,2})(?P=mark)\s?(?P<y>\d{4}|\d{2})(?![\d])"
)
# Words between a date that is not the bill's and its label.
_REACH = 3


@dataclass(frozen=True)
class Day:
    """A date as printed; `is_certain` unless day and month could be exchanged."""

    date: datetime.date
    is_certain: bool
    mark: str = ""


@dataclass(frozen=True)
class FoundDay:
    """The date of a bill; `is_month_first` when other dates of the page show that order."""

    date: datetime.date | None
    is_certain: bool
    is_possible: bool = True


def is_possible(date: datetime.date) -> bool:
    """Whether a bill may have been written on a date: not before `earliest_year`."""
    return int(project_vars()["earliest_year"]) <= date.year <= _LATEST_YEAR


def parse_day(text: str) -> Day | None:
    """The first date in a text, whatever its year."""
    found: list[tuple[int, Day]] = []
    for pattern in (_YEAR_FIRST, *_NAMED, _NUMERIC):
        for match in pattern.finditer(text):
            day = _day(match)
            if day is not None:
                found.append((match.start(), day))
                break
    return min(found, key=lambda item: item[0])[1] if found else None


def _day(match: re.Match[str]) -> Day | None:
    parts = match.groupdict()
    year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
    day, mark, certain = int(parts["d"]), parts.get("mark") or "", True
    if "n" in parts:
        month = months_key(parts["n"]) or 0
    else:
        month = int(parts["m"])
        if match.re is _NUMERIC:
            # points are the mark of lands that write the day first
            certain = mark == "." or day > 12 or day == month or month > 12
            if month > 12:
                day, month = month, day
                mark = "month first"
    try:
        return Day(datetime.date(year, month, day), certain, mark)
    except ValueError:
        return None


def find_date(
    rows: Sequence[Sequence[Segment]], number: Segment | None, *, is_return: bool
) -> FoundDay:
    """The date of a bill among the rows of its head; the labelled one nearest to its number."""
    found = [
        (_rank(label, is_return=is_return), _distance(segment, number), place, day)
        for place, (label, segment, day) in enumerate(_labelled(rows))
    ]
    possible = [item for item in found if is_possible(item[3].date)]
    if not found:
        days = {day.date: day for segment in all_segments(rows) if (day := parse_day(segment.text))}
        if len(days) != 1 or _names_other_date(rows):
            return FoundDay(None, is_certain=True)
        found = [(2, 0.0, 0, next(iter(days.values())))]
        possible = [item for item in found if is_possible(item[3].date)]
    if not possible:
        return FoundDay(min(found)[3].date, is_certain=True, is_possible=False)
    day = min(possible, key=lambda item: item[:3])[3]
    return _ordered(day, rows)


def _ordered(day: Day, rows: Sequence[Sequence[Segment]]) -> FoundDay:
    """A date in the order that the other dates of its page show."""
    if day.is_certain:
        return FoundDay(day.date, is_certain=True)
    others = [other for s in all_segments(rows) if (other := parse_day(s.text)) is not None]
    is_month_first = any(other.mark == "month first" for other in others)
    is_day_first = any(
        other.is_certain and other.mark == day.mark and other.date.day > 12 for other in others
    )
    if is_month_first and not is_day_first:
        date = datetime.date(day.date.year, day.date.day, day.date.month)
        return FoundDay(date, is_certain=True)
    return FoundDay(day.date, is_certain=is_day_first and not is_month_first)


def _is_label(phrase: str) -> bool:
    key = plain(phrase)
    squeezed = key.replace(" ", "")
    of_bill, simple = patterns("date")["of_bill"], patterns("date")["plain"]
    # "Rechnungsdatum/Lieferdatum" is a label for both
    first = plain(phrase.split("/")[0])
    return (
        any(p.fullmatch(key) or p.fullmatch(squeezed) for p in (of_bill, simple))
        or of_bill.fullmatch(first) is not None
    )


def _labelled(rows: Sequence[Sequence[Segment]]) -> Iterator[tuple[str, Segment, Day]]:
    """Dates with their labels: behind, beside, or below them."""
    for place, row in enumerate(rows):
        for segment in row:
            for found in labels_in(segment, _is_label):
                if _is_other(found.before, found.label):
                    continue
                day = parse_day(" ".join(found.rest.split()[: _REACH + 2]))
                if day is None and not re.search(r"\w", found.rest):
                    day = next((parse_day(s.text) for s in list(beside(row, segment))[:1]), None)
                    lower = below(rows, place, segment)
                    if day is None and lower is not None:
                        day = parse_day(lower.text)
                if day is not None:
                    yield found.label, segment, day


def _is_other(before: str, label: str) -> bool:
    """Whether the words before a label, or the label itself, name another date."""
    words = " ".join([*before.split()[-_REACH:], label])
    of_bill = patterns("date")["of_bill"]
    if of_bill.fullmatch(plain(label.split("/")[0])) and not re.search(
        r"\b(?:orig|ref)", plain(words)
    ):
        return False
    return bool(patterns("date")["not"].search(plain(words)))


def _names_other_date(rows: Sequence[Sequence[Segment]]) -> bool:
    return any(
        parse_day(segment.text) is not None and patterns("date")["not"].search(plain(segment.text))
        for segment in all_segments(rows)
    )


_OF_RETURN = re.compile(r"\b(?:credit|cr|cn|note|return|avoir|gutschrift\w*)\b")


def _rank(label: str, *, is_return: bool) -> int:
    """The date of the document by name, before any other; on a return that of the invoice last."""
    key = plain(label.split("/")[0])
    of_bill = patterns("date")["of_bill"]
    if not (of_bill.fullmatch(key) or of_bill.fullmatch(key.replace(" ", ""))):
        return 1
    if is_return:
        return 0 if _OF_RETURN.search(key) else 2
    return 0


def _distance(segment: Segment, number: Segment | None) -> float:
    return abs(segment.baseline - number.baseline) if number is not None else 0.0
