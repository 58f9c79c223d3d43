"""What each branch of a shop sells, has and lacks, worked out a second time line by line."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from scipy import stats  # type: ignore[import-untyped]

from tests.independent import comparing, marts_b, sales_lines
from tests.independent.comparing import Coverage, Row
from tests.independent.knowledge import plain

COVERED = {
    "branch_products": Coverage(
        ("dataset_id", "branch_id", "product_id"),
        (
            "branch_name",
            "product_name",
            "category",
            "units_sold_90d",
            "revenue_90d",
            "units_sold_365d",
            "revenue_365d",
            "rank_by_revenue",
            "last_sale_date",
            "idle_days",
            "current_stock",
            "stock_value",
            "expected_units_30d",
            "expected_units_60d",
            "branch_state",
            "units_lacking",
            "units_to_spare",
            "take_from_branch_id",
            "take_from_branch_name",
            "units_to_take",
        ),
    ),
    "branch_months": Coverage(
        ("dataset_id", "branch_id", "month"),
        (
            "branch_name",
            "is_complete",
            "revenue",
            "quantity",
            "line_count",
            "revenue_share",
            "revenue_previous",
            "revenue_change",
            "revenue_trend",
            "revenue_year_ago",
            "revenue_year_change",
            "gross_profit",
            "profit_margin",
            "cost_coverage",
            "season_index",
        ),
    ),
}

# Three places of units, whose halves may be rounded either way, and six of shares.
_ROUNDED = {
    "expected_units_30d": 1.1e-3,
    "expected_units_60d": 1.1e-3,
    "revenue_share": 1.1e-6,
    "revenue_change": 1.1e-6,
    "revenue_year_change": 1.1e-6,
    "gross_profit": 0.011,
    "profit_margin": 1e-4,
    "cost_coverage": 1.1e-6,
    "season_index": 1.1e-6,
}


def check(marts_dir: Path, database: Path) -> list[str]:
    """Every difference between the marts by branch and this calculation."""
    with duckdb.connect(str(database), read_only=True) as connection:

        def rows(table: str) -> list[Row]:
            found: list[Row] = connection.sql(f"select * from {table}").pl().to_dicts()
            return found

        tables = {
            name: rows(f"intermediate.int_{name}")
            for name in ("datasets", "months", "products", "stock_rows", "stock_lists")
        }
        tables["sales"] = sales_lines.read(connection)
    tables["velocity"] = pl.read_parquet(marts_dir / "inventory_velocity.parquet").to_dicts()
    expected: dict[str, list[Row]] = {mart: [] for mart in COVERED}
    for dataset in tables["datasets"]:
        own = {
            name: [row for row in found if row["dataset_id"] == dataset["dataset_id"]]
            for name, found in tables.items()
        }
        names = branch_names(own["sales"], own["stock_rows"])
        if len(names) > 1:
            expected["branch_products"] += _products(dataset, names, own)
            expected["branch_months"] += _months(names, own)
    found = []
    for mart, computed in expected.items():
        key = COVERED[mart].key
        table = {
            tuple(row[name] for name in key): {n: v for n, v in row.items() if n not in key}
            for row in computed
        }
        found += comparing.differences(marts_dir / f"{mart}.parquet", COVERED[mart], table, _same)
    return found


def branch_names(sales: Iterable[Row], stock: Iterable[Row]) -> dict[str, str]:
    """What each branch is called by most of its lines."""
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for line in sales:
        if line["store"] is not None:
            spelled[plain(line["store"])][line["store"]] += 1
    for row in stock:
        if row["store"]:
            spelled[row["store"]][row["store"]] += 0
    return {
        branch: min(names, key=lambda name: (-names[name], name))
        for branch, names in spelled.items()
    }


def _products(dataset: Row, names: dict[str, str], own: dict[str, list[Row]]) -> list[Row]:
    as_of: date = dataset["as_of_date"]
    sold: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in own["sales"]:
        if line["store"] is not None and line["line_kind"] == "product":
            sold[plain(line["store"]), line["product_id"]].append(line)
    in_use = {
        (row["source_file_id"], row["sheet"], row["store"]): row["list_date"]
        for row in own["stock_lists"]
        if row["newer_file_id"] is None
    }
    stocked: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    list_dates: dict[str, list[date | None]] = defaultdict(list)
    for row in own["stock_rows"]:
        place = (row["source_file_id"], row["sheet"], row["store"])
        if row["store"] and place in in_use:
            stocked[row["store"], row["product_id"]] += row["quantity"]
            list_dates[row["store"]].append(in_use[place])
    velocity = {row["product_id"]: row for row in own["velocity"]}
    products = {row["product_id"]: row for row in own["products"]}
    by_product: dict[str, list[Row]] = defaultdict(list)
    found = []
    for branch, product_id in sorted({*sold, *stocked}):
        if product_id not in products:
            continue
        lines = sold.get((branch, product_id), [])
        dated = [day for day in list_dates.get(branch, []) if day is not None]
        last = dataset["last_sale_date"]
        row = {
            "dataset_id": dataset["dataset_id"],
            "branch_id": branch,
            "branch_name": names[branch],
            "product_id": product_id,
            "product_name": products[product_id]["product_name"],
            "category": products[product_id]["category"],
            **_windows(lines, as_of),
            "current_stock": (
                stocked.get((branch, product_id), Decimal(0)) if branch in list_dates else None
            ),
            "is_stale": bool(dated and last and (last - max(dated)).days > 31),
        }
        by_product[product_id].append(row)
        found.append(row)
    for product_id, rows in by_product.items():
        _share_out(rows, velocity.get(product_id, {}))
    for branch in names:
        ranked = [row for row in found if row["branch_id"] == branch]
        ranked.sort(key=lambda row: (-row["exact_revenue"], row["product_id"]))
        for place, row in enumerate(ranked, start=1):
            row["rank_by_revenue"] = place
    for row in found:
        del row["exact_revenue"], row["is_stale"]
    return found


def _windows(lines: list[Row], as_of: date) -> Row:
    def total(days: int, name: str) -> Decimal:
        own = (line[name] for line in lines if 0 <= (as_of - line["sale_date"]).days < days)
        return sum(own, Decimal(0))

    days = [
        line["sale_date"] for line in lines if line["quantity"] > 0 and line["sale_date"] <= as_of
    ]
    last = max(days, default=None)
    return {
        "units_sold_90d": total(90, "quantity"),
        "revenue_90d": _paisa(total(90, "net_revenue")),
        "units_sold_365d": total(365, "quantity"),
        "revenue_365d": _paisa(total(365, "net_revenue")),
        "exact_revenue": total(365, "net_revenue"),
        "last_sale_date": last,
        "idle_days": None if last is None else (as_of - last).days,
    }


def _share_out(rows: list[Row], velocity: Row) -> None:
    """What each branch of a product lacks and has to spare, and who gives whom how much."""
    whole = float(sum(max(row["units_sold_365d"], Decimal(0)) for row in rows))
    for row in rows:
        share = float(max(row["units_sold_365d"], Decimal(0))) / whole if whole else None
        month, quarter = (velocity.get(f"expected_units_{days}d") for days in (30, 90))
        is_known = share is not None and month is not None and quarter is not None
        row["expected_units_30d"] = round(float(month) * share, 3) if is_known else None
        row["expected_units_60d"] = (
            round((float(month) + float(quarter)) / 2 * share, 3) if is_known else None
        )
        stock = row["current_stock"]
        usable = stock if stock is not None and stock >= 0 and not row["is_stale"] else None
        month, two_months = row["expected_units_30d"], row["expected_units_60d"]
        lacking = spare = 0
        if usable is not None and month is not None:
            if 30 * float(usable) < velocity["lead_time_days"] * month:
                lacking = math.ceil(round(month - float(usable), 6))
            spare = max(math.floor(round(float(usable) - two_months, 6)), 0)
        row["units_lacking"], row["units_to_spare"] = lacking, spare
        row["branch_state"] = (
            "unknown"
            if usable is None
            else "out"
            if usable == 0 and month
            else "short"
            if lacking
            else "plenty"
            if spare
            else "enough"
        )
        cost = velocity.get("unit_cost")
        row["stock_value"] = (
            None if stock is None or cost is None else _paisa(max(stock, Decimal(0)) * cost)
        )
    giver = min(rows, key=lambda row: (-row["units_to_spare"], row["branch_id"]))
    left = giver["units_to_spare"]
    for row in sorted(rows, key=lambda row: (-row["units_lacking"], row["branch_id"])):
        taken = min(row["units_lacking"], left)
        left -= taken
        row["units_to_take"] = taken
        row["take_from_branch_id"] = giver["branch_id"] if taken else None
        row["take_from_branch_name"] = giver["branch_name"] if taken else None


def _months(names: dict[str, str], own: dict[str, list[Row]]) -> list[Row]:
    sums: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for line in own["sales"]:
        branch = "" if line["store"] is None else plain(line["store"])
        sums[branch, line["sale_date"].replace(day=1)].append(line)
    pieces = _pieces(own["sales"])
    indices = _seasons(names, own["months"], sums)
    rows = []
    for month in own["months"]:
        whole = [
            line for (_, day), lines in sums.items() if day == month["month"] for line in lines
        ]
        for branch, name in {**names, "": "No branch named"}.items():
            lines = sums.get((branch, month["month"]), [])
            if not branch and not lines:
                continue
            revenue = _revenue(lines)
            total = _revenue(whole)
            before = _compared(branch, month, "previous", sums)
            known = _compared(branch, month, "year_ago", sums)
            rows.append(
                {
                    "dataset_id": month["dataset_id"],
                    "branch_id": branch,
                    "branch_name": name,
                    "month": month["month"],
                    "is_complete": month["is_complete"],
                    "revenue": _paisa(revenue),
                    "quantity": sum((line["quantity"] for line in lines), Decimal(0)),
                    "line_count": len(lines),
                    "revenue_share": float(revenue / total) if total else None,
                    "revenue_previous": None if before is None else _paisa(before),
                    "revenue_change": _change(revenue, before),
                    "revenue_trend": _trend(revenue, before),
                    "revenue_year_ago": None if known is None else _paisa(known),
                    "revenue_year_change": _change(revenue, known),
                    **_earned(branch, lines, whole, pieces),
                    "season_index": indices.get(branch, {}).get(month["month"].month),
                }
            )
    return rows


def _compared(
    branch: str, month: Row, which: str, sums: dict[tuple[str, date], list[Row]]
) -> Decimal | None:
    """The branch's revenue of the month before or a year before; null where it is no measure."""
    other = month[f"{which}_month"] if month["is_complete"] else None
    lines = sums.get((branch, other), []) if other else []
    return _revenue(lines) if other and (branch or lines) else None


