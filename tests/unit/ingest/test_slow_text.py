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


def test_a_heading_without_end_is_compared_by_its_begin() -> None:
    assert len(heading_key("a" * 1_000_000)) == 300


def test_a_row_of_thousands_of_cells_is_no_headings(tmp_path: Path) -> None:
    wide = ",".join(f"note {n}" for n in range(MOST_HEADINGS))
    path = tmp_path / "sales.csv"
    path.write_text(f"Bill Date,Item Name,Qty,{wide}\n31/01/2026,Tea,2\n", encoding="utf-8")
    with pytest.raises(RefusedError):
        open_file(path)
