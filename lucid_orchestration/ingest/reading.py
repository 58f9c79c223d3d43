"""From a file to its tables: container, layout, rows that count and rows that do not."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from lucid_orchestration.ingest.delimited import read as delimited
from lucid_orchestration.ingest.delimited.read import Dialect
from lucid_orchestration.ingest.layout.arrange import Sink, arranged
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID, Business, FileMapping
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS
from lucid_orchestration.ingest.layout.recognise import (
    HEADER_SEARCH_ROWS,
    Layout,
    find_layout,
    looks_like_header,
)
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity, Sheet
from lucid_orchestration.ingest.tables import OpenedFile, Table
from lucid_orchestration.ingest.vyapar import container
from lucid_orchestration.ingest.workbook import read as workbook
from lucid_orchestration.ingest.workbook.single_column import in_columns

# DuckDB runs these over large files: only what it and Python understand alike.
_TOTAL_OF = (
    r"(?i)^\s*(?:(?:grand|sub|net|overall|page|day|daily|month|monthly|invoice|sheet|report)[ -]*)?"
    r"totals?"
)
TOTAL_WORDS = _TOTAL_OF + r"(?:\s*(?:for\b|of\b|:|-|=).*)?\s*$|^\s*(?:कुल|जोड़|कुल योग|योग)\s*:?\s*$"
# "Sub Total 1996-07", but also "Total 10W40": a total only where the row has gaps
PERIOD_TOTAL_WORDS = _TOTAL_OF + r"\s[\w ./-]*[0-9].*$"
_TOTAL = re.compile(TOTAL_WORDS, re.ASCII)
_PERIOD_TOTAL = re.compile(PERIOD_TOTAL_WORDS, re.ASCII)
_GAPS_OF_A_TOTAL = ("sale_date", "stock_date", "purchase_date", "transaction_id", "unit_price")
# Of several kinds of sheet the first of these is what the workbook is about.
_KINDS_BY_WORTH = ("sales", "purchases", "inventory", "products")
# Faults of a row's shape: its values may stand in the wrong columns.
TRUNCATED_LINE = "truncated_line"
WRONG_CELL_COUNT = "wrong_cell_count"
# What one sheet's refusal says about the workbook; the most telling is passed on.
_TELLING = {"no_items": 2, "missing_column": 1}
_AMOUNTS = ("net_amount", "gross_amount", "stock_value")
# That fewer rows stand in a longer sheet too may be chance.
_MIN_REPEATED_ROWS = 3
_FOREIGN_HEADS = {
    b"\x1f\x8b": ("unsupported_type", "The file is a gzip archive. Unpack it first."),
    b"\x7fELF": ("not_text", "The file is a program."),
    b"\x89PNG": ("unsupported_type", "The file is a picture. Export the list as CSV or Excel."),
    b"\xff\xd8\xff": ("unsupported_type", "The file is a photo. Export the list as CSV or Excel."),
    b"MZ\x90\x00": ("not_text", "The file is a program."),
}
# A PDF may begin with junk, such as the headers of an e-mail.
_HEAD_BYTES = 1024
_PDF_MAGIC = b"%PDF-"
UNKNOWN_BUSINESS = Business()
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html|<table|<\?xml|<head)", re.IGNORECASE)
NO_ROWS = "The file has headings and not one usable row below them. Export it again."


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF, which takes seconds and a child process to read.

    Raises:
        OSError: when it cannot be opened.
    """
    with path.open("rb") as file:
        return _PDF_MAGIC in file.read(_HEAD_BYTES)


