"""The words of bills in the languages of shops, from the lists of words beside this file."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from lucid_orchestration.ingest.currency_marks import CURRENCIES, any_of
from lucid_orchestration.ingest.layout.documents import folded
from lucid_orchestration.yml import read_yml

WORDS = Path(__file__).with_name("bill_words.yml")
TITLE_WORDS = WORDS.with_name("bill_titles.yml")
CURRENCY_WORDS = WORDS.with_name("currency_words.yml")
_NO_WORD = re.compile(r"[^\w#%&]+|_")
# "I.V.A." is one word.
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.){1,4}[^\W\d_](?!\w)\.?")
# Signs of one currency alone, and letters before a dollar that say whose it is.
_MARKS = {mark: next(iter(codes)) for mark, codes in CURRENCIES.items() if len(codes) == 1}
_SIGNS = {mark: code for mark, code in _MARKS.items() if not mark.isalnum() and len(mark) == 1}
_SIGNS |= {"£": "GBP"}
DOLLARS = {mark: code for mark, code in _MARKS.items() if mark.endswith("$")}
_DOLLAR = re.compile(rf"(?<![^\W_])(?:{any_of(DOLLARS)})")
_ARABIC = re.compile("[\u0620-\u064a]")
# Scripts that put no blanks between words.
_UNPARTED = re.compile("[\u0e00-\u0e7f\u2e80-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """A text as words are compared: small letters, no accents, blanks for marks."""
    key = _INITIALS.sub(lambda match: match[0].replace(".", ""), folded(text))
    return " ".join(_NO_WORD.sub(" ", key.replace("%", " % ")).split())


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of some words or phrases, as whole words."""
    keys = sorted({_key(word) for word in words}, key=lambda key: (-len(key), key))
    parts = []
    for key in keys:
        body = re.escape(key).replace(r"\*", r"\w*").replace(r"\ ", " ")
        # in Arabic "the" is written on to its word
        body = f"(?:ال)?{body}" if _ARABIC.match(key) else body
        parts.append(body if _UNPARTED.search(key) else rf"(?<!\w){body}(?!\w)")
    return re.compile("|".join(parts))


def _key(word: str) -> str:
    starred = word.replace("*", "\x00")
    kept = "".join(part if part == "\x00" else plain(part) + _gap(part) for part in _parts(starred))
    return kept.strip().replace("\x00", "*")


def _parts(text: str) -> list[str]:
    return [part for part in re.split("(\x00)", text) if part]


def _gap(part: str) -> str:
    # "prijs per *": the star stands for a word of its own
    return " " if part.endswith(" ") else ""


@cache
def _words() -> Mapping[str, object]:
    words: dict[str, object] = read_yml(WORDS)
    return {**words, **read_yml(TITLE_WORDS), **read_yml(CURRENCY_WORDS)}


@cache
def patterns(group: str) -> Mapping[str, re.Pattern[str]]:
    """The meanings of a group of words in their order, each as one pattern."""
    words = _words()[group]
    if not isinstance(words, Mapping):
        raise TypeError(f"{WORDS.name}: {group} has no meanings")
    return {str(meaning): pattern_of(map(str, own)) for meaning, own in words.items()}


@cache
def run_together(group: str) -> Mapping[str, str]:
    """The phrases of a group by what they are without their blanks."""
    words = _words()[group]
    if not isinstance(words, Mapping):
        raise TypeError(f"{WORDS.name}: {group} has no meanings")
    found: dict[str, str] = {}
    for own in words.values():
        for phrase in map(str, own):
            if " " in phrase and "*" not in phrase:
                found.setdefault(plain(phrase).replace(" ", ""), phrase)
    return found


@cache
def words_pattern(group: str) -> re.Pattern[str]:
    """The words of a group that has one meaning."""
    words = _words()[group]
    if not isinstance(words, list):
        raise TypeError(f"{WORDS.name}: {group} has several meanings")
    return pattern_of(map(str, words))


@cache
def month_patterns() -> tuple[re.Pattern[str], ...]:
    """The names of the months from January on."""
    months = _words()["months"]
    if not isinstance(months, list):
        raise TypeError(f"{WORDS.name}: months is no list")
    return tuple(pattern_of(map(str, names)) for names in months)


@lru_cache(maxsize=8192)
def whole_meaning(group: str, text: str) -> str | None:
    """What a whole text means; None when some of its words are not known."""
    key = plain(text)
    return next(
        (meaning for meaning, found in patterns(group).items() if found.fullmatch(key)), None
    )


@lru_cache(maxsize=8192)
def first_meaning(group: str, text: str) -> str | None:
    """The first meaning, in the order of the group, that some words of a text have."""
    key = plain(text)
    return next((meaning for meaning, found in patterns(group).items() if found.search(key)), None)


@lru_cache(maxsize=8192)
def longest_meaning(group: str, text: str) -> str | None:
    """The meaning of the longest known phrase of a text; of equals the first of the group."""
    key = plain(text)
    best: tuple[int, str] | None = None
    for meaning, pattern in patterns(group).items():
        for match in pattern.finditer(key):
            if best is None or match.end() - match.start() > best[0]:
                best = (match.end() - match.start(), meaning)
    return best[1] if best else None


def currency_counts(text: str, *, are_beside_figures: bool = False) -> dict[str, int]:
    """How often a text names each currency, by its code, its words or its sign.

    `are_beside_figures`: its words stand right beside amounts.
    """
    key = plain(text)
    counts: Counter[str] = Counter()
    for group in ("currencies", *(["beside_figures"] if are_beside_figures else [])):
        for code, words, pattern in _currency_patterns(group):
            # most texts name one currency of fifty
            if any(word in key for word in words):
                counts[code] += len(pattern.findall(key))
    for sign, code in _SIGNS.items():
        counts[code] += text.count(sign)
    counts.update(DOLLARS[mark] for mark in _DOLLAR.findall(text.casefold()))
    return {code: count for code, count in counts.items() if count}


@cache
def _currency_patterns(group: str) -> Sequence[tuple[str, tuple[str, ...], re.Pattern[str]]]:
    """Each currency of a group with its words and their pattern."""
    named = _words()[group]
    if not isinstance(named, Mapping):
        raise TypeError(f"{CURRENCY_WORDS.name}: {group} has no meanings")
    return [
        (code, tuple(plain(str(word).rstrip("*")) for word in named[code]), pattern)
        for code, pattern in patterns(group).items()
    ]


def months_key(text: str) -> int | None:
    """The number of a month's name; None when it is none."""
    key = plain(text)
    return next(
        (place for place, found in enumerate(month_patterns(), start=1) if found.fullmatch(key)),
        None,
    )
