"""How long all rules take on a large shop.

Usage: python benchmarks/insights/scale.py DATA_FOLDER DATASET [TIMES …] [--write]
Takes the marts of one dataset of a finished build (as `run.py --data` leaves them), multiplies its
products and categories (default 4 and 40 times), and times the evaluation: reading the marts, all
rules, confidence, ranking, writing the tables. Prints a Markdown table; --write puts it into
benchmarks/RESULTS.md.
"""

import os
import resource
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.append(str(Path(__file__).parents[1]))

from results import keep

from lucid_orchestration.insights.marts import QUALITY_TABLES
from lucid_orchestration.insights.pipeline import evaluate
from lucid_orchestration.settings import mart_names


def main() -> None:
    """Multiply, evaluate, print; with --write into benchmarks/RESULTS.md."""
    words = [word for word in sys.argv[1:] if word != "--write"]
    data, dataset = Path(words[0]), words[1]
    lines = [
        "Reading the marts, all rules, confidence, ranking, writing; the marts of a shop with",
        "planted facts, multiplied. Made by `python benchmarks/insights/scale.py`. CPU seconds are",
        "those of all cores; wall time depends on what else the machine does.",
        "",
        "| products | insights | shown | CPU s | wall s | peak MB |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for count in [int(word) for word in words[2:]] or [4, 40]:
        with tempfile.TemporaryDirectory() as folder:
            products = multiply(data, dataset, count, Path(folder))
            before = os.times()
            run = evaluate(
                Path(folder) / "marts", Path(folder) / "quality", Path(folder) / "insights"
            )
            after = os.times()
        for problem in run.problems:
            print(problem.sentence, file=sys.stderr)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        cpu = after.user - before.user + after.system - before.system
        lines.append(
            f"| {products:,} | {len(run.insights)} | {len(run.active)} | {cpu:.1f} "
            f"| {after.elapsed - before.elapsed:.1f} | {peak:,} |"
        )
    text = "\n".join(lines)
    print(text)
    if "--write" in sys.argv:
        keep("How long the rules take", text)


def multiply(data: Path, dataset: str, count: int, folder: Path) -> int:
    """Write marts in which every product and category stands `count` times; returns products."""
    with duckdb.connect() as connection:
        for layer, names in (("marts", mart_names()), ("quality", QUALITY_TABLES)):
            (folder / layer).mkdir()
            for name in names:
                path = data / layer / f"{name}.parquet"
                columns = set(duckdb.read_parquet(str(path)).columns)
                copied = [c for c in ("product_id", "entity_id", "category") if c in columns]
                is_store = "entity_type = 'store'" if "entity_type" in columns else "false"
                changed = ", ".join(
                    f"case when {is_store} then {c} else {c} || '-' || copy end as {c}"
                    for c in copied
                )
                rows = f"from '{path}' where dataset_id = '{dataset}'"
                if copied:
                    select = f"select * exclude (copy) replace ({changed}) from (select * {rows})"
                    select += f" cross join range({count}) as copies(copy)"
                    select += f" where not ({is_store}) or copy = 0"
                else:
                    select = f"select * {rows}"
                target = folder / layer / f"{name}.parquet"
                connection.execute(f"copy ({select}) to '{target}' (format parquet)")
        found = connection.execute(
            f"select count(*) from '{folder}/marts/product_master.parquet'"
        ).fetchone()
    return int(found[0]) if found else 0


if __name__ == "__main__":
    main()
