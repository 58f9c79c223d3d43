"""What a reader returns: the tables of a file, their rows, and what became of each row."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row


@dataclass(frozen=True)
class Encoding:
    """How the bytes become text; `repaired` bytes fit no encoding and were replaced."""

    name: str
    repaired: int = 0


@dataclass(frozen=True)
class Dialect:
    """How the text of a delimited file becomes cells."""

    encoding: Encoding
    delimiter: str
    quote: str = '"'


@dataclass
class RowCounts:
    """Rows below the headings by what became of them; grows while a table is read."""

    landed: int = 0
    blank: int = 0
    repeated_header: int = 0
    total: int = 0
    note: int = 0
    printed_total: str | None = None

    @property
    def found(self) -> int:
        """All rows below the headings."""
        return self.landed + self.blank + self.repeated_header + self.total + self.note

    def take_back(self) -> None:
        """A row taken for data turned out to be none, such as the head of a document."""
        self.landed -= 1
        self.note += 1


@dataclass(frozen=True)
class Table:
    """A recognised table; `rows` can be read once, `counts` and `issues` fill meanwhile.

    A sheet of a workbook has no dialect.
    """

    sheet: str
    layout: Layout
    rows: Iterable[Row]
    counts: RowCounts = field(default_factory=RowCounts)
    issues: list[Issue] = field(default_factory=list)
    dialect: Dialect | None = None


@dataclass(frozen=True)
class Snapshot:
    """A copy of a company's whole book; of several in a dataset the newest counts, alone.

    `taken_at` is an ISO date or timestamp as text, so that it sorts.
    """

    book_id: str
    taken_at: str


@dataclass(frozen=True)
class OpenedFile:
    """What a file holds: its tables of one kind or several, and what to say about it as a whole."""

    container: str
    tables: tuple[Table, ...]
    issues: tuple[Issue, ...]
    snapshot: Snapshot | None = None
