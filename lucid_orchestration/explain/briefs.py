"""What an explanation may speak of: whole sentences, rendered by code from one insight.

A `Brief` has two faces: the facts pack, which is all that may leave the machine and calls things
"Product P1", and the same sentences with the real names, which fill the slots of an answer here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lucid_orchestration.explain.names import Catalogue, masked
from lucid_orchestration.explain.template import Text, dataset_claims, insight_claims, text_of
from lucid_orchestration.insights.entities import ENTITY_WORDS

CLAIM_MAIN = "claim_main"
CLAIM_ACTION = "claim_action"
# Pairs of figures that say whether something rose or fell: now, and what it is compared with.
_COMPARED = {"recent_": ("previous_", "usual_")}
_RISING_FIGURES = ("slope_per_month", "quantity_change", "revenue_change")
_FALLING_FIGURES = ("fall_per_month", "revenue_fall")


class Field(StrEnum):
    """The two texts of an answer."""

    EXPLANATION = "explanation"
    GUIDANCE = "guidance"


@dataclass(frozen=True)
class FactsPack:
    """The facts of one insight as finished sentences ("claims"), and what they are about.

    `direction` is rise, fall or none; `subjects` says of each placeholder what kind of thing it is.
    """

    subject: str
    rule_id: str
    category: str
    direction: str
    entity_type: str
    confidence: str
    claims: Mapping[str, str]
    subjects: Mapping[str, Mapping[str, str]]

    def canonical(self) -> str:
        """The pack as JSON with sorted keys: equal facts, equal text."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    def digest(self) -> str:
        """SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True)
class Brief:
    """One text to be written: what a provider is told, and what the claims become on the page."""

    dataset_id: str
    insight_id: str
    pack: FactsPack
    sentences: Mapping[str, str]
    headline: str

    @property
    def template(self) -> Text:
        """The text without any model."""
        return text_of(self.headline, self.sentences)

    def slots(self, of: Field) -> frozenset[str]:
        """The claims a field may hold."""
        action = {CLAIM_ACTION}
        return frozenset(action if of is Field.GUIDANCE else self.sentences.keys() - action)

    def required_slot(self, of: Field) -> str:
        """The claim a field must hold."""
        return CLAIM_ACTION if of is Field.GUIDANCE else CLAIM_MAIN


@dataclass(frozen=True)
class Privacy:
    """Which words of a dataset may leave the machine.

    `categories` are the goods groups by product name; one is told only when all its words are in
    `ordinary`.
    """

    send_names: bool
    catalogue: Catalogue
    categories: Mapping[str, str]
    ordinary: Set[str]
    plain_words: Set[str]


def insight_brief(insight: Mapping[str, Any], currency: str, privacy: Privacy) -> Brief:
    """The brief for one row of `insights`."""
    sentences = insight_claims(insight, currency)
    labels, subjects = _subjects(insight, [*sentences.values()], privacy)
    return Brief(
        dataset_id=insight["dataset_id"],
        insight_id=insight["insight_id"],
        pack=FactsPack(
            subject="insight",
            rule_id=insight["rule_id"],
            category=insight["category"],
            direction=direction(json.loads(insight["supporting_metrics"])),
            entity_type=insight["entity_type"],
            confidence=insight["confidence"],
            claims={slot: masked(text, labels) for slot, text in sentences.items()},
            subjects=subjects,
        ),
        sentences=sentences,
        headline=insight["title"],
    )


def dataset_brief(
    insight_id: str,
    summary: Mapping[str, Any],
    insights: Sequence[Mapping[str, Any]],
    privacy: Privacy,
) -> Brief:
    """The brief for a whole shop, from its row of `dataset_summary` and its active insights."""
    headline, sentences = dataset_claims(summary, insights)
    labels, subjects = _subjects(insights[0] if insights else {}, [*sentences.values()], privacy)
    change = summary["month_revenue_change"]
    return Brief(
        dataset_id=summary["dataset_id"],
        insight_id=insight_id,
        pack=FactsPack(
            subject="summary of the shop",
            rule_id="",
            category="",
            direction="none" if not change else "rise" if change > 0 else "fall",
            entity_type="store",
            confidence="",
            claims={slot: masked(text, labels) for slot, text in sentences.items()},
            subjects=subjects,
        ),
        sentences=sentences,
        headline=headline,
    )


def direction(metrics: Sequence[Mapping[str, Any]]) -> str:
    """rise or fall when all figures that compare two times agree; none otherwise."""
    signs: set[bool] = set()
    numbers: dict[str, dict[str, Decimal]] = {}
    for metric in metrics:
        if metric["unit"] in {"money", "units", "share", "ratio"} and metric["value"] is not None:
            whose = str(metric.get("entity_name", ""))
            numbers.setdefault(whose, {})[str(metric["name"])] = Decimal(metric["value"])
    for own in numbers.values():
        for name, value in own.items():
            for now, earlier in _COMPARED.items():
                thing = name.removeprefix(now)
                others = [own[start + thing] for start in earlier if start + thing in own]
                if name.startswith(now) and others and value != others[0]:
                    signs.add(value > others[0])
            if name in _RISING_FIGURES and value:
                signs.add(value > 0)
            if name in _FALLING_FIGURES and value:
                signs.add(value < 0)
    return "none" if len(signs) != 1 else "rise" if True in signs else "fall"


def _subjects(
    insight: Mapping[str, Any], sentences: Sequence[str], privacy: Privacy
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """A label for every name that stands in the sentences, and what each label is."""
    text = "\n".join(sentences)
    labels: dict[str, str] = {}
    subjects: dict[str, dict[str, str]] = {}
    counts: dict[str, int] = {}
    for name, kind in _names(insight, text, privacy):
        about = {"kind": kind}
        group = privacy.categories.get(name, name if kind == "category" else "")
        if group and set(group.casefold().split()) <= privacy.ordinary:
            about["category"] = group.casefold()
        if kind == "product" and privacy.send_names:
            subjects[name] = about
            continue
        counts[kind] = counts.get(kind, 0) + 1
        labels[name] = f"{kind.capitalize()} {kind[0].upper()}{counts[kind]}"
        subjects[labels[name]] = about
    return labels, subjects


def _names(insight: Mapping[str, Any], text: str, privacy: Privacy) -> list[tuple[str, str]]:
    """Names the insight itself gives and any product's, with what they name, as they come."""
    metrics = json.loads(insight.get("supporting_metrics") or "[]")
    kind = ENTITY_WORDS.get(insight.get("entity_type", ""), "thing")
    own = {str(metric["entity_name"]): kind for metric in metrics if "entity_name" in metric}
    if not own:
        own[str(insight.get("entity_name", ""))] = kind
    own |= {str(m["value"]): "thing" for m in metrics if m["unit"] == "text" and m["value"]}
    everyday = privacy.ordinary | privacy.plain_words
    own |= {
        group: "category"
        for group in privacy.categories.values()
        if not set(group.casefold().split()) <= everyday
    }
    folded = text.casefold()
    named = {
        name.casefold(): (name, "product" if privacy.catalogue.has_name(name) else what)
        for name, what in own.items()
        if name.strip() and name.casefold() in folded
    }
    rest = masked(text, {name: ". " for name, _ in named.values()})
    for name in privacy.catalogue.names_in(rest, privacy.plain_words):
        named.setdefault(name.casefold(), (name, "product"))
    return sorted(named.values(), key=lambda entry: (folded.find(entry[0].casefold()), entry))
