"""What becomes of findings: one fact one insight, groups, ranking, the few that are shown."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq

from lucid_orchestration.insights.pipeline import InsightRun
from lucid_orchestration.insights.tables import INSIGHTS
from lucid_orchestration.storage import read_parquet_rows

AS_OF = date(2026, 10, 31)


def dead(shop: Any, product_id: str, value: int, name: str | None = None, **more: Any) -> None:
    shop.product(
        product_id,
        name,
        dead_stock={
            "current_stock": 5,
            "estimated_value": value,
            "idle_days": 200,
            "stock_state": "dead",
            "is_dead_stock": True,
            **more,
        },
    )


def losing(shop: Any, product_id: str, loss: int) -> None:
    shop.product(
        product_id,
        profitability={
            "profit_window": "last_90_days",
            "quantity": 10,
            "revenue": 1000,
            "cost": 1000 + loss,
            "gross_profit": -loss,
            "cost_coverage": 1,
            "line_count": 20,
        },
    )


def rules_of(run: InsightRun) -> list[str]:
    return [insight.rule_id for insight in run.insights]


def test_a_shop_without_data_has_empty_tables(empty_shop: Any) -> None:
    run = empty_shop.evaluate()
    assert (run.insights, run.active, run.problems) == ((), (), ())
    for name in ("insights", "active_insights"):
        table = pq.read_table(empty_shop.folder / "insights" / f"{name}.parquet")
        assert table.num_rows == 0
        assert table.schema.equals(INSIGHTS)


def test_a_healthy_shop_has_nothing_to_say(shop: Any) -> None:
    assert shop.evaluate().insights == ()


def test_the_tables_hold_what_was_found(shop: Any) -> None:
    dead(shop, "p1", 10000)
    losing(shop, "p2", 50)
    run = shop.evaluate()
    rows = read_parquet_rows(shop.folder / "insights" / "insights.parquet")
    active = read_parquet_rows(shop.folder / "insights" / "active_insights.parquet")
    assert [row["insight_id"] for row in rows] == [item.insight_id for item in run.insights]
    assert [row["rank"] for row in active] == [1, 2]
    assert rows[0]["generated_at"] == datetime.combine(AS_OF, datetime.min.time())
    assert rows[0]["valid_until"] > AS_OF
    assert rows[0]["cash_at_stake"] == Decimal("10000.00")


def test_the_same_marts_give_the_same_bytes(shop: Any) -> None:
    for at in range(12):
        dead(shop, f"p{at}", 1000 + at % 3)
        losing(shop, f"q{at}", 50)
    file = shop.folder / "insights" / "insights.parquet"
    shop.evaluate()
    before = file.read_bytes()
    for rows in shop.rows.values():
        rows.reverse()
    shop.evaluate()
    assert file.read_bytes() == before


def test_shops_do_not_mix(shop: Any, add_shop: Callable[[Any, str], None]) -> None:
    add_shop(shop, "other")
    for at in range(3):
        dead(shop, f"p{at}", 1000)
        dead(shop, f"p{at}", 1000, dataset_id="other")
    run = shop.evaluate()
    assert [insight.dataset_id for insight in run.insights] == ["other"] * 3 + ["shop"] * 3
    assert [insight.rank for insight in run.insights] == [1, 2, 3, 1, 2, 3]


def test_an_unknown_value_is_no_insight_about_nothing(shop: Any) -> None:
    dead(shop, "p1", 1000)
    shop.rows["dead_stock"][0]["estimated_value"] = None
    assert shop.evaluate().insights == ()


def test_reasons_of_the_confidence_are_kept(shop: Any) -> None:
    dead(shop, "p1", 1000)
    (insight,) = shop.evaluate().insights
    reasons = json.loads(insight.confidence_reasons)
    assert {reason["component"] for reason in reasons} == {
        "sample",
        "coverage",
        "recency",
        "strength",
        "stability",
    }
    assert min(reason["score"] for reason in reasons) == insight.confidence_score
    assert all(reason["sentence"].endswith(".") for reason in reasons)


def test_an_old_stock_list_lowers_the_confidence(shop: Any) -> None:
    dead(shop, "p1", 1000)
    shop.rows["dataset_quality"][0]["latest_stock_date"] = date(2026, 3, 31)
    (insight,) = shop.evaluate().insights
    assert (insight.confidence, insight.confidence_score) == ("low", 25)
