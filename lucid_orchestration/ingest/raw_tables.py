"""The raw tables: what lands in data/raw, one Parquet file per source file and table.

Text columns hold what the file said. `date_order` and `decimal_mark` are the file's own
conventions, `timezone` is the owner's (null: the project's), `row_fault` names what is wrong with
the shape of a row; SQL judges all else.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.storage import write_parquet

PROVENANCE = (
    "dataset_id",
    "source_file_id",
    "row_number",
    "sheet",
    "profile",
    "date_order",
    "decimal_mark",
    "timezone",
    "row_fault",
)
FIELDS = {
    "sales": (
        "sale_date",
        "transaction_id",
        "line_id",
        "document_type",
        "document_status",
        "product_id",
        "product_name",
        "category",
        "customer_id",
        "store",
        "unit",
        "quantity",
        "unit_price",
        "gross_unit_price",
        "net_amount",
        "gross_amount",
        "list_amount",
        "bill_amount",
        "tax_amount",
        "tax_amount_2",
        "tax_amount_3",
        "tax_amount_4",
        "tax_percent",
        "discount_amount",
        "unit_discount",
        "discount_percent",
        "discount_share",
        "unit_cost",
        "line_cost",
        "line_profit",
        "currency",
    ),
    "inventory": (
        "stock_date",
        "product_id",
        "product_name",
        "category",
        "store",
        "unit",
        "quantity",
        "unit_cost",
        "stock_value",
        "sale_price",
        "reorder_level",
        "currency",
    ),
    "products": (
        "product_id",
        "product_name",
        "category",
        "unit",
        "unit_cost",
        "sale_price",
        "currency",
    ),
    "purchases": (
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
        "unit_cost",
        "net_amount",
        "gross_amount",
        "tax_amount",
        "currency",
    ),
}
DATE_FIELDS = frozenset({"sale_date", "stock_date", "purchase_date"})
NUMBER_FIELDS = frozenset(
    {
        "quantity",
        "unit_price",
        "gross_unit_price",
        "net_amount",
        "gross_amount",
        "list_amount",
        "bill_amount",
        "tax_amount",
        "tax_amount_2",
        "tax_amount_3",
        "tax_amount_4",
        "tax_percent",
        "discount_amount",
        "unit_discount",
        "discount_percent",
        "discount_share",
        "unit_cost",
        "line_cost",
        "line_profit",
        "stock_value",
        "sale_price",
        "reorder_level",
    }
)
# In place of a time zone: the day is the one written, whatever zone stands behind the time.
AS_WRITTEN = "as written"
_TYPES = {"row_number": pa.int64()}


@dataclass(frozen=True)
class Constants:
    """What is the same in all rows of one part; the conventions are those of the whole file."""

    dataset_id: str
    source_file_id: str
    date_order: str | None
    decimal_mark: str
    timezone: str | None


def row_schema(kind: str) -> pa.Schema:
    """Schema of the rows of one kind of file."""
    return pa.schema([(name, _TYPES.get(name, pa.string())) for name in PROVENANCE + FIELDS[kind]])


# What owners say in mapping.yml: one part for all datasets.
OWNER_TABLES: dict[str, pa.Schema] = {
    "raw_dataset_settings": pa.schema([("dataset_id", pa.string()), ("currency", pa.string())]),
    "raw_line_patterns": pa.schema(
        [("dataset_id", pa.string()), ("pattern", pa.string()), ("line_kind", pa.string())]
    ),
}
FILE_TABLES: dict[str, pa.Schema] = {
    **{f"raw_{kind}": row_schema(kind) for kind in FIELDS},
    "raw_source_files": pa.schema(
        [
            ("dataset_id", pa.string()),
            ("source_file_id", pa.string()),
            ("file_name", pa.string()),
            ("sha256", pa.string()),
            ("size_bytes", pa.int64()),
            ("container", pa.string()),
            ("kind", pa.string()),
            ("profile", pa.string()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("message", pa.string()),
            ("header_row", pa.int64()),
            ("rows_found", pa.int64()),
            ("rows_landed", pa.int64()),
            ("blank_rows", pa.int64()),
            ("repeated_header_rows", pa.int64()),
            ("total_rows", pa.int64()),
            ("note_rows", pa.int64()),
            ("printed_total", pa.string()),
            ("decimal_mark", pa.string()),
            ("book_id", pa.string()),
            ("snapshot_at", pa.string()),
            ("ingested_at", pa.timestamp("us")),
        ]
    ),
    "raw_columns": pa.schema(
        [
            ("dataset_id", pa.string()),
            ("source_file_id", pa.string()),
            ("sheet", pa.string()),
            ("position", pa.int64()),
            ("header", pa.string()),
            ("field", pa.string()),
            ("convention", pa.string()),
            ("evidence", pa.string()),
        ]
    ),
    "raw_file_issues": pa.schema(
        [
            ("dataset_id", pa.string()),
            ("source_file_id", pa.string()),
            ("severity", pa.string()),
            ("code", pa.string()),
            ("message", pa.string()),
            ("row_number", pa.int64()),
        ]
    ),
}
RAW_TABLES = FILE_TABLES | OWNER_TABLES


def write_empty_tables(raw_dir: Path) -> None:
    """Give every raw folder a file without rows, so that an empty folder still has columns."""
    for name, schema in RAW_TABLES.items():
        path = raw_dir / name / "_schema.parquet"
        if not path.exists() or not pq.read_schema(path).equals(schema):
            write_parquet(schema.empty_table(), path)
