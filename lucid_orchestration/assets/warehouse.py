"""The dbt project as assets. Models carry their own names, groups, docs and tests."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets
from filelock import FileLock
from packaging.version import Version

from lucid_orchestration.assets.checks import describe_checks
from lucid_orchestration.assets.previews import mart_metadata, quality_metadata, relations_metadata
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.settings import (
    INSIGHTS_FOLLOW,
    PACKAGE_DIR,
    Settings,
    project_dir,
    settings,
    target,
)
from lucid_orchestration.warehouse.build import remove_leftovers
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    remove_database,
    wait_for_database,
)
from lucid_orchestration.warehouse.publishing import publish_insights, published_files

_RUN_FOLDER = re.compile(r".+-[0-9a-f]{7}-[0-9a-f]{7}")
_RUN_FOLDERS_KEPT = 3
# The asset that nothing comes after.
LAST_ASSET = dg.AssetKey("report")
# The job of everything.
REFRESH = "refresh"


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
    """Where the dbt project lies; what dbt writes goes beside it only where that is a person's."""
    place = project_dir()
    is_packed = place.is_relative_to(PACKAGE_DIR)
    target = settings().state / "dagster-target" if is_packed else Path("target")
    return DbtProject(project_dir=place, profiles_dir=place, target_path=target)


@cache
def dbt_resource() -> FastDbt:
    """dbt as installed beside this Python, whether or not its folder is on the PATH."""
    beside = shutil.which("dbt", path=str(Path(sys.executable).parent))
    return FastDbt(
        project_dir=str(project_dir()),
        profiles_dir=str(project_dir()),
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
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    describe_checks(content)
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
            last = stamps.read_stamps(paths).get(Stage.BUILD)
            if not is_asked_for(context) and stamps.is_current(paths, Stage.BUILD, last, inputs):
                context.log.info("Nothing changed since the last build; its tables stay.")
                yield from _unchanged(context, paths)
                return
            stamps.forget(paths, Stage.BUILD)
            try:
                wait_for_database(paths.database, context.log.info)
            except DamagedDatabaseError as error:
                context.log.warning(f"{error} It is built again.")
                remove_database(paths.database)
            command = ["build", "--exclude-resource-type", "unit_test"]
            with told_what_follows(context):
                invocation = dbt.cli(command, context=context)
            # tables of the database are looked at once dbt has let go of it, and what is built of
            # them may not be told before them
            held: list[Any] = []
            try:
                held.extend(invocation.stream())
            except Exception:
                yield from held
                raise
            finally:
                # Left alone after an error here, dbt would go on building behind the run lock.
                if invocation.process.poll() is None:
                    invocation.process.terminate()
                    invocation.process.wait()
            yield from _shown(context, paths, held)
            if not context.is_subset:
                for file in remove_leftovers(paths):
                    context.log.warning(f"{file} is none of Lucid's files; it was left alone")
                history.write_analytics_cache(paths, stamps.model_code_digest())
                stamps.remember(paths, Stage.BUILD, inputs, published_files(paths))
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


def is_published_later(context: dg.AssetExecutionContext) -> bool:
    """Whether the run this is part of ends with the report, which publishes all it made at once."""
    chosen = context.run.asset_selection
    return chosen is None or LAST_ASSET in chosen


def publish_unless_later(context: dg.AssetExecutionContext, paths: Settings) -> None:
    """Publish what a step made, unless the run goes on to the report."""
    if not is_published_later(context):
        publish_insights(paths)


@contextmanager
def told_what_follows(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Let the dbt process that is started know whether it is the one to publish."""
    os.environ[INSIGHTS_FOLLOW] = "true" if is_published_later(context) else "false"
    try:
        yield
    finally:
        del os.environ[INSIGHTS_FOLLOW]


def is_asked_for(context: dg.AssetExecutionContext) -> bool:
    """Whether somebody asked for these very assets: then they are made again, changed or not.

    The refresh of everything asks each stage whether it has anything to do.
    """
    return context.run.job_name != REFRESH


def _metadata(paths: Settings, keys: Sequence[dg.AssetKey]) -> dict[dg.AssetKey, Mapping[str, Any]]:
    """What is shown of each table: of those that readers see by their files."""
    files = {"marts": (mart_metadata, paths.marts), "quality": (quality_metadata, paths.quality)}
    inside = sorted(_relation(key) for key in keys if key.path[0] not in files)
    found = (
        relations_metadata(paths.database, inside)
        if target() == "duckdb"
        else {key: {"first rows": "Not shown: Spark's own end with the build."} for key in inside}
    )
    shown: dict[dg.AssetKey, Mapping[str, Any]] = {}
    for key in keys:
        layer, name = _relation(key)
        if layer in files:
            preview, folder = files[layer]
            shown[key] = preview(folder, name)
        else:
            shown[key] = found[layer, name]
    return shown


def _shown(
    context: dg.AssetExecutionContext, paths: Settings, events: Sequence[Any]
) -> Iterator[Any]:
    """What dbt told, each table with its rows."""
    outputs = [event for event in events if isinstance(event, dg.Output)]
    keys = {event.output_name: context.asset_key_for_output(event.output_name) for event in outputs}
    metadata = _metadata(paths, list(keys.values()))
    for event in events:
        if isinstance(event, dg.Output):
            context.add_output_metadata(metadata[keys[event.output_name]], event.output_name)
        yield event


def _unchanged(
    context: dg.AssetExecutionContext, paths: Settings
) -> Iterator[dg.MaterializeResult[Any]]:
    """All tables as they are, for those that come after them and for who looks at them."""
    keys = context.selected_asset_keys
    before = context.assets_def.asset_deps
    ordered = TopologicalSorter({key: before[key] & keys for key in sorted(keys)}).static_order()
    metadata = _metadata(paths, list(keys))
    for key in ordered:
        yield dg.MaterializeResult(asset_key=key, metadata={**metadata[key], "unchanged": True})


def _relation(key: dg.AssetKey) -> tuple[str, str]:
    return key.path[0], key.path[-1]


def _is_newest(path: Path) -> bool:
    if not path.exists():
        return False
    made = path.stat().st_mtime_ns
    # Folders count too: deleting a model changes only the time of its folder.
    inputs = [project_dir() / "dbt_project.yml", project_dir() / "profiles.yml"]
    for folder in ("models", "macros", "seeds", "tests/data"):
        inputs += [project_dir() / folder, *(project_dir() / folder).rglob("*")]
    return all(part.stat().st_mtime_ns <= made for part in inputs)


def _export_data_dir() -> None:
    """Let the dbt process see the data folder as an absolute path."""
    os.environ["LUCID_DATA_DIR"] = str(settings().data_dir)
