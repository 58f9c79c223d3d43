"""The sentences a text may consist of, per language, as data.

A form file holds lists of words and patterns over them; see `patterns` for how one is written. No
list may hold itself, so a sentence is matched in time that grows with its length alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lucid_orchestration.explain.patterns import (
    Choice,
    Inflections,
    Named,
    Node,
    Opening,
    Options,
    Repeat,
    Row,
    Verbs,
    Words,
    choice,
    openings,
    options,
    parse,
    refuse_circles,
    with_forms,
    words_of,
)

MAX_SENTENCE_WORDS = 60

_SENTENCE = re.compile(r"[^.!?;।]+[.!?;।]*")
_WORD = re.compile(r"[^\s,:\-–—\"“”()‘]+|[,:–—\"“”()‘]|-")
_BREAKS = frozenset(":–—")
_QUESTION = "?"
Part = Literal["do", "thing", "about", "clause", "help", "so", "tail", "says", "asks"]
# The lists a pattern calls the ways of acting by.
_WAYS: Mapping[str, Part] = {
    "way": "do",
    "way_thing": "thing",
    "way_about": "about",
    "way_clause": "clause",
    "way_help": "help",
    "way_so": "so",
    "way_tail": "tail",
    "way_says": "says",
    "way_asks": "asks",
}


class WayFile(BaseModel):
    """A way of acting: what names it in a rule's action, and how a text may speak of it.

    `do` is the acting itself and `thing` a noun for it ("a discount"). The rest is what only this
    way opens: `about` are things to look at ("the returned goods"), `clause` questions to look into
    ("whether a return is possible"), `help` what somebody may be asked to do, `so` what for and
    `tail` when or how; `says` and `asks` are whole sentences and questions.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    named_by: tuple[str, ...]
    do: tuple[str, ...] = ()
    thing: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    so: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


