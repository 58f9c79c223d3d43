"""Rule files that try to crash the loader, fill the tables with nonsense, or wear a false name."""

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml

from lucid_orchestration.insights.marts import open_marts
from lucid_orchestration.insights.rules import load_rules
from lucid_orchestration.insights.safe_sql import check_sql

GOOD: dict[str, Any] = {
    "id": "top_product",
    "category": "growth",
    "entity_type": "product",
    "sql": (
        "select dataset_id, product_id as entity_id, product_name as entity_name, revenue "
        "from profitability"
    ),
    "facts": {"revenue": {"unit": "money", "table": "profitability"}},
    "impact": "revenue",
    "title": "{entity_name} is large",
    "summary": "It brought {revenue}.",
    "action": "Look at it.",
    "group_title": "{count} products are large",
}


def write(folder: Path, *rules: dict[str, Any]) -> None:
    (folder / "mine.yml").write_text(yaml.safe_dump({"rules": list(rules)}), encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    ["rules: 2026-13-45", f"rules: {'9' * 5000}", "[" * 5000, "a: !!python/name:os.system ''"],
)
def test_yaml_that_cannot_be_built_is_a_problem_and_no_crash(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yml").write_text(text, encoding="utf-8")
    write(tmp_path, GOOD)
    book = load_rules(tmp_path)
    assert [problem.file for problem in book.problems] == ["bad.yml"]
    assert [rule.id for rule in book.rules] == ["top_product"]


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * 5000 + "1" + ")" * 5000,
        "select * from " + "(select * from " * 3000 + "datasets" + ")" * 3000,
        "select " + "+".join(["1"] * 20_000) + " from datasets",
        "select '\ud800' from datasets",
    ],
    ids=["brackets", "subqueries", "sum", "half a character"],
)
def test_sql_that_is_too_deep_or_broken_is_refused_and_does_not_crash(sql: str) -> None:
    with pytest.raises(ValueError, match="not one select"):
        check_sql(sql)


def test_a_part_of_a_query_may_not_be_named_like_a_file() -> None:
    sql = 'select * from (with "/etc/passwd" as (select 1) select * from datasets), "/etc/passwd"'
    with pytest.raises(ValueError, match="no name for a part"):
        check_sql(sql)


def test_a_comment_at_the_end_of_a_rule_hides_nothing(shop: Any, tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "sql": GOOD["sql"] + " -- all of them"})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert run.problems == ()
    assert [insight.entity_id for insight in run.insights] == ["p1"]


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
    write(tmp_path, {**GOOD, "id": "wild", **change}, GOOD)
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
    write(tmp_path, GOOD)
    for at in range(4):
        shop.product(f"p{at}", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert run.insights == ()
    assert "more than 3 rows" in run.problems[0].reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"summary_without": {"price": "No price."}}, "price is no fact"),
        ({"summary_without": {"revenue": "It brought {revenue}."}}, "revenue"),
        ({"summary_without": {"revenue": "{x.__class__}"}}, "x.__class__"),
    ],
)
def test_the_other_summary_is_checked_like_the_first(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    write(tmp_path, {**GOOD, **change})
    (problem,) = load_rules(tmp_path).problems
    assert reason in problem.reason


def test_the_other_summary_is_used_when_its_fact_is_unknown(shop: Any, tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "summary_without": {"revenue": "{entity_name} has no amount."}})
    shop.product("p1", "Atta", profitability={"profit_window": "all"})
    shop.product("p2", "Dal", profitability={"profit_window": "all", "revenue": 11})
    summaries = {item.entity_id: item.summary for item in shop.evaluate(rules=tmp_path).insights}
    assert summaries == {"p1": "Atta has no amount.", "p2": "It brought ₹11."}


def test_a_python_variable_is_no_table(shop: Any) -> None:
    shop.evaluate()
    secret = pa.table({"amount": [1]})
    with (
        open_marts(shop.folder / "marts", shop.folder / "quality") as connection,
        pytest.raises(duckdb.CatalogException, match="secret"),
    ):
        connection.execute("select * from secret")
    assert secret.num_rows == 1
