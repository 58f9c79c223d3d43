"""The mapping that would most likely make a refused table readable, for the owner to confirm."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS

# Rows looked at; more would not change what a column holds.
_SAMPLE_ROWS = 50
_MIN_SIMILARITY = 0.6
_MOST_LETTERS = 100
_DATE = re.compile(r"\d{1,4}[-/. ](?:\d{1,2}|[^\W\d_]{3,9})[-/. ,]+\d{2,4}|\d{8}")
_NUMBER = re.compile(r"\D{0,4}[-(]?\d[\d.,\s]*\D{0,4}")


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
            (_similarity(headings[place], words.get(field, ())), -place, field)
            for place in range(len(headings))
            if place not in used and headings[place].strip()
            for field in sorted(group)
            if _fits(field, [row[place] for row in rows[:_SAMPLE_ROWS] if place < len(row)])
        ]
        if not scored:
            continue
        score, negative_place, field = max(scored)
        is_only_one = len({place for _, place, _ in scored}) == 1
        if score >= _MIN_SIMILARITY or is_only_one:
            used.add(-negative_place)
            found[headings[-negative_place].strip()] = field
    return found


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


def _fits(field: str, cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return False
    dates = sum(_DATE.match(cell) is not None for cell in filled)
    numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in filled)
    if field in DATE_FIELDS:
        return dates > len(filled) / 2
    if field in NUMBER_FIELDS:
        return numbers > len(filled) / 2 and dates <= len(filled) / 2
    return dates <= len(filled) / 2 and (field == "product_id" or numbers <= len(filled) / 2)
