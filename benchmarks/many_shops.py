"""What a new file in one of many shops costs: run together, and that shop alone.

    python benchmarks/many_shops.py [SHOPS [LINES]]            two ways, CPU seconds
    python benchmarks/many_shops.py SHOPS LINES --cluster      by three workers, one of them killed

The second needs `pip install '.[celery]'` and redis-server (or LUCID_TEST_REDIS). It prints what
each process used, how often each shop was run, and whether all tables are those of one machine.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

import dagster as dg  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from lucid_orchestration.settings import Settings  # noqa: E402
from lucid_orchestration.warehouse.gathering import gather, is_gathered, open_current  # noqa: E402
from lucid_orchestration.warehouse.publishing import output_files  # noqa: E402
from tests.cluster import Cluster, redis_program, wait_until  # noqa: E402
from tests.small_shops import write_shop  # noqa: E402

MINUTES_PER_SHOP = 10


def lucid(paths: Settings, *words: str) -> float:
    """Run a command over a data folder; CPU seconds of it and what it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "from lucid_orchestration.cli import main; main()"
    subprocess.run(
        [sys.executable, "-c", code, *words, "--json"],
        env={**os.environ, "LUCID_DATA_DIR": str(paths.data_dir), "PYTHONPATH": str(HERE)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def names(count: int) -> list[str]:
    return [f"shop-{number:04}" for number in range(count)]


def rows(paths: Settings) -> dict[str, object]:
    """All tables but for the times at which files were read."""
    with open_current(paths) as snapshot:
        tables = {
            file.stem: pq.read_table(snapshot.marts.parent / file.relative_to(paths.data_dir))
            for file in output_files(paths)
        }
    return {
        name: table.drop_columns(list({"ingested_at"} & set(table.column_names))).to_pylist()
        for name, table in tables.items()
    }


def two_ways(folder: Path, shops: int, lines: int) -> None:
    together, alone = Settings(folder / "together"), Settings(folder / "alone")
    for number, name in enumerate(names(shops)):
        write_shop(together.inbox, name, number, lines)
    print(f"{shops} shops of {lines} lines; CPU seconds")
    print(f"together, first run          {lucid(together, 'run'):8.1f}", flush=True)
    shutil.copytree(together.data_dir, alone.data_dir)
    for paths in (together, alone):
        write_shop(paths.inbox, names(1)[0], 100_000, lines // 10)
    print(f"together, one new file       {lucid(together, 'run'):8.1f}", flush=True)
    shop = ("run", "--dataset", names(1)[0])
    print(f"that shop alone, first time  {lucid(alone, *shop):8.1f}", flush=True)
    started = time.process_time()
    gather(alone)
    print(f"taken over for all shops     {time.process_time() - started:8.1f}", flush=True)
    print(f"equal to all together: {rows(alone) == rows(together)}", flush=True)
    write_shop(alone.inbox, names(1)[0], 100_001, lines // 10)
    print(f"that shop, one more file     {lucid(alone, *shop):8.1f}", flush=True)
    started = time.process_time()
    gather(alone)
    print(f"taken over again             {time.process_time() - started:8.1f}", flush=True)
    print(f"that shop, nothing new       {lucid(alone, *shop):8.1f}", flush=True)


def by_workers(folder: Path, shops: int, lines: int) -> None:
    paths, together = Settings(folder / "data"), Settings(folder / "together")
    for number, name in enumerate(names(shops)):
        for whose in (paths, together):
            write_shop(whose.inbox, name, number, lines)
    redis = redis_program()
    if redis is None:
        sys.exit("There is no redis-server here; LUCID_TEST_REDIS may name one.")
    longest = shops * MINUTES_PER_SHOP * 60.0
    done = dg.DagsterRunStatus.SUCCESS
    started = time.monotonic()
    with Cluster(folder / "cluster", paths, redis) as cluster:
        wait_until(
            lambda: len(cluster.runs(done)) > shops // 10 and bool(cluster.at_work()), longest
        )
        worker, interrupted = next(iter(cluster.at_work().items()))
        print(f"killed {worker} at {interrupted}; CPU {cluster.cpu_seconds()}", flush=True)
        cluster.kill(worker)
        wait_until(lambda: len(cluster.runs(done)) >= shops and is_gathered(paths), longest)
        counts = Counter(run.tags["dagster/partition"] for run in cluster.runs(done))
        print(f"{time.monotonic() - started:.0f} s of wall; CPU {cluster.cpu_seconds()}")
    print(f"each shop once: {counts == Counter(names(shops))}", flush=True)
    print(f"together on one machine: {lucid(together, 'run'):.1f} CPU seconds", flush=True)
    print(f"equal: {rows(paths) == rows(together)}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    shops, lines = [*numbers, *(100, 2000)[len(numbers) :]]
    with tempfile.TemporaryDirectory(prefix="lucid-many-") as place:
        (by_workers if "--cluster" in sys.argv else two_ways)(Path(place), shops, lines)
