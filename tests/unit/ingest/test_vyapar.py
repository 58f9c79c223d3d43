"""Vyapar backups: every line of a book is read right or accounted for; bad files are refused."""

import contextlib
import json
import os
import random
import re
import sqlite3
import struct
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.ingest.outcomes import Issue, RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.ingest.vyapar import container, database
from lucid_orchestration.ingest.vyapar.amounts import number, plain, spread
from lucid_orchestration.ingest.vyapar.backup import read_database
from lucid_orchestration.settings import PROJECT_DIR
from tests.generators.vyapar import write_books, write_broken
from tests.vyapar_books import (
    ESTIMATE,
    PAYMENT_IN,
    PURCHASE,
    PURCHASE_RETURN,
    SALE,
    SALE_RETURN,
    Book,
    line,
    shop,
)


def opened(tmp_path: Path, book: Book, *statements: str, **options: Any) -> OpenedFile:
    return open_file(book.backup(tmp_path / "shop.vyb", *statements, **options))


def rows(found: OpenedFile, kind: str) -> list[dict[str, str]]:
    return [
        dict(zip(table.layout.header, row.cells, strict=True))
        for table in found.tables
        if table.layout.kind == kind
        for row in table.rows
    ]


def values(found: OpenedFile, kind: str, *fields: str) -> list[tuple[str, ...]]:
    return [tuple(row[field] for field in fields) for row in rows(found, kind)]


def issue(found: OpenedFile, code: str) -> Issue:
    (only,) = [entry for entry in found.issues if entry.code == code]
    return only


def codes(found: OpenedFile) -> set[str]:
    return {entry.code for entry in found.issues}


def refusal(path: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        open_file(path)
    return caught.value


def test_a_sale_is_read_without_tax_in_base_units_with_names(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea", item_code="T1", base_unit_id=1, secondary_unit_id=2)
    book.add("kb_item_categories_mapping", item_id=tea, category_id=2)
    # one jar of a carton of 24, as Vyapar stores it: already in cartons
    jar = line(tea, 1 / 24, 118.0, 18.0, lineitem_unit_id=2)
    book.document(SALE, jar, txn_name_id=1, txn_invoice_prefix="A/", txn_ref_number_char="7")
    found = opened(tmp_path, book)
    assert rows(found, "sales") == [
        {
            "sale_date": "2026-04-01",
            "transaction_id": "A/7",
            "line_id": "1",
            "document_type": "Sale",
            "product_id": "T1",
            "product_name": "Tea",
            "category": "Grocery",
            "customer_id": "Anil Traders",
            "store": "Ganesh Stores",
            "unit": "Ctn",
            "quantity": "0.041666666666666664",
            "net_amount": "100",
            "gross_amount": "118",
            "tax_amount": "18",
            "discount_amount": "0",
        }
    ]
    assert found.container == "vyapar"
    (sales, _) = found.tables
    assert (sales.layout.date_order, sales.layout.decimal_mark) == ("ymd", ".")
    assert (sales.counts.landed, sales.counts.found) == (1, 1)


def test_each_kind_of_document_goes_where_it_belongs(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    for number_of, kind in enumerate((SALE, SALE_RETURN, PURCHASE, PURCHASE_RETURN), start=1):
        book.document(kind, line(tea, number_of, 10.0))
    found = opened(tmp_path, book)
    # returns are stored with positive figures; SQL turns them
    assert values(found, "sales", "document_type", "quantity") == [
        ("Sale", "1"),
        ("Credit Note", "2"),
    ]
    found = open_file(tmp_path / "shop.vyb")
    assert values(found, "purchases", "document_type", "quantity") == [
        ("Purchase", "3"),
        ("Purchase Return", "4"),
    ]


def test_a_cash_sale_carries_the_name_that_was_typed(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 1, 10.0), txn_display_name="Ramesh")
    book.document(SALE, line(tea, 1, 10.0))
    assert values(opened(tmp_path, book), "sales", "customer_id") == [("Ramesh",), ("",)]


def test_the_discount_of_a_bill_is_spread_by_gross_to_the_paisa(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    lines = [line(tea, 1, gross, tax) for gross, tax in ((105.0, 5.0), (118.0, 18.0), (0.0, 0))]
    book.document(
        SALE, *lines, txn_discount_amount=10.01, txn_cash_amount=100.0, txn_balance_amount=112.99
    )
    found = opened(tmp_path, book)
    assert values(found, "sales", "net_amount", "discount_amount") == [
        ("95.29", "4.71"),
        ("94.7", "5.3"),
        ("0", "0"),
    ]
    assert issue(found, "totals_checked").message.startswith("1 of 1 documents")


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        ("10", "1 1 1", "3.33 3.33 3.34"),
        ("0.01", "1 1", "0.01 0"),
        ("5", "0 0", "0 5"),
        ("1.2345", "1 3", "0.31 0.9245"),
        ("-10", "1 1 1", "-3.33 -3.33 -3.34"),
        ("7", "", ""),
    ],
)
def test_shares_add_up_to_the_amount_exactly(amount: str, weights: str, shares: str) -> None:
    found = spread(Decimal(amount), [Decimal(weight) for weight in weights.split()])
    assert [plain(share) for share in found] == shares.split()


def test_free_goods_leave_the_stock_and_earn_nothing(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 10, 100.0, lineitem_free_quantity=2.0))
    book.document(PURCHASE, line(tea, 20, 110.0, lineitem_free_quantity=2.0))
    found = opened(tmp_path, book)
    assert values(found, "sales", "line_id", "product_name", "quantity", "net_amount") == [
        ("1", "Tea", "10", "100"),
        ("1 free", "Tea", "2", "0"),
    ]
    # 110 paid for 22
    found = open_file(tmp_path / "shop.vyb")
    assert values(found, "purchases", "quantity", "net_amount") == [("22", "110")]


