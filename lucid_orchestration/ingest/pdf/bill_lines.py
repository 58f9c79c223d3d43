"""A line of a bill: whether its figures agree, and what it counts for."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from lucid_orchestration.ingest.pdf.bills import Basis, BillLine
from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA, places_of, rounded
from lucid_orchestration.ingest.pdf.interpretation import (
    SLACK,
    ZERO,
    InconsistentError,
    Interpretation,
)
from lucid_orchestration.ingest.pdf.printed import Entry, PrintedLine, charge_name

# A price printed with two places is off by half a paisa at most, times the quantity.
SLACK_PER_PIECE = Decimal("0.0051")
# Of each part of a tax: CGST and SGST are rounded, or cut off, one by one, at their last place.
_RATE_SLACK = Decimal("1.05")
_USUAL_PLACES = 2


def check_line(line: PrintedLine, place: int, meaning: Interpretation) -> None:
    """Quantity × price less discount, with tax or without, must be the amount.

    Raises:
        InconsistentError: when it is not.
    """
    if line.quantity is None or line.price is None:
        _check_line_without_quantity(line, place, meaning)
        return
    base = line.quantity * line.price
    value = base - line_discount(line, base, meaning)
    slack = abs(line.quantity) * SLACK_PER_PIECE + SLACK
    expected = value
    if meaning.basis is Basis.WITH_TAX:
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
    # where prices contain the tax as well, the value before it is no product of them
    is_product = meaning.basis is not Basis.ALL_WITH_TAX and not line.is_taxable_contained
    if line.taxable is not None and is_product:
        if abs(line.taxable - value) > slack:
            raise InconsistentError(
                "line_arithmetic",
                f"Line {place} ({line.name}): {line.quantity} × {line.price} less discount should "
                f"give {rounded(value)} before tax, but {line.taxable} is printed.",
                place,
            )
        if meaning.basis is Basis.WITH_TAX and line.tax is not None:
            _check_taxable(line, line.taxable, line.tax, place)
    elif meaning.basis is Basis.WITH_TAX and line.tax is not None and line.tax_rate is None:
        _check_tax_is_rounded(line, line.tax, place)


def _check_taxable(line: PrintedLine, taxable: Decimal, tax: Decimal, place: int) -> None:
    """Value and tax of a line must be its amount."""
    if abs(taxable + tax - line.amount) >= PAISA:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {taxable} and tax of {tax} are not {line.amount}.",
            place,
        )


def _check_tax_is_rounded(line: PrintedLine, tax: Decimal, place: int) -> None:
    """An amount less a tax of more places than it has is not the value of the line."""
    if places_of(tax) > max(places_of(line.amount), _USUAL_PLACES):
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): a tax of {tax} is printed finer than its amount of "
            f"{line.amount}, and no rate says which is right.",
            place,
        )


def check_rate(line: PrintedLine, place: int, nets: Sequence[Decimal]) -> None:
    """A line's tax must be its rate of the net amount, before or after a discount on the bill.

    Large quantities leave the price so much slack that a wrong tax would pass without it.

    Raises:
        InconsistentError: when it is not.
    """
    if line.tax is None or line.tax_rate is None:
        return
    expected = [net * line.tax_rate / HUNDRED for net in nets]
    # a value is rounded too, which shows in a tax printed finer than it
    unit = Decimal(1).scaleb(-max(places_of(line.tax), _USUAL_PLACES))
    slack = min(_RATE_SLACK * unit + line.tax_rate / HUNDRED * PAISA / 2, _RATE_SLACK * PAISA)
    if min(abs(line.tax - tax) for tax in expected) > slack * line.tax_parts:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {line.tax_rate}% of {nets[0]} is "
            f"{rounded(expected[0])}, but {line.tax} is printed as tax.",
            place,
        )


def _check_line_without_quantity(line: PrintedLine, place: int, meaning: Interpretation) -> None:
    """A charge or service with an amount alone, or with an amount and its own tax."""
    if line.price is None or meaning.basis is Basis.ALL_WITH_TAX:
        return
    expected = line.price
    if meaning.basis is Basis.WITH_TAX:
        expected += _line_tax(line, line.price) or ZERO
    if abs(expected - line.amount) > SLACK:
        raise InconsistentError(
            "line_arithmetic",
            f"Line {place} ({line.name}): {line.price} is not {line.amount}.",
            place,
        )


def line_discount(line: PrintedLine, base: Decimal, meaning: Interpretation) -> Decimal:
    """What is taken off a line; zero where nothing is."""
    amount, percent = line.discount.amount, line.discount.percent
    if line.is_plain_discount and meaning.plain_discount_is_percent and amount is not None:
        amount, percent = None, amount
    if amount is not None:
        return amount
    return rounded(base * percent / HUNDRED) if percent is not None else ZERO


def _line_tax(line: PrintedLine, value: Decimal) -> Decimal | None:
    if line.tax is not None:
        return line.tax
    return rounded(value * line.tax_rate / HUNDRED) if line.tax_rate is not None else None


def bill_line(line: PrintedLine, basis: Basis) -> BillLine:
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


def discounted(lines: Sequence[BillLine], shares: Sequence[Decimal]) -> list[BillLine]:
    """Lines less their shares of the discounts on the bill."""
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


def charge_line(entry: Entry) -> BillLine:
    """A charge below the lines as a line of its own."""
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
