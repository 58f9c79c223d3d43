"""The one lock that whoever changes results takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs.schema import bring_to_current
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import write_text

LOCK_WAIT_SECONDS = 3600.0


@contextmanager
def run_lock(
    paths: Settings, progress: Progress, timeout: float = LOCK_WAIT_SECONDS
) -> Iterator[None]:
    """Hold the one lock that whoever changes results takes; wait for it, saying who has it.

    The data folder is in the form of this version then.

    Raises:
        UnprocessableError: when a newer Lucid wrote the data folder.
        ProcessingFailedError: when another process still has it after `timeout` seconds.
    """
    paths.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.state / "run.lock")
    # Beside the lock: some systems do not let others read a locked file.
    holder = paths.state / "run.lock.holder"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"Another run is at work on this data ({_holder(holder)}); waiting for it.")
        try:
            lock.acquire(timeout=timeout, poll_interval=0.5)
        except Timeout:
            raise ProcessingFailedError(
                f"Another run ({_holder(holder)}) is still at work. Let it finish, or end it."
            ) from None
    try:
        write_text(holder, f"process {os.getpid()}\n")
        bring_to_current(paths, progress)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def lock_is_held(paths: Settings) -> str | None:
    """Who changes results just now, in words; None when nobody does."""
    if not paths.state.is_dir():
        return None
    lock = FileLock(paths.state / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _holder(paths.state / "run.lock.holder")
    lock.release()
    return None


def _holder(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return "just starting or ending"
