"""A request keeps the tables it reads, and a worker that nobody needs ends by itself."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request
from starlette.responses import Response

from lucid_orchestration.desk import worker
from lucid_orchestration.desk.context import Desk, made
from lucid_orchestration.desk.handle import WorkerGoneError, WorkerProcess
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse import snapshots


def test_a_request_holds_the_build_it_reads_until_its_answer_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    opened: list[str] = []

    @contextmanager
    def open_snapshot(paths: Settings) -> Iterator[snapshots.Snapshot]:
        name = f"build{len(opened)}"  # another build is published before each look
        opened.append(name)
        held.append(name)
        yield snapshots.Snapshot(name, name, tmp_path, tmp_path, tmp_path)
        held.remove(name)

    monkeypatch.setattr("lucid_orchestration.desk.snapshot.open_current", open_snapshot)

    def make(snapshot: Snapshot) -> Response:
        assert held == [snapshot.id] == ["build0"]
        return Response("whole")

    request = Request({"type": "http", "headers": []})
    desk = cast("Desk", SimpleNamespace(paths=Settings(tmp_path)))
    answer = made(request, desk, make)
    assert (answer.body, answer.headers["etag"]) == (b"whole", '"build0"')
    # read once, whatever was published meanwhile, and let go of
    assert opened == ["build0"]
    assert held == []


@pytest.fixture
def orders_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The far end of the worker's line of orders, which stays open."""
    near, far = os.pipe()
    with os.fdopen(near, "rb") as lines, os.fdopen(far, "wb", buffering=0) as line:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lines.fileno))
        yield line


def test_a_worker_without_orders_ends_after_its_idle_time(orders_of: Any) -> None:
    freed: list[bool] = []
    found = []

    def work() -> None:
        found.extend(worker.orders(0.05, lambda: freed.append(True)))

    orders_of.write(b'{"id": "a"}\n')
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    # the line is open still: it is the time that ended it
    assert not thread.is_alive()
    assert found == [{"id": "a"}]
    assert len(freed) <= 1


def test_a_worker_process_that_was_idle_for_long_is_gone_and_comes_again(tmp_path: Path) -> None:
    process = WorkerProcess(Settings(tmp_path / "data"), idle_seconds=0.01)
    process.start()
    first = process._process
    assert first is not None
    try:
        assert first.wait(120) == 0
        assert process.pid is None
        process.start()
        assert process.pid not in (None, first.pid)
    finally:
        process.end()
    assert process.pid is None


def test_a_job_that_nobody_wants_reaches_no_process(tmp_path: Path) -> None:
    process = WorkerProcess(Settings(tmp_path / "data"), idle_seconds=30)
    try:
        with pytest.raises(WorkerGoneError, match="before it began"):
            process.do({"id": "a", "kind": "refresh"}, pytest.fail, lambda: False)
    finally:
        process.end()
    assert not (tmp_path / "data" / "raw").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes there")
def test_a_child_that_hears_no_signal_does_not_hold_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "worker"
    program.write_text(
        "#!/bin/sh\n"
        """(trap '' TERM; echo '{"id": "a", "step": "read"}'; exec sleep 60) &\n"""
        "read order\nread order\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    process = WorkerProcess(Settings(tmp_path / "data"))
    heard = threading.Event()
    gone: list[WorkerGoneError] = []

    def work() -> None:
        try:
            process.do({"id": "a"}, lambda _: heard.set())
        except WorkerGoneError as error:
            gone.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert heard.wait(20)
    process.end()
    thread.join(20)
    assert not thread.is_alive()
    # a busy machine may let the seconds of the first signal pass
    assert [str(error) for error in gone] in (["SIGTERM"], ["SIGKILL"])
