"""The sentences a text may consist of, per language, as data.

A form file holds lists of words and patterns over them. A pattern is words in order, `<name>` for a
list, `( a | b )` for either, `?` for what may be missing and `*` for what may come any number of
times. No list may hold itself, so a sentence is matched in time that grows with its length alone.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

MAX_SENTENCE_WORDS = 60

_SYNTAX = re.compile(r"<[a-z_0-9]+>|[()|?*]|[^\s()|?*<>]+")
_SENTENCE = re.compile(r"[^.!?;।]+[.!?;।]*")
_WORD = re.compile(r"[^\s,:\-–—\"“”()‘]+|[,:–—\"“”()‘]|-")
_BREAKS = frozenset(":–—")
_QUESTION = "?"
Part = Literal["do", "doing", "thing", "about", "says", "asks"]
# The lists a pattern calls the ways of acting by.
_WAYS: Mapping[str, Part] = {
    "way": "do",
    "way_ing": "doing",
    "way_thing": "thing",
    "way_about": "about",
    "way_says": "says",
    "way_asks": "asks",
}


class WayFile(BaseModel):
    """A way of acting: what names it in a rule's action, and how a text may speak of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    named_by: tuple[str, ...]
    do: tuple[str, ...] = ()
    doing: tuple[str, ...] = ()
    thing: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


class FormFile(BaseModel):
    """The content of a form file; the comments in `en.forms.yml` say what each list is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str
    short_forms: Mapping[str, str]
    spellings: Mapping[str, str] = {}
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
class Words:
    """Any of some single words."""

    any_of: frozenset[str]


@dataclass(frozen=True)
class Named:
    """Whatever fits the list of this name."""

    name: str


@dataclass(frozen=True)
class Row:
    """One part after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Choice:
    """Any of some patterns."""

    options: tuple["Node", ...]


@dataclass(frozen=True)
class Repeat:
    """A part that may be missing, or come several times."""

    part: "Node"
    is_many: bool


Node = Words | Named | Row | Choice | Repeat


@dataclass(frozen=True)
class Opening:
    """The words a list can begin with, and whether it may be missing altogether."""

    words: frozenset[str]
    may_be_missing: bool


