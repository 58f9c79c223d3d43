"""The raw tables: what lands in data/raw, one Parquet file per source file and table.

Text columns hold what the file said. `date_order` and `decimal_mark` are the file's own
conventions, `timezone` is the owner's (null: the project's), `row_fault` names what is wrong with
the shape of a row; SQL judges all else.
"""

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lucid_orchestration.ingest.kinds import BY_WORTH, DOCUMENT_FIELDS, MONEY_FIELDS, kind_named
from lucid_orchestration.storage import keep_parquet

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
FIELDS: dict[str, tuple[str, ...]] = {name: kind_named(name).fields for name in BY_WORTH}
DATE_FIELDS = frozenset({"sale_date", "stock_date", "purchase_date"})
NUMBER_FIELDS = MONEY_FIELDS | {
    "quantity",
    "unit_cost",
    "line_cost",
    "line_profit",
    "stock_value",
    "sale_price",
    "reorder_level",
}
# Numbers of pieces rather than of money: "5 R" names no currency there.
COUNT_FIELDS = frozenset({"quantity", "reorder_level"})
# In place of a time zone: the day is the one written, whatever zone stands behind the time.
AS_WRITTEN = "as written"
_TYPES = {"row_number": pa.int64()}


@dataclass(frozen=True)
class Constants:
    """What is the same in all rows of one part; the conventions are those of the whole file.

    The numbers of the fields `turned` are written with the other decimal mark; in the part they
    have that of the file.
    """

    dataset_id: str
    source_file_id: str
    date_order: str | None
    decimal_mark: str
    timezone: str | None
    turned: frozenset[str] = frozenset()


def row_names(kind: str, fields: Container[str]) -> list[str]:
    """Names of the columns of rows of one kind that have values of these fields, in order."""
    return [*PROVENANCE, *(name for name in FIELDS[kind] if name in fields)]


def row_schema(kind: str, fields: Container[str] | None = None) -> pa.Schema:
    """Schema of the rows of one kind of file.

    A part has only the fields of its file: an empty column costs half as much to write as a full
    one, and the view over all parts adds it.
    """
    names = row_names(kind, FIELDS[kind] if fields is None else fields)
    return pa.schema([(name, _TYPES.get(name, pa.string())) for name in names])


# What owners say in mapping.yml and lucid.yml: one part for all datasets.
# What owners say about whole datasets, in the folder of its table.
STATED_FILE = "stated.parquet"
OWNER_TABLES: dict[str, pa.Schema] = {
    "raw_dataset_settings": pa.schema(
        [("dataset_id", pa.string()), ("currency", pa.string()), ("overlap_choice", pa.string())]
    ),
    "raw_line_patterns": pa.schema(
        [("dataset_id", pa.string()), ("pattern", pa.string()), ("line_kind", pa.string())]
    ),
    "raw_shop_knowledge": pa.schema(
        [
            ("dataset_id", pa.string()),
            ("topic", pa.string()),
            ("name", pa.string()),
            ("value", pa.string()),
        ]
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
            ("proof", pa.string()),
        ]
    ),
    # Each combination of texts in a sheet that is no plain sale, a missing text being an empty one:
    # sale (with a word nobody knows), sale_return, returned (a sale taken back), ignored, unknown.
    "raw_documents": pa.schema(
        [
            ("dataset_id", pa.string()),
            ("source_file_id", pa.string()),
            ("sheet", pa.string()),
            *((name, pa.string()) for name in DOCUMENT_FIELDS),
            ("outcome", pa.string()),
            ("word", pa.string()),
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
            ("revenue_share", pa.float64()),
        ]
    ),
}
SCHEMA_FILE = "_schema.parquet"
RAW_TABLES = FILE_TABLES | OWNER_TABLES


def write_empty_tables(raw_dir: Path) -> None:
    """Give every raw folder a file without rows, so that an empty folder still has columns."""
    for name, schema in RAW_TABLES.items():
        keep_parquet(schema.empty_table(), raw_dir / name / SCHEMA_FILE)