def test_a_total_without_items_is_revenue_of_no_product(tmp_path: Path) -> None:
    book = shop()
    book.document(
        SALE,
        txn_cash_amount=100.0,
        txn_balance_amount=2400.5,
        txn_tax_amount=100.0,
        txn_round_off_amount=0.5,
        txn_ac1_amount=40.0,
        ac1_tax_amount=10.0,
    )
    book.document(PURCHASE, txn_cash_amount=700.0)
    book.document(SALE, txn_cash_amount=0.0)
    found = opened(tmp_path, book)
    assert values(found, "sales", "product_name", "quantity", "net_amount", "gross_amount") == [
        ("Unitemised sale", "1", "2350", "2450")
    ]
    patterns = (PROJECT_DIR / "seeds" / "non_product_lines.csv").read_text(encoding="utf-8")
    assert "\nunitemised sale,name," in patterns
    messages = [entry.message for entry in found.issues if entry.code == "documents_without_items"]
    assert ["1 sale(s) worth ₹2,501" in messages[0], "1 purchase(s) worth ₹700" in messages[1]] == [
        True,
        True,
    ]
    assert issue(found, "empty_documents").message.startswith("1 document(s)")


def test_charges_and_round_off_stay_outside_products(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    charged = {"txn_ac1_amount": 50.0, "ac1_tax_amount": 9.0, "txn_round_off_amount": 4.4}
    book.document(SALE, line(tea, 1, 100.6), txn_cash_amount=164.0, **charged)
    found = opened(tmp_path, book)
    assert values(found, "sales", "net_amount") == [("100.6",)]
    assert "₹59" in issue(found, "charges_left_out").message
    returned = {"txn_ac1_amount": 9.0, "txn_cash_amount": 109.6}
    book.document(SALE_RETURN, line(tea, 1, 100.6), **returned)
    assert "₹50" in issue(opened(tmp_path, book), "charges_left_out").message
    assert issue(found, "totals_checked").message.startswith("1 of 1")


def test_other_documents_are_counted_by_type_with_their_value(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 1, 10_000.0))
    book.document(ESTIMATE, line(tea, 1, 300.0), txn_cash_amount=100.0, txn_balance_amount=200.0)
    book.document(ESTIMATE, line(tea, 1, 200.0))
    book.document(PAYMENT_IN, txn_cash_amount=50.0)
    book.document(88, txn_cash_amount=1.0)
    book.document(None, txn_cash_amount=2.0)
    book.add("recycle_bin", txn_data_json="{}")
    found = opened(tmp_path, book)
    message = issue(found, "documents_ignored").message
    assert "estimate (type 27): 2 document(s) worth ₹500" in message
    assert "payment in (type 3): 1 document(s) worth ₹50" in message
    assert "unknown type 88: 1 document(s) worth ₹1" in message
    assert "unknown type none: 1 document(s) worth ₹2" in message
    assert "1 deleted document(s)" in issue(found, "documents_deleted").message
    (sales, *_) = found.tables
    assert (len(list(sales.rows)), sales.counts.landed, sales.counts.note) == (1, 1, 2)


@pytest.mark.parametrize(("aside", "severity"), [(40.0, "note"), (900.0, "warning")])
def test_only_state_1_and_none_count(tmp_path: Path, aside: float, severity: str) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 1, 600.0), txn_status=1)
    book.document(SALE, line(tea, 1, 400.0), txn_status=None)
    book.document(SALE, line(tea, 1, aside), txn_status=3)
    book.document(PURCHASE, line(tea, 1, 9.0), txn_status=2)
    found = opened(tmp_path, book)
    assert values(found, "sales", "net_amount") == [("600",), ("400",)]
    told = issue(found, "documents_not_live")
    assert told.severity == severity
    assert f"sale in state 3, such as cancelled: 1 document(s) worth ₹{aside:.0f}" in told.message


