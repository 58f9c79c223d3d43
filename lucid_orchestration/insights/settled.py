"""What was found last time and is no longer: said once, with what changed."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import duckdb

from lucid_orchestration.insights.findings import Finding
from lucid_orchestration.insights.history import Past, State
from lucid_orchestration.insights.insight import (
    GROUP_FROM,
    Insight,
    Subject,
    as_json,
    group_subject,
    group_title,
    insight_id,
    priority_json,
    title_of,
)
from lucid_orchestration.insights.metrics import LIMIT, member_metric, movement
from lucid_orchestration.insights.priority import NONE
from lucid_orchestration.insights.rules import Rule
from lucid_orchestration.insights.shops import Shop

_CHANGES_TOLD = 3

Others = Mapping[tuple[str, str], Finding]  # by entity type and entity


def settled(
    marts: duckdb.DuckDBPyConnection,
    shop: Shop,
    rules: Sequence[Rule],
    findings: Sequence[Finding],
    state: State,
) -> list[Insight]:
    """Insights that are over: what `state` holds of these rules and today's findings do not."""
    today = {finding.key for finding in findings}
    others: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        others.setdefault((finding.rule.entity_type, finding.entity_id), finding)
    insights: list[Insight] = []
    for rule in sorted(rules, key=lambda rule: rule.id):
        gone = [
            past
            for key, past in sorted(state.findings.items())
            if past.rule_id == rule.id and key not in today
        ]
        if len(gone) >= GROUP_FROM:
            insights.append(_over_together(marts, shop, rule, gone, others))
        else:
            insights += [_over(marts, shop, rule, past, others) for past in gone]
    return insights


def _over(
    marts: duckdb.DuckDBPyConnection, shop: Shop, rule: Rule, past: Past, others: Others
) -> Insight:
    changes = _changes(marts, shop, past, others)
    summary = f"{past.title}: this is no longer so. {changes}"
    subject = Subject(past.entity_id, past.entity_name)
    return _resolved(shop, rule, [past], subject, past.title, summary)


def _over_together(
    marts: duckdb.DuckDBPyConnection,
    shop: Shop,
    rule: Rule,
    gone: Sequence[Past],
    others: Others,
) -> Insight:
    title = group_title(rule, len(gone))
    changes = " ".join(
        f"{past.entity_name}: {_changes(marts, shop, past, others)}"
        for past in gone[:_CHANGES_TOLD]
    )
    summary = f"{title}: this is no longer so. {changes}"
    return _resolved(shop, rule, gone, group_subject(rule, title), title, summary)


def _changes(marts: duckdb.DuckDBPyConnection, shop: Shop, past: Past, others: Others) -> str:
    """What is different now: another rule speaks of it, or its figures have moved."""
    other = others.get((past.entity_type, past.entity_id))
    if other is not None:
        return f"Now it is this: {title_of(shop, other)}."
    told = (movement(marts, metric, shop.currency) for metric in json.loads(past.metrics))
    movements = [sentence for sentence in told if sentence is not None]
    if not movements:
        return "It has dropped below a limit of the rule."
    return f"{'; '.join(movements[:_CHANGES_TOLD])}."


def _resolved(
    shop: Shop,
    rule: Rule,
    members: Sequence[Past],
    subject: Subject,
    title: str,
    summary: str,
) -> Insight:
    """An insight that is over: no money, no rank, kept for one as-of date."""
    metrics = [
        member_metric(metric, member.entity_id, member.entity_name)
        for member in members
        for metric in json.loads(member.metrics)
        if metric["unit"] != LIMIT
    ]
    return Insight(
        dataset_id=shop.dataset_id,
        insight_id=insight_id(shop.dataset_id, rule.id, rule.entity_type, subject.entity_id),
        rule_id=rule.id,
        category=rule.category,
        entity_type=rule.entity_type,
        entity_id=subject.entity_id,
        entity_name=subject.entity_name,
        title=title,
        summary=" ".join(summary.split()),
        severity="low",
        confidence=members[0].confidence,
        confidence_score=members[0].confidence_score,
        confidence_reasons="[]",
        supporting_metrics=as_json(metrics),
        estimated_impact=None,
        cash_at_stake=None,
        recommended_action="Nothing to do.",
        priority=Decimal(0),
        priority_parts=priority_json(NONE),
        valid_until=shop.as_of,
        generated_at=datetime.combine(shop.as_of, datetime.min.time()) if shop.as_of else None,
        status="resolved",
        since_date=min(member.since_date for member in members),
        is_active=False,
        rank=None,
    )
