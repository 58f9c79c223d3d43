"""The date of a bill: beside, below or behind a label for it, in the languages of shops."""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.layout.conventions import DateOrder
from lucid_orchestration.ingest.layout.printed_days import Day, parse_day
from lucid_orchestration.ingest.pdf.numbers import is_number_label
from lucid_orchestration.ingest.pdf.pages import Segment
from lucid_orchestration.ingest.pdf.places import (
    Labelled,
    aligned,
    all_segments,
    below,
    beside,
    labels_in,
)
from lucid_orchestration.ingest.pdf.vocabulary import patterns, plain
from lucid_orchestration.settings import project_vars

_LATEST_YEAR = 2100
# Words between a date that is not the bill's and its label.
_REACH = 3


@dataclass(frozen=True)
class FoundDay:
    """The date of a bill; `is_month_first` when other dates of the page show that order."""

    date: datetime.date | None
    is_certain: bool
    is_possible: bool = True


def is_possible(date: datetime.date) -> bool:
    """Whether a bill may have been written on a date: not before `earliest_year`."""
    return int(project_vars()["earliest_year"]) <= date.year <= _LATEST_YEAR


def told_date(
    rows: Sequence[Sequence[Segment]], label: str, order: DateOrder | None
) -> FoundDay | None:
    """The date beside, behind or below a label the owner named; null without one."""
    if not label:
        return None
    day = next((d for _, _, d in _dates_at(rows, lambda phrase: plain(phrase) == label)), None)
    if day is None:
        return None
    if not is_possible(day.date):
        return FoundDay(day.date, is_certain=True, is_possible=False)
    return _ordered(day, rows, order)


def find_date(
    rows: Sequence[Sequence[Segment]],
    number: Segment | None,
    *,
    is_return: bool,
    order: DateOrder | None = None,
) -> FoundDay:
    """The date of a bill among the rows of its head; the labelled one nearest to its number.

    `order`: in which day and month stand where they could be exchanged, if the owner told.
    """
    labelled = (
        (found, segment, day)
        for found, segment, day in _dates_at(rows, _is_label)
        if not _is_other(found.before, found.label) and not _goes_on_as_other(found.rest)
    )
    found: list[tuple[int, float, int, Day]] = []
    has_original = False
    for place, (label, segment, own) in enumerate(labelled):
        rank = _rank(label.label, is_return=is_return)
        if rank == _OF_INVOICE and _is_of_original(rows, segment, number):
            has_original = True
            continue
        found.append((rank, _distance(segment, number), place, own))
    possible = [item for item in found if is_possible(item[3].date)]
    if not found and has_original:
        return FoundDay(None, is_certain=True)
    if not found:
        days = {day.date: day for segment in all_segments(rows) if (day := parse_day(segment.text))}
        if len(days) != 1 or _names_other_date(rows):
            return FoundDay(None, is_certain=True)
        found = [(2, 0.0, 0, next(iter(days.values())))]
        possible = [item for item in found if is_possible(item[3].date)]
    if not possible:
        return FoundDay(min(found)[3].date, is_certain=True, is_possible=False)
    day = min(possible, key=lambda item: item[:3])[3]
    return _ordered(day, rows, order)


def _ordered(
    day: Day, rows: Sequence[Sequence[Segment]], order: DateOrder | None = None
) -> FoundDay:
    """A date in the order that was told, or that the other dates of its page show."""
    if day.is_certain:
        return FoundDay(day.date, is_certain=True)
    if order is not None:
        date = day.date
        if order == "mdy":
            date = datetime.date(date.year, date.day, date.month)
        return FoundDay(date, is_certain=True)
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


def _dates_at(
    rows: Sequence[Sequence[Segment]], is_label: Callable[[str], bool]
) -> Iterator[tuple[Labelled, Segment, Day]]:
    """Dates with their labels: behind, beside, or below them."""
    for place, row in enumerate(rows):
        for segment in row:
            for found in labels_in(segment, is_label):
                day = parse_day(" ".join(found.rest.split()[: _REACH + 2]))
                if day is None and not re.search(r"\w", found.rest):
                    right = next(iter(beside(row, segment)), None)
                    if right is not None and not _is_under_other(rows, place, right):
                        day = parse_day(right.text)
                    lower = below(rows, place, segment)
                    if day is None and lower is not None:
                        day = parse_day(lower.text)
                if day is not None:
                    yield found, segment, day


def _is_under_other(rows: Sequence[Sequence[Segment]], place: int, date: Segment) -> bool:
    """Whether the label of another date, without one beside it, stands over a date of a row."""
    return place > 0 and any(
        _is_over(segment, date)
        and parse_day(segment.text) is None
        and patterns("date")["not"].search(plain(segment.text))
        for segment in rows[place - 1]
    )


def _goes_on_as_other(rest: str) -> bool:
    """Whether words between a label and its date name another date: "Fecha de vencimiento"."""
    words: list[str] = []
    for word in rest.split()[:_REACH]:
        if re.search(r"\d", word):
            break
        words.append(word)
    return bool(words) and patterns("date")["not"].search(plain(" ".join(words))) is not None


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
    """Whether words in, left of or above a date say that it is none of a bill."""
    for place, row in enumerate(rows):
        for at, segment in enumerate(row):
            if parse_day(segment.text) is None:
                continue
            above = rows[place - 1] if place else ()
            near = [segment, *row[max(at - 2, 0) : at], *(s for s in above if _is_over(s, segment))]
            if any(patterns("date")["not"].search(plain(one.text)) for one in near):
                return True
    return False


def _is_over(upper: Segment, lower: Segment) -> bool:
    return min(upper.x1, lower.x1) - max(upper.x0, lower.x0) > 0


# Of a date beside "Invoice Date" on a return.
_OF_INVOICE = 2
_ORIGINAL = re.compile(r"\b(?:against|orig\w*|ref\w*)\b")
_OF_RETURN = re.compile(r"\b(?:credit|cr|cn|note|return|avoir|gutschrift\w*)\b")


def _rank(label: str, *, is_return: bool) -> int:
    """The date of the document by name, before any other; on a return that of the invoice last."""
    key = plain(label.split("/")[0])
    of_bill = patterns("date")["of_bill"]
    if not (of_bill.fullmatch(key) or of_bill.fullmatch(key.replace(" ", ""))):
        return 1
    if is_return:
        return 0 if _OF_RETURN.search(key) else _OF_INVOICE
    return 0


def _is_of_original(
    rows: Sequence[Sequence[Segment]], segment: Segment, number: Segment | None
) -> bool:
    """Whether a date on a return stands beside or below the number of the bill that it is for."""
    place = next(place for place, row in enumerate(rows) if segment in row)
    above = [s for s in rows[place - 1] if aligned(s, segment)] if place else []
    return any(
        _ORIGINAL.search(plain(near.text)) is not None
        or any(True for _ in labels_in(near, is_number_label))
        for near in (*rows[place], *above)
        if near != number
    )


def _distance(segment: Segment, number: Segment | None) -> float:
    return abs(segment.baseline - number.baseline) if number is not None else 0.0
