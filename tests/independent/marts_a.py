"""A second, slow calculation of the sales marts, written from ANALYTICS.md and not from the SQL.

Plain loops over the sales lines, exact decimals, no window functions: what the two agree on is
unlikely to be wrong in the same way twice. `check` compares a finished build with it, row by row
and column by column.
"""

import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from scipy import stats  # type: ignore[import-untyped]

from tests.independent import comparing, marts_b, sales_lines
from tests.independent.comparing import Coverage, Key, Row
from tests.independent.days import Calendar, Demand

Table = dict[Key, Row]

ABC_A, ABC_B = Fraction(80, 100), Fraction(95, 100)
XYZ_X, XYZ_Y = Fraction(1, 2), Fraction(1)
XYZ_MIN_MONTHS = 6
PARTIAL_COST = Fraction(8, 10)
BEST_SELLERS_DEPTH = 1000
PRODUCT_TREND_MONTHS = 24
TREND_BAND = Fraction(5, 100)
SIGNAL_CHANGE = Fraction(20, 100)
SIGNAL_Z = 1.64
SIGNAL_Q = 0.05
SIGNAL_P = 0.05
SIGNAL_SLOPE = 0.02
SIGNAL_POOL = 10
MAX_GRACE_DAYS = 3

# Quotients are rounded once more in SQL (through doubles): the last of six places may differ.
RATIO_TOLERANCE = 1.5e-6


@dataclass(frozen=True, slots=True)
class Line:
    """One sales line: what the sales marts need of it."""

    day: date
    product_id: str
    is_product: bool
    quantity: Decimal
    revenue: Decimal
    cost: Decimal | None
    cost_basis: str | None


@dataclass(frozen=True, slots=True)
class Product:
    """Name and category of a product."""

    product_name: str | None
    category: str


@dataclass(slots=True)
class Sum:
    """What lines add up to. Money is exact until it is read from a property."""

    quantity: Decimal = Decimal(0)
    exact_revenue: Decimal = Decimal(0)
    exact_costed_revenue: Decimal = Decimal(0)
    exact_cost: Decimal = Decimal(0)
    lines: int = 0
    bases: list[str] = field(default_factory=list)
    sold: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)

    def add(self, line: Line) -> None:
        self.quantity += line.quantity
        self.exact_revenue += line.revenue
        self.lines += 1
        self.sold += max(line.quantity, Decimal(0))
        self.returned += max(-line.quantity, Decimal(0))
        if line.cost is not None:
            self.exact_costed_revenue += line.revenue
            self.exact_cost += line.cost
            self.bases.append(str(line.cost_basis))

    @property
    def revenue(self) -> Decimal:
        return paisa(self.exact_revenue)

    @property
    def profit(self) -> Decimal | None:
        """Unknown when there are lines and none has a cost."""
        if self.lines and not self.bases:
            return None
        return paisa(self.exact_costed_revenue) - paisa(self.exact_cost)


def paisa(value: Decimal) -> Decimal:
    """Two places, halves away from zero."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def divide(numerator: Decimal | int, denominator: Decimal | int) -> Fraction | None:
    """An exact quotient; None when there is nothing to divide by."""
    return Fraction(numerator) / Fraction(denominator) if denominator else None


def add_months(month: date, count: int) -> date:
    """First of the month so many months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def last_day(month: date) -> date:
    """Last day of the month a date lies in."""
    return add_months(month.replace(day=1), 1) - timedelta(days=1)


def same_day_last_year(day: date) -> date:
    """The same calendar day a year ago, 28 February for a leap day."""
    first = day.replace(year=day.year - 1, day=1)
    return first.replace(day=min(day.day, last_day(first).day))


def order(measures: Mapping[str, Any]) -> dict[str, int]:
    """Ranks from 1 for product ids, the highest measure first; ties to the lower id."""
    ranked = sorted(sorted(measures), key=lambda product_id: measures[product_id], reverse=True)
    # `reverse` keeps equal elements in their order, so the lower id stays in front.
    return {product_id: rank for rank, product_id in enumerate(ranked, start=1)}


