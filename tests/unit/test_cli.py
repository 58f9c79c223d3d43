"""The command line over small folders of Parquet: what it shows, refuses and returns."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from lucid_orchestration.cli import app
from lucid_orchestration.runs import stamps
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import step_of
from lucid_orchestration.settings import PROJECT_DIR, Settings, settings
from lucid_orchestration.storage import write_parquet

Lucid = Callable[..., Result]
START = "from lucid_orchestration.cli import main"


def money(*values: str) -> pa.Array:
    return pa.array([Decimal(value) for value in values], pa.decimal128(18, 2))


def fill(paths: Settings) -> None:
    """Two shops; the second one delivered a file that was refused."""
    products = ["OIL", "RICE", "SALT", "TEA", "OIL"]
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop", "shop", "shop", "shop", "other"],
                "period_type": ["all", "all", "month", "last_30_days", "all"],
                "period": ["all", "all", "2026-09", "2026-10-31", "all"],
                "product_id": products,
                "product_name": [f"[bold]{name.title()}" for name in products],
                "total_revenue": money("1234567.80", "20.00", "5.00", "7.00", "9.00"),
                "revenue_share": money("0.95", "0.05", "1", "1", "1"),
                "rank_by_quantity": pa.array([2, 1, 1, 1, 1], pa.int32()),
                "rank_by_revenue": pa.array([1, 2, 1, 1, 1], pa.int32()),
                "rank_by_profit": pa.array([None, 1, None, 1, 1], pa.int32()),
            }
        ),
        paths.marts / "best_sellers.parquet",
    )
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop"] * 3,
                "product_id": ["A", "B", "C"],
                "product_name": ["A", "B", "C"],
                "estimated_value": pa.array(
                    [None, Decimal("10.00"), Decimal("30.00")], pa.decimal128(18, 2)
                ),
                "idle_days": pa.array([400, 90, 10], pa.int32()),
            }
        ),
        paths.marts / "dead_stock.parquet",
    )
    months = [date(2025, month, 1) for month in range(1, 13)] + [date(2026, 1, 1)]
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop"] * 14,
                "entity_type": ["store"] * 13 + ["product"],
                "entity_id": ["shop"] * 13 + ["A"],
                "entity_name": ["shop"] * 13 + ["A"],
                "month": [*months, date(2026, 1, 1)],
                "is_complete": [True] * 14,
                "revenue": money(*["10"] * 14),
                "revenue_change": money(*["0"] * 14),
                "profit": money(*["3"] * 14),
            }
        ),
        paths.marts / "trends.parquet",
    )
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop", "shop"],
                "entity_type": ["product", "category"],
                "entity_id": ["A", "Tea"],
                "seasonality_score": [0.9, 0.2],
                "peak_months": pa.array([[10, 11], []], pa.list_(pa.int32())),
            }
        ),
        paths.marts / "seasonality.parquet",
    )
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop"],
                "dataset_name": ["Shop"],
                "currency": ["INR"],
                "as_of_date": [date(2026, 10, 31)],
                "revenue": money("1234587.80"),
            }
        ),
        paths.marts / "datasets.parquet",
    )
    write_parquet(
        pa.table(
            {
                "dataset_id": ["shop", "other"],
                "file_name": ["sales.csv", "notes.csv"],
                "kind": ["sales", None],
                "profile": ["generic", None],
                "status": ["accepted", "refused"],
                "message": [None, "No column holds a date."],
                "rows_accepted": [2, 0],
                "rows_rejected": [1, 0],
            }
        ),
        paths.quality / "source_files.parquet",
    )
    write_parquet(
        pa.table(
            {
                "dataset_id": ["other"],
                "file_name": ["notes.csv"],
                "severity": ["refusal"],
                "message": ["No column holds a date."],
            }
        ),
        paths.quality / "file_issues.parquet",
    )
    insights = [
        insight(1, "risk", "high"),
        insight(2, "growth", "low"),
        insight(3, "risk", "medium"),
    ]
    write_parquet(pa.Table.from_pylist(insights), paths.insights / "active_insights.parquet")
    write_parquet(
        pa.Table.from_pylist(
            [
                *insights,
                insight(4, "risk", "low"),
                {**insight(5, "risk", "low"), "status": "resolved", "summary": "No longer so."},
            ]
        ),
        paths.insights / "insights.parquet",
    )


def insight(rank: int, category: str, confidence: str) -> dict[str, Any]:
    return {
        "dataset_id": "shop",
        "insight_id": f"i{rank}",
        "rule_id": "dead_stock",
        "entity_id": f"p{rank}",
        "category": category,
        "title": f"Title {rank}",
        "summary": "Summary.",
        "severity": "high",
        "confidence": confidence,
        "confidence_score": 80,
        "confidence_reasons": json.dumps([{"sentence": "Enough sales."}]),
        "supporting_metrics": json.dumps(
            [{"name": "revenue", "value": "12", "unit": "INR", "table": "trends", "row": "x"}]
        ),
        "priority_parts": "{}",
        "recommended_action": "Do it.",
        "estimated_impact": Decimal("250.00"),
        "cash_at_stake": Decimal("0.00"),
        "status": "new",
        "rank": rank,
    }


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    settings.cache_clear()
    return settings()


@pytest.fixture
def lucid(paths: Settings) -> Lucid:
    def call(*words: str) -> Result:
        return CliRunner().invoke(app, list(words))

    return call


@pytest.fixture
def shop(paths: Settings) -> Settings:
    fill(paths)
    return paths


def rows(result: Result) -> list[Mapping[str, Any]]:
    assert result.exit_code == 0, result.output
    found: list[Mapping[str, Any]] = json.loads(result.stdout)["rows"]
    return found


def names(result: Result) -> list[str]:
    return [row["product_id"] for row in rows(result)]


def test_show_prints_names_as_they_are(shop: Settings, lucid: Lucid) -> None:
    result = lucid("show", "best_sellers", "shop")
    assert result.exit_code == 0
    assert "[bold]Oil" in result.stdout
    assert "95.0 %" in result.stdout


@pytest.mark.parametrize(
    ("options", "products"),
    [
        pytest.param([], ["OIL", "RICE"], id="by revenue, whole history"),
        pytest.param(["--sort", "quantity"], ["RICE", "OIL"], id="by quantity"),
        pytest.param(["--sort", "profit"], ["RICE", "OIL"], id="unknown profit last"),
        pytest.param(["--sort", "total_revenue:asc"], ["RICE", "OIL"], id="by column, upwards"),
        pytest.param(["--limit", "1"], ["OIL"], id="limit"),
        pytest.param(["--period", "2026-09"], ["SALT"], id="one month"),
        pytest.param(["--period", "last_30_days"], ["TEA"], id="a window"),
        pytest.param(["--period", "2020-01"], [], id="a month without sales"),
    ],
)
def test_best_sellers_options(
    shop: Settings, lucid: Lucid, options: list[str], products: list[str]
) -> None:
    assert names(lucid("show", "best_sellers", "shop", *options, "--json")) == products


@pytest.mark.parametrize(
    ("options", "products"),
    [
        pytest.param([], ["C", "B", "A"], id="unknown value last"),
        pytest.param(["--days", "90"], ["B", "A"], id="idle for so long"),
        pytest.param(["--sort", "days"], ["A", "B", "C"], id="longest idle first"),
    ],
)
def test_dead_stock_options(
    shop: Settings, lucid: Lucid, options: list[str], products: list[str]
) -> None:
    assert names(lucid("show", "dead_stock", "shop", *options, "--json")) == products


def test_trends_show_one_metric_of_the_newest_months(shop: Settings, lucid: Lucid) -> None:
    found = rows(lucid("show", "trends", "shop", "--metric", "profit", "--months", "3", "--json"))
    assert [row["month"] for row in found] == ["2026-01-01", "2025-12-01", "2025-11-01"]
    assert found[0]["profit"] == "3.00"
    assert "revenue" not in found[0]
    product = rows(lucid("show", "trends", "shop", "--entity", "product", "--json"))
    assert [row["entity_id"] for row in product] == ["A"]


def test_seasonality_keeps_scores_from_the_minimum_up(shop: Settings, lucid: Lucid) -> None:
    found = rows(lucid("show", "seasonality", "shop", "--min-score", "0.5", "--json"))
    assert [(row["entity_id"], row["peak_months"]) for row in found] == [("A", [10, 11])]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["show", "nonsense", "shop"], 2, "best_sellers"),
        (["show", "best_sellers", "shop", "--days", "3"], 2, "--days"),
        (["show", "best_sellers", "shop", "--period", "last_week"], 2, "last_30_days"),
        (["show", "best_sellers", "shop", "--sort", "1; drop table x"], 2, "total_revenue"),
        (["show", "best_sellers", "shop", "--sort", "revenue:up"], 2, ":asc"),
        (["show", "best_sellers", "shop", "--limit", "0"], 2, "--limit"),
        (["show", "seasonality", "shop", "--min-score", "7"], 2, "between 0 and 1"),
        (["show", "trends", "shop", "--metric", "joy"], 2, "quantity"),
        (["show", "trends", "shop", "--months", "0"], 2, "--months"),
        (["show", "dead_stock", "shop", "--days", "-1"], 2, "--days"),
        (["show", "best_sellers", "x' or '1'='1"], 3, "other, shop"),
        (["show", "profitability", "shop"], 3, "lucid run"),
        (["datasets", "nobody"], 3, "other, shop"),
        (["insights", "shop", "i99"], 3, "i99"),
        (["insights", "shop", "--category", "luck"], 2, "efficiency"),
        (["insights", "shop", "--confidence", "some"], 2, "medium"),
        (["remove", "nobody", "--yes"], 3, "nobody"),
        (["remove", "shop"], 2, "--yes"),
        (["add", "absent.csv", "--dataset", "shop"], 3, "absent.csv"),
        (["show"], 2, ""),
    ],
)
def test_a_wrong_question_gets_its_exit_code_and_a_way_out(
    shop: Settings, lucid: Lucid, words: list[str], code: int, told: str
) -> None:
    result = lucid(*words)
    assert result.exit_code == code
    assert told in result.stderr


def test_a_list_in_json_says_what_it_is_a_part_of(shop: Settings, lucid: Lucid) -> None:
    answer = json.loads(lucid("show", "best_sellers", "shop", "--limit", "1", "--json").stdout)
    assert list(answer) == ["mart", "dataset_id", "rows", "total", "snapshot", "schema"]
    assert (answer["total"], len(answer["rows"])) == (2, 1)
    # to the paisa, and as text: a binary fraction is no amount
    assert answer["rows"][0]["total_revenue"] == "1234567.80"
    described = {column["name"]: column for column in answer["schema"]}
    assert list(described) == list(answer["rows"][0])
    assert described["total_revenue"]["type"] == "decimal(18,2)"
    assert described["total_revenue"]["description"]
    listed = json.loads(lucid("insights", "shop", "--limit", "1", "--json").stdout)
    assert (listed["total"], len(listed["rows"])) == (3, 1)
    assert [column["name"] for column in listed["schema"]] == list(listed["rows"][0])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show"], "mart"),
        (["show", "best_sellers", "shop", "--limit", "many"], "--limit"),
        (["show", "best_sellers", "shop", "--colour", "red"], "--colour"),
        (["rules", "check"], "file"),
        (["sing"], "sing"),
    ],
)
def test_a_question_put_wrongly_is_answered_in_json_too(
    lucid: Lucid, words: list[str], told: str
) -> None:
    result = lucid(*words, "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["kind"] == "bad_request"
    assert told in error["message"].casefold()
    assert not result.stderr
    # without it a person reads it
    assert not lucid(*words).stdout


def test_what_is_printed_is_utf_8_whatever_the_console_says(shop: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{START}; main()", "show", "best_sellers", "shop"],
        cwd=PROJECT_DIR,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "LUCID_DATA_DIR": str(shop.data_dir)},
        capture_output=True,
        check=True,
    )
    assert "₹12,34,568" in done.stdout.decode("utf-8")


def test_an_error_is_json_too(shop: Settings, lucid: Lucid) -> None:
    result = lucid("datasets", "nobody", "--json")
    assert result.exit_code == 3
    error = json.loads(result.stdout)["error"]
    assert error["kind"] == "not_found"
    assert "nobody" in error["message"]


def test_a_damaged_result_says_how_to_mend_it(shop: Settings, lucid: Lucid) -> None:
    (shop.marts / "dead_stock.parquet").write_bytes(b"PAR1 nonsense PAR1")
    result = lucid("show", "dead_stock", "shop")
    assert result.exit_code == 3
    assert "lucid run" in result.stderr


def test_datasets_name_the_refused_shop_as_well(shop: Settings, lucid: Lucid) -> None:
    found = rows(lucid("datasets", "--json"))
    assert [row["dataset_id"] for row in found] == ["other", "shop"]
    detail = lucid("datasets", "other")
    assert detail.exit_code == 0
    assert "No column holds a date." in detail.stdout


def test_before_the_first_run_there_is_no_shop(lucid: Lucid) -> None:
    result = lucid("datasets")
    assert result.exit_code == 0
    assert "lucid run" in result.stdout
    empty = {"rows": [], "total": 0, "snapshot": "", "schema": []}
    assert json.loads(lucid("datasets", "--json").stdout) == empty


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["i1", "i2", "i3"]),
        (["--category", "risk"], ["i1", "i3"]),
        (["--confidence", "medium"], ["i1", "i3"]),
        (["--limit", "1"], ["i1"]),
    ],
)
def test_insights_are_listed_best_first(
    shop: Settings, lucid: Lucid, options: list[str], found: list[str]
) -> None:
    listed = rows(lucid("insights", "shop", *options, "--json"))
    assert [row["insight_id"] for row in listed] == found


def test_what_is_settled_is_listed_apart(shop: Settings, lucid: Lucid) -> None:
    listed = json.loads(lucid("insights", "shop", "--json").stdout)
    assert [row["insight_id"] for row in listed["resolved"]] == ["i5"]
    assert "No longer so." in lucid("insights", "shop").stdout
    growth = json.loads(lucid("insights", "shop", "--category", "growth", "--json").stdout)
    assert growth["resolved"] == []


def test_rules_are_listed_with_their_limits_and_those_of_a_shop(
    paths: Settings, lucid: Lucid
) -> None:
    folder = paths.inbox / "shop"
    folder.mkdir(parents=True)
    limits = "rules: {dead_stock: {min_value: 1234, colour: 3}}"
    (folder / "lucid.yml").write_text(limits, encoding="utf-8")
    result = lucid("rules")
    assert result.exit_code == 0
    for part in ("loss_maker", "cover_days 180", "dead_stock in shop: min_value 1234", "colour"):
        assert part in result.stdout
    listed = json.loads(lucid("rules", "--json").stdout)
    rules = {rule["rule_id"]: rule for rule in listed["rules"]}
    assert rules["overstock"]["clears_at"] == {"cover_days": 90, "min_value": 250}
    assert rules["dead_stock"]["changed"] == {"shop": {"min_value": 1234}}
    assert [problem["rule"] for problem in listed["problems"]] == ["dead_stock"]


def test_rules_tell_what_a_shop_says_of_itself_and_what_is_assumed(
    paths: Settings, lucid: Lucid
) -> None:
    folder = paths.inbox / "shop"
    folder.mkdir(parents=True)
    (folder / "lucid.yml").write_text("lead_time_days: 12\nclosed_weekdays: [x]", "utf-8")
    shown = " ".join(lucid("rules").stdout.split())
    assert "An order takes: 12 days Deliveries" in shown
    assert "An order is placed for: 30 days (assumed; order_cycle_days decides how much" in shown
    assert "shop/lucid.yml: this was left out: closed_weekdays.0: 'x' is no weekday" in shown
    listed = json.loads(lucid("rules", "--json").stdout)["shops"]["shop"]
    assert {term["key"]: term["is_told"] for term in listed}["lead_time_days"]


RULE = """
rules:
  - id: dear_stock
    category: efficiency
    entity_type: product
    parameters: {value: 50000}
    sql: select dataset_id, product_id as entity_id, product_name as entity_name, stock_value
      from inventory_velocity where stock_value >= $value
    facts: {stock_value: {unit: money, table: inventory_velocity}}
    impact: stock_value * 0.05
    title: "Much money lies in {entity_name}"
    summary: "{stock_value} lies in it."
    action: Order less of it.
    group_title: "Much money lies in {count} products"
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("efficiency", "efficiency", 0, "dear_stock: usable"),
        ("select dataset_id", "drop table datasets; select dataset_id", 2, "not one select"),
        ("from inventory_velocity", "from read_csv('/etc/passwd')", 2, "table functions"),
        ("stock_value >=", "stock_worth >=", 2, "stock_worth"),
        ("stock_value\n", "unit_cost\n", 2, "stock_value"),
        ("table: inventory_velocity", "table: dead_stock", 2, "dead_stock has no column"),
        ("{stock_value} lies", "{price} lies", 2, "price"),
        ("stock_value * 0.05", "price * 0.05", 2, "price"),
        ("category:", "categories:", 2, "categor"),
        ("rules:", "rules: [", 2, "mine.yml"),
    ],
)
def test_a_rule_file_is_checked_before_it_is_used(
    tmp_path: Path, lucid: Lucid, old: str, new: str, code: int, said: str
) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(RULE.replace(old, new, 1), encoding="utf-8")
    result = lucid("rules", "check", str(file))
    assert result.exit_code == code
    assert said in result.stdout
    packed = json.loads(lucid("rules", "check", str(file), "--json").stdout)
    assert bool(packed["problems"]) == (code != 0)


