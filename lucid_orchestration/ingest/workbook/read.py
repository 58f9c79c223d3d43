"""Excel and OpenDocument workbooks as rows of text, through python-calamine."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from lucid_orchestration.ingest.outcomes import (
    Issue,
    MergedCells,
    RefusedError,
    Row,
    Severity,
    Sheet,
    WorkbookNumber,
)

Container = Literal["xlsx", "xls", "ods"]

MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_UNPACKED_BYTES = 150 * 1024 * 1024
# calamine keeps every place between the first and the last cell of a sheet in memory, filled or
# not: two cells far apart in a file of 2 KB would ask for half a terabyte and end the process.
MAX_PLACES = 25_000_000
_CHUNK_BYTES = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]{0,200}?\br="\$?([A-Z]{1,3})\$?(\d{1,7})"')
_ERROR = re.compile(r"#(?:REF!|VALUE!|DIV/0!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# No spreadsheet writes one; it is how a file makes its reader expand or fetch something.
_DOCTYPE = b"<!DOCTYPE"
_FOREIGN_XML = (
    "The workbook holds instructions no spreadsheet program writes (a DOCTYPE), so it is not read. "
    "Save it again in Excel or LibreOffice."
)
_DAMAGED = "The workbook is damaged or cut off and cannot be opened. Export or save it again."
_TOO_LARGE = (
    "The workbook unpacks to more than 150 MB or has cells scattered over a huge area, far more "
    "than a list needs. Export the sheet as CSV."
)


@dataclass(frozen=True)
class Workbook:
    """The visible sheets that hold anything; row numbers are the sheet's own."""

    container: Container
    sheets: tuple[Sheet, ...]


def read_workbook(path: Path) -> Workbook:
    """Read every visible sheet of an XLSX, XLS or ODS file, recognised by its content.

    Raises:
        RefusedError: for a workbook that is damaged, locked with a password, or far too large,
            and for an archive that is no workbook.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise RefusedError("too_large", "The workbook is larger than 100 MB. Export it as CSV.")
    try:
        container = _checked_container(path)
        with CalamineWorkbook.from_path(path) as workbook:
            return Workbook(container, tuple(_sheets(workbook)))
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, XmlError, ZipError, zipfile.BadZipFile) as error:
        raise RefusedError("corrupt_file", _DAMAGED) from error
    except (OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise RefusedError("corrupt_file", _DAMAGED) from error
    except BaseException as error:
        # a failed assertion inside calamine comes out as this, which is no Exception
        if type(error).__name__ == "PanicException":
            raise RefusedError("corrupt_file", _DAMAGED) from error
        raise


def _sheets(workbook: CalamineWorkbook) -> Iterator[Sheet]:
    for meta in workbook.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        issues: list[Issue] = []
        # from the first row of the sheet on, so that rows have the numbers Excel shows
        rows = sheet.to_python(skip_empty_area=False)
        if rows:
            merged = tuple(_merged_cells(sheet.merged_cell_ranges or ()))
            yield Sheet(meta.name, list(_text_rows(rows, issues)), issues, merged)


def _merged_cells(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[MergedCells]:
    """Ranges of one column and several rows, from the top; wider ones are titles."""
    for (top, left), (bottom, right) in sorted(ranges):
        if left == right and top < bottom:
            yield MergedCells(left, top + 1, bottom + 1)


def _checked_container(path: Path) -> Container:
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
            if any(count > MAX_PLACES for count in _places(archive, members)):
                raise RefusedError("too_large", _TOO_LARGE)
            return "xlsx"
        if "content.xml" in names:
            return "ods"  # here calamine has a limit of its own
    raise RefusedError(
        "unsupported_type",
        "The file is an archive or a document, not a workbook Lucid reads. Unpack it first, or "
        "save it in Excel as XLSX.",
    )


def _places(archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]) -> Iterator[int]:
    """Rows times columns of each sheet; reading a member to its end also checks its sum."""
    for member in members:
        columns = rows = 0
        for chunk in _chunks(archive, member.filename):
            if _DOCTYPE in chunk:
                raise RefusedError("corrupt_file", _FOREIGN_XML)
            if member.filename.startswith("xl/worksheets/"):
                for column, row in _CELL.findall(chunk):
                    columns = max(columns, _column_number(column))
                    rows = max(rows, int(row))
        yield columns * rows


def _chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A member piece by piece, each with the end of the one before so that no match is cut."""
    before = b""
    with archive.open(name) as member:
        while chunk := member.read(_CHUNK_BYTES):
            yield before + chunk
            before = chunk[-400:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _locked() -> RefusedError:
    return RefusedError(
        "encrypted",
        "The workbook is locked with a password. Save it without one and add it again.",
    )


def _text_rows(rows: Sequence[Sequence[object]], issues: list[Issue]) -> Iterator[Row]:
    errors = 0
    for number, cells in enumerate(rows, start=1):
        texts = tuple(cell_text(cell) for cell in cells)
        errors += sum(text.startswith("#") and _ERROR.fullmatch(text) is not None for text in texts)
        yield Row(number, texts)
    if errors:
        issues.append(
            Issue(
                Severity.WARNING,
                "error_cells",
                f"{errors} cell(s) show an error such as #REF! instead of a value. "
                "Correct their formulas if the rows matter.",
            )
        )


def cell_text(cell: object) -> str:
    """A cell as the text a CSV export would hold, exact to the last digit."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() else WorkbookNumber(f"{Decimal(repr(cell)):f}")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
