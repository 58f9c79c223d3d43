"""What a reader says about a file: its rows, its issues, or why it cannot be used."""

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Severity(StrEnum):
    """How loud an issue is."""

    NOTE = "note"
    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Issue:
    """Something worth knowing about a file, in the owner's words.

    `revenue_share` is the part of the file's revenue that may be wrong, 0 to 1; None where it
    concerns no revenue or how much is not known.
    """

    severity: Severity
    code: str
    message: str
    row_number: int | None = None
    revenue_share: float | None = None


class Status(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


class RefusedError(Exception):
    """A file that cannot be used as a whole. Carries a code, and a sentence with the remedy."""

    status: ClassVar[Status] = Status.REFUSED

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class QuarantinedError(RefusedError):
    """A document that was read and does not add up: kept aside, never counted."""

    status = Status.QUARANTINED


class NotNowError(RefusedError):
    """A file that could not be read for a reason outside of it: the next run tries again."""


# What the system says of a damaged archive, whose list of contents sends its reader nowhere.
_OF_THE_CONTENT = frozenset({None, errno.EINVAL})


def cannot_be_read_now(error: OSError) -> NotNowError | None:
    """The refusal for an error of the system; None when the content of the file is to blame."""
    if error.errno in _OF_THE_CONTENT:
        return None
    return NotNowError(
        "not_read_now",
        f"The file could not be read just now ({error.strerror or error}), which says nothing "
        "about the file itself. The next run tries again.",
    )


# Faults of a row's shape. A row of text that ends its file without a line end is whole if its cells
# are all there, else cut off; with too many cells its values may stand in the wrong columns.
UNENDED_LINE = "unended_line"
TRUNCATED_LINE = "truncated_line"
WRONG_CELL_COUNT = "wrong_cell_count"


class WorkbookNumber(str):
    """The text of a number that a workbook holds as one: its point is the decimal mark.

    Whatever mark the texts beside it are written with, it keeps its value.
    """

    __slots__ = ()

    def written_with(self, mark: str) -> str:
        """The number as text with another decimal mark."""
        return self.replace(".", mark)


def trimmed(cell: str) -> str:
    """A cell without blanks around it; the number of a workbook has none, and stays one."""
    return cell if isinstance(cell, WorkbookNumber) else cell.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as found, numbered as the owner sees it; `fault` when its shape is wrong."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


def cell_of(row: Row, place: int) -> str:
    """The trimmed text of a cell; empty where the row has none."""
    return row.cells[place].strip() if place < len(row.cells) else ""


def filled_cells(rows: Iterable[Row], place: int) -> list[str]:
    """The trimmed texts of a column, of the rows that have one there."""
    return [cell for row in rows if (cell := cell_of(row, place))]


@dataclass(frozen=True)
class MergedCells:
    """Cells of one column, merged from the row `first` to `last`, as they are numbered."""

    column: int
    first: int
    last: int


@dataclass(frozen=True)
class Sheet:
    """Rows of one table of text; `issues` fills while the rows are read."""

    name: str
    rows: Iterable[Row]
    issues: list[Issue]
    merged: tuple[MergedCells, ...] = ()
