"""Which rows of a mart a picture shows, and as what.

Every chart takes the rows of one dataset that the report speaks about, picks the ones it shows, and
returns None when there is nothing to draw. Equal rows give equal text.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import altair as alt

from lucid_orchestration.formatting import percent
from lucid_orchestration.report.blocks import GREY, Rows, products
from lucid_orchestration.report.drawing import (
    BLUE,
    FONT_SIZE,
    ORANGE,
    Bar,
    as_float,
    bar_chart,
    heatmap,
    inline,
    to_svg,
)
from lucid_orchestration.report.lines import monthly_revenue
from lucid_orchestration.settings import project_vars

PRODUCTS_SHOWN = 10

_LOSERS_SHOWN = 3
_SEASONS_SHOWN = 10
_CURVE_POINTS = 60
_COVER_DAYS = (7, 15, 30, 60, 90)  # and the days from which stock is too much
_OUT_OF_STOCK = "out of stock"
_NO_SALES = "does not sell"


def top_products(rows: Rows, currency: str) -> str | None:
    """Rows of one period of `best_sellers`: the first ten by revenue."""
    sold = sorted(
        (row for row in rows if row["total_revenue"] > 0),
        key=lambda row: int(row["rank_by_revenue"]),
    )
    if not sold:
        return None
    return bar_chart(
        [Bar(row["product_name"], row["total_revenue"]) for row in sold[:PRODUCTS_SHOWN]],
        currency,
    )


def insight_money(rows: Rows, currency: str) -> str | None:
    """Rows of `active_insights`: the money of each, in the order of the list."""
    bars = [
        Bar(f"{row['rank']}. {row['title']}", row["estimated_impact"])
        for row in rows
        if row["estimated_impact"]
    ]
    return bar_chart(bars, currency) if bars else None


def pareto(rows: Rows) -> str | None:
    """Rows of one window of `revenue_contribution`: revenue added up over products, best first."""
    ranked = [row for row in rows if row["cumulative_share"] is not None]
    if not ranked:
        return None
    ranked.sort(key=lambda row: int(row["revenue_rank"]))
    last = len(ranked) - 1
    places = sorted({round(i * last / _CURVE_POINTS) for i in range(_CURVE_POINTS + 1)})
    values: list[dict[str, Any]] = [{"products": 0, "share": 0.0}]
    values += [
        {"products": place + 1, "share": as_float(ranked[place]["cumulative_share"])}
        for place in places
    ]
    marks: list[tuple[int, dict[str, Any]]] = []
    for abc_class, group in groupby(ranked, key=lambda row: row["abc_class"]):
        if abc_class in ("A", "B"):
            end = list(group)[-1]
            count, share = int(end["revenue_rank"]), end["cumulative_share"]
            text = f"{products(count)}: {percent(share, 0)}"
            marks.append((count, {"products": count, "share": as_float(share), "text": text}))
    x = alt.X(
        "products:Q",
        title="Products, best first",
        axis=alt.Axis(tickCount=min(6, len(ranked)), format="~d"),
        scale=alt.Scale(domain=[0, len(ranked)], nice=False),
    )
    y = alt.Y(
        "share:Q",
        title="Part of the revenue",
        axis=alt.Axis(format=".0%", tickCount=5),
        scale=alt.Scale(domain=[0, 1.05], nice=False),
    )
    curve = (
        alt.Chart(inline(values))
        .mark_area(color=BLUE, opacity=0.25, line={"color": BLUE, "strokeWidth": 2.5})
        .encode(x=x, y=y)
    )
    # Labels stand at the foot of their line, at two heights: there nothing can run into them
    layers: list[alt.Chart] = [curve]
    for place, (count, mark) in enumerate(marks):
        is_right = count > len(ranked) / 2
        point = alt.Chart(inline([{**mark, "foot": 0.08 + 0.14 * place}])).encode(x=x)
        text = point.mark_text(
            color=GREY,
            fontSize=FONT_SIZE,
            align="right" if is_right else "left",
            dx=-6 if is_right else 6,
        )
        layers += [
            point.mark_rule(color=ORANGE, strokeDash=[4, 3]).encode(y=y),
            point.mark_circle(color=ORANGE, size=70, opacity=1).encode(y=y),
            text.encode(y="foot:Q", text="text:N"),
        ]
    words = [f"{mark['text']} of the revenue" for _, mark in marks]
    return to_svg(alt.layer(*layers), 230, words)


def season_heatmap(rows: Rows) -> str | None:
    """Rows of `seasonality`: months above and below an average one, strongest season first.

    Categories; products only where no category has indices.
    """
    for entity_type in ("category", "product"):
        seasonal = [
            row
            for row in rows
            if row["entity_type"] == entity_type
            and row["season_source"] == "own"
            and row["amplitude"] is not None
        ]
        if seasonal:
            seasonal.sort(key=lambda row: (-row["amplitude"], row["entity_id"]))
            return heatmap(seasonal[:_SEASONS_SHOWN])
    return None


def stock_cover(rows: Rows) -> str | None:
    """Rows of `inventory_velocity`: how many products last how long at present sales."""
    limits = _cover_limits()
    too_much = f"over {max(limits)} days"
    counts = dict.fromkeys((_OUT_OF_STOCK, *limits.values(), too_much, _NO_SALES), 0)
    for row in rows:
        bucket = _cover_bucket(row, limits, too_much)
        if bucket is not None:
            counts[bucket] += 1
    if not any(counts.values()):
        return None
    # Both ends cost money: nothing to sell, or money that does not come back
    notable = {_OUT_OF_STOCK, too_much, _NO_SALES}
    return bar_chart(
        [
            Bar(name, Decimal(count), ORANGE if name in notable else BLUE)
            for name, count in counts.items()
        ],
        None,
        "Products",
    )


def idle_stock(rows: Rows, currency: str) -> str | None:
    """Rows of `dead_stock`: money in stock by days without a sale; products if no cost is known."""
    buckets = dict.fromkeys(
        row["idle_bucket"]
        for row in sorted(rows, key=lambda r: (r["idle_days"] is None, r["idle_days"]))
    )
    if not buckets:
        return None
    is_valued = any(row["estimated_value"] is not None for row in rows)
    sums = dict.fromkeys(buckets, Decimal(0))
    slow = set()
    for row in rows:
        sums[row["idle_bucket"]] += (
            (row["estimated_value"] or Decimal(0)) if is_valued else Decimal(1)
        )
        if row["is_dead_stock"]:
            slow.add(row["idle_bucket"])
    return bar_chart(
        [
            Bar(_idle_label(name), value, ORANGE if name in slow else BLUE)
            for name, value in sums.items()
        ],
        currency if is_valued else None,
        "" if is_valued else "Products",
    )


def profit_by_product(rows: Rows, currency: str) -> str | None:
    """Rows of one window of `profitability`: who earned most, who lost money, and the margins."""
    known = [row for row in rows if row["gross_profit"] is not None]
    known.sort(key=lambda row: (-row["gross_profit"], row["product_id"]))
    losers = [row for row in known if row["gross_profit"] < 0][-_LOSERS_SHOWN:]
    winners = [row for row in known if row["gross_profit"] > 0][: PRODUCTS_SHOWN - len(losers)]
    if not winners and not losers:
        return None
    return bar_chart(
        [
            Bar(
                row["product_name"],
                row["gross_profit"],
                ORANGE if row["gross_profit"] < 0 else BLUE,
                "" if row["profit_margin"] is None else f", {percent(row['profit_margin'], 0)}",
            )
            for row in (*winners, *losers)
        ],
        currency,
    )


def _idle_label(bucket: str) -> str:
    """`31 to 60 days` for 31-60, `over 365 days` for over-365."""
    if bucket == "unknown":
        return "not known"
    first, last = bucket.split("-")
    return f"{first} {last} days" if first == "over" else f"{first} to {last} days"


def _cover_limits() -> dict[int, str]:
    """Days of cover up to which a bar counts, and its name; beyond the last it is too much."""
    most = int(project_vars()["excess_cover_days"])
    limits = [*(days for days in _COVER_DAYS if days < most), most]
    names = [f"up to {limits[0]} days"]
    names += [f"{low + 1} to {high} days" for low, high in pairwise(limits)]
    return dict(zip(limits, names, strict=True))


def _cover_bucket(row: Mapping[str, Any], limits: Mapping[int, str], too_much: str) -> str | None:
    stock, cover = row["current_stock"], row["days_of_cover"]
    if stock is None or stock < 0:
        return None
    if stock == 0:
        # what is neither in stock nor sold is no longer carried
        return _OUT_OF_STOCK if row["stockout_risk"] == "out" else None
    if cover is None:
        return _NO_SALES if row["inventory_status"] == "no_sales" else None
    return next((name for limit, name in limits.items() if cover <= limit), too_much)


def revenue_by_branch(rows: Rows) -> dict[str, Decimal]:
    """Rows of `branch_products` or `branch_months`: what each branch brought in, most first."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        revenue = row["revenue_90d"] if "revenue_90d" in row else row["revenue"]
        sums[row["branch_name"]] = sums.get(row["branch_name"], Decimal(0)) + revenue
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def branch_revenue(rows: Rows, currency: str) -> str | None:
    """The branches that brought in most, from the rows of `revenue_by_branch`."""
    bars = [Bar(name, value) for name, value in revenue_by_branch(rows).items()]
    return bar_chart(bars[:PRODUCTS_SHOWN], currency) if bars else None


# What `chart:` in the yml of a mart may name
DRAWINGS: Mapping[str, Callable[[Rows, str], str | None]] = {
    "top_products": top_products,
    "pareto": lambda rows, _: pareto(rows),
    "season_heatmap": lambda rows, _: season_heatmap(rows),
    "stock_cover": lambda rows, _: stock_cover(rows),
    "idle_stock": idle_stock,
    "profit_by_product": profit_by_product,
    "monthly_revenue": monthly_revenue,
    "branch_revenue": branch_revenue,
}
