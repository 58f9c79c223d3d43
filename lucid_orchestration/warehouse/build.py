"""Run dbt in this process: one invocation per run, its progress and failures in plain words."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.settings import PROJECT_DIR, Settings, settings

LOCK_WAIT_SECONDS = 600.0
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")


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


def mart_names() -> tuple[str, ...]:
    """Names of the marts the project holds."""
    return _model_names("marts")


def output_files(paths: Settings) -> tuple[Path, ...]:
    """The Parquet files a whole build writes: every mart and every quality table."""
    return (
        *(paths.marts / f"{name}.parquet" for name in mart_names()),
        *(paths.quality / f"{name}.parquet" for name in _model_names("quality")),
    )


def build(
    paths: Settings,
    select: str | None = None,
    full: bool = False,
    progress: Callable[[str], None] | None = None,
) -> BuildResult:
    """Build and test the warehouse.

    `select` is a dbt selection, None for everything; `full` also rebuilds incremental tables;
    `progress` gets one line per finished model.

    Raises:
        ProcessingFailedError: when a model or test fails, or the database stays locked.
    """
    # dbt alone takes seconds to import; nobody who only reads should pay for it
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    started = time.monotonic()
    nodes: list[NodeResult] = []

    def on_event(event: Any) -> None:
        if event.info.name == "NodeFinished":
            node = _node_result(event.data)
            nodes.append(node)
            if progress is not None and node.kind == "model" and node.status == "success":
                progress(f"{node.name} ({node.seconds:.1f} s)")

    with _data_dir_for_dbt(paths):
        wait_for_database(paths.database, progress)
        try:
            result = dbtRunner(callbacks=[on_event]).invoke(_arguments(paths, select, full))
        finally:
            # The adapter keeps its connection, and with it the file lock, until the process ends.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    if not result.success:
        raise ProcessingFailedError(_failure(nodes, result.exception))
    return BuildResult(tuple(nodes), time.monotonic() - started)


def wait_for_database(
    database: Path,
    progress: Callable[[str], None] | None = None,
    timeout: float = LOCK_WAIT_SECONDS,
) -> None:
    """Return once no other process holds the database, saying once who does.

    Raises:
        ProcessingFailedError: when it is still held after `timeout` seconds, or cannot be opened.
    """
    deadline = time.monotonic() + timeout
    told = False
    while True:
        try:
            holder = lock_holder(database)
        except duckdb.Error as error:
            raise ProcessingFailedError(
                f"The database {database} cannot be opened ({str(error).splitlines()[0]}). "
                "Everything in it comes from your files: delete it and run again."
            ) from error
        if holder is None:
            return
        if progress is not None and not told:
            progress(f"The database is in use by {holder}; waiting for it.")
            told = True
        if time.monotonic() > deadline:
            raise ProcessingFailedError(
                f"The database is still in use by {holder}. Close it and run again."
            )
        time.sleep(1)


def lock_holder(database: Path) -> str | None:
    """The program that holds the database, as words; None when it is free or not there yet.

    Raises:
        duckdb.Error: when the file is no usable database.
    """
    if not database.exists():
        return None
    try:
        duckdb.connect(str(database)).close()
    except duckdb.IOException as error:
        holder = _HOLDER.search(str(error))
        if holder is None:
            raise
        return f"{Path(holder['program']).name} (process {holder['pid']})"
    return None


@contextmanager
def _data_dir_for_dbt(paths: Settings) -> Iterator[None]:
    """Let profiles.yml and the dbt plugin see this data folder, as an absolute path."""
    before = os.environ.get("LUCID_DATA_DIR")
    os.environ["LUCID_DATA_DIR"] = str(paths.data_dir)
    settings.cache_clear()
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        if before is None:
            del os.environ["LUCID_DATA_DIR"]
        else:
            os.environ["LUCID_DATA_DIR"] = before
        settings.cache_clear()


def _arguments(paths: Settings, select: str | None, full: bool) -> list[str]:
    # A target folder of its own: Dagster and `dbt build` by hand keep theirs.
    target = paths.state / "dbt-target"
    return [
        "--quiet",
        "--log-level",
        "none",
        "build",
        "--project-dir",
        str(PROJECT_DIR),
        "--profiles-dir",
        str(PROJECT_DIR),
        "--target-path",
        str(target),
        "--log-path",
        str(target),
        # Nobody reads the manifest and the results of this folder; writing them takes a second.
        "--no-write-json",
        # Unit tests prove the SQL to its authors; they need no data and say nothing about a shop.
        "--exclude-resource-type",
        "unit_test",
        *(["--select", select] if select else []),
        *(["--full-refresh"] if full else []),
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


def _model_names(layer: str) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (PROJECT_DIR / "models" / layer).glob("*.sql")))
