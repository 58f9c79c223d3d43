from datetime import date
from decimal import Decimal

from lucid_orchestration.report.tiles import tiles
from lucid_orchestration.storage import read_parquet_rows
from tests.unit.report.conftest import MakeData
from tests.unit.report.example import AS_OF, SHOP, Page, render, shop


def test_the_first_screen_says_how_the_shop_does_and_how_far_it_is_known(
    make_data: MakeData,
) -> None:
    text = Page(render(make_data(shop()))).text
    for said in (
        "Sales from 1 Jan 2025 to 31 Oct 2026",
        "Sep 2026 Revenue ₹1,23,456 12.5 % more than the month before",
        "20.0 % less than a year before",
        "12 months to Sep 2026 Revenue ₹12,00,000",
        "All since 1 Jan 2025 Revenue ₹22,00,000",
        "Stock on 31 Oct 2026 Stock value ₹50,000",
        "25.0 % of the revenue whose cost is known",
        "Cost is known for 60.0 % of revenue",
        "Money in dead stock ₹10,000",
        "20.0 % of the stock value",
    ):
        assert said in text


def test_twelve_months_are_compared_with_twelve_complete_ones(make_data: MakeData) -> None:
    rows = shop()
    assert "than the 12 months before" not in Page(render(make_data(rows))).text  # nine are there
    months = rows["trends"]
    rows["trends"] = [
        {**months[0], "month": date(2024, 9 + i, 1), "revenue": Decimal(80_000)} for i in range(4)
    ] + months
    text = Page(render(make_data(rows))).text
    # October 2026 runs still: Oct 2025 to Sep 2026 against Oct 2024 to Sep 2025
    assert "Revenue ₹12,00,000 5.3 % more than the 12 months before" in text


def test_the_figures_of_a_row_are_of_one_period(make_data: MakeData) -> None:
    rows = shop()
    rows["trends"] = [
        {**row, "profit": Decimal(9_000), "profit_year_change": Decimal("-0.1")}
        for row in rows["trends"]
    ]
    data = make_data(rows)
    summary = read_parquet_rows(data / "marts" / "dataset_summary.parquet")[0]
    months = read_parquet_rows(data / "marts" / "trends.parquet")
    found = tiles(summary, months, SHOP)
    assert [(row.period, [(tile.label, tile.value) for tile in row.tiles]) for row in found] == [
        ("Sep 2026", [("Revenue", "₹1,23,456"), ("Gross profit", "₹20,000")]),
        ("12 months to Sep 2026", [("Revenue", "₹12,00,000"), ("Gross profit", "₹1,08,000")]),
        ("All since 1 Jan 2025", [("Revenue", "₹22,00,000"), ("Gross profit", "₹3,00,000")]),
        (
            "Stock on 31 Oct 2026",
            [("Stock value", "₹50,000"), ("Money in dead stock", "₹10,000")],
        ),
    ]
    assert found[0].tiles[1].notes == ("10.0 % less than a year before",)
    # one month without a known cost: a year's profit would be too small
    months[-3] = {**months[-3], "profit": None}
    assert [tile.label for tile in tiles(summary, months, SHOP)[1].tiles] == ["Revenue"]


def test_a_shop_with_stock_only_says_what_it_can(make_data: MakeData) -> None:
    rows = shop()
    kept = ("datasets", "dead_stock", "inventory_velocity", "source_files", "dataset_quality")
    summary = {
        "dataset_id": "corner-shop",
        "dataset_name": "corner-shop",
        "currency": "INR",
        "as_of_date": AS_OF,
        "stock_value": Decimal(50_000),
        "dead_stock_product_count": 0,
        "product_count": 2,
    }
    data = make_data({**{name: rows[name] for name in kept}, "dataset_summary": [summary]})
    text = Page(render(data)).text
    assert "Stock on 31 Oct 2026, no sales yet" in text
    assert "Stock value ₹50,000" in text
    assert "No product in stock has stopped selling" in text
    assert "Advice comes with the first sales." in text
    assert "None" not in text
