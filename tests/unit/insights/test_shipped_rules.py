"""Each of Lucid's own rules: it fires, it keeps quiet, and where its limit is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lucid_orchestration.formatting import rounded

AS_OF = date(2026, 10, 31)
RISE = {"quantity": [10] * 12 + [20] * 3, "revenue": [100] * 12 + [200] * 3}
FALL = {"quantity": [20] * 12 + [10] * 3, "revenue": [200] * 12 + [100] * 3}


def signal(word: str, recent: int, before: int, per: int = 1, **more: Any) -> dict[str, Any]:
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
        # as if they were on sale for thirty days; of products it is units, of others revenue
        "recent_rate": round(Decimal(recent * per) / 30, 6),
        "previous_rate": round(Decimal(before * per) / 30, 6),
        "rate_change": round(Decimal(recent - before) / before, 6),
        "recent_days": 30,
        "previous_days": 30,
        "months_observed": 30,
        "p_value": 0.001,
        "q_value": Decimal("0.001"),
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
        "daily_deviation": Decimal("1.4"),
        "out_of_stock_days_365d": 0,
        "days_available_90d": 77,
        "demand_basis": "year",
        "expected_units_30d": 60,
        "expected_units_90d": 180,
        "expected_units_180d": 360,
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
        # one more a day, on each of the next 90
        assert found[0].estimated_impact == Decimal(360)
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
    assert [insight.estimated_impact for insight in found] == [Decimal(360)] * count


@pytest.mark.parametrize(
    ("rule", "recent", "beside", "verdict", "count"),
    [
        ("rising_product", 60, 16, "none", 1),  # 2 a day now, a fifth more than 1.6
        ("rising_product", 60, 17, "none", 0),
        ("rising_product", 60, 17, "confirmed", 1),  # in a season, other months are no measure
        ("rising_product", 60, 17, "indicative", 1),
        ("declining_product", 30, 13, "none", 1),  # 1 a day now, a fifth less than 1.3
        ("declining_product", 30, 12, "none", 0),
        ("declining_product", 30, 12, "confirmed", 1),
    ],
)
def test_three_months_of_a_year_ago_that_were_the_exception_are_no_measure(
    shop: Any, rule: str, recent: int, beside: int, verdict: str, count: int
) -> None:
    word, before = ("rising", 30) if rule == "rising_product" else ("declining", 60)
    moving(shop, word, recent, before)
    shop.rows["trends"].clear()
    now, then = recent // 3, before // 3
    quantities = [beside] * 3 + [then] * 3 + [beside] * 3 + [now] * 9
    shop.months("p1", {"quantity": quantities})
    shop.product("p1", seasonality={"verdict": verdict, "season_source": "own"})
    assert len(shop.found(rule)) == count


@pytest.mark.parametrize(("known", "count"), [(3, 0), (2, 1)])
def test_two_months_beside_those_of_a_year_ago_tell_nothing(
    shop: Any, known: int, count: int
) -> None:
    moving(shop, "declining", 30, 60)
    shop.rows["trends"].clear()
    shop.months("p1", {"quantity": [10] * known + [20] * 3})
    for at, month in enumerate(shop.rows["trends"]):
        month["month"] = date(2025, 5 + at if known == 3 else 6 + at, 1)
    assert len(shop.found("declining_product")) == count


def test_a_product_first_seen_lately_is_not_declining(shop: Any) -> None:
    moving(shop, "declining", 30, 60)
    shop.rows["product_master"][0]["first_sale_date"] = AS_OF - timedelta(days=59)
    assert shop.found("declining_product") == []


@pytest.mark.parametrize(
    ("silent", "units", "count"),
    [(4, None, 1), (5, None, 0), (60, None, 0), (61, None, 1), (30, 50, 1)],
)
def test_a_silence_without_a_stock_list_may_be_an_outage(
    shop: Any, silent: int, units: int | None, count: int
) -> None:
    """Two a day a year before: nine are missing after five days, and after sixty it is over."""
    moving(shop, "declining", 30, 60)
    shop.rows["inventory_velocity"][0]["current_stock"] = units
    shop.rows["product_master"][0]["last_sale_date"] = AS_OF - timedelta(days=silent)
    assert len(shop.found("declining_product")) == count


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


@pytest.mark.parametrize("abc_class", ["A", "C"])
@pytest.mark.parametrize(
    ("basis", "units", "sold", "count"),
    [
        ("rate", 6, 30, 1),  # at one a day it is seven till a delivery
        ("rate", 7, 30, 0),
        ("category", 7, 30, 0),
        ("rate", 6, None, 0),
        ("rate", 0, None, 1),  # what is out sells nothing
        ("year", 7, None, 1),
    ],
)
def test_without_a_year_the_last_month_tells_what_is_over(
    shop: Any, abc_class: str, basis: str, units: int, sold: int | None, count: int
) -> None:
    low_stock(shop, abc_class, "critical", 4)
    shop.rows["inventory_velocity"][0].update(current_stock=units, demand_basis=basis)
    shop.product("p1", best_sellers={"period_type": "last_90_days", "total_quantity": 180})
    if sold is not None:
        shop.product("p1", best_sellers={"period_type": "last_30_days", "total_quantity": sold})
    assert len(shop.found("restock_winner")) + len(shop.found("stockout_risk")) == count


@pytest.mark.parametrize(
    ("units", "expected", "shape", "before", "count"),
    [
        (13, 180, None, 0, 1),
        (14, 180, None, 0, 0),  # at two a day it lasts till a delivery
        (14, 270, None, 0, 1),  # half more than now is a season, if nothing is known of the year
        (14, 269, None, 0, 0),
        (14, 270, 25, 3, 1),
        (14, 270, 24, 3, 0),  # what is known of it shows none
        (14, 270, 24, 2, 1),  # of two months chance makes one
    ],
)
def test_a_few_better_days_of_last_year_run_nothing_out(
    shop: Any, units: int, expected: int, shape: int | None, before: int, count: int
) -> None:
    low_stock(shop, "C", "critical", 6)
    shop.rows["inventory_velocity"][0].update(
        current_stock=Decimal(units), expected_units_90d=Decimal(expected)
    )
    if shape:
        shop.months("p1", {"quantity": [20] * before + [shape] * 3 + [20] * 9})
    assert len(shop.found("stockout_risk")) == count
    shop.rows["revenue_contribution"][0]["abc_class"] = "A"
    assert len(shop.found("restock_winner")) == count


def test_lost_units_are_priced_at_the_profit_of_one(shop: Any) -> None:
    low_stock(shop, "C", "critical", 3)
    (found,) = shop.found("stockout_risk")
    # 180 expected in 90 days, 6 in stock, ₹4 earned on each
    assert found.estimated_impact == Decimal(696)


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
    recent = earned("last_90_days", 1000, cost, cost_coverage=coverage, quantity=25)
    shop.product("p1", profitability=recent)
    assert len(shop.found("margin_erosion")) == count


@pytest.mark.parametrize(
    ("revenue", "cost", "quantity", "count"),
    [
        (875, 800, 25, 0),
        (840, 768, 24, 1),
        (1000, 815, 25, 0),
        (900, 815, 25, 1),
        (900, 814, 25, 0),
    ],
)
def test_an_offer_that_sells_more_is_no_erosion(
    shop: Any, revenue: int, cost: int, quantity: int, count: int
) -> None:
    """Usual are 100 units a year, ₹40 each at a cost of ₹32: 24 in 90 days are no more of them.

    Dearer purchases tell by themselves, from a cost of ₹32.60 on: half of three points.
    """
    shop.product("p1", profitability=earned("last_12_months", 4000, 3200))
    recent = earned("last_90_days", revenue, cost, quantity=quantity)
    shop.product("p1", profitability=recent)
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
    # of low confidence here, and with no day by which it is over
    assert [insight.priority / insight.estimated_impact for insight in found] == [
        Decimal("0.4")
    ] * count


def test_a_loss_is_not_said_a_second_time_as_a_lower_margin(shop: Any) -> None:
    shop.product("p1", profitability=earned("last_12_months", 4000, 3000))
    shop.product("p1", profitability=earned("last_90_days", 1000, 1100))
    rules = [insight.rule_id for insight in shop.evaluate().insights]
    assert rules == ["loss_maker"]


def season(shop: Any, verdict: str, peak: date, units: int, expected: int = 240) -> None:
    shop.product(
        "p1",
        seasonality={
            "verdict": verdict,
            "next_peak_month": peak,
            "q_value": 0.001,
            "season_source": "own",
        },
        inventory_velocity=stock(units, expected_units_90d=expected),
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
    ("verdict", "peak", "units", "expected", "count"),
    [
        ("confirmed", date(2026, 12, 1), 239, 240, 1),
        ("confirmed", date(2026, 12, 1), 240, 240, 0),  # enough in stock
        ("confirmed", date(2026, 12, 1), 5, 215, 0),  # hardly more than now: 180
        ("indicative", date(2026, 12, 1), 5, 240, 0),
        ("confirmed", date(2027, 1, 1), 5, 240, 0),  # too far away
        ("none", date(2027, 1, 1), 5, 270, 1),  # half as much again, without any test
        ("none", date(2027, 1, 1), 5, 260, 0),
    ],
)
def test_seasonal_peak_ahead(
    shop: Any, verdict: str, peak: date, units: int, expected: int, count: int
) -> None:
    season(shop, verdict, peak, units, expected)
    found = shop.found("seasonal_peak_ahead")
    # ₹4 earned on each missing one
    money = Decimal((expected - units) * 4)
    assert [insight.estimated_impact for insight in found] == [rounded(money)] * count


def test_a_season_that_could_be_chance_is_none(shop: Any) -> None:
    season(shop, "none", date(2027, 1, 1), 5, 270)
    shop.rows["inventory_velocity"][0]["daily_deviation"] = Decimal(4)
    assert shop.found("seasonal_peak_ahead") == []


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [(20, 30, 1), (20, 29, 0), (30, 30, 0), (0, 30, 1)],
)
def test_a_year_that_only_sold_more_is_no_season(
    shop: Any, before: int, after: int, count: int
) -> None:
    """Half as much again is expected by last year: were its months before these lower as well?"""
    season(shop, "none", date(2027, 1, 1), 5, 270)
    shop.months("p1", {"quantity": [before] * 3 + [after] * 3 + [20] * 9})
    assert len(shop.found("seasonal_peak_ahead")) == count


@pytest.mark.parametrize(("many", "count"), [(8, 1), (1, 0)])
def test_a_year_that_sold_more_by_chance_is_no_season(shop: Any, many: int, count: int) -> None:
    """Half as much again in its months too: of 9 and 14 units chance makes that."""
    season(shop, "none", date(2027, 1, 1), 5, 270)
    shop.months("p1", {"quantity": [2 * many] * 3 + [3 * many] * 3 + [2 * many] * 9})
    assert len(shop.found("seasonal_peak_ahead")) == count


@pytest.mark.parametrize(
    ("deviation", "months", "levels"),
    [
        ("1.4", {"quantity": [20] * 3 + [40] * 3 + [20] * 9}, ["medium"]),
        # 3.5 times as much as chance around it, and nothing of the year before: hardly more
        ("1.65", {}, ["low"]),
        ("1.75", {}, []),
        ("1.65", {"quantity": [20] * 3 + [40] * 3 + [20] * 9}, ["medium"]),
        ("1.75", {"quantity": [20] * 3 + [40] * 3 + [20] * 9}, []),
        # a year that rises so much is worth more than its figures alone
        ("2.3", {"quantity": [10] * 3 + [25] * 3 + [20] * 9}, ["medium"]),
        ("2.3", {"quantity": [10] * 3 + [24] * 3 + [20] * 9}, []),
    ],
)
def test_the_less_is_known_of_the_year_the_more_a_season_has_to_show(
    shop: Any, deviation: str, months: dict[str, list[int]], levels: list[str]
) -> None:
    season(shop, "none", date(2027, 1, 1), 5, 270)
    shop.rows["inventory_velocity"][0]["daily_deviation"] = Decimal(deviation)
    shop.rows["profitability"][0]["line_count"] = 200
    shop.product("p1", trend_signals=signal("stable", 30, 30))
    if months:
        shop.months("p1", months)
    assert [insight.confidence for insight in shop.found("seasonal_peak_ahead")] == levels


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


@pytest.mark.parametrize(
    ("target", "abc_class", "count"),
    [("0.35", "A", 1), ("0.249999", "A", 0), (None, "A", 0), ("0.35", "B", 0)],
)
def test_below_the_margin_that_is_wanted(
    shop: Any, target: str | None, abc_class: str, count: int
) -> None:
    margins(shop, 800, 800, 800, 800, abc_class=abc_class)
    shop.rows["datasets"][0]["target_margin"] = None if target is None else Decimal(target)
    found = shop.found("below_target_margin")
    # 0.15 of the price are missing on ₹1,000
    assert [insight.estimated_impact for insight in found] == [Decimal(150)] * count
    if found:
        assert "keeps 20" in found[0].summary
        assert "you want 35" in found[0].summary


@pytest.mark.parametrize(("units", "count"), [(2, 1), (1, 0)])
def test_a_branch_that_is_out_gets_from_one_with_plenty(shop: Any, units: int, count: int) -> None:
    low_stock(shop, "A", "out", 0)
    for branch, stock_there, take in (("South", 90, 0), ("East", 0, units), ("West", 1, units - 1)):
        shop.product(
            "p1",
            branch_products={
                "branch_id": branch.lower(),
                "branch_name": branch,
                "current_stock": stock_there,
                "expected_units_30d": 3,
                "expected_units_60d": 9,
                "take_from_branch_id": "south" if take else None,
                "take_from_branch_name": "South" if take else None,
                "units_to_take": take,
            },
        )
    found = shop.found("move_between_branches")
    # each earns ₹4; the one that lacks most is told
    assert [insight.estimated_impact for insight in found] == [Decimal(4 * units)] * count
    assert len(shop.found("restock_winner")) == 1 - count
    if found:
        assert found[0].title == "South has plenty of p1, East runs out"
        assert found[0].recommended_action == "Move 2 units from South to East."
        assert "90 at South" in found[0].summary


@pytest.mark.parametrize(
    ("is_known", "words"),
    [
        (True, "12 days for a delivery (as the shop says)"),
        (False, "12 days for a delivery (assumed"),
    ],
)
def test_a_delivery_time_is_said_as_what_it_is(shop: Any, is_known: bool, words: str) -> None:
    low_stock(shop, "C", "critical", 6)
    shop.rows["inventory_velocity"][0].update(lead_time_days=12, is_lead_time_known=is_known)
    (found,) = shop.found("stockout_risk")
    assert words in found.summary


@pytest.mark.parametrize(("days", "count"), [(29, 0), (30, 1), (120, 1), (121, 0)])
def test_promising_newcomer(shop: Any, days: int, count: int) -> None:
    shop.product(
        "p1",
        # it has no year of its own: what its category will do says less than what it does
        inventory_velocity=stock(50, expected_units_90d=40),
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


def food(shop: Any, facts: dict[str, Any]) -> None:
    """The category of all goods, with what is found of its trend."""
    named = {"entity_id": "Food", "entity_name": "Food", "category": "Food"}
    shop.add("trend_signals", entity_type="category", **named, **facts)


def category(shop: Any, gains: list[int]) -> None:
    for at, gain in enumerate(gains):
        shop.product(f"p{at}", trend_signals=signal("stable", 100 + gain, 100))
    total = sum(gains)
    food(shop, signal("rising", 300 + total, 300, per=10))


@pytest.mark.parametrize(
    ("gains", "count"), [([30, 20, 10], 1), ([30, 20], 0), ([70, 20, 10], 0), ([69, 20, 11], 1)]
)
def test_category_momentum_needs_three_that_carry_it(
    shop: Any, gains: list[int], count: int
) -> None:
    category(shop, gains)
    found = shop.found("category_momentum")
    assert [insight.estimated_impact for insight in found] == [sum(gains) * 12] * count


@pytest.mark.parametrize(
    ("word", "rule", "change"),
    [("declining", "declining_category", -30), ("rising", "category_momentum", 30)],
)
@pytest.mark.parametrize(("kept", "count"), [(1, 0), (0, 1)])
def test_outages_of_its_products_are_no_change_of_a_category(
    shop: Any, word: str, rule: str, change: int, kept: int, count: int
) -> None:
    """Three products sell 30 % less, or more, than before; or each as much a day on sale."""
    for at in range(3):
        own = signal("stable", 100 + change, 100)
        own["recent_rate"] = own["previous_rate"] if kept else own["recent_rate"]
        shop.product(f"p{at}", trend_signals=own, product_master=master())
    for kind, entity in (("category", "Food"), ("store", "shop")):
        shop.add(
            "trend_signals",
            entity_type=kind,
            entity_id=entity,
            entity_name=entity,
            category="Food" if kind == "category" else None,
            **signal(word, 300 + 3 * change, 300, per=10),
        )
    assert len(shop.found(rule)) == count
    assert len(shop.found("shop_rising" if change > 0 else "shop_falling")) == count


def test_what_is_new_in_a_category_makes_up_for_what_falls(shop: Any) -> None:
    for at in range(3):
        shop.product(f"p{at}", trend_signals=signal("stable", 70, 100), product_master=master())
    new = signal("insufficient_history", 60, 1, method=None, previous_rate=None)
    shop.product("new", trend_signals=new, product_master=master(date(2025, 12, 1)))
    food(shop, signal("declining", 210, 300, per=10))
    assert shop.found("declining_category") == []
    # what was there a year before and cannot be compared makes up for nothing
    shop.rows["product_master"][-1]["first_sale_date"] = date(2025, 11, 1)
    assert len(shop.found("declining_category")) == 1


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
    food(shop, signal("declining", 300 - sum(losses), 300, per=10))


@pytest.mark.parametrize(
    ("losses", "category_count", "product_count"),
    [([30, 20, 10], 1, 0), ([30, 20], 0, 2), ([95, 20, 20], 0, 3), ([69, 20, 11], 1, 0)],
)
def test_a_fall_is_said_of_the_category_or_of_its_products(
    shop: Any, losses: list[int], category_count: int, product_count: int
) -> None:
    fallen(shop, losses)
    found = shop.found("declining_category")
    assert [insight.estimated_impact for insight in found] == [sum(losses) * 12] * category_count
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
    # 180 expected in 90 days, ₹4 earned on each, five products
    assert group.estimated_impact == Decimal(3600)
    assert group.summary.startswith("Together: about ₹3,600 in 90 days. The largest are p0 (₹720)")
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
        product_master=master(),
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
        assert found[0].estimated_impact == Decimal(25)


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
    # of 500 in stock at 10 each, what is beyond 120 days of cover
    excess = round(Decimal(5000) * (cover - 120) / cover, 2)
    assert [insight.cash_at_stake for insight in found] == [excess] * count


def renamed(shop: Any, old: str, new: str) -> None:
    """One stops two months ago as the other starts, at the same price and pace."""
    for name, first, last, price in (
        (old, date(2025, 1, 5), date(2026, 8, 31), 10),
        (new, date(2026, 9, 2), AS_OF, 11),
    ):
        shop.product(
            name.lower(),
            name=name,
            product_master={
                "first_seen_date": first,
                "first_sale_date": first,
                "last_sale_date": last,
                "list_price": price,
            },
            profitability=earned(
                "last_12_months", 1000, 600, quantity=(last - max(first, date(2025, 11, 1))).days
            ),
        )


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("Gold Tea 100 Pack", "Gold Tea 100 New Pack", 1),
        ("Gold Tea 100 Pack", "Gold Rice 200 Pack", 0),  # two of four words
        ("Om Om Tea Pack", "Om Rice Pack 5", 0),  # of two the same, one is found: two of four
        ("Om Om Tea Pack", "Om Om Tea", 1),
    ],
)
def test_a_new_name_shares_most_words(shop: Any, old: str, new: str, count: int) -> None:
    renamed(shop, old, new)
    assert len(shop.found("renamed_product")) == count


@pytest.mark.parametrize(
    ("out", "basis", "levels"),
    [
        (60, "year", ["high"]),  # silences that are no chance
        (60, "category", ["medium"]),  # without a year of its own they may be its season
        (60, "rate", ["medium"]),
        (59, "year", []),  # less than a fifth of 300 open days
    ],
)
def test_often_out_of_stock(shop: Any, out: int, basis: str, levels: list[str]) -> None:
    low_stock(shop, "A", "none", 20)
    shop.rows["inventory_velocity"][0].update(out_of_stock_days_365d=out, demand_basis=basis)
    shop.rows["profitability"][0]["line_count"] = 200
    shop.rows["datasets"][0]["open_days_365d"] = 300
    shop.product("p1", trend_signals=signal("stable", 30, 30))
    found = shop.found("often_out_of_stock")
    assert [insight.confidence for insight in found] == levels
