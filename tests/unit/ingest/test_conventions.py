"""One date order and one decimal mark per file, decided from all its values."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lucid_orchestration.ingest.layout.conventions import (
    date_order,
    day_part,
    decimal_mark,
    number_shape,
)


@pytest.mark.parametrize(
    ("days", "order", "against"),
    [
        (["31/01/2026", "05/02/2026"], "dmy", 0),
        (["01/31/2026", "02/05/2026"], "mdy", 0),
        (["04-30-22", "05-03-2022"], "mdy", 0),
        (["31-01-26", "05-02-26", "02-28-26"], "dmy", 1),
        (["2026-01-31", "2026-02-01"], "ymd", 0),
        (["20260131"], "ymd", 0),
        (["5-Mar-2024", "Mar 6, 2024"], "ymd", 0),
        (["45000", "45001.5"], "serial", 0),
        (["01/02/2026", "02/02/2026", "01/03/2026"], "dmy", 0),
        (["02/01/2026", "02/02/2026", "03/01/2026"], "mdy", 0),
        (["05/05/2026"], "dmy", 0),
        (["01/03/2026", "02/02/2026", "01/02/2026"], "dmy", 0),
        (["03/01/2026", "02/02/2026", "02/01/2026"], "mdy", 0),
        (["12/31/99", "01/02/00", "01/03/00"], "mdy", 0),
        (["45000", "45001", "2026-01-31"], "serial", 0),
        (["tomorrow", "31/01/2026"], "dmy", 0),
        (["31.01.2026.", "5.02.2026."], "dmy", 0),
        ([], "ymd", 0),
    ],
)
def test_the_column_decides_not_the_value(days: list[str], order: str, against: int) -> None:
    found = date_order(Counter(days))
    assert (found.value, found.against) == (order, against)


def test_an_undecidable_column_follows_the_default_and_says_so() -> None:
    found = date_order(Counter(["05/05/2026", "06/06/2026"]), default="mdy")
    assert found.value == "mdy"
    assert "No day above 12" in found.evidence


def test_an_order_of_rows_that_is_hardly_clearer_one_way_decides_nothing() -> None:
    # 24 dates rise read either way; only the last two rise day first and fall month first
    same = [f"{n:02}/{n:02}/{year}" for year in (2024, 2025) for n in range(1, 13)]
    found = date_order(Counter([*same, "02/01/2026", "01/02/2026"]), default="mdy")
    assert found.value == "mdy"
    assert "the order of the rows does not either" in found.evidence
    # of half as many dates it is a larger share
    found = date_order(Counter([*same[12:], "02/01/2026", "01/02/2026"]), default="mdy")
    assert found.value == "dmy"
    assert found.is_guess


JANUARY_TEXTS = [f"{day}/01/2026" for day in range(13, 32)]
ALL_YEAR_TEXTS = [f"{day}/{month}/2026" for day in (13, 25) for month in range(1, 13)]
ALL_YEAR_REAL = [f"2026-{month:02}-{day:02}" for day in (2, 9) for month in range(1, 13)]


@pytest.mark.parametrize(
    ("days", "order"),
    [
        # 1 to 12 January, taken for the first of twelve months
        ([*[f"2026-{n:02}-01" for n in range(1, 13)], *JANUARY_TEXTS], "ydm"),
        # the same days as they should be
        ([*[f"2026-01-{n:02}" for n in range(1, 13)], *JANUARY_TEXTS], "dmy"),
        ([*[f"2026-{n:02}-01" for n in range(1, 13)], "2026-01-13", *JANUARY_TEXTS], "dmy"),
        ([*[f"2026-{n:02}-01" for n in range(1, 13)], "05/01/2026", *JANUARY_TEXTS], "dmy"),
        (["2026-03-01", "2026-04-01", *JANUARY_TEXTS], "dmy"),
        (["2026-03-01", "2026-04-01", "2026-05-01", "13/01/2026", "14/01/2026"], "dmy"),
        # all months either way
        ([*ALL_YEAR_REAL, *ALL_YEAR_TEXTS], "ydm"),
        ([*ALL_YEAR_REAL[:11], *ALL_YEAR_TEXTS], "dmy"),
    ],
)
def test_dates_that_a_spreadsheet_swapped_are_found(days: list[str], order: str) -> None:
    assert date_order(Counter(days)).value == order


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/01/2026 10:30", "31/01/2026"),
        ("2026-01-31T10:30:00Z", "2026-01-31"),
        ("Nov 21, 2025 at 2:51 pm", "Nov 21, 2025"),
        (" 31/01/2026 ", "31/01/2026"),
        ("2026/01/31 -3", "2026/01/31"),
        ("31/01/2026 -12", "31/01/2026"),
        ("31 - 1 - 2026", "31 - 1 - 2026"),
    ],
)
def test_the_time_is_no_part_of_the_day(text: str, day: str) -> None:
    assert day_part(text) == day


@pytest.mark.parametrize(
    ("numbers", "mark"),
    [
        (["1.5", "2.25"], "."),
        (["261,96", "2"], ","),
        (["1.234,50"], ","),
        (["1,234.50", "12,34,567"], "."),
        (["1,234", "5"], "."),
        (["₹1,23,456.00"], "."),
        (["0,2", "16,448"], ","),
        ([], "."),
    ],
)
def test_the_decimal_mark_is_one_for_the_file(numbers: list[str], mark: str) -> None:
    assert decimal_mark(Counter(numbers)).value == mark


def test_rows_in_hardly_any_order_tell_nothing() -> None:
    # day first 4 of 5 steps rise, month first 3 of 5: that may be chance
    days = ["01/03/2026", "02/03/2026", "05/03/2026", "04/03/2026", "01/04/2026", "03/04/2026"]
    found = date_order(Counter(days), default="mdy")
    assert (found.value, found.is_guess) == ("mdy", True)
    assert "does not either" in found.evidence


@given(st.lists(st.decimals(-99999, 99999, places=2).map(str), max_size=30))
def test_a_shape_speaks_for_the_same_mark_as_the_number(numbers: list[str]) -> None:
    for texts in (numbers, [number.replace(".", ",") for number in numbers]):
        shapes = Counter(map(number_shape, texts))
        assert decimal_mark(shapes) == decimal_mark(Counter(texts))
