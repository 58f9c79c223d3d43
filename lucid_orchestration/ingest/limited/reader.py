"""The parent's side: files that anybody may have made are read by child processes with limits.

A child serves several files, one after the other, so that a small one does not cost the start of a
process. What one of them did to it never decides about the next: where a child fails that served
others before, a fresh one has the last word.
"""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from lucid_orchestration.ingest.limited.serve import (
    DONE,
    EXIT_FAILED,
    EXIT_TOO_LARGE,
    EXIT_TOOK_TOO_LONG,
    LINE,
    NOT_NOW,
    READY,
    REFUSED,
    TOO_LARGE,
)
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError
from lucid_orchestration.settings import PACKAGE_DIR

MEMORY_BYTES = 1_000_000_000
# Of computing: on a busy machine the clock runs on, and a good file must not be refused for that.
CPU_SECONDS = 30
# By the clock, for a reader that waits instead of computing, and where computing has no limit.
WALL_SECONDS = 5 * CPU_SECONDS
# Each file leaves something behind in a process; so many are not noticed.
_MOST_FILES = 50
_ENDED_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP")
# What ends a process there gives it this code, as its task manager does; a process that breaks,
# for want of memory for example, has a code beginning at the other.
_ENDED_ON_WINDOWS = 1
_BROKE_ON_WINDOWS = 0xC0000000


class _FailedError(Exception):
    """A child that did not come to an end with its file, and what that says about the file."""

    def __init__(self, refusal: RefusedError) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass
class _Child:
    """One process; idle between its files."""

    process: subprocess.Popen[bytes]
    served: int = 0
    is_out_of_time: bool = False

    @property
    def requests(self) -> IO[bytes]:
        assert self.process.stdin is not None  # noqa: S101  for the type alone
        return self.process.stdin

    @property
    def answers(self) -> IO[bytes]:
        assert self.process.stdout is not None  # noqa: S101  for the type alone
        return self.process.stdout

    def stop(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        with suppress(OSError):  # a request that was never read
            self.requests.close()
        self.answers.close()
        self.process.wait()

    def run_out_of_time(self) -> None:
        """End it because of the clock."""
        self.is_out_of_time = True
        self.process.kill()


@dataclass
class LimitedReader:
    """Reads one kind of container through a module that serves; may be used by several threads.

    Its idle children end with this process, or when they are released.
    `what` the files are and the `way_out` for one that cannot be read stand in the refusals.
    """

    module: str
    what: str
    way_out: str
    most_bytes: int
    memory_bytes: int = MEMORY_BYTES
    _idle: list[_Child] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lines(self, *arguments: str) -> list[bytes]:
        """What the module's reader says about a file, called with these arguments.

        Blocks for up to `WALL_SECONDS`.

        Raises:
            RefusedError: the reader's own, or for a file that takes too much time or memory.
            NotNowError: when the child was ended by somebody else, or by the clock.
        """
        child = self._taken()
        was_used = child.served > 0
        try:
            return self._read(child, arguments)
        except _FailedError as failure:
            if not was_used or child.is_out_of_time:
                raise failure.refusal from None
        try:
            return self._read(self._started(), arguments)
        except _FailedError as failure:
            raise failure.refusal from None

    def release(self) -> None:
        """End the children that wait for a file."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.stop()

    def _taken(self) -> _Child:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._started()

    def _started(self) -> _Child:
        process = subprocess.Popen(  # noqa: S603  our own module; numbers as its arguments
            [sys.executable, "-B", "-m", self.module, str(self.memory_bytes), str(CPU_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PACKAGE_DIR.parent,
        )
        return _Child(process)

    def _read(self, child: _Child, arguments: tuple[str, ...]) -> list[bytes]:
        clock = threading.Timer(WALL_SECONDS, child.run_out_of_time)
        clock.daemon = True
        clock.start()
        try:
            found = list(self._answer(child, arguments))
        except RefusedError:
            self._put_back(child)
            raise
        except BaseException:
            child.stop()
            raise
        finally:
            clock.cancel()
        self._put_back(child)
        return found

    def _put_back(self, child: _Child) -> None:
        child.served += 1
        if child.served < _MOST_FILES:
            with self._lock:
                self._idle.append(child)
        else:
            child.stop()

    def _answer(self, child: _Child, arguments: tuple[str, ...]) -> Iterator[bytes]:
        with suppress(BrokenPipeError):  # how it ended is seen below
            child.requests.write(json.dumps(arguments).encode() + b"\n")
            child.requests.flush()
        if child.served == 0 and child.answers.readline().rstrip() != READY:
            raise _FailedError(_not_now("The process that reads it could not start."))
        left = self.most_bytes
        while answer := child.answers.readline(left + 1):
            left -= len(answer)
            if left < 0:
                raise _FailedError(self._too_large())
            mark, content = answer[:1], answer[1:].rstrip(b"\n")
            if mark == LINE:
                yield content
            elif mark == DONE:
                return
            elif mark == REFUSED:
                raise RefusedError(*json.loads(content))
            elif mark == NOT_NOW:
                raise NotNowError(*json.loads(content))
            elif mark == TOO_LARGE:
                raise _FailedError(self._too_large())
        raise _FailedError(self._end_of(child))

    def _end_of(self, child: _Child) -> RefusedError:
        """What it says about a file that its reader ended before it was done."""
        code = child.process.wait()
        if child.is_out_of_time:
            return NotNowError(
                "took_too_long",
                f"Reading the {self.what} was stopped after {WALL_SECONDS} seconds. The next run "
                "tries again; if that ends in the same way, see what keeps this computer busy.",
            )
        if code == EXIT_TOO_LARGE:
            return self._too_large()
        name = signal.Signals(-code).name if -code in set(signal.Signals) else ""
        if name == "SIGXCPU" or code == EXIT_TOOK_TOO_LONG:
            return RefusedError(
                "took_too_long",
                f"Reading the {self.what} took more than {CPU_SECONDS} seconds of computing and "
                f"was stopped. {self.way_out}",
            )
        if name in _ENDED_FROM_OUTSIDE or (sys.platform == "win32" and code == _ENDED_ON_WINDOWS):
            return _not_now("The process that read it was ended by somebody or by the system.")
        if code == EXIT_FAILED or 0 <= code < _BROKE_ON_WINDOWS:
            return RefusedError(
                "reader_failed",
                f"Lucid failed on this {self.what}. The other files are read. Please report it. "
                f"{self.way_out}",
            )
        return self._too_large()

    def _too_large(self) -> RefusedError:
        return RefusedError(
            "too_large",
            f"The {self.what} needs far more memory than a list does, and reading it was stopped. "
            f"{self.way_out}",
        )


def _not_now(message: str) -> NotNowError:
    return NotNowError("not_read_now", f"{message} The next run tries again.")
