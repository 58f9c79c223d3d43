"""Files in, answers out: the sample shop, an empty one, an ugly one, and real public data."""

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lucid_orchestration.runs.long_paths import BELOW
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops
from tests.independent import marts_a, marts_b


def rows(paths: Settings, table: str, **where: Any) -> list[dict[str, Any]]:
    folder = paths.quality if (paths.quality / f"{table}.parquet").exists() else paths.marts
    return [
        row
        for row in read_parquet_rows(folder / f"{table}.parquet")
        if all(row[name] == value for name, value in where.items())
    ]


def test_the_sample_shop_has_its_true_totals(sample_shop: Settings, truth: dict[str, Any]) -> None:
    (shop,) = rows(sample_shop, "datasets")
    total = truth["total"]
    assert shop["sales_line_count"] == total["lines_accepted"]
    assert shop["exact_revenue"] == Decimal(total["revenue"])
    assert shop["revenue_with_cost"] == Decimal(total["revenue_with_cost"])
    cost = Decimal(total["revenue_with_cost"]) - Decimal(total["cost"])
    assert shop["exact_gross_profit"] == cost


def test_every_planted_fault_is_found_where_it_is(
    sample_shop: Settings, truth: dict[str, Any]
) -> None:
    found = {
        (row["file_name"], row["row_number"], row["reason"])
        for row in rows(sample_shop, "rejected_rows")
    }
    planted = {
        (fault["file"], fault["row_number"], fault["reason"])
        for fault in truth["faults"]
        if fault.get("row_number") is not None
    }
    assert found == planted


def test_every_row_of_every_file_is_accounted_for(sample_shop: Settings) -> None:
    for file in rows(sample_shop, "source_files"):
        parts = file["rows_accepted"] + file["rows_rejected"] + file["rows_ignored"]
        assert file["rows_found"] == parts, file["file_name"]


def test_windows_is_asked_for_as_many_characters_as_are_needed(sample_shop: Settings) -> None:
    data = sample_shop.data_dir
    longest = max((str(path.relative_to(data)) for path in data.rglob("*")), key=len)
    # of the names of tables and checks there is room for longer ones; one of a file is its own
    assert 120 < len(longest) + 1 <= BELOW, longest


def test_the_marts_equal_an_independent_calculation(sample_shop: Settings) -> None:
    assert marts_a.check(sample_shop.marts, sample_shop.database) == []
    assert marts_b.check(sample_shop.marts, sample_shop.database) == []


