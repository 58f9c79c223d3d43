"""Takes the tax out of prices that contain it, where the bill shows how much of each line it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from lucid_orchestration.ingest.pdf.below import Below
from lucid_orchestration.ingest.pdf.bill_lines import bill_line
from lucid_orchestration.ingest.pdf.bills import Basis, BillLine, Reconciled
from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA, RATES, rounded
from lucid_orchestration.ingest.pdf.interpretation import SUM_SLACK, TAX_SLACK_PER_LINE, ZERO
from lucid_orchestration.ingest.pdf.printed import PrintedLine, TaxSummaryRow
from lucid_orchestration.ingest.pdf.sums import Given, is_among, possible_taxes

_MAX_ASSIGNMENTS = 20_000


class NoRateError(Exception):
    """How much of each line is tax cannot be told; the message says why."""


def lines_without_tax(
    lines: Sequence[PrintedLine],
    charges: Sequence[BillLine],
    shares: Sequence[Decimal],
    total: Decimal,
    figures: Given,
    below: Below,
) -> Reconciled:
    """The lines of a bill whose prices and amounts contain the tax; `shares` are taken off them.

    Raises:
        NoRateError: when the rates cannot be told, or do not give the printed tax.
    """
    paid = [line.amount - share for line, share in zip(lines, shares, strict=True)]
    if not any(shares) and not charges and all(line.is_taxable_contained for line in lines):
        return _as_printed(lines, total)
    results: dict[tuple[Decimal, ...], Reconciled] = {}
    taxes = [tax.amount for tax in possible_taxes(figures, below, _line_tax(lines))]
    for rates, charge_rate in _rates(lines, paid, figures, below, has_charges=bool(charges)):
        nets = [rounded(amount / (1 + r / HUNDRED)) for amount, r in zip(paid, rates, strict=True)]
        own = [_charge_without(charge, charge_rate) for charge in charges]
        contained = sum(paid, ZERO) - sum(nets, ZERO)
        contained += sum((line.tax_amount or ZERO for line in own), ZERO)
        slack = SUM_SLACK + TAX_SLACK_PER_LINE * (len(lines) + len(own))
        if not is_among(contained, taxes, slack):
            continue
        result = [
            replace(
                bill_line(line, Basis.BEFORE_TAX),
                net_amount=net,
                tax_amount=amount - net,
                discount_share=share,
            )
            for line, net, amount, share in zip(lines, nets, paid, shares, strict=True)
        ]
        bill = Reconciled((*result, *own), total, Basis.ALL_WITH_TAX)
        results.setdefault(tuple(line.net_amount for line in bill.lines), bill)
    if len(results) != 1:
        raise NoRateError(
            "Prices and amounts contain tax, and the rate of each line cannot be told from the "
            "bill."
        )
    return next(iter(results.values()))


def _as_printed(lines: Sequence[PrintedLine], total: Decimal) -> Reconciled:
    """The lines where each shows its value and its tax, which are its amount."""
    result = []
    for line in lines:
        net = line.taxable if line.taxable is not None else line.amount
        plain = bill_line(line, Basis.BEFORE_TAX)
        result.append(replace(plain, net_amount=net, tax_amount=line.amount - net))
    return Reconciled(tuple(result), total, Basis.ALL_WITH_TAX)


def _line_tax(lines: Sequence[PrintedLine]) -> Decimal | None:
    taxes = [line.tax for line in lines if line.tax is not None]
    return sum(taxes, ZERO) if len(taxes) == len(lines) else None


def _charge_without(charge: BillLine, rate: Decimal) -> BillLine:
    net = rounded(charge.net_amount / (1 + rate / HUNDRED))
    return replace(charge, net_amount=net, tax_amount=charge.net_amount - net)


def _rates(
    lines: Sequence[PrintedLine],
    paid: Sequence[Decimal],
    figures: Given,
    below: Below,
    *,
    has_charges: bool,
) -> Iterator[tuple[list[Decimal], Decimal]]:
    """Rates of the lines and of the charges that the bill may mean."""
    own = [line.tax_rate for line in lines]
    named = {rate for tax in figures.taxes for rate in tax.rates} | {
        row.rate for row in below.summary
    }
    if any(rate is not None for rate in own):
        # one that nothing else names may be misread: the tax of all lines hides what it is off by
        if any(rate and own.count(rate) == 1 and rate not in RATES | named for rate in own):
            return
        known = [rate if rate is not None else ZERO for rate in own]
        choices = [known]
    elif len(named) > 1:
        choices = [list(choice) for choice in _by_summary(paid, below.summary)]
    else:
        # a rate that no label names must be a usual one, to the rounding of its tax
        singles = named or RATES - {ZERO}
        choices = [[rate] * len(lines) for rate in sorted(singles)]
    for rates in choices:
        yield rates, ZERO
        if has_charges and max(rates):
            yield rates, max(rates)


def _by_summary(
    amounts: Sequence[Decimal], summary: Sequence[TaxSummaryRow]
) -> list[tuple[Decimal, ...]]:
    """The rates of the lines, where a share-out fits all rows of the summary to the paisa."""
    rates = sorted({row.rate for row in summary})
    if not rates or len(rates) != len(summary) or len(rates) ** len(amounts) > _MAX_ASSIGNMENTS:
        return []
    return [
        choice
        for choice in product(rates, repeat=len(amounts))
        if all(_fits(row, amounts, choice) for row in summary)
    ]


def _fits(row: TaxSummaryRow, amounts: Sequence[Decimal], choice: Sequence[Decimal]) -> bool:
    own = [amount for amount, rate in zip(amounts, choice, strict=True) if rate == row.rate]
    nets = sum((rounded(amount / (1 + row.rate / HUNDRED)) for amount in own), ZERO)
    slack = PAISA * max(len(own) - 1, 0)
    return abs(sum(own, ZERO) - row.taxable - row.tax) <= PAISA and abs(nets - row.taxable) <= slack
