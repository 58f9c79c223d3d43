"""Rises and falls are weighed against the noise of the months, and against how many were tested."""

import itertools
import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from scipy import stats  # type: ignore[import-untyped]

from lucid_orchestration.insights.marts import open_marts


def weighed(shop: Any) -> dict[str, dict[str, Any]]:
    shop.evaluate()
    with open_marts(shop.folder / "marts", shop.folder / "quality") as marts:
        rows = marts.execute("select * from trend_tests").fetchall()
        names = [column[0] for column in marts.description or ()]
    return {row[2]: dict(zip(names, row, strict=True)) for row in rows}


def product(shop: Any, name: str, months: list[int], **more: Any) -> None:
    shop.product(
        name,
        trend_signals={
            "method": "year_on_year",
            "recent_quantity": sum(months[-3:]),
            "previous_quantity": sum(months[-15:-12]),
            **more,
        },
    )
    shop.months(name, {"quantity": months})


SERIES = [12, 9, 14, 8, 11, 13, 9, 12, 10, 11, 8, 13, 9, 12, 10, 11, 9, 12, 10, 13, 8, 16, 18, 21]


def test_the_noise_is_that_of_neighbouring_months_and_p_is_about_students(shop: Any) -> None:
    product(shop, "p1", SERIES)
    row = weighed(shop)["p1"]
    steps = [after - before for before, after in itertools.pairwise(SERIES)]
    noise = math.sqrt(sum(step * step for step in steps) / (2 * len(steps)))
    assert row["monthly_noise"] == pytest.approx(noise, abs=1e-6)
    score = (sum(SERIES[-3:]) - sum(SERIES[-15:-12])) / (noise * math.sqrt(6))
    students = 2 * stats.t.sf(score, 2 * len(steps) / 3)
    assert row["p_value"] == pytest.approx(students, rel=0.02)
    assert row["p_value"] == pytest.approx(2 * stats.norm.sf(row["z_score"]), abs=1e-6)


def test_q_is_that_of_benjamini_and_hochberg(shop: Any) -> None:
    for at in range(6):
        product(shop, f"p{at}", [value + at * (at % 2) for value in SERIES[at:] + SERIES[:at]])
    rows = weighed(shop)
    names = sorted(rows)
    expected = stats.false_discovery_control([rows[name]["p_value"] for name in names])
    assert [rows[name]["q_value"] for name in names] == pytest.approx(list(expected))


def test_a_short_series_keeps_the_p_of_its_own_test(shop: Any) -> None:
    product(shop, "p1", SERIES[:10], method="mann_kendall", p_value=0.031)
    assert weighed(shop)["p1"]["p_value"] == 0.031


def test_what_has_no_months_or_no_noise_is_not_tested(shop: Any) -> None:
    shop.product(
        "p1",
        trend_signals={
            "method": "year_on_year",
            "recent_quantity": 3,
            "previous_quantity": Decimal(1),
        },
    )
    product(shop, "flat", [5] * 24)
    product(shop, "none", SERIES, method=None)
    assert weighed(shop) == {}


def test_a_month_that_is_not_over_takes_no_part(shop: Any) -> None:
    product(shop, "p1", SERIES)
    before = weighed(shop)["p1"]
    shop.product(
        "p1",
        trends={
            "month": date(2026, 11, 1),
            "is_complete": False,
            "quantity": 1000,
            "revenue": 0,
        },
    )
    assert weighed(shop)["p1"] == before
