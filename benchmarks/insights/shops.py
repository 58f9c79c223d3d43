"""Invented shops in which it is known what is wrong, and what that costs.

A shop is drawn from a seed. Most of its products are stable; a few have one planted fact each: a
season, a rise, a fall, dead stock, a stock-out, a loss, a rising cost, returns, … The truth of a
fact is what an insight rule should say of it: rule, entity, and the money over 90 days, worked out
from the parameters the sales were drawn from, without their noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

MONEY_DAYS = 90
CARRYING = 0.20 / 4
PROVISION = 0.05
LINES_A_MONTH = 12
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Plan:
    """What kind of shop to draw."""

    name: str
    seed: int
    months: int
    products: int
    has_purchases: bool = False
    has_line_costs: bool = True
    uncosted_share: float = 0.0
    faulty_share: float = 0.0
    top_share: float = 0.0


@dataclass(frozen=True)
class Truth:
    """One fact: any of `rules` may report it; `money` is what it is worth in 90 days.

    Of the kinds, `riser`, `emergent` and `aside` follow from what was planted: true when they are
    said, and need not be said.
    """

    kind: str
    rules: frozenset[str]
    entity_type: str
    entity_id: str
    money: float


@dataclass
class Product:
    """What one product's sales are drawn from; shares and factors change at a day."""

    product_id: str
    category: str
    rate: float  # units a day
    price: float
    margin: float
    noise: float
    cover: float = 40.0
    season: tuple[int, float] | None = None  # peak month, height
    growth: tuple[int, float] | None = None  # months before as-of, factor from then on
    sold_from: int = 0  # days before as-of; 0: always
    sold_until: int = 0  # days before as-of
    price_change: tuple[int, float] | None = None
    cost_change: tuple[int, float] | None = None
    returned: float = 0.0
    returned_lately: float = 0.0
    stock: float | None = None
    bought_factor: float = 1.0
    is_costed: bool = True
    kind: str = "stable"
    is_category_plant: bool = False


@dataclass
class Shop:
    """A drawn shop: its products, its truths, and which products nothing happened to."""

    plan: Plan
    as_of: date
    products: list[Product]
    truths: list[Truth] = field(default_factory=list)

    @property
    def stable(self) -> frozenset[str]:
        """Products whose demand neither rises nor falls, by design."""
        return frozenset(
            p.product_id
            for p in self.products
            if p.growth is None
            and not p.is_category_plant
            and p.kind not in {"stock_out", "dead", "never_sold", "newcomer"}
        )


def draw(plan: Plan) -> Shop:
    """The shop of a plan: same plan, same shop."""
    random = np.random.default_rng(plan.seed)
    as_of = date(2026, 1, 1) + timedelta(days=int(random.integers(0, 330)))
    if as_of.day < 4:
        as_of += timedelta(days=4)
    products = _products(plan, random)
    shop = Shop(plan, as_of, products)
    _plant(shop, random)
    for product in products:
        if product.stock is None:
            product.stock = max(1.0, round(_daily(product, shop, 0, 90) * product.cover))
    _size_dead_stock(shop, random)
    _find_truths(shop)
    return shop


