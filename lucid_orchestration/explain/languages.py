"""The words and sentences a text may have, and those it may not, per language, as data."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from lucid_orchestration.explain.forms import FormFile, Forms, compile_forms
from lucid_orchestration.explain.verdict import Code
from lucid_orchestration.yml import read_yml

LANGUAGES_DIR = Path(__file__).parent / "languages"


class ApartFile(BaseModel):
    """Words that may not stand in one sentence: any of `these` with any of `those`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    these: tuple[str, ...]
    those: tuple[str, ...]


class LanguageFile(BaseModel):
    """The words a text may not have; the comments in `en.yml` say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    letters: str
    punctuation: str
    contractions: Mapping[str, str]
    idioms: tuple[str, ...]
    numbers: tuple[str, ...]
    number_endings: tuple[str, ...]
    phrases: Mapping[Code, tuple[str, ...]]
    apart: tuple[ApartFile, ...]
    rising: tuple[str, ...]
    falling: tuple[str, ...]
    moving: tuple[str, ...]
    denying: tuple[str, ...]
    praise: tuple[str, ...]
    alarm: tuple[str, ...]
    plain_words: tuple[str, ...]
    category_words: tuple[str, ...]


@dataclass(frozen=True)
class Lexicon:
    """The files of a language ready for matching; patterns are for text from `plain`."""

    language: str
    digest: str
    letters: frozenset[str]
    punctuation: frozenset[str]
    contractions: Mapping[str, str]
    idioms: re.Pattern[str]
    numbers: re.Pattern[str]
    phrases: tuple[tuple[Code, re.Pattern[str]], ...]
    apart: tuple[tuple[Code, re.Pattern[str], re.Pattern[str]], ...]
    rising: re.Pattern[str]
    falling: re.Pattern[str]
    denied_movement: re.Pattern[str]
    praise: re.Pattern[str]
    alarm: re.Pattern[str]
    plain_words: frozenset[str]
    category_words: frozenset[str]
    forms: Forms
    ways: tuple[tuple[str, re.Pattern[str]], ...]

    def ways_in(self, action: str) -> frozenset[str]:
        """The ways of acting that a rule's action names."""
        words = plain_text(action, self.contractions)
        return frozenset(way for way, pattern in self.ways if pattern.search(words))

    def plain(self, text: str) -> str:
        """Text as the patterns expect it: see `plain_text`; idioms are cut out."""
        return " ".join(self.idioms.sub(" ", plain_text(text, self.contractions)).split())


@cache
def load_lexicon(language: str = "en", folder: Path = LANGUAGES_DIR) -> Lexicon:
    """The lexicon of a language.

    Raises:
        FileNotFoundError: when a file of the language is missing.
        pydantic.ValidationError: when a file says something else than it should.
        ValueError: when a pattern of the forms is none.
    """
    words: Any = read_yml(folder / f"{language}.yml")
    forms: Any = read_yml(folder / f"{language}.forms.yml")
    return lexicon(LanguageFile.model_validate(words), FormFile.model_validate(forms))


def lexicon(words: LanguageFile, forms: FormFile) -> Lexicon:
    """Compile the lists of a language's two files.

    Raises:
        ValueError: when a pattern of the forms is none.
    """
    files = words.model_dump_json() + forms.model_dump_json()
    movement = (*words.rising, *words.falling, *words.moving)
    stems = "|".join(_alternatives(words.numbers))
    endings = "|".join(_alternatives(words.number_endings))
    return Lexicon(
        language=words.language,
        digest=hashlib.sha256(files.encode()).hexdigest(),
        letters=frozenset(words.letters) | frozenset(words.letters.upper()),
        punctuation=frozenset(words.punctuation),
        contractions=words.contractions,
        idioms=_pattern(words.idioms),
        numbers=re.compile(rf"(?<!\S)(?:{stems})+(?:{endings})?(?!\S)"),
        phrases=tuple((code, _pattern(entries)) for code, entries in words.phrases.items()),
        apart=tuple(
            (pair.code, _pattern(pair.these), _pattern(pair.those)) for pair in words.apart
        ),
        rising=_pattern(words.rising),
        falling=_pattern(words.falling),
        denied_movement=re.compile(
            rf"(?<!\S)(?:{'|'.join(_alternatives(words.denying))}) {_GAP}"
            rf"(?:{'|'.join(_alternatives(movement))})(?!\S)"
        ),
        praise=_pattern(words.praise),
        alarm=_pattern(words.alarm),
        plain_words=frozenset(words.plain_words),
        category_words=frozenset(words.category_words),
        forms=compile_forms(forms),
        ways=tuple((name, _pattern(way.named_by)) for name, way in forms.ways.items()),
    )


def plain_text(text: str, contractions: Mapping[str, str]) -> str:
    """Lower case, no accents, one space between words, ` . ` where a sentence or clause ends."""
    folded = "".join(
        letter
        for letter in unicodedata.normalize("NFD", text.casefold())
        if unicodedata.category(letter) != "Mn" or ord(letter) > _LAST_WESTERN_MARK
    ).replace("’", "'")
    for short, full in contractions.items():
        folded = folded.replace(short, full)
    # by hand: vowel signs of Indian scripts are part of a word, but not for regular expressions
    spaced = "".join(
        " . " if letter in _ENDS else letter if unicodedata.category(letter)[0] in "LMN" else " "
        for letter in folded
    )
    return " ".join(spaced.split()).replace(". .", ".")


_ENDS = frozenset(".!?:;।")
_GAP = r"(?:[^\s.]+ ){0,2}"
_LAST_WESTERN_MARK = 0x036F  # vowel signs of Indian scripts are no accents


def _pattern(entries: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S)(?:{'|'.join(_alternatives(entries)) or '(?!)'})(?!\S)")


def _alternatives(entries: Iterable[str]) -> list[str]:
    """Regular expressions for the entries, the longest first."""
    return [_expression(entry) for entry in sorted(entries, key=lambda text: (-len(text), text))]


def _expression(entry: str) -> str:
    """`increas*` takes any ending, `will ... grow` has up to two words in between."""
    halves = []
    for half in entry.split(" ... "):
        words = [plain_text(word, {}) for word in half.split()]
        endings = [r"[^\s.]*" if word.endswith("*") else "" for word in half.split()]
        pairs = zip(words, endings, strict=True)
        halves.append(" ".join(re.escape(word) + ending for word, ending in pairs))
    return f" {_GAP}".join(halves)
