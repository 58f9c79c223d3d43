"""The process in which runs happen: dbt is loaded once, jobs are done as `lucid run` does them.

It is told what to do by lines of JSON on its input and tells how far it is by lines on its output.
When its input ends, the service is gone: it finishes what it has begun and ends.
"""

import ctypes
import gc
import json
import os
import queue
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from lucid_orchestration.errors import FAILURES, LucidError, ProcessingFailedError
from lucid_orchestration.settings import Settings, model_names, settings
from lucid_orchestration.warehouse.build import LAYERS
from lucid_orchestration.warehouse.project import load, stay_loaded

IDLE_SECONDS = 600.0
READING = "Reading the inbox"
_MODEL = re.compile(r"(\w+) \(\d+\.\d s\)")


Tell = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Entry point: `python -m lucid_orchestration.desk.worker [seconds it may be idle]`."""
    # what libraries print is no answer: the line to the service is a file of its own
    line = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(content: Mapping[str, Any]) -> None:
        try:
            line.write(json.dumps(content) + "\n")
            line.flush()
        except BrokenPipeError:
            # nobody listens any more; what is begun is still finished
            os.dup2(os.open(os.devnull, os.O_WRONLY), line.fileno())

    paths = settings()
    idle = float(sys.argv[1]) if len(sys.argv) > 1 else IDLE_SECONDS
    for order in orders(idle, lambda: warm(paths)):
        tell(done(paths, order, tell))
        give_back_memory()


def give_back_memory() -> None:
    """Let the system have what a run needed and nobody needs now; where it can be told so."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def orders(idle: float, when_free: Callable[[], None]) -> Iterator[Mapping[str, Any]]:
    """One order after the other, until the input ends or nothing came for so many seconds.

    `when_free` is done once, as soon as no order waits.
    """
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    # without a buffer: the interpreter cannot end while a thread waits in one
    stream = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)  # noqa: SIM115

    def read() -> None:
        for line in iter(stream.readline, b""):
            lines.put(line)
        lines.put(b"")

    threading.Thread(target=read, daemon=True).start()
    if lines.empty():
        when_free()
    while True:
        try:
            line = lines.get(timeout=idle)
        except queue.Empty:
            return
        if not line:
            return
        yield json.loads(line)


def warm(paths: Settings) -> None:
    """Load what every run needs, and read the project's models, before anybody waits for it."""
    stay_loaded()
    load(paths)


def done(paths: Settings, order: Mapping[str, Any], tell: Tell) -> Mapping[str, Any]:
    """Do one job, telling how far it is; what it ended as, whatever happens."""
    told = Progress(str(order["id"]), tell)
    try:
        result = (
            _explained(paths, order, told)
            if order["kind"] == "explanation"
            else _refreshed(paths, order, told)
        )
        return {"id": order["id"], "end": "succeeded", **result}
    except LucidError as error:
        return _failed(order, error)
    except Exception as error:  # a job that breaks must not take the others with it
        return _failed(order, ProcessingFailedError(f"{type(error).__name__}: {error}"))


class Progress:
    """Lines of a run with where it is: which step, and what part of its models is built."""

    def __init__(self, job_id: str, tell: Tell) -> None:
        from lucid_orchestration.runs.steps import STEPS

        self._job_id = job_id
        self._tell = tell
        self._titles = [READING, *(step.title for step in STEPS)]
        self._names = ["read", *(step.stage.value for step in STEPS)]
        self._models = {name for layer in LAYERS for name in model_names(layer)}
        self._built: set[str] = set()
        self._step = 0

    def __call__(self, line: str) -> None:
        if line in self._titles:
            self._step = self._titles.index(line)
        found = _MODEL.fullmatch(line)
        if found and found[1] in self._models:
            self._built.add(found[1])
        is_build = self._names[self._step] == "build"
        self._tell(
            {
                "id": self._job_id,
                "line": line,
                "step": self._names[self._step],
                "part": len(self._built) / len(self._models) if is_build else 0.0,
            }
        )


def _refreshed(paths: Settings, order: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    from lucid_orchestration.runs.by_shop import run

    summary = run(paths, bool(order.get("full")), told, str(order["id"]))
    return {
        "end": "unchanged" if summary.was_current else "succeeded",
        "message": "Nothing changed." if summary.was_current else "Everything is up to date.",
        "files": len(summary.files),
        "rows_accepted": summary.rows_accepted,
        "rows_rejected": summary.rows_rejected,
        "steps": {step.stage.value: step.seconds for step in summary.steps if not step.was_current},
        "seconds": summary.seconds,
    }


def _explained(paths: Settings, order: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    from lucid_orchestration.explain.pipeline import Selection
    from lucid_orchestration.runs.explaining import explain_insights
    from lucid_orchestration.settings import ai_settings

    selection = Selection(str(order["shop"]), (str(order["insight"]),))
    rows, run = explain_insights(paths, ai_settings(), selection, told)
    usage = {} if run is None else {k: v for k, v in asdict(run).items() if k != "rows"}
    row = next((row for row in rows if row["insight_id"] == order["insight"]), None)
    return {
        "message": "The text is there.",
        "text": json.loads(json.dumps(row, default=str)),
        "was_cached": bool(usage.get("cached")) and not usage.get("calls"),
    }


def _failed(order: Mapping[str, Any], error: LucidError) -> dict[str, Any]:
    assert error.kind in FAILURES  # noqa: S101  the table is whole
    return {"id": order["id"], "end": "failed", "message": str(error), "error": error.kind}


if __name__ == "__main__":
    main()
