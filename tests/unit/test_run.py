"""A run does what changed and says so; the slow steps are replaced by small ones."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.refresh import (
    EXAMPLE_SHOP,
    Report,
    RunSummary,
    Step,
    refresh,
    run_lock,
)
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import write_parquet
from lucid_orchestration.warehouse.build import wait_for_database


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    (tmp_path / "inbox" / "shop").mkdir(parents=True)
    (tmp_path / "inbox" / "shop" / "sales.csv").write_text("one", encoding="utf-8")
    return Settings(tmp_path)


@dataclass
class Shop:
    """Steps that copy the inbox's text through raw, mart and page, and count their calls."""

    calls: list[str] = field(default_factory=list)
    breaks: bool = False

    def read(self, paths: Settings, full: bool, report: Report) -> None:
        for file in sorted(paths.inbox.rglob("*.csv")):
            table = pa.table({"text": [file.read_text(encoding="utf-8")]})
            write_parquet(table, paths.raw / "raw_sales" / f"{file.stem}.parquet")

    def build(self, paths: Settings, full: bool, report: Report) -> Sequence[Path]:
        self.calls.append("build")
        raw = pq.read_table(paths.raw / "raw_sales" / "sales.parquet")
        mart, quality = paths.marts / "mart.parquet", paths.quality / "quality.parquet"
        write_parquet(raw, mart)
        if self.breaks:
            raise OSError("disk full")
        write_parquet(raw, quality)
        return [mart, quality]

    def page(self, paths: Settings, full: bool, report: Report) -> Sequence[Path]:
        self.calls.append("page")
        text = pq.read_table(paths.marts / "mart.parquet").column("text")[0].as_py()
        page = paths.reports / "shop.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text(text, encoding="utf-8")
        return [page]

    def refresh(self, paths: Settings, full: bool = False) -> RunSummary:
        self.calls.clear()
        steps = (
            Step(Stage.BUILD, "Building", stamps.build_inputs, self.build),
            Step(Stage.REPORT, "Writing", _after_build, self.page),
        )
        return refresh(paths, full, read=self.read, steps=steps)


def _after_build(paths: Settings) -> str:
    return stamps.later_inputs(paths, [Stage.BUILD])


def test_a_second_run_has_nothing_to_do(paths: Settings) -> None:
    shop = Shop()
    assert not shop.refresh(paths).was_current
    assert shop.calls == ["build", "page"]
    assert shop.refresh(paths).was_current
    assert shop.calls == []


