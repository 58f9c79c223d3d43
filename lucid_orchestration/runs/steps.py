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
from lucid_orchestration.ingest.inbox import inbox_datasets
from lucid_orchestration.insights.tables import EVALUATED_TABLES, table_file
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.edits import edited_nodes, rows_alone_changed
from lucid_orchestration.runs.stamps import Stage, Stamp
from lucid_orchestration.settings import AiSettings, Settings, ai_settings, target
from lucid_orchestration.warehouse.presentation import presentations_digest
from lucid_orchestration.warehouse.publishing import published_files
from lucid_orchestration.warehouse.snapshots import open_built


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
    ingest(paths.inbox, paths.raw, paths.state, progress, paths.dataset)


def build_warehouse(task: Task) -> Sequence[Path]:
    """Build marts and quality tables, and write down when each mart was computed.

    After an edit of models or data tests these alone are built, with what reads them; Spark builds
    everything.
    """
    from lucid_orchestration.warehouse.build import build, remove_leftovers

    if target() == "spark":
        build(task.paths, progress=task.progress)
        is_whole = True
    else:
        is_whole = _build_with_duckdb(task)
    if is_whole:
        for file in remove_leftovers(task.paths):
            task.progress(f"{file} is none of Lucid's files; it was left alone")
    history.write_analytics_cache(task.paths, stamps.model_code_digest())
    return published_files(task.paths)


def _build_with_duckdb(task: Task) -> bool:
    """Build what has to be; whether that was everything."""
    from lucid_orchestration.warehouse.build import build
    from lucid_orchestration.warehouse.database import DamagedDatabaseError, remove_database

    edited = None if task.full else edited_nodes(task.paths, task.last, task.inputs)
    if task.last is not None and task.last.database and not task.paths.database.exists():
        task.progress(f"{task.paths.database} is missing; it is built again")
    try:
        if edited is None:
            rows_alone = rows_alone_changed(task.paths, task.last, task.inputs)
            build(
                task.paths,
                full=task.full,
                rows_alone=rows_alone and not task.full,
                progress=task.progress,
            )
        else:
            task.progress(f"Only what was edited, and what reads it: {', '.join(edited)}")
            build(task.paths, [f"{name}+" for name in edited], progress=task.progress)
    except DamagedDatabaseError:
        # everything in it comes from the landed parts
        task.progress(f"{task.paths.database} is damaged; it is built again")
        remove_database(task.paths.database)
        edited = None
        build(task.paths, progress=task.progress)
    return edited is None


def find_insights(task: Task) -> Sequence[Path]:
    """Evaluate the rules; one that is broken is told and left out."""
    from lucid_orchestration.insights.pipeline import evaluate

    paths = task.paths
    with open_built(paths) as tables:
        found = evaluate(
            tables.marts,
            tables.quality,
            paths.insights,
            inbox=paths.inbox,
            build=tables.build,
            own_rules=paths.rules,
            dataset=paths.dataset,
        )
    for problem in found.problems:
        task.progress(problem.sentence)
    return [table_file(paths.insights, name) for name in EVALUATED_TABLES]


def word_insights(task: Task) -> Sequence[Path]:
    """Write a text for every active insight and every dataset; no provider is an error here."""
    from lucid_orchestration.explain.pipeline import explain

    with open_built(task.paths) as tables:
        ai = _usable_ai_settings(task.progress)
        explain(task.paths, ai, task.progress, tables=tables, build=tables.build)
    return [explanations_file(task.paths)]


def write_pages(task: Task) -> Sequence[Path]:
    """Write a page per dataset."""
    from lucid_orchestration.report.page import render_reports

    paths = task.paths
    with open_built(paths) as tables:
        return render_reports(
            tables.marts, tables.quality, tables.insights, paths.reports, _others(paths)
        )


def _others(paths: Settings) -> tuple[str, ...]:
    """The shops beside one that is run alone."""
    if paths.dataset is None:
        return ()
    return tuple(name for name in inbox_datasets(paths.inbox) if name != paths.dataset)


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
        for path in shop_files(paths.inbox, paths.dataset)
    }
    limits |= {f"rules/{path.name}": digests.file_digest(path) for path in own_rules(paths)}
    return stamps.later_inputs(paths, [Stage.BUILD], limits=digests.combined_digest(limits))


def own_rules(paths: Settings) -> tuple[Path, ...]:
    """The owner's own rule files."""
    return tuple(sorted(paths.rules.glob("*.yml")))


def text_inputs(paths: Settings) -> Mapping[str, str]:
    ai = _usable_ai_settings(silent)
    said = {f"ai/{name}": str(value) for name, value in asdict(ai).items() if name != "key"}
    return stamps.later_inputs(
        paths, [Stage.BUILD, Stage.INSIGHTS], **said, has_key=str(bool(ai.key))
    )


def _page_inputs(paths: Settings) -> Mapping[str, str]:
    drawing = digests.versions("altair", "vl-convert-python")
    # a page has a link to the one over all shops, which has another name beside a shop `index`
    others = _others(paths)
    linked = f"{bool(others)} {'index' in others}"
    return stamps.later_inputs(
        paths,
        [Stage.BUILD, Stage.INSIGHTS, Stage.EXPLAIN],
        shown=presentations_digest(),
        linked=linked,
        **drawing,
    )


STEPS: tuple[Step, ...] = (
    Step(Stage.BUILD, "Building the answers", stamps.build_inputs, build_warehouse),
    Step(Stage.INSIGHTS, "Looking for insights", _insight_inputs, find_insights),
    Step(Stage.EXPLAIN, "Putting insights into words", text_inputs, word_insights),
    Step(Stage.REPORT, "Writing the reports", _page_inputs, write_pages),
)


def is_up_to_date(paths: Settings) -> bool:
    """Whether a run would find nothing to do: all files are read, and every stage is current."""
    from lucid_orchestration.ingest.landing import is_landed

    made = stamps.read_stamps(paths)
    return is_landed(paths.inbox, paths.raw, paths.state, paths.dataset) and all(
        stamps.is_current(paths, step.stage, made.get(step.stage), step.inputs(paths))
        for step in STEPS
    )
