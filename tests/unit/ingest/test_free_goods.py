"""Free goods behind a plus are not sold, and money paid back beside a line comes off it."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table

HEAD = "Bill Date,Bill No,Product,"


def table_of(folder: Path, header: str, *rows: str) -> Table:
    path = folder / "sales.csv"
    lines = [f"2026-01-{at:02},{at},Item {at % 2},{row}" for at, row in enumerate(rows, start=11)]
    path.write_text("\n".join([HEAD + header, *lines]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    return table


def values(table: Table, *fields: str) -> list[str]:
    """The cells of the rows under some fields, joined by a slash; the rows can be read once."""
    places = [table.layout.columns[field] for field in fields]
    return ["/".join(row.cells[place] for place in places) for row in table.rows]


def codes(table: Table) -> list[str]:
    return [issue.code for issue in table.layout.issues]


@pytest.mark.parametrize("cell", ["24+6", "24 + 6", "24+6 free", "24+6F"])
def test_what_stands_before_the_plus_is_sold_where_its_price_shows_it(
    tmp_path: Path, cell: str
) -> None:
    table = table_of(tmp_path, "Qty,Rate,Amount", f"{cell},5.00,120.00", "7,4.00,28.00")
    assert values(table, "quantity") == ["24", "7"]
    assert codes(table) == ["free_goods_beside"]


def test_lines_of_the_product_without_free_goods_show_it_too(tmp_path: Path) -> None:
    rows = ["10+2,50.00", "7,28.00", "4,20.00", "5+1,20.00"]
    table = table_of(tmp_path, "Qty,Net Amount", *rows)
    assert values(table, "quantity") == ["10", "7", "4", "5"]


def test_a_sum_of_pieces_is_not_cut(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Qty,Rate,Amount", "24+6,5.00,150.00", "7,4.00,28.00")
    assert values(table, "quantity") == ["24+6", "7"]


def test_a_refund_beside_its_line_comes_off(tmp_path: Path) -> None:
    rows = ["2,10.00,20.00,0", "1,25.00,25.00,5.00", "3,10.00,30.00,0"]
    table = table_of(tmp_path, "Qty,Price,Amount,Refunded Amount", *rows)
    assert values(table, "list_amount", "discount_amount") == ["20.00/0", "25.00/5.00", "30.00/0"]
    assert codes(table) == ["refund_taken_off"]


def test_a_refund_beside_a_price_alone_comes_off(tmp_path: Path) -> None:
    rows = ["2,10.00,0", "1,25.00,-5.00", "3,10.00,0"]
    table = table_of(tmp_path, "Qty,Price,Amount Refunded", *rows)
    assert values(table, "discount_amount") == ["0", "-5.00", "0"]


def test_a_refund_that_is_off_already_stays_off(tmp_path: Path) -> None:
    rows = ["2,10.00,20.00,0", "1,25.00,20.00,5.00", "3,10.00,30.00,0"]
    rows += [f"{n},10.00,{n}0.00,0" for n in range(1, 9)]
    table = table_of(tmp_path, "Qty,Price,Amount,Refunded Amount", *rows)
    assert "discount_amount" not in table.layout.columns
    assert "refund_not_used" not in codes(table)


def test_a_refund_on_every_line_of_an_order_is_of_the_order(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        f"{HEAD}Qty,Price,Amount,Refunded Amount\n"
        "2026-01-11,7,Vase,2,10.00,20.00,4.00\n2026-01-11,7,Lamp,1,25.00,25.00,4.00\n"
        "2026-01-12,8,Vase,1,10.00,10.00,0\n",
        encoding="utf-8",
    )
    (table,) = open_file(path).tables
    assert codes(table) == ["refund_not_used"]


def test_a_refund_larger_than_its_line_is_told(tmp_path: Path) -> None:
    rows = ["2,10.00,20.00,45.00", "1,25.00,25.00,0", "3,10.00,30.00,0"]
    table = table_of(tmp_path, "Qty,Price,Amount,Refunded Amount", *rows)
    assert codes(table) == ["refund_not_used"]
