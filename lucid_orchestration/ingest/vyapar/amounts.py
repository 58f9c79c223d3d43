"""Values of a SQLite database as exact numbers, plain text and days."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from lucid_orchestration import formatting
from lucid_orchestration.ingest.currency import project_currency
from lucid_orchestration.ingest.vyapar.database import Value
from lucid_orchestration.settings import project_vars

ZERO = Decimal(0)
PAISA = Decimal("0.01")
# Beyond this a figure is a typing error or an attack, and SQL will refuse it.
_LARGEST = Decimal(10) ** 15
_SMALLEST = Decimal("1e-18")
_MAX_DIGITS = 40
# A line is looked at several times, and the same prices and rates come again and again.
_REMEMBERED = 50_000
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T]|$)")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}")
_MILLISECONDS = re.compile(r"-?\d{11,14}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=_REMEMBERED)
def number(value: Value) -> Decimal | None:
    """The exact number a value shows (never its binary expansion); None when it shows none."""
    if value is None:
        return None
    shown = repr(value) if isinstance(value, float) else str(value).strip()
    if len(shown) > _MAX_DIGITS or "_" in shown:
        return None
    try:
        found = Decimal(shown)
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) >= _LARGEST:
        return None
    return found if abs(found) >= _SMALLEST else ZERO


def number_or_zero(value: Value) -> Decimal | None:
    """As `number`, and nothing stored is zero: so Vyapar means it for taxes and discounts."""
    return ZERO if value is None else number(value)


@lru_cache(maxsize=_REMEMBERED)
def plain(amount: Decimal) -> str:
    """A number as text, without an exponent and without zeros at its end."""
    return f"{amount.normalize() + ZERO:f}"


def text(value: Value) -> str:
    """A value as a cell: numbers plain, and nothing stored is empty."""
    if isinstance(value, float):
        found = number(value)
        return repr(value) if found is None else plain(found)
    return "" if value is None else str(value).strip()


def figure(value: Value) -> str:
    """A number as a cell; what is none stays as it is found, for SQL to refuse."""
    found = number(value)
    return text(value) if found is None else plain(found)


def day(value: Value) -> str:
    """The ISO day of a date as stored; what is none stays as it is found, for SQL to refuse.

    Milliseconds of old books are days of the project's time zone; a midnight of Greenwich falls on
    the same day in India.
    """
    moment = _milliseconds(value)
    if moment is not None:
        zone = ZoneInfo(project_vars()["timezone"])
        try:
            return (_EPOCH + timedelta(milliseconds=moment)).astimezone(zone).date().isoformat()
        except OverflowError:
            return text(value)
    found = _DAY.match(text(value))
    return found[1] if found and is_day(found[1]) else text(value)


def timestamp(value: Value) -> str | None:
    """An ISO timestamp as text that sorts; None when the value is none."""
    moment = _milliseconds(value)
    if moment is not None:
        try:
            return (_EPOCH + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%S")
        except OverflowError:
            return None
    found = _TIME.match(text(value))
    return found[0].replace(" ", "T") if found and is_day(found[0][:10]) else None


def money(amount: Decimal) -> str:
    """An amount as the owner reads it, in the project's currency."""
    return formatting.money(amount, project_currency())


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount in shares by weight, each in whole paise but the last, which takes the rest.

    The shares add up to the amount exactly. No weight at all gives all of it to the last.
    """
    whole = sum(weights, ZERO)
    shares = [
        (amount * weight / whole).quantize(PAISA, ROUND_HALF_UP) if whole else ZERO
        for weight in weights[:-1]
    ]
    return [*shares, amount - sum(shares, ZERO)] if weights else []


def _milliseconds(value: Value) -> int | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    shown = text(value)
    return int(shown) if _MILLISECONDS.fullmatch(shown) else None


def is_day(shown: str) -> bool:
    """Whether a text is a day of the calendar in ISO form."""
    try:
        date.fromisoformat(shown)
    except ValueError:
        return False
    return True
