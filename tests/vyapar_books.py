"""Small Vyapar books, written from what is known of the database, for tests."""

import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

STAMP = "2026_09_15_21_04_33"
SALE, PURCHASE, PAYMENT_IN, SALE_RETURN, PURCHASE_RETURN, ESTIMATE = 1, 2, 3, 21, 23, 27
# Tables and columns as Vyapar names them, with its types: they decide what SQLite makes of a value.
SCHEMA = {
    "kb_firms": "firm_id integer primary key, firm_name varchar, firm_gstin_number varchar",
    "kb_names": "name_id integer primary key, full_name varchar, name_type integer",
    "kb_items": (
        "item_id integer primary key, item_name varchar, item_code varchar, item_type integer,"
        " item_is_active integer, category_id integer, base_unit_id integer,"
        " secondary_unit_id integer, item_stock_quantity double, item_stock_value double,"
        " item_min_stock_quantity double, item_purchase_unit_price double,"
        " item_tax_type_purchase integer, item_sale_unit_price double, item_tax_type integer,"
        " item_tax_id integer, item_date_modified datetime"
    ),
    "kb_item_units": "unit_id integer primary key, unit_name varchar, unit_short_name varchar",
    "kb_item_categories": "item_category_id integer primary key, item_category_name varchar",
    "kb_item_categories_mapping": "id integer primary key, item_id integer, category_id integer",
    "kb_tax_code": "tax_code_id integer primary key, tax_code_name varchar, tax_rate double",
    "kb_transactions": (
        "txn_id integer primary key, txn_type integer, txn_status integer, txn_date date,"
        " txn_cash_amount double, txn_balance_amount double, txn_name_id integer,"
        " txn_display_name varchar, txn_firm_id integer, txn_invoice_prefix varchar,"
        " txn_ref_number_char varchar, txn_discount_amount double, txn_tax_amount double,"
        " txn_round_off_amount double, txn_ac1_amount double, ac1_tax_amount double,"
        " txn_date_modified datetime"
    ),
    "kb_lineitems": (
        "lineitem_id integer primary key, lineitem_txn_id integer, item_id integer,"
        " quantity double, priceperunit double, total_amount double, lineitem_tax_amount double,"
        " lineitem_discount_amount double, lineitem_unit_id integer,"
        " lineitem_free_quantity double"
    ),
    "recycle_bin": "id integer primary key, txn_data_json text",
}
Cells = dict[str, object]


def line(item_id: int, quantity: object, total: object, tax: object = 0, **cells: object) -> Cells:
    """A line of a document; its price is what explains the total, without tax."""
    price: object = None
    if all(isinstance(value, int | float) for value in (quantity, total, tax)) and quantity:
        price = (total - tax) / quantity  # type: ignore[operator]
    return {
        "item_id": item_id,
        "quantity": quantity,
        "priceperunit": price,
        "total_amount": total,
        "lineitem_tax_amount": tax,
        **cells,
    }


@dataclass
class Book:
    """Rows by table; ids count from 1."""

    rows: dict[str, list[Cells]] = field(default_factory=lambda: {name: [] for name in SCHEMA})
    without: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def add(self, table: str, **cells: object) -> int:
        """Add a row and return its id, the table's first column."""
        key = SCHEMA[table].split()[0]
        number = len(self.rows[table]) + 1
        self.rows[table].append({key: number, **cells})
        return number

    def item(self, name: str, **cells: object) -> int:
        """Add a product."""
        return self.add("kb_items", item_name=name, **{"item_type": 1, **cells})

    def document(self, document_type: object, *lines: Cells, **cells: object) -> int:
        """Add a live document of 1 April 2026 that adds up, unless `cells` say otherwise."""
        totals = [found["total_amount"] for found in lines]
        total = sum(value for value in totals if isinstance(value, int | float))
        given: Cells = {
            "txn_type": document_type,
            "txn_status": 1,
            "txn_date": "2026-04-01 00:00:00",
            "txn_cash_amount": total,
            "txn_balance_amount": 0,
            "txn_firm_id": 1,
            **cells,
        }
        given.setdefault("txn_ref_number_char", str(len(self.rows["kb_transactions"]) + 1))
        number = self.add("kb_transactions", **given)
        for found in lines:
            self.add("kb_lineitems", **{"lineitem_txn_id": number, **found})
        return number

    def database(self, path: Path, *statements: str) -> Path:
        """Write the bare database (.vyp); `statements` are run at the end."""
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            for table, columns in SCHEMA.items():
                lost = self.without.get(table, ())
                if lost == "*":
                    continue
                kept = [column for column in columns.split(",") if column.split()[0] not in lost]
                connection.execute(f"create table {table} ({','.join(kept)})")
                for row in self.rows[table]:
                    cells = {name: value for name, value in row.items() if name not in lost}
                    connection.execute(
                        f"insert into {table} ({','.join(cells)})"
                        f" values ({','.join('?' * len(cells))})",
                        list(cells.values()),
                    )
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return path

    def backup(self, path: Path, *statements: str, stamp: str | None = STAMP) -> Path:
        """Write a backup (.vyb) as Vyapar does."""
        inner = self.database(path.with_suffix(".inner"), *statements)
        name = f"Shop__t_{stamp}_qhxw.vyp" if stamp else "shop.vyp"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, inner.read_bytes())
        inner.unlink()
        return path


def shop() -> Book:
    """A book with a firm, units, tax codes, categories and a customer, but no document."""
    book = Book()
    book.add("kb_firms", firm_name="Ganesh Stores", firm_gstin_number="")
    book.add("kb_names", full_name="Anil Traders", name_type=1)
    book.add("kb_item_units", unit_name="CARTONS", unit_short_name="Ctn")
    book.add("kb_item_units", unit_name="JARS", unit_short_name="Jar")
    book.add("kb_item_categories", item_category_name="General")
    book.add("kb_item_categories", item_category_name="Grocery")
    book.add("kb_item_categories", item_category_name="Sweets")
    book.add("kb_tax_code", tax_code_name="GST@5%", tax_rate=5.0)
    book.add("kb_tax_code", tax_code_name="GST@18%", tax_rate=18.0)
    return book
