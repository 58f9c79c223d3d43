"""From rules and marts to ranked insights: same marts, same insights, byte for byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from lucid_orchestration.errors import first_line
from lucid_orchestration.insights.findings import Finding, rule_findings
from lucid_orchestration.insights.history import Past, State, nothing_found
from lucid_orchestration.insights.insight import (
    GROUP_FROM,
    Insight,
    as_json,
    grouped,
    single,
    title_of,
)
from lucid_orchestration.insights.metrics import figures_of
from lucid_orchestration.insights.parameters import NONE, Parameters
from lucid_orchestration.insights.ranking import ranked
from lucid_orchestration.insights.rules import Rule, RuleProblem
from lucid_orchestration.insights.settled import settled
from lucid_orchestration.insights.shops import Shop, read_shops


@dataclass(frozen=True)
class Evaluation:
    """All insights in table order, the rules that failed while running, and today's states."""

    insights: tuple[Insight, ...]
    problems: tuple[RuleProblem, ...]
    states: tuple[Past, ...]


def evaluate_rules(
    marts: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    snoozed: Mapping[str, date],
    parameters: Parameters = NONE,
    before: Mapping[str, State] | None = None,
    done: Mapping[str, date] | None = None,
) -> Evaluation:
    """Run the rules on a connection that holds the marts as tables.

    `snoozed` maps an insight's id to the first day it may be shown again, `before` a dataset to
    what was found in it last time, `done` an insight's id to the day it was said to be. A rule that
    fails is reported and left out; the others run.
    """
    shops = read_shops(marts)
    states = before or {}
    findings: dict[str, list[Finding]] = {name: [] for name in shops}
    ran: list[Rule] = []
    problems: list[RuleProblem] = []
    for rule in rules:
        try:
            of_rule = rule_findings(marts, rule, shops, parameters, states)
        except (duckdb.Error, ValueError) as error:
            problems.append(RuleProblem("", rule.id, first_line(error)))
            continue
        ran.append(rule)
        for finding in of_rule:
            findings[finding.dataset_id].append(finding)
    first = {rule.id for rule in ran if rule.is_shown_first}
    insights: list[Insight] = []
    kept: list[Past] = []
    for name, shop in shops.items():
        state = states.get(name)
        own = _without_blocked(findings[name])
        insights += ranked(_insights(shop, own, state), shop, snoozed, first, done)
        if state is not None:
            # a rule that could not run has not found that something is over
            insights += settled(marts, shop, ran, own, state)
        if shop.as_of is not None:
            kept.append(nothing_found(name, shop.as_of))
            kept += [_past(shop, shop.as_of, finding, state) for finding in own]
    return Evaluation(tuple(insights), tuple(problems), tuple(kept))


def _without_blocked(findings: Sequence[Finding]) -> list[Finding]:
    """One fact, one insight: what a rule blocks about the same entity is dropped.

    So is what a category's rule covers about the products of that category.
    """
    blocked = {
        (rule_id, finding.rule.entity_type, entity_id)
        for finding in findings
        for rule_id in finding.rule.blocks
        for entity_id in (finding.entity_id, finding.values.get("other_entity_id"))
    }
    covered = {
        (rule_id, finding.entity_id)
        for finding in findings
        for rule_id in finding.rule.covers
        if finding.key not in blocked
    }
    return [
        finding
        for finding in findings
        if finding.key not in blocked
        and (finding.rule.id, finding.values.get("category")) not in covered
    ]


def _insights(shop: Shop, findings: Sequence[Finding], state: State | None) -> list[Insight]:
    """One insight for each finding, or for all of a rule that has many."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    insights: list[Insight] = []
    for of_rule in by_rule.values():
        if len(of_rule) >= GROUP_FROM:
            days = [day for finding in of_rule if (day := _since(shop, finding, state))]
            insights.append(_with_age(grouped(shop, of_rule), shop, min(days, default=None)))
        else:
            insights += [
                _with_age(single(shop, finding), shop, _since(shop, finding, state))
                for finding in of_rule
            ]
    return insights


def _since(shop: Shop, finding: Finding, state: State | None) -> date | None:
    """The as-of date from which on it was found without a break."""
    past = None if state is None else state.findings.get(finding.key)
    return shop.as_of if past is None else past.since_date


def _with_age(insight: Insight, shop: Shop, since: date | None) -> Insight:
    status = "new" if since == shop.as_of else "ongoing"
    return replace(insight, status=status, since_date=since)


def _past(shop: Shop, as_of: date, finding: Finding, state: State | None) -> Past:
    """A finding as it is kept for the next as-of date."""
    return Past(
        dataset_id=shop.dataset_id,
        as_of_date=as_of,
        rule_id=finding.rule.id,
        entity_type=finding.rule.entity_type,
        entity_id=finding.entity_id,
        entity_name=finding.entity_name,
        title=title_of(shop, finding),
        confidence=finding.confidence.level,
        confidence_score=finding.confidence.score,
        metrics=as_json([metric for metric in figures_of(finding) if metric["row"] is not None]),
        since_date=_since(shop, finding, state) or as_of,
    )
