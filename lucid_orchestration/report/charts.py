"""Mart rows to pictures: SVG text that needs nothing from outside and suits light and dark pages.

Every chart takes the rows of one mart and one dataset, picks the ones it shows, and returns None
when there is nothing to draw. Equal rows give equal text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeAlias

import altair as alt
import vl_convert as vlc

from lucid_orchestration.formatting import money, month, month_name, percent, quantity

Rows: TypeAlias = Sequence[Mapping[str, Any]]

# Told apart by colour-blind people, and at least 3:1 on white as well as on near-black
BLUE = "#2f7ebc"
ORANGE = "#d9680f"
# Text and lines; 4:1 on both. A page may restyle it through this very value.
GREY = "#7c828b"

_WIDTH = 440
_ROW_HEIGHT = 26
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_FONT_SIZE = 14  # 10 on a phone
_NAME_LENGTH = 26
_MONTHS_SHOWN = 30
_PRODUCTS_SHOWN = 10
_LOSERS_SHOWN = 3
_SEASONS_SHOWN = 10
_CATEGORIES_SHOWN = 6
_LABELS_SHOWN = 5
_RECENT_MONTHS = 3
_YEAR = 12
_CURVE_POINTS = 60

_COVER_BUCKETS: tuple[tuple[str, Decimal | None], ...] = (
    ("up to 7 days", Decimal(7)),
    ("8 to 15 days", Decimal(15)),
    ("16 to 30 days", Decimal(30)),
    ("31 to 60 days", Decimal(60)),
    ("61 to 90 days", Decimal(90)),
    ("91 to 180 days", Decimal(180)),
    ("over 180 days", None),
)
_OUT_OF_STOCK = "out of stock"
_NO_SALES = "does not sell"


@dataclass(frozen=True)
class _Bar:
    """A bar and what is written beside it after its value."""

    name: str
    value: Decimal
    color: str = BLUE
    note: str = ""


def monthly_revenue(rows: Rows, currency: str = "INR") -> str | None:
    """Rows of `trends`: the store's revenue per month, ticks for the same month a year before."""
    months = sorted((r for r in rows if r["entity_type"] == "store"), key=lambda r: r["month"])
    if not months:
        return None
    months = months[-_MONTHS_SHOWN:]
    values = [
        {
            "month": row["month"].isoformat(),
            "revenue": _number(row["revenue"]),
            "year_ago": _number(row["revenue_year_ago"]),
            "opacity": 0.8 if row["is_complete"] else 0.4,
        }
        for row in months
    ]
    names = {row["month"].isoformat(): month(row["month"]) for row in months}
    shown = _labelled([value["month"] for value in values])
    highest = max(
        abs(amount)
        for row in months
        for amount in (row["revenue"], row["revenue_year_ago"])
        if amount is not None
    )
    x = alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(values=shown, labelExpr=_lookup(names), labelAngle=0, labelOverlap=True),
    )
    base = alt.Chart(_data(values))
    bars = base.mark_bar(color=BLUE).encode(
        x=x,
        y=alt.Y("revenue:Q", title=None, axis=_money_axis(currency, highest)),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    ticks = base.mark_tick(color=ORANGE, thickness=3, opacity=1).encode(x=x, y="year_ago:Q")
    return _svg(alt.layer(bars, ticks), 230)


def category_trend(rows: Rows) -> str | None:
    """Rows of `trends`: the largest categories' revenue over complete months, each to its own peak.

    Beside each line: how its last three months differ from the same months a year before.
    """
    series: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda r: (r["entity_id"], r["month"])):
        if row["entity_type"] == "category" and row["is_complete"]:
            series.setdefault(row["entity_id"], []).append(row)
    months = sorted({row["month"] for found in series.values() for row in found})[-_MONTHS_SHOWN:]
    if len(months) <= _RECENT_MONTHS:
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
            {"month": len(months) - 1, "height": foot + 0.4, "text": _year_change(shown)}
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
            values=_labelled(list(range(len(months))))[::2],
            labelExpr=_lookup(names),
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
            labelExpr=_lookup(feet),
            labelLimit=180,
            labelPadding=6,
            domain=False,
            ticks=False,
            grid=False,
        ),
        scale=alt.Scale(domain=[0, len(largest)], nice=False),
    )
    base = alt.Chart(_data(values)).encode(x=x, y=y, detail="place:N")
    area = base.mark_area(color=BLUE, opacity=0.25).encode(y2="foot:Q")
    line = base.mark_line(color=BLUE, strokeWidth=2)
    text = (
        alt.Chart(_data(changes))
        .mark_text(color=GREY, align="left", dx=8, fontSize=_FONT_SIZE)
        .encode(x=x, y=y, text="text:N")
    )
    return _svg(alt.layer(area, line, text), 40 * len(largest) + 26)


