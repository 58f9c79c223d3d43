"""From rules and marts to ranked insights: same marts, same insights, byte for byte."""

import hashlib
import json
import math
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from statistics import median
from typing import Any

import duckdb

from lucid_orchestration import figures, formatting
from lucid_orchestration.insights.confidence import WEIGHTS, Confidence, Evidence, confidence
from lucid_orchestration.insights.history import Key, Past, State, nothing_found
from lucid_orchestration.insights.parameters import NONE, Parameters
from lucid_orchestration.insights.rules import Fact, Rule, RuleProblem

GROUP_FROM = 5
SHOWN_PER_DATASET = 10
SHOWN_PER_CATEGORY = 4
RULE_SECONDS = 10.0
NAMED_IN_GROUP = 3
_NUMBERS = frozenset({"money", "units", "share", "ratio", "days", "count"})
_NUMBER_LIMIT = 10**15  # what decimal(18, 2) holds
_MONEY_LIMIT = 10**13  # of all that a rule finds: a priority of it fits decimal(18, 4)
_ROW_LIMIT = 200_000
_ONE_ROW_TABLES = frozenset({"datasets", "dataset_quality", "dataset_summary"})
_CHANGES_TOLD = 3
# Of the money the shop takes in 90 days, the part from which an insight is called severe.
_HIGH_SEVERITY = Decimal("0.02")
_MEDIUM_SEVERITY = Decimal("0.005")


@dataclass(frozen=True)
class Finding:
    """One row a rule's SQL returned; `values` holds its columns."""

    rule: Rule
    dataset_id: str
    entity_id: str
    entity_name: str
    values: Mapping[str, Any]
    impact: Decimal | None
    cash: Decimal | None
    confidence: Confidence

    @property
    def key(self) -> Key:
        """What makes two findings the same, whatever their figures."""
        return (self.rule.id, self.rule.entity_type, self.entity_id)


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
class Shop:
    """What is needed of a dataset beside its marts' rows."""

    dataset_id: str
    currency: str
    as_of: date | None
    quality: Mapping[str, Any]
    recent_revenue: Decimal


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
) -> Evaluation:
    """Run the rules on a connection that holds the marts as tables.

    `snoozed` maps an insight's id to the first day it may be shown again, `before` a dataset to
    what was found in it last time. A rule that fails is reported and left out; the others run.
    """
    shops = read_shops(marts)
    states = before or {}
    findings: dict[str, list[Finding]] = {name: [] for name in shops}
    problems: list[RuleProblem] = []
    for rule in rules:
        try:
            found = _rule_findings(marts, rule, shops, parameters, states)
        except (duckdb.Error, ValueError) as error:
            problems.append(RuleProblem("", rule.id, str(error).splitlines()[0]))
            continue
        for finding in found:
            findings[finding.dataset_id].append(finding)
    insights: list[Insight] = []
    kept: list[Past] = []
    for name, shop in shops.items():
        state = states.get(name)
        own = _without_blocked(findings[name])
        insights += _shop_insights(shop, own, snoozed, state)
        if state is not None:
            # a rule that could not run has not found that something is over
            broken = {problem.rule for problem in problems}
            insights += _settled(marts, shop, rules, own, state, broken)
        if shop.as_of is not None:
            kept.append(nothing_found(name, shop.as_of))
            kept += [_past(shop, shop.as_of, finding, state) for finding in own]
    return Evaluation(tuple(insights), tuple(problems), tuple(kept))


def insight_id(dataset_id: str, rule_id: str, entity_type: str, entity_id: str) -> str:
    """The same for the same shop, rule and entity, whatever the figures."""
    key = "\0".join((dataset_id, rule_id, entity_type, entity_id))
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{rule_id}-{digest[:10]}"


def read_shops(marts: duckdb.DuckDBPyConnection) -> dict[str, Shop]:
    """Every dataset of the marts, by its id."""
    recent = {
        row["dataset_id"]: row["revenue"]
        for row in _rows(
            marts,
            "select dataset_id, sum(revenue) as revenue from profitability "
            "where profit_window = 'last_90_days' group by dataset_id",
        )
    }
    quality = {row["dataset_id"]: row for row in _rows(marts, "select * from dataset_quality")}
    return {
        row["dataset_id"]: Shop(
            dataset_id=row["dataset_id"],
            currency=row["currency"],
            as_of=row["as_of_date"],
            quality=quality.get(row["dataset_id"], {}),
            recent_revenue=recent.get(row["dataset_id"]) or Decimal(0),
        )
        for row in _rows(marts, "select * from datasets order by dataset_id")
    }


