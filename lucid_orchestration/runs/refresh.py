"""One run from the inbox to the report; does nothing when nothing changed."""

import gc
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import LucidError, ProcessingFailedError, sentence
from lucid_orchestration.ingest.inbox import list_inbox
from lucid_orchestration.ingest.inbox_changes import copy_file
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.damage import has_run, set_damaged_history_aside
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.logs import note, note_failure, noted
from lucid_orchestration.runs.long_paths import require_room
from lucid_orchestration.runs.own_project import require_current
from lucid_orchestration.runs.steps import STEPS, Step, StepRun, read_inbox, run_step
from lucid_orchestration.settings import PROJECT_DIR, Settings, project_dir
from lucid_orchestration.storage import write_text
from lucid_orchestration.version import VERSION
from lucid_orchestration.warehouse.gathering import require_together
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.publishing import publish_insights
from lucid_orchestration.warehouse.snapshots import Snapshot, open_snapshot

# So many objects a run may make before Python looks for cycles among them.
_NEW_OBJECTS = 20_000
EXAMPLE_SHOP = PROJECT_DIR / "examples" / "sample-shop"


@dataclass(frozen=True)
class RejectReason:
    """Rows of one dataset that were not used for one reason."""

    dataset_id: str
    reason: str
    message: str
    row_count: int


@dataclass(frozen=True)
class RunSummary:
    """What a run did and found.

    `files` are rows of `quality.source_files`, `insights` rows of `active_insights`, best first.
    """

    steps: tuple[StepRun, ...]
    files: tuple[dict[str, Any], ...]
    rejects: tuple[RejectReason, ...]
    insights: tuple[dict[str, Any], ...]
    currencies: Mapping[str, str]
    reports: tuple[Path, ...]
    copied_example: Path | None
    seconds: float

    @property
    def was_current(self) -> bool:
        """Whether there was nothing to do."""
        return all(step.was_current for step in self.steps)

    @property
    def rows_accepted(self) -> int:
        """Rows used, over all files."""
        return sum(file["rows_accepted"] or 0 for file in self.files)

    @property
    def rows_rejected(self) -> int:
        """Rows refused with a reason, over all files."""
        return sum(file["rows_rejected"] or 0 for file in self.files)


@contextmanager
def _garbage_looked_for_rarely() -> Iterator[None]:
    """Let a run make its objects, most of which stay until it ends, without counting them.

    Python looks for cycles after every 700 new objects. Over those of dbt and of the chart library
    this took a twelfth of a run's CPU; the memory at its highest is the same without.
    """
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def refresh(
    paths: Settings,
    full: bool = False,
    progress: Progress | None = None,
    read: Callable[[Settings, bool, Progress], None] | None = None,
    steps: Sequence[Step] | None = None,
    job_id: str | None = None,
) -> RunSummary:
    """Read the inbox and bring marts, insights, texts and pages up to date with it.

    `full` makes everything again, also where nothing changed; `progress` gets a line per thing
    done. `read` and `steps` are the real ones unless given, `job_id` is the run's name where it
    has one already.

    Raises:
        ProcessingFailedError: when a step breaks; what the last good run wrote stays in place.
        ConflictError: where shops are run one by one, and these are all of them.
        UnprocessableError: when the project is edited, and for another version of Lucid; when
            Windows would not take the paths of what is to be written.
    """
    require_current(project_dir())
    require_together(paths)
    require_room(paths.data_dir)
    tell = progress or silent
    started = time.monotonic()
    with _garbage_looked_for_rarely(), run_lock(paths, tell):
        copied = _copy_example(paths, tell)
        set_damaged_history_aside(paths, tell)
        job_id = history.start_job(paths, "full refresh" if full else "refresh", job_id)
        tell = noted(paths, job_id, tell)
        note(paths, job_id, "run_started", lucid=VERSION, full=full)
        try:
            tell("Reading the inbox")
            (read or read_inbox)(paths, full, tell)
            done = tuple(
                run_step(paths, step, full, tell) for step in (STEPS if steps is None else steps)
            )
            publish_insights(paths)
            history.complete_analytics_cache(paths, stamps.model_code_digest)
        except LucidError as error:
            _note_failure(paths, job_id, str(error), error)
            raise
        except OSError as error:
            _note_failure(paths, job_id, sentence(error), error)
            raise ProcessingFailedError(f"The run stopped. {sentence(error)}") from error
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            _note_failure(paths, job_id, message, error)
            details = paths.state / "last_error.txt"
            raise ProcessingFailedError(
                f"The run stopped. {message}\nDetails: {details}"
            ) from error
        with open_snapshot(paths) as snapshot:
            summary = summary_of(
                snapshot, done, pages_in(paths.reports), time.monotonic() - started, copied
            )
        result = _job_result(summary)
        history.finish_job(paths, job_id, result)
        for step in done:
            note(
                paths,
                job_id,
                "step_finished",
                stage=step.stage,
                was_current=step.was_current,
                seconds=round(step.seconds, 3),
            )
        note(paths, job_id, "run_finished", result.message, seconds=round(summary.seconds, 3))
        return summary


