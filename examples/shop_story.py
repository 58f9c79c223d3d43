"""What happened in the sample shop: its products, its calendar, the planted facts, every line sold.

`make_sample_shop.py` turns the story into files. Money is in paise, quantities are in thousandths.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

# code, name, price and cost in rupees of May 2024 (empty: nobody wrote the cost down), sales lines
# in thirty open days of even demand, quantities customers take (drawn evenly), season
PRODUCTS = Path(__file__).parent / "sample_products.csv"
FIRST_DAY, AS_OF = date(2024, 5, 1), date(2026, 10, 31)
RETURN_RATE = 0.004

CATEGORIES = {
    "GRA": "Grains & Pulses",
    "OIL": "Oils & Ghee",
    "SPI": "Spices & Sugar",
    "DRY": "Sweets & Dry Fruits",
    "SNK": "Biscuits & Snacks",
    "TEA": "Tea & Dairy",
    "COL": "Cold Drinks",
    "HPC": "Home & Personal Care",
    "WIN": "Winter Goods",
    "ELE": "Electricals",
}

# Demand from January to December; the mean of a year is near 1.
SEASONS = {
    "even": (1.0,) * 12,
    "festive": (1.0,) * 12,
    "summer": (0.35, 0.5, 1.0, 1.9, 2.4, 2.1, 1.0, 0.85, 0.75, 0.6, 0.4, 0.3),
    "winter": (2.6, 1.7, 0.6, 0.25, 0.2, 0.2, 0.2, 0.3, 0.5, 0.8, 1.9, 2.7),
    "cool": (1.6, 1.3, 0.95, 0.75, 0.65, 0.65, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5),
}
WEEKDAYS = (0.92, 0.0, 0.9, 0.95, 1.05, 1.25, 1.3)  # closed on Tuesdays
DIWALI = (date(2024, 10, 31), date(2025, 10, 20), date(2026, 11, 8))
RAKSHA_BANDHAN = (date(2024, 8, 19), date(2025, 8, 9), date(2026, 8, 28))
CLOSED = {
    *(day + timedelta(days=1) for day in DIWALI),
    *(date(2025, 3, 14), date(2026, 3, 4)),  # Holi
    *(date(2025, 2, day) for day in (6, 7, 8, 9)),  # a wedding in the family
}


@dataclass(frozen=True)
class Product:
    """One product: `lines` sales lines in thirty open days, each of one of `quantities`."""

    code: str
    name: str
    price: int
    cost: int | None
    lines: int
    quantities: tuple[int, ...]
    season: str

    @property
    def category(self) -> str:
        return CATEGORIES[self.code[:3]]


@dataclass(frozen=True)
class Line:
    """One line of a bill; `cost` is the unit cost. A credit note has negative figures."""

    bill: str
    number: int
    day: date
    product: Product
    quantity: int
    rate: int
    amount: int
    cost: int | None


@dataclass(frozen=True)
class Change:
    """A factor: `before` until `start`, `after` from `end` on, a straight line between them."""

    measure: str  # demand, price, cost or returns
    start: date
    end: date
    before: float
    after: float

    def on(self, day: date) -> float:
        if day < self.start:
            return self.before
        if day >= self.end:
            return self.after
        passed = (day - self.start).days / (self.end - self.start).days
        return self.before + (self.after - self.before) * passed


@dataclass(frozen=True)
class Fact:
    """Something planted: `subject` is a product's code or the three letters of a category."""

    kind: str
    subject: str
    change: Change | None = None
    cover_days: int | None = None  # stock on the last day, in days of the last 90 days' sales
    units: int | None = None  # or in units
    peak_months: tuple[int, ...] = ()  # at least these


def step(measure: str, day: date, before: float, after: float) -> Change:
    """A change from one day to the next."""
    return Change(measure, day, day, before, after)


def ramp(measure: str, start: date, end: date, after: float) -> Change:
    """A steady change from 1 to `after`."""
    return Change(measure, start, end, 1, after)


FALL, RISE = (date(2026, 1, 1), date(2026, 9, 1)), (date(2025, 12, 1), date(2026, 10, 1))
FADE, DEARER = (date(2025, 11, 1), date(2026, 9, 1)), (date(2026, 6, 1), date(2026, 10, 1))
FACTS = (
    Fact("declining_product", "SNK04", ramp("demand", *FALL, 0.48), cover_days=35),
    Fact("declining_category", "ELE", ramp("demand", *FADE, 0.42), cover_days=60),
    Fact("rising_product", "SNK06", ramp("demand", *RISE, 2.3), cover_days=20),
    Fact("dead_stock", "HPC08", step("demand", date(2026, 6, 15), 1, 0), units=24),
    Fact("dead_stock", "HPC09", step("demand", date(2026, 3, 21), 1, 0), units=36),
    Fact("dead_stock", "ELE05", step("demand", date(2025, 12, 21), 1, 0), units=8),
    Fact("never_sold", "HPC10", units=12),
    Fact("never_sold", "ELE06", units=4),
    Fact("loss_maker", "SPI01", step("price", date(2026, 6, 1), 1, 0.87)),
    Fact("out_of_stock", "OIL01", step("demand", date(2026, 10, 20), 1, 0), cover_days=0),
    Fact("nearly_out_of_stock", "GRA05", cover_days=2),
    Fact("returns_spike", "TEA06", step("returns", date(2026, 9, 2), 1, 45)),
    Fact("margin_erosion", "HPC01", ramp("cost", *DEARER, 1.11)),
    Fact("overstock", "HPC07", cover_days=300),
    Fact("promising_newcomer", "SNK08", step("demand", date(2026, 8, 17), 0, 1), cover_days=15),
    Fact("season", "COL", peak_months=(4, 5, 6)),
    Fact("season", "WIN", peak_months=(11, 12, 1, 2)),
    Fact("season", "OIL05", peak_months=(12, 1)),
    Fact("diwali_lift", "DRY", peak_months=(10,)),
)


