"""Invoices of invented businesses, and what must be read of them."""

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.pdf_bills import money

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Party:
    """A business; `state` is code and name."""

    name: str
    address: str
    gstin: str
    state: str


SELLERS = (
    Party("Annapurna Traders", "14, Market Yard, Pune 411037", "27ABCDE1234F1Z5", "27-Maharashtra"),
    Party(
        "Shree Balaji Enterprises",
        "Shop 9, Ring Road, Surat 395002",
        "24ABCDE5678G1Z2",
        "24-Gujarat",
    ),
    Party(
        "Sai Krupa Agencies",
        "2-4-11, Ranigunj, Secunderabad 500003",
        "36ABCDE9012H1Z8",
        "36-Telangana",
    ),
)
BUYERS = (
    Party("Lakshmi General Stores", "MG Road, Pune", "27PQRSX4321K1Z9", "27-Maharashtra"),
    Party("Gupta & Sons", "Sector 4, Surat", "24PQRSX8765L1Z3", "24-Gujarat"),
    Party("Hotel Sea View (P) Ltd", "Beach Road, Secunderabad", "36PQRSX1357M1Z6", "36-Telangana"),
    Party("Cash Sale", "", "", "27-Maharashtra"),
)


@dataclass(frozen=True)
class Good:
    """Something sold: price before tax, rate of tax, and a second line of text under the name."""

    name: str
    hsn: str
    unit: str
    rate: str
    gst: int
    description: str = ""


GOODS = (
    Good("Sona Masoori Rice 25kg", "10063020", "Bag", "1450.00", 5),
    Good("Toor Dal", "07136000", "Kg", "142.50", 5, "Unpolished, loose"),
    Good("Sunflower Oil 1L", "15121910", "Pcs", "145.24", 5),
    Good(
        "Copper Wire 1.5 sq mm, 90 m coil, FR grade, red / black / green",
        *("85444999", "Rol", "1980.00", 18),
    ),
    Good("LED Bulb 9W B22 (Pack of 10)", "85395000", "Box", "950.00", 12, "Warranty 2 years"),
    Good("Notebook 200pg", "48202000", "Dzn", "540.00", 12),
    Good("SS 304 SHEET 2B", "72199013", "Kgs", "232.00", 18, "1.5mmX1250X2500 - 20 NOS"),
    Good("12V/42AH QUANTA", "85072000", "Nos", "3750.00", 28),
    Good(
        "Installation & Commissioning",
        *("998732", "Job", "2500.00", 18, "As per work order 12/25"),
    ),
    Good("Cotton Saree - Handloom", "52085290", "Pcs", "1260.00", 5),
    Good("Paracetamol 650 mg Tab 15's", "30049099", "Strip", "18.57", 12),
    Good("Bath Soap 100g (Pack of 4)", "34011190", "Pcs", "114.00", 18),
    Good('M.S. Nut Bolt 1/2" x 3"', "73181500", "Kg", "96.40", 18),
    Good("Tea Dust 250 g", "09024040", "Pac", "130.00", 5),
)


@dataclass
class Line:
    """A line of an invoice; a layout that prints other figures puts its own in their place."""

    name: str
    hsn: str
    quantity: Decimal
    unit: str
    rate: Decimal
    gst: Decimal
    discount_percent: Decimal = NOTHING
    description: str = ""
    free: Decimal = NOTHING
    share_of_discount: Decimal = NOTHING
    discount: Decimal = field(init=False)
    net: Decimal = field(init=False)
    tax: Decimal = field(init=False)

    def __post_init__(self) -> None:
        before = money(self.quantity * self.rate)
        self.discount = money(before * self.discount_percent / 100)
        self.net = before - self.discount
        self.tax = money(self.net * self.gst / 100)

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def printed(self) -> Decimal:
        """The amount before its share of the discount on the whole invoice."""
        return self.net + self.share_of_discount


@dataclass
class Invoice:
    """What an invoice says; a discount below the lines lowers the net amounts before tax."""

    number: str
    date: dt.date
    seller: Party
    buyer: Party
    lines: list[Line]
    is_return: bool = False
    is_intra_state: bool = True
    discount_percent: Decimal = NOTHING
    freight: Decimal = NOTHING
    discount: Decimal = field(init=False, default=NOTHING)
    total: Decimal = field(init=False)
    round_off: Decimal = field(init=False)

    def __post_init__(self) -> None:
        if self.discount_percent:
            before = self.sum("net")
            self.discount = left = money(before * self.discount_percent / 100)
            for line in self.lines:
                is_last = line is self.lines[-1]
                share = left if is_last else money(self.discount * line.net / before)
                left -= share
                line.share_of_discount = share
                line.net -= share
                line.tax = money(line.net * line.gst / 100)
        self.round_total()

    def round_total(self) -> None:
        """Let the total follow from the lines, in whole rupees."""
        exact = self.sum("gross") + self.freight
        self.total = exact.quantize(Decimal(1), ROUND_HALF_UP)
        self.round_off = self.total - exact

    def sum(self, name: str) -> Decimal:
        """The sum of a figure of the lines."""
        return sum((getattr(line, name) for line in self.lines), NOTHING)

    def taxes(self) -> dict[Decimal, Decimal]:
        """Tax by its rate, lowest rate first."""
        return {
            rate: sum((line.tax for line in self.lines if line.gst == rate), NOTHING)
            for rate in sorted({line.gst for line in self.lines})
        }

    def truth(self) -> dict[str, Any]:
        """What a reader must find."""
        return {
            "doc_type": "sale_return" if self.is_return else "sale",
            "number": self.number,
            "date": self.date.isoformat(),
            "seller": self.seller.name,
            "buyer": self.buyer.name,
            "lines": [
                {
                    "name": line.name,
                    "quantity": plain(line.quantity),
                    "free_quantity": plain(line.free),
                    "net_revenue": str(money(line.net)),
                    "tax": str(money(line.tax)),
                }
                for line in self.lines
            ],
            "charges": str(money(self.freight)),
            "total": str(money(self.total)),
        }


def plain(value: Decimal) -> str:
    """A number without zeros at its end."""
    return format(value.normalize(), "f")


def halves(tax: Decimal) -> tuple[Decimal, Decimal]:
    """Tax of the centre and of the state; the odd paisa goes to the second."""
    half = money(tax / 2)
    return half, tax - half


def draw_lines(
    chance: random.Random,
    count: int,
    *,
    most: int = 60,
    has_discounts: bool = False,
    has_free: bool = False,
) -> list[Line]:
    """Lines of different goods, or of repeated ones where there are more lines than goods."""
    goods: Sequence[Good] = chance.sample(GOODS, min(count, len(GOODS)))
    if count > len(GOODS):
        goods = chance.choices(GOODS, k=count)
    return [
        Line(
            name=good.name,
            hsn=good.hsn,
            quantity=_quantity(chance, good, most),
            unit=good.unit,
            rate=Decimal(good.rate),
            gst=Decimal(good.gst),
            discount_percent=Decimal(chance.choice(["0", "0", "5", "10", "7.5"]))
            if has_discounts
            else NOTHING,
            description=good.description,
            free=Decimal(chance.choice([0, 0, 1, 2])) if has_free else NOTHING,
        )
        for good in goods
    ]


def _quantity(chance: random.Random, good: Good, most: int) -> Decimal:
    if good.unit.startswith("Kg"):
        return Decimal(chance.randint(10, 4000)) / 4
    return Decimal(chance.randint(1, most))
