"""The section on branches: who brings in most, and what to move."""

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
    assert branches([], SHOP) is None


def test_the_first_branch_and_what_to_move_are_told() -> None:
    section = branches(
        [
            row("Koramangala", "Rice", 250),
            row("Koramangala", "Tea", 50),
            lacking("Indiranagar", "Rice", 5, "short"),
            lacking("Indiranagar", "Tea", 9),
        ],
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
    section = branches([row("North", "Rice", 0, current_stock=None)], SHOP)
    assert section is not None
    assert section.answer.endswith("is not known: no stock list names a branch.")
    assert section.table is None
    calm = branches([row("North", "Rice", 10), row("South", "Rice", 0)], SHOP)
    assert calm is not None
    assert calm.answer.endswith("No branch runs out of what another has plenty of.")
