"""What each stage of a run was made from, so that a run with nothing to do does nothing.

A stage is current when its inputs hash to what they hashed to last time *and* every file it wrote
still has the content it was written with: a deleted or damaged file is found here and made again.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lucid_orchestration.digests import code_digest, combined_digest, file_digest, versions
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import write_text

PACKAGE_DIR = PROJECT_DIR / "lucid_orchestration"


class Stage(StrEnum):
    """The stages after reading, in the order they run."""

    BUILD = "build"
    INSIGHTS = "insights"
    EXPLAIN = "explain"
    REPORT = "report"


@dataclass(frozen=True)
class Stamp:
    """One finished stage: the hash of its inputs, and the hash of each file it wrote."""

    inputs: str
    outputs: Mapping[str, str]


def model_code_digest() -> str:
    """One SHA-256 over what decides how dbt treats the landed rows: SQL, seeds, vars, engine."""
    return combined_digest(
        {
            "models": code_digest(
                PROJECT_DIR / "models",
                PROJECT_DIR / "macros",
                PROJECT_DIR / "seeds",
                PROJECT_DIR / "dbt_project.yml",
                PROJECT_DIR / "profiles.yml",
                PACKAGE_DIR / "warehouse" / "dbt_plugin.py",
            ),
            **versions("duckdb", "dbt-core", "dbt-duckdb"),
        }
    )


def build_inputs(paths: Settings) -> str:
    """Hash of what the marts depend on: landed rows and the dbt project."""
    raw = {
        path.relative_to(paths.raw).as_posix(): file_digest(path)
        for path in sorted(paths.raw.rglob("*.parquet"))
    }
    return combined_digest({"code": model_code_digest(), **raw})


def later_inputs(paths: Settings, before: Iterable[Stage], **more: str) -> str:
    """Hash of what a stage after the build depends on: the named stages' files, and code."""
    stamps = read_stamps(paths)
    parts: dict[str, str | None] = {
        f"{stage}/{name}": digest
        for stage in before
        if stage in stamps
        for name, digest in stamps[stage].outputs.items()
    }
    parts["code"] = code_digest(PACKAGE_DIR, PROJECT_DIR / "seeds", PROJECT_DIR / "dbt_project.yml")
    return combined_digest({**parts, **more})


def stamp_file(paths: Settings) -> Path:
    """Where the stamps are kept."""
    return paths.state / "last_run.json"


def read_stamps(paths: Settings) -> dict[Stage, Stamp]:
    """Stamps of the stages that finished; a missing or damaged file means none."""
    try:
        content: Any = json.loads(stamp_file(paths).read_text(encoding="utf-8"))
        return {
            Stage(name): Stamp(inputs=stamp["inputs"], outputs=dict(stamp["outputs"]))
            for name, stamp in content["stages"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_current(paths: Settings, stage: Stage, inputs: str) -> bool:
    """Whether a stage has nothing to do: same inputs, and its files are still as written."""
    stamp = read_stamps(paths).get(stage)
    return (
        stamp is not None
        and stamp.inputs == inputs
        and all(
            file_digest(paths.data_dir / name) == digest for name, digest in stamp.outputs.items()
        )
    )


def forget(paths: Settings, stage: Stage) -> None:
    """Drop a stage's stamp before it starts: what a killed run leaves half done is done again."""
    stamps = read_stamps(paths)
    if stamps.pop(stage, None) is not None:
        _write_stamps(paths, stamps)


def remember(paths: Settings, stage: Stage, inputs: str, outputs: Iterable[Path]) -> None:
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
    _write_stamps(paths, {**read_stamps(paths), stage: Stamp(inputs, digests)})


def _write_stamps(paths: Settings, stamps: Mapping[Stage, Stamp]) -> None:
    content = {
        "stages": {
            stage.value: {"inputs": stamps[stage].inputs, "outputs": dict(stamps[stage].outputs)}
            for stage in Stage
            if stage in stamps
        }
    }
    write_text(stamp_file(paths), json.dumps(content, indent=1, sort_keys=True) + "\n")
