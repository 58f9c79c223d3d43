"""Marts nobody foresaw, in folders called anything: shown as they are."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from lucid_orchestration.cli import app
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.settings import settings
from lucid_orchestration.storage import sql_literal
from lucid_orchestration.warehouse import presentation, show
from lucid_orchestration.warehouse.show import Options

FOLDERS = ["a'b [c] *d? 50% #1 ü", "month=10"]

Write = Callable[[str], Path]


@pytest.fixture(params=FOLDERS)
def marts(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The marts of a data folder of an odd name, beside one it would stand for as a pattern."""
    monkeypatch.setattr(presentation, "marts_dir", lambda: tmp_path)
    monkeypatch.setattr(show, "mart_names", lambda: ("mine",))
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / request.param))
    settings.cache_clear()
    twin = tmp_path / "a'b c XdX 50% #1 ü" / "marts"
    for folder in (settings().marts, twin):
        folder.mkdir(parents=True)
    write(twin, "select 'twin' as dataset_id")
    return settings().marts


def write(marts: Path, rows: str) -> None:
    duckdb.execute(f"copy ({rows}) to {sql_literal(marts / 'mine.parquet')} (format parquet)")


def test_a_mart_without_shops_is_shown_whole_in_its_own_order(marts: Path) -> None:
    write(marts, """select * from (values ('b', 1), ('a', 3), ('c', 2)) as t("Order No", "to")""")
    table = show.show(marts, "mine", "anybody", Options())
    assert table.columns == ("Order No", "to")
    assert table.rows == (("b", 1), ("a", 3), ("c", 2))
    sorted_ = show.show(marts, "mine", "anybody", Options(sort="Order No", limit=2))
    assert [row[0] for row in sorted_.rows] == ["a", "b"]
    assert show.show(marts, "mine", "anybody", Options(sort="to")).rows[0] == ("a", 3)


def test_a_column_keeps_its_values_in_a_folder_that_names_it(marts: Path) -> None:
    write(marts, "select 'shop' as dataset_id, 'May' as month, 1 as part")
    assert show.show(marts, "mine", "shop", Options()).rows == (("shop", "May", 1),)


def test_ties_stay_in_the_order_of_the_mart(marts: Path) -> None:
    write(marts, "select 'shop' as dataset_id, 99 - i as id, i // 50 as part from range(100) t(i)")
    rows = show.show(marts, "mine", "shop", Options(sort="part", limit=3)).rows
    assert [row[1] for row in rows] == [49, 48, 47]


def test_only_options_of_the_mart_are_known(marts: Path) -> None:
    write(marts, "select 'shop' as dataset_id")
    with pytest.raises(BadRequestError, match="--limit, --sort"):
        show.show(marts, "mine", "shop", Options(days=3))
    with pytest.raises(BadRequestError, match="Tables: mine"):
        show.show(marts, "other", "shop", Options())


def test_the_command_shows_columns_of_any_type(marts: Path) -> None:
    write(
        marts,
        "select 'shop' as dataset_id, 'inf'::double as endless, 'nan'::double as nothing, "
        "12345678901234567890123456789012345678::decimal(38, 0) as huge, 1e300 as large, "
        "{'a': [1, null]} as parts, map {'k': 'v'} as named, 'x'::blob as bytes, "
        "time '10:00' as at",
    )
    duckdb.execute(
        "copy (select 'shop' as dataset_id, 'INR' as currency) "
        f"to {sql_literal(marts / 'datasets.parquet')} (format parquet)"
    )
    shown = CliRunner().invoke(app, ["show", "mine", "shop"], env={"COLUMNS": "2000"})
    assert shown.exit_code == 0, shown.output
    assert "1,23,45,67,89,01,23,45,67,89,01,23,45,67,89,01,23,45,678" in shown.stdout
    as_json = CliRunner().invoke(app, ["show", "mine", "shop", "--json"])
    assert [row["dataset_id"] for row in json.loads(as_json.stdout)["rows"]] == ["shop"]
