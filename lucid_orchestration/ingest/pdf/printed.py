"""What is printed on a bill: its lines and the figures below them, before anybody believes them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lucid_orchestration.ingest.pdf.figures import NO_SHARE, Share


@dataclass(frozen=True)
class PrintedLine:
    """A line of the table as it stands there; money in the bill's currency.

    `tax` is the sum of the line's tax columns, `tax_rate` that of their percentages. A charge is
    carriage, packing and the like: it earns, but it is no product. `is_taxable_contained`:
    price and amount contain the tax, and `taxable` is the amount without it. `tax_parts`: of how
    many figures the tax is the sum.
    """

    name: str
    amount: Decimal
    quantity: Decimal | None = None
    price: Decimal | None = None
    unit: str = ""
    code: str = ""
    hsn: str = ""
    free: Decimal = Decimal(0)
    discount: Share = NO_SHARE
    is_plain_discount: bool = False
    taxable: Decimal | None = None
    tax: Decimal | None = None
    tax_rate: Decimal | None = None
    is_charge: bool = False
    is_taxable_contained: bool = False
    tax_parts: int = 1


class Kind(StrEnum):
    """What a figure below the lines is."""

    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    TAX = "tax"
    TAX_TOTAL = "tax total"
    CHARGE = "charge"
    TIP = "tip"
    ROUND_OFF = "round off"
    TOTAL = "total"
    GRAND_TOTAL = "grand total"
    PAYMENT = "payment"
    FORWARD = "carried forward"
    COUNT = "count"
    EXCHANGE = "exchange rate"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """A labelled figure below the lines; `is_less` when its label takes it away."""

    kind: Kind
    label: str
    amount: Decimal
    is_less: bool = False


@dataclass(frozen=True)
class TaxSummaryRow:
    """A row of the summary by rate: the value without tax and the tax on it."""

    rate: Decimal
    taxable: Decimal
    tax: Decimal


# What is charged beside the goods; seeds/charge_words.csv knows each, whatever follows a mark.
CHARGE_WORDS = (
    *("freight", "packing", "forwarding", "shipping", "delivery", "transport", "courier"),
    *("carriage", "cartage", "loading", "handling", "postage", "insurance", "hamali"),
)


def charge_name(label: str) -> str:
    """The label of a charge as a name that seeds/charge_words.csv knows."""
    text = re.sub(r"^(?:add|plus)\b", "", label.strip(" :=-+."), flags=re.IGNORECASE).strip(
        " :=-+."
    )
    key = text.casefold()
    word = next((word for word in CHARGE_WORDS if word in key), "other")
    is_known = re.fullmatch(rf"{word}( charges?)?", key) is not None
    return text if is_known else f"{word.capitalize()} charge: {text}"
