from decimal import Decimal
from typing import Any

from lucid_orchestration.report import stock
from tests.unit.report.example import SHOP, cells


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
        "is_dead_stock": state in {"dead", "never_sold"},
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
        "reorder_point": None,
        "order_up_to": None,
        "suggested_order_quantity": None,
        "velocity_class": "high" if cover is not None and cover < 30 else "low",
        "turnover_basis": "snapshot",
    }


def test_goods_waiting_for_their_season_are_listed_but_not_called_dead() -> None:
    section = stock.idle(
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
    assert cells(section, "Product") == ["umbrella", "fan", "kit"]
    assert cells(section, "Value") == ["₹900", "₹300", "unknown"]
    assert cells(section, "State") == [
        "Waiting for its season",
        "Does not sell any more",
        "Never sold",
    ]


def test_a_shop_where_everything_sells_has_nothing_to_list() -> None:
    section = stock.idle([_idle("rice", "active", 5000)], SHOP)
    assert section.answer == "Everything in stock sells, is new, or waits for its season."
    assert section.table is None
    assert len(section.pictures) == 1


def test_stock_without_any_date_is_not_said_to_sell() -> None:
    undated = {**_idle("rice", "unknown", 50), "idle_days": None, "idle_bucket": "unknown"}
    section = stock.idle([undated], SHOP)
    assert section.answer.startswith("It cannot be told")
    assert section.notes == ("No date tells when 1 product moved.",)
    section = stock.idle([undated, _idle("oil", "active", 50)], SHOP)
    assert section.answer.startswith("Everything in stock sells")
    assert section.notes == ("No date tells when 1 product moved.",)


def test_what_runs_out_first_comes_first_and_wrong_records_are_counted() -> None:
    section = stock.stock(
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
    assert cells(section, "Product") == ["gone", "short", "soon", "slow"]
    assert cells(section, "Order")[0] == "unknown"
    assert section.notes[0].startswith(
        "Products by how often their stock is sold and replaced in a year: 3 fast, 2 slow. This is"
    )
    assert section.notes[1].startswith("1 product with a stock below zero left out")


def test_a_stock_list_without_sales_says_nothing_about_running_out() -> None:
    section = stock.stock([_stock("fan", 4, "none", None)])
    assert section.answer.startswith("It cannot be told yet")


def test_an_order_can_be_worked_out_from_what_is_shown() -> None:
    pieces = {"reorder_point": Decimal("12.345"), "order_up_to": Decimal("40.372")}
    weighed = {**_stock("rice", 5, "soon", 5), **pieces, "current_stock": Decimal("5.25")}
    section = stock.stock(
        [
            {**_stock("soap", 5, "soon", 5), **pieces, "suggested_order_quantity": Decimal(36)},
            {**weighed, "suggested_order_quantity": Decimal(36)},
        ]
    )
    columns = ("Product", "In stock", "Order at", "Order up to", "Order")
    lines = list(zip(*(cells(section, column) for column in columns), strict=True))
    assert sorted(lines) == [
        # 40.372 - 5.25 = 35.122 kilograms, in whole ones
        ("rice", "5.25", "12.345", "40.372", "36"),
        # whole pieces: 41 - 5
        ("soap", "5", "12", "41", "36"),
    ]
