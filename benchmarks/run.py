"""How long a run takes on the sample shop: the first, one with no change, one with a new file.

Usage: python benchmarks/run.py
Prints a table and writes it to benchmarks/RESULTS.md. Seconds depend on the machine and its load;
the ratios are what to compare. Needs a system with os.wait4 (Linux, macOS).
"""

import os
import platform
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.settings import PROJECT_DIR

RESULTS = Path(__file__).with_name("RESULTS.md")
SHOP = PROJECT_DIR / "examples" / "sample-shop"
LATE_FILE = "sales_2026-08.csv"


@dataclass(frozen=True)
class Cost:
    """What one run took: wall and CPU seconds, and its largest resident memory in MB."""

    name: str
    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Measure the four runs one after the other in a data folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        inbox = data / "inbox" / SHOP.name
        shutil.copytree(SHOP, inbox)
        late = data / LATE_FILE
        shutil.move(inbox / LATE_FILE, late)
        costs = [measure("first run, 33 files", data)]
        costs.append(measure("nothing changed", data))
        shutil.move(late, inbox / LATE_FILE)
        costs.append(measure("one file more", data))
        (inbox / LATE_FILE).unlink()
        costs.append(measure("one file less", data))
    text = table(costs)
    print(text)
    # what other benchmarks wrote stands behind their marks and stays
    _, mark, rest = RESULTS.read_text(encoding="utf-8").partition("\n<!-- ")
    RESULTS.write_text(text + mark + rest, encoding="utf-8")


def measure(name: str, data: Path) -> Cost:
    """Run `lucid run` in a process of its own and read what it used.

    Raises:
        RuntimeError: when the run fails.
    """
    command = [sys.executable, "-c", "from lucid_orchestration.cli import main; main()", "run"]
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [*command, "--json"],
        {**os.environ, "LUCID_DATA_DIR": str(data)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status != 0:
        raise RuntimeError(f"{name}: lucid run failed")
    # Linux counts kilobytes, macOS bytes
    unit = 1024 if platform.system() == "Linux" else 1024 * 1024
    return Cost(name, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def table(costs: list[Cost]) -> str:
    """The costs as Markdown, each with its ratio to the first run."""
    lines = [
        "# What a run costs",
        "",
        f"The sample shop (about 29,000 sales lines), {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. Made by `python benchmarks/run.py`.",
        "",
        "| run | wall s | CPU s | peak MB | CPU, ratio to the first |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {cost.name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory:.0f} "
        f"| {cost.cpu / costs[0].cpu:.2f} |"
        for cost in costs
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