def top_products(rows: Rows, currency: str = "INR") -> str | None:
    """Rows of `best_sellers`: the first ten by revenue in 90 days, or ever if none sold then."""
    for period_type in ("last_90_days", "all"):
        period = [r for r in rows if r["period_type"] == period_type and r["total_revenue"] > 0]
        if period:
            period.sort(key=lambda r: int(r["rank_by_revenue"]))
            return _bars(
                [
                    _Bar(row["product_name"], row["total_revenue"])
                    for row in period[:_PRODUCTS_SHOWN]
                ],
                currency,
            )
    return None


def insight_money(rows: Rows, currency: str = "INR") -> str | None:
    """Rows of `active_insights`: the money of each over 90 days, in the order of the list."""
    bars = [
        _Bar(f"{row['rank']}. {row['title']}", row["estimated_impact"])
        for row in rows
        if row["estimated_impact"]
    ]
    return _bars(bars, currency) if bars else None


def pareto(rows: Rows) -> str | None:
    """Rows of `revenue_contribution`: part of 12 months' revenue over products, best first."""
    ranked = [
        row
        for row in rows
        if row["revenue_window"] == "last_12_months" and row["cumulative_share"] is not None
    ]
    if not ranked:
        return None
    ranked.sort(key=lambda row: int(row["revenue_rank"]))
    last = len(ranked) - 1
    places = sorted({round(i * last / _CURVE_POINTS) for i in range(_CURVE_POINTS + 1)})
    values: list[dict[str, Any]] = [{"products": 0, "share": 0.0}]
    values += [
        {"products": place + 1, "share": _number(ranked[place]["cumulative_share"])}
        for place in places
    ]
    marks: list[tuple[int, dict[str, Any]]] = []
    for abc_class, group in groupby(ranked, key=lambda row: row["abc_class"]):
        if abc_class in ("A", "B"):
            end = list(group)[-1]
            count, share = int(end["revenue_rank"]), end["cumulative_share"]
            text = f"{count} {'product' if count == 1 else 'products'}: {percent(share, 0)}"
            marks.append((count, {"products": count, "share": _number(share), "text": text}))
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
        alt.Chart(_data(values))
        .mark_area(color=BLUE, opacity=0.25, line={"color": BLUE, "strokeWidth": 2.5})
        .encode(x=x, y=y)
    )
    # Labels stand at the foot of their line, at two heights: there nothing can run into them
    layers: list[alt.Chart] = [curve]
    for place, (count, mark) in enumerate(marks):
        is_right = count > len(ranked) / 2
        point = alt.Chart(_data([{**mark, "foot": 0.08 + 0.14 * place}])).encode(x=x)
        text = point.mark_text(
            color=GREY,
            fontSize=_FONT_SIZE,
            align="right" if is_right else "left",
            dx=-6 if is_right else 6,
        )
        layers += [
            point.mark_rule(color=ORANGE, strokeDash=[4, 3]).encode(y=y),
            point.mark_circle(color=ORANGE, size=70, opacity=1).encode(y=y),
            text.encode(y="foot:Q", text="text:N"),
        ]
    return _svg(alt.layer(*layers), 230)


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
            return _heatmap(seasonal[:_SEASONS_SHOWN])
    return None


def stock_cover(rows: Rows) -> str | None:
    """Rows of `inventory_velocity`: how many products last how long at present sales."""
    counts = dict.fromkeys(
        (_OUT_OF_STOCK, *(name for name, _ in _COVER_BUCKETS), _NO_SALES),
        0,
    )
    for row in rows:
        bucket = _cover_bucket(row)
        if bucket is not None:
            counts[bucket] += 1
    if not any(counts.values()):
        return None
    # Both ends cost money: nothing to sell, or money that does not come back
    notable = {_OUT_OF_STOCK, _COVER_BUCKETS[-1][0], _NO_SALES}
    return _bars(
        [
            _Bar(name, Decimal(count), ORANGE if name in notable else BLUE)
            for name, count in counts.items()
        ],
        None,
    )


