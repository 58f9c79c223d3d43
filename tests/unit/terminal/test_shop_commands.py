"""Commands about one shop: export, snooze, compare, mapping, and files that are replaced or go."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner, Result

from lucid_orchestration.cli import app
from lucid_orchestration.insights.feedback import read_feedback
from lucid_orchestration.settings import Settings, settings
from tests.desk_data import AS_OF, publish

Lucid = Callable[..., Result]
SALES = "Date,Item,Qty,Amount\n2026-10-01,Tea,1,10.00\n"


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    paths = settings()
    publish(paths, "shop", "other")
    (paths.inbox / "shop").mkdir(parents=True)
    (paths.inbox / "shop" / "sales.csv").write_text(SALES, encoding="utf-8")
    return paths


@pytest.fixture
def lucid(paths: Settings) -> Lucid:
    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    return call


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_an_answer_is_written_to_a_file(lucid: Lucid, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"out.{suffix}"
    result = lucid("export", "shop", "best-sellers", "--to", str(file), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["rows"] == 5
    if suffix == "parquet":
        assert pq.read_table(file).num_rows == 5
    assert file.stat().st_size > 100


def test_an_export_that_cannot_be_says_why(lucid: Lucid, tmp_path: Path) -> None:
    assert lucid("export", "shop", "best-sellers", "--to", str(tmp_path / "x.docx")).exit_code == 2
    assert lucid("export", "shop", "none", "--to", str(tmp_path / "x.csv")).exit_code == 2
    assert lucid("export", "nobody", "trends", "--to", str(tmp_path / "x.csv")).exit_code == 3
    assert list(tmp_path.glob("x.*")) == []


def test_an_insight_is_put_aside_and_shown_again(lucid: Lucid, paths: Settings) -> None:
    one = "rule-shop-0"
    assert lucid("snooze", "shop", one, "--until", "2026-12-01").exit_code == 0
    assert str(read_feedback(paths.inbox).snoozed[one]) == "2026-12-01"
    assert lucid("snooze", "shop", one, "--done").exit_code == 0
    assert read_feedback(paths.inbox).done == {one: AS_OF}
    assert lucid("snooze", "shop", one).exit_code == 0
    assert not (paths.inbox / "shop" / "lucid.yml").exists()
    assert lucid("snooze", "shop", one, "--until", "soon").exit_code == 2
    assert lucid("snooze", "shop", one, "--done", "--not-useful").exit_code == 2
    assert lucid("snooze", "shop", "none", "--done").exit_code == 3


def test_shops_stand_side_by_side(lucid: Lucid) -> None:
    rows = json.loads(lucid("compare", "--json").output)["rows"]
    assert [row["currency"] for row in rows] == ["USD", "INR"]
    shown = lucid("compare", "shop").output
    assert "₹1,001" in shown
    assert "USD" not in shown


def test_what_to_paste_reads_the_file_as_it_is_read(lucid: Lucid, paths: Settings) -> None:
    result = json.loads(lucid("mapping", "shop", "sales.csv", "--json").output)
    entry = yaml.safe_load(result["mapping"])["files"][0]
    assert entry["match"] == "sales.csv"
    assert entry["kind"] == "sales"
    assert entry["columns"]["Qty"] == "quantity"
    (paths.inbox / "shop" / "mapping.yml").write_text(result["mapping"], encoding="utf-8")
    again = json.loads(lucid("mapping", "shop", "sales.csv", "--json").output)
    assert again["file"]["status"] == "accepted"
    assert [c["field"] for c in again["columns"]] == [c["field"] for c in result["columns"]]
    assert "mapping.yml" in lucid("mapping", "shop", "sales.csv").output
    assert lucid("mapping", "shop", "none.csv").exit_code == 3


def test_a_file_is_replaced_only_when_that_is_said(
    lucid: Lucid, paths: Settings, tmp_path: Path
) -> None:
    new = tmp_path / "sales.csv"
    new.write_text(SALES + "2026-10-02,Tea,2,20.00\n", encoding="utf-8")
    assert lucid("add", str(new), "--dataset", "shop").exit_code == 2
    assert (paths.inbox / "shop" / "sales.csv").read_text(encoding="utf-8") == SALES
    assert lucid("add", str(new), "--dataset", "shop", "--replace").exit_code == 0
    assert (paths.inbox / "shop" / "sales.csv").read_bytes() == new.read_bytes()


def test_one_file_is_removed(lucid: Lucid, paths: Settings) -> None:
    assert lucid("remove", "shop", "sale.csv", "--yes").exit_code == 3
    assert lucid("remove", "shop", "sales.csv", "--yes").exit_code == 0
    assert not (paths.inbox / "shop" / "sales.csv").exists()
    assert len(list(paths.trash.rglob("sales.csv"))) == 1
