"""Which currency a file's figures are in, as far as the file says so.

A dataset has one currency, and nothing is converted: a file in another one must not be added up
with the rest.
"""

import re
from collections.abc import Iterable, Mapping

from lucid_orchestration.ingest.layout.headings import CURRENCY_CODES
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity
from lucid_orchestration.settings import project_vars

DOLLAR = "$"
# The signs a reader looks for in amounts; the dollar first, for it alone is ASCII.
SIGNS: Mapping[str, str] = {"$": DOLLAR, "₹": "INR", "€": "EUR", "£": "GBP"}
_DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "MXN"})
_CODE = re.compile(
    "INR|USD|EUR|GBP|AED|AUD|CAD|NZD|SGD|HKD|MXN|SAR|QAR|OMR|KWD|BHD|JPY|CNY|CHF|SEK|NOK|DKK|PLN|"
    "CZK|HUF|RON|BGN|TRY|RUB|UAH|ZAR|NGN|KES|GHS|EGP|BRL|ARS|CLP|COP|PEN|IDR|MYR|THB|PHP|VND|KRW|"
    "TWD|ILS|PKR|BDT|LKR|NPR"
)
_WORDS: Mapping[str, str] = {
    **SIGNS,
    "rs": "INR",
    "rupees": "INR",
    "indian rupee": "INR",
    "us$": "USD",
    "us dollar": "USD",
    "euro": "EUR",
    "british pound": "GBP",
}
_IN_HEADING = re.compile(
    rf"₹|us\$|[$€£]|(?<![^\W_])(?:{'|'.join(CURRENCY_CODES)})(?![^\W_])", re.IGNORECASE
)


def project_currency() -> str:
    """The currency of datasets whose owner states none."""
    return str(project_vars()["currency"])


def code_of(text: str) -> str | None:
    """The code a cell of a currency column names; None when it names none."""
    word = " ".join(text.split()).strip(".").casefold()
    code = _WORDS.get(word, word.upper())
    return code if code == DOLLAR or _CODE.fullmatch(code) else None


def in_heading(heading: str) -> frozenset[str]:
    """The currencies a heading names, such as "Amount (USD)"."""
    return frozenset(code for word in _IN_HEADING.findall(heading) if (code := code_of(word)))


def in_amounts(amounts: Iterable[str | None]) -> frozenset[str]:
    """The currencies whose signs amounts carry, such as "$8.00"."""
    text = "\n".join(filter(None, amounts))
    return frozenset(code for sign, code in SIGNS.items() if sign in text)


def check(named: Iterable[str], stated: str | None) -> Issue | None:
    """What to tell about the currencies a file names, given what the owner stated for the dataset.

    A bare "$" may stand for a dozen currencies and is what some programs write for any: where the
    owner stated nothing it is a warning.

    Raises:
        RefusedError: when the file names another currency than the dataset's.
    """
    currency = stated or project_currency()
    others = sorted(code for code in set(named) if not _agrees(code, currency))
    if not others:
        return None
    if others == [DOLLAR] and stated is None:
        return Issue(
            Severity.WARNING,
            "unnamed_currency",
            f'The amounts carry a "$". They are shown as {currency} and never converted. State the '
            "currency in mapping.yml, for instance: currency: USD.",
            revenue_share=1.0,
        )
    signs = " and ".join('"$"' if code == DOLLAR else code for code in others)
    example = "USD" if others[0] == DOLLAR else others[0]
    raise RefusedError(
        "other_currency",
        f"The file gives amounts in {signs}, and this shop's currency is {currency}; amounts are "
        f"never converted. Put files in {signs} into a folder of their own below the inbox, with a "
        f"mapping.yml that says: currency: {example}.",
    )


def _agrees(code: str, currency: str) -> bool:
    return code == currency or (code == DOLLAR and currency in _DOLLARS)
