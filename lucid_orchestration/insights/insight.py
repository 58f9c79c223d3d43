"""From findings to insights: one finding, or five and more of a kind as one, in sentences."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lucid_orchestration import figures, formatting
from lucid_orchestration.insights.confidence import WEIGHTS
from lucid_orchestration.insights.findings import Finding, decimal, total
from lucid_orchestration.insights.metrics import (
    Metric,
    figures_of,
    limits_of,
    member_metric,
    plain,
)
from lucid_orchestration.insights.priority import Priority, priority, severity
from lucid_orchestration.insights.rules import Rule, number_vars
from lucid_orchestration.insights.shops import Shop

GROUP_FROM = 5
_SINGULAR = {
    "units": "unit",
    "products": "product",
    "categories": "category",
    "months": "month",
    "times": "time",
    "open days": "open day",
}
_ONE_OF_MANY = re.compile(rf"(?<![\d.,])1 ({'|'.join(_SINGULAR)})\b")
NAMED_IN_GROUP = 3


@dataclass(frozen=True)
class Insight:
    """One insight; the fields are the columns of the table `insights`."""

    dataset_id: str
    insight_id: str
    rule_id: str
    category: str
    entity_type: str
    entity_id: str
    entity_name: str
    title: str
    summary: str
    severity: str
    confidence: str
    confidence_score: int
    confidence_reasons: str
    supporting_metrics: str
    estimated_impact: Decimal | None
    cash_at_stake: Decimal | None
    recommended_action: str
    priority: Decimal
    priority_parts: str
    valid_until: date | None
    generated_at: datetime | None
    status: str
    since_date: date | None
    is_active: bool
    rank: int | None


@dataclass(frozen=True)
class Subject:
    """What an insight is about: an entity, or a group of them under its title."""

    entity_id: str
    entity_name: str


@dataclass(frozen=True)
class Words:
    """What an insight says."""

    title: str
    summary: str
    action: str


@dataclass(frozen=True)
class Stake:
    """The money of an insight, and within how many days something has to be done."""

    impact: Decimal | None
    cash: Decimal | None
    urgency_days: Decimal | None


def insight_id(dataset_id: str, rule_id: str, entity_type: str, entity_id: str) -> str:
    """The same for the same shop, rule and entity, whatever the figures."""
    key = "\0".join((dataset_id, rule_id, entity_type, entity_id))
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{rule_id}-{digest[:10]}"


def single(shop: Shop, finding: Finding) -> Insight:
    """The insight of one finding."""
    rule, values = finding.rule, finding.values
    texts = _texts(shop, finding)
    others = [text for name, text in rule.summary_without.items() if values.get(name) is None]
    return _insight(
        shop,
        finding,
        Subject(finding.entity_id, finding.entity_name),
        Words(
            title=title_of(shop, finding),
            summary=_with_assumption(filled(next(iter(others), rule.summary), texts), [finding]),
            action=filled(rule.action, texts),
        ),
        Stake(_stake(finding.impact), finding.cash, decimal(values.get("urgency_days"))),
        [*figures_of(finding), *limits_of(rule)],
    )


def grouped(shop: Shop, findings: Sequence[Finding]) -> Insight:
    """Five alarms of one kind are one: the sum, the largest three named, all in the metrics."""
    ordered = sorted(findings, key=lambda item: (-(item.impact or Decimal(0)), item.entity_id))
    rule = ordered[0].rule
    by_sureness = sorted(
        ordered,
        key=lambda item: (
            WEIGHTS[item.confidence.level],
            item.confidence.score,
            item.entity_id,
        ),
    )
    # as sure as three in four of them are
    weakest = by_sureness[len(ordered) // 4]
    names = [item.entity_name for item in ordered[:NAMED_IN_GROUP]]
    title = group_title(rule, len(ordered))
    days = [decimal(item.values.get("urgency_days")) for item in ordered]
    return _insight(
        shop,
        weakest,
        group_subject(rule, title),
        Words(
            title=title,
            summary=_with_assumption(_group_summary(shop, ordered), ordered),
            action=_group_action(rule, names[0]),
        ),
        Stake(
            impact=_stake(total(item.impact for item in ordered)),
            cash=total(item.cash for item in ordered),
            urgency_days=min((day for day in days if day is not None), default=None),
        ),
        [
            *(
                member_metric(metric, item.entity_id, item.entity_name)
                for item in ordered
                for metric in figures_of(item)
            ),
            *limits_of(rule),
        ],
    )


def title_of(shop: Shop, finding: Finding) -> str:
    """The title of one finding."""
    return filled(finding.rule.title, _texts(shop, finding))


def group_title(rule: Rule, count: int) -> str:
    """The title of several findings of a rule."""
    return filled(rule.group_title, {"count": formatting.quantity(count)})


def group_subject(rule: Rule, title: str) -> Subject:
    """What a group is about; its id stays when an entity joins or leaves."""
    return Subject(f"group:{rule.id}", title)


def filled(sentence: str, texts: Mapping[str, str]) -> str:
    """The sentence with its facts; braces inside a name stay what they are."""
    plain = " ".join(sentence.format_map(texts).split())
    return _ONE_OF_MANY.sub(lambda found: f"1 {_SINGULAR[found[1]]}", plain)


def as_json(value: Any) -> str:
    """JSON with sorted keys: equal values, equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def priority_json(parts: Priority) -> str:
    """The parts of a priority, as they are shown with an insight."""
    return as_json(
        {
            "impact": plain(parts.impact),
            "confidence_weight": str(parts.confidence_weight),
            "urgency": str(parts.urgency),
        }
    )


