"""Takes the tax out of prices that contain it, where the bill says how much of each line it is."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from lucid_orchestration.ingest.pdf.bills import BillLine
from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA, rounded
from lucid_orchestration.ingest.pdf.interpretation import (
    SUM_SLACK,
    TAX_SLACK_PER_LINE,
    ZERO,
    InconsistentError,
)
from lucid_orchestration.ingest.pdf.printed import PrintedTable, TaxSummaryRow
from lucid_orchestration.ingest.pdf.totals import Sums

_MAX_ASSIGNMENTS = 20_000


def without_tax(table: PrintedTable, sums: Sums, lines: Sequence[BillLine]) -> list[BillLine]:
    """Take the tax out of prices that contain it, by the rates of the lines or the summary.

    Raises:
        InconsistentError: when the rates cannot be told, or the tax is not what is printed.
    """
    rates = [line.tax_rate for line in table.lines]
    if all(rate is not None for rate in rates):
        known = [rate for rate in rates if rate is not None]
    else:
        known = list(_rates_by_summary([line.amount for line in table.lines], table.summary))
    result = []
    for printed, line, rate in zip(table.lines, lines, known, strict=True):
        net = rounded(printed.amount / (1 + rate / HUNDRED))
        tax = printed.amount - net
        if printed.tax is not None and abs(printed.tax - tax) > SUM_SLACK:
            raise InconsistentError(
                "line_arithmetic",
                f"{printed.name}: tax of {printed.tax} is not contained in {printed.amount}.",
                len(lines),
            )
        result.append(replace(line, net_amount=net, tax_amount=tax))
    taken = sum((line.tax_amount or ZERO for line in result), ZERO)
    slack = SUM_SLACK + TAX_SLACK_PER_LINE * len(result)
    if sums.tax is not None and abs(taken - sums.tax) > slack:
        raise InconsistentError(
            "total_mismatch",
            f"The amounts contain {taken} of tax, but {sums.tax} is printed below them.",
            len(result) + 3,
        )
    return result


def _rates_by_summary(
    amounts: Sequence[Decimal], summary: Sequence[TaxSummaryRow]
) -> tuple[Decimal, ...]:
    """The rate of each line, where only one share-out fits all rows of the summary to the paisa."""
    unknown = InconsistentError(
        "tax_unknown",
        "Prices and amounts contain tax, and the rate of each line cannot be told from the bill.",
        len(amounts) + 4,
    )
    rates = sorted({row.rate for row in summary})
    if not rates or len(rates) != len(summary) or len(rates) ** len(amounts) > _MAX_ASSIGNMENTS:
        raise unknown
    found = []
    for choice in product(rates, repeat=len(amounts)):
        if all(_fits(row, amounts, choice) for row in summary):
            found.append(choice)
    nets = {
        tuple(rounded(a / (1 + r / HUNDRED)) for a, r in zip(amounts, choice, strict=True))
        for choice in found
    }
    if len(nets) != 1:
        raise unknown
    return found[0]


def _fits(row: TaxSummaryRow, amounts: Sequence[Decimal], choice: Sequence[Decimal]) -> bool:
    own = [amount for amount, rate in zip(amounts, choice, strict=True) if rate == row.rate]
    nets = sum((rounded(amount / (1 + row.rate / HUNDRED)) for amount in own), ZERO)
    slack = PAISA * max(len(own) - 1, 0)
    return abs(sum(own, ZERO) - row.taxable - row.tax) <= PAISA and abs(nets - row.taxable) <= slack