def pages_in(reports: Path) -> tuple[Path, ...]:
    """The pages of a folder, by name."""
    return tuple(sorted(reports.glob("*.html")))


def summary_of(
    snapshot: Snapshot,
    steps: tuple[StepRun, ...],
    reports: tuple[Path, ...],
    seconds: float,
    copied_example: Path | None = None,
) -> RunSummary:
    """What a snapshot holds, as the end of a run that made it."""
    active = snapshot.insights / "active_insights.parquet"
    return RunSummary(
        steps=steps,
        files=source_files(snapshot.quality),
        rejects=reject_reasons(snapshot.quality),
        insights=tuple(select_rows(active, {}, ("dataset_id", "rank asc"))),
        currencies={
            row["dataset_id"]: row["currency"]
            for row in select_rows(snapshot.marts / "datasets.parquet", {})
        },
        reports=reports,
        copied_example=copied_example,
        seconds=seconds,
    )


def _note_failure(paths: Settings, job_id: str, message: str, error: Exception) -> None:
    """Write down how a run failed, unless that is what cannot be written."""
    note_failure(paths, job_id, message, error)
    with suppress(OSError):
        if not isinstance(error, LucidError):
            details = "".join(traceback.format_exception(error))
            write_text(paths.state / "last_error.txt", details)
        history.finish_job(paths, job_id, history.JobResult("failed", message))


def source_files(quality: Path) -> tuple[dict[str, Any], ...]:
    """Every file of the inbox, used or not: rows of `quality.source_files`."""
    path = quality / "source_files.parquet"
    return tuple(select_rows(path, {}, ("dataset_id", "file_name")))


def reject_reasons(quality: Path) -> tuple[RejectReason, ...]:
    """Why rows were not used, most rows first."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in select_rows(quality / "rejected_rows.parquet", {}):
        key = (row["dataset_id"], row["reason"], row["message"])
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(RejectReason(*key, row_count=count) for key, count in ordered)


def _copy_example(paths: Settings, progress: Progress) -> Path | None:
    """Give a first run something to show; an inbox emptied later stays empty."""
    if (
        paths.dataset is not None
        or has_run(paths)
        or list_inbox(paths.inbox, paths.state / "inbox_digests.json")
    ):
        return None
    target = copy_example(paths)
    if not target.is_dir():
        return None
    progress(f"The inbox is empty, so an invented shop was put there: {target}")
    return target


def copy_example(paths: Settings) -> Path:
    """Put the invented shop into the inbox; its folder there."""
    target = paths.inbox / EXAMPLE_SHOP.name
    for file in sorted(path for path in EXAMPLE_SHOP.rglob("*") if path.is_file()):
        copy_file(file, target / file.relative_to(EXAMPLE_SHOP))
    return target


def _job_result(summary: RunSummary) -> history.JobResult:
    return history.JobResult(
        status="unchanged" if summary.was_current else "succeeded",
        message="Nothing changed." if summary.was_current else "Everything is up to date.",
        files=len(summary.files),
        rows_accepted=summary.rows_accepted,
        rows_rejected=summary.rows_rejected,
    )
