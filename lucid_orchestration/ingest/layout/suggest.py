"""The mapping that would most likely make a refused table readable, for the owner to confirm."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS
from lucid_orchestration.ingest.layout.documents import TAKEN_BACK, said
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.other_words import (
    is_of_others,
    names_a_sum,
    names_money,
)
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS

# Rows looked at; more would not change what a column holds.
_SAMPLE_ROWS = 50
_MIN_SIMILARITY = 0.6
_MOST_LETTERS = 100
_DATE = re.compile(
    r"\d{1,4}[-/. ](?:\d{1,2}|[^\W\d_]{3,9})[-/. ,]+\d{2,4}"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d(?!\d)"
    r"|[0-3]\d(?:0[1-9]|1[0-2])(?:19|20)\d{2}(?!\d)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2},? (?:19|20)\d{2}",
    re.IGNORECASE,
)
# "2 x Mug, 1 x Tray": what a whole order held is the name of no product.
_SEVERAL = re.compile(
    r"\d+(?:\.0+)?\s*[x×*]\s*\D.*[,;+/|]\s*\d+(?:\.0+)?\s*[x×*]\s*\D", re.IGNORECASE
)
_NUMBER = re.compile(r"\D{0,4}[-(]?\d[\d.,٬٫\s]*\D{0,4}")
_NAMES = frozenset({"product_id", "product_name"})
# What an order came to is not what its lines did.
_OF_DOCUMENTS = re.compile(
    r"(?=.*(?<![^\W_])(?:order|bill|invoice|basket|cart))(?=.*(?<![^\W_])(?:sub-?)?total)",
    re.IGNORECASE,
)
_PRICES = frozenset({"unit_price", "gross_unit_price"})
# So few rows may all be of one product.
_FEW_ROWS = 5


def is_date(text: str) -> bool:
    """Whether a cell looks like a day."""
    return _DATE.match(text) is not None


def is_number(text: str) -> bool:
    """Whether a cell looks like a number, with a currency or a unit beside it."""
    return _NUMBER.fullmatch(text) is not None


def nearest_mapping(
    missing: Iterable[frozenset[str]],
    headings: Sequence[str],
    taken: Iterable[int],
    rows: Sequence[Sequence[str]],
    words: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """For each group of missing fields the heading that comes nearest: heading → field.

    `taken` are the columns that mean something already, `rows` the cells below the headings,
    `words` the known headings of each field. A heading is near when its cells hold what the field
    needs (dates, numbers, words); among those the most similar wording wins, then the leftmost.
    """
    used = set(taken)
    found: dict[str, str] = {}
    for group in missing:
        scored = [
            (_nearness(headings[place], field, words.get(field, ())), -place, field)
            for place in range(len(headings))
            if place not in used and headings[place].strip()
            for field in sorted(group)
            if may_hold(field, headings[place], place, rows)
        ]
        if not scored:
            continue
        score, negative_place, field = max(scored)
        is_only_one = len({place for _, place, _ in scored}) == 1
        if score >= _MIN_SIMILARITY or is_only_one:
            used.add(-negative_place)
            found[headings[-negative_place].strip()] = field
    return found


def may_hold(field: str, heading: str, place: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column may hold a field, by what its heading speaks of and its cells show."""
    return not (
        is_of_others(heading)
        or said(heading).meaning in TAKEN_BACK
        or (field in _PRICES and names_a_sum(heading))
        or (field == "quantity" and names_money(heading))
        or (field in (*_PRICES, *AMOUNT_FIELDS) and _is_of_the_shop(heading))
        or (field in AMOUNT_FIELDS and _OF_DOCUMENTS.match(heading))
    ) and _fits(field, [row[place] for row in rows[:_SAMPLE_ROWS] if place < len(row)])


def _is_of_the_shop(heading: str) -> bool:
    """Whether a heading speaks of what goods cost the shop, or of what it earned by them."""
    return not words_of(heading).isdisjoint(heading_words().cost | heading_words().earned)


def _nearness(heading: str, field: str, words: Sequence[str]) -> float:
    """How near a heading comes to a field, 0 to 1: a count of pieces names the quantity."""
    is_count = field == "quantity" and words_of(heading) & heading_words().count
    return 1.0 if is_count else _similarity(heading, words)


def _similarity(heading: str, words: Sequence[str]) -> float:
    """How near a heading comes to the nearest word, 0 to 1."""
    matcher = difflib.SequenceMatcher(None, heading[:_MOST_LETTERS].casefold().strip())
    best = 0.0
    for word in words:
        matcher.set_seq2(word)
        # bounds that are found faster; of most words they say enough
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            best = max(best, matcher.ratio())
    return best


def counts_up(filled: Sequence[str], most_alike: int = 1) -> bool:
    """Whether cells number the rows, or what several rows are of, each one more than the last.

    No number stands in more than `most_alike` of the rows on average.
    """
    numbers = [int(cell) for cell in filled if cell.isascii() and cell.isdigit()]
    if len(numbers) < len(filled) or len(set(numbers)) < _FEW_ROWS:
        return False
    steps = {b - a for a, b in pairwise(numbers)}
    return steps <= {0, 1} and len(filled) <= most_alike * len(set(numbers))


def _fits(field: str, cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return False
    dates = sum(map(is_date, filled))
    numbers = sum(map(is_number, filled))
    if field in DATE_FIELDS:
        return dates > len(filled) / 2
    if field in NUMBER_FIELDS:
        if counts_up(filled):
            return False
        return numbers > len(filled) / 2 and dates <= len(filled) / 2
    if field in _NAMES and any(map(_SEVERAL.search, filled)):
        return False
    if field in _NAMES and len(filled) >= _FEW_ROWS:
        # a branch, a currency or a status, or the number of a bill, is not what was sold
        values = len(set(filled))
        if values == 1 or (field == "product_id" and values == len(filled)):
            return False
    return dates <= len(filled) / 2 and (field == "product_id" or numbers <= len(filled) / 2)
