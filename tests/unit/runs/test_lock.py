"""One process changes results at a time; whoever waits is told for whom."""

import multiprocessing
import time
from pathlib import Path

import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.settings import Settings


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


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
