"""Headings as they are compared."""

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Sequence

from lucid_orchestration.ingest.currency_marks import CURRENCIES, any_of

# Codes that are no words of their own: "Try" and "Pen" name currencies too.
CURRENCY_CODES = ("inr", "usd", "eur", "gbp", "aed", "aud", "cad", "sgd", "sar", "jpy")
_CODES = "|".join(CURRENCY_CODES)
# Codes that a bracket may as well hold for what they say.
_OTHER_WORDS = frozenset({"all", "top", "sos", "cup", "pen", "bob", "mad", "gel", "r", "re", "p"})
_MARKS = any_of(CURRENCIES.keys() - _OTHER_WORDS)
BRACKETED_MARK = re.compile(rf"[(\[](?:in )?({_MARKS})\.?[)\]]")

# What is longer is no heading, and would be compared with every known one letter by letter.
_MOST_LETTERS = 300

# Of zones whose letters stand for several, the one most shops mean.
_OFFSETS = {
    **dict.fromkeys(("utc", "gmt", "z", "zulu", "wet"), "+00:00"),
    **dict.fromkeys(("cet", "bst", "wat", "met"), "+01:00"),
    **dict.fromkeys(("cest", "eet", "sast", "cat"), "+02:00"),
    **dict.fromkeys(("eest", "msk", "eat", "trt"), "+03:00"),
    "pkt": "+05:00",
    "ist": "+05:30",
    "npt": "+05:45",
    "ict": "+07:00",
    "wib": "+07:00",
    "hkt": "+08:00",
    "sgt": "+08:00",
    "myt": "+08:00",
    "awst": "+08:00",
    "jst": "+09:00",
    "kst": "+09:00",
    "aest": "+10:00",
    "aedt": "+11:00",
    "nzst": "+12:00",
    "nzdt": "+13:00",
    "brt": "-03:00",
    "edt": "-04:00",
    "est": "-05:00",
    "cdt": "-05:00",
    "mdt": "-06:00",
    "mst": "-07:00",
    "pdt": "-07:00",
    "pst": "-08:00",
}
_ZONE = re.compile(
    rf"\s*[(\[]\s*(?:in )?({'|'.join(_OFFSETS)})\s*(?:([-+−])\s*(\d\d?)(?::?(\d\d))?)?\s*[)\]]"
    r"|[\s_]+(utc|gmt)$",
    re.IGNORECASE,
)


def zone_of(heading: str) -> str | None:
    """How far from Greenwich the times below a heading such as "Created (UTC)" are."""
    found = _ZONE.search(heading[:_MOST_LETTERS].strip())
    if found is None:
        return None
    if found[2]:
        return f"{'+' if found[2] == '+' else '-'}{int(found[3]):02}:{found[4] or '00'}"
    return _OFFSETS[(found[1] or found[5]).casefold()]


def heading_key(heading: str) -> str:
    """A heading without case, currency, unit in brackets and punctuation."""
    # a Turkish İ has no lower case of one letter
    text = unicodedata.normalize("NFKC", heading[:_MOST_LETTERS]).replace("İ", "I").casefold()
    # capitals of programs that know no Turkish have no dotless one: "SATIŞ" is "satis" there
    text = text.replace("ı", "i")
    text = _ZONE.sub(" ", BRACKETED_MARK.sub(" ", text.strip()))
    text = re.sub(r"\((?:in )?(?:pcs|nos|units?|kg)\)", " ", text)
    text = re.sub(r"(?<=\w)(?:\s*[.:_\-]+\s*)|[\"'`]", " ", text)
    text = re.sub(rf"[₹$€£*]|\b(?:rs|{_CODES})(?=\s|$)", " ", text)
    return " ".join(text.split())


def heading_keys(headings: Sequence[str], told: Container[str] = ()) -> list[str]:
    """The headings of one table, without lists and places that only one of them can mean.

    What the owner names (`told`, as keys) keeps its name.
    """
    return _without_sole_places(_without_paths([*map(heading_key, headings)], told), told)


def _without_paths(keys: Sequence[str], told: Container[str]) -> list[str]:
    """Keys without the list they are columns of ("order lines/product"), where two are of it.

    A column of the list's own name ("order ref") beside one of its parts ("order ref/date") is one.
    """
    lists = Counter(key.rpartition("/")[0].strip() for key in keys if key not in told)
    lists.update(key for key in keys if key in lists)
    return [
        key.rpartition("/")[2].strip()
        if key not in told and lists[key.rpartition("/")[0].strip()] > 1
        else key
        for key in keys
    ]


def _without_sole_places(keys: Sequence[str], told: Container[str]) -> list[str]:
    """Keys without a place in square brackets ("in stock [shop one]"), where one place is named.

    Figures of several places are columns of their own, and what the owner names keeps its name.
    """
    bare = [key if key in told else re.sub(r"(?<=\S) ?\[[^\]]*\]$", "", key) for key in keys]
    counts = Counter(bare)
    return [short if counts[short] == 1 else key for key, short in zip(keys, bare, strict=True)]
