"""The rows of one kind of table in one source file become one Parquet part.

The conventions of a part are those of all its values, and are known once the last row has passed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lucid_orchestration.ingest.currency_marks import ON_SIDE
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.judged_documents import MOST_TEXTS, speaks_of_documents
from lucid_orchestration.ingest.kinds import DOCUMENT_FIELDS
from lucid_orchestration.ingest.layout.conventions import with_zone
from lucid_orchestration.ingest.layout.drift import DAY_AND_MONTH, MONTH_AND_DAY
from lucid_orchestration.ingest.layout.headings import zone_of
from lucid_orchestration.ingest.outcomes import Row, WorkbookNumber
from lucid_orchestration.ingest.raw_tables import (
    COUNT_FIELDS,
    DATE_FIELDS,
    NUMBER_FIELDS,
    Constants,
    row_schema,
)
from lucid_orchestration.ingest.siblings import NOTHING_TAUGHT, Taught
from lucid_orchestration.ingest.tables import RowCounts, Table
from lucid_orchestration.ingest.values import Values
from lucid_orchestration.storage import replace_file

BATCH_ROWS = 50_000
# Behind a number of a draft: that the mark behind it is its decimal mark. No source holds one.
_OWN_MARK = "\0"


class Database:
    """A DuckDB of this run's own, in memory; opened by the first file that needs it."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> "Database":
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection, opened on the first call."""
        if self._connection is None:
            self._connection = duckdb.connect()
        return self._connection


def write_rows(
    part: Path,
    record: Mapping[str, Any],
    tables: Sequence[Table],
    source: Path,
    timezone: str | None,
    database: Database,
    taught: Taught = NOTHING_TAUGHT,
) -> tuple[Values, list[RowCounts]]:
    """Write the rows of a file's tables of one kind; returns what they show, and their counts.

    `record` is the file's row of raw_source_files, `timezone` the owner's, `taught` what its
    siblings say.
    """
    found = None
    if source.stat().st_size >= bulk.MIN_BYTES:
        found = _in_one_pass(part, record, tables[0], source, timezone, database, taught)
    return found or _row_by_row(part, record, tables, timezone, taught)


def _in_one_pass(
    part: Path,
    record: Mapping[str, Any],
    table: Table,
    source: Path,
    timezone: str | None,
    database: Database,
    taught: Taught,
) -> tuple[Values, list[RowCounts]] | None:
    """Land a large clean text file through DuckDB; None when it has to be read row by row.

    The conventions are guessed from the last rows, which have been read already, and put right
    when all values together say something else.
    """
    stretch = bulk.plain_stretch(source, table)
    if stretch is None:
        return None
    guess = Values(table.layout)
    layout = table.layout
    for field, position in layout.columns.items():
        texts = [_value(row, position) for row in stretch.ending.data]
        guess.add(field, texts, has_own_mark=position in layout.column_marks)
    constants = guess.conventions(taught).constants(record, timezone, layout)
    connection = database.connection()
    draft = part.with_name(f".{part.name}.rows")
    try:
        if not bulk.copy_rows(connection, stretch, constants, draft):
            return None
        values = Values(layout)
        for field in layout.columns:
            if field in DATE_FIELDS:
                dates = bulk.distinct_texts(connection, draft, layout, [field])
                values.add_dates((text, count) for (text,), count in dates if text is not None)
        numbers = [field for field in layout.columns if field in NUMBER_FIELDS]
        usual = [name for name in numbers if layout.columns[name] not in layout.column_marks]
        values.add_shapes(bulk.number_shapes(connection, draft, usual))
        amounts = [field for field in numbers if field not in COUNT_FIELDS]
        for field in amounts:
            values.add_marks(field, bulk.marked_amounts(connection, draft, field))
        if values.reversed_sides:
            return None
        values.add_currencies(bulk.named_currencies(connection, draft, stretch))
        if speaks_of_documents(table.layout):
            told = bulk.distinct_texts(connection, draft, layout, DOCUMENT_FIELDS, MOST_TEXTS + 1)
            values.add_documents(table, told)
        for fault, count, first_row in bulk.row_faults(connection, draft):
            values.add_fault(fault, count, first_row)
        conventions = values.conventions(taught)
        if values.may_hold_exchanged(conventions):
            return None
        decided = conventions.constants(record, timezone, layout)
        if decided == constants:
            draft.replace(part)
        else:
            turned = decided.turned ^ constants.turned
            replace_file(
                part, lambda final: bulk.change_constants(connection, draft, decided, turned, final)
            )
    finally:
        draft.unlink(missing_ok=True)
    return values, [stretch.counts]


def _row_by_row(
    part: Path,
    record: Mapping[str, Any],
    tables: Sequence[Table],
    timezone: str | None,
    taught: Taught,
) -> tuple[Values, list[RowCounts]]:
    values = Values(tables[0].layout)
    fields = frozenset[str]().union(*(table.layout.fields for table in tables))
    schema = row_schema(tables[0].layout.kind, fields)
    draft = part.with_name(f".{part.name}.rows")
    try:
        with pq.ParquetWriter(draft, schema, compression="lz4") as writer:
            for table in tables:
                for batch in _batches(table.rows):
                    writer.write_table(_text_table(batch, table, record, values, schema))
        conventions = values.conventions(taught)
        constants = conventions.constants(record, timezone, tables[0].layout)
        found = values.find_exchanged(conventions)
        places = found.places if found else ()
        sides = values.reversed_sides
        replace_file(part, lambda final: _add_conventions(draft, final, constants, places, sides))
    finally:
        draft.unlink(missing_ok=True)
    return values, [table.counts for table in tables]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _text_table(
    rows: Sequence[Row],
    table: Table,
    record: Mapping[str, Any],
    values: Values,
    schema: pa.Schema,
) -> pa.Table:
    columns: dict[str, Any] = {
        "dataset_id": [record["dataset_id"]] * len(rows),
        "source_file_id": [record["source_file_id"]] * len(rows),
        "row_number": [row.number for row in rows],
        "sheet": [table.sheet] * len(rows),
        "profile": [table.layout.profile] * len(rows),
        "row_fault": [row.fault for row in rows],
        "store": [table.layout.branch] * len(rows),
        "stock_date": [table.layout.as_of] * len(rows),
    }
    for row in rows:
        if row.fault is not None:
            values.add_fault(row.fault, 1, row.number)
    for field, position in table.layout.columns.items():
        texts = [_value(row, position) for row in rows]
        if field in DATE_FIELDS and (offset := zone_of(table.layout.header[position])):
            texts = [with_zone(text, offset) for text in texts]
        own = table.layout.column_marks.get(position)
        values.add(field, texts, has_own_mark=own is not None)
        # only a workbook, which has no dialect, holds numbers as such
        may_have_own = field in NUMBER_FIELDS and (own is not None or table.dialect is None)
        if field in DATE_FIELDS:
            values.add_days(texts, columns["row_number"])
        columns[field] = _with_marks(texts, own) if may_have_own else texts
    if speaks_of_documents(table.layout):
        nothing = [None] * len(rows)
        told = [columns.get(name, nothing) for name in DOCUMENT_FIELDS]
        values.add_documents(table, Counter(zip(*told, strict=True)).items())
    return pa.table([columns.get(name, [None] * len(rows)) for name in schema.names], schema=schema)


def _value(row: Row, position: int) -> str | None:
    """The text of a cell as found; None when it is empty or the row too short."""
    return row.cells[position] or None if position < len(row.cells) else None


def _with_marks(texts: list[str | None], own: str | None) -> list[str | None]:
    """Numbers with the decimal mark they have whatever that of the file is, if they have one."""
    return [
        f"{text}{_OWN_MARK}{'.' if isinstance(text, WorkbookNumber) else own}"
        if text and (own is not None or isinstance(text, WorkbookNumber))
        else text
        for text in texts
    ]


def _with_mark_of_file(texts: pa.Array, mark: str) -> pa.Array:
    """Numbers with the decimal mark of the file."""
    for own in (".", ","):
        marked = pc.ends_with(texts, _OWN_MARK + own)
        if not pc.any(marked).as_py():
            continue
        plain = pc.replace_substring(texts, _OWN_MARK + own, "")
        if own != mark:
            for old, new in ((own, _OWN_MARK), (mark, own), (_OWN_MARK, mark)):
                plain = pc.replace_substring(plain, old, new)
        texts = pc.if_else(marked, plain, texts)
    return texts


def _put_right(dates: pa.Array, ranges: Iterable[tuple[int, int]], first: int) -> pa.Array:
    """Dates of the rows from place `first` on, those in the ranges with day and month exchanged."""
    is_exchanged = [False] * len(dates)
    for start, end in ranges:
        for place in range(max(start - first, 0), min(end - first, len(dates))):
            is_exchanged[place] = True
    right = pc.replace_substring_regex(dates, pattern=DAY_AND_MONTH, replacement=MONTH_AND_DAY)
    return pc.if_else(pa.array(is_exchanged), right, dates)


def _taken_off(amounts: pa.Array, side: str) -> pa.Array:
    """Amounts with a minus in place of the side that takes back what the other says."""
    return pc.replace_substring_regex(
        amounts, pattern=ON_SIDE.format(side=side), replacement=r"-\1"
    )


def _add_conventions(
    draft: Path,
    final: Path,
    constants: Constants,
    exchanged: Sequence[tuple[int, int]],
    sides: Mapping[str, str],
) -> None:
    with pq.ParquetFile(draft) as source:
        schema = source.schema_arrow
        numbers = [name for name in schema.names if name in NUMBER_FIELDS]
        dates = [name for name in schema.names if name in DATE_FIELDS and exchanged]
        place = 0
        with pq.ParquetWriter(final, schema, compression="zstd") as writer:
            for batch in source.iter_batches(BATCH_ROWS):
                rows = pa.Table.from_batches([batch])
                for name in numbers:
                    if rows[name].null_count < len(rows):
                        texts = _with_mark_of_file(rows[name], constants.decimal_mark)
                        if name in sides:
                            texts = _taken_off(texts, sides[name])
                        rows = rows.set_column(schema.get_field_index(name), name, texts)
                for name in dates:
                    right = _put_right(rows[name], exchanged, place)
                    rows = rows.set_column(schema.get_field_index(name), name, right)
                place += len(rows)
                for name, value in (
                    ("date_order", constants.date_order),
                    ("decimal_mark", constants.decimal_mark),
                    ("timezone", constants.timezone),
                ):
                    constant = pa.array([value] * len(rows), pa.string())
                    rows = rows.set_column(schema.get_field_index(name), name, constant)
                writer.write_table(rows)
