"""Headings that no list has: what their words and the cells below them say, and what is asked."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file

SALES = ("2026-03-0{0},T{0},4{0},2,7", "2026-03-0{0},T{0},5{0},1,9")


def layout_of(folder: Path, header: str, lines: Sequence[str]) -> Layout:
    path = folder / "list.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return open_file(path).tables[0].layout


def sales() -> list[str]:
    return [line.format(day) for day in (1, 4, 7) for line in SALES]


@pytest.mark.parametrize(
    "day",
    ["Trn Dt", "Inv. Dt", "Posting Dt", "CompletedTime", "Business Day", "Till_Date", "Check Date"],
)
def test_a_day_of_sales_is_told_by_its_words(tmp_path: Path, day: str) -> None:
    layout = layout_of(tmp_path, f"{day},Trn #,Item Number,Qty,Net", sales())
    assert layout.kind == "sales"
    assert (layout.columns["sale_date"], layout.columns["transaction_id"]) == (0, 1)


@pytest.mark.parametrize("day", ["Invoice/Date", "Invoice Due Date", "Sale Dept"])
def test_a_day_of_something_else_is_not(tmp_path: Path, day: str) -> None:
    with pytest.raises(RefusedError, match="no column for sale date"):
        layout_of(tmp_path, f"{day},Trn #,Item Number,Qty,Amount", sales())


def test_a_time_without_a_day_is_no_day(tmp_path: Path) -> None:
    lines = [line.replace("2026-03-0", "10:0") for line in sales()]
    with pytest.raises(RefusedError, match="no column for sale date"):
        layout_of(tmp_path, "Sale Time,Trn #,Item Number,Qty,Amount", lines)


def test_two_such_days_are_asked_for(tmp_path: Path) -> None:
    lines = [f"2025-12-01,{line}" for line in sales()]
    with pytest.raises(RefusedError, match="Posting Dt, Trn Dt"):
        layout_of(tmp_path, "Posting Dt,Trn Dt,Trn #,Item Number,Qty,Amount", lines)


@pytest.mark.parametrize("header", ["Rung Up,Pad,Item Number,Qty,Net", "On,Trn #,SKU,Qty,Net"])
def test_days_of_rows_beside_a_mere_quantity_are_no_stock(tmp_path: Path, header: str) -> None:
    with pytest.raises(RefusedError, match="no column for sale date"):
        layout_of(tmp_path, header, sales())


@pytest.mark.parametrize("day", ["Best Before", "Batch Expiry", "Last Received On"])
def test_days_of_the_goods_are_of_a_stock_list(tmp_path: Path, day: str) -> None:
    lines = ["Milk,4,2026-03-01", "Curd,2,2026-03-09"]
    assert layout_of(tmp_path, f"Item,Qty,{day}", lines).kind == "inventory"


def test_a_main_unit_counts_what_was_sold(tmp_path: Path) -> None:
    lines = [f"2026-03-0{day},{day},Tap,{day},12,{12 * day}" for day in range(1, 6)]
    layout = layout_of(tmp_path, "Date,Bill No,Item,Qty. (Main Unit),Rate,Amount", lines)
    assert layout.columns["quantity"] == 3


@pytest.mark.parametrize("count", ["Counted Qty", "Qty (Physical)", "Remaining Pcs"])
def test_what_was_counted_is_in_stock(tmp_path: Path, count: str) -> None:
    layout = layout_of(tmp_path, f"Product,{count},Unit Cost", ["Vase,4,12", "Bowl,6,8"])
    assert (layout.kind, layout.columns["quantity"]) == ("inventory", 1)


def test_a_count_nobody_knows_makes_no_price_list(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="kind: inventory") as refused:
        layout_of(tmp_path, "Product,Tallied Qty,Unit Cost", ["Vase,4,12", "Bowl,6,8"])
    assert '{kind: inventory, columns: {"Tallied Qty": quantity}}' in refused.value.message


@pytest.mark.parametrize("count", ["Qty per Case", "Min. Order Qty", "Pack Qty"])
def test_a_count_of_a_parcel_stands_in_price_lists(tmp_path: Path, count: str) -> None:
    layout = layout_of(tmp_path, f"Product,{count},Unit Cost", ["Vase,4,12", "Bowl,6,8"])
    assert layout.kind == "products"


@pytest.mark.parametrize("name", ["Part Name", "Material Desc.", "Item_Title"])
def test_a_name_beside_a_code_is_that_of_the_goods(tmp_path: Path, name: str) -> None:
    lines = [f"2026-03-0{day},{day},X-{day},Brake pad {day},2,40" for day in range(1, 5)]
    layout = layout_of(tmp_path, f"Date,Bill No,Part No,{name},Qty,Amount", lines)
    assert layout.columns["product_name"] == 3


def test_counts_of_an_order_make_no_purchase(tmp_path: Path) -> None:
    header = "Order #,Purchased On,SKU,Product Name,Qty Ordered,Qty Invoiced,Price,Row Total"
    lines = [f"{day},2026-03-0{day},X{day},Lamp {day},2,2,20,40" for day in range(1, 5)]
    assert layout_of(tmp_path, header, lines).kind == "sales"


def test_a_day_of_an_invoice_beside_its_supplier_is_of_a_purchase(tmp_path: Path) -> None:
    lines = [f"2026-03-0{day},S{day},Acme,Lamp {day},2,20,40" for day in range(1, 5)]
    header = "Inv. Dt,Doc #,Supplier,Product Name,Qty,Unit Cost,Amount"
    assert layout_of(tmp_path, header, lines).kind == "purchases"


@pytest.mark.parametrize("count", ["Total On Hand", "Main Warehouse On Hand", "Units On-Hand"])
def test_what_is_on_hand_is_in_stock(tmp_path: Path, count: str) -> None:
    layout = layout_of(tmp_path, f"Product,Shelf,{count},Unit Cost", ["Vase,3,4,12", "Bowl,5,6,8"])
    assert (layout.kind, layout.columns["quantity"]) == ("inventory", 2)


def test_the_total_goes_before_the_places_it_is_of(tmp_path: Path) -> None:
    header = "Product,Store On Hand,Web On Hand,Total On Hand"
    assert layout_of(tmp_path, header, ["Vase,3,4,7", "Bowl,5,6,11"]).columns["quantity"] == 3
    with pytest.raises(RefusedError, match="Store On Hand, Web On Hand"):
        layout_of(tmp_path, "Product,Store On Hand,Web On Hand", ["Vase,3,4", "Bowl,5,6"])


@pytest.mark.parametrize("count", ["Days On Hand", "Value On Hand", "Kiosk On Hand"])
def test_what_else_is_on_hand_is_neither_stock_nor_of_a_price_list(
    tmp_path: Path, count: str
) -> None:
    with pytest.raises(RefusedError, match=count):
        layout_of(tmp_path, f"Product,{count},Unit Cost", ["Vase,4,12", "Bowl,6,8"])


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("Item SKU,Qty Physical,Qty Reserved,Qty Available", 1),
        ("Item SKU,Available Stock,Reserved,Physical Stock", 3),
        ("Item SKU,On Hand,Physical Qty,Available", 1),
    ],
)
def test_what_is_there_goes_before_what_of_it_is_free(
    tmp_path: Path, header: str, place: int
) -> None:
    layout = layout_of(tmp_path, header, ["K1,20,2,18", "K2,5,1,4"])
    assert (layout.kind, layout.columns["quantity"]) == ("inventory", place)


def test_goods_of_a_stock_report_may_stand_below_no_heading(tmp_path: Path) -> None:
    lines = ["Kitchen,,,,", "Kettle,K1,30,540,18", "Toaster,K2,5,70,14", "Total Kitchen,,35,610,"]
    layout = layout_of(tmp_path, ",SKU,Qty,Asset Value,Calc. Avg", lines)
    fields = ("product_name", "product_id", "quantity", "stock_value", "unit_cost")
    assert [layout.columns.get(field) for field in fields] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("cells", ["123", "new", ""])
def test_what_else_stands_below_no_heading_names_no_goods(tmp_path: Path, cells: str) -> None:
    lines = [f"{cells},K{number},{number},9" for number in range(1, 5)]
    layout = layout_of(tmp_path, ",SKU,On Hand,Unit Cost", lines)
    assert "product_name" not in layout.columns


@pytest.mark.parametrize(
    "name",
    [
        "Artikelbeschreibung",
        "Warenbeschreibung",
        "Título de la publicación",
        "Titre de l'annonce",
        "Nome do anúncio",
        "Tytuł aukcji",
        "İlan Başlığı",
        "Judul Produk",
    ],
)
def test_what_goods_are_called_beside_their_code_is_told_by_its_words(
    tmp_path: Path, name: str
) -> None:
    lines = [line.replace(",4", ",A4").replace(",5", ",A5") for line in sales()]
    named = [f"{line},Mug" if "A4" in line else f"{line},Tray" for line in lines]
    layout = layout_of(tmp_path, f"Date,Trn #,SKU,Qty,Net,{name}", named)
    assert layout.columns["product_name"] == 5


def test_a_description_of_something_else_names_no_goods(tmp_path: Path) -> None:
    lines = [f"{line},Mug" for line in sales()]
    for heading in ("Descripción del estado", "Kundenbeschreibung", "Titre du client"):
        layout = layout_of(tmp_path, f"Date,Trn #,SKU,Qty,Net,{heading}", lines)
        assert "product_name" not in layout.columns


@pytest.mark.parametrize("numbers", ["1234567", "1122345", "3455678"])
def test_a_count_of_the_rows_gives_way_to_one_of_pieces(tmp_path: Path, numbers: str) -> None:
    lines = [
        f"{number},2026-03-0{at},Mug {at % 2},{pieces},{10 * pieces}"
        for at, (number, pieces) in enumerate(zip(numbers, (2, 1, 4, 2, 1, 1, 3), strict=True), 1)
    ]
    layout = layout_of(tmp_path, "Count,Date,Product,Pieces,Amount", lines)
    assert layout.columns["quantity"] == 3


def test_a_count_that_numbers_nothing_is_one(tmp_path: Path) -> None:
    lines = [f"{n},2026-03-0{at},Mug,1,10" for at, n in enumerate("2143217", 1)]
    assert layout_of(tmp_path, "Count,Date,Product,Xyz,Amount", lines).columns["quantity"] == 0


@pytest.mark.parametrize(
    "header",
    [
        "Facture,Date de comptabilisation,Client,Nom de l'article,Qté en stock,Montant",
        "Factura,Fecha contable,Cliente,Producto,Cantidad en stock,Importe",
        "Fattura,Data registrazione,Cliente,Articolo,Giacenza,Importo",
        "Rechnung,Buchungsdatum,Kunde,Artikel,Menge im Lager,Betrag",
    ],
)
def test_what_bills_of_customers_count_is_sold_whatever_they_say_of_stock(
    tmp_path: Path, header: str
) -> None:
    lines = [f"S{day},2026-03-0{day},Ann,Mug,{day},{10 * day}" for day in (1, 4, 7)]
    layout = layout_of(tmp_path, header, lines)
    assert (layout.kind, layout.columns["quantity"]) == ("sales", 4)
    assert layout.columns["sale_date"] == 1


@pytest.mark.parametrize("name", ["Order Ref", "Réf. commande", "Auftrag"])
def test_a_part_of_another_column_is_told_by_its_own_name(tmp_path: Path, name: str) -> None:
    lines = ["T1,2026-03-01,Mug,2,7", "T2,2026-03-04,Mug,1,9"]
    layout = layout_of(tmp_path, f"{name},{name}/Date,Product,Quantity,Amount", lines)
    assert layout.columns["sale_date"] == 1


@pytest.mark.parametrize(
    "day", ["Created (UTC)", "Created", "Erstellt am", "Date de création", "Дата создания"]
)
def test_an_order_is_of_the_day_on_which_it_was_entered(tmp_path: Path, day: str) -> None:
    lines = [f"T{at},2026-03-0{at},Mug,2,7" for at in (1, 4, 7)]
    layout = layout_of(tmp_path, f"Order No,{day},Product,Quantity,Total", lines)
    assert layout.columns["sale_date"] == 1


def test_goods_are_not_sold_on_the_day_on_which_they_were_entered(tmp_path: Path) -> None:
    lines = [f"T{at},2026-03-0{at},Mug {at},2,7" for at in (1, 4, 7)]
    layout = layout_of(tmp_path, "SKU,Created,Product,Stock,Price", lines)
    assert layout.kind == "inventory"
    assert "stock_date" not in layout.columns
    with pytest.raises(RefusedError):
        layout_of(tmp_path, "No,Created,Product,Quantity,Total", lines)
