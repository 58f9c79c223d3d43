"""A file lands as what its hash was taken of; what failed for another reason is tried again."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import inbox, reading
from lucid_orchestration.ingest.failures import refusal_of
from lucid_orchestration.ingest.inbox import list_inbox
from lucid_orchestration.ingest.inspection import inspect_file
from lucid_orchestration.ingest.landing import IngestResult, ingest
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError
from lucid_orchestration.ingest.reading import open_file as read_file

HEADINGS = "Bill No,Bill Date,Item Name,Qty,Amount\n"
LINES = "".join(f"{number},31/01/2026,Tea {number},2,180\n" for number in range(40))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "shop" / "sales.csv"
    path.parent.mkdir(parents=True)
    path.write_text(HEADINGS + LINES, encoding="utf-8")
    return path


def run(tmp_path: Path) -> IngestResult:
    return ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")


def landed_rows(tmp_path: Path) -> int:
    return int(pq.read_table(tmp_path / "raw" / "raw_sales").num_rows)


def landed_content(tmp_path: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in (tmp_path / "raw").rglob("*.parquet")
    }


def while_reading(monkeypatch: pytest.MonkeyPatch, *events: Callable[[], None]) -> None:
    """Let one event after the other happen while a file is opened; the last one ever again."""
    left = list(events)

    def open_it(*arguments: Any) -> Any:
        (left.pop(0) if len(left) > 1 else left[0])()
        return read_file(*arguments)

    monkeypatch.setattr(reading, "open_file", open_it)


def test_a_file_that_grows_while_it_is_read_is_read_again(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = file.read_text("utf-8")
    file.write_text(whole[: len(whole) // 2], encoding="utf-8")
    while_reading(monkeypatch, lambda: file.write_text(whole, encoding="utf-8") and None)
    (outcome,) = run(tmp_path).files
    assert (outcome.status, landed_rows(tmp_path)) == ("accepted", 40)


def test_a_file_that_keeps_growing_is_said_to_be_written_and_read_by_the_next_run(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grow() -> None:
        with file.open("a", encoding="utf-8") as more:
            more.write("99,31/01/2026,Tea,2,180\n")

    (file.parent / "other.csv").write_text(HEADINGS + LINES[:60], encoding="utf-8")
    while_reading(monkeypatch, grow)
    outcomes = {outcome.name: outcome.reason for outcome in run(tmp_path).files}
    assert outcomes["sales.csv"] == "still_being_written"
    monkeypatch.undo()
    assert [outcome.status for outcome in run(tmp_path).files] == ["accepted"]
    assert run(tmp_path).new == 0


def test_content_that_changes_behind_size_and_times_is_found(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As programs copy that make a file of full size first and give it its old times."""
    whole, times = file.read_bytes(), (1_700_000_000, 1_700_000_000)
    file.write_bytes(whole[:300] + b"\0" * (len(whole) - 300))
    os.utime(file, times)

    def fill() -> None:
        file.write_bytes(whole)
        os.utime(file, times)

    while_reading(monkeypatch, fill)
    run(tmp_path)
    assert landed_rows(tmp_path) == 40


def test_a_file_filled_between_two_runs_behind_its_times_is_read_again(
    tmp_path: Path, file: Path
) -> None:
    whole, times = file.read_bytes(), (1_700_000_000, 1_700_000_000)
    file.write_bytes(whole[:300] + b"\0" * (len(whole) - 300))
    os.utime(file, times)
    run(tmp_path)
    file.write_bytes(whole)
    os.utime(file, times)
    run(tmp_path)
    assert landed_rows(tmp_path) == 40


def test_a_hash_is_remembered_once_the_file_lies_still(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = tmp_path / "digests.json"
    changed = file.stat().st_ctime_ns
    for later, remembered in ((1, False), (1_999_999_999, False), (2_000_000_000, True)):
        monkeypatch.setattr(inbox.time, "time_ns", lambda later=later: changed + later)
        list_inbox(tmp_path / "inbox", digests)
        files = json.loads(digests.read_text("utf-8"))["files"] if digests.exists() else {}
        assert bool(files) is remembered


def test_a_changed_memory_of_hashes_is_not_believed(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = tmp_path / "digests.json"
    monkeypatch.setattr(inbox, "_SAME_TIME_NS", 0)
    (before,) = list_inbox(tmp_path / "inbox", digests)
    text = digests.read_text("utf-8")
    for changed in (
        text.replace(before.sha256, "0" * 64),
        text.replace('"files"', '"film"'),
        text[:40],
        "",
        "[]",
        "{",
        '{"shop/a.csv": 7}',
        '{"files": {"shop/sales.csv": [1]}}',
        "\udcff",
    ):
        digests.write_bytes(changed.encode("utf-8", "surrogateescape"))
        assert list_inbox(tmp_path / "inbox", digests) == [before]


OUTSIDE: tuple[BaseException, ...] = (
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EIO, "Input/output error"),
    PermissionError(errno.EACCES, "Permission denied"),
    MemoryError(),
    duckdb.OutOfMemoryException("Out of Memory Error: could not allocate"),
    duckdb.IOException("IO Error: could not read"),
)


@pytest.mark.parametrize("error", OUTSIDE, ids=lambda error: repr(error)[:30])
def test_what_fails_outside_the_file_is_tried_again(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail() -> None:
        raise error

    while_reading(monkeypatch, fail)
    (outcome,) = run(tmp_path).files
    assert (outcome.status, outcome.reason) == ("refused", "not_read_now")
    assert (outcome.message or "").endswith("he next run tries again.")
    before = landed_content(tmp_path)
    assert run(tmp_path).new == 1
    assert landed_content(tmp_path) == before, "nothing else is to be made again"
    monkeypatch.undo()
    assert [outcome.status for outcome in run(tmp_path).files] == ["accepted"]
    assert landed_rows(tmp_path) == 40


def test_what_stands_in_the_file_is_remembered() -> None:
    for error in (OSError("bad list of members"), OSError(errno.EINVAL, "Invalid argument")):
        assert not isinstance(refusal_of(error), NotNowError)
    assert isinstance(refusal_of(RefusedError("corrupt_file", "x")), RefusedError)


def test_an_inspection_says_that_a_file_cannot_be_read_now(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(errno.EIO, "Input/output error")

    while_reading(monkeypatch, fail)
    found = inspect_file(tmp_path / "inbox", file, None, 5, tmp_path / "raw")
    assert found.file.reason == "not_read_now"
