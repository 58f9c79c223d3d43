"""Dates typed with day and month exchanged, in a file whose other dates prove their order.

A file in the order of its days shows them: read as the others are, they jump months ahead or back,
and read the other way they fall between their neighbours.
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lucid_orchestration.ingest.layout.conventions import DateOrder, day_numbers, day_part

# One day out of order may be a bill entered late.
MIN_EXCHANGED = 3
# So many of the steps between certain days lead on in a file in the order of its days.
ORDERED_SHARE = 0.98
# For each day that fits nowhere, whichever way it is read, so many must fit exchanged.
EXCHANGED_PER_MISFIT = 4
# A file whose days change more often than this is in no order of its days, or too large to tell.
MAX_RUNS = 50_000
# Day and month of a text, and the same exchanged; Arrow reads both as Python does.
DAY_AND_MONTH = r"^(\s*)(\d{1,2})([-/. ]+)(\d{1,2})"
MONTH_AND_DAY = r"\1\4\3\2"

_Day = tuple[int, int, int]


@dataclass(frozen=True)
class Exchanged:
    """Rows whose dates have day and month exchanged, as ranges of their places in the part."""

    places: tuple[tuple[int, int], ...]
    days: tuple[str, ...]
    rows: tuple[int, ...]


class DayRuns:
    """The days of a file in the order of its rows: how long each stays the same."""

    def __init__(self) -> None:
        self._days: list[str] = []
        self._starts: list[int] = []
        self._rows: list[int] = []
        self._count = 0
        self._last: str | None = None

    def add(self, texts: Sequence[str | None], rows: Sequence[int]) -> None:
        """Take note of the next rows' dates and row numbers."""
        if len(self._days) > MAX_RUNS:
            return
        for place, (text, row) in enumerate(zip(texts, rows, strict=True), start=self._count):
            if text is None or text == self._last:
                continue
            self._last = text
            day = day_part(text)
            if not self._days or day != self._days[-1]:
                self._days.append(day)
                self._starts.append(place)
                self._rows.append(row)
        self._count += len(texts)

    def exchanged(self, order: DateOrder) -> Exchanged | None:
        """The rows whose dates were typed the other way, in a file of this order."""
        found = exchanged_days(self._days, order) if len(self._days) <= MAX_RUNS else []
        ends = [*self._starts[1:], self._count]
        return (
            Exchanged(
                tuple((self._starts[at], ends[at]) for at in found),
                tuple(self._days[at] for at in found),
                tuple(self._rows[at] for at in found),
            )
            if found
            else None
        )


def exchanged_days(texts: Sequence[str], order: DateOrder) -> list[int]:
    """Which of the days of a file, in the order of its rows, have day and month exchanged.

    None of them when the file is not in the order of its days, or too few show it.
    """
    read = [_readings(text, order) for text in texts]
    certain = [at for at, days in enumerate(read) if days is not None and days[0] == days[1]]
    steps = list(pairwise(_own(read, at) for at in certain))
    rising = sum(before <= after for before, after in steps)
    falling = sum(before >= after for before, after in steps)
    if not steps or max(rising, falling) < ORDERED_SHARE * len(steps):
        return []
    is_rising = rising >= falling
    found: list[int] = []
    misfits = 0
    for at, days in enumerate(read):
        if days is None or days[0] == days[1]:
            continue
        place = bisect(certain, at)
        around = [_own(read, other) for other in certain[max(place - 1, 0) : place + 1]]
        first = around[0] if place > 0 else None
        last = around[-1] if place < len(certain) else None
        if not is_rising:
            first, last = last, first
        if first is not None and last is not None and first > last:
            continue  # another order begins here, such as that of a second branch
        own, other = (_is_between(day, first, last) for day in days)
        if not own and other:
            found.append(at)
        misfits += not own and not other
    is_shown = len(found) >= max(MIN_EXCHANGED, EXCHANGED_PER_MISFIT * misfits)
    return found if is_shown else []


def _readings(text: str, order: DateOrder) -> tuple[_Day, _Day] | None:
    """A day as the file is read and with day and month exchanged; twice the same if none can be.

    None for what is no day of this order.
    """
    numbers = day_numbers(day_part(text))
    if numbers is None:
        return None
    first, second, year = numbers
    day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12:
        return None
    own = (year, month, day)
    return own, (own if day > 12 else (year, day, month))


def _own(read: Sequence[tuple[_Day, _Day] | None], at: int) -> _Day:
    days = read[at]
    return days[0] if days is not None else (0, 0, 0)


def _is_between(day: _Day, first: _Day | None, last: _Day | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
