"""Readers that ask while builds follow each other: how many get tables of two builds.

Usage: python benchmarks/snapshots.py [builds] [readers]      20 builds and 4 readers unless given
Each build is a real one (`lucid run`: read, build, insights, texts, pages) of a shop whose sales
file has one line more than before; each reader is a process that asks three tables again and again,
as one snapshot; one more asks the files for people's own programs. Every table tells the number
of lines it was made of. Nothing may be mixed in a snapshot; the plain files show that a reader
would see it.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path

from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.parquet import run_statement
from lucid_orchestration.warehouse.snapshots import Snapshot, open_snapshot, unpublished

Opening = Callable[[Settings], AbstractContextManager[Snapshot]]
LINES = {
    "marts/datasets": "sum(sales_line_count)",
    "quality/dataset_quality": "sum(rows_accepted)",
    "quality/source_files": "sum(rows_found)",
}
FIRST_LINES = 30


@dataclass(frozen=True)
class Reads:
    """What one reader saw: how often it asked, how many answers were mixed, unreadable or of how
    many builds, and its slowest answer in milliseconds."""

    asked: int
    mixed: int
    failed: int
    builds: int
    slowest: float


@contextmanager
def plain_files(paths: Settings) -> Iterator[Snapshot]:
    """The files for people's own programs, each as it lies there now."""
    yield unpublished(paths)


def write_sales(paths: Settings, lines: int) -> None:
    """A shop of so many sales lines of one piece each, a line a day."""
    file = paths.inbox / "shop" / "sales.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{2025 + day // 336},{day // 28 % 12 + 1:02},{day % 28 + 1:02},p{day % 7}"
        for day in range(lines)
    ]
    text = "Bill No,Date,Item Code,Item Name,Qty,Amount\n"
    for number, row in enumerate(rows):
        year, month, day, code = row.split(",")
        text += f"{number},{year}-{month}-{day},{code},Item {code},1,10\n"
    file.write_text(text, encoding="utf-8")


def ask(snapshot: Snapshot) -> tuple[set[int], set[str]]:
    """The numbers of lines three tables were made of, and the builds they say they are of."""
    lines, builds = set(), set()
    for name, expression in LINES.items():
        layer, table = name.split("/")
        file = getattr(snapshot, layer) / f"{table}.parquet"
        answer = run_statement(f"select {expression} from read_parquet(?)", [str(file)])
        lines.add(int(answer.rows[0][0] or 0))
        builds.add(build_of(file))
    return lines, builds


def read_on(
    paths: Settings, opening: Opening, stop: Event, answers: "multiprocessing.Queue[Reads]"
):
    """Ask until the builds are over, and say what was seen."""
    asked = mixed = failed = 0
    seen: set[int] = set()
    slowest = 0.0
    while not stop.is_set():
        started = time.perf_counter()
        asked += 1
        try:
            with opening(paths) as snapshot:
                lines, builds = ask(snapshot)
                if snapshot.build:
                    builds.add(snapshot.build)
        except Exception:
            failed += 1
            continue
        mixed += len(lines) > 1 or len(builds) > 1
        seen |= lines
        slowest = max(slowest, time.perf_counter() - started)
        time.sleep(0.05)
    answers.put(Reads(asked, mixed, failed, len(seen), slowest * 1000))


def race(
    paths: Settings,
    openings: list[Opening],
    builds: int,
    build: Callable[[Settings], object] = refresh,
) -> list[Reads]:
    """Build so often while a reader for each opening asks; what each of them saw."""
    context = multiprocessing.get_context("spawn")
    write_sales(paths, FIRST_LINES)
    build(paths)
    stop, answers = context.Event(), [context.Queue() for _ in openings]
    readers = [
        context.Process(target=read_on, args=(paths, opening, stop, answer), daemon=True)
        for opening, answer in zip(openings, answers, strict=True)
    ]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, builds + 1):
            write_sales(paths, FIRST_LINES + number)
            build(paths)
    finally:
        stop.set()
    return [answer.get(timeout=60) for answer in answers]


def main() -> None:
    """Print a line per reader."""
    given = [int(argument) for argument in sys.argv[1:]]
    builds, readers = (*given, *(20, 4)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        paths = Settings(Path(folder))
        started = time.monotonic()
        seen = race(paths, [open_snapshot] * readers + [plain_files], builds)
        print(f"{builds} builds in {time.monotonic() - started:.0f} s")
        kept = len([one for one in paths.builds.iterdir() if one.is_dir()])
        for number, reads in enumerate(seen):
            kind = "snapshot" if number < readers else "plain files"
            print(
                f"{kind}: asked {reads.asked} times, {reads.mixed} mixed, {reads.failed} failed, "
                f"{reads.builds} builds seen, slowest {reads.slowest:.0f} ms"
            )
        print(f"{kept} folders of builds are kept")


if __name__ == "__main__":
    main()
