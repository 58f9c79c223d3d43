"""Vyapar backups with ground truth: a wholesaler, a shop, two firms in one book, an old version.

All names are invented. The same seed gives the same books.
"""

import datetime as dt
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.generators.vyapar_book import (
    CANCELLED_SALE,
    CHALLAN,
    ESTIMATE,
    EXPENSE,
    EXPENSE_ITEM,
    NOTHING,
    OPENING_PAYABLE,
    OPENING_RECEIVABLE,
    OTHER_INCOME,
    PARTIES,
    PAYMENT_IN,
    PAYMENT_OUT,
    PURCHASE,
    PURCHASE_ORDER,
    SALE,
    SALE_ORDER,
    SALE_RETURN,
    STOCKED,
    SUPPLIERS,
    TRANSFER_IN,
    TRANSFER_OUT,
    BillLine,
    Book,
    Charge,
    Good,
    Item,
    Style,
    paise,
)
from tests.generators.vyapar_schema import SCHEMA, column_names, columns
from tests.workbooks import write_xlsx

START, END = dt.date(2025, 4, 1), dt.date(2026, 9, 15)
STAMP, EARLIER_STAMP = "2026_09_15_21_04_33", "2026_07_01_20_00_00"
EARLIER = "2026-07-01"
_BEST, _SLOW = ("Sona", "Sunflower", "Parle"), "Slow"
# More than any book of a shop; zeros pack to half a megabyte.
_BOMB: Sequence[bytes] = (b"SQLite format 3\0", *[bytes(1_000_000)] * 600)
_LABELS = {SALE: "Sale ", SALE_RETURN: "Credit Note ", CANCELLED_SALE: "Sale[Cancelled] "}


