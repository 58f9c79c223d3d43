"""What is true of an invented shop, by the latent rates that no file holds."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from sys import path

import numpy as np
from invented import WINDOW, Product, Shop, festival_dates

path.append(str(Path(__file__).parents[1] / "insights"))

from shops import Truth

CARRYING, PROVISION = 0.20 / 4, 0.05
ASSUMED_MARGIN = 0.25
TRAPS = frozenset({"past_outage", "bulk", "stable", "promotion"})


def product_key(shop: Shop, product: Product) -> str:
    """The product's id as Lucid has it."""
    return product.product_id.lower() if shop.plan.has_codes else product.name.lower()


def find_truths(shop: Shop) -> list[Truth]:
    """All that may rightly be said; what need not be said is of the kind `aside`."""
    truths: list[Truth] = []
    margins: dict[str, list[float]] = defaultdict(list)
    rates: dict[str, list[float]] = defaultdict(list)
    for product in shop.products:
        margins[product.category].append(_margin(shop, product))
        rates[product.category].append(_mean(shop, product, 0, 90))
    for product in shop.products:
        truths += _of_product(shop, product, margins[product.category], rates[product.category])
    truths += _of_groups(shop)
    name = shop.plan.name
    for rule in ("revenue_concentration", "long_tail", "data_gap"):
        truths.append(Truth("aside", frozenset({rule}), "store", name, 0.0))
    if shop.plan.missing_month and shop.plan.months > 12:
        truths.append(Truth("missing_month", frozenset({"missing_month"}), "store", name, 0.0))
    return truths