def test_a_rule_file_that_is_not_there(lucid: Lucid, tmp_path: Path) -> None:
    assert lucid("rules", "check", str(tmp_path / "none.yml")).exit_code == 3


def test_one_insight_shows_its_numbers_even_when_it_is_not_among_the_first(
    shop: Settings, lucid: Lucid
) -> None:
    result = lucid("insights", "shop", "i4")
    assert result.exit_code == 0
    for part in ("Title 4", "Do it.", "Enough sales.", "trends", "250"):
        assert part in result.stdout
    packed = json.loads(lucid("insights", "shop", "i4", "--json").stdout)
    assert packed["supporting_metrics"][0]["value"] == "12"


def test_explain_shows_texts_that_are_up_to_date(shop: Settings, lucid: Lucid) -> None:
    texts = [
        {
            "dataset_id": "shop",
            "insight_id": insight_id,
            "kind": kind,
            "headline": f"Headline {insight_id}",
            "explanation": "Why.",
            "guidance": "Next.",
            "text_source": "template",
            "provider": "none",
            "model": None,
            "verdict_codes": "[]",
            "template_reason": None,
        }
        for insight_id, kind in [("i1", "insight"), ("i2", "insight"), ("summary", "summary")]
    ]
    path = shop.insights / "ai_explanations.parquet"
    write_parquet(pa.Table.from_pylist(texts), path)
    stamps.remember(shop, Stage.EXPLAIN, step_of(Stage.EXPLAIN).inputs(shop), [path])

    everything = json.loads(lucid("explain", "shop", "--json").stdout)["explanations"]
    assert [text["insight_id"] for text in everything] == ["summary", "i1", "i2"]
    one = lucid("explain", "shop", "i2")
    assert one.exit_code == 0
    assert "Headline i2" in one.stdout
    assert "Headline i1" not in one.stdout
    assert lucid("explain", "shop", "i99").exit_code == 3