def test_old_books_lack_columns_and_store_milliseconds(tmp_path: Path) -> None:
    book = shop()
    rice = book.item("Rice", category_id=3, item_stock_quantity=4.0)
    # 1 and 2 April 2026 at midnight in India
    for moment in (1_774_981_800_000, 1_775_068_200_000):
        book.document(SALE, line(rice, 1, 50.0), txn_date=moment)
    book.without = {
        "kb_item_categories_mapping": "*",
        "recycle_bin": "*",
        "kb_transactions": ("txn_status", "txn_firm_id", "txn_round_off_amount", "ac1_tax_amount"),
        "kb_lineitems": ("lineitem_free_quantity", "lineitem_tax_amount"),
        "kb_items": ("item_is_active", "item_stock_value", "item_tax_type"),
    }
    found = opened(tmp_path, book)
    assert values(found, "sales", "sale_date", "category", "store", "net_amount") == [
        ("2026-04-01", "Sweets", "Ganesh Stores", "50"),
        ("2026-04-02", "Sweets", "Ganesh Stores", "50"),
    ]
    assert "tax_unknown" in codes(found)


def test_milliseconds_at_midnight_of_greenwich_are_days_there(tmp_path: Path) -> None:
    book = shop()
    rice = book.item("Rice")
    book.document(SALE, line(rice, 1, 50.0), txn_date=1_775_001_600_000)
    assert values(opened(tmp_path, book), "sales", "sale_date") == [("2026-04-01",)]


def test_an_item_in_several_categories_is_not_in_general(tmp_path: Path) -> None:
    book = shop()
    names = ["both", "sweets first", "only general", "none"]
    both, sweets, general, none = (
        book.item(name, item_stock_quantity=1.0, category_id=1) for name in names
    )
    for item_id, category_id in ((both, 1), (both, 2), (sweets, 3), (sweets, 2), (general, 1)):
        book.add("kb_item_categories_mapping", item_id=item_id, category_id=category_id)
    assert none == 4
    assert values(opened(tmp_path, book), "inventory", "product_name", "category") == [
        ("both", "Grocery"),
        ("sweets first", "Sweets"),
        ("only general", "General"),
        ("none", "General"),
    ]


def test_stock_is_as_of_the_backup_and_only_goods_have_it(tmp_path: Path) -> None:
    book = shop()
    book.item("Tea", item_stock_quantity=-3.5, item_purchase_unit_price=80.0)
    book.item("Rice", item_stock_quantity=4.0, item_stock_value=90.0, item_purchase_unit_price=9.9)
    book.item("Old pot", item_stock_quantity=2.0, item_is_active=0, item_min_stock_quantity=5.0)
    book.item("Delivery", item_type=3, item_stock_quantity=1.0)
    book.item("Petrol", item_type=2, item_stock_quantity=1.0)
    found = opened(tmp_path, book)
    assert values(
        found,
        "inventory",
        "stock_date",
        "product_name",
        "quantity",
        "unit_cost",
        "stock_value",
        "reorder_level",
    ) == [
        ("2026-09-15", "Tea", "-3.5", "80", "", ""),
        ("2026-09-15", "Rice", "4", "", "90", ""),
        ("2026-09-15", "Old pot", "2", "", "", "5"),
    ]
    assert "1 of 3 items" in issue(found, "negative_stock").message
    assert "Old pot (2)" in issue(found, "inactive_items_in_stock").message


def test_prices_of_the_item_list_are_without_tax(tmp_path: Path) -> None:
    book = shop()
    prices: dict[str, object] = {"item_sale_unit_price": 118.0, "item_purchase_unit_price": 59.0}
    taxed: dict[str, object] = {"item_tax_type": 1, "item_tax_type_purchase": 1, "item_tax_id": 2}
    book.item("With", **prices, **taxed)
    book.item("Without", **prices, item_tax_type=2, item_tax_id=2)
    book.item("Unpriced", item_sale_unit_price=0.0)
    assert values(
        opened(tmp_path, book), "products", "product_name", "sale_price", "unit_cost"
    ) == [("With", "100", "50"), ("Without", "118", "59")]


def test_several_firms_are_told_apart(tmp_path: Path) -> None:
    book = shop()
    book.add("kb_firms", firm_name="Ganesh Sweets")
    tea = book.item("Tea")
    for firm in (1, 2, None, 9):
        book.document(SALE, line(tea, 1, 10.0), txn_firm_id=firm, txn_ref_number_char="1")
    found = opened(tmp_path, book)
    assert values(found, "sales", "transaction_id", "store") == [
        ("1", "Ganesh Stores"),
        ("1", "Ganesh Sweets"),
        ("1", ""),
        ("1", ""),
    ]
    assert "Ganesh Stores, Ganesh Sweets" in issue(found, "several_firms").message