def open_file(
    path: Path, mapping: FileMapping = NOTHING_SAID, business: Business = UNKNOWN_BUSINESS
) -> OpenedFile:
    """Recognise a file's container and tables by content, not by name.

    `mapping` is what the owner says about the file; it goes before what would be found. `business`
    is whose books these are.

    Raises:
        RefusedError: when it holds no table Lucid can use.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RefusedError("empty_file", "The file is empty. Export it again.")
    for magic, (reason, message) in _FOREIGN_HEADS.items():
        if head.startswith(magic):
            raise RefusedError(reason, message)
    if _PDF_MAGIC in head:
        # it returns this module's tables
        from lucid_orchestration.ingest.pdf.invoices import read_invoices

        return read_invoices(path, business)
    if _WEB_PAGE.match(head):
        raise RefusedError(
            "unsupported_type",
            "The file is a web page, whatever its name says. Open it in Excel and save it as XLSX.",
        )
    if container.is_backup(path):
        # its reader uses the types of this module
        from lucid_orchestration.ingest.vyapar.backup import read_backup

        return read_backup(path)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path, mapping)
    try:
        return _open_delimited(path, mapping)
    except RefusedError as error:
        raise container.called_backup(path) or error from None


def data_rows(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that are data; all others are counted in the table by what they are."""
    layout, counts = table.layout, table.counts
    width = len(layout.header)
    is_other_table = False
    for row in rows:
        filled = [cell for cell in row.cells if cell and not cell.isspace()]
        if is_other_table:
            counts.note += 1
        elif not filled:
            counts.blank += 1
        elif row.cells[:width] == layout.header:
            counts.repeated_header += 1
        elif _is_total(row, filled, layout):
            counts.total += 1
            counts.printed_total = _amount(row, layout) or counts.printed_total
        elif _is_note(row, filled, layout):
            counts.note += 1
        elif looks_like_header(row):
            is_other_table = True
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


def _open_delimited(path: Path, mapping: FileMapping) -> OpenedFile:
    encoding = delimited.detect_encoding(path)
    lines = delimited.sample_lines(path, encoding)
    hint = delimited.delimiter_hint(lines)
    usual = delimited.consistent_delimiter(lines)
    quote = delimited.quotation_mark(lines)
    choices = [hint] if hint else sorted(delimited.DELIMITERS, key=lambda mark: mark != usual)
    refusal: RefusedError | None = None
    for delimiter in choices:
        dialect = Dialect(encoding, delimiter, quote)
        try:
            table = _table(delimited.read_delimited(path, dialect), dialect, mapping)
        except RefusedError as error:
            # what the usual delimiter shows is what the owner should be told
            refusal = refusal or error
            continue
        return OpenedFile("csv", (table,), ())
    raise refusal or RefusedError("no_rows", "The file holds no rows. Export it again.")


def _open_workbook(path: Path, mapping: FileMapping) -> OpenedFile:
    book = workbook.read_workbook(path)
    if mapping.is_silent:
        # its reader uses the types of this module
        from lucid_orchestration.ingest.vyapar.report import read_report

        report = read_report(book)
        if report is not None:
            return report
    tables: list[Table] = []
    contents: list[Counter[tuple[str, ...]]] = []
    issues: list[Issue] = []
    refusals: list[tuple[Sheet, RefusedError]] = []
    for sheet in map(in_columns, book.sheets):
        if mapping.sheet not in (None, sheet.name):
            continue
        try:
            table = _table(sheet, None, mapping)
        except RefusedError as error:
            refusals.append((sheet, error))
            continue
        tables.append(table)
        contents.append(_content(sheet, table.layout))
    if not tables:
        if not refusals:
            raise RefusedError("no_rows", "The workbook holds no rows.")
        sheet, named = max(refusals, key=lambda item: _TELLING.get(item[1].reason, 0))
        raise RefusedError(named.reason, f'Sheet "{sheet.name}": {named.message}')
    kept = []
    kind = min((table.layout.kind for table in tables), key=_KINDS_BY_WORTH.index)
    for position, table in enumerate(tables):
        if table.layout.kind != kind and not table.layout.is_certain:
            issues.append(_other_kind(table, kind))
        elif _repeats_another(position, contents):
            issues.append(_repeated(table))
        else:
            kept.append(table)
    kept.sort(key=lambda table: _KINDS_BY_WORTH.index(table.layout.kind))
    issues += [
        Issue(
            Severity.NOTE, "sheet_not_used", f'Sheet "{sheet.name}" was left out. {error.message}'
        )
        for sheet, error in refusals
    ]
    return OpenedFile(book.container, tuple(kept), tuple(issues))


