"""Seasonality, festivals, stock velocity and dead stock, worked out a second time without SQL.

Everything follows from the written definitions, by other means than the models: least squares from
numpy, p-values and the false discovery rate from scipy, stock counted back day by day.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import polars as pl
from scipy import stats  # type: ignore[import-untyped]

from tests.independent import comparing, days, sales_lines
from tests.independent.comparing import Coverage, Row
from tests.independent.knowledge import Said, said_by_shop

Key = tuple[str, ...]
Daily = Mapping[date, Decimal]

_CENT = Decimal("0.01")
_SEASON_Q = 0.10
_SERVICE_Z = {"A": 1.65, "B": 1.28}
_SERIES_ZERO = 1e-9


@dataclass(frozen=True)
class Shop:
    """One dataset as the models see it before the marts: rows of the intermediate tables."""

    dataset: Row
    months: list[Row]
    products: dict[str, Row]
    stock: dict[str, Row]
    first_list: date | None
    sales: list[Row]
    purchases: list[Row]
    items: dict[str, Row]
    events: dict[str, list[date]]
    said: Said

    @property
    def as_of(self) -> date:
        as_of: date = self.dataset["as_of_date"]
        return as_of


@dataclass(frozen=True)
class Season:
    """What the months of one entity say; the statistics are null when they cannot be judged."""

    years: int
    months: int
    gate: str | None
    f: float | None = None
    p: float | None = None
    score: float | None = None
    indices: Mapping[int, float] | None = None
    years_at_peak: int = 0
    are_peaks_adjacent: bool = False

    @property
    def amplitude(self) -> float:
        assert self.indices is not None
        return max(self.indices.values()) - min(self.indices.values())

    def peak_months(self) -> list[int]:
        return sorted(m for m, index in (self.indices or {}).items() if round(index, 6) >= 1.15)

    def low_months(self) -> list[int]:
        return sorted(m for m, index in (self.indices or {}).items() if round(index, 6) <= 0.85)


COVERED = {
    "seasonality": Coverage(
        ("dataset_id", "entity_type", "entity_id"),
        (
            "entity_name",
            "category",
            "seasonality_score",
            "f_statistic",
            "p_value",
            "q_value",
            "amplitude",
            "peak_months",
            "low_months",
            *(f"month_{month}_index" for month in range(1, 13)),
            "years_observed",
            "months_observed",
            "verdict",
            "season_source",
            "next_peak_month",
            "confidence",
        ),
    ),
    "event_lift": Coverage(
        ("dataset_id", "entity_type", "entity_id", "event"),
        ("category", "occurrences", "lift", "next_event_date"),
    ),
    "inventory_velocity": Coverage(
        ("dataset_id", "product_id"),
        (
            "product_name",
            "category",
            "current_stock",
            "unit_cost",
            "stock_value",
            "stock_date",
            "units_sold_90d",
            "units_sold_180d",
            "units_sold_365d",
            "units_received_180d",
            "days_available_90d",
            "daily_sales",
            "daily_deviation",
            "out_of_stock_days_365d",
            "bulk_quantity",
            "demand_basis",
            "expected_units_30d",
            "expected_units_90d",
            "expected_units_180d",
            "days_of_cover",
            "turnover_rate",
            "average_days_in_stock",
            "turnover_basis",
            "velocity_class",
            "sell_through",
            "gmroi",
            "reorder_point",
            "order_up_to",
            "suggested_order_quantity",
            "lead_time_days",
            "lead_time_basis",
            "is_lead_time_known",
            "stockout_risk",
            "inventory_status",
        ),
    ),
    "stock_age": Coverage(
        ("dataset_id", "product_id", "age_bucket"),
        ("product_name", "category", "quantity", "estimated_value"),
    ),
    "dead_stock": Coverage(
        ("dataset_id", "product_id"),
        (
            "product_name",
            "category",
            "current_stock",
            "unit_cost",
            "estimated_value",
            "last_sale_date",
            "last_receipt_date",
            "first_seen_date",
            "days_since_last_sale",
            "idle_days",
            "idle_bucket",
            "stock_state",
            "days_of_cover",
            "expected_units_180d",
            "excess_quantity",
            "excess_value",
            "is_dead_stock",
        ),
    ),
}


def check(marts_dir: Path, database: Path) -> list[str]:
    """Every difference between the four marts' Parquet files and a calculation from scratch.

    `marts_dir` holds the marts' files, `database` the intermediate tables; both are only read.
    """
    shops = _load(database)
    classes = {
        (row["dataset_id"], row["product_id"]): row["abc_class"]
        for row in pl.read_parquet(marts_dir / "revenue_contribution.parquet").to_dicts()
        if row["revenue_window"] == "last_12_months"
    }
    expected: dict[str, list[Row]] = {mart: [] for mart in COVERED}
    for shop in shops.values():
        seasons = _seasonality(shop)
        stock_rows = _velocity(shop, classes)
        expected["seasonality"] += seasons
        expected["event_lift"] += _event_lift(shop)
        expected["inventory_velocity"] += stock_rows
        expected["dead_stock"] += _dead_stock(shop, stock_rows)
        expected["stock_age"] += _stock_age(shop, stock_rows)
        for row in stock_rows:
            del row["is_off_season"]
    found = []
    for mart, rows in expected.items():
        key = COVERED[mart].key
        table = {
            tuple(row[name] for name in key): {n: v for n, v in row.items() if n not in key}
            for row in rows
        }
        path = marts_dir / f"{mart}.parquet"
        found += comparing.differences(path, COVERED[mart], table, _is_same)
    return found + _value_differences(marts_dir, expected["dead_stock"])


def _value_differences(marts_dir: Path, expected: list[Row]) -> list[str]:
    """Shops whose stock does not come to the same value to the paisa."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in pl.read_parquet(marts_dir / "dead_stock.parquet").to_dicts():
        sums[row["dataset_id"]] += row["estimated_value"] or 0
    for row in expected:
        sums[row["dataset_id"]] -= row["estimated_value"] or 0
    return [f"dead_stock {shop}: value is off by {value}" for shop, value in sums.items() if value]


