"""What every rule does at the edges: no cost known, only zeros, a month that is not over."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lucid_orchestration.insights.checking import contracts
from lucid_orchestration.insights.rules import load_rules
from tests.unit.insights import every_rule
from tests.unit.insights.test_shipped_rules import earned, master, signal, stock

COSTS = (
    "cost",
    "gross_profit",
    "profit_margin",
    "revenue_with_cost",
    "unit_cost",
    "stock_value",
    "estimated_value",
    "excess_value",
    "recent_profit",
    "previous_profit",
    "gmroi",
)


@pytest.fixture
def full_shop(shop: Any) -> Any:
    every_rule.fill(shop)
    return shop


def test_without_a_cost_there_is_no_money_and_no_error(full_shop: Any) -> None:
    for table, rows in full_shop.rows.items():
        for row in rows:
            if table not in {"datasets", "dataset_quality"}:
                row.update({name: None for name in COSTS if name in row})
            if "cost_coverage" in row:
                row["cost_coverage"] = Decimal(0)
    run = full_shop.evaluate()
    assert run.problems == ()
    for insight in run.insights:
        # a price is revenue by quantity: what it could be worth needs no cost
        if insight.estimated_impact is not None and insight.rule_id != "price_room":
            assert "25 % of the price are assumed to be profit" in insight.summary, insight.rule_id
        assert insight.cash_at_stake is None
    silent = {"loss_maker", "margin_erosion", "dead_stock", "overstock", "hidden_gem"}
    assert silent.isdisjoint(insight.rule_id for insight in run.insights)


def test_zeros_divide_nothing(full_shop: Any) -> None:
    for table, rows in full_shop.rows.items():
        if table in {"datasets", "dataset_quality"}:
            continue
        for row in rows:
            for field in contracts()[table]:
                if pa.types.is_decimal(field.type) or pa.types.is_floating(field.type):
                    row[field.name] = 0.0 if pa.types.is_floating(field.type) else Decimal(0)
    run = full_shop.evaluate()
    assert run.problems == ()
    assert all(not insight.estimated_impact for insight in run.insights)


def test_a_month_that_is_not_over_changes_nothing(full_shop: Any) -> None:
    before = full_shop.evaluate().insights
    for product in ("rise", "fall", "short", "loss", "erosion"):
        full_shop.product(
            product,
            trends={
                "month": date(2026, 11, 1),
                "is_complete": False,
                "quantity": 9999,
                "revenue": 9999,
                "profit": -9999,
            },
        )
    assert full_shop.evaluate().insights == before


def test_a_fall_while_out_of_stock_is_a_stock_out_and_nothing_else(shop: Any) -> None:
    shop.product(
        "p1",
        trend_signals=signal("declining", 10, 100),
        inventory_velocity=stock(0, stockout_risk="out", days_of_cover=0),
        revenue_contribution={"revenue_window": "last_12_months", "abc_class": "C"},
        profitability=earned("last_12_months", 1000, 600),
        product_master=master(),
    )
    shop.months("p1", {"quantity": [33] * 12 + [3] * 3})
    assert [insight.rule_id for insight in shop.evaluate().insights] == ["stockout_risk"]


def test_every_rule_carries_its_facts_its_money_and_its_limits(full_shop: Any) -> None:
    rules = {rule.id: rule for rule in load_rules().rules}
    for insight in full_shop.evaluate().insights:
        rule = rules[insight.rule_id]
        metrics = {metric["name"]: metric for metric in json.loads(insight.supporting_metrics)}
        money = {name for name in ("impact", "cash") if getattr(rule, name) is not None}
        assert metrics.keys() == rule.facts.keys() | money | rule.parameters.keys()
        for name, value in rule.parameters.items():
            assert float(metrics[name]["value"]) == value
        if rule.impact is not None:
            assert insight.estimated_impact is not None, rule.id
            assert insight.estimated_impact > 0, rule.id


def test_a_rise_from_next_to_nothing_is_told_in_units(full_shop: Any) -> None:
    told = {i.entity_id: i.summary for i in full_shop.evaluate().insights}
    assert "%" not in told["tiny"]
    assert "it sold only 1" in told["tiny"]
    assert "%" in told["rise"]
