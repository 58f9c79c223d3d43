"""Quantities that are no number are what the money of their row says, or stay as they are."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table


def table_of(folder: Path, *rows: str, header: str = "Qty,Rate,Amount") -> Table:
    lines = [f"2026-01-{at},{at},Item {at % 2},{row}" for at, row in enumerate(rows, start=11)]
    text = "\n".join([f"Date,Bill No,Item,{header}", *lines]) + "\n"
    (folder / "sales.csv").write_text(text, encoding="utf-8")
    (table,) = open_file(folder / "sales.csv").tables
    return table


def quantities(table: Table) -> list[str]:
    return [row.cells[table.layout.columns["quantity"]] for row in table.rows]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["2 Box 4 Pcs,10,280", "0 Box 5 Pcs,5,25"], ["28", "5"]),
        (["12 x 330ml,1.5,18", "6 x 0.5 l,2,12"], ["12", "6"]),
        (["10+2,5,50", "6,10,60", "4+1,2,10"], ["10", "6", "5"]),
    ],
)
def test_the_amount_at_the_price_tells_how_many(
    tmp_path: Path, rows: list[str], expected: list[str]
) -> None:
    table = table_of(tmp_path, *rows)
    assert quantities(table) == expected
    assert [issue.code for issue in table.issues] == ["quantities_worked_out"]


@pytest.mark.parametrize(
    "rows",
    [
        ["10+2,5,55", "6,10,60"],  # neither 10 nor 12
        ["12 x 330ml,1.5,20", "6,2,12"],
        ["about 10,5,50", "6,10,60"],
        ["10+2,5,50", "6,10,70", "3,10,40"],  # other rows are no products
        ["2 Box 4 Pcs,10,280", "6,10,60", "1 Box 2 Pcs,10,100"],  # a box of 12, then one of 8
    ],
)
def test_what_the_money_does_not_tell_stays(tmp_path: Path, rows: list[str]) -> None:
    table = table_of(tmp_path, *rows)
    assert quantities(table)[0] == rows[0].split(",", maxsplit=1)[0]
    assert "quantities_worked_out" not in {issue.code for issue in table.issues}