@dataclass(frozen=True)
class Shop:
    """One dataset: its lines up to the as-of day and its products."""

    dataset_id: str
    as_of: date | None
    lines: tuple[Line, ...]
    products: Mapping[str, Product]
    seasonal: frozenset[tuple[str, str]]
    calendar: Calendar | None
    demands: Mapping[str, Demand]

    @cached_property
    def first_day(self) -> date:
        return min(line.day for line in self.lines)

    @cached_property
    def today(self) -> date:
        assert self.as_of is not None
        return self.as_of

    @cached_property
    def grace(self) -> int:
        """Days a month's end may lie after the last sale and the month still be complete."""
        days = sorted({line.day for line in self.lines})
        gaps = sorted(
            (after - before).days
            for before, after in itertools.pairwise(days)
            if (days[-1] - after).days < 180
        )
        if not gaps:
            return 0
        place = Fraction(95, 100) * (len(gaps) - 1)
        below = int(place)
        above = min(below + 1, len(gaps) - 1)
        p95 = gaps[below] + (place - below) * (gaps[above] - gaps[below])
        return math.floor(max(min(p95 - 1, Fraction(MAX_GRACE_DAYS)), Fraction(0)))

    @cached_property
    def months(self) -> list[date]:
        count = (self.today.year - self.first_day.year) * 12 + self.today.month
        count -= self.first_day.month
        return [add_months(self.first_day.replace(day=1), k) for k in range(count + 1)]

    def is_complete(self, month: date) -> bool:
        if month not in self.months:
            return False
        if month == self.months[0] and self.first_day.day > 1 + self.grace:
            return False
        return not self.is_gap(month) and self.is_over(month)

    def is_over(self, month: date) -> bool:
        return last_day(month) <= self.today + timedelta(days=self.grace)

    def is_gap(self, month: date) -> bool:
        """Whether nothing was sold in a month between months with sales."""
        newest = max(line.day for line in self.lines).replace(day=1)
        return self.months[0] < month < newest and month not in self.sold_months

    @cached_property
    def sold_months(self) -> set[date]:
        return {line.day.replace(day=1) for line in self.lines}

    def open_days(self, month: date) -> list[date]:
        assert self.calendar is not None
        return self.calendar.opened(
            max(month, self.calendar.first), min(last_day(month), self.today)
        )

    def sale_days(self, entity: tuple[str, str], month: date) -> int:
        """Days of a month on which an entity could be sold."""
        days = self.open_days(month)
        demand = self.demands.get(entity[1])
        if entity[0] != "product" or demand is None:
            return len(days)
        first = demand.first_sale
        return sum(
            day not in demand.off and (month != first.replace(day=1) or day >= first)
            for day in days
        )

    def rate(self, entity: tuple[str, str], month: date, total: Sum) -> Decimal | None:
        """What is sold a day, bulk orders left out; None for a month that tells nothing."""
        days = self.sale_days(entity, month)
        if not self.is_complete(month) or days < 7:
            return None
        amount = total.quantity if entity[0] == "product" else total.exact_revenue
        for product_id, demand in self.demands.items():
            is_own = entity[0] == "store" or entity[1] == (
                product_id if entity[0] == "product" else self.products[product_id].category
            )
            bulk = demand.bulk if entity[0] == "product" else demand.bulk_revenue
            if is_own:
                amount -= sum(v for day, v in bulk.items() if day.replace(day=1) == month)
        share = Fraction(amount) / days
        return Decimal(repr(float(share))).quantize(Decimal("0.000001"), ROUND_HALF_UP)

    @cached_property
    def newest_month(self) -> date | None:
        """The newest month that is over, whether or not anything was sold in it."""
        return next((month for month in reversed(self.months) if self.is_over(month)), None)

    @cached_property
    def complete_months(self) -> list[date]:
        return [month for month in self.months if self.is_complete(month)]

    def totals(self, first: date, last: date) -> dict[str, Sum]:
        """Sums of the products that have a line between two days."""
        sums: dict[str, Sum] = defaultdict(Sum)
        for line in self.lines:
            if line.is_product and first <= line.day <= last:
                sums[line.product_id].add(line)
        return dict(sums)

    def compared_with(self, month: date, months_back: int) -> tuple[date, date] | None:
        """The days of an earlier month that a month is measured against; None without a measure."""
        earlier = add_months(month, -months_back)
        if not self.is_complete(earlier) or self.is_gap(month):
            return None
        if self.is_complete(month):
            return earlier, last_day(earlier)
        return earlier, earlier.replace(day=min(self.today.day, last_day(earlier).day))

    @cached_property
    def entities(self) -> dict[tuple[str, str], dict[date, Sum]]:
        """Sums per day of the store, each category and each product."""
        days: dict[tuple[str, str], dict[date, Sum]] = defaultdict(lambda: defaultdict(Sum))
        for line in self.lines:
            days["store", self.dataset_id][line.day].add(line)
            if line.is_product:
                category = self.products[line.product_id].category
                days["category", category][line.day].add(line)
                days["product", line.product_id][line.day].add(line)
        return days

    def describe(self, entity: tuple[str, str]) -> Row:
        kind, name = entity
        if kind == "product":
            product = self.products[name]
            return {"entity_name": product.product_name, "category": product.category}
        return {"entity_name": name, "category": name if kind == "category" else None}


def between(days: Mapping[date, Sum], first: date, last: date) -> Sum:
    """The sum of days, ends included."""
    total = Sum()
    for day, part in days.items():
        if first <= day <= last:
            total.quantity += part.quantity
            total.exact_revenue += part.exact_revenue
            total.exact_costed_revenue += part.exact_costed_revenue
            total.exact_cost += part.exact_cost
            total.sold += part.sold
            total.returned += part.returned
            total.lines += part.lines
            total.bases += part.bases
    return total


