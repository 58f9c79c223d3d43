"""Insights from the marts on disk to the insight tables on disk. Reads Parquet only."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lucid_orchestration.insights.evaluation import evaluate_rules
from lucid_orchestration.insights.feedback import read_feedback
from lucid_orchestration.insights.history import read_history, states_before, with_states
from lucid_orchestration.insights.insight import Insight
from lucid_orchestration.insights.knowing import unknown_names
from lucid_orchestration.insights.marts import open_marts, rule_tables
from lucid_orchestration.insights.parameters import read_parameters, shop_files
from lucid_orchestration.insights.rules import (
    Rule,
    RuleProblem,
    load_rules,
)
from lucid_orchestration.insights.shops import read_shops
from lucid_orchestration.insights.tables import (
    HISTORY,
    set_damaged_history_aside,
    table_file,
    write_table,
)
from lucid_orchestration.settings import project_dir, project_vars

_HISTORY_LOST = "what was found on earlier days was damaged on the disk, so all counts as new today"


@dataclass(frozen=True)
class InsightRun:
    """What an evaluation found; `problems` are rules that were left out."""

    insights: tuple[Insight, ...]
    problems: tuple[RuleProblem, ...]

    @property
    def active(self) -> tuple[Insight, ...]:
        """The insights a person should see, best first within each dataset."""
        return tuple(insight for insight in self.insights if insight.is_active)


def evaluate(
    marts_dir: Path,
    quality_dir: Path,
    insights_dir: Path,
    rules_dir: Path | None = None,
    snooze_file: Path | None = None,
    inbox: Path | None = None,
    build: str = "",
    own_rules: Path | None = None,
    dataset: str | None = None,
) -> InsightRun:
    """Evaluate the rules of a folder over the marts of a build, and write the insight tables.

    `inbox` holds the shops' lucid.yml with limits of their own and what they say of insights,
    `own_rules` the owner's rule files; of a `dataset` that is run alone no other's lucid.yml is
    read. What was found at earlier as-of dates is read from
    `insight_history`, and today's findings are added to it.
    """
    book = load_rules(rules_dir, own_rules)
    shops = inbox or insights_dir / "no inbox"
    parameters = read_parameters(shops, project_vars(), book.rules, dataset)
    said = read_feedback(shops, dataset)
    aside = set_damaged_history_aside(insights_dir)
    history = read_history(table_file(insights_dir, HISTORY))
    with open_marts(marts_dir, quality_dir, _tables_of(book.rules)) as marts:
        as_of = {name: shop.as_of for name, shop in read_shops(marts).items()}
        evaluation = evaluate_rules(
            marts,
            book.rules,
            {**read_snoozed(snooze_file or _snooze_file()), **said.snoozed},
            parameters,
            states_before(history, as_of),
            said.done,
        )
    run = InsightRun(
        insights=evaluation.insights,
        problems=(
            *book.problems,
            *parameters.problems,
            *unknown_names(marts_dir, shop_files(shops, dataset), shops),
            *said.problems,
            *evaluation.problems,
            *([RuleProblem(aside.name, "", _HISTORY_LOST)] if aside else []),
        ),
    )
    tables: dict[str, Iterable[Any]] = {
        "insights": run.insights,
        "active_insights": run.active,
        "rule_problems": run.problems,
        HISTORY: with_states(history, evaluation.states, as_of),
    }
    for name, rows in tables.items():
        write_table(insights_dir, name, [vars(row) for row in rows], build)
    return run


@dataclass(frozen=True)
class ListedRule:
    """A rule with its limits; `changed` holds other limits by dataset, "" for all datasets."""

    rule_id: str
    category: str
    entity_type: str
    parameters: Mapping[str, float]
    clears_at: Mapping[str, float]
    changed: Mapping[str, Mapping[str, float]]


def listed_rules(
    inbox: Path, rules_dir: Path | None = None, own_rules: Path | None = None
) -> tuple[tuple[ListedRule, ...], tuple[RuleProblem, ...]]:
    """All usable rules with their limits, and what is broken in rule files and settings."""
    book = load_rules(rules_dir, own_rules)
    parameters = read_parameters(inbox, project_vars(), book.rules)
    by_dataset = {"": parameters.everywhere, **parameters.by_dataset}
    listed = tuple(
        ListedRule(
            rule_id=rule.id,
            category=rule.category,
            entity_type=rule.entity_type,
            parameters=rule.parameters,
            clears_at=rule.clears_at,
            changed={
                name: changed[rule.id] for name, changed in by_dataset.items() if rule.id in changed
            },
        )
        for rule in book.rules
    )
    return listed, (*book.problems, *parameters.problems)


def _tables_of(rules: Iterable[Rule]) -> set[str]:
    """The marts that stand in the rules' SQL: a large one that no rule reads stays on disk."""
    words = {word for rule in rules for word in re.findall(r"[a-z_]+", rule.sql.lower())}
    return words & set(rule_tables())


def read_snoozed(path: Path) -> dict[str, date]:
    """Insight id → first day it may be shown again."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["insight_id"]: date.fromisoformat(row["until"]) for row in csv.DictReader(file)}


def _snooze_file() -> Path:
    """What the project in use puts aside in all shops."""
    return project_dir() / "seeds" / "insight_snooze.csv"
