"""Headings of something else than goods that were sold, from the words in other_words.yml."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from lucid_orchestration.yml import read_yml

_WORDS = Path(__file__).with_name("other_words.yml")


def is_of_others(heading: str) -> bool:
    """Whether nobody is to be told to take a heading for the day or the money of a sale."""
    return _has("of_others").search(heading) is not None


def names_a_sum(heading: str) -> bool:
    """Whether a heading names what came in, which is no price of a piece."""
    return _has("sums").search(heading) is not None


def names_money(heading: str) -> bool:
    """Whether a heading names money of any kind, which is no count."""
    return names_a_sum(heading) or _has("money").search(heading) is not None


def is_of_another_book(key: str) -> bool:
    """Whether a heading, as `heading_key` gives it, is one of wages or of expenses."""
    first, _, last = key.rpartition(" ")
    words = _words()
    is_entry = first in words["of_another_book"] and last in words["of_its_entries"]
    return is_entry or key in words["of_another_book"] | words["whole"]


def may_name_anything(key: str) -> bool:
    """Whether a heading names goods as well as all else."""
    return key in _words()["of_anything"]


@cache
def _words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in read_yml(_WORDS).items()}


@cache
def _has(name: str) -> re.Pattern[str]:
    """What finds one of the words at the beginning of a word, or alone where it has no `*`."""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(_patterns(_words()[name]))})", re.IGNORECASE)


def _patterns(words: Iterable[str]) -> list[str]:
    return sorted(
        re.escape(word[:-1]) if word.endswith("*") else re.escape(word) + r"(?![^\W_])"
        for word in words
    )
