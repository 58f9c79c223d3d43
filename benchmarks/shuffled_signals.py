"""How many products of a shop signal when its months are shuffled: all of it is chance.

Usage: python benchmarks/shuffled_signals.py SALES.csv DATE PRODUCT QUANTITY AMOUNT [ORDER]
The names are headings of the file; ORDER is that of its dates: mdy, dmy or ymd. The months of each
product are put in another order, the days stay what they are; five shops of one file, and the file
as it is.
Needs `pip install .[dev,bench]`.
"""

import csv
import os
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from results import keep
from run import DBT, run

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.settings import Settings

SHUFFLES = 5
FORMATS = {"mdy": "%m/%d/%Y", "dmy": "%d/%m/%Y", "ymd": "%Y-%m-%d"}
Line = tuple[date, str, str, str]


def main() -> None:
    """Build the shops, count the signals, and keep the table."""
    file, *columns = sys.argv[1:6]
    order = sys.argv[6] if len(sys.argv) > 6 else "ymd"
    lines = read(Path(file), columns, FORMATS[order])
    with tempfile.TemporaryDirectory() as folder:
        paths = Settings(Path(folder))
        write(paths.inbox / "as-it-is", lines)
        for seed in range(SHUFFLES):
            write(paths.inbox / f"shuffled-{seed}", shuffled(lines, np.random.default_rng(seed)))
        os.environ["LUCID_DATA_DIR"] = folder
        ingest(paths.inbox, paths.raw, paths.state)
        run("build", paths.data_dir, DBT, "seed")
        run("build", paths.data_dir, DBT, "run")
        text = shares(paths)
    print(text)
    keep("Signals on shuffled months", text)


def read(file: Path, columns: list[str], form: str) -> list[Line]:
    """Day, product, quantity and amount of every line."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [
            (
                datetime.strptime(row[columns[0]], form).replace(tzinfo=UTC).date(),
                *(row[name] for name in columns[1:]),
            )
            for row in csv.DictReader(text)
        ]


def shuffled(lines: list[Line], chance: np.random.Generator) -> list[Line]:
    """The same lines; of each product, what was sold in one month in another."""
    months = sorted({line[0].replace(day=1) for line in lines})
    place = {month: at for at, month in enumerate(months)}
    by_product: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_product[line[1]].append(line)
    found: list[Line] = []
    for _, own in sorted(by_product.items()):
        moved = chance.permutation(len(months))
        for day, *rest in own:
            month = months[moved[place[day.replace(day=1)]]]
            found.append((month.replace(day=min(day.day, 28)), *rest))
    return found


def write(folder: Path, lines: list[Line]) -> None:
    """One file of sales."""
    folder.mkdir(parents=True)
    with (folder / "sales.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Bill Date", "Item Name", "Qty", "Amount"])
        writer.writerows(sorted(lines))


def shares(paths: Settings) -> str:
    """What part of the products each shop's signals are about, of those that could be judged."""
    query = f"""
        select
            case when dataset_id like 'shuffled%' then 'shuffled' else 'as it is' end as months,
            count(*), 100.0 * avg(case when signal in ('rising', 'declining') then 1 else 0 end)
        from read_parquet('{paths.marts / "trend_signals.parquet"}')
        where entity_type = 'product' and signal != 'insufficient_history'
        group by months order by months"""
    lines = ["| months | products judged | signal |", "|---|---:|---:|"]
    with duckdb.connect() as database:
        for months, count, share in database.execute(query).fetchall():
            lines.append(f"| {months} | {count:,} | {share:.2f} % |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
