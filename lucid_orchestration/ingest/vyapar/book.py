"""A company's book in Vyapar's database: its documents, lines, items, units, firms.

Columns come and go with Vyapar's versions: all but the core ones may be missing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.vyapar.amounts import (
    ZERO,
    day,
    number,
    number_or_zero,
    text,
    timestamp,
)
from lucid_orchestration.ingest.vyapar.database import Database, Value

_Key = TypeVar("_Key")

SALE, SALE_RETURN, PURCHASE, PURCHASE_RETURN = 1, 21, 2, 23
READ_TYPES = frozenset({SALE, SALE_RETURN, PURCHASE, PURCHASE_RETURN})
# Sources disagree on all states but this one.
LIVE_STATUS = 1
STOCK_ITEM = 1
_INACTIVE = 0
_GENERAL_CATEGORY = 1
_PRICE_WITH_TAX = 1
_CORE = {
    "kb_transactions": ("txn_id", "txn_type", "txn_date", "txn_cash_amount", "txn_balance_amount"),
    "kb_lineitems": ("lineitem_txn_id", "item_id", "quantity", "total_amount"),
    "kb_items": ("item_id", "item_name"),
}
_CHARGES = (
    "txn_ac1_amount",
    "txn_ac2_amount",
    "txn_ac3_amount",
    "ac1_tax_amount",
    "ac2_tax_amount",
    "ac3_tax_amount",
)
_DOCUMENT_COLUMNS = (
    "txn_id",
    "txn_type",
    "txn_status",
    "txn_date",
    "txn_cash_amount",
    "txn_balance_amount",
    "txn_name_id",
    "txn_display_name",
    "txn_firm_id",
    "txn_invoice_prefix",
    "txn_ref_number_char",
    "txn_discount_amount",
    "txn_tax_amount",
    "txn_round_off_amount",
    *_CHARGES,
)
_LINE_COLUMNS = (
    "lineitem_id",
    "lineitem_txn_id",
    "item_id",
    "quantity",
    "lineitem_free_quantity",
    "priceperunit",
    "total_amount",
    "lineitem_tax_amount",
    "lineitem_discount_amount",
)
_ITEM_COLUMNS = (
    "item_id",
    "item_name",
    "item_code",
    "item_type",
    "item_is_active",
    "category_id",
    "base_unit_id",
    "item_stock_quantity",
    "item_stock_value",
    "item_min_stock_quantity",
    "item_purchase_unit_price",
    "item_tax_type_purchase",
    "item_sale_unit_price",
    "item_tax_type",
    "item_tax_id",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document as stored; quantities are in the item's base unit."""

    line_id: Value
    item_id: Value
    quantity: Value
    free_quantity: Value
    price: Value
    total: Value
    tax: Value
    discount: Value


@dataclass(frozen=True, slots=True)
class Document:
    """A live sale, purchase or return. Amounts are exact; None when they cannot be read.

    `total` is what was to be paid, `charges` are additional charges with their tax, `tax` is a tax
    on the whole document (old books). `discount_found` is the discount as it stands there.
    """

    document_id: Value
    document_type: int
    number: str
    date: str
    party: str
    firm: str
    total: Decimal | None
    discount: Decimal | None
    discount_found: str
    charges: Decimal
    round_off: Decimal
    tax: Decimal
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Item:
    """A product or service. Prices are without tax; None where none is known."""

    name: str
    code: str
    category: str
    unit: str
    item_type: Value
    is_active: bool
    stock: Value
    stock_value: Decimal | None
    reorder_level: Decimal | None
    purchase_price: Decimal | None
    sale_price: Decimal | None


@dataclass(frozen=True)
class Tally:
    """Documents of one sort that are not read, and their value."""

    count: int
    value: Decimal


@dataclass(frozen=True)
class Firm:
    """A firm kept in the book."""

    name: str
    gstin: str


@dataclass(frozen=True)
class Book:
    """What a database says. `ignored` is by type code, `not_live` by type code and status."""

    firms: tuple[Firm, ...]
    documents: tuple[Document, ...]
    items: Mapping[Value, Item]
    ignored: Mapping[str, Tally]
    not_live: Mapping[tuple[int, str], Tally]
    ignored_line_count: int
    orphan_line_count: int
    recycled_count: int
    has_line_tax: bool
    has_stock: bool
    last_change: str | None


