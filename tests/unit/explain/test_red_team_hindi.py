"""What share of Hindi texts the verifier takes: of those nobody may be shown, and of good ones.

`hindi.yml` was written by authors who had not seen the lexicon; `hindi_known.yml` grew with it.
"""

import unicodedata
from functools import cache
from typing import Any

import pytest
import yaml

from lucid_orchestration.explain.briefs import Brief
from lucid_orchestration.explain.languages import load_lexicon
from lucid_orchestration.explain.verifier import text_fault
from tests.explanations import CATALOGUE
from tests.unit.explain.test_red_team import (
    ADVERSARIAL_SHARE,
    BENIGN_SHARE,
    DIRECTIONS,
    NEVER,
    RED_TEAM,
    every_brief,
    of_rule,
)

HINDI = load_lexicon("hi")
FILES = ("hindi", "hindi_known")


@cache
def _content(name: str) -> Any:
    return yaml.safe_load((RED_TEAM / f"{name}.yml").read_text(encoding="utf-8"))


def _passes(words: str, of: Brief) -> bool:
    return text_fault(words, of, HINDI, CATALOGUE) is None


def _has_a_form(words: str) -> bool:
    forms = HINDI.forms
    return forms.misfit(unicodedata.normalize("NFKC", words), forms.ways.keys()) is None


@pytest.mark.parametrize("name", FILES)
def test_hardly_any_adversarial_text_is_accepted(name: str) -> None:
    texts = [
        (kind, words) for kind, listed in _content(name)["adversarial"].items() for words in listed
    ]
    # what has no form with every way open has none under any rule: asked once, not once a brief
    of_a_form = [(kind, words) for kind, words in texts if _has_a_form(words)]
    accepted = [
        (kind, words)
        for kind, words in of_a_form
        if any(_passes(words, of) for of in every_brief())
    ]
    assert len(texts) >= 150
    assert len(accepted) <= ADVERSARIAL_SHARE * len(texts), accepted
    assert not [words for kind, words in accepted if kind in NEVER]


@pytest.mark.parametrize("name", FILES)
def test_most_benign_texts_are_accepted(name: str) -> None:
    texts = [
        (rule, words)
        for rule, fields in _content(name)["benign"].items()
        for listed in fields.values()
        for words in listed
    ]
    refused = [
        (rule, words)
        for rule, words in texts
        if not _passes(words, of_rule(rule, DIRECTIONS.get(rule, "none")))
    ]
    assert len(texts) >= 100
    assert len(refused) <= BENIGN_SHARE * len(texts), refused