def _texts(shop: Shop, finding: Finding) -> dict[str, str]:
    """What the sentences of a finding may name, as they write it: limits, facts, money."""
    rule = finding.rule
    limits = {**number_vars(), **rule.parameters}
    return {
        **{name: figures.limit(name, value) for name, value in limits.items()},
        **{
            name: figures.shown(finding.values[name], fact.unit, shop.currency)
            for name, fact in rule.facts.items()
        },
        "entity_name": finding.entity_name,
        "impact": formatting.money(_stake(finding.impact), shop.currency),
        "cash": formatting.money(finding.cash, shop.currency),
    }


def _group_summary(shop: Shop, ordered: Sequence[Finding]) -> str:
    """What the members come to, and the largest of them with their figures."""
    together = figures.money_at_stake(
        {
            "estimated_impact": _stake(total(item.impact for item in ordered)),
            "cash_at_stake": total(item.cash for item in ordered),
        },
        shop.currency,
    )
    told = [f"{item.entity_name} ({_member_figure(shop, item)})" for item in ordered]
    largest = f"{', '.join(told[: NAMED_IN_GROUP - 1])} and {told[NAMED_IN_GROUP - 1]}"
    begin = f"Together: {', '.join(together)}. " if together else ""
    return f"{begin}The largest are {largest}."


def _member_figure(shop: Shop, finding: Finding) -> str:
    """The one figure that stands for a member: its money, or else its first fact."""
    money = _stake(finding.impact) or _stake(finding.cash)
    if money is not None:
        return formatting.money(money, shop.currency)
    name, fact = next(iter(finding.rule.facts.items()))
    label = fact.label or figures.heading(name)
    return f"{label}: {figures.shown(finding.values[name], fact.unit, shop.currency)}"


def _with_assumption(summary: str, findings: Sequence[Finding]) -> str:
    """The summary, and what its money rests on where no cost is known."""
    if not any(finding.values.get("is_profit_assumed") for finding in findings):
        return summary
    share = figures.limit("assumed_margin", number_vars()["assumed_margin"])
    return f"{summary} Its cost is not known: {share} of the price are assumed to be profit."


def _group_action(rule: Rule, first: str) -> str:
    """The rule's own advice where it fits every member, else where to begin."""
    if "{" in rule.action:
        return f"Go through the list, the largest first: {first}."
    return f"Begin with {first}. {' '.join(rule.action.split())}"


def _insight(
    shop: Shop,
    finding: Finding,
    subject: Subject,
    words: Words,
    stake: Stake,
    metrics: Sequence[Metric],
) -> Insight:
    """An insight that is as sure as `finding`."""
    rule, verdict, as_of = finding.rule, finding.confidence, shop.as_of
    parts = priority(stake.impact, verdict.level, stake.urgency_days)
    reasons = [
        {
            "component": part.name,
            "score": part.score,
            "code": part.code,
            "sentence": part.sentence,
        }
        for part in verdict.components
    ]
    return Insight(
        dataset_id=shop.dataset_id,
        insight_id=insight_id(shop.dataset_id, rule.id, rule.entity_type, subject.entity_id),
        rule_id=rule.id,
        category=rule.category,
        entity_type=rule.entity_type,
        entity_id=subject.entity_id,
        entity_name=subject.entity_name,
        title=words.title,
        summary=words.summary,
        severity=severity(stake.impact, shop.recent_revenue),
        confidence=verdict.level,
        confidence_score=verdict.score,
        confidence_reasons=as_json(reasons),
        supporting_metrics=as_json(metrics),
        estimated_impact=_cents(stake.impact),
        cash_at_stake=_cents(stake.cash),
        recommended_action=words.action,
        priority=parts.value,
        priority_parts=priority_json(parts),
        valid_until=as_of + timedelta(days=rule.valid_days) if as_of else None,
        generated_at=datetime.combine(as_of, datetime.min.time()) if as_of else None,
        status="new",
        since_date=as_of,
        is_active=False,
        rank=None,
    )


def _stake(amount: Decimal | None) -> Decimal | None:
    """Money as it is told and ranked by: what stands on the page is what the order follows from."""
    return None if amount is None else formatting.rounded(amount)


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