def test_explain_before_the_first_insights(shop: Settings, lucid: Lucid) -> None:
    (shop.insights / "active_insights.parquet").unlink()
    result = lucid("explain", "shop")
    assert result.exit_code == 3
    assert "lucid run" in result.stderr


def test_add_copies_and_knows_what_is_there(paths: Settings, lucid: Lucid, tmp_path: Path) -> None:
    source = tmp_path / "June sales.csv"
    source.write_text("date,product\n", encoding="utf-8")
    assert lucid("add", str(source), "--dataset", "My Shop").exit_code == 0
    target = paths.inbox / "my-shop" / source.name
    assert target.read_bytes() == source.read_bytes()

    again = json.loads(lucid("add", str(source), "--dataset", "my-shop", "--json").stdout)
    assert again == {"files": [{"path": str(target), "was_new": False}]}

    source.write_text("something else\n", encoding="utf-8")
    assert lucid("add", str(source), "--dataset", "my-shop").exit_code == 2
    assert target.read_text(encoding="utf-8") == "date,product\n"


def test_add_takes_all_files_or_none(paths: Settings, lucid: Lucid, tmp_path: Path) -> None:
    good, bad = tmp_path / "sales.csv", tmp_path / "song.mp3"
    good.write_text("a\n", encoding="utf-8")
    bad.write_bytes(b"la")
    result = lucid("add", str(good), str(bad), "--dataset", "shop")
    assert result.exit_code == 4
    assert "song.mp3" in result.stderr
    assert not paths.inbox.exists()
    assert lucid("add", str(good), "--dataset", "../..").exit_code == 2


