"""What runs did, as lines of JSON in data/logs: for whoever has to find out why one went wrong."""

import json
import logging
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from lucid_orchestration.progress import Progress
from lucid_orchestration.settings import PACKAGE_DIR, Settings

MOST_BYTES = 1_000_000
KEPT_FILES = 5

Level = Literal["info", "error"]


def log_file(paths: Settings) -> Path:
    """The newest lines; older ones are in files beside it, with .1, .2 … behind the name."""
    return paths.logs / "lucid.jsonl"


def log_files(paths: Settings) -> tuple[Path, ...]:
    """All files of lines, the oldest first."""
    names = [f"{log_file(paths).name}.{number}" for number in range(KEPT_FILES, 0, -1)]
    files = [*(paths.logs / name for name in names), log_file(paths)]
    return tuple(file for file in files if file.is_file())


def note(
    paths: Settings, run: str, event: str, message: str = "", level: Level = "info", **facts: Any
) -> None:
    """Write one line: when, which run, what happened, in words, and what is known of it.

    A line that cannot be written is left out: the run says for itself what keeps it from writing.
    """
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "run": run,
        "level": level,
        "event": event,
        **({"message": message} if message else {}),
        **facts,
    }
    text = json.dumps(line, ensure_ascii=True, default=str)
    record = logging.LogRecord("lucid", logging.INFO, "", 0, text, None, None)
    with suppress(OSError):
        paths.logs.mkdir(parents=True, exist_ok=True)
        _write(
            _Rotating(
                log_file(paths),
                maxBytes=MOST_BYTES,
                backupCount=KEPT_FILES,
                encoding="utf-8",
                delay=True,
            ),
            record,
        )


def note_failure(paths: Settings, run: str, message: str, error: BaseException | None) -> None:
    """Write how a run failed: in words, and by which error at which places of Lucid's own code."""
    kind, places = ("", []) if error is None else (type(error).__name__, frames(error))
    note(paths, run, "run_failed", message, "error", error=kind, frames=places)


def noted(paths: Settings, run: str, tell: Progress) -> Progress:
    """What tells of progress, with a line for each thing told."""

    def tell_and_note(line: str) -> None:
        note(paths, run, "progress", line)
        tell(line)

    return tell_and_note


def frames(error: BaseException) -> list[str]:
    """Where an error came from, as places in Lucid's own code: nothing of what it was about."""
    return [
        f"{Path(frame.filename).relative_to(PACKAGE_DIR).as_posix()}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(PACKAGE_DIR)
    ]


class _Rotating(RotatingFileHandler):
    """The library's; where a file cannot be renamed, as on Windows while it is read, it goes on."""

    def doRollover(self) -> None:  # noqa: N802  the library's name
        try:
            super().doRollover()
        except PermissionError:
            self.stream = self._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the library's name
        """Leave the line out."""


def _write(handler: logging.Handler, record: logging.LogRecord) -> None:
    try:
        handler.emit(record)
    finally:
        handler.close()