def read_products() -> tuple[Product, ...]:
    """The products of `sample_products.csv`, in the file's order."""
    with PRODUCTS.open(encoding="utf-8", newline="") as source:
        return tuple(
            Product(
                code=row["code"],
                name=row["name"],
                price=int(row["price"]) * 100,
                cost=int(row["cost"]) * 100 if row["cost"] else None,
                lines=int(row["lines"]),
                quantities=tuple(int(Decimal(x) * 1000) for x in row["quantities"].split()),
                season=row["season"],
            )
            for row in csv.DictReader(source)
        )


def planted_factor(product: Product, measure: str, day: date) -> float:
    """The planted changes of a measure, of the product and of its category, multiplied."""
    result = 1.0
    for fact in FACTS:
        change = fact.change
        if change and change.measure == measure and product.code.startswith(fact.subject):
            result *= change.on(day)
    return result


def festival_factor(product: Product, day: date) -> float:
    """Lift before Diwali and Raksha Bandhan: strong for sweets and dry fruits, slight for all."""
    is_before_diwali = any(0 <= (feast - day).days <= 20 for feast in DIWALI)
    is_before_raksha = any(0 <= (feast - day).days <= 5 for feast in RAKSHA_BANDHAN)
    if product.season == "festive":
        return 2.3 if is_before_diwali else 1.8 if is_before_raksha else 1.0
    return 1.1 if is_before_diwali else 1.0


def price_and_cost(product: Product, day: date) -> tuple[int, int | None]:
    """Price and unit cost of a month, in paise: 1 % dearer every half year, and planted changes."""
    month = day.replace(day=1)
    halves = ((month.year - FIRST_DAY.year) * 12 + month.month - FIRST_DAY.month) // 6
    dearer = 1 + 0.01 * halves
    price = round(product.price * dearer * planted_factor(product, "price", month) / 100) * 100
    if product.cost is None:
        return price, None
    cost = round(product.cost * dearer * planted_factor(product, "cost", month) / 50) * 50
    return price, cost


def amount_of(quantity: int, rate: int) -> int:
    """Amount in paise, rounded half up to a rupee, as the till does for loose goods."""
    amount = (abs(quantity) * rate + 50_000) // 100_000 * 100
    return amount if quantity > 0 else -amount


def bill_lines(bill: str, day: date, items: Sequence[tuple[Product, int]]) -> list[Line]:
    """The lines of one bill at the prices of its day."""
    lines = []
    for number, (product, quantity) in enumerate(items, start=1):
        rate, cost = price_and_cost(product, day)
        amount = amount_of(quantity, rate)
        lines.append(Line(bill, number, day, product, quantity, rate, amount, cost))
    return lines


def sell(products: Sequence[Product], rng: random.Random) -> list[Line]:
    """All lines of the shop, by day and bill.

    Demand that does not fill a whole line waits for the next day: customers come back for what
    they need, so monthly counts vary less than pure chance and the planted facts stand out.
    """
    lines: list[Line] = []
    waiting = {product.code: rng.random() for product in products}
    mood: dict[str, float] = {}
    bill, credit_note = 1000, 0
    for offset in range((AS_OF - FIRST_DAY).days + 1):
        day = FIRST_DAY + timedelta(days=offset)
        if day.day == 1:
            mood = {product.code: 0.95 + 0.10 * rng.random() for product in products}
        if WEEKDAYS[day.weekday()] == 0 or day in CLOSED:
            continue
        # more after payday, and three per cent more every year
        rhythm = WEEKDAYS[day.weekday()] * (1.15 if day.day <= 7 else 0.96) * (1 + offset / 12000)
        basket: list[tuple[Product, int]] = []
        returned: list[tuple[Product, int]] = []
        for product in products:
            expected = product.lines / 30 * rhythm * mood[product.code] * (0.4 + 1.2 * rng.random())
            expected *= SEASONS[product.season][day.month - 1] * festival_factor(product, day)
            expected *= planted_factor(product, "demand", day)
            waiting[product.code] += expected
            while waiting[product.code] >= 1 and expected > 0:
                waiting[product.code] -= 1
                quantity = rng.choice(product.quantities)
                basket.append((product, quantity))
                if rng.random() < RETURN_RATE * planted_factor(product, "returns", day):
                    returned.append((product, -quantity))
        rng.shuffle(basket)
        while basket:
            bill, size = bill + 1, rng.randint(1, 6)
            lines += bill_lines(str(bill), day, basket[:size])
            basket = basket[size:]
        for item in returned:
            credit_note += 1
            lines += bill_lines(f"CN-{credit_note}", day, [item])
    return lines


def units_between(lines: Sequence[Line], first: date, last: date) -> int:
    """Net quantity in thousandths from `first` to `last`, both included."""
    return sum(line.quantity for line in lines if first <= line.day <= last)


def stock_on(product: Product, lines: Sequence[Line], day: date, usual_cover: int) -> int:
    """Stock of a product in thousandths; `lines` are its own. Planted units are never refilled."""
    cover_days = usual_cover
    for fact in FACTS:
        if not product.code.startswith(fact.subject):
            continue
        if fact.units is not None:
            return fact.units * 1000 + units_between(lines, day + timedelta(days=1), AS_OF)
        if fact.cover_days is not None and day == AS_OF:
            cover_days = fact.cover_days
    sold = max(0, units_between(lines, day - timedelta(days=89), day))
    return round(sold * cover_days / 90_000) * 1000
