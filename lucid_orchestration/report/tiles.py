"""The headline figures of a shop: four tiles, each with what puts it in proportion."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import compared, money, month, percent
from lucid_orchestration.report.blocks import Rows, Shop, products

_YEAR = 12


@dataclass(frozen=True)
class Tile:
    """One headline figure and the lines that put it in proportion."""

    label: str
    value: str
    notes: tuple[str, ...]


def tiles(summary: Mapping[str, Any], months: Rows, shop: Shop) -> list[Tile]:
    """The tiles of one shop: its row of `dataset_summary` and its own rows of `trends`."""
    return [
        _revenue_tile(summary, months, shop),
        _profit_tile(summary, shop),
        _stock_tile(summary, shop),
        _dead_tile(summary, shop),
    ]


def _revenue_tile(summary: Mapping[str, Any], months: Rows, shop: Shop) -> Tile:
    newest = summary["last_complete_month"]
    if newest is None:
        note = "No month is complete yet" if summary["first_sale_date"] else "No sales yet"
        return Tile("Revenue so far", money(summary["revenue"], shop.currency), (note,))
    notes = (
        _change(summary["month_revenue_change"], "the month before"),
        _change(summary["month_revenue_year_change"], "a year before"),
        *_year_note(months, shop),
    )
    return Tile(
        f"Revenue in {month(newest)}", money(summary["month_revenue"], shop.currency), notes
    )


def _year_note(months: Rows, shop: Shop) -> tuple[str, ...]:
    """The last twelve complete months, and how they differ from the twelve before."""
    complete = [
        row["revenue"] for row in sorted(months, key=lambda row: row["month"]) if row["is_complete"]
    ]
    year, before = complete[-_YEAR:], complete[-2 * _YEAR : -_YEAR]
    if len(year) < _YEAR:
        return ()
    total, earlier = sum(year, Decimal(0)), sum(before, Decimal(0))
    said = f"{money(total, shop.currency)} in {_YEAR} months"
    if len(before) < _YEAR or earlier <= 0:
        return (said,)
    return (f"{said}, {_change((total - earlier) / earlier, f'in the {_YEAR} before').lower()}",)


def _profit_tile(summary: Mapping[str, Any], shop: Shop) -> Tile:
    if summary["gross_profit"] is None:
        note = "No cost is known: add a purchase list, or costs to the product list"
        return Tile(
            "Gross profit", "unknown", (note if summary["first_sale_date"] else "No sales",)
        )
    coverage = summary["cost_coverage"]
    notes = [
        f"{percent(summary['profit_margin'])} of the revenue whose cost is known",
        f"Cost is known for {percent(coverage)} of revenue",
    ]
    if summary["month_profit"] is not None and summary["last_complete_month"] is not None:
        earned = money(summary["month_profit"], shop.currency)
        notes.insert(0, f"{earned} in {month(summary['last_complete_month'])}")
    return Tile(
        "Gross profit, all months", money(summary["gross_profit"], shop.currency), (*notes,)
    )


def _stock_tile(summary: Mapping[str, Any], shop: Shop) -> Tile:
    value = summary["stock_value"]
    note = "No stock list with costs yet" if value is None else "Goods in stock at cost"
    return Tile("Stock value", money(value, shop.currency), (note,))


def _dead_tile(summary: Mapping[str, Any], shop: Shop) -> Tile:
    count = summary["dead_stock_product_count"] or 0
    value = summary["dead_stock_value"]
    label = "Money in dead stock"
    if count == 0:
        if summary["stock_value"] is None:
            return Tile(label, "unknown", ("No stock list with costs yet",))
        return Tile(label, "none", ("No product in stock has stopped selling",))
    notes = [f"{products(count)} that nobody buys"]
    if value is not None and summary["stock_value"]:
        notes.append(f"{percent(value / summary['stock_value'])} of the stock value")
    return Tile(label, money(value, shop.currency), tuple(notes))


def _change(change: Any, against: str) -> str:
    if change is None:
        return f"Not comparable: no figure to be more or less than {against}"
    if change == 0:
        return f"No more and no less than {against}"
    return compared(change, against)
