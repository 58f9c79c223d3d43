from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lucid_orchestration.report import sections
from lucid_orchestration.report.sections import Cell, Section, Shop

SHOP = Shop(name="corner-shop", currency="INR", as_of_date=date(2026, 10, 31))


def _shown(section: Section, column: str) -> list[str]:
    assert section.table is not None
    place = [c.label for c in section.table.columns].index(column)
    return [row.cells[place].text for row in section.table.rows]


def _idle(product: str, state: str, value: int | None) -> dict[str, Any]:
    return {
        "product_id": product,
        "product_name": product,
        "current_stock": Decimal(5),
        "estimated_value": None if value is None else Decimal(value),
        "last_sale_date": None,
        "idle_days": 200,
        "idle_bucket": "181-365",
        "stock_state": state,
    }


def _stock(product: str, stock: int, risk: str | None, cover: int | None) -> dict[str, Any]:
    return {
        "product_id": product,
        "product_name": product,
        "current_stock": Decimal(stock),
        "daily_sales": Decimal(1),
        "days_of_cover": None if cover is None else Decimal(cover),
        "stockout_risk": risk,
        "inventory_status": "ok",
        "suggested_order_quantity": None,
        "velocity_class": "high" if cover is not None and cover < 30 else "low",
        "turnover_basis": "snapshot",
    }


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


def test_goods_waiting_for_their_season_are_listed_but_not_called_dead() -> None:
    section = sections.idle(
        [
            _idle("umbrella", "off_season", 900),
            _idle("fan", "dead", 300),
            _idle("kit", "never_sold", None),
            _idle("rice", "active", 5000),
        ],
        SHOP,
    )
    assert section.answer == (
        "2 products in stock have stopped selling or never sold, worth ₹300 at cost."
    )
    assert _shown(section, "Product") == ["umbrella", "fan", "kit"]
    assert _shown(section, "Value") == ["₹900", "₹300", "unknown"]
    assert _shown(section, "State") == [
        "Waiting for its season",
        "Does not sell any more",
        "Never sold",
    ]


def test_a_shop_where_everything_sells_has_nothing_to_list() -> None:
    section = sections.idle([_idle("rice", "active", 5000)], SHOP)
    assert section.answer == "Everything in stock sells, is new, or waits for its season."
    assert section.table is None
    assert len(section.pictures) == 1


def test_stock_without_any_date_is_not_said_to_sell() -> None:
    undated = {**_idle("rice", "unknown", 50), "idle_days": None, "idle_bucket": "unknown"}
    section = sections.idle([undated], SHOP)
    assert section.answer.startswith("It cannot be told")
    assert section.notes == ("No date tells when 1 product moved.",)
    section = sections.idle([undated, _idle("oil", "active", 50)], SHOP)
    assert section.answer.startswith("Everything in stock sells")
    assert section.notes == ("No date tells when 1 product moved.",)


def test_what_runs_out_first_comes_first_and_wrong_records_are_counted() -> None:
    section = sections.stock(
        [
            _stock("slow", 90, "none", 90),
            _stock("soon", 9, "soon", 9),
            _stock("gone", 0, "out", 0),
            _stock("short", 2, "critical", 2),
            _stock("wrong", -4, None, None),
        ]
    )
    assert section.answer == (
        "Half of the products last 6 days or less. 3 products are out of stock or about to run out."
    )
    assert _shown(section, "Product") == ["gone", "short", "soon", "slow"]
    assert _shown(section, "Order")[0] == "unknown"
    assert section.notes[0].startswith(
        "Products by how often their stock is sold and replaced in a year: 3 fast, 2 slow. This is"
    )
    assert section.notes[1].startswith("1 product with a stock below zero left out")


def test_a_stock_list_without_sales_says_nothing_about_running_out() -> None:
    section = sections.stock([_stock("fan", 4, "none", None)])
    assert section.answer.startswith("It cannot be told yet")


