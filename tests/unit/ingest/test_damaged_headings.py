"""Headings that lost or gained a cell: above the right columns, or refused with the reason."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.generators.damaged import LACKED, Clean, clean, written

REASONS = {"unclear_headings", "missing_column", "unknown_layout"}


def table_of(path: Path, header: Sequence[str], sales: Clean) -> Table:
    lines = [",".join(header), *(written(cells, ",") for cells in sales.rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return open_file(path).tables[0]


def table_or_reason(path: Path, header: Sequence[str], sales: Clean) -> Table | str:
    try:
        return table_of(path, header, sales)
    except RefusedError as error:
        return error.reason


def damaged(header: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The headings with a cell too many or too few."""
    for at, cell in enumerate(header):
        before, after = header[:at], header[at + 1 :]
        yield "gained", [*before, "", cell, *after]
        yield "parted", [*before, cell[:2], cell[2:], *after]
        yield "lost", [*before, *after]
        if after:
            yield "merged", [*before, cell + after[0], *after[1:]]
            yield "other delimiter", [*before, f"{cell};{after[0]}", *after[1:]]


@pytest.mark.parametrize("lacked", LACKED, ids=lambda lacked: "-".join(lacked) or "all")
def test_headings_stand_above_what_they_say_or_are_refused(
    tmp_path: Path, lacked: tuple[str, ...], subtests: pytest.Subtests
) -> None:
    sales = clean(7, without=lacked, do_names_repeat=True)
    path = tmp_path / "sales.csv"
    right = dict(table_of(path, sales.header, sales).layout.columns)
    for how, header in damaged(sales.header):
        with subtests.test(f"{how}: {header}"):
            table = table_or_reason(path, header, sales)
            if isinstance(table, str):
                assert (how, table in REASONS) == ("lost", True)
                continue
            found = dict(table.layout.columns)
            assert found.items() <= right.items()
            assert how == "lost" or found == right
            assert {row.fault for row in table.rows} == {None}
            is_told = [issue.code for issue in table.issues] == ["aligned_headings"]
            # a heading above no cell at all moves no other
            assert is_told or header[: len(sales.header) - 1] == list(sales.header[:-1])


def test_what_is_said_of_aligned_headings(tmp_path: Path) -> None:
    sales = clean(7, without=(), do_names_repeat=True)
    table = table_of(tmp_path / "sales.csv", ["", *sales.header], sales)
    (issue,) = table.issues
    assert (issue.row_number, issue.revenue_share) == (1, 1.0)
    assert issue.message.startswith("Row 1 has 9 headings above 8 columns.")
    with pytest.raises(RefusedError, match=r"Row 1 has 7 headings, but .* 8 cells") as refused:
        table_of(tmp_path / "sales.csv", [h for h in sales.header if h != "Qty"], sales)
    assert refused.value.reason == "unclear_headings"


@pytest.mark.parametrize("count", [7, 8])
def test_few_rows_move_no_heading(tmp_path: Path, count: int) -> None:
    sales = clean(7, without=(), do_names_repeat=True)
    few = Clean(sales.header, sales.rows[:count])
    codes = {issue.code for issue in table_of(tmp_path / "few.csv", ["", *few.header], few).issues}
    assert ("aligned_headings" in codes) == (count == 8)


def test_cells_behind_the_headings_of_all_rows_move_none(tmp_path: Path) -> None:
    sales = clean(7, without=(), do_names_repeat=True)
    longer = Clean(sales.header, tuple((*cells, "") for cells in sales.rows))
    table = table_of(tmp_path / "sales.csv", longer.header, longer)
    assert [issue.code for issue in table.issues] == []
    assert {row.fault for row in table.rows} == {None}
