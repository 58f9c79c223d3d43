"""Which of the totals that a table prints is that of all its lines."""

import re
from collections import Counter
from dataclasses import dataclass

from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.money.columns import figure

_OF_ALL = re.compile(r"(?i)^\s*(?:grand|overall|net|report)[ -]*totals?\b")
# Totals are rounded one by one.
_NEAR = 0.01


@dataclass
class PrintedTotals:
    """The totals of a table as they come: `whole` is the text of the one that is of all lines.

    A total after others is that of all if it says so, or is their sum; else it is of the lines
    above it, such as those of a day, and no total speaks of all.
    """

    mark: DecimalMark | None
    whole: str | None = None
    _count: int = 0
    _sum: float = 0.0

    def take(self, name: str, amount: str | None) -> None:
        """A row with a total: what it is called, and its amount."""
        if amount is None:
            return
        mark = self.mark or decimal_mark(Counter([number_shape(amount)])).value
        number = figure(amount, mark) or 0.0
        is_sum = abs(number - self._sum) <= _NEAR * self._count
        is_of_all = self._count == 0 or is_sum or _OF_ALL.match(name) is not None
        self.whole = amount if is_of_all else None
        self._count += 1
        self._sum += number
