"""Whether every figure below the lines has its place on the way from them to the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from lucid_orchestration.ingest.pdf.below import Below, Labelled
from lucid_orchestration.ingest.pdf.bills import Basis
from lucid_orchestration.ingest.pdf.figures import places_of, rounded
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
    runs,
)
from lucid_orchestration.ingest.pdf.vocabulary import plain, words_pattern

NO_TAX = Tax(ZERO, ())


@dataclass(frozen=True)
class Printed:
    """What stands on a bill beside its lines.

    `places` is the row of each line. `is_tax_promised`: its title or its words speak of tax, and
    nothing says that there is none. `is_rounding_usual`: totals in its currency are often whole.
    `basis` and `is_untaxed` are what the owner told of its prices. `unnamed_tax` is the heading of
    a column that is added to the prices without a word that it is a tax, null without one.
    """

    below: Below
    places: tuple[int, ...]
    is_tax_promised: bool
    is_rounding_usual: bool
    basis: Basis | None = None
    is_untaxed: bool = False
    unnamed_tax: str | None = None


@dataclass(frozen=True)
class Way:
    """One way to the total: what is applied, and what the tax is.

    `shares` is what discounts on the bill take off each line.
    """

    total: Decimal
    tax: Tax
    applies_discount: bool
    rounding: Decimal
    last: int
    shares: tuple[Decimal, ...] = ()


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
    for exchange in figures.exchanges:
        # the total in another currency, in whole units too
        other = way.total * exchange.amount
        known += [rounded(other), other.quantize(Decimal(1), ROUND_HALF_UP)]
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
    if printed.below.bare:
        raise InconsistentError(
            "unexplained_figure",
            f'Below the lines stands "{printed.below.bare}" without the figures of it.',
            distance,
        )
    last_line = max(printed.places)
    parts = sums.parts
    if any(figure.place < last_line for figure in figures.discounts) and way.shares:
        left = [line.amount - share for line, share in zip(lines, way.shares, strict=True)]
        parts |= runs(left)
    of_sections = {figure.label for figure in figures.sums if figure.place < last_line}
    for figure in figures.sums:
        # the sum of the last section stands right behind its lines
        is_section = figure.kind is Kind.SUBTOTAL or figure.place <= last_line + 2
        is_section = is_section and figure.kind is not Kind.GRAND_TOTAL
        is_named_so = figure.place <= last_line + 2 and figure.label in of_sections
        is_section = is_section or is_named_so
        if not is_among(figure.amount, [*known, *parts] if is_section else known):
            raise unexplained(figure, distance)
        _check_beyond(figure, [*known, *_column_sums(lines, sums)], distance)
        # the slack is for sums of rounded parts: a total below that is another one is the total
        is_later = figure.place > way.last and figure.kind is not Kind.SUBTOTAL
        if is_later and 0 < abs(figure.amount - way.total) <= SUM_SLACK:
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
    _check_reductions(figures, way, distance)
    for figure in figures.unknown:
        if figure.place > last_line and figure.amount == way.total:
            _check_beside(figure, [*known, *_column_sums(lines, sums)], distance)
    _check_unknown(figures, known, way, parts, last_line, distance)


def _check_reductions(figures: Given, way: Way, distance: int) -> None:
    """What may be taken off for paying at once is a discount where a total below is less by it.

    Raises:
        InconsistentError: when one is.
    """
    for figure in figures.payments:
        if not figure.is_less or not words_pattern("reductions").search(plain(figure.label)):
            continue
        left = way.total - abs(figure.amount)
        if any(
            other.kind is not Kind.SUBTOTAL
            and other.place > figure.place
            and is_among(other.amount, (left,))
            for other in figures.sums
        ):
            raise unexplained(figure, distance)


def _column_sums(lines: Sequence[PrintedLine], sums: LineSums) -> list[Decimal]:
    """What columns right of the amounts may add up to: taxes, their halves, and all with them."""
    own = [line.taxable for line in lines if line.taxable is not None]
    found = [sums.tax or ZERO, (sums.tax or ZERO) / 2, *sums.by_rate, sum(own, ZERO)]
    taxes = [tax for tax in found if tax]
    return [*taxes, *(tax / 2 for tax in taxes), *(sums.amounts + tax for tax in taxes)]


def _check_beyond(figure: Labelled, known: Sequence[Decimal], distance: int) -> None:
    """The figures right of the sum of the amounts: another column may hold what really counts.

    Raises:
        InconsistentError: when one of them is no sum of the bill.
    """
    for amount in figure.beyond:
        if not is_among(amount, known):
            raise InconsistentError(
                "unexplained_figure",
                f'Beside "{figure.label} {figure.amount}" stands {amount}, the sum of a column '
                "right of the amounts, and what it means for the total is not clear.",
                distance,
            )


def _check_beside(total: Labelled, known: Sequence[Decimal], distance: int) -> None:
    """The other figures of a row of sums without labels: one may be a tax in the total.

    Raises:
        InconsistentError: when one of them is money and no sum of the bill.
    """
    for amount in total.others:
        if places_of(amount) == places_of(total.amount) > 0 and not is_among(amount, known):
            raise InconsistentError(
                "unexplained_figure",
                f"Beside {total.amount} below the lines stands {amount}, and no label says what it "
                "is.",
                distance,
            )


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
    parts: frozenset[Decimal],
    last_line: int,
    distance: int,
) -> None:
    """Figures without a known label repeat a sum, or are payments that come to the total."""
    left: list[Labelled] = []
    for figure in figures.unknown:
        allowed = known if figure.place > last_line else [*known, *parts]
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
        label=figure.label,
    )
