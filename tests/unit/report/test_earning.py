from decimal import Decimal
from typing import Any

from lucid_orchestration.report import earning
from tests.unit.report.example import SHOP, cells


def _profit(product: str, profit: int | None, status: str = "ok") -> dict[str, Any]:
    return {
        "profit_window": "last_12_months",
        "product_id": product,
        "product_name": product,
        "revenue": Decimal(1000),
        "revenue_with_cost": Decimal(0 if profit is None else 1000),
        "gross_profit": None if profit is None else Decimal(profit),
        "profit_margin": None,
        "cost_coverage": Decimal(1),
        "profit_status": status,
    }


def test_losses_stay_in_a_table_that_is_cut_in_the_middle() -> None:
    rows = [_profit(f"p{i:02}", 100 - i * 10) for i in range(15)]
    section = earning.profit([*rows, _profit("unknown", None, "no_cost")], SHOP)
    assert cells(section, "Product") == [
        *(f"p{i:02}" for i in range(7)),
        *(f"p{i:02}" for i in range(12, 15)),
    ]
    assert cells(section, "State")[-1] == "Loss"
    assert "4 products lost money." in section.answer
    assert section.table is not None
    assert section.table.caption.endswith("first 7 and last 3 of 15")
    assert section.notes == (
        "Profit unknown for 6.3 % of the revenue: no cost. 1 product left out.",
    )


def test_without_any_cost_profit_is_unknown_not_zero() -> None:
    section = earning.profit([_profit("a", None, "no_cost")], SHOP)
    assert section.answer.startswith("It cannot be told: no cost is known.")
    assert section.pictures == ()
    assert section.table is None


def test_a_name_from_right_to_left_does_not_turn_the_sentence() -> None:
    row = _profit("\u0623\u0631\u0632", 400)
    answer = earning.profit([row], SHOP).answer
    assert answer.startswith("In 12 months \u2068\u0623\u0631\u0632\u2069 earned most: ₹400")
