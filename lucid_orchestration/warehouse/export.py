"""An answer as a file for a spreadsheet or a program: CSV, XLSX or Parquet."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.warehouse.parquet import Table

# What a spreadsheet would take for a formula, and what it skips before one.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST_ROWS_OF_A_SHEET = 1_048_575  # and the heading
_MOST_LETTERS_OF_A_CELL = 32_767
# A spreadsheet keeps 15 digits of a number; what is longer stands there as text.
_MOST_DIGITS = 15


def exported(table: Table, suffix: str, schema: pa.Schema) -> bytes:
    """The rows as a file of one of `FORMATS`; `schema` is that of the mart they come from.

    Raises:
        BadRequestError: for another kind of file, or more rows than a sheet can hold.
    """
    if suffix not in _WRITERS:
        raise BadRequestError(f"{suffix!r} is not known. Choose one of: {', '.join(_WRITERS)}.")
    return _WRITERS[suffix](table, schema)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA_STARTS) else text


def _as_csv(table: Table, _: pa.Schema) -> bytes:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in table.columns])
    writer.writerows([[_csv_cell(value) for value in row] for row in table.rows])
    # Excel reads UTF-8 by its mark alone
    return b"\xef\xbb\xbf" + sink.getvalue().encode()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return harmless(", ".join(str(part) for part in value))
    return str(value) if isinstance(value, int | float) else harmless(str(value))


def _as_xlsx(table: Table, _: pa.Schema) -> bytes:
    import xlsxwriter

    if len(table.rows) > _MOST_ROWS_OF_A_SHEET:
        raise BadRequestError(
            f"A sheet holds {_MOST_ROWS_OF_A_SHEET:,} rows at most. Ask for CSV or Parquet."
        )
    sink = io.BytesIO()
    # strings_to_*: a text stays a text, whatever it looks like
    book = xlsxwriter.Workbook(
        sink,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  equal rows, equal bytes
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Lucid")
    sheet.freeze_panes(1, 0)
    formats: dict[int, Any] = {}
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column, bold)
        sheet.set_column(place, place, _width(column, [row[place] for row in table.rows]))
    for line, row in enumerate(table.rows, start=1):
        for place, value in enumerate(row):
            _write_cell(sheet, line, place, value, day, book, formats)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    book.close()
    return sink.getvalue()


def _write_cell(
    sheet: Any, line: int, place: int, value: Any, day: Any, book: Any, formats: dict[int, Any]
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, Decimal) and len(value.as_tuple().digits) <= _MOST_DIGITS:
        places = max(0, -int(value.as_tuple().exponent))
        if places not in formats:
            shape = f"0{'.' if places else ''}{'0' * places}"
            formats[places] = book.add_format({"num_format": shape})
        sheet.write_number(line, place, value, formats[places])
    elif isinstance(value, int | float) and isfinite(value):
        sheet.write_number(line, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, day)
    else:
        sheet.write_string(line, place, _text(value)[:_MOST_LETTERS_OF_A_CELL])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _width(column: str, values: Sequence[Any]) -> int:
    longest = max((len(_text(value)) for value in values[:200] if value is not None), default=0)
    return min(60, max(len(column), longest) + 2)


def _as_parquet(table: Table, schema: pa.Schema) -> bytes:
    kept = pa.schema([schema.field(column) for column in table.columns])
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(table.records(), schema=kept), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


_WRITERS: Mapping[str, Callable[[Table, pa.Schema], bytes]] = {
    "csv": _as_csv,
    "xlsx": _as_xlsx,
    "parquet": _as_parquet,
}
# Each kind of file by its suffix, with the name the web knows it by.
FORMATS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
