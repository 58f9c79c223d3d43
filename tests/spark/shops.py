"""Shops for both engines, and runs of them as a person starts them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.warehouse.publishing import output_files
from tests.generators import messy_texts, messy_values
from tests.generators.messy import base

LUCID = "from lucid_orchestration.cli import main; main()"
DBT = "from dbt.cli.main import cli; cli()"
SEED = 11
# Most of a small build's cost is Java's compiler, and its first stage is enough.
FAST = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
# When a file was read is no answer.
CLOCK = "ingested_at"


def put_shops(inbox: Path) -> None:
    """The sample shop, and one of files with all that numbers, dates and texts can be."""
    shutil.copytree(PROJECT_DIR / "examples" / "sample-shop", inbox / "sample-shop")
    rows = base(SEED)
    groups = (messy_values.numbers, messy_values.dates, messy_values.contents, messy_texts.quotes)
    for variant in (variant for group in groups for variant in group(rows)):
        for name, content in variant.files.items():
            file = inbox / "messy" / f"{variant.name}-{name}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def edit(inbox: Path) -> None:
    """One file comes, one is another, one goes; the one that came repeats lines of a third."""
    files = {month: inbox / f"sales_{month}.csv" for month in ("2026-01", "2026-06", "2026-08")}
    header, *lines = files["2026-08"].read_text(encoding="utf-8").splitlines(keepends=True)
    came = [line.replace("/08/2026", "/11/2026") for line in lines[:200]]
    (inbox / "came.csv").write_text("".join([header, *came, *lines[-40:]]), encoding="utf-8")
    header, *lines = files["2026-06"].read_text(encoding="utf-8").splitlines(keepends=True)
    lines[0] = lines[0].replace(",1,87.00,87.00,", ",3,87.00,261.00,")
    files["2026-06"].write_text("".join([header, *lines[:-30]]), encoding="utf-8")
    files["2026-01"].unlink()


def child(
    code: str, paths: Settings, *arguments: str, **told: str
) -> subprocess.CompletedProcess[str]:
    """A program of its own over a data folder: each has its own Spark."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(paths, told),
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def environment(paths: Settings, told: Mapping[str, str]) -> dict[str, str]:
    """What a child is told: `told` goes before what this process knows."""
    path = os.pathsep.join([str(PROJECT_DIR), os.environ.get("PYTHONPATH", "")])
    own = {"PYTHONPATH": path, "LUCID_DATA_DIR": str(paths.data_dir), "JDK_JAVA_OPTIONS": FAST}
    return {**os.environ, **own, **told}


def run(paths: Settings, **told: str) -> None:
    """`lucid run`, which has to end well."""
    done = child(LUCID, paths, "run", **told)
    assert done.returncode == 0, done.stdout + done.stderr


def copy_unpublished(paths: Settings, other: Settings) -> None:
    """Copy a data folder without what a build publishes, and what is made of that."""
    shutil.copytree(paths.data_dir, other.data_dir)
    for place in (other.marts, other.quality, other.insights, other.builds, other.reports):
        shutil.rmtree(place)
    other.builds_file.unlink()


def differing(one: Settings, other: Settings) -> Iterator[str]:
    """The tables two data folders disagree about: rows, their order, or types."""
    for file in output_files(one):
        tables = [
            pq.read_table(paths.data_dir / file.relative_to(one.data_dir)) for paths in (one, other)
        ]
        first, second = (table.drop_columns({CLOCK} & set(table.column_names)) for table in tables)
        if not first.equals(second):
            yield f"{file.parent.name}.{file.stem}"


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
