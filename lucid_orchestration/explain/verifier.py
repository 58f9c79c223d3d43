"""Decides whether a model's answer may be shown. Pure: same answer and facts, same verdict.

An answer is text with claims between it. The claims are finished sentences made by code; of the
text between them every word has to be one of the language's, and every sentence to have one of its
forms, none of which can carry a figure or state a thing. A list of what is forbidden comes before
that, as a second net and for plainer verdicts. The first failure is the verdict.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lucid_orchestration.explain.briefs import CLAIM_ACTION, Brief, Field
from lucid_orchestration.explain.languages import Lexicon
from lucid_orchestration.explain.names import Catalogue
from lucid_orchestration.explain.verdict import Accepted, Code, Refusal, Verdict

VERIFIER_VERSION = "5"
MAX_ANSWER_CHARACTERS = 6000
MAX_SEGMENTS = 8
MAX_TEXT_CHARACTERS = 600

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_UNIT_SIGNS = frozenset("%‰‱°℃℉")
_SENTENCE_ENDS = (".", "!", "?", "।")
_SPELLED_OUT = 4  # single letters in a row
_LINK = re.compile(r"\w\.\w|\bwww\b|\bhttps?\b|:/", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e)\.", re.IGNORECASE)
_ROMAN = re.compile(r"(?<!\w)[IVXLCDM]{2,}(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True)
class Segment:
    """A piece of an answer: text of the model, or the name of a claim."""

    kind: Literal["text", "slot"]
    value: str


Answer = Mapping[Field, Sequence[Segment]]


class _RefusedError(Exception):
    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


def verify(raw: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Verdict:
    """The answer with its claims filled in, or why it is refused."""
    answer = parse(raw)
    if isinstance(answer, Refusal):
        return answer
    for field in Field:
        code = _slot_fault(answer[field], brief, field)
        if code is not None:
            return Refusal(code, field)
    for field in Field:
        for segment in answer[field]:
            if segment.kind == "text":
                code = text_fault(segment.value, brief, lexicon, catalogue)
                if code is not None:
                    return Refusal(code, field)
        if not _slots_stand_alone(answer[field]):
            return Refusal(Code.SLOT_NOT_ALONE, field)
        if sum(len(part.value) for part in answer[field] if part.kind == "text") > (
            MAX_TEXT_CHARACTERS
        ):
            return Refusal(Code.TOO_LONG, field)
    rendered = {field: _render(answer[field], brief) for field in Field}
    for field, pieces in rendered.items():
        if _has_stray_number(pieces):
            return Refusal(Code.STRAY_NUMBER, field)
    texts = {field: " ".join(text for text, _ in pieces) for field, pieces in rendered.items()}
    return Accepted(texts[Field.EXPLANATION], texts[Field.GUIDANCE])


def parse(raw: str) -> Answer | Refusal:
    """The answer as segments: strict JSON, exactly the two keys, exactly two kinds of segment."""
    if len(raw) > MAX_ANSWER_CHARACTERS:
        return Refusal(Code.TOO_LONG)
    try:
        content = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_constant)
    except _RefusedError as refused:
        return Refusal(refused.code)
    except (ValueError, RecursionError):
        return Refusal(Code.NOT_JSON)
    if not isinstance(content, dict) or content.keys() != set(Field):
        return Refusal(Code.WRONG_SHAPE)
    answer: dict[Field, Sequence[Segment]] = {}
    for field in Field:
        segments = _segments(content[field])
        if isinstance(segments, Code):
            return Refusal(segments, field)
        answer[field] = segments
    return answer


def text_fault(text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Code | None:
    """What is wrong with a text between claims; None when nothing is."""
    normal = unicodedata.normalize("NFKC", text)
    # Before and after: normalising turns Ⅳ into plain letters, and ⁵ into a digit.
    for letter in text + normal:
        code = _character_fault(letter, lexicon)
        if code is not None:
            return code
    for check in (_link_fault, _word_fault, _name_fault, _direction_fault, _form_fault):
        code = check(normal, brief, lexicon, catalogue)
        if code is not None:
            return code
    return None


def _segments(content: Any) -> Sequence[Segment] | Code:
    if not isinstance(content, list):
        return Code.WRONG_SHAPE
    if not content:
        return Code.EMPTY
    if len(content) > MAX_SEGMENTS:
        return Code.TOO_LONG
    segments = []
    for entry in content:
        match entry:
            case {"kind": "text" | "slot" as kind, **rest} if rest.keys() == {
                "text" if kind == "text" else "slot"
            }:
                value = rest.popitem()[1]
            case _:
                return Code.WRONG_SHAPE
        if not isinstance(value, str):
            return Code.WRONG_SHAPE
        if not value.strip():
            return Code.EMPTY
        if len(value) > MAX_TEXT_CHARACTERS:
            return Code.TOO_LONG
        segments.append(Segment(kind, value))
    return segments


def _slot_fault(segments: Sequence[Segment], brief: Brief, field: Field) -> Code | None:
    slots = [segment.value for segment in segments if segment.kind == "slot"]
    if any(slot not in brief.slots(field) for slot in slots):
        return Code.UNKNOWN_SLOT
    if len(set(slots)) != len(slots):
        return Code.REPEATED_SLOT
    if brief.required_slot(field) not in slots:
        return Code.MISSING_SLOT
    return None


def _character_fault(letter: str, lexicon: Lexicon) -> Code | None:
    category = unicodedata.category(letter)
    if category in _HIDDEN:
        return Code.CONTROL_CHARACTER
    if category.startswith("N") or unicodedata.numeric(letter, None) is not None:
        return Code.NUMBER
    if category == "Sc" or letter in _UNIT_SIGNS:
        return Code.UNIT
    if category[0] in "LM":
        return None if letter in lexicon.letters else Code.FOREIGN_LETTER
    return None if letter in lexicon.punctuation else Code.MARKUP


def _link_fault(text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Code | None:
    return Code.LINK if _LINK.search(_ABBREVIATION.sub("", text)) else None


def _word_fault(text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Code | None:
    words = lexicon.plain(text)
    if _ROMAN.search(text) or _is_spelled_out(words) or lexicon.numbers.search(words):
        return Code.NUMBER_WORD
    for code, pattern in lexicon.phrases:
        if pattern.search(words):
            return code
    for code, these, those in lexicon.apart:
        for sentence in words.split(" . "):
            if these.search(sentence) and those.search(sentence):
                return code
    return None


def _is_spelled_out(words: str) -> bool:
    """Whether a word is hidden by writing it letter by letter."""
    row = 0
    for word in words.replace(" . ", " ").split():
        row = row + 1 if len(word) == 1 else 0
        if row >= _SPELLED_OUT:
            return True
    return False


def _name_fault(text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Code | None:
    """Names of the shop's goods, and any capital that does not begin a sentence."""
    if catalogue.names_in(text, lexicon.plain_words):
        return Code.NAME
    for word, begins in _words(text):
        capital = any(letter.isupper() for letter in (word[1:] if begins else word))
        brand = word[0].isupper() and catalogue.has_word(word, lexicon.plain_words)
        if capital or brand:
            return Code.NAME
    return None


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Every word, and whether it begins a sentence."""
    for match in _WORD.finditer(text):
        before = text[: match.start()].rstrip(" \"'“”‘’(-–—")
        yield match.group(), not before or before[-1] in ".!?:।"


def _direction_fault(
    text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue
) -> Code | None:
    words = lexicon.plain(text)
    said = {"rise": lexicon.rising, "fall": lexicon.falling}
    contrary: list[Callable[[str], object]] = [lexicon.denied_movement.search]
    contrary += [pattern.search for word, pattern in said.items() if word != brief.pack.direction]
    if brief.pack.category == "risk":
        contrary.append(lexicon.praise.search)
    if brief.pack.category == "growth":
        contrary.append(lexicon.alarm.search)
    return Code.DIRECTION if any(search(words) for search in contrary) else None


def _form_fault(text: str, brief: Brief, lexicon: Lexicon, catalogue: Catalogue) -> Code | None:
    """A word of no list, a sentence of no form, or a way of acting the rule does not name."""
    forms = lexicon.forms
    if forms.strange_word(text) is not None:
        return Code.STRANGE_WORD
    if forms.misfit(text, lexicon.ways_in(brief.pack.claims[CLAIM_ACTION])) is None:
        return None
    is_form = forms.misfit(text, forms.ways.keys()) is None
    return Code.STRANGE_ACTION if is_form else Code.STRANGE_FORM


def _slots_stand_alone(segments: Sequence[Segment]) -> bool:
    """A claim is a whole sentence: what is before it has ended, what follows begins anew."""
    for at, segment in enumerate(segments):
        if segment.kind == "slot":
            continue
        text = segment.value.strip()
        if not text.rstrip("\"'”’)").endswith(_SENTENCE_ENDS):
            return False
        follows_slot = at > 0 and segments[at - 1].kind == "slot"
        first = text.lstrip("\"'“‘(")[:1]
        if follows_slot and not (first.isalpha() and first == first.upper()):
            return False
    return True


def _render(segments: Sequence[Segment], brief: Brief) -> list[tuple[str, bool]]:
    """Pieces of the finished text, and which of them are claims."""
    return [
        (brief.sentences[segment.value], True)
        if segment.kind == "slot"
        else (unicodedata.normalize("NFKC", segment.value).strip(), False)
        for segment in segments
    ]


def _has_stray_number(pieces: Sequence[tuple[str, bool]]) -> bool:
    """Whether a numeric character of the finished text lies outside the claims."""
    inside = [is_claim for text, is_claim in pieces for _ in f"{text} "]
    text = "".join(f"{piece} " for piece, _ in pieces)
    return any(
        unicodedata.numeric(letter, None) is not None and not is_claim
        for letter, is_claim in zip(text, inside, strict=True)
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise _RefusedError(Code.WRONG_SHAPE)
    return content


def _no_constant(name: str) -> Any:
    raise _RefusedError(Code.NOT_JSON)
