"""The figures below the lines of a bill, and whether lines and figures come to its total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.ingest.pdf.bill_lines import line_discount
from lucid_orchestration.ingest.pdf.bills import Basis
from lucid_orchestration.ingest.pdf.figures import rounded
from lucid_orchestration.ingest.pdf.interpretation import (
    SUM_SLACK,
    TAX_SLACK_PER_LINE,
    ZERO,
    InconsistentError,
    Interpretation,
)
from lucid_orchestration.ingest.pdf.printed import Entry, Kind, PrintedTable

MAX_ROUND_OFF = Decimal("0.50")
# Below the grand total such a figure means that it is not the last total.
_MOVES_THE_TOTAL = frozenset({Kind.DISCOUNT, Kind.CHARGE, Kind.ROUND_OFF, Kind.TAX, Kind.TAX_TOTAL})


@dataclass(frozen=True)
class Sums:
    """The figures below the lines, summed by what they are."""

    discount: Decimal
    tax: Decimal | None
    charges: tuple[Entry, ...]
    round_off: Decimal | None
    grand: Decimal
    subtotals: frozenset[Decimal]

    @property
    def charged(self) -> Decimal:
        """All charges together."""
        return sum((entry.amount for entry in self.charges), ZERO)


def sums_of(table: PrintedTable) -> Sums:
    """What stands below the lines of a bill.

    Raises:
        InconsistentError: without a total, or with a figure whose part in it is not clear.
    """
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
    return Sums(
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


def check_total(table: PrintedTable, sums: Sums, meaning: Interpretation) -> None:
    """Lines, discount, charges, tax and rounding must be the grand total.

    Raises:
        InconsistentError: when they are not.
    """
    count = len(table.lines)
    amounts = sum((line.amount for line in table.lines), ZERO)
    in_lines = [line.tax for line in table.lines if line.tax is not None]
    line_taxes = sum(in_lines, ZERO) if len(in_lines) == count else None
    tax = sums.tax if sums.tax is not None else line_taxes
    slack = SUM_SLACK + TAX_SLACK_PER_LINE * count
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
    if meaning.applies_discount:
        expected -= sums.discount
    elif sums.discount:
        _check_repeated_discount(table, sums, meaning)
    if meaning.basis is Basis.BEFORE_TAX:
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


def _check_repeated_discount(table: PrintedTable, sums: Sums, meaning: Interpretation) -> None:
    """A discount below the lines that is not taken off again must be the sum of theirs."""
    given = sum(
        (
            line_discount(line, line.quantity * line.price, meaning)
            for line in table.lines
            if line.quantity is not None and line.price is not None
        ),
        ZERO,
    )
    if abs(given - sums.discount) > SUM_SLACK + TAX_SLACK_PER_LINE * len(table.lines):
        raise InconsistentError(
            "total_mismatch",
            f"A discount of {sums.discount} is printed; those of the lines add up to {given}.",
            len(table.lines) + 1,
        )


def check_tax_is_shown(table: PrintedTable, sums: Sums, *, is_tax_invoice: bool) -> None:
    """Amounts to which no tax is added contain it, unless the bill shows that there is none.

    Raises:
        InconsistentError: when they seem to contain tax.
    """
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