class FormFile(BaseModel):
    """The content of a form file; the comments in `en.forms.yml` say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    short_forms: Mapping[str, str]
    spellings: Mapping[str, str] = {}
    inflections: Inflections = {}
    words: Mapping[str, tuple[str, ...]]
    forms: Mapping[str, tuple[str, ...]]
    ways: Mapping[str, WayFile]
    examples: Mapping[str, tuple[str, ...]]

    def in_one_spelling(self) -> "FormFile":
        """The file with every pattern as `one_spelling` leaves a text."""
        written = unicodedata.normalize("NFKC", self.model_dump_json())
        folded = FormFile.model_validate_json(one_spelling(written, self.spellings))
        return folded.model_copy(update={"spellings": self.spellings, "examples": self.examples})


@dataclass(frozen=True)
class Forms:
    """A form file made ready for matching; `language` is its name in English."""

    language: str
    short_forms: Mapping[str, str]
    spellings: Mapping[str, str]
    lists: Mapping[str, Node]
    openings: Mapping[str, Opening]
    options: Mapping[str, Options]
    ways: Mapping[str, Mapping[str, Node]]
    words: frozenset[str]
    examples: Mapping[str, tuple[str, ...]]

    def strange_word(self, text: str) -> str | None:
        """The first word of a text that no list holds."""
        for words, _ in self.split(text):
            for word in words:
                if word not in self.words:
                    return word
        return None

    def misfit(self, text: str, ways: Set[str]) -> str | None:
        """The first sentence that has none of the forms, with these ways of acting."""
        for words, is_question in self.split(text):
            start = "questions" if is_question else "sentences"
            if len(words) > MAX_SENTENCE_WORDS or not _Match(self, words, ways).fits(start):
                return " ".join(words)
        return None

    def split(self, text: str) -> Iterator[tuple[tuple[str, ...], bool]]:
        """The sentences of a text: words in lower case, and whether each is a question."""
        spelt = one_spelling(text.casefold().replace("’", "'"), self.spellings)
        for sentence in _SENTENCE.findall(spelt):
            body = sentence.rstrip(".!?;।")
            words: list[str] = []
            for word in _WORD.findall(body):
                if word == "-":  # "hand-written" is two words, a dash between blanks is a colon
                    continue
                written = ":" if word in _BREAKS else word
                words += self.short_forms.get(written, written).split()
            if words:
                yield tuple(words), _QUESTION in sentence[len(body) :]


class _Match:
    """One sentence against the lists; every list is tried once per place."""

    def __init__(self, forms: Forms, words: tuple[str, ...], ways: Set[str]) -> None:
        self.forms = forms
        self.words = words
        self.ways = sorted(ways)
        self.known: dict[tuple[str, int], frozenset[int]] = {}

    def fits(self, name: str) -> bool:
        return len(self.words) in self.ends(Named(name), 0)

    def ends(self, node: Node, at: int) -> frozenset[int]:
        """Where what fits the node, beginning at a word, may end."""
        match node:
            case Words(any_of) | Verbs(any_of):
                is_there = at < len(self.words) and self.words[at] in any_of
                return frozenset({at + 1} if is_there else ())
            case Row(parts):
                places = frozenset({at})
                for part in parts:
                    places = self._after(part, places)
                return places
            case Choice(options):
                return frozenset[int]().union(*(self.ends(option, at) for option in options))
            case Repeat(part, is_many):
                return self._repeated(part, at) if is_many else self.ends(part, at) | {at}
            case Named(name):
                opening = self.forms.openings[name]
                if not opening.may_be_missing and opening.words.isdisjoint(self.words[at : at + 1]):
                    return frozenset()
                key = (name, at)
                if key not in self.known:
                    self.known[key] = self._named(name, at)
                return self.known[key]

    def _named(self, name: str, at: int) -> frozenset[int]:
        if name in self.forms.options:
            word = self.words[at] if at < len(self.words) else None
            return frozenset[int]().union(
                *(self.ends(node, at) for node in self.forms.options[name].beginning_with(word))
            )
        if name.partition("+")[0] not in _WAYS:
            return self.ends(self.forms.lists[name], at)
        nodes = [self.forms.ways[way][name] for way in self.ways if name in self.forms.ways[way]]
        return frozenset[int]().union(*(self.ends(node, at) for node in nodes))

    def _after(self, node: Node, places: frozenset[int]) -> frozenset[int]:
        return frozenset[int]().union(*(self.ends(node, place) for place in places))

    def _repeated(self, part: Node, at: int) -> frozenset[int]:
        reached = frozenset({at})
        new = reached
        while new:
            new = self._after(part, new) - reached
            reached |= new
        return reached


def compile_forms(content: FormFile) -> Forms:
    """Make the lists of a form file ready.

    Raises:
        ValueError: when a pattern is not closed, names no list, a list holds itself, or a verb
            lacks a form that is asked for.
    """
    content = content.in_one_spelling()
    if content.words.keys() & content.forms.keys():
        raise ValueError("A list stands under words and under forms.")
    if not {"sentences", "questions"} <= content.forms.keys():
        raise ValueError("There have to be sentences and questions.")
    written = {
        name: parse(patterns) for name, patterns in (*content.words.items(), *content.forms.items())
    }
    spoken = {
        way: {name: parse(lines) for name, part in _WAYS.items() if (lines := getattr(file, part))}
        for way, file in content.ways.items()
    }
    for name in _WAYS:
        written[name] = choice(parts[name] for parts in spoken.values() if name in parts)
    lists, ways = with_forms(written, spoken, content.inflections)
    refuse_circles(lists)
    begun = openings(lists)
    fixed = {name: node for name, node in lists.items() if name.partition("+")[0] not in _WAYS}
    return Forms(
        language=content.language,
        short_forms=content.short_forms,
        spellings=content.spellings,
        lists=lists,
        openings=begun,
        options=options(fixed, begun),
        ways=ways,
        words=frozenset(word for node in lists.values() for word in words_of(node)),
        examples=content.examples,
    )


def one_spelling(text: str, spellings: Mapping[str, str]) -> str:
    """A text with letters that are written for one another as one of them, in the given order."""
    for written, meant in spellings.items():
        text = text.replace(written, meant)
    return text
