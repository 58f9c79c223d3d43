"""Which rows of a mart a picture shows, and as what.

Every chart takes the rows of one dataset that the report speaks about, picks the ones it shows, and
returns None when there is nothing to draw. Equal rows give equal text.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any

import altair as alt

from lucid_orchestration.formatting import month, percent
from lucid_orchestration.report.blocks import Rows, products, shortened
from lucid_orchestration.report.drawing import (
    BLUE,
    FONT_SIZE,
    GREY,
    ORANGE,
    Bar,
    as_float,
    bar_chart,
    heatmap,
    inline,
    label_expression,
    labelled,
    money_axis,
    to_svg,
)
from lucid_orchestration.settings import project_vars

PRODUCTS_SHOWN = 10
RECENT_MONTHS = 3

_MONTHS_SHOWN = 30
_LOSERS_SHOWN = 3
_SEASONS_SHOWN = 10
_CATEGORIES_SHOWN = 6
_YEAR = 12
_CURVE_POINTS = 60
_COVER_DAYS = (7, 15, 30, 60, 90)  # and the days from which stock is too much
_OUT_OF_STOCK = "out of stock"
_NO_SALES = "does not sell"


def monthly_revenue(rows: Rows, currency: str) -> str | None:
    """Rows of the store in `trends`: revenue per month, ticks for the same month a year before."""
    months = sorted(rows, key=lambda row: row["month"])[-_MONTHS_SHOWN:]
    if not months:
        return None
    values = [
        {
            "month": row["month"].isoformat(),
            "revenue": as_float(row["revenue"]),
            "year_ago": as_float(row["revenue_year_ago"]),
            "opacity": 0.8 if row["is_complete"] else 0.4,
        }
        for row in months
    ]
    names = {row["month"].isoformat(): month(row["month"]) for row in months}
    shown = labelled([value["month"] for value in values])
    highest = max(
        abs(amount)
        for row in months
        for amount in (row["revenue"], row["revenue_year_ago"])
        if amount is not None
    )
    x = alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(
            values=shown, labelExpr=label_expression(names), labelAngle=0, labelOverlap=True
        ),
    )
    base = alt.Chart(inline(values))
    bars = base.mark_bar(color=BLUE).encode(
        x=x,
        y=alt.Y("revenue:Q", title=None, axis=money_axis(currency, highest)),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    ticks = base.mark_tick(color=ORANGE, thickness=3, opacity=1).encode(x=x, y="year_ago:Q")
    return to_svg(alt.layer(bars, ticks), 230)


def category_trend(rows: Rows) -> str | None:
    """Rows of the categories in `trends`: the largest over complete months, each to its own peak.

    Beside each line: how its last three months differ from the same months a year before.
    """
    series: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda r: (r["entity_id"], r["month"])):
        if row["is_complete"]:
            series.setdefault(row["entity_id"], []).append(row)
    months = sorted({row["month"] for found in series.values() for row in found})[-_MONTHS_SHOWN:]
    if len(months) <= RECENT_MONTHS:
        return None
    sizes = {
        key: sum((row["revenue"] for row in found[-_YEAR:]), Decimal(0))
        for key, found in series.items()
    }
    largest = sorted((key for key in sizes if sizes[key] > 0), key=lambda key: (-sizes[key], key))
    largest = largest[:_CATEGORIES_SHOWN]
    if not largest:
        return None
    values = []
    changes = []
    for place, key in enumerate(largest):
        foot = len(largest) - 1 - place
        shown = [row for row in series[key] if row["month"] >= months[0]]
        peak = max(row["revenue"] for row in shown)
        for row in shown:
            # more came back than was sold: not below the foot, where the next line stands
            height = max(Decimal(0), row["revenue"] / peak) if peak > 0 else Decimal(0)
            values.append(
                {
                    "place": place,
                    "month": months.index(row["month"]),
                    "foot": foot,
                    "height": round(foot + 0.85 * float(height), 3),
                }
            )
        changes.append(
            {"month": len(months) - 1, "height": foot + 0.4, "text": _recent_change(shown)}
        )
    names = {str(place): month(value) for place, value in enumerate(months)}
    feet = {
        str(len(largest) - 1 - place + 0.4): shortened(series[key][-1]["entity_name"])
        for place, key in enumerate(largest)
    }
    last = len(months) - 1
    x = alt.X(
        "month:Q",
        title=None,
        axis=alt.Axis(
            values=labelled(list(range(len(months))))[::2],
            labelExpr=label_expression(names),
            grid=False,
            domain=False,
        ),
        scale=alt.Scale(domain=[0, last * 1.22], nice=False),
    )
    y = alt.Y(
        "height:Q",
        title=None,
        axis=alt.Axis(
            values=[float(foot) for foot in feet],
            labelExpr=label_expression(feet),
            labelLimit=180,
            labelPadding=6,
            domain=False,
            ticks=False,
            grid=False,
        ),
        scale=alt.Scale(domain=[0, len(largest)], nice=False),
    )
    base = alt.Chart(inline(values)).encode(x=x, y=y, detail="place:N")
    area = base.mark_area(color=BLUE, opacity=0.25).encode(y2="foot:Q")
    line = base.mark_line(color=BLUE, strokeWidth=2)
    text = (
        alt.Chart(inline(changes))
        .mark_text(color=GREY, align="left", dx=8, fontSize=FONT_SIZE)
        .encode(x=x, y=y, text="text:N")
    )
    return to_svg(alt.layer(area, line, text), 40 * len(largest) + 26)


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
        title=None,
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
    return to_svg(alt.layer(*layers), 230)


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


def _recent_change(months: Rows) -> str:
    """How the last three months differ from those a year before; empty where it cannot be said."""
    recent = months[-RECENT_MONTHS:]
    before = [row["revenue_year_ago"] for row in recent if row["revenue_year_ago"] is not None]
    base = sum(before, Decimal(0))
    if len(before) < RECENT_MONTHS or base <= 0:
        return ""
    change = (sum((row["revenue"] for row in recent), Decimal(0)) - base) / base
    return f"{'+' if round(change, 2) > 0 else ''}{percent(change, 0)}"


# What `chart:` in the yml of a mart may name
DRAWINGS: Mapping[str, Callable[[Rows, str], str | None]] = {
    "top_products": top_products,
    "pareto": lambda rows, _: pareto(rows),
    "season_heatmap": lambda rows, _: season_heatmap(rows),
    "stock_cover": lambda rows, _: stock_cover(rows),
    "idle_stock": idle_stock,
    "profit_by_product": profit_by_product,
    "monthly_revenue": monthly_revenue,
}
