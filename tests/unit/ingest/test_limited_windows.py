"""Reading within limits where the system has none for a process, as on Windows."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from lucid_orchestration.ingest.limited import reader, serve
from lucid_orchestration.ingest.limited.reader import LimitedReader
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError


@pytest.fixture
def files() -> Iterator[LimitedReader]:
    found = LimitedReader("tests.windows_child", "thing", "Do it again.", most_bytes=5_000_000)
    yield found
    found.release()


def refusal(files: LimitedReader, *arguments: str) -> tuple[str, bool]:
    with pytest.raises(RefusedError) as caught:
        files.lines(*arguments)
    return caught.value.reason, isinstance(caught.value, NotNowError)


def test_memory_is_watched(files: LimitedReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MEMORY_BYTES", 300_000_000)
    assert refusal(files, "memory") == ("too_large", False)
    assert files.lines("next")[0] == b"line of next"


def test_computing_is_watched_for_each_file(
    files: LimitedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "CPU_SECONDS", 1)
    assert refusal(files, "compute") == ("took_too_long", False)
    assert files.lines("next")[0] == b"line of next"


def test_what_fails_in_reading_is_told_apart_from_what_was_ended(
    files: LimitedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert refusal(files, "fail") == ("reader_failed", False)
    assert refusal(files, "exit", "1") == ("not_read_now", True)  # as its task manager ends it


class Ended:
    """A process that ended with a code that only Windows has."""

    def __init__(self, code: int) -> None:
        self.code = code

    def wait(self) -> int:
        return self.code


def test_a_process_that_broke_is_not_one_that_was_ended(files: LimitedReader) -> None:
    process: Any = Ended(0xC0000005)
    child = reader._Child(process)
    assert files._end_of(child).reason == "too_large"


def test_the_system_limits_where_it_can() -> None:
    kind = serve.Watched if sys.platform == "win32" else serve.Enforced
    assert isinstance(serve.limits_of_system(), kind)


def test_there_is_no_resource_in_the_child() -> None:
    code = (
        "import tests.windows_child\n"
        "from lucid_orchestration.ingest.limited import serve\n"
        "assert isinstance(serve.limits_of_system(), serve.Watched)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
