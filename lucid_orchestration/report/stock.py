"""How fast stock moves, and what does not move."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from statistics import median
from typing import Any

from lucid_orchestration.formatting import day, days, money, quantity
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
    notes,
    pictures,
    products,
)

_RISKS = {
    "out": "Out of stock",
    "critical": "Runs out before an order arrives",
    "soon": "Order now",
}
_STATES = {
    "never_sold": "Never sold",
    "dead": "Does not sell any more",
    "off_season": "Waiting for its season",
}


def stock(rows: Rows) -> Section:
    """How fast stock moves, from `inventory_velocity`."""
    anchor, question = "stock", "How fast does stock move?"
    stocked = [row for row in rows if row["current_stock"] is not None]
    if not stocked:
        return Section(
            anchor,
            question,
            "It cannot be told: there is no stock list yet. Add one to the folder.",
        )
    order = list(_RISKS)
    urgent = [row for row in stocked if row["stockout_risk"] in _RISKS]
    shown = sorted(
        (row for row in stocked if row["days_of_cover"] is not None or row in urgent),
        key=lambda row: (
            order.index(row["stockout_risk"]) if row["stockout_risk"] in _RISKS else len(order),
            row["days_of_cover"] or Decimal(0),
            row["product_id"],
        ),
    )
    negative = sum(row["current_stock"] < 0 for row in stocked)
    answer = (
        f"{products(len(urgent))} {'is' if len(urgent) == 1 else 'are'} out of stock"
        " or about to run out."
        if urgent
        else "No product is about to run out."
    )
    covers = [row["days_of_cover"] for row in stocked if row["days_of_cover"] is not None]
    if not covers and not urgent:
        answer = "It cannot be told yet: too little was sold to compare the stock with."
    if covers:
        answer = f"Half of the products last {days(median(covers))} or less. {answer}"
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                charts.stock_cover(rows),
                "Products by the days their stock lasts at present sales.",
            )
        ),
        Table(
            first_rows("What runs out first", len(shown)),
            (
                Column("Product"),
                Column("In stock", True),
                Column("Lasts days", True),
                Column("Order at", True),
                Column("Order up to", True),
                Column("Order", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["current_stock"])),
                        Cell(_rounded(row["days_of_cover"], "1")),
                        Cell(_level(row, "reorder_point", ROUND_FLOOR)),
                        Cell(_level(row, "order_up_to", ROUND_CEILING)),
                        Cell(quantity(row["suggested_order_quantity"])),
                        Cell(_RISKS.get(row["stockout_risk"], "Enough for now"), wraps=True),
                    )
                )
                for row in shown[:ROWS_SHOWN]
            ),
        )
        if shown
        else None,
        notes(
            _speed_note(stocked),
            f"{products(negative)} with a stock below zero left out: the records are wrong there."
            if negative
            else "",
        ),
        definition=(
            "Lasts days: until the stock is sold, as it is expected to sell. Order at: what sells"
            " until a delivery comes, and a reserve for better days. Order up to: that, and what"
            " sells until the next order. Order: where the stock is not above Order at, Order up to"
            " less the stock, in whole units."
        ),
    )


def idle(rows: Rows, shop: Shop) -> Section:
    """What is not moving, from `dead_stock`."""
    anchor, question = "idle", "What is not moving?"
    if not rows:
        return Section(anchor, question, "It cannot be told: no stock list shows goods in stock.")
    still = sorted(
        (row for row in rows if row["stock_state"] in _STATES),
        key=lambda row: (
            -(row["estimated_value"] or Decimal(0)),
            -int(row["idle_days"]),
            row["product_id"],
        ),
    )
    lost = [row for row in still if row["is_dead_stock"]]
    undated = sum(row["idle_days"] is None for row in rows)
    values = [row["estimated_value"] for row in lost if row["estimated_value"] is not None]
    worth = f", worth {money(sum(values, Decimal(0)), shop.currency)} at cost" if values else ""
    answer = (
        f"{products(len(lost))} in stock {'has' if len(lost) == 1 else 'have'} stopped selling or"
        f" never sold{worth}."
        if lost
        else "It cannot be told: no file says when the goods came or sold."
        if undated == len(rows)
        else "Everything in stock sells, is new, or waits for its season."
    )
    is_valued = any(row["estimated_value"] is not None for row in rows)
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                charts.idle_stock(rows, shop.currency),
                f"{'Money in stock' if is_valued else 'Products in stock'} by days since goods last"
                f" moved.{' Orange: where goods do not sell any more.' if lost else ''}",
            )
        ),
        Table(
            first_rows("Stock that does not move, most money first", len(still)),
            (
                Column("Product"),
                Column("In stock", True),
                Column("Value", True),
                Column("Last sale"),
                Column("Idle days", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["current_stock"])),
                        Cell(money(row["estimated_value"], shop.currency)),
                        Cell(day(row["last_sale_date"]) if row["last_sale_date"] else "never"),
                        Cell(quantity(row["idle_days"])),
                        Cell(_STATES[row["stock_state"]], wraps=True),
                    )
                )
                for row in still[:ROWS_SHOWN]
            ),
        )
        if still
        else None,
        notes(
            f"The value of {products(unvalued)} in stock is unknown: no cost."
            if (unvalued := sum(row["estimated_value"] is None for row in rows))
            else "",
            f"No date tells when {products(undated)} moved." if undated else "",
        ),
        definition=(
            "Idle days count from the last sale or the last delivery, whichever is later. Value is"
            " the stock at cost."
        ),
    )


def _speed_note(stocked: Rows) -> str:
    """How many products are sold and replaced how often, and how far that is known."""
    counts = {
        speed: sum(row["velocity_class"] == velocity for row in stocked)
        for velocity, speed in (("high", "fast"), ("medium", "medium"), ("low", "slow"))
    }
    if not any(counts.values()):
        return ""
    said = ", ".join(f"{quantity(n)} {speed}" for speed, n in counts.items() if n)
    guess = (
        " This is a rough figure where there is only one stock count."
        if any(row["turnover_basis"] == "snapshot" for row in stocked)
        else ""
    )
    return f"Products by how often their stock is sold and replaced in a year: {said}.{guess}"


def _level(row: Mapping[str, Any], column: str, rounding: str) -> str:
    """A level of stock so that who works out the order from it gets the order shown.

    For goods in whole pieces it is the whole piece that decides.
    """
    level, stock = row[column], row["current_stock"]
    if level is not None and stock == stock.to_integral_value():
        level = level.to_integral_value(rounding)
    return quantity(level)


def _rounded(value: Decimal | None, step: str) -> str:
    return quantity(None if value is None else value.quantize(Decimal(step)))
