"""From the pages of a file to its documents, each accepted, quarantined or refused."""

import datetime
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.arithmetic import Circumstances, Reading, read_by_arithmetic
from lucid_orchestration.ingest.pdf.bills import Document, Documents, Facts, Remark, Title
from lucid_orchestration.ingest.pdf.currencies import (
    country_currency,
    currency_of,
    has_thousandths,
    named_currency,
)
from lucid_orchestration.ingest.pdf.facts import read_facts
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.mirrored import turned
from lucid_orchestration.ingest.pdf.numbers import receipt_number
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.places import rows_of_segments
from lucid_orchestration.ingest.pdf.rows import decimal_marks
from lucid_orchestration.ingest.pdf.titles import COPY, is_till_receipt, taken_back
from lucid_orchestration.ingest.pdf.told import NOTHING_TOLD, Told, told_about

# Where these are paid, or nothing says what is, the month may go before the day.
_MONTH_FIRST = frozenset({None, "USD", "CAD", "PHP"})
_INVOICES = frozenset({Title.TAX_INVOICE, Title.BILL})
_AHEAD = datetime.timedelta(days=7)


@dataclass(frozen=True)
class Sheets:
    """The pages of one document, the head of its first, and what the owner told of its layout."""

    facts: Facts
    pages: list[Page]
    told: Told = NOTHING_TOLD


def read_documents(pages: Iterable[Page], layouts: Sequence[BillLayout] = ()) -> Documents:
    """Part pages into documents and read each; a page that repeats another counts once.

    `layouts` are those that the owner told how to read.
    """
    found, copies = parted(pages, layouts)
    return _without_repeats([read_document(sheets) for sheets in found], copies)


def parted(
    pages: Iterable[Page], layouts: Sequence[BillLayout] = ()
) -> tuple[Sequence[Sheets], int]:
    """The documents that pages are of, and how many pages are copies of others."""
    groups: list[Sheets] = []
    seen: set[tuple[str, str]] = set()
    copies = 0
    for page in map(turned, pages):
        facts = read_facts(page)
        told = told_about(layouts, page, facts.seller) if layouts else None
        if told is not None:
            facts = read_facts(page, told)
        identity = (facts.number, _plain(page))
        if facts.number and identity in seen:
            copies += 1
            continue
        seen.add(identity)
        if groups and not _starts_document(groups[-1].facts, facts):
            groups[-1].pages.append(page)
        else:
            groups.append(Sheets(facts, [page], told or NOTHING_TOLD))
    return groups, copies


def _plain(page: Page) -> str:
    """The text of a page without the words that tell the original from its copies."""
    return "\n".join(" ".join(COPY.sub(" ", line.text).split()) for line in page.lines)


def _starts_document(current: Facts, page: Facts) -> bool:
    if not page.number:
        # a page without a number but with another title, such as a receipt behind a bill
        return page.title is not None and page.title is not current.title
    # of a tax invoice the next page may say no more than "Invoice No"
    return page.number != current.number or (
        page.title is not None
        and current.title is not None
        and page.title is not current.title
        and not {page.title, current.title} <= _INVOICES
    )


def _without_repeats(documents: Sequence[Document], copies: int) -> Documents:
    """A bill that stands there twice counts once; two that differ under one number, never."""
    kept: list[Document] = []
    for document in documents:
        same = [
            place
            for place, other in enumerate(kept)
            if document.bill is not None
            and other.bill is not None
            and (other.facts.number, other.facts.title)
            == (document.facts.number, document.facts.title)
        ]
        if not same:
            kept.append(document)
            continue
        other = kept[same[0]]
        if (other.bill, other.facts.date) == (document.bill, document.facts.date):
            copies += len(document.pages)
            continue
        message = (
            f"Two different bills in the file have the number {document.facts.number}: "
            "which one holds cannot be told."
        )
        doubt = {"status": Status.QUARANTINED, "bill": None, "reason": "number_used_twice"}
        kept[same[0]] = replace(other, **doubt, message=message)  # type: ignore[arg-type]
        kept.append(replace(document, **doubt, message=message))  # type: ignore[arg-type]
    return Documents(tuple(kept), copies)


