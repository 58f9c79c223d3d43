"""Runs killed at a hundred moments, then run again: every answer as if nothing had happened.

Usage: python benchmarks/kills.py [kills]       100 unless given, spread over five kinds of run
Each is a real `lucid run` in a process of its own, ended by SIGKILL, SIGTERM or SIGINT at a moment
spread evenly over the time it takes undisturbed: a first run, one after a file was added, removed
or changed, and one that repairs damage. Then it runs again to its end. Ends with 1 when anything a
reader sees is not what an undisturbed run gives, or a run after that has something to do.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.settings import PROJECT_DIR, Settings

sys.path.insert(0, str(PROJECT_DIR))

from lucid_orchestration.warehouse.snapshots import open_snapshot, read_manifest
from tests.stored_things import kind_of, make_shop, published, stored_files

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
KILLS = 100
LONGEST = 600  # seconds for one run
# What a killed run may leave: its lock, the note of who held it, and the hashes of files that were
# too new to be kept by a first run.
_OF_KILLED = {"state/run.lock", "state/run.lock.holder", "state/inbox_digests.json"}
PROCESSES = multiprocessing.get_context("forkserver")


def run(folder: str) -> None:
    """`lucid run` in this process, which has loaded all it needs."""
    # as in a terminal, also where whoever started this one ignores the wish to end
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ["LUCID_DATA_DIR"] = folder
    sys.argv = ["lucid", "run", "--json"]
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    from lucid_orchestration.cli import main as lucid

    lucid()


def add_file(paths: Settings) -> None:
    """A month of sales more."""
    rows = "\n".join(
        f"n{day},2026-01-{day:02},p{day % 5},Item {day % 5},Food,1,20,12" for day in range(1, 29)
    )
    head = "Bill No,Date,Item Code,Item Name,Category,Qty,Amount,Cost\n"
    (paths.inbox / "shop" / "later.csv").write_text(head + rows + "\n", encoding="utf-8")


def remove_file(paths: Settings) -> None:
    """A list is gone."""
    (paths.inbox / "shop" / "stock.csv").unlink()


def change_file(paths: Settings) -> None:
    """A file has other content under its name."""
    file = paths.inbox / "shop" / "sales.csv"
    text = file.read_text(encoding="utf-8").replace("2025-03-", "2025-04-")
    file.write_text(text, encoding="utf-8")


def damage(paths: Settings) -> None:
    """A landed part, a mart, a table readers get, the manifest and the database are damaged."""
    part = sorted((paths.raw / "raw_sales").glob("[0-9a-f]*.parquet"))[0]
    with open_snapshot(paths) as snapshot:
        victims = [part, paths.marts / "trends.parquet", snapshot.marts / "datasets.parquet"]
    for file in (*victims, paths.builds_file, paths.database):
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])


def nothing(_: Settings) -> None:
    """The folder as it is."""


@dataclass(frozen=True)
class Scene:
    """A kind of run: whether a run was there before, and what happened then."""

    name: str
    is_first: bool
    change: Callable[[Settings], None]


SCENES = (
    Scene("first run", True, nothing),
    Scene("a file added", False, add_file),
    Scene("a file removed", False, remove_file),
    Scene("a file changed", False, change_file),
    Scene("damage repaired", False, damage),
)


def complete(paths: Settings) -> float:
    """Run to the end, and say how many seconds it took."""
    started = time.monotonic()
    process = PROCESSES.Process(target=run, args=(str(paths.data_dir),))
    process.start()
    process.join(LONGEST)
    if process.exitcode != 0:
        process.kill()
        raise RuntimeError(f"a run ended with {process.exitcode}")
    return time.monotonic() - started


def kill(paths: Settings, after: float, with_signal: signal.Signals) -> bool:
    """Run and end it after so many seconds; False when it had ended by itself."""
    process = PROCESSES.Process(target=run, args=(str(paths.data_dir),))
    process.start()
    process.join(after)
    is_running = process.is_alive()
    if is_running and process.pid is not None:
        os.kill(process.pid, with_signal)
    process.join(LONGEST)
    if process.is_alive():
        process.kill()
        raise RuntimeError(f"a run went on for {LONGEST} s after {with_signal.name}")
    return is_running


def restore(before: Path, paths: Settings) -> None:
    """Put a data folder back as it was."""
    shutil.rmtree(paths.data_dir, ignore_errors=True)
    shutil.copytree(before, paths.data_dir, symlinks=True)


def results(paths: Settings) -> dict[Path, bytes]:
    """All files but those that tell of runs."""
    return {
        file: file.read_bytes()
        for files in stored_files(paths).values()
        for file in files
        if not kind_of(paths, file).startswith(("state/", "logs/"))
    }


def differences(paths: Settings, good: dict[str, object], kinds: set[str]) -> list[str]:
    """What readers see that they should not, and files that should not lie there."""
    seen = published(paths)
    wrong = [name for name in sorted({*seen, *good}) if seen.get(name) != good.get(name)]
    with open_snapshot(paths) as snapshot:
        if not snapshot.id or snapshot.build != read_manifest(paths).built:
            wrong.append("the newest build is not the one that readers get")
    wrong += sorted(set(stored_files(paths)) - kinds)
    before = results(paths)
    complete(paths)
    after = results(paths)
    changed = sorted(file.name for file in {*before, *after} if before.get(file) != after.get(file))
    if changed:
        wrong.append(f"the run after it had something to do: {changed}")
    return wrong


def _spread(number: int) -> float:
    """Moments that lie evenly however many there are: the golden ratio's multiples."""
    return (number + 0.5) * 0.618034


def main() -> int:
    """Kill and compare."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    PROCESSES.set_forkserver_preload(
        [
            "dbt.cli.main",
            "dbt.adapters.duckdb.connections",
            "lucid_orchestration.cli",
            "lucid_orchestration.runs.refresh",
            "lucid_orchestration.report.page",
            "lucid_orchestration.warehouse.build",
        ]
    )
    failures = hits = tried = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        paths = Settings(folder / "data")
        make_shop(paths)
        shutil.copytree(paths.data_dir, folder / "first")
        complete(paths)
        complete(paths)
        shutil.copytree(paths.data_dir, folder / "built")
        befores = {True: folder / "first", False: folder / "built"}
        undisturbed = {}
        for scene in SCENES:
            restore(befores[scene.is_first], paths)
            scene.change(paths)
            seconds = complete(paths)
            undisturbed[scene] = (seconds, dict(published(paths)), set(stored_files(paths)))
        # all kinds of run in turn: a count that is stopped early has seen each of them
        each = kills // len(SCENES)
        for number in range(each):
            for scene, (seconds, good, kinds) in undisturbed.items():
                with_signal = SIGNALS[number % len(SIGNALS)]
                after = seconds * (_spread(number) % 1)
                restore(befores[scene.is_first], paths)
                scene.change(paths)
                was_hit = kill(paths, after, with_signal)
                complete(paths)
                wrong = differences(paths, good, kinds | _OF_KILLED)
                tried, hits, failures = tried + 1, hits + was_hit, failures + bool(wrong)
                print(
                    f"{tried}: {scene.name}, {with_signal.name} after {after:.1f} of "
                    f"{seconds:.1f} s{'' if was_hit else ' (it had ended)'}: "
                    f"{wrong or 'as undisturbed'}; {hits} of {tried} hit",
                    flush=True,
                )
    print(f"{tried} kills, {hits} hit a run at work, {failures} left something else behind")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