def _change(now: Decimal, before: Decimal | None) -> float | None:
    return float((now - before) / abs(before)) if before else None


def _trend(now: Decimal, before: Decimal | None) -> str | None:
    if before is None or (not before and now <= 0):
        return None
    if not before:
        return "new"
    if before > 0 and not now:
        return "stopped"
    change = now - before
    if abs(change) <= Decimal("0.05") * abs(before):
        return "flat"
    return "up" if change > 0 else "down"


Piece = tuple[str, date, int]


def _piece(line: Row) -> Piece:
    """The product and day of a line, and whether it was sold or came back."""
    sign = (line["quantity"] > 0) - (line["quantity"] < 0)
    return line["product_id"], line["sale_date"], sign


def _pieces(sales: Iterable[Row]) -> dict[Piece, list[Row]]:
    found: dict[Piece, list[Row]] = defaultdict(list)
    for line in sales:
        found[_piece(line)].append(line)
    return found


def _sums(lines: Iterable[Row], pieces: dict[Piece, list[Row]]) -> tuple[Decimal, Decimal, int]:
    """Of lines the revenue with a cost, that cost, and how many have one, by the shop's pieces."""
    revenue = cost = Decimal(0)
    count = 0
    for line in lines:
        alike = pieces[_piece(line)]
        costed = [other for other in alike if other["line_cost"] is not None]
        units = sum((other["quantity"] for other in alike), Decimal(0))
        revenue += line["net_revenue"] * len(costed) / len(alike)
        if units:
            paid = sum((other["line_cost"] for other in costed), Decimal(0))
            cost += line["quantity"] * paid / units
        count += bool(costed)
    return revenue, cost, count


