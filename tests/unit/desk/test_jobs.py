"""The queue: one at a time, in turn, cancelled or broken, and what a new start says of the old."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.desk.handle import WorkerGoneError
from lucid_orchestration.desk.jobs import Jobs, fraction
from lucid_orchestration.errors import ConflictError, NotFoundError, UnavailableError
from tests.desk_data import Idle

Hear = Callable[[Mapping[str, Any]], None]


class Held(Idle):
    """A worker that begins a job and ends it when the test lets it, or is ended before."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.let_go = threading.Event()
        self.is_ended = False
        self.does = self._hold

    def _hold(self, order: Mapping[str, Any], hear: Hear) -> None:
        hear({"id": order["id"], "line": "Building", "step": "build", "part": 0.5})
        self.begun.release()
        assert self.let_go.wait(20)
        if self.is_ended:
            self.let_go.clear()
            self.is_ended = False
            raise WorkerGoneError("SIGTERM")
        hear({"id": order["id"], "end": "succeeded", "message": "Done.", "files": 3})

    def end(self) -> None:
        self.is_ended = True
        self.let_go.set()


def queue(tmp_path: Path, worker: Idle, told: list[Any] | None = None) -> Jobs:
    def publish(name: str, content: Any) -> None:
        json.dumps(content)
        if told is not None:
            told.append((name, content["status"], content["fraction"]))

    def broken(job_id: str, message: str) -> None:
        if told is not None:
            told.append(("broken", job_id, message))

    return Jobs(tmp_path / "jobs.json", worker, publish, broken)


def test_jobs_are_done_one_after_the_other(tmp_path: Path) -> None:
    worker, told = Held(), []
    jobs = queue(tmp_path, worker, told)
    jobs.start()
    first = jobs.ask("refresh", "a")
    assert worker.begun.acquire(timeout=10)
    second = jobs.ask("full refresh", "b")
    # the same once more is the one that waits already
    assert jobs.ask("full refresh", "c").job_id == second.job_id
    assert jobs.job(second.job_id).status == "queued"
    assert jobs.is_busy
    running = jobs.job(first.job_id)
    assert (running.status, running.step, running.lines) == ("running", "build", ("Building",))
    assert 0 < running.fraction < 1
    worker.let_go.set()
    done = [jobs.wait(job.job_id, 10) for job in (first, second)]
    assert [(job.status, job.fraction, job.files) for job in done] == [("succeeded", 1.0, 3)] * 2
    assert [order["full"] for order in worker.orders] == [False, True]
    assert ("job", "running", 0.0) in told
    jobs.stop()


def test_a_job_that_waits_or_runs_can_be_cancelled(tmp_path: Path) -> None:
    worker, told = Held(), []
    jobs = queue(tmp_path, worker, told)
    jobs.start()
    running = jobs.ask("refresh", "a")
    assert worker.begun.acquire(timeout=10)
    waiting = jobs.ask("full refresh", "b")
    assert jobs.cancel(waiting.job_id).status == "cancelled"
    assert jobs.cancel(running.job_id).status == "cancelled"
    assert [entry[1] for entry in told if entry[0] == "broken"] == [running.job_id]
    with pytest.raises(ConflictError, match="cancelled"):
        jobs.cancel(running.job_id)
    with pytest.raises(NotFoundError):
        jobs.cancel("none")
    # the queue goes on
    worker.let_go.set()
    assert jobs.wait(jobs.ask("refresh", "c").job_id, 10).status == "succeeded"
    jobs.stop()


def test_a_job_cancelled_before_its_process_has_it_is_given_to_none(tmp_path: Path) -> None:
    worker = Idle()
    cancelling: list[threading.Thread] = []

    def cancelled_just_now(order: Mapping[str, Any], hear: Hear) -> None:
        assert worker.is_wanted()
        cancelling.append(threading.Thread(target=jobs.cancel, args=(order["id"],)))
        cancelling[0].start()
        while worker.is_wanted():
            time.sleep(0.001)
        raise WorkerGoneError("before it began")

    worker.does = cancelled_just_now
    jobs = queue(tmp_path, worker)
    jobs.start()
    job = jobs.wait(jobs.ask("refresh", "a").job_id, 10)
    cancelling[0].join(10)
    assert job.status == "cancelled"
    jobs.stop()