def best_sellers(shop: Shop) -> Table:
    """Keyed by period type, period and product."""
    table: Table = {}
    today = shop.today
    periods: list[tuple[str, str, tuple[date, date], tuple[date, date] | None]] = [
        ("all", "all", (shop.first_day, today), None)
    ]
    for length in (30, 90, 365):
        start = today - timedelta(days=length - 1)
        before = (start - timedelta(days=length), start - timedelta(days=1))
        periods.append((f"last_{length}_days", today.isoformat(), (start, today), before))
    for month in shop.months:
        span = (month, min(last_day(month), today))
        periods.append(("month", f"{month:%Y-%m}", span, shop.compared_with(month, 1)))

    for period_type, period, span, before_span in periods:
        sums = shop.totals(*span)
        before_ranks = _sales_ranks(shop.totals(*before_span)) if before_span else {}
        ranks = _sales_ranks(sums)
        units = order({p: (_is_sold(total), total.quantity) for p, total in sums.items()})
        profits = order(
            {
                p: (_is_sold(total), total.profit)
                for p, total in sums.items()
                if total.profit is not None
            }
        )
        everything = sum((max(total.revenue, Decimal(0)) for total in sums.values()), Decimal(0))
        for product_id, total in sums.items():
            places = [ranks[product_id], units[product_id], profits.get(product_id)]
            best = min(place for place in places if place is not None)
            if period_type == "month" and best > BEST_SELLERS_DEPTH:
                continue
            before_rank = before_ranks.get(product_id)
            table[period_type, period, product_id] = {
                "product_name": shop.products[product_id].product_name,
                "category": shop.products[product_id].category,
                "total_quantity": total.quantity,
                "total_revenue": total.revenue,
                "gross_profit": total.profit,
                "rank_by_quantity": units[product_id],
                "rank_by_revenue": ranks[product_id],
                "rank_by_profit": profits.get(product_id),
                "revenue_share": divide(max(total.revenue, Decimal(0)), everything),
                "rank_change": before_rank - ranks[product_id] if before_rank else None,
            }
    return table


def _is_sold(total: Sum) -> bool:
    return total.quantity > 0 and total.revenue > 0


def _sales_ranks(sums: Mapping[str, Sum]) -> dict[str, int]:
    return order({p: (_is_sold(total), total.revenue) for p, total in sums.items()})


def windows(shop: Shop) -> dict[str, tuple[date, date]]:
    """First and last day of the windows of contribution and profitability."""
    return {
        "all": (shop.first_day, shop.today),
        "last_12_months": (same_day_last_year(shop.today) + timedelta(days=1), shop.today),
        "last_90_days": (shop.today - timedelta(days=89), shop.today),
    }


def revenue_contribution(shop: Shop) -> Table:
    """Keyed by window and product, unsold products included."""
    table: Table = {}
    for window in ("all", "last_12_months"):
        sums = shop.totals(*windows(shop)[window]) if shop.lines else {}
        revenues = {p: total.revenue for p, total in sums.items()}
        by_revenue = _before_and_after(revenues)
        profits = {p: total.profit for p, total in sums.items() if total.profit is not None}
        by_profit = _before_and_after(profits)
        ranks = order(revenues)
        everything = sum((max(total.revenue, Decimal(0)) for total in sums.values()), Decimal(0))
        for product_id, product in shop.products.items():
            total = sums.get(product_id, Sum())
            variation = _unit_variation(shop, product_id)
            row: Row = {
                "product_name": product.product_name,
                "category": product.category,
                "revenue": total.revenue,
                "revenue_share": divide(max(total.revenue, Decimal(0)), everything),
                "cumulative_share": None,
                "revenue_rank": ranks.get(product_id),
                "abc_class": "N",
                "gross_profit": total.profit if total.lines else None,
                "abc_class_profit": None,
                "xyz_class": None,
                "unit_variation": variation,
            }
            if total.lines:
                row["abc_class"] = _abc(total.revenue, *by_revenue[product_id])
                row["cumulative_share"] = by_revenue[product_id][1]
            if product_id in profits:
                row["abc_class_profit"] = _abc(profits[product_id], *by_profit[product_id])
            if variation is not None:
                row["xyz_class"] = "X" if variation < XYZ_X else "Y" if variation < XYZ_Y else "Z"
            table[window, product_id] = row
    return table


def _before_and_after(
    amounts: Mapping[str, Decimal],
) -> dict[str, tuple[Fraction | None, Fraction | None]]:
    """Share of the positive total before and up to each product, largest first."""
    everything = sum((max(amount, Decimal(0)) for amount in amounts.values()), Decimal(0))
    running = Decimal(0)
    shares = {}
    for product_id in order(amounts):
        before = running
        running += max(amounts[product_id], Decimal(0))
        shares[product_id] = (divide(before, everything), divide(running, everything))
    return shares


def _abc(amount: Decimal, before: Fraction | None, _after: Fraction | None) -> str:
    if amount < 0:
        return "R"
    if before is None:
        return "C"
    return "A" if before < ABC_A else "B" if before < ABC_B else "C"


