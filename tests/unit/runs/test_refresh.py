"""A run does what changed and says so; the slow steps are replaced by small ones."""

import gc
import json
import signal
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.logs import log_file
from lucid_orchestration.runs.refresh import EXAMPLE_SHOP, RunSummary, refresh
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import Step, Task
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import write_parquet
from tests.processes import started


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

    def read(self, paths: Settings, full: bool, progress: Progress) -> None:
        for file in sorted(paths.inbox.rglob("*.csv")):
            table = pa.table({"text": [file.read_text(encoding="utf-8")]})
            write_parquet(table, paths.raw / "raw_sales" / f"{file.stem}.parquet")

    def build(self, task: Task) -> Sequence[Path]:
        self.calls.append("build")
        paths = task.paths
        raw = pq.read_table(paths.raw / "raw_sales" / "sales.parquet")
        mart, quality = paths.marts / "mart.parquet", paths.quality / "quality.parquet"
        write_parquet(raw, mart)
        if self.breaks:
            raise OSError("disk full")
        write_parquet(raw, quality)
        return [mart, quality]

    def page(self, task: Task) -> Sequence[Path]:
        self.calls.append("page")
        paths = task.paths
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


def _after_build(paths: Settings) -> Mapping[str, str]:
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


def _build_and_hang(folder: Path, line: Connection) -> None:
    paths, shop = Settings(folder), Shop()

    def hang(task: Task) -> Sequence[Path]:
        shop.build(task)
        line.send("half-way")
        signal.pause()
        raise AssertionError("nobody killed this process")

    steps = (Step(Stage.BUILD, "Building", stamps.build_inputs, hang),)
    refresh(paths, read=shop.read, steps=steps)


def test_a_killed_run_is_finished_by_the_next(paths: Settings) -> None:
    process, _ = started(_build_and_hang, paths.data_dir)
    process.kill()
    process.join()

    shop = Shop()
    assert not shop.refresh(paths).was_current
    assert shop.calls == ["build", "page"]
    assert [job["status"] for job in history.read_jobs(paths)] == ["interrupted", "succeeded"]


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
    summary = refresh(paths, progress=told.append, read=lambda *_: None, steps=())
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


def test_a_stage_without_its_files_is_not_stamped(paths: Settings) -> None:
    with pytest.raises(FileNotFoundError, match=r"missing\.parquet"):
        stamps.remember(paths, Stage.BUILD, {"raw": "some"}, [paths.marts / "missing.parquet"])
    assert stamps.read_stamps(paths) == {}


@pytest.mark.parametrize("breaks", [False, True])
def test_python_looks_for_garbage_as_often_after_a_run_as_before(
    paths: Settings, breaks: bool
) -> None:
    before = gc.get_threshold()
    seen: list[int] = []

    def read(*_: object) -> None:
        seen.append(gc.get_threshold()[0])
        if breaks:
            raise OSError("disk full")

    with pytest.raises(ProcessingFailedError) if breaks else nullcontext():
        refresh(paths, read=read, steps=())
    assert gc.get_threshold() == before
    assert seen[0] > 10 * before[0]


def test_a_run_is_logged_with_its_id_and_its_end(paths: Settings) -> None:
    shop = Shop()
    shop.refresh(paths)
    shop.breaks = True
    with pytest.raises(ProcessingFailedError):
        shop.refresh(paths, full=True)
    text = log_file(paths).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    first, second = (job["job_id"] for job in history.read_jobs(paths))
    events = [(line["run"], line["event"]) for line in lines if line["event"] != "progress"]
    assert events == [
        (first, "run_started"),
        (first, "step_finished"),
        (first, "step_finished"),
        (first, "run_finished"),
        (second, "run_started"),
        (second, "run_failed"),
    ]
    assert [line["stage"] for line in lines if line["event"] == "step_finished"] == [
        "build",
        "report",
    ]
    assert lines[-1]["error"] == "OSError"
    assert lines[-1]["frames"][0].startswith("runs/refresh.py:")