def quarter(shop: Shop) -> tuple[int, int]:
    """First and last day of the three newest complete months, as days before the as-of day."""
    after = shop.as_of + timedelta(days=1)
    end = after if after.day == 1 else shop.as_of.replace(day=1)
    last = end - timedelta(days=1)
    index = last.year * 12 + last.month - 3
    begin = date(index // 12, index % 12 + 1, 1)
    return (shop.as_of - begin).days, (shop.as_of - last).days


def _of_product(
    shop: Shop, product: Product, margins: list[float], rates: list[float]
) -> list[Truth]:
    key, today = product_key(shop, product), shop.today
    unit = _unit_profit(shop, product)
    costed = shop.plan.has_costs
    found: list[Truth] = []

    def add(kind: str, money: float, *rules: str) -> None:
        found.append(Truth(kind, frozenset(rules), "product", key, float(max(money, 0))))

    now, before = compared(shop, product)
    days = quarter(shop)[0] - quarter(shop)[1] + 1
    told = {"rising": "rising", "declining": "declining"}.get(product.kind, "aside")
    if before is not None and before > 0:
        if now >= 1.12 * before:
            add(
                told if now >= 1.4 * before else "aside",
                (now - before) * days * unit,
                "rising_product",
            )
        if now <= 0.88 * before:
            add(
                told if now <= 0.6 * before and product.stock > 0 else "aside",
                (before - now) * days * unit,
                "declining_product",
            )
    stock = product.stock
    if shop.plan.has_stock:
        _add_stock(shop, product, unit, add)
    if product.kind == "newcomer":
        add("newcomer", _future(product, today, 90) * unit, "promising_newcomer")
    elif 0 < today - product.started <= 120 and _mean(shop, product, 0, 30) >= np.quantile(
        rates, 0.6
    ):
        add("aside", _future(product, today, 90) * unit, "promising_newcomer")
    if product.kind == "loss" and costed:
        loss = product.sales[-90:] * (product.costs[today - 89 : today + 1] - product.price)
        if loss.sum() > 0:
            add("loss", float(loss.sum()), "loss_maker")
        # it costs more than it did, whether or not that eats the whole price
        add("aside", float(loss.sum()), "margin_erosion", "low_margin_bestseller")
    own, usual = _margin(shop, product), float(np.median(margins))
    takings = float(product.sales[-90:].sum()) * product.price
    if costed and own < usual - 0.02:
        add("aside", (usual - own) * takings, "low_margin_bestseller")
    if costed and own > usual + 0.02:
        add("aside", 0.25 * own * takings, "hidden_gem")
    if product.kind == "renamed":
        add("renamed", 0.0, "renamed_product")
    if product.is_out[-365:].mean() >= 0.15:
        lost = float((product.latent[: today + 1] * product.is_out)[-365:].sum())
        add("aside", unit * lost / 4, "often_out_of_stock")
    if costed and _future(product, today, 180) < stock:
        add("aside", stock * product.cost * CARRYING, "high_inventory_cost")
    return found


def _add_stock(shop: Shop, product: Product, unit: float, add) -> None:  # type: ignore[no-untyped-def]
    """What its stock is too much or too little for."""
    today, stock = shop.today, product.stock
    quarter_need, half_need = _future(product, today, 90), _future(product, today, 180)
    value = stock * product.costs[today]
    if product.kind == "dead":
        # what the rule takes for too little to tell need not be told
        least = max(500.0, 0.005 * sum(p.stock * p.costs[today] for p in shop.products))
        is_told = shop.plan.has_costs and value >= 1.05 * least
        add("dead" if is_told else "aside", value * (CARRYING + PROVISION), "dead_stock")
    elif half_need < 0.3 * stock and product.sales[-90:].sum() == 0:
        add("aside", value * (CARRYING + PROVISION), "dead_stock")
    if half_need < 0.9 * stock:
        kind = "overstock" if product.kind == "overstock" and half_need < 0.6 * stock else "aside"
        excess = (stock - half_need) * product.costs[today] * CARRYING
        add(kind if shop.plan.has_costs else "aside", excess, "overstock", "reorder_misfit")
    if stock == 0 and quarter_need > 0:
        kind = "stock_out" if product.kind == "stock_out" else "aside"
        add(kind, quarter_need * unit, "restock_winner", "stockout_risk")
    elif _future(product, today, 7) * 1.4 >= stock:
        add("aside", (quarter_need - stock) * unit, "restock_winner", "stockout_risk")
    past = _mean(shop, product, 0, 90) * 90
    if quarter_need >= 1.15 * past and quarter_need > stock:
        is_peak = product.kind == "season" and shop.today >= 400 and quarter_need >= 1.8 * past
        add(
            "season_ahead" if is_peak and quarter_need - past > 25 else "aside",
            (quarter_need - stock) * unit,
            "seasonal_peak_ahead",
            "restock_winner",
            "stockout_risk",
            "festival_ahead",
        )
    if product.kind == "festival":
        for day in festival_dates()[product.festival]:
            ahead = (day - shop.as_of).days
            need = _future(product, today, ahead + 1) if ahead > 0 else 0
            base = product.latent.mean() * min(ahead + 1, WINDOW)
            if 0 < ahead <= 52 and need > stock:
                is_told = shop.today >= 420 and need > 20 and need > 1.5 * base and ahead <= 50
                add(
                    "festival" if is_told else "aside",
                    (need - stock) * unit,
                    "festival_ahead",
                    "restock_winner",
                    "seasonal_peak_ahead",
                    "stockout_risk",
                )


def _of_groups(shop: Shop) -> list[Truth]:
    """Rises and falls of categories and of the shop, by the latent rates of their products."""
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    days = quarter(shop)[0] - quarter(shop)[1] + 1
    truths = []
    for product in shop.products:
        now, before = compared(shop, product)
        if before is None and shop.today >= 365 + quarter(shop)[0]:
            before = 0.0  # what is new adds to its category
        if before is None:
            continue
        for key in (("category", product.category), ("store", shop.plan.name)):
            sums[key][0] += now * product.price
            sums[key][1] += before * product.price
            sums[key][2] += (now - before) * days * _unit_profit(shop, product)
    for (kind, name), (now, before, gain) in sums.items():
        up, down = (
            ("category_momentum", "declining_category")
            if kind == "category"
            else ("shop_rising", "shop_falling")
        )
        if before and now >= 1.08 * before:
            truths.append(Truth("aside", frozenset({up}), kind, name, abs(gain)))
        if before and now <= 0.92 * before:
            truths.append(Truth("aside", frozenset({down}), kind, name, abs(gain)))
        truths.append(Truth("aside", frozenset({"slow_category"}), kind, name, 0.0))
    return truths


def compared(shop: Shop, product: Product) -> tuple[float, float | None]:
    """The latent rate of the three newest complete months, and of the same a year before.

    With less than a year and a quarter, the first months take the place of the year before.
    """
    first, last = quarter(shop)
    now = _mean(shop, product, last, first + 1)
    if shop.today - product.started >= 365 + first:
        return now, _mean(shop, product, last + 365, first + 366)
    if shop.today - product.started >= 240:
        known = shop.today - product.started
        return now, _mean(shop, product, known - 90, known)
    return now, None


def _mean(shop: Shop, product: Product, first: int, last: int) -> float:
    """The mean latent rate from so many days ago up to so many, open or not."""
    return float(product.latent[max(shop.today - last + 1, 0) : shop.today - first + 1].mean())


def _future(product: Product, today: int, days: int) -> float:
    return float(product.latent[today + 1 : today + 1 + max(days, 0)].sum())


def _margin(shop: Shop, product: Product) -> float:
    return (
        1 - float(product.costs[max(shop.today - 364, 0) : shop.today + 1].mean()) / product.price
    )


def _unit_profit(shop: Shop, product: Product) -> float:
    if not shop.plan.has_costs:
        return ASSUMED_MARGIN * product.price
    return max(product.price - product.costs[shop.today], 0.01 * product.price)
