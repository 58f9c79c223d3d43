"""How a file writes dates and numbers, decided once from all its values, never value by value.

Reading each date alone silently moved 39 % of one real file's rows to other months.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, Literal, TypeVar

DateOrder = Literal["ymd", "dmy", "mdy", "serial"]
DecimalMark = Literal[".", ","]
T = TypeVar("T")

_DAY_PART = re.compile(r"^(.*?)(?:[T ,]+(?:at )?\d{1,2}:\d{2}.*)?$", re.IGNORECASE)
_THREE_NUMBERS = re.compile(r"^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{2}|\d{4})$")
_YEAR_FIRST = re.compile(r"^\d{4}(?:[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{4})$")
_SERIAL = re.compile(r"^\d{4,6}(\.\d+)?$")

_POINT = re.compile(r"\d\.\d{1,2}(\D|$)|\d\.\d{4,}|,\d{2,3}\.\d|\d,\d{2},\d{3}")
_COMMA = re.compile(r"\d,\d{1,2}(\D*$)|\d,\d{4,}|\.\d{3},\d|\d\.\d{3}\.\d{3}")


@dataclass(frozen=True)
class Convention(Generic[T]):
    """What was decided, why in one sentence, and how many values speak against it."""

    value: T
    evidence: str
    against: int = 0


def day_part(text: str) -> str:
    """A date text without its time."""
    found = _DAY_PART.match(text.strip())
    return found[1].strip() if found else text.strip()


def date_order(days: Mapping[str, int], default: DateOrder = "dmy") -> Convention[DateOrder]:
    """The order of day, month and year in a column.

    `days` counts each distinct text without its time, in the order of first appearance. Days above
    12 decide; without any, the order in which the file's dates ascend; else `default`.
    """
    votes = {"ymd": 0, "dmy": 0, "mdy": 0, "serial": 0}
    open_days: list[tuple[int, int, str]] = []
    for text, count in days.items():
        numbers = _THREE_NUMBERS.match(text)
        if _SERIAL.match(text) and not _YEAR_FIRST.match(text):
            votes["serial"] += count
        elif _YEAR_FIRST.match(text):
            votes["ymd"] += count
        elif numbers:
            first, second = int(numbers[1]), int(numbers[2])
            if first > 12 >= second:
                votes["dmy"] += count
            elif second > 12 >= first:
                votes["mdy"] += count
            elif first <= 12 and second <= 12:
                open_days.append((first, second, numbers[3]))
    if votes["dmy"] or votes["mdy"]:
        winner: DateOrder = "dmy" if votes["dmy"] >= votes["mdy"] else "mdy"
        loser = "mdy" if winner == "dmy" else "dmy"
        name = "Day" if winner == "dmy" else "Month"
        return Convention(
            winner, f"{name} first: {votes[winner]} date(s) allow no other order.", votes[loser]
        )
    if open_days:
        rising = {order: _rising_share(open_days, order) for order in ("dmy", "mdy")}
        if rising["dmy"] == rising["mdy"]:
            return Convention(
                default,
                "No day above 12 tells day and month apart, and the order of the rows does not "
                f"either: taken as {'day' if default == 'dmy' else 'month'} first.",
            )
        guess: DateOrder = "dmy" if rising["dmy"] > rising["mdy"] else "mdy"
        return Convention(
            guess,
            "No day above 12 tells day and month apart; the rows ascend when read "
            f"{'day' if guess == 'dmy' else 'month'} first.",
        )
    if votes["serial"] > votes["ymd"]:
        return Convention("serial", "The dates are Excel's day numbers.")
    return Convention("ymd", "The dates name the year first or the month by name.")


def decimal_mark(values: Iterable[str]) -> Convention[DecimalMark]:
    """The decimal mark of a file, from its number texts that hold a point or a comma."""
    points = commas = 0
    for text in values:
        if _POINT.search(text):
            points += 1
        elif _COMMA.search(text):
            commas += 1
    if commas > points:
        return Convention(",", f"Decimal comma: {commas} number(s) allow nothing else.", points)
    return Convention(".", f"Decimal point: {points} number(s) show it.", commas)


def _rising_share(days: list[tuple[int, int, str]], order: str) -> float:
    keys = [
        (year, second, first) if order == "dmy" else (year, first, second)
        for first, second, year in days
    ]
    steps = list(pairwise(keys))
    return sum(before <= after for before, after in steps) / len(steps) if steps else 0.0
