"""Whether every figure below the lines has its place on the way from them to the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.ingest.pdf.below import Below, Labelled
from lucid_orchestration.ingest.pdf.bills import Basis
from lucid_orchestration.ingest.pdf.interpretation import (
    SUM_SLACK,
    TAX_SLACK_PER_LINE,
    ZERO,
    InconsistentError,
    Interpretation,
)
from lucid_orchestration.ingest.pdf.printed import Kind, PrintedLine
from lucid_orchestration.ingest.pdf.sums import (
    Given,
    LineSums,
    Tax,
    are_taxes_explained,
    is_among,
    possible_taxes,
)

NO_TAX = Tax(ZERO, ())


@dataclass(frozen=True)
class Printed:
    """What stands on a bill beside its lines.

    `places` is the row of each line. `is_tax_promised`: its title or its words speak of tax, and
    nothing says that there is none. `is_rounding_usual`: totals in its currency are often whole.
    """

    below: Below
    places: tuple[int, ...]
    is_tax_promised: bool
    is_rounding_usual: bool


@dataclass(frozen=True)
class Way:
    """One way to the total: what is applied, and what the tax is."""

    total: Decimal
    tax: Tax
    applies_discount: bool
    rounding: Decimal
    last: int


def _known(
    printed: Printed,
    figures: Given,
    sums: LineSums,
    way: Way,
    meaning: Interpretation,
) -> list[Decimal]:
    """The sums on the way from the lines to the total, and from there to what is to be paid."""
    discount = figures.discount if way.applies_discount else ZERO
    after = sums.amounts - discount
    charged = after + figures.charged
    known = [
        *(sums.amounts, after, charged, sums.amounts + figures.charged, way.total),
        *(way.total - way.rounding, charged + way.tax.amount, after + way.tax.amount),
        *(sums.amounts + way.tax.amount, *sums.before_discount, sums.discounts),
        *(sums.quantity, figures.discount),
        *(gross - sums.discounts for gross in sums.before_discount),
    ]
    taxes = [way.tax.amount, sums.tax or ZERO]
    if meaning.basis is not Basis.BEFORE_TAX:
        taxes += [tax.amount for tax in possible_taxes(figures, printed.below, sums.tax)]
    for tax in filter(None, taxes):
        known += [way.total - tax, way.total - tax - way.rounding, sums.amounts - tax, after - tax]
        known += [charged - tax, tax]
    for row in printed.below.summary:
        known += [row.taxable, row.tax, row.taxable + row.tax]
    if printed.below.summary:
        known.append(sum((row.taxable for row in printed.below.summary), ZERO))
    paid = [figure.amount for figure in figures.payments]
    for amount in (*paid, sum(paid, ZERO)):
        known += [way.total - amount, way.total + amount]
    return known


def check_explained(
    lines: Sequence[PrintedLine],
    printed: Printed,
    figures: Given,
    sums: LineSums,
    way: Way,
    meaning: Interpretation,
) -> None:
    """Every figure below the lines must have its place on the way.

    Raises:
        InconsistentError: naming the first that has none.
    """
    known = _known(printed, figures, sums, way, meaning)
    distance = len(lines) + 3
    last_line = max(printed.places)
    for figure in figures.sums:
        # the sum of the last section stands right behind its lines
        is_section = figure.kind is Kind.SUBTOTAL or figure.place <= last_line + 2
        is_section = is_section and figure.kind is not Kind.GRAND_TOTAL
        if not is_among(figure.amount, [*known, *sums.parts] if is_section else known):
            raise unexplained(figure, distance)
    if meaning.basis is Basis.BEFORE_TAX:
        taxes = [figure for figure in figures.taxes if figure.amount]
        is_left_out = not way.tax.amount and bool(sums.tax or taxes)
        if is_left_out or not are_taxes_explained(figures, way.tax, sums, known):
            raise _tax_left_out(taxes, sums, distance)
    slack = SUM_SLACK + TAX_SLACK_PER_LINE * len(lines)
    if sums.tax is not None and way.tax.amount and abs(sums.tax - way.tax.amount) > slack:
        raise InconsistentError(
            "total_mismatch",
            f"The tax of the lines is {sums.tax}, but {way.tax.amount} is printed below them.",
            distance,
        )
    # a discount that is not taken off again must be the sum of those of the lines
    is_repeated = bool(sums.discounts) and is_among(figures.discount, (sums.discounts,), slack)
    if figures.discount and not way.applies_discount and not is_repeated:
        raise unexplained(figures.discounts[0], distance)
    for figure in (*figures.discounts, *figures.charges, *figures.roundings):
        if figure.place > way.last and (way.applies_discount or figure.kind is not Kind.DISCOUNT):
            raise unexplained(figure, distance)
    _check_unknown(figures, known, way, sums, last_line, distance)


def _tax_left_out(taxes: Sequence[Labelled], sums: LineSums, distance: int) -> InconsistentError:
    if taxes:
        return unexplained(taxes[0], distance)
    return InconsistentError(
        "total_mismatch",
        f"The lines show a tax of {sums.tax}, which the printed total does not contain.",
        distance,
    )


def _check_unknown(
    figures: Given,
    known: Sequence[Decimal],
    way: Way,
    sums: LineSums,
    last_line: int,
    distance: int,
) -> None:
    """Figures without a known label repeat a sum, or are payments that come to the total."""
    left: list[Labelled] = []
    for figure in figures.unknown:
        allowed = known if figure.place > last_line else [*known, *sums.parts]
        if not is_among(figure.amount, allowed):
            left.append(figure)
    after = [figure for figure in left if figure.place >= way.last]
    if len(after) < len(left):
        raise unexplained(next(f for f in left if f.place < way.last), distance)
    if after and not is_among(sum((f.amount for f in after), ZERO), (ZERO, way.total)):
        raise unexplained(after[0], distance)


def unexplained(figure: Labelled, distance: int) -> InconsistentError:
    return InconsistentError(
        "unexplained_figure",
        f'Below the lines stands "{figure.label} {figure.amount}", and what it means for the total '
        "is not clear.",
        distance,
    )
