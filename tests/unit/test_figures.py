"""A value becomes text by its unit, its column or its name, the same way everywhere."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lucid_orchestration.figures import cell, limit, read, shown


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Decimal(123456), "money", "₹1,23,456"),
        (Decimal("0.125"), "share", "12.5 %"),
        (Decimal("9.96"), "units", "10"),
        (Decimal("9.94"), "units", "9.9"),
        (Decimal("123456.4"), "count", "1,23,456"),
        (Decimal("1.237"), "ratio", "1.24"),
        (1, "days", "1 day"),
        (date(2026, 10, 31), "date", "31 Oct 2026"),
        (date(2026, 10, 1), "month", "Oct 2026"),
        ("a\nb", "text", "a b"),
        (None, "money", "unknown"),
    ],
)
def test_a_figure_is_shown_by_its_unit(value: Any, unit: str, text: str) -> None:
    assert shown(value, unit, "INR") == text


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("12.50", "money", Decimal("12.50")),
        ("3", "days", Decimal(3)),
        ("2026-10-31", "date", date(2026, 10, 31)),
        ("2026-10-01", "month", date(2026, 10, 1)),
        ("12", "text", "12"),
        (None, "units", None),
    ],
)
def test_a_figure_kept_as_text_is_read_back(text: str | None, unit: str, value: Any) -> None:
    assert read(text, unit) == value


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("cover_days", 180, "180 days"),
        ("profit_share", 0.25, "25 %"),
        ("min_share", 0.0025, "0.3 %"),
        ("carrying_rate", 0.2, "20 %"),
        ("signal_change", 0.205, "20.5 %"),
        ("service_z_a", 1.65, "1.65"),
        ("min_value", 123456, "1,23,456"),
    ],
)
def test_a_limit_is_shown_by_its_name(name: str, value: float, text: str) -> None:
    assert limit(name, value) == text


def test_whole_numbers_and_others_are_grouped_alike() -> None:
    assert cell("row_count", 123456, "INR") == "1,23,456"
    assert cell("peak_months", [1, 2, 12], "INR") == "Jan, Feb, Dec"
    assert cell("peak_months", [], "INR") == "–"
    assert cell("quantity", Decimal("123456.000"), "INR") == "1,23,456"
    assert cell("revenue", Decimal("123456.00"), "USD") == "USD 123,456"
