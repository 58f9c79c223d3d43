"""What goes on, what is new, what is settled: by as-of date, the same however often it is run."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from lucid_orchestration.storage import read_parquet_rows
from tests.unit.insights.test_evaluation import losing

FIRST = date(2026, 9, 30)
SECOND = date(2026, 10, 31)
THIRD = date(2026, 11, 30)


def on(shop: Any, day: date) -> None:
    for table, columns in (
        ("datasets", ("as_of_date", "last_sale_date")),
        ("dataset_quality", ("latest_sale_date", "latest_stock_date")),
    ):
        shop.rows[table][0].update(dict.fromkeys(columns, day))


def overstocked(shop: Any, product: str, cover: Any, value: int = 5000) -> None:
    shop.rows["dead_stock"] = [r for r in shop.rows["dead_stock"] if r["product_id"] != product]
    shop.product(
        product,
        f"Item {product}",
        dead_stock={
            "current_stock": 100,
            "days_of_cover": cover,
            "excess_quantity": 50,
            "excess_value": value,
            "stock_state": "active",
        },
    )


def states(run: Any) -> dict[str, str]:
    return {insight.entity_id: insight.status for insight in run.insights}


def test_the_first_time_all_is_new(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    run = shop.evaluate()
    assert states(run) == {"p1": "new"}
    assert run.insights[0].since_date == FIRST
    # once more on the same day it still is
    assert states(shop.evaluate()) == {"p1": "new"}


def test_what_goes_on_keeps_its_first_day(shop: Any) -> None:
    for day in (FIRST, SECOND, THIRD):
        on(shop, day)
        overstocked(shop, "p1", 200)
        run = shop.evaluate()
    assert states(run) == {"p1": "ongoing"}
    assert run.insights[0].since_date == FIRST


def test_a_figure_near_the_limit_does_not_come_and_go(shop: Any) -> None:
    covers = [(FIRST, 179, []), (SECOND, 181, ["p1"]), (THIRD, 91, ["p1"])]
    for day, cover, found in covers:
        on(shop, day)
        overstocked(shop, "p1", cover)
        run = shop.evaluate()
        assert [i.entity_id for i in run.insights] == found, day
    on(shop, THIRD + timedelta(days=1))
    overstocked(shop, "p1", 90)
    (gone,) = shop.evaluate().insights
    assert (gone.status, gone.is_active, gone.rank) == ("resolved", False, None)


def test_a_shop_that_moves_a_limit_moves_where_it_clears(shop: Any, tmp_path: Any) -> None:
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    (folder / "lucid.yml").write_text("rules: {overstock: {cover_days: 100}}", encoding="utf-8")
    for day, cover, found in [(FIRST, 101, 1), (SECOND, 51, 1), (THIRD, 50, 0)]:
        on(shop, day)
        overstocked(shop, "p1", cover)
        run = shop.evaluate(inbox=tmp_path / "inbox")
        assert len([i for i in run.insights if i.status != "resolved"]) == found, day


def test_what_is_over_is_said_once_with_what_changed(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    (first,) = shop.evaluate().insights
    on(shop, SECOND)
    overstocked(shop, "p1", 30)
    for _ in range(2):
        (gone,) = shop.evaluate().insights
        assert gone.insight_id == first.insight_id
        assert gone.status == "resolved"
        assert "Stock lasts: was 200 days, now 30 days" in gone.summary
        assert gone.since_date == FIRST
    on(shop, THIRD)
    assert shop.evaluate().insights == ()


def test_what_another_rule_says_now_is_named(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    shop.evaluate()
    on(shop, SECOND)
    shop.rows["dead_stock"][0].update(
        stock_state="dead", is_dead_stock=True, idle_days=100, estimated_value=Decimal(9000)
    )
    now, gone = shop.evaluate().insights
    assert (now.rule_id, now.status) == ("dead_stock", "new")
    assert (gone.rule_id, gone.status) == ("overstock", "resolved")
    assert "Item p1 does not sell" in gone.summary


def test_joining_a_group_is_not_an_end(shop: Any) -> None:
    on(shop, FIRST)
    for at in range(4):
        overstocked(shop, f"p{at}", 200)
    shop.evaluate()
    on(shop, SECOND)
    overstocked(shop, "p4", 200)
    (group,) = shop.evaluate().insights
    assert (group.status, group.since_date) == ("ongoing", FIRST)


def test_five_that_are_over_are_said_together(shop: Any) -> None:
    on(shop, FIRST)
    for at in range(6):
        overstocked(shop, f"p{at}", 200)
    shop.evaluate()
    on(shop, SECOND)
    for at in range(6):
        overstocked(shop, f"p{at}", 30)
    (gone,) = shop.evaluate().insights
    assert "6 products" in gone.title
    members = {metric["entity_id"] for metric in json.loads(gone.supporting_metrics)}
    assert members == {f"p{at}" for at in range(6)}


def test_the_same_history_gives_the_same_bytes(shop: Any) -> None:
    def replay(repeats: int) -> list[bytes]:
        for path in (shop.folder / "insights").glob("*.parquet"):
            path.unlink()
        for day, cover in [(FIRST, 200), (SECOND, 100), (THIRD, 80)]:
            on(shop, day)
            overstocked(shop, "p1", cover)
            for _ in range(repeats):
                shop.evaluate()
        files = sorted((shop.folder / "insights").glob("*.parquet"))
        return [path.read_bytes() for path in files]

    assert replay(1) == replay(3)


def test_going_back_forgets_what_came_later(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    shop.evaluate()
    on(shop, SECOND)
    overstocked(shop, "p2", 200)
    shop.evaluate()
    on(shop, FIRST)
    shop.rows["dead_stock"].pop()
    assert states(shop.evaluate()) == {"p1": "new"}
    kept = read_parquet_rows(shop.folder / "insights" / "insight_history.parquet")
    assert {row["as_of_date"] for row in kept} == {FIRST}


def test_a_damaged_history_starts_anew(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    shop.evaluate()
    (shop.folder / "insights" / "insight_history.parquet").write_bytes(b"PAR1 nothing")
    on(shop, SECOND)
    assert states(shop.evaluate()) == {"p1": "new"}


def test_a_rule_that_breaks_has_not_found_an_end(shop: Any, tmp_path: Any) -> None:
    rule = """
