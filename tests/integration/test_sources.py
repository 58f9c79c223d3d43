"""Files seen beside others: snapshots of a book, mapping.yml, the same lines saved twice."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops
from tests.vyapar_books import SALE, line, shop
from tests.workbooks import write_xlsx

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
SALES = (
    HEADER
    + "1,01/01/2026,Tea,2,100\n1,01/01/2026,Shop rent share,1,500\n2,02/01/2026,Manual,1,40\n"
    + "3,03/01/2026,Salt,1,20\nTotal,,,5,660\n"
)
UNITS = """Bill No,Bill Date,Item Name,Qty,Unit,Rate,Amount
1,01/01/2026,Pen,7,Pcs,10,70
2,01/01/2026,Pen,2,Dozen,110,220
3,02/01/2026,Sugar,500,g,0.05,25
4,02/01/2026,Sugar,2,kg,50,100
4,02/01/2026,Sugar,3,kg,50,150
5,03/01/2026,Tile,4,Box,900,3600
6,03/01/2026,Tile,10,Pcs,80,800
7,04/01/2026,Rope,3,Roll,40,120
8,04/01/2026,Rope,2,Rolls.,40,80
"""
UNITS_STOCK = """Item Name,Closing Stock,Unit,Cost,Stock Date
Pen,1,Dozen,84,04/01/2026
Sugar,12,kg,40,04/01/2026
Tile,50,Pcs,60,04/01/2026
Rope,5,Roll,30,04/01/2026
"""
MAPPING = 'currency: EUR\ncharges: ["shop RENT%"]\nproducts: [Manual]\n'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("sources")
    told, resaved, books = (data / "inbox" / name for name in ("told", "resaved", "books"))
    short, workbook, units = (data / "inbox" / name for name in ("short", "workbook", "units"))
    for folder in (told, resaved, books, short, workbook, units):
        folder.mkdir(parents=True)
    (units / "sales.csv").write_text(UNITS, encoding="utf-8")
    (units / "stock.csv").write_text(UNITS_STOCK, encoding="utf-8")
    (told / "sales.csv").write_text(SALES, encoding="utf-8")
    (told / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    (short / "sales.csv").write_text(SALES.replace("660", "680"), encoding="utf-8")
    (resaved / "a.csv").write_text(SALES, encoding="utf-8")
    (resaved / "b.csv").write_bytes(SALES.replace("\n", "\r\n").encode("utf-8-sig"))
    write_books(books)
    write_xlsx(
        workbook / "shop.xlsx",
        {
            "Stock": [["Item", "Closing Stock"], ["Tea", 5]],
            "Sales": [["Date", "Item", "Qty", "Amount"], ["31/01/2026", "Tea", 1, 90]],
        },
    )
    return shops.build(data, "--exclude-resource-type", "unit_test")


def write_books(folder: Path) -> None:
    """A book as it was in May, and in June after a bill was deleted and another changed."""
    old = shop()
    tea, salt = old.item("Tea", item_stock_quantity=9), old.item("Salt", item_stock_quantity=5)
    old.document(SALE, line(tea, 2, 210, 10))
    old.document(SALE, line(salt, 1, 20))
    old.backup(folder / "old.vyb", stamp="2026_05_31_21_00_00")
    new = shop()
    tea = new.item("Tea", item_stock_quantity=8)
    new.document(SALE, line(tea, 3, 315, 15))
    new.backup(folder / "new.vyb", stamp="2026_06_30_21_00_00")


def rows(paths: Settings, table: str, dataset_id: str) -> list[dict[str, Any]]:
    folder = paths.quality if (paths.quality / f"{table}.parquet").exists() else paths.marts
    found = read_parquet_rows(folder / f"{table}.parquet")
    return [row for row in found if row["dataset_id"] == dataset_id]


def test_what_an_owner_says_reaches_the_answers(built: Settings) -> None:
    (found,) = rows(built, "datasets", "told")
    assert found["currency"] == "EUR"
    products = {row["product_id"] for row in rows(built, "profitability", "told")}
    assert products == {"tea", "salt", "manual"}
    (found,) = rows(built, "datasets", "resaved")
    assert found["currency"] == "INR"
    products = {row["product_id"] for row in rows(built, "profitability", "resaved")}
    assert products == {"tea", "salt", "shop rent share"}


def test_the_same_lines_saved_in_another_way_count_once(built: Settings) -> None:
    outcomes = {(row["status"], row["reason"]) for row in rows(built, "source_files", "resaved")}
    assert outcomes == {("accepted", None), ("duplicate", "same_lines")}
    (found,) = rows(built, "datasets", "resaved")
    assert found["exact_revenue"] == Decimal(660)


def test_the_newest_copy_of_a_book_counts_alone(built: Settings) -> None:
    new, old = rows(built, "source_files", "books")
    assert (new["file_name"], new["status"]) == ("new.vyb", "accepted")
    assert (old["file_name"], old["status"], old["rows_accepted"]) == ("old.vyb", "superseded", 0)
    assert "new.vyb" in old["message"]
    assert old["rows_ignored"] == old["rows_found"]
    (books,) = rows(built, "datasets", "books")
    assert (books["sales_line_count"], books["exact_revenue"]) == (1, Decimal(300))
    (stock,) = rows(built, "inventory_velocity", "books")
    assert (stock["product_name"], stock["current_stock"]) == ("Tea", Decimal(8))


def test_the_total_a_file_prints_is_compared_with_its_lines(built: Settings) -> None:
    (told,) = [row for row in rows(built, "file_issues", "told") if row["code"] == "total_agrees"]
    assert told["severity"] == "note"
    (short,) = [
        row for row in rows(built, "file_issues", "short") if row["code"] == "total_differs"
    ]
    assert short["severity"] == "warning"
    assert "says 680.00, the lines used add up to 660.00" in short["message"]


def test_a_workbook_of_sales_and_stock_gives_both(built: Settings) -> None:
    (file,) = rows(built, "source_files", "workbook")
    assert (file["kind"], file["rows_found"], file["rows_accepted"]) == ("sales", 2, 2)
    (stock,) = rows(built, "inventory_velocity", "workbook")
    assert (stock["product_name"], stock["current_stock"]) == ("Tea", Decimal(5))


def test_what_is_sold_in_several_units_is_counted_in_one_or_said_to_be_unknown(
    built: Settings,
) -> None:
    sold = {
        row["product_id"]: (row["units_sold"], row["revenue"])
        for row in rows(built, "profitability", "units")
        if row["profit_window"] == "all"
    }
    assert sold["pen"] == (Decimal(31), Decimal(290))
    assert sold["sugar"] == (Decimal("5.5"), Decimal(275))
    assert sold["rope"] == (Decimal(5), Decimal(200))
    stock = {
        row["product_id"]: (row["current_stock"], row["unit_cost"])
        for row in rows(built, "inventory_velocity", "units")
    }
    # a dozen pens for 84 are twelve for 7; tiles are sold by a box that says nothing of its tiles
    assert stock == {
        "pen": (Decimal(12), Decimal(7)),
        "sugar": (Decimal(12), Decimal(40)),
        "rope": (Decimal(5), Decimal(30)),
        "tile": (None, None),
    }
    warned = {
        row["file_name"]: (row["code"], row["message"])
        for row in rows(built, "file_issues", "units")
        if row["code"].startswith("units_")
    }
    assert {name: code for name, (code, _) in warned.items()} == {
        "sales.csv": "units_mixed",
        "stock.csv": "units_differ",
    }
    assert all('"Tile" in Pcs and not in Box' in message for _, message in warned.values())
