"""Each of Lucid's own rules: it fires, it keeps quiet, and where its limit is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

AS_OF = date(2026, 10, 31)
RISE = {"quantity": [10] * 12 + [20] * 3, "revenue": [100] * 12 + [200] * 3}
FALL = {"quantity": [20] * 12 + [10] * 3, "revenue": [200] * 12 + [100] * 3}


def signal(word: str, recent: int, before: int, **more: Any) -> dict[str, Any]:
    return {
        "signal": word,
        "method": "year_on_year",
        "recent_quantity": recent,
        "previous_quantity": before,
        "quantity_change": round(Decimal(recent - before) / before, 6),
        "recent_revenue": recent * 10,
        "previous_revenue": before * 10,
        "recent_profit": recent * 4,
        "previous_profit": before * 4,
        "threshold_quantity": 15,
        "months_observed": 30,
        **more,
    }


def earned(window: str, revenue: int, cost: int, **more: Any) -> dict[str, Any]:
    return {
        "profit_window": window,
        "quantity": 100,
        "revenue": revenue,
        "revenue_with_cost": revenue,
        "cost": cost,
        "gross_profit": revenue - cost,
        "profit_margin": round(Decimal(revenue - cost) / revenue, 6),
        "cost_coverage": 1,
        "line_count": 50,
        "profit_status": "ok",
        **more,
    }


def stock(units: int, **more: Any) -> dict[str, Any]:
    return {
        "current_stock": units,
        "unit_cost": 10,
        "stock_value": units * 10,
        "daily_sales": 2,
        "days_of_cover": Decimal(units) / 2,
        "lead_time_days": 7,
        "suggested_order_quantity": 60,
        "stockout_risk": "none",
        "turnover_basis": "backcast",
        "inventory_status": "ok",
        **more,
    }


def master(first_seen: date = date(2024, 5, 1)) -> dict[str, Any]:
    return {"first_seen_date": first_seen, "first_sale_date": first_seen}


def moving(shop: Any, word: str, recent: int, before: int, units: int = 50) -> None:
    shop.product(
        "p1",
        trend_signals=signal(word, recent, before),
        inventory_velocity=stock(units),
        product_master=master(),
        profitability=earned("last_12_months", 1000, 600),
    )
    shop.months("p1", RISE if recent > before else FALL)


@pytest.mark.parametrize(
    ("word", "units", "count"), [("rising", 1, 1), ("rising", 0, 0), ("stable", 50, 0)]
)
def test_rising_product_needs_a_signal_and_stock(
    shop: Any, word: str, units: int, count: int
) -> None:
    moving(shop, word, 60, 30, units)
    found = shop.found("rising_product")
    assert len(found) == count
    if found:
        assert found[0].estimated_impact == Decimal(120)
        assert "60" in found[0].summary
        assert "30" in found[0].summary


@pytest.mark.parametrize(
    ("word", "units", "count"), [("declining", 1, 1), ("declining", 0, 0), ("stable", 50, 0)]
)
def test_declining_product_needs_a_signal_and_stock(
    shop: Any, word: str, units: int, count: int
) -> None:
    moving(shop, word, 30, 60, units)
    found = shop.found("declining_product")
    assert [insight.estimated_impact for insight in found] == [Decimal(120)] * count


def test_a_product_first_seen_lately_is_not_declining(shop: Any) -> None:
    moving(shop, "declining", 30, 60)
    shop.rows["product_master"][0]["first_seen_date"] = AS_OF - timedelta(days=59)
    assert shop.found("declining_product") == []


def low_stock(shop: Any, abc_class: str, risk: str, cover: int) -> None:
    shop.product(
        "p1",
        inventory_velocity=stock(2 * cover, stockout_risk=risk, days_of_cover=cover),
        revenue_contribution={"revenue_window": "last_12_months", "abc_class": abc_class},
        profitability=earned("last_12_months", 1000, 600),
        product_master=master(),
    )


@pytest.mark.parametrize(
    ("abc_class", "risk", "restock", "stockout"),
    [
        ("A", "out", 1, 0),
        ("B", "critical", 1, 0),
        ("C", "critical", 0, 1),
        ("N", "out", 0, 1),
        ("A", "soon", 0, 0),
        ("C", "none", 0, 0),
    ],
)
def test_running_out_is_said_once_and_by_importance(
    shop: Any, abc_class: str, risk: str, restock: int, stockout: int
) -> None:
    low_stock(shop, abc_class, risk, 0 if risk == "out" else 6)
    assert len(shop.found("restock_winner")) == restock
    assert len(shop.found("stockout_risk")) == stockout


def test_lost_units_are_priced_at_the_profit_of_one(shop: Any) -> None:
    low_stock(shop, "C", "critical", 3)
    (found,) = shop.found("stockout_risk")
    # 2 a day × (7 - 3) days × ₹4
    assert found.estimated_impact == Decimal(32)


def idle(shop: Any, state: str, value: int, **more: Any) -> None:
    shop.product(
        "p1",
        dead_stock={
            "current_stock": 50,
            "estimated_value": value,
            "idle_days": 200,
            "stock_state": state,
            "is_dead_stock": state == "dead",
            "excess_quantity": 50,
            "excess_value": value,
            **more,
        },
        product_master=master(),
    )


@pytest.mark.parametrize(
    ("state", "value", "count"), [("dead", 500, 1), ("dead", 499, 0), ("off_season", 5000, 0)]
)
def test_dead_stock_needs_a_state_and_a_value(
    shop: Any, state: str, value: int, count: int
) -> None:
    idle(shop, state, value)
    assert [insight.cash_at_stake for insight in shop.found("dead_stock")] == [value] * count


def test_the_limit_of_dead_stock_grows_with_the_shop(shop: Any) -> None:
    shop.rows["datasets"][0]["stock_value"] = Decimal(1_000_000)
    idle(shop, "dead", 4999)
    assert shop.found("dead_stock") == []


@pytest.mark.parametrize(("cover", "count"), [(180, 0), ("180.01", 1)])
def test_overstock_is_more_than_half_a_year(shop: Any, cover: Any, count: int) -> None:
    idle(shop, "active", 5000, days_of_cover=cover)
    found = shop.found("overstock")
    assert [insight.cash_at_stake for insight in found] == [Decimal(5000)] * count


@pytest.mark.parametrize(
    ("share", "effective", "count"),
    [("0.25", 20, 1), ("0.249", 8, 0), ("0.1", "7.9", 1)],
)
def test_revenue_concentration(shop: Any, share: str, effective: Any, count: int) -> None:
    shop.product(
        "p1",
        "Atta",
        product_master=master(),
        profitability=earned("last_90_days", 10000, 8000),
    )
    shop.add(
        "revenue_concentration",
        revenue_window="last_12_months",
        top_1_share=share,
        effective_products=effective,
        top_product_id="p1",
    )
    found = shop.found("revenue_concentration")
    assert [insight.estimated_impact for insight in found] == [Decimal(200)] * count


@pytest.mark.parametrize(
    ("cost", "coverage", "count"), [(830, 1, 1), (829, 1, 0), (900, "0.79", 0), (900, "0.8", 1)]
)
def test_margin_erosion_is_three_points(shop: Any, cost: int, coverage: Any, count: int) -> None:
    shop.product("p1", profitability=earned("last_12_months", 4000, 3200))
    shop.product("p1", profitability=earned("last_90_days", 1000, cost, cost_coverage=coverage))
    assert len(shop.found("margin_erosion")) == count


@pytest.mark.parametrize(
    ("cost", "lines", "coverage", "count"),
    [(1001, 5, "0.95", 1), (1000, 5, 1, 0), (1200, 4, 1, 0), (1200, 50, "0.94", 0)],
)
def test_loss_maker(shop: Any, cost: int, lines: int, coverage: Any, count: int) -> None:
    shop.product(
        "p1",
        profitability=earned("last_90_days", 1000, cost, line_count=lines, cost_coverage=coverage),
    )
    found = shop.found("loss_maker")
    assert [insight.estimated_impact for insight in found] == [Decimal(cost - 1000)] * count


def test_a_loss_is_not_said_a_second_time_as_a_lower_margin(shop: Any) -> None:
    shop.product("p1", profitability=earned("last_12_months", 4000, 3000))
    shop.product("p1", profitability=earned("last_90_days", 1000, 1100))
    rules = [insight.rule_id for insight in shop.evaluate().insights]
    assert rules == ["loss_maker"]


def season(shop: Any, verdict: str, peak: date, units: int, index: str = "2") -> None:
    shop.product(
        "p1",
        seasonality={
            "verdict": verdict,
            "next_peak_month": peak,
            "q_value": 0.001,
            f"month_{peak.month}_index": index,
            "season_source": "own",
        },
        inventory_velocity=stock(units, units_sold_365d=120),
        profitability=earned("last_12_months", 1000, 600),
        dead_stock={
            "current_stock": units,
            "estimated_value": 5000,
            "idle_days": 200,
            "stock_state": "dead",
            "is_dead_stock": True,
        },
        product_master=master(),
    )


@pytest.mark.parametrize(
    ("verdict", "peak", "units", "count"),
    [
        ("confirmed", date(2026, 12, 1), 19, 1),
        ("confirmed", date(2026, 12, 1), 20, 0),
        ("indicative", date(2026, 12, 1), 5, 0),
        ("confirmed", date(2027, 1, 1), 5, 0),
    ],
)
def test_seasonal_peak_ahead(shop: Any, verdict: str, peak: date, units: int, count: int) -> None:
    season(shop, verdict, peak, units)
    found = shop.found("seasonal_peak_ahead")
    # 120 a year make 10 a month, twice that in the season; ₹4 earned on each missing one
    assert [insight.estimated_impact for insight in found] == [Decimal((20 - units) * 4)] * count


def test_a_season_ahead_is_not_dead_stock(shop: Any) -> None:
    season(shop, "confirmed", date(2026, 12, 1), 5)
    assert shop.found("dead_stock") == []


def margins(shop: Any, *costs: int, abc_class: str) -> None:
    """Products p0, p1, … of one category that each sell for 1,000 and cost so much."""
    for at, cost in enumerate(costs):
        shop.product(f"p{at}", profitability=earned("last_12_months", 1000, cost))
        shop.product(
            f"p{at}",
            profitability=earned("last_90_days", 1000, cost),
            revenue_contribution={
                "revenue_window": "last_12_months",
                "abc_class": abc_class if at == 0 else "N",
                "revenue_share": "0.02",
            },
            trend_signals=signal("stable", 30, 30),
        )


@pytest.mark.parametrize(("abc_class", "count"), [("B", 1), ("C", 1), ("A", 0)])
def test_hidden_gem(shop: Any, abc_class: str, count: int) -> None:
    margins(shop, 600, 800, 850, 900, abc_class=abc_class)
    found = shop.found("hidden_gem")
    assert [insight.estimated_impact for insight in found] == [Decimal(100)] * count


def test_a_declining_product_is_no_gem(shop: Any) -> None:
    margins(shop, 600, 800, 850, 900, abc_class="B")
    shop.rows["trend_signals"][0]["signal"] = "declining"
    assert shop.found("hidden_gem") == []


@pytest.mark.parametrize(("abc_class", "count"), [("A", 1), ("B", 0)])
def test_low_margin_bestseller(shop: Any, abc_class: str, count: int) -> None:
    margins(shop, 950, 800, 800, 800, abc_class=abc_class)
    found = shop.found("low_margin_bestseller")
    assert [insight.estimated_impact for insight in found] == [Decimal(150)] * count


@pytest.mark.parametrize(("days", "count"), [(29, 0), (30, 1), (120, 1), (121, 0)])
def test_promising_newcomer(shop: Any, days: int, count: int) -> None:
    shop.product(
        "p1",
        inventory_velocity=stock(50),
        product_master=master(AS_OF - timedelta(days=days)),
        profitability=earned("last_90_days", 1000, 600),
    )
    found = shop.found("promising_newcomer")
    assert [insight.estimated_impact for insight in found] == [Decimal(720)] * count


@pytest.mark.parametrize(
    ("revenue", "units", "count"), [(950, 10, 1), (951, 10, 0), (2850, 30, 0), (855, 9, 0)]
)
def test_price_room(shop: Any, revenue: int, units: int, count: int) -> None:
    """Cheaper by five percent and not selling more; 100 in a year are 24.7 in 90 days."""
    shop.product("p1", profitability=earned("last_12_months", 10000, 6000))
    shop.product("p1", profitability=earned("last_90_days", revenue, revenue // 2, quantity=units))
    assert len(shop.found("price_room")) == count


def category(shop: Any, gains: list[int]) -> None:
    for at, gain in enumerate(gains):
        shop.product(f"p{at}", trend_signals=signal("stable", 100 + gain, 100))
    total = sum(gains)
    shop.add(
        "trend_signals",
        entity_type="category",
        entity_id="Food",
        entity_name="Food",
        category="Food",
        **signal("rising", 300 + total, 300),
    )


@pytest.mark.parametrize(
    ("gains", "count"), [([30, 20, 10], 1), ([30, 20], 0), ([70, 20, 10], 0), ([69, 20, 11], 1)]
)
def test_category_momentum_needs_three_that_carry_it(
    shop: Any, gains: list[int], count: int
) -> None:
    category(shop, gains)
    found = shop.found("category_momentum")
    assert [insight.estimated_impact for insight in found] == [sum(gains) * 4] * count


@pytest.mark.parametrize(("gmroi", "count"), [("0.9", 1), (1, 0), (None, 0)])
def test_high_inventory_cost(shop: Any, gmroi: Any, count: int) -> None:
    shop.product("p0", inventory_velocity=stock(1000, gmroi=gmroi))
    for at in range(1, 10):
        shop.product(f"p{at}", inventory_velocity=stock(10, gmroi=3))
    found = shop.found("high_inventory_cost")
    assert [insight.estimated_impact for insight in found] == [Decimal(250)] * count


@pytest.mark.parametrize(
    ("turnover", "units", "count"), [("1.9", 1000, 1), (2, 1000, 0), (1, 999, 0)]
)
def test_slow_category(shop: Any, turnover: Any, units: int, count: int) -> None:
    shop.product("p1", inventory_velocity=stock(units, turnover_rate=turnover))
    assert len(shop.found("slow_category")) == count


@pytest.mark.parametrize(
    ("units", "share", "count"), [(5000, "0.05", 1), (4999, "0.05", 0), (5000, "0.051", 0)]
)
def test_long_tail(shop: Any, units: int, share: str, count: int) -> None:
    shop.product(
        "p1",
        inventory_velocity=stock(units, turnover_rate=5),
        revenue_contribution={
            "revenue_window": "last_12_months",
            "abc_class": "C",
            "revenue_share": share,
        },
    )
    assert len(shop.found("long_tail")) == count


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 0),
        ({"cost_coverage": Decimal("0.9")}, 0),
        ({"cost_coverage": Decimal("0.89")}, 1),
        ({"rejected_share": Decimal("0.02")}, 0),
        ({"rejected_share": Decimal("0.021")}, 1),
        ({"negative_stock_count": 1}, 1),
    ],
)
def test_data_gap(shop: Any, change: dict[str, Any], count: int) -> None:
    shop.rows["dataset_quality"][0].update(change)
    found = shop.found("data_gap")
    assert len(found) == count
    assert all(insight.estimated_impact is None for insight in found)


def fallen(shop: Any, losses: list[int]) -> None:
    """Products of one category, all in stock, each down by so much from 100."""
    for at, loss in enumerate(losses):
        shop.product(
            f"p{at}",
            trend_signals=signal("declining", 100 - loss, 100),
            inventory_velocity=stock(50),
            product_master=master(),
        )
    shop.add(
        "trend_signals",
        entity_type="category",
        entity_id="Food",
        entity_name="Food",
        category="Food",
        **signal("declining", 300 - sum(losses), 300),
    )


@pytest.mark.parametrize(
    ("losses", "category_count", "product_count"),
    [([30, 20, 10], 1, 0), ([30, 20], 0, 2), ([95, 20, 20], 0, 3), ([69, 20, 11], 1, 0)],
)
def test_a_fall_is_said_of_the_category_or_of_its_products(
    shop: Any, losses: list[int], category_count: int, product_count: int
) -> None:
    fallen(shop, losses)
    found = shop.found("declining_category")
    assert [insight.estimated_impact for insight in found] == [sum(losses) * 4] * category_count
    assert len(shop.found("declining_product")) == product_count


def test_a_margin_just_below_its_neighbours_is_ordinary(shop: Any) -> None:
    margins(shop, 849, 800, 800, 800, abc_class="A")
    assert shop.found("low_margin_bestseller") == []
    for rows in (shop.rows["profitability"], shop.rows["revenue_contribution"]):
        rows.clear()
    shop.rows["trend_signals"].clear()
    margins(shop, 850, 800, 800, 800, abc_class="A")
    assert len(shop.found("low_margin_bestseller")) == 1


def test_a_margin_just_above_its_neighbours_is_no_gem(shop: Any) -> None:
    margins(shop, 751, 800, 800, 800, abc_class="B")
    assert shop.found("hidden_gem") == []


def test_a_newcomer_is_not_a_gem_as_well(shop: Any) -> None:
    margins(shop, 600, 800, 850, 900, abc_class="B")
    shop.product(
        "p0",
        inventory_velocity=stock(50),
        product_master=master(AS_OF - timedelta(days=100)),
    )
    assert len(shop.found("promising_newcomer")) == 1
    assert shop.found("hidden_gem") == []


def test_important_products_running_out_are_listed_together(shop: Any) -> None:
    for at in range(5):
        shop.product(
            f"p{at}",
            inventory_velocity=stock(0, stockout_risk="out", days_of_cover=0),
            revenue_contribution={"revenue_window": "last_12_months", "abc_class": "A"},
            profitability=earned("last_12_months", 1000, 600),
        )
    (group,) = shop.found("restock_winner")
    # 2 a day × 7 days × ₹4 for each of five
    assert group.estimated_impact == Decimal(280)
    assert "{" not in group.recommended_action
    assert "p0" in group.recommended_action


def test_a_group_carries_the_advice_of_its_rule(shop: Any) -> None:
    for at in range(5):
        shop.product(
            f"p{at}",
            dead_stock={
                "current_stock": 5,
                "estimated_value": 1000 + at,
                "idle_days": 200,
                "stock_state": "dead",
                "is_dead_stock": True,
            },
        )
    (group,) = shop.found("dead_stock")
    assert group.recommended_action.startswith("Begin with p4.")
    assert "discount" in group.recommended_action


@pytest.mark.parametrize(("last", "level"), [([20, 20, 20], "high"), ([10, 10, 40], "medium")])
def test_a_rise_that_one_month_makes_is_believed_less(
    shop: Any, last: list[int], level: str
) -> None:
    shop.product(
        "p1",
        trend_signals=signal("rising", 60, 30),
        inventory_velocity=stock(50),
        profitability=earned("last_12_months", 1000, 600, line_count=200),
    )
    shop.months("p1", {"quantity": [10] * 12 + last})
    (found,) = shop.found("rising_product")
    assert found.confidence == level


def brought_back(shop: Any, sold: int, returned: int, sold_year: int, returned_year: int) -> None:
    for window, units, back in (
        ("last_90_days", sold, returned),
        ("last_12_months", sold_year, returned_year),
    ):
        shop.product(
            "p1",
            profitability=earned(window, 1000, 800, units_sold=units, units_returned=back),
        )


@pytest.mark.parametrize(
    ("sold", "returned", "sold_year", "returned_year", "count"),
    [
        (118, 17, 483, 19, 1),
        (20, 20, 400, 20, 1),  # all of them
        (118, 5, 483, 7, 0),  # less than 5 %
        (20, 4, 400, 4, 0),  # fewer than 5 units
        (100, 10, 400, 21, 0),  # less than twice the year's
        (50, 5, 200, 8, 0),  # could be chance
        (4, 9, 400, 10, 0),  # returns of older sales: no rate
        (0, 9, 400, 10, 0),
    ],
)
def test_returns_spike(
    shop: Any, sold: int, returned: int, sold_year: int, returned_year: int, count: int
) -> None:
    brought_back(shop, sold, returned, sold_year, returned_year)
    found = shop.found("returns_spike")
    assert len(found) == count
    if sold == 118 and found:
        assert "118 units" in found[0].summary
        assert "14.4 %" in found[0].summary
        # 12.36 units more than usual, at a profit of 2
        assert found[0].estimated_impact == Decimal("24.72")


@pytest.mark.parametrize(
    ("received", "sold", "cover", "count"),
    [(40, 20, 121, 1), (39, 20, 121, 0), (40, 20, 120, 0), (None, 0, 400, 0), (10, -1, 400, 1)],
)
def test_reorder_misfit_needs_purchases_and_cover(
    shop: Any, received: int | None, sold: int, cover: int, count: int
) -> None:
    shop.product(
        "p1",
        inventory_velocity=stock(
            500, units_received_180d=received, units_sold_180d=sold, days_of_cover=cover
        ),
    )
    found = shop.found("reorder_misfit")
    # 500 in stock, 240 sell in 120 days, 10 each
    assert [insight.cash_at_stake for insight in found] == [Decimal(2600)] * count