def test_broken_rows_reach_sql_as_they_are_or_are_counted(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 1, 1000.0))
    book.document(SALE, line(77, 1, 10.0))
    book.document(SALE, line(tea, "two", 10.0))
    book.document(SALE, line(tea, 1, "free of charge"))
    book.document(SALE, line(tea, 1, None))
    book.document(SALE, line(tea, 1, 10.0, "?"))
    book.document(SALE, line(tea, 1, float("inf")), txn_cash_amount=1.0)
    book.document(SALE, line(tea, 1, 10.0), txn_discount_amount="some")
    book.document(SALE, line(tea, 1, 10.0), txn_date="0000-00-00 00:00:00")
    book.document(SALE, line(tea, 1, 10.0), txn_date=None)
    book.document(SALE, line(tea, 1, 10.0, None))
    book.document(SALE, line(tea, 1, 10.0), txn_date="2026-02-30 00:00:00")
    book.add("kb_lineitems", **{**line(tea, 1, 5.0), "lineitem_txn_id": 999})
    found = opened(tmp_path, book)
    assert values(found, "sales", "product_name", "sale_date", "quantity", "net_amount") == [
        ("Tea", "2026-04-01", "1", "1000"),
        ("", "2026-04-01", "1", "10"),
        ("Tea", "2026-04-01", "two", "10"),
        ("Tea", "2026-04-01", "1", "free of charge"),
        ("Tea", "2026-04-01", "1", "no amount"),
        ("Tea", "2026-04-01", "1", "?"),
        ("Tea", "2026-04-01", "1", "inf"),
        ("Tea", "2026-04-01", "1", "some"),
        ("Tea", "0000-00-00 00:00:00", "1", "10"),
        ("Tea", "", "1", "10"),
        ("Tea", "2026-04-01", "1", "10"),
        ("Tea", "2026-02-30 00:00:00", "1", "10"),
    ]
    assert issue(found, "orphan_lines").message.startswith("1 line(s)")
    assert issue(found, "lines_of_unknown_items").message.startswith("1 line(s)")
    assert found.tables[0].counts.found == 13
    # an unreadable date is not the latest one
    assert "the latest of 2026-04-01" in issue(found, "book_read").message


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (1e14, "100000000000000"),
        (1e15, None),
        (float("nan"), None),
        (float("-inf"), None),
        ("1,234.50", None),
        (" 12.50 ", "12.5"),
        ("9" * 50, None),
        (None, None),
        (-0.0, "0"),
        (5e-324, "0"),
    ],
)
def test_numbers_are_exact_or_none(value: float | str | None, shown: str | None) -> None:
    found = number(value)
    assert (None if found is None else plain(found)) == shown


def without_tax_in_total(document_total: Callable[[float, float], float]) -> Book:
    """A book whose line totals are without tax."""
    book = shop()
    tea = book.item("Tea")
    for quantity in range(1, 21):
        net, tax = 100.0 * quantity, 18.0 * quantity
        book.document(
            SALE,
            {**line(tea, quantity, net, tax), "priceperunit": 100.0},
            txn_cash_amount=document_total(net, tax),
        )
    return book


def test_a_book_of_the_other_convention_is_refused_with_the_figures(tmp_path: Path) -> None:
    book = without_tax_in_total(lambda net, tax: net + tax)
    told = refusal(book.backup(tmp_path / "other.vyb"))
    assert told.reason == "other_amount_convention"
    assert "20 of 20 lines" in told.message
    assert "20 documents" in told.message
    assert "₹17,220" in told.message
    assert "₹21,000" in told.message


def test_document_totals_alone_show_the_other_convention(tmp_path: Path) -> None:
    book = without_tax_in_total(lambda net, tax: net + tax)
    for row in book.rows["kb_lineitems"]:
        row["priceperunit"] = None
    assert refusal(book.backup(tmp_path / "other.vyb")).reason == "other_amount_convention"


def test_lines_alone_show_the_other_convention(tmp_path: Path) -> None:
    book = without_tax_in_total(lambda net, tax: net + tax)
    for row in book.rows["kb_transactions"]:
        row["txn_cash_amount"] = row["txn_balance_amount"] = None
    assert refusal(book.backup(tmp_path / "other.vyb")).reason == "other_amount_convention"


