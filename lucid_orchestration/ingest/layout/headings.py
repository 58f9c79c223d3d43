"""Headings as they are compared."""

import re
import unicodedata

# Codes that are no words of their own: "Try" and "Pen" name currencies too.
CURRENCY_CODES = ("inr", "usd", "eur", "gbp", "aed", "aud", "cad", "sgd", "sar", "jpy")
_CODES = "|".join(CURRENCY_CODES)


def heading_key(heading: str) -> str:
    """A heading without case, currency, unit in brackets and punctuation."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(rf"\((?:in )?(?:₹|rs\.?|\$|€|£|pcs|nos|units?|kg|{_CODES})\)", " ", text)
    text = re.sub(r"(?<=\w)(?:\s*[.:_\-]+\s*)|[\"'`]", " ", text)
    text = re.sub(rf"[₹$€£*]|\b(?:rs|{_CODES})(?=\s|$)", " ", text)
    return " ".join(text.split())
