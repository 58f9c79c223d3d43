"""Reads one PDF in a process of its own: `python -m lucid_orchestration.ingest.pdf.child FILE 30`.

A PDF of 2 KB can take all memory and all day. Limits on a whole process hold where checks inside
a parser cannot reach. Whoever starts it says how many seconds it may compute, and adds a limit on
the time of the clock for one that waits.
"""

import logging
import sys
from contextlib import suppress
from pathlib import Path

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import read_pages
from lucid_orchestration.ingest.pdf.wire import ANSWER, MAX_ANSWER_BYTES, Answer

MAX_MEMORY_BYTES = 1_000_000_000
_TOO_LARGE = Answer(None, "too_large", "The PDF needs far more memory than bills do.")


def main(path: Path, cpu_seconds: int) -> None:
    """Write the answer for a file to stdout."""
    limit_process(cpu_seconds)
    # a broken file makes thousands of warnings
    logging.disable(logging.CRITICAL)
    try:
        content = ANSWER.dump_json(_answer(path))
    except MemoryError:
        content = ANSWER.dump_json(_TOO_LARGE)
    if len(content) > MAX_ANSWER_BYTES:
        content = ANSWER.dump_json(_TOO_LARGE)
    sys.stdout.buffer.write(content)


def limit_process(cpu_seconds: int) -> None:
    """Limit memory, computing and written files, where the system offers it."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, limit, last in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES, MAX_MEMORY_BYTES),
        # the first limit ends the process with a signal that says so, the last one with any
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        # macOS knows the limit on memory by name only
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, last))


def _answer(path: Path) -> Answer:
    try:
        return Answer(read_documents(read_pages(path)))
    except RefusedError as refusal:
        return Answer(None, refusal.reason, refusal.message)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
