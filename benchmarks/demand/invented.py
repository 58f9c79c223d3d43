"""Invented shops of another design than those of `benchmarks/insights`: day by day, shelf by shelf.

Customers ask for goods day by day (negative binomial around a latent rate: weekday, season,
festivals that move, promotions, rises and falls). What the shelf cannot give is lost. The shop
orders up to a level when its stock falls below another, now and then a supplier fails for weeks,
the shop closes, somebody buys a hundredweight, products are renamed. The files hold what a till and
a stock list would know; what is true is worked out of the latent rates, which no file holds.
"""

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

SEEDS = Path(__file__).parents[2] / "seeds"
HORIZON = 200  # days after the as-of day whose latent rates are drawn as well
WINDOW = 24  # days before a festival on which its goods sell
FESTIVALS = ("Diwali", "Raksha Bandhan", "Holi", "Eid al-Fitr", "Ganesh Chaturthi")


@dataclass(frozen=True)
class Plan:
    """What kind of shop a seed stands for."""

    name: str
    seed: int
    months: int
    products: int
    is_wholesale: bool
    has_stock: bool
    has_costs: bool
    has_purchases: bool
    has_codes: bool
    closed_weekday: int | None
    closure_days: int
    missing_month: bool


@dataclass
class Product:
    """One product; arrays run over all days drawn, the future too."""

    product_id: str
    name: str
    category: str
    price: float
    cost: float
    kind: str = "stable"
    rate: float = 1.0
    latent: np.ndarray = field(default_factory=lambda: np.zeros(0))
    prices: np.ndarray = field(default_factory=lambda: np.zeros(0))
    costs: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sales: np.ndarray = field(default_factory=lambda: np.zeros(0))
    is_out: np.ndarray = field(default_factory=lambda: np.zeros(0))
    stock: float = 0.0
    started: int = 0  # index of the day it is first offered
    festival: str = ""
    lift: float = 1.0
    bulk: tuple[int, int] | None = None  # day, units
    old_name: str = ""
    renamed_at: int = 0


@dataclass
class Shop:
    """A drawn shop; `first` is day 0, `today` the index of the as-of day."""

    plan: Plan
    first: date
    today: int
    products: list[Product]
    is_open: np.ndarray
    purchases: list[tuple[int, int, int]] = field(default_factory=list)  # day, product, units

    @property
    def as_of(self) -> date:
        """The last day of the files."""
        return self.first + timedelta(days=self.today)


def plan(seed: int) -> Plan:
    """The plan of a seed: same seed, same shop."""
    random = np.random.default_rng(seed * 7919 + 13)
    return Plan(
        name=f"drawn-{seed}",
        seed=seed,
        months=int(random.choice([9, 14, 20, 26, 32, 38])),
        products=int(random.choice([40, 70, 120, 200, 320])),
        is_wholesale=bool(random.random() < 0.3),
        has_stock=bool(random.random() < 0.8),
        has_costs=bool(random.random() < 0.75),
        has_purchases=bool(random.random() < 0.35),
        has_codes=bool(random.random() < 0.6),
        closed_weekday=int(random.integers(0, 7)) if random.random() < 0.4 else None,
        closure_days=int(random.integers(7, 32)) if random.random() < 0.5 else 0,
        missing_month=bool(random.random() < 0.15),
    )


def festival_dates() -> dict[str, list[date]]:
    """The festivals' dates, as the calendar the project ships has them."""
    with (SEEDS / "calendar_events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        name: sorted(date.fromisoformat(r["event_date"]) for r in rows if r["event"] == name)
        for name in FESTIVALS
    }


