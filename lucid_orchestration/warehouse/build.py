"""Run dbt in this process: one invocation per run, its progress and failures in plain words."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.settings import Settings, model_names, target
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    is_damage,
    open_database,
    wait_for_database,
)
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.memory import all_memory, is_too_limited
from lucid_orchestration.warehouse.project import (
    command_line,
    data_dir_for_dbt,
    known_project,
    project_as_kept,
)
from lucid_orchestration.warehouse.publishing import is_build, output_files

# What DuckDB calls a file while it writes it.
_DRAFT = "tmp_"
# The event of a node that was built or tested, or that failed.
_FINISHED = "NodeFinished"
LAYERS = ("staging", "intermediate", "quality", "marts")


@dataclass(frozen=True)
class NodeResult:
    """One model, seed or test that dbt ran."""

    unique_id: str
    kind: str
    name: str
    status: str
    seconds: float
    message: str


@dataclass(frozen=True)
class BuildResult:
    """All that dbt ran, in the order it finished."""

    nodes: tuple[NodeResult, ...]
    seconds: float

    @property
    def warnings(self) -> tuple[NodeResult, ...]:
        """Tests that warn: something about the shop's data, never an error."""
        return tuple(node for node in self.nodes if node.status == "warn")


def build(
    paths: Settings,
    select: Sequence[str] = (),
    full: bool = False,
    rows_alone: bool = False,
    progress: Callable[[str], None] | None = None,
) -> BuildResult:
    """Build and test the warehouse.

    `select` is a dbt selection, none for everything; `full` also rebuilds incremental tables;
    `rows_alone` says that since the last build of everything rows changed and nothing else, so
    that its views and seeds stand as they have to; `progress` gets one line per finished model.

    Raises:
        DamagedDatabaseError: when the database is damaged.
        ProcessingFailedError: when a model or test fails, or the database stays locked.
    """
    # dbt alone takes seconds to import; nobody who only reads should pay for it
    from dbt.cli.main import dbtRunner

    started = time.monotonic()
    nodes: list[NodeResult] = []

    def on_event(event: Any) -> None:
        if event.info.name == _FINISHED:
            node = _node_result(event.data)
            nodes.append(node)
            if progress is not None and node.kind == "model" and node.status == "success":
                progress(f"{node.name} ({node.seconds:.1f} s)")

    with (
        data_dir_for_dbt(paths),
        project_as_kept(paths) as reading,
        _ENGINES[target()](paths, progress),
    ):
        runner = dbtRunner(manifest=known_project(paths), callbacks=[on_event])
        with _few_events():
            arguments = _arguments(select, full, rows_alone)
            result = runner.invoke(command_line(paths, "build", *arguments))
        reading.succeeded = result.result is not None

    if not result.success:
        said = _failure(nodes, result.exception)
        if is_too_limited(said):
            if progress is not None:
                progress(
                    "These lines need more memory than is free; they are built with all there is"
                )
            with all_memory():
                return build(paths, select, full, rows_alone, progress)
        is_damaged = target() == "duckdb" and is_damage(said)
        raise DamagedDatabaseError(said) if is_damaged else ProcessingFailedError(said)
    return BuildResult(tuple(nodes), time.monotonic() - started)


def remove_leftovers(paths: Settings) -> tuple[Path, ...]:
    """After a build of everything: remove the files and tables of models that are gone.

    A mart that was deleted or renamed would be shown, and cached, as if it were still computed.
    Files that no model made stay, and are returned.
    """
    if target() == "spark":
        # it keeps no tables: what was published and is no model's is of one that is gone
        for file in foreign_files(paths):
            if build_of(file):
                file.unlink()
        return foreign_files(paths)
    models = {layer: set(model_names(layer)) for layer in LAYERS}
    wait_for_database(paths.database)
    # held until the end: the draft of a file that another build is writing is no leftover
    with open_database(paths.database) as database:
        relations = database.execute(
            "select table_schema, table_name, table_type from information_schema.tables"
        ).fetchall()
        gone = set()
        for schema, name, table_type in relations:
            if name not in models.get(schema, {name}):
                kind = "view" if table_type == "VIEW" else "table"
                database.execute(f'drop {kind} {schema}."{name}"')
                gone.add(paths.data_dir / schema / f"{name}.parquet")
        for file in foreign_files(paths):
            if file in gone or file.name.startswith(_DRAFT):
                file.unlink()
    return foreign_files(paths)


