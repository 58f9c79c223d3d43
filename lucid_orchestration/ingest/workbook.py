"""Excel and OpenDocument workbooks as rows of text, through python-calamine."""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, ZipError

from lucid_orchestration.ingest.files import Issue, RefusedError, Row, Severity, Sheet

MAX_UNPACKED_BYTES = 150 * 1024 * 1024
MAX_FILE_BYTES = 100 * 1024 * 1024


def read_workbook(path: Path) -> list[Sheet]:
    """The visible sheets with at least one cell; row numbers are the sheet's own.

    Raises:
        RefusedError: for a workbook that is damaged, locked with a password, or far too large.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise RefusedError("too_large", "The workbook is larger than 100 MB. Export it as CSV.")
    _check_archive(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheets = []
        for meta in workbook.sheets_metadata:
            if meta.visible != SheetVisibleEnum.Visible:
                continue
            sheet = workbook.get_sheet_by_name(meta.name)
            issues: list[Issue] = []
            rows = sheet.to_python(skip_empty_area=False)
            if rows:
                sheets.append(Sheet(meta.name, list(_text_rows(rows, issues)), issues))
        return sheets
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise RefusedError(
            "corrupt_file",
            "The workbook is damaged or cut off and cannot be opened. Export or save it again.",
        ) from error


def _check_archive(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        if b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in path.read_bytes():
            raise RefusedError(
                "encrypted",
                "The workbook is locked with a password. Save it without one and add it again.",
            )
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise RefusedError(
            "corrupt_file",
            "The workbook is damaged or cut off and cannot be opened. Export or save it again.",
        ) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise RefusedError(
            "too_large",
            "The workbook unpacks to more than 150 MB, far more than a sales list needs. "
            "Export the sheet as CSV.",
        )


def _text_rows(rows: Sequence[Sequence[object]], issues: list[Issue]) -> Iterator[Row]:
    errors = 0
    for number, cells in enumerate(rows, start=1):
        texts = tuple(_text(cell) for cell in cells)
        errors += sum(text.startswith("#") and text.endswith(("!", "?", "A")) for text in texts)
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


def _text(cell: object) -> str:
    """A cell as the text a CSV export would hold, exact to the last digit."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{int(cell)}" if cell.is_integer() else f"{Decimal(repr(cell)):f}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip()
