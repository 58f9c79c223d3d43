"""Pieces that came back stand in a column of their own: they are not sold."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.outcomes import WorkbookNumber
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.workbooks import write_xlsx

HEAD = "Sale Date,Bill No,Item,"


def table_of(folder: Path, header: str, *rows: str) -> Table:
    path = folder / "sales.csv"
    lines = [f"2026-01-{at:02},{at},Item {at % 3},{row}" for at, row in enumerate(rows, start=11)]
    path.write_text("\n".join([HEAD + header, *lines]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    return table


def column(table: Table, field: str) -> str:
    return table.layout.header[table.layout.columns[field]]


def quantities(table: Table) -> list[str]:
    return [row.cells[table.layout.columns["quantity"]] for row in table.rows]


def test_what_is_left_is_what_was_sold(tmp_path: Path) -> None:
    rows = ["5,1,4,400", "3,0,3,60", "2,0,2,200"]
    table = table_of(tmp_path, "Qty Sold,Qty Returned,Net Qty,Net Sales", *rows)
    assert (column(table, "quantity"), column(table, "net_amount")) == ("Net Qty", "Net Sales")


def test_a_column_that_is_left_in_some_lines_alone_is_none(tmp_path: Path) -> None:
    rows = ["5,1,4,100", "3,0,3,20", "2,2,1,100"]
    table = table_of(tmp_path, "Ordered Qty,Returned Qty,Boxes,Unit Price", *rows)
    assert column(table, "quantity") == "Ordered Qty"
    assert quantities(table) == ["4", "3", "0"]


@pytest.mark.parametrize(
    "back", ["Returned Qty", "Qty Refunded", "Cancelled Quantity", "Retourmenge"]
)
def test_they_come_off_where_a_line_is_its_price_times_them(tmp_path: Path, back: str) -> None:
    table = table_of(tmp_path, f"Qty,{back},Unit Price", "5,2,100", "3,0,20", "-2,1,100")
    assert quantities(table) == ["3", "3", "-1"]
    assert table.layout.issues == ()


def test_a_word_alone_counts_where_it_is_more_than_yes(tmp_path: Path) -> None:
    rows = ["10,0,8", "10,4,8", "6,2,40"]
    assert quantities(table_of(tmp_path, "Qty,Cancelled,Unit Price", *rows)) == ["10", "6", "4"]
    rows = ["10,0,8", "10,1,8", "6,1,40"]
    assert quantities(table_of(tmp_path, "Qty,Cancelled,Unit Price", *rows)) == ["10", "10", "6"]


def test_they_come_off_a_quantity_that_the_owner_names_too(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        f"{HEAD}Ordered,Cancelled,Unit Price\n2026-01-11,1,Gnome,10,4,8\n", encoding="utf-8"
    )
    mapping = FileMapping(columns={"Ordered": "quantity"})
    (table,) = open_file(tmp_path / "sales.csv", mapping).tables
    assert quantities(table) == ["6"]


def test_an_amount_of_all_the_pieces_gives_way(tmp_path: Path) -> None:
    rows = ["5,1,100,500", "3,0,20,60", "2,2,100,200"]
    table = table_of(tmp_path, "Qty Invoiced,Qty Refunded,Price,Row Total", *rows)
    assert quantities(table) == ["4", "3", "0"]
    assert table.layout.columns.keys() & {"net_amount", "gross_amount"} == set()


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Qty,Returned Qty,Amount", ["5,1,470", "3,0,60", "2,2,190"]),
        ("Qty,Returned Qty,Price,Discount", ["5,1,100,50", "3,0,20,0", "2,2,90,9"]),
        ("Qty,Returned Qty,Price,Discount,Amount", ["5,1,100,50,450", "3,0,20,0,60", "2,2,9,0,18"]),
    ],
)
def test_where_the_money_cannot_follow_it_is_told(
    tmp_path: Path, header: str, rows: list[str]
) -> None:
    table = table_of(tmp_path, header, *rows)
    assert quantities(table) == ["5", "3", "2"]
    (issue,) = [one for one in table.layout.issues if one.code == "returns_not_taken_off"]
    assert issue.revenue_share == 0.3
    assert "3 of 10 in the rows looked at (30.0 %)" in issue.message


def test_a_number_that_is_none_is_not_counted(tmp_path: Path) -> None:
    rows = ["5,1,100", "4,few,20", "2,2,100", "3,0,7"]
    table = table_of(tmp_path, "Qty,Returned Qty,Unit Price", *rows)
    assert quantities(table) == ["4", "4 − few", "0", "3"]


def test_they_are_told_beside_a_discount_of_whole_bills(tmp_path: Path) -> None:
    rows = [
        f"2026-01-{bill:02},B{bill},Item {at},{at + 1},{at % 2},10,{bill},{60 - bill}"
        for bill in range(11, 15)
        for at in range(3)
    ]
    path = tmp_path / "sales.csv"
    header = "Date,Bill No,Item Name,Qty,Returned Qty,Rate,Discount,Bill Total"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    assert table.layout.arrangement is not None
    assert table.layout.arrangement.document is not None
    assert "returns_not_taken_off" in {issue.code for issue in table.layout.issues}


def test_a_heading_with_more_to_it_is_no_count(tmp_path: Path) -> None:
    rows = ["10,0,8", "10,4,8", "6,2,40"]
    assert quantities(table_of(tmp_path, "Qty,Returned To,Unit Price", *rows)) == ["10", "10", "6"]


@pytest.mark.parametrize(
    "rows",
    [
        ["5,0,100", "3,0,20", "2,0,100"],  # none came back
        ["5,9,100", "3,0,20", "2,0,100"],  # more than were sold: of another time
    ],
)
def test_otherwise_what_was_sold_stands(tmp_path: Path, rows: list[str]) -> None:
    table = table_of(tmp_path, "Qty,Returned Qty,Unit Price", *rows)
    assert quantities(table) == ["5", "3", "2"]
    assert table.layout.issues == ()


def test_a_net_quantity_is_believed(tmp_path: Path) -> None:
    rows = ["5,1,100", "3,0,20", "2,2,100"]
    table = table_of(tmp_path, "Net Qty,Returned Qty,Unit Price", *rows)
    assert quantities(table) == ["5", "3", "2"]


def written(folder: Path, header: str, *rows: str) -> Table:
    path = folder / "sales.csv"
    lines = [f"2026-01-{at:02};{at};Item {at % 3};{row}" for at, row in enumerate(rows, start=11)]
    path.write_text("\n".join([f"Datum;Beleg-Nr;Artikel;{header}", *lines]) + "\n", "utf-8")
    (table,) = open_file(path).tables
    return table


def test_decimal_commas_are_read_as_the_money_is(tmp_path: Path) -> None:
    rows = ["5,5;1,25;100,50", "3;0,5;20,00", "1.200,0;2;7,25"]
    table = written(tmp_path, "Menge;Retourmenge;Einzelpreis", *rows)
    assert quantities(table) == ["4,25", "2,5", "1198,0"]
    assert table.layout.issues == ()


def test_what_is_left_is_found_with_decimal_commas(tmp_path: Path) -> None:
    rows = ["5,3;1,1;4,2;10,00", "3,0;0;3,0;20,00", "2,5;0,3;2,2;5,00"]
    table = written(tmp_path, "Menge;Retourmenge;Verbleibend;Einzelpreis", *rows)
    assert column(table, "quantity") == "Verbleibend"


def test_a_column_with_the_other_mark_keeps_it(tmp_path: Path) -> None:
    rows = ["5.500;1,25;1.100,50", "3.250;0,5;20,00", "4.005;0;7,25"]
    table = written(tmp_path, "Menge;Retourmenge;Einzelpreis", *rows)
    marks, place = table.layout.column_marks, table.layout.columns["quantity"]
    mark = marks.get(place, table.layout.decimal_mark or ",")
    assert [one.replace(mark, ".") for one in quantities(table)] == ["4.250", "2.750", "4.005"]


def test_numbers_of_a_workbook_have_a_point_whatever_the_texts_have(tmp_path: Path) -> None:
    heads = ["Datum", "Beleg-Nr", "Artikel", "Menge", "Retourmenge", "Einzelpreis"]
    lines: list[list[object]] = [
        ["2026-01-11", "7", "Tee", 5.5, 1.25, "1.100,50"],
        ["2026-01-12", "8", "Salz", 3, 0.5, "20,00"],
        ["2026-01-13", "9", "Tee", "2,5", 1, "1.100,50"],
    ]
    write_xlsx(tmp_path / "sales.xlsx", {"Sheet1": [heads, *lines]})
    (table,) = open_file(tmp_path / "sales.xlsx").tables
    left = quantities(table)
    assert left == ["4.25", "2,5", "1,5"]
    assert [isinstance(one, WorkbookNumber) for one in left] == [True, False, False]
