"""A reader for tests that does to its process what hostile files do: told by its arguments."""

import errno
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError

calls = 0
held: list[bytes] = []


def read(what: str, detail: str = "") -> Iterator[str]:
    global calls
    calls += 1
    if what == "spoilt" and calls > 1:
        os.kill(os.getpid(), signal.SIGSEGV)
    yield f"line of {what}"
    if what == "refuse":
        raise RefusedError("corrupt_file", detail)
    if what == "wait for better times":
        raise NotNowError("not_read_now", detail)
    if what == "full disk":
        raise OSError(errno.ENOSPC, "No space left on device")
    if what == "fail":
        raise ValueError
    if what == "memory":
        yield str(len([b"\1" * 10_000_000 for _ in range(1000)]))
    if what == "hold":
        held.append(b"\1" * int(detail))
    if what == "compute":
        while True:
            pass
    if what == "sleep":
        time.sleep(600)
    if what == "signal":
        os.kill(os.getpid(), signal.Signals[detail])
    if what == "exit":
        os._exit(int(detail))
    if what == "flood":
        while True:
            yield "x" * 100_000
    if what == "write":
        Path(detail).write_bytes(b"x")
    if what == "print":
        print("= no answer", flush=True)
    yield f"{calls} {sys.version_info.major} नमस्ते"


if __name__ == "__main__":
    serve(read)
