"""What a rule finds: its SQL run at each shop's limits, and every row checked before it counts."""

import math
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from lucid_orchestration import figures
from lucid_orchestration.insights.confidence import WEIGHTS, Confidence, Evidence, confidence
from lucid_orchestration.insights.history import Key, State
from lucid_orchestration.insights.marts import quoted, select
from lucid_orchestration.insights.parameters import Parameters
from lucid_orchestration.insights.rules import Limits, Rule, number_vars
from lucid_orchestration.insights.shops import Shop
from lucid_orchestration.insights.stability import Month, months_behind, same_conclusions

# Of the processor: a machine that is busy with other things stops no rule.
RULE_SECONDS = 20.0
_NUMBER_LIMIT = 10**15  # what decimal(18, 2) holds
_MONEY_LIMIT = 10**13  # of all that a rule finds: a priority of it fits decimal(18, 4)
_ROW_LIMIT = 200_000


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


def rule_findings(
    marts: duckdb.DuckDBPyConnection,
    rule: Rule,
    shops: Mapping[str, Shop],
    parameters: Parameters,
    states: Mapping[str, State],
) -> list[Finding]:
    """What a rule finds in each shop at the shop's own limits, and what it still sees there.

    What was found last time stays until the limits of `clears_at` are passed, so that a figure
    close to a limit does not come and go.

    Raises:
        duckdb.Error: when the SQL does not run.
        ValueError: when it returns what no insight can be made of.
    """
    by_limits: dict[tuple[tuple[str, int | float], ...], list[str]] = {}
    for name in shops:
        by_limits.setdefault(tuple(parameters.of(name, rule).items()), []).append(name)
    findings: list[Finding] = []
    for limits, names in by_limits.items():
        own = rule.at(dict(limits))
        clears_at = rule.clearing(own.parameters)
        their_shops = {name: shops[name] for name in names}
        fresh = _findings_at(marts, own, clears_at, their_shops)
        findings += fresh
        seen = {(finding.dataset_id, finding.key) for finding in fresh}
        open_keys = {
            (name, key)
            for name in names
            if name in states
            for key in states[name].findings
            if key[0] == rule.id
        } - seen
        if clears_at and open_keys:
            findings += [
                finding
                for finding in _findings_at(marts, own.at(clears_at), clears_at, their_shops)
                if (finding.dataset_id, finding.key) in open_keys
            ]
    return sorted(findings, key=lambda finding: (finding.dataset_id, finding.entity_id))