def _earned(branch: str, lines: list[Row], whole: list[Row], pieces: dict[Piece, list[Row]]) -> Row:
    revenue, cost, costed = _sums(lines, pieces)
    if not branch:
        # what the whole shop has besides its branches
        own = [line for line in whole if line["line_cost"] is not None]
        named = _sums([line for line in whole if line["store"] is not None], pieces)
        revenue = _revenue(own) - named[0]
        cost = sum((line["line_cost"] for line in own), Decimal(0)) - named[1]
        costed = max(len(own) - named[2], 0)
    profit = _paisa(revenue) - _paisa(cost) if costed or not lines else None
    taken = _revenue(lines)
    return {
        "gross_profit": None if profit is None else float(profit),
        "profit_margin": float(profit / revenue) if profit is not None and revenue > 0 else None,
        "cost_coverage": float(revenue / taken) if taken > 0 else None,
    }


def _seasons(
    names: dict[str, str], months: list[Row], sums: dict[tuple[str, date], list[Row]]
) -> dict[str, dict[int, float]]:
    """By branch with a season the index of each month of the year."""
    seasons = {}
    for branch in names:
        own = {day: lines for (name, day), lines in sums.items() if name == branch}
        if not own:
            continue
        known = [row for row in months if row["is_complete"] and row["month"] >= min(own)]
        known.sort(key=lambda row: row["month"])
        taken = {day: _revenue(lines) for day, lines in own.items()}
        rates = {
            row["month"]: max(float(taken.get(row["month"], 0)), 0.0) / row["trading_days"]
            if row["trading_days"]
            else 0.0
            for row in known
        }
        units = {
            day: sum((line["quantity"] for line in lines), Decimal(0)) for day, lines in own.items()
        }
        seasons[branch] = marts_b.season_of([row["month"] for row in known], rates, units, taken)
    tested = [branch for branch, season in seasons.items() if season.p is not None]
    adjusted = (
        stats.false_discovery_control([seasons[branch].p for branch in tested]) if tested else []
    )
    q_values = dict(zip(tested, map(float, adjusted), strict=True))
    return {
        branch: dict(season.indices)
        for branch, season in seasons.items()
        if season.indices is not None
        and marts_b.verdict_of(season, q_values.get(branch)) in ("confirmed", "indicative")
    }


def _revenue(lines: Iterable[Row]) -> Decimal:
    return sum((line["net_revenue"] for line in lines), Decimal(0))


def _paisa(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def _same(name: str, found: Any, expected: Any) -> bool:
    if found is None or expected is None:
        return found is expected
    if isinstance(expected, float):
        return math.isclose(float(found), expected, rel_tol=1e-9, abs_tol=_ROUNDED[name])
    return bool(found == expected)
