"""What a reader returns: the tables of a file, their rows, and what became of each row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from lucid_orchestration.ingest.outcomes import Issue, Row

if TYPE_CHECKING:
    from lucid_orchestration.ingest.layout.recognise import Layout

BLANKS = "  "


@dataclass(frozen=True)
class Encoding:
    """How the bytes become text; `repaired` bytes fit no encoding and were replaced."""

    name: str
    repaired: int = 0


@dataclass(frozen=True)
class Dialect:
    """How the text of a delimited file becomes cells.

    The delimiter BLANKS stands for two blanks or more. Where there is an `escape`, it stands before
    marks that belong to a cell; columns of fixed width begin at the places `starts`. Where it
    `is_wrapped`, each row is one quoted cell. Rows of as many cells as the first of the `joins`
    have cells, at the places that follow, which belong together with the next.
    """

    encoding: Encoding
    delimiter: str
    quote: str = '"'
    escape: str | None = None
    starts: tuple[int, ...] = ()
    is_wrapped: bool = False
    joins: tuple[int, ...] = ()


@dataclass
class RowCounts:
    """Rows below the headings by what became of them; grows while a table is read.

    Of the landed rows some were out of shape and `mended`, from the row `first_mended` on.
    """

    landed: int = 0
    blank: int = 0
    repeated_header: int = 0
    total: int = 0
    note: int = 0
    printed_total: str | None = None
    mended: int = 0
    first_mended: int | None = None

    @property
    def found(self) -> int:
        """All rows below the headings."""
        return self.landed + self.blank + self.repeated_header + self.total + self.note

    def take_back(self) -> None:
        """A row taken for data turned out to be none, such as the head of a document."""
        self.landed -= 1
        self.note += 1


class RowMender(Protocol):
    """Judges rows with too many or too few cells."""

    usual: frozenset[int]

    def is_usual(self, row: Row) -> bool:
        """Whether a row has no cell too many and none too few."""

    def put_right(self, row: Row) -> Row | None:
        """The row with its cells under their headings, itself where it was right; else None."""

    def is_of_the_table(self, row: Row) -> bool:
        """Whether the text of a row may be a row of the table, be it badly damaged."""


@dataclass(frozen=True)
class Table:
    """A recognised table; `rows` can be read once, `counts` and `issues` fill meanwhile.

    A sheet of a workbook has no dialect. Without a `mender` too few rows show what a row is.
    """

    sheet: str
    layout: "Layout"
    rows: Iterable[Row]
    counts: RowCounts = field(default_factory=RowCounts)
    issues: list[Issue] = field(default_factory=list)
    dialect: Dialect | None = None
    mender: RowMender | None = None


@dataclass(frozen=True)
class Snapshot:
    """A copy of a company's whole book; of several in a dataset the newest counts, alone.

    `taken_at` is an ISO date or timestamp as text, so that it sorts.
    """

    book_id: str
    taken_at: str


@dataclass(frozen=True)
class Parties:
    """Who wrote a bill and to whom: a tax number, else a name; empty where none is printed."""

    seller: str
    buyer: str


@dataclass(frozen=True)
class OrdersTaken:
    """A list of orders that says of the lines in another file when they were sold, and to whom."""

    header_row: int
    row_count: int


@dataclass(frozen=True)
class Lesson:
    """What a file is taught and the files that teach it; `is_proven` unless rows only show it."""

    value: str
    teachers: str
    is_proven: bool = True


@dataclass(frozen=True)
class OpenedFile:
    """What a file holds: its tables of one kind or several, and what to say about it as a whole.

    `parties` are those of its bills, where nobody said whose books they are. A list of `orders`
    whose lines stand in another file has no table of its own. Where lists in other files gave the
    days, lists like them teach their `date_order`.
    """

    container: str
    tables: tuple[Table, ...]
    issues: tuple[Issue, ...]
    snapshot: Snapshot | None = None
    parties: tuple[Parties, ...] = ()
    orders: OrdersTaken | None = None
    date_order: Lesson | None = None
