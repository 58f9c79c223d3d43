"""Why an answer of a model is not shown."""

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """What was wrong with an answer; the first that is found."""

    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    EMPTY = "empty"
    UNKNOWN_SLOT = "unknown_slot"
    MISSING_SLOT = "missing_slot"
    REPEATED_SLOT = "repeated_slot"
    CONTROL_CHARACTER = "control_character"
    NUMBER = "number"
    FOREIGN_LETTER = "foreign_letter"
    MARKUP = "markup"
    LINK = "link"
    NUMBER_WORD = "number_word"
    UNIT = "unit"
    TIME = "time"
    CAUSE = "cause"
    OVERCLAIM = "overclaim"
    INJECTION = "injection"
    REGULATED = "regulated"
    DENIAL = "denial"
    NAME = "name"
    DIRECTION = "direction"
    STRANGE_WORD = "strange_word"
    STRANGE_FORM = "strange_form"
    STRANGE_ACTION = "strange_action"
    SLOT_NOT_ALONE = "slot_not_alone"
    STRAY_NUMBER = "stray_number"


# What the model is told when it may try once more.
HINTS = {
    Code.TOO_LONG: "Write less.",
    Code.NOT_JSON: "Return the JSON object and nothing else.",
    Code.WRONG_SHAPE: "Return exactly the keys and types of the schema.",
    Code.EMPTY: "No list and no text may be empty.",
    Code.UNKNOWN_SLOT: "Use only the slots that are listed for the field.",
    Code.MISSING_SLOT: "Use claim_main in the explanation and claim_action in the guidance.",
    Code.REPEATED_SLOT: "Use each slot at most once.",
    Code.CONTROL_CHARACTER: "Use no invisible characters and no line breaks.",
    Code.NUMBER: "Write no digit and no numeral of any script.",
    Code.FOREIGN_LETTER: "Use only the letters of the language.",
    Code.MARKUP: "Use plain words with simple punctuation, no symbols.",
    Code.LINK: "Write no address of any kind.",
    Code.NUMBER_WORD: "Write no number word and no part of a whole.",
    Code.UNIT: "Write no unit and no currency.",
    Code.TIME: "Name no month, weekday, season, festival or past period.",
    Code.CAUSE: "Give no cause; none is known.",
    Code.OVERCLAIM: "Promise nothing.",
    Code.INJECTION: "Speak of the shop only, not of yourself or your task.",
    Code.REGULATED: "Give no advice on taxes, loans, law or staff.",
    Code.DENIAL: "Do not question the claims.",
    Code.NAME: "Name no product, person or company.",
    Code.DIRECTION: "Say nothing about a rise or fall that the claim does not say.",
    Code.STRANGE_WORD: "Use plainer words of every day, as in the examples.",
    Code.STRANGE_FORM: "Write only sentences of the listed forms: invite, announce, or ask.",
    Code.STRANGE_ACTION: "Suggest nothing to do but what claim_action says, and looking or asking.",
    Code.SLOT_NOT_ALONE: "Let every claim stand alone between whole sentences.",
    Code.STRAY_NUMBER: "Leave every figure to the claims.",
}


@dataclass(frozen=True)
class Refusal:
    """Why an answer is not shown; `field` is where it was found, if anywhere in particular."""

    code: Code
    field: str = ""


@dataclass(frozen=True)
class Accepted:
    """A verified answer with its claims filled in."""

    explanation: str
    guidance: str


Verdict = Accepted | Refusal
