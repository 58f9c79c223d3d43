"""Best first, four of a kind, one of each kind that has a sound one, and what sleeps."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.insights import every_rule
from tests.unit.insights.test_evaluation import AS_OF, dead, losing


def test_best_first_with_the_parts_of_the_priority(shop: Any) -> None:
    dead(shop, "p1", 10000)
    losing(shop, "p2", 5000)
    run = shop.evaluate()
    priorities = [insight.priority for insight in run.insights]
    assert priorities == sorted(priorities, reverse=True)
    assert [insight.rank for insight in run.active] == [1, 2]
    for insight in run.insights:
        product = Decimal(1)
        for part in json.loads(insight.priority_parts).values():
            product *= Decimal(part)
        assert product.quantize(Decimal("0.0001")) == insight.priority


def test_ties_are_ordered_by_rule_and_entity(shop: Any) -> None:
    for name in ("p3", "p1", "p2"):
        dead(shop, name, 1000)
    assert [insight.entity_id for insight in shop.evaluate().insights] == ["p1", "p2", "p3"]


def test_at_most_four_of_a_category_are_shown(shop: Any) -> None:
    for at in range(4):
        dead(shop, f"p{at}", 1000)
        losing(shop, f"q{at}", 60)
    run = shop.evaluate()
    assert len(run.insights) == 8
    assert len(run.active) == 4
    assert [insight.rank for insight in run.insights if not insight.is_active] == [None] * 4


def test_a_sound_one_of_each_category_is_shown_however_small(shop: Any) -> None:
    for at in range(4):
        dead(shop, f"p{at}", 100000)
    shop.rows["dataset_quality"][0]["negative_stock_count"] = 3
    categories = [insight.category for insight in shop.evaluate().active]
    assert categories.count("efficiency") == 1


def test_a_snoozed_insight_stays_in_the_list_until_its_day(shop: Any) -> None:
    dead(shop, "p1", 1000)
    (insight,) = shop.evaluate().insights
    run = shop.evaluate(snoozed={insight.insight_id: date(2026, 11, 1)})
    assert [item.is_active for item in run.insights] == [False]
    assert run.active == ()
    run = shop.evaluate(snoozed={insight.insight_id: AS_OF})
    assert [item.is_active for item in run.insights] == [True]


def test_at_most_ten_are_shown(shop: Any) -> None:
    every_rule.fill(shop)
    run = shop.evaluate()
    shown = Counter(insight.category for insight in run.active)
    assert len(run.active) == 10
    assert max(shown.values()) == 4
    assert [insight.rank for insight in run.active] == list(range(1, 11))