def test_few_edited_lines_do_not_condemn_a_book(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    for _ in range(3):
        book.document(SALE, line(tea, 1, 118.0, 18.0))
    for _ in range(2):
        edited = {**line(tea, 1, 100.0, 18.0), "priceperunit": 100.0}
        book.document(SALE, edited, txn_cash_amount=118.0)
    found = opened(tmp_path, book)
    told = issue(found, "totals_do_not_fit")
    assert told.severity == "warning"
    assert "3 of 5 documents with items (60.0 %)" in told.message


def test_a_tax_on_the_whole_document_explains_its_total(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    book.document(SALE, line(tea, 1, 100.0), txn_cash_amount=118.0, txn_tax_amount=18.0)
    assert issue(opened(tmp_path, book), "totals_checked").message.startswith("1 of 1")


def test_a_number_used_twice_is_told_and_both_count(tmp_path: Path) -> None:
    book = shop()
    tea = book.item("Tea")
    for _ in range(2):
        book.document(SALE, line(tea, 1, 10.0), txn_ref_number_char="5")
    found = opened(tmp_path, book)
    assert len(rows(found, "sales")) == 2
    assert "such as 5." in issue(found, "repeated_document_numbers").message


def test_snapshots_of_one_company_share_an_id_whatever_the_file_is_called(tmp_path: Path) -> None:
    def snapshot(name: str, stamp: str | None, gstin: str = "", firm: str = "Ganesh") -> Any:
        book = shop()
        book.rows["kb_firms"][0] |= {"firm_gstin_number": gstin, "firm_name": firm}
        tea = book.item("Tea")
        book.document(SALE, line(tea, 1, 1.0), txn_date_modified="2026-05-06 07:08:09")
        found = open_file(book.backup(tmp_path / name, stamp=stamp)).snapshot
        assert found is not None
        return found

    first = snapshot("a.vyb", "2026_07_01_20_00_00")
    second = snapshot("b copy.zip", "2026_09_15_21_04_33", firm=" GANESH  ")
    assert first.book_id == second.book_id
    assert (first.taken_at, second.taken_at) == ("2026-07-01T20:00:00", "2026-09-15T21:04:33")
    # the GSTIN, where there is one, goes before the name
    branch = snapshot("c.vyb", None, gstin="36AAAAA0000A1Z5")
    assert branch.book_id != first.book_id
    assert branch.book_id == snapshot("d.vyb", None, "36aaaaa0000a1z5", "Ganesh Stores").book_id
    # without a time in the name, the book's own last change
    assert branch.taken_at == "2026-05-06T07:08:09"
    assert snapshot("e.vyb", "2026_13_45_99_00_00").taken_at == "2026-05-06T07:08:09"


def test_a_bare_database_is_a_backup_and_is_left_alone(tmp_path: Path) -> None:
    book = shop()
    book.document(SALE, line(book.item("Tea"), 1, 10.0))
    path = book.database(tmp_path / "named.like.csv")
    before = (path.read_bytes(), sorted(tmp_path.iterdir()))
    assert values(open_file(path), "sales", "net_amount") == [("10",)]
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def small_database(tmp_path: Path) -> bytes:
    book = shop()
    book.document(SALE, line(book.item("Tea"), 1, 10.0))
    return book.database(tmp_path / "inner.db").read_bytes()


def bad_files(tmp_path: Path) -> dict[str, tuple[Path, str]]:
    content = small_database(tmp_path)
    good = zipped(tmp_path / "good.zip", ("x.vyp", content)).read_bytes()

    def written(name: str, made: bytes) -> Path:
        (tmp_path / name).write_bytes(made)
        return tmp_path / name

    locked = bytearray(good)
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    packed_oddly = bytearray(good)
    packed_oddly[8] = 97
    packed_oddly[packed_oddly.index(b"PK\x01\x02") + 10] = 97
    many = bytearray(good)
    many[-10:-6] = struct.pack("<I", 50_000_000)
    # a name ends at a zero byte
    named = zipped(tmp_path / "named.vyb", ("@", b"hello")).read_bytes()
    nameless = named.replace(b"@", b"\0")
    with sqlite3.connect(":memory:") as other:
        other.execute("create table list (item)")
        foreign = other.serialize()
    with sqlite3.connect(":memory:") as part:
        part.execute("create table kb_items (item_id, item_name)")
        unknown = part.serialize()
    damaged = content[:4096] + b"\xff" * 8192 + content[12288:]
    return {
        "text": (written("text.vyb", b"this is not a backup"), "corrupt_file"),
        "cut": (written("cut.vyb", good[: len(good) // 2]), "corrupt_file"),
        "broken_sum": (written("sum.vyb", good.replace(good[60:70], bytes(10))), "corrupt_file"),
        "empty_zip": (zipped(tmp_path / "none.vyb"), "no_rows"),
        "no_database": (zipped(tmp_path / "txt.vyb", ("a.txt", b"hello")), "unsupported_type"),
        "no_sqlite": (zipped(tmp_path / "odd.vyb", ("x.vyp", b"hello")), "unsupported_type"),
        "empty_member": (zipped(tmp_path / "nil.vyb", ("x.vyp", b"")), "corrupt_file"),
        "nameless": (written("nameless.vyb", nameless), "unsupported_type"),
        "two": (
            zipped(tmp_path / "two.vyb", ("a.vyp", content), ("b.vyp", content)),
            "several_databases",
        ),
        "locked": (written("locked.vyb", bytes(locked)), "encrypted"),
        "method": (written("method.vyb", bytes(packed_oddly)), "corrupt_file"),
        "member_list": (written("many.vyb", bytes(many)), "unsupported_type"),
        "damaged": (zipped(tmp_path / "hurt.vyb", ("x.vyp", damaged)), "corrupt_file"),
        "cut_database": (zipped(tmp_path / "half.vyb", ("x.vyp", content[:9000])), "corrupt_file"),
        "foreign": (zipped(tmp_path / "foreign.vyb", ("x.vyp", foreign)), "unsupported_type"),
        "bare_foreign": (written("foreign.db", foreign), "unsupported_type"),
        "unknown_version": (zipped(tmp_path / "new.vyb", ("x.vyp", unknown)), "unknown_layout"),
        "nothing_in_it": (Book().backup(tmp_path / "void.vyb"), "no_rows"),
        "bomb": (
            zipped(tmp_path / "bomb.vyb", ("x.vyp", b"SQLite format 3\0" + bytes(60_000_000))),
            "too_large",
        ),
    }


def test_bad_files_are_refused_with_the_way_out_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    for name, (path, reason) in bad_files(tmp_path).items():
        told = refusal(path)
        assert (name, told.reason) == (name, reason)
        assert len(told.message.split(". ")) > 1, name
    assert list(scratch.iterdir()) == []


def test_names_inside_a_backup_are_never_paths(tmp_path: Path) -> None:
    content = small_database(tmp_path)
    path = zipped(tmp_path / "slip.vyb", ("../../evil.vyp", content), ("readme.txt", b"x"))
    assert values(open_file(path), "sales", "net_amount") == [("10",)]
    assert not list(tmp_path.parent.parent.glob("evil.vyp"))


def test_the_size_written_is_capped_whatever_the_header_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_BYTES", 10_000)
    path = zipped(tmp_path / "large.vyb", ("x.vyp", b"SQLite format 3\0" + os.urandom(5000) * 3))
    assert path.stat().st_size < 10_000
    assert refusal(path).reason == "too_large"
    bare = tmp_path / "bare.vyp"
    bare.write_bytes(b"SQLite format 3\0" + bytes(20_000))
    assert refusal(bare).reason == "too_large"


@pytest.mark.parametrize(("noise", "reason"), [(7_000, "too_large"), (30_000, "corrupt_file")])
def test_a_backup_packed_like_nothing_vyapar_writes_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noise: int, reason: str
) -> None:
    """Zeros pack a thousand to one; with noise between them four hundred, or one hundred."""
    monkeypatch.setattr(container, "_RATIO_MATTERS_FROM", 1_000_000)
    content = b"SQLite format 3\0" + random.Random(3).randbytes(noise) + bytes(4_000_000)
    path = zipped(tmp_path / "packed.vyb", ("x.vyp", content))
    # a book that unpacks is looked into, and this one is none
    assert refusal(path).reason == reason


def test_views_virtual_tables_and_triggers_of_a_file_are_not_run(tmp_path: Path) -> None:
    endless = (
        "create view {} as with recursive n(i) as (select 1 union all select i + 1 from n)"
        " select i as item_id, i as category_id, i as id from n"
    )
    book = shop()
    book.without = {"kb_item_categories_mapping": "*"}
    book.document(SALE, line(book.item("Tea", category_id=2), 1, 10.0))
    # a view that is run ends in a refusal: it has more rows than any book, and takes more steps
    found = opened(
        tmp_path,
        book,
        endless.format("kb_item_categories_mapping"),
        "create virtual table kb_fts_vtable using fts3(fts_text)",
        "create trigger t after insert on kb_items begin delete from kb_items; end",
    )
    assert values(found, "sales", "category") == [("Grocery",)]
    core = shop()
    core.without = {"kb_transactions": "*"}
    path = core.backup(tmp_path / "view.vyb", endless.format("kb_transactions"))
    assert refusal(path).reason == "unknown_layout"


def test_a_virtual_table_with_the_name_of_a_real_one_is_not_read(tmp_path: Path) -> None:
    book = shop()
    book.without = {"kb_item_categories_mapping": "*"}
    book.document(SALE, line(book.item("Tea", category_id=2), 1, 10.0))
    found = opened(
        tmp_path,
        book,
        "create virtual table kb_item_categories_mapping using fts3(id, item_id, category_id)",
        "insert into kb_item_categories_mapping values (1, 1, 3)",
    )
    assert values(found, "sales", "category") == [("Grocery",)]


def test_damage_in_a_table_that_is_not_read_refuses_the_book(tmp_path: Path) -> None:
    book = shop()
    book.document(SALE, line(book.item("Tea"), 1, 10.0))
    path = book.database(tmp_path / "hurt.vyp", "create table zz (a)", "insert into zz values (1)")
    content = path.read_bytes()
    path.write_bytes(content[:-4096] + b"\xff" * 4096)
    assert refusal(path).reason == "corrupt_file"


def test_a_slow_database_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = shop()
    book.document(SALE, line(book.item("Tea"), 1, 10.0))
    monkeypatch.setattr(database, "MAX_STEPS", 20)
    monkeypatch.setattr(database, "_STEPS_BETWEEN_CHECKS", 1)
    with pytest.raises(RefusedError) as caught:
        read_database(book.database(tmp_path / "slow.vyp"), "slow.vyp")
    assert caught.value.reason == "too_slow"


@pytest.mark.parametrize(("limit", "value"), [("MAX_ROWS", 2), ("MAX_TEXT", 20)])
def test_more_than_any_shop_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    book = shop()
    tea = book.item("Tea")
    for _ in range(3):
        book.document(SALE, line(tea, 1, 10.0))
    monkeypatch.setattr(database, limit, value)
    with pytest.raises(RefusedError) as caught:
        read_database(book.database(tmp_path / "huge.vyp"), "huge.vyp")
    assert caught.value.reason == "too_large"


def test_hostile_values_are_cut_and_never_stop_the_rest(tmp_path: Path) -> None:
    book = shop()
    long_name = book.item("x" * 5_000_000, item_code=b"\x00\xff" * 1000)
    plain_item = book.item("Tea")
    book.document(SALE, line(long_name, 1, 10.0), txn_ref_number_char="bad\x00bytes")
    book.document(SALE, line(plain_item, 1e308, 1e308), txn_cash_amount=1.0)
    book.document("sale", line(plain_item, 1, 1.0))
    found = opened(
        tmp_path,
        book,
        "update kb_names set full_name = cast(x'fffe41' as text)",
        "update kb_transactions set txn_name_id = 1 where txn_id = 1",
        "update kb_transactions set txn_date = 1e300 where txn_id = 2",
    )
    first, second = rows(found, "sales")
    assert (len(first["product_name"]), first["product_id"]) == (database.MAX_CELL, "(binary)")
    assert first["customer_id"] == "\ufffd\ufffdA"
    assert (second["net_amount"], second["sale_date"]) == ("1e+308", "1e+300")
    assert "unknown type sale" in issue(found, "documents_ignored").message


@pytest.mark.parametrize("is_packed", [True, False])
def test_any_damage_to_a_backup_is_read_or_refused(tmp_path: Path, is_packed: bool) -> None:
    """A byte changed anywhere gives rows or a refusal, nothing else."""
    content = small_database(tmp_path)
    if is_packed:
        content = zipped(tmp_path / "good.zip", ("x.vyp", content)).read_bytes()
    path = tmp_path / "hurt.vyb"
    for place in range(0, len(content), 23 if is_packed else 613):
        hurt = bytearray(content)
        hurt[place] ^= 0x55
        path.write_bytes(hurt)
        with contextlib.suppress(RefusedError):
            assert open_file(path).tables


# Five books of a shop's size, with what must come out.
SEEDS = (21, 22, 23, 24, 25)
BOOKS = ("trading", "trading_earlier", "retail_inclusive", "two_firms", "legacy_no_tax")
DOCUMENT_TYPES = {
    "Sale": "sale",
    "Credit Note": "sale_return",
    "Purchase": "purchase",
    "Purchase Return": "purchase_return",
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    for seed in SEEDS:
        write_books(folder / str(seed), seed, sales=150)
    return folder


def signed(row: dict[str, str], field: str) -> Decimal:
    sign = -1 if row["document_type"] in ("Credit Note", "Purchase Return") else 1
    return sign * Decimal(row[field])


def six_places(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"))


def expected_lines(truth: list[dict[str, Any]], amount: str) -> list[tuple[object, ...]]:
    return sorted(
        (
            entry["lineitem_id"],
            entry["doc_type"],
            entry["doc_no"],
            entry["date"],
            entry["party"] or "",
            entry["item"],
            entry["item_code"] or "",
            entry["category"],
            entry["unit"] or "",
            Decimal(entry["gross_amount"]),
            Decimal(entry["tax_amount"]),
            Decimal(entry[amount]),
        )
        for entry in truth
    )


def found_lines(found: list[dict[str, str]], day: str, party: str) -> list[tuple[object, ...]]:
    return sorted(
        (
            int(row["line_id"]),
            DOCUMENT_TYPES[row["document_type"]],
            row["transaction_id"],
            row[day],
            row[party],
            row["product_name"],
            row["product_id"],
            row["category"],
            row["unit"],
            signed(row, "gross_amount"),
            signed(row, "tax_amount"),
            signed(row, "net_amount"),
        )
        for row in found
    )


def is_sound(row: dict[str, str]) -> bool:
    """Whether SQL will accept the line."""
    return bool(
        row["product_name"]
        and re.fullmatch(r"[12]\d{3}-\d\d-\d\d", row["sale_date"])
        and re.fullmatch(r"-?[\d.]+", row["quantity"])
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", BOOKS)
def test_generated_books_equal_their_truth(generated: Path, name: str, seed: int) -> None:
    folder = generated / str(seed)
    truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    found = open_file(folder / f"{name}.vyb")
    sales = rows(found, "sales")
    itemised = [row for row in sales if row["product_name"] != "Unitemised sale"]
    sold = [row for row in itemised if "free" not in row["line_id"] and is_sound(row)]
    assert found_lines(sold, "sale_date", "customer_id") == expected_lines(
        truth["sales"], "net_revenue"
    )
    by_id = {entry["lineitem_id"]: entry for entry in truth["sales"]}
    assert {
        int(row["line_id"]): (row["store"], six_places(signed(row, "quantity"))) for row in sold
    } == {
        line_id: (entry["firm"], six_places(Decimal(entry["quantity"])))
        for line_id, entry in by_id.items()
    }
    free = [row for row in itemised if "free" in row["line_id"]]
    assert {int(row["line_id"].split()[0]): signed(row, "quantity") for row in free} == {
        line_id: Decimal(entry["free_quantity"])
        for line_id, entry in by_id.items()
        # the old schema has no column for them: its truth knows more than the book
        if Decimal(entry["free_quantity"]) and name != "legacy_no_tax"
    }
    assert sum(signed(row, "net_amount") for row in sold + free) == Decimal(
        truth["totals"]["net_revenue"]
    )
    unitemised = [row for row in sales if row["product_name"] == "Unitemised sale"]
    assert [(row["transaction_id"], Decimal(row["net_amount"])) for row in unitemised] == [
        (entry["doc_no"], Decimal(entry["total"])) for entry in truth["unitemised_sales"]
    ]
    lost = Counter(
        "orphan" if entry["reason"] == "orphan_line" else "line" for entry in truth["rejected"]
    )
    assert len(itemised) - len(sold) - len(free) == lost["line"]
    assert ("orphan_lines" in codes(found)) == bool(lost["orphan"])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", BOOKS)
def test_generated_purchases_and_stock_equal_their_truth(
    generated: Path, name: str, seed: int
) -> None:
    folder = generated / str(seed)
    truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    found = open_file(folder / f"{name}.vyb")
    bought = rows(found, "purchases")
    assert found_lines(bought, "purchase_date", "supplier") == expected_lines(
        truth["purchases"], "net_cost"
    )
    assert [six_places(signed(row, "quantity")) for row in bought] == [
        six_places(Decimal(entry["quantity"]) + Decimal(entry["free_quantity"]))
        for entry in truth["purchases"]
    ]
    if not truth["inventory"]:
        return
    prices = {row["product_name"]: row for row in rows(found, "products")}
    for row, entry in zip(rows(found, "inventory"), truth["inventory"], strict=True):
        sale_price = Decimal(entry["sale_price"])
        if entry["sale_price_includes_tax"]:
            sale_price = (sale_price * 100 / (100 + entry["gst_rate"])).quantize(Decimal("0.0001"))
        price = prices[entry["item"]]
        assert {
            "item": row["product_name"],
            "code": row["product_id"],
            "category": row["category"],
            "unit": row["unit"],
            "stock": six_places(Decimal(row["quantity"])),
            "reorder_level": row["reorder_level"] or "0",
            "sale_price": Decimal(price["sale_price"]),
            "cost": Decimal(price["unit_cost"]) if price["unit_cost"] else None,
        } == {
            "item": entry["item"],
            "code": entry["item_code"] or "",
            "category": entry["category"],
            "unit": entry["unit"],
            "stock": six_places(Decimal(entry["stock_quantity"])),
            "reorder_level": entry["reorder_level"],
            "sale_price": sale_price,
            "cost": Decimal(entry["purchase_price"]) if entry["purchase_price"] else None,
        }


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", BOOKS)
def test_what_is_ignored_in_generated_books_is_counted(
    generated: Path, name: str, seed: int
) -> None:
    folder = generated / str(seed)
    truth = json.loads((folder / f"{name}.truth.json").read_text(encoding="utf-8"))
    told = " ".join(entry.message for entry in open_file(folder / f"{name}.vyb").issues)
    counted: Counter[str] = Counter()
    for kind, code, count in re.findall(r"([a-z ]+?) (?:\(type )?(\d+)\)?: (\d+) document", told):
        counted[kind.strip().replace(" ", "_") if kind.strip() != "unknown type" else code] += int(
            count
        )
    words = {"type_65": "cancelled_document", "unknown_type_88": "88"}
    expected = Counter(
        {
            words.get(kind, kind): count
            for kind, count in truth["ignored"].items()
            if not kind.startswith(("sale_status", "recycle_bin"))
        }
    )
    if truth["ignored"]:
        assert counted == expected
    aside = sum(count for kind, count in truth["ignored"].items() if kind.startswith("sale_status"))
    assert len(re.findall(r"sale in state \d", told)) == aside
    assert ("recycle bin" in told) == ("recycle_bin" in truth["ignored"])


def test_generated_snapshots_are_of_one_book(generated: Path) -> None:
    folder = generated / str(SEEDS[0])
    found = {name: open_file(folder / f"{name}.vyb").snapshot for name in BOOKS}
    newest, earlier = found["trading"], found["trading_earlier"]
    assert newest is not None
    assert earlier is not None
    assert newest.book_id == earlier.book_id
    assert newest.taken_at > earlier.taken_at
    assert len({entry.book_id for entry in found.values() if entry}) == 4


def test_generated_broken_files_are_refused(generated: Path) -> None:
    folder = generated / str(SEEDS[0])
    write_broken(folder, folder / "trading.vyb")
    expected = {
        "bad_not_zip": "corrupt_file",
        "bad_truncated_zip": "corrupt_file",
        "bad_empty_zip": "no_rows",
        "bad_no_database": "unsupported_type",
        "bad_not_sqlite": "unsupported_type",
        "bad_corrupt_sqlite": "corrupt_file",
        "bad_wrong_tables": "unsupported_type",
        "bad_two_databases": "several_databases",
        "bad_bomb": "too_large",
    }
    assert {name: refusal(folder / f"{name}.vyb").reason for name in expected} == expected
    # harmless: its name is no path here, and a bare database is a backup
    content = rows(open_file(folder / "trading.vyb"), "sales")
    for name in ("bad_zip_slip.vyb", "ok_raw_database.vyp"):
        assert rows(open_file(folder / name), "sales") == content
