"""One run from the inbox to the report; does nothing when nothing changed.

What is heavy (dbt, the chart engine) is imported by the step that needs it: a run that finds
everything up to date never loads it.
"""

import os
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from lucid_orchestration import digests
from lucid_orchestration.errors import (
    BadRequestError,
    LucidError,
    NotFoundError,
    ProcessingFailedError,
)
from lucid_orchestration.ingest.inbox import list_inbox
from lucid_orchestration.ingest.inbox_changes import copy_file
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.settings import PROJECT_DIR, AiSettings, Settings, ai_settings
from lucid_orchestration.storage import write_text
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.presentation import presentations_digest

if TYPE_CHECKING:
    from lucid_orchestration.explain.pipeline import ExplainRun, Preview, Selection

EXAMPLE_SHOP = PROJECT_DIR / "examples" / "sample-shop"
LOCK_WAIT_SECONDS = 3600.0

Report = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One stage: what it depends on, what it does, and the files it has written when it is done."""

    stage: Stage
    title: str
    inputs: Callable[[Settings], str]
    work: Callable[[Settings, bool, Report], Sequence[Path]]


@dataclass(frozen=True)
class StepRun:
    """What happened to one step; `seconds` is wall-clock time."""

    stage: Stage
    was_current: bool
    seconds: float


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


def refresh(
    paths: Settings,
    full: bool = False,
    report: Report | None = None,
    read: Callable[[Settings, bool, Report], None] | None = None,
    steps: Sequence[Step] | None = None,
) -> RunSummary:
    """Read the inbox and bring marts, insights, texts and pages up to date with it.

    `full` makes everything again, also where nothing changed; `report` gets a line per thing done.
    `read` and `steps` are the real ones unless given.

    Raises:
        ProcessingFailedError: when a step breaks; what the last good run wrote stays in place.
    """
    tell = report or _say_nothing
    started = time.monotonic()
    with run_lock(paths, tell):
        copied = _copy_example(paths, tell)
        job_id = history.start_job(paths, "full refresh" if full else "refresh")
        try:
            tell("Reading the inbox")
            (read or read_inbox)(paths, full, tell)
            done = tuple(
                run_step(paths, step, full, tell) for step in (STEPS if steps is None else steps)
            )
        except LucidError as error:
            history.finish_job(paths, job_id, history.JobResult("failed", str(error)))
            raise
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            history.finish_job(paths, job_id, history.JobResult("failed", message))
            details = paths.state / "last_error.txt"
            write_text(details, traceback.format_exc())
            raise ProcessingFailedError(
                f"The run stopped. {message}\nDetails: {details}"
            ) from error
        summary = RunSummary(
            steps=done,
            files=source_files(paths),
            rejects=reject_reasons(paths),
            insights=tuple(
                select_rows(
                    paths.insights / "active_insights.parquet", {}, ("dataset_id", "rank asc")
                )
            ),
            currencies={
                row["dataset_id"]: row["currency"]
                for row in select_rows(paths.marts / "datasets.parquet", {})
            },
            reports=tuple(sorted(paths.reports.glob("*.html"))),
            copied_example=copied,
            seconds=time.monotonic() - started,
        )
        history.finish_job(paths, job_id, _job_result(summary))
        return summary


def run_step(paths: Settings, step: Step, full: bool, report: Report) -> StepRun:
    """Run one step unless it is current, and stamp it after its last file."""
    started = time.monotonic()
    inputs = step.inputs(paths)
    if not full and stamps.is_current(paths, step.stage, inputs):
        return StepRun(step.stage, True, time.monotonic() - started)
    report(step.title)
    stamps.forget(paths, step.stage)
    outputs = step.work(paths, full, report)
    stamps.remember(paths, step.stage, inputs, outputs)
    return StepRun(step.stage, False, time.monotonic() - started)


def step_of(stage: Stage) -> Step:
    """The step that makes a stage."""
    return next(step for step in STEPS if step.stage is stage)


@contextmanager
def run_lock(paths: Settings, report: Report, timeout: float = LOCK_WAIT_SECONDS) -> Iterator[None]:
    """Hold the one lock that whoever changes results takes; wait for it, saying who has it.

    Raises:
        ProcessingFailedError: when another process still has it after `timeout` seconds.
    """
    paths.state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.state / "run.lock")
    # Beside the lock: some systems do not let others read a locked file.
    holder = paths.state / "run.lock.holder"
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(f"Another run is at work on this data ({_holder(holder)}); waiting for it.")
        try:
            lock.acquire(timeout=timeout, poll_interval=0.5)
        except Timeout:
            raise ProcessingFailedError(
                f"Another run ({_holder(holder)}) is still at work. Let it finish, or end it."
            ) from None
    try:
        write_text(holder, f"process {os.getpid()}\n")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def read_inbox(paths: Settings, full: bool, report: Report) -> None:
    """Land what changed in the inbox as raw Parquet; `full` reads every file again."""
    from lucid_orchestration.ingest.landing import ingest

    if full:
        # a file counts as read while it has its part here
        for part in (paths.raw / "raw_source_files").glob("[!_]*.parquet"):
            part.unlink()
    ingest(paths.inbox, paths.raw, paths.state, progress=report)


def build_warehouse(paths: Settings, full: bool, report: Report) -> Sequence[Path]:
    """Build marts and quality tables, and write down when each mart was computed."""
    from lucid_orchestration.warehouse.build import build, output_files

    build(paths, full=full, progress=report)
    history.write_analytics_cache(paths, stamps.model_code_digest())
    return output_files(paths)


def source_files(paths: Settings) -> tuple[dict[str, Any], ...]:
    """Every file of the inbox, used or not: rows of `quality.source_files`."""
    path = paths.quality / "source_files.parquet"
    return tuple(select_rows(path, {}, ("dataset_id", "file_name")))


def reject_reasons(paths: Settings) -> tuple[RejectReason, ...]:
    """Why rows were not used, most rows first."""
    counts: dict[tuple[str, str, str], int] = {}
    for row in select_rows(paths.quality / "rejected_rows.parquet", {}):
        key = (row["dataset_id"], row["reason"], row["message"])
        counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(RejectReason(*key, row_count=count) for key, count in ordered)


def _copy_example(paths: Settings, report: Report) -> Path | None:
    """Give a first run something to show; an inbox emptied later stays empty."""
    if history.read_jobs(paths) or list_inbox(paths.inbox, paths.state / "inbox_digests.json"):
        return None
    target = paths.inbox / EXAMPLE_SHOP.name
    files = sorted(path for path in EXAMPLE_SHOP.rglob("*") if path.is_file())
    if not files:
        return None
    for file in files:
        copy_file(file, target / file.relative_to(EXAMPLE_SHOP))
    report(f"The inbox is empty, so an invented shop was put there: {target}")
    return target


def _holder(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return "just starting or ending"


def _job_result(summary: RunSummary) -> history.JobResult:
    return history.JobResult(
        status="unchanged" if summary.was_current else "succeeded",
        message="Nothing changed." if summary.was_current else "Everything is up to date.",
        files=len(summary.files),
        rows_accepted=summary.rows_accepted,
        rows_rejected=summary.rows_rejected,
    )


def _say_nothing(_: str) -> None:
    return


def find_insights(paths: Settings, full: bool, report: Report) -> Sequence[Path]:
    """Evaluate the rules; one that is broken is told and left out."""
    from lucid_orchestration.insights.pipeline import evaluate
    from lucid_orchestration.insights.tables import EVALUATED_TABLES, table_file

    found = evaluate(paths.marts, paths.quality, paths.insights, inbox=paths.inbox)
    for problem in found.problems:
        report(problem.sentence)
    return [table_file(paths.insights, name) for name in EVALUATED_TABLES]


def word_insights(paths: Settings, full: bool, report: Report) -> Sequence[Path]:
    """Write a text for every active insight and every dataset; no provider is an error here."""
    from lucid_orchestration.explain.pipeline import explain

    explain(paths, _usable_ai_settings(report), report)
    return [explanations_file(paths)]


def write_pages(paths: Settings, full: bool, report: Report) -> Sequence[Path]:
    """Write a page per dataset."""
    from lucid_orchestration.report.page import render_reports

    return render_reports(paths.marts, paths.quality, paths.insights, paths.reports)


def explain_insights(
    paths: Settings, ai: AiSettings, selection: "Selection", report: Report
) -> "tuple[list[dict[str, Any]], ExplainRun | None]":
    """The texts of a selection, and what wording them took if that was tried.

    Without a provider the texts are the ones that are there, brought up to date if need be. With
    one they are worded now and kept; a demonstration keeps nothing.

    Raises:
        NotFoundError: before the first run.
    """
    from lucid_orchestration.explain.pipeline import DEMO, explain

    _require_insights(paths)
    with run_lock(paths, report):
        if ai.provider == "none":
            run_step(paths, step_of(Stage.EXPLAIN), full=False, report=report)
            rows = select_rows(explanations_file(paths), {}, ("kind desc", "insight_id"))
            known = {row["insight_id"] for row in rows}
            if not known.issuperset(selection.insight_ids):
                rows += explain(paths, ai, _say_nothing, selection, keep=False).rows
            return _selected(rows, selection), None
        keep = ai.provider != DEMO
        if keep:
            stamps.forget(paths, Stage.EXPLAIN)
        run = explain(paths, ai, report, selection, keep=keep)
        if keep:
            stamps.remember(paths, Stage.EXPLAIN, _text_inputs(paths), [explanations_file(paths)])
        return _selected(run.rows, selection), run


def _selected(rows: Iterable[dict[str, Any]], selection: "Selection") -> list[dict[str, Any]]:
    """The rows of a selection, each text once."""
    chosen = {
        row["insight_id"]: row
        for row in rows
        if row["dataset_id"] == selection.dataset_id
        and (not selection.insight_ids or row["insight_id"] in selection.insight_ids)
    }
    return list(chosen.values())


def preview_explanations(
    paths: Settings, ai: AiSettings, selection: "Selection"
) -> "list[Preview]":
    """What would be sent for a selection; nothing is.

    Raises:
        NotFoundError: before the first run.
        ProviderUnavailableError: when the provider's library is not installed.
    """
    from lucid_orchestration.explain.pipeline import preview

    _require_insights(paths)
    return preview(paths, ai, selection)


def explanations_file(paths: Settings) -> Path:
    """Where `ai_explanations` is kept."""
    return paths.insights / "ai_explanations.parquet"


def _require_insights(paths: Settings) -> None:
    if not (paths.insights / "active_insights.parquet").exists():
        raise NotFoundError("There are no insights yet. Run `lucid run` first.")


def _usable_ai_settings(report: Report) -> AiSettings:
    """What the environment says; templates when it says nothing sensible."""
    try:
        return ai_settings()
    except BadRequestError as error:
        report(f"{error} Texts are written from templates.")
        return AiSettings()


def _insight_inputs(paths: Settings) -> str:
    from lucid_orchestration.insights.parameters import shop_files

    limits = {
        path.relative_to(paths.inbox).as_posix(): digests.file_digest(path)
        for path in shop_files(paths.inbox)
    }
    return stamps.later_inputs(paths, [Stage.BUILD], limits=digests.combined_digest(limits))


def _text_inputs(paths: Settings) -> str:
    ai = _usable_ai_settings(_say_nothing)
    said = {f"ai/{name}": str(value) for name, value in asdict(ai).items() if name != "key"}
    return stamps.later_inputs(
        paths, [Stage.BUILD, Stage.INSIGHTS], **said, has_key=str(bool(ai.key))
    )


def _page_inputs(paths: Settings) -> str:
    drawing = digests.versions("altair", "vl-convert-python")
    return stamps.later_inputs(
        paths,
        [Stage.BUILD, Stage.INSIGHTS, Stage.EXPLAIN],
        shown=presentations_digest(),
        **drawing,
    )


STEPS: tuple[Step, ...] = (
    Step(Stage.BUILD, "Building the answers", stamps.build_inputs, build_warehouse),
    Step(Stage.INSIGHTS, "Looking for insights", _insight_inputs, find_insights),
    Step(Stage.EXPLAIN, "Putting insights into words", _text_inputs, word_insights),
    Step(Stage.REPORT, "Writing the reports", _page_inputs, write_pages),
)
