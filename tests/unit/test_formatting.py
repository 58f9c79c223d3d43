from datetime import date
from decimal import Decimal

import pytest

from lucid_orchestration.formatting import (
    compared,
    day,
    days,
    money,
    month,
    month_name,
    percent,
    quantity,
)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "₹0"),
        ("-0.004", "₹0"),
        ("0.005", "₹0.01"),
        ("99.5", "₹99.50"),
        ("999.994", "₹999.99"),
        ("999.995", "₹1,000"),
        ("1000.49", "₹1,000"),
        ("1000.50", "₹1,001"),
        ("99999.99", "₹1,00,000"),
        ("1234567", "₹12,34,567"),
        ("123456789012", "₹1,23,45,67,89,012"),
        ("-1234567.2", "−₹12,34,567"),
    ],
)
def test_rupees_are_grouped_in_lakh_and_lose_their_paise_from_a_thousand(
    amount: str, shown: str
) -> None:
    assert money(Decimal(amount), "INR") == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1234567", "USD 1,234,567"), ("12.5", "USD 12.50"), ("-5", "−USD 5")],
)
def test_other_currencies_are_named_and_grouped_in_thousands(amount: str, shown: str) -> None:
    assert money(Decimal(amount), "USD") == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("12.000", "12"),
        ("0.500", "0.5"),
        ("1200", "1,200"),
        ("123456.789", "1,23,456.789"),
        ("-3", "−3"),
        ("-0.0001", "0"),
    ],
)
def test_quantities_show_no_empty_decimals(amount: str, shown: str) -> None:
    assert quantity(Decimal(amount)) == shown


def test_a_change_from_next_to_nothing_is_told_in_times() -> None:
    assert compared(Decimal("0.125"), "before") == "12.5 % more than before"
    assert compared(Decimal("-0.4"), "before") == "40.0 % less than before"
    assert compared(Decimal("4.4"), "before") == "440.0 % more than before"
    assert compared(Decimal("340.821"), "before") == "about 342 times as much as before"


def test_percent_rounds_half_up_and_takes_floats() -> None:
    assert percent(Decimal("0.12345")) == "12.3 %"
    assert percent(Decimal("0.0005")) == "0.1 %"
    assert percent(-0.0004) == "0.0 %"
    assert percent(-0.25, places=0) == "−25 %"
    assert percent(Decimal("12.5"), places=0) == "1,250 %"


def test_what_is_not_known_is_said() -> None:
    shown = [f(None) for f in (quantity, percent, days, day, month)]
    assert [money(None, "INR"), *shown] == ["unknown"] * 6


def test_days_are_whole_and_one_is_one() -> None:
    assert [days(1), days(Decimal("90.50")), days(1234), days(0)] == [
        "1 day",
        "91 days",
        "1,234 days",
        "0 days",
    ]


def test_days_and_months_are_written_out() -> None:
    assert day(date(2026, 10, 31)) == "31 Oct 2026"
    assert day(date(2026, 1, 2)) == "2 Jan 2026"
    assert month(date(2026, 10, 1)) == "Oct 2026"
    assert month_name(12) == "Dec"


@pytest.mark.parametrize("number", [0, 13])
def test_there_are_twelve_months(number: int) -> None:
    with pytest.raises(ValueError, match="not a month"):
        month_name(number)


def test_one_day_is_no_plural() -> None:
    assert [days(Decimal("1")), days(Decimal("90.5")), days(None)] == [
        "1 day",
        "91 days",
        "unknown",
    ]
