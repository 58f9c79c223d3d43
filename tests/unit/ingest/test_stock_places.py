"""Stock lists with a column for each warehouse, and those whose usual column is empty."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table


def table_of(folder: Path, *lines: str) -> Table:
    (folder / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (table,) = open_file(folder / "list.csv").tables
    return table


def stock(table: Table) -> list[str]:
    assert table.layout.kind == "inventory"
    return [row.cells[table.layout.columns["quantity"]] for row in table.rows]


@pytest.mark.parametrize(
    "header",
    [
        "SKU,Product,Stock Pune,Stock Delhi,Stock Goa,Price",
        "SKU,Product,Warehouse A,Warehouse B,Warehouse C,Cost",
        "Symbol,Nazwa,Stan Kraków,Stan Gdańsk,Stan Łódź,Cena",
        "SKU,Product,North on hand,South on hand,West on hand,Cost",
    ],
)
def test_places_add_up(tmp_path: Path, header: str) -> None:
    table = table_of(tmp_path, header, "A1,Lamp,1,2,3,10", "A2,Chair,4,,6,20", "A3,Sofa,,,,9")
    assert stock(table) == ["6", "10", ""]
    assert {*table.layout.helpers} == {2, 3, 4}


def test_places_with_decimal_commas_add_up(tmp_path: Path) -> None:
    lines = ["Artikel;Lager Nord;Lager Süd;EK", "Lampe;1,5;2;3,10", "Stuhl;4;5,25;6,00"]
    assert stock(table_of(tmp_path, *lines)) == ["3,5", "9,25"]


def test_a_sum_that_the_places_come_to_is_the_stock(tmp_path: Path) -> None:
    head = "Symbol,Nazwa,Stan magazyn Kraków,Stan magazyn Gdańsk,Stan razem,Cena zakupu netto"
    table = table_of(tmp_path, head, "W1,Lampa,12,5,17,60", "W2,Fotel,3,4,7,190")
    assert stock(table) == ["17", "7"]
    assert table.layout.arrangement is None


def test_a_sum_of_something_else_is_no_stock(tmp_path: Path) -> None:
    head = "Symbol,Nazwa,Stan magazyn Kraków,Stan magazyn Gdańsk,Stan razem,Cena zakupu netto"
    table = table_of(tmp_path, head, "W1,Lampa,12,5,29,60", "W2,Fotel,3,4,7,190")
    assert table.layout.kind == "products"


@pytest.mark.parametrize(
    "header",
    [
        "SKU,Product,Stock Value,Stock Age,Stock In,Cost",
        "SKU,Product,Stock Out,Stock Received,Stock Limit,Cost",
        "SKU,Product,Store No,Location Code,Branch Id,Cost",
    ],
)
def test_what_moved_or_is_worth_is_no_stock(tmp_path: Path, header: str) -> None:
    table = table_of(tmp_path, header, "A1,Lamp,1,2,3,10", "A2,Chair,4,5,6,20")
    assert table.layout.kind == "products"


def test_places_of_a_sale_are_no_stock(tmp_path: Path) -> None:
    head = "Date,Bill No,Item,Qty,Price,Store A,Store B"
    table = table_of(tmp_path, head, "2026-01-11,1,Tea,2,5,1,2", "2026-01-12,2,Salt,1,4,3,4")
    assert table.layout.kind == "sales"


def test_a_count_that_nobody_wrote_down_gives_way(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Item,Physical Qty,Available", "Lamp,,3", "Chair,,5")
    assert stock(table) == ["3", "5"]
    table = table_of(tmp_path, "Item,Physical Qty,Available", "Lamp,2,3", "Chair,,5")
    assert stock(table) == ["2", ""]


@pytest.mark.parametrize(
    "order", [("Cost Inc VAT", "Cost Ex VAT"), ("Cost Ex VAT", "Cost (incl. GST)")]
)
def test_of_two_costs_the_one_without_tax_counts(tmp_path: Path, order: tuple[str, str]) -> None:
    table = table_of(tmp_path, f"Item,On Hand,{','.join(order)}", "Lamp,2,12,10", "Chair,1,6,5")
    assert table.layout.header[table.layout.columns["unit_cost"]] == "Cost Ex VAT"