@pytest.mark.parametrize("arguments", [(), ("--empty",)], ids=["build", "build_empty"])
def test_a_shop_without_a_file_is_green_and_has_every_table(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    paths = shops.build(tmp_path, *arguments)
    for path in [*paths.marts.glob("*.parquet"), *paths.quality.glob("*.parquet")]:
        assert read_parquet_rows(path) == [], path.name
    assert (paths.marts / "best_sellers.parquet").exists()


UGLY = """Bill No,Bill Date,Item Code,Item Name,Qty,Amount
1,31/01/2026,p1,Tea,2,100
1,31/02/2026,p1,Tea,2,100
2,31/01/2026,,,2,100
3,31/01/2026,p1,Tea,two,100
4,31/01/2026,p2,Salt,1,n/a
5,31/01/2026,p2,Salt,-1,20
6,30/01/2062,p2,Salt,1,20
7,30/01/2026,p3,"<script>alert('x')</script>",1,20
8,30/01/2026,p4,'; drop table sales; --,1,20
9,30/01/2026,p1,Tea,-1,-50
,,,,,
Total,,,,6,110
"""


def test_a_shop_of_bad_files_is_green_and_says_what_is_wrong(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox" / "ugly"
    inbox.mkdir(parents=True)
    (inbox / "sales.csv").write_text(UGLY, encoding="utf-8")
    (inbox / "empty.csv").write_bytes(b"")
    (inbox / "header_only.csv").write_text("Date,Item,Qty,Amount\n", encoding="utf-8")
    (inbox / "binary.csv").write_bytes(bytes(range(32)) * 100)
    (inbox / "no_date.csv").write_text("Item,Qty,Amount,Bill No\nTea,1,2,3\n", encoding="utf-8")
    (inbox / "holiday.csv").write_text("Anna,beach\nBob,hills\n", encoding="utf-8")
    # warnings are errors of ours; a shop's bad rows are none
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    reasons = {row["row_number"]: row["reason"] for row in rows(paths, "rejected_rows")}
    assert reasons == {
        3: "unreadable_date",
        4: "missing_product",
        5: "unreadable_quantity",
        6: "missing_amount",
        7: "sign_mismatch",
        8: "date_out_of_range",
    }
    refused = {
        row["file_name"]: row["reason"] for row in rows(paths, "source_files", status="refused")
    }
    assert refused == {
        "empty.csv": "empty_file",
        "header_only.csv": "no_rows",
        "binary.csv": "not_text",
        "no_date.csv": "missing_column",
        "holiday.csv": "unknown_layout",
    }
    assert all(row["message"] for row in rows(paths, "source_files", status="refused"))
    (shop,) = rows(paths, "datasets")
    assert (shop["exact_revenue"], shop["as_of_date"].isoformat()) == (Decimal(90), "2026-01-31")


@pytest.mark.parametrize(
    "content",
    ["Item Name,Closing Stock,Cost\nTea,5,10\nSalt,-2,\n", "Item Name,Sale Price\nTea,20\n"],
    ids=["undated_stock", "price_list"],
)
def test_a_shop_whose_files_carry_no_date_is_green(tmp_path: Path, content: str) -> None:
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    (tmp_path / "inbox" / "shop" / "list.csv").write_text(content, encoding="utf-8")
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    (shop,) = rows(paths, "datasets")
    assert (shop["as_of_date"], shop["revenue"]) == (None, None)


def test_a_removed_file_leaves_no_trace(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    for shop in ("one", "two"):
        (inbox / shop).mkdir(parents=True)
        (inbox / shop / "sales.csv").write_text(UGLY.replace("Tea", shop), encoding="utf-8")
    fast = ("--exclude-resource-type", "unit_test", "test")
    paths = shops.build(tmp_path, *fast)
    assert [row["dataset_id"] for row in rows(paths, "datasets")] == ["one", "two"]
    alone = {row["product_name"] for row in rows(paths, "product_master", dataset_id="one")}
    assert "two" not in alone
    (inbox / "one" / "sales.csv").unlink()
    paths = shops.build(tmp_path, *fast)
    for mart in paths.marts.glob("*.parquet"):
        assert {row["dataset_id"] for row in read_parquet_rows(mart)} <= {"two"}, mart.name


def test_rebuilding_gives_the_same_bytes(sample_shop: Settings) -> None:
    before = {path.name: path.read_bytes() for path in sample_shop.marts.glob("*.parquet")}
    shops.dbt(sample_shop, "build", "--select", "marts", "--exclude-resource-type", "unit_test")
    after = {path.name: path.read_bytes() for path in sample_shop.marts.glob("*.parquet")}
    assert before == after


@pytest.mark.parametrize(
    ("name", "revenue", "profit"),
    [
        ("Sample - Superstore.csv", "2297200.8603", "286397.0217"),
        ("alt/Sample - Superstore (semicolon).csv", "2297200.8603", "286397.0217"),
    ],
)
def test_superstore_has_its_hand_checked_totals(
    tmp_path: Path, shared: Path, name: str, revenue: str, profit: str
) -> None:
    (tmp_path / "inbox" / "superstore").mkdir(parents=True)
    shutil.copy(shared / "superstore" / name, tmp_path / "inbox" / "superstore")
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    (shop,) = rows(paths, "datasets")
    assert shop["sales_line_count"] == 9994
    assert shop["exact_revenue"] == Decimal(revenue)
    assert shop["exact_gross_profit"] == Decimal(profit)


def test_the_toy_chain_has_its_hand_checked_totals(tmp_path: Path, shared: Path) -> None:
    inbox = tmp_path / "inbox" / "toys"
    inbox.mkdir(parents=True)
    for name in ("sales", "products", "inventory"):
        shutil.copy(shared / "maven_toys" / f"{name}.csv", inbox)
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    (shop,) = rows(paths, "datasets")
    assert shop["exact_revenue"] == Decimal("14444572.35")
    assert shop["exact_gross_profit"] == Decimal("14444572.35") - Decimal("10430543.35")
    assert shop["stock_value"] == Decimal("300209.58")
    (january,) = [
        row
        for row in rows(paths, "trends", entity_type="store")
        if row["month"].isoformat() == "2018-01-01"
    ]
    assert january["revenue_change"] == Decimal("-0.148207")
    (bricks,) = rows(paths, "inventory_velocity", product_name="Lego Bricks")
    assert (bricks["units_sold_365d"], bricks["current_stock"]) == (37106, 1118)
    assert bricks["turnover_rate"].quantize(Decimal("0.0001")) == Decimal("33.1896")
    assert bricks["average_days_in_stock"] == Decimal("10.9974")


def test_the_database_shows_every_layer(sample_shop: Settings) -> None:
    with duckdb.connect(str(sample_shop.database), read_only=True) as database:
        found = database.execute(
            "select distinct table_schema from information_schema.tables"
        ).fetchall()
        views = database.execute("select count(*) from insights.active_insights").fetchone()
    schemas = {name for (name,) in found}
    assert schemas >= {"raw", "staging", "intermediate", "marts", "quality", "insights", "seeds"}
    assert views is not None
