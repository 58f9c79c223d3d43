"""PDF bills as tables of sales and purchases; each file is read in a child process with limits."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.mapping import Business
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.limited.reader import LimitedReader
from lucid_orchestration.ingest.outcomes import (
    Issue,
    QuarantinedError,
    RefusedError,
    Row,
    Severity,
    Status,
)
from lucid_orchestration.ingest.pdf.bills import (
    BillLine,
    Document,
    Documents,
    Party,
    Puzzle,
    Title,
)
from lucid_orchestration.ingest.pdf.wire import (
    DOCUMENTS,
    LAYOUTS,
    MAX_ANSWER_BYTES,
    NO_TEXT,
    PUZZLES,
    are_scans_read,
)
from lucid_orchestration.ingest.tables import OpenedFile, Parties, RowCounts, Table

MAX_BYTES = 20_000_000
PDFS = LimitedReader(
    module="lucid_orchestration.ingest.pdf.child",
    what="PDF",
    way_out="Export the bill again, or use the Excel export of the billing app.",
    most_bytes=MAX_ANSWER_BYTES,
)
SCANS = LimitedReader(
    module="lucid_orchestration.ingest.pdf.scan_child",
    what="scan",
    way_out="Export the bill from the billing app as PDF, or use its Excel export or backup.",
    most_bytes=MAX_ANSWER_BYTES,
    # libraries that read pictures reserve far more than they use
    memory_bytes=4_000_000_000,
)
_PROFILE = "pdf_invoice"
_SALES = (
    "sale_date",
    "transaction_id",
    "document_type",
    "product_id",
    "product_name",
    "customer_id",
    "unit",
    "quantity",
    "unit_price",
    "net_amount",
    "gross_amount",
    "tax_amount",
    "currency",
)
_PURCHASES = (
    "purchase_date",
    "transaction_id",
    "document_type",
    "product_id",
    "product_name",
    "supplier",
    "unit",
    "quantity",
    "unit_cost",
    "net_amount",
    "gross_amount",
    "tax_amount",
    "currency",
)
_WAY_OUT = (
    "It was not counted. Export the bill again from the billing app, use its Excel export or "
    "backup, or see with lucid inspect how it could be read."
)
_LEGAL_FORMS = {"private": "p", "pvt": "p", "limited": "ltd", "company": "co", "and": "&"}
_MAX_NAMED = 5


class _Role(StrEnum):
    SELLER = "seller"
    BUYER = "buyer"
    BOTH = "both"
    NEITHER = "neither"
    NOT_SAID = "not said"


def read_invoices(path: Path, business: Business, layouts: Sequence[BillLayout] = ()) -> OpenedFile:
    """The bills of a PDF as tables, one per bill.

    `business` is whose books these are: bills it wrote are sales, bills it was sent purchases.
    `layouts` are those the owner told how to read.
    May be called from several threads at once.

    Raises:
        QuarantinedError: when no bill in it adds up, with the figures.
        RefusedError: when it holds no bill, or none of this business.
    """
    if path.stat().st_size > MAX_BYTES:
        raise RefusedError(
            "too_large",
            f"The PDF has more than {MAX_BYTES // 1_000_000} MB; bills with text are far smaller. "
            "If it is a scan, export the bill from the billing app instead.",
        )
    try:
        answer = _answer(path, layouts, "documents")
    except RefusedError as refusal:
        if refusal.reason != NO_TEXT or not are_scans_read():
            raise
        (answer,) = SCANS.lines(str(path.resolve()), _told(layouts))
    return opened(DOCUMENTS.validate_json(answer), business)


def bill_puzzles(path: Path, layouts: Sequence[BillLayout] = ()) -> list[Puzzle]:
    """The bills of a PDF that are not counted, each with the ways to read it; none of a refused.

    May be called from several threads at once.
    """
    if path.stat().st_size > MAX_BYTES:
        return []
    try:
        return PUZZLES.validate_json(_answer(path, layouts, "puzzles"))
    except RefusedError:
        return []


def _answer(path: Path, layouts: Sequence[BillLayout], what: str) -> bytes:
    (line,) = PDFS.lines(str(path.resolve()), _told(layouts), what)
    return line


def _told(layouts: Sequence[BillLayout]) -> str:
    return LAYOUTS.dump_json(tuple(layouts), exclude_defaults=True).decode()


def opened(found: Documents, business: Business) -> OpenedFile:
    """Documents as tables of the business whose books these are.

    Raises:
        RefusedError: when none of them can be used.
    """
    tables: list[Table] = []
    issues: list[Issue] = []
    refusals: list[RefusedError] = []
    assumed: list[Document] = []
    for document in found.documents:
        try:
            role = _role(document, business)
            table = _table(document, role)
        except RefusedError as error:
            refusals.append(error)
            continue
        tables.append(table)
        if role is _Role.NOT_SAID:
            assumed.append(document)
        issues += _remarks(document)
    if not tables:
        raise _as_one(refusals)
    for refusal in refusals:
        issues.append(Issue(Severity.WARNING, f"document_{refusal.status.value}", refusal.message))
    if assumed:
        issues.append(_assumption(assumed))
    if found.copies:
        issues.append(
            Issue(
                Severity.NOTE,
                "copies_left_out",
                f"{found.copies} page(s) are copies of others (original, duplicate, triplicate) "
                "and were counted once.",
            )
        )
    parties = tuple(_parties(document) for document in assumed)
    return OpenedFile("pdf", tuple(tables), tuple(issues), parties=parties)


def _parties(document: Document) -> Parties:
    seller, buyer = document.facts.seller, document.facts.buyer
    return Parties(seller.gstin or seller.name, buyer.gstin or buyer.name)


def _as_one(refusals: Sequence[RefusedError]) -> RefusedError:
    """Why no document of a file is used; bills that do not add up go before what is no bill."""
    doubtful = [r for r in refusals if r.status is Status.QUARANTINED]
    told = doubtful or list(refusals)
    messages = list(dict.fromkeys(refusal.message for refusal in told))
    text = " ".join(messages[:_MAX_NAMED])
    if len(messages) > _MAX_NAMED:
        text += f" So it is with {len(messages) - _MAX_NAMED} more."
    error = QuarantinedError if doubtful else RefusedError
    return error(told[0].reason, text) if told else RefusedError("no_rows", "No bill was found.")


def _role(document: Document, business: Business) -> _Role:
    """What the owner's business is on a bill."""
    if not (business.gstin or business.name):
        return _Role.NOT_SAID
    is_seller = _is_own(document.facts.seller, business)
    is_buyer = _is_own(document.facts.buyer, business)
    if is_seller and is_buyer:
        return _Role.BOTH
    if is_seller or is_buyer:
        return _Role.SELLER if is_seller else _Role.BUYER
    return _Role.NEITHER


