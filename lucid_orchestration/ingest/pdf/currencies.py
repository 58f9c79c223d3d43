"""In which currency the amounts of a bill are, where it names one, several or none."""

from collections.abc import Sequence

from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.vocabulary import currency_counts, patterns, plain

# A sign that several currencies have.
_DOLLAR = "$"
_DOLLARS = frozenset({"USD"})


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


def currency_of(pages: Sequence[Page], beside_amounts: str, beside_total: str) -> str | None:
    """The currency of the amounts of a bill; the words right beside them go before all others.

    A bill in dollars may say below what it is in rupees, and in words far more often.

    Raises:
        InconsistentError: when it cannot be told.
    """
    for words in (beside_amounts, beside_total):
        codes = set(currency_counts(words))
        if not codes and _DOLLAR in words:
            codes = {_DOLLAR}
        if len(codes) == 1:
            (code,) = codes
            return _dollars(pages) if code == _DOLLAR else code
    return named_currency(pages)


def _dollars(pages: Sequence[Page]) -> str | None:
    """Which dollars are meant; null where nothing says it, and nothing contradicts it."""
    named = set(currency_counts(_text(pages)))
    if own := sorted(named & _DOLLARS):
        return own[0]
    other = next(iter(sorted(named)), None) or country_currency(pages)
    if other is not None:
        raise InconsistentError(
            "currency_unknown",
            f"Its amounts are in dollars without saying which, and it names {other}.",
        )
    return None


def _text(pages: Sequence[Page]) -> str:
    return " ".join(line.text for page in pages for line in page.lines)