def idle_stock(rows: Rows, currency: str = "INR") -> str | None:
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
        if row["stock_state"] in ("dead", "never_sold"):
            slow.add(row["idle_bucket"])
    return _bars(
        [
            _Bar(_idle_label(name), value, ORANGE if name in slow else BLUE)
            for name, value in sums.items()
        ],
        currency if is_valued else None,
    )


def profit_by_product(rows: Rows, currency: str = "INR") -> str | None:
    """Rows of `profitability`: who earned most in 12 months, who lost money, and the margins."""
    known = [
        row
        for row in rows
        if row["profit_window"] == "last_12_months" and row["gross_profit"] is not None
    ]
    known.sort(key=lambda row: (-row["gross_profit"], row["product_id"]))
    losers = [row for row in known if row["gross_profit"] < 0][-_LOSERS_SHOWN:]
    winners = [row for row in known if row["gross_profit"] > 0][: _PRODUCTS_SHOWN - len(losers)]
    if not winners and not losers:
        return None
    return _bars(
        [
            _Bar(
                row["product_name"],
                row["gross_profit"],
                ORANGE if row["gross_profit"] < 0 else BLUE,
                "" if row["profit_margin"] is None else f", {percent(row['profit_margin'], 0)}",
            )
            for row in (*winners, *losers)
        ],
        currency,
    )


