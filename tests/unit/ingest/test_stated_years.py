"""Days without a year take that of the title; those of Thailand's calendar are put into ours."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.stated_years import with_year
from lucid_orchestration.ingest.tables import Table

HEAD = "Day,Docket,Item,Qty,Amount"


def days(folder: Path, *lines: str) -> list[str]:
    (folder / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table: Table
    (table,) = open_file(folder / "sales.csv").tables
    return [row.cells[table.layout.columns["sale_date"]] for row in table.rows]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Mon 3 Mar", "3 Mar 2025"),
        ("3-Mar", "3 Mar 2025"),
        ("Mar 3rd", "3 Mar 2025"),
        ("Lun 3 mars", "3 mars 2025"),
        ("03/04", "03/04/2025"),
        ("3.4.", "3.4.2025"),
        ("3 Mar 2024", None),
        ("03/04/24", None),
        ("12:30", None),
        ("Table 3", None),
    ],
)
def test_a_day_and_month_take_a_year(text: str, whole: str | None) -> None:
    assert with_year(text, 2025) == whole


@pytest.mark.parametrize(
    "title", ["Sales report March 2025", "01.03.2025 - 31.03.2025,,", "Period,Mar 2025"]
)
def test_the_title_tells_the_year(tmp_path: Path, title: str) -> None:
    rows = ["Mon 3 Mar,101,Pie,4,22.00", "Tue 4 Mar,102,Roll,1,4.50"]
    assert days(tmp_path, title, HEAD, *rows) == ["3 Mar 2025", "4 Mar 2025"]


@pytest.mark.parametrize("title", ["Sales report", "Sales of 2024 and 2025", "Bills 2025.50"])
def test_without_one_year_they_stay(tmp_path: Path, title: str) -> None:
    rows = ["Mon 3 Mar,101,Pie,4,22.00", "Tue 4 Mar,102,Roll,1,4.50"]
    assert days(tmp_path, title, HEAD, *rows) == ["Mon 3 Mar", "Tue 4 Mar"]


def test_days_with_a_year_keep_it(tmp_path: Path) -> None:
    rows = ["3 Mar 2024,101,Pie,4,22.00", "4 Mar 2024,102,Roll,1,4.50"]
    assert days(tmp_path, "Report 2025", HEAD, *rows) == ["3 Mar 2024", "4 Mar 2024"]


def test_years_of_the_buddha_are_ours_less_543(tmp_path: Path) -> None:
    head = "วันที่,เลขที่ใบเสร็จ,สินค้า,จำนวน,ราคาต่อหน่วย,จำนวนเงิน"
    rows = ["15/01/2568,101,ข้าว,3,210.00,630.00", "31/12/2567 10:15,102,น้ำ,4,35.00,140.00"]
    assert days(tmp_path, head, *rows) == ["15/01/2025", "31/12/2024 10:15"]


def test_one_year_of_another_age_is_a_slip(tmp_path: Path) -> None:
    rows = ["15/01/2568,101,Pie,4,22.00", "16/01/2025,102,Roll,1,4.50"]
    assert days(tmp_path, HEAD, *rows) == ["15/01/2568", "16/01/2025"]