def _is_own(party: Party, business: Business) -> bool:
    gstin = "".join((business.gstin or "").split()).upper()
    if gstin and party.gstin == gstin:
        return True
    name = _name_key(business.name or "")
    return bool(name) and _name_key(party.name) == name


def _name_key(name: str) -> str:
    words = re.findall(r"[^\W_]+|&", name.casefold())
    if words[:2] == ["m", "s"]:
        words = words[2:]
    return " ".join(_LEGAL_FORMS.get(word, word) for word in words)


def _table(document: Document, role: _Role) -> Table:
    named = _named(document)
    facts, bill = document.facts, document.bill
    if document.status is Status.REFUSED:
        raise RefusedError(document.reason, f"{named}: {document.message}")
    if bill is None or facts.date is None:
        raise QuarantinedError(document.reason, f"{named}: {document.message} {_WAY_OUT}")
    if role is _Role.NEITHER:
        raise RefusedError(
            "other_business",
            f"{named} is from {_party(facts.seller)} to {_party(facts.buyer)}, and neither is the "
            "business whose books these are. If one of them is yours, correct business: name and "
            "gstin in mapping.yml.",
        )
    if role is _Role.BOTH:
        raise RefusedError(
            "other_business",
            f"{named} has your business as seller and as buyer, so it is neither a sale nor a "
            "purchase. If it is one, enter it by hand.",
        )
    is_return = facts.title is Title.CREDIT_NOTE
    shared = {"transaction_id": facts.number, "currency": document.currency or ""}
    kind: KindName
    if role is _Role.BUYER:
        kind, fields = "purchases", _PURCHASES
        shared |= {
            "purchase_date": facts.date.isoformat(),
            "document_type": "purchase return" if is_return else "purchase",
            "supplier": facts.seller.name or facts.seller.gstin,
        }
    else:
        kind, fields = "sales", _SALES
        shared |= {
            "sale_date": facts.date.isoformat(),
            "document_type": "credit note" if is_return else "sale",
            "customer_id": facts.buyer.name or facts.buyer.gstin,
        }
    layout = Layout(
        kind,
        _PROFILE,
        0,
        fields,
        {name: place for place, name in enumerate(fields)},
        date_order="ymd",
        decimal_mark=".",
    )
    counts = RowCounts()
    rows = _rows(bill.lines, shared, fields, counts)
    return Table(f"{facts.title_text} {facts.number}", layout, rows, counts)


def _rows(
    lines: Sequence[BillLine], shared: dict[str, str], fields: Sequence[str], counts: RowCounts
) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line.free and not line.quantity and not line.net_amount:
            # what is only given is told and not sold
            continue
        price = "" if line.unit_price is None else str(line.unit_price)
        tax = line.tax_amount
        values = {
            **shared,
            "product_id": line.code,
            "product_name": line.name,
            "unit": line.unit,
            "quantity": str(line.quantity),
            "unit_price": price,
            "unit_cost": price,
            "net_amount": str(line.net_amount),
            "gross_amount": "" if tax is None else str(line.net_amount + tax),
            "tax_amount": "" if tax is None else str(tax),
        }
        counts.landed += 1
        yield Row(number, tuple(values[name] for name in fields))


def _remarks(document: Document) -> Iterator[Issue]:
    for remark in document.remarks:
        yield Issue(Severity.WARNING, remark.code, f"{_named(document)} {remark.message}")
    free = [line for line in document.bill.lines if line.free] if document.bill else []
    if free:
        yield Issue(
            Severity.NOTE,
            "free_goods",
            f"{_named(document)} gives {len(free)} item(s) with free pieces, such as "
            f"{free[0].free} of {free[0].name}. They are not counted as sold.",
        )


def _assumption(documents: Sequence[Document]) -> Issue:
    """Nobody said whose books these are: what was assumed, and how to say otherwise."""
    sellers = list(dict.fromkeys(_party(document.facts.seller) for document in documents))
    return Issue(
        Severity.NOTE,
        "taken_for_sales",
        f"Taken for the shop's own sales, as a bill written by {', '.join(sellers[:_MAX_NAMED])}. "
        "If it is one the shop was sent, write business: with name and gstin of the shop in "
        "mapping.yml; such bills then count as purchases.",
    )


def _named(document: Document) -> str:
    title = (document.facts.title_text or "document").capitalize()
    place = document.pages[0]
    if document.facts.number:
        return f"{title} {document.facts.number} (page {place})"
    return f"{title} on page {place}"


def _party(party: Party) -> str:
    if party.name and party.gstin:
        return f"{party.name} ({party.gstin})"
    return party.name or party.gstin or "somebody not named"