def _rule_findings(
    marts: duckdb.DuckDBPyConnection,
    rule: Rule,
    shops: Mapping[str, Shop],
    parameters: Parameters,
    states: Mapping[str, State],
) -> list[Finding]:
    """What a rule finds in each shop at the shop's own limits, and what it still sees there.

    What was found last time stays until the limits of `clears_at` are passed, so that a figure
    close to a limit does not come and go.
    """
    by_limits: dict[tuple[tuple[str, int | float], ...], list[str]] = {}
    for name in shops:
        by_limits.setdefault(tuple(parameters.of(name, rule).items()), []).append(name)
    found: list[Finding] = []
    for limits, names in by_limits.items():
        own = rule.at(dict(limits))
        of_limits = {name: shops[name] for name in names}
        fresh = _findings(marts, own, of_limits)
        found += fresh
        past = {name: states[name].found for name in names if name in states}
        seen = {(finding.dataset_id, finding.key) for finding in fresh}
        open_keys = {
            (name, key) for name, keys in past.items() for key in keys if key[0] == rule.id
        } - seen
        if rule.clears_at and open_keys:
            found += [
                finding
                for finding in _findings(marts, own.at(_clearing(own, rule)), of_limits)
                if (finding.dataset_id, finding.key) in open_keys
            ]
    return sorted(found, key=lambda finding: (finding.dataset_id, finding.entity_id))


def _clearing(own: Rule, rule: Rule) -> dict[str, int | float]:
    """The limits at which a finding goes away, moved along where a shop has moved a limit."""
    cleared: dict[str, int | float] = {}
    for name, value in rule.clears_at.items():
        usual = rule.parameters[name]
        cleared[name] = value * own.parameters[name] / usual if usual else value
    return cleared


def _findings(
    marts: duckdb.DuckDBPyConnection, rule: Rule, shops: Mapping[str, Shop]
) -> list[Finding]:
    sql = rule_query(rule)
    with _time_limit(marts):
        rows = _rows(marts, sql, used_parameters(rule, sql))
    _check_rows(rule, rows)
    rows = [row for row in rows if row["dataset_id"] in shops]
    months = _monthly_values(marts, rule, rows)
    findings = []
    for row in rows:
        shop = shops[row["dataset_id"]]
        impact = _decimal(row["impact"])
        if impact is not None and impact <= 0:
            continue
        findings.append(
            Finding(
                rule=rule,
                dataset_id=row["dataset_id"],
                entity_id=row["entity_id"],
                entity_name=figures.shown_name(row["entity_name"]),
                values=row,
                impact=impact,
                cash=_decimal(row["cash"]),
                confidence=confidence(
                    _evidence(rule, row, shop, months.get((row["dataset_id"], row["entity_id"])))
                ),
            )
        )
    return findings


def rule_query(rule: Rule) -> str:
    """The rule's SQL with its calculated facts, its money, and what its confidence needs to know.

    One query serves all, and a rule whose calculation fails is found where its SQL is.
    """
    formulas = "".join(
        f", ({fact.formula}\n) as {_quoted(name)}"
        for name, fact in rule.facts.items()
        if fact.formula
    )
    return f"""
        select
            figures.*,
            ({rule.impact or "null"}\n) as impact,
            ({rule.cash or "null"}\n) as cash,
            coverage.line_count as entity_lines, coverage.cost_coverage as entity_cost_coverage,
            signals.months_observed as entity_months
        from (
            select found.*{formulas}
            from (
                {rule.sql.strip().rstrip(";")}
            ) as found
        ) as figures
        left join (
            select
                dataset_id as its_dataset, product_id as its_id, line_count, cost_coverage
            from profitability
            where profit_window = 'last_12_months' and '{rule.entity_type}' = 'product'
        ) as coverage
            on figures.dataset_id = coverage.its_dataset and figures.entity_id = coverage.its_id
        left join (
            select dataset_id as their_dataset, entity_id as their_id, months_observed
            from trend_signals
            where entity_type = '{rule.entity_type}'
        ) as signals
            on figures.dataset_id = signals.their_dataset and figures.entity_id = signals.their_id
        order by figures.dataset_id, figures.entity_id
        limit {_ROW_LIMIT + 1}
    """  # noqa: S608 - the rule's SQL passed check_sql, the type is one of three words