def draw(plan: Plan) -> Shop:
    """The shop of a plan, with its sales."""
    random = np.random.default_rng(plan.seed)
    as_of = date(2026, 1, 5) + timedelta(days=int(random.integers(0, 330)))
    history = int(plan.months * 30.4) + int(random.integers(0, 20))
    first = as_of - timedelta(days=history)
    length = history + HORIZON + 1
    is_open = np.ones(length, bool)
    weekdays = np.array([(first + timedelta(days=d)).weekday() for d in range(length)])
    if plan.closed_weekday is not None:
        is_open[weekdays == plan.closed_weekday] = False
    if plan.closure_days:
        begin = history - int(random.integers(plan.closure_days + 5, 110))
        is_open[max(begin, 5) : max(begin, 5) + plan.closure_days] = False
    if plan.missing_month and plan.months > 12:
        gone = (as_of - timedelta(days=int(random.integers(120, 330)))).replace(day=1)
        for day in range(31):
            at = (gone + timedelta(days=day) - first).days
            if (gone + timedelta(days=day)).month == gone.month and 0 <= at < history:
                is_open[at] = False
    products = _products(plan, random, history)
    shop = Shop(plan, first, history, products, is_open)
    weekday_shape = 1 + 0.35 * random.normal(0, 0.5, 7).clip(-1, 1)
    for product in products:
        _demand(shop, product, weekday_shape / weekday_shape.mean(), weekdays, random)
    _sell(shop, random)
    return shop