@dataclass(frozen=True)
class Forms:
    """A form file made ready for matching; `language` is its name in English."""

    language: str
    short_forms: Mapping[str, str]
    spellings: Mapping[str, str]
    lists: Mapping[str, Node]
    openings: Mapping[str, Opening]
    ways: Mapping[str, Mapping[Part, Node]]
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
            case Words(any_of):
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
        part = _WAYS.get(name)
        if part is None:
            return self.ends(self.forms.lists[name], at)
        nodes = [self.forms.ways[way][part] for way in self.ways if part in self.forms.ways[way]]
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
        ValueError: when a pattern is not closed, names no list, or a list holds itself.
    """
    content = content.in_one_spelling()
    lists = {
        name: _choice([_parse(pattern) for pattern in patterns])
        for name, patterns in (*content.words.items(), *content.forms.items())
    }
    if content.words.keys() & content.forms.keys():
        raise ValueError("A list stands under words and under forms.")
    ways: dict[str, Mapping[Part, Node]] = {}
    for name, way in content.ways.items():
        ways[name] = {
            part: _choice([_parse(pattern) for pattern in patterns])
            for part in _WAYS.values()
            if (patterns := getattr(way, part))
        }
    for name, part in _WAYS.items():
        lists[name] = _choice([way[part] for way in ways.values() if part in way])
    _refuse_circles(lists)
    words = frozenset(word for node in lists.values() for word in _words(node))
    openings: dict[str, Opening] = {}
    for name in lists:
        _openings(Named(name), lists, openings)
    return Forms(
        content.language,
        content.short_forms,
        content.spellings,
        lists,
        openings,
        ways,
        words,
        content.examples,
    )


def one_spelling(text: str, spellings: Mapping[str, str]) -> str:
    """A text with letters that are written for one another as one of them, in the given order."""
    for written, meant in spellings.items():
        text = text.replace(written, meant)
    return text


def _parse(pattern: str) -> Node:
    # as texts are: some letters of Devanagari are two characters then
    pattern = unicodedata.normalize("NFKC", pattern)
    tokens = _SYNTAX.findall(pattern)
    if "".join(tokens) != "".join(pattern.split()):
        raise ValueError(f"Not a pattern: {pattern}")
    node, rest = _parse_choice(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"A bracket too many: {pattern}")
    return node


def _parse_choice(tokens: list[str], at: int) -> tuple[Node, int]:
    options: list[Node] = []
    row: list[Node] = []
    while at < len(tokens) and tokens[at] != ")":
        sign = tokens[at]
        at += 1
        if sign == "|":
            options.append(_row(row))
            row = []
        elif sign in "?*":
            if not row:
                raise ValueError(f"Nothing stands before the {sign}: {' '.join(tokens)}")
            row.append(Repeat(row.pop(), sign == "*"))
        elif sign == "(":
            inner, at = _parse_choice(tokens, at)
            if at == len(tokens):
                raise ValueError(f"A bracket is not closed: {' '.join(tokens)}")
            row.append(inner)
            at += 1
        else:
            row.append(Named(sign[1:-1]) if sign[0] == "<" else Words(frozenset({sign})))
    options.append(_row(row))
    return _choice(options), at


def _row(parts: list[Node]) -> Node:
    if not parts:
        raise ValueError("A pattern is empty.")
    return parts[0] if len(parts) == 1 else Row(tuple(parts))


def _choice(options: list[Node]) -> Node:
    """Single words as one set: a list of hundreds is one look-up."""
    single = frozenset(
        word for option in options if isinstance(option, Words) for word in option.any_of
    )
    longer = [option for option in options if not isinstance(option, Words)]
    merged: list[Node] = [*([Words(single)] if single else []), *longer]
    return merged[0] if len(merged) == 1 else Choice(tuple(merged))


def _inner(node: Node) -> tuple[Node, ...]:
    match node:
        case Row(parts):
            return parts
        case Choice(options):
            return options
        case Repeat(part, _):
            return (part,)
        case _:
            return ()


def _words(node: Node) -> Iterator[str]:
    if isinstance(node, Words):
        yield from node.any_of
    for inner in _inner(node):
        yield from _words(inner)


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Named):
        yield node.name
    for inner in _inner(node):
        yield from _names(inner)


def _openings(
    node: Node,
    lists: Mapping[str, Node],
    known: dict[str, Opening],
) -> Opening:
    """The words a node can begin with, whatever the ways."""
    match node:
        case Words(any_of):
            return Opening(any_of, False)
        case Repeat(part, _):
            return Opening(_openings(part, lists, known).words, True)
        case Row(parts):
            words: frozenset[str] = frozenset()
            for part in parts:
                opening = _openings(part, lists, known)
                words |= opening.words
                if not opening.may_be_missing:
                    return Opening(words, False)
            return Opening(words, True)
        case Choice(options):
            each = [_openings(option, lists, known) for option in options]
            return Opening(
                frozenset[str]().union(*(opening.words for opening in each)),
                any(opening.may_be_missing for opening in each),
            )
        case Named(name):
            if name not in known:
                known[name] = _openings(lists[name], lists, known)
            return known[name]


def _refuse_circles(lists: Mapping[str, Node]) -> None:
    uses = {name: set(_names(node)) for name, node in lists.items()}
    unknown = {used for names in uses.values() for used in names} - uses.keys()
    if unknown:
        raise ValueError(f"No such list: {', '.join(sorted(unknown))}.")
    if not {"sentences", "questions"} <= uses.keys():
        raise ValueError("There have to be sentences and questions.")
    while uses:
        done = {name for name, names in uses.items() if not names & uses.keys()}
        if not done:
            raise ValueError(f"A list holds itself: {', '.join(sorted(uses))}.")
        uses = {name: names for name, names in uses.items() if name not in done}