def _unit_variation(shop: Shop, product_id: str) -> Fraction | None:
    """CV of the last twelve complete months since the product's first line, to six places."""
    days = shop.entities.get(("product", product_id)) if shop.lines else None
    if not days:
        return None
    begin = min(days).replace(day=1)
    newest = shop.newest_month
    if newest is None:
        return None
    months = [
        month
        for month in shop.complete_months
        if month >= begin and month > add_months(newest, -12)
    ]
    units = [between(days, month, last_day(month)).quantity for month in months]
    if len(months) < XYZ_MIN_MONTHS or sum(units) <= 0:
        return None
    variation = statistics.stdev(map(Fraction, units)) / float(statistics.mean(units))
    return Fraction(Decimal(variation).quantize(Decimal("1e-6"), ROUND_HALF_UP))


def revenue_concentration(shop: Shop) -> Table:
    """Keyed by window."""
    table: Table = {}
    for window in ("all", "last_12_months"):
        sums = shop.totals(*windows(shop)[window]) if shop.lines else {}
        revenues = {p: total.revenue for p, total in sums.items()}
        ranked = list(order(revenues))
        positive = [max(revenues[p], Decimal(0)) for p in ranked]
        shares = [divide(amount, sum(positive, Decimal(0))) for amount in positive]
        known = [share for share in shares if share is not None]
        index = sum(share * share for share in known) if known else None
        row: Row = {
            "product_count": len(sums),
            "revenue": sum(revenues.values(), Decimal(0)),
            "herfindahl_index": index,
            "effective_products": 1 / index if index else None,
            "top_product_id": ranked[0] if ranked and positive[0] > 0 else None,
        }
        for top in (1, 5, 10):
            row[f"top_{top}_share"] = sum(known[:top]) if known else None
        table[(window,)] = row
    return table


def profitability(shop: Shop) -> Table:
    """Keyed by window and product."""
    table: Table = {}
    for window, span in windows(shop).items():
        sums = shop.totals(*span)
        rows: dict[str, Row] = {}
        for product_id, total in sums.items():
            is_known = bool(total.bases)
            bases = sorted(set(total.bases)) or ["none"]
            costed = paisa(total.exact_costed_revenue)
            coverage = divide(costed, total.revenue) if total.revenue > 0 else None
            if not is_known:
                status = "no_cost"
            elif coverage is None:
                status = "non_positive_revenue"
            else:
                status = "partial_cost" if coverage < PARTIAL_COST else "ok"
            rows[product_id] = {
                "product_name": shop.products[product_id].product_name,
                "category": shop.products[product_id].category,
                "quantity": total.quantity,
                "units_sold": total.sold,
                "units_returned": total.returned,
                "revenue": total.revenue,
                "revenue_with_cost": costed if is_known else None,
                "cost": paisa(total.exact_cost) if is_known else None,
                "gross_profit": total.profit,
                "profit_margin": divide(total.profit or Decimal(0), costed)
                if is_known and costed > 0
                else None,
                "cost_coverage": None if coverage is None or abs(coverage) >= 1000 else coverage,
                "cost_basis": bases[0] if len(bases) == 1 else "mixed",
                "line_count": total.lines,
                "profit_rank": None,
                "margin_rank": None,
                "profit_status": status,
            }
        ranked = {p: row for p, row in rows.items() if row["profit_status"] == "ok"}
        for column, measure in (("profit_rank", "gross_profit"), ("margin_rank", "profit_margin")):
            measures = {p: _six(row[measure]) for p, row in ranked.items()}
            for product_id, rank in order(measures).items():
                rows[product_id][column] = rank
        table |= {(window, product_id): row for product_id, row in rows.items()}
    return table


def _six(value: Decimal | Fraction) -> Decimal:
    fraction = Fraction(value)
    exact = Decimal(fraction.numerator) / Decimal(fraction.denominator)
    return exact.quantize(Decimal("1e-6"), ROUND_HALF_UP)


def trends(shop: Shop) -> Table:
    """Keyed by entity type, entity and month."""
    table: Table = {}
    for entity, days in shop.entities.items():
        begin = min(days).replace(day=1)
        months = [month for month in shop.months if month >= begin]
        if entity[0] == "product":
            months = [m for m in months if m in shop.months[-PRODUCT_TREND_MONTHS:]]
        if entity[0] == "store":
            months = shop.months
        for month in months:
            now = between(days, month, last_day(month))
            row: Row = {
                **shop.describe(entity),
                "is_complete": shop.is_complete(month),
                "is_gap": shop.is_gap(month),
                "open_days": len(shop.open_days(month)),
                "sale_days": shop.sale_days(entity, month),
                "daily_rate": shop.rate(entity, month, now),
            }
            span, year_span = shop.compared_with(month, 1), shop.compared_with(month, 12)
            before = between(days, *span) if span else None
            year_before = between(days, *year_span) if year_span else None
            for name in ("revenue", "quantity", "profit"):
                value = getattr(now, name)
                previous = getattr(before, name, None)
                year_ago = getattr(year_before, name, None)
                row |= {
                    name: value,
                    f"{name}_previous": previous,
                    f"{name}_change": _change(value, previous),
                    f"{name}_trend": _word(value, previous) if row["is_complete"] else None,
                    f"{name}_year_ago": year_ago,
                    f"{name}_year_change": _change(value, year_ago),
                }
            table[(*entity, month)] = row
    return table


