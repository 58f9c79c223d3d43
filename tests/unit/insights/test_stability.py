"""One month more or less must not turn a conclusion round, and a short history limits it."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lucid_orchestration.insights import rules, stability
from lucid_orchestration.insights.rules import Rule, load_rules
from lucid_orchestration.insights.stability import same_conclusions
from lucid_orchestration.settings import project_vars

FIRST_SEEN = date(2025, 11, 1)


def trend(shop: Any, units: list[int], **signal: Any) -> None:
    shop.product(
        "p1",
        "Atta",
        trend_signals={
            "recent_rate": sum(units[-3:]),
            "recent_days": 1,
            "recent_revenue": 10 * sum(units[-3:]),
            "recent_profit": 4 * sum(units[-3:]),
            "months_observed": len(units),
            "confidence": "high",
            **signal,
        },
        inventory_velocity={"current_stock": 5, "days_of_cover": 5},
        product_master={"first_seen_date": FIRST_SEEN, "first_sale_date": FIRST_SEEN},
        profitability={
            "profit_window": "last_12_months",
            "quantity": 100,
            "revenue": 1000,
            "revenue_with_cost": 1000,
            "gross_profit": 400,
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
        previous_rate=before,
        previous_days=1,
        previous_profit=4 * before,
        p_value=0.001,
        q_value="0.001",
        rate_change=round(Decimal(now - before) / before, 6) if before else None,
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
    # 4 a unit: 528 a day on sale, and three steps of 6 % more on each of the next 90 days
    assert found.estimated_impact == Decimal(8550)


def test_a_short_fall_says_what_it_costs(shop: Any) -> None:
    short(shop, list(range(46, 18, -2)), "-0.06")
    (found,) = shop.found("declining_product")
    assert "fell by about 6.0 % of a usual month" in found.summary
    assert found.estimated_impact is not None
    assert found.estimated_impact > 0


def test_a_rise_from_nothing_does_not_speak_of_an_unknown_change(shop: Any) -> None:
    year_on_year(shop, [10] * 9 + [0] * 3 + [10] * 9 + [40] * 3)
    shop.rows["trend_signals"][0].update(previous_rate=Decimal(0), rate_change=None)
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
    for table in ("trend_signals", "inventory_velocity", "product_master"):
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


def rule(rule_id: str) -> Rule:
    return next(rule for rule in load_rules().rules if rule.id == rule_id)


def months(values: list[int], profit: list[int] | None = None) -> list[dict[str, Any]]:
    return [
        {
            "daily_rate": Decimal(value),
            "quantity": Decimal(value),
            "revenue": Decimal(value),
            "profit": earned,
            "age": len(values) - 1 - at,
        }
        for at, (value, earned) in enumerate(
            zip(values, map(Decimal, profit or values), strict=True)
        )
    ]


@pytest.mark.parametrize(
    ("recent", "clears_at", "stays"),
    [
        (110, {"min_change": 0.1}, True),
        (109, {"min_change": 0.1}, False),
        (109, {"min_change": 0.09}, True),
        (110, {"min_change": 0.11}, False),
        # a rule without such a limit: half of what makes a signal
        (110, {}, True),
        (109, {}, False),
        (90, {"min_change": 0.1}, True),
        (91, {"min_change": 0.1}, False),
    ],
)
def test_a_change_stays_one_down_to_where_its_rule_clears(
    recent: int, clears_at: dict[str, float], stays: bool
) -> None:
    year = months([100] * 12 + [recent] * 3)
    same = same_conclusions(rule("rising_product"), clears_at, "year_on_year", year)
    assert same == (stays,) * 6


@pytest.mark.parametrize(
    ("step", "clears_at", "stays"),
    [
        (10, {"min_slope": 0.01}, True),
        (9, {"min_slope": 0.01}, False),
        (9, {"min_slope": 0.009}, True),
        (10, {"min_slope": 0.011}, False),
        (10, {}, True),
        (9, {}, False),
        (-10, {"min_slope": 0.01}, True),
        (-9, {"min_slope": 0.01}, False),
    ],
)
def test_a_slope_stays_one_down_to_where_its_rule_clears(
    step: int, clears_at: dict[str, float], stays: bool
) -> None:
    # leaving a month out moves the usual month by half a step at most
    series = months([100_000 + step * 100 * at for at in range(-4, 5)])
    same = same_conclusions(rule("rising_product"), clears_at, "mann_kendall", series)
    assert same is not None
    assert (sum(same) > 4) == stays


def test_a_margin_stays_lower_down_to_where_its_rule_clears() -> None:
    usual = months([1000] * 12, [300] * 9 + [280] * 3)
    erosion = rule("margin_erosion")
    # 29.5 % over the year, 28 % in the last months: 1.5 points
    for points, stays in ((0.0149, True), (0.015, False), (0.0151, False)):
        assert same_conclusions(erosion, {"points": points}, None, usual) == (stays,) * 3


def test_a_loss_stays_one_while_the_other_months_lose() -> None:
    loss = rule("loss_maker").model_copy(update={"stability": "loss"})
    assert same_conclusions(loss, {}, None, months([100] * 3, [-9, -9, 8])) == (True, True, True)
    assert same_conclusions(loss, {}, None, months([100] * 3, [-9, 9, -1])) == (False, True, False)
    assert same_conclusions(loss, {}, None, months([100] * 2, [-9, -9])) == ()


def test_a_month_that_is_missing_in_either_year_takes_no_part() -> None:
    year = months([100] * 12 + [150] * 3)
    year[-1]["daily_rate"] = None
    same = same_conclusions(rule("rising_product"), {}, "year_on_year", year)
    assert same == (True,) * 4
    year[1]["daily_rate"] = None
    assert same_conclusions(rule("rising_product"), {}, "year_on_year", year) == ()


def test_a_change_that_plain_sales_do_not_show_is_not_stable() -> None:
    # half of each month of now was closed: a day sells more, the months do not
    year = months([100] * 15)
    for month in year[-3:]:
        month["daily_rate"] = Decimal(200)
    same = same_conclusions(rule("rising_product"), {}, "year_on_year", year)
    assert same == (False,) * 6


def test_where_a_trend_clears_follows_the_var_of_the_signal(
    shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = rule("rising_product")
    assert (shipped.parameters["min_change"], shipped.clears_at["min_change"]) == (0.2, 0.1)
    assert (shipped.parameters["min_slope"], shipped.clears_at["min_slope"]) == (0.02, 0.01)
    year_on_year(shop, [10] * 12 + [12] * 3)
    assert len(shop.found("rising_product")) == 1
    changed = {**project_vars(), "signal_change": 0.5, "signal_slope": 0.04}
    monkeypatch.setattr(rules, "project_vars", lambda: changed)
    monkeypatch.setattr(stability, "project_vars", lambda: changed)
    rules._rules_of.cache_clear()
    try:
        stricter = rule("rising_product")
        assert (stricter.parameters["min_change"], stricter.clears_at["min_change"]) == (0.5, 0.25)
        assert (stricter.parameters["min_slope"], stricter.clears_at["min_slope"]) == (0.04, 0.02)
        assert shop.found("rising_product") == []
        category = rule("category_momentum")
        short_rise = months([100_000 + 1500 * at for at in range(-4, 5)])
        assert same_conclusions(category, category.clears_at, "mann_kendall", short_rise) == (
            (False,) * 9
        )
    finally:
        rules._rules_of.cache_clear()
