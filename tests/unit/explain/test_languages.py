"""Word lists are data: what a language file says decides, and every entry can be found."""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from lucid_orchestration.explain.languages import (
    LANGUAGES_DIR,
    LanguageFile,
    lexicon,
    load_lexicon,
    plain_text,
)
from lucid_orchestration.explain.verdict import Code
from lucid_orchestration.explain.verifier import text_fault
from tests.explanations import CATALOGUE, LEXICON, brief

ENGLISH = LanguageFile.model_validate(
    yaml.safe_load((LANGUAGES_DIR / "en.yml").read_text(encoding="utf-8"))
)


def entries() -> list[tuple[Code, str]]:
    return [(code, entry) for code, listed in ENGLISH.phrases.items() for entry in listed]


def test_every_entry_of_the_file_finds_itself() -> None:
    for code, entry in entries():
        words = entry.replace(" ... ", " really ").replace("*", "ing")
        assert text_fault(f"It is {words} here.", brief(), LEXICON, CATALOGUE) is not None, (
            code,
            entry,
        )


@pytest.mark.parametrize("word", ENGLISH.numbers)
def test_every_number_word_is_found(word: str) -> None:
    for written in (word, word.upper(), f"{word}-{word}", f"{word}{word}"):
        assert LEXICON.numbers.search(LEXICON.plain(f"so {written} here")), written


def test_the_codes_of_the_file_are_words_not_shapes() -> None:
    assert set(ENGLISH.phrases) == {
        Code.NUMBER_WORD,
        Code.UNIT,
        Code.TIME,
        Code.CAUSE,
        Code.OVERCLAIM,
        Code.INJECTION,
        Code.REGULATED,
        Code.LINK,
        Code.DENIAL,
        Code.NAME,
    }


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It’s  A Café, isn't it?", "it s a cafe is not it ."),
        ("Half-price: thirty—two", "half price . thirty two"),
        ("They'll can't", "they will cannot"),
    ],
)
def test_text_is_made_plain(text: str, plain: str) -> None:
    assert plain_text(text, ENGLISH.contractions) == plain


def test_a_gap_does_not_reach_over_the_end_of_a_sentence() -> None:
    assert text_fault("Find the will. Grow it.", brief(), LEXICON, CATALOGUE) is None
    assert text_fault("It will surely grow.", brief(), LEXICON, CATALOGUE) is Code.OVERCLAIM


def test_another_language_is_another_file(tmp_path: Path) -> None:
    content = {
        **yaml.safe_load((LANGUAGES_DIR / "en.yml").read_text(encoding="utf-8")),
        "language": "hi",
        "letters": "कखगघचछजझटठडढतथदधनपफबभमयरलवशषसहअआइईउऊएऐओऔािीुूेैोौं्ँः़ड़ढ़",
        "punctuation": " .,;:!?।\"'-",
        "contractions": {},
        "numbers": ["आधा", "दोगुना", "लाख", "सौ"],
        "number_endings": [],
    }
    (tmp_path / "hi.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    hindi = load_lexicon("hi", tmp_path)
    assert text_fault("यह सामान धीरे बिकता है।", brief(), hindi, CATALOGUE) is None
    assert text_fault("यह आधा है।", brief(), hindi, CATALOGUE) is Code.NUMBER_WORD
    assert text_fault("यह २ है।", brief(), hindi, CATALOGUE) is Code.NUMBER
    assert text_fault("It is slow.", brief(), hindi, CATALOGUE) is Code.FOREIGN_LETTER
    assert hindi.digest != LEXICON.digest


def test_a_changed_list_is_another_digest() -> None:
    changed = ENGLISH.model_copy(update={"praise": (*ENGLISH.praise, "splendid")})
    assert lexicon(changed).digest != LEXICON.digest
    assert lexicon(ENGLISH).digest == LEXICON.digest


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((LANGUAGES_DIR / "en.yml").read_text(encoding="utf-8"))
    content["prases"] = content.pop("praise")
    (tmp_path / "xx.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValidationError, match="prases"):
        load_lexicon("xx", tmp_path)
