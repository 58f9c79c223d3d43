"""One month more or less must not turn a conclusion round, and a short history limits it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

FIRST_SEEN = date(2025, 11, 1)


def trend(shop: Any, units: list[int], **signal: Any) -> None:
    shop.product(
        "p1",
        "Atta",
        trend_signals={
            "recent_quantity": sum(units[-3:]),
            "recent_profit": 4 * sum(units[-3:]),
            "months_observed": len(units),
            "confidence": "high",
            **signal,
        },
        inventory_velocity={"current_stock": 5, "days_of_cover": 5},
        product_master={"first_seen_date": FIRST_SEEN, "first_sale_date": FIRST_SEEN},
        profitability={
            "profit_window": "last_12_months",
            "revenue": 1000,
            "cost_coverage": 1,
            "line_count": 200,
        },
    )
    shop.months("p1", {"quantity": units, "revenue": units})


def year_on_year(shop: Any, units: list[int], **more: Any) -> None:
    now, before = sum(units[-3:]), sum(units[-15:-12])
    trend(
        shop,
        units,
        signal="rising" if now > before else "declining",
        method="year_on_year",
        previous_quantity=before,
        previous_profit=4 * before,
        quantity_change=round(Decimal(now - before) / before, 6) if before else None,
        threshold_quantity=abs(now - before) / 4,
        **more,
    )


def short(shop: Any, units: list[int], slope: str) -> None:
    trend(
        shop,
        units,
        signal="rising" if Decimal(slope) > 0 else "declining",
        method="mann_kendall",
        slope_per_month=slope,
        p_value=0.001,
        confidence="medium",
    )


def score_of(insight: Any, component: str) -> int | None:
    parts = {part["component"]: part for part in json.loads(insight.confidence_reasons)}
    score: int | None = parts[component]["score"]
    return score


@pytest.mark.parametrize(
    ("before", "recent", "score"),
    [
        ([10, 10, 10], [30, 30, 30], 100),
        ([10, 10, 10], [10, 10, 70], 70),
    ],
)
def test_a_rise_that_hangs_on_single_months_is_unstable(
    shop: Any, before: list[int], recent: list[int], score: int
) -> None:
    year_on_year(shop, before + [10] * 9 + recent)
    (found,) = shop.found("rising_product")
    assert score_of(found, "stability") == score


def test_a_steady_slope_over_a_short_history_is_stable_but_medium(shop: Any) -> None:
    short(shop, list(range(20, 48, 2)), "0.06")
    (found,) = shop.found("rising_product")
    assert score_of(found, "stability") == 100
    assert found.confidence == "medium"


def test_a_slope_made_by_two_months_is_unstable(shop: Any) -> None:
    short(shop, [20, 20, 20, 20, 20, 20, 20, 20, 80, 90], "0.05")
    (found,) = shop.found("rising_product")
    assert score_of(found, "stability") == 40


def test_a_slope_without_months_cannot_be_judged(shop: Any) -> None:
    short(shop, list(range(20, 48, 2)), "0.06")
    shop.rows["trends"].clear()
    (found,) = shop.found("rising_product")
    assert (score_of(found, "stability"), found.confidence) == (None, "low")


def test_a_short_rise_speaks_of_its_months_and_not_of_a_year_before(shop: Any) -> None:
    short(shop, list(range(20, 48, 2)), "0.06")
    (found,) = shop.found("rising_product")
    assert "14 complete months" in found.summary
    assert "6.0 % of a usual month" in found.summary
    assert "unknown" not in found.summary
    assert "year before" not in found.summary
    # 4 a unit: 528 in the last three months, and three steps of 6 % more in the next three
    assert found.estimated_impact == Decimal("95.04")


def test_a_short_fall_says_what_it_costs(shop: Any) -> None:
    short(shop, list(range(46, 18, -2)), "-0.06")
    (found,) = shop.found("declining_product")
    assert "fell by about 6.0 % of a usual month" in found.summary
    assert found.estimated_impact is not None
    assert found.estimated_impact > 0


def test_a_rise_from_nothing_does_not_speak_of_an_unknown_change(shop: Any) -> None:
    year_on_year(shop, [10] * 9 + [0] * 3 + [10] * 9 + [40] * 3)
    shop.rows["trend_signals"][0].update(previous_quantity=Decimal(0), quantity_change=None)
    (found,) = shop.found("rising_product")
    assert "none in the same months a year before" in found.summary


@pytest.mark.parametrize(
    ("limit", "level"), [("high", "high"), ("medium", "medium"), (None, "high")]
)
def test_a_signal_of_less_than_two_years_is_medium_at_most(
    shop: Any, limit: str | None, level: str
) -> None:
    year_on_year(shop, [10] * 12 + [30] * 3)
    shop.rows["trend_signals"][0]["confidence"] = limit
    (found,) = shop.found("rising_product")
    assert (found.confidence_score, found.confidence) == (100, level)


def test_the_same_product_in_two_shops_has_two_ids(shop: Any, add_shop: Any) -> None:
    add_shop(shop, "other")
    year_on_year(shop, [10] * 12 + [30] * 3)
    for table in ("trend_signals", "inventory_velocity"):
        shop.rows[table].append({**shop.rows[table][0], "dataset_id": "other"})
    ids = {insight.insight_id for insight in shop.found("rising_product")}
    assert len(ids) == 2


def test_a_slow_category_is_as_sure_as_its_weakest_stock_figure(shop: Any) -> None:
    for product, basis in (("p1", "backcast"), ("p2", "snapshot"), ("p3", "ledger")):
        shop.product(
            product,
            inventory_velocity={
                "stock_value": 20000,
                "turnover_rate": 1,
                "turnover_basis": basis,
            },
        )
    # without stock it takes no part
    shop.product("p4", inventory_velocity={"stock_value": None, "turnover_basis": "none"})
    (found,) = shop.found("slow_category")
    assert score_of(found, "coverage") == 50