def _change(now: Decimal | None, before: Decimal | None) -> Fraction | None:
    return None if now is None or before is None else divide(now - before, abs(before))


def _word(now: Decimal | None, before: Decimal | None) -> str | None:
    if now is None or before is None:
        return None
    change = _change(now, before)
    if change is None:
        return "new" if now > 0 else None
    if before > 0 and now == 0:
        return "stopped"
    return "up" if change > TREND_BAND else "down" if change < -TREND_BAND else "flat"


def revenue_change(shop: Shop) -> Table:
    """Keyed by month and product."""
    table: Table = {}
    for month in shop.months:
        span = shop.compared_with(month, 1)
        if span is None:
            continue
        now, before = shop.totals(month, min(last_day(month), shop.today)), shop.totals(*span)
        for product_id in now.keys() | before.keys():
            new, old = now.get(product_id, Sum()), before.get(product_id, Sum())
            difference = new.revenue - old.revenue
            effects: dict[str, Decimal | Fraction] = dict.fromkeys(
                ("price", "quantity", "new", "lost", "other"), Decimal(0)
            )
            if not old.lines:
                effects["new"] = difference
            elif not new.lines:
                effects["lost"] = difference
            elif new.quantity > 0 and old.quantity > 0:
                step = Fraction(new.revenue) / Fraction(new.quantity)
                step -= Fraction(old.revenue) / Fraction(old.quantity)
                price = step * Fraction(new.quantity + old.quantity) / 2
                effects["price"], effects["quantity"] = price, Fraction(difference) - price
            else:
                effects["other"] = difference
            table[month, product_id] = {
                "product_name": shop.products[product_id].product_name,
                "category": shop.products[product_id].category,
                "is_complete": shop.is_complete(month),
                "revenue": new.revenue,
                "revenue_previous": old.revenue,
                "revenue_difference": difference,
                **{f"{name}_effect": value for name, value in effects.items()},
            }
    return table


def trend_signals(shop: Shop) -> Table:
    """Keyed by entity type and entity."""
    rows = {entity: _signal(shop, entity, days) for entity, days in shop.entities.items()}
    steps = {entity: step for entity, row in rows.items() if (step := row.pop("step"))}
    shares = _usual_shares({name: step for (_, name), step in steps.items() if step.of_days})
    for entity, step in steps.items():
        share = shares.get(entity[1]) if entity[0] == "product" else None
        rows[entity]["p_value"] = _chance(step, share)
    store = rows.get(("store", shop.dataset_id))
    least = None if store is None else Decimal("0.001") * store["recent_revenue"]
    families: dict[tuple[str, bool], list[Row]] = defaultdict(list)
    for (kind, _), row in rows.items():
        row["q_value"] = None
        worth = row.pop("worth")
        if row["p_value"] is not None:
            families[kind, least is None or worth is None or worth >= least].append(row)
    for family in families.values():
        corrected = stats.false_discovery_control([row["p_value"] for row in family])
        for row, q_value in zip(family, corrected, strict=True):
            row["q_value"] = float(q_value)
            if q_value > SIGNAL_Q:
                row["signal"] = "stable"
    return rows


def _worth(recent: Sum, previous: Sum) -> Decimal:
    """The most that a change can be worth: all of the profit, of the price a quarter if unknown."""
    return max(
        abs(part.profit) if part.profit is not None else part.revenue / 4
        for part in (recent, previous)
    )


def _day_variance(
    shop: Shop, entity: tuple[str, str], sold: Mapping[date, Sum], known: list[date]
) -> float | None:
    """The variance of what a product sells a day, within each of some months."""
    demand = shop.demands.get(entity[1])
    if entity[0] != "product" or demand is None:
        return None
    squares, freedom = Fraction(0), 0
    for month in known:
        units = [
            Fraction(total.quantity) - Fraction(demand.bulk.get(day, 0))
            for day, total in sold.items()
            if day.replace(day=1) == month
        ]
        days = shop.sale_days(entity, month)
        spread = sum(u * u for u in units) - sum(units, Fraction(0)) ** 2 / days
        squares += max(round(spread, 6), Fraction(0))
        freedom += days - 1
    return float(squares / freedom) if freedom else None


@dataclass(frozen=True, slots=True)
class Step:
    """A difference of summed rates, and the variance of a day as months, and days, tell it."""

    size: float
    total: Decimal
    month_steps: int
    per_variance: float  # of the difference, for a variance of one a day
    of_months: float
    of_days: float | None


def _month_variance(known: list[tuple[float, int]]) -> float:
    """The variance of a day by the steps between neighbouring months: rates and days on sale."""
    steps = list(itertools.pairwise(known))
    shares = sum(1 / days + 1 / days_after for (_, days), (_, days_after) in steps)
    return sum((after - before) ** 2 for (before, _), (after, _) in steps) / shares


