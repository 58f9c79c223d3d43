"""The headline figures of a shop: rows of tiles, one period to a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import compared, day, money, month, percent
from lucid_orchestration.report.blocks import Rows, Shop, products

_YEAR = 12


@dataclass(frozen=True)
class Tile:
    """One headline figure and the lines that put it in proportion."""

    label: str
    value: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class TileRow:
    """Figures of one period: they may be read together."""

    period: str
    tiles: tuple[Tile, ...]


def tiles(summary: Mapping[str, Any], months: Rows, shop: Shop) -> list[TileRow]:
    """The tiles of one shop: its row of `dataset_summary` and its own rows of `trends`.

    The newest complete month, the last twelve, all that was sold, and what is in stock now.
    """
    return [
        *_month_row(summary, months, shop),
        *_year_row(months, shop),
        _all_row(summary, shop),
        _stock_row(summary, shop),
    ]


def _month_row(summary: Mapping[str, Any], months: Rows, shop: Shop) -> list[TileRow]:
    newest = summary["last_complete_month"]
    if newest is None:
        return []
    revenue = Tile(
        "Revenue",
        money(summary["month_revenue"], shop.currency),
        (
            _change(summary["month_revenue_change"], "the month before"),
            _change(summary["month_revenue_year_change"], "a year before"),
        ),
    )
    if summary["month_profit"] is None:
        return [TileRow(month(newest), (revenue,))]
    changes = [row["profit_year_change"] for row in months if row["month"] == newest]
    profit = Tile(
        "Gross profit",
        money(summary["month_profit"], shop.currency),
        tuple(_change(change, "a year before") for change in changes if change is not None),
    )
    return [TileRow(month(newest), (revenue, profit))]


def _year_row(months: Rows, shop: Shop) -> list[TileRow]:
    """The last twelve complete months, and how they differ from the twelve before."""
    complete = [row for row in sorted(months, key=lambda row: row["month"]) if row["is_complete"]]
    year = complete[-_YEAR:]
    if len(year) < _YEAR:
        return []
    before = complete[-2 * _YEAR : -_YEAR]
    found = [_year_tile("Revenue", "revenue", year, before, shop)]
    if all(row["profit"] is not None for row in year):
        found.append(_year_tile("Gross profit", "profit", year, before, shop))
    return [TileRow(f"{_YEAR} months to {month(year[-1]['month'])}", tuple(found))]


def _year_tile(label: str, column: str, year: Rows, before: Rows, shop: Shop) -> Tile:
    total = sum((row[column] for row in year), Decimal(0))
    amounts = [row[column] for row in before if row[column] is not None]
    earlier = sum(amounts, Decimal(0))
    notes: tuple[str, ...] = ()
    if len(amounts) == _YEAR and earlier > 0:
        notes = (_change((total - earlier) / earlier, f"the {_YEAR} months before"),)
    return Tile(label, money(total, shop.currency), notes)


def _all_row(summary: Mapping[str, Any], shop: Shop) -> TileRow:
    first = summary["first_sale_date"]
    if first is None:
        return TileRow("All sales", (Tile("Revenue", "unknown", ("No sales yet",)),))
    waiting = ("No month is complete yet",) if summary["last_complete_month"] is None else ()
    revenue = Tile("Revenue", money(summary["revenue"], shop.currency), waiting)
    return TileRow(f"All since {day(first)}", (revenue, _profit_tile(summary, shop)))


def _profit_tile(summary: Mapping[str, Any], shop: Shop) -> Tile:
    if summary["gross_profit"] is None:
        note = "No cost is known: add a purchase list, or costs to the product list"
        return Tile("Gross profit", "unknown", (note,))
    return Tile(
        "Gross profit",
        money(summary["gross_profit"], shop.currency),
        (
            f"{percent(summary['profit_margin'])} of the revenue whose cost is known",
            f"Cost is known for {percent(summary['cost_coverage'])} of revenue",
        ),
    )


def _stock_row(summary: Mapping[str, Any], shop: Shop) -> TileRow:
    value = summary["stock_value"]
    note = "No stock list with costs yet" if value is None else "Goods in stock at cost"
    as_of = shop.as_of_date
    return TileRow(
        "Stock" if as_of is None else f"Stock on {day(as_of)}",
        (
            Tile("Stock value", money(value, shop.currency), (note,)),
            _dead_tile(summary, shop),
        ),
    )


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
