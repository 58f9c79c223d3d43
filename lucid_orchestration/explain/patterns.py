"""Patterns over lists of words: how they are written, and what they become before matching.

A pattern is words in order, `<name>` for a list, `( a | b )` for either, `?` for what may be
missing and `*` for what may come any number of times. A verb is written once: `{check fill_in}` are
these verbs in the form that is asked for, and `<act+ing>` is the list `act` with its verbs in that
form ("checking the shelf", "filling in the list"). A list passes the form it is asked for on to its
own lists, unless they name one: `<act+base>` is the plain verb everywhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_SYNTAX = re.compile(r"<[a-z_0-9]+(?:\+[a-z]+)?>|\{[a-z_\s]+\}|[()|?*]|[^\s()|?*<>{}+]+")
_BASE = "base"

Inflections = Mapping[str, Mapping[str, str]]  # form, then verb, then the verb in that form


@dataclass(frozen=True)
class Words:
    """Any of some single words."""

    any_of: frozenset[str]


@dataclass(frozen=True)
class Verbs:
    """Any of some verbs in the form a list is asked for; gone once that is known."""

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


Node = Words | Verbs | Named | Row | Choice | Repeat


@dataclass(frozen=True)
class Opening:
    """The words a list can begin with, and whether it may be missing altogether."""

    words: frozenset[str]
    may_be_missing: bool


class Options:
    """The patterns of a list by the word they may begin with; each word is looked up once."""

    def __init__(self, patterns: Iterable[tuple[Node, Opening]]) -> None:
        self._patterns = tuple(patterns)
        self._known: dict[str | None, tuple[Node, ...]] = {}

    def beginning_with(self, word: str | None) -> tuple[Node, ...]:
        """Those that may begin with the word, or be missing altogether; None is the end."""
        if word not in self._known:
            self._known[word] = tuple(
                node
                for node, opening in self._patterns
                if opening.may_be_missing or word in opening.words
            )
        return self._known[word]


def parse(patterns: Iterable[str]) -> Node:
    """The patterns of a list as one node.

    Raises:
        ValueError: when a pattern is not closed, is empty or is none.
    """
    return _choice([_parse(pattern) for pattern in patterns])


def choice(options: Iterable[Node]) -> Node:
    """Any of some nodes."""
    return _choice(list(options))


def with_forms(
    lists: Mapping[str, Node], ways: Mapping[str, Mapping[str, Node]], inflections: Inflections
) -> tuple[Mapping[str, Node], Mapping[str, Mapping[str, Node]]]:
    """Lists and ways without `Verbs`: each once in the plain form, and once per form asked for.

    Raises:
        ValueError: when a verb lacks a form that is asked for, or a pattern names no list.
    """
    uses = {name: frozenset(_names(node)) for name, node in lists.items()}
    unknown = {n for names in uses.values() for name in names if (n := _bare(name)) not in lists}
    if unknown:
        raise ValueError(f"No such list: {', '.join(sorted(unknown))}.")
    verbal = _verbal(lists, uses)
    as_written = {
        name for name in lists if name not in verbal and not any("+" in n for n in uses[name])
    }
    done: dict[str, Node] = {}
    waiting = sorted(lists)
    while waiting:
        name = waiting.pop()
        if name not in done:
            bare, _, form = name.partition("+")
            if name in as_written:
                done[name] = lists[name]
                continue  # what it names are lists that wait as they are
            done[name] = _inflected(lists[bare], form or _BASE, verbal, inflections)
            waiting += set(_names(done[name]))
    asked = {form for name in done if (form := name.partition("+")[2])}
    return done, {
        way: {
            name + (f"+{form}" if form else ""): _inflected(
                node, form or _BASE, verbal, inflections
            )
            for name, node in parts.items()
            for form in ("", *sorted(asked))
            if not form or f"{name}+{form}" in done
        }
        for way, parts in ways.items()
    }


def words_of(node: Node) -> Iterator[str]:
    """Every word a node itself holds."""
    if isinstance(node, Words):
        yield from node.any_of
    for inner in _inner(node):
        yield from words_of(inner)


def refuse_circles(lists: Mapping[str, Node]) -> None:
    """See that no list holds itself.

    Raises:
        ValueError: when one does.
    """
    uses = {name: set(_names(node)) for name, node in lists.items()}
    while uses:
        done = {name for name, names in uses.items() if not names & uses.keys()}
        if not done:
            raise ValueError(f"A list holds itself: {', '.join(sorted(uses))}.")
        uses = {name: names for name, names in uses.items() if name not in done}


def openings(lists: Mapping[str, Node]) -> Mapping[str, Opening]:
    """What each list can begin with."""
    known: dict[str, Opening] = {}
    for name in lists:
        _opening(Named(name), lists, known)
    return known


def options(
    lists: Mapping[str, Node], known_openings: Mapping[str, Opening]
) -> Mapping[str, Options]:
    """The patterns of each list that has several."""
    known = dict(known_openings)
    return {
        name: Options((node, _opening(node, lists, known)) for node in written.options)
        for name, written in lists.items()
        if isinstance(written, Choice)
    }


def _bare(name: str) -> str:
    return name.partition("+")[0]


def _verbal(lists: Mapping[str, Node], uses: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The lists that hold a verb whose form is open."""
    verbal = {name for name, node in lists.items() if _has_verbs(node)}
    while True:
        more = {
            name
            for name, names in uses.items()
            if name not in verbal and not verbal.isdisjoint(names)
        }
        if not more:
            return frozenset(verbal)
        verbal |= more