def _products(plan: Plan, random: np.random.Generator, history: int) -> list[Product]:
    categories = max(3, plan.products // 18)
    words = ("Fresh", "Gold", "Royal", "Swad", "Annapurna", "Nova", "Tara", "Kesar", "Shakti", "Om")
    margins = random.uniform(0.14, 0.32, categories)
    products = []
    for at in range(plan.products):
        category = at % categories
        price = float(np.clip(random.lognormal(4.4, 0.8), 8, 2500))
        margin = float(np.clip(margins[category] + random.normal(0, 0.02), 0.05, 0.6))
        name = f"{words[at % 10]} {words[(at * 7 + at // 10) % 10]} {at + 100} Pack"
        products.append(
            Product(
                product_id=f"K{at:04d}" if plan.has_codes else name.lower(),
                name=name,
                category=f"Range {category:02d}",
                price=round(price, 2),
                cost=round(price * (1 - margin), 2),
                rate=float(np.clip(random.lognormal(-0.1, 0.9), 0.08, 9))
                * (6 if plan.is_wholesale else 1),
            )
        )
    kinds = _kinds(plan, random, history)
    chosen = random.permutation(plan.products)[: len(kinds)]
    for at, kind in zip(chosen, kinds, strict=True):
        products[at].kind = kind
        if kind not in {"newcomer", "dead"}:
            products[at].rate = max(products[at].rate, 1.2 * (6 if plan.is_wholesale else 1))
    return products


def _kinds(plan: Plan, random: np.random.Generator, history: int) -> list[str]:
    """What is planted: about one product in four, most of them traps or seasons."""
    some = max(1, plan.products // 45)
    kinds = ["past_outage"] * (2 * some) + ["bulk"] * some + ["promotion"] * some
    kinds += ["festival"] * (2 * some) + ["season"] * (2 * some)
    kinds += ["dead"] * some + ["stock_out"] * some + ["overstock"] * some + ["loss"] * some
    kinds += ["newcomer"] * (some if history > 200 else 0)
    if history >= 480:
        kinds += ["rising"] * (2 * some) + ["declining"] * (2 * some)
    if not plan.has_codes and history > 250:
        kinds += ["renamed"] * some
    kinds += ["often_out"] * (some if history > 400 else 0)
    return [str(kind) for kind in random.permutation(kinds)[: plan.products // 2]]


def _demand(
    shop: Shop,
    product: Product,
    weekday_shape: np.ndarray,
    weekdays: np.ndarray,
    random: np.random.Generator,
) -> None:
    """The latent rate of every day, and prices and costs beside it."""
    length, today = len(weekdays), shop.today
    days = np.arange(length)
    rate = np.full(length, product.rate) * weekday_shape[weekdays]
    year_day = np.array([(shop.first + timedelta(days=int(d))).timetuple().tm_yday for d in days])
    wave = random.uniform(0.0, 0.15)
    rate *= 1 + wave * np.cos(2 * np.pi * (year_day - random.integers(0, 365)) / 365)
    product.prices = np.full(length, product.price)
    product.costs = np.full(length, product.cost)
    match product.kind:
        case "rising":
            rate *= np.where(days > today - random.integers(110, 260), random.uniform(1.7, 3.0), 1)
        case "declining":
            rate *= np.where(days > today - random.integers(110, 260), random.uniform(0.2, 0.5), 1)
        case "dead":
            rate *= days < today - random.integers(110, 260)
        case "newcomer":
            product.started = today - int(random.integers(45, 110))
            product.rate = float(random.uniform(3, 6)) * (6 if shop.plan.is_wholesale else 1)
            rate = np.full(length, product.rate) * weekday_shape[weekdays]
        case "renamed":
            product.renamed_at = today - int(random.integers(45, 110))
            product.old_name = product.name
            product.name = product.name.replace("Pack", "New Pack")
        case "festival":
            product.festival = str(random.choice(FESTIVALS))
            product.lift = float(random.uniform(4, 12))
            for day in festival_dates()[product.festival]:
                at = (day - shop.first).days
                rate = np.where((days >= at - WINDOW) & (days <= at), rate * product.lift, rate)
        case "season":
            peak = float(random.integers(0, 365))
            height = random.uniform(0.8, 0.98)
            shape = 1 + height * np.cos(2 * np.pi * (year_day - peak) / 365)
            rate *= shape ** float(random.uniform(1, 3))
        case "promotion":
            for begin in random.integers(10, max(today - 5, 11), 4):
                rate[begin : begin + 9] *= 2.5
                product.prices[begin : begin + 9] *= 0.85
        case "loss":
            product.costs[today - int(random.integers(100, 160)) :] *= 1.0 + float(
                random.uniform(0.5, 0.8)
            )
        case _:
            pass
    rate[days < product.started] = 0
    if shop.plan.closed_weekday is not None:
        rate[weekdays == shop.plan.closed_weekday] = 0
    # slow noise that is nobody's fact
    weeks = np.repeat(random.gamma(40, 1 / 40, length // 7 + 1), 7)[:length]
    product.latent = rate
    product.sales = np.where(
        shop.is_open, random.negative_binomial(4, 4 / (4 + np.maximum(rate * weeks, 1e-9))), 0
    )[: today + 1]


def _sell(shop: Shop, random: np.random.Generator) -> None:
    """What the shelf gives of what is asked for, day by day."""
    products, today = shop.products, shop.today
    usual = np.array([max(p.latent[: today + 1].mean(), 0.02) for p in products])
    low = usual * random.uniform(14, 22, len(products)) + 4
    high = low + usual * random.uniform(15, 40, len(products)) + 2
    stock = high.copy()
    blocked = np.zeros((today + 1, len(products)), bool)
    for at, product in enumerate(products):
        match product.kind:
            case "past_outage":
                length = int(random.integers(25, 70))
                end = today - int(random.integers(6, 100))
                blocked[max(end - length, 0) : end, at] = True
            case "stock_out":
                blocked[today - int(random.integers(8, 40)) :, at] = True
            case "often_out":
                for begin in range(today - 360, today - 25, 60):
                    blocked[begin : begin + int(random.integers(18, 26)), at] = True
            case "bulk":
                units = int(np.ceil(usual[at] * 45 + 60))
                product.bulk = (today - int(random.integers(5, 80)), units)
            case _:
                pass
    due = np.zeros((today + 40, len(products)))
    ordered = np.zeros(len(products), bool)
    out = np.zeros((today + 1, len(products)), bool)
    sold = np.array([p.sales for p in products]).T.astype(float)
    rates = usual
    for day in range(today + 1):
        arrived = due[day]
        for at in np.flatnonzero(arrived):
            shop.purchases.append((day, int(at), int(arrived[at])))
        stock += arrived
        ordered &= arrived == 0
        rates = np.array([p.latent[day + 5] for p in products]) if day % 15 == 0 else rates
        for at in np.flatnonzero(blocked[day]):
            stock[at] = 0
        out[day] = stock < 1
        sold[day] = np.minimum(sold[day], np.floor(stock))
        stock -= sold[day]
        wanted = (stock <= low * np.maximum(rates / usual, 0.3)) & ~ordered
        for at in np.flatnonzero(wanted & ~blocked[day]):
            if products[at].kind == "dead" and day > today - 300:
                continue
            size = max(high[at] * max(rates[at] / usual[at], 0.5) - stock[at], 1)
            due[min(day + int(random.integers(3, 9)), len(due) - 1), at] += round(size)
            ordered[at] = True
    for at, product in enumerate(products):
        product.sales = sold[:, at]
        product.is_out = out[:, at]
        product.stock = float(round(stock[at]))
        if product.kind == "stock_out":
            product.stock = 0.0
        if product.kind == "dead":
            product.stock = float(round(usual[at] * 90 + 20))
        if product.kind == "overstock":
            product.stock = float(round(product.rate * random.uniform(380, 700)) + 10)
        if product.kind in {"festival", "season"}:
            product.stock = float(round(product.rate * 12) + 3)


def write(shop: Shop, folder: Path) -> None:
    """The files of the shop: sales, and what else it keeps."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(shop.plan.seed + 99)
    _sales(shop, random).write_csv(folder / "sales.csv")
    plan, today = shop.plan, shop.today
    if plan.has_stock:
        rows = [
            {
                **_names(plan, product, today),
                "Closing Stock": int(product.stock),
                **({"Purchase Price": f"{product.costs[today]:.2f}"} if plan.has_costs else {}),
                "As On Date": f"{shop.as_of:%d/%m/%Y}",
            }
            for product in shop.products
        ]
        pl.DataFrame(rows).write_csv(folder / f"stock_{shop.as_of:%Y-%m-%d}.csv")
    if plan.has_purchases and plan.has_costs:
        rows = [
            {
                "Purchase Date": f"{shop.first + timedelta(days=day):%d/%m/%Y}",
                **_names(plan, shop.products[at], day),
                "Quantity": units,
                "Purchase Price": f"{shop.products[at].costs[day]:.2f}",
            }
            for day, at, units in shop.purchases
        ]
        if rows:
            pl.DataFrame(rows).write_csv(folder / "purchases.csv")


def _names(plan: Plan, product: Product, day: int) -> dict[str, str]:
    name = product.old_name if product.old_name and day < product.renamed_at else product.name
    code = {"Item Code": product.product_id} if plan.has_codes else {}
    return {**code, "Item Name": name, "Category": product.category}


def _sales(shop: Shop, random: np.random.Generator) -> pl.DataFrame:
    """One to three bills a product and day, and the bulk orders."""
    rows: list[dict[str, object]] = []
    number = 0
    for day in range(shop.today + 1):
        for product in shop.products:
            units = int(product.sales[day])
            parts = [units]
            if units > 2:
                cut = int(random.integers(1, units))
                parts = [cut, units - cut]
            if product.bulk is not None and product.bulk[0] == day and shop.is_open[day]:
                parts.append(product.bulk[1])
            for part in parts:
                if part <= 0:
                    continue
                number += 1
                rows.append(
                    {
                        "Bill No": number,
                        "Bill Date": f"{shop.first + timedelta(days=day):%d/%m/%Y}",
                        **_names(shop.plan, product, day),
                        "Qty": part,
                        "Amount": f"{part * product.prices[day]:.2f}",
                        **(
                            {"Cost Price": f"{product.costs[day]:.2f}"}
                            if shop.plan.has_costs
                            else {}
                        ),
                    }
                )
    return pl.DataFrame(rows)
