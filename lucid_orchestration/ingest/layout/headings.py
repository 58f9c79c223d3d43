"""Headings as they are compared."""

import re
import unicodedata


def heading_key(heading: str) -> str:
    """A heading without case, currency, unit in brackets and punctuation."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\((?:₹|rs\.?|inr|usd|\$|€|£|in rs\.?|pcs|nos|units?|kg)\)", " ", text)
    text = re.sub(r"[₹$€£*]|\b(?:rs|inr)\.?(?=\s|$)", " ", text)
    text = re.sub(r"(?<=\w)(?:\s*[.:_\-]+\s*)|[\"'`]", " ", text)
    return " ".join(text.split())
