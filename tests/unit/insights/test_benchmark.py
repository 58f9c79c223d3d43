"""The planted-truth benchmark: the same shop for the same seed, and marks that mean something."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.settings import PROJECT_DIR


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(PROJECT_DIR / "benchmarks" / "insights"))
    import scoring  # type: ignore[import-not-found]
    import shops  # type: ignore[import-not-found]

    yield type("Benchmark", (), {"scoring": scoring, "shops": shops})
    for name in ("scoring", "shops"):
        sys.modules.pop(name, None)


def said(truths: list[Any], rank: bool = True) -> list[dict[str, Any]]:
    """An insight for each truth, best first, each alone."""
    ordered = sorted(truths, key=lambda truth: -truth.money)
    return [
        {
            "rule_id": sorted(truth.rules)[0],
            "entity_id": truth.entity_id,
            "supporting_metrics": "[]",
            "is_active": at < 10,
            "rank": at + 1 if rank else 10 - at,
        }
        for at, truth in enumerate(ordered)
    ]


def test_the_same_seed_gives_the_same_shop(benchmark: Any, tmp_path: Path) -> None:
    plan = benchmark.shops.Plan("a", 7, 26, 200, has_purchases=True)
    for name in ("one", "two"):
        benchmark.shops.write(benchmark.shops.draw(plan), tmp_path / name)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"sales.csv", "product_list.csv", "purchases.csv"} <= set(names)
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_every_kind_of_fact_is_planted_and_costs_something(benchmark: Any) -> None:
    plan = benchmark.shops.Plan("a", 7, 40, 300, has_purchases=True, top_share=0.3)
    truths = benchmark.shops.draw(plan).truths
    kinds = {truth.kind for truth in truths}
    assert kinds >= {
        "rising",
        "declining",
        "dead",
        "never_sold",
        "stock_out",
        "season_ahead",
        "loss",
        "erosion",
        "price_cut",
        "returns",
        "overstock",
        "newcomer",
        "gem",
        "low_margin",
        "misfit",
        "top",
        "category_momentum",
        "declining_category",
    }
    assert all(truth.money > 0 for truth in truths if truth.kind != "data_gap")


def test_marks_tell_a_good_list_from_a_bad_one(benchmark: Any) -> None:
    shop = benchmark.shops.draw(benchmark.shops.Plan("a", 7, 40, 300))
    truths = [truth for truth in shop.truths if truth.kind in {"rising", "loss", "dead", "gem"}]
    month = date(2026, 1, 1)
    good = benchmark.scoring.mark(shop, said(truths), month, {})
    assert good.precision == 1
    assert good.found["rising"][0] == good.found["rising"][1]
    assert good.false_alarms == 0
    bad = benchmark.scoring.mark(shop, said(truths, rank=False), month, {})
    assert bad.ndcg < good.ndcg
    stranger = {**said(truths)[0], "rule_id": "rising_product", "entity_id": min(shop.stable)}
    wrong = benchmark.scoring.mark(shop, [stranger], month, {})
    assert (wrong.precision, wrong.ndcg) == (0, 0)
    assert wrong.false_alarms > 0
    half = {
        **stranger,
        "entity_id": "group:rising_product",
        "supporting_metrics": json.dumps(
            [
                {"entity_id": next(t.entity_id for t in truths if t.kind == "rising")},
                {"entity_id": min(shop.stable)},
            ]
        ),
    }
    assert benchmark.scoring.mark(shop, [half], month, {}).precision == 0.5
    late = {min(shop.stable): date(2026, 2, 28)}
    assert benchmark.scoring.mark(shop, [stranger], month, late).incomplete == 1