def used_parameters(rule: Rule, sql: str) -> dict[str, int | float]:
    """The parameters that stand in a query: DuckDB refuses others."""
    return {
        name: value for name, value in rule.parameters.items() if re.search(rf"\${name}\b", sql)
    }


def _check_rows(rule: Rule, rows: Sequence[Mapping[str, Any]]) -> None:
    """Every row names its entity and has the facts, as what their units say.

    Raises:
        ValueError: naming the column at fault.
    """
    if len(rows) > _ROW_LIMIT:
        raise ValueError(f"sql: more than {_ROW_LIMIT} rows")
    numbers = [name for name, fact in rule.facts.items() if fact.unit in _NUMBERS]
    dates = [name for name, fact in rule.facts.items() if fact.unit in {"date", "month"}]
    for row in rows:
        for name in ("dataset_id", "entity_id", "entity_name", *rule.facts):
            if name not in row:
                raise ValueError(f"sql returns no column {name}")
        for name in ("dataset_id", "entity_id", "entity_name"):
            if not isinstance(row[name], str):
                raise ValueError(f"sql: {name} is no text")
        for name in (*numbers, "impact", "cash", "urgency_days"):
            if not _is_number(row.get(name)):
                raise ValueError(f"sql: {name} is no number")
        for name in dates:
            if row[name] is not None and not isinstance(row[name], date):
                raise ValueError(f"sql: {name} is no date")
        if row.get("level_limit") not in (None, *WEIGHTS):
            raise ValueError(f"sql: level_limit is none of {', '.join(WEIGHTS)}")
    for name in ("impact", "cash"):
        total = _total(_decimal(row.get(name)) for row in rows)
        if total is not None and abs(total) >= _MONEY_LIMIT:
            raise ValueError(f"sql: {name} is more money than there is")


def _is_number(value: Any) -> bool:
    return value is None or (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and -_NUMBER_LIMIT < value < _NUMBER_LIMIT
    )