def shortened(name: str, length: int = _NAME_LENGTH) -> str:
    """A name of at most `length` characters, control characters and line breaks gone."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return clean if len(clean) <= length else clean[: length - 1].rstrip() + "…"


def _bars(bars: Sequence[_Bar], currency: str | None) -> str:
    values: list[dict[str, Any]] = [
        {
            # two long names may be cut to the same text
            "place": place,
            "value": float(bar.value),
            "color": bar.color,
            "text": (quantity(bar.value) if currency is None else money(bar.value, currency))
            + bar.note,
        }
        for place, bar in enumerate(bars)
    ]
    names = {str(place): shortened(bar.name) for place, bar in enumerate(bars)}
    # Room for the figures beside the bars
    low = min(0.0, *(float(bar.value) for bar in bars))
    high = max(0.0, *(float(bar.value) for bar in bars))
    room = (high - low) * (0.55 if any(bar.note for bar in bars) else 0.34) or 1.0
    scale = alt.Scale(domain=[low, high + room], nice=False)
    y = alt.Y(
        "place:O",
        title=None,
        axis=alt.Axis(
            labelExpr=_lookup(names), labelLimit=200, labelPadding=6, domain=False, ticks=False
        ),
    )
    x = alt.X("value:Q", title=None, axis=None, scale=scale)
    base = alt.Chart(_data(values)).encode(y=y)
    color = alt.Color("color:N", scale=None, legend=None)
    drawn = base.mark_bar(height={"band": 0.68}).encode(x=x, color=color)
    zero = alt.Chart(_data([{"value": 0}])).mark_rule(color=GREY).encode(x=x)
    layers: list[alt.Chart] = [drawn, zero]
    # A loss is written on the free side of the line: left of its bar stands the name
    texts = alt.Chart(_data([{**value, "end": max(0.0, value["value"])} for value in values]))
    layers.append(
        texts.mark_text(color=GREY, align="left", dx=5, fontSize=_FONT_SIZE).encode(
            x=alt.X("end:Q", title=None, axis=None, scale=scale), y=y, text="text:N"
        )
    )
    return _svg(alt.layer(*layers), _ROW_HEIGHT * len(bars) + 10)


def _heatmap(rows: Rows) -> str:
    values = []
    for place, row in enumerate(rows):
        for number in range(1, 13):
            difference = float(row[f"month_{number}_index"] or 1) - 1
            values.append(
                {
                    "place": place,
                    "month": number,
                    "color": ORANGE if difference > 0 else BLUE,
                    "opacity": round(min(1.0, 0.08 + abs(difference) * 1.3), 2),
                }
            )
    names = {str(place): shortened(row["entity_name"]) for place, row in enumerate(rows)}
    months = {str(number): month_name(number)[0] for number in range(1, 13)}
    y = alt.Y(
        "place:O",
        title=None,
        axis=alt.Axis(labelExpr=_lookup(names), labelLimit=170, domain=False, ticks=False),
    )
    x = alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(
            labelExpr=_lookup(months), labelAngle=0, domain=False, ticks=False, orient="top"
        ),
    )
    base = alt.Chart(_data(values)).encode(x=x, y=y)
    cells = base.mark_rect(stroke=None).encode(
        color=alt.Color("color:N", scale=None, legend=None),
        opacity=alt.Opacity("opacity:Q", scale=None),
    )
    return _svg(alt.layer(cells), _ROW_HEIGHT * len(rows) + 26)


def _idle_label(bucket: str) -> str:
    """`31 to 60 days` for 31-60, `over 365 days` for over-365."""
    if bucket == "unknown":
        return "not known"
    first, last = bucket.split("-")
    return f"{first} {last} days" if first == "over" else f"{first} to {last} days"


def _cover_bucket(row: Mapping[str, Any]) -> str | None:
    stock, cover = row["current_stock"], row["days_of_cover"]
    if stock is None or stock < 0:
        return None
    if stock == 0:
        # what is neither in stock nor sold is no longer carried
        return _OUT_OF_STOCK if row["stockout_risk"] == "out" else None
    if cover is None:
        return _NO_SALES if row["inventory_status"] == "no_sales" else None
    return next(name for name, limit in _COVER_BUCKETS if limit is None or cover <= limit)


def _year_change(months: Rows) -> str:
    """How the last three months differ from those a year before; empty where it cannot be said."""
    recent = months[-_RECENT_MONTHS:]
    before = [row["revenue_year_ago"] for row in recent if row["revenue_year_ago"] is not None]
    base = sum(before, Decimal(0))
    if len(before) < _RECENT_MONTHS or base <= 0:
        return ""
    change = (sum((row["revenue"] for row in recent), Decimal(0)) - base) / base
    return f"{'+' if round(change, 2) > 0 else ''}{percent(change, 0)}"


def _labelled(places: list[Any]) -> list[Any]:
    """A few of the places of an axis, at equal distances, the newest among them."""
    return places[::-1][:: max(1, -(-len(places) // _LABELS_SHOWN))]


def _data(values: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=values)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _lookup(texts: Mapping[str, str]) -> str:
    """A Vega expression that labels an axis value by its text; the text is data, not code."""
    pairs = ",".join(f"{_quoted(key)}:{_quoted(text)}" for key, text in texts.items())
    return "({" + pairs + "})[datum.value]"


def _quoted(text: str) -> str:
    # every character outside this range as \uXXXX, so that none can end the literal
    units = text.encode("utf-16-be", "surrogatepass")
    codes = (units[i] << 8 | units[i + 1] for i in range(0, len(units), 2))
    return "'" + "".join(f"\\u{code:04x}" for code in codes) + "'"


def _money_axis(currency: str, highest: Decimal) -> alt.Axis:
    steps = (
        ((1e7, " crore"), (1e5, " lakh"), (1e3, "k"))
        if currency == "INR"
        else ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
    )
    # one unit for the whole axis: 0.5 lakh under 1 lakh, not 50k
    size, name = next((step for step in steps if highest >= step[0]), (1, ""))
    # "~f" without a limit of places would show the noise of binary fractions
    expression = (
        f"datum.value == 0 ? '0' : format(datum.value / {size:.0f}, '.3~r') + {_quoted(name)}"
    )
    return alt.Axis(labelExpr=expression, tickCount=5)


def _svg(chart: alt.LayerChart | alt.FacetChart, height: int) -> str:
    drawn = chart.properties(
        width=_WIDTH,
        height=height,
        background="transparent",
        padding=2,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    ).configure(
        aria=False,
        font=_FONT,
        axis=alt.AxisConfig(
            labelColor=GREY,
            titleColor=GREY,
            domainColor=GREY,
            tickColor=GREY,
            gridColor=GREY,
            gridOpacity=0.25,
            labelFontSize=_FONT_SIZE,
            titleFontSize=_FONT_SIZE,
            titleFontWeight="normal",
        ),
        view=alt.ViewConfig(stroke=None),
    )
    svg: str = vlc.vegalite_to_svg(
        drawn.to_json(validate=False, indent=None),
        vl_version=".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2]),
        allowed_base_urls=[],
    )
    return _tidy(svg)


def _tidy(svg: str) -> str:
    """Without what says nothing: long fractions of a pixel and Vega's class names."""
    svg = re.sub(r' class="[^"]*"', "", svg)
    return re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", svg)
