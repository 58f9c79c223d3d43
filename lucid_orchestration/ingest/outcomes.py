"""What a reader says about a file: its rows, its issues, or why it cannot be used."""

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


# Faults of a row's shape. A row of text that ends its file without a line end is whole if its cells
# are all there, else cut off; with too many cells its values may stand in the wrong columns.
UNENDED_LINE = "unended_line"
TRUNCATED_LINE = "truncated_line"
WRONG_CELL_COUNT = "wrong_cell_count"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as found, numbered as the owner sees it; `fault` when its shape is wrong."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True)
class Sheet:
    """Rows of one table of text; `issues` fills while the rows are read."""

    name: str
    rows: Iterable[Row]
    issues: list[Issue]
