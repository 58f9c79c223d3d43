"""What a run costs: the sample shop, or a shop of any size beside the least SQL, polars and pandas.

Usage: python benchmarks/run.py                     the sample shop
       python benchmarks/run.py 10000000 20000      so many sales lines and products
Prints tables and writes each into its place in benchmarks/RESULTS.md. Seconds depend on the machine
and its load; the ratios within one run are what to compare. Needs a system with os.wait4 (Linux,
macOS) and `pip install .[dev,bench]`.
"""

import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))

from make_shop import make_shop

from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.warehouse.queries import MARTS, Options, show

RESULTS = Path(__file__).with_name("RESULTS.md")
SHOP = PROJECT_DIR / "examples" / "sample-shop"
LATE_FILE = "sales_2026-08.csv"
LUCID = "from lucid_orchestration.cli import main; main()"
DBT = "from dbt.cli.main import cli; cli()"
TYPED_LINES = """
copy (
    select transaction_id, product_id, product_name, category, quantity, net_revenue, sale_date
    from staging.base_sales_judged where outcome = 'accepted'
) to '{folder}/lines.parquet' (format parquet);
copy (
    select product_id, current_stock as stock, item_cost as unit_cost from marts.product_master
    where current_stock is not null
) to '{folder}/stock.parquet' (format parquet)
"""


@dataclass(frozen=True)
class Cost:
    """What one process took: wall and CPU seconds, and its largest resident memory in MB."""

    name: str
    wall: float
    cpu: float
    memory: float


def main() -> None:
    """Measure what the command line asks for and keep the table."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) == 1:
            title, text = "The sample shop", sample_shop(Path(folder))
        else:
            lines, products = int(sys.argv[1]), int(sys.argv[2])
            title = f"{lines:,} sales lines of {products:,} products"
            text = big_shop(lines, products, Path(folder))
    print(text)
    keep(title, text)


def sample_shop(data: Path) -> str:
    """Four runs one after the other in a data folder of their own."""
    inbox = data / "inbox" / SHOP.name
    shutil.copytree(SHOP, inbox)
    late = data / LATE_FILE
    shutil.move(inbox / LATE_FILE, late)
    costs = [run("first run, 33 files", data), run("nothing changed", data)]
    shutil.move(late, inbox / LATE_FILE)
    costs.append(run("one file more", data))
    (inbox / LATE_FILE).unlink()
    costs.append(run("one file less", data))
    return table(costs, costs[0])


def big_shop(lines: int, products: int, folder: Path) -> str:
    """The whole pipeline, then the marts alone beside their limit and their peers."""
    make_shop(lines, products, folder)
    data = folder / "data"
    shutil.move(folder / "shop", data / "inbox" / "shop")
    first = run("lucid run, first", data)
    # the second time: parsing the project from nothing is paid once
    for _ in range(2):
        start = run("dbt's start: one empty model", data, DBT, "run", "-s", "int_purchases")
    unchanged = run("lucid run, nothing changed", data)
    shutil.move(folder / "next" / "sales_2025-01.csv", data / "inbox" / "shop")
    new = run("lucid run, one file of 1 % more", data)
    pipeline = [first, unchanged, new, start]
    typed = folder / "typed"
    typed.mkdir()
    with duckdb.connect(str(data / "lucid.duckdb"), read_only=True) as database:
        database.execute(TYPED_LINES.format(folder=typed.as_posix()))
    selected = ("path:models/intermediate", "path:models/marts")
    ours = run("dbt, marts from staging", data, DBT, "run", "--full-refresh", "-s", *selected)
    ours = Cost(
        "our marts from staging, start taken off", ours.wall, ours.cpu - start.cpu, ours.memory
    )
    peers = [
        run(
            name,
            data,
            f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); "
            f"from pathlib import Path; from {module} import {function}; "
            f"{function}('{typed}/lines.parquet', '{typed}/stock.parquet', Path('{folder}/out'))",
        )
        for name, module, function in (
            ("the least SQL", "limit", "run"),
            ("polars", "peers", "run_polars"),
            ("pandas", "peers", "run_pandas"),
        )
    ]
    share = (new.cpu - start.cpu) / (first.cpu - start.cpu)
    return "\n".join(
        [
            table(pipeline, first),
            f"One file more, starts taken off on both sides: {share:.0%} of the first run's CPU.",
            "",
            table([ours, *peers], peers[0]),
            cached_reads(data),
        ]
    )


def run(name: str, data: Path, program: str = LUCID, *arguments: str) -> Cost:
    """Run a program in a process of its own and read what it used.

    Raises:
        RuntimeError: when the program fails.
    """
    if program == LUCID:
        arguments = ("run", "--json")
    if program == DBT:
        arguments = ("--quiet", *arguments, "--project-dir", str(PROJECT_DIR))
        arguments += ("--profiles-dir", str(PROJECT_DIR), "--target-path", f"{data}/target")
        arguments += ("--log-path", f"{data}/target")
        data.joinpath("target").mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", program, *arguments],
        {**os.environ, "LUCID_DATA_DIR": str(data)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status != 0:
        raise RuntimeError(f"{name} failed")
    # Linux counts kilobytes, macOS bytes
    unit = 1024 if platform.system() == "Linux" else 1024 * 1024
    return Cost(name, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def table(costs: list[Cost], basis: Cost) -> str:
    """The costs as Markdown, each with its CPU as a ratio to the basis."""
    lines = [
        f"| what | wall s | CPU s | peak MB | CPU, ratio to “{basis.name}” |",
        "|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {cost.name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory:.0f} "
        f"| {cost.cpu / basis.cpu:.2f} |"
        for cost in costs
    ]
    return "\n".join(lines) + "\n"


def cached_reads(data: Path) -> str:
    """How long `lucid show` takes to read each of its marts in a process that is warm."""
    times = []
    for mart in MARTS:
        for _ in range(20):
            started = time.perf_counter()
            show(data / "marts", mart, "shop", Options())
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    median, late = statistics.median(times), times[int(len(times) * 0.95)]
    return f"`lucid show` in a warm process: median {median:.0f} ms, p95 {late:.0f} ms.\n"


def keep(title: str, text: str) -> None:
    """Put a section into the results in place of the one with the same title."""
    head = (
        f"# What a run costs\n\n{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}. Made by `python benchmarks/run.py [LINES PRODUCTS]`.\n"
    )
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = dict(re.findall(r"^## (.+?)\n\n(.*?)(?=^## |\Z)", old, flags=re.M | re.S))
    sections[title] = text
    body = "".join(f"## {name}\n\n{section.strip()}\n\n" for name, section in sections.items())
    RESULTS.write_text(f"{head}\n{body}".strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
