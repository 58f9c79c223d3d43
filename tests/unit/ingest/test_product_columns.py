"""Which columns name the product, and which lists do no more than that."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file


def layout_of(tmp_path: Path, *lines: str) -> Layout:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    return table.layout


def heading(layout: Layout, field: str) -> str:
    return layout.header[layout.columns[field]]


SALES = [
    "Date,Bill No,Particulars,{},Qty,Rate,Amount",
    "2026-01-05,1,Asha Traders,Tea,1,10,10",
    "2026-01-05,1,Asha Traders,Salt,2,5,10",
    "2026-01-06,2,Cash,Salt,1,5,5",
    "2026-01-07,3,Cash,Tea,1,10,10",
]


@pytest.mark.parametrize("name", ["Item Details", "Description", "Name of Product", "Details"])
def test_what_comes_again_at_a_price_is_the_product(tmp_path: Path, name: str) -> None:
    layout = layout_of(tmp_path, SALES[0].format(name), *SALES[1:])
    assert heading(layout, "product_name") == name


def test_particulars_alone_are_the_product(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, SALES[0].format("Narration"), *SALES[1:])
    assert heading(layout, "product_name") == "Particulars"


def test_orders_with_numbers_are_no_list_of_products(tmp_path: Path) -> None:
    lines = ["Order #,Placed,SKU,Name,Qty Picked,Price", "100,Jan 5 2026,P1,Tea,1,10"]
    with pytest.raises(RefusedError):
        layout_of(tmp_path, *lines)
    lines[0] = "Order #,Purchased On,SKU,Product Name,Qty Ordered,Price"
    layout = layout_of(tmp_path, *lines)
    assert (layout.kind, heading(layout, "sale_date")) == ("sales", "Purchased On")
    prices = layout_of(tmp_path, "SKU,Name,Price,Min Order Qty", "P1,Tea,10,5")
    assert prices.kind == "products"


NAMED = {
    "stock": ["Description,Name,Code,On Hand", "Blue cotton,Shirt,A1,5"],
    "prices": ["SKU,Item Description,Name,Price", "A1,Blue cotton,Shirt,5"],
    "title": ["SKU,Product Description,Title,Price", "A1,Blue cotton,Shirt,5"],
    "sales": [
        "Date,Customer,Description,Name,Qty,Amount",
        "2026-01-05,Ann,Blue cotton,Shirt,1,10",
    ],
}


@pytest.mark.parametrize(
    "header",
    [
        "Referência;Descrição;Nome;PVP;Stock",
        "Codice;Descrizione;Nome;Prezzo;Giacenza",
        "Artikelnummer;Beschreibung;Name;Preis;Bestand",
        "Kod;Opis;Nazwa;Cena;Stan magazynowy",
        "Артикул;Описание;Название;Цена;Остаток",
        "Ürün Kodu;Açıklama;Ad;Fiyat;Stok",
    ],
)
def test_a_name_goes_before_a_description_in_lists_of_any_language(
    tmp_path: Path, header: str
) -> None:
    layout = layout_of(tmp_path, header, "R1;Made by hand;Soap;3,50;40", "R2;;Cream;6,90;25")
    assert layout.kind == "inventory"
    assert layout.columns["product_name"] == 2


@pytest.mark.parametrize("case", NAMED)
def test_a_name_goes_before_a_description(tmp_path: Path, case: str) -> None:
    assert heading(layout_of(tmp_path, *NAMED[case]), "product_name") in {"Name", "Title"}


def test_a_name_that_may_be_the_customers_does_not(tmp_path: Path) -> None:
    layout = layout_of(
        tmp_path, "Date,Name,Description,Qty,Amount", "2026-01-05,Ann,Blue shirt,1,10"
    )
    assert heading(layout, "product_name") == "Description"


def test_what_the_owner_says_of_a_description_holds(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "Date,Customer,Description,Name,Qty,Amount\n2026-01-05,Ann,Blue cotton,Shirt,1,10\n"
    )
    mapping = FileMapping(columns={"Description": "product_name"})
    (table,) = open_file(path, mapping).tables
    assert heading(table.layout, "product_name") == "Description"


@pytest.mark.parametrize(
    "lines",
    [
        ["Product ID,Product Name,Category", "P1,Tea,Drinks"],
        ["Item Name;SKU", "Tea;P1", "Salt;P2"],
        ["Items of the shop", "Code,Product,Brand", "P1,Tea,Tata"],
    ],
)
def test_codes_and_names_alone_are_a_list_of_products(tmp_path: Path, lines: list[str]) -> None:
    layout = layout_of(tmp_path, *lines)
    assert layout.kind == "products"
    assert {"product_id", "product_name"} <= layout.columns.keys()


@pytest.mark.parametrize(
    "lines",
    [
        ["Code,Product,Xyz", "P1,Tea,5", "P2,Salt,"],
        ["Code,Product,Xyz", "P1,Tea,₹ 1'250.00"],
        ["Date,Code,Product,Brand", "2026-01-05,P1,Tea,Tata"],
        ["Product,Category", "Tea,Drinks"],
    ],
)
def test_figures_nobody_knows_are_no_list_of_products(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(RefusedError) as refusal:
        layout_of(tmp_path, *lines)
    assert refusal.value.reason == "missing_column"


def test_a_list_of_names_does_not_hide_the_table_below_it(tmp_path: Path) -> None:
    layout = layout_of(
        tmp_path,
        "Item Code,Item Name",
        "Date,Item Code,Item Name,Qty,Amount",
        "2026-01-05,P1,Tea,1,10",
    )
    assert (layout.kind, layout.header_row) == ("sales", 2)


def test_the_place_in_a_heading_is_left_out_where_one_is_named(tmp_path: Path) -> None:
    one = layout_of(tmp_path, "SKU,Name,Price [A],In stock [A]", "P1,Tea,10,5")
    assert heading(one, "quantity") == "In stock [A]"
    two = layout_of(tmp_path, "SKU,Name,Price,In stock [A],In stock [B]", "P1,Tea,10,5,6")
    assert "quantity" not in two.columns


REGISTER = "Item Code,Item Name,Posting Date,Stock Qty,Rate,Amount"


def test_a_bill_that_names_its_customer_is_no_stock(tmp_path: Path) -> None:
    layout = layout_of(
        tmp_path, f"{REGISTER},Invoice,Customer", "I1,Fan,2026-01-05,2,100,200,S1,Ann"
    )
    assert layout.kind == "sales"
    assert heading(layout, "quantity") == "Stock Qty"
    stock = layout_of(tmp_path, REGISTER, "I1,Fan,2026-01-05,2,100,200")
    assert stock.kind == "inventory"
