"""Pictures of months one after another: the revenue of the shop, and of its categories.

As in `charts`: equal rows give equal text, and None is for nothing to draw.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import altair as alt

from lucid_orchestration.formatting import money, month, percent
from lucid_orchestration.report.blocks import GREY, Rows, shortened
from lucid_orchestration.report.drawing import (
    BLUE,
    FONT_SIZE,
    ORANGE,
    as_float,
    inline,
    label_expression,
    labelled,
    money_axis,
    to_svg,
)

RECENT_MONTHS = 3

_MONTHS_SHOWN = 30
_CATEGORIES_SHOWN = 6
_YEAR = 12


def monthly_revenue(rows: Rows, currency: str) -> str | None:
    """Rows of the store in `trends`: a line of revenue per month, dashes for a year before.

    A month whose sales are not all there is a hollow point beside the line.
    """
    months = sorted(rows, key=lambda row: row["month"])[-_MONTHS_SHOWN:]
    if not months:
        return None
    values = [
        {
            "month": row["month"].isoformat(),
            "complete": as_float(row["revenue"]) if row["is_complete"] else None,
            "running": None if row["is_complete"] else as_float(row["revenue"]),
            "year_ago": as_float(row["revenue_year_ago"]),
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
    base = alt.Chart(inline(values)).encode(x=x)
    axis = money_axis(currency, highest)

    def y(column: str) -> alt.Y:
        return alt.Y(f"{column}:Q", title="Revenue a month", axis=axis)

    before = base.mark_line(color=ORANGE, strokeWidth=2, strokeDash=[5, 4]).encode(y=y("year_ago"))
    line = base.mark_line(color=BLUE, strokeWidth=2.5).encode(y=y("complete"))
    dots = base.mark_point(color=BLUE, filled=True, opacity=1, size=30).encode(y=y("complete"))
    running = base.mark_point(color=BLUE, filled=False, opacity=1, size=60).encode(y=y("running"))
    words = [_month_in_words(row, currency) for row in months]
    return to_svg(alt.layer(before, line, dots, running), 240, words)


def _month_in_words(row: Mapping[str, Any], currency: str) -> str:
    """`Oct 2026 ₹2,20,606, a year before ₹2,29,000`."""
    running = "" if row["is_complete"] else " so far"
    said = f"{month(row['month'])} {money(row['revenue'], currency)}{running}"
    before = row["revenue_year_ago"]
    return said if before is None else f"{said}, a year before {money(before, currency)}"


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
    words = [
        f"{shortened(series[key][-1]['entity_name'])} {change['text'] or 'not comparable'}"
        for key, change in zip(largest, changes, strict=True)
    ]
    return to_svg(alt.layer(area, line, text), 40 * len(largest) + 26, words)


def _recent_change(months: Rows) -> str:
    """How the last three months differ from those a year before; empty where it cannot be said."""
    recent = months[-RECENT_MONTHS:]
    before = [row["revenue_year_ago"] for row in recent if row["revenue_year_ago"] is not None]
    base = sum(before, Decimal(0))
    if len(before) < RECENT_MONTHS or base <= 0:
        return ""
    change = (sum((row["revenue"] for row in recent), Decimal(0)) - base) / base
    return f"{'+' if round(change, 2) > 0 else ''}{percent(change, 0)}"
