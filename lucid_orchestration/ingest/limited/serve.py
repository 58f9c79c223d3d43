"""The child's side: reads one file after the other for its parent, within limits.

A file of 2 KB can take all memory and all day. Limits on a whole process hold where checks inside
a parser cannot reach. A request is a line of JSON, the texts to call the reader with; the answer
is the reader's lines, each behind a mark, and a line that says how it ended.
"""

import json
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType
from typing import Protocol

from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError, cannot_be_read_now

READY = b"ready"
LINE = b"="
REFUSED = b"!"
NOT_NOW = b"?"
TOO_LARGE = b"#"
DONE = b"."
# How a child ends by itself. A code of its own for what went wrong in reading: 1 is also what
# Windows gives a process that somebody else ended.
EXIT_TOO_LARGE = 70
EXIT_TOOK_TOO_LONG = 71
EXIT_FAILED = 72
_LOOKS_PER_SECOND = 20
# A process that still holds more than this part of its memory after a file does not wait for the
# next: several that wait would hold more than one may.
_MOST_HELD_WAITING = 0.25

Reader = Callable[..., Iterator[str]]


def serve(read: Reader) -> None:
    """Answer the requests of the parent until it says no more.

    `read` yields lines of text without a line end. The command line names the bytes of memory, and
    the seconds each file may be computed for.
    """
    memory_bytes, cpu_seconds = map(int, sys.argv[1:3])
    # a parent that ignores the wish to end hands that on
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # a broken file makes thousands of warnings
    logging.disable(logging.CRITICAL)
    answers = os.fdopen(os.dup(1), "wb")
    # what a library prints is no answer
    os.dup2(2, 1)
    limits = limits_of_system()
    limits.limit_process(memory_bytes)
    answers.write(READY + b"\n")
    answers.flush()
    try:
        for request in sys.stdin.buffer:
            limits.limit_computing(cpu_seconds)
            for answer in _answers(read, json.loads(request)):
                answers.write(answer + b"\n")
            answers.flush()
            if _held_bytes() > memory_bytes * _MOST_HELD_WAITING:
                return
    except Exception:
        os._exit(EXIT_FAILED)


def _held_bytes() -> int:
    """What this process holds in the machine's memory now."""
    import psutil  # nobody waits for it: the answer is out

    return int(psutil.Process().memory_info().rss)


def _answers(read: Reader, arguments: list[str]) -> Iterator[bytes]:
    try:
        for line in read(*arguments):
            yield LINE + line.encode()
    except NotNowError as refusal:
        yield NOT_NOW + json.dumps([refusal.reason, refusal.message]).encode()
    except RefusedError as refusal:
        yield REFUSED + json.dumps([refusal.reason, refusal.message]).encode()
    except MemoryError:
        yield TOO_LARGE
    except OSError as error:
        not_now = cannot_be_read_now(error)
        if not_now is None:
            raise
        yield NOT_NOW + json.dumps([not_now.reason, not_now.message]).encode()
    else:
        yield DONE


class Limits(Protocol):
    """What keeps a process within bounds."""

    def limit_process(self, memory_bytes: int) -> None:
        """Limit the memory of this process."""

    def limit_computing(self, cpu_seconds: int) -> None:
        """Let the next file compute for so long; then this process ends."""


def limits_of_system() -> Limits:
    """The system's own limits on a process; where it has none (Windows), a watch."""
    try:
        import resource
    except ImportError:
        return Watched()
    return Enforced(resource)


class Enforced:
    """Limits that the system enforces."""

    def __init__(self, resource: ModuleType) -> None:
        self._resource = resource

    def limit_process(self, memory_bytes: int) -> None:
        """Limit memory, and forbid to write files."""
        for kind, limit in (
            (self._resource.RLIMIT_AS, memory_bytes),
            (self._resource.RLIMIT_FSIZE, 0),
            (self._resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                self._resource.setrlimit(kind, (limit, limit))
        if sys.platform == "darwin":
            # it knows the limit on memory by name only
            Watched().limit_process(memory_bytes)

    def limit_computing(self, cpu_seconds: int) -> None:
        """Let the next file compute for so long; then the system ends this process by a signal."""
        used = self._resource.getrusage(self._resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
        with suppress(ValueError, OSError):
            hard = self._resource.getrlimit(self._resource.RLIMIT_CPU)[1]
            self._resource.setrlimit(self._resource.RLIMIT_CPU, (soft, hard))


class Watched:
    """Limits that a thread of this process looks after, several times a second."""

    def __init__(self) -> None:
        self._memory_bytes = 0
        self._ends_at = math.inf

    def limit_process(self, memory_bytes: int) -> None:
        """Limit the memory of this process: what it holds in the machine's."""
        self._memory_bytes = memory_bytes
        threading.Thread(target=self._watch, daemon=True).start()

    def limit_computing(self, cpu_seconds: int) -> None:
        """Let the next file compute for so long; then this process ends itself."""
        self._ends_at = time.process_time() + cpu_seconds

    def _watch(self) -> None:
        import psutil  # where the system limits, no child waits for it

        process = psutil.Process()
        while True:
            if process.memory_info().rss > self._memory_bytes:
                os._exit(EXIT_TOO_LARGE)
            if time.process_time() > self._ends_at:
                os._exit(EXIT_TOOK_TOO_LONG)
            time.sleep(1 / _LOOKS_PER_SECOND)
