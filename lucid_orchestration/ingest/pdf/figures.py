"""Money of bills: rounding, and cells that hold an amount or a percentage."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
HUNDRED = Decimal(100)
# The rates of tax that states charge, and their halves.
RATES = frozenset(
    Decimal(rate)
    for rate in (
        *("0", "0.05", "0.1", "0.125", "0.25", "0.75", "1", "1.5", "2", "2.1", "2.5", "2.6", "3"),
        *(
            "3.8",
            "4",
            "4.8",
            "5",
            "5.5",
            "6",
            "7",
            "7.5",
            "7.7",
            "8",
            "8.1",
            "9",
            "9.5",
            "10",
            "11",
        ),
        *("12", "13", "13.5", "14", "14.5", "15", "16", "17", "18", "19", "20", "21", "22", "23"),
        *("24", "25", "25.5", "27", "28", "40"),
    )
)


@dataclass(frozen=True)
class Share:
    """A cell that may hold rupees, a percentage, or both; null is what it does not show."""

    amount: Decimal | None = None
    percent: Decimal | None = None


NO_SHARE = Share()


def rounded(value: Decimal) -> Decimal:
    """To the paisa, halves away from zero, as billing software rounds."""
    return value.quantize(PAISA, ROUND_HALF_UP)


def places_of(value: Decimal) -> int:
    """How many places a figure has behind its mark."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
