"""Score the insights on invented shops of a design the rules were not tuned on.

Usage: python benchmarks/demand/run.py [--seeds 301-316] [--data FOLDER] [--write] [--verbose]
Draws a shop per seed, builds all as datasets of one inbox, evaluates the rules that are shipped,
and prints the marks: precision and ranking by shop, recall by kind of fact, what traps were fallen
into, and how many insights of each level of confidence are true. Limits were looked at on the seeds
101 to 116, 201 to 216, 401 to 424, 601 to 640, 751 to 779, 1001 to 1100, 2001 to 2056, and nine of
619 to 689 in their first year; 701 to 730 were scored once, each ten after the last change of then.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "insights")]

from invented import Shop, draw, plan, write  # noqa: E402 - beside the folders added above
from results import keep  # noqa: E402
from scoring import Marks, mark, members  # noqa: E402
from shops import Truth  # noqa: E402
from truths import TRAPS, compared, find_truths, product_key  # noqa: E402

from lucid_orchestration.ingest.landing import ingest  # noqa: E402
from lucid_orchestration.insights.pipeline import evaluate  # noqa: E402
from lucid_orchestration.settings import Settings  # noqa: E402
from lucid_orchestration.storage import read_parquet_rows  # noqa: E402
from lucid_orchestration.warehouse.build import build  # noqa: E402

LEVELS = ("high", "medium", "low")
# What a trap is made to look like
TRAP_RULES = frozenset(
    {
        "rising_product",
        "declining_product",
        "dead_stock",
        "overstock",
        "price_room",
        "festival_ahead",
    }
)
GROUP_RULES = frozenset({"category_momentum", "declining_category", "shop_rising", "shop_falling"})


@dataclass(frozen=True)
class Item:
    """A product as the marks of the other benchmark ask for it."""

    product_id: str
    category: str


@dataclass(frozen=True)
class Judged:
    """A shop with its truths, in the form the marks of the other benchmark ask for."""

    plan: Any
    products: tuple[Item, ...]
    truths: tuple[Truth, ...]
    stable: frozenset[str]
    traps: frozenset[str]


def judged(shop: Shop) -> Judged:
    """What is true of a shop, and which of its products are stable or a trap."""
    keys = {product_key(shop, product): product for product in shop.products}
    stable = set()
    for key, product in keys.items():
        now, before = compared(shop, product)
        if before and product.kind in TRAPS and 0.9 < now / before < 1.1:
            stable.add(key)
    return Judged(
        plan=shop.plan,
        products=tuple(Item(key, product.category) for key, product in keys.items()),
        truths=tuple(find_truths(shop)),
        stable=frozenset(stable) or frozenset({"nothing"}),
        traps=frozenset(key for key, product in keys.items() if product.kind in TRAPS - {"stable"}),
    )


def main() -> None:
    """Draw, build, evaluate, mark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", default="301-316")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    shops = [draw(plan(seed)) for seed in range(int(first), int(last or first) + 1)]
    with tempfile.TemporaryDirectory() as folder:
        paths = Settings(data_dir=(options.data or Path(folder)).resolve())
        if not (paths.marts / "trend_signals.parquet").exists():
            for shop in shops:
                write(shop, paths.inbox / shop.plan.name)
            ingest(paths.inbox, paths.raw, paths.state)
            build(paths)
        run = evaluate(paths.marts, paths.quality, paths.insights)
        for problem in run.problems:
            print(f"Rule {problem.rule} was left out: {problem.reason}", file=sys.stderr)
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in read_parquet_rows(paths.insights / "insights.parquet"):
            rows[row["dataset_id"]].append(row)
        complete = {
            row["dataset_id"]: row["last_complete_month"]
            for row in read_parquet_rows(paths.marts / "datasets.parquet")
        }
    all_judged = [judged(shop) for shop in shops]
    marks = [
        mark(own, rows[own.plan.name], complete[own.plan.name], {})  # type: ignore[arg-type]
        for own in all_judged
    ]
    text = table(all_judged, marks, rows)
    print(text)
    if options.verbose:
        for own, marked in zip(all_judged, marks, strict=True):
            print(f"\n{own.plan.name} {own.plan}: wrong: {'; '.join(marked.wrong)}")
            print(f"  missed: {'; '.join(marked.missed)}")
            for level, what in wrong_by_level(own, rows[own.plan.name]):
                print(f"  {level}: {what}")
    if options.write:
        keep("What the insights are worth in shops of another design", text)


def wrong_by_level(own: Judged, rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Every insight that is not wholly true, with its level."""
    true = {(rule, truth.entity_id) for truth in own.truths for rule in truth.rules}
    return [
        (row["confidence"], f"{row['rule_id']}: {', '.join(bad[:5])} of {len(members(row))}")
        for row in rows
        if row["status"] != "resolved"
        and (bad := [e for e in members(row) if (row["rule_id"], e) not in true])
    ]


def table(
    shops: Sequence[Judged], marks: Sequence[Marks], rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> str:
    """The marks as Markdown."""
    lines = [
        f"{len(shops)} shops drawn day by day from latent rates (`benchmarks/demand/run.py`).",
        "",
        "| shop | products | months | stock list | costs | precision | NDCG | alarms on stable |",
        "|---|---:|---:|---|---|---:|---:|---:|",
    ]
    words = {True: "yes", False: "no"}
    for own, marked in zip(shops, marks, strict=True):
        lines.append(
            f"| {own.plan.name} | {own.plan.products} | {own.plan.months} "
            f"| {words[own.plan.has_stock]} | {words[own.plan.has_costs]} "
            f"| {marked.precision:.2f} | {marked.ndcg:.2f} | {100 * marked.false_alarms:.1f} % |"
        )
    count = len(marks)
    lines.append(
        f"| **mean** | | | | | **{sum(m.precision for m in marks) / count:.2f}** "
        f"| **{sum(m.ndcg for m in marks) / count:.2f}** "
        f"| **{100 * sum(m.false_alarms for m in marks) / count:.1f} %** |"
    )
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for marked in marks:
        for kind, (found, planted) in marked.found.items():
            totals[kind][0] += found
            totals[kind][1] += planted
    lines += ["", "| planted fact | told | planted | share |", "|---|---:|---:|---:|"]
    for kind, (found, planted) in sorted(totals.items()):
        lines.append(
            f"| {kind.replace('_', ' ')} | {found} | {planted} | {100 * found / planted:.0f} % |"
        )
    fallen, traps, shares = 0, 0, defaultdict(list)
    for own in shops:
        true = {(rule, truth.entity_id) for truth in own.truths for rule in truth.rules}
        said = {
            (row["rule_id"], entity)
            for row in rows[own.plan.name]
            if row["status"] != "resolved"
            for entity in members(row)
        }
        traps += len(own.traps) + 1
        fallen += len({e for rule, e in said - true if rule in TRAP_RULES and e in own.traps})
        fallen += any(rule in GROUP_RULES for rule, _ in said - true)
        for row in rows[own.plan.name]:
            if row["status"] != "resolved":
                own_members = members(row)
                right = sum((row["rule_id"], e) in true for e in own_members)
                shares[row["confidence"]].append(right / len(own_members))
    lines += [
        "",
        f"Outages that are over, bulk orders, promotions and closures told wrongly: {fallen} "
        f"of {traps}.",
        "",
        "| confidence | insights | true |",
        "|---|---:|---:|",
    ]
    for level in LEVELS:
        if shares[level]:
            share = 100 * sum(shares[level]) / len(shares[level])
            lines.append(f"| {level} | {len(shares[level])} | {share:.0f} % |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
