"""Score the insight rules on shops with planted truths.

Usage: python benchmarks/insights/run.py [--seeds 31-40] [--data FOLDER] [--write] [--verbose]
Draws one shop per seed, builds all of them as datasets of one inbox, evaluates the rules that are
shipped, and prints the marks; --write puts them into benchmarks/RESULTS.md. With --data the folder
is kept, and a build that is there already is scored again without making it anew. The limits of the
rules were chosen on the shops of the seeds 101 to 108.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

from results import keep
from scoring import Marks, mark
from shops import Plan, Shop, draw, write

from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.insights.pipeline import evaluate
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from lucid_orchestration.warehouse.build import build

SIZES = (200, 300, 400, 600, 250, 800, 350, 500, 1200, 5000)
MONTHS = (38, 48, 24, 40, 60, 44, 30, 37, 36, 24)


def plan(seed: int) -> Plan:
    """The kind of shop a seed stands for; every ten seeds go through all kinds."""
    at = (seed - 1) % 10
    return Plan(
        name=f"seed-{seed}",
        seed=seed,
        months=MONTHS[at],
        products=SIZES[at],
        has_purchases=at in {1, 4, 5},
        has_line_costs=at != 3,
        uncosted_share=0.15 if at == 6 else 0.0,
        faulty_share=0.03 if at == 2 else 0.0,
        top_share=0.32 if at in {0, 7} else 0.0,
    )


def main() -> None:
    """Draw, build, evaluate, mark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="31-40")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    shops = [draw(plan(seed)) for seed in range(int(first), int(last or first) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        paths = Settings(data_dir=(options.data or Path(folder)).resolve())
        if not (paths.marts / "trend_signals.parquet").exists():
            make(shops, paths)
        marks, seconds = score(shops, paths)
    text = table(shops, marks, seconds)
    print(text)
    if options.verbose:
        for shop, own in zip(shops, marks, strict=True):
            print(f"\n{shop.plan.name}: wrong: {'; '.join(own.wrong)}")
            print(f"  missed: {'; '.join(own.missed)}")
    if options.write:
        keep("What the insights are worth", text)


def make(shops: list[Shop], paths: Settings) -> None:
    """Write the files of all shops and build their marts."""
    for shop in shops:
        write(shop, paths.inbox / shop.plan.name)
    started = time.perf_counter()
    ingest(paths.inbox, paths.raw, paths.state)
    build(paths)
    print(f"Built in {time.perf_counter() - started:.0f} s", file=sys.stderr)


def score(shops: list[Shop], paths: Settings) -> tuple[list[Marks], float]:
    """The marks of each shop, and how long the rules took over all of them."""
    started = time.perf_counter()
    run = evaluate(paths.marts, paths.quality, paths.insights)
    seconds = time.perf_counter() - started
    for problem in run.problems:
        print(f"Rule {problem.rule} was left out: {problem.reason}", file=sys.stderr)
    complete = {
        row["dataset_id"]: row["last_complete_month"]
        for row in read_parquet_rows(paths.marts / "datasets.parquet")
    }
    rows = defaultdict(list)
    for row in read_parquet_rows(paths.insights / "insights.parquet"):
        rows[row["dataset_id"]].append(row)
    ends: dict[str, dict[str, date]] = defaultdict(dict)
    for row in read_parquet_rows(paths.marts / "trend_signals.parquet"):
        if row["window_end"] is not None:
            ends[row["dataset_id"]][row["entity_id"]] = row["window_end"]
    marks = [
        mark(shop, rows[shop.plan.name], complete[shop.plan.name], ends[shop.plan.name])
        for shop in shops
    ]
    return marks, seconds


def table(shops: list[Shop], marks: list[Marks], seconds: float) -> str:
    """The marks as Markdown."""
    lines = [
        f"{len(shops)} shops drawn from seeds the rules were not tuned on, with planted facts.",
        "Made by `python benchmarks/insights/run.py`; all rules over all shops took "
        f"{seconds:.1f} s.",
        "",
        "| shop | products | months | precision of the first ten | NDCG by true money "
        "| alarms on stable products | from an incomplete month | stock-outs called a fall |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for shop, own in zip(shops, marks, strict=True):
        lines.append(
            f"| {shop.plan.name} | {shop.plan.products} | {shop.plan.months} | {own.precision:.2f} "
            f"| {own.ndcg:.2f} | {100 * own.false_alarms:.1f} % | {own.incomplete} "
            f"| {own.stock_outs_as_falls} |"
        )
    count = len(marks)
    lines.append(
        f"| **mean** | | | **{sum(m.precision for m in marks) / count:.2f}** "
        f"| **{sum(m.ndcg for m in marks) / count:.2f}** "
        f"| **{100 * sum(m.false_alarms for m in marks) / count:.1f} %** "
        f"| {sum(m.incomplete for m in marks)} | {sum(m.stock_outs_as_falls for m in marks)} |"
    )
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for own in marks:
        for kind, (found, planted) in own.found.items():
            totals[kind][0] += found
            totals[kind][1] += planted
    lines += ["", "| planted fact | found | planted | share |", "|---|---:|---:|---:|"]
    for kind, (found, planted) in sorted(totals.items()):
        name = kind.replace("_", " ")
        lines.append(f"| {name} | {found} | {planted} | {100 * found / planted:.0f} % |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
