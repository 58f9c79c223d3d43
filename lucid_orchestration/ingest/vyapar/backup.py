"""A Vyapar backup as tables: sales, purchases, stock and items of one company."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.tables import OpenedFile, Snapshot, Table
from lucid_orchestration.ingest.vyapar.amounts import (
    ZERO,
    figure,
    number,
    number_or_zero,
    plain,
    spread,
    text,
)
from lucid_orchestration.ingest.vyapar.book import (
    PURCHASE,
    PURCHASE_RETURN,
    SALE,
    SALE_RETURN,
    STOCK_ITEM,
    Book,
    Document,
    Item,
    Line,
    read_book,
)
from lucid_orchestration.ingest.vyapar.checks import check_amounts
from lucid_orchestration.ingest.vyapar.database import opened_database
from lucid_orchestration.ingest.vyapar.remarks import remarks
from lucid_orchestration.ingest.vyapar.wire import table_of_book

# Kept out of all products by a pattern in seeds/non_product_lines.csv.
UNITEMISED = "Unitemised sale"
_WORDS = {
    SALE: "Sale",
    SALE_RETURN: "Credit Note",
    PURCHASE: "Purchase",
    PURCHASE_RETURN: "Purchase Return",
}
_STAMP = re.compile(r"__t_(\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d)(?!\d)")
_SALES = (
    "sale_date",
    "transaction_id",
    "line_id",
    "document_type",
    "product_id",
    "product_name",
    "category",
    "customer_id",
    "store",
    "unit",
    "quantity",
    "net_amount",
    "gross_amount",
    "tax_amount",
    "discount_amount",
)
_PURCHASES = (
    "purchase_date",
    "transaction_id",
    "line_id",
    "document_type",
    "product_id",
    "product_name",
    "category",
    "supplier",
    "unit",
    "quantity",
    "net_amount",
    "gross_amount",
    "tax_amount",
)
_INVENTORY = (
    "stock_date",
    "product_id",
    "product_name",
    "category",
    "unit",
    "quantity",
    "unit_cost",
    "stock_value",
    "sale_price",
    "reorder_level",
)
_PRODUCTS = ("product_id", "product_name", "category", "unit", "unit_cost", "sale_price")
_NO_ITEM = Item("", "", "", "", None, True, None, None, None, None, None)
_NO_PRODUCT = replace(_NO_ITEM, name=UNITEMISED)


def read_database(path: Path, name: str) -> OpenedFile:
    """The content of a backup's database; `name` is what it was called in the backup.

    Amounts are without tax and after the share of the document's discount; quantities are in base
    units.

    Raises:
        RefusedError: when it is damaged, too large, not Vyapar's, empty, or keeps its amounts in
            another way than is known.
    """
    with opened_database(path) as database:
        book = read_book(database)
    checked = check_amounts(book.documents)
    taken_at = _taken_at(name, book)
    tables = _tables(book, taken_at)
    if not tables:
        raise RefusedError(
            "no_rows",
            "The Vyapar book holds no sale, no purchase and no item. Is it the right one?",
        )
    issues = ([checked] if checked else []) + remarks(book, taken_at)
    return OpenedFile("vyapar", tables, tuple(issues), _snapshot(book, taken_at))


def _snapshot(book: Book, taken_at: str | None) -> Snapshot | None:
    """Whose book it is, by its first firm: by GSTIN, else by name; the file's name can change."""
    if not book.firms or taken_at is None:
        return None
    firm = book.firms[0]
    identity = firm.gstin or " ".join(firm.name.casefold().split())
    if not identity:
        return None
    return Snapshot(hashlib.sha256(f"vyapar\0{identity}".encode()).hexdigest()[:32], taken_at)


def _taken_at(name: str, book: Book) -> str | None:
    """When the backup was made: Vyapar writes it into the database's name; else the last change."""
    stamp = _STAMP.search(name)
    if stamp:
        try:
            return datetime.strptime(stamp[1], "%Y_%m_%d_%H_%M_%S").isoformat()  # noqa: DTZ007
        except ValueError:
            pass
    return book.last_change


def _tables(book: Book, taken_at: str | None) -> tuple[Table, ...]:
    sales = [document for document in book.documents if document.document_type in _SOLD]
    bought = [document for document in book.documents if document.document_type not in _SOLD]
    listed = [item for item in book.items.values() if item.item_type == STOCK_ITEM]
    stock = [_stock_cells(item, taken_at) for item in listed] if book.has_stock else []
    prices = [_price_cells(item) for item in listed if item.purchase_price or item.sale_price]
    found: tuple[tuple[str, KindName, tuple[str, ...], Sequence[Sequence[str]]], ...] = (
        ("Sales", "sales", _SALES, list(_sale_lines(sales, book))),
        ("Purchases", "purchases", _PURCHASES, list(_purchase_lines(bought, book))),
        ("Stock", "inventory", _INVENTORY, stock),
        ("Items", "products", _PRODUCTS, prices),
    )
    tables = tuple(
        table_of_book(sheet, kind, fields, lines) for sheet, kind, fields, lines in found if lines
    )
    if tables:
        tables[0].counts.note = book.ignored_line_count + book.orphan_line_count
    return tables