def read_document(sheets: Sheets) -> Document:
    """One document: accepted when it proves itself, else with the reason why not."""
    facts, pages = sheets.facts, sheets.pages
    numbers = tuple(page.number for page in pages)
    if facts.title is Title.OTHER:
        receipt = _receipt(sheets)
        if receipt is not None:
            return receipt
        return Document(
            facts,
            numbers,
            Status.REFUSED,
            reason="not_a_sales_document",
            message=f"It is titled “{facts.title_text}”, which is no sale. Lucid reads tax "
            "invoices, bills of supply, cash memos and credit notes.",
        )
    said = "" if sheets.told.title is not None else taken_back(pages)
    if said:
        return Document(
            facts,
            numbers,
            Status.REFUSED,
            reason="not_a_sales_document",
            message=f"It says “{said}”, so it is no sale. If it is one all the same, write "
            "document: sale for its layout below bills in mapping.yml.",
        )
    if facts.title is None and not (facts.number or facts.title_text):
        return Document(
            facts,
            numbers,
            Status.REFUSED,
            reason="not_a_sales_document",
            message="Nothing on it says that it is an invoice. Lucid reads tax invoices, bills of "
            "supply, cash memos and credit notes; lists are read from Excel or CSV.",
        )
    currency = named_currency(pages)
    # who writes a comma before hundredths writes the day before the month
    is_month_first = currency in _MONTH_FIRST and decimal_marks(pages)[0] == "."
    is_month_first = is_month_first and country_currency(pages) is None
    doubt = _doubt(facts, is_month_first=is_month_first)
    try:
        reading = read_by_arithmetic(
            pages,
            Circumstances(
                is_tax_invoice=facts.title is Title.TAX_INVOICE,
                is_rounding_usual=currency == "INR",
                has_thousandths=has_thousandths(pages),
                told=sheets.told,
            ),
        )
        currency = currency_of(pages, *reading.money)
    except InconsistentError as problem:
        reason, message = doubt or (problem.reason, problem.message)
        label = "" if doubt else problem.label
        return Document(
            facts, numbers, Status.QUARANTINED, reason=reason, message=message, strange_label=label
        )
    if doubt is not None:
        reason, message = doubt
        return Document(facts, numbers, Status.QUARANTINED, reason=reason, message=message)
    if facts.title is Title.CREDIT_NOTE and reading.bill.total < 0:
        # what a note takes back is counted by its title; some print it below zero as well
        reading = replace(reading, bill=reading.bill.negated)
    remarks = tuple(_remarks(facts, reading))
    facts = facts if facts.number else replace(facts, number=_made_number(facts, reading))
    return Document(facts, numbers, Status.ACCEPTED, reading.bill, currency, remarks=remarks)


def _receipt(sheets: Sheets) -> Document | None:
    """A receipt of a till whose lines prove themselves; None where it is that of a payment."""
    facts, first = sheets.facts, sheets.pages[0]
    if not is_till_receipt(facts.title_text, first):
        return None
    number = facts.number or receipt_number(rows_of_segments(first.lines))
    document = read_document(replace(sheets, facts=replace(facts, title=Title.BILL, number=number)))
    return document if document.bill is not None else None


def _doubt(facts: Facts, *, is_month_first: bool) -> tuple[str, str] | None:
    """What is missing in the head: without it a bill has no identity."""
    if facts.title is None and facts.title_text:
        return (
            "no_title",
            f"It is titled “{facts.title_text}” and may be a sale or take one back: which of both "
            "cannot be told.",
        )
    if facts.title is None:
        return "no_title", "Nothing on the page says that it is an invoice."
    if facts.date is None:
        return "no_date", "No invoice date was found beside a label for it."
    if not facts.is_date_possible or facts.date > _latest():
        return (
            "date_out_of_range",
            f"Its date is {facts.date:%d/%m/%Y}, on which no bill of the shop was written. "
            "Browsers print such dates when a date is missing.",
        )
    if not facts.is_day_first_certain and is_month_first:
        return "ambiguous_date", "The day and the month of its date cannot be told apart."
    return None


def _latest() -> datetime.date:
    """The last day a bill may have: some are dated a few days ahead."""
    return datetime.datetime.now(datetime.UTC).date() + _AHEAD


def _made_number(facts: Facts, reading: Reading) -> str:
    """A number for a bill that shows none, the same whenever the same bill is read."""
    content = [facts.seller.name, facts.buyer.name, str(facts.date), str(reading.bill.total)]
    content += [f"{line.name}|{line.quantity}|{line.net_amount}" for line in reading.bill.lines]
    digest = hashlib.sha256("\n".join(content).encode()).hexdigest()
    return f"bill-{digest[:10]}"


def _remarks(facts: Facts, reading: Reading) -> Iterator[Remark]:
    if not facts.number:
        yield Remark(
            "number_made",
            "shows no number beside a label for it; its lines and totals agree, so it counts under "
            "a number made from its content.",
        )
    if reading.derived:
        yield Remark(
            "price_from_amount",
            f"prints a price that cannot be read, or does not fit, for {len(reading.derived)} "
            f"line(s), such as {reading.derived[0]}. Quantities, amounts and totals agree, so the "
            "price follows from the amount.",
        )
