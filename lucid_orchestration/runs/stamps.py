"""What each stage of a run was made from, so that a run with nothing to do does nothing.

A stage is current when each of its inputs hashes to what it hashed to last time *and* every file
it wrote still has the content it was written with: a deleted or damaged file is found here and made
again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from lucid_orchestration.digests import (
    code_digest,
    code_files,
    combined_digest,
    file_digest,
    versions,
)
from lucid_orchestration.settings import PACKAGE_DIR, Settings, project_dir, target
from lucid_orchestration.storage import write_text
from lucid_orchestration.warehouse.snapshots import read_manifest

# The one input of a build that is no code: the rows landed from the inbox.
ROWS = "raw"


class Stage(StrEnum):
    """The stages after reading, in the order they run."""

    BUILD = "build"
    INSIGHTS = "insights"
    EXPLAIN = "explain"
    REPORT = "report"


@dataclass(frozen=True)
class Stamp:
    """One finished stage: the hash of each input, the hash of each file it wrote, and how it left
    the database ("" when there was none)."""

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    database: str


def model_code_digest() -> str:
    """One SHA-256 over what decides how dbt treats the landed rows: SQL, seeds, vars, engine."""
    return combined_digest(_model_code())


def build_inputs(paths: Settings) -> dict[str, str]:
    """What the marts depend on: landed rows, each file of the dbt project, and its data tests."""
    raw = {
        path.relative_to(paths.raw).as_posix(): file_digest(path)
        for path in sorted(paths.raw.rglob("*.parquet"))
    }
    tests = _known(code_files(project_dir() / "tests" / "data"))
    return {**_model_code(), **tests, ROWS: combined_digest(raw)}


def later_inputs(paths: Settings, before: Iterable[Stage], **more: str) -> dict[str, str]:
    """What a stage after the build depends on: the named stages' files, code, and `more`."""
    stamps = read_stamps(paths)
    files = {
        f"{stage}/{name}": digest
        for stage in before
        if stage in stamps
        for name, digest in stamps[stage].outputs.items()
    }
    own = (project_dir() / name for name in ("seeds", "rules", "dbt_project.yml"))
    code = code_digest(PACKAGE_DIR, *own)
    return {**files, "code": code, **more}


def _model_code() -> dict[str, str]:
    files = code_files(
        project_dir() / "models",
        project_dir() / "macros",
        project_dir() / "seeds",
        project_dir() / "dbt_project.yml",
        project_dir() / "profiles.yml",
        PACKAGE_DIR / "ingest" / "currency_marks.py",
        PACKAGE_DIR / "warehouse" / "calendar_words.yml",
        PACKAGE_DIR / "warehouse" / "dbt_plugin.py",
        PACKAGE_DIR / "warehouse" / "footers.py",
        PACKAGE_DIR / "warehouse" / "functions.sql",
        PACKAGE_DIR / "warehouse" / "publishing.py",
    )
    found = {**_known(files), **versions("duckdb", "dbt-core", "dbt-duckdb")}
    return found if target() == "duckdb" else {**found, **_spark_code()}


def _spark_code() -> dict[str, str]:
    """What a build on Spark depends on besides."""
    own = sorted((PACKAGE_DIR / "warehouse").glob("*spark*"))
    return {**_known(code_files(*own)), **versions("pyspark", "dbt-spark"), "target": "spark"}


def _known(files: Mapping[str, str | None]) -> dict[str, str]:
    """Digests of files, an unreadable one as a text no file hashes to."""
    return {name: digest or "unreadable" for name, digest in files.items()}


def stamp_file(paths: Settings) -> Path:
    """Where the stamps are kept."""
    return paths.state / "last_run.json"


def read_stamps(paths: Settings) -> dict[Stage, Stamp]:
    """Stamps of the stages that finished; a missing or damaged file means none."""
    try:
        content: Any = json.loads(stamp_file(paths).read_text(encoding="utf-8"))
        return {
            Stage(name): Stamp(
                dict(stamp["inputs"]), dict(stamp["outputs"]), str(stamp["database"])
            )
            for name, stamp in content["stages"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_current(
    paths: Settings, stage: Stage, stamp: Stamp | None, inputs: Mapping[str, str]
) -> bool:
    """Whether a stage has nothing to do: same inputs, and all it wrote is still as written."""
    return (
        stamp is not None
        and stamp.inputs == inputs
        and (stage is not Stage.BUILD or _is_the_newest_build(paths, stamp))
        and files_are_as_written(paths, stamp)
    )


def _is_the_newest_build(paths: Settings, stamp: Stamp) -> bool:
    """Whether nobody built anything else since, and `builds.json` still says what was built."""
    folders = (PurePosixPath(name).parts for name in stamp.outputs)
    builds = {parts[1] for parts in folders if parts[0] == paths.builds.name}
    return stamp.database == database_state(paths) and builds <= {read_manifest(paths).built}


def files_are_as_written(paths: Settings, stamp: Stamp) -> bool:
    """Whether every file of a stage still has the content it was written with."""
    return not changed_files(paths, stamp)


def changed_files(paths: Settings, stamp: Stamp) -> tuple[str, ...]:
    """The files of a stage that have not the content they were written with, as paths below the
    data folder."""
    return tuple(
        name
        for name, digest in stamp.outputs.items()
        if file_digest(paths.data_dir / name) != digest
    )


def database_state(paths: Settings) -> str:
    """Size and time of the database: whoever writes to it changes them, whoever reads does not."""
    files = [paths.database, paths.database.with_name(f"{paths.database.name}.wal")]
    states = [file.stat() for file in files if file.exists()]
    return " ".join(f"{state.st_size}:{state.st_mtime_ns}" for state in states)


def forget(paths: Settings, stage: Stage) -> None:
    """Drop a stage's stamp before it starts: what a killed run leaves half done is done again."""
    stamps = read_stamps(paths)
    if stamps.pop(stage, None) is not None:
        _write_stamps(paths, stamps)


def remember(
    paths: Settings, stage: Stage, inputs: Mapping[str, str], outputs: Iterable[Path]
) -> None:
    """Write a stage's stamp, after its last file.

    Raises:
        FileNotFoundError: when a stage did not write what it was to write.
    """
    digests: dict[str, str] = {}
    for path in sorted(outputs):
        digest = file_digest(path)
        if digest is None:
            raise FileNotFoundError(f"The {stage} step finished without writing {path}.")
        digests[path.relative_to(paths.data_dir).as_posix()] = digest
    stamp = Stamp(inputs, digests, database_state(paths))
    _write_stamps(paths, {**read_stamps(paths), stage: stamp})


def _write_stamps(paths: Settings, stamps: Mapping[Stage, Stamp]) -> None:
    content = {"stages": {stage.value: asdict(stamps[stage]) for stage in Stage if stage in stamps}}
    write_text(stamp_file(paths), json.dumps(content, indent=1, sort_keys=True) + "\n")
