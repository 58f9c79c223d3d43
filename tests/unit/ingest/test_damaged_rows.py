"""Damaged rows of a clean file: each is read as it was meant, or rejected, never as something else.

A row is right when the columns Lucid reads say what the clean file says.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.mend import MIN_ROWS
from lucid_orchestration.ingest.outcomes import WRONG_CELL_COUNT, Row
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from lucid_orchestration.ingest.values import mended_issues
from tests.generators.damaged import (
    LACKED,
    MARKS,
    ROWS,
    Clean,
    Damage,
    clean,
    extra_separator,
    lost_cell,
    lost_ending,
    lost_separator,
    no_quotes,
    other_delimiter,
    other_separator,
    quote_before_a_cell,
    quotes_around_the_row,
    quotes_around_two_cells,
    separator_in_a_cell,
    written,
)

DAMAGED, AT_ONCE = 12, 4
# How many of 100 rows damaged in a way are put right at least, where all columns are there.
DAMAGES: dict[Damage, int] = {
    extra_separator: 85,
    separator_in_a_cell: 70,
    lost_separator: 70,
    other_separator: 50,
    other_delimiter: 60,
    no_quotes: 80,
    quote_before_a_cell: 80,
    quotes_around_two_cells: 50,
    quotes_around_the_row: 80,
    lost_cell: 0,
    lost_ending: 0,
}


def table_of(path: Path, lines: Sequence[str]) -> Table:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_file(path).tables[0]


def outcomes(
    path: Path, sales: Clean, mark: str, damage: Damage, seed: int
) -> Iterator[tuple[str, str]]:
    """What became of each damaged row, with the line: right, rejected, lost or different."""
    chance = random.Random(seed)
    places = chance.sample(range(ROWS), DAMAGED)
    for some in (places[at : at + AT_ONCE] for at in range(0, DAMAGED, AT_ONCE)):
        lines = [written(cells, mark) for cells in (sales.header, *sales.rows)]
        for place in some:
            lines[place + 1] = damage(sales.rows[place], mark, chance.randrange(len(sales.header)))
        table = table_of(path, lines)
        found = {row.number: row for row in table.rows}
        for number, cells in enumerate(sales.rows, 2):
            result = outcome(table, found.get(number), cells)
            if number - 2 in some:
                yield result, lines[number - 1]
            else:
                assert result == "right", (number, [lines[place + 1] for place in some])


def outcome(table: Table, row: Row | None, cells: Sequence[str]) -> str:
    if row is None:
        return "lost"
    if row.fault is not None:
        return "rejected" if row.fault == WRONG_CELL_COUNT else row.fault
    places = table.layout.columns.values()
    said = [row.cells[place] if place < len(row.cells) else "" for place in places]
    return "right" if list(map(bare, said)) == [bare(cells[at]) for at in places] else "different"


def bare(cell: str) -> str:
    """A cell without what separates: a name may keep what it cannot be known to have gained."""
    return re.sub(rf"[{MARKS} ]", "", cell)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("lacked", LACKED, ids=lambda lacked: "-".join(lacked) or "all")
def test_a_damaged_row_is_read_as_meant_or_rejected(
    tmp_path: Path,
    damage: Damage,
    lacked: tuple[str, ...],
    subtests: pytest.Subtests,
) -> None:
    results = Counter[str]()
    for seed, mark in enumerate(MARKS):
        sales = clean(seed, without=lacked, do_names_repeat=seed % 2 == 0)
        for result, line in outcomes(tmp_path / "sales.csv", sales, mark, damage, seed):
            results[result] += 1
            with subtests.test(line):
                assert result in {"right", "rejected"}
    if not lacked:
        assert 100 * results["right"] >= DAMAGES[damage] * results.total()


HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
FIRST = "".join(
    f"{n},{n % 28 + 1:02}/01/2026,{'Tea' if n % 2 else 'Salt'},"
    f"{n % 7 + 1},{(n % 7 + 1) * 9.5:.2f}\n"
    for n in range(40)
)
PRICED = "Bill Date,Item Name,Qty,Rate,Amount\n" + "".join(
    f"{n % 28 + 1:02}/01/2026,Tea {n},{n % 7 + 1},9.50,{(n % 7 + 1) * 9.5:.2f}\n" for n in range(40)
)


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("99,05/01/2026,Tea, Gold,2,180.50", ("99", "05/01/2026", "Tea, Gold", "2", "180.50")),
        ("99,05/01/2026,Tea,,2,180.50", ("99", "05/01/2026", "Tea", "2", "180.50")),
        ("99,05/01/2026Tea,2,180.50", ("99", "05/01/2026", "Tea", "2", "180.50")),
        ("99;05/01/2026;Tea;2;180.50", ("99", "05/01/2026", "Tea", "2", "180.50")),
        ('"99,05/01/2026,Tea,2,180.50"', ("99", "05/01/2026", "Tea", "2", "180.50")),
        ('99,05/01/2026,"Tea,2",180.50', ("99", "05/01/2026", "Tea", "2", "180.50")),
    ],
)
def test_the_one_way_that_fits_is_taken_and_said(
    tmp_path: Path, line: str, cells: tuple[str, ...]
) -> None:
    table = table_of(tmp_path / "sales.csv", (HEADER + FIRST + line).splitlines())
    rows = list(table.rows)
    assert (rows[-1].number, rows[-1].cells, rows[-1].fault) == (42, cells, None)
    assert (table.counts.mended, table.counts.first_mended, table.counts.note) == (1, 42, 0)
    (issue,) = mended_issues([table.counts])
    assert (issue.row_number, issue.revenue_share) == (42, 1 / 41)
    assert issue.message.startswith("1 row(s) had a separator too many or too few")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("99,05/01/2026,Ghee,2,1,234.50", id="quantity_2_21_or_1"),
        pytest.param("99,05/01/2026,Tea,2,180,50", id="a_comma_for_a_point"),
        pytest.param("99,05/01/2026,Tea,25.50", id="a_lost_cell"),
        pytest.param("99,05/01/2026,Tea,2180.50", id="quantity_2_21_or_218"),
        pytest.param("99,05/01/2026,Tea,2", id="no_amount"),
        pytest.param("99,05/01/2026,Tea,2,9,.50", id="a_figure_put_together"),
        pytest.param("99;05/01/2026;Tea;180.50", id="other_delimiter_and_a_lost_cell"),
        pytest.param("05/01/2026,Tea,2,180.50,x,y", id="what_belongs_nowhere"),
    ],
)
def test_what_may_mean_several_things_is_rejected(tmp_path: Path, line: str) -> None:
    table = table_of(tmp_path / "sales.csv", (HEADER + FIRST + line).splitlines())
    rows = list(table.rows)
    assert (rows[-1].number, rows[-1].fault) == (42, WRONG_CELL_COUNT)
    assert (table.counts.mended, table.counts.note) == (0, 0)
    assert list(mended_issues([table.counts])) == []


@pytest.mark.parametrize(
    ("line", "figures"),
    [
        ("05/01/2026,Ghee,2,1,234.50,2,469.00", ("2", "1,234.50", "2,469.00")),
        ("05/01/2026,Ghee,21,234.50,4,924.50", ("21", "234.50", "4,924.50")),
        ("05/01/2026,Ghee,29.50,19.00", ("2", "9.50", "19.00")),
        ("05/01/2026,Ghee,2,9,50,19.00", ("2", "9.50", "19.00")),
    ],
)
def test_the_arithmetic_decides_what_types_leave_open(
    tmp_path: Path, line: str, figures: tuple[str, ...]
) -> None:
    table = table_of(tmp_path / "sales.csv", (PRICED + line).splitlines())
    row = list(table.rows)[-1]
    assert (row.cells[2:], row.fault, table.counts.mended) == (figures, None, 1)


def test_what_other_rows_say_of_a_product_decides(tmp_path: Path) -> None:
    prices = {"Tea": '"1,554.77"', "Salt": "554.77"}
    lines = [
        f"{n % 28 + 1:02}/01/2026,{name},{n % 7 + 1},{prices[name]}"
        for n in range(20)
        for name in prices
    ]
    lines = ["Bill Date,Item Name,Qty,Rate", *lines, "05/01/2026,Tea,9,1,554.77"]
    row = list(table_of(tmp_path / "sales.csv", lines).rows)[-1]
    assert (row.cells[2:], row.fault) == (("9", "1,554.77"), None)


def test_figures_that_do_not_come_out_are_not_put_right(tmp_path: Path) -> None:
    table = table_of(
        tmp_path / "sales.csv", (PRICED + "05/01/2026,Ghee, 1 l,2,9.50,20.00").splitlines()
    )
    assert list(table.rows)[-1].fault is WRONG_CELL_COUNT


def test_remarks_and_lengths_that_many_rows_have_are_no_damage(tmp_path: Path) -> None:
    short = "".join(f"{n},05/01/2026,Tea,2\n" for n in range(50, 60))
    lines = HEADER + FIRST + short + FIRST.replace("\n", ",,\n") + "Printed on 03/02/2026 by Anil\n"
    table = table_of(tmp_path / "sales.csv", lines.splitlines())
    assert {row.fault for row in table.rows} == {None}
    assert (table.counts.landed, table.counts.mended, table.counts.note) == (90, 0, 1)


def test_in_few_rows_nothing_is_put_right(tmp_path: Path) -> None:
    lines = (HEADER + FIRST).splitlines()
    few = [*lines[:MIN_ROWS], "9,05/01/2026,Tea, Gold,2,180.50"]
    assert [row.fault for row in table_of(tmp_path / "few.csv", few).rows][-1] is WRONG_CELL_COUNT
    enough = [*lines[: MIN_ROWS + 1], "9,05/01/2026,Tea, Gold,2,180.50"]
    assert [row.fault for row in table_of(tmp_path / "enough.csv", enough).rows][-1] is None


def test_a_new_customer_is_likelier_than_a_new_product(tmp_path: Path) -> None:
    clean = "".join(
        f"{n % 28 + 1:02}/01/2026,{'Asha' if n % 3 else 'Ravi'},{'Tea' if n % 2 else 'Salt'},"
        f"{n % 7 + 1},9.50,{(n % 7 + 1) * 9.5:.2f}\n"
        for n in range(40)
    )
    header = "Bill Date,Customer,Item Name,Qty,Rate,Amount\n"
    line = "05/01/2026,Gupta, Sons,Tea,2,9.50,19.00"
    row = list(table_of(tmp_path / "sales.csv", (header + clean + line).splitlines()).rows)[-1]
    assert (row.cells[1:3], row.fault) == (("Gupta, Sons", "Tea"), None)


def test_a_short_row_that_nothing_puts_right_is_told(tmp_path: Path) -> None:
    names = ["Date", "Bill No", "Item", "Qty", "Rate", "Amount", "Discount", "Bill Total"]
    lines = []
    for bill in range(11, 15):
        total = 10 + 20 + 30 - bill
        for at in (1, 2, 3):
            cells = [f"2026-01-{bill}", f"B{bill}", f"Item {at}", f"{at}", "10", f"{at * 10}"]
            lines.append(",".join([*cells, f"{bill}", f"{total}", "note", "shop"]))
    lines[7] = lines[7].removesuffix(",note,shop")
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([",".join([*names, "Note", "Shop"]), *lines]) + "\n", "utf-8")
    (table,) = open_file(path).tables
    assert table.mender is None
    assert len([*table.rows]) == 12
    (issue,) = [one for one in table.issues if one.code == "short_rows"]
    assert issue.row_number == 9
