"""What is known of a bill once it is read: its head, its lines, and whether it counts.

These values come from the child process that reads a PDF, so nothing here opens one.
"""

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.outcomes import Status


class Title(StrEnum):
    """What a document says it is."""

    TAX_INVOICE = "tax invoice"
    BILL = "bill"
    CREDIT_NOTE = "credit note"
    OTHER = "other"


@dataclass(frozen=True)
class Party:
    """A buyer or seller as printed; empty text where nothing is."""

    name: str = ""
    gstin: str = ""


@dataclass(frozen=True)
class Facts:
    """The head of one page; null or empty is what it does not show.

    `is_date_possible` is false for a date on which no shop wrote bills.
    """

    title: Title | None
    title_text: str
    number: str
    date: datetime.date | None
    is_day_first_certain: bool
    seller: Party
    buyer: Party
    is_date_possible: bool = True


class Basis(StrEnum):
    """What the figures of the table contain."""

    BEFORE_TAX = "amounts before tax"
    WITH_TAX = "amounts with tax on prices before tax"
    ALL_WITH_TAX = "prices and amounts with tax"


@dataclass(frozen=True)
class BillLine:
    """A line as it counts: money without tax after every discount; null tax is not printed."""

    name: str
    code: str
    hsn: str
    unit: str
    quantity: Decimal
    free: Decimal
    unit_price: Decimal | None
    discount_share: Decimal
    net_amount: Decimal
    tax_amount: Decimal | None
    is_charge: bool


@dataclass(frozen=True)
class Reconciled:
    """A bill that adds up."""

    lines: tuple[BillLine, ...]
    total: Decimal
    basis: Basis

    @property
    def negated(self) -> "Reconciled":
        """The same bill with every quantity and amount below zero above it, and the other way."""
        lines = (
            replace(
                line,
                quantity=-line.quantity,
                net_amount=-line.net_amount,
                discount_share=-line.discount_share,
                tax_amount=None if line.tax_amount is None else -line.tax_amount,
            )
            for line in self.lines
        )
        return replace(self, lines=tuple(lines), total=-self.total)


@dataclass(frozen=True)
class Remark:
    """What has to be said of a bill that counts."""

    code: str
    message: str


@dataclass(frozen=True)
class Document:
    """One document of a file. `bill` is null, and reason and message say why, unless accepted.

    `strange_label` stands beside the figure that nobody understands, where it is that.
    """

    facts: Facts
    pages: tuple[int, ...]
    status: Status
    bill: Reconciled | None = None
    currency: str | None = None
    reason: str = ""
    message: str = ""
    remarks: tuple[Remark, ...] = ()
    strange_label: str = ""


@dataclass(frozen=True)
class Candidate:
    """One way to read a bill that was not counted, and what it would add up to.

    `says` is what to tell of its layout to have it read so; null where it does not prove itself
    even then, and `problem` says why. `meaning` names what is assumed, for people.
    """

    meaning: str
    says: BillLayout | None
    problem: str
    number: str
    date: datetime.date | None
    lines: tuple[BillLine, ...]
    net: Decimal
    tax: Decimal | None
    total: Decimal | None


@dataclass(frozen=True)
class Puzzle:
    """A document that was not counted, with the ways to read it."""

    document: Document
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Documents:
    """What a file holds; copies of pages are left out and counted."""

    documents: tuple[Document, ...]
    copies: int
