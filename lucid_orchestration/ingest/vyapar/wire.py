"""What the process that reads a backup says to its parent: the tables of one book, line by line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity
from lucid_orchestration.ingest.tables import OpenedFile, RowCounts, Snapshot, Table

PROFILE = "vyapar_backup"
_LINES_AT_ONCE = 500


def table_of_book(
    sheet: str,
    kind: KindName,
    fields: Sequence[str],
    lines: Sequence[Sequence[str]],
    notes: int = 0,
) -> Table:
    """Lines of a book as a table: a cell per field, and the number of lines left out on purpose."""
    columns = {field: position for position, field in enumerate(fields)}
    layout = Layout(kind, PROFILE, 0, tuple(fields), columns, "ymd", ".")
    counts = RowCounts(note=notes)
    return Table(sheet, layout, _counted(lines, counts), counts)


def _counted(lines: Iterable[Sequence[str]], counts: RowCounts) -> Iterator[Row]:
    for number, cells in enumerate(lines, start=1):
        counts.landed += 1
        yield Row(number, tuple(cells))


def lines_of(book: OpenedFile) -> Iterator[str]:
    """A book as lines of JSON: what is said about it, then each table before its lines."""
    taken = book.snapshot
    issues = [
        [issue.severity, issue.code, issue.message, issue.row_number, issue.revenue_share]
        for issue in book.issues
    ]
    snapshot = None if taken is None else [taken.book_id, taken.taken_at]
    yield json.dumps({"issues": issues, "snapshot": snapshot})
    for table in book.tables:
        head = [table.sheet, table.layout.kind, table.layout.header, table.counts.note]
        yield json.dumps({"table": head})
        some: list[tuple[str, ...]] = []
        for row in table.rows:
            some.append(row.cells)
            if len(some) == _LINES_AT_ONCE:
                yield json.dumps(some, ensure_ascii=False)
                some = []
        yield json.dumps(some, ensure_ascii=False)


def book_of(lines: Iterable[bytes]) -> OpenedFile:
    """The book that the lines of JSON tell of."""
    contents = map(json.loads, lines)
    said: dict[str, Any] = next(contents)
    tables: list[tuple[list[Any], list[Sequence[str]]]] = []
    for content in contents:
        if isinstance(content, dict):
            tables.append((content["table"], []))
        else:
            tables[-1][1].extend(content)
    return OpenedFile(
        "vyapar",
        tuple(
            table_of_book(sheet, kind, fields, rows, notes)
            for (sheet, kind, fields, notes), rows in tables
        ),
        tuple(
            Issue(Severity(severity), code, message, row_number, share)
            for severity, code, message, row_number, share in said["issues"]
        ),
        None if said["snapshot"] is None else Snapshot(*said["snapshot"]),
    )