def read_book(database: Database) -> Book:
    """Read a whole book.

    Raises:
        RefusedError: when the database is not Vyapar's.
    """
    _check_core(database)
    firms = _firms(database)
    live: dict[Value, tuple[Value, ...]] = {}
    others: set[Value] = set()
    ignored: dict[str, Tally] = {}
    not_live: dict[tuple[int, str], Tally] = {}
    for row in database.rows("kb_transactions", _DOCUMENT_COLUMNS):
        document_id, document_type, status = row[0], row[1], row[2]
        if document_type not in READ_TYPES:
            others.add(document_id)
            _count(ignored, text(document_type) or "none", row)
        elif status not in (LIVE_STATUS, None):
            others.add(document_id)
            _count(not_live, (int(document_type or 0), text(status)), row)
        else:
            live.setdefault(document_id, row)
    lines, outside = _lines(database, live.keys(), others)
    return Book(
        firms=tuple(firms.values()),
        documents=_documents(database, live, lines, firms),
        items=_items(database),
        ignored=ignored,
        not_live=not_live,
        ignored_line_count=outside[True],
        orphan_line_count=outside[False],
        recycled_count=database.count("recycle_bin"),
        has_line_tax="lineitem_tax_amount" in database.columns("kb_lineitems"),
        has_stock="item_stock_quantity" in database.columns("kb_items"),
        last_change=_last_change(database),
    )


def _check_core(database: Database) -> None:
    missing = [
        f"{table}.{column}"
        for table, columns in _CORE.items()
        for column in columns
        if column not in database.columns(table)
    ]
    if len(missing) == sum(map(len, _CORE.values())):
        raise RefusedError(
            "unsupported_type",
            "The file is a database, but not one of Vyapar's: it has none of Vyapar's tables. "
            "Export the list as CSV or Excel.",
        )
    if missing:
        raise RefusedError(
            "unknown_layout",
            f"The file is a Vyapar database of a version Lucid does not know: {missing[0]} is "
            "missing. Export the sale, purchase and item reports from Vyapar as Excel.",
        )


def _count(tallies: dict[_Key, Tally], key: _Key, row: tuple[Value, ...]) -> None:
    before = tallies.get(key, Tally(0, ZERO))
    tallies[key] = Tally(before.count + 1, before.value + abs(_total(row) or ZERO))


def _total(row: tuple[Value, ...]) -> Decimal | None:
    """A document's total: there is no column for it."""
    found = dict(zip(_DOCUMENT_COLUMNS, row, strict=True))
    cash, balance = found["txn_cash_amount"], found["txn_balance_amount"]
    if cash is None and balance is None:
        return None
    parts = [number_or_zero(cash), number_or_zero(balance)]
    return sum((part for part in parts if part is not None), ZERO) if None not in parts else None


def _lines(
    database: Database, live: Iterable[Value], others: set[Value]
) -> tuple[dict[Value, list[Line]], Counter[bool]]:
    """The lines of live documents; the rest counted by whether their document exists."""
    wanted = set(live)
    lines: dict[Value, list[Line]] = defaultdict(list)
    outside: Counter[bool] = Counter()
    for line_id, document_id, item_id, *figures in database.rows("kb_lineitems", _LINE_COLUMNS):
        if document_id in wanted:
            lines[document_id].append(Line(line_id, item_id, *figures))
        else:
            outside[document_id in others] += 1
    return lines, outside


def _documents(
    database: Database,
    live: Mapping[Value, tuple[Value, ...]],
    lines: Mapping[Value, list[Line]],
    firms: Mapping[Value, Firm],
) -> tuple[Document, ...]:
    names = _by_id(database, "kb_names", "name_id", "full_name")
    documents = []
    for document_id, row in live.items():
        found = dict(zip(_DOCUMENT_COLUMNS, row, strict=True))
        firm = firms.get(found["txn_firm_id"])
        if firm is None and found["txn_firm_id"] is None and len(firms) == 1:
            (firm,) = firms.values()
        documents.append(
            Document(
                document_id=document_id,
                document_type=int(found["txn_type"] or 0),
                number=text(found["txn_invoice_prefix"]) + text(found["txn_ref_number_char"]),
                date=day(found["txn_date"]),
                party=text(names.get(found["txn_name_id"])) or text(found["txn_display_name"]),
                firm=firm.name if firm else "",
                total=_total(row),
                discount=number_or_zero(found["txn_discount_amount"]),
                discount_found=text(found["txn_discount_amount"]),
                charges=sum((number(found[name]) or ZERO for name in _CHARGES), ZERO),
                round_off=number(found["txn_round_off_amount"]) or ZERO,
                tax=number(found["txn_tax_amount"]) or ZERO,
                lines=tuple(lines.get(document_id, ())),
            )
        )
    return tuple(documents)


