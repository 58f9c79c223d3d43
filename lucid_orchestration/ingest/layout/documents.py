"""What a text says about the kind of a document, from the words in document_words.yml."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from lucid_orchestration.yml import read_yml

WORDS = Path(__file__).with_name("document_words.yml")
# What the rows of a file, or the rows with a word, may be called in mapping.yml.
Outcome = Literal["sale", "sale_return", "ignored"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
# The meanings that decide, from the weakest on: the order of document_words.yml.
BY_STRENGTH = (
    "sale",
    "order",
    "payment",
    "pending",
    "done",
    "partial",
    "other",
    "quote",
    "sales_order",
    "returned",
    "sale_return",
    "cancelled",
    "stock",
    "purchase",
)
TAKEN_BACK = frozenset({"returned", "sale_return"})
# Words of titles that are no more than that.
_AROUND = frozenset({"around", "tax", "open", "reason", "line", "standing", "asking", "count"})
# A return that did not come about leaves the sale as it was.
RETURN_CANCELLED = "return_cancelled"

_MARKS = re.compile("[\u0300-\u036f]")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")
# "Nº", "N.º" and "No." count; "no" denies.
_NUMBER_SIGN = re.compile(r"(?i)(?<![^\W_])(?:n\.?\s?[º°]\.?|no\.)(?=\s*\w)")
# "C/N", "R.T.O." and "c.o.d." are one word each.
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]{1,2}[./])+[^\W\d_]{1,2}(?:\.|(?!\w))")
_BREAK = re.compile(r"[,;:|/()\[\]&+–—]|\s-\s")
# A word is looked up letter by letter less; one that is longer is no word.
_LONGEST_STEM = 60
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae"})


@dataclass(frozen=True)
class Unit:
    """Words that have a meaning together, or one that has none."""

    words: tuple[str, ...]
    meanings: frozenset[str]


@dataclass(frozen=True)
class Said:
    """What a text says: its strongest meaning, and whether all of its words are known."""

    meaning: str | None
    is_whole: bool
    is_negated: bool = False


@dataclass(frozen=True)
class _Words:
    exact: Mapping[str, set[str]]
    stems: Mapping[str, set[str]]
    within: Sequence[tuple[str, set[str]]]
    phrases: Sequence[tuple[tuple[re.Pattern[str], ...], frozenset[str]]]
    whole: Mapping[str, frozenset[str]] = field(default_factory=dict)


def folded(text: str) -> str:
    """A text in small letters without accents, as document words are compared."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    bare = _MARKS.sub("", unicodedata.normalize("NFD", plain))
    return " ".join(unicodedata.normalize("NFC", bare).split())


@cache
def _words() -> _Words:
    exact: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    within: dict[str, set[str]] = {}
    phrases: dict[str, set[str]] = {}
    whole: dict[str, frozenset[str]] = {}
    for meaning, words in read_yml(WORDS).items():
        if meaning in {"yes", "no", "nothing"}:
            whole[meaning] = frozenset(map(folded, words))
            continue
        for word in map(folded, words):
            if " " in word:
                phrases.setdefault(word, set()).add(meaning)
            elif word.startswith("*"):
                within.setdefault(word.strip("*"), set()).add(meaning)
            elif word.endswith("*"):
                stems.setdefault(word[:-1], set()).add(meaning)
            else:
                exact.setdefault(word, set()).add(meaning)
    longest = sorted(phrases, key=lambda word: (-len(word.split()), -len(word)))
    return _Words(
        exact,
        stems,
        sorted(within.items(), key=lambda found: -len(found[0])),
        [(_globs(phrase), frozenset(phrases[phrase])) for phrase in longest],
        whole,
    )


def _globs(phrase: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(re.escape(part).replace(r"\*", ".*")) for part in phrase.split())


def is_yes(text: str) -> bool:
    """Whether a cell says yes, and nothing else."""
    return folded(text) in _words().whole["yes"]