def foreign_files(paths: Settings) -> tuple[Path, ...]:
    """What lies among the marts, quality tables and builds and is none of them."""
    made = set(output_files(paths))
    lying = [
        path
        for folder in (paths.marts, paths.quality, paths.builds)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
    ]
    return tuple(path for path in lying if path not in made and not is_build(path))


@contextmanager
def _duckdb(paths: Settings, progress: Callable[[str], None] | None) -> Iterator[None]:
    """Build once nobody else holds the database, and let go of it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    wait_for_database(paths.database, progress)
    try:
        yield
    finally:
        # The adapter keeps its connection, and with it the file lock, until the process ends.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


@contextmanager
def _spark(_paths: Settings, _progress: Callable[[str], None] | None) -> Iterator[None]:
    """Build in a session of its own, which ends with the build."""
    from lucid_orchestration.warehouse.spark_session import stop_session

    try:
        yield
    finally:
        stop_session()


_ENGINES = {"duckdb": _duckdb, "spark": _spark}


@contextmanager
def _few_events() -> Iterator[None]:
    """Let dbt tell of finished nodes, and of warnings it is to end for, and of nothing else.

    It writes each of some 6,000 events of a build out for loggers that are not there.
    """
    from dbt_common.events.base_types import BaseEvent
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager, get_event_manager

    class FewEvents(EventManager):
        def fire_event(
            self,
            e: BaseEvent,
            level: Any = None,
            node: Any = None,
            force_warn_or_error_handling: bool = False,
        ) -> None:
            if force_warn_or_error_handling or type(e).__name__ == _FINISHED:
                super().fire_event(e, level, node, force_warn_or_error_handling)

    before = get_event_manager()
    ctx_set_event_manager(FewEvents())
    try:
        yield
    finally:
        ctx_set_event_manager(before)


def _arguments(select: Sequence[str], full: bool, rows_alone: bool) -> list[str]:
    return [
        *_left_out(rows_alone),
        *(["--select", *select] if select else []),
        *(["--full-refresh"] if full else []),
    ]


def _left_out(rows_alone: bool) -> list[str]:
    # They prove the SQL to its authors; they need no data and say nothing about a shop.
    kinds = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
    of_the_code = [*kinds, "--exclude", "tag:of_the_code"]
    if not rows_alone:
        return of_the_code
    views, seeds = "config.materialized:view", "resource_type:seed"
    # tests of views are about rows: they are not to follow what they test
    return [
        *of_the_code,
        views,
        seeds,
        f"{seeds}+1,test_type:generic",
        "--indirect-selection=empty",
    ]


def _node_result(data: Any) -> NodeResult:
    info = data.node_info
    result = data.run_result
    return NodeResult(
        unique_id=info.unique_id,
        kind=info.resource_type,
        name=info.node_name,
        status=info.node_status,
        seconds=float(result.execution_time),
        message=str(result.message or "").strip(),
    )


def _failure(nodes: list[NodeResult], error: BaseException | None) -> str:
    failed = [node for node in nodes if node.status in {"error", "fail", "runtime error"}]
    if failed:
        # dbt appends the macros it was in; the reason stands in the first paragraph
        reasons = [node.message.partition("\n  \n")[0] for node in failed]
        lines = [
            f"{node.kind} {node.name}: {reason}"
            for node, reason in zip(failed, reasons, strict=True)
        ]
        return "The build stopped. What it could not make again stays as it was.\n" + "\n".join(
            lines
        )
    if isinstance(error, KeyboardInterrupt):
        return "The build was interrupted. Nothing is lost: run again to finish it."
    return f"The build stopped: {error or 'dbt gave no reason'}"
