"""Dates of three short numbers whose year stands first: 26/01/18 is 18 January 2026.

Where the year has two digits nothing in one date tells it from the day. Read in the wrong order the
days of a month lie one on a day of thirty years; so it is asked in which order they lie close.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

# The year has always two digits; where the year comes first, day and month may have one.
_SHORT = re.compile(r"^(\d{2})[-/. ]+(\d{1,2})[-/. ]+(\d{1,2})[. ]*$")
_THREE = re.compile(r"^\d{1,2}[-/. ]+\d{1,2}[-/. ]+(?:\d{1,2}|\d{4})[. ]*$")

# So many dates have to be such for any of it to hold.
_NEARLY_ALL = 0.95
# So many times as long the days of another order lie apart, from so many days on for certain.
_WIDER = 3
_CERTAIN_DAYS = 3
# Of many days so many at either end may be mistyped.
_ODD_ENDS = 0.05
# The rows follow one another nearly always, and clearly less often read another way.
_ORDERED, _LEAD = 0.9, 0.05

Verdict = Literal["only", "shown", "open"]
_Numbers = tuple[int, int, int]


@dataclass(frozen=True)
class ShortYears:
    """That the year comes first, how surely, and how many dates speak against it.

    `only`: nothing else is possible; `shown`: the order of the rows says so; `open`: the year may
    as well come last.
    """

    verdict: Verdict
    dates: int
    against: int


def year_first(days: Mapping[str, int]) -> ShortYears | None:
    """Whether the year comes first in dates of two-digit years; None where it does not.

    `days` counts each distinct text without its time, in the order of first appearance.
    """
    three = {text: count for text, count in days.items() if _THREE.match(text)}
    short = {text: found for text in three if (found := _SHORT.match(text))}
    total = sum(three.values())
    read = {text: (int(found[1]), int(found[2]), int(found[3])) for text, found in short.items()}
    fitting = {text: numbers for text, numbers in read.items() if _day(numbers, "ymd") is not None}
    dates = sum(three[text] for text in fitting)
    if not fitting or dates < _NEARLY_ALL * total:
        return None
    last = {text for text in fitting if len(short[text][3]) == 2}
    rivals = {
        order: sum(three[text] for text in last if _day(fitting[text], order) is not None)
        for order in ("dmy", "mdy")
    }
    against = total - dates
    possible = [order for order, count in rivals.items() if count >= _NEARLY_ALL * total]
    if not possible:
        return ShortYears("only", dates, against) if dates > max(rivals.values()) else None
    numbers = list(fitting.values())
    if all(first == third for first, _, third in numbers):
        return None
    verdict = _compared(numbers, possible)
    return ShortYears(verdict, dates, against) if verdict else None


def _compared(numbers: Sequence[_Numbers], rivals: Sequence[str]) -> Verdict | None:
    """What the days show against the orders that are possible besides."""
    if len(numbers) == 1:
        return "open"
    own, other = _span(numbers, "ymd"), min(_span(numbers, rival) for rival in rivals)
    order, others = _ordered(numbers, "ymd"), max(_ordered(numbers, rival) for rival in rivals)
    is_wider, is_closer = other >= _WIDER * own, own >= _WIDER * other
    leads = order >= _ORDERED and order - others >= _LEAD
    trails = others >= _ORDERED and others - order >= _LEAD
    if is_closer or (trails and not is_wider):
        return None
    if is_wider and not trails:
        return "only" if len(numbers) >= _CERTAIN_DAYS else "shown"
    if leads:
        return "shown"
    days, years = (len({found[place] for found in numbers}) for place in (0, 2))
    # of many days there are more different ones than there are years
    return None if days > years and not is_wider else "open"


def _day(numbers: _Numbers, order: str) -> int | None:
    first, second, third = numbers
    year, month, day = {
        "ymd": (first, second, third),
        "dmy": (third, second, first),
        "mdy": (third, first, second),
    }[order]
    try:
        return date(2000 + year, month, day).toordinal()
    except ValueError:
        return None


def _span(numbers: Sequence[_Numbers], order: str) -> int:
    """How many days lie between the first and the last, but for a few odd ones at either end."""
    days = sorted(day for found in numbers if (day := _day(found, order)) is not None)
    odd = int(_ODD_ENDS * len(days))
    return days[-1 - odd] - days[odd] + 1


def _ordered(numbers: Sequence[_Numbers], order: str) -> float:
    """Share of neighbouring days that rise, or that fall in a file with the newest first."""
    days = [day for found in numbers if (day := _day(found, order)) is not None]
    steps = [after - before for before, after in pairwise(days)]
    if not steps:
        return 0.0
    return max(sum(step >= 0 for step in steps), sum(step <= 0 for step in steps)) / len(steps)
