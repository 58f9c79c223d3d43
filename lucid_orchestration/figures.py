"""A figure as text: by its unit in a sentence, by its column in a table. Nowhere else.

`formatting` knows how an amount, a day or a share is written; this module knows which of them a
figure is.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any, Literal, TypeAlias

from lucid_orchestration import formatting

# text is a name of the shop's own, words are Lucid's
Unit: TypeAlias = Literal[
    "money", "units", "share", "ratio", "days", "count", "date", "month", "text", "words"
]
WORD_UNITS = frozenset({"text", "words"})

NUMBER_UNITS = frozenset({"money", "units", "share", "ratio", "days", "count"})
DATE_UNITS = frozenset({"date", "month"})

_NAME_CHARACTERS = 80
_JOINERS = "\u200c\u200d"  # invisible, yet part of how Indian scripts are spelled
_RATIO_ENDINGS = ("_share", "_change", "_margin", "_coverage", "_through")
_SHARE_LIMITS = (*_RATIO_ENDINGS, "_rate")
_MONEY_PLACES = frozenset({-2, -4})  # the scales of money in reports and in lines
_NOT_MONEY = frozenset({"days_of_cover", "average_days_in_stock"})
IMPACT_DAYS = 90  # over which the impact of an insight is counted


def shown(value: Any, unit: str, currency: str) -> str:
    """A figure as a sentence writes it, by its unit; `unknown` when there is none."""
    if value is None:
        return formatting.UNKNOWN
    match unit:
        case "money":
            return formatting.money(value, currency)
        case "share":
            return formatting.percent(value)
        case "days":
            return formatting.days(value)
        case "date":
            return formatting.day(value)
        case "month":
            return formatting.month(value)
        case "ratio":
            return formatting.quantity(_rounded(value, "0.01"))
        case "units" | "count":
            small = abs(Decimal(str(value))) < 10
            return formatting.quantity(_rounded(value, "0.1" if small else "1"))
        case _:
            return shown_name(str(value))


def read(text: str | None, unit: str) -> Any:
    """A figure that was kept as plain text: a number, a date, or the text itself."""
    if text is None:
        return None
    if unit in DATE_UNITS:
        return date.fromisoformat(text)
    return Decimal(text) if unit in NUMBER_UNITS else text


def limit(name: str, value: int | float) -> str:
    """A limit as a sentence writes it, by its name: "180 days", "25 %", "1.65"."""
    if name.endswith("_days"):
        return formatting.days(value)
    if name.endswith(_SHARE_LIMITS):
        is_whole = Decimal(str(value)) * 100 % 1 == 0
        return formatting.percent(value, places=0 if is_whole else 1)
    return formatting.quantity(value)


def shown_name(name: str) -> str:
    """A name as shown: one line, no longer than a line, and nothing that cannot be seen."""
    visible = "".join(
        " " if kind == "Cc" else letter
        for letter in name
        if (kind := unicodedata.category(letter)) != "Cf" or letter in _JOINERS
    )
    plain = " ".join(visible.split())
    return plain if len(plain) <= _NAME_CHARACTERS else plain[: _NAME_CHARACTERS - 1] + "…"


def cell(column: str, value: Any, currency: str) -> str:
    """A value as a person reads it; a dash when it is unknown."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal | float) and not isfinite(value):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.strftime("%Y-%m") if column.endswith("month") else value.isoformat()
    if isinstance(value, list) and column.endswith("_months"):
        return ", ".join(formatting.month_name(month) for month in value) or "–"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or "–"
    if isinstance(value, Decimal | float) and column.endswith(_RATIO_ENDINGS):
        return formatting.percent(value)
    if isinstance(value, Decimal) and _is_money(column, value):
        return formatting.money(value, currency)
    if isinstance(value, Decimal | float | int):
        return formatting.quantity(value)
    return str(value)


def money_at_stake(insight: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    """What an insight is worth and what it ties up, where there is such money."""
    impact, cash = insight["estimated_impact"], insight["cash_at_stake"]
    return (
        *((f"about {formatting.money(impact, currency)} in {IMPACT_DAYS} days",) if impact else ()),
        *((f"{formatting.money(cash, currency)} tied up",) if cash else ()),
    )


def heading(column: str) -> str:
    """A column's name as words."""
    return column.replace("_", " ").capitalize()


def _is_money(column: str, value: Decimal) -> bool:
    return value.as_tuple().exponent in _MONEY_PLACES and column not in _NOT_MONEY


def _rounded(value: Any, step: str) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(step), rounding=ROUND_HALF_UP)
