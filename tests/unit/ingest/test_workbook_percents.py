"""A cell of a workbook that is shown in percent says what is shown: 0.2 is 20 %."""

from pathlib import Path

import pytest
import xlsxwriter

from lucid_orchestration.ingest.outcomes import RefusedError, WorkbookNumber
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.workbook.read import read_workbook


def write(path: Path, formats: list[str | None], rows: list[list[object]], top: int = 0) -> None:
    """A workbook whose columns have number formats."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Lines")
        styles = [book.add_format({"num_format": form}) if form else None for form in formats]
        for number, row in enumerate(rows, start=top):
            for place, (value, style) in enumerate(zip(row, styles, strict=True)):
                sheet.write(number, place, value, None if number == top else style)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("0%", "20%"),
        ("0.00%", "20%"),
        ("0.0 %;[Red]-0.0 %", "20%"),
        ('0.0"%"', "0.2"),
        ("0.00", "0.2"),
        (None, "0.2"),
    ],
)
def test_a_number_is_what_its_format_shows(tmp_path: Path, form: str | None, shown: str) -> None:
    write(tmp_path / "a.xlsx", [None, form], [["Item", "Rate"], ["Vase", 0.2], ["Tray", 1]], top=2)
    (sheet,) = read_workbook(tmp_path / "a.xlsx").sheets
    rows = {row.number: row.cells for row in sheet.rows}
    assert rows[4] == ("Vase", shown)
    assert rows[5] == ("Tray", "100%" if "%" in shown else "1")


def test_a_part_of_a_percent_keeps_its_point(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [None, "0.0%"], [["Item", "Rate"], ["Vase", 0.055], ["Tray", 0.07]])
    (sheet,) = read_workbook(tmp_path / "a.xlsx").sheets
    _, vase, tray = sheet.rows
    assert (vase.cells[1], tray.cells[1]) == ("5.5%", "7%")
    assert isinstance(vase.cells[1], WorkbookNumber)


HEADINGS = ["Date", "Receipt", "Item", "Qty", "Gross Price", "VAT %", "Gross Total"]
LINES: list[list[object]] = [
    ["2026-02-11", "1", "Vase", 2, 36.0, 0.2, 72.0],
    ["2026-02-12", "2", "Book", 1, 11.6, 0.0, 11.6],
    ["2026-02-13", "3", "Logs", 3, 21.0, 0.05, 63.0],
]


def test_a_tax_in_percent_is_taken_out_by_what_is_shown(tmp_path: Path) -> None:
    formats = [None, None, None, None, "0.00", "0%", "0.00"]
    write(tmp_path / "a.xlsx", formats, [[*HEADINGS], *LINES])
    (table,) = open_file(tmp_path / "a.xlsx").tables
    columns = table.layout.columns
    assert (columns["gross_amount"], columns["tax_percent"]) == (6, 5)
    assert [row.cells[5] for row in table.rows] == ["20%", "0%", "5%"]


def test_rates_below_one_without_a_format_are_told(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [None] * 7, [[*HEADINGS], *LINES])
    (table,) = open_file(tmp_path / "a.xlsx").tables
    assert "rates_below_one" in [issue.code for issue in table.layout.issues]


def test_gross_before_a_discount_or_a_sales_tax_stays_a_question(tmp_path: Path) -> None:
    headings = [*HEADINGS[:5], "GST %", "Gross Total"]
    write(tmp_path / "a.xlsx", [None] * 5 + ["0%", None], [headings, *LINES])
    with pytest.raises(RefusedError, match="2 ways"):
        open_file(tmp_path / "a.xlsx")
