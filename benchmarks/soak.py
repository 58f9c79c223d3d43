"""The sensor over a long time: files dropped one by one, each read once, memory and disk bounded.

Usage: python benchmarks/soak.py [files] [minutes]      200 files in 10 minutes unless given
Starts `dagster dev` as an owner does, on folders of its own, and drops the files while the sensor
looks and its runs work. Prints what was measured every half minute. Ends with 1 unless every file
is in the answers once, was read once, no run came without a change, and what Dagster's standing
processes hold in memory in the last third is within a fifth of what it was in the second. Linux.
"""

import os
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.assets.retention import KEPT_RUNS
from lucid_orchestration.runs import history
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.snapshots import open_snapshot

FILES, MINUTES = 200, 10.0
LINES = 20
QUIET_SECONDS = 45  # without a change there must be no run for so long
LONGEST_WAIT = 900
SAMPLE_SECONDS = 30


@dataclass(frozen=True)
class Sample:
    """How it stands: seconds since the start, files dropped and in the answers, runs ended, MB."""

    seconds: float
    dropped: int
    answered: int
    runs: int
    memory: float
    dagster: float
    data: float


def drop(paths: Settings, number: int) -> None:
    """One more file of sales, under a hidden name first as a careful program does."""
    folder = paths.inbox / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    text = "Bill No,Date,Item Code,Item Name,Category,Qty,Amount\n"
    for line in range(LINES):
        day = f"{2020 + number // 72}-{number // 6 % 12 + 1:02}-{line % 28 + 1:02}"
        text += f"{number}-{line},{day},p{line % 9},Item {line % 9},Food,1,10\n"
    draft = folder / f".file-{number:03}.tmp"
    draft.write_text(text, encoding="utf-8")
    draft.rename(folder / f"file-{number:03}.csv")


def standing_memory(group: int) -> float:
    """MB held by the processes of a group that are no runs: web server, daemon, code server.

    The code server starts a run as a process of its own, through Python's multiprocessing.
    """
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            status = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes()
            is_run = any(word in words for word in (b"multiprocessing", b"execute_run", b"dbt"))
            if int(status[2]) == group and not is_run:
                total += int(status[21]) * os.sysconf("SC_PAGE_SIZE")
    return total / 1e6


