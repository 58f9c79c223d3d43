"""Headings as they are compared."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Sequence

# Codes that are no words of their own: "Try" and "Pen" name currencies too.
CURRENCY_CODES = ("inr", "usd", "eur", "gbp", "aed", "aud", "cad", "sgd", "sar", "jpy")
_CODES = "|".join(CURRENCY_CODES)

# What is longer is no heading, and would be compared with every known one letter by letter.
_MOST_LETTERS = 300


def heading_key(heading: str) -> str:
    """A heading without case, currency, unit in brackets and punctuation."""
    text = unicodedata.normalize("NFKC", heading[:_MOST_LETTERS]).casefold()
    text = re.sub(rf"\((?:in )?(?:₹|rs\.?|\$|€|£|pcs|nos|units?|kg|{_CODES})\)", " ", text)
    text = re.sub(r"(?<=\w)(?:\s*[.:_\-]+\s*)|[\"'`]", " ", text)
    text = re.sub(rf"[₹$€£*]|\b(?:rs|{_CODES})(?=\s|$)", " ", text)
    return " ".join(text.split())


def without_sole_places(keys: Sequence[str], told: Container[str]) -> list[str]:
    """Keys without a place in square brackets ("in stock [shop one]"), where one place is named.

    Figures of several places are columns of their own, and what the owner names keeps its name.
    """
    bare = [key if key in told else re.sub(r"(?<=\S) ?\[[^\]]*\]$", "", key) for key in keys]
    counts = Counter(bare)
    return [short if counts[short] == 1 else key for key, short in zip(keys, bare, strict=True)]
