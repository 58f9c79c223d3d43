"""Word lists are data: what a language file says decides, and every entry can be found."""

import shutil
from itertools import chain
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from lucid_orchestration.explain.forms import FormFile
from lucid_orchestration.explain.languages import (
    LANGUAGES_DIR,
    LanguageFile,
    lexicon,
    load_lexicon,
    plain_text,
)
from lucid_orchestration.explain.names import Catalogue
from lucid_orchestration.explain.verdict import Code
from lucid_orchestration.explain.verifier import text_fault
from tests.explanations import CATALOGUE, LEXICON, brief

ENGLISH = LanguageFile.model_validate(
    yaml.safe_load((LANGUAGES_DIR / "en.yml").read_text(encoding="utf-8"))
)
FORMS = FormFile.model_validate(
    yaml.safe_load((LANGUAGES_DIR / "en.forms.yml").read_text(encoding="utf-8"))
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
    held = text_fault("Find the will. Grow it.", brief(), LEXICON, CATALOGUE)
    assert held is Code.STRANGE_WORD  # not yet over-claimed
    assert text_fault("It will surely grow.", brief(), LEXICON, CATALOGUE) is Code.OVERCLAIM


HINDI = load_lexicon("hi")


@pytest.mark.parametrize(
    "words",
    [
        "कृपया इस सामान को ध्यान से देखिए।",
        "सप्लायर से पूछें कि वे माल वापस ले सकते हैं या नहीं।",
        "शेल्फ़ पर रखे सामान को गिन लें और सूची से मिला लें।",
        "इस पर छोटी छूट देकर देखें।",
        "इसे काउंटर के पास रखें।",
        "क्या आप इसके बारे में सोचना चाहेंगे?",
        "आपके लिए कौन सा विकल्प ठीक रहेगा?",
        *(words for examples in HINDI.forms.examples.values() for words in examples),
    ],
)
def test_another_language_is_another_file(words: str) -> None:
    assert text_fault(words, brief(), HINDI, CATALOGUE) is None
    assert text_fault(words, brief(), LEXICON, CATALOGUE) is Code.FOREIGN_LETTER


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("केवल बीस बचे हैं।", Code.NUMBER_WORD),
        ("आधा माल पड़ा है।", Code.NUMBER_WORD),
        ("दोगुना मँगवाएँ।", Code.NUMBER_WORD),
        ("यह २ है।", Code.NUMBER),
        ("बिक्री गिर रही है।", Code.DIRECTION),
        ("यह बहुत बढ़िया बिकता है।", Code.DIRECTION),
        ("बिना बिल बेचें।", Code.REGULATED),
        ("यह ज़रूर बिक जाएगा।", Code.OVERCLAIM),
        ("बारिश से ग्राहक नहीं आए।", Code.CAUSE),
        ("ग्राहक इसे पसंद करते हैं।", Code.STRANGE_FORM),
        ("देखें कि ग्राहक इसे पसंद करते हैं।", Code.STRANGE_FORM),
        ("क्या यह सही है?", Code.DENIAL),
        ("पैकेट पर नई तारीख लिखें।", Code.REGULATED),
        ("दूसरी दुकानों से दाम पर बात करें।", Code.REGULATED),
        ("रमेश से पूछें।", Code.STRANGE_WORD),
        ("सामान शेल्फ़ पर है।", Code.STRANGE_FORM),
        ("आज ही ऑर्डर दें।", Code.STRANGE_ACTION),
        ("It is slow.", Code.FOREIGN_LETTER),
    ],
)
def test_the_other_language_refuses_too(words: str, code: Code) -> None:
    assert text_fault(words, brief("none"), HINDI, CATALOGUE) is code


@pytest.mark.parametrize(
    "words",
    [
        "कृपया यह सूची ज़रा ध्यान से देखिए और दाम जाँच लें।",
        "कृपया ये सूची जरा ध्यान से देखिये और दाम जांच लें।",
        "ऑर्डर से पहले स्टॉक देखें।",
        "आर्डर से पहले स्टाक देखें।",
        "संबंधित जानकारी पढ़ें।",
        "सम्बन्धित जानकारी पढें।",
    ],
)
def test_a_word_may_be_spelt_either_way(words: str) -> None:
    assert text_fault(words, brief(), HINDI, CATALOGUE) is None


def test_a_name_with_vowel_signs_is_a_word_and_no_part_of_one() -> None:
    names = Catalogue.of(["दाल", "सामान"])
    assert names.names_in("इस दिल को देखें और दाम बदल दें।", HINDI.plain_words) == []
    assert names.names_in("दाल को देखें।", HINDI.plain_words) == ["दाल"]
    assert names.names_in("सामान को देखें।", HINDI.plain_words) == []


def test_the_second_net_is_written_in_the_spelling_it_reads() -> None:
    content = yaml.safe_load((LANGUAGES_DIR / "hi.yml").read_text(encoding="utf-8"))
    for entry in chain(content["idioms"], content["numbers"], *content["phrases"].values()):
        assert plain_text(entry, HINDI.contractions) == plain_text(entry, {}), entry


def test_a_changed_list_is_another_digest() -> None:
    changed = ENGLISH.model_copy(update={"praise": (*ENGLISH.praise, "splendid")})
    more = FORMS.model_copy(update={"short_forms": {"it's": "it is"}})
    assert lexicon(ENGLISH, FORMS).digest == LEXICON.digest
    assert lexicon(changed, FORMS).digest != LEXICON.digest
    assert lexicon(ENGLISH, more).digest != LEXICON.digest


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    content = yaml.safe_load((LANGUAGES_DIR / "en.yml").read_text(encoding="utf-8"))
    content["prases"] = content.pop("praise")
    shutil.copy(LANGUAGES_DIR / "en.forms.yml", tmp_path / "xx.forms.yml")
    (tmp_path / "xx.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValidationError, match="prases"):
        load_lexicon("xx", tmp_path)
