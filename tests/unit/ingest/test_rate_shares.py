"""Tax rates that are said in words, as parts of one, or in a heading are taken off all the same."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.outcomes import WorkbookNumber
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.workbooks import write_xlsx

HEAD = ["Date", "Receipt", "Item", "Qty"]


def table_of(folder: Path, header: str, *rows: str) -> Table:
    lines = [f"2026-01-{at:02},{at},Item {at % 3},{row}" for at, row in enumerate(rows, start=11)]
    text = "\n".join([",".join(HEAD) + "," + header, *lines]) + "\n"
    (folder / "sales.csv").write_text(text, encoding="utf-8")
    (table,) = open_file(folder / "sales.csv").tables
    return table


def column(table: Table, field: str) -> list[str]:
    return [row.cells[table.layout.columns[field]] for row in table.rows]


def test_a_rate_among_words_is_one(tmp_path: Path) -> None:
    rows = ["4,3.60,Standard 20%,14.40", "3,7.99,Zero Rated,23.97", "2,8.40,Reduced 5%,16.80"]
    table = table_of(tmp_path, "Price inc VAT,VAT Rate,Total inc VAT", *rows)
    fields = table.layout.columns.keys()
    assert fields >= {"gross_unit_price", "gross_amount", "tax_percent"}
    assert column(table, "tax_percent") == ["20%", "0", "5%"]


def test_the_name_of_a_tax_without_rates_is_none(tmp_path: Path) -> None:
    rows = ["4,3.60,GST,14.40", "3,7.99,Exempt,23.97"]
    table = table_of(tmp_path, "Price,Tax,Total", *rows)
    assert "tax_percent" not in table.layout.columns


def test_a_part_of_one_is_a_rate(tmp_path: Path) -> None:
    rows = ["1,10.00,0.2,12.00", "2,5.00,0.055,10.55", "3,1.00,0,3.00"]
    table = table_of(tmp_path, "Net Price,VAT %,Amount inc VAT", *rows)
    assert column(table, "tax_percent") == ["20", "5.5", "0"]
    assert "gross_amount" in table.layout.columns


def test_a_part_of_one_in_a_workbook_stays_a_number(tmp_path: Path) -> None:
    heads = [*HEAD, "Net Price", "VAT %", "Amount inc VAT"]
    lines: list[list[object]] = [
        ["2026-01-11", "1", "Tea", 1, 10, 0.2, 12],
        ["2026-01-12", "2", "Salt", 2, 5, 0.055, 10.55],
    ]
    write_xlsx(tmp_path / "sales.xlsx", {"Sheet1": [heads, *lines]})
    (table,) = open_file(tmp_path / "sales.xlsx").tables
    rates = column(table, "tax_percent")
    assert rates == ["20", "5.5"]
    assert isinstance(rates[1], WorkbookNumber)


def test_percents_below_one_beside_others_are_percents(tmp_path: Path) -> None:
    rows = ["1,100.00,0.25,100.25", "2,5.00,5,10.50"]
    table = table_of(tmp_path, "Net Price,VAT %,Amount inc VAT", *rows)
    assert column(table, "tax_percent") == ["0.25", "5"]


def test_a_part_of_one_is_in_what_is_called_gross_beside_a_value_added_tax(tmp_path: Path) -> None:
    rows = ["1,12.00,0.2,12.00", "2,6.00,0.2,12.00"]
    table = table_of(tmp_path, "Gross Price,VAT %,Gross Total", *rows)
    assert column(table, "tax_percent") == ["20", "20"]
    assert "gross_amount" in table.layout.columns


@pytest.mark.parametrize(
    ("header", "gross"),
    [
        ("Unit Price (incl. 16% VAT),Total (incl. 16% VAT)", {"gross_unit_price", "gross_amount"}),
        ("Price,Total incl. GST 16 %", {"gross_unit_price", "gross_amount"}),
    ],
)
def test_a_rate_in_the_heading_is_in_every_row(
    tmp_path: Path, header: str, gross: set[str]
) -> None:
    table = table_of(tmp_path, header, "4,11.60,46.40", "1,2.32,2.32")
    assert table.layout.columns.keys() >= gross
    assert column(table, "tax_percent") == ["16", "16"]


def test_a_rate_that_is_not_in_the_figures_comes_off_none(tmp_path: Path) -> None:
    header = "Price excl. 16% VAT,Total excl. 16% VAT"
    table = table_of(tmp_path, header, "4,11.60,46.40", "1,2.32,2.32")
    assert "tax_percent" not in table.layout.columns


def test_a_rate_in_the_heading_gives_way_to_taxes_in_a_column(tmp_path: Path) -> None:
    header = "Price excl. VAT,VAT,Total (incl. 16% VAT)"
    table = table_of(tmp_path, header, "4,10.00,6.40,46.40", "1,2.00,0.32,2.32")
    assert "tax_percent" not in table.layout.columns
    assert "tax_amount" in table.layout.columns
