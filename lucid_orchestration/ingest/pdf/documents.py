"""From the pages of a file to its documents, each accepted, quarantined or refused."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.bills import Document, Documents, Facts, Reconciled, Title
from lucid_orchestration.ingest.pdf.facts import COPY, read_facts
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError, problem_of
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.reconcile import reconcile
from lucid_orchestration.ingest.pdf.table import read_table

_CURRENCIES = (
    ("INR", re.compile(r"₹|\brs\b|\binr\b|\bgstin\b|\brupees\b|\b[cis]gst\b", re.IGNORECASE)),
    ("USD", re.compile(r"\busd\b|\bus\s?\$", re.IGNORECASE)),
    ("EUR", re.compile(r"€|\beur\b", re.IGNORECASE)),
    ("GBP", re.compile(r"£|\bgbp\b", re.IGNORECASE)),
)


def read_documents(pages: Iterable[Page]) -> Documents:
    """Part pages into documents and read each; a page that repeats another counts once."""
    groups: list[tuple[Facts, list[Page]]] = []
    seen: set[tuple[str, str]] = set()
    copies = 0
    for page in pages:
        facts = read_facts(page)
        identity = (facts.number, _plain(page))
        if facts.number and identity in seen:
            copies += 1
            continue
        seen.add(identity)
        if groups and not _starts_document(groups[-1][0], facts):
            groups[-1][1].append(page)
        else:
            groups.append((facts, [page]))
    documents = [_read_document(facts, own) for facts, own in groups]
    return _without_repeats(documents, copies)


def _plain(page: Page) -> str:
    """The text of a page without the words that tell the original from its copies."""
    return "\n".join(" ".join(COPY.sub(" ", line.text).split()) for line in page.lines)


def _starts_document(current: Facts, page: Facts) -> bool:
    if not page.number:
        # a page without a number but with another title, such as a receipt behind a bill
        return page.title is not None and page.title is not current.title
    return page.number != current.number or (
        page.title is not None and current.title is not None and page.title is not current.title
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


def _read_document(facts: Facts, pages: Sequence[Page]) -> Document:
    numbers = tuple(page.number for page in pages)
    if facts.title is Title.OTHER:
        return Document(
            facts,
            numbers,
            Status.REFUSED,
            reason="not_a_sales_document",
            message=f"It is titled “{facts.title_text}”, which is no sale. Lucid reads tax "
            "invoices, bills of supply, cash memos and credit notes.",
        )
    if facts.title is None and not facts.number:
        return Document(
            facts,
            numbers,
            Status.REFUSED,
            reason="not_a_sales_document",
            message="Nothing on it says that it is an invoice. Lucid reads tax invoices, bills of "
            "supply, cash memos and credit notes; lists are read from Excel or CSV.",
        )
    currency = _currency(pages)
    doubt = _doubt(facts, currency)
    if doubt is None:
        try:
            bill = _reconciled(pages, is_tax_invoice=facts.title is Title.TAX_INVOICE)
        except InconsistentError as problem:
            doubt = (problem.reason, problem.message)
        else:
            return Document(facts, numbers, Status.ACCEPTED, bill, currency)
    return Document(facts, numbers, Status.QUARANTINED, reason=doubt[0], message=doubt[1])


def _doubt(facts: Facts, currency: str | None) -> tuple[str, str] | None:
    """What is missing in the head: without it a bill has no identity."""
    if facts.title is None:
        return "no_title", "Nothing on the page says that it is an invoice."
    if not facts.number:
        return "no_number", "No invoice number was found beside a label for it."
    if facts.date is None:
        return "no_date", "No invoice date was found beside a label for it."
    if not facts.is_day_first_certain and currency != "INR":
        return "ambiguous_date", "The day and the month of its date cannot be told apart."
    return None


def _reconciled(pages: Sequence[Page], *, is_tax_invoice: bool) -> Reconciled:
    """The bill by its rules, or else by the gaps between words; the first that adds up."""
    problems = []
    for is_ruled in (True, False):
        table = read_table(pages, is_ruled)
        if table is None:
            continue
        try:
            return reconcile(table, is_tax_invoice=is_tax_invoice)
        except InconsistentError as problem:
            problems.append(problem)
    if not problems:
        raise InconsistentError(
            "no_table", "No table with item, quantity, price and amount was found."
        )
    raise problem_of(problems)


def _currency(pages: Sequence[Page]) -> str | None:
    """The currency the document names, when it is only one."""
    text = "\n".join(line.text for page in pages for line in page.lines)
    found = [code for code, pattern in _CURRENCIES if pattern.search(text)]
    return found[0] if len(found) == 1 else None