def test_remove_moves_files_to_the_trash(paths: Settings, lucid: Lucid) -> None:
    for name in ("My Shop/sales.csv", "other/sales.csv", "loose.csv"):
        file = paths.inbox / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    assert lucid("remove", "my-shop", "--yes").exit_code == 0
    assert lucid("remove", "default", "--yes").exit_code == 0
    left = [path.relative_to(paths.inbox).as_posix() for path in paths.inbox.rglob("*.csv")]
    assert left == ["other/sales.csv"]
    kept = sorted(path.read_text(encoding="utf-8") for path in paths.trash.rglob("*.csv"))
    assert kept == ["My Shop/sales.csv", "loose.csv"]


def test_doctor_is_content_with_an_empty_folder(lucid: Lucid) -> None:
    result = lucid("doctor", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["healthy"] is True
    assert {check["name"] for check in report["checks"]} >= {"Python", "Database", "AI provider"}


def test_doctor_says_what_spark_needs(
    lucid: Lucid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checks() -> dict[str, tuple[str, str]]:
        rows = json.loads(lucid("doctor", "--json").stdout)["checks"]
        return {row["name"]: (row["status"], row["message"]) for row in rows}

    assert not {"Spark", "pyspark", "dbt-spark", "Java"} & checks().keys()
    monkeypatch.setenv("LUCID_TARGET", "spark")
    program = tmp_path / "bin" / "java"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert checks()["Java"] == ("problem", "not found; Spark needs Java 17 or newer")
    program.parent.mkdir()
    for version, status in (("1.8.0_392", "problem"), ("11.0.2", "problem"), ("21.0.1", "ok")):
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        program.chmod(0o755)
        found = checks()
        assert found["Java"][0] == status
        assert found["Java"][1].startswith(version)
    assert found["Spark"] == ("ok", "local[*]")
    assert {"pyspark", "dbt-spark"} <= found.keys()
    assert "Database" not in found
    # a server has its own Java; what may stand behind its address is secret
    monkeypatch.setenv("LUCID_SPARK", "sc://127.0.0.1:1/;token=secret")
    found = checks()
    assert "Java" not in found
    assert found["Spark"][1].rpartition("sc://")[2].startswith("127.0.0.1:1")
    assert "secret" not in found["Spark"][1]
    assert "grpcio-status" in found
    monkeypatch.setenv("LUCID_TARGET", "sparks")
    assert checks()["Engine"][0] == "problem"


def test_doctor_finds_a_broken_database(paths: Settings, lucid: Lucid) -> None:
    paths.database.write_bytes(b"this is no database" * 1000)
    result = lucid("doctor")
    assert result.exit_code == 5
    assert "builds a damaged one again" in result.stdout


def test_doctor_names_who_holds_the_database(paths: Settings, lucid: Lucid) -> None:
    duckdb.connect(str(paths.database)).close()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; open = duckdb.connect(sys.argv[1]); print(flush=True); input()",
            str(paths.database),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert f"process {holder.pid}" in lucid("doctor").stdout
    finally:
        holder.communicate(b"\n")


def test_showing_a_table_loads_neither_dbt_nor_dagster_nor_charts(shop: Settings) -> None:
    script = (
        "import sys\n"
        "from typer.testing import CliRunner, Result\n"
        "from lucid_orchestration.cli import app\n"
        "result = CliRunner().invoke(app, ['show', 'best_sellers', 'shop'])\n"
        "assert result.exit_code == 0, result.output\n"
        "print(sorted({'dbt', 'dagster', 'altair', 'vl_convert', 'openai'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
