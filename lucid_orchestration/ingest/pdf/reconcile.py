"""Believes a bill only when one reading of it explains every line and the total to the paisa.

A wrongly read table looks right. So a bill counts only if one meaning of "Amount" (with or without
tax) and of "Discount" (rupees or percent) holds for all its lines, and lines, discount, charges,
tax and rounding add up to the printed grand total.
"""

from collections.abc import Iterator
from itertools import product

from lucid_orchestration.ingest.pdf.bill_lines import (
    bill_line,
    charge_line,
    check_line,
    check_rate,
    discounted,
)
from lucid_orchestration.ingest.pdf.bills import Basis, Reconciled
from lucid_orchestration.ingest.pdf.included_tax import without_tax
from lucid_orchestration.ingest.pdf.interpretation import (
    InconsistentError,
    Interpretation,
    problem_of,
)
from lucid_orchestration.ingest.pdf.printed import PrintedTable
from lucid_orchestration.ingest.pdf.totals import Sums, check_tax_is_shown, check_total, sums_of


def reconcile(table: PrintedTable, *, is_tax_invoice: bool) -> Reconciled:
    """The lines of a bill that adds up.

    `is_tax_invoice` says that its title promises tax on it: figures without any are then taken to
    contain it.

    Raises:
        InconsistentError: when no interpretation explains it, or several with different results.
    """
    if not table.lines:
        raise InconsistentError("no_lines", "No line with quantity, price and amount was found.")
    sums = sums_of(table)
    found: list[Reconciled] = []
    problems: list[InconsistentError] = []
    for meaning in _interpretations(table, sums):
        try:
            found.append(_read(table, sums, meaning, is_tax_invoice=is_tax_invoice))
        except InconsistentError as problem:
            problems.append(problem)
    results = {tuple(line.net_amount for line in bill.lines) for bill in found}
    if len(results) > 1:
        raise InconsistentError(
            "ambiguous_bill",
            "The figures add up in more than one way, with different amounts before tax.",
        )
    if not found:
        raise problem_of(problems)
    return found[0]


def _interpretations(table: PrintedTable, sums: Sums) -> Iterator[Interpretation]:
    percent = (False, True) if any(line.is_plain_discount for line in table.lines) else (False,)
    # a discount below the lines may repeat what the lines have deducted already
    applies = (True, False) if sums.discount else (False,)
    bases = (Basis.BEFORE_TAX,) if table.is_amount_before_tax else tuple(Basis)
    for basis, is_percent, is_applied in product(bases, percent, applies):
        yield Interpretation(basis, is_percent, is_applied)


def _read(
    table: PrintedTable, sums: Sums, meaning: Interpretation, *, is_tax_invoice: bool
) -> Reconciled:
    for place, line in enumerate(table.lines, start=1):
        check_line(line, place, meaning)
    lines = [bill_line(line, meaning.basis) for line in table.lines]
    check_total(table, sums, meaning)
    if meaning.basis is Basis.ALL_WITH_TAX:
        lines = without_tax(table, sums, lines)
    elif meaning.basis is Basis.BEFORE_TAX:
        check_tax_is_shown(table, sums, is_tax_invoice=is_tax_invoice)
    before = lines
    if meaning.applies_discount:
        lines = discounted(table.lines, lines, sums.discount)
    for place, printed in enumerate(table.lines):
        check_rate(printed, place + 1, (before[place].net_amount, lines[place].net_amount))
    charges = [charge_line(entry) for entry in sums.charges if entry.amount]
    return Reconciled((*lines, *charges), sums.grand, meaning.basis)
