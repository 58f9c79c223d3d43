"""Building a shop from files, as `lucid run` does, for tests that need the real thing."""

import os
from collections.abc import Sequence
from pathlib import Path

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import cleanup_connections
from dbt.cli.main import dbtRunner

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.settings import PROJECT_DIR, Settings, settings


def build(data_dir: Path, *arguments: str) -> Settings:
    """Land the inbox below `data_dir` and run dbt over it, warnings as errors.

    Fails the test with dbt's own words when anything is not green.
    """
    os.environ["LUCID_DATA_DIR"] = str(data_dir)
    settings.cache_clear()
    paths = settings()
    ingest(paths.inbox, paths.raw, paths.state)
    dbt(paths, "build", *arguments)
    return paths


def dbt(paths: Settings, command: str, *arguments: str) -> None:
    """One dbt command over a data folder; its own files stay out of the tree."""
    target = paths.state / "dbt"
    command_line: Sequence[str] = [
        "--quiet",
        "--warn-error-options",
        '{"error": "all"}',
        command,
        f"--project-dir={PROJECT_DIR}",
        f"--profiles-dir={PROJECT_DIR}",
        f"--target-path={target}",
        f"--log-path={target}",
        *arguments,
    ]
    result = dbtRunner().invoke(list(command_line))
    # in process, dbt keeps the database open: other connections could not read it
    cleanup_connections()
    DuckDBConnectionManager.close_all_connections()
    nodes = getattr(result.result, "results", None) or []
    broken = [
        f"{node.node.name}: {node.message}"
        for node in nodes
        if node.status not in {"success", "pass", "no-op"}
    ]
    assert not broken, "\n".join(broken)
    assert result.success, result.exception
