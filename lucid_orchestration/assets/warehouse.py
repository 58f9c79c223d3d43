"""The dbt project as assets. Models carry their own names, groups, docs and tests."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets
from filelock import FileLock
from packaging.version import Version

from lucid_orchestration.assets.previews import mart_metadata, quality_metadata
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.settings import PROJECT_DIR, settings
from lucid_orchestration.warehouse.build import output_files, remove_leftovers
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    remove_database,
    wait_for_database,
)

_RUN_FOLDER = re.compile(r".+-[0-9a-f]{7}-[0-9a-f]{7}")
_RUN_FOLDERS_KEPT = 3


class FastDbt(DbtCliResource):
    """The stock resource without its start-up costs.

    It runs `dbt --version` before every command (3 s and a network request) and opens an adapter
    of its own, which only row counts and column lineage need. Both hooks are private names: the
    version of dagster-dbt is pinned.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


@cache
def dbt_project() -> DbtProject:
    """Where the dbt project lies."""
    return DbtProject(project_dir=PROJECT_DIR, profiles_dir=PROJECT_DIR)


@cache
def dbt_resource() -> FastDbt:
    """dbt as installed beside this Python, whether or not its folder is on the PATH."""
    beside = shutil.which("dbt", path=str(Path(sys.executable).parent))
    return FastDbt(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        dbt_executable=beside or "dbt",
    )


@cache
def manifest() -> Mapping[str, Any]:
    """dbt's description of the project, parsed again when any of its inputs is newer."""
    path = dbt_project().manifest_path
    path.parent.mkdir(parents=True, exist_ok=True)
    # The web server, the daemon and a run may all load definitions at the same moment.
    with FileLock(path.with_name("manifest.lock")):
        if not _is_newest(path):
            _export_data_dir()
            dbt_resource().cli(["parse", "--quiet"], target_path=path.parent).wait()
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@cache
def dbt_models() -> dg.AssetsDefinition:
    """All seeds, models and data tests of the project, built in one dbt invocation."""

    @dbt_assets(manifest=manifest(), project=dbt_project(), name="dbt_models")
    def models(context: dg.AssetExecutionContext, dbt: FastDbt) -> Iterator[Any]:
        paths = settings()
        _export_data_dir()
        with run_lock(paths, context.log.info):
            inputs = stamps.build_inputs(paths)
            stamps.forget(paths, Stage.BUILD)
            try:
                wait_for_database(paths.database, context.log.info)
            except DamagedDatabaseError as error:
                context.log.warning(f"{error} It is built again.")
                remove_database(paths.database)
            command = ["build", "--exclude-resource-type", "unit_test"]
            invocation = dbt.cli(command, context=context)
            try:
                for event in invocation.stream():
                    if isinstance(event, dg.Output):
                        context.add_output_metadata(
                            _metadata(context, event.output_name), event.output_name
                        )
                    yield event
            finally:
                # Left alone after an error here, dbt would go on building behind the run lock.
                if invocation.process.poll() is None:
                    invocation.process.terminate()
                    invocation.process.wait()
            if not context.is_subset:
                for file in remove_leftovers(paths):
                    context.log.warning(f"{file} is none of Lucid's files; it was left alone")
                history.write_analytics_cache(paths, stamps.model_code_digest())
                stamps.remember(paths, Stage.BUILD, inputs, output_files(paths))
        purge_run_folders(dbt_project().project_dir / dbt_project().target_path)

    return models


def model_keys(*layers: str) -> list[dg.AssetKey]:
    """Asset keys of the models in the given layers."""
    return sorted(key for key in dbt_models().keys if key.path[0] in layers)


def purge_run_folders(target: Path, kept: int = _RUN_FOLDERS_KEPT) -> None:
    """Delete what all but the newest dbt runs left in `target` (2 MB each)."""
    folders = [
        path for path in target.iterdir() if path.is_dir() and _RUN_FOLDER.fullmatch(path.name)
    ]
    folders.sort(key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for folder in folders[kept:]:
        shutil.rmtree(folder, ignore_errors=True)


def _metadata(context: dg.AssetExecutionContext, output_name: str) -> Mapping[str, Any]:
    key = context.asset_key_for_output(output_name)
    layer, name = key.path[0], key.path[-1]
    paths = settings()
    if layer == "marts":
        return mart_metadata(paths.marts, name)
    if layer == "quality":
        return quality_metadata(paths.quality, name)
    return {}


def _is_newest(path: Path) -> bool:
    if not path.exists():
        return False
    made = path.stat().st_mtime_ns
    # Folders count too: deleting a model changes only the time of its folder.
    inputs = [PROJECT_DIR / "dbt_project.yml", PROJECT_DIR / "profiles.yml"]
    for folder in ("models", "macros", "seeds", "tests/data"):
        inputs += [PROJECT_DIR / folder, *(PROJECT_DIR / folder).rglob("*")]
    return all(part.stat().st_mtime_ns <= made for part in inputs)


def _export_data_dir() -> None:
    """Let the dbt process see the data folder as an absolute path."""
    os.environ["LUCID_DATA_DIR"] = str(settings().data_dir)
