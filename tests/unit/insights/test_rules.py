"""Rule files are text anyone may write: a bad one is named and left out, and can reach nothing."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lucid_orchestration.insights import findings
from lucid_orchestration.insights.checking import check_rule_file
from lucid_orchestration.insights.rules import RULES_DIR, load_rules
from lucid_orchestration.settings import PROJECT_DIR

GOOD: dict[str, Any] = {
    "id": "top_product",
    "category": "growth",
    "entity_type": "product",
    "sql": (
        "select dataset_id, product_id as entity_id, product_name as entity_name, revenue "
        "from profitability where profit_window = 'all' and revenue > $least"
    ),
    "parameters": {"least": 10},
    "facts": {"revenue": {"unit": "money", "table": "profitability"}},
    "impact": "revenue",
    "title": "{entity_name} is large",
    "summary": "It brought {revenue}.",
    "action": "Look at it.",
    "group_title": "{count} products are large",
}


def with_fact(fact: dict[str, str], name: str = "x") -> dict[str, Any]:
    return {"facts": {**GOOD["facts"], name: fact}}


def write(folder: Path, name: str, *rules: dict[str, Any]) -> None:
    (folder / name).write_text(yaml.safe_dump({"rules": list(rules)}), encoding="utf-8")


def test_lucids_own_rules_all_load() -> None:
    book = load_rules()
    assert book.problems == ()
    assert {rule.category for rule in book.rules} == {"growth", "risk", "efficiency"}
    for category in ("growth", "risk", "efficiency"):
        assert sum(rule.category == category for rule in book.rules) >= 3


def test_lucids_own_rules_block_only_rules_that_exist() -> None:
    rules = {rule.id: rule for rule in load_rules().rules}
    for rule in rules.values():
        assert set(rule.blocks) <= rules.keys()
        assert all(rules[other].entity_type == rule.entity_type for other in rule.blocks)


def test_lucids_own_rules_leave_out_no_parameter() -> None:
    for rule in load_rules().rules:
        used = " ".join([rule.sql, rule.impact or "", rule.cash or ""])
        assert all(f"${name}" in used for name in rule.parameters), rule.id


def test_where_a_rule_clears_does_not_change_its_money() -> None:
    for rule in load_rules().rules:
        for name in rule.clears_at:
            assert f"${name}" not in f"{rule.impact} {rule.cash}", rule.id


def test_an_owner_adds_a_rule_without_python(tmp_path: Path) -> None:
    write(tmp_path, "mine.yml", GOOD)
    book = load_rules(tmp_path)
    assert [rule.id for rule in book.rules] == ["top_product"]
    assert book.problems == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"category": "fun"}, "category"),
        ({"colour": "red"}, "colour"),
        ({"id": "Not An Id"}, "id"),
        ({"title": "{price} is high"}, "price"),
        ({"summary": "{revenue.__class__}"}, "summary"),
        ({"summary": "{revenue!r}"}, "summary"),
        ({"summary": "{revenue:>99999999}"}, "summary"),
        ({"summary": "{0}"}, "summary"),
        ({"summary": "{"}, "summary"),
        ({"facts": {"revenue": {"unit": "bananas"}}}, "facts.revenue.unit"),
        ({"facts": {"revenue": {"unit": "money"}}}, "where it comes from"),
        ({"facts": {"revenue": {"unit": "money", "table": "raw_sales"}}}, "no mart"),
        ({"facts": {"impact": {"unit": "money", "table": "profitability"}}}, "revenue"),
        ({"clears_at": {"most": 5}}, "most"),
        ({"clears_at": {"least": "third"}}, "clears_at"),
        ({"stability": "margin"}, "points"),
        ({"facts": {"revenue": {**GOOD["facts"]["revenue"], "label": ""}}}, "label"),
        ({"parameters": {"least": 10, "(": 1}}, "is no name"),
        ({"parameters": {"least": "ten"}}, "parameters"),
        (
            {"facts": {**GOOD["facts"], "x, 1 as y": {"unit": "ratio", "formula": "1"}}},
            "is no name",
        ),
        ({"facts": {**GOOD["facts"], "x": {"unit": "ratio", "formula": "x + 1"}}}, "no fact"),
        (
            {"facts": {**GOOD["facts"], "x": {"unit": "ratio", "query": "drop table x"}}},
            "not one select",
        ),
        (
            {"facts": {**GOOD["facts"], "x": {"unit": "text", "row_of": "y", "table": "trends"}}},
            "y",
        ),
        ({"impact": "price * 2"}, "price"),
        ({"impact": "revenue * $most"}, "most"),
        ({"impact": "revenue) as x, (1"}, "impact"),
        ({"impact": "(select max(revenue) from profitability)"}, "impact"),
        ({"impact": "revenue from profitability"}, "impact"),
        ({"impact": "getenv('HOME')"}, "getenv"),
        ({"cash": ""}, "cash"),
        ({"sql": "drop table profitability"}, "sql"),
    ],
)
def test_a_broken_rule_names_file_and_place_and_the_others_load(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    write(tmp_path, "a.yml", {**GOOD, **change}, {**GOOD, "id": "second"})
    write(tmp_path, "b.yml", {**GOOD, "id": "third"})
    book = load_rules(tmp_path)
    assert [rule.id for rule in book.rules] == ["second", "third"]
    (problem,) = book.problems
    assert problem.file == "a.yml"
    assert reason in problem.reason


@pytest.mark.parametrize(
    "text",
    ["", "rules", "rules: 5", "[1, 2]", "rules: [", "other: []", "rules: [7]", "a: &a [*a]"],
)
def test_a_broken_file_is_named_and_the_others_load(tmp_path: Path, text: str) -> None:
    (tmp_path / "broken.yml").write_text(text, encoding="utf-8")
    write(tmp_path, "good.yml", GOOD)
    book = load_rules(tmp_path)
    assert [rule.id for rule in book.rules] == ["top_product"]
    assert [problem.file for problem in book.problems] == ["broken.yml"]


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_bytes(b"\xff\xfe\x00rules")
    assert [problem.file for problem in load_rules(tmp_path).problems] == ["broken.yml"]


def test_the_same_id_twice_keeps_the_first(tmp_path: Path) -> None:
    write(tmp_path, "a.yml", GOOD)
    write(tmp_path, "b.yml", {**GOOD, "category": "risk"})
    book = load_rules(tmp_path)
    assert [rule.category for rule in book.rules] == ["growth"]
    assert [problem.file for problem in book.problems] == ["b.yml"]


def test_a_parameter_may_be_a_var_and_clear_at_half_or_double_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        "mine.yml",
        {
            **GOOD,
            "parameters": {"least": 11, "most": "signal_change", "days": "lead_time_days"},
            "clears_at": {"least": "half", "most": "double", "days": 3},
        },
    )
    (rule,) = load_rules(tmp_path).rules
    assert rule.parameters == {"least": 11, "most": 0.2, "days": 7}
    assert rule.clears_at == {"least": 5.5, "most": 0.4, "days": 3}


@pytest.mark.parametrize(
    ("own", "clears_at"),
    [
        ({"least": 10}, {"least": 5}),
        ({"least": 3}, {"least": 1.5}),
        ({"least": 0.3}, {"least": 0.15}),
    ],
)
def test_where_a_rule_clears_moves_with_a_shops_own_limit(
    tmp_path: Path, own: dict[str, float], clears_at: dict[str, float]
) -> None:
    write(tmp_path, "mine.yml", {**GOOD, "clears_at": {"least": "half"}})
    (rule,) = load_rules(tmp_path).rules
    assert rule.clearing(own) == clears_at


def test_sentences_name_limits_and_vars(tmp_path: Path, shop: Any) -> None:
    summary = "{revenue} is above {least}; an order takes {lead_time_days}."
    write(tmp_path, "mine.yml", {**GOOD, "summary": summary})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    (insight,) = shop.evaluate(rules=tmp_path).insights
    assert insight.summary == "₹11 is above 10; an order takes 7 days."


def test_a_fact_wins_over_a_limit_of_its_name(tmp_path: Path, shop: Any) -> None:
    sql = GOOD["sql"].replace("$least", "$revenue")
    write(tmp_path, "mine.yml", {**GOOD, "sql": sql, "parameters": {"revenue": 10}})
    shop.product("p1", profitability={"profit_window": "all", "revenue": 11})
    (insight,) = shop.evaluate(rules=tmp_path).insights
    assert insight.summary == "It brought ₹11."


def test_the_rule_folder_is_found_by_default() -> None:
    assert sorted(path.name for path in RULES_DIR.glob("*.yml")) == [
        "earning.yml",
        "groups.yml",
        "ordering.yml",
        "seasons.yml",
        "shop.yml",
        "stock.yml",
        "trends.yml",
    ]


def test_the_rule_in_the_readme_is_one(tmp_path: Path) -> None:
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    example = readme.partition("## A rule of your own")[2].partition("```yaml\n")[2]
    example = example.partition("```")[0]
    (tmp_path / "mine.yml").write_text(example, encoding="utf-8")
    book = check_rule_file(tmp_path / "mine.yml")
    assert [rule.id for rule in book.rules] == ["dear_stock"]
    assert book.problems == ()
    assert len(example.strip().splitlines()) <= 11


def test_lucids_own_rules_pass_their_own_check() -> None:
    for path in sorted(RULES_DIR.glob("*.yml")):
        assert check_rule_file(path).problems == ()


def test_a_rule_of_the_owner_never_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "mine.yml", {**GOOD, "id": "dead_stock"})
    book = load_rules(RULES_DIR, tmp_path)
    (problem,) = book.problems
    assert (problem.file, problem.rule) == ("mine.yml", "dead_stock")
    assert "comes with Lucid" in problem.reason
    (shipped,) = [rule for rule in book.rules if rule.id == "dead_stock"]
    assert shipped.title != GOOD["title"]
    (checked,) = check_rule_file(tmp_path / "mine.yml", {"dead_stock"}).problems
    assert checked == problem


def test_a_check_takes_no_longer_than_a_run_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "RULE_SECONDS", 0.3)
    # no row of any mart is needed for it
    sql = (
        "with a as (select 1 as x union all select 2 as x), "
        f"b as (select sum(a0.x) as revenue from {', '.join(f'a as a{n}' for n in range(40))}) "
        "select dataset_id, product_id as entity_id, product_name as entity_name, "
        "(select revenue from b) as revenue from dead_stock"
    )
    write(tmp_path, "mine.yml", {**GOOD, "sql": sql, "parameters": {}})
    (problem,) = check_rule_file(tmp_path / "mine.yml").problems
    assert "0.3 seconds of work" in problem.reason