def test_a_worker_that_dies_leaves_a_job_that_says_so(tmp_path: Path) -> None:
    worker, told = Idle(), []

    def die(order: Mapping[str, Any], hear: Hear) -> None:
        raise WorkerGoneError("SIGKILL")

    worker.does = die
    jobs = queue(tmp_path, worker, told)
    jobs.start()
    job = jobs.wait(jobs.ask("refresh", "a").job_id, 10)
    assert job.status == "interrupted"
    assert "SIGKILL" in job.message
    assert "broken" in {entry[0] for entry in told}
    jobs.stop()


def test_a_failure_keeps_what_was_said(tmp_path: Path) -> None:
    worker = Idle()
    worker.does = lambda order, hear: hear(
        {"id": order["id"], "end": "failed", "message": "No space.", "error": "processing_failed"}
    )
    jobs = queue(tmp_path, worker)
    jobs.start()
    job = jobs.wait(jobs.ask("refresh", "a").job_id, 10)
    assert (job.status, job.message, job.error) == ("failed", "No space.", "processing_failed")
    assert job.fraction < 1
    jobs.stop()


def test_a_new_start_says_what_happened_and_finishes_it(tmp_path: Path) -> None:
    killed = Held()
    jobs = queue(tmp_path, killed)
    jobs.start()
    running = jobs.ask("refresh", "a")
    assert killed.begun.acquire(timeout=10)
    waiting = jobs.ask("full refresh", "b")
    # as a killed service leaves it: nothing ended, nothing written any more
    content = (tmp_path / "jobs.json").read_text(encoding="utf-8")
    killed.let_go.set()
    jobs.wait(waiting.job_id, 10)
    jobs.stop()
    (tmp_path / "jobs.json").write_text(content, encoding="utf-8")

    worker = Idle()
    again = queue(tmp_path, worker)
    again.start()
    old = [again.job(job.job_id) for job in (running, waiting)]
    finisher = again.job(str(old[0].finished_by))
    assert [job.status for job in old] == ["interrupted"] * 2
    assert {job.finished_by for job in old} == {finisher.job_id}
    assert "while this ran" in old[0].message
    assert "while this waited" in old[1].message
    assert finisher.job_id in old[0].message
    assert again.wait(finisher.job_id, 10).status == "unchanged"
    assert [order["id"] for order in worker.orders] == [finisher.job_id]
    again.stop()


@pytest.mark.parametrize("content", ["", "[", "{}", '[{"job_id": 1}]', "[1]", "\x00"])
def test_a_damaged_list_is_begun_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "jobs.json").write_text(content, encoding="utf-8")
    jobs = queue(tmp_path, Idle())
    jobs.start()
    assert jobs.all() == []
    assert jobs.wait(jobs.ask("refresh", "a").job_id, 10).status == "unchanged"
    jobs.stop()


def test_no_more_wait_than_can_be_done(tmp_path: Path) -> None:
    jobs = queue(tmp_path, Idle())
    for place in range(50):
        jobs.ask("explanation", "a", "shop", str(place))
    with pytest.raises(UnavailableError, match="50 jobs"):
        jobs.ask("refresh", "a")


def test_only_the_newest_jobs_are_kept(tmp_path: Path) -> None:
    jobs = queue(tmp_path, Idle())
    jobs.start()
    asked = [jobs.wait(jobs.ask("refresh", str(n)).job_id, 10).job_id for n in range(105)]
    assert [job.job_id for job in jobs.all()] == asked[:4:-1]
    jobs.stop()


def test_a_fraction_counts_what_is_done_and_never_the_end() -> None:
    shares = {"read": 1.0, "build": 6.0, "report": 3.0}
    assert fraction("read", 0.0, shares) == 0.0
    assert fraction("build", 0.5, shares) == pytest.approx(0.4)
    assert fraction("report", 1.0, shares) == 0.99
    assert fraction("other", 1.0, shares) == 0.0
