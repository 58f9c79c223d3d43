"""Excel and OpenDocument workbooks as rows of text, read by a process with limits."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lucid_orchestration.ingest.limited.reader import LimitedReader
from lucid_orchestration.ingest.outcomes import (
    Issue,
    MergedCells,
    RefusedError,
    Row,
    Severity,
    Sheet,
    WorkbookNumber,
)
from lucid_orchestration.ingest.workbook.cells import cell_text

Container = Literal["xlsx", "xls", "ods"]

MAX_FILE_BYTES = 100 * 1024 * 1024
_ERROR = re.compile(r"#(?:REF!|VALUE!|DIV/0!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
WORKBOOKS = LimitedReader(
    module="lucid_orchestration.ingest.workbook.child",
    what="workbook",
    way_out="Export the sheet as CSV.",
    most_bytes=200_000_000,
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
    return _workbook(WORKBOOKS.lines(str(path.resolve())))


def _workbook(lines: Iterable[bytes]) -> Workbook:
    """What the child's lines say: the container, and each sheet before its rows."""
    contents = (json.loads(line, parse_float=_number, object_hook=_in_percent) for line in lines)
    container: Container = next(contents)["container"]
    sheets: list[tuple[dict[str, Any], list[Sequence[str]]]] = []
    for content in contents:
        if isinstance(content, dict):
            sheets.append((content, []))
        else:
            sheets[-1][1].extend(content)
    return Workbook(container, tuple(_sheet(head, rows) for head, rows in sheets))


def _number(text: str) -> str:
    return cell_text(float(text))


def _in_percent(found: dict[str, Any]) -> dict[str, Any] | WorkbookNumber:
    """A cell that is shown in percent; all else as it is."""
    return WorkbookNumber(f"{found['percent']}%") if "percent" in found else found


def _sheet(head: dict[str, Any], rows: Iterable[Sequence[str]]) -> Sheet:
    issues: list[Issue] = []
    merged = tuple(_merged_cells(head["merged"]))
    return Sheet(head["sheet"], list(_text_rows(rows, issues)), issues, merged)


def _merged_cells(
    ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> Iterator[MergedCells]:
    """Ranges of one column and several rows, from the top; wider ones are titles."""
    for (top, left), (bottom, right) in sorted(ranges):
        if left == right and top < bottom:
            yield MergedCells(left, top + 1, bottom + 1)


def _text_rows(rows: Iterable[Sequence[str]], issues: list[Issue]) -> Iterator[Row]:
    errors = 0
    for number, cells in enumerate(rows, start=1):
        errors += sum(text.startswith("#") and _ERROR.fullmatch(text) is not None for text in cells)
        yield Row(number, tuple(cells))
    if errors:
        issues.append(
            Issue(
                Severity.WARNING,
                "error_cells",
                f"{errors} cell(s) show an error such as #REF! instead of a value. "
                "Correct their formulas if the rows matter.",
            )
        )
