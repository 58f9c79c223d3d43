"""Whether Apache Spark gives DuckDB's answers over any shops, and what each engine costs.

    python benchmarks/engines.py FOLDER INBOX [INBOX …]

Each folder below an INBOX is a shop. All of them are read once, into the empty FOLDER, and either
engine builds over these rows. It prints the CPU seconds of all three and what is not the same file.
Spark is told by LUCID_SPARK and SPARK_CONF_DIR; needs `pip install '.[spark]'` and Java.
"""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from lucid_orchestration.settings import Settings  # noqa: E402
from lucid_orchestration.storage import read_parquet_rows  # noqa: E402
from tests.spark.shops import contents, differing, environment, run  # noqa: E402

LAND = """
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.settings import settings
paths = settings()
ingest(paths.inbox, paths.raw, paths.state)
"""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Print what the programs used that are started in the `with`."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    yield
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:8} {used:8.1f} CPU s, {time.monotonic() - started:.0f} s of wall", flush=True)


def compare(folder: Path, inboxes: list[Path]) -> None:
    duckdb, spark = Settings(folder / "duckdb"), Settings(folder / "spark")
    for inbox in inboxes:
        shutil.copytree(inbox, duckdb.inbox, dirs_exist_ok=True)
    with told("landing"):
        subprocess.run([sys.executable, "-c", LAND], env=environment(duckdb, {}), check=True)
    shutil.copytree(duckdb.data_dir, spark.data_dir)
    with told("DuckDB"):
        run(duckdb)
    with told("Spark"):
        run(spark, LUCID_TARGET="spark", JDK_JAVA_OPTIONS="")
    files = read_parquet_rows(duckdb.quality / "source_files.parquet")
    accepted = sum(int(file["rows_accepted"] or 0) for file in files)
    shops = {file["dataset_id"] for file in files}
    print(f"{len(shops)} shops, {len(files)} files, {accepted} rows accepted")
    print(f"tables that differ: {[*differing(duckdb, spark)]}")
    for one, other in ((duckdb.insights, spark.insights), (duckdb.reports, spark.reports)):
        pairs = contents(one).items() ^ contents(other).items()
        print(f"{one.name} that differ: {sorted({name for name, _ in pairs})}", flush=True)


if __name__ == "__main__":
    compare(Path(sys.argv[1]).resolve(), [Path(word) for word in sys.argv[2:]])
