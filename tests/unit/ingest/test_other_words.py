"""Headings of something else than goods: of returns, of wages, of sums."""

import pytest

from lucid_orchestration.ingest.layout.other_words import (
    is_of_another_book,
    is_of_others,
    names_a_sum,
    names_money,
)


@pytest.mark.parametrize("heading", ["Return Date", "ship_to", "DC", "Rabattbetrag", "Gutschrift"])
def test_other_days_and_money_are_not_offered(heading: str) -> None:
    assert is_of_others(heading)


@pytest.mark.parametrize("heading", ["Turn Date", "DCount", "Wrappers", "Pieces"])
def test_a_word_within_another_says_nothing(heading: str) -> None:
    assert not is_of_others(heading)


def test_a_sum_is_money_and_money_no_sum() -> None:
    assert [names_a_sum(one) for one in ("Total", "Rates", "Rate")] == [True, False, False]
    assert [names_money(one) for one in ("Total", "Rates", "Rate")] == [True, False, True]


@pytest.mark.parametrize(
    ("key", "is_other"),
    [
        ("salary", True),
        ("employee name", True),
        ("paid to", True),
        ("net pay", True),
        ("name", False),
        ("employee discount", False),
        ("net", False),
    ],
)
def test_books_of_wages_and_expenses_are_known(key: str, is_other: bool) -> None:
    assert is_of_another_book(key) == is_other
