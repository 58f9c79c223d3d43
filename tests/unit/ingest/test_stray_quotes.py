"""Quotation marks without a second one: two of them, far apart, hold no rows together."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.opening import open_delimited
from lucid_orchestration.ingest.delimited.read import rows_of
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID
from lucid_orchestration.ingest.outcomes import Issue
from lucid_orchestration.ingest.tables import Dialect, Encoding

NAMES = ("Oak Tray", "Linen Cushion", "7 Day Candle", "Wool Throw")


def cells_of(text: str, delimiter: str = ",") -> tuple[list[tuple[str, ...]], list[Issue]]:
    issues: list[Issue] = []
    dialect = Dialect(Encoding("utf-8"), delimiter, '"')
    rows = rows_of(text.splitlines(keepends=True), dialect, issues)
    return [row.cells for row in rows], issues


def sales(count: int) -> list[list[str]]:
    chance = random.Random(count)
    return [
        [f"{day:02}/03/2026", str(day), chance.choice(NAMES), str(chance.randint(1, 9)), "12.50"]
        for day in range(1, count + 1)
    ]


def written(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    return "".join(delimiter.join(cells) + "\n" for cells in rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(("first", "last"), [(0, 12), (3, 13), (5, 6), (20, 27)])
def test_an_opening_and_a_closing_quote_far_apart_are_strays(
    delimiter: str, first: int, last: int
) -> None:
    header = ["Date", "Bill No", "Item", "Qty", "Amount"]
    clean = [header, *sales(28)]
    damaged = [list(cells) for cells in clean]
    damaged[1 + first][2] = f'"{damaged[1 + first][2]}'
    damaged[1 + last][2] = f'{damaged[1 + last][2]}"'
    found, issues = cells_of(written(damaged, delimiter), delimiter)
    assert found == [tuple(cells) for cells in clean]
    assert [(issue.code, issue.row_number) for issue in issues] == [("unbalanced_quote", first + 2)]


def test_a_cell_of_several_lines_stays_one() -> None:
    for cell in (
        "Wool Throw\ngrey",
        "To be delivered:\n1, Main Street\nsecond floor, left, at noon",
        "a, b, c\nd, e, f\n",
        "1 Tray\n2 Cushions, 3 Throws\n4 Candles",
        "12 Long Lane, Old Town, North\n34 Short Lane, New Town, South",
    ):
        rows = [*sales(5), ["06/03/2026", "6", cell, "1", "12.50"], *sales(4)]
        text = "".join(
            ",".join(f'"{value}"' if value == cell else value for value in cells) + "\n"
            for cells in rows
        )
        found, issues = cells_of(text)
        assert found == [tuple(cells) for cells in rows]
        assert issues == []


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("is_header_wrapped", [False, True])
def test_rows_that_are_one_quoted_cell_each_are_taken_out(
    tmp_path: Path, delimiter: str, is_header_wrapped: bool
) -> None:
    named = f'"Throw{delimiter} grey"'
    lines = [delimiter.join([*row[:2], named, *row[3:]]) for row in sales(20)]
    lines = ['"' + line.replace('"', '""') + '"' for line in lines]
    header = delimiter.join(["Date", "Bill No", "Item", "Qty", "Amount"])
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([f'"{header}"' if is_header_wrapped else header, *lines]) + "\n")
    table = open_delimited(path, NOTHING_SAID).tables[0]
    names = {row.cells[table.layout.columns["product_name"]] for row in table.rows}
    assert names == {f"Throw{delimiter} grey"}
    assert table.counts.landed == 20
