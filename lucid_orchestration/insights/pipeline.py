"""Insights from the marts on disk to the insight tables on disk. Reads Parquet only."""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.insights.evaluation import Insight, evaluate_rules
from lucid_orchestration.insights.rules import (
    MARTS,
    QUALITY_TABLES,
    RULES_DIR,
    RuleProblem,
    load_rules,
)
from lucid_orchestration.insights.tables import INSIGHTS
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import write_parquet

SNOOZE = PROJECT_DIR / "seeds" / "insight_snooze.csv"


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
    rules_dir: Path = RULES_DIR,
    snooze_file: Path = SNOOZE,
) -> InsightRun:
    """Evaluate the rules of a folder over the marts, and write `insights` and `active_insights`."""
    book = load_rules(rules_dir)
    with open_marts(marts_dir, quality_dir) as marts:
        evaluation = evaluate_rules(marts, book.rules, read_snoozed(snooze_file))
    run = InsightRun(evaluation.insights, (*book.problems, *evaluation.problems))
    for name, insights in (("insights", run.insights), ("active_insights", run.active)):
        rows = [asdict(insight) for insight in insights]
        write_parquet(pa.Table.from_pylist(rows, schema=INSIGHTS), insights_dir / f"{name}.parquet")
    return run


def open_marts(marts_dir: Path, quality_dir: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory with the marts as tables, which can reach no file or network.

    Raises:
        FileNotFoundError: when a mart is missing; the build makes all of them, empty ones too.
    """
    connection = duckdb.connect()
    paths = [marts_dir / f"{name}.parquet" for name in MARTS]
    paths += [quality_dir / f"{name}.parquet" for name in QUALITY_TABLES]
    for path in paths:
        connection.register("arriving", pq.read_table(path))
        connection.execute(f"create table {path.stem} as from arriving")
        connection.unregister("arriving")
    connection.execute("set enable_external_access = false")
    connection.execute("set python_enable_replacements = false")
    connection.execute("set lock_configuration = true")
    return connection


def read_snoozed(path: Path) -> dict[str, date]:
    """Insight id → first day it may be shown again."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["insight_id"]: date.fromisoformat(row["until"]) for row in csv.DictReader(file)}