_SOLD = frozenset({SALE, SALE_RETURN})


def _sale_lines(documents: Iterable[Document], book: Book) -> Iterator[tuple[str, ...]]:
    for document in documents:
        if not document.lines:
            yield from _unitemised(document)
        for line, share in zip(document.lines, _discount_shares(document), strict=True):
            item = book.items.get(line.item_id, _NO_ITEM)
            yield (
                *_head(document, text(line.line_id), item),
                document.party,
                document.firm,
                item.unit,
                figure(line.quantity),
                *_amounts(line, share, document),
                document.discount_found if share is None else plain(share),
            )
            if number_or_zero(line.free_quantity) == ZERO:
                continue
            # a line of its own: it leaves the stock, and the price of the others stays right
            yield (
                *_head(document, f"{text(line.line_id)} free", item),
                document.party,
                document.firm,
                item.unit,
                figure(line.free_quantity),
                *("0", "0", "0", "0"),
            )


def _unitemised(document: Document) -> Iterator[tuple[str, ...]]:
    """A document with a total and no lines: revenue of no product, without charges and tax."""
    if document.total is None or document.total == 0:
        return
    gross = document.total - document.charges - document.round_off
    yield (
        *_head(document, "total", _NO_PRODUCT),
        document.party,
        document.firm,
        "",
        "1",
        plain(gross - document.tax),
        plain(gross),
        plain(document.tax),
        "0",
    )


def _purchase_lines(documents: Iterable[Document], book: Book) -> Iterator[tuple[str, ...]]:
    for document in documents:
        for line, share in zip(document.lines, _discount_shares(document), strict=True):
            item = book.items.get(line.item_id, _NO_ITEM)
            quantity, free = number(line.quantity), number_or_zero(line.free_quantity)
            yield (
                *_head(document, text(line.line_id), item),
                document.party,
                item.unit,
                # what comes free makes the rest cheaper
                figure(line.quantity) if quantity is None else plain(quantity + (free or ZERO)),
                *_amounts(line, share, document),
            )


def _head(document: Document, line_id: str, item: Item) -> tuple[str, ...]:
    return (
        document.date,
        document.number,
        line_id,
        _WORDS[document.document_type],
        item.code,
        item.name,
        item.category,
    )


def _discount_shares(document: Document) -> list[Decimal | None]:
    """What of the document's discount falls on each line, by its amount with tax.

    None where it cannot be known.
    """
    if document.discount is None:
        return [None] * len(document.lines)
    totals = [number(line.total) for line in document.lines]
    shares = iter(spread(document.discount, [total for total in totals if total is not None]))
    return [None if total is None else next(shares) for total in totals]


def _amounts(line: Line, share: Decimal | None, document: Document) -> tuple[str, str, str]:
    """Net, gross and tax of a line; what cannot be read stands in the net for SQL to refuse."""
    total, tax = number(line.total), number_or_zero(line.tax)
    found = ("" if line.total is None else figure(line.total), figure(line.tax) or "0")
    if total is None:
        return (found[0] or "no amount", *found)
    if tax is None:
        return (text(line.tax), *found)
    if share is None:
        return (document.discount_found, *found)
    return (plain(total - tax - share), *found)


def _stock_cells(item: Item, taken_at: str | None) -> tuple[str, ...]:
    """Stock as it is now. Vyapar's own value, an average, goes before the purchase price."""
    quantity = number(item.stock)
    is_valued = item.stock_value is not None and quantity is not None and quantity > 0
    return (
        (taken_at or "")[:10],
        item.code,
        item.name,
        item.category,
        item.unit,
        figure(item.stock),
        "" if is_valued else _shown(item.purchase_price),
        _shown(item.stock_value) if is_valued else "",
        _shown(item.sale_price),
        _shown(item.reorder_level),
    )


def _price_cells(item: Item) -> tuple[str, ...]:
    return (
        item.code,
        item.name,
        item.category,
        item.unit,
        _shown(item.purchase_price),
        _shown(item.sale_price),
    )


def _shown(amount: Decimal | None) -> str:
    return "" if amount is None else plain(amount)
