"""A file that another program holds keeps its last reading, and that is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.landing import IngestResult, ingest

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
Hold = Callable[[str], None]


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Let a program hold a file, as Excel does on Windows: it is seen, and cannot be opened."""
    names: set[str] = set()
    real = Path.open

    def guarded(path: Path, *arguments: object, **options: object) -> object:
        if path.name in names:
            raise PermissionError(13, "The process cannot access the file", str(path))
        return real(path, *arguments, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", guarded)
    return names.add


def put(tmp_path: Path, name: str, *lines: str) -> Path:
    path = tmp_path / "inbox" / "shop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((HEADER + "".join(f"{line}\n" for line in lines)).encode())
    return path


def read(tmp_path: Path) -> IngestResult:
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


def rows(tmp_path: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(tmp_path / "raw" / table).to_pylist()
    return found


def names(tmp_path: Path) -> set[str]:
    return {row["product_name"] for row in rows(tmp_path, "raw_sales")}


def held_issues(tmp_path: Path) -> list[dict[str, Any]]:
    return [row for row in rows(tmp_path, "raw_file_issues") if row["code"] == "file_held"]


def test_the_last_reading_of_a_held_file_stays_until_it_is_free(
    tmp_path: Path, hold: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.csv", "1,31/01/2026,Tea,2,10")
    read(tmp_path)
    (before,) = rows(tmp_path, "raw_source_files")
    put(tmp_path, "a.csv", "1,31/01/2026,Salt,2,1000")
    hold("a.csv")
    for _ in range(2):
        assert read(tmp_path).files == ()
        assert names(tmp_path) == {"Tea"}
        assert rows(tmp_path, "raw_source_files") == [before]
        (issue,) = held_issues(tmp_path)
        assert issue["source_file_id"] == before["source_file_id"]
        assert issue["severity"] == "warning"
    monkeypatch.undo()
    read(tmp_path)
    assert names(tmp_path) == {"Salt"}
    assert held_issues(tmp_path) == []


def test_a_held_file_that_was_never_read_is_refused(tmp_path: Path, hold: Hold) -> None:
    put(tmp_path, "a.csv", "1,31/01/2026,Tea,2,10")
    hold("a.csv")
    read(tmp_path)
    (record,) = rows(tmp_path, "raw_source_files")
    assert (record["status"], record["reason"]) == ("refused", "unreadable_file")
    assert held_issues(tmp_path) == []


def test_a_held_file_that_is_gone_is_gone(tmp_path: Path, hold: Hold) -> None:
    path = put(tmp_path, "a.csv", "1,31/01/2026,Tea,2,10")
    read(tmp_path)
    hold("a.csv")
    path.unlink()
    read(tmp_path)
    assert rows(tmp_path, "raw_source_files") == []


def test_a_held_file_whose_content_lies_there_under_another_name_counts_there(
    tmp_path: Path, hold: Hold
) -> None:
    path = put(tmp_path, "a.csv", "1,31/01/2026,Tea,2,10")
    read(tmp_path)
    path.rename(path.with_name("b.csv"))
    put(tmp_path, "a.csv", "1,31/01/2026,Salt,2,1000")
    hold("a.csv")
    read(tmp_path)
    assert names(tmp_path) == {"Tea"}
    found = {row["file_name"]: row["status"] for row in rows(tmp_path, "raw_source_files")}
    assert found == {"a.csv": "refused", "b.csv": "accepted"}


def test_a_held_file_still_teaches_those_beside_it(tmp_path: Path, hold: Hold) -> None:
    put(tmp_path, "a.csv", "1,01/31/2026,Tea,2,10")
    put(tmp_path, "b.csv", "2,02/03/2026,Rice,2,10")
    read(tmp_path)
    before = rows(tmp_path, "raw_columns")
    put(tmp_path, "a.csv", "1,01/31/2026,Tea,2,11")
    hold("a.csv")
    assert read(tmp_path).files == ()
    assert rows(tmp_path, "raw_columns") == before
