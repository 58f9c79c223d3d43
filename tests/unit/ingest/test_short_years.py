"""Dates of three short numbers: the year may stand first as well as last."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from lucid_orchestration.ingest.layout.conventions import date_order


def written(first: date, steps: list[int], form: str) -> list[str]:
    return [(first + timedelta(days=step)).strftime(form) for step in steps]


@pytest.mark.parametrize("form", ["%y-%m-%d", "%y.%m.%d", "%y/%m/%d", "%y. %m. %d."])
def test_a_year_of_two_digits_may_stand_first(form: str) -> None:
    for first in (date(2026, 1, 3), date(2024, 11, 20), date(2009, 3, 1)):
        steps = Random(1).sample(range(70), 40)
        for order in (steps, sorted(steps), sorted(steps, reverse=True)):
            found = date_order(Counter(written(first, order, form)))
            assert (found.value, found.is_guess, found.against) == ("ymd", False, 0)
            assert found.evidence.startswith("Year first")


@pytest.mark.parametrize("form", ["%d-%m-%y", "%d.%m.%y", "%d/%m/%y"])
def test_a_year_of_two_digits_usually_stands_last(form: str) -> None:
    for days in (3, 70, 800, 4000):
        steps = Random(2).sample(range(days), min(days, 40))
        for order in (steps, sorted(steps)):
            found = date_order(Counter(written(date(2012, 12, 28), order, form)))
            assert found.value == "dmy"


def test_month_first_with_a_year_of_two_digits_stays_so() -> None:
    steps = Random(3).sample(range(90), 40)
    assert date_order(Counter(written(date(2025, 1, 2), steps, "%m/%d/%y"))).value == "mdy"


def test_a_day_of_one_digit_behind_two_digits_shows_the_year() -> None:
    found = date_order(Counter(["26.1.8", "26.1.12"]))
    assert (found.value, found.is_guess) == ("ymd", False)


def test_two_days_show_the_year_but_prove_nothing() -> None:
    found = date_order(Counter(["26-01-18", "26-01-19"]))
    assert (found.value, found.is_guess, found.is_usual) == ("ymd", True, False)
    found = date_order(Counter(["18-01-26", "19-01-26"]))
    assert (found.value, found.is_guess) == ("dmy", False)


def test_one_day_leaves_it_open_and_says_so() -> None:
    found = date_order(Counter(["26-01-18"]))
    assert (found.value, found.is_guess, found.is_usual) == ("dmy", True, True)
    assert "the year" in found.evidence
    assert not date_order(Counter(["26-01-26"])).is_guess


def test_dates_that_are_no_day_year_first_are_told() -> None:
    days = written(date(2026, 1, 1), list(range(59)), "%y-%m-%d")
    found = date_order(Counter([*days, "26-13-01"]))
    assert (found.value, found.against) == ("ymd", 1)


def test_the_first_of_each_month_is_no_day_of_one_year() -> None:
    months = [f"01-{month:02}-{year}" for year in (24, 25) for month in range(1, 13)]
    assert date_order(Counter(months)).value == "dmy"


def test_whole_years_beside_short_ones_leave_no_doubt() -> None:
    assert date_order(Counter(["26-01-18", "27-01-18", "28-01-2018"])).value == "dmy"
