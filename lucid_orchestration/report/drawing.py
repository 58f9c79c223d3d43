"""Shapes to SVG text that needs nothing from outside and suits light and dark pages.

Equal shapes give equal text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import altair as alt
import vl_convert as vlc
from markupsafe import escape

from lucid_orchestration.formatting import currency_sign, is_in_lakh, money, month_name, quantity
from lucid_orchestration.report.blocks import GREY, Rows, shortened

# Told apart by colour-blind people, and at least 3:1 on white as well as on near-black
BLUE = "#2f7ebc"
ORANGE = "#d9680f"
FONT_SIZE = 14  # 10 on a phone, 9 points on paper

_WIDTH = 440
_ROW_HEIGHT = 26
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_LABELS_SHOWN = 5
# Figures in the squares of a heatmap; 8 points on paper. Dark on tints that stay light, whatever
# the page's own colours are.
_FIGURE_SIZE = 11.5
_FIGURE_INK = "#14181d"
_PAPER = (255, 255, 255)
_STRONGEST_TINT = 0.6
# what no XML may hold
_UNPRINTABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))
_WANTS_SPECIFICATION: ContextVar[bool] = ContextVar("wants_specification", default=False)


@dataclass(frozen=True)
class Bar:
    """A bar and what is written beside it after its value."""

    name: str
    value: Decimal
    color: str = BLUE
    note: str = ""


def bar_chart(bars: Sequence[Bar], currency: str | None, counted: str = "") -> str:
    """Bars with their names and values, as money of a currency or as a number of `counted`."""
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
            labelExpr=label_expression(names),
            labelLimit=200,
            labelPadding=6,
            domain=False,
            ticks=False,
        ),
    )
    # the values stand beside the bars; what is left to say is what they count
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False) if counted else None
    x = alt.X("value:Q", title=counted or None, axis=axis, scale=scale)
    base = alt.Chart(inline(values)).encode(y=y)
    color = alt.Color("color:N", scale=None, legend=None)
    drawn = base.mark_bar(height={"band": 0.68}).encode(x=x, color=color)
    zero = alt.Chart(inline([{"value": 0}])).mark_rule(color=GREY).encode(x=x)
    layers: list[alt.Chart] = [drawn, zero]
    # A loss is written on the free side of the line: left of its bar stands the name
    texts = alt.Chart(inline([{**value, "end": max(0.0, value["value"])} for value in values]))
    layers.append(
        texts.mark_text(color=GREY, align="left", dx=5, fontSize=FONT_SIZE).encode(
            x=alt.X("end:Q", title=counted or None, axis=axis, scale=scale), y=y, text="text:N"
        )
    )
    words = [f"{names[str(value['place'])]} {value['text']}" for value in values]
    height = _ROW_HEIGHT * len(bars) + (30 if counted else 10)
    return to_svg(alt.layer(*layers), height, words)


def heatmap(rows: Rows) -> str:
    """A line per row of `seasonality`, a square per month, 100 being an average month.

    The figure stands in its square: colours say the same to those who see them, and on paper.
    """
    values = []
    words = []
    for place, row in enumerate(rows):
        said = []
        for number in range(1, 13):
            index = row[f"month_{number}_index"]
            if index is None:
                continue
            difference = float(index) - 1
            figure = str(round(index * 100))
            said.append(f"{month_name(number)} {figure}")
            values.append(
                {
                    "place": place,
                    "month": number,
                    "figure": figure,
                    "color": _tint(ORANGE if difference > 0 else BLUE, abs(difference)),
                }
            )
        words.append(f"{shortened(row['entity_name'])}: {', '.join(said)}")
    names = {str(place): shortened(row["entity_name"]) for place, row in enumerate(rows)}
    months = {str(number): month_name(number)[0] for number in range(1, 13)}
    y = alt.Y(
        "place:O",
        title=None,
        axis=alt.Axis(labelExpr=label_expression(names), labelLimit=170, domain=False, ticks=False),
    )
    x = alt.X(
        "month:O",
        title=None,
        axis=alt.Axis(
            labelExpr=label_expression(months),
            labelAngle=0,
            domain=False,
            ticks=False,
            orient="top",
        ),
    )
    base = alt.Chart(inline(values)).encode(x=x, y=y)
    cells = base.mark_rect(stroke=None).encode(color=alt.Color("color:N", scale=None, legend=None))
    figures = base.mark_text(color=_FIGURE_INK, fontSize=_FIGURE_SIZE).encode(text="figure:N")
    return to_svg(alt.layer(cells, figures), _ROW_HEIGHT * len(rows) + 26, words)


def _tint(color: str, difference: float) -> str:
    """A colour on white, the stronger the further a month is from an average one."""
    share = min(_STRONGEST_TINT, 0.05 + difference * 0.75)
    parts = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    mixed = (
        round(part * share + white * (1 - share)) for part, white in zip(parts, _PAPER, strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


def money_axis(currency: str, highest: Decimal) -> alt.Axis:
    """An axis of amounts in one unit, such as lakh, that suits the highest."""
    steps = (
        ((1e7, " crore"), (1e5, " lakh"), (1e3, "k"))
        if is_in_lakh(currency)
        else ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
    )
    # one unit for the whole axis: 0.5 lakh under 1 lakh, not 50k
    size, name = next((step for step in steps if highest >= step[0]), (1, ""))
    # "~f" without a limit of places would show the noise of binary fractions
    expression = (
        f"datum.value == 0 ? '0' : {_quoted(currency_sign(currency))}"
        f" + format(datum.value / {size:.0f}, '.3~r') + {_quoted(name)}"
    )
    return alt.Axis(labelExpr=expression, tickCount=5)


def labelled(places: list[Any]) -> list[Any]:
    """A few of the places of an axis, at equal distances, the newest among them."""
    return places[::-1][:: max(1, -(-len(places) // _LABELS_SHOWN))]


def inline(values: list[dict[str, Any]]) -> alt.InlineData:
    """Values that stand in the picture itself."""
    return alt.InlineData(values=values)


def as_float(value: Decimal | None) -> float | None:
    """An amount as pictures count."""
    return None if value is None else float(value)


def label_expression(texts: Mapping[str, str]) -> str:
    """A Vega expression that labels an axis value by its text; the text is data, not code."""
    pairs = ",".join(f"{_quoted(key)}:{_quoted(text)}" for key, text in texts.items())
    return "({" + pairs + "})[datum.value]"


def _quoted(text: str) -> str:
    # every character outside this range as \uXXXX, so that none can end the literal
    units = text.encode("utf-16-be", "surrogatepass")
    codes = (units[i] << 8 | units[i + 1] for i in range(0, len(units), 2))
    return "'" + "".join(f"\\u{code:04x}" for code in codes) + "'"


def to_svg(chart: alt.LayerChart | alt.FacetChart, height: int, words: Sequence[str]) -> str:
    """A chart of the usual width as SVG text, or as Vega-Lite where that is wanted.

    `words` are its figures in words, for those who do not see it: the label of the SVG, the
    description of the Vega-Lite.
    """
    said = "; ".join(words)
    drawn = chart.properties(
        description=said,
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
            labelFontSize=FONT_SIZE,
            titleFontSize=FONT_SIZE,
            titleFontWeight="normal",
        ),
        view=alt.ViewConfig(stroke=None),
    )
    specification: str = drawn.to_json(validate=False, indent=None)
    if _WANTS_SPECIFICATION.get():
        return specification
    svg: str = vlc.vegalite_to_svg(
        specification,
        vl_version=".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2]),
        allowed_base_urls=[],
    )
    label = escape(said.translate(_UNPRINTABLE))
    return _tidy(svg).replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


@contextmanager
def specifications() -> Iterator[None]:
    """Within it every chart is drawn as the Vega-Lite text that a page draws by itself."""
    before = _WANTS_SPECIFICATION.set(True)
    try:
        yield
    finally:
        _WANTS_SPECIFICATION.reset(before)


def _tidy(svg: str) -> str:
    """Without what says nothing: long fractions of a pixel, Vega's class names, one font in each
    text."""
    svg = re.sub(r' class="[^"]*"', "", svg)
    svg = svg.replace(f' font-family="{_FONT}"', "").replace("<svg", f'<svg font-family="{_FONT}"')
    return re.sub(r"\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}", svg)
