"""Which currency a file's figures are in, as far as the file says so.

A dataset has one currency, and nothing is converted: a file in another one must not be added up
with the rest.
"""

import re
from collections.abc import Iterable

from lucid_orchestration.ingest.currency_marks import CURRENCIES, example_of, in_amount
from lucid_orchestration.ingest.layout.conventions import number_shape
from lucid_orchestration.ingest.layout.headings import BRACKETED_MARK, CURRENCY_CODES
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity
from lucid_orchestration.settings import project_vars

DOLLAR = "$"
_WORDS = {"indian rupee": "INR", "us dollar": "USD", "british pound": "GBP"}
_IN_HEADING = re.compile(
    rf"₹|us\$|[$€£]|(?<![^\W_])(?:{'|'.join(CURRENCY_CODES)})(?![^\W_])", re.IGNORECASE
)


def project_currency() -> str:
    """The currency of datasets whose owner states none."""
    return str(project_vars()["currency"])


def code_of(text: str) -> str | None:
    """The code a cell of a currency column names, or a mark of several; None when it names none."""
    word = " ".join(text.split()).strip(".").casefold()
    codes = CURRENCIES.get(word, frozenset())
    return _WORDS.get(word) or (word if len(codes) > 1 else next(iter(codes), None))


def in_heading(heading: str) -> frozenset[str]:
    """The currencies a heading names, such as "Amount (USD)"."""
    words = [*_IN_HEADING.findall(heading), *BRACKETED_MARK.findall(heading.casefold())]
    return frozenset(code for word in words if (code := code_of(word)))


def in_amounts(amounts: Iterable[str | None]) -> frozenset[str]:
    """The currencies whose marks amounts carry, such as "$8.00" and "8 kr"."""
    marks = {
        mark
        for shape in {
            number_shape(text)
            for text in amounts
            if text and not (text[0].isdigit() and text[-1].isdigit())
        }
        for mark in in_amount(shape)
    }
    return frozenset(code for mark in marks if (code := code_of(mark)))


def check(named: Iterable[str], stated: str | None) -> Issue | None:
    """What to tell about the currencies a file names, given what the owner stated for the dataset.

    A bare "$" may stand for a dozen currencies and is what some programs write for any: where the
    owner stated nothing it is a warning.

    Raises:
        RefusedError: when the file names another currency than the dataset's, or several.
    """
    currency = stated or project_currency()
    own: list[str] = []
    others: list[str] = []
    for code in sorted(set(named)):
        (own if _agrees(code, currency) else others).append(code)
    if not others:
        return None
    if own or _are_several(others):
        raise RefusedError(
            "other_currency",
            f"The file gives amounts in several currencies: {_said([*own, *others])}. Nothing is "
            "converted, so they cannot be added up. Save the rows of each currency as a file of "
            "their own, each in a folder of its own below the inbox, with a mapping.yml that says "
            f"which, for instance: currency: {example_of(others[0])}.",
        )
    if others == [DOLLAR] and stated is None:
        return Issue(
            Severity.WARNING,
            "unnamed_currency",
            f'The amounts carry a "$". They are shown as {currency} and never converted. State the '
            "currency in mapping.yml, for instance: currency: USD.",
            revenue_share=1.0,
        )
    signs = _said(others)
    example = example_of(others[0])
    raise RefusedError(
        "other_currency",
        f"The file gives amounts in {signs}, and this shop's currency is {currency}; amounts are "
        f"never converted. Put files in {signs} into a folder of their own below the inbox, with a "
        f"mapping.yml that says: currency: {example}.",
    )


def _are_several(names: Iterable[str]) -> bool:
    """Whether no one currency is meant by all names: "$" and "USD" may be one."""
    meant = [CURRENCIES.get(name, frozenset({name})) for name in names]
    return not frozenset.intersection(*meant)


def _said(names: Iterable[str]) -> str:
    return " and ".join(name if name.isupper() else f'"{name}"' for name in names)


def _agrees(code: str, currency: str) -> bool:
    return code == currency or currency in CURRENCIES.get(code, ())