def test_losses_stay_in_a_table_that_is_cut_in_the_middle() -> None:
    rows = [_profit(f"p{i:02}", 100 - i * 10) for i in range(15)]
    section = sections.profit([*rows, _profit("unknown", None, "no_cost")], SHOP)
    assert _shown(section, "Product") == [
        *(f"p{i:02}" for i in range(7)),
        *(f"p{i:02}" for i in range(12, 15)),
    ]
    assert _shown(section, "State")[-1] == "Loss"
    assert "4 products lost money." in section.answer
    assert section.table is not None
    assert section.table.caption.endswith("first 7 and last 3 of 15")
    assert section.notes == (
        "Profit unknown for 6.3 % of the revenue: no cost. 1 product left out.",
    )


def test_without_any_cost_profit_is_unknown_not_zero() -> None:
    section = sections.profit([_profit("a", None, "no_cost")], SHOP)
    assert section.answer.startswith("It cannot be told: no cost is known.")
    assert section.pictures == ()
    assert section.table is None


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

    section = sections.best_sellers(
        [
            sold(rank, change)
            for rank, change in ((2, -1), (1, 4), (3, None), *((r, 0) for r in range(4, 14)))
        ],
        SHOP,
    )
    assert _shown(section, "Product")[:3] == ["p1", "p2", "p3"]
    assert _shown(section, "Rank before")[:4] == ["5", "1", "not sold", "4"]
    assert len(_shown(section, "Rank")) == 10


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        (None, "none"),
        ([1, 2, 11, 12], "Nov to Feb"),
        ([3], "Mar"),
        ([1, 6, 7, 9], "Jan, Jun to Jul, Sep"),
        ([12], "Dec"),
    ],
)
def test_months_in_a_row_are_said_as_one(numbers: list[int] | None, shown: str) -> None:
    section = sections.seasons(
        [
            {
                "entity_type": "product",
                "entity_id": "p1",
                "entity_name": "Cap",
                "verdict": "indicative",
                "season_source": None,
                "amplitude": None,
                "peak_months": numbers,
                "low_months": None,
                "next_peak_month": None,
            }
        ],
        [],
        SHOP,
    )
    assert _shown(section, "Strong months") == [shown]
    assert section.answer == "1 product sells more in the same months every year."


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

    section = sections.revenue(
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
    assert _shown(section, "Category") == ["Tea", "Oil"]
    assert _shown(section, "Revenue") == ["₹800", "₹200"]
    assert _shown(section, "Share") == ["80.0 %", "20.0 %"]


def test_a_cut_name_keeps_its_whole_text() -> None:
    assert Cell.name("Salt") == Cell("Salt")
    long = Cell.name("x" * 40, suffix=" (category)")
    assert long.text == "x" * 31 + "… (category)"
    assert long.full == "x" * 40


@pytest.mark.parametrize(
    ("verdicts", "answer"),
    [
        (["insufficient_history", "too_sparse"], "It cannot be told yet: a season shows after"),
        (["too_sparse"], "It cannot be told: too little is sold"),
        (["none", "too_sparse"], "Nothing sells more in the same months every year."),
    ],
)
def test_a_season_nobody_can_see_is_not_denied(verdicts: list[str], answer: str) -> None:
    section = sections.seasons(
        [
            {
                "entity_type": "product",
                "entity_id": f"p{place}",
                "entity_name": "Cap",
                "verdict": verdict,
                "season_source": None,
                "amplitude": None,
            }
            for place, verdict in enumerate(verdicts)
        ],
        [],
        SHOP,
    )
    assert section.answer.startswith(answer)
    if "none" in verdicts:
        assert section.notes == ("1 product sold too little or for too short a time to tell.",)


def test_a_name_from_right_to_left_does_not_turn_the_sentence() -> None:
    row = _profit("\u0623\u0631\u0632", 400)
    answer = sections.profit([row], SHOP).answer
    assert answer.startswith("In 12 months \u2068\u0623\u0631\u0632\u2069 earned most: ₹400")


def test_a_text_of_any_length_stays_short_in_a_cell() -> None:
    cell = Cell.name("x" * 10_000)
    assert len(cell.text) == 32
    assert cell.full is not None
    assert len(cell.full) == 1000
