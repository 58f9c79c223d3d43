from decimal import Decimal
from typing import Any

from lucid_orchestration.report import selling
from tests.unit.report.example import SHOP, cells


def test_the_rank_before_is_where_the_product_stood() -> None:
    def sold(rank: int, change: int | None) -> dict[str, Any]:
        return {
            "period_type": "last_90_days",
            "product_name": f"p{rank}",
            "total_quantity": Decimal(1),
            "total_revenue": Decimal(100 - rank),
            "revenue_share": Decimal("0.1"),
            "rank_by_revenue": rank,
            "rank_change": change,
        }

    section = selling.best_sellers(
        [
            sold(rank, change)
            for rank, change in ((2, -1), (1, 4), (3, None), *((r, 0) for r in range(4, 14)))
        ],
        SHOP,
    )
    assert cells(section, "Product")[:3] == ["p1", "p2", "p3"]
    assert cells(section, "Rank before")[:4] == ["5", "1", "not sold", "4"]
    assert len(cells(section, "Rank")) == 10


def test_revenue_is_summed_by_category_and_the_vital_few_are_counted() -> None:
    def product(name: str, category: str, revenue: int, share: str, cls: str) -> dict[str, Any]:
        return {
            "revenue_window": "last_12_months",
            "product_id": name,
            "category": category,
            "revenue": Decimal(revenue),
            "cumulative_share": Decimal(share),
            "revenue_rank": 1 if cls == "A" else 2 if revenue == 150 else 3,
            "abc_class": cls,
        }

    section = selling.revenue(
        [
            product("a", "Tea", 800, "0.8", "A"),
            product("b", "Oil", 150, "0.95", "B"),
            product("c", "Oil", 50, "1", "C"),
        ],
        [{"top_1_share": Decimal("0.8")}],
        SHOP,
    )
    assert section.answer == (
        "In 12 months 1 of 3 products brought in 80 % of the revenue."
        " The first product alone brought 80.0 %."
    )
    assert cells(section, "Category") == ["Tea", "Oil"]
    assert cells(section, "Revenue") == ["₹800", "₹200"]
    assert cells(section, "Share") == ["80.0 %", "20.0 %"]
