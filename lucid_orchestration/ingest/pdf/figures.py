"""Money of bills: rounding, and cells that hold an amount or a percentage."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Share:
    """A cell that may hold rupees, a percentage, or both; null is what it does not show."""

    amount: Decimal | None = None
    percent: Decimal | None = None


NO_SHARE = Share()


def rounded(value: Decimal) -> Decimal:
    """To the paisa, halves away from zero, as billing software rounds."""
    return value.quantize(PAISA, ROUND_HALF_UP)
