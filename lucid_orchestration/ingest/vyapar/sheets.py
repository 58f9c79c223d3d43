"""Sheets of Vyapar's Excel reports: found by their headings, read by the meaning of each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.recognise import HEADER_SEARCH_ROWS, Layout
from lucid_orchestration.ingest.outcomes import Row, Sheet
from lucid_orchestration.ingest.rows import data_rows
from lucid_orchestration.ingest.tables import RowCounts, Table
from lucid_orchestration.ingest.vyapar.amounts import number
from lucid_orchestration.ingest.workbook.read import Workbook

PROFILE = "vyapar_excel_items"


@dataclass(frozen=True)
class FoundSheet:
    """A sheet that was recognised: where its headings are and which column means what."""

    sheet: Sheet
    header: Row
    columns: Mapping[str, int]

    def cell(self, row: Row, name: str) -> str:
        """The trimmed text of a row under what a column means; empty where there is none."""
        position = self.columns.get(name)
        if position is None or position >= len(row.cells):
            return ""
        return row.cells[position].strip()

    def layout(self, kind: KindName, columns: Mapping[str, int]) -> Layout:
        """The sheet as a table of some kind."""
        return Layout(kind, PROFILE, self.header.number, self.header.cells, columns)


def top_of(sheet: Sheet) -> list[Row]:
    """The rows that may be headings."""
    return [row for row in sheet.rows if row.number <= HEADER_SEARCH_ROWS]


def keys_of(row: Row) -> list[str]:
    """The cells of a row as headings are compared."""
    return [heading_key(cell).replace(" /", "/") for cell in row.cells]


def find_sheet(
    book: Workbook, fields: Mapping[str, str], needed: set[str], without: str | None = None
) -> FoundSheet | None:
    """The first sheet with all needed columns.

    `fields` says what a heading means; `without` is a heading that tells a sheet of another kind.
    """
    for sheet in book.sheets:
        for row in top_of(sheet):
            keys = keys_of(row)
            columns: dict[str, int] = {}
            for position, key in enumerate(keys):
                if key in fields:
                    columns.setdefault(fields[key], position)
            if needed <= columns.keys() and without not in keys:
                return FoundSheet(sheet, row, columns)
    return None


def rows_below(found: FoundSheet, columns: Mapping[str, int]) -> tuple[list[Row], RowCounts]:
    """The data rows of a sheet, and what all its rows are."""
    scratch = Table(found.sheet.name, found.layout("sales", columns), ())
    below = (row for row in found.sheet.rows if row.number > found.header.number)
    return list(data_rows(scratch, below)), scratch.counts


def known_table(
    sheet: str,
    kind: KindName,
    profile: str,
    header_row: int,
    header: tuple[str, ...],
    numbers: Sequence[int],
    lines: Sequence[tuple[str, ...]],
) -> Table:
    """A table of cells that are known already; `numbers` are those of the rows they come from."""
    columns = {name: position for position, name in enumerate(header)}
    counts = RowCounts()

    def yielded() -> Iterator[Row]:
        for row_number, cells in zip(numbers, lines, strict=True):
            counts.landed += 1
            yield Row(row_number, cells)

    layout = Layout(kind, profile, header_row, header, columns)
    return Table(sheet, layout, yielded(), counts)


def amount_of(shown: str) -> Decimal | None:
    """The number a cell shows beside signs of rupees; None when it shows none."""
    return number(re.sub(r"[₹,\s]|Rs\.?", "", shown) or None)
