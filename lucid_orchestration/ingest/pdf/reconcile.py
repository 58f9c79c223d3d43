"""Believes a bill only when one reading of it explains every line and the total to the paisa.

A wrongly read table looks right. So a bill counts only if one meaning of "Amount" (with or without
tax) and of "Discount" (rupees or percent) holds for all its lines, and lines, discount, charges,
tax and rounding add up to the printed grand total.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from itertools import product

from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA, rounded
from lucid_orchestration.ingest.pdf.printed import (
    Entry,
    Kind,
    PrintedLine,
    PrintedTable,
    TaxSummaryRow,
    charge_name,
)

ZERO = Decimal(0)
# A price printed with two places is off by half a paisa at most, times the quantity.
SLACK_PER_PIECE = Decimal("0.0051")
SLACK = Decimal("0.06")
# Sums of printed figures are exact; two paise for a bill that rounds its tax once more.
SUM_SLACK = Decimal("0.02")
MAX_ROUND_OFF = Decimal("0.50")
# Tax rounded per line and tax rounded per rate part by up to a paisa a line.
_TAX_SLACK_PER_LINE = Decimal("0.011")
# CGST and SGST rounded one by one, on a net amount that is rounded itself.
_RATE_SLACK = Decimal("0.03")
# Below the grand total such a figure means that it is not the last total.
_MOVES_THE_TOTAL = frozenset({Kind.DISCOUNT, Kind.CHARGE, Kind.ROUND_OFF, Kind.TAX, Kind.TAX_TOTAL})
_MAX_ASSIGNMENTS = 20_000


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


class InconsistentError(Exception):
    """A bill that does not add up: `reason` as a code, the message with the figures."""

    def __init__(self, reason: str, message: str, distance: int = 0) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        # how far the best reading came; the problem of the best one is told
        self.distance = distance


@dataclass(frozen=True)
class _Reading:
    basis: Basis
    plain_discount_is_percent: bool
    applies_discount: bool


@dataclass(frozen=True)
class _Sums:
    """The figures below the lines, summed by what they are."""

    discount: Decimal
    tax: Decimal | None
    charges: tuple[Entry, ...]
    round_off: Decimal | None
    grand: Decimal
    subtotals: frozenset[Decimal]

    @property
    def charged(self) -> Decimal:
        return sum((entry.amount for entry in self.charges), ZERO)


def reconcile(table: PrintedTable, *, is_tax_invoice: bool) -> Reconciled:
    """The lines of a bill that adds up.

    `is_tax_invoice` says that its title promises tax on it: figures without any are then taken to
    contain it.

    Raises:
        InconsistentError: when no reading, or more than one with different results, explains it.
    """
    if not table.lines:
        raise InconsistentError("no_lines", "No line with quantity, price and amount was found.")
    sums = _sums(table)
    found: list[Reconciled] = []
    problems: list[InconsistentError] = []
    for reading in _readings(table, sums):
        try:
            found.append(_read(table, sums, reading, is_tax_invoice=is_tax_invoice))
        except InconsistentError as problem:
            problems.append(problem)
    results = {tuple(line.net_amount for line in bill.lines) for bill in found}
    if len(results) > 1:
        raise InconsistentError(
            "ambiguous_bill",
            "The figures add up in more than one way, with different amounts before tax.",
        )
    if not found:
        raise max(problems, key=lambda problem: problem.distance)
    return found[0]


def _readings(table: PrintedTable, sums: _Sums) -> Iterator[_Reading]:
    percent = (False, True) if any(line.is_plain_discount for line in table.lines) else (False,)
    # a discount below the lines may repeat what the lines have deducted already
    applies = (True, False) if sums.discount else (False,)
    bases = (Basis.BEFORE_TAX,) if table.is_amount_before_tax else tuple(Basis)
    for basis, is_percent, is_applied in product(bases, percent, applies):
        yield _Reading(basis, is_percent, is_applied)


def _sums(table: PrintedTable) -> _Sums:
    entries = table.entries
    place = _grand_total_place(entries)
    if place is None:
        raise InconsistentError("no_total", "No total of the bill was found below its lines.")
    before, after = entries[:place], entries[place + 1 :]
    grand = entries[place].amount
    unknown = [
        entry
        for entry in (*before, *after)
        if entry.kind is Kind.UNKNOWN and entry.amount not in (ZERO, grand)
    ]
    if unknown:
        raise InconsistentError(
            "unexplained_figure",
            f'Below the lines stands "{unknown[0].label} {unknown[0].amount}", and what it means '
            "for the total is not clear.",
        )
    late = [entry for entry in after if entry.kind in _MOVES_THE_TOTAL and entry.amount]
    if late:
        raise InconsistentError(
            "unexplained_figure",
            f'"{late[0].label} {late[0].amount}" stands below the total of {grand}; which of the '
            "two is the end of the bill is not clear.",
        )
    of = {kind: [entry for entry in before if entry.kind is kind] for kind in Kind}
    taxes = of[Kind.TAX] or of[Kind.TAX_TOTAL]
    rounding = of[Kind.ROUND_OFF]
    return _Sums(
        sum((abs(entry.amount) for entry in of[Kind.DISCOUNT]), ZERO),
        sum((entry.amount for entry in taxes), ZERO) if taxes else None,
        tuple(of[Kind.CHARGE]),
        sum((_signed(entry) for entry in rounding), ZERO) if rounding else None,
        grand,
        frozenset(entry.amount for entry in before if entry.kind in (Kind.SUBTOTAL, Kind.TOTAL)),
    )


def _grand_total_place(entries: Sequence[Entry]) -> int | None:
    """The last figure called grand total; else the last one called total."""
    for kind in (Kind.GRAND_TOTAL, Kind.TOTAL):
        places = [place for place, entry in enumerate(entries) if entry.kind is kind]
        if places:
            return places[-1]
    return None


def _signed(entry: Entry) -> Decimal:
    return -abs(entry.amount) if entry.is_less else entry.amount


def _read(
    table: PrintedTable, sums: _Sums, reading: _Reading, *, is_tax_invoice: bool
) -> Reconciled:
    for place, line in enumerate(table.lines, start=1):
        _check_line(line, place, reading)
    lines = [_bill_line(line, reading.basis) for line in table.lines]
    _check_total(table, sums, reading)
    if reading.basis is Basis.ALL_WITH_TAX:
        lines = _without_tax(table, sums, lines)
    elif reading.basis is Basis.BEFORE_TAX:
        _check_tax_is_shown(table, sums, is_tax_invoice=is_tax_invoice)
    before = lines
    if reading.applies_discount:
        lines = _discounted(table.lines, lines, sums.discount)
    for place, printed in enumerate(table.lines):
        _check_rate(printed, place + 1, (before[place].net_amount, lines[place].net_amount))
    charges = [_charge(entry) for entry in sums.charges if entry.amount]
    return Reconciled((*lines, *charges), sums.grand, reading.basis)


def _check_line(line: PrintedLine, place: int, reading: _Reading) -> None:
    """Quantity × price less discount, with tax or without, must be the amount."""
    if line.quantity is None or line.price is None:
        _check_line_without_quantity(line, place, reading)
        return
    base = line.quantity * line.price
    value = base - _line_discount(line, base, reading)
    slack = abs(line.quantity) * SLACK_PER_PIECE + SLACK
    expected = value
    if reading.basis is Basis.WITH_TAX:
        tax = _line_tax(line, value)
        if tax is None:
            raise InconsistentError(
                "line_arithmetic", f"Line {place} ({line.name}) shows no tax.", place
            )
        expected = value + tax
    if abs(expected - line.amount) > slack:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {line.quantity} × {line.price} should give "
            f"{rounded(expected)}, but {line.amount} is printed.",
            place,
        )
    if line.taxable is not None and reading.basis is not Basis.ALL_WITH_TAX:
        if abs(line.taxable - value) > slack:
            raise InconsistentError(
                "line_arithmetic",
                f"Line {place} ({line.name}): {line.quantity} × {line.price} less discount should "
                f"give {rounded(value)} before tax, but {line.taxable} is printed.",
                place,
            )
        if reading.basis is Basis.WITH_TAX and line.tax is not None:
            _check_taxable(line, line.taxable, line.tax, place)


def _check_taxable(line: PrintedLine, taxable: Decimal, tax: Decimal, place: int) -> None:
    if abs(taxable + tax - line.amount) > SUM_SLACK:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {taxable} and tax of {tax} are not {line.amount}.",
            place,
        )


def _check_rate(line: PrintedLine, place: int, nets: Sequence[Decimal]) -> None:
    """A line's tax must be its rate of the net amount, before or after a discount on the bill.

    Large quantities leave the price so much slack that a wrong tax would pass without it.
    """
    if line.tax is None or line.tax_rate is None:
        return
    expected = [net * line.tax_rate / HUNDRED for net in nets]
    if min(abs(line.tax - tax) for tax in expected) > _RATE_SLACK:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {line.tax_rate}% of {nets[0]} is "
            f"{rounded(expected[0])}, but {line.tax} is printed as tax.",
            place,
        )


def _check_line_without_quantity(line: PrintedLine, place: int, reading: _Reading) -> None:
    """A charge or service with an amount alone, or with an amount and its own tax."""
    if line.price is None or reading.basis is Basis.ALL_WITH_TAX:
        return
    expected = line.price
    if reading.basis is Basis.WITH_TAX:
        expected += _line_tax(line, line.price) or ZERO
    if abs(expected - line.amount) > SLACK:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {line.price} is not {line.amount}.",
            place,
        )


def _line_discount(line: PrintedLine, base: Decimal, reading: _Reading) -> Decimal:
    amount, percent = line.discount.amount, line.discount.percent
    if line.is_plain_discount and reading.plain_discount_is_percent and amount is not None:
        amount, percent = None, amount
    if amount is not None:
        return amount
    return rounded(base * percent / HUNDRED) if percent is not None else ZERO


def _line_tax(line: PrintedLine, value: Decimal) -> Decimal | None:
    if line.tax is not None:
        return line.tax
    return rounded(value * line.tax_rate / HUNDRED) if line.tax_rate is not None else None


def _bill_line(line: PrintedLine, basis: Basis) -> BillLine:
    """The line before any discount on the whole bill."""
    tax: Decimal | None = line.tax
    net = line.amount
    if basis is Basis.WITH_TAX:
        if line.taxable is not None:
            net = line.taxable
        elif tax is not None:
            net = line.amount - tax
        else:
            net = rounded(line.amount / (1 + (line.tax_rate or ZERO) / HUNDRED))
        tax = line.amount - net
    return BillLine(
        name=charge_name(line.name) if line.is_charge else line.name,
        code=line.code,
        hsn=line.hsn,
        unit=line.unit,
        quantity=line.quantity if line.quantity is not None else Decimal(1),
        free=line.free,
        unit_price=line.price,
        discount_share=ZERO,
        net_amount=net,
        tax_amount=tax,
        is_charge=line.is_charge,
    )


def _check_total(table: PrintedTable, sums: _Sums, reading: _Reading) -> None:
    """Lines, discount, charges, tax and rounding must be the grand total."""
    count = len(table.lines)
    amounts = sum((line.amount for line in table.lines), ZERO)
    in_lines = [line.tax for line in table.lines if line.tax is not None]
    line_taxes = sum(in_lines, ZERO) if len(in_lines) == count else None
    tax = sums.tax if sums.tax is not None else line_taxes
    slack = SUM_SLACK + _TAX_SLACK_PER_LINE * count
    is_sum = table.tax_total is None or line_taxes is None
    if not is_sum and abs((table.tax_total or ZERO) - (line_taxes or ZERO)) > slack:
        raise InconsistentError(
            "total_mismatch",
            f"The tax of the lines is {line_taxes}, but their column adds up to {table.tax_total}.",
            count + 1,
        )
    has_both = sums.tax is not None and line_taxes is not None
    if has_both and abs((sums.tax or ZERO) - (line_taxes or ZERO)) > slack:
        raise InconsistentError(
            "total_mismatch",
            f"The tax of the lines is {line_taxes}, but {sums.tax} is printed below them.",
            count + 1,
        )
    expected = amounts + sums.charged
    if reading.applies_discount:
        expected -= sums.discount
    elif sums.discount:
        _check_repeated_discount(table, sums, reading)
    if reading.basis is Basis.BEFORE_TAX:
        expected += tax or ZERO
    expected += sums.round_off or ZERO
    missing = sums.grand - expected
    is_rounded_silently = (
        sums.round_off is None
        and abs(missing) <= MAX_ROUND_OFF
        and sums.grand == sums.grand.to_integral_value()
        # without a printed round off another figure has to vouch for the lines
        and amounts in sums.subtotals
    )
    if abs(missing) > SUM_SLACK and not is_rounded_silently:
        raise InconsistentError(
            "total_mismatch",
            f"The lines add up to {amounts}, with discount, charges, tax and rounding to "
            f"{rounded(expected)}, but the printed total is {sums.grand}: {rounded(missing)} is "
            "not explained.",
            count + 2,
        )


def _check_repeated_discount(table: PrintedTable, sums: _Sums, reading: _Reading) -> None:
    """A discount below the lines that is not taken off again must be the sum of theirs."""
    given = sum(
        (
            _line_discount(line, line.quantity * line.price, reading)
            for line in table.lines
            if line.quantity is not None and line.price is not None
        ),
        ZERO,
    )
    if abs(given - sums.discount) > SUM_SLACK + _TAX_SLACK_PER_LINE * len(table.lines):
        raise InconsistentError(
            "total_mismatch",
            f"A discount of {sums.discount} is printed; those of the lines add up to {given}.",
            len(table.lines) + 1,
        )


def _check_tax_is_shown(table: PrintedTable, sums: _Sums, *, is_tax_invoice: bool) -> None:
    """Amounts to which no tax is added contain it, unless the bill shows that there is none."""
    has_tax = bool(sums.tax) or any(line.tax for line in table.lines)
    is_zero = sums.tax is not None or all(
        line.tax is not None or line.tax_rate == ZERO for line in table.lines
    )
    has_rates = any(row.tax for row in table.summary) or any(line.tax_rate for line in table.lines)
    if has_tax or (is_zero and not has_rates):
        return
    if is_tax_invoice or table.names_tax or has_rates:
        raise InconsistentError(
            "tax_unknown",
            "The amounts seem to contain tax, and how much of each line is tax cannot be told.",
            len(table.lines) + 3,
        )


def _without_tax(table: PrintedTable, sums: _Sums, lines: Sequence[BillLine]) -> list[BillLine]:
    """Take the tax out of prices that contain it, by the rates of the lines or the summary."""
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
    slack = SUM_SLACK + _TAX_SLACK_PER_LINE * len(result)
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


def _discounted(
    printed: Sequence[PrintedLine], lines: Sequence[BillLine], discount: Decimal
) -> list[BillLine]:
    """Spread a discount on the whole bill by the amounts it was computed on; the shares add up."""
    shares = spread(discount, [line.amount for line in printed])
    return [
        replace(line, discount_share=share, net_amount=line.net_amount - share)
        for line, share in zip(lines, shares, strict=True)
    ]


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of a total by weight, each rounded; the last takes what rounding leaves."""
    whole = sum(weights, ZERO)
    if not whole:
        raise InconsistentError("total_mismatch", "A discount is given on lines worth nothing.")
    shares = [rounded(total * weight / whole) for weight in weights[:-1]]
    return [*shares, total - sum(shares, ZERO)]


def _charge(entry: Entry) -> BillLine:
    return BillLine(
        name=charge_name(entry.label),
        code="",
        hsn="",
        unit="",
        quantity=Decimal(1),
        free=ZERO,
        unit_price=entry.amount,
        discount_share=ZERO,
        net_amount=entry.amount,
        tax_amount=None,
        is_charge=True,
    )


def problem_of(problems: Iterable[InconsistentError]) -> InconsistentError:
    """Of the problems of several readings the one that came nearest to adding up."""
    return max(problems, key=lambda problem: problem.distance)
