"""Ditto marks hold the value of the cell above."""

from pathlib import Path

import pytest

from tests.unit.ingest.test_groups import column, read

DITTOS = """Bill Date,Invoice No,Article,Qty,Amount
03/02/2026,70,Lamp,1,400
{0},{0},Bulb,2,90
04/02/2026,71,Lamp,1,400
{0},72,Fuse,4,40
{0},{0},Wire,1,60
"""


@pytest.mark.parametrize(
    "mark", ["do", "Do.", "ditto", "-do-", "〃", '""""', '"-""-"', ",", "″", "''"]
)
def test_a_ditto_mark_is_the_cell_above(tmp_path: Path, mark: str) -> None:
    text = DITTOS.format('",,"' if mark == "," else mark)
    table = read(tmp_path, text)
    rows = list(table.rows)
    date, bill = table.layout.columns["sale_date"], table.layout.columns["transaction_id"]
    assert [row.cells[date] for row in rows] == ["03/02/2026"] * 2 + ["04/02/2026"] * 3
    assert [row.cells[bill] for row in rows] == ["70", "70", "71", "72", "72"]
    assert [issue.code for issue in table.issues] == ["group_values"]


def test_a_figure_is_never_a_ditto(tmp_path: Path) -> None:
    text = DITTOS.format("do").replace("Bulb,2,90", "Bulb,do,90")
    assert column(read(tmp_path, text), "quantity") == ["1", "do", "1", "4", "1"]
