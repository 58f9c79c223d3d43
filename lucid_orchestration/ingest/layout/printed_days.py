"""Days as they are printed in titles and on bills, among other words."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.layout.conventions import DateOrder
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.pdf.vocabulary import months_key

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
# A row above the headings with more filled cells is no title.
_MOST_TITLE_CELLS = 6


@dataclass(frozen=True)
class Day:
    """A date as printed; `is_certain` unless day and month could be exchanged."""

    date: datetime.date
    is_certain: bool
    mark: str = ""


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


def day_above(rows: Sequence[Row], header_row: int, order: DateOrder | None) -> str | None:
    """The day that the titles above the headings of a list name, year first; None without one.

    Of a period it is the last day. `order` is that of day and month where the owner, or the
    system, tells it; else the day stands first.
    """
    found: set[datetime.date] = set()
    for row in rows:
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if row.number < header_row and len(cells) <= _MOST_TITLE_CELLS:
            days = [_in_order(day, order) for day in _days_of(" ".join(cells))]
            if days:
                found.add(max(days))
    return found.pop().isoformat() if len(found) == 1 else None


def _days_of(text: str) -> list[Day]:
    days = []
    for pattern in (_YEAR_FIRST, *_NAMED, _NUMERIC):
        matches = [_day(match) for match in pattern.finditer(text)]
        days += [day for day in matches if day is not None]
    return days


def _in_order(day: Day, order: DateOrder | None) -> datetime.date:
    if order == "mdy" and not day.is_certain:
        return datetime.date(day.date.year, day.date.day, day.date.month)
    return day.date
