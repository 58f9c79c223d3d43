"""Text that was made to take long: each pattern reads it a few times, and the rest has a limit."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited import limits, read
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.halves import MOST_HEADINGS
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Dialect, Encoding

HEADINGS = "Bill No,Bill Date,Item Name,Qty,Amount\n"
LINE = "7,31/01/2026,Tea,2,180\n"


@pytest.mark.parametrize("odd", ['"\n', '8,31/01/2026,"Tea,2,180\n', '"a\nb"c\n'])
def test_odd_quotes_read_a_file_a_few_times_and_no_more(
    monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    parsed = 0
    real = read._RowReader._parse

    def counted(reader: read._RowReader, text: str) -> tuple[str, ...] | None:
        nonlocal parsed
        parsed += len(text)
        return real(reader, text)

    monkeypatch.setattr(read._RowReader, "_parse", counted)
    monkeypatch.setattr(read, "_ALWAYS_READ", 10_000)
    lines = [HEADINGS, *[LINE] * 50, *(odd * 5000).splitlines(keepends=True)]
    rows = list(read.rows_of(iter(lines), Dialect(Encoding("utf-8"), ","), []))
    assert rows
    size = sum(map(len, lines))
    assert parsed <= (read.MAX_READINGS + 2) * size + 10_000


def test_quotes_that_cannot_close_leave_the_looking_to_those_that_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read, "_ALWAYS_READ", 10_000)
    cell = '"' + "line\n" * 30 + 'end"'
    text = HEADINGS + LINE * 20 + '8,31/01/2026,"Tea,2,180\n' * 5_000
    lines = [*text.splitlines(keepends=True), *f"9,31/01/2026,{cell},2,180\n".splitlines(True)]
    rows = list(read.rows_of(iter(lines), Dialect(Encoding("utf-8"), ","), []))
    assert [len(row.cells) for row in rows] == [5] * 5_022


def test_quoted_cells_of_many_lines_are_still_one(tmp_path: Path) -> None:
    cell = '"' + "line\n" * 30 + 'end"'
    path = tmp_path / "sales.csv"
    path.write_text(HEADINGS + f"7,31/01/2026,{cell},2,180\n" * 400, encoding="utf-8")
    (table,) = open_file(path).tables
    assert len(list(table.rows)) == 400


def test_a_file_that_takes_far_too_long_is_given_up_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    (tmp_path / "inbox" / "shop" / "sales.csv").write_text(HEADINGS + LINE * 3000, "utf-8")
    spent = iter(range(0, 10_000, 15))
    monkeypatch.setattr(limits.time, "thread_time", lambda: next(spent))
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.reason) == ("refused", "took_too_long")
    assert "20 seconds of computing" in (file.message or "")


@pytest.mark.parametrize(("row", "is_read"), [("\n", False), ("a\n", False), (LINE, True)])
def test_rows_too_short_to_say_anything_are_not_read_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, is_read: bool
) -> None:
    monkeypatch.setattr(limits, "MAX_SHORT_ROWS", 4_000)
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    text = HEADINGS + LINE * 30 + '7,31/01/2026,"Tea",2,180\n' + row * 6_000 + "\n\n" + LINE
    (tmp_path / "inbox" / "shop" / "sales.csv").write_text(text, "utf-8")
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status == "accepted") is is_read
    if not is_read:
        assert file.reason == "too_many_short_rows"


JUNK = ("ab\n", "a,b\n", "x,,y7,\n", "q;w e,z\n")


@pytest.mark.parametrize("junk", JUNK)
def test_rows_without_figures_are_those_of_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, junk: str
) -> None:
    monkeypatch.setattr(limits, "MIN_LOOKS", 50)
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    (tmp_path / "inbox" / "shop" / "sales.csv").write_text(HEADINGS + LINE + junk * 1_000, "utf-8")
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.reason) == ("refused", "no_figures")
    assert "the first 850 rows" in (file.message or "")


STOCK = "Item Name,Location,Qty,Unit Cost\n"


@pytest.mark.parametrize(
    "text",
    [
        HEADINGS + "7,31/01/2026,Tea,₹ 2,-180\n" * 1_000,
        # blank rows, and notes between the others
        HEADINGS + (LINE + ",,,,\n" * 8) * 500 + "\n" * 1_000,
        HEADINGS + ("A note of a day\n" + LINE) * 800,
        # of a stock list one figure is enough, and of a list of products none
        STOCK + "Tea,Shelf,,4.50\n" * 1_000,
        "Item Name,Item Code,Category\n" + "Tea,p,Drinks\n" * 1_000,
    ],
)
def test_rows_of_a_table_are_read_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(limits, "MIN_LOOKS", 50)
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    (table,) = open_file(path).tables
    assert len(list(table.rows)) >= 500


@pytest.mark.parametrize(("odd", "is_read"), [(4, False), (1, True)])
def test_a_file_with_commas_in_most_names_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: int, is_read: bool
) -> None:
    monkeypatch.setattr(limits, "MAX_ODD_ROWS", 80)
    rows = [f"{n},31/01/2026,Tea {n % 7},2,180\n" for n in range(300)]
    rows += [
        f"{n},31/01/2026,Tea {n % 7}{', green' * (n % 20 < odd)},2,180\n" for n in range(1_000)
    ]
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    (tmp_path / "inbox" / "shop" / "sales.csv").write_text(HEADINGS + "".join(rows), "utf-8")
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.reason) == (
        ("accepted", None) if is_read else ("refused", "uneven_rows")
    )


def test_a_heading_without_end_is_compared_by_its_begin() -> None:
    assert len(heading_key("a" * 1_000_000)) == 300


def test_a_row_of_thousands_of_cells_is_no_headings(tmp_path: Path) -> None:
    wide = ",".join(f"note {n}" for n in range(MOST_HEADINGS))
    path = tmp_path / "sales.csv"
    path.write_text(f"Bill Date,Item Name,Qty,{wide}\n31/01/2026,Tea,2\n", encoding="utf-8")
    with pytest.raises(RefusedError):
        open_file(path)
