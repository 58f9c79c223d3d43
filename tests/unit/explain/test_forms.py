"""Forms are patterns over lists of words: what they take, and which files are refused."""

from typing import Any

import pytest

from lucid_orchestration.explain.forms import MAX_SENTENCE_WORDS, FormFile, Forms, compile_forms
from lucid_orchestration.explain.languages import LANGUAGES_DIR, load_lexicon
from lucid_orchestration.explain.prompt import write_prompt
from lucid_orchestration.explain.verifier import text_fault
from tests.explanations import CATALOGUE, brief

NOTHING: frozenset[str] = frozenset()
LANGUAGES = sorted(path.name.split(".")[0] for path in LANGUAGES_DIR.glob("*.forms.yml"))


def forms(**changes: Any) -> Forms:
    content: dict[str, Any] = {
        "language": "Little",
        "short_forms": {"let's": "let us"},
        "words": {"thing": ["shelf", "back room"], "look": ["see", "look at"]},
        "forms": {
            "sentences": ["(let us)? <look> (the | a) <thing> ( , <thing>)*", "<way> now"],
            "questions": ["is it the <thing>"],
        },
        "ways": {"order": {"named_by": ["order it"], "do": ["order <thing>"]}},
        "examples": {"all": ["See the shelf."]},
    }
    return compile_forms(FormFile.model_validate({**content, **changes}))


@pytest.mark.parametrize(
    "words",
    [
        "See the shelf.",
        "Look at a back room!",
        "Let's see the shelf.",
        "Let’s see the shelf, back room, shelf.",
        "See the back-room. Is it the shelf?",
        "SEE THE SHELF",
        "See the shelf; see a shelf",
    ],
)
def test_a_sentence_of_a_form_fits(words: str) -> None:
    assert forms().strange_word(words) is None
    assert forms().misfit(words, NOTHING) is None


@pytest.mark.parametrize(
    "words",
    [
        "See shelf.",
        "See the the shelf.",
        "See the back.",
        "See the shelf, and.",
        "Us see the shelf.",
        "Is it the shelf.",
        "See the shelf?",
        "See the shelf. The shelf.",
        "See the shelf: shelf.",
        "See the shelf – shelf.",
        "Order shelf now.",
        "See the " + "shelf, " * MAX_SENTENCE_WORDS + "shelf.",
    ],
)
def test_any_other_sentence_does_not(words: str) -> None:
    assert forms().misfit(words, NOTHING) is not None


def test_letters_written_for_one_another_are_one_spelling() -> None:
    words = {"thing": ["shelph"], "look": ["see"]}
    either = forms(spellings={"lph": "lf", "ee": "i"}, words=words)
    for spelt in ("See the shelf.", "Si the shelph."):
        assert either.strange_word(spelt) is None
        assert either.misfit(spelt, NOTHING) is None
    assert either.examples == {"all": ("See the shelf.",)}


def test_the_first_strange_word_is_named() -> None:
    assert forms().strange_word("See the shelf. See a pony and a shelf.") == "pony"


def test_a_way_is_open_only_where_it_is_named() -> None:
    assert forms().misfit("Order shelf now.", {"order"}) is None
    assert forms().misfit("Order shelf now.", NOTHING) == "order shelf now"


VERBS: dict[str, Any] = {
    "inflections": {
        "ing": {"check": "checking", "fill": "filling", "order": "ordering"},
        "done": {"check": "checked", "fill": "filled", "order": "ordered"},
    },
    "words": {"thing": ["shelf", "list"], "act": ["<careful> <thing>", "<way>"]},
    "forms": {
        "careful": ["{check fill_in} the"],
        "sentences": [
            "<act>",
            "it helps to <act>",
            "<act+ing> helps",
            "<act+ing> while you <both>",
        ],
        "both": ["<act+base> and <act+base>"],
        "questions": ["have you <act+done>"],
    },
    "ways": {"order": {"named_by": ["order it"], "do": ["{order} it"]}},
}


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("Check the shelf.", True),
        ("It helps to fill in the list.", True),
        ("Checking the shelf helps.", True),
        ("Filling in the list helps.", True),
        ("Ordering it while you check the shelf and order it.", True),
        ("Have you filled in the list?", True),
        ("Have you ordered it?", True),
        ("Checking the shelf.", False),
        ("Check the shelf helps.", False),
        ("Fill in the list while you checking the list and order it.", False),
        ("Have you check the shelf?", False),
        ("Have you checking the shelf?", False),
    ],
)
def test_a_verb_is_written_once_and_taken_in_the_form_that_is_asked_for(
    words: str, fits: bool
) -> None:
    assert (forms(**VERBS).misfit(words, {"order"}) is None) is fits
    # a form of a way is as closed as the way
    assert forms(**VERBS).misfit(words, NOTHING) is not None or "order" not in words.casefold()


def test_what_a_way_opens_is_closed_without_it() -> None:
    content = {
        "forms": {"sentences": ["see <way_about>", "<way_says>"], "questions": ["<way_asks>"]},
        "ways": {
            "order": {
                "named_by": ["order it"],
                "about": ["the delivery"],
                "says": ["it may come"],
                "asks": ["is it there"],
            }
        },
    }
    for words in ("See the delivery.", "It may come.", "Is it there?"):
        assert forms(**content).misfit(words, {"order"}) is None
        assert forms(**content).misfit(words, NOTHING) is not None


def test_a_verb_without_the_form_that_is_asked_for_is_refused() -> None:
    lacking = {**VERBS, "inflections": {"ing": {"check": "checking"}, "done": {}}}
    with pytest.raises(ValueError, match=r"There is no (ing|done) of"):
        forms(**lacking)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("see (the shelf", "not closed"),
        ("see the) shelf", "bracket too many"),
        ("see <pony>", "No such list: pony"),
        ("see ( | a) shelf", "empty"),
        ("see <Thing>", "Not a pattern"),
        ("? see", "Nothing stands before"),
        ("see <sentences>", "holds itself"),
    ],
)
def test_a_pattern_that_is_none_is_refused(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        forms(forms={"sentences": [pattern], "questions": ["is it"]})


def test_a_list_stands_once_and_the_two_starts_are_there() -> None:
    with pytest.raises(ValueError, match="under words and under forms"):
        forms(forms={"sentences": ["see"], "questions": ["is it"], "thing": ["door"]})
    with pytest.raises(ValueError, match="sentences and questions"):
        forms(forms={"sentences": ["see"]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_of_the_prompt_are_accepted_themselves(language: str) -> None:
    lexicon = load_lexicon(language)
    system = write_prompt(brief(), lexicon.forms).system
    examples = [words for listed in lexicon.forms.examples.values() for words in listed]
    assert len(examples) >= 6
    for words in examples:
        assert text_fault(words, brief(), lexicon, CATALOGUE) is None, words
        assert f'"{words}"' in system
    assert f"simple\n{lexicon.forms.language}," in system


def test_hindi_is_files_and_no_code() -> None:
    assert LANGUAGES == ["en", "hi"]


def test_the_english_lexicon_is_of_everyday_size() -> None:
    words = load_lexicon().forms.words
    endings = ("s", "es", "ed", "d", "ing", "ly", "er", "r", "est")
    # "planned" and "planning" are no words beside "plan", nor is "making" beside "make"
    inflected = {
        word
        for word in words
        for ending in endings
        if word.endswith(ending)
        and (stem := word.removesuffix(ending))
        and {stem, f"{stem}e", stem[:-1], f"{stem[:-1]}y"} & words
    }
    assert 900 <= len(words - inflected) <= 1500