def _usual_shares(steps: Mapping[str, Step]) -> dict[str, float]:
    """How much more months vary than their days tell, of the products that sell as much."""
    known = sorted((step.total, name) for name, step in steps.items() if step.of_days)
    if len(known) < SIGNAL_POOL:
        return {}
    middle = len(known) // 2 if len(known) >= 2 * SIGNAL_POOL else 0
    found = {}
    for half in (known[:middle], known[middle:]):
        own = [steps[name] for _, name in half]
        for _, name in half:
            found[name] = statistics.median(s.of_months / s.of_days for s in own if s.of_days)
    return found


def _chance(step: Step, usual_share: float | None) -> float:
    """The p of a difference by its own months, and by its days as other products have them."""
    variance, freedom = step.of_months, 2 * step.month_steps / 3
    if step.of_days is not None:
        variance = (variance + step.of_days * (1 if usual_share is None else usual_share)) / 2
        freedom *= 1 if usual_share is None else 2
    if not variance:
        return 1.0
    score = abs(step.size) / math.sqrt(variance * step.per_variance)
    equivalent = math.sqrt(freedom * math.log1p(score * score / freedom))
    return float(2 * stats.norm.sf((8 * freedom + 1) / (8 * freedom + 3) * equivalent))


def _signal(shop: Shop, entity: tuple[str, str], days: Mapping[date, Sum]) -> Row:
    begin = shop.months[0] if entity[0] == "store" else min(days).replace(day=1)
    own = [month for month in shop.months if month >= begin]
    complete = [month for month in shop.complete_months if month >= begin]
    sums = {month: between(days, month, last_day(month)) for month in own}
    rates = {month: shop.rate(entity, month, sums[month]) for month in own}
    newest = shop.newest_month if shop.complete_months else None
    ages = {(newest.year - m.year) * 12 + newest.month - m.month: m for m in complete if newest}
    is_yearly = bool(ages) and max(ages) >= 14
    known = [rates[month] for month in complete if rates[month] is not None]
    pairs = [
        (ages[age], ages[age + 12])
        for age in (2, 1, 0)
        if age in ages
        and age + 12 in ages
        and rates[ages[age]] is not None
        and rates[ages[age + 12]] is not None
    ]
    method = None
    if is_yearly:
        method = "year_on_year" if len(pairs) >= 2 else None
        now = [month for month, _ in pairs]
    else:
        method = "mann_kendall" if len(known) >= 9 and entity not in shop.seasonal else None
        now = [ages[age] for age in (2, 1, 0) if age in ages]
    before = [month for _, month in pairs] if method == "year_on_year" else None
    recent = _join(sums[month] for month in now)
    previous = _join(sums[month] for month in before) if before is not None else None
    tested = [float(r) for m in now if (r := rates[m]) is not None]
    spread = [float(r) for age, m in ages.items() if age < 24 and (r := rates[m]) is not None]
    demand = shop.demands.get(entity[1]) if entity[0] == "product" else None
    row: Row = {
        **shop.describe(entity),
        "signal": "insufficient_history",
        "method": method,
        "recent_quantity": recent.quantity,
        "previous_quantity": previous.quantity if previous else None,
        "quantity_change": _change(recent.quantity, previous.quantity) if previous else None,
        "recent_revenue": recent.revenue,
        "previous_revenue": previous.revenue if previous else None,
        "revenue_change": _change(recent.revenue, previous.revenue) if previous else None,
        "recent_profit": recent.profit,
        "previous_profit": previous.profit if previous else None,
        "recent_rate": sum(tested) / len(tested) if tested else None,
        "previous_rate": None,
        "rate_change": None,
        "recent_days": sum(shop.sale_days(entity, month) for month in now),
        "previous_days": (
            None if before is None else sum(shop.sale_days(entity, month) for month in before)
        ),
        "last_out_of_stock_date": demand.last_out if demand else None,
        "monthly_deviation": statistics.stdev(spread) if len(spread) > 1 else None,
        "threshold_rate": None,
        "p_value": None,
        "step": None,
        "worth": _worth(recent, previous or _join([])),
        "slope_per_month": None,
        "months_observed": len(complete),
        "window_start": None,
        "window_end": last_day(newest) if method and newest else None,
        "confidence": "low",
    }
    if method == "year_on_year" and before is not None and newest is not None:
        exact = [sum((rates[m] or Decimal(0) for m in part), Decimal(0)) for part in (now, before)]
        step = exact[0] - exact[1]
        threshold = SIGNAL_Z * row["monthly_deviation"] * math.sqrt(2 * len(pairs))
        is_signal = abs(step) >= SIGNAL_CHANGE * Fraction(abs(exact[1])) and abs(step) > threshold
        row["previous_rate"] = float(exact[1]) / len(pairs)
        row["rate_change"] = _change(exact[0], exact[1])
        row["threshold_rate"] = threshold
        both_years = [
            ages[age]
            for age in (0, 1, 2, 12, 13, 14)
            if age in ages and rates[ages[age]] is not None
        ]
        shares = sum(1 / sum(shop.sale_days(entity, m) for m in part) for part in (now, before))
        series = [
            (float(r), shop.sale_days(entity, m))
            for age, m in sorted(ages.items(), reverse=True)
            if age < 24 and (r := rates[m]) is not None
        ]
        row["step"] = Step(
            float(step),
            exact[0] + exact[1],
            len(series) - 1,
            len(pairs) ** 2 * shares,
            _month_variance(series),
            _day_variance(shop, entity, days, both_years),
        )
        row["signal"] = ("rising" if step > 0 else "declining") if is_signal else "stable"
        row["window_start"] = add_months(newest, -2)
        row["confidence"] = "high" if len(complete) >= 24 else "medium"
    elif method == "mann_kendall" and newest is not None:
        rated = [(m, r) for m in complete if (r := rates[m]) is not None]
        p_value = mann_kendall([rate for _, rate in rated])
        slope = theil_sen(rated)
        is_signal = p_value < SIGNAL_P and slope is not None and abs(slope) >= SIGNAL_SLOPE
        row["p_value"], row["slope_per_month"] = p_value, slope
        is_upward = slope is not None and slope > 0
        row["signal"] = ("rising" if is_upward else "declining") if is_signal else "stable"
        row["window_start"] = add_months(newest, 1 - len(complete))
        row["confidence"] = "medium"
    is_back = demand and demand.last_out and (shop.today - demand.last_out).days < 60
    if is_back and row["signal"] == "declining":
        row["signal"] = "stable"
    return row


