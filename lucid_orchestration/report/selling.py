"""What sells best, and where the revenue comes from."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import day, money, percent, quantity
from lucid_orchestration.report import charts
from lucid_orchestration.report.blocks import (
    ROWS_SHOWN,
    Cell,
    Column,
    Row,
    Rows,
    Section,
    Shop,
    Table,
    first_rows,
    in_a_sentence,
    number_word,
    pictures,
    reported_window,
    window_words,
)


def best_sellers(rows: Rows, shop: Shop) -> Section:
    """What sells best, from the rows of one period of `best_sellers`."""
    anchor, question = "best-sellers", "What sells best?"
    sold = sorted(rows, key=lambda row: int(row["rank_by_revenue"]))[:ROWS_SHOWN]
    if not sold:
        return Section(anchor, question, "No sales yet.")
    is_recent = sold[0]["period_type"] != "all"
    length = window_words(sold[0]["period_type"])
    period = f"In the {length} to {day(_as_of(shop))}" if is_recent else "Over all months"
    first = sold[0]
    return Section(
        anchor,
        question,
        f"{period}, {in_a_sentence(first['product_name'])} brought in most: "
        f"{money(first['total_revenue'], shop.currency)}, "
        f"{percent(first['revenue_share'])} of the revenue from products.",
        pictures(
            (
                charts.top_products(rows, shop.currency),
                f"Revenue of the first {number_word(charts.PRODUCTS_SHOWN)} products"
                f" {period[0].lower()}{period[1:]}.",
            )
        ),
        Table(
            f"Best sellers by revenue {period[0].lower()}{period[1:]}"
            + (f"; rank before: in the {length} before that" if is_recent else ""),
            (
                Column("Rank", True),
                Column("Product"),
                Column("Units", True),
                Column("Revenue", True),
                Column("Share", True),
                *((Column("Rank before", True),) if is_recent else ()),
            ),
            tuple(
                Row(
                    (
                        Cell(quantity(row["rank_by_revenue"])),
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["total_quantity"])),
                        Cell(money(row["total_revenue"], shop.currency)),
                        Cell(percent(row["revenue_share"])),
                        *((Cell(_rank_before(row)),) if is_recent else ()),
                    )
                )
                for row in sold
            ),
        ),
        definition=(
            "Revenue is what customers paid after discounts and returns, without tax where the"
            " files tell it apart. Postage and other charges are no products."
        ),
    )


def revenue(rows: Rows, concentration: Rows, shop: Shop) -> Section:
    """Where the revenue comes from, from one window of `revenue_contribution`."""
    anchor, question = "revenue", "Where does the revenue come from?"
    window = reported_window("revenue_contribution")
    if not rows:
        return Section(anchor, question, f"No sales in the last {window}.")
    vital = [row for row in rows if row["abc_class"] == "A"]
    answer = (
        f"In {window} {quantity(len(vital))} of {quantity(len(rows))} products"
        f" brought in {percent(max(row['cumulative_share'] for row in vital), 0)} of the revenue."
        if vital
        else f"In {window} no product brought in more than came back."
    )
    for row in concentration:
        if row["top_1_share"] is not None:
            answer += f" The first product alone brought {percent(row['top_1_share'])}."
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for row in rows:
        sums[row["category"]] = sums.get(row["category"], Decimal(0)) + row["revenue"]
        counts[row["category"]] = counts.get(row["category"], 0) + 1
    total = sum(sums.values(), Decimal(0))
    ranked = sorted(sums, key=lambda category: (-sums[category], category))
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                charts.pareto(rows),
                "Part of the revenue over the number of products, best first.",
            )
        ),
        Table(
            first_rows(f"Revenue by category, {window}", len(ranked)),
            (
                Column("Category"),
                Column("Products", True),
                Column("Revenue", True),
                Column("Share", True),
            ),
            tuple(
                Row(
                    (
                        Cell.name(category),
                        Cell(quantity(counts[category])),
                        Cell(money(sums[category], shop.currency)),
                        Cell(percent(sums[category] / total if total > 0 else None)),
                    )
                )
                for category in ranked[:ROWS_SHOWN]
            ),
        ),
        definition=(
            "Products stand in the order of their revenue, and their shares are added up. The vital"
            " few end at the first mark (class A), the tail begins at the second (class C)."
        ),
    )


def _rank_before(row: Mapping[str, Any]) -> str:
    if row["rank_change"] is None:
        return "not sold"
    return quantity(row["rank_by_revenue"] + row["rank_change"])


def _as_of(shop: Shop) -> date:
    if shop.as_of_date is None:
        raise ValueError(f"{shop.name} has sales but no as-of date.")
    return shop.as_of_date
