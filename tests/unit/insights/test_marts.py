"""The database of the rules holds the marts, and nothing else is in its reach."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from lucid_orchestration import settings
from lucid_orchestration.insights import checking
from lucid_orchestration.insights.checking import check_rule_file, contracts
from lucid_orchestration.insights.marts import open_marts, rule_tables
from lucid_orchestration.insights.pipeline import evaluate


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


def test_a_python_variable_is_no_table(shop: Any) -> None:
    shop.evaluate()
    secret = pa.table({"amount": [1]})
    with (
        open_marts(shop.folder / "marts", shop.folder / "quality") as connection,
        pytest.raises(duckdb.CatalogException, match="secret"),
    ):
        connection.execute("select * from secret")
    assert secret.num_rows == 1


def test_a_missing_mart_is_an_error_with_its_name(shop: Any, tmp_path: Path) -> None:
    shop.evaluate()
    (shop.folder / "marts" / "dead_stock.parquet").unlink()
    with pytest.raises(FileNotFoundError, match="dead_stock"):
        evaluate(shop.folder / "marts", shop.folder / "quality", tmp_path / "out")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the models, in which marts come and go."""
    shutil.copytree(settings.PROJECT_DIR / "models", tmp_path / "project" / "models")
    for module in (settings, checking):
        monkeypatch.setattr(module, "project_dir", lambda: tmp_path / "project")
    contracts.cache_clear()
    yield tmp_path / "project"
    contracts.cache_clear()


RULE = """
rules:
  - id: late
    category: risk
    entity_type: store
    sql: >-
      select dataset_id, dataset_id as entity_id, dataset_id as entity_name, hour_count
      from busy_hours
    facts: {hour_count: {unit: count, table: busy_hours}}
    title: "{hour_count} hours"
    summary: "{hour_count}"
    action: Look.
    group_title: "{count}"
"""


def test_a_new_mart_is_one_that_a_rule_may_read(project: Path, tmp_path: Path) -> None:
    rule = tmp_path / "late.yml"
    rule.write_text(RULE, encoding="utf-8")
    (refused,) = check_rule_file(rule).problems
    assert "busy_hours is no mart" in refused.reason
    marts = project / "models" / "marts"
    (marts / "busy_hours.sql").write_text("select 1", encoding="utf-8")
    contracts.cache_clear()
    rule.write_text(RULE + "# again", encoding="utf-8")
    # what it holds is not promised yet
    (unknown,) = check_rule_file(rule).problems
    assert "busy_hours" in unknown.reason
    (marts / "busy_hours.yml").write_text(
        "models: [{name: busy_hours, columns: [{name: dataset_id, data_type: string}, "
        "{name: busiest_at, data_type: timestamp}, {name: hour_count, data_type: bigint}]}]",
        encoding="utf-8",
    )
    contracts.cache_clear()
    assert check_rule_file(rule).problems == ()
    assert "busy_hours" in rule_tables()


@pytest.mark.parametrize("folder", ["a*b", "a[1]", "it's", "day=1"])
def test_marts_are_read_from_a_folder_of_any_name(shop: Any, folder: str) -> None:
    shop.evaluate()
    for name in (folder, folder.replace("*", "X").replace("[1]", "1")):
        shutil.copytree(shop.folder / "marts", shop.folder / name, dirs_exist_ok=True)
    with open_marts(shop.folder / folder, shop.folder / "quality") as marts:
        assert marts.execute("select count(*) from datasets").fetchone() == (1,)
        columns = [row[0] for row in marts.execute("describe datasets").fetchall()]
    assert columns == contracts()["datasets"].names


def test_only_what_the_rules_read_is_opened(shop: Any) -> None:
    shop.evaluate()
    (shop.folder / "marts" / "event_lift.parquet").unlink()
    with open_marts(shop.folder / "marts", shop.folder / "quality", ["dead_stock"]) as marts:
        tables = {row[0] for row in marts.execute("show tables").fetchall()}
    assert "dead_stock" in tables
    assert "event_lift" not in tables
