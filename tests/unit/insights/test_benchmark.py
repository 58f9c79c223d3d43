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


def test_the_best_list_tells_nothing_twice(benchmark: Any) -> None:
    """Of a product its best fact, none that its category speaks for; empty places are filled."""
    scoring, truth = benchmark.scoring, benchmark.shops.Truth
    products = [type("Product", (), {"product_id": f"p{n}", "category": "Food"}) for n in range(3)]
    truths = {
        (rule, fact.entity_id): fact
        for fact in (
            truth("loss", frozenset({"loss_maker"}), "product", "p0", 50.0),
            truth("aside", frozenset({"overstock"}), "product", "p0", 70.0),
            truth("aside", frozenset({"hidden_gem"}), "product", "p1", 90.0),
            truth("rising", frozenset({"rising_product"}), "product", "p2", 30.0),
            truth("aside", frozenset({"category_momentum"}), "category", "Food", 40.0),
        )
        for rule in fact.rules
    }
    shop = type("Shop", (), {"products": products})
    alone = {("overstock", "p0")}
    assert scoring._worth_saying(shop, alone, truths) == [
        ("overstock", 70.0),
        ("rising_product", 30.0),
    ]
    spoken_for = {("category_momentum", "Food")}
    assert scoring._worth_saying(shop, spoken_for, truths) == [
        ("loss_maker", 50.0),
        ("category_momentum", 40.0),
    ]
    # five losses are one, and of the risks the fifth fills a place that no other takes
    risks = [("loss_maker", 1.0)] * 5 + [("dead_stock", money) for money in (9.0, 8.0, 7.0, 6.0)]
    assert scoring._ideal(risks) == [9.0, 8.0, 7.0, 6.0, 5.0]
    many = [("hidden_gem", 20.0 - n) for n in range(4)] + [("price_room", 19.5)]
    assert scoring._ideal(many) == [20.0, 19.5, 19.0, 18.0, 17.0]
