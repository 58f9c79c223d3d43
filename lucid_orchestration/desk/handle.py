"""The service's end of the line to its worker: started when needed, ended with all its children."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from lucid_orchestration.settings import Settings

_ENDING_SECONDS = 5.0


class WorkerGoneError(Exception):
    """The worker's process ended before its job had."""


class WorkerProcess:
    """One process that does jobs, one after the other; a new one where the last has ended."""

    def __init__(self, paths: Settings, idle_seconds: float | None = None) -> None:
        self._paths = paths
        self._idle = idle_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_at_work = False

    @property
    def pid(self) -> int | None:
        """The id of the process, None while there is none."""
        with self._lock:
            alive = self._process is not None and self._process.poll() is None
            return self._process.pid if alive and self._process is not None else None

    def start(self) -> None:
        """Start the process unless it is there: it loads what a run needs before one is asked."""
        self._running()

    def do(
        self,
        order: Mapping[str, Any],
        hear: Callable[[Mapping[str, Any]], None],
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do one job, passing on what is heard of it until it has ended.

        `is_wanted` is asked before a process is given the job: one that is cancelled at that moment
        may have had its process ended already, and would get a new one.

        Raises:
            WorkerGoneError: when the process ends before, and for a job that nobody wants.
        """
        self._is_at_work = True
        try:
            self._do(order, hear, is_wanted)
        finally:
            self._is_at_work = False

    def _do(
        self,
        order: Mapping[str, Any],
        hear: Callable[[Mapping[str, Any]], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        for is_last in (False, True):
            process = self._running()
            # after the process is known: what is cancelled from here on finds it, and ends it
            if not is_wanted():
                raise WorkerGoneError("before it began")
            assert process.stdin is not None  # noqa: S101  opened as pipes
            assert process.stdout is not None  # noqa: S101
            try:
                process.stdin.write(json.dumps(dict(order)).encode() + b"\n")
                process.stdin.flush()
            except OSError as error:
                # it had just ended, having been idle for long
                self.end()
                if is_last:
                    raise WorkerGoneError("it could not be reached") from error
                continue
            has_heard = False
            for line in iter(process.stdout.readline, b""):
                said = json.loads(line)
                if said.get("id") != order["id"]:
                    continue
                has_heard = True
                hear(said)
                if "end" in said:
                    return
            code = process.wait()
            if not has_heard and code == 0 and not is_last:
                continue  # it ended of its own will before it saw the order
            raise WorkerGoneError(_ended_by(code))

    def end(self) -> None:
        """End the process and all it has started; one that has nothing to do ends by itself."""
        with self._lock:
            process, self._process = self._process, None
            is_idle = not self._is_at_work
        if process is None or process.poll() is not None:
            return
        if is_idle and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDING_SECONDS)
                return
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)
        # a child that does not hear the first signal would hold the line open, and be waited for
        _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                idle = [] if self._idle is None else [str(self._idle)]
                self._process = subprocess.Popen(  # noqa: S603  our own program
                    [sys.executable, "-m", "lucid_orchestration.desk.worker", *idle],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env={**os.environ, "LUCID_DATA_DIR": str(self._paths.data_dir)},
                    # ended together with its children, and not by Ctrl-C before the service says so
                    start_new_session=True,
                )
            return self._process


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.terminate()


def _ended_by(code: int) -> str:
    if code >= 0:
        return f"code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
