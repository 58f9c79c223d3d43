"""Hostile files of every container, in whole runs beside good shops.

Usage: python benchmarks/hostile/run.py [--together] [FOLDER] [PART…]
All files, or those whose names hold one of the parts; --together does the second step alone.
Each file is in a shop of its own; those of FOLDER come with them. First each is read alone beside a
good list, and the time and the memory of all processes together are taken; then whole runs take 60
at once, beside two good shops. Ends with 1 when a run failed, reading a file took more than 35 s or
1.2 GB, a file was refused without a sentence or not named, or a good shop got other figures. Linux.
"""

import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import others
import texts
import workbooks

from lucid_orchestration.ingest.inbox import SETTINGS_FILES, dataset_slug
from lucid_orchestration.progress import silent
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.runs.steps import read_inbox
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from lucid_orchestration.warehouse.snapshots import open_snapshot
from tests.stored_things import make_shop

MOST_SECONDS, MOST_MEGABYTES = 35.0, 1200.0
AT_ONCE = 60
GOOD = "Bill No,Date,Item Code,Item Name,Qty,Amount\n1,2026-01-31,p1,Tea,1,10\n"
GOOD_SHOPS = ("shop", "other")
PROCESSES = multiprocessing.get_context("forkserver")
Write = Callable[[Path], None]


@dataclass(frozen=True)
class Hostile:
    """A file: what it is called, what writes it."""

    name: str
    write: Write

    def put(self, folder: Path) -> None:
        """Write it into the folder of a shop; beside a setting lies a good list."""
        folder.mkdir(parents=True)
        file = self.name.rpartition("/")[2]
        if file in SETTINGS_FILES:
            (folder / "sales.csv").write_text(GOOD, encoding="utf-8")
        self.write(folder / file)


@dataclass(frozen=True)
class Read:
    """What reading a file took (CPU of all processes), and what was said."""

    seconds: float
    cpu: float
    megabytes: float
    said: str


def all_files(folder: Path | None) -> Iterator[Hostile]:
    """All files there are."""
    for source in (workbooks.files, others.books, others.pdfs, texts.files, others.settings):
        for name, write in source():
            yield Hostile(name, write)
    for file in sorted(folder.iterdir()) if folder else ():
        if file.suffix != ".md":
            name = f"{file.stem}/mapping.yml" if file.suffix == ".yml" else file.name
            content = file.read_bytes()
            yield Hostile(name, lambda path, content=content: path.write_bytes(content))


def read(folder: str) -> None:
    """Read the inbox of a data folder, in a process of its own."""
    paths = Settings(Path(folder))
    read_inbox(paths, False, silent)


def measured(target: Callable[[str], None], folder: Path) -> tuple[float, float, float, int]:
    """Wall seconds, CPU seconds and MB at most of a process with its children, and its end."""
    process = PROCESSES.Process(target=target, args=(str(folder),))
    started = time.monotonic()
    process.start()
    most = 0.0
    spent: dict[int, float] = {}
    tree = psutil.Process(process.pid)
    while process.is_alive():
        held = 0
        with suppress(psutil.Error):
            for one in (tree, *tree.children(recursive=True)):
                with suppress(psutil.Error):
                    held += one.memory_info().rss
                    spent[one.pid] = sum(one.cpu_times()[:2])
        most = max(most, held / 1e6)
        process.join(0.05)
    return time.monotonic() - started, sum(spent.values()), most, process.exitcode or 0


def alone(hostile: Hostile, folder: Path) -> Read:
    """Read one file beside a good one."""
    paths = Settings(folder)
    (paths.inbox / "good").mkdir(parents=True)
    (paths.inbox / "good" / "sales.csv").write_text(GOOD, encoding="utf-8")
    hostile.put(paths.inbox / "hostile")
    seconds, cpu, most, code = measured(read, folder)
    if code:
        return Read(seconds, cpu, most, f"WRONG: reading ended with {code}")
    rows = [
        row
        for file in sorted((paths.raw / "raw_source_files").glob("[0-9a-f]*.parquet"))
        for row in read_parquet_rows(file)
    ]
    return Read(seconds, cpu, most, told(hostile, "hostile", rows))


