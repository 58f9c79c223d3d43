"""One process changes results at a time; whoever waits is told for whom."""

from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.settings import Settings
from tests.processes import started


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def _hold_lock(folder: Path, line: Connection) -> None:
    with run_lock(Settings(folder), lambda _: None):
        line.send("held")
        line.recv()


def test_whoever_waits_is_told_for_whom(paths: Settings) -> None:
    process, line = started(_hold_lock, paths.data_dir)
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        line.send("let go")

    with run_lock(paths, tell, timeout=60):
        process.join()  # it gave the lock away on its way out
    assert len(told) == 1
    assert f"process {process.pid}" in told[0]


def test_a_lock_held_too_long_is_an_error(paths: Settings) -> None:
    process, line = started(_hold_lock, paths.data_dir)
    with (
        pytest.raises(ProcessingFailedError, match=f"process {process.pid}"),
        run_lock(paths, lambda _: None, timeout=0.2),
    ):
        pass
    line.send("let go")
    process.join()