def _load(database: Path) -> dict[str, Shop]:
    with duckdb.connect(str(database), read_only=True) as connection:

        def rows(table: str) -> list[Row]:
            found: list[Row] = connection.sql(f"select * from {table}").pl().to_dicts()
            return found

        tables = {
            name: rows(f"intermediate.int_{name}")
            for name in (
                "datasets",
                "months",
                "products",
                "stock",
                "stock_lists",
                "purchases",
                "item_costs",
            )
        }
        tables["sales"] = sales_lines.read(connection)
        events = days.events_of(rows("seeds.calendar_events"))
        said = said_by_shop(rows("raw.raw_shop_knowledge"))
    shops = {}
    for dataset in tables["datasets"]:
        own_said = said.get(dataset["dataset_id"], Said())
        own = {
            name: [row for row in found if row["dataset_id"] == dataset["dataset_id"]]
            for name, found in tables.items()
        }
        shops[dataset["dataset_id"]] = Shop(
            dataset=dataset,
            months=sorted(own["months"], key=lambda row: row["month"]),
            products={row["product_id"]: row for row in own["products"]},
            stock={row["product_id"]: row for row in own["stock"]},
            first_list=min(
                (row["list_date"] for row in own["stock_lists"] if row["list_date"]), default=None
            ),
            sales=[row for row in own["sales"] if row["sale_date"] <= dataset["as_of_date"]],
            purchases=own["purchases"],
            items={row["product_id"]: row for row in own["item_costs"]},
            events=own_said.events(events),
            said=own_said,
        )
    return shops


# Seasonality


