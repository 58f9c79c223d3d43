"""A figure of an insight says what it is called and where it can be checked."""

import json
from typing import Any

from lucid_orchestration.insights.checking import contracts
from lucid_orchestration.insights.marts import with_marts
from lucid_orchestration.insights.metrics import movement
from lucid_orchestration.insights.rules import load_rules
from tests.unit.insights import every_rule
from tests.unit.insights.test_evaluation import dead


def test_metrics_name_the_cell_they_come_from(shop: Any) -> None:
    dead(shop, "p1", 1000)
    (insight,) = shop.evaluate().insights
    metrics = {metric["name"]: metric for metric in json.loads(insight.supporting_metrics)}
    assert metrics["estimated_value"]["value"] == "1000.00"
    assert metrics["estimated_value"]["table"] == "dead_stock"
    assert metrics["estimated_value"]["row"] == {"dataset_id": "shop", "product_id": "p1"}


def test_thresholds_are_printed_with_the_insight(shop: Any) -> None:
    dead(shop, "p1", 1000)
    (insight,) = shop.evaluate().insights
    metrics = {metric["name"]: metric["value"] for metric in json.loads(insight.supporting_metrics)}
    assert metrics["min_value"] == "500"
    assert metrics["carrying_rate"] == "0.2"


def labels_of(insight: Any) -> dict[str, str]:
    metrics = json.loads(insight.supporting_metrics)
    return {metric["name"]: metric["label"] for metric in metrics if metric["unit"] != "limit"}


def test_a_label_is_that_of_the_rule_and_not_of_the_name(shop: Any) -> None:
    every_rule.fill(shop)
    labels = {insight.rule_id: labels_of(insight) for insight in shop.evaluate().insights}
    assert labels["rising_product"]["recent_rate"] == "Sold a day, last 3 months"
    assert labels["price_room"]["recent_quantity"] == "Units, last 90 days"
    assert labels["low_margin_bestseller"]["usual_margin"] == "Usual margin in its category"
    assert labels["margin_erosion"]["usual_margin"] == "Margin over 12 months"
    assert labels["dead_stock"]["impact"] == "Worth in 90 days"
    assert labels["dead_stock"]["cash"] == "Tied up"
    # none is given: its name as words
    assert labels["overstock"]["excess_value"] == "Excess value"


def test_the_labels_of_a_rule_differ() -> None:
    for rule in load_rules().rules:
        labels = [fact.label for fact in rule.facts.values() if fact.label is not None]
        assert len(set(labels)) == len(labels), rule.id


def test_a_movement_is_told_with_the_label_and_only_when_there_is_one() -> None:
    row = {"dataset_id": "shop", "product_id": "p1"}
    metric = {"name": "current_stock", "label": "In stock", "value": "5.000", "unit": "units",
              "table": "dead_stock", "column": "current_stock", "row": row}  # fmt: skip
    with with_marts({name: schema.empty_table() for name, schema in contracts().items()}) as marts:
        marts.execute("insert into dead_stock (dataset_id, product_id, current_stock) values "
                      "('shop', 'p1', 1234)")  # fmt: skip
        assert movement(marts, metric, "INR") == "In stock: was 5, now 1,234"
        assert movement(marts, {**metric, "value": "1234.000"}, "INR") is None
        assert movement(marts, {**metric, "row": None}, "INR") is None
        assert movement(marts, {**metric, "unit": "text"}, "INR") is None
        gone = {**metric, "row": {**row, "product_id": "p2"}}
        assert movement(marts, gone, "INR") == "In stock: was 5, now unknown"
        assert movement(marts, {**metric, "column": "once"}, "INR") == (
            "In stock: was 5, now unknown"
        )
        del metric["label"]  # kept before figures had labels
        assert movement(marts, metric, "INR") == "Current stock: was 5, now 1,234"
