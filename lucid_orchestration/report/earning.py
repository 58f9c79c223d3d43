"""What earns money, what loses it, and for how much of the revenue that is known."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import money, percent, quantity
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
    in_a_sentence,
    notes,
    pictures,
    products,
    reported_window,
)

_EARNERS_SHOWN = 7
_PROFIT_STATUSES = {
    "no_cost": "Cost unknown",
    "partial_cost": "Cost partly known",
    "non_positive_revenue": "More came back than was sold",
}


def profit(rows: Rows, shop: Shop) -> Section:
    """What earns money, from one window of `profitability`."""
    anchor, question = "profit", "What earns money?"
    window = reported_window("profitability")
    if not rows:
        return Section(anchor, question, f"No sales in the last {window}.")
    known = sorted(
        (row for row in rows if row["gross_profit"] is not None),
        key=lambda row: (-row["gross_profit"], row["product_id"]),
    )
    if not known:
        return Section(
            anchor,
            question,
            "It cannot be told: no cost is known. Add a purchase list, or costs to the product"
            " list.",
        )
    losses = [row for row in known if row["gross_profit"] < 0]
    best = known[0]
    answer = (
        f"In {window} {in_a_sentence(best['product_name'])} earned most:"
        f" {money(best['gross_profit'], shop.currency)} before rent, wages and other costs."
        if best["gross_profit"] > 0
        else f"In {window} no product earned money."
    )
    answer += f" {products(len(losses))} lost money." if losses else " None lost money."
    shown = known
    if len(known) > ROWS_SHOWN:
        shown = [*known[:_EARNERS_SHOWN], *known[_EARNERS_SHOWN - ROWS_SHOWN :]]
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                charts.profit_by_product(rows, shop.currency),
                f"Gross profit in {window}, and margin: the first earners; losses in orange.",
            )
        ),
        Table(
            f"Gross profit in {window}"
            + (
                f": first {_EARNERS_SHOWN} and last {ROWS_SHOWN - _EARNERS_SHOWN} of"
                f" {quantity(len(known))}"
                if len(known) > ROWS_SHOWN
                else ""
            ),
            (
                Column("Product"),
                Column("Revenue", True),
                Column("Gross profit", True),
                Column("Margin", True),
                Column("Cost known", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(money(row["revenue"], shop.currency)),
                        Cell(money(row["gross_profit"], shop.currency)),
                        Cell(percent(row["profit_margin"])),
                        Cell(percent(row["cost_coverage"], 0)),
                        Cell(_profit_state(row), wraps=True),
                    )
                )
                for row in shown
            ),
        ),
        notes(_unknown_profit(rows)),
        definition=(
            "Gross profit is revenue less what the goods cost, where the cost is known; margin is"
            " its part of that revenue. An unknown cost is never taken as nothing."
        ),
    )


def _unknown_profit(rows: Rows) -> str:
    """Which part of the revenue has no profit, and why; empty when none."""
    revenue = sum((row["revenue"] for row in rows), Decimal(0))
    covered = sum((row["revenue_with_cost"] or Decimal(0) for row in rows), Decimal(0))
    missing = [row for row in rows if row["gross_profit"] is None]
    if revenue <= 0 or covered >= revenue:
        return f"{products(len(missing))} left out: no cost is known." if missing else ""
    note = f"Profit unknown for {percent((revenue - covered) / revenue)} of the revenue: no cost"
    return f"{note}. {products(len(missing))} left out." if missing else f"{note}."


def _profit_state(row: Mapping[str, Any]) -> str:
    if row["profit_status"] != "ok":
        return _PROFIT_STATUSES[row["profit_status"]]
    return "Loss" if row["gross_profit"] < 0 else "Profit"
