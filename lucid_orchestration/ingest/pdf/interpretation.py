"""One way to take the figures of a bill, and by how much they may differ where it is right."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.ingest.pdf.bills import Basis

ZERO = Decimal(0)
# Discount, tax and amount of a line are rounded one by one.
SLACK = Decimal("0.021")
# Sums of printed figures are exact; two paise for a bill that rounds its tax once more.
SUM_SLACK = Decimal("0.02")
# Tax rounded per line and tax rounded per rate part by up to a paisa a line.
TAX_SLACK_PER_LINE = Decimal("0.011")


@dataclass(frozen=True)
class Interpretation:
    """What "Amount" and "Discount" mean, the same for all lines of a bill."""

    basis: Basis
    plain_discount_is_percent: bool
    applies_discount: bool


class InconsistentError(Exception):
    """A bill that does not add up: `reason` as a code, the message with the figures."""

    def __init__(self, reason: str, message: str, distance: int = 0, *, label: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        # how far the best reading came; the problem of the best one is told
        self.distance = distance
        # of the figure that nobody understands
        self.label = label


def problem_of(problems: Iterable[InconsistentError]) -> InconsistentError:
    """Of the problems of several readings the one that came nearest to adding up."""
    return max(problems, key=lambda problem: problem.distance)