def _content(sheet: Sheet, layout: Layout) -> Counter[tuple[str, ...]]:
    """The data rows of a sheet with their headings, and how often each occurs."""
    below = (row for row in sheet.rows if row.number > layout.header_row)
    scratch = Table(sheet.name, layout, ())
    return Counter((*layout.header, *row.cells) for row in data_rows(scratch, below))


def _repeats_another(position: int, contents: list[Counter[tuple[str, ...]]]) -> bool:
    """Whether all rows of a sheet stand in another one too, such as months beside a whole year."""
    own = contents[position]
    return any(
        (own == other and number < position) or (own < other and own.total() >= _MIN_REPEATED_ROWS)
        for number, other in enumerate(contents)
    )


def _repeated(table: Table) -> Issue:
    return Issue(
        Severity.WARNING,
        "repeated_sheet",
        f'All rows of sheet "{table.sheet}" stand in another sheet too; it was left out.',
    )


def _other_kind(table: Table, kind: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "sheet_not_used",
        f'Sheet "{table.sheet}" may be a {table.layout.kind} list, but in a workbook of {kind} it '
        "may as well be a summary, so it was left out. If it is one, save it as a file of its own.",
    )


def _table(sheet: Sheet, dialect: Dialect | None, mapping: FileMapping) -> Table:
    rows = iter(sheet.rows)
    first = list(islice(rows, HEADER_SEARCH_ROWS + SAMPLE_ROWS))
    layout = find_layout(first, mapping)
    body = chain((row for row in first if row.number > layout.header_row), rows)
    following = next(body, None)
    if following is None:
        raise RefusedError("no_rows", NO_ROWS)
    sheet.issues.extend(layout.issues)
    table = Table(sheet.name, layout, (), issues=sheet.issues, dialect=dialect)
    below: Iterable[Row] = data_rows(table, chain([following], body))
    if layout.arrangement is not None:
        sink = Sink(table.counts.take_back, sheet.issues)
        below = arranged(below, layout.arrangement, layout.header, layout.columns, sink)
    return Table(sheet.name, layout, below, table.counts, sheet.issues, dialect)


def _fault(row: Row, width: int) -> str | None:
    """What is wrong with the shape of a row."""
    if row.fault == delimited.CUT and len(row.cells) < width:
        return TRUNCATED_LINE
    return WRONG_CELL_COUNT if any(cell.strip() for cell in row.cells[width:]) else None


def _is_total(row: Row, filled: list[str], layout: Layout) -> bool:
    """A total line says so in its first filled cell, or where the product should stand."""
    code = _cell(row, layout, "product_id")
    if code and not _TOTAL.match(code):
        return False
    named = [filled[0], _cell(row, layout, "product_name"), code]
    if any(_TOTAL.match(cell) for cell in named if cell):
        return True
    has_gaps = any(
        field in layout.columns and not _cell(row, layout, field) for field in _GAPS_OF_A_TOTAL
    )
    return has_gaps and any(_PERIOD_TOTAL.match(cell) for cell in named if cell)


def _is_note(row: Row, filled: list[str], layout: Layout) -> bool:
    """One cell of words in a wide table is a remark, unless it stands where the product stands."""
    if len(filled) > 1 or len(layout.header) < 3:
        return False
    position = row.cells.index(filled[0])
    products = {layout.columns.get("product_id"), layout.columns.get("product_name")}
    return position not in products and re.search(r"[^\W\d_]{3,}", filled[0]) is not None


def _amount(row: Row, layout: Layout) -> str | None:
    return next((text for name in _AMOUNTS if (text := _cell(row, layout, name))), None)


def _cell(row: Row, layout: Layout, field: str) -> str:
    """The trimmed text under a field's heading; empty where there is none."""
    position = layout.columns.get(field)
    return row.cells[position].strip() if position is not None and position < len(row.cells) else ""
