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
    carriage, packing and the like: it earns, but it is no product.
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


class Kind(StrEnum):
    """What a figure below the lines is."""

    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    TAX = "tax"
    TAX_TOTAL = "tax total"
    CHARGE = "charge"
    ROUND_OFF = "round off"
    TOTAL = "total"
    GRAND_TOTAL = "grand total"
    PAYMENT = "payment"
    FORWARD = "carried forward"
    COUNT = "count"
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


@dataclass(frozen=True)
class PrintedTable:
    """A bill's lines and figures.

    `tax_total` is the total of the tax columns. `names_tax`: tax is mentioned on the bill.
    """

    lines: tuple[PrintedLine, ...]
    entries: tuple[Entry, ...]
    summary: tuple[TaxSummaryRow, ...] = ()
    tax_total: Decimal | None = None
    names_tax: bool = False
    is_amount_before_tax: bool = False


TOTAL_LABEL = re.compile(
    r"(?:(?:grand|sub|net|page|invoice|bill|item)[\s-]*)?totals?\s*(?:\(?(?:rs\.?|inr|₹)\)?)?\s*[:=-]*",
    re.IGNORECASE,
)
# What is charged beside the goods; seeds/charge_words.csv knows each, whatever follows a mark.
CHARGE_WORDS = (
    *("freight", "packing", "forwarding", "shipping", "delivery", "transport", "courier"),
    *("carriage", "cartage", "loading", "handling", "postage", "insurance", "hamali"),
)
# In this order: the first that fits names the figure.
_KINDS = (
    (Kind.FORWARD, r"\b(?:carried|brought) (?:forward|over|down)|^[bc]\s?/\s?[fd]\b|\bcontinued"),
    (Kind.ROUND_OFF, r"\bround(?:ed|ing)?\b|\br/off\b"),
    (Kind.COUNT, r"\b(?:qty|quantity|items|pieces|pcs|nos|boxes|bags|weight|lines)\b"),
    (
        Kind.PAYMENT,
        r"\breceived|\bpaid\b|\bbalance\b|\badvance\b|\bchange\b|\btender|\bprevious\b|\boutstanding"
        r"|\bdue\b|\bsav(?:ed|ings?)\b|\bcash\b|\bupi\b|\bcard\b|\bpayment\b|\bin words\b",
    ),
    (Kind.GRAND_TOTAL, r"\bafter tax|\btotal.*\binc(?:l|lusive|luding)?\b.*\b(?:tax|gst)"),
    (
        Kind.SUBTOTAL,
        r"\btaxable\b|\bbefore tax|\bassessable|\bexcl.*\b(?:tax|gst)|\bsub[\s-]*total",
    ),
    (
        Kind.TAX_TOTAL,
        r"\btotal (?:gst|tax)\b|\b(?:gst|tax) (?:total|amount|amt)\b|^(?:add\W*)?(?:gst|tax)\W*$",
    ),
    (Kind.TAX, r"\b(?:c|s|i|ut)\.?gst|\bgst\b|\bcess\b|\bvat\b|\btcs\b|\bsurcharge\b"),
    (Kind.DISCOUNT, r"\bdisc(?:ount)?\b|\brebate\b|\bscheme\b|\bcoupon\b"),
    (Kind.CHARGE, rf"\b(?:{'|'.join(CHARGE_WORDS)})|\bcharges?\b"),
    (
        Kind.GRAND_TOTAL,
        r"\bgrand total|\bnet (?:total|payable|amount|amt)|\b(?:amount|total) payable|\bpayable\b"
        r"|\b(?:invoice|bill) (?:total|value|amount|amt)|\btotal (?:invoice|bill)|\btotal amount",
    ),
    (Kind.SUBTOTAL, r"\bgross\b|\bbasic (?:amount|value)|\bnet value|\bitems? total|\bgoods value"),
    (Kind.TOTAL, r"^totals?\b"),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_LESS = re.compile(r"\bless\b|\(-\)|\bminus\b|\bdeduct")


def kind_of(label: str) -> Kind:
    """What the label of a figure says it is."""
    text = " ".join(label.casefold().split())
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), Kind.UNKNOWN)


def entry(label: str, amount: Decimal) -> Entry:
    """A figure below the lines with what its label means."""
    return Entry(kind_of(label), label, amount, bool(_LESS.search(label.casefold())))


def charge_name(label: str) -> str:
    """The label of a charge as a name that seeds/charge_words.csv knows."""
    text = re.sub(r"^(?:add|plus)\b", "", label.strip(" :=-+."), flags=re.IGNORECASE).strip(
        " :=-+."
    )
    key = text.casefold()
    word = next((word for word in CHARGE_WORDS if word in key), "other")
    is_known = re.fullmatch(rf"{word}( charges?)?", key) is not None
    return text if is_known else f"{word.capitalize()} charge: {text}"