def size(folder: Path) -> float:
    """MB of the files below a folder."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            total += file.lstat().st_size if file.is_file() else 0
    return total / 1e6


def answered(paths: Settings) -> int:
    """Files in the answers that readers get."""
    with open_snapshot(paths) as snapshot:
        rows = select_rows(snapshot.quality / "source_files.parquet", {"status": "accepted"})
        return len(rows)


def parts(paths: Settings) -> dict[str, int]:
    """When each landed file was written; one that is read again is written again."""
    found = {}
    for part in (paths.raw / "raw_sales").glob("[0-9a-f]*.parquet"):
        with suppress(OSError):
            found[part.name] = part.stat().st_mtime_ns
    return found


def ended_runs(paths: Settings) -> int:
    """Runs that ended well."""
    return sum(job["status"] == "succeeded" for job in history.read_jobs(paths))


def started_dagster(home: Path, paths: Settings) -> subprocess.Popen[bytes]:
    """`dagster dev` in a folder of its own, with the project's settings for it."""
    home.mkdir()
    shutil.copy(PROJECT_DIR / "dagster.yaml", home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dagster = shutil.which("dagster", path=str(Path(sys.executable).parent)) or "dagster"
    command = [dagster, "dev", "-m", "lucid_orchestration.definitions"]
    inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    with (home / "dev.log").open("wb") as log:
        return subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env=inherited | {"PYTHONPATH": str(PROJECT_DIR), "LUCID_DATA_DIR": str(paths.data_dir)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kept_runs(home: Path) -> int:
    """Runs that Dagster still knows."""
    database = next((home / ".dagster" / "storage").rglob("runs.db"))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("select count(*) from runs").fetchone()[0])


class Soak:
    """One soak; `wrong` is what should not have happened."""

    def __init__(self, folder: Path, files: int, minutes: float) -> None:
        self.files, self.seconds = files, minutes * 60
        self.paths = Settings(folder / "data")
        self.paths.inbox.mkdir(parents=True)
        self.home = folder / "home"
        self.process = started_dagster(self.home, self.paths)
        self.begin = time.monotonic()
        self.samples: list[Sample] = []
        self.read: dict[str, int] = {}
        self.wrong: list[str] = []

    def sample(self, dropped: int) -> Sample:
        """Measure, print, and see that no file was read twice."""
        now = parts(self.paths)
        twice = [name for name, when in self.read.items() if now.get(name, when) != when]
        if twice:
            self.wrong.append(f"{len(twice)} files were read again")
        self.read |= now
        found = Sample(
            time.monotonic() - self.begin,
            dropped,
            answered(self.paths),
            ended_runs(self.paths),
            standing_memory(self.process.pid),
            size(self.home / ".dagster"),
            size(self.paths.data_dir),
        )
        self.samples.append(found)
        print(
            f"{found.seconds:5.0f} s: {found.dropped} dropped, {found.answered} answered, "
            f"{found.runs} runs, {found.memory:.0f} MB held, .dagster {found.dagster:.1f} MB, "
            f"data {found.data:.1f} MB",
            flush=True,
        )
        return found

    def work(self) -> None:
        """Drop all files, wait for the answers, and see that it is quiet then."""
        due = self.begin
        for number in range(self.files):
            wait = self.begin + self.seconds * number / self.files - time.monotonic()
            time.sleep(max(wait, 0))
            drop(self.paths, number)
            if time.monotonic() >= due:
                self.sample(number + 1)
                due += SAMPLE_SECONDS
        end = time.monotonic() + LONGEST_WAIT
        while self.sample(self.files).answered < self.files and time.monotonic() < end:
            time.sleep(SAMPLE_SECONDS / 2)
        time.sleep(QUIET_SECONDS)
        settled = self.sample(self.files)
        time.sleep(QUIET_SECONDS)
        if self.sample(self.files).runs != settled.runs:
            self.wrong.append("a run came without a change")

    def judge(self) -> None:
        """Compare with what has to be."""
        with open_snapshot(self.paths) as snapshot:
            (shop,) = select_rows(snapshot.marts / "datasets.parquet", {})
        lines = self.files * LINES
        if (shop["sales_line_count"], int(shop["exact_revenue"])) != (lines, lines * 10):
            self.wrong.append(f"{shop['sales_line_count']} lines of {lines} are in the answers")
        if len(self.read) != self.files:
            self.wrong.append(f"{len(self.read)} files of {self.files} were read")
        failed = [job for job in history.read_jobs(self.paths) if job["status"] == "failed"]
        if failed:
            self.wrong.append(f"{len(failed)} runs failed: {failed[0]['message']}")
        held = [sample.memory for sample in self.samples]
        third = len(held) // 3
        before, after = statistics.median(held[third : 2 * third]), statistics.median(held[-third:])
        print(f"memory held: {before:.0f} MB in the second third, {after:.0f} MB in the last")
        if after > before * 1.2:
            self.wrong.append("memory grows")
        last = self.samples[-1]
        print(
            f"{last.runs} runs, {kept_runs(self.home)} known to Dagster (it keeps {KEPT_RUNS}), "
            f"{last.dagster / max(last.runs, 1):.2f} MB of .dagster and "
            f"{len(list(self.paths.builds.iterdir()))} folders of builds"
        )

    def end(self) -> None:
        """End Dagster."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def main() -> int:
    """Soak and judge."""
    given = sys.argv[1:]
    files = int(given[0]) if given else FILES
    minutes = float(given[1]) if len(given) > 1 else MINUTES
    with tempfile.TemporaryDirectory() as name:
        soak = Soak(Path(name).resolve(), files, minutes)
        try:
            soak.work()
            soak.judge()
        finally:
            soak.end()
    print("; ".join(soak.wrong) or "every file once, nothing grows without end")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
