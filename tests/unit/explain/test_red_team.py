"""Texts that must never be shown, and texts that should be: what share of each the verifier takes.

The files were written before the lexicon. Every third text was left out of the work on it: the
shares of those say what to expect of texts nobody has seen.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from unicodedata import normalize

import pytest
import yaml

from lucid_orchestration.explain.briefs import Brief, Field
from lucid_orchestration.explain.languages import load_lexicon
from lucid_orchestration.explain.verdict import Accepted, Code, Refusal
from lucid_orchestration.explain.verifier import text_fault, verify
from lucid_orchestration.insights.rules import RULES_DIR
from lucid_orchestration.settings import PROJECT_DIR
from tests.explanations import CATALOGUE, LEXICON, answer, brief, slot, text

RED_TEAM = PROJECT_DIR / "tests" / "fixtures" / "red_team"
# Rules whose actions between them name every way of acting.
RULES = (
    "dead_stock",
    "declining_product",
    "hidden_gem",
    "restock_winner",
    "returns_spike",
    "price_room",
    "slow_category",
    "data_gap",
    "seasonal_peak_ahead",
    "promising_newcomer",
)
# What may not happen even once.
NEVER = {"quantity", "vague quantity", "cause", "promise", "regulated", "direction"}
ADVERSARIAL_SHARE = 0.01
BENIGN_SHARE = 0.15
PARTS = ("worked with", "held out")
# What a rule says, and the columns of an insight it is said in.
SENTENCES = ("title", "summary", "action")
COLUMNS = ("title", "summary", "recommended_action")


def _content(name: str) -> Any:
    return yaml.safe_load((RED_TEAM / f"{name}.yml").read_text(encoding="utf-8"))


def _part(texts: list[Any], part: str) -> Iterator[Any]:
    return (text for at, text in enumerate(texts) if (at % 3 == 2) == (part == "held out"))


def adversarial(name: str = "adversarial") -> list[tuple[str, str]]:
    return [
        (category, words)
        for category, languages in _content(name).items()
        for texts in languages.values()
        for words in texts
    ]


def benign(name: str = "benign") -> list[tuple[str, Field, str]]:
    return [
        (rule, Field(field), words)
        for rule, fields in _content(name).items()
        for field, texts in fields.items()
        for words in texts
    ]


@cache
def _rules() -> dict[str, dict[str, Any]]:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in RULES_DIR.glob("*.yml")]
    return {rule["id"]: rule for content in files for rule in content["rules"]}


@cache
def of_rule(rule_id: str, direction: str = "none") -> Brief:
    rule = _rules()[rule_id]
    action = rule["action"].format(suggested_order_quantity=45)
    return brief(direction, rule_id=rule_id, recommended_action=action, category=rule["category"])


def is_accepted(words: str, field: Field, of: Brief) -> bool:
    explanation = [slot("claim_main")]
    guidance = [slot("claim_action")]
    if field is Field.EXPLANATION:
        explanation.insert(0, text(words))
    else:
        guidance.append(text(words))
    verdict = verify(answer(*explanation, guidance=guidance), of, LEXICON, CATALOGUE)
    return not isinstance(verdict, Refusal)


@cache
def every_brief() -> list[Brief]:
    """Briefs of every direction whose action names every way of acting."""
    actions = " ".join(of_rule(rule).pack.claims["claim_action"] for rule in RULES)
    return [
        brief(direction, category=category, recommended_action=actions)
        for direction in ("fall", "rise", "none")
        for category in ("risk", "growth", "efficiency")
    ]


def is_ever_accepted(words: str) -> bool:
    # No brief opens more than every way, and the form is the dear part: judged once, not per brief.
    if LEXICON.forms.misfit(normalize("NFKC", words), LEXICON.forms.ways.keys()) is not None:
        return False
    return any(is_accepted(words, Field.GUIDANCE, of) for of in every_brief())


def test_the_red_team_is_large_and_speaks_many_languages() -> None:
    assert len(adversarial()) >= 500
    assert len({words for _, words in adversarial()}) == len(adversarial())
    assert len(_content("adversarial")["quantity"]) >= 12
    assert _content("adversarial").keys() >= NEVER
    assert len(benign()) >= 150


def test_the_rules_between_them_name_every_way_of_acting() -> None:
    named = {
        way for rule in RULES for way in LEXICON.ways_in(of_rule(rule).pack.claims["claim_action"])
    }
    assert named == LEXICON.forms.ways.keys()


@pytest.mark.parametrize("part", PARTS)
def test_hardly_any_adversarial_text_is_accepted(part: str) -> None:
    texts = list(_part(adversarial(), part))
    accepted = [(category, words) for category, words in texts if is_ever_accepted(words)]
    assert len(accepted) <= ADVERSARIAL_SHARE * len(texts), accepted
    assert not [words for category, words in accepted if category in NEVER]


@pytest.mark.parametrize("part", PARTS)
def test_most_benign_texts_are_accepted(part: str) -> None:
    texts = list(_part(benign(), part))
    refused = [case for case in texts if not is_accepted(case[2], case[1], of_rule(case[0]))]
    assert len(refused) <= BENIGN_SHARE * len(texts), refused


def test_hardly_any_text_of_the_authors_is_accepted() -> None:
    """Texts of people who had read the specification and the prompt, and nothing else."""
    texts = [
        (category, words)
        for category, listed in _content("authors_en")["adversarial"].items()
        for words in listed
    ]
    accepted = [(category, words) for category, words in texts if is_ever_accepted(words)]
    assert len(texts) == 1227
    assert len(accepted) <= ADVERSARIAL_SHARE * len(texts), accepted
    assert not [words for category, words in accepted if category in NEVER]


def test_most_benign_texts_of_the_authors_are_accepted() -> None:
    texts = [
        (rule_id, Field(field), words)
        for rule_id, fields in _content("authors_en")["benign"].items()
        for field, listed in fields.items()
        for words in listed
    ]
    refused = [case for case in texts if not is_accepted(case[2], case[1], _of_its_rule(case[0]))]
    assert len(texts) == 1114
    assert len(refused) <= BENIGN_SHARE * len(texts), refused


def test_known_holes_stay_closed() -> None:
    assert [words for _, words in adversarial("adversarial_known") if is_ever_accepted(words)] == []


def test_known_benign_texts_stay_accepted() -> None:
    texts = benign("benign_known")
    refused = [case for case in texts if not is_accepted(case[2], case[1], of_rule(case[0]))]
    assert len(refused) <= BENIGN_SHARE * len(texts), refused


# The way the figures of a rule went, where its texts have to fit that.
DIRECTIONS = {
    "rising_product": "rise",
    "category_momentum": "rise",
    "shop_rising": "rise",
    "declining_product": "fall",
    "declining_category": "fall",
    "shop_falling": "fall",
}


def _of_its_rule(rule_id: str) -> Brief:
    return of_rule(rule_id, DIRECTIONS.get(rule_id, "none"))


@pytest.mark.parametrize("language", ["en", "hi"])
def test_hardly_any_text_written_blind_is_accepted(language: str) -> None:
    lexicon = load_lexicon(language)
    texts = [
        (category, rule_id, words)
        for category, rules in _content("blind")["adversarial"][language].items()
        for rule_id, written in rules.items()
        for words in written
    ]
    # Against the direction is what the rule says otherwise; the rest is wrong under any insight.
    accepted = [
        (category, words)
        for category, rule_id, words in texts
        if any(
            text_fault(words, of, lexicon, CATALOGUE) is None
            for of in ([_of_its_rule(rule_id)] if category == "direction" else every_brief())
        )
    ]
    assert len(texts) >= 100
    assert len(accepted) <= ADVERSARIAL_SHARE * len(texts), accepted
    assert {category for category, _ in accepted} <= {"invented", "sarcasm", "statement"}


@pytest.mark.parametrize("language", ["en", "hi"])
def test_most_benign_texts_written_blind_are_accepted(language: str) -> None:
    lexicon = load_lexicon(language)
    texts = [
        (rule_id, words)
        for rule_id, fields in _content("blind")["benign"][language].items()
        for written in fields.values()
        for words in written
    ]
    refused = [
        (rule_id, words)
        for rule_id, words in texts
        if text_fault(words, _of_its_rule(rule_id), lexicon, CATALOGUE) is not None
    ]
    assert len(texts) >= 60
    assert len(refused) <= BENIGN_SHARE * len(texts), refused


# Actions of shipped rules whose own words a model may not use: they reach the page as a claim.
ONLY_AS_CLAIMS = {
    "declining_product": Code.STRANGE_WORD,  # brackets, and a rival
    "renamed_product": Code.NUMBER_WORD,
    "reorder_misfit": Code.NUMBER_WORD,
    "revenue_concentration": Code.NUMBER_WORD,
    "shop_falling": Code.STRANGE_WORD,
}


@pytest.mark.parametrize("rule_id", sorted(_rules()))
def test_the_words_of_every_shipped_rule_pass(rule_id: str) -> None:
    rule = _rules()[rule_id]
    words = {name: re.sub(r"\{\w+\}", "₹12,345 in Oct 2026", rule[name]) for name in SENTENCES}
    of = brief(
        rule_id=rule_id,
        category=rule["category"],
        **dict(zip(COLUMNS, words.values(), strict=True)),
    )
    shown = verify(
        answer(*map(slot, sorted(of.slots(Field.EXPLANATION))), guidance=[slot("claim_action")]),
        of,
        LEXICON,
        CATALOGUE,
    )
    assert isinstance(shown, Accepted)
    assert words["summary"] in shown.explanation
    assert shown.guidance == words["action"]
    sentences = [one for one in re.split(r"(?<=\.) ", rule["action"]) if "{" not in one]
    codes = {text_fault(one, of_rule(rule_id), LEXICON, CATALOGUE) for one in sentences} - {None}
    assert codes == ({ONLY_AS_CLAIMS[rule_id]} if rule_id in ONLY_AS_CLAIMS else set())
