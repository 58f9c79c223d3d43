"""Rule files that try to crash the loader, fill the tables with nonsense, or wear a false name."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lucid_orchestration.insights.rules import load_rules

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


def test_a_comment_at_the_end_of_a_rule_hides_nothing(shop: Any, tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "sql": GOOD["sql"] + " -- all of them"})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    run = shop.evaluate(rules=tmp_path)
    assert run.problems == ()
    assert [insight.entity_id for insight in run.insights] == ["p1"]


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
