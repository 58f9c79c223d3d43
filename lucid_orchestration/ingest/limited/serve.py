"""The child's side: reads one file after the other for its parent, within limits.

A file of 2 KB can take all memory and all day. Limits on a whole process hold where checks inside
a parser cannot reach. A request is a line of JSON, the texts to call the reader with; the answer
is the reader's lines, each behind a mark, and a line that says how it ended.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import ModuleType

from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError, cannot_be_read_now

READY = b"ready"
LINE = b"="
REFUSED = b"!"
NOT_NOW = b"?"
TOO_LARGE = b"#"
DONE = b"."
# How a child ends that sees for itself that it takes too much memory.
EXIT_TOO_LARGE = 70
_LOOKS_PER_SECOND = 20

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
    limits = _resource()
    if limits is not None:
        _limit_process(limits, memory_bytes)
    answers.write(READY + b"\n")
    answers.flush()
    for request in sys.stdin.buffer:
        if limits is not None:
            _limit_computing(limits, cpu_seconds)
        for answer in _answers(read, json.loads(request)):
            answers.write(answer + b"\n")
        answers.flush()


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


def _resource() -> ModuleType | None:
    """The system's limits on a process; None where it has none (Windows)."""
    try:
        import resource
    except ImportError:
        return None
    return resource


def _limit_process(limits: ModuleType, memory_bytes: int) -> None:
    """Limit memory, and forbid to write files."""
    for kind, limit in (
        (limits.RLIMIT_AS, memory_bytes),
        (limits.RLIMIT_FSIZE, 0),
        (limits.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            limits.setrlimit(kind, (limit, limit))
    if sys.platform == "darwin":
        # it knows the limit on memory by name only
        watch = threading.Thread(target=_watch_memory, args=[limits, memory_bytes], daemon=True)
        watch.start()


def _watch_memory(limits: ModuleType, memory_bytes: int) -> None:
    while limits.getrusage(limits.RUSAGE_SELF).ru_maxrss < memory_bytes:
        time.sleep(1 / _LOOKS_PER_SECOND)
    os._exit(EXIT_TOO_LARGE)


def _limit_computing(limits: ModuleType, cpu_seconds: int) -> None:
    """Let the next file compute for so long; then the system ends this process by a signal."""
    used = limits.getrusage(limits.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_seconds
    with suppress(ValueError, OSError):
        limits.setrlimit(limits.RLIMIT_CPU, (soft, limits.getrlimit(limits.RLIMIT_CPU)[1]))