@contextmanager
def _time_limit(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    timer = threading.Timer(RULE_SECONDS, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _monthly_values(
    marts: duckdb.DuckDBPyConnection, rule: Rule, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The last 15 complete months of what was found, oldest first, if the rule rests on them."""
    if rule.stability == "none" or not rows:
        return {}
    found = _rows(
        marts,
        """
        select
            trends.dataset_id, trends.entity_id, trends.month,
            trends.quantity, trends.revenue, trends.profit
        from trends
        inner join datasets on trends.dataset_id = datasets.dataset_id
        where trends.entity_type = $entity_type and trends.is_complete
            and date_diff('month', trends.month, datasets.last_complete_month) < 15
            and trends.entity_id in (select unnest($entities))
        order by trends.dataset_id, trends.entity_id, trends.month
        """,
        {"entity_type": rule.entity_type, "entities": [row["entity_id"] for row in rows]},
    )
    series: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in found:
        series.setdefault((row["dataset_id"], row["entity_id"]), []).append(row)
    return series


def _evidence(
    rule: Rule,
    row: Mapping[str, Any],
    shop: Shop,
    months: Sequence[Mapping[str, Any]] | None,
) -> Evidence:
    quality = shop.quality
    of_entity = rule.sample == "entity" and rule.entity_type == "product"
    return Evidence(
        months=row["entity_months"] if of_entity else quality.get("months_of_history"),
        lines=row["entity_lines"] if of_entity else quality.get("sales_line_count"),
        rejected_share=quality.get("rejected_share"),
        as_of=shop.as_of,
        latest_sale=quality.get("latest_sale_date"),
        cost_coverage=_decimal(row["entity_cost_coverage"])
        if of_entity
        else quality.get("cost_coverage"),
        stock_match=quality.get("stock_match_share"),
        latest_stock=quality.get("latest_stock_date"),
        turnover_basis=row.get("turnover_basis"),
        uses=frozenset(rule.uses),
        p_value=None if row.get("q_value") is None else float(row["q_value"]),
        at_most=row.get("level_limit") or "high",
        same_conclusions=_leave_one_out(rule, row.get("method"), months or []),
    )


def _leave_one_out(
    rule: Rule, method: str | None, months: Sequence[Mapping[str, Any]]
) -> tuple[bool, ...] | None:
    """Whether the conclusion stays when each of the months it rests on is left out in turn.

    A conclusion stays at half of what triggered it.
    """
    if rule.stability == "none":
        return None
    last = months[-3:]
    if rule.stability == "trend":
        measure = "quantity" if rule.entity_type == "product" else "revenue"
        if method == "mann_kendall":
            return _slopes_agree([month[measure] for month in months])
        now = [month[measure] for month in last]
        before = [month[measure] for month in months[-15:-12]]
        if len(before) < 3:
            return ()
        direction = sum(now) > sum(before)
        cases = [(_without(now, i), before) for i in range(3)]
        cases += [(now, _without(before, i)) for i in range(3)]
        return tuple(
            (_mean(left) > _mean(right)) == direction
            and abs(_mean(left) - _mean(right)) >= abs(_mean(right)) * Decimal("0.1")
            for left, right in cases
        )
    known = [month for month in last if month["profit"] is not None and month["revenue"]]
    if len(known) < 3:
        return ()
    rests = [_without(known, i) for i in range(3)]
    if rule.stability == "loss":
        return tuple(sum(month["profit"] for month in rest) < 0 for rest in rests)
    usual = [month for month in months[-12:] if month["profit"] is not None and month["revenue"]]
    return tuple(_margin(rest) < _margin(usual) - Decimal("0.015") for rest in rests)


def _slopes_agree(series: Sequence[Decimal]) -> tuple[bool, ...]:
    """For each month: whether the others alone rise, or fall, by at least 1 % a month."""
    rising = _relative_slope(list(enumerate(series))) > 0
    slopes = [_relative_slope(_without(list(enumerate(series)), at)) for at in range(len(series))]
    return tuple((slope if rising else -slope) >= Decimal("0.01") for slope in slopes)


def _relative_slope(points: Sequence[tuple[int, Decimal]]) -> Decimal:
    """Theil-Sen: the median slope between any two months, as a part of the usual month."""
    slopes = [
        (later - earlier) / (end - start)
        for (start, earlier), (end, later) in combinations(points, 2)
    ]
    usual = median(value for _, value in points) if points else Decimal(0)
    return median(slopes) / usual if slopes and usual > 0 else Decimal(0)


def _without_blocked(found: Sequence[Finding]) -> list[Finding]:
    """One fact, one insight: what a rule blocks about the same entity is dropped."""
    blocked = {
        (rule_id, finding.rule.entity_type, finding.entity_id)
        for finding in found
        for rule_id in finding.rule.blocks
    }
    return [finding for finding in found if finding.key not in blocked]


def _shop_insights(
    shop: Shop, findings: Sequence[Finding], snoozed: Mapping[str, date], state: State | None
) -> list[Insight]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    insights: list[Insight] = []
    for found in by_rule.values():
        since = min((d for item in found if (d := _since(shop, item, state))), default=None)
        if len(found) >= GROUP_FROM:
            insights.append(_with_age(_grouped(shop, found), shop, since))
        else:
            insights += [
                _with_age(_single(shop, item), shop, _since(shop, item, state)) for item in found
            ]
    ordered = sorted(insights, key=lambda item: (-item.priority, item.rule_id, item.entity_id))
    return _chosen(shop, ordered, snoozed)


def _since(shop: Shop, finding: Finding, state: State | None) -> date | None:
    """The as-of date from which on it was found without a break."""
    past = None if state is None else state.found.get(finding.key)
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
        title=_filled(finding.rule.title, _texts(shop, finding)),
        confidence=finding.confidence.level,
        confidence_score=finding.confidence.score,
        metrics=_json([metric for metric in _metrics(finding) if metric["row"] is not None]),
        since_date=_since(shop, finding, state) or as_of,
    )


def _settled(
    marts: duckdb.DuckDBPyConnection,
    shop: Shop,
    rules: Sequence[Rule],
    findings: Sequence[Finding],
    state: State,
    broken: set[str],
) -> list[Insight]:
    """What was found last time and is no longer: said once, with what changed."""
    by_id = {rule.id: rule for rule in rules}
    now = {finding.key for finding in findings}
    gone: dict[str, list[Past]] = {}
    for key, past in sorted(state.found.items()):
        if key not in now and past.rule_id in by_id and past.rule_id not in broken:
            gone.setdefault(past.rule_id, []).append(past)
    instead: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        instead.setdefault((finding.rule.entity_type, finding.entity_id), finding)
    settled = []
    for rule_id, items in gone.items():
        rule = by_id[rule_id]
        if len(items) < GROUP_FROM:
            for past in items:
                changes = _changes(marts, shop, past, instead)
                summary = f"{past.title}: this is no longer so. {changes}"
                entity = (past.entity_id, past.entity_name)
                settled.append(_resolved(shop, rule, past, entity, past.title, summary, [past]))
            continue
        title = _filled(rule.group_title, {"count": str(len(items))})
        told = " ".join(
            f"{past.entity_name}: {_changes(marts, shop, past, instead)}"
            for past in items[:_CHANGES_TOLD]
        )
        summary = f"{title}: this is no longer so. {told}"
        entity = (f"group:{rule_id}", title)
        settled.append(_resolved(shop, rule, items[0], entity, title, summary, items))
    return settled


def _changes(
    marts: duckdb.DuckDBPyConnection,
    shop: Shop,
    past: Past,
    instead: Mapping[tuple[str, str], Finding],
) -> str:
    """What is different now: another rule speaks of it, or its figures have moved."""
    other = instead.get((past.entity_type, past.entity_id))
    if other is not None:
        return f"Now it is this: {_single(shop, other).title}."
    moved = []
    for metric in json.loads(past.metrics):
        if metric.get("row") is None or metric["unit"] == "text":
            continue
        value = _cell(marts, metric)
        if _plain(value) == metric["value"]:
            continue
        fact = Fact(unit=metric["unit"], table=metric["table"])
        was = figures.shown(_read_back(metric["value"], fact), fact.unit, shop.currency)
        label = str(metric["name"]).replace("_", " ")
        moved.append(f"{label} was {was}, now {figures.shown(value, fact.unit, shop.currency)}")
    if not moved:
        return "It has dropped below a limit of the rule."
    said = "; ".join(moved[:_CHANGES_TOLD])
    return f"{said[0].upper()}{said[1:]}."


def _cell(marts: duckdb.DuckDBPyConnection, metric: Mapping[str, Any]) -> Any:
    """The value of a metric's mart cell today; None when the row is gone."""
    row: Mapping[str, str] = metric["row"]
    where = " and ".join(f"{_quoted(name)} = ?" for name in row)
    # the names are quoted, the values are parameters
    sql = f"select {_quoted(metric['column'])} from {_quoted(metric['table'])} where {where}"  # noqa: S608
    try:
        found = marts.execute(sql, list(row.values())).fetchone()
    except duckdb.Error:  # a column of an earlier version
        return None
    return None if found is None else found[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read_back(value: str | None, fact: Fact) -> Any:
    if value is None:
        return None
    return date.fromisoformat(value) if fact.unit in {"date", "month"} else Decimal(value)


def _resolved(
    shop: Shop,
    rule: Rule,
    past: Past,
    entity: tuple[str, str],
    title: str,
    summary: str,
    members: Sequence[Past],
) -> Insight:
    """An insight that is over: no money, no rank, kept for one as-of date."""
    return Insight(
        dataset_id=shop.dataset_id,
        insight_id=insight_id(shop.dataset_id, rule.id, rule.entity_type, entity[0]),
        rule_id=rule.id,
        category=rule.category,
        entity_type=rule.entity_type,
        entity_id=entity[0],
        entity_name=entity[1],
        title=title,
        summary=" ".join(summary.split()),
        severity="low",
        confidence=past.confidence,
        confidence_score=past.confidence_score,
        confidence_reasons="[]",
        supporting_metrics=_json(
            [
                {**metric, "entity_id": member.entity_id, "entity_name": member.entity_name}
                for member in members
                for metric in json.loads(member.metrics)
                if metric["unit"] != "limit"
            ]
        ),
        estimated_impact=None,
        cash_at_stake=None,
        recommended_action="Nothing to do.",
        priority=Decimal(0),
        priority_parts=_json({"impact": "0", "confidence_weight": "1", "urgency": "1"}),
        valid_until=shop.as_of,
        generated_at=datetime.combine(shop.as_of, datetime.min.time()) if shop.as_of else None,
        status="resolved",
        since_date=min(member.since_date for member in members),
        is_active=False,
        rank=None,
    )


def _single(shop: Shop, finding: Finding) -> Insight:
    rule, values = finding.rule, finding.values
    texts = _texts(shop, finding)
    metrics = [*_metrics(finding), *_limits(rule)]
    others = [text for name, text in rule.summary_without.items() if values.get(name) is None]
    return _insight(
        shop,
        finding,
        entity_id=finding.entity_id,
        entity_name=finding.entity_name,
        title=_filled(rule.title, texts),
        summary=_filled(next(iter(others), rule.summary), texts),
        action=_filled(rule.action, texts),
        metrics=metrics,
        impact=finding.impact,
        cash=finding.cash,
        urgency=_decimal(values.get("urgency_days")),
    )


def _texts(shop: Shop, finding: Finding) -> dict[str, str]:
    """The facts of a finding as its sentences write them."""
    texts = {
        name: figures.shown(finding.values[name], fact.unit, shop.currency)
        for name, fact in finding.rule.facts.items()
    }
    return texts | {
        "entity_name": finding.entity_name,
        "impact": formatting.money(finding.impact, shop.currency),
        "cash": formatting.money(finding.cash, shop.currency),
    }


def _grouped(shop: Shop, found: Sequence[Finding]) -> Insight:
    """Five alarms of one kind are one: the sum, the largest three named, all in the metrics."""
    ordered = sorted(found, key=lambda item: (-(item.impact or Decimal(0)), item.entity_id))
    rule = ordered[0].rule
    impact = _total(item.impact for item in ordered)
    cash = _total(item.cash for item in ordered)
    weakest = min(ordered, key=lambda item: (item.confidence.score, item.entity_id))
    names = [item.entity_name for item in ordered[:NAMED_IN_GROUP]]
    texts = {"count": str(len(ordered))}
    title = _filled(rule.group_title, texts)
    summary = f"{title}. The largest are {', '.join(names[:-1])} and {names[-1]}."
    urgencies = [
        u for item in ordered if (u := _decimal(item.values.get("urgency_days"))) is not None
    ]
    return _insight(
        shop,
        weakest,
        entity_id=f"group:{rule.id}",
        entity_name=title,
        title=title,
        summary=summary,
        action=_group_action(rule, names[0]),
        metrics=[
            {**metric, "entity_id": item.entity_id, "entity_name": item.entity_name}
            for item in ordered
            for metric in _metrics(item)
        ]
        + _limits(rule),
        impact=impact,
        cash=cash,
        urgency=min(urgencies, default=None),
    )


def _group_action(rule: Rule, first: str) -> str:
    """The rule's own advice where it fits every member, else where to begin."""
    if "{" in rule.action:
        return f"Go through the list, the largest first: {first}."
    return f"Begin with {first}. {' '.join(rule.action.split())}"


def _insight(
    shop: Shop,
    finding: Finding,
    *,
    entity_id: str,
    entity_name: str,
    title: str,
    summary: str,
    action: str,
    metrics: Sequence[Mapping[str, Any]],
    impact: Decimal | None,
    cash: Decimal | None,
    urgency: Decimal | None,
) -> Insight:
    rule, verdict = finding.rule, finding.confidence
    weight = WEIGHTS[verdict.level]
    haste = (
        Decimal(1)
        if urgency is None or urgency > 30
        else Decimal("1.5")
        if urgency <= 7
        else Decimal("1.25")
    )
    stake = impact or Decimal(0)
    as_of = shop.as_of
    return Insight(
        dataset_id=shop.dataset_id,
        insight_id=insight_id(shop.dataset_id, rule.id, rule.entity_type, entity_id),
        rule_id=rule.id,
        category=rule.category,
        entity_type=rule.entity_type,
        entity_id=entity_id,
        entity_name=entity_name,
        title=title,
        summary=summary,
        severity=_severity(stake, shop.recent_revenue),
        confidence=verdict.level,
        confidence_score=verdict.score,
        confidence_reasons=_json(
            [
                {
                    "component": part.name,
                    "score": part.score,
                    "code": part.code,
                    "sentence": part.sentence,
                }
                for part in verdict.components
            ]
        ),
        supporting_metrics=_json(metrics),
        estimated_impact=_places(impact, "0.01"),
        cash_at_stake=_places(cash, "0.01"),
        recommended_action=action,
        priority=_places(stake * weight * haste, "0.0001") or Decimal(0),
        priority_parts=_json(
            {"impact": _plain(stake), "confidence_weight": str(weight), "urgency": str(haste)}
        ),
        valid_until=as_of + timedelta(days=rule.valid_days) if as_of else None,
        generated_at=datetime.combine(as_of, datetime.min.time()) if as_of else None,
        status="new",
        since_date=as_of,
        is_active=False,
        rank=None,
    )


def _chosen(shop: Shop, ordered: Sequence[Insight], snoozed: Mapping[str, date]) -> list[Insight]:
    """Mark the few to show: the best ten, four of a kind, one of each kind that has a sound one."""
    awake = [
        insight
        for insight in ordered
        if not (
            shop.as_of
            and insight.insight_id in snoozed
            and shop.as_of < snoozed[insight.insight_id]
        )
    ]
    picked: list[Insight] = []
    for category in sorted({insight.category for insight in awake}):
        sound = [i for i in awake if i.category == category and i.confidence != "low"]
        picked += sound[:1]
    for insight in awake:
        same = sum(other.category == insight.category for other in picked)
        if len(picked) < SHOWN_PER_DATASET and same < SHOWN_PER_CATEGORY and insight not in picked:
            picked.append(insight)
    ids = {insight.insight_id for insight in picked}
    chosen = []
    rank = 0
    for insight in ordered:
        if insight.insight_id in ids:
            rank += 1
            chosen.append(replace(insight, is_active=True, rank=rank))
        else:
            chosen.append(insight)
    return chosen


def _metrics(finding: Finding) -> list[dict[str, Any]]:
    """Facts and money, each with where it can be checked."""
    rule = finding.rule
    metrics = [
        _metric(name, finding.values[name], fact, finding) for name, fact in rule.facts.items()
    ]
    for name, value in (("impact", finding.impact), ("cash", finding.cash)):
        if value is not None:
            fact = Fact(unit="money", formula=getattr(rule, name))
            metrics.append(_metric(name, value, fact, finding))
    return metrics


def _metric(name: str, value: Any, fact: Fact, finding: Finding) -> dict[str, Any]:
    """A figure with the mart cell, the calculation or the query it can be checked against."""
    metric = {"name": name, "value": _plain(value), "unit": fact.unit, "table": None, "row": None}
    if fact.formula is not None:
        return {**metric, "formula": " ".join(fact.formula.split())}
    if fact.query is not None:
        return {**metric, "query": " ".join(fact.query.split())}
    keys = {"dataset_id": finding.dataset_id, **fact.where}
    column = "entity_id" if "entity_type" in fact.where else "product_id"
    if fact.row_of is not None:
        keys[column] = str(finding.values[fact.row_of])
    elif finding.rule.entity_type != "store" and fact.table not in _ONE_ROW_TABLES:
        keys[column] = finding.entity_id
    return {**metric, "table": fact.table, "column": fact.column or name, "row": keys}


def _limits(rule: Rule) -> list[dict[str, Any]]:
    """What the rule assumes and from where on it speaks, to be judged with the figures."""
    return [
        {"name": name, "value": _plain(value), "unit": "limit", "table": None, "row": None}
        for name, value in rule.parameters.items()
    ]


def _filled(sentence: str, texts: Mapping[str, str]) -> str:
    """The sentence with its facts; braces inside a name stay what they are."""
    return " ".join(sentence.format_map(texts).split())


def _severity(stake: Decimal, recent_revenue: Decimal) -> str:
    if recent_revenue <= 0:
        return "low"
    share = stake / recent_revenue
    return "high" if share >= _HIGH_SEVERITY else "medium" if share >= _MEDIUM_SEVERITY else "low"


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, parameters or {})
    names = [column[0] for column in cursor.description]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"sql: {twice[0]} is a name that Lucid gives itself, or given twice")
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _decimal(value: Any) -> Decimal | None:
    return value if value is None or isinstance(value, Decimal) else Decimal(str(value))


def _places(value: Decimal | None, step: str) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}"
    return str(value)


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _without(values: Sequence[Any], position: int) -> list[Any]:
    return [value for at, value in enumerate(values) if at != position]


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _margin(months: Sequence[Mapping[str, Any]]) -> Decimal:
    revenue = sum((month["revenue"] for month in months), Decimal(0))
    profit = sum((month["profit"] for month in months), Decimal(0))
    return profit / revenue if revenue else Decimal(0)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
