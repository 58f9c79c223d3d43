"""What the desk's answers cost: `python benchmarks/desk.py FOLDER [PRODUCTS]`.

FOLDER is a data folder that Lucid has built, such as the invented shop's. Its published tables are
copied until they speak of PRODUCTS products (20,000 unless given), a desk is started over them, and
asked on loopback: each of the seven answers by four askers at once, then 200 requests at once. The
figures go to benchmarks/DESK.md.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import httpx2

ANSWERS = (
    "best-sellers",
    "revenue-contribution",
    "seasonality",
    "inventory-velocity",
    "dead-stock",
    "profitability",
    "trends",
    "trends?entity_type=product&months=3",
)
ASKERS = 4
REQUESTS = 200
AT_ONCE = 200
TICKS = os.sysconf("SC_CLK_TCK")
RESULTS = Path(__file__).with_name("DESK.md")


def enlarged(source: Path, target: Path, products: int) -> int:
    """Copy the published tables, each product as often as it takes; how many there are then."""
    connection = duckdb.connect()
    master = source / "marts" / "product_master.parquet"
    (count,) = connection.execute("select count(*) from read_parquet(?)", [str(master)]).fetchone()
    copies = -(-products // count)
    for folder in ("marts", "quality", "insights"):
        (target / folder).mkdir(parents=True)
        for file in sorted((source / folder).glob("*.parquet")):
            columns = {
                row[0]
                for row in connection.execute(
                    "describe select * from read_parquet(?)", [str(file)]
                ).fetchall()
            }
            key = next((name for name in ("product_id", "entity_id") if name in columns), None)
            to = target / folder / file.name
            if folder != "marts" or key is None:
                shutil.copy(file, to)
                continue
            of_products = "true" if key == "product_id" else "entity_type = 'product'"
            connection.execute(
                f"copy (select * exclude (copy) replace (case when copy = 0 then {key} "
                f"else {key} || '-' || copy end as {key}) "
                f"from read_parquet('{file}'), (select unnest(range({copies})) as copy) "
                f"where copy = 0 or {of_products} order by all) to '{to}' (format parquet)"
            )
    shutil.copytree(source / "state", target / "state", ignore=shutil.ignore_patterns("dbt*"))
    return int(copies * count)


def cpu_seconds(pid: int) -> float:
    """CPU a process has used, of its own."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_mb(pid: int) -> int:
    """Memory a process holds now."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def started(data: Path) -> tuple[subprocess.Popen[bytes], str]:
    """A desk that answers, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("lucid")), "desk", "--no-browser", "--port", str(port)],
        env={**os.environ, "LUCID_DATA_DIR": str(data)},
        stdout=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    while True:
        try:
            httpx2.get(f"{address}/api/v1/token")
        except httpx2.TransportError:
            time.sleep(0.1)
            continue
        return process, address


def timed(client: httpx2.Client, address: str) -> float:
    """Seconds until an answer is whole."""
    start = time.perf_counter()
    client.get(address).raise_for_status()
    return time.perf_counter() - start


def measured(base: str, answer: str, pid: int) -> tuple[float, float, float]:
    """Median and 95th hundredth of one answer in ms, and CPU a request in ms."""
    address = f"{base}/api/v1/datasets/sample-shop/{answer}"
    clients = [httpx2.Client(timeout=60) for _ in range(ASKERS)]
    for client in clients:
        timed(client, address)
    before = cpu_seconds(pid)
    with ThreadPoolExecutor(ASKERS) as pool:
        seconds = list(
            pool.map(lambda place: timed(clients[place % ASKERS], address), range(REQUESTS))
        )
    cpu = (cpu_seconds(pid) - before) / REQUESTS
    ordered = sorted(seconds)
    return statistics.median(ordered) * 1e3, ordered[int(REQUESTS * 0.95)] * 1e3, cpu * 1e3


def at_once(base: str) -> tuple[int, float]:
    """How many of many requests at once are answered, and seconds until the last is."""
    gate = threading.Barrier(AT_ONCE)
    address = f"{base}/api/v1/datasets/sample-shop/best-sellers"

    def one(_: int) -> bool:
        with httpx2.Client(timeout=120) as client:
            gate.wait()
            return client.get(address).status_code == 200

    start = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answered = sum(pool.map(one, range(AT_ONCE)))
    return answered, time.perf_counter() - start


def first_byte(base: str) -> float:
    """Milliseconds to the first byte of the page that is opened every morning; the median of 20."""
    times = []
    with httpx2.Client() as client:
        for _ in range(20):
            start = time.perf_counter()
            with client.stream("GET", f"{base}/shops/sample-shop") as answer:
                for place, _ in enumerate(answer.iter_raw(1)):
                    if place == 0:
                        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def main() -> None:
    """Measure and write down."""
    source = Path(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    with tempfile.TemporaryDirectory(prefix="lucid-desk-") as folder:
        data = Path(folder) / "data"
        products = enlarged(source, data, wanted)
        process, base = started(data)
        try:
            idle = memory_mb(process.pid)
            lines = [
                f"| `{answer}` | {p50:.0f} | {p95:.0f} | {cpu:.1f} |"
                for answer in ANSWERS
                for p50, p95, cpu in [measured(base, answer, process.pid)]
            ]
            answered, seconds = at_once(base)
            page = first_byte(base)
            after = memory_mb(process.pid)
        finally:
            process.terminate()
            process.wait(60)
    load = os.getloadavg()[0]
    text = "\n".join(
        [
            "# What the desk's answers cost",
            "",
            f"{products:,} products, {os.cpu_count()} cores, {ASKERS} askers at once, "
            f"{REQUESTS} requests an answer; the machine's load was {load:.1f}. Made by "
            "`python benchmarks/desk.py`.",
            "",
            "| answer | median ms | p95 ms | CPU ms a request |",
            "|---|---|---|---|",
            *lines,
            "",
            f"{answered} of {AT_ONCE} requests at once were answered, the last after "
            f"{seconds:.1f} s. First byte of the page of the day: {page:.0f} ms. Memory of the "
            f"service: {idle} MB at the start, {after} MB after all of this.",
            "",
        ]
    )
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