def is_nothing(text: str) -> bool:
    """Whether a cell says no more than an empty one: no, none, 0, a dash."""
    bare = re.sub(r"[-–—./?]", "", folded(text)).strip()
    return not bare or bare in _words().whole["no"] or bare in _words().whole["nothing"]


def is_no(text: str) -> bool:
    """Whether a cell says no, which an empty one does not."""
    return folded(text) in _words().whole["no"]


def has_meaning(text: str, meaning: str, is_all: bool = False) -> bool:
    """Whether a word of a text has a meaning, or each that says anything."""
    units = [unit for piece in segments(text) for unit in piece]
    found = [meaning in unit.meanings for unit in units if "asking" not in unit.meanings]
    return bool(found) and (all(found) if is_all else any(found))


@lru_cache(maxsize=4096)
def segments(text: str) -> tuple[tuple[Unit, ...], ...]:
    """The words of a text by what they mean together; marks between words part it."""
    text = _NUMBER_SIGN.sub("number ", text)
    text = _INITIALS.sub(lambda found: re.sub(r"[./]", "", found[0]), text)
    pieces = (tuple(_letters(folded(_HUMP.sub(" ", piece)))) for piece in _BREAK.split(text))
    return tuple(tuple(_units(words)) for words in pieces if words)


def said(text: str) -> Said:
    """What a cell of a type or status column says."""
    rank = -1
    is_whole, is_negated = True, False
    cancelled_return = False
    for units in segments(text):
        found, negated, known = _turned(units)
        is_whole &= known
        is_negated |= negated
        for before, after in pairwise(found):
            cancelled_return |= {before, after} == {"sale_return", "cancelled"}
        rank = max([rank, *map(BY_STRENGTH.index, found)])
    if cancelled_return:
        return Said(RETURN_CANCELLED, is_whole)
    return Said(BY_STRENGTH[rank] if rank >= 0 else None, is_whole, is_negated)


def strongest(meanings: frozenset[str]) -> str | None:
    """Of several meanings the one that decides."""
    known = [meaning for meaning in BY_STRENGTH if meaning in meanings]
    return known[-1] if known else None


def _turned(units: Sequence[Unit]) -> tuple[list[str], bool, bool]:
    """The deciding meanings of a piece, what a negation turned, and whether all is known."""
    found: list[str] = []
    is_negation = negated = False
    known = True
    for unit in units:
        meaning = strongest(unit.meanings)
        known &= bool(unit.meanings - _AROUND)
        if "negation" in unit.meanings:
            is_negation = negated = True
        elif meaning is not None and is_negation:
            taken = TAKEN_BACK | {"partial", "cancelled"}
            if meaning in taken | {"sale", "order", "done"}:
                found.append("sale" if meaning in taken else "cancelled")
            is_negation = False
        elif meaning is not None:
            found.append(meaning)
    return found, negated, known


def _letters(text: str) -> Iterator[str]:
    """The words of a text; the marks that belong to letters of India's scripts are part of them."""
    yield from "".join(
        letter if unicodedata.category(letter)[0] in "LM" else " " for letter in text
    ).split()


def _units(words: Sequence[str]) -> Iterator[Unit]:
    known = _words()
    place = 0
    while place < len(words):
        for globs, meanings in known.phrases:
            piece = words[place : place + len(globs)]
            if len(piece) == len(globs) and all(
                glob.fullmatch(word) for glob, word in zip(globs, piece, strict=True)
            ):
                yield Unit(tuple(piece), meanings)
                place += len(globs)
                break
        else:
            yield Unit((words[place],), _meanings(words[place]))
            place += 1


def _meanings(word: str) -> frozenset[str]:
    known = _words()
    if word in known.exact:
        return frozenset(known.exact[word])
    longest = min(len(word), _LONGEST_STEM)
    stems = (known.stems.get(word[:length]) for length in range(longest, 0, -1))
    meanings = {*next(filter(None, stems), set())}
    for part, found in known.within:
        if part in word:
            meanings |= found
            word = word.replace(part, " ")
    return frozenset(meanings)
