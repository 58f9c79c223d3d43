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
HEADINGS = ("Ngày bán", "Số hóa đơn", "Tên hàng", "Số lượng", "Đơn giá", "Thành tiền", "Kho")


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
    assert "Row 1 may be headings in words Lucid does not know: Ngày bán, Số hóa đơn" in said
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
            'which of "Ngày bán", "Kho" is the sale_date',
        ),
        (
            changed(5, ["70000", "1", "333"]),
            'which of "Số lượng", "Đơn giá", "Thành tiền" is the quantity and the net_amount',
        ),
        (
            [
                (*row[:3], "1", row[4], row[4], NAMES[(n * 7) % 3])
                for n, row in enumerate(changed(4, ["5000", "7000"]))
            ],
            'which of "Tên hàng", "Kho" is the product_name',
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
    """Croatian, of whose headings other languages have the day and the product."""
    headings = ("Datum", "Broj", "Artikel", "Količina", "Cijena", "Iznos", "Grad")
    path = written(tmp_path, headings, lines())
    said = refusal(path)
    assert said.startswith("Row 1 looks like the headings of a sales list")
    offered = re.search(r"mapping\.yml: (\{.*\}\})\. ", said)
    assert offered is not None
    columns = yaml.safe_load(offered[1])["columns"]
    assert {"Količina": "quantity", "Cijena": "unit_price"}.items() <= columns.items()
    (tmp_path / "mapping.yml").write_text(offered[1], encoding="utf-8")
    told = read_mapping(tmp_path / "mapping.yml").mapping.of_file("sales.csv")
    assert open_file(path, told).tables[0].layout.kind == "sales"
