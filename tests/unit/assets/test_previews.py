"""What Dagster shows of a mart, above all of one nobody foresaw: never an end of the build."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from lucid_orchestration.assets import previews
from lucid_orchestration.settings import project_vars
from lucid_orchestration.storage import sql_literal
from lucid_orchestration.warehouse import presentation, show

ANY_TYPE = """
    select
        'shop' as dataset_id, 'a | b' as "a | b", 'inf'::double as endless, 'nan'::double as nan,
        12345678901234567890123456789012345678::decimal(38, 0) as huge, 1e300 as large,
        12345678901234567890123456789.012345678::decimal(38, 9) as exact,
        {'a': [1, null], 'b': {'c': date '2026-01-01'}} as parts, map {'k': 'v'} as named,
        'x'::blob as bytes, time '10:00' as at, timestamptz '2026-01-01 10:00:00+05:30' as zoned,
        interval 3 day as span, uuid() as id, null as nothing, true as yes, ''::varchar as empty,
        repeat('long ', 20000) as text, [[1], []] as nested, date '2026-01-01' as month
"""

Mart = Callable[..., dict[str, Any]]


@pytest.fixture
def mart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mart:
    """The preview of a new mart `mine`: its rows as SQL, what its yml says, its columns shown."""
    monkeypatch.setattr(presentation, "marts_dir", lambda: tmp_path)
    monkeypatch.setattr(show, "mart_names", lambda: ("mine",))

    def make(rows: str, lucid: Any = None) -> dict[str, Any]:
        if lucid is not None:
            model = {"name": "mine", "config": {"meta": {"lucid": lucid}}}
            text = yaml.safe_dump({"models": [model]})
            (tmp_path / "mine.yml").write_text(text, encoding="utf-8")
        target = sql_literal(tmp_path / "mine.parquet")
        duckdb.execute(f"copy ({rows}) to {target} (format parquet)")
        return previews.mart_metadata(tmp_path, "mine")

    return make


def table(metadata: dict[str, Any], label: str) -> str:
    return str(metadata[label].value)


def test_a_mart_that_says_nothing_is_shown_by_its_schema(mart: Mart) -> None:
    shown = mart(
        "select * from (values ('shop', 'Tea', 1200000), ('shop', 'Oil', 3)) t(dataset_id, p, n)"
    )
    assert shown["dagster/row_count"] == 2
    assert set(shown) == {"dagster/row_count", "shop: first rows"}
    lines = table(shown, "shop: first rows").splitlines()
    assert lines[0] == "| P | N |"
    assert lines[2:] == ["| Tea | 12,00,000 |", "| Oil | 3 |"]


def test_a_mart_without_shops_is_shown_whole(mart: Mart) -> None:
    shown = mart("select 1 as n union all select 2")
    assert shown["dagster/row_count"] == 2
    assert table(shown, "first rows").count("\n") == 3


@pytest.mark.parametrize("columns", ["*", "* exclude (dataset_id)"])
def test_columns_of_any_type_are_shown_and_small(mart: Mart, columns: str) -> None:
    names = [
        row[0] for row in duckdb.sql(f"describe select {columns} from ({ANY_TYPE})").fetchall()
    ]
    rows = f"select {columns} from ({ANY_TYPE}), range(30)"
    shown = mart(rows, {"columns": names})
    assert not [value for value in shown.values() if str(value).startswith("Not shown")]
    (text,) = (value.value for label, value in shown.items() if label.endswith("first rows"))
    assert "1,23,45,67,89,01,23,45,67,89,01,23,45,67,89,01,23,45,678" in text
    assert "| A \\| b |" in text
    assert len(text) < 25_000


def test_ids_of_shops_may_be_missing_or_numbers(mart: Mart) -> None:
    shown = mart("select * from (values (7, 'a'), (null, 'b')) t(dataset_id, p)")
    assert set(shown) == {"dagster/row_count", "7: first rows"}


@pytest.mark.parametrize(
    ("lucid", "label", "reason"),
    [
        ({"totals": {"sum": "sum(price)"}}, "totals", "price"),
        ({"totals": {"first": "min(p)"}}, "totals", "ValueError"),
        ({"chart": "pareto"}, "shop: chart", "cumulative_share"),
        ({"chart": "nobody_drew_it"}, "shop: chart", "nobody_drew_it"),
        ({"report": [{"window": "all"}], "chart": "pareto"}, "shop: chart", "window"),
    ],
)
def test_a_part_that_cannot_be_shown_says_why_and_the_rest_is_there(
    mart: Mart, lucid: Any, label: str, reason: str
) -> None:
    shown = mart("select 'shop' as dataset_id, 'Tea' as p, 3 as n", lucid)
    assert shown["dagster/row_count"] == 1
    assert "Tea" in table(shown, "shop: first rows")
    assert shown[label].startswith("Not shown: ")
    assert reason in shown[label]


def test_a_yml_with_a_slip_is_named(mart: Mart) -> None:
    shown = mart("select 'shop' as dataset_id, 'Tea' as p", {"colums": ["p"]})
    assert shown["dagster/row_count"] == 1
    assert "mine.yml" in shown["shop: first rows"]
    assert "colums" in shown["shop: first rows"]


def test_a_file_that_cannot_be_read_is_said(mart: Mart, tmp_path: Path) -> None:
    mart("select 1 as n")
    (tmp_path / "mine.parquet").write_bytes(b"PAR1 nonsense PAR1")
    shown = previews.mart_metadata(tmp_path, "mine")
    assert str(shown["row count"]).startswith("Not shown: ")
    (tmp_path / "mine.parquet").unlink()
    assert str(previews.mart_metadata(tmp_path, "mine")["row count"]).startswith("Not shown: ")
    gone = previews.quality_metadata(tmp_path, "source_files")
    assert str(gone["preview"]).startswith("Not shown: ")


def test_a_fault_of_ours_is_not_hidden(mart: Mart, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(previews, "markdown_table", broken)
    with pytest.raises(AssertionError):
        mart("select 1 as n")


def test_amounts_are_in_the_currency_of_the_shop(mart: Mart, tmp_path: Path) -> None:
    rows = "select 'shop' as dataset_id, 1234567.5::decimal(18, 2) as revenue"
    assert f"| {usual_sign()}" in table(mart(rows), "shop: first rows")
    duckdb.execute(
        "copy (select 'shop' as dataset_id, 'USD' as currency) "
        f"to {sql_literal(tmp_path / 'datasets.parquet')} (format parquet)"
    )
    assert "| USD 1,234,568 |" in table(mart(rows), "shop: first rows")


def usual_sign() -> str:
    currency = project_vars()["currency"]
    return "₹" if currency == "INR" else f"{currency} "


def test_tables_inside_the_database_show_rows_and_what_they_hold(tmp_path: Path) -> None:
    database = tmp_path / "lucid.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema staging")
        connection.execute("create table staging.full_one as select 'a | b' as name, 7 as n")
        connection.execute("create table staging.bare (name varchar)")
        connection.execute("create view staging.seen as select * from staging.full_one")
        connection.execute("create table staging.gone as select 1 as x")
        connection.execute("create view staging.broken as select x from staging.gone")
        connection.execute("drop table staging.gone")
    names = [("staging", name) for name in ("full_one", "bare", "seen", "broken")]
    shown = previews.relations_metadata(database, names)
    assert [shown[name].get("dagster/row_count") for name in names] == [1, 0, 1, None]
    assert "| a \\| b | 7 |" in table(shown["staging", "full_one"], "first rows")
    assert table(shown["staging", "bare"], "first rows") == "No rows."
    assert str(shown["staging", "broken"]["first rows"]).startswith("Not shown: ")
    # no time left: what is not worked out is said to be so, and the build goes on
    late = previews.relations_metadata(database, names, seconds=0)
    assert {str(one["first rows"]) for one in late.values()} == {
        "Not shown: working it out would take too long."
    }
    none = previews.relations_metadata(tmp_path / "absent.duckdb", names)
    assert all("Not shown" in str(one["first rows"]) for one in none.values())
