"""Rule files are text anyone may write: a bad one is named and left out, and can reach nothing."""

import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from lucid_orchestration.insights import findings
from lucid_orchestration.insights.checking import check_rule_file
from lucid_orchestration.insights.marts import open_marts
from lucid_orchestration.insights.rules import RULES_DIR, load_rules
from lucid_orchestration.insights.safe_sql import check_sql
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


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select 2",
        "drop table datasets",
        "insert into datasets select * from datasets",
        "copy datasets to '/tmp/stolen.csv'",
        "attach '/tmp/other.db'",
        "install httpfs",
        "set enable_external_access = true",
        "pragma database_list",
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from 'https://example.com/x.parquet'",
        "select * from glob('/*')",
        "select * from duckdb_settings()",
        "select * from information_schema.tables",
        "select * from main.datasets",
        "select * from raw_sales",
        "select * from datasets where dataset_id in (select content from read_text('/etc/passwd'))",
        "with files as (select * from read_csv('x')) select * from files",
        "with recursive n as (select 1 as i union all select i + 1 from n) select * from n",
        "select getenv('HOME') from datasets",
        "select current_setting('threads') from datasets",
        "select random() from datasets",
        "select now() from datasets",
        "select current_date from datasets",
        "select current_timestamp from datasets",
        "select * from datasets using sample 1",
        "select * from datasets tablesample 10%",
        "describe datasets",
        "summarize datasets",
        "select * from range(1000000000)",
        "",
        "select",
    ],
)
def test_sql_that_does_more_than_select_from_marts_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        check_sql(sql)


def test_sql_over_marts_is_accepted() -> None:
    check_sql(
        "with big as (select *, row_number() over (order by revenue) as place from profitability) "
        "select d.dataset_id, max(big.revenue) - min(big.revenue) as spread from big "
        "join datasets as d on d.dataset_id = big.dataset_id "
        "where big.revenue > $limit or d.as_of_date > date '2026-01-01' group by d.dataset_id"
    )


def test_the_rule_folder_is_found_by_default() -> None:
    assert sorted(path.name for path in RULES_DIR.glob("*.yml")) == [
        "earning.yml",
        "shop.yml",
        "stock.yml",
        "trends.yml",
    ]


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
    assert [problem.rule for problem in run.problems] == ["top_product"]
    assert threading.active_count() < 20


def test_the_connection_of_the_rules_reaches_no_file(tmp_path: Path, shop: Any) -> None:
    shop.evaluate()
    with open_marts(shop.folder / "marts", shop.folder / "quality") as connection:
        for statement in (
            f"select * from read_text('{shop.folder / 'snooze.csv'}')",
            f"copy datasets to '{tmp_path / 'out.csv'}'",
            "set enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert not (tmp_path / "out.csv").exists()


def test_the_rule_in_the_readme_is_one(tmp_path: Path) -> None:
    readme = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    example = readme.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "mine.yml").write_text(example, encoding="utf-8")
    book = check_rule_file(tmp_path / "mine.yml")
    assert [rule.id for rule in book.rules] == ["dear_stock"]
    assert book.problems == ()
    assert len(example.strip().splitlines()) <= 11


def test_lucids_own_rules_pass_their_own_check() -> None:
    for path in sorted(RULES_DIR.glob("*.yml")):
        assert check_rule_file(path).problems == ()
