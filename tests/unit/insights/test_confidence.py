"""The weakest link decides, and each link has written limits."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lucid_orchestration.insights.confidence import Component, Confidence, Evidence, confidence

AS_OF = date(2026, 10, 31)
STRONG = Evidence(
    months=12,
    lines=100,
    rejected_share=Decimal(0),
    as_of=AS_OF,
    latest_sale=AS_OF,
    cost_coverage=Decimal(1),
    stock_match=Decimal(1),
    latest_stock=AS_OF,
    turnover_basis="ledger",
    uses=frozenset({"profit", "stock", "turnover"}),
    p_value=0.001,
)


def part(found: Confidence, name: str) -> Component:
    return next(component for component in found.components if component.name == name)


def test_all_links_strong_is_certain() -> None:
    found = confidence(STRONG)
    assert (found.level, found.score) == ("high", 100)
    assert [component.name for component in found.components] == [
        "sample",
        "coverage",
        "recency",
        "strength",
        "stability",
    ]


@pytest.mark.parametrize(
    ("months", "lines", "score"),
    [(12, 100, 100), (11, 100, 75), (12, 99, 75), (6, 30, 75), (5, 500, 50), (40, 29, 50),
     (3, 10, 50), (2, 10, 25), (3, 9, 25), (0, 0, 25)],
)  # fmt: skip
def test_sample_needs_months_and_lines(months: int, lines: int, score: int) -> None:
    found = confidence(replace(STRONG, months=months, lines=lines))
    assert part(found, "sample").score == score
    assert found.score == score


@pytest.mark.parametrize(
    ("change", "score", "code"),
    [
        ({"rejected_share": Decimal("0.01")}, 95, "rejected_rows"),
        ({"rejected_share": Decimal("0.5")}, 0, "rejected_rows"),
        ({"cost_coverage": Decimal("0.62")}, 62, "cost_coverage"),
        ({"stock_match": Decimal("0.4")}, 40, "stock_match"),
        ({"turnover_basis": "backcast"}, 80, "turnover_basis"),
        ({"turnover_basis": "snapshot"}, 50, "turnover_basis"),
        ({"turnover_basis": "none"}, None, "turnover_basis"),
        ({"cost_coverage": None}, None, "cost_coverage"),
        ({"stock_match": None}, None, "stock_match"),
        ({"rejected_share": None}, None, "rejected_rows"),
        ({"doubtful_share": Decimal("0.3")}, 70, "doubtful_money"),
        ({"doubtful_share": Decimal("0.3"), "cost_coverage": Decimal("0.6")}, 60, "cost_coverage"),
        ({"doubtful_share": Decimal(1)}, 0, "doubtful_money"),
    ],
)
def test_coverage_is_the_worst_of_what_is_used(
    change: dict[str, Any], score: int | None, code: str
) -> None:
    found = part(confidence(replace(STRONG, **change)), "coverage")
    assert (found.score, found.code) == (score, code)


def test_what_a_rule_does_not_use_does_not_weaken_it() -> None:
    unknown = replace(
        STRONG,
        uses=frozenset(),
        cost_coverage=None,
        stock_match=None,
        turnover_basis=None,
        latest_stock=None,
    )
    assert confidence(unknown).score == 100


def test_returns_without_cost_do_not_make_more_than_everything_known() -> None:
    found = part(confidence(replace(STRONG, cost_coverage=Decimal("1.2"))), "coverage")
    assert found.score == 100


@pytest.mark.parametrize(
    ("age", "score"), [(0, 100), (7, 100), (8, 75), (31, 75), (32, 50), (62, 50), (63, 25)]
)
def test_sales_age(age: int, score: int) -> None:
    found = part(confidence(replace(STRONG, latest_sale=AS_OF - timedelta(days=age))), "recency")
    assert found.score == score


@pytest.mark.parametrize(("age", "score"), [(3, 100), (4, 75), (31, 75), (32, 50), (63, 25)])
def test_stock_ages_faster(age: int, score: int) -> None:
    found = part(confidence(replace(STRONG, latest_stock=AS_OF - timedelta(days=age))), "recency")
    assert found.score == score


@pytest.mark.parametrize(
    ("p_value", "score"),
    [
        (0.01, 100),
        (0.011, 85),
        (0.05, 85),
        (0.051, 75),
        (0.1, 75),
        (0.11, 60),
        (0.2, 60),
        (0.21, 25),
        (None, 75),
    ],
)
def test_strength_follows_the_test(p_value: float | None, score: int) -> None:
    assert part(confidence(replace(STRONG, p_value=p_value)), "strength").score == score


@pytest.mark.parametrize(
    ("kept", "total", "score"), [(10, 10, 100), (9, 10, 100), (8, 10, 70), (3, 4, 70), (2, 3, 40)]
)
def test_stability_counts_the_months_that_decide(kept: int, total: int, score: int) -> None:
    same = (True,) * kept + (False,) * (total - kept)
    assert part(confidence(replace(STRONG, same_conclusions=same)), "stability").score == score


def test_a_link_that_cannot_be_told_makes_it_low() -> None:
    for change in (
        {"months": None},
        {"latest_stock": None},
        {"as_of": None},
        {"same_conclusions": ()},
    ):
        found = confidence(replace(STRONG, **change))
        assert found.level == "low"


@pytest.mark.parametrize(
    ("score", "level"), [(80, "high"), (79, "medium"), (55, "medium"), (54, "low")]
)
def test_levels(score: int, level: str) -> None:
    found = confidence(replace(STRONG, cost_coverage=Decimal(score) / 100))
    assert (found.score, found.level) == (score, level)


@pytest.mark.parametrize(
    ("share", "level"),
    [("0.04", "high"), ("0.05", "medium"), ("0.051", "medium"), ("0.2", "low"), ("0.201", "low")],
)
def test_many_refused_rows_cap_the_level(share: str, level: str) -> None:
    assert confidence(replace(STRONG, rejected_share=Decimal(share))).level == level


def test_every_link_says_why_in_a_sentence() -> None:
    weak = replace(STRONG, months=1, lines=1, latest_stock=AS_OF - timedelta(days=1))
    for component in (*confidence(STRONG).components, *confidence(weak).components):
        assert component.sentence[0].isupper()
        assert component.sentence.endswith(".")


@pytest.mark.parametrize(
    ("change", "name", "sentence"),
    [
        (
            {"lines": 123456, "months": 30},
            "sample",
            "It rests on 1,23,456 sales lines in 30 complete months.",
        ),
        (
            {"rejected_share": Decimal("0.0125")},
            "coverage",
            "1.3 % of the sales lines could not be read.",
        ),
        (
            {"rejected_share": Decimal("0.0009")},
            "coverage",
            "Practically every sales line could be read.",
        ),
        # not all of it is known
        (
            {"cost_coverage": Decimal("0.996")},
            "coverage",
            "The cost is known for 99 % of the revenue.",
        ),
        (
            {"stock_match": Decimal("0.4")},
            "coverage",
            "40 % of the products sold stand in the stock list.",
        ),
        ({"latest_sale": AS_OF - timedelta(days=1)}, "recency", "The latest sale is 1 day old."),
        (
            {"latest_stock": AS_OF - timedelta(days=1234)},
            "recency",
            "The stock was counted 1,234 days before the last sale.",
        ),
        (
            {"same_conclusions": (True, True, False)},
            "stability",
            "It stays true in 2 of 3 cases when one month is left out.",
        ),
    ],
)
def test_the_sentence_writes_its_figures_like_all_others(
    change: dict[str, Any], name: str, sentence: str
) -> None:
    assert part(confidence(replace(STRONG, **change)), name).sentence == sentence
