"""From a file to its tables: container, layout, rows that count and rows that do not."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from lucid_orchestration.ingest import delimited, workbook
from lucid_orchestration.ingest.files import Issue, RefusedError, Row, Severity, Sheet
from lucid_orchestration.ingest.recognise import (
    HEADER_SEARCH_ROWS,
    Layout,
    find_layout,
    looks_like_header,
)

_TOTAL = re.compile(
    r"^(?:(?:grand|sub|net|overall|page|day|daily|month|monthly|invoice|sheet|report)[ -]*)?totals?"
    r"(?:\s*(?:for|of|:|-|=).*|\s+\w+\s+\d{4})?\s*:?$|^(?:कुल|जोड़|कुल योग|योग)\s*:?$",
    re.IGNORECASE,
)
_AMOUNTS = ("net_amount", "gross_amount", "stock_value")
_FOREIGN_HEADS = {
    b"%PDF": ("unsupported_type", "The file is a PDF."),
    b"\x1f\x8b": ("unsupported_type", "The file is a gzip archive. Unpack it first."),
    b"SQLite format 3": ("unsupported_type", "The file is a database."),
    b"\x7fELF": ("not_text", "The file is a program."),
    b"\x89PNG": ("unsupported_type", "The file is a picture. Export the list as CSV or Excel."),
    b"\xff\xd8\xff": ("unsupported_type", "The file is a photo. Export the list as CSV or Excel."),
    b"MZ": ("not_text", "The file is a program."),
}


@dataclass
class RowCounts:
    """Rows below the headings by what became of them; grows while a table is read."""

    landed: int = 0
    blank: int = 0
    repeated_header: int = 0
    total: int = 0
    note: int = 0
    printed_total: str | None = None

    @property
    def found(self) -> int:
        """All rows below the headings."""
        return self.landed + self.blank + self.repeated_header + self.total + self.note


@dataclass(frozen=True)
class Table:
    """A recognised table; `rows` can be read once, `counts` and `issues` fill meanwhile."""

    sheet: str
    layout: Layout
    rows: Iterable[Row]
    counts: RowCounts = field(default_factory=RowCounts)
    issues: list[Issue] = field(default_factory=list)


@dataclass(frozen=True)
class OpenedFile:
    """What a file holds: its tables, and what is to say about it as a whole."""

    container: str
    tables: tuple[Table, ...]
    issues: tuple[Issue, ...]


def open_file(path: Path) -> OpenedFile:
    """Recognise a file's container and tables by content, not by name.

    Raises:
        RefusedError: when it holds no table Lucid can use.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RefusedError("empty_file", "The file is empty. Export it again.")
    for magic, (reason, message) in _FOREIGN_HEADS.items():
        if head.startswith(magic):
            raise RefusedError(reason, message)
    if re.match(rb"\s*(<!doctype html|<html|<table|<\?xml|<head)", head, re.IGNORECASE):
        raise RefusedError(
            "unsupported_type",
            "The file is a web page, whatever its name says. Open it in Excel and save it as XLSX.",
        )
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path)
    return _open_delimited(path)


def _open_delimited(path: Path) -> OpenedFile:
    encoding = delimited.detect_encoding(path)
    lines = delimited.sample_lines(path, encoding)
    hint = delimited.delimiter_hint(lines)
    usual = delimited.consistent_delimiter(lines)
    choices = [hint] if hint else sorted(delimited.DELIMITERS, key=lambda mark: mark != usual)
    refusal: RefusedError | None = None
    for delimiter in choices:
        sheet = delimited.read_delimited(path, delimiter, encoding)
        try:
            table = _table(sheet)
        except RefusedError as error:
            # what the usual delimiter shows is what the owner should be told
            refusal = refusal or error
            continue
        return OpenedFile("csv", (table,), ())
    raise refusal or RefusedError("no_rows", "The file holds no rows. Export it again.")