def _join(sums: Iterable[Sum]) -> Sum:
    days = {date.fromordinal(place): part for place, part in enumerate(sums, start=1)}
    return between(days, date.min, date.max)


def mann_kendall(series: list[Decimal]) -> float:
    """Two-sided p with continuity and ties correction."""
    pairs = itertools.combinations(series, 2)
    score = sum((after > before) - (after < before) for before, after in pairs)
    count = len(series)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in (series.count(value) for value in set(series)))
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    if score == 0:
        return 1.0
    return math.erfc((abs(score) - 1) / math.sqrt(2 * variance))


def theil_sen(series: list[tuple[date, Decimal]]) -> float | None:
    """Median of all pairwise slopes over the median month; None when that is not above zero."""
    usual = statistics.median(float(rate) for _, rate in series)
    slopes = [
        float(later - earlier) / ((end.year - start.year) * 12 + end.month - start.month)
        for (start, earlier), (end, later) in itertools.combinations(series, 2)
    ]
    return statistics.median(slopes) / usual if usual > 0 else None


CALCULATIONS: dict[str, Callable[[Shop], Table]] = {
    "best_sellers": best_sellers,
    "revenue_contribution": revenue_contribution,
    "revenue_concentration": revenue_concentration,
    "profitability": profitability,
    "trends": trends,
    "trend_signals": trend_signals,
    "revenue_change": revenue_change,
}
COVERED = {
    "best_sellers": Coverage(
        ("dataset_id", "period_type", "period", "product_id"),
        (
            "product_name",
            "category",
            "total_quantity",
            "total_revenue",
            "gross_profit",
            "rank_by_quantity",
            "rank_by_revenue",
            "rank_by_profit",
            "revenue_share",
            "rank_change",
        ),
    ),
    "revenue_contribution": Coverage(
        ("dataset_id", "revenue_window", "product_id"),
        (
            "product_name",
            "category",
            "revenue",
            "revenue_share",
            "cumulative_share",
            "revenue_rank",
            "abc_class",
            "gross_profit",
            "abc_class_profit",
            "xyz_class",
            "unit_variation",
        ),
    ),
    "revenue_concentration": Coverage(
        ("dataset_id", "revenue_window"),
        (
            "product_count",
            "revenue",
            "herfindahl_index",
            "effective_products",
            "top_1_share",
            "top_5_share",
            "top_10_share",
            "top_product_id",
        ),
    ),
    "profitability": Coverage(
        ("dataset_id", "profit_window", "product_id"),
        (
            "product_name",
            "category",
            "quantity",
            "units_sold",
            "units_returned",
            "revenue",
            "revenue_with_cost",
            "cost",
            "gross_profit",
            "profit_margin",
            "cost_coverage",
            "cost_basis",
            "line_count",
            "profit_rank",
            "margin_rank",
            "profit_status",
        ),
    ),
    "trends": Coverage(
        ("dataset_id", "entity_type", "entity_id", "month"),
        (
            "entity_name",
            "category",
            "is_complete",
            "is_gap",
            "open_days",
            "sale_days",
            "daily_rate",
            "revenue",
            "revenue_previous",
            "revenue_change",
            "revenue_trend",
            "revenue_year_ago",
            "revenue_year_change",
            "quantity",
            "quantity_previous",
            "quantity_change",
            "quantity_trend",
            "quantity_year_ago",
            "quantity_year_change",
            "profit",
            "profit_previous",
            "profit_change",
            "profit_trend",
            "profit_year_ago",
            "profit_year_change",
        ),
    ),
    "trend_signals": Coverage(
        ("dataset_id", "entity_type", "entity_id"),
        (
            "entity_name",
            "category",
            "signal",
            "method",
            "recent_quantity",
            "previous_quantity",
            "quantity_change",
            "recent_revenue",
            "previous_revenue",
            "revenue_change",
            "recent_profit",
            "previous_profit",
            "recent_rate",
            "previous_rate",
            "rate_change",
            "recent_days",
            "previous_days",
            "last_out_of_stock_date",
            "monthly_deviation",
            "threshold_rate",
            "p_value",
            "q_value",
            "slope_per_month",
            "months_observed",
            "window_start",
            "window_end",
            "confidence",
        ),
    ),
    "revenue_change": Coverage(
        ("dataset_id", "month", "product_id"),
        (
            "product_name",
            "category",
            "is_complete",
            "revenue",
            "revenue_previous",
            "revenue_difference",
            "price_effect",
            "quantity_effect",
            "new_effect",
            "lost_effect",
            "other_effect",
        ),
    ),
}
NEEDS_NO_SALES = {"revenue_contribution", "revenue_concentration"}
_LOOSE = {
    "monthly_deviation": 1e-5,
    "threshold_rate": 1e-5,
    "unit_variation": 3e-6,
    "q_value": 3e-6,
    # rounded to the paisa, one of them as the rest of the other; a data test adds them up exactly
    "price_effect": 0.0051,
    "quantity_effect": 0.0051,
}