def _seasonality(shop: Shop) -> list[Row]:
    rates: dict[Key, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    units: dict[Key, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    measures: dict[Key, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    first_month: dict[Key, date] = {}
    category_of: dict[Key, str | None] = {}
    dataset_id = shop.dataset["dataset_id"]
    for sale in shop.sales:
        month = sale["sale_date"].replace(day=1)
        keys: list[tuple[Key, Decimal]] = [(("store", dataset_id), sale["net_revenue"])]
        category_of[("store", dataset_id)] = None
        if sale["line_kind"] == "product":
            category = shop.products[sale["product_id"]]["category"]
            keys.append((("product", sale["product_id"]), sale["quantity"]))
            keys.append((("category", category), sale["quantity"]))
            category_of[("product", sale["product_id"])] = category
            category_of[("category", category)] = category
        for key, measure in keys:
            measures[key][month] += measure
            units[key][month] += sale["quantity"]
            first_month[key] = min(first_month.get(key, month), month)
    complete = [row for row in shop.months if row["is_complete"]]
    seasons: dict[Key, Season] = {}
    for key, start in first_month.items():
        own = [row for row in complete if row["month"] >= start]
        for row in own:
            total = max(float(measures[key][row["month"]]), 0.0)
            rates[key][row["month"]] = total / row["trading_days"] if row["trading_days"] else 0.0
        seasons[key] = season_of(
            [row["month"] for row in own], rates[key], units[key], measures[key]
        )
    return _season_rows(shop, seasons, category_of)


def _month_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def season_of(
    months: list[date],
    rates: Mapping[date, float],
    units: Mapping[date, Decimal],
    measures: Mapping[date, Decimal],
) -> Season:
    """What the complete months of one entity say, by rates a trading day, units and measure."""
    years = 0
    for block in range(5):
        # counted back from the newest: a year with a month missing ends what can be judged
        own = months[len(months) - 12 * (block + 1) : len(months) - 12 * block]
        if len(months) < 12 * (block + 1) or (own[-1].year - own[0].year) * 12 != (
            own[0].month - own[-1].month + 11
        ):
            break
        if block and months[-12 * block].replace(day=1) != _month_after(own[-1]):
            break
        years += 1
    if years < 2:
        return Season(years, len(months), "insufficient_history")
    window = months[-12 * years :]
    active = sum(1 for month in window if measures.get(month, 0) > 0)
    if 2 * active < len(window) or sum(units.get(m, Decimal(0)) for m in window) < 24:
        return Season(years, len(window), "too_sparse")

    y = np.array([rates[month] for month in window])
    logs = np.log1p(y)
    n = len(window)
    t = np.arange(1.0, n + 1)
    calendar = np.array([month.month for month in window])
    dummies = np.array([calendar == m for m in range(1, 13)], dtype=float).T
    rss_trend = _residual(np.column_stack([np.ones(n), t]), logs)
    rss_season = _residual(np.column_stack([dummies, t]), logs)
    if rss_trend < _SERIES_ZERO:
        f, p = 0.0, 1.0
    elif rss_season < _SERIES_ZERO:
        f, p = None, 0.0
    else:
        f = ((rss_trend - rss_season) / 11) / (rss_season / (n - 13))
        p = float(stats.f.sf(f, 11, n - 13))

    log_slope = np.linalg.lstsq(np.column_stack([dummies, t]), logs, rcond=None)[0][-1]
    detrended = float(np.var(logs - log_slope * t)) * n
    score = 0.0 if detrended < _SERIES_ZERO else max(0.0, 1 - rss_season / detrended)
    slope = np.linalg.lstsq(np.column_stack([dummies, t]), y, rcond=None)[0][-1]
    flat = y - slope * (t - t.mean())
    means = {m: max(float(flat[calendar == m].mean()), 0.0) for m in range(1, 13)}
    indices = {m: 12 * mean / sum(means.values()) for m, mean in means.items()}

    peak = min(indices, key=lambda m: (-round(indices[m], 6), m))
    at_peak, best = 0, []
    for year in range(years):
        block = slice(12 * year, 12 * year + 12)
        of_peak = float(y[block][calendar[block] == peak][0])
        at_peak += of_peak > 0 and of_peak >= 1.05 * y[block].mean() * (1 - 1e-12)
        best.append(int(calendar[block][int(np.argmax(y[block]))]) if y[block].max() > 0 else None)
    known = [month for month in best if month is not None]
    adjacent = len(known) == years and max(known) - min(known) in (0, 1, 11)
    return Season(years, n, None, f, p, score, indices, int(at_peak), adjacent)


def _residual(design: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> float:
    fitted = design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return float(np.sum((y - fitted) ** 2))


def _season_rows(
    shop: Shop, seasons: Mapping[Key, Season], category_of: Mapping[Key, str | None]
) -> list[Row]:
    q_values: dict[Key, float] = {}
    for entity_type in ("store", "category", "product"):
        tested = [k for k, s in seasons.items() if k[0] == entity_type and s.p is not None]
        if tested:
            adjusted = stats.false_discovery_control([seasons[key].p for key in tested])
            q_values |= dict(zip(tested, map(float, adjusted), strict=True))
    verdicts = {key: verdict_of(season, q_values.get(key)) for key, season in seasons.items()}
    rows = []
    for key, season in seasons.items():
        entity_type, entity_id = key
        category = category_of[key]
        source, source_key = "own", key
        if season.gate is not None:
            source_key = ("category", category or "")
            borrowed = entity_type == "product" and seasons[source_key].gate is None
            source = "category" if borrowed else ""
        shown = seasons[source_key] if source else None
        has_peak = shown is not None and verdicts[source_key] in ("confirmed", "indicative")
        rows.append(
            {
                "dataset_id": shop.dataset["dataset_id"],
                "entity_type": entity_type,
                "entity_id": entity_id,
                "entity_name": (
                    shop.products[entity_id]["product_name"]
                    if entity_type == "product"
                    else entity_id
                ),
                "category": category,
                "seasonality_score": season.score,
                "f_statistic": season.f,
                "p_value": season.p,
                "q_value": q_values.get(key),
                "amplitude": shown.amplitude if shown else None,
                "peak_months": (shown.peak_months() or None) if shown else None,
                "low_months": (shown.low_months() or None) if shown else None,
                **{
                    f"month_{m}_index": shown.indices[m] if shown and shown.indices else None
                    for m in range(1, 13)
                },
                "years_observed": season.years,
                "months_observed": season.months,
                "verdict": verdicts[key],
                "season_source": source or None,
                "next_peak_month": (
                    _next_peak(shop.as_of, shown.peak_months()) if shown and has_peak else None
                ),
                "confidence": ("low" if season.gate else "high" if season.years >= 3 else "medium"),
            }
        )
    return rows


def verdict_of(season: Season, q_value: float | None) -> str:
    """Whether it is a season, where the p-value corrected over its kind is known."""
    if season.gate is not None:
        return season.gate
    assert season.p is not None
    assert q_value is not None
    if (
        season.years >= 3
        and q_value <= _SEASON_Q
        and season.amplitude >= 0.20
        and season.years_at_peak / season.years >= 2 / 3
    ):
        return "confirmed"
    if (
        season.years == 2
        and season.p <= 0.05
        and season.amplitude >= 0.30
        and season.are_peaks_adjacent
    ):
        return "indicative"
    return "none"


def _next_peak(as_of: date, peaks: Iterable[int]) -> date | None:
    months = set(peaks)
    month = as_of.replace(day=1)
    for _ in range(12):
        month = (month + timedelta(days=32)).replace(day=1)
        if month.month in months:
            return month
    return None


# Festivals


def _event_lift(shop: Shop) -> list[Row]:
    daily: dict[tuple[str, str, str | None], dict[date, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for sale in shop.sales:
        if sale["line_kind"] == "product":
            category = shop.products[sale["product_id"]]["category"]
            for key in (
                ("store", shop.dataset["dataset_id"], None),
                ("category", category, category),
            ):
                daily[key][sale["sale_date"]] += sale["quantity"]
    rows = []
    for (entity_type, entity_id, category), units in daily.items():
        for event, dates in sorted(shop.events.items()):
            lifts = [_lift(units, day, shop.as_of) for day in dates]
            known = [lift for lift in lifts if lift is not None]
            if len(known) >= 2:
                rows.append(
                    {
                        "dataset_id": shop.dataset["dataset_id"],
                        "entity_type": entity_type,
                        "entity_id": entity_id,
                        "category": category,
                        "event": event,
                        "occurrences": len(known),
                        "lift": median(known),
                        "next_event_date": min((d for d in dates if d > shop.as_of), default=None),
                    }
                )
    return rows


def _lift(units: Daily, event: date, as_of: date) -> float | None:
    if event - timedelta(days=77) < min(units) or event - timedelta(days=1) > as_of:
        return None

    def total(first: int, last: int) -> float:
        days = (event - timedelta(days=back) for back in range(first, last + 1))
        return max(float(sum(units.get(day, Decimal(0)) for day in days)), 0.0)

    usual = median(total(22 + 7 * week, 28 + 7 * week) / 7 for week in range(8))
    return total(1, 21) / 21 / usual if usual else None


# Stock


def _velocity(shop: Shop, classes: Mapping[tuple[str, str], str]) -> list[Row]:
    dataset_id = shop.dataset["dataset_id"]
    sales: dict[str, list[Row]] = defaultdict(list)
    purchases: dict[str, list[Row]] = defaultdict(list)
    for sale in shop.sales:
        if sale["line_kind"] == "product":
            sales[sale["product_id"]].append(sale)
    for purchase in shop.purchases:
        purchases[purchase["product_id"]].append(purchase)
    demands, steps = demand_of(shop, sales, purchases)
    return [
        _velocity_row(
            shop,
            product,
            sales[product_id],
            purchases[product_id],
            demands.get(product_id),
            steps.get(product_id),
            classes.get((dataset_id, product_id), "N"),
        )
        for product_id, product in shop.products.items()
        if product_id in shop.stock or sales[product_id]
    ]


def _velocity_row(
    shop: Shop,
    product: Row,
    sales: list[Row],
    purchases: list[Row],
    demand: days.Demand | None,
    steps: dict[int, float] | None,
    abc_class: str,
) -> Row:
    as_of = shop.as_of
    record = shop.stock.get(product["product_id"])
    stock = None if record is None else float(record["current_stock"])
    cost = _unit_cost(shop, product, sales, purchases) if record is not None else None
    first_day = _first_day(shop, product)
    known_days = (as_of - first_day).days + 1
    year = [sale for sale in sales if (as_of - sale["sale_date"]).days < 365]
    quarter = [sale for sale in year if (as_of - sale["sale_date"]).days < 90]
    half_year = [sale for sale in year if (as_of - sale["sale_date"]).days < 180]
    sold_year = float(sum((sale["quantity"] for sale in year), Decimal(0)))
    sold_quarter = float(sum((sale["quantity"] for sale in quarter), Decimal(0)))

    basis = "none" if stock is None else "backcast" if purchases else "snapshot"
    average = stock
    available = min(known_days, 90)
    if basis == "backcast":
        balances, _ = _count_back(shop, product, sales, purchases, first_day)
        average = sum(max(balance, 0.0) for balance in balances) / known_days
    if stock is None or stock < 0:
        average = None

    daily = 0.0 if available >= 21 else None
    spread: list[Decimal] = []
    usual = Decimal(0)
    if demand is not None:
        usual, spread, daily = demand.recent(_calendar(shop))
        available = len(spread)
    costed = cost is not None and all(sale["line_cost"] is not None for sale in year)
    turnover = profit_return = None
    if average:
        turnover = sold_year * 365 / known_days / average
        if costed and cost is not None:
            goods = float(sum((sale["line_cost"] for sale in year), Decimal(0)))
            revenue = float(sum((sale["net_revenue"] for sale in year), Decimal(0)))
            turnover = goods * 365 / known_days / (average * cost)
            profit_return = (revenue - goods) * 365 / known_days / (average * cost)

    reorder = order = cover = lead = None
    delivery, lead_basis = shop.said.delivery(product, purchases)
    walk = sorted((steps or {}).items())
    needed = dict(walk)
    sigma2 = 0.0
    if demand is not None and daily is not None:
        mean = float(usual) ** 2 / available
        squares = sum(float(value) ** 2 for value in spread) - mean
        sigma2 = max(squares / (available - 1), 0.0)
    is_old = record is not None and record["stock_date"] is not None
    is_stale = (
        bool(
            is_old
            and basis != "backcast"
            and (shop.dataset["last_sale_date"] - record["stock_date"]).days > 31
        )
        if record is not None and shop.dataset["last_sale_date"]
        else False
    )
    usable = stock is not None and stock >= 0 and not is_stale
    if daily is not None:
        z = _SERVICE_Z.get(abc_class, 0.84)
        lead = _needed(needed, delivery)
        reorder = lead + z * math.sqrt(delivery * sigma2)
    target = None
    if reorder is not None and lead is not None:
        more = _needed(needed, delivery + shop.said.order_cycle) - lead
        target = _rounded(_rounded(reorder, 3) + more, 3)
    if usable and stock is not None and reorder is not None and target is not None:
        order = 0 if stock > _rounded(reorder, 3) else math.ceil(round(target - stock, 9))
    if stock is not None and stock >= 0 and not is_stale:
        cover = _cover(needed, stock)
    sold = max(sold_quarter, 0.0)
    return {
        "dataset_id": shop.dataset["dataset_id"],
        "product_id": product["product_id"],
        "product_name": product["product_name"],
        "category": product["category"],
        "current_stock": stock,
        "unit_cost": cost,
        "stock_value": None if record is None else _value(record["current_stock"], cost),
        "stock_date": None if record is None else record["stock_date"],
        "units_sold_90d": sold_quarter,
        "units_sold_180d": float(sum((sale["quantity"] for sale in half_year), Decimal(0))),
        "units_sold_365d": sold_year,
        "units_received_180d": _received(purchases, as_of),
        "days_available_90d": available,
        "daily_sales": daily,
        "daily_deviation": None if daily is None else math.sqrt(sigma2),
        "out_of_stock_days_365d": _days_out(shop, demand),
        "bulk_quantity": _bulk_quantity(shop, demand),
        "demand_basis": _basis(demand, shop.as_of, needed),
        **{
            f"expected_units_{limit}d": _rounded(_total(needed, limit), 3) if needed else None
            for limit in (30, 90, 180)
        },
        "days_of_cover": cover,
        "turnover_rate": turnover,
        "average_days_in_stock": 365 / turnover if turnover and turnover > 0 else None,
        "turnover_basis": basis,
        "velocity_class": _velocity_class(turnover),
        "sell_through": (
            sold / (sold + stock) if usable and stock is not None and sold + stock else None
        ),
        "gmroi": profit_return,
        "reorder_point": reorder,
        "order_up_to": target,
        "suggested_order_quantity": order,
        "lead_time_days": delivery,
        "lead_time_basis": lead_basis,
        "is_lead_time_known": lead_basis != "assumed",
        "is_off_season": _is_off_season(demand, shop.as_of, needed),
        "stockout_risk": None if is_stale else _risk(stock, sold_year, daily, lead, reorder),
        "inventory_status": _status(stock, is_stale, bool(sales), daily, sold_quarter),
    }


def demand_of(
    shop: Shop, sales: Mapping[str, list[Row]], purchases: Mapping[str, list[Row]]
) -> tuple[dict[str, days.Demand], dict[str, dict[int, float]]]:
    """What is known of each product that was ever sold, and what its coming days should sell."""
    demands: dict[str, days.Demand] = {}
    if shop.dataset["first_sale_date"] is None:
        return {}, {}
    calendar = _calendar(shop)
    for product_id, product in shop.products.items():
        own = sales.get(product_id) or []
        positive = [sale for sale in own if sale["quantity"] > 0]
        if not positive:
            continue
        bulk = days.bulk_days(_bills(positive), shop.as_of)
        usual: dict[date, Decimal] = defaultdict(Decimal)
        for sale in own:
            usual[sale["sale_date"]] += sale["quantity"]
        for day, row in bulk.items():
            usual[day] -= row["quantity"]
        sold = {sale["sale_date"] for sale in positive}
        quiet = days.silences(calendar, sold)
        record = shop.stock.get(product_id)
        out: set[date] = set()
        trusted = False
        if record is not None and purchases.get(product_id):
            empty, trusted = days.ledger(own, purchases[product_id], record, shop.as_of)
            if trusted:
                out = {day for day in empty if day >= min(sold) and day not in sold}
        if not trusted:
            for first, last, is_current in quiet:
                if not is_current or (record is not None and record["current_stock"] <= 0):
                    out |= set(days.span(first, last))
        demands[product_id] = days.Demand(
            usual=dict(usual),
            off=out & calendar.open,
            bulk={day: row["quantity"] for day, row in bulk.items()},
            first_sale=product["first_sale_date"],
            last_sale=product["last_sale_date"],
            category=product["category"],
            is_silent=any(is_current for _, _, is_current in quiet),
            last_out=days.last_of_runs(out, calendar.open),
            bulk_revenue={day: row["revenue"] for day, row in bulk.items()},
        )
    return demands, days.expected(demands, days.Outlook(calendar, shop.events))


def off_sale(database: Path) -> dict[str, tuple[days.Calendar, dict[str, days.Demand]]]:
    """By dataset its calendar, and what is known of the days of each product ever sold."""
    found = {}
    for name, shop in _load(database).items():
        sales: dict[str, list[Row]] = defaultdict(list)
        purchases: dict[str, list[Row]] = defaultdict(list)
        for sale in shop.sales:
            if sale["line_kind"] == "product":
                sales[sale["product_id"]].append(sale)
        for purchase in shop.purchases:
            purchases[purchase["product_id"]].append(purchase)
        if shop.dataset["first_sale_date"] is not None:
            found[name] = (_calendar(shop), demand_of(shop, sales, purchases)[0])
    return found


def _calendar(shop: Shop) -> days.Calendar:
    return days.Calendar(
        shop.dataset["first_sale_date"],
        shop.as_of,
        {sale["sale_date"] for sale in shop.sales},
        told_weekdays=shop.said.closed_weekdays,
        told_days=shop.said.closed_days,
    )


def _bills(sales: Iterable[Row]) -> list[tuple[date, Decimal, Decimal]]:
    bills: dict[tuple[Any, ...], tuple[date, Decimal, Decimal]] = {}
    for place, sale in enumerate(sales):
        number = sale["transaction_id"]
        key = (
            sale["source_file_id"],
            sale["product_code"],
            sale["product_name_key"],
            sale["sale_date"],
            place if number is None else number,
        )
        _, quantity, revenue = bills.get(key, (None, Decimal(0), Decimal(0)))
        bills[key] = (
            sale["sale_date"],
            quantity + sale["quantity"],
            revenue + sale["net_revenue"],
        )
    return list(bills.values())


def _needed(steps: Mapping[int, float], ahead: int) -> float:
    """What is expected within so many days; within ten days demand is even."""
    return sum(
        units * min(max((ahead - 10 * (step - 1)) / 10, 0.0), 1.0) for step, units in steps.items()
    )


def _total(steps: Mapping[int, float], ahead: int) -> float:
    """What the whole tens of so many days sell, summed at six places so that halves stay halves."""
    units = (days.six(units) for step, units in steps.items() if 10 * step <= ahead)
    return float(sum(units, Decimal(0)))


def _cover(steps: Mapping[int, float], stock: float) -> float | None:
    whole = _total(steps, 180)
    if whole <= 0:
        return None
    left = stock
    for step in range(1, 19):
        units = steps.get(step, 0.0)
        if units > 0 and left <= units + 1e-9:
            return 10 * (step - 1) + 10 * max(left, 0.0) / units
        left -= units
    return 180 + 180 * (stock - whole) / whole


def _days_out(shop: Shop, demand: days.Demand | None) -> int:
    if demand is None:
        return 0
    return sum((shop.as_of - day).days < 365 for day in demand.off)


def _bulk_quantity(shop: Shop, demand: days.Demand | None) -> float:
    if demand is None:
        return 0.0
    return float(
        sum((u for day, u in demand.bulk.items() if (shop.as_of - day).days < 90), Decimal(0))
    )


def _is_off_season(demand: days.Demand | None, as_of: date, steps: Mapping[int, float]) -> bool:
    """As quiet a year before as in the last 90 days, and sold in the 180 days that followed."""
    if demand is None or demand.is_stopped(as_of) or not demand.has_year(as_of):
        return False
    coming = _total(steps, 180)
    level = demand.level
    return coming >= 5 * level and float(demand.base) * level <= 0.1 * coming


def _stock_age(shop: Shop, velocity: list[Row]) -> list[Row]:
    """The counted stock by the age of what the books have left, adding up to its value."""
    taken: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for sale in shop.sales:
        taken[sale["product_id"]][sale["sale_date"]] += sale["quantity"]
    rows = []
    for measured in velocity:
        stock = measured["current_stock"]
        if stock is None or stock <= 0:
            continue
        key = measured["product_id"]
        bought = [row for row in shop.purchases if row["product_id"] == key]
        left = layers_left(shop, key, taken[key], bought)
        parts: dict[str, list[Fraction]] = {}
        for day, units, cost in sorted(left, key=lambda layer: layer[0] or date.min, reverse=True):
            since = day or shop.dataset["first_sale_date"]
            bucket = _bucket((shop.as_of - since).days)
            part = parts.setdefault(bucket, [Fraction(0), Fraction(0)])
            part[0] += units
            part[1] += units * cost
        if not parts:
            parts = {"unknown": [Fraction(1), Fraction(1)]}
        whole = [sum(part[n] for part in parts.values()) for n in (0, 1)]
        so_far = [Fraction(0), Fraction(0)]
        told = [0.0, Decimal(0)]
        for bucket, part in parts.items():
            so_far = [so_far[0] + part[0], so_far[1] + part[1]]
            units_now = _rounded(float(so_far[0] / whole[0]) * stock, 3)
            value = measured["stock_value"]
            value_now = (
                None
                if value is None
                else Decimal(repr(float(so_far[1] / whole[1]) * float(value))).quantize(
                    _CENT, rounding=ROUND_HALF_UP
                )
            )
            rows.append(
                {
                    "dataset_id": shop.dataset["dataset_id"],
                    "product_id": key,
                    "product_name": measured["product_name"],
                    "category": measured["category"],
                    "age_bucket": bucket,
                    "quantity": units_now - float(told[0]),
                    "estimated_value": None if value_now is None else value_now - told[1],
                }
            )
            told = [units_now, Decimal(0) if value_now is None else value_now]
    return rows


def _basis(demand: days.Demand | None, as_of: date, steps: Mapping[int, float]) -> str | None:
    if demand is None:
        return None
    if demand.is_stopped(as_of):
        return "stopped"
    if demand.has_year(as_of):
        return "year"
    if not steps:
        return None
    return demand.basis


def _first_day(shop: Shop, product: Row) -> date:
    known: list[date | None] = [product["first_seen_date"], shop.dataset["first_sale_date"]]
    start = max([*(day for day in known if day is not None), shop.as_of - timedelta(days=364)])
    return min(start, shop.as_of)


def _unit_cost(shop: Shop, product: Row, sales: list[Row], purchases: list[Row]) -> float | None:
    """Of the layers left on the as-of day, else of the lists, else of the newest purchase."""
    key = product["product_id"]
    taken: dict[date, Decimal] = defaultdict(Decimal)
    for sale in sales:
        taken[sale["sale_date"]] += sale["quantity"]
    known = [row for row in purchases if row["purchase_date"] <= shop.as_of]
    left = layers_left(shop, key, taken, purchases)
    units = sum((layer[1] for layer in left), Fraction(0))
    own = product["item_cost"]
    if units:
        worth = sum((layer[1] * layer[2] for layer in left), Fraction(0))
        cost = _rounded(float(worth / units), 4)
        if cost:
            return cost
    if own:
        return float(own)
    limit = shop.items[key]["highest_cost"]
    lots = [
        row
        for row in known
        if row["document_type"] == "purchase"
        and row["unit_cost"]
        and row["quantity"] > 0
        and (limit is None or row["unit_cost"] <= limit)
    ]
    if not lots:
        return None
    newest = max(row["purchase_date"] for row in lots)
    last = [row for row in lots if row["purchase_date"] == newest]
    worth = sum(Fraction(row["quantity"] * row["unit_cost"]) for row in last)
    return _rounded(float(worth / sum(Fraction(row["quantity"]) for row in last)), 4)


def layers_left(
    shop: Shop, key: str, taken: Mapping[date, Decimal], purchases: list[Row]
) -> list[tuple[date | None, Fraction, Fraction]]:
    """What first in, first out has left of the purchases: day, units, cost of one."""
    _, left = sales_lines.first_in_first_out(
        taken, purchases, shop.items[key], shop.stock.get(key), shop.as_of
    )
    return left


def _received(purchases: list[Row], as_of: date) -> float | None:
    """Units that came in during the last 180 days less those sent back; unknown without any."""
    # what is bought later is not known yet
    if not any(row["purchase_date"] <= as_of for row in purchases):
        return None
    received = Decimal(0)
    for row in purchases:
        if 0 <= (as_of - row["purchase_date"]).days < 180:
            is_return = row["document_type"] == "purchase_return"
            received += -abs(row["quantity"]) if is_return else row["quantity"]
    return float(received)


def _value(stock: Decimal, cost: float | None) -> Decimal | None:
    if cost is None:
        return None
    exact = stock * Decimal(repr(cost)).quantize(Decimal("0.0001"))
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)


def _count_back(
    shop: Shop, product: Row, sales: list[Row], purchases: list[Row], first_day: date
) -> tuple[list[float], list[bool]]:
    """Stock at the end of each day from `first_day` to as-of, and whether something was sold."""
    record = shop.stock[product["product_id"]]
    counted = record["stock_date"] or shop.as_of
    moved: dict[date, Decimal] = defaultdict(Decimal)
    sold: set[date] = set()
    for sale in sales:
        moved[sale["sale_date"]] -= sale["quantity"]
        if sale["quantity"] > 0:
            sold.add(sale["sale_date"])
    for row in purchases:
        sign = -1 if row["document_type"] == "purchase_return" else 1
        moved[row["purchase_date"]] += sign * row["quantity"]
    days = [first_day + timedelta(days=i) for i in range((shop.as_of - first_day).days + 1)]
    balances = []
    for day in days:
        later = sum((q for moved_on, q in moved.items() if day < moved_on <= counted), Decimal(0))
        since = sum((q for moved_on, q in moved.items() if counted < moved_on <= day), Decimal(0))
        balances.append(float(record["current_stock"] - later + since))
    return balances, [day in sold for day in days]


def _velocity_class(turnover: float | None) -> str:
    if turnover is None:
        return "none"
    return "high" if turnover >= 12 else "medium" if turnover >= 4 else "low"


def _risk(
    stock: float | None,
    sold_year: float,
    daily: float | None,
    lead: float | None,
    reorder: float | None,
) -> str | None:
    if stock is None or stock < 0:
        return None
    if stock == 0:
        return "out" if sold_year > 0 else "none"
    if daily is None or reorder is None or lead is None:
        return None
    if stock < lead:
        return "critical"
    return "soon" if stock <= _rounded(reorder, 3) else "none"


def _status(
    stock: float | None, is_stale: bool, is_ever_sold: bool, daily: float | None, sold: float
) -> str:
    if stock is None:
        return "no_stock_record"
    if stock < 0:
        return "negative_stock"
    if is_stale:
        return "stale_stock"
    if stock == 0:
        return "out_of_stock"
    if not is_ever_sold:
        return "no_sales"
    if daily is None:
        return "insufficient_history"
    return "no_sales" if sold <= 0 else "ok"


def _known_since(shop: Shop, product: Row) -> date:
    """A product no sale and no purchase names may be older than the first list that does."""
    seen, first_sale = product["first_seen_date"], shop.dataset["first_sale_date"]
    is_only_listed = not product["last_sale_date"] and not product["last_receipt_date"]
    if seen and is_only_listed and shop.first_list and seen <= shop.first_list:
        seen = first_sale or seen
    since: date = seen or first_sale or shop.as_of
    return min(since, shop.as_of)


def _dead_stock(shop: Shop, velocity: list[Row]) -> list[Row]:
    rows = []
    for measured in velocity:
        stock = measured["current_stock"]
        if stock is None or stock <= 0:
            continue
        product = shop.products[measured["product_id"]]
        seen = _known_since(shop, product)
        sold = product["last_sale_date"]
        receipt = min(product["last_receipt_date"] or shop.as_of, shop.as_of)
        moved = max(sold, receipt if product["last_receipt_date"] else sold) if sold else seen
        idle = (shop.as_of - moved).days
        coming = measured["expected_units_180d"] or 0.0
        if (shop.as_of - seen).days < 60:
            state = "new"
        elif idle < 90:
            state = "active"
        elif not sold:
            state = "never_sold"
        elif measured["is_off_season"]:
            state = "off_season"
        else:
            state = "dead" if coming < 0.25 * stock else "active"
        daily = measured["daily_sales"]
        excess = None if daily is None else _rounded(max(stock - _rounded(coming, 3), 0.0), 3)
        rows.append(
            {
                "dataset_id": shop.dataset["dataset_id"],
                "product_id": measured["product_id"],
                "product_name": product["product_name"],
                "category": product["category"],
                "current_stock": stock,
                "unit_cost": measured["unit_cost"],
                "estimated_value": measured["stock_value"],
                "last_sale_date": sold,
                "last_receipt_date": product["last_receipt_date"],
                "first_seen_date": product["first_seen_date"],
                "days_since_last_sale": (shop.as_of - sold).days if sold else None,
                "idle_days": idle,
                "idle_bucket": _bucket(idle),
                "stock_state": state,
                "days_of_cover": measured["days_of_cover"],
                "expected_units_180d": coming,
                "excess_quantity": excess,
                "excess_value": (
                    None if excess is None else _value(Decimal(repr(excess)), measured["unit_cost"])
                ),
                "is_dead_stock": state in ("dead", "never_sold"),
            }
        )
    return rows


def _bucket(idle: int) -> str:
    edges = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"), (365, "181-365"))
    return next((name for edge, name in edges if idle <= edge), "over-365")


# Comparing


def _rounded(value: float, places: int) -> float:
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


# How far a figure may lie off: half a unit of the mart's last place, or what the mart promises.
_TOLERANCE = {
    "p_value": 1e-6,
    "q_value": 1e-5,
    "days_of_cover": 0.0051,
    "average_days_in_stock": 0.0051,
    "reorder_point": 0.00051,
    "excess_quantity": 0.0011,
    "excess_value": 1.0,
    "seasonality_score": 2e-6,
    "amplitude": 4e-6,
}


def _is_same(column: str, found: object, expected: object) -> bool:
    if isinstance(expected, int | float | Decimal) and isinstance(found, int | float | Decimal):
        wanted, got = float(expected), float(found)
        tolerance = _TOLERANCE.get(column, 1.5e-6 * max(1.0, abs(wanted)))
        return abs(wanted - got) <= tolerance
    return expected == found
