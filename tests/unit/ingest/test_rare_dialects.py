"""Dialects that only the rows prove: escapes, single quotes, blanks between columns."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.generators.damaged import clean

HEADER = ("Bill No", "Bill Date", "Item Name", "Qty", "Amount")
GOODS = ("Tea, Gold", "Salt", 'Pipe 3/4", long', "Baker's soap", "Oil", "C:\\new", "Ghee", "Rice")
ROWS = [
    (str(number), f"{number + 10}/01/2026", name, str(number % 3 + 1), f"{number}.50")
    for number, name in enumerate(GOODS, 1)
]


def read(tmp_path: Path, text: str) -> tuple[Table, list[tuple[str, ...]]]:
    path = tmp_path / "sales.csv"
    path.write_text(text, encoding="utf-8")
    table = open_file(path).tables[0]
    rows = list(table.rows)
    assert {row.fault for row in rows} == {None}
    return table, [tuple(cell.strip() for cell in row.cells) for row in rows]


def text_of(quote: str, escape: str, delimiter: str, *, is_all: bool) -> str:
    """Lines with what belongs to a cell quoted, or escaped where there is no quote."""

    def cell(text: str) -> str:
        for mark in filter(None, dict.fromkeys((escape, quote or delimiter))):
            text = text.replace(mark, (escape or mark) + mark)
        return f"{quote}{text}{quote}" if is_all or delimiter in text or quote in text else text

    return "".join(f"{delimiter.join(map(cell, row))}\n" for row in (HEADER, *ROWS))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("is_all", [True, False])
@pytest.mark.parametrize(
    ("quote", "escape"), [('"', ""), ('"', "\\"), ("'", ""), ("'", "\\"), ("", "\\")]
)
def test_quotes_and_escapes_come_off(
    tmp_path: Path, quote: str, escape: str, delimiter: str, *, is_all: bool
) -> None:
    if not quote and delimiter != ",":
        pytest.skip("no cell holds the delimiter, so nothing shows the escape")
    text = text_of(quote, escape, delimiter, is_all=is_all)
    assert read(tmp_path, text)[1] == ROWS


def test_apostrophes_and_backslashes_are_text_where_rows_are_even_without(tmp_path: Path) -> None:
    rows = [("1", "11/01/2026", name, "2", "5.50") for name in ("'Twas", "O'Hara's", "C:\\x", "'k")]
    text = "".join(f"{','.join(row)}\n" for row in (HEADER, *rows))
    assert read(tmp_path, text)[1] == rows


@pytest.mark.parametrize("gap", [2, 5])
def test_runs_of_blanks_part_columns(tmp_path: Path, gap: int) -> None:
    text = "".join(f"{(' ' * gap).join(row)}\n" for row in (HEADER, *ROWS))
    assert read(tmp_path, text)[1] == ROWS


def test_columns_of_fixed_width_may_hold_blanks_and_nothing(tmp_path: Path) -> None:
    sales = clean(4, without=("Item Code",), do_names_repeat=True)
    rows = [sales.header, *sales.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(len(sales.header))]
    sides = "<<<>>><"
    text = "".join(
        " ".join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, sides, widths, strict=True)
        )
        + "\n"
        for row in rows
    )
    table, found = read(tmp_path, text)
    assert table.layout.header == sales.header
    assert found == list(sales.rows)


def test_one_blank_parts_columns_whose_cells_are_quoted(tmp_path: Path) -> None:
    text = "".join(
        " ".join(f'"{cell}"' if " " in cell else cell for cell in row) + "\n"
        for row in (HEADER, *(row for row in ROWS if '"' not in row[2]))
    )
    assert read(tmp_path, text)[1] == [row for row in ROWS if '"' not in row[2]]


def test_words_with_blanks_are_no_table(tmp_path: Path) -> None:
    text = "Date Item Qty Amount\nWe sold tea on 11/01/2026 and more\nand salt\n" * 5
    with pytest.raises(RefusedError) as refused:
        read(tmp_path, text)
    assert refused.value.reason in {"unknown_layout", "missing_column"}


def test_text_of_nothing_but_blanks_has_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_bytes(b"\x0c \n" * 3)
    with pytest.raises(RefusedError):
        open_file(path)