def _open_workbook(path: Path) -> OpenedFile:
    sheets = workbook.read_workbook(path)
    tables: list[Table] = []
    issues: list[Issue] = []
    seen: set[tuple[tuple[str, ...], ...]] = set()
    refusals: list[tuple[Sheet, RefusedError]] = []
    for sheet in sheets:
        content = tuple(row.cells for row in sheet.rows if any(row.cells))
        if content in seen:
            issues.append(
                Issue(
                    Severity.NOTE,
                    "repeated_sheet",
                    f'Sheet "{sheet.name}" repeats another one and was left out.',
                )
            )
            continue
        seen.add(content)
        try:
            tables.append(_table(sheet))
        except RefusedError as error:
            refusals.append((sheet, error))
    if not tables:
        if not refusals:
            raise RefusedError("no_rows", "The workbook holds no rows.")
        named = max(refusals, key=lambda item: item[1].reason == "missing_column")
        raise RefusedError(named[1].reason, f'Sheet "{named[0].name}": {named[1].message}')
    kept = tuple(table for table in tables if table.layout.kind == tables[0].layout.kind)
    issues += [
        Issue(
            Severity.NOTE, "sheet_not_used", f'Sheet "{sheet.name}" was left out. {error.message}'
        )
        for sheet, error in refusals
    ]
    issues += [
        Issue(
            Severity.WARNING,
            "sheet_not_used",
            f'Sheet "{table.sheet}" is a {table.layout.kind} list in a file of '
            f"{kept[0].layout.kind}. It was left out: save it as a file of its own.",
        )
        for table in tables
        if table not in kept
    ]
    return OpenedFile(_workbook_container(path), kept, tuple(issues))


def _workbook_container(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return "xls"
    return "ods" if path.suffix.casefold() == ".ods" else "xlsx"


def _table(sheet: Sheet) -> Table:
    rows = iter(sheet.rows)
    first = list(islice(rows, HEADER_SEARCH_ROWS))
    layout = find_layout(first)
    body = chain((row for row in first if row.number > layout.header_row), rows)
    counts = RowCounts()
    following = next(body, None)
    if following is None:
        raise RefusedError(
            "no_rows", "The file has headings and not one row below them. Export it again."
        )
    table = Table(sheet.name, layout, (), counts, sheet.issues)
    return Table(
        sheet.name, layout, _data_rows(table, chain([following], body)), counts, sheet.issues
    )


def _data_rows(table: Table, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows that are data; all others are counted by what they are."""
    layout, counts = table.layout, table.counts
    width = len(layout.header)
    unread = Counter[str]()
    for row in rows:
        filled = [cell for cell in row.cells if cell]
        if unread:
            unread["rows"] += 1
            counts.note += 1
        elif not filled:
            counts.blank += 1
        elif row.cells[:width] == layout.header:
            counts.repeated_header += 1
        elif _is_total(row, layout):
            counts.total += 1
            counts.printed_total = _amount(row, layout) or counts.printed_total
        elif _is_note(row, layout, filled):
            counts.note += 1
        elif looks_like_header(row):
            unread["rows"] += 1
            counts.note += 1
            table.issues.append(
                Issue(
                    Severity.WARNING,
                    "second_table",
                    f"From row {row.number} on the file holds another table, which was not read. "
                    "Save it as a file of its own.",
                    row.number,
                )
            )
        else:
            counts.landed += 1
            yield Row(row.number, row.cells[:width], _fault(row, width))


def _fault(row: Row, width: int) -> str | None:
    """What is wrong with the shape of a row: its values may stand in the wrong columns."""
    if row.fault == delimited.CUT and len(row.cells) < width:
        return "truncated_line"
    return "wrong_cell_count" if any(row.cells[width:]) else None


def _is_total(row: Row, layout: Layout) -> bool:
    """A total line says so in its first filled cell, or where the product should stand."""
    product = layout.columns.get("product_id")
    if product is not None and product < len(row.cells):
        code = row.cells[product]
        if code and not _TOTAL.match(code):
            return False
    named = [
        row.cells[position]
        for name in ("product_name", "product_id")
        if (position := layout.columns.get(name)) is not None and position < len(row.cells)
    ]
    first = next(cell for cell in row.cells if cell)
    return any(_TOTAL.match(cell) for cell in [first, *named] if cell)


def _is_note(row: Row, layout: Layout, filled: list[str]) -> bool:
    """One cell of words in a wide table is a remark, unless it stands where the product stands."""
    if len(filled) > 1 or len(layout.header) < 3:
        return False
    position = row.cells.index(filled[0])
    products = {layout.columns.get("product_id"), layout.columns.get("product_name")}
    return position not in products and re.search(r"[^\W\d_]{3,}", filled[0]) is not None


def _amount(row: Row, layout: Layout) -> str | None:
    for name in _AMOUNTS:
        position = layout.columns.get(name)
        if position is not None and position < len(row.cells) and row.cells[position]:
            return row.cells[position]
    return None
