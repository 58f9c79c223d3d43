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


def test_places_that_stay_empty_are_filled_by_the_next_best(shop: Any) -> None:
    for at in range(4):
        dead(shop, f"p{at}", 1000)
        losing(shop, f"q{at}", 60)
    run = shop.evaluate()
    assert {insight.category for insight in run.insights} == {"risk"}
    assert len(run.insights) == len(run.active) == 8


def test_nothing_that_is_worth_too_little_is_shown_beside_three_others(shop: Any) -> None:
    for at, loss in enumerate((40, 30, 20, 4, 3)):
        losing(shop, f"q{at}", loss)
    # a thousandth of the revenue of 5,000 is 5
    shop.rows["profitability"][4]["gross_profit"] = Decimal(-3)
    loss = shop.evaluate().insights
    assert len(loss) == 1  # five are one
    shop.rows["profitability"].pop()
    shop.rows["profitability"][0]["revenue"] = Decimal(3000)
    assert [insight.entity_id for insight in shop.evaluate().active] == ["q0", "q1", "q2"]
    del shop.rows["profitability"][:2]
    assert [insight.entity_id for insight in shop.evaluate().active] == ["q2", "q3"]


def test_a_product_is_told_once(shop: Any) -> None:
    dead(shop, "p1", 5000)
    losing(shop, "p1", 2000)
    run = shop.evaluate()
    assert [insight.rule_id for insight in run.insights] == ["loss_maker", "dead_stock"]
    assert [insight.rule_id for insight in run.active] == ["loss_maker"]


def test_a_missing_month_comes_first(shop: Any) -> None:
    losing(shop, "q1", 900)
    shop.rows["datasets"][0].update(gap_count=1, last_gap_month=date(2026, 3, 1))
    assert [i.rule_id for i in shop.evaluate().active] == ["missing_month", "loss_maker"]


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
    active = [insight for insight in run.active if insight.dataset_id == "shop"]
    shown = Counter(insight.category for insight in active)
    assert len(active) == 10
    assert max(shown.values()) == 4
    assert [insight.rank for insight in active] == list(range(1, 11))