def rule_query(rule: Rule) -> str:
    """The rule's SQL with its calculated facts, its money, and what its confidence needs to know.

    One query serves all, and a rule whose calculation fails is found where its SQL is.
    """
    formulas = "".join(
        f", ({fact.formula}\n) as {quoted(name)}"
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
    """The parameters and vars that stand in a query: DuckDB refuses others."""
    known = {**number_vars(), **rule.parameters}
    return {name: value for name, value in known.items() if re.search(rf"\${name}\b", sql)}


def decimal(value: Any) -> Decimal | None:
    """A number exactly as it is written."""
    return value if value is None or isinstance(value, Decimal) else Decimal(str(value))


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _findings_at(
    marts: duckdb.DuckDBPyConnection, rule: Rule, clears_at: Limits, shops: Mapping[str, Shop]
) -> list[Finding]:
    """The findings of a rule at its limits, in the shops that have these."""
    sql = rule_query(rule)
    with time_limit(marts):
        rows = select(marts, sql, used_parameters(rule, sql))
    _check_rows(rule, rows)
    rows = [row for row in _one_each(rows) if row["dataset_id"] in shops]
    months = months_behind(marts, rule, rows)
    findings = []
    for row in rows:
        impact = decimal(row["impact"])
        if impact is not None and impact <= 0:
            continue
        own_months = months.get((row["dataset_id"], row["entity_id"]), [])
        evidence = _evidence(rule, clears_at, row, shops[row["dataset_id"]], own_months)
        findings.append(
            Finding(
                rule=rule,
                dataset_id=row["dataset_id"],
                entity_id=row["entity_id"],
                entity_name=figures.shown_name(row["entity_name"]),
                values=row,
                impact=impact,
                cash=decimal(row["cash"]),
                confidence=confidence(evidence),
            )
        )
    return findings


def _check_rows(rule: Rule, rows: Sequence[Mapping[str, Any]]) -> None:
    """Every row names its entity and has the facts, as what their units say.

    Raises:
        ValueError: naming the column at fault.
    """
    if len(rows) > _ROW_LIMIT:
        raise ValueError(f"sql: more than {_ROW_LIMIT} rows")
    for row in rows:
        _check_row(rule, row)
    for name in ("impact", "cash"):
        money = total(decimal(row.get(name)) for row in rows)
        if money is not None and abs(money) >= _MONEY_LIMIT:
            raise ValueError(f"sql: {name} is more money than there is")


def _one_each(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each entity: the same row again says nothing new.

    Raises:
        ValueError: when two rows say different things of one entity; neither is better.
    """
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["dataset_id"], row["entity_id"])
        if known.setdefault(key, row) != row:
            name = figures.shown_name(row["entity_name"])
            raise ValueError(f"sql: two rows that differ for {name}; give one for each entity_id")
    return list(known.values())


def _check_row(rule: Rule, row: Mapping[str, Any]) -> None:
    ids = ("dataset_id", "entity_id", "entity_name")
    for name in (*ids, *rule.facts):
        if name not in row:
            raise ValueError(f"sql returns no column {name}")
    for name in ids:
        if not isinstance(row[name], str):
            raise ValueError(f"sql: {name} is no text")
    numbers = [name for name, fact in rule.facts.items() if fact.unit in figures.NUMBER_UNITS]
    for name in (*numbers, "impact", "cash", "urgency_days"):
        if not _is_number(row.get(name)):
            raise ValueError(f"sql: {name} is no number")
    for name, fact in rule.facts.items():
        is_date = row[name] is None or isinstance(row[name], date)
        if fact.unit in figures.DATE_UNITS and not is_date:
            raise ValueError(f"sql: {name} is no date")
    if row.get("level_limit") not in (None, *WEIGHTS):
        raise ValueError(f"sql: level_limit is none of {', '.join(WEIGHTS)}")


def _is_number(value: Any) -> bool:
    return value is None or (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and -_NUMBER_LIMIT < value < _NUMBER_LIMIT
    )


@contextmanager
def time_limit(marts: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Interrupt what runs on the connection when it has used up its time of the processor.

    Raises:
        ValueError: when it was interrupted.
    """
    ends = time.process_time() + RULE_SECONDS
    is_done = threading.Event()
    is_late = threading.Event()

    def watch() -> None:
        cores = os.cpu_count() or 1
        # no sooner can it have used up what is left
        while not is_done.wait(max((ends - time.process_time()) / cores, 0.01)):
            if time.process_time() >= ends:
                is_late.set()
                marts.interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except duckdb.InterruptException:
        if is_late.is_set():
            raise ValueError(f"sql: not done after {RULE_SECONDS:g} seconds of work") from None
        raise
    finally:
        is_done.set()
        watcher.join()


def _evidence(
    rule: Rule,
    clears_at: Limits,
    row: Mapping[str, Any],
    shop: Shop,
    months: Sequence[Month],
) -> Evidence:
    quality = shop.quality
    of_entity = rule.sample == "entity" and rule.entity_type == "product"
    return Evidence(
        months=row["entity_months"] if of_entity else quality.get("months_of_history"),
        lines=row["entity_lines"] if of_entity else quality.get("sales_line_count"),
        rejected_share=quality.get("rejected_share"),
        as_of=shop.as_of,
        latest_sale=quality.get("latest_sale_date"),
        doubtful_share=quality.get("doubtful_share") or Decimal(0),
        cost_coverage=decimal(row["entity_cost_coverage"])
        if of_entity
        else quality.get("cost_coverage"),
        stock_match=quality.get("stock_match_share"),
        latest_stock=quality.get("latest_stock_date"),
        turnover_basis=row.get("turnover_basis"),
        uses=frozenset(rule.uses) - ({"profit"} if row.get("is_profit_assumed") else set()),
        p_value=None if row.get("q_value") is None else float(row["q_value"]),
        at_most=row.get("level_limit") or "high",
        steps_less=int(row.get("steps_less") or 0),
        is_counted=rule.is_counted,
        same_conclusions=same_conclusions(rule, clears_at, row.get("method"), months),
    )
