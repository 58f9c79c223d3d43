"""Headings as they are compared."""

import re
import unicodedata
from collections.abc import Container, Sequence

from lucid_orchestration.ingest.currency_marks import CURRENCIES

# Codes that are no words of their own: "Try" and "Pen" name currencies too.
CURRENCY_CODES = ("inr", "usd", "eur", "gbp", "aed", "aud", "cad", "sgd", "sar", "jpy")
_CODES = "|".join(CURRENCY_CODES)
# Codes that a bracket may as well hold for what they say.
_OTHER_WORDS = frozenset({"all", "top", "sos", "cup", "pen", "bob", "mad", "gel", "r", "re", "p"})
_MARKS = "|".join(
    re.escape(mark)
    for mark in sorted(CURRENCIES, key=lambda mark: (-len(mark), mark))
    if mark not in _OTHER_WORDS
)
BRACKETED_MARK = re.compile(rf"[(\[](?:in )?({_MARKS})\.?[)\]]")


def heading_key(heading: str) -> str:
    """A heading without case, currency, unit in brackets and punctuation."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = BRACKETED_MARK.sub(" ", text)
    text = re.sub(r"\((?:in )?(?:pcs|nos|units?|kg)\)", " ", text)
    text = re.sub(r"(?<=\w)(?:\s*[.:_\-]+\s*)|[\"'`]", " ", text)
    text = re.sub(rf"[₹$€£*]|\b(?:rs|{_CODES})(?=\s|$)", " ", text)
    return " ".join(text.split())


def without_sole_places(keys: Sequence[str], told: Container[str]) -> list[str]:
    """Keys without a place in square brackets ("in stock [shop one]"), where one place is named.

    Figures of several places are columns of their own, and what the owner names keeps its name.
    """
    bare = [key if key in told else re.sub(r"(?<=\S) ?\[[^\]]*\]$", "", key) for key in keys]
    return [short if bare.count(short) == 1 else key for key, short in zip(keys, bare, strict=True)]