def write_books(folder: Path, seed: int, sales: int) -> None:
    """Write five backups, each with its truth as JSON, and the sale reports of two of them."""
    folder.mkdir(parents=True, exist_ok=True)
    trading = trader(seed, sales)
    add_dirt(trading)
    write_book(trading, folder / "trading.vyb")
    write_sale_report(trading, folder / "trading_SaleReport.xlsx")
    write_book(earlier(trader(seed, sales)), folder / "trading_earlier.vyb", EARLIER_STAMP)

    retail = Book("Annapurna Mini Mart", seed + 1, START, END, Style(is_inclusive=True))
    retail.open("Annapurna Mini Mart")
    trade(retail, sales, walk_in=0.7)
    write_book(retail, folder / "retail_inclusive.vyb")
    write_sale_report(retail, folder / "retail_inclusive_SaleReport.xlsx")

    group = Book("Gupta Group", seed + 2, START, END)
    group.open("Gupta Electricals", "Gupta Foods")
    trade(group, sales // 2)
    write_book(group, folder / "two_firms.vyb")

    style = Style(is_old=True, rounds_off=False, has_tax=False)
    days = (dt.date(2023, 1, 1), dt.date(2024, 12, 31))
    old = Book("Madina General Store", seed + 3, *days, style)
    old.open("Madina General Store")
    trade(old, sales // 4)
    write_book(old, folder / "legacy_no_tax.vyb")


def trader(seed: int, sales: int) -> Book:
    """A wholesaler with prices without tax."""
    book = Book("Shree Balaji Traders", seed, START, END)
    book.open("Shree Balaji Traders")
    trade(book, sales)
    return book


def trade(book: Book, sales: int, walk_in: float = 0.25) -> None:
    """Sell and buy, and enter what is neither."""
    chance = book.chance
    days = (book.end - book.start).days
    for number in range(sales):
        day = book.start + dt.timedelta(days=days * number // sales)
        firm = chance.choice(range(1, len(book.firms) + 1))
        if number % 12 == 0:
            _buy(book, day, firm, f"S{number:04d}")
        lines = _lines(book, chance.randint(1, 5))
        is_walk_in = chance.random() < walk_in
        party = None if is_walk_in else chance.choice(PARTIES)
        display = chance.choice(["", "Ramesh", "Suresh bhai"]) if is_walk_in else ""
        is_paid = is_walk_in or chance.random() < 0.5
        entered = book.document(
            SALE,
            day,
            party,
            lines,
            firm=firm,
            discount_percent=chance.choice([0, 0, 0, 0, 0, 2, 5]),
            charges=_charges(book),
            paid=None if is_paid else chance.choice([0, 0, 100]),
            txn_display_name=display,
        )
        book.record(entered, day, party, display)
        if chance.random() < 0.04:
            _take_back(book, lines[0], day, firm, party, display)
        _enter_others(book, day, firm)


def add_dirt(book: Book) -> None:
    """Enter what a careful importer has to survive: ignored, broken and odd documents."""
    day = book.start + dt.timedelta(days=40)
    rice = book.items[1]

    def sold(party: str, quantity: int = 2, on: dt.date | None = day, **options: Any) -> Any:
        bag = book.line(rice, quantity, "Bag", rice.price)
        return book.document(SALE, on, party, [bag], **{"moves_stock": False, **options})

    for status, why in ((3, "cancelled"), (2, "draft")):
        sold(PARTIES[0], 7, status=status)
        book.ignore(f"sale_status_{why}")
    for kind, why, party, amount in (
        (CANCELLED_SALE, "type_65", PARTIES[1], 0),
        (OPENING_RECEIVABLE, "opening_receivable", PARTIES[2], 7500),
        (OPENING_PAYABLE, "opening_payable", SUPPLIERS[0], 7500),
        (OTHER_INCOME, "other_income", None, 900),
        (TRANSFER_IN, "party_transfer", PARTIES[3], 111),
        (TRANSFER_OUT, "party_transfer", PARTIES[3], 111),
        (88, "unknown_type_88", PARTIES[4], 1),
    ):
        book.document(kind, day, party, amount=amount)
        book.ignore(why)
    # Vyapar takes a bill with nothing but a total
    entered = book.document(SALE, day, PARTIES[5], amount=2500, txn_description="misc sale")
    number = entered.cells["txn_invoice_prefix"] + entered.cells["txn_ref_number_char"]
    book.truth["unitemised_sales"].append(
        {"txn_id": entered.id, "date": day.isoformat(), "doc_no": number, "total": "2500"}
    )

    book.add("kb_lineitems", lineitem_id=book.next_line, lineitem_txn_id=999_999, item_id=1)
    book.rows["kb_lineitems"][-1] |= {"quantity": 1.0, "priceperunit": 1.0, "total_amount": 1.0}
    book.reject("kb_lineitems", book.next_line, "orphan_line")
    book.next_line += 1
    lines, documents = book.rows["kb_lineitems"], book.rows["kb_transactions"]
    sold(PARTIES[6])
    lines[-1]["item_id"] = 424_242
    book.reject("kb_lineitems", lines[-1]["lineitem_id"], "unknown_item")
    book.reject("kb_transactions", sold(PARTIES[7], on=None).id, "missing_date")
    book.reject("kb_transactions", sold(PARTIES[8]).id, "bad_date")
    documents[-1]["txn_date"] = "0000-00-00 00:00:00"
    sold(PARTIES[9])
    lines[-1]["quantity"] = "abc"
    book.reject("kb_lineitems", lines[-1]["lineitem_id"], "bad_number")

    # no tax is zero tax and no broken line, but then the document does not add up
    entered = sold(PARTIES[10], 1, moves_stock=True)
    lines[-1] |= {"lineitem_tax_amount": None, "total_amount": float(rice.price)}
    untaxed = {
        line_id: replace(line, tax=NOTHING, total=rice.price)
        for line_id, line in entered.lines.items()
    }
    book.record(replace(entered, lines=untaxed), day, PARTIES[10])
    entered = sold(PARTIES[11], 1, moves_stock=True)
    documents[-1]["txn_balance_amount"] += 10.0
    book.record(entered, day, PARTIES[11])

    # goods given away, a bill number used twice, an item that was given up later
    bulb = book.items[10]
    entered = book.document(SALE, day, PARTIES[0], [book.line(bulb, 3, "Pcs", NOTHING)])
    book.record(entered, day, PARTIES[0])
    again = [book.line(bulb, 1, "Pcs", Decimal(95))]
    number = entered.cells["txn_ref_number_char"]
    book.record(book.document(SALE, day, PARTIES[0], again, number=number), day, PARTIES[0])
    old = next(item for item in book.items.values() if not item.is_active)
    given_up = [book.line(old, 4, "Pcs", Decimal(100))]
    book.record(book.document(SALE, day, PARTIES[1], given_up), day, PARTIES[1])
    book.add(
        "recycle_bin",
        id=1,
        txn_deleted_date=book.stamp(day),
        txn_type=SALE,
        txn_data_json=json.dumps({"txn_id": 77_777, "txn_cash_amount": 99_999}),
    )
    book.ignore("recycle_bin")


def earlier(book: Book) -> Book:
    """A book as it was on 1 July 2026, with a bill that was deleted since."""
    kept = {
        row["txn_id"]
        for row in book.rows["kb_transactions"]
        if row["txn_date"] and str(row["txn_date"]) < EARLIER
    }
    for table, key in (("kb_transactions", "txn_id"), ("kb_lineitems", "lineitem_txn_id")):
        book.rows[table] = [row for row in book.rows[table] if row[key] in kept]
    for kind in ("sales", "documents", "purchases"):
        book.truth[kind] = [entry for entry in book.truth[kind] if entry["txn_id"] in kept]
    book.truth["ignored"].clear()
    book.next_document = book.next_line = 900_001
    day = dt.date(2026, 6, 30)
    bulbs = book.line(book.items[10], 10, "Pcs", Decimal(95))
    book.record(book.document(SALE, day, PARTIES[0], [bulbs]), day, PARTIES[0])
    return book


def write_book(book: Book, path: Path, stamp: str = STAMP) -> None:
    """Write a backup as Vyapar does, and beside it its truth."""
    book.close()
    if stamp == EARLIER_STAMP:
        # the stock of that day is not known: it comes from later documents too
        book.truth["inventory"] = []
    name = f"{book.name.replace(' ', '')}__t_{stamp}_qhxw.vyp"
    path.write_bytes(packed((name, _database(book))))
    sales = book.truth["sales"]
    totals = {
        "sales_lines": len(sales),
        "net_revenue": _sum(sales, "net_revenue"),
        "gross": _sum(sales, "gross_amount"),
    }
    truth = json.dumps({**book.truth, "totals": totals}, indent=1, ensure_ascii=False)
    path.with_suffix(".truth.json").write_text(truth, encoding="utf-8")


def write_sale_report(book: Book, path: Path) -> None:
    """Write the workbook "Sale report" as Vyapar's desktop program does."""
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in book.rows["kb_lineitems"]:
        lines.setdefault(row["lineitem_txn_id"], []).append(row)
    names = {number: name for name, number in book.parties.items()}
    reported = {
        entry["txn_id"]
        for entry in (*book.truth["documents"], *book.truth["unitemised_sales"])
        if str(entry.get("doc_type", "sale")).startswith("sale")
    }
    title: list[Sequence[object]] = [["Generated on Sep 15, 2026 at 9:04 pm"], []]
    documents, details = [*title, _REPORT_HEADINGS], [*title, _DETAIL_HEADINGS, []]
    total = NOTHING
    for row in book.rows["kb_transactions"]:
        label = _LABELS.get(row["txn_type"])
        is_cancelled = row["txn_type"] == CANCELLED_SALE
        if label is None or not (row["txn_id"] in reported or is_cancelled):
            continue
        day = dt.date.fromisoformat(row["txn_date"][:10]).strftime("%d/%m/%Y")
        number = row["txn_invoice_prefix"] + row["txn_ref_number_char"]
        party = names.get(row["txn_name_id"]) or row.get("txn_display_name") or "Cash Sale"
        head = [day, "", number, party, "", label]
        if is_cancelled:
            documents.append([*head, "", "Cash", "", "", "Cancelled", ""])
            continue
        amounts = row["txn_cash_amount"], row["txn_balance_amount"]
        amount = sum((Decimal(str(part)) for part in amounts), NOTHING)
        total += -amount if row["txn_type"] == SALE_RETURN else amount
        status = {1: "Unpaid", 2: "Partial", 3: "Paid"}[row["txn_payment_status"]]
        documents.append([*head, float(amount), "Cash", *amounts, status, "Thank you"])
        for line in lines.get(row["txn_id"], []):
            if line["item_id"] in book.items:
                item = book.items[line["item_id"]]
                details.append([day, number, party, *_detail(item, line, label)])
    documents += [[], ["", "", "", "", "Total", "", float(total)]]
    write_xlsx(path, {"Sale Report": documents, "Item Details": details})


def write_broken(folder: Path, good: Path) -> None:
    """Write files that are no backups, or hostile ones, out of a good one."""
    content = good.read_bytes()
    with zipfile.ZipFile(good) as archive:
        database = archive.read(archive.namelist()[0])
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table other (a)")
        connection.commit()
        foreign = connection.serialize()
    noise = random.Random(1).randbytes(2000)
    files = {
        "bad_not_zip.vyb": b"this is not a backup",
        "bad_truncated_zip.vyb": content[: len(content) // 2],
        "bad_empty_zip.vyb": packed(),
        "bad_no_database.vyb": packed(("readme.txt", b"hello")),
        "bad_not_sqlite.vyb": packed(("x.vyp", b"SQLite format 4\0" + noise)),
        "bad_corrupt_sqlite.vyb": packed(
            ("x.vyp", database[:5000] + b"\xff" * 6000 + database[11_000:])
        ),
        "bad_wrong_tables.vyb": packed(("x.vyp", foreign)),
        "bad_zip_slip.vyb": packed(("../../../../tmp/evil.vyp", database)),
        "bad_two_databases.vyb": packed(("a.vyp", database), ("b.vyp", database)),
        "bad_bomb.vyb": packed(("x.vyp", *_BOMB)),
        "ok_raw_database.vyp": database,
    }
    for name, broken in files.items():
        (folder / name).write_bytes(broken)


def packed(*members: tuple[str, *tuple[bytes, ...]]) -> bytes:
    """A zip archive of members in parts; they carry no date of today."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, *parts in members:
            entry = zipfile.ZipInfo(name, date_time=(2026, 9, 15, 21, 4, 32))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                for part in parts:
                    member.write(part)
    return content.getvalue()


_REPORT_HEADINGS = (
    *("Date", "Order No", "Invoice No", "Party Name", "Party Phone No.", "Transaction Type"),
    *("Total Amount", "Payment Type", "Received/Paid Amount", "Balance Due", "Payment Status"),
    "Description",
)
_DETAIL_HEADINGS = (
    *("Date", "Invoice No./Txn No.", "Party Name", "Item Name", "Item Code", "HSN/SAC"),
    *("Category", "Challan/Order No.", "Quantity", "Unit", "UnitPrice", "Discount Percent"),
    *("Discount", "Tax Percent", "Tax", "Transaction Type", "Amount"),
)


def _detail(item: Item, line: Mapping[str, Any], label: str) -> list[object]:
    quantity = format(Decimal(str(line["quantity"])).normalize() + 0, "f")
    return [
        *(
            item.good.name,
            item.good.code,
            "",
            item.good.category,
            "",
            quantity,
            item.good.base or "",
        ),
        *(round(line["priceperunit"], 2), line["lineitem_discount_percent"]),
        *(round(line["lineitem_discount_amount"], 2), item.gst),
        *(line["lineitem_tax_amount"] or 0, label, line["total_amount"]),
    ]


def _sum(entries: Sequence[Mapping[str, str]], name: str) -> str:
    return str(sum((Decimal(entry[name]) for entry in entries), NOTHING))


def _database(book: Book) -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        for table in SCHEMA:
            is_old = book.style.is_old
            definition = ", ".join(columns(table, is_old))
            if not definition:
                continue
            connection.execute(f"create table {table} ({definition})")
            there = set(column_names(table, is_old))
            for row in book.rows[table]:
                cells = {name: value for name, value in row.items() if name in there}
                places = ", ".join("?" * len(cells))
                connection.execute(
                    f"insert into {table} ({', '.join(cells)}) values ({places})",
                    list(cells.values()),
                )
        # real backups carry a full-text table; not every SQLite can make one
        with suppress(sqlite3.OperationalError):
            connection.execute("create virtual table kb_fts_vtable using fts3 (fts_text)")
        connection.commit()
        return connection.serialize()


def _lines(book: Book, count: int, is_purchase: bool = False) -> list[BillLine]:
    """Lines of different items, the best sellers more often."""
    chance = book.chance
    pool = [
        item
        for item in book.items.values()
        if item.is_active
        and not item.good.name.startswith("Dead")
        and item.good.item_type != EXPENSE_ITEM
        and not (is_purchase and item.good.item_type != STOCKED)
    ]
    weights = [
        6 if item.good.name.startswith(_BEST) else 0.15 if item.good.name.startswith(_SLOW) else 1.5
        for item in pool
    ]
    drawn = {item.id: item for item in chance.choices(pool, weights, k=count)}
    return [_line(book, item, is_purchase) for item in drawn.values()]


def _line(book: Book, item: Item, is_purchase: bool) -> BillLine:
    chance, row = book.chance, item.good
    unit, price = row.base, row.cost if is_purchase else item.price
    quantity: Decimal | int
    if row.secondary and row.conversion and not is_purchase and chance.random() < 0.45:
        unit, price = row.secondary, price / row.conversion
        quantity = chance.choice([1, 3, 5, 6, 10, 12, 24, 25])
    elif row.base == "Kg":
        quantity = Decimal(str(round(chance.uniform(0.25, 30), 3)))
    else:
        quantity = chance.randint(1, 8) * (5 if is_purchase else 1)
    if is_purchase:
        return book.line(item, quantity, unit, paise(price))
    percent = Decimal(chance.choice(["0", "0", "0", "0", "2", "5", "7.5", "10"]))
    has_free = row.item_type == STOCKED and unit == row.base and chance.random() < 0.05
    free = chance.randint(1, 2) if has_free else 0
    return book.line(item, quantity, unit, paise(price), percent, free)


def _charges(book: Book) -> list[Charge]:
    if book.style.is_old or book.chance.random() >= 0.1:
        return []
    freight = Charge("Freight", paise(book.chance.choice([50, 120, 200])))
    packing = Charge("Packing", paise(40), paise("7.20"))
    return [freight, packing] if book.chance.random() < 0.5 else [freight]


def _buy(book: Book, day: dt.date, firm: int, number: str) -> None:
    chance = book.chance
    lines = _lines(book, chance.randint(2, 5), is_purchase=True)
    supplier = chance.choice(SUPPLIERS)
    paid = 0 if chance.random() < 0.5 else None
    entered = book.document(PURCHASE, day, supplier, lines, firm=firm, paid=paid, number=number)
    book.record(entered, day, supplier)


def _take_back(
    book: Book, sold: BillLine, day: dt.date, firm: int, party: str | None, display: str
) -> None:
    """A credit note for half of a line: positive figures, a series of numbers of its own."""
    typed = sold.typed_quantity
    half = book.line(
        sold.item,
        typed if typed < 2 else typed / 2,
        sold.unit,
        book.typed_price(sold),
        sold.discount_percent,
    )
    later = min(day + dt.timedelta(days=book.chance.randint(1, 20)), book.end)
    entered = book.document(
        SALE_RETURN, later, party, [half], firm=firm, paid=0, txn_display_name=display
    )
    book.record(entered, later, party, display)


def _enter_others(book: Book, day: dt.date, firm: int) -> None:
    """Documents that are no sales and no purchases."""
    chance = book.chance
    for kind, why, share, parties, status in (
        (ESTIMATE, "estimate", 0.18, PARTIES, 4),
        (CHALLAN, "delivery_challan", 0.05, PARTIES, 1),
        (SALE_ORDER, "sale_order", 0.04, PARTIES, 1),
        (PURCHASE_ORDER, "purchase_order", 0.04, SUPPLIERS, 2),
    ):
        if chance.random() < share:
            lines = _lines(book, 2)
            party = chance.choice(parties)
            book.document(kind, day, party, lines, firm=firm, status=status, paid=0)
            book.ignore(why)
    for kind, why, share, parties, amount in (
        (PAYMENT_IN, "payment_in", 0.15, PARTIES, 1000),
        (PAYMENT_OUT, "payment_out", 0.05, SUPPLIERS, 5000),
    ):
        if chance.random() < share:
            book.document(kind, day, chance.choice(parties), firm=firm, amount=amount)
            book.ignore(why)
    if chance.random() < 0.05:
        _spend(book, day, firm)


def _spend(book: Book, day: dt.date, firm: int) -> None:
    """An expense: Vyapar makes an item of its own for each typed line of one."""
    head = book.chance.choice(["Petrol", "Rent", "Salary"])
    name = f"{head} {day:%d %b}"
    item = next((item for item in book.items.values() if item.good.name == name), None)
    if item is None:
        row = Good(name, "", "General", None, NOTHING, NOTHING, 0, EXPENSE_ITEM)
        item = Item(max(book.items) + 1, row, NOTHING, 0)
        book.items[item.id], book.stock[item.id] = item, NOTHING
    line = BillLine(item, Decimal(1), Decimal(300), None, Decimal(300))
    book.document(EXPENSE, day, None, [line], firm=firm, txn_category_id=book.parties[head])
    book.ignore("expense")
