"""What a rule returns is checked before it counts; one that breaks or never ends is named."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.insights import findings, marts
from tests.unit.insights.test_rules import GOOD, write


def test_a_rule_that_fails_while_running_is_named_and_the_others_run(
    tmp_path: Path, shop: Any
) -> None:
    write(tmp_path, "mine.yml", {**GOOD, "sql": "select nothing from datasets", "id": "bad"}, GOOD)
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert [insight.rule_id for insight in run.insights] == ["top_product"]
    assert [problem.rule for problem in run.problems] == ["bad"]


@pytest.mark.parametrize("missing", ["entity_id", "entity_name", "dataset_id"])
def test_a_rule_without_an_entity_is_named(tmp_path: Path, shop: Any, missing: str) -> None:
    columns = {
        "dataset_id": "dataset_id",
        "entity_id": "product_id as entity_id",
        "entity_name": "product_name as entity_name",
    }
    del columns[missing]
    sql = f"select {', '.join(columns.values())}, revenue from profitability"
    write(tmp_path, "mine.yml", {**GOOD, "sql": sql, "parameters": {}})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert run.insights == ()
    assert [problem.rule for problem in run.problems] == ["top_product"]


def test_a_rule_that_never_ends_is_stopped(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "RULE_SECONDS", 0.3)
    endless = (
        "select a.dataset_id, a.product_id as entity_id, a.product_name as entity_name, "
        "count(*) as revenue from profitability as a, profitability as b, profitability as c, "
        "profitability as d, profitability as e group by a.dataset_id, a.product_id, a.product_name"
    )
    write(tmp_path, "mine.yml", {**GOOD, "sql": endless, "parameters": {}})
    for number in range(300):
        shop.product(f"p{number}", profitability={"profit_window": "all", "revenue": 1})
    run = shop.evaluate(rules=tmp_path)
    (problem,) = run.problems
    assert problem.rule == "top_product"
    assert "0.3 seconds of work" in problem.reason
    assert threading.active_count() < 20


def test_a_rule_that_takes_all_memory_is_stopped(
    tmp_path: Path, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marts, "RULE_MEMORY_BYTES", 20_000_000)
    greedy = (
        "select min(dataset_id) as dataset_id, min(product_id) as entity_id, "
        "min(product_name) as entity_name, median(length) as revenue from ("
        "select a.dataset_id, a.product_id, a.product_name, a.revenue * b.revenue + c.revenue "
        "as length from profitability as a, profitability as b, profitability as c)"
    )
    write(tmp_path, "mine.yml", {**GOOD, "sql": greedy, "parameters": {}})
    for number in range(300):
        shop.product(f"p{number}", profitability={"profit_window": "all", "revenue": 1})
    (problem,) = shop.evaluate(rules=tmp_path).problems
    assert problem.rule == "top_product"
    assert "memory" in problem.reason.lower()


@pytest.mark.parametrize(("second", "count"), [("11", 1), ("12", 0)])
def test_two_rows_for_one_entity_are_one_insight_or_a_problem(
    second: str, count: int, tmp_path: Path, shop: Any
) -> None:
    columns = "dataset_id, product_id as entity_id, product_name as entity_name"
    sql = (
        f"select {columns}, revenue from profitability "
        f"union all select {columns}, {second} as revenue from profitability"
    )
    write(tmp_path, "mine.yml", {**GOOD, "sql": sql, "parameters": {}})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert len(run.insights) == count
    assert ["two rows that differ" in problem.reason for problem in run.problems] == (
        [] if count else [True]
    )


class Connection:
    """Stands for one whose query runs and can be interrupted."""

    def __init__(self) -> None:
        self.interrupted = threading.Event()

    def interrupt(self) -> None:
        self.interrupted.set()


def test_the_time_of_a_rule_is_the_work_done_and_not_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(findings, "RULE_SECONDS", 0.3)
    waiting, working = Connection(), Connection()
    with findings.time_limit(waiting):  # type: ignore[arg-type]
        time.sleep(0.8)
    with findings.time_limit(working):  # type: ignore[arg-type]
        while not working.interrupted.is_set():
            sum(range(1000))
    assert not waiting.interrupted.is_set()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"impact": "6e12"}, "more money"),
        ({"cash": "6e12"}, "more money"),
        ({"impact": "cast('nan' as double)"}, "no number"),
        ({"impact": "cast('inf' as double)"}, "no number"),
        ({"impact": "'much'"}, "no number"),
        (
            {"sql": GOOD["sql"].replace("revenue", "revenue, 'certain' as level_limit", 1)},
            "level_limit",
        ),
        ({"sql": GOOD["sql"].replace("revenue", "revenue, 1 as impact", 1)}, "impact"),
    ],
)
def test_what_no_table_can_hold_costs_the_rule_and_not_the_run(
    shop: Any, tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    write(tmp_path, "mine.yml", {**GOOD, "id": "wild", **change}, GOOD)
    for product in ("p1", "p2"):
        shop.product(product, profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert [problem.rule for problem in run.problems] == ["wild"]
    assert reason in run.problems[0].reason
    assert [insight.rule_id for insight in run.insights] == ["top_product"] * 2


def test_a_rule_that_returns_everything_is_stopped(
    shop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lucid_orchestration.insights.findings._ROW_LIMIT", 3)
    write(tmp_path, "mine.yml", GOOD)
    for at in range(4):
        shop.product(f"p{at}", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert run.insights == ()
    assert "more than 3 rows" in run.problems[0].reason
