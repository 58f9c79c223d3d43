"""What a run costs: the sample shop, or a shop of any size beside the least SQL, polars and pandas.

Usage: python benchmarks/run.py                     the sample shop
       python benchmarks/run.py 10000000 20000      so many sales lines and products
Prints tables and writes each into its place in benchmarks/RESULTS.md. Seconds depend on the machine
and its load; the ratios within one run are what to compare. Needs a system with os.wait4 (Linux,
macOS) and `pip install .[dev,bench]`.
"""

import os
import platform
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
from results import keep

from lucid_orchestration.settings import PROJECT_DIR, mart_names
from lucid_orchestration.warehouse.show import Options, show

SHOP = PROJECT_DIR / "examples" / "sample-shop"
LATE_FILE = "sales_2026-08.csv"
LUCID = "from lucid_orchestration.cli import main; main()"
STAGES = """
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import read_inbox, run_step, step_of
from lucid_orchestration.settings import settings
def tell(_): pass
read_inbox(settings(), False, tell)
for stage in {stages}: run_step(settings(), step_of(Stage(stage)), {is_full}, tell)
"""
BUILD = STAGES.format(stages=("build",), is_full=False)
REST = STAGES.format(stages=("insights", "explain", "report"), is_full=True)
PANDAS_LINES = 20_000_000  # more do not fit into memory
DBT = "from dbt.cli.main import cli; cli()"
TYPED_LINES = """
copy (
    select transaction_id, product_id, product_name, category, quantity, net_revenue, sale_date
    from staging.judged_sales where outcome = 'accepted'
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
    selected = ("--full-refresh", "-s", "path:models/intermediate", "path:models/marts")
    tiny = one_line_shop(folder / "tiny")
    tiny_build = run("reading and building a shop of one line", tiny, BUILD)
    tiny_marts = run("the marts of a shop of one line", tiny, DBT, "run", *selected)

    make_shop(lines, products, folder)
    data = folder / "data"
    shutil.move(folder / "shop", data / "inbox" / "shop")
    first = run("lucid run, first", data)
    unchanged = run("lucid run, nothing changed", data)
    shutil.move(folder / "next" / "sales_2025-01.csv", data / "inbox" / "shop")
    new = run("lucid run, one file of 1 % more", data)
    rest = run("of this: rules, texts and pages", data, REST)

    typed = folder / "typed"
    typed.mkdir()
    with duckdb.connect(str(data / "lucid.duckdb"), read_only=True) as database:
        database.execute(TYPED_LINES.format(folder=typed.as_posix()))
    ours = run("our marts from staging", data, DBT, "run", *selected)
    shutil.rmtree(data / "raw")  # room for the peers' results
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
        if name != "pandas" or lines <= PANDAS_LINES
    ]
    outside = rest.cpu + tiny_build.cpu
    share = (new.cpu - outside) / (first.cpu - outside)
    ratio = (ours.cpu - tiny_marts.cpu) / peers[0].cpu
    return "\n".join(
        [
            table([first, unchanged, new, rest, tiny_build], first),
            "One file more, reading and building alone, the shop of one line taken off on both "
            f"sides: {share:.0%} of the first run's CPU.",
            "",
            table([ours, tiny_marts, *peers], peers[0]),
            "Our marts, the shop of one line taken off: "
            f"{ratio:.2f} times the CPU of the least SQL.",
            "",
            cached_reads(data),
        ]
    )


def one_line_shop(data: Path) -> Path:
    """A data folder that was built once, with one sales line; what is left is dbt's own work."""
    inbox = data / "inbox" / "shop"
    inbox.mkdir(parents=True)
    sale = "Date,Bill No,Item Code,Item,Qty,Amount\n2025-01-31,1,p1,Tea,1,10\n"
    inbox.joinpath("sales.csv").write_text(sale, encoding="utf-8")
    run("once before, so that the project is parsed", data, BUILD)
    return data


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
    for mart in mart_names():
        for _ in range(20):
            started = time.perf_counter()
            show(data / "marts", mart, "shop", Options())
            times.append((time.perf_counter() - started) * 1000)
    times.sort()
    median, late = statistics.median(times), times[int(len(times) * 0.95)]
    return f"`lucid show` in a warm process: median {median:.0f} ms, p95 {late:.0f} ms.\n"


if __name__ == "__main__":
    main()
