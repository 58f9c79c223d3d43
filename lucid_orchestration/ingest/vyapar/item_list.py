"""Vyapar's item list ("Export items") as products and, where it says so, as stock."""

import re
from decimal import Decimal

from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.ingest.vyapar.amounts import plain
from lucid_orchestration.ingest.vyapar.sheets import (
    FoundSheet,
    amount_of,
    find_sheet,
    known_table,
    rows_below,
)
from lucid_orchestration.ingest.workbook.read import Workbook

PROFILE = "vyapar_excel_item_list"
_FIELDS = {
    "item name": "product_name",
    "item code": "product_id",
    "category": "category",
    "base unit (x)": "unit",
    "current stock quantity": "quantity",
    "minimum stock quantity": "reorder_level",
    "purchase price": "unit_cost",
    "sale price": "sale_price",
    "tax rate": "tax_rate",
    "inclusive of tax": "inclusive",
}
_INVENTORY = (
    "product_id",
    "product_name",
    "category",
    "unit",
    "quantity",
    "unit_cost",
    "sale_price",
    "reorder_level",
)
_PRODUCTS = ("product_id", "product_name", "category", "unit", "unit_cost", "sale_price")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def read_item_list(book: Workbook) -> OpenedFile | None:
    """The tables of an item list; None when no sheet is one.

    The template's opening stock is no stock of today.
    """
    items = find_sheet(book, _FIELDS, {"product_name", "sale_price", "inclusive"})
    if items is None:
        return None
    rows, counts = rows_below(items, {"product_name": items.columns["product_name"]})
    listed = [row for row in rows if not items.cell(row, "product_name").startswith("**")]
    numbers = [row.number for row in listed]
    sheet, header_row = items.sheet.name, items.header.number
    prices = [
        (
            *(items.cell(row, name) for name in _PRODUCTS[:4]),
            items.cell(row, "unit_cost"),
            _net_price(items, row),
        )
        for row in listed
    ]
    products = known_table(sheet, "products", PROFILE, header_row, _PRODUCTS, numbers, prices)
    tables = [products]
    if "quantity" in items.columns:
        stock = [
            (
                *price[:4],
                items.cell(row, "quantity"),
                *price[4:],
                items.cell(row, "reorder_level"),
            )
            for row, price in zip(listed, prices, strict=True)
        ]
        tables.insert(
            0,
            known_table(sheet, "inventory", PROFILE, header_row, _INVENTORY, numbers, stock),
        )
    for name in ("blank", "repeated_header", "total"):
        setattr(tables[0].counts, name, getattr(counts, name))
    tables[0].counts.note = counts.note + len(rows) - len(listed)
    return OpenedFile(book.container, tuple(tables), ())


def _net_price(items: FoundSheet, row: Row) -> str:
    """The sale price without tax; as found where that cannot be known."""
    shown = items.cell(row, "sale_price")
    rate = _RATE.search(items.cell(row, "tax_rate"))
    price = amount_of(shown)
    is_with_tax = items.cell(row, "inclusive").casefold().startswith(("incl", "y"))
    if price is None or rate is None or not is_with_tax:
        return shown
    return plain((price * 100 / (100 + Decimal(rate[1]))).quantize(Decimal("0.0001")))