def _firms(database: Database) -> dict[Value, Firm]:
    rows = database.rows("kb_firms", ("firm_id", "firm_name", "firm_gstin_number"))
    return {
        firm_id: Firm(text(name), text(gstin).upper())
        for firm_id, name, gstin in sorted(rows, key=lambda row: _order(row[0]))
    }


def _items(database: Database) -> dict[Value, Item]:
    units = {
        unit_id: text(short) or text(name)
        for unit_id, short, name in database.rows(
            "kb_item_units", ("unit_id", "unit_short_name", "unit_name")
        )
    }
    rates = _by_id(database, "kb_tax_code", "tax_code_id", "tax_rate")
    names = _by_id(database, "kb_item_categories", "item_category_id", "item_category_name")
    mapped = _mapped_categories(database)
    items = {}
    for row in database.rows("kb_items", _ITEM_COLUMNS):
        found = dict(zip(_ITEM_COLUMNS, row, strict=True))
        category = mapped.get(found["item_id"], found["category_id"])
        rate = number(rates.get(found["item_tax_id"])) or ZERO
        items[found["item_id"]] = Item(
            name=text(found["item_name"]),
            code=text(found["item_code"]),
            category=text(names.get(category)),
            unit=units.get(found["base_unit_id"], ""),
            item_type=STOCK_ITEM if found["item_type"] is None else found["item_type"],
            is_active=found["item_is_active"] != _INACTIVE,
            stock=found["item_stock_quantity"],
            stock_value=_above_zero(found["item_stock_value"]),
            reorder_level=_above_zero(found["item_min_stock_quantity"]),
            purchase_price=_net_price(
                found["item_purchase_unit_price"], found["item_tax_type_purchase"], rate
            ),
            sale_price=_net_price(found["item_sale_unit_price"], found["item_tax_type"], rate),
        )
    return items


def _by_id(database: Database, table: str, key: str, value: str) -> dict[Value, Value]:
    found: dict[Value, Value] = {}
    for row_id, content in database.rows(table, (key, value)):
        found[row_id] = content
    return found


def _mapped_categories(database: Database) -> dict[Value, Value]:
    """The category of each item in newer books, where one item may have several.

    The first that is not the built-in "General" counts.
    """
    rows = database.rows("kb_item_categories_mapping", ("id", "item_id", "category_id"))
    chosen: dict[Value, Value] = {}
    for _, item_id, category_id in sorted(rows, key=lambda row: _order(row[0])):
        if chosen.get(item_id, _GENERAL_CATEGORY) == _GENERAL_CATEGORY:
            chosen[item_id] = category_id
    return chosen


def _order(key: Value) -> tuple[bool, Decimal, str]:
    found = number(key)
    return found is None, found or ZERO, text(key)


def _above_zero(value: Value) -> Decimal | None:
    found = number(value)
    return found if found is not None and found > 0 else None


def _net_price(value: Value, tax_type: Value, rate: Decimal) -> Decimal | None:
    """A price without tax; zero means that none was entered."""
    price = _above_zero(value)
    if price is None or tax_type != _PRICE_WITH_TAX or rate <= 0:
        return price
    return (price * 100 / (100 + rate)).quantize(Decimal("0.0001"))


def _last_change(database: Database) -> str | None:
    """When anything in the book was last changed, by its own record."""
    moments = [
        found
        for table, columns in (
            ("kb_transactions", ("txn_date_modified", "txn_date_created")),
            ("kb_items", ("item_date_modified",)),
        )
        for row in database.rows(table, columns)
        for value in row
        if (found := timestamp(value)) is not None
    ]
    return max(moments, default=None)
