"""The halves of sales tables that a file holds, read to their ends."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lucid_orchestration.ingest.delimited.opening import dialects_of
from lucid_orchestration.ingest.delimited.read import read_delimited
from lucid_orchestration.ingest.layout.halves import Half, half_of, may_be_headings
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.recognise import HEADER_SEARCH_ROWS
from lucid_orchestration.ingest.outcomes import RefusedError, Row, Sheet, cell_of
from lucid_orchestration.ingest.workbook.read import Workbook, read_workbook

# The rows of both halves are held in memory.
MAX_BYTES = 200 * 1024 * 1024
_LEADING = re.compile(r"^#?0*(?=.)")
_WHOLE = re.compile(r"\.0+$")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Numbers:
    """The numbers that a column may hold: how many cells have one, and which there are."""

    count: int
    distinct: frozenset[str]


@dataclass(frozen=True)
class HalfTable:
    """A half with the rows below its headings; `name` is that of its file or sheet."""

    name: str
    half: Half
    rows: Sequence[Row]
    _numbers: dict[int, Numbers] = field(default_factory=dict, compare=False, repr=False)

    def numbers(self, place: int) -> Numbers:
        """The numbers in a column, as numbers of orders are compared; many lines ask for them."""
        if place not in self._numbers:
            values = [number for row in self.rows if (number := number_of(row, place))]
            self._numbers[place] = Numbers(len(values), frozenset(values))
        return self._numbers[place]


def half_tables(path: Path, name: str, mapping: FileMapping) -> list[HalfTable]:
    """The halves in a file, none where it holds none.

    Raises:
        RefusedError: for a file that is too large, or no longer what it was.
    """
    if path.stat().st_size > MAX_BYTES:
        raise RefusedError(
            "too_large",
            f"{name} is larger than 200 MB, so its rows are not joined with those of another file. "
            "Export orders and lines in one list.",
        )
    book = workbook(path)
    if book is not None:
        found = (half_of_sheet(sheet, mapping, name) for sheet in book.sheets)
        return [half for half in found if half is not None]
    for dialect in dialects_of(path):
        half = half_of_sheet(read_delimited(path, dialect), mapping, name)
        if half is not None:
            return [half]
    return []


def workbook(path: Path) -> Workbook | None:
    """The workbook that a file is; None for text."""
    with path.open("rb") as file:
        return read_workbook(path) if file.read(4).startswith(_WORKBOOKS) else None


def half_of_sheet(sheet: Sheet, mapping: FileMapping, name: str) -> HalfTable | None:
    """The half that a sheet is; None where it is none."""
    if mapping.sheet not in (None, sheet.name):
        return None
    rows = iter(sheet.rows)
    first = list(islice(rows, HEADER_SEARCH_ROWS))
    half = half_of([row for row in first if may_be_headings(row, mapping)], mapping)
    if half is None:
        return None
    below = [row for row in (*first, *rows) if row.number > half.header.number]
    return HalfTable(name, half, [row for row in below if row.cells != half.header.cells])


def number_of(row: Row, place: int | None) -> str:
    """The number of an order as numbers are compared: #1001, 1001 and 1001.0 are one."""
    text = "" if place is None else cell_of(row, place)
    return _LEADING.sub("", _WHOLE.sub("", text.casefold()))
