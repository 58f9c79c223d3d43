"""Figures as the owner reads them: Indian digit groups, plain dates, unknown said as such."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

UNKNOWN = "unknown"
# Control characters (C0, delete, C1), what turns the order of letters, and other ends of lines.
_ACTING = (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ACTING = (*_ACTING, 0x200E, 0x200F, 0x061C, 0x2028, 0x2029)
_MARKS = {code: chr(0x2400 + code) if code < 0x20 else f"<{code:X}>" for code in _ACTING}
ACTS = re.compile(f"[{re.escape(''.join(map(chr, _ACTING)))}]")
_SIGNS = {"INR": "₹"}  # every other currency is named by its code
_TIMES_FROM = 6
_EXACT = Context(prec=400)  # whatever a column may hold, to its last digit
# By hand: the C library's month names follow the machine's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(amount: Decimal | float | None, currency: str) -> str:
    """₹12,34,567 or ₹99.50: no paise from a thousand on, nor empty ones; else USD 1,234,567."""
    if amount is None:
        return UNKNOWN
    exact = _rounded(amount, "0.01")
    rounded = _rounded(amount, "1") if abs(exact) >= 1000 else exact
    whole, _, rest = f"{rounded.copy_abs():f}".partition(".")
    digits = _grouped(whole, is_in_lakh(currency)) + (f".{rest}" if rest.strip("0") else "")
    return f"{_sign(rounded)}{currency_sign(currency)}{digits}"


def currency_sign(currency: str) -> str:
    """What stands before an amount: ₹ or, of other currencies, the code and a space."""
    return _SIGNS.get(currency, f"{currency} ")


def rounded(amount: Decimal) -> Decimal:
    """An estimate as a person would say it: three digits of it, and no part of a rupee."""
    if not amount:
        return amount
    digits = max(amount.adjusted() - 2, 0)
    return _rounded(amount.scaleb(-digits, context=_EXACT), "1").scaleb(digits, context=_EXACT)


def is_in_lakh(currency: str) -> bool:
    """Whether amounts of a currency are grouped and named in lakh and crore."""
    return currency == "INR"


def quantity(amount: Decimal | float | None) -> str:
    """1,250 or 0.5: at most three places, and none that are empty."""
    if amount is None:
        return UNKNOWN
    rounded = _rounded(amount, "0.001")
    whole, _, rest = f"{rounded.copy_abs():f}".partition(".")
    rest = rest.rstrip("0")
    return f"{_sign(rounded)}{_grouped(whole, indian=True)}{f'.{rest}' if rest else ''}"


def visible(text: str) -> str:
    """A text that may stand in a file, with a mark for each character that acts on a terminal.

    Such as ␛ for the one that begins a command, and <202E> for one that turns the order of letters.
    """
    return text.translate(_MARKS) if ACTS.search(text) else text


def shortened(text: str, most: int = 60) -> str:
    """A text of somebody else's as part of a sentence: its first `most` letters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def counted(number: Decimal | int, thing: str) -> str:
    """1 product, 1,250 products."""
    return f"{quantity(number)} {thing}{'' if number == 1 else 's'}"


def percent(share: Decimal | float | None, places: int = 1) -> str:
    """A share of 0.125 as 12.5 %."""
    if share is None:
        return UNKNOWN
    rounded = _rounded(Decimal(str(share)) * 100, f"1e-{places}")
    whole, _, rest = f"{rounded.copy_abs():f}".partition(".")
    return f"{_sign(rounded)}{_grouped(whole, indian=True)}{f'.{rest}' if rest else ''} %"


def compared(change: Decimal | float, base: str) -> str:
    """A relative change against a base: "12.5 % more than the month before".

    From six times as much on it says so: a share of a small base is a figure nobody can picture.
    """
    times = _rounded(change, "1") + 1
    if times >= _TIMES_FROM:
        return f"about {quantity(times)} times as much as {base}"
    return f"{percent(max(change, -change))} {'less' if change < 0 else 'more'} than {base}"


def days(count: Decimal | float | None) -> str:
    """Whole days: "1 day", "91 days"."""
    if count is None:
        return UNKNOWN
    whole = _rounded(count, "1")
    return f"{quantity(whole)} day{'' if whole == 1 else 's'}"


def day(value: date | None) -> str:
    """31 Oct 2026."""
    return UNKNOWN if value is None else f"{value.day} {month(value)}"


def month(value: date | None) -> str:
    """Oct 2026."""
    return UNKNOWN if value is None else f"{month_name(value.month)} {value.year}"


def month_name(number: int) -> str:
    """Jan for 1.

    Raises:
        ValueError: for a number that is not 1 to 12.
    """
    if not 1 <= number <= len(_MONTHS):
        raise ValueError(f"{number} is not a month")
    return _MONTHS[number - 1]


def _rounded(amount: Decimal | float, step: str) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal(step), ROUND_HALF_UP, _EXACT)


def _sign(rounded: Decimal) -> str:
    return "\u2212" if rounded < 0 else ""


def _grouped(digits: str, indian: bool) -> str:
    if not indian:
        return f"{int(digits):,}"
    head, groups = digits[:-3], [digits[-3:]]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join(groups)
