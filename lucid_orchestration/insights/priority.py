"""How much an insight matters: its severity, its urgency, and the priority it is ranked by.

Limits of all three stand here and nowhere else.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lucid_orchestration.insights.confidence import WEIGHTS, Level

# Of the money the shop takes in 90 days, the part from which an insight is called severe.
HIGH_SEVERITY = Decimal("0.02")
MEDIUM_SEVERITY = Decimal("0.005")
# Within so many days, and how much more it then counts
URGENCY = ((7, Decimal("1.5")), (30, Decimal("1.25")))


@dataclass(frozen=True)
class Priority:
    """What an insight is ranked by: the money at stake times two weights."""

    impact: Decimal
    confidence_weight: Decimal
    urgency: Decimal

    @property
    def value(self) -> Decimal:
        """The product, as the table `insights` holds it."""
        product = self.impact * self.confidence_weight * self.urgency
        return product.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)


NONE = Priority(Decimal(0), Decimal(1), Decimal(1))


def priority(impact: Decimal | None, level: Level, urgency_days: Decimal | None) -> Priority:
    """The priority of an insight; what has no money at stake has none."""
    return Priority(impact or Decimal(0), WEIGHTS[level], urgency(urgency_days))


def urgency(days: Decimal | None) -> Decimal:
    """How much more counts what has to be done within days; None is no hurry."""
    if days is None:
        return Decimal(1)
    return next((weight for limit, weight in URGENCY if days <= limit), Decimal(1))


def severity(impact: Decimal | None, recent_revenue: Decimal) -> str:
    """high, medium or low, by the part of the shop's revenue of 90 days that is at stake."""
    if recent_revenue <= 0:
        return "low"
    share = (impact or Decimal(0)) / recent_revenue
    return "high" if share >= HIGH_SEVERITY else "medium" if share >= MEDIUM_SEVERITY else "low"
