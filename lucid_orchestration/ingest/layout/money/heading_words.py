"""The words of headings that name kinds of money, in many languages."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lucid_orchestration.yml import read_yml

_WORDS = Path(__file__).with_name("money_words.yml")
_WORD = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[^\W\d_]+")


# Money in thousands or more: "in T€", "TEUR", "k$", "('000)", "Rs. Lakhs".
_THOUSANDS = re.compile(
    r"\b(?:T€|T(?:EUR|SD|CHF)\b|Tsd\b|k[€$£]|K(?:EUR|USD)\b)|['’‘]000\b"
    r"|(?i:\b(?:in |en |w )?(?:thousands?|lakhs?|lacs?|crores?|millions?|mio|mln|miles|milliers|"
    r"tausend|migliaia|milhares|tys|тыс|ribu|juta|bin tl)\b)"
)
_WITHOUT = re.compile(r"(?i)\bw/o\b")
_WHOLE_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class HeadingWords:
    """Sets of words in lower case, as money_words.yml has them."""

    discount: frozenset[str]
    discount_percent: frozenset[str]
    tax: frozenset[str]
    value_added: frozenset[str]
    percent: frozenset[str]
    in_money: frozenset[str]
    price: frozenset[str]
    amount: frozenset[str]
    before_tax: frozenset[str]
    with_tax: frozenset[str]
    untaxed: frozenset[str]
    about_discount: frozenset[str]
    of_a_piece: frozenset[str]
    of_a_line: frozenset[str]
    hundredth: frozenset[str]
    carriage: frozenset[str]
    cost: frozenset[str]
    earned: frozenset[str]
    fee: frozenset[str]
    paid_out: frozenset[str]
    count: frozenset[str]
    beside: frozenset[str]
    price_group: frozenset[str]
    party: frozenset[str]
    of_customers: frozenset[str]
    debit: frozenset[str]
    credit: frozenset[str]


@cache
def heading_words() -> HeadingWords:
    """All of them, read once."""
    lists = read_yml(_WORDS)
    return HeadingWords(
        **{name: frozenset(map(str.casefold, words)) for name, words in lists.items()}
    )


def parts_of(heading: str) -> list[str]:
    """The words of a heading in their order, also of one written NetPrice or net_price."""
    # a Turkish İ has no lower case of one letter
    text = _WITHOUT.sub("without ", heading).replace("İ", "I")
    return [word.casefold() for word in _WORD.findall(text)]


def words_of(heading: str) -> frozenset[str]:
    """The words of a heading by their parts, but MwSt as one too."""
    text = _WITHOUT.sub("without ", heading).replace("İ", "I")
    return frozenset((*parts_of(heading), *map(str.casefold, _WHOLE_WORD.findall(text))))


def unit_of_thousands(heading: str) -> str | None:
    """What a heading says its money is counted in, such as "T€"; None for whole units."""
    found = _THOUSANDS.search(heading)
    return found[0].strip(" ()[]") if found else None


def is_price(heading: str) -> bool:
    """Whether a heading has a word for the price of a piece."""
    return bool(words_of(heading) & heading_words().price)


def is_with_tax(heading: str) -> bool:
    """Whether a heading says that tax is in it."""
    return bool(words_of(heading) & heading_words().with_tax)
