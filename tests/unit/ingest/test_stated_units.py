"""Quantities that say their units are numbers of one unit each, as far as the units convert."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.stated_units import parts_of, together
from lucid_orchestration.ingest.tables import Table


def read(tmp_path: Path, header: str, *lines: str) -> Table:
    path = tmp_path / "list.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return open_file(path, NOTHING_SAID).tables[0]


def landed(table: Table, *fields: str) -> list[tuple[str, ...]]:
    places = [table.layout.columns[field] for field in fields]
    return [tuple(row.cells[place] for place in places) for row in table.rows]


@pytest.mark.parametrize(
    ("text", "unit", "total"),
    [
        ("1 Doz 3 Pcs", "", "15"),
        ("5 kg 250 g", "", "5250"),
        ("-5 kg, 250 gms", "Kgs", "-5250"),
        ("2 Box 4 Pcs", "Box of 10 Pcs", "24"),
        ("2 Box 4 Pcs", "Box", None),
        ("2 Box 4 Pcs", "Ctn of 10", None),
        ("4 Pcs 2 Doz", "", None),
        ("1 kg 3 Pcs", "", None),
        ("1 kg 2 kg", "", None),
    ],
)
def test_two_units_are_one_number_where_they_convert(
    text: str, unit: str, total: str | None
) -> None:
    found = together(parts_of(text), unit, ".")
    assert (None if found is None else f"{found:f}") == total


@pytest.mark.parametrize("text", ["12", "12.5", "XL 2", "2 x 3", "12 things", "kg", "", "2 Pcs 3"])
def test_what_says_no_unit_that_is_known_stays(text: str) -> None:
    assert parts_of(text) == []


def test_grams_beside_kilos_are_no_kilos(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "Date,Bill No,Item,Qty,Rate,Amount",
        "2026-01-05,1,Rice,5 kg,100,500",
        "2026-01-15,2,Rice,250 g,100,25",
        "2026-01-16,3,Rice,2 kg 500 g,100,250",
        "2026-01-16,3,Box,2 Box 4 Pcs,100,250",
    )
    assert landed(table, "quantity", "unit", "unit_price", "net_amount") == [
        ("5", "kg", "100", "500"),
        ("250", "g", "100", "25"),
        ("2500", "g", "", "250"),
        ("2 Box 4 Pcs", "", "100", "250"),
    ]


def test_a_price_of_an_unknown_unit_is_asked_for(tmp_path: Path) -> None:
    lines = ["2026-01-05,1,Rice,5 kg,100", "2026-01-15,2,Rice,250 g,100"]
    with pytest.raises(RefusedError, match="nothing tells of which") as refusal:
        read(tmp_path, "Date,Bill No,Item,Qty,Rate", *lines)
    assert refusal.value.reason == "unclear_units"
    lines[1] = "2026-01-15,2,Sugar,250 g,0.1"
    table = read(tmp_path, "Date,Bill No,Item,Qty,Rate", *lines)
    assert landed(table, "quantity", "unit") == [("5", "kg"), ("250", "g")]


def test_a_box_holds_what_its_row_says(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "Item,Closing Stock,Unit,Cost,Stock Value",
        "Pen,2 Box 4 Pcs,Box of 10 Pcs,50,120",
        "Tea,2 Box 4 Pcs,Box,50,120",
        "Cup,12 Pcs,Pcs,5,60",
    )
    assert landed(table, "quantity", "unit", "unit_cost", "stock_value") == [
        ("24", "Pcs", "", "120"),
        ("2 Box 4 Pcs", "Box", "50", "120"),
        ("12 Pcs", "Pcs", "5", "60"),
    ]


def test_one_unit_in_all_rows_changes_nothing(tmp_path: Path) -> None:
    lines = ["2026-01-05,1,Rice,5 kg,500", "2026-01-15,2,Rice,7 kgs,700"]
    table = read(tmp_path, "Date,Bill No,Item,Qty,Amount", *lines)
    assert "unit" not in table.layout.columns
    assert landed(table, "quantity") == [("5 kg",), ("7 kgs",)]