def write(shop: Shop, folder: Path) -> None:
    """The files an owner would have: sales, products, two stock lists, perhaps purchases."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(shop.plan.seed + 1_000_003)
    sales = _sales(shop, random)
    sales.write_csv(folder / "sales.csv")
    known = [p for p in shop.products if p.is_costed]
    pl.DataFrame(
        {
            "Item Code": [p.product_id for p in shop.products],
            "Item Name": [_name(p) for p in shop.products],
            "Category": [p.category for p in shop.products],
            "Sale Price": [f"{p.price:.2f}" for p in shop.products],
            "Purchase Price": [f"{_cost(p):.2f}" if p.is_costed else "" for p in shop.products],
        }
    ).write_csv(folder / "product_list.csv")
    for day, share in ((shop.as_of - timedelta(days=400), 1.0), (shop.as_of, 1.0)):
        listed = [p for p in shop.products if not (p.kind == "newcomer" and day < shop.as_of)]
        pl.DataFrame(
            {
                "Item Code": [p.product_id for p in listed],
                "Item Name": [_name(p) for p in listed],
                "Closing Stock": [int((p.stock or 0) * share) for p in listed],
                "Purchase Price": [f"{_cost(p):.2f}" if p.is_costed else "" for p in listed],
                "As On Date": [f"{day:%d/%m/%Y}"] * len(listed),
            }
        ).write_csv(folder / f"stock_{day:%Y-%m-%d}.csv")
    if shop.plan.has_purchases:
        _purchases(shop, known).write_csv(folder / "purchases.csv")


def _name(product: Product) -> str:
    return f"Item {product.product_id}"


def _cost(product: Product) -> float:
    return product.price * (1 - product.margin)


def _products(plan: Plan, random: np.random.Generator) -> list[Product]:
    categories = max(6, min(40, plan.products // 25))
    margins = random.uniform(0.20, 0.32, categories)
    products = []
    for at in range(plan.products):
        category = at % categories
        products.append(
            Product(
                product_id=f"p{at:05d}",
                category=f"Category {category:02d}",
                rate=float(np.clip(random.lognormal(0.0, 0.8), 0.35, 12.0)),
                price=round(float(np.clip(random.lognormal(4.6, 0.7), 15, 1500)), 2),
                margin=float(margins[category] + random.uniform(-0.015, 0.015)),
                noise=float(random.uniform(0.08, 0.25)),
                cover=float(random.uniform(20, 60)),
            )
        )
    return products


def _plant(shop: Shop, random: np.random.Generator) -> None:
    """Give a few products, and one or two categories, something to find."""
    plan, products = shop.plan, shop.products
    names = sorted({p.category for p in products})
    chosen = random.permutation(names)
    months = plan.months
    if months >= 24:
        for name, factor in (
            (chosen[0], random.uniform(1.5, 1.9)),
            (chosen[1], random.uniform(0.4, 0.6)),
        ):
            start = int(random.integers(4, 9))
            for product in products:
                if product.category == name:
                    product.growth = (start, float(factor * random.uniform(0.95, 1.05)))
                    product.is_category_plant = True
                    product.kind = "category"
    free = [p for p in products if p.kind == "stable"]
    free = [free[i] for i in random.permutation(len(free))]
    worth = sorted(free, key=lambda p: -p.rate * p.price)
    large = {p.product_id for p in worth[: len(worth) // 4]}
    small = {p.product_id for p in worth[len(worth) // 2 :]}

    def take(count: int, among: set[str] | None = None) -> list[Product]:
        found = [p for p in free if p.kind == "stable" and (among is None or p.product_id in among)]
        return found[:count]

    def few(least: int, per_thousand: float) -> int:
        return max(least, round(plan.products * per_thousand / 1000))

    month_now = shop.as_of.month
    for p in take(few(3, 12)):
        p.kind, p.season = (
            "seasonal",
            (_month(month_now + int(random.integers(5, 8))), float(random.uniform(0.7, 0.9))),
        )
        p.rate = max(p.rate, 1.5)
    if months >= 37:  # three whole years are needed to confirm a season
        # the season begins within the next weeks: the coming month is well above the usual one
        for p in take(few(2, 5)):
            p.kind, p.season = (
                "season_ahead",
                (_month(month_now + 2), float(random.uniform(0.7, 0.9))),
            )
            p.rate, p.noise, p.cover = max(p.rate, 2.0), 0.1, float(random.uniform(8, 15))
            p.cover = max(p.cover, 13.0)
    for p in take(few(3, 10)):
        p.kind = "rising"
        p.growth = (int(random.integers(4, 10)), float(random.uniform(1.8, 2.6)))
        p.rate, p.noise = max(p.rate, 1.5), min(p.noise, 0.15)
    for p in take(few(3, 10)):
        p.kind = "declining"
        p.growth = (int(random.integers(4, 10)), float(random.uniform(0.2, 0.45)))
        p.rate, p.noise = max(p.rate, 2.5), min(p.noise, 0.15)
    for p in take(few(2, 8)):
        p.kind, p.sold_until = "dead", int(random.integers(120, 300))
    for p in take(few(1, 4)):
        p.kind, p.rate = "never_sold", 0.0
    for p in take(few(2, 8)):
        p.kind, p.sold_until, p.stock = "stock_out", int(random.integers(10, 45)), 0.0
        p.rate = max(p.rate, 1.0)
    for p in take(few(2, 6), large):
        p.kind = "loss"
        change = (int(random.integers(110, 200)), (1 - p.margin) * float(random.uniform(0.8, 0.95)))
        p.price_change = change
    if plan.has_line_costs:
        for p in take(few(2, 6), large):
            p.kind = "erosion"
            p.cost_change = (
                int(random.integers(95, 130)),
                1 + float(random.uniform(0.08, 0.14)) / (1 - p.margin),
            )
        for p in take(few(1, 4), large):
            p.kind = "price_cut"
            cut = float(random.uniform(0.86, 0.9))
            p.price_change = p.cost_change = (95, cut)
            p.growth, p.noise = (3, 0.75), 0.08
    for p in take(few(2, 5), large):
        p.kind, p.returned, p.returned_lately = "returns", 0.01, float(random.uniform(0.15, 0.25))
        p.rate = max(p.rate, 3.0)
    for p in take(few(2, 6)):
        p.kind, p.cover, p.rate = "overstock", float(random.uniform(320, 600)), max(p.rate, 0.8)
    for p in take(few(2, 5)):
        p.kind, p.sold_from = "newcomer", int(random.integers(60, 110))
        p.rate, p.cover = float(random.uniform(6, 10)), 40.0
    for p in take(few(2, 5), small):
        p.kind, p.margin = "gem", p.margin + float(random.uniform(0.15, 0.25))
    for p in take(few(2, 4), large):
        p.kind, p.margin = "low_margin", p.margin - float(random.uniform(0.10, 0.15))
    if plan.has_purchases:
        # cheap ones: what is more than half a year's need is worth too little to be overstock
        for p in take(few(2, 5)):
            p.kind, p.bought_factor, p.noise = "misfit", 2.4, 0.08
            p.rate, p.price = float(random.uniform(0.8, 1.1)), float(random.uniform(4, 6))
            p.stock = round(p.rate * (180 * (p.bought_factor - 1) + 10))
    if plan.top_share:
        (top,) = take(1, large)
        total = sum(p.rate * p.price for p in products if p is not top)
        top.kind = "top"
        top.rate = total * plan.top_share / (1 - plan.top_share) / top.price
    for p in random.permutation(np.array(take(10**6), dtype=object))[
        : round(plan.uncosted_share * plan.products)
    ]:
        p.is_costed = False


def _size_dead_stock(shop: Shop, random: np.random.Generator) -> None:
    """Dead stock large enough to matter: from one to two per cent of all stock each."""
    dead = [p for p in shop.products if p.kind in {"dead", "never_sold"}]
    total = sum((p.stock or 0) * _cost(p) for p in shop.products if p not in dead)
    for p in dead:
        p.stock = float(max(1, round(total * random.uniform(0.011, 0.02) / _cost(p))))


def _month(number: int) -> int:
    return (number - 1) % 12 + 1


def _seasonal(product: Product, month: int) -> float:
    if product.season is None:
        return 1.0
    peak, height = product.season
    return float(1 + height * np.cos(2 * np.pi * (month - peak) / 12))


def _expected(product: Product, shop: Shop, day: date) -> float:
    """Units expected on a day, without noise."""
    ago = (shop.as_of - day).days
    if product.sold_from and ago > product.sold_from:
        return 0.0
    if ago < product.sold_until:
        return 0.0
    level = product.rate * _seasonal(product, day.month)
    if product.growth is not None:
        months_ago = (shop.as_of.year - day.year) * 12 + shop.as_of.month - day.month
        if months_ago <= product.growth[0]:
            level *= product.growth[1]
    return level


def _daily(product: Product, shop: Shop, first: int, last: int) -> float:
    """Mean units a day between two ages in days."""
    days = range(first, last)
    return sum(_expected(product, shop, shop.as_of - timedelta(days=d)) for d in days) / len(days)


def _price(product: Product, ago: int) -> float:
    change = product.price_change
    return product.price * (change[1] if change is not None and ago <= change[0] else 1)


def _unit_cost(product: Product, ago: int) -> float:
    change = product.cost_change
    return _cost(product) * (change[1] if change is not None and ago <= change[0] else 1)


def _profit(product: Product, shop: Shop, first: int, last: int) -> float:
    return sum(
        _expected(product, shop, shop.as_of - timedelta(days=d))
        * (_price(product, d) - _unit_cost(product, d))
        for d in range(first, last)
    )


def _complete_quarter(shop: Shop) -> tuple[date, date]:
    """First and last day of the three newest complete months."""
    next_day = shop.as_of + timedelta(days=1)
    end = next_day if next_day.day == 1 else shop.as_of.replace(day=1)
    last = end - timedelta(days=1)
    index = last.year * 12 + last.month - 1 - 2
    return date(index // 12, index % 12 + 1, 1), last


def _profit_of_days(product: Product, shop: Shop, first: date, last: date) -> float:
    return _profit(product, shop, (shop.as_of - last).days, (shop.as_of - first).days + 1)


def _takings(product: Product, shop: Shop, first: date, last: date, years: int) -> float:
    """Revenue expected between two days, so many years before."""
    days = range(
        (shop.as_of - last).days + 365 * years, (shop.as_of - first).days + 1 + 365 * years
    )
    return sum(
        _expected(product, shop, shop.as_of - timedelta(days=d)) * _price(product, d) for d in days
    )


def _gain(product: Product, shop: Shop) -> float:
    """Profit of the three newest complete months less that of the same months a year before."""
    first, last = _complete_quarter(shop)
    before = (first.replace(year=first.year - 1), first.replace(year=first.year - 1))
    end = last.replace(year=last.year - 1, day=min(last.day, 28))
    return _profit_of_days(product, shop, first, last) - _profit_of_days(
        product, shop, before[0], end
    )


def _find_truths(shop: Shop) -> None:
    truths = shop.truths

    def add(
        kind: str, rules: Sequence[str], entity: str, money: float, what: str = "product"
    ) -> None:
        truths.append(Truth(kind, frozenset(rules), what, entity, float(money)))

    for p in shop.products:
        unit = p.price - _cost(p)
        stock = p.stock or 0
        value = stock * _cost(p)
        name = p.product_id
        units = _daily(p, shop, 0, 90) * 90
        match p.kind:
            case "rising":
                add("rising", ["rising_product"], name, _gain(p, shop))
            case "declining":
                add("declining", ["declining_product"], name, -_gain(p, shop))
            case "dead" | "never_sold":
                add(p.kind, ["dead_stock"], name, value * (CARRYING + PROVISION))
            case "stock_out":
                add(
                    "stock_out",
                    ["restock_winner", "stockout_risk"],
                    name,
                    p.rate * MONEY_DAYS * unit,
                )
            case "season_ahead":
                coming = (shop.as_of + timedelta(days=d + 1) for d in range(MONEY_DAYS))
                demand = sum(p.rate * _seasonal(p, day.month) for day in coming)
                add(
                    "season_ahead",
                    ["seasonal_peak_ahead", "restock_winner"],
                    name,
                    (demand - stock) * unit,
                )
            case "loss":
                add("loss", ["loss_maker"], name, -_profit(p, shop, 0, 90))
            case "erosion":
                revenue = units * p.price
                usual = 1 - sum(_unit_cost(p, d) for d in range(365)) / 365 / p.price
                add(
                    "erosion",
                    ["margin_erosion"],
                    name,
                    (usual - 1 + _unit_cost(p, 0) / p.price) * revenue,
                )
            case "price_cut":
                usual = sum(_price(p, d) for d in range(365)) / 365
                add(
                    "price_cut",
                    ["price_room", "margin_erosion"],
                    name,
                    (usual - _price(p, 0)) * units,
                )
            case "returns":
                usual = p.returned + (p.returned_lately - p.returned) * 90 / 365
                add("returns", ["returns_spike"], name, (p.returned_lately - usual) * units * unit)
            case "overstock":
                excess = max(stock - units / 90 * 180, 0)
                add("overstock", ["overstock"], name, excess * _cost(p) * CARRYING)
            case "newcomer":
                add("newcomer", ["promising_newcomer"], name, p.rate * 90 * unit)
            case "gem":
                add("gem", ["hidden_gem"], name, 0.25 * units * unit)
            case "low_margin":
                peers = [
                    q.margin for q in shop.products if q.category == p.category and q.is_costed
                ]
                add(
                    "low_margin",
                    ["low_margin_bestseller"],
                    name,
                    (float(np.median(peers)) - p.margin) * units * p.price,
                )
            case "misfit":
                excess = max(stock - units / 90 * 120, 0)
                add("misfit", ["reorder_misfit"], name, excess * _cost(p) * CARRYING)
            case "top":
                add("top", ["revenue_concentration"], shop.plan.name, 0.1 * units * unit, "store")
            case _:
                pass
    for name in sorted({p.category for p in shop.products}):
        members = [p for p in shop.products if p.category == name and p.is_category_plant]
        if not members:
            continue
        gain = sum(_gain(p, shop) for p in members)
        rule = "category_momentum" if gain > 0 else "declining_category"
        add(rule, [rule], name, abs(gain), "category")
        for p in members:
            # products of a rising category rise themselves; a fall is said of the category alone
            if gain > 0:
                add("riser", ["rising_product"], p.product_id, abs(_gain(p, shop)))
            else:
                add("aside", ["declining_product"], p.product_id, abs(_gain(p, shop)))
    _find_emergent(shop)


def _find_emergent(shop: Shop) -> None:
    """Facts nobody planted, that follow from the sum of the planted ones."""
    truths = shop.truths
    total = sum((p.stock or 0) * _cost(p) for p in shop.products if p.is_costed)
    for name in sorted({p.category for p in shop.products}):
        members = [p for p in shop.products if p.category == name and p.is_costed]
        value = sum((p.stock or 0) * _cost(p) for p in members)
        sold = sum(_daily(p, shop, 0, 365) * 365 * _cost(p) for p in members if p.stock)
        if value >= 0.09 * total and sold < 2.2 * value:
            rule = frozenset({"slow_category"})
            truths.append(Truth("slow_category", rule, "category", name, value * CARRYING))
    takings = sorted(
        ((_daily(p, shop, 0, 365) * p.price, p) for p in shop.products), key=lambda x: -x[0]
    )
    revenue = sum(amount for amount, _ in takings)
    before = 0.0
    tail_value = tail_revenue = 0.0
    for amount, p in takings:
        if before >= 0.94 * revenue:
            tail_value += (p.stock or 0) * _cost(p) if p.is_costed else 0
            tail_revenue += amount
        before += amount
    if tail_value >= 0.48 * total:
        rule = frozenset({"long_tail"})
        truths.append(Truth("long_tail", rule, "store", shop.plan.name, tail_value * CARRYING))
    first, last = _complete_quarter(shop)
    planted = {truth.entity_id for truth in truths if truth.entity_type == "category"}
    for name in sorted({p.category for p in shop.products} - planted):
        members = [p for p in shop.products if p.category == name]
        now, before = (
            sum(_takings(p, shop, first, last, years) for p in members) for years in (0, 1)
        )
        if before and abs(now / before - 1) >= 0.1:
            rule = "category_momentum" if now > before else "declining_category"
            kind = "emergent" if abs(now / before - 1) >= 0.2 else "aside"
            gain = abs(sum(_gain(p, shop) for p in members))
            truths.append(Truth(kind, frozenset({rule}), "category", name, gain))
    if shop.plan.uncosted_share >= 0.1 or shop.plan.faulty_share > 0.02:
        truths.append(Truth("data_gap", frozenset({"data_gap"}), "store", shop.plan.name, 0.0))


def _sales(shop: Shop, random: np.random.Generator) -> pl.DataFrame:
    products = [p for p in shop.products if p.rate > 0]
    first_index = shop.as_of.year * 12 + shop.as_of.month - shop.plan.months
    months = [
        date(i // 12, i % 12 + 1, 1) for i in range(first_index, first_index + shop.plan.months)
    ]
    rows: dict[str, list[np.ndarray]] = {key: [] for key in ("at", "day", "units")}
    shape = np.array([1 / p.noise**2 for p in products])
    for month in months:
        after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        last = min(after - timedelta(days=1), shop.as_of)
        # days of the month on which each product is sold
        starts = np.array(
            [
                max(
                    (month - _EPOCH).days,
                    (shop.as_of - _EPOCH).days - p.sold_from if p.sold_from else 0,
                )
                for p in products
            ]
        )
        ends = np.array(
            [min((last - _EPOCH).days, (shop.as_of - _EPOCH).days - p.sold_until) for p in products]
        )
        days = np.maximum(ends - starts + 1, 0)
        level = np.array([_expected_level(p, shop, month) for p in products])
        units = random.poisson(level * days * random.gamma(shape, 1 / shape))
        lines = np.minimum(np.maximum(np.minimum(units, LINES_A_MONTH), 0), units)
        at = np.repeat(np.arange(len(products)), lines)
        if not len(at):
            continue
        each, left = np.divmod(np.repeat(units, lines), np.maximum(np.repeat(lines, lines), 1))
        place = np.arange(len(at)) - np.repeat(np.cumsum(lines) - lines, lines)
        rows["at"].append(at)
        rows["units"].append(each + (place < left))
        offset = (random.random(len(at)) * days[at]).astype(int)
        rows["day"].append(starts[at] + offset)
    at = np.concatenate(rows["at"])
    units = np.concatenate(rows["units"]).astype(int)
    day = np.concatenate(rows["day"])
    at, units, day = _with_returns(shop, products, at, units, day, random)
    ago = (shop.as_of - _EPOCH).days - day
    price = np.array([p.price for p in products])[at]
    cost = np.array([_cost(p) for p in products])[at]
    for values, changes in (
        (price, [p.price_change for p in products]),
        (cost, [p.cost_change for p in products]),
    ):
        since = np.array([c[0] if c else -1 for c in changes])[at]
        factor = np.array([c[1] if c else 1.0 for c in changes])[at]
        values *= np.where(ago <= since, factor, 1.0)
    order = np.lexsort((np.arange(len(at)), day))
    at, units, day, price, cost = at[order], units[order], day[order], price[order], cost[order]
    dates = [_EPOCH + timedelta(days=int(d)) for d in range(int(day.min()), int(day.max()) + 1)]
    written = np.array([f"{d:%d/%m/%Y}" for d in dates])[day - day.min()]
    if shop.plan.faulty_share:
        faulty = random.random(len(at)) < shop.plan.faulty_share
        faulty &= day < day.max()
        written = np.where(faulty, "31/02/2026", written)
    columns: dict[str, object] = {
        "Bill No": np.arange(1, len(at) + 1) // 3 + 1,
        "Line No": np.arange(1, len(at) + 1) % 3 + 1,
        "Bill Date": written,
        "Item Code": np.array([p.product_id for p in products])[at],
        "Item Name": np.array([_name(p) for p in products])[at],
        "Category": np.array([p.category for p in products])[at],
        "Qty": units,
        "Amount": np.char.mod("%.2f", units * price),
    }
    if shop.plan.has_line_costs:
        costed = np.array([p.is_costed for p in products])[at]
        columns["Cost Price"] = np.where(costed, np.char.mod("%.2f", cost), "")
    return pl.DataFrame(columns)


def _expected_level(product: Product, shop: Shop, month: date) -> float:
    level = product.rate * _seasonal(product, month.month)
    if product.growth is not None:
        months_ago = (shop.as_of.year - month.year) * 12 + shop.as_of.month - month.month
        if months_ago <= product.growth[0]:
            level *= product.growth[1]
    return level


def _with_returns(
    shop: Shop,
    products: Sequence[Product],
    at: np.ndarray,
    units: np.ndarray,
    day: np.ndarray,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The lines, and a return for some of them, a few days later."""
    today = (shop.as_of - _EPOCH).days
    usual = np.array([max(p.returned, 0.004) for p in products])[at]
    lately = np.array([p.returned_lately for p in products])[at]
    rate = np.where((today - day < 90) & (lately > 0), lately, usual)
    back = random.binomial(units, rate)
    some = back > 0
    return_day = np.minimum(day[some] + random.integers(0, 4, int(some.sum())), today)
    # what is no longer sold is no longer brought back either
    until = np.array([today - p.sold_until for p in products])[at[some]]
    return_day = np.minimum(return_day, until)
    return (
        np.concatenate([at, at[some]]),
        np.concatenate([units, -back[some]]),
        np.concatenate([day, return_day]),
    )


def _purchases(shop: Shop, products: Sequence[Product]) -> pl.DataFrame:
    """Each month what the month sells comes in on its first day, up to the last sale."""
    rows = []
    for months_ago in range(14, -1, -1):
        index = shop.as_of.year * 12 + shop.as_of.month - 1 - months_ago
        day = date(index // 12, index % 12 + 1, 1)
        for p in products:
            ago = (shop.as_of - day).days
            if (p.sold_from and ago > p.sold_from) or ago < p.sold_until or p.rate == 0:
                continue
            factor = p.bought_factor if ago < 180 else 1.0
            units = round(_expected_level(p, shop, day) * 30.4 * factor)
            if units:
                rows.append(
                    (f"{day:%d/%m/%Y}", p.product_id, _name(p), units, f"{_unit_cost(p, ago):.2f}")
                )
    return pl.DataFrame(
        rows,
        schema=["Purchase Date", "Item Code", "Item Name", "Quantity", "Purchase Price"],
        orient="row",
    )
