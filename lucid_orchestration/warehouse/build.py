"""Run dbt in this process: one invocation per run, its progress and failures in plain words."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucid_orchestration.digests import file_digest
from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.settings import PROJECT_DIR, Settings, mart_names, model_names, settings
from lucid_orchestration.storage import write_text
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    is_damage,
    open_database,
    wait_for_database,
)

# What DuckDB calls a file while it writes it.
_DRAFT = "tmp_"
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


def output_files(paths: Settings) -> tuple[Path, ...]:
    """The Parquet files a whole build writes: every mart and every quality table."""
    return (
        *(paths.marts / f"{name}.parquet" for name in mart_names()),
        *(paths.quality / f"{name}.parquet" for name in model_names("quality")),
    )


def build(
    paths: Settings,
    select: Sequence[str] = (),
    full: bool = False,
    progress: Callable[[str], None] | None = None,
) -> BuildResult:
    """Build and test the warehouse.

    `select` is a dbt selection, none for everything; `full` also rebuilds incremental tables;
    `progress` gets one line per finished model.

    Raises:
        DamagedDatabaseError: when the database is damaged.
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

    parsed = paths.state / "dbt-target" / "partial_parse.msgpack"
    with _data_dir_for_dbt(paths):
        wait_for_database(paths.database, progress)
        if not _is_as_kept(parsed):
            # dbt would build from it whatever stands in it
            parsed.unlink(missing_ok=True)
        try:
            result = dbtRunner(callbacks=[on_event]).invoke(_arguments(paths, select, full))
            write_text(parsed.with_suffix(".sha256"), file_digest(parsed) or "")
        finally:
            # The adapter keeps its connection, and with it the file lock, until the process ends.
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    if not result.success:
        said = _failure(nodes, result.exception)
        raise DamagedDatabaseError(said) if is_damage(said) else ProcessingFailedError(said)
    return BuildResult(tuple(nodes), time.monotonic() - started)


def remove_leftovers(paths: Settings) -> tuple[Path, ...]:
    """After a build of everything: remove the files and tables of models that are gone.

    A mart that was deleted or renamed would be shown, and cached, as if it were still computed.
    Files that no model made stay, and are returned.
    """
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
    """What lies among the marts and quality tables and is none of them."""
    made = set(output_files(paths))
    lying = [
        path
        for folder in (paths.marts, paths.quality)
        if folder.is_dir()
        for path in sorted(folder.iterdir())
    ]
    return tuple(path for path in lying if path not in made)


def _is_as_kept(file: Path) -> bool:
    """Whether a file is what its hash beside it was taken of."""
    try:
        return file_digest(file) == file.with_suffix(".sha256").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


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


def _arguments(paths: Settings, select: Sequence[str], full: bool) -> list[str]:
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
        *(["--select", *select] if select else []),
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
