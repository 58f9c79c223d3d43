"""The steps of a run after reading: what each depends on, what it does, and what it writes.

What is heavy (dbt, the chart engine) is imported by the step that needs it: a run that finds
everything up to date never loads it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lucid_orchestration import digests
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.insights.tables import EVALUATED_TABLES, table_file
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.edits import edited_nodes
from lucid_orchestration.runs.stamps import Stage, Stamp
from lucid_orchestration.settings import AiSettings, Settings, ai_settings
from lucid_orchestration.warehouse.presentation import presentations_digest


@dataclass(frozen=True)
class Task:
    """What a step is to do: with which inputs, and from which stamp of its last good end on.

    `last` is None when there was no good end; `full` asks for everything anew whatever it says.
    """

    paths: Settings
    inputs: Mapping[str, str]
    last: Stamp | None
    full: bool
    progress: Progress


@dataclass(frozen=True)
class Step:
    """One stage: what it depends on, what it does, and the files it has written when it is done."""

    stage: Stage
    title: str
    inputs: Callable[[Settings], Mapping[str, str]]
    work: Callable[[Task], Sequence[Path]]


@dataclass(frozen=True)
class StepRun:
    """What happened to one step; `seconds` is wall-clock time."""

    stage: Stage
    was_current: bool
    seconds: float


def run_step(paths: Settings, step: Step, full: bool, progress: Progress) -> StepRun:
    """Run one step unless it is current, and stamp it after its last file."""
    started = time.monotonic()
    inputs = step.inputs(paths)
    last = stamps.read_stamps(paths).get(step.stage)
    if not full and stamps.is_current(paths, step.stage, last, inputs):
        return StepRun(step.stage, True, time.monotonic() - started)
    for name in stamps.changed_files(paths, last) if last else ():
        progress(f"{name} is missing or not as it was written; it is made again")
    progress(step.title)
    stamps.forget(paths, step.stage)
    outputs = step.work(Task(paths, inputs, last, full, progress))
    stamps.remember(paths, step.stage, inputs, outputs)
    return StepRun(step.stage, False, time.monotonic() - started)


def step_of(stage: Stage) -> Step:
    """The step that makes a stage."""
    return next(step for step in STEPS if step.stage is stage)


def read_inbox(paths: Settings, full: bool, progress: Progress) -> None:
    """Land what changed in the inbox as raw Parquet; `full` reads every file again."""
    from lucid_orchestration.ingest.landed import forget_files
    from lucid_orchestration.ingest.landing import ingest

    if full:
        forget_files(paths.raw)
    ingest(paths.inbox, paths.raw, paths.state, progress=progress)


def build_warehouse(task: Task) -> Sequence[Path]:
    """Build marts and quality tables, and write down when each mart was computed.

    After an edit of models or data tests these alone are built, with what reads them.
    """
    from lucid_orchestration.warehouse.build import build, output_files, remove_leftovers
    from lucid_orchestration.warehouse.database import DamagedDatabaseError, remove_database

    edited = None if task.full else edited_nodes(task.paths, task.last, task.inputs)
    if task.last is not None and task.last.database and not task.paths.database.exists():
        task.progress(f"{task.paths.database} is missing; it is built again")
    try:
        if edited is None:
            build(task.paths, full=task.full, progress=task.progress)
        else:
            task.progress(f"Only what was edited, and what reads it: {', '.join(edited)}")
            build(task.paths, [f"{name}+" for name in edited], progress=task.progress)
    except DamagedDatabaseError:
        # everything in it comes from the landed parts
        task.progress(f"{task.paths.database} is damaged; it is built again")
        remove_database(task.paths.database)
        edited = None
        build(task.paths, progress=task.progress)
    if edited is None:
        for file in remove_leftovers(task.paths):
            task.progress(f"{file} is none of Lucid's files; it was left alone")
    history.write_analytics_cache(task.paths, stamps.model_code_digest())
    return output_files(task.paths)


def find_insights(task: Task) -> Sequence[Path]:
    """Evaluate the rules; one that is broken is told and left out."""
    from lucid_orchestration.insights.pipeline import evaluate

    paths = task.paths
    found = evaluate(paths.marts, paths.quality, paths.insights, inbox=paths.inbox)
    for problem in found.problems:
        task.progress(problem.sentence)
    return [table_file(paths.insights, name) for name in EVALUATED_TABLES]


def word_insights(task: Task) -> Sequence[Path]:
    """Write a text for every active insight and every dataset; no provider is an error here."""
    from lucid_orchestration.explain.pipeline import explain

    explain(task.paths, _usable_ai_settings(task.progress), task.progress)
    return [explanations_file(task.paths)]


def write_pages(task: Task) -> Sequence[Path]:
    """Write a page per dataset."""
    from lucid_orchestration.report.page import render_reports

    paths = task.paths
    return render_reports(paths.marts, paths.quality, paths.insights, paths.reports)


def explanations_file(paths: Settings) -> Path:
    """Where `ai_explanations` is kept."""
    return paths.insights / "ai_explanations.parquet"


def _usable_ai_settings(progress: Progress) -> AiSettings:
    """What the environment says; templates when it says nothing sensible."""
    try:
        return ai_settings()
    except BadRequestError as error:
        progress(f"{error} Texts are written from templates.")
        return AiSettings()


def _insight_inputs(paths: Settings) -> Mapping[str, str]:
    from lucid_orchestration.insights.parameters import shop_files

    limits = {
        path.relative_to(paths.inbox).as_posix(): digests.file_digest(path)
        for path in shop_files(paths.inbox)
    }
    return stamps.later_inputs(paths, [Stage.BUILD], limits=digests.combined_digest(limits))


def text_inputs(paths: Settings) -> Mapping[str, str]:
    ai = _usable_ai_settings(silent)
    said = {f"ai/{name}": str(value) for name, value in asdict(ai).items() if name != "key"}
    return stamps.later_inputs(
        paths, [Stage.BUILD, Stage.INSIGHTS], **said, has_key=str(bool(ai.key))
    )


def _page_inputs(paths: Settings) -> Mapping[str, str]:
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
    Step(Stage.EXPLAIN, "Putting insights into words", text_inputs, word_insights),
    Step(Stage.REPORT, "Writing the reports", _page_inputs, write_pages),
)