def told(hostile: Hostile, dataset: str, rows: Sequence[dict[str, Any]]) -> str:
    """What became of a file; begins with WRONG where that is no way to end."""
    own = [row for row in rows if row["dataset_id"] == dataset]
    file = hostile.name.rpartition("/")[2]
    is_no_file = file in {"folder.csv", "pipe.csv"}
    if not own and not is_no_file:
        return "WRONG: nobody named it"
    for row in own:
        if row["status"] != "accepted" and not row["message"]:
            return "WRONG: refused without a word"
        if row["reason"] == "reader_failed":
            return f"WRONG: {row['message']}"
    if file in SETTINGS_FILES and [row["status"] for row in own] != ["accepted"]:
        return f"WRONG: the list beside it was not read: {[row['message'] for row in own]}"
    return (
        "; ".join(
            row["status"] if row["status"] == "accepted" else f"{row['reason']}: {row['message']}"
            for row in own
        )
        or "no file"
    )


def figures(paths: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the good shops in the tables that readers get."""
    found = {}
    with open_snapshot(paths) as snapshot:
        for file in sorted(snapshot.marts.glob("*.parquet")):
            rows = duckdb.execute(
                f"select * from '{file}' where list_contains(?, dataset_id)", [list(GOOD_SHOPS)]
            )
            found[file.stem] = sorted(rows.fetchall(), key=repr)
    return found


def together(batch: Sequence[Hostile], good: object, folder: Path) -> list[str]:
    """One whole run with many files; what is wrong then."""
    paths = Settings(folder)
    make_shop(paths)
    names = {f"hostile {number}": hostile for number, hostile in enumerate(batch)}
    for name, hostile in names.items():
        hostile.put(paths.inbox / name)
    seconds, cpu, most, code = measured(run, folder)
    print(f"whole run: {seconds:.0f} s, CPU {cpu:.0f} s, {most:.0f} MB, ended with {code}")
    if code:
        return [f"a run failed with one of {[hostile.name for hostile in batch]}"]
    with open_snapshot(paths) as snapshot:
        rows = read_parquet_rows(snapshot.quality / "source_files.parquet")
    wrong = [
        f"{hostile.name}: {said}"
        for name, hostile in names.items()
        for said in [told(hostile, dataset_slug(name), rows)]
        if said.startswith("WRONG")
    ]
    wrong += [
        f"{hostile.name}: no page"
        for name, hostile in names.items()
        if "yml" in hostile.name and not (paths.reports / f"{dataset_slug(name)}.html").exists()
    ]
    return wrong + (["a good shop has other figures"] if figures(paths) != good else [])


def run(folder: str) -> None:
    """A whole run, in a process of its own."""
    refresh(Settings(Path(folder)))


def main() -> int:
    """Read each alone, then all in whole runs."""
    PROCESSES.set_forkserver_preload(
        ["lucid_orchestration.runs.refresh", "lucid_orchestration.ingest.landing"]
    )
    given = sys.argv[1:]
    is_together_only = given[:1] == ["--together"]
    given = given[is_together_only:]
    folder = Path(given.pop(0)) if given and Path(given[0]).is_dir() else None
    chosen = [
        hostile
        for hostile in all_files(folder)
        if not given or any(part in hostile.name for part in given)
    ]
    wrong: list[str] = []
    slowest: Counter[str] = Counter()
    largest: Counter[str] = Counter()
    for number, hostile in enumerate([] if is_together_only else chosen, start=1):
        with tempfile.TemporaryDirectory() as name:
            found = alone(hostile, Path(name).resolve())
        is_over = min(found.seconds, found.cpu) > MOST_SECONDS or found.megabytes > MOST_MEGABYTES
        if is_over or found.said.startswith("WRONG"):
            wrong.append(f"{hostile.name!r}: {found.said}")
        slowest[hostile.name], largest[hostile.name] = found.cpu, found.megabytes
        print(
            f"{number}: {hostile.name[:60]!r}: {found.seconds:.1f} s, CPU {found.cpu:.1f} s, "
            f"{found.megabytes:.0f} MB{' TOO MUCH' if is_over else ''}: {found.said[:200]!r}",
            flush=True,
        )
    with tempfile.TemporaryDirectory() as name:
        paths = Settings(Path(name).resolve())
        make_shop(paths)
        refresh(paths)
        good = figures(paths)
    for start in range(0, len(chosen), AT_ONCE):
        with tempfile.TemporaryDirectory() as name:
            wrong += together(chosen[start : start + AT_ONCE], good, Path(name).resolve())
    print(f"{len(chosen)} files; the most: {slowest.most_common(1)} s, {largest.most_common(1)} MB")
    for line in wrong:
        print(f"wrong: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