def check(marts_dir: Path, database: Path) -> list[str]:
    """Differences between a finished build and this calculation, one sentence each; none is good.

    `marts_dir` holds the Parquet files, `database` is the build's DuckDB file (opened read-only).
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        shops = load_shops(connection, marts_dir, marts_b.off_sale(database))
    found = []
    for mart, calculate in CALCULATIONS.items():
        expected: Table = {}
        for shop in shops:
            if not shop.lines and (mart not in NEEDS_NO_SALES or not shop.products):
                continue
            expected |= {(shop.dataset_id, *k): row for k, row in calculate(shop).items()}
        path = marts_dir / f"{mart}.parquet"
        found += comparing.differences(path, COVERED[mart], expected, _is_equal)
    return found


def _is_equal(name: str, actual: Any, expected: Any) -> bool:
    if actual is None or expected is None:
        return actual is expected
    if isinstance(expected, float | Fraction):
        tolerance = _LOOSE.get(name, RATIO_TOLERANCE)
        return math.isclose(float(actual), float(expected), rel_tol=1e-9, abs_tol=tolerance)
    return bool(actual == expected)


def load_shops(
    connection: duckdb.DuckDBPyConnection,
    marts_dir: Path,
    off_sale: Mapping[str, tuple[Calendar, Mapping[str, Demand]]],
) -> list[Shop]:
    """Every dataset of a build, from its intermediate tables and the seasons found."""
    lines: dict[str, list[Line]] = defaultdict(list)
    products: dict[str, dict[str, Product]] = defaultdict(dict)
    seasonal: dict[str, set[tuple[str, str]]] = defaultdict(set)
    as_of: dict[str, date | None] = dict(
        _select(connection, "int_datasets", "dataset_id, as_of_date")
    )
    for row in sales_lines.read(connection):
        day = as_of[row["dataset_id"]]
        if day is None or row["sale_date"] <= day:
            is_product = row["line_kind"] == "product"
            lines[row["dataset_id"]].append(
                Line(
                    row["sale_date"],
                    row["product_id"],
                    is_product,
                    row["quantity"],
                    row["net_revenue"],
                    row["line_cost"],
                    row["cost_basis"],
                )
            )
    names = "dataset_id, product_id, product_name, category"
    for dataset_id, product_id, name, category in _select(connection, "int_products", names):
        products[dataset_id][product_id] = Product(name, category)
    seasons = duckdb.read_parquet(str(marts_dir / "seasonality.parquet")).project(
        "dataset_id, entity_type, entity_id, category, season_source, verdict"
    )
    found = seasons.fetchall()
    verdicts = {(row[0], row[2]): row[5] for row in found if row[1] == "category"}
    for dataset_id, kind, entity_id, category, source, _ in found:
        verdict = verdicts.get((dataset_id, category))
        if source == "category" and verdict in {"confirmed", "indicative"}:
            seasonal[dataset_id].add((kind, entity_id))
    return [
        Shop(
            dataset_id,
            day,
            tuple(lines[dataset_id]),
            products[dataset_id],
            frozenset(seasonal[dataset_id]),
            *off_sale.get(dataset_id, (None, {})),
        )
        for dataset_id, day in sorted(as_of.items())
    ]


def _select(connection: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[Key]:
    found = connection.execute(
        "select table_schema from information_schema.tables where table_name = ?", [table]
    ).fetchone()
    assert found, f"{table} is not in the database"
    return connection.execute(f"select {columns} from {found[0]}.{table}").fetchall()
