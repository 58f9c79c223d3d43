"""How severe, how urgent, how much it counts: each limit, and one step beside it."""

from decimal import Decimal

import pytest

from lucid_orchestration.insights.priority import priority, severity, urgency


@pytest.mark.parametrize(
    ("impact", "level"),
    [("2000", "high"), ("1999.99", "medium"), ("500", "medium"), ("499.99", "low"), ("0", "low")],
)
def test_severity_is_the_part_of_the_revenue_at_stake(impact: str, level: str) -> None:
    assert severity(Decimal(impact), Decimal(100_000)) == level


def test_without_money_or_revenue_nothing_is_severe() -> None:
    assert severity(None, Decimal(100_000)) == "low"
    assert severity(Decimal(5000), Decimal(0)) == "low"
    assert severity(Decimal(5000), Decimal(-1)) == "low"


@pytest.mark.parametrize(
    ("days", "weight"),
    [(0, "1.5"), (7, "1.5"), ("7.1", "1.25"), (30, "1.25"), ("30.1", "1"), (45, "1"), (-3, "1.5")],
)
def test_what_has_to_be_done_soon_counts_more(days: int | str, weight: str) -> None:
    assert urgency(Decimal(days)) == Decimal(weight)


def test_what_has_no_day_is_no_hurry() -> None:
    assert urgency(None) == 1


def test_a_priority_is_the_money_times_its_weights() -> None:
    parts = priority(Decimal("1000.55"), "medium", Decimal(7))
    assert parts.value == Decimal("1050.5775")
    assert priority(None, "high", Decimal(1)).value == 0
