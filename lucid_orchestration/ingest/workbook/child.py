"""Excel and OpenDocument workbooks through python-calamine, in a process of its own.

It says first which container it is, then for each visible sheet its name and merged cells, and
behind them its rows, from the first row of the sheet on. A number of a cell is one in the answer,
and one that is shown in percent an object that says so.
"""

import json
import math
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.outcomes import RefusedError, cannot_be_read_now
from lucid_orchestration.ingest.workbook.cells import cell_text, in_percent
from lucid_orchestration.ingest.workbook.percents import Place, percent_cells

MAX_UNPACKED_BYTES = 150 * 1024 * 1024
# A sheet has every place between its first and its last cell, filled or not: two cells far apart
# in a file of 2 KB make half a terabyte.
MAX_PLACES = 25_000_000
# Of all sheets together, as many as Excel lets one have; a list of more unpacks to more than the
# bytes above, unless next to nothing stands in it. 1.5 million names took 49 s of computing.
MAX_ROWS = 1_048_576
_CHUNK_BYTES = 1 << 20
_ROWS_PER_LINE = 200
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# No spreadsheet writes one; it is how a file makes its reader expand or fetch something.
_DOCTYPE = b"<!DOCTYPE"
_FOREIGN_XML = (
    "The workbook holds instructions no spreadsheet program writes (a DOCTYPE), so it is not read. "
    "Save it again in Excel or LibreOffice."
)
_DAMAGED = "The workbook is damaged or cut off and cannot be opened. Export or save it again."
_ONE_NAME = (
    "Two sheets of the workbook have the same name, so it is not as Excel writes it. Open it in "
    "Excel, which gives them names of their own, and save it again."
)
_TOO_LARGE = (
    "The workbook unpacks to more than 150 MB, has cells scattered over a huge area or more rows "
    "than a sheet of Excel has, far more than a list needs. Export the sheet as CSV."
)


def read(path: str) -> Iterator[str]:
    """The content of an XLSX, XLS or ODS file, recognised by its content, as lines of JSON.

    Raises:
        RefusedError: for a workbook that is damaged, locked with a password, or far too large,
            and for an archive that is no workbook.
    """
    try:
        container = _checked_container(Path(path))
        yield json.dumps({"container": container})
        percents = percent_cells(Path(path)) if container == "xlsx" else {}
        with CalamineWorkbook.from_path(path) as workbook:
            yield from _sheets(workbook, percents)
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, XmlError, ZipError, zipfile.BadZipFile) as error:
        raise RefusedError("corrupt_file", _DAMAGED) from error
    except OSError as error:
        raise cannot_be_read_now(error) or RefusedError("corrupt_file", _DAMAGED) from error
    except (ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RefusedError("corrupt_file", _DAMAGED) from error
    except BaseException as error:
        # a failed assertion inside calamine comes out as this, which is no Exception
        if type(error).__name__ == "PanicException":
            raise RefusedError("corrupt_file", _DAMAGED) from error
        raise


def _sheets(workbook: CalamineWorkbook, percents: Mapping[str, frozenset[Place]]) -> Iterator[str]:
    places_left, rows_left = MAX_PLACES, MAX_ROWS
    shown_sheets = [
        meta for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible
    ]
    # by its name the first would be read in place of all
    if len({meta.name.casefold() for meta in shown_sheets}) < len(shown_sheets):
        raise RefusedError("corrupt_file", _ONE_NAME)
    for meta in shown_sheets:
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.start is None:
            continue
        places_left -= sheet.total_height * sheet.total_width
        rows_left -= sheet.start[0] + sheet.total_height
        if places_left < 0 or rows_left < 0:
            raise RefusedError("too_large", _TOO_LARGE)
        yield json.dumps({"sheet": meta.name, "merged": sheet.merged_cell_ranges or []})
        rows = _rows(sheet, sheet.start[1])
        if shown := percents.get(meta.name):
            rows = _with_percents(rows, shown)
        while some := list(islice(rows, _ROWS_PER_LINE)):
            yield json.dumps(some, ensure_ascii=False)


def _rows(sheet: CalamineSheet, left: int) -> Iterator[list[Any]]:
    """The rows of a sheet with the numbers and columns Excel shows: empty ones come first."""
    # calamine begins with the empty rows above the first cell, but not with the columns before it
    return ([*[""] * left, *map(_cell, row)] for row in sheet.iter_rows())


def _with_percents(rows: Iterable[list[Any]], shown: frozenset[Place]) -> Iterator[list[Any]]:
    """Rows with numbers as they are shown where that is in percent."""
    for number, row in enumerate(rows):
        yield [
            {"percent": in_percent(cell)} if type(cell) is float and (number, at) in shown else cell
            for at, cell in enumerate(row)
        ]


def _cell(cell: object) -> object:
    """A text, or a number for the other side to write out."""
    if type(cell) is str or (type(cell) is float and math.isfinite(cell)):
        return cell
    return str(cell_text(cell))


def _checked_container(path: Path) -> str:
    """What kind of workbook it is, checked before anything is unpacked in memory."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if _ENCRYPTED in path.read_bytes():
            raise _locked()
        return "xls"
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise RefusedError("too_large", _TOO_LARGE)
        if "xl/workbook.xml" in names:
            for member in members:
                _check_member(archive, member.filename)
            return "xlsx"
        if "content.xml" in names:
            return "ods"  # here calamine has a limit of its own
    raise RefusedError(
        "unsupported_type",
        "The file is an archive or a document, not a workbook Lucid reads. Unpack it first, or "
        "save it in Excel as XLSX.",
    )


def _check_member(archive: zipfile.ZipFile, name: str) -> None:
    """Read a member of an archive to its end, which also checks its sum."""
    before = b""
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK_BYTES):
            if _DOCTYPE in before + chunk:
                raise RefusedError("corrupt_file", _FOREIGN_XML)
            before = chunk[-len(_DOCTYPE) :]


def _locked() -> RefusedError:
    return RefusedError(
        "encrypted",
        "The workbook is locked with a password. Save it without one and add it again.",
    )


if __name__ == "__main__":
    serve(read)
