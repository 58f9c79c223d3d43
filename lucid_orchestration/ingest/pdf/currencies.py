"""In which currency the amounts of a bill are, where it names one, several or none."""

import re
from collections.abc import Sequence

from lucid_orchestration.ingest.currency_marks import CURRENCIES, WITH_THOUSANDTHS
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.vocabulary import currency_counts, patterns, plain

_DOLLAR = "$"
# Signs of several currencies: they say which of them it is not.
_SHARED = (_DOLLAR, "¥", "kr")
_SIGNED = re.compile(r"(?<!\w)([$¥]|kr(?!\w))\.?\s?\d")


def named_currency(pages: Sequence[Page]) -> str | None:
    """The currency a paper names: the only one, or the one most of its words name.

    Without any, that of the country whose taxes it speaks of.
    """
    counts = currency_counts(_text(pages))
    if not counts:
        return country_currency(pages)
    most = max(counts.values())
    best = [code for code, count in counts.items() if count == most]
    return best[0] if len(best) == 1 and 2 * most > sum(counts.values()) else None


def country_currency(pages: Sequence[Page]) -> str | None:
    """The currency of the country whose taxes and tax numbers a paper speaks of."""
    key = plain(_text(pages))
    hints = patterns("countries")
    return next((code for code, pattern in hints.items() if pattern.search(key)), None)


def has_thousandths(pages: Sequence[Page]) -> bool | None:
    """Whether a thousandth of the currency that a paper names is paid; null where it names none."""
    text = _text(pages)
    named = set(currency_counts(text, are_beside_figures=True))
    if not named and (country := country_currency(pages)):
        named = {country}
    if not named:
        return False if _DOLLAR in text else None
    return bool(named & WITH_THOUSANDTHS)


def currency_of(pages: Sequence[Page], beside_amounts: str, beside_total: str) -> str | None:
    """The currency of the amounts of a bill, or the sign of several that is beside them.

    The words right beside the amounts go before all others: a bill in dollars may say
    below what it is in rupees, and in words far more often.

    Raises:
        InconsistentError: when it cannot be told.
    """
    for words in (beside_amounts, beside_total):
        codes = set(currency_counts(words, are_beside_figures=True))
        codes = codes or {sign for sign in _SHARED if sign in words.casefold().split()}
        if len(codes) == 1:
            (code,) = codes
            return _of_sign(code, pages) if code in _SHARED else code
    named = named_currency(pages)
    signs = {match[1] for match in _SIGNED.finditer(_text(pages).casefold())}
    return _of_sign(signs.pop(), pages) if named is None and len(signs) == 1 else named


def _of_sign(sign: str, pages: Sequence[Page]) -> str:
    """Which of the currencies of a sign is meant; the sign itself where nothing says it.

    Raises:
        InconsistentError: when what the paper names is none of them, or several.
    """
    own = CURRENCIES[sign]
    named = set(currency_counts(_text(pages)))
    if not named and (country := country_currency(pages)):
        named = {country}
    if not named:
        return sign
    if len(named & own) == 1:
        return min(named & own)
    raise InconsistentError(
        "currency_unknown",
        f'Its amounts are in "{sign}" without saying whose, and it names '
        f"{' and '.join(sorted(named))}.",
    )


def _text(pages: Sequence[Page]) -> str:
    return " ".join(line.text for page in pages for line in page.lines)
