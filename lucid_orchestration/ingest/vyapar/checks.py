"""Whether a book keeps its amounts the way Lucid reads them; each book has to show it.

Of six importers one reads the stored amount of a line as without tax. The book decides: lines
whose amount is quantity times price without the tax, or documents whose total is reached only
with the tax on top, speak for that other convention.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.formatting import percent
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity
from lucid_orchestration.ingest.vyapar.amounts import ZERO, money, number, number_or_zero
from lucid_orchestration.ingest.vyapar.book import Document, Line

TOTAL_TOLERANCE = Decimal(1)
LOW_SHARE = Decimal("0.95")
# A line speaks for a convention when it meets it to within this part of its tax.
_CLEAR = Decimal("0.25")


@dataclass
class _Evidence:
    lines_with_tax: int = 0
    lines_without_tax: int = 0
    documents: int = 0
    fitting: int = 0
    taxed_fitting: int = 0
    taxed_fitting_otherwise: int = 0
    net: Decimal = ZERO
    tax: Decimal = ZERO


def check_amounts(documents: Iterable[Document]) -> Issue | None:
    """What share of the documents adds up; None when there is nothing to add up.

    Raises:
        RefusedError: when the book fits the other convention better, with the figures.
    """
    evidence = _Evidence()
    for document in documents:
        for line in document.lines:
            _hear_line(evidence, line)
        _hear_document(evidence, document)
    is_otherwise = (
        evidence.lines_without_tax > evidence.lines_with_tax
        or evidence.taxed_fitting_otherwise > evidence.taxed_fitting
    )
    if is_otherwise:
        raise _other_convention(evidence)
    if not evidence.documents:
        return None
    share = Decimal(evidence.fitting) / evidence.documents
    counted = (
        f"{evidence.fitting} of {evidence.documents} documents with items "
        f"({percent(share)}) add up to their own total."
    )
    if share < LOW_SHARE:
        return Issue(
            Severity.WARNING,
            "totals_do_not_fit",
            f"Only {counted} Lucid uses the lines as they stand; compare the revenue of a month "
            "with Vyapar's own sale report before you rely on it.",
        )
    return Issue(Severity.NOTE, "totals_checked", counted)


def _hear_line(evidence: _Evidence, line: Line) -> None:
    quantity, price = number(line.quantity), number(line.price)
    total, tax = number(line.total), number_or_zero(line.tax)
    discount = number_or_zero(line.discount)
    if quantity is None or price is None or total is None or discount is None or not tax:
        return
    base = quantity * price - discount
    off_with, off_without = abs(base + tax - total), abs(base - total)
    if min(off_with, off_without) > abs(tax) * _CLEAR:
        return
    if off_with <= off_without:
        evidence.lines_with_tax += 1
    else:
        evidence.lines_without_tax += 1


def _hear_document(evidence: _Evidence, document: Document) -> None:
    totals = [number(line.total) for line in document.lines]
    taxes = [number_or_zero(line.tax) for line in document.lines]
    known = [total for total in totals if total is not None]
    known_taxes = [tax for tax in taxes if tax is not None]
    evidence.net += sum(known, ZERO) - sum(known_taxes, ZERO)
    evidence.tax += sum(known_taxes, ZERO)
    is_readable = len(known) == len(known_taxes) == len(totals)
    if not totals or not is_readable or document.total is None or document.discount is None:
        return
    tax = sum(known_taxes, ZERO)
    expected = sum(known, ZERO) - document.discount + document.charges + document.round_off
    fits = _fits(document, expected)
    evidence.documents += 1
    evidence.fitting += fits
    if tax > TOTAL_TOLERANCE * 2:
        evidence.taxed_fitting += fits
        evidence.taxed_fitting_otherwise += not fits and _fits(document, expected + tax)


def _fits(document: Document, expected: Decimal) -> bool:
    """Old books keep a tax on the whole document beside the lines."""
    return document.total is not None and any(
        abs(expected + extra - document.total) <= TOTAL_TOLERANCE for extra in (ZERO, document.tax)
    )


def _other_convention(evidence: _Evidence) -> RefusedError:
    taxed = evidence.lines_with_tax + evidence.lines_without_tax
    return RefusedError(
        "other_amount_convention",
        "This book stores amounts in another way than the Vyapar books Lucid knows: in "
        f"{evidence.lines_without_tax} of {taxed} lines with tax the amount is without the tax, "
        f"and {evidence.taxed_fitting_otherwise} documents reach their total only with the tax on "
        f"top, {evidence.taxed_fitting} without. Sales and purchases would come to "
        f"{money(evidence.net)} read the usual way and {money(evidence.net + evidence.tax)} the "
        "other way, so Lucid does not guess. Export the sale report from Vyapar as Excel instead.",
    )