def test_full_does_everything_again(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    assert not shop.refresh(paths, full=True).was_current
    assert shop.calls == ["build", "page"]


def test_new_content_goes_through_to_the_page_and_back_again(paths: Settings) -> None:
    shop = Shop()
    source, page = paths.inbox / "shop" / "sales.csv", paths.reports / "shop.html"
    for text in ("one", "two", "one"):
        source.write_text(text, encoding="utf-8")
        assert not shop.refresh(paths).was_current
        assert page.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
@pytest.mark.parametrize("layer", ["marts", "quality"])
def test_a_lost_result_is_made_again(paths: Settings, layer: str, harm: str) -> None:
    shop = Shop()
    shop.refresh(paths)
    victim = next((paths.data_dir / layer).glob("*.parquet"))
    good = victim.read_bytes()
    if harm == "deleted":
        victim.unlink()
    else:
        victim.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    shop.refresh(paths)
    assert shop.calls == ["build"]  # the page was made from the same content and stays
    assert victim.read_bytes() == good


def test_a_lost_page_costs_no_build(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    (paths.reports / "shop.html").unlink()
    shop.refresh(paths)
    assert shop.calls == ["page"]


def test_a_broken_build_is_not_taken_for_a_finished_one(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    source = paths.inbox / "shop" / "sales.csv"
    source.write_text("two", encoding="utf-8")
    shop.breaks = True
    with pytest.raises(ProcessingFailedError, match="disk full"):
        shop.refresh(paths)
    assert "in build" in (paths.state / "last_error.txt").read_text(encoding="utf-8")

    # back to the first content: its old stamp must not vouch for the half-done second build
    source.write_text("one", encoding="utf-8")
    shop.breaks = False
    shop.refresh(paths)
    assert shop.calls == ["build"]
    assert (paths.reports / "shop.html").read_text(encoding="utf-8") == "one"
    statuses = [job["status"] for job in history.read_jobs(paths)]
    assert statuses == ["succeeded", "failed", "succeeded"]


def _build_and_hang(folder: Path) -> None:
    paths, shop = Settings(folder), Shop()

    def hang(paths: Settings, full: bool, report: Report) -> Sequence[Path]:
        shop.build(paths, full, report)
        (folder / "half-way").touch()
        time.sleep(60)
        raise AssertionError("nobody killed this process")

    steps = (Step(Stage.BUILD, "Building", stamps.build_inputs, hang),)
    refresh(paths, read=shop.read, steps=steps)


def test_a_killed_run_is_finished_by_the_next(paths: Settings) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_build_and_hang, args=[paths.data_dir]
    )
    process.start()
    deadline = time.monotonic() + 20
    while not (paths.data_dir / "half-way").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()

    shop = Shop()
    assert not shop.refresh(paths).was_current
    assert shop.calls == ["build", "page"]
    assert [job["status"] for job in history.read_jobs(paths)] == ["interrupted", "succeeded"]


def _hold_lock(folder: Path, seconds: float) -> None:
    with run_lock(Settings(folder), lambda _: None):
        (folder / "held").touch()
        time.sleep(seconds)


def test_whoever_waits_is_told_for_whom(paths: Settings) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_hold_lock, args=[paths.data_dir, 1.5]
    )
    process.start()
    while not (paths.data_dir / "held").exists():
        time.sleep(0.02)
    told: list[str] = []
    with run_lock(paths, told.append):
        process.join()  # it gave the lock away on its way out
    assert len(told) == 1
    assert f"process {process.pid}" in told[0]


def test_a_lock_held_too_long_is_an_error(paths: Settings) -> None:
    process = multiprocessing.get_context("fork").Process(
        target=_hold_lock, args=[paths.data_dir, 5]
    )
    process.start()
    while not (paths.data_dir / "held").exists():
        time.sleep(0.02)
    with (
        pytest.raises(ProcessingFailedError, match=f"process {process.pid}"),
        run_lock(paths, lambda _: None, timeout=0.2),
    ):
        pass
    process.kill()
    process.join()


def test_a_database_in_use_is_an_error_that_names_its_user(paths: Settings) -> None:
    paths.database.parent.mkdir(exist_ok=True)
    duckdb.connect(str(paths.database)).close()
    wait_for_database(paths.database)  # free: returns at once
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; open = duckdb.connect(sys.argv[1]); print(flush=True); input()",
            str(paths.database),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    told: list[str] = []
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(ProcessingFailedError, match=f"process {holder.pid}"):
            wait_for_database(paths.database, told.append, timeout=1.5)
    finally:
        holder.communicate(b"\n")
    assert len(told) == 1


def test_a_damaged_database_may_be_deleted(paths: Settings) -> None:
    paths.database.write_bytes(b"this is no database" * 1000)
    with pytest.raises(ProcessingFailedError, match="delete it"):
        wait_for_database(paths.database)


def test_jobs_keep_their_counts(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    shop.refresh(paths)
    jobs = history.read_jobs(paths)
    assert [job["status"] for job in jobs] == ["succeeded", "unchanged"]
    assert all(job["finished_at"] >= job["started_at"] for job in jobs)
    assert pq.read_schema(history.jobs_file(paths)).equals(history.PROCESSING_JOBS)


def test_the_first_run_of_an_empty_inbox_gets_the_example(tmp_path: Path) -> None:
    paths = Settings(tmp_path)
    told: list[str] = []
    summary = refresh(paths, report=told.append, read=lambda *_: None, steps=())
    assert summary.copied_example == tmp_path / "inbox" / "sample-shop"
    copied = {path.name: path.read_bytes() for path in summary.copied_example.iterdir()}
    assert copied == {path.name: path.read_bytes() for path in EXAMPLE_SHOP.iterdir()}
    assert any("invented shop" in line for line in told)


def test_an_inbox_emptied_later_stays_empty(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    (paths.inbox / "shop" / "sales.csv").unlink()
    summary = refresh(paths, read=lambda *_: None, steps=())
    assert summary.copied_example is None
    assert not any(paths.inbox.rglob("*.csv"))


def test_cache_rows_move_only_with_their_dataset(paths: Settings) -> None:
    def build(files: Sequence[tuple[str, str, str]], rows: Sequence[str]) -> None:
        names = ("dataset_id", "source_file_id", "status")
        columns = zip(*files, strict=True)
        write_parquet(
            pa.table(dict(zip(names, columns, strict=True))),
            paths.quality / "source_files.parquet",
        )
        write_parquet(pa.table({"dataset_id": rows}), paths.marts / "best_sellers.parquet")
        history.write_analytics_cache(paths, "code")

    build([("a", "f1", "accepted"), ("b", "f2", "accepted")], ["a", "a", "b"])
    first = {row["dataset_id"]: row for row in history.read_cache(paths)}
    assert {name: row["row_count"] for name, row in first.items()} == {"a": 2, "b": 1}

    build(
        [("a", "f1", "accepted"), ("a", "f9", "refused"), ("b", "f3", "accepted")], ["a", "a", "b"]
    )
    second = {row["dataset_id"]: row for row in history.read_cache(paths)}
    assert second["a"] == first["a"]  # a refused file changes no mart
    assert second["b"]["input_hash"] != first["b"]["input_hash"]
    assert second["b"]["computed_at"] > first["b"]["computed_at"]
    assert pq.read_schema(history.cache_file(paths)).equals(history.ANALYTICS_CACHE)


def test_a_mart_that_tells_no_shops_apart_counts_whole_for_each(paths: Settings) -> None:
    files = {"dataset_id": ["a", "b"], "source_file_id": ["1", "2"], "status": ["accepted"] * 2}
    write_parquet(pa.table(files), paths.quality / "source_files.parquet")
    write_parquet(pa.table({"category": ["Tea", "Oil", "Rice"]}), paths.marts / "sizes.parquet")
    history.write_analytics_cache(paths, "code")
    counts = {row["dataset_id"]: row["row_count"] for row in history.read_cache(paths)}
    assert counts == {"a": 3, "b": 3}


def test_a_stage_without_its_files_is_not_stamped(paths: Settings) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.parquet"):
        stamps.remember(paths, Stage.BUILD, "inputs", [paths.marts / "missing.parquet"])
    assert stamps.read_stamps(paths) == {}
