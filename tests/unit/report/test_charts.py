from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from lucid_orchestration.report import charts, lines
from lucid_orchestration.report.blocks import shortened
from lucid_orchestration.report.drawing import ORANGE

HOSTILE = "</text><script>alert('1')</script>\\u0027 + alert(1) + ' & \u202e\n" + "x" * 300


def _trends(count: int) -> list[dict[str, Any]]:
    return [
        {
            "entity_type": "store",
            "month": date(2020 + i // 12, i % 12 + 1, 1),
            "is_complete": i < count - 1,
            "revenue": Decimal(100_000 + i * 997),
            "revenue_year_ago": Decimal(90_000) if i >= 12 else None,
        }
        for i in range(count)
    ]


def _best_sellers(count: int, name: str) -> list[dict[str, Any]]:
    return [
        {
            "period_type": "last_90_days",
            "product_name": name,
            "rank_by_revenue": i + 1,
            "total_revenue": Decimal(10_000_000 - i),
        }
        for i in range(count)
    ]


def _contribution(count: int) -> list[dict[str, Any]]:
    return [
        {
            "revenue_window": "last_12_months",
            "revenue_rank": i + 1,
            "cumulative_share": Decimal(i + 1) / count,
            "abc_class": "A" if i < count * 0.8 else "B" if i < count * 0.95 else "C",
        }
        for i in range(count)
    ]


def _seasons(count: int, name: str) -> list[dict[str, Any]]:
    return [
        {
            "entity_type": "category",
            "entity_id": f"c{i}",
            "entity_name": name,
            "season_source": "own",
            "amplitude": Decimal("0.5"),
            **{f"month_{m}_index": Decimal("0.6") + m * Decimal("0.07") for m in range(1, 13)},
        }
        for i in range(count)
    ]


def _stock(count: int) -> list[dict[str, Any]]:
    return [
        {
            "current_stock": Decimal(i),
            "days_of_cover": Decimal(i),
            "stockout_risk": "out" if i == 0 else "none",
            "inventory_status": "ok",
        }
        for i in range(count)
    ]


def _idle(count: int) -> list[dict[str, Any]]:
    return [
        {
            "idle_bucket": "0-30" if i < 31 else "over-365",
            "idle_days": i,
            "estimated_value": Decimal(i),
            "stock_state": "active" if i < 31 else "dead",
            "is_dead_stock": i >= 31,
        }
        for i in range(count)
    ]


def _profits(count: int, name: str) -> list[dict[str, Any]]:
    return [
        {
            "profit_window": "last_12_months",
            "product_id": f"p{i}",
            "product_name": name,
            "gross_profit": Decimal(5_000_000 - i * 100_001),
            "profit_margin": Decimal("0.125"),
        }
        for i in range(count)
    ]


DRAWN: dict[str, Callable[[], str | None]] = {
    "monthly_revenue": lambda: lines.monthly_revenue(_trends(80), "INR"),
    "category_trend": lambda: lines.category_trend(
        [
            {**row, "entity_type": "category", "entity_id": f"c{i}", "entity_name": HOSTILE}
            for i in range(40)
            for row in _trends(80)
        ]
    ),
    "top_products": lambda: charts.top_products(_best_sellers(200, HOSTILE), "INR"),
    "pareto": lambda: charts.pareto(_contribution(5000)),
    "season_heatmap": lambda: charts.season_heatmap(_seasons(60, HOSTILE)),
    "stock_cover": lambda: charts.stock_cover(_stock(400)),
    "idle_stock": lambda: charts.idle_stock(_idle(800), "INR"),
    "profit_by_product": lambda: charts.profit_by_product(_profits(200, HOSTILE), "INR"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_of_a_big_shop_is_small_alone_and_the_same_every_time(name: str) -> None:
    svg = DRAWN[name]()
    assert svg is not None
    assert len(svg.encode()) < 30_000  # 40,000 as a data URI
    assert svg == DRAWN[name]()
    assert svg.replace("http://www.w3.org/", "").count("http") == 0
    tags = {element.tag.split("}")[-1] for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {"svg", "g", "path", "text", "rect", "line"}
    assert "alert" not in "".join(tags)


@pytest.mark.parametrize(
    "name", ["category_trend", "top_products", "season_heatmap", "profit_by_product"]
)
def test_a_hostile_name_is_shown_as_text(name: str) -> None:
    svg = DRAWN[name]()
    assert svg is not None
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert shortened(HOSTILE) in texts


@pytest.mark.parametrize(
    "draw", [*charts.DRAWINGS.values(), lambda rows, _: lines.category_trend(rows)]
)
def test_without_rows_nothing_is_drawn(
    draw: Callable[[list[dict[str, Any]], str], str | None],
) -> None:
    assert draw([], "INR") is None


def test_products_are_ranked_and_amounts_are_written_out() -> None:
    svg = charts.top_products(_best_sellers(12, "Salt"), "USD")
    assert svg is not None
    assert svg.count(">Salt<") == 10
    assert "USD 10,000,000" in svg


def test_losses_are_shown_beside_the_best_earners() -> None:
    rows = _profits(100, "Salt")
    svg = charts.profit_by_product(rows, "INR")
    assert svg is not None
    assert ORANGE in svg
    assert ">−₹49,00,099, 13 %<" in svg  # the greatest loss
    assert ">₹50,00,000, 13 %<" in svg


def test_a_category_is_drawn_with_its_change_against_a_year_before() -> None:
    def months(category: str, revenue: int, year_ago: int | None) -> list[dict[str, Any]]:
        return [
            {
                "entity_type": "category",
                "entity_id": category,
                "entity_name": category,
                "month": date(2024 + i // 12, i % 12 + 1, 1),
                "is_complete": i < 17,
                "revenue": Decimal(revenue if i < 17 else 1),
                "revenue_year_ago": None if year_ago is None else Decimal(year_ago),
            }
            for i in range(18)
        ]

    svg = lines.category_trend(
        [
            *months("Tea", 1200, 1000),
            *months("Oil", 900, 1000),
            *months("New", 800, None),
            # one of the three months has no year before it
            *(
                {**row, "revenue_year_ago": None} if row["month"] == date(2025, 4, 1) else row
                for row in months("Gap", 700, 1000)
            ),
            *months("Returned", -5, 10),
        ]
    )
    assert svg is not None
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert [text for text in texts if text in ("Tea", "Oil", "New", "Gap", "Returned")] == [
        "Gap",
        "New",
        "Oil",
        "Tea",
    ]
    assert {"+20 %", "−10 %"} <= set(texts)
    assert sum("%" in text for text in texts) == 2
    assert "May 2025" in texts  # the running month, June, is no trend
    assert "Jun 2025" not in texts


def test_money_on_an_axis_has_one_unit() -> None:
    rows = [{**row, "revenue": Decimal(180_000)} for row in _trends(14)]
    svg = lines.monthly_revenue(rows, "INR")
    assert svg is not None
    texts = [element.text for element in ElementTree.fromstring(svg).iter() if element.text]
    assert {"0", "₹0.5 lakh", "₹1 lakh"} <= set(texts)
    assert not [text for text in texts if text.endswith("k")]


def test_stock_without_a_known_cost_is_counted() -> None:
    rows = [{**row, "estimated_value": None} for row in _idle(40)]
    svg = charts.idle_stock(rows, "INR")
    assert svg is not None
    assert ">31<" in svg
    assert ">9<" in svg
    assert "over 365 days" in svg
    assert "₹" not in svg


def test_wrong_stock_and_goods_no_longer_carried_are_not_counted() -> None:
    gone = {
        "current_stock": Decimal(0),
        "days_of_cover": None,
        "stockout_risk": "none",
        "inventory_status": "no_sales",
    }
    wrong = {**gone, "current_stock": Decimal(-3), "inventory_status": "negative_stock"}
    assert charts.stock_cover([gone, wrong]) is None
    svg = charts.stock_cover([gone, wrong, {**gone, "current_stock": Decimal(2)}])
    assert svg is not None
    assert svg.count(">1<") == 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Salt", "Salt"),
        ("a\n b\t c", "a b c"),
        ("x" * 26, "x" * 26),
        ("x" * 27, "x" * 25 + "…"),
        ("Tea\u202eegal", "Tea egal"),
    ],
)
def test_long_and_odd_names_are_shortened(name: str, shown: str) -> None:
    assert shortened(name) == shown


def test_stock_without_any_date_is_drawn_as_not_known() -> None:
    rows = [
        {
            "idle_bucket": "unknown",
            "idle_days": None,
            "estimated_value": Decimal(50),
            "stock_state": "unknown",
            "is_dead_stock": False,
        }
    ]
    svg = charts.idle_stock(rows, "INR")
    assert svg is not None
    assert "not known" in svg
