"""Dates typed with day and month exchanged, in a file whose other dates prove their order.

A file in the order of its days shows them: read as the others are, they jump months ahead or back,
and read the other way they fall between their neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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

# Beyond the outermost certain day: what follows within so many days is near, unless the file's own
# days lie further apart; what leaps by so many is far.
NEAR_DAYS = 7
A_MONTH = 24

# Days by their number: as the file is read, and with day and month exchanged.
_Readings = tuple[int, int]


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
    steps = [after - before for before, after in pairwise(_own(read, at) for at in certain)]
    rising = sum(step >= 0 for step in steps)
    falling = sum(step <= 0 for step in steps)
    if not steps or max(rising, falling) < ORDERED_SHARE * len(steps):
        return []
    if falling > rising:
        found = exchanged_days(texts[::-1], order)
        return sorted(len(texts) - 1 - at for at in found)
    gaps = sorted(step for step in steps if step > 0)
    near = max([NEAR_DAYS, *gaps[int(0.9 * len(gaps)) : int(0.9 * len(gaps)) + 1]])
    found, misfits = _between_certain(read, certain)
    found += _beyond([*enumerate(read)][certain[-1] :], near)
    found += _beyond([*enumerate(read)][certain[0] :: -1], near)
    is_shown = len(found) >= max(MIN_EXCHANGED, EXCHANGED_PER_MISFIT * misfits)
    return sorted(found) if is_shown else []


def _between_certain(
    read: Sequence[_Readings | None], certain: Sequence[int]
) -> tuple[list[int], int]:
    """The days that lie between their certain neighbours only exchanged, and how many in no way."""
    found: list[int] = []
    misfits = 0
    for before, after in pairwise(certain):
        first, last = _own(read, before), _own(read, after)
        if first > last:
            continue  # another order begins here, such as that of a second branch
        for at in range(before + 1, after):
            days = read[at]
            if days is None or first <= days[0] <= last:
                continue
            if first <= days[1] <= last:
                found.append(at)
            else:
                misfits += 1
    return found, misfits


def _beyond(days: Sequence[tuple[int, _Readings | None]], near: int) -> list[int]:
    """The days beyond the outermost certain one, the first, that follow closely only exchanged.

    Read as the others are they leap by a month or more, or stand back.
    """
    found: list[int] = []
    last = days[0][1][0] if days[0][1] is not None else 0
    is_later = len(days) < 2 or days[1][0] > days[0][0]
    for at, readings in days[1:]:
        if readings is None:
            continue
        own, other = ((day - last) if is_later else (last - day) for day in readings)
        is_far = not 0 <= own <= max(A_MONTH, 2 * near)
        if is_far and 0 <= other <= near:
            found.append(at)
            last = readings[1]
        elif own >= 0:
            last = readings[0]
    return found


def _readings(text: str, order: DateOrder) -> _Readings | None:
    """A day as the file is read and with day and month exchanged; twice the same if none can be.

    None for what is no day of this order.
    """
    numbers = day_numbers(day_part(text))
    if numbers is None:
        return None
    first, second, year = numbers
    day, month = (first, second) if order == "dmy" else (second, first)
    try:
        own = date(year, month, day).toordinal()
        return own, (own if day > 12 else date(year, day, month).toordinal())
    except ValueError:
        return None


def _own(read: Sequence[_Readings | None], at: int) -> int:
    days = read[at]
    return days[0] if days is not None else 0