rules:
  - id: dear
    category: risk
    entity_type: product
    sql: >-
      select dataset_id, product_id as entity_id, product_name as entity_name, {column} as stock
      from dead_stock
    facts: {{stock: {{unit: units, table: dead_stock, column: current_stock}}}}
    title: "{{entity_name}}"
    summary: "{{stock}}"
    action: Look.
    group_title: "{{count}}"
"""
    rules = tmp_path / "rules"
    rules.mkdir()
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    (rules / "a.yml").write_text(rule.format(column="current_stock"), encoding="utf-8")
    assert states(shop.evaluate(rules=rules)) == {"p1": "new"}
    (rules / "a.yml").write_text(rule.format(column="no_such_column"), encoding="utf-8")
    on(shop, SECOND)
    run = shop.evaluate(rules=rules)
    assert run.insights == ()
    assert [problem.rule for problem in run.problems] == ["dear"]


def test_what_is_over_is_listed_by_rule_whatever_the_order_of_the_files(shop: Any) -> None:
    on(shop, FIRST)
    overstocked(shop, "p1", 200)
    shop.rows["dataset_quality"][0]["negative_stock_count"] = 3
    losing(shop, "p2", 60)
    assert len(shop.evaluate().insights) == 3
    on(shop, SECOND)
    shop.rows["dead_stock"].clear()
    shop.rows["profitability"].clear()
    shop.rows["dataset_quality"][0]["negative_stock_count"] = 0
    over = [insight.rule_id for insight in shop.evaluate().insights]
    assert over == ["data_gap", "loss_maker", "overstock"]
