"""Numbers as Indian invoices print them: `₹ 1,23,456.50`, `5,72,500/-`, `11,100=00`."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PAISA = Decimal("0.01")
HUNDRED = Decimal(100)
# More digits than any bill has: longer ones are account numbers and bar codes.
_MAX_DIGITS = 13
_SIGN = r"\(-\)|\(\+\)|[-+−–]"
_CURRENCY = r"₹|rs\.?|inr|usd|eur|gbp|[$€£]|[^\w\s.,()+\-−–%:/=]"
_MONEY = re.compile(
    rf"(?P<open>\()?(?P<sign>{_SIGN})?(?:{_CURRENCY})?(?P<inner>{_SIGN})?"
    r"(?P<whole>\d{1,2}(?:,\d{2})*,\d{3}|\d{1,3}(?:,\d{3})+|\d+)?(?:[.=](?P<part>\d{1,4}))?"
    r"(?:/-|/=)?(?P<trailing>-)?(?(open)\))",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\(?@?\s*(\d{1,3}(?:\.\d{1,3})?)\s*%\)?")
_QUANTITY = re.compile(
    r"(?P<number>-?\d[\d,]*(?:\.\d+)?)(?:\s*\+\s*(?P<free>\d+(?:\.\d+)?))?"
    r"\s*(?P<unit>[^\W\d_][\w.]*)?\.?"
)


@dataclass(frozen=True)
class Share:
    """A cell that may hold rupees, a percentage, or both; null is what it does not show."""

    amount: Decimal | None = None
    percent: Decimal | None = None


NO_SHARE = Share()


@dataclass(frozen=True)
class Quantity:
    """A quantity with the unit beside it and the pieces given free of charge."""

    number: Decimal
    unit: str = ""
    free: Decimal = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    """To the paisa, halves away from zero, as billing software rounds."""
    return value.quantize(PAISA, ROUND_HALF_UP)


def money(text: str) -> Decimal | None:
    """An amount of money; None when the whole text is not one."""
    match = _MONEY.fullmatch("".join(text.split()))
    if match is None or not (match["whole"] or match["part"]):
        return None
    whole = (match["whole"] or "0").replace(",", "")
    if len(whole) > _MAX_DIGITS:
        return None
    value = Decimal(f"{whole}.{match['part'] or '0'}")
    signs = (match["sign"] or "", match["inner"] or "", match["trailing"] or "")
    # "(-)" is a minus sign in brackets, "(12.00)" a negative amount
    is_negative = any(sign and "+" not in sign for sign in signs) or bool(match["open"])
    return -value if is_negative else value


def looks_like_money(text: str) -> bool:
    """Whether a text is an amount with paise or a sign of rupees, not just any number."""
    compact = "".join(text.split()).casefold()
    if money(compact) is None:
        return False
    return bool(re.search(r"[.=]\d\d\D*$|₹|rs|inr|/-|/=|,", compact))


def share(text: str) -> Share:
    """Rupees and percentage of a cell such as `₹ 571.43 (5%)`, `5 %`, `12.50`."""
    percent = _PERCENT.search(text)
    rest = _PERCENT.sub(" ", text) if percent else text
    return Share(money(rest) if rest.strip() else None, Decimal(percent[1]) if percent else None)


def quantity(text: str) -> Quantity | None:
    """A quantity such as `805 KGS`, `12 + 1`, `2.00 Bag`; None when the text is not one."""
    match = _QUANTITY.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    number = match["number"].replace(",", "")
    if len(number.partition(".")[0]) > _MAX_DIGITS:
        return None
    return Quantity(Decimal(number), match["unit"] or "", Decimal(match["free"] or 0))
