"""Headings in words nobody knows: what is offered is proved by the cells, tried, and shown."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from lucid_orchestration.ingest.layout.mapping import read_mapping
from lucid_orchestration.ingest.layout.proposal import proposed
from lucid_orchestration.ingest.outcomes import RefusedError, Row
from lucid_orchestration.ingest.reading import open_file

NAMES = ("Vỏ hộp", "Bánh quy", "Nước", "Trà", "Muối")
PRICES = (10_000, 12_500, 8_000, 30_000, 4_500)
HEADINGS = (
    "Söludagur",
    "Reikningsnúmer",
    "Vöruheiti",
    "Fjöldi",
    "Einingarverð",
    "Heildarverð",
    "Verslun",
)


def lines(count: int = 30) -> list[tuple[str, ...]]:
    return [
        (
            f"{1 + n % 28:02}/0{1 + n % 6}/2026",
            f"HD{100 + n}",
            NAMES[n % 5],
            str(1 + n % 3),
            str(PRICES[n % 5]),
            str((1 + n % 3) * PRICES[n % 5]),
            "Hà Nội",
        )
        for n in range(count)
    ]


def written(folder: Path, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    path = folder / "sales.csv"
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in (headings, *rows))
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(RefusedError) as refused:
        open_file(path)
    return refused.value.message


def test_what_is_offered_is_the_whole_mapping_and_reads_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, HEADINGS, lines())
    said = refusal(path)
    assert "Row 1 may be headings in words Lucid does not know: Söludagur, Reikningsnúmer" in said
    assert (
        "row 3: sale_date 02/02/2026, product_name Bánh quy, quantity 2, unit_price 12500, "
        "net_amount 25000;"
    ) in said
    offered = re.search(r"mapping\.yml: (\{.*\}\})\. ", said)
    assert offered is not None
    assert yaml.safe_load(offered[1]) == {
        "kind": "sales",
        "columns": dict(
            zip(
                (HEADINGS[0], HEADINGS[2], HEADINGS[3], HEADINGS[4], HEADINGS[5]),
                ("sale_date", "product_name", "quantity", "unit_price", "net_amount"),
                strict=True,
            )
        ),
    }
    (tmp_path / "mapping.yml").write_text(offered[1], encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.yml").mapping.of_file("sales.csv")
    layout = open_file(path, mapping).tables[0].layout
    assert layout.kind == "sales"
    assert layout.columns["net_amount"] == 5


def changed(place: int, values: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        (*row[:place], values[n % len(values)], *row[place + 1 :]) for n, row in enumerate(lines())
    ]


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (
            [(*row[:6], f"{1 + n % 28:02}/07/2026") for n, row in enumerate(lines())],
            'which of "Söludagur", "Verslun" is the sale_date',
        ),
        (
            changed(5, ["70000", "1", "333"]),
            'which of "Fjöldi", "Einingarverð", "Heildarverð" is the quantity and the net_amount',
        ),
        (
            [
                (*row[:3], "1", row[4], row[4], NAMES[(n * 7) % 3])
                for n, row in enumerate(changed(4, ["5000", "7000"]))
            ],
            'which of "Vöruheiti", "Verslun" is the product_name',
        ),
    ],
    ids=["days", "figures", "names"],
)
def test_what_the_cells_do_not_prove_is_asked(
    tmp_path: Path, rows: list[tuple[str, ...]], asked: str
) -> None:
    said = refusal(written(tmp_path, HEADINGS, rows))
    assert asked in said
    assert "The first rows would be read so" not in said


def test_a_column_of_one_value_or_of_numbers_is_no_product() -> None:
    rows = [Row(1, HEADINGS), *(Row(2 + n, row) for n, row in enumerate(lines()))]
    found = proposed(rows)
    assert found is not None
    assert found.columns[2] == "product_name"
    without = [Row(row.number, (*row.cells[:2], *row.cells[3:])) for row in rows]
    assert proposed(without) is None


def test_quantity_is_the_whole_or_the_smaller_figure() -> None:
    swapped = [
        Row(row.number, (*row.cells[:3], row.cells[4], row.cells[3], *row.cells[5:]))
        for row in [Row(1, HEADINGS), *(Row(2 + n, row) for n, row in enumerate(lines()))]
    ]
    found = proposed(swapped)
    assert found is not None
    assert (found.columns[3], found.columns[4]) == ("unit_price", "quantity")


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Return Date", ["2026-01-02", "2026-01-03"]),
        ("Date of birth", ["1980-01-02", "1981-01-03"]),
        ("Due Dt", ["2026-01-02", "2026-01-03"]),
    ],
)
def test_no_other_day_is_offered_as_the_day_of_a_sale(
    tmp_path: Path, heading: str, cells: list[str]
) -> None:
    rows = [(str(n), cells[n % 2], f"Item {n % 4}", "2", "20") for n in range(30)]
    said = refusal(written(tmp_path, ("Bill No", heading, "Item Name", "Qty", "Amount"), rows))
    assert "sale_date" not in said
    assert "no column for sale date" in said


@pytest.mark.parametrize("heading", ["Remarks", "Payment Mode", "Branch"])
def test_no_other_text_is_offered_as_the_product(tmp_path: Path, heading: str) -> None:
    rows = [(str(n), "2026-01-02", ["Cash", "Card"][n % 2], "2", "20") for n in range(30)]
    said = refusal(written(tmp_path, ("Bill No", "Date", heading, "Qty", "Amount"), rows))
    assert "product_name" not in said


def test_the_total_of_an_order_is_not_offered_and_a_count_is_the_quantity(tmp_path: Path) -> None:
    headings = ("Bill No", "Date", "Item Name", "Price", "Qty of item sent", "Order Total Amt")
    rows = [(str(n), "2026-01-02", f"Item {n % 4}", "10", str(2 + n % 3), "99") for n in range(30)]
    said = refusal(written(tmp_path, headings, rows))
    assert '{"Qty of item sent": quantity}' in said
    rows = [row[:4] + row[5:] for row in rows]
    assert "net_amount" not in refusal(written(tmp_path, headings[:4] + headings[5:], rows))


def test_headings_with_a_digit_are_some_where_most_are_known(tmp_path: Path) -> None:
    rows = [(str(n), f"Item {n % 4}", "2", "20", "3.60", "43.60") for n in range(30)]
    headings = ("Bill No", "Item Name", "Qty", "Price", "Tax 1 Amount", "Line Total")
    said = refusal(written(tmp_path, headings, rows))
    assert (
        "Row 1 looks like the headings of a sales list, but there is no column for sale date"
        in said
    )


def test_one_value_is_never_offered_as_the_product(tmp_path: Path) -> None:
    rows = [(str(n), "2026-01-02", "Pune", "2", "20") for n in range(30)]
    said = refusal(written(tmp_path, ("Bill No", "Date", "Itm Nme", "Qty", "Amount"), rows))
    assert "product_name" not in said


def test_a_list_without_any_money_says_so(tmp_path: Path) -> None:
    rows = [(str(n), "2026-01-02", f"Item {n % 4}", "2", "20") for n in range(30)]
    said = refusal(written(tmp_path, ("Bill No", "Date", "Item Name", "Qty", "Tax Amt"), rows))
    assert "No column can hold the price or the amount of a line" in said


def test_words_of_which_some_are_known_are_told_by_their_cells(tmp_path: Path) -> None:
    """Icelandic, of whose headings other languages have the day and the product."""
    headings = ("Datum", "Númer", "Artikel", "Fjöldi", "Einingarverð", "Heildarverð", "Borg")
    path = written(tmp_path, headings, lines())
    said = refusal(path)
    assert said.startswith("Row 1 looks like the headings of a sales list")
    offered = re.search(r"mapping\.yml: (\{.*\}\})\. ", said)
    assert offered is not None
    columns = yaml.safe_load(offered[1])["columns"]
    assert {"Fjöldi": "quantity", "Einingarverð": "unit_price"}.items() <= columns.items()
    (tmp_path / "mapping.yml").write_text(offered[1], encoding="utf-8")
    told = read_mapping(tmp_path / "mapping.yml").mapping.of_file("sales.csv")
    assert open_file(path, told).tables[0].layout.kind == "sales"


def refused(folder: Path, *lines: str) -> RefusedError:
    path = folder / "list.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(RefusedError) as found:
        open_file(path)
    return found.value


@pytest.mark.parametrize(
    "months", ["Enero,Febrero,Marzo", "Jan-2025,Feb-2025,Mar-2025", "2025-01,2025-02,2025-03"]
)
def test_a_column_for_each_month_is_called_so(tmp_path: Path, months: str) -> None:
    rows = ["Tea,1,2,3,6", "Salt,4,5,6,15", "Soap,7,8,9,24"]
    found = refused(tmp_path, f"Producto,{months},Total", *rows)
    assert found.reason == "columns_of_months"
    assert "quantity:" not in found.message


def test_pieces_and_what_they_came_to_are_not_offered_as_stock(tmp_path: Path) -> None:
    rows = ["1,Café,10,13.00", "2,Bocadillo,11,49.50", "3,Zumo,12,33.60"]
    found = refused(tmp_path, "PLU,Descripción,Cantidad,Importe", *rows)
    assert "inventory" not in found.message


def test_a_heading_that_names_the_price_is_it_however_small(tmp_path: Path) -> None:
    rows = ["16-Feb-2025,1,Lawn,250,4.20,1050", "16-Feb-2025,2,Lawn,300,4.20,1260"]
    rows += ["17-Feb-2025,3,Khaddar,150,6.10,915", "18-Feb-2025,4,Khaddar,200,6.10,1220"]
    found = refused(tmp_path, "Date,Bill #,Article,Length (Mtr),Rate per Mtr,Net Amount", *rows)
    assert '"Length (Mtr)": quantity, "Rate per Mtr": unit_price' in found.message


def test_the_day_of_a_credit_note_is_not_offered_as_one_of_a_sale(tmp_path: Path) -> None:
    rows = ["27.02.2025,A1,Kabel,1,4.20", "28.02.2025,A2,Leuchte,2,7.98"]
    found = refused(tmp_path, "Retourdag,Art,Naam van het ding,Menge,Betrag", *rows)
    assert "sale_date" not in found.message


def test_a_list_of_credit_notes_takes_off(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rows = ["GS-1,27.02.2025,Kabel,1,4.20", "GS-2,28.02.2025,Leuchte,1,7.98"]
    head = "Gutschrift-Nr.,Gutschriftsdatum,Bezeichnung,Menge,Einzelpreis"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    (table,) = open_file(path).tables
    assert table.layout.document == "sale_return"