def _has_verbs(node: Node) -> bool:
    return isinstance(node, Verbs) or any(map(_has_verbs, _inner(node)))


def _inflected(node: Node, form: str, verbal: frozenset[str], inflections: Inflections) -> Node:
    match node:
        case Verbs(any_of):
            return _choice([_row_of(_verb_in(verb, form, inflections)) for verb in sorted(any_of)])
        case Named(name) if "+" in name:
            return Named(name.removesuffix(f"+{_BASE}"))
        case Named(name):
            return Named(f"{name}+{form}" if form != _BASE and name in verbal else name)
        case Row(parts):
            return Row(tuple(_inflected(part, form, verbal, inflections) for part in parts))
        case Choice(options):
            return _choice([_inflected(part, form, verbal, inflections) for part in options])
        case Repeat(part, is_many):
            return Repeat(_inflected(part, form, verbal, inflections), is_many)
        case Words():
            return node


def _verb_in(verb: str, form: str, inflections: Inflections) -> str:
    head, _, rest = verb.partition("_")
    if form != _BASE:
        if head not in inflections.get(form, {}):
            raise ValueError(f"There is no {form} of {head}.")
        head = inflections[form][head]
    return f"{head} {rest.replace('_', ' ')}"


def _parse(pattern: str) -> Node:
    # as texts are: some letters of Devanagari are two characters then
    pattern = unicodedata.normalize("NFKC", pattern)
    tokens = _SYNTAX.findall(pattern)
    if "".join("".join(tokens).split()) != "".join(pattern.split()):
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
            row.append(_part(sign))
    options.append(_row(row))
    return _choice(options), at


def _part(sign: str) -> Node:
    match sign[0]:
        case "<":
            return Named(sign[1:-1])
        case "{":
            return Verbs(frozenset(sign[1:-1].split()))
        case _:
            return Words(frozenset({sign}))


def _row_of(words: str) -> Node:
    return _row([Words(frozenset({word})) for word in words.split()])


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


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Named):
        yield node.name
    for inner in _inner(node):
        yield from _names(inner)


def _opening(node: Node, lists: Mapping[str, Node], known: dict[str, Opening]) -> Opening:
    """The words a node can begin with, whatever the ways."""
    match node:
        case Words(any_of) | Verbs(any_of):
            return Opening(any_of, False)
        case Repeat(part, _):
            return Opening(_opening(part, lists, known).words, True)
        case Row(parts):
            words: frozenset[str] = frozenset()
            for part in parts:
                opening = _opening(part, lists, known)
                words |= opening.words
                if not opening.may_be_missing:
                    return Opening(words, False)
            return Opening(words, True)
        case Choice(options):
            each = [_opening(option, lists, known) for option in options]
            return Opening(
                frozenset[str]().union(*(opening.words for opening in each)),
                any(opening.may_be_missing for opening in each),
            )
        case Named(name):
            if name not in known:
                known[name] = _opening(lists[name], lists, known)
            return known[name]
