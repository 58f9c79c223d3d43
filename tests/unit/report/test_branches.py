"""The section on branches: who brings in most, and what to move."""

from datetime import date
from decimal import Decimal
from typing import Any

from lucid_orchestration.report.branches import branches
from tests.unit.report.example import SHOP, cells


def row(branch: str, product: str, revenue: int, **more: Any) -> dict[str, Any]:
    return {
        "branch_id": branch.lower(),
        "branch_name": branch,
        "product_id": product,
        "product_name": product,
        "revenue_90d": Decimal(revenue),
        "current_stock": Decimal(40),
        "expected_units_30d": Decimal(10),
        "branch_state": "plenty",
        "take_from_branch_name": None,
        "units_to_take": Decimal(0),
        **more,
    }


def lacking(branch: str, product: str, units: int, state: str = "out") -> dict[str, Any]:
    return row(
        branch,
        product,
        50,
        current_stock=Decimal(0),
        branch_state=state,
        take_from_branch_name="Koramangala",
        units_to_take=Decimal(units),
    )


def test_a_shop_without_branches_has_no_such_section() -> None:
    assert branches([], [], SHOP) is None


def test_the_first_branch_and_what_to_move_are_told() -> None:
    section = branches(
        [
            row("Koramangala", "Rice", 250),
            row("Koramangala", "Tea", 50),
            lacking("Indiranagar", "Rice", 5, "short"),
            lacking("Indiranagar", "Tea", 9),
        ],
        [],
        SHOP,
    )
    assert section is not None
    assert section.answer == (
        "In the last 90 days Koramangala brought in most of 2 branches: ₹300, 75.0 % of what all"
        " sold. 2 products run out in one branch while another has plenty."
    )
    assert cells(section, "Product") == ["Tea", "Rice"]
    assert cells(section, "Move") == ["9", "5"]
    assert cells(section, "From") == ["Koramangala", "Koramangala"]
    assert cells(section, "State") == ["Out of stock", "Runs out before a delivery"]
    assert len(section.pictures) == 1


def test_without_stock_by_branch_nothing_is_said_of_moving() -> None:
    section = branches([row("North", "Rice", 0, current_stock=None)], [], SHOP)
    assert section is not None
    assert section.answer.endswith("is not known: no stock list names a branch.")
    assert section.table is None
    calm = branches([row("North", "Rice", 10), row("South", "Rice", 0)], [], SHOP)
    assert calm is not None
    assert calm.answer.endswith("No branch runs out of what another has plenty of.")


def of_month(branch: str, day: date, revenue: int, **more: Any) -> dict[str, Any]:
    return {
        "branch_id": branch.lower(),
        "branch_name": branch,
        "month": day,
        "is_complete": True,
        "revenue": Decimal(revenue),
        "revenue_change": None,
        "revenue_year_change": None,
        "profit_margin": None,
        "season_index": None,
        **more,
    }


def test_each_branch_has_its_trend_profit_and_season() -> None:
    may, june, july = (date(2026, number, 1) for number in (5, 6, 7))
    share = {"revenue_change": Decimal("-0.2"), "revenue_year_change": Decimal("0.5")}
    months = [
        of_month("North", may, 50, season_index=Decimal("1.15")),
        of_month("North", june, 40, **share, profit_margin=Decimal("0.25"), season_index=1),
        of_month("North", july, 7, is_complete=False),
        of_month("South", may, 9),
        of_month("South", june, 90),
        {**of_month("", june, 5), "branch_name": "No branch named"},
    ]
    section = branches([row("North", "Rice", 10), row("South", "Rice", 0)], months, SHOP)
    assert section is not None
    assert section.notes == (
        "South: ₹90 in Jun 2026.",
        "North: ₹40 in Jun 2026, −20.0 % on the month before, +50.0 % on a year before; 25.0 % of"
        " what has a known cost is profit. It sells most in May.",
    )
    young = branches(
        [row("North", "Rice", 10)], [of_month("North", july, 7, is_complete=False)], SHOP
    )
    assert young is not None
    assert young.notes == ()
