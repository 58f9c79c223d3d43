"""Believes a bill when one reading of its figures explains every line and every printed sum.

A wrongly read table looks right. So lines, discount, charges, tax and rounding must come to a
printed total, and every other figure below the lines must be one of the sums on the way, a
payment, or a tax that is part of the total. Where two readings that do have different results,
headings decide, or nobody does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from lucid_orchestration.ingest.pdf.below import Labelled
from lucid_orchestration.ingest.pdf.bill_lines import (
    bill_line,
    charge_line,
    check_line,
    check_rate,
    discounted,
)
from lucid_orchestration.ingest.pdf.bills import Basis, BillLine, Reconciled
from lucid_orchestration.ingest.pdf.contained import NoRateError, lines_without_tax
from lucid_orchestration.ingest.pdf.discounts import discount_shares
from lucid_orchestration.ingest.pdf.explained import (
    NO_TAX,
    Printed,
    Way,
    check_explained,
    unexplained,
)
from lucid_orchestration.ingest.pdf.interpretation import (
    SUM_SLACK,
    TAX_SLACK_PER_LINE,
    ZERO,
    InconsistentError,
    Interpretation,
    problem_of,
)
from lucid_orchestration.ingest.pdf.printed import Entry, Kind, PrintedLine
from lucid_orchestration.ingest.pdf.sums import (
    Given,
    LineSums,
    given,
    is_among,
    is_equal,
    line_sums,
    possible_taxes,
    with_sections,
)
from lucid_orchestration.ingest.pdf.vocabulary import plain, words_pattern

MAX_ROUND_OFF = Decimal("0.50")
# What totals are rounded to.
_GRAINS = tuple(map(Decimal, ("1", "0.5", "0.1", "0.05")))


def prove(lines: Sequence[PrintedLine], printed: Printed) -> list[Reconciled]:
    """All different results that explain a bill.

    Raises:
        InconsistentError: when none does.
    """
    found: dict[tuple[Decimal, ...], Reconciled] = {}
    problems: list[InconsistentError] = []
    figures = given(with_sections(printed.below, lines, printed.places))
    for basis in Basis if printed.basis is None else (printed.basis,):
        meaning = Interpretation(basis, plain_discount_is_percent=False, applies_discount=False)
        try:
            if basis is Basis.WITH_TAX and not _show_tax(lines):
                raise InconsistentError("line_arithmetic", "The lines do not show their tax.")
            for place, line in enumerate(lines, start=1):
                check_line(line, place, meaning)
            for bill in _results(lines, printed, figures, meaning):
                found.setdefault(tuple(line.net_amount for line in bill.lines), bill)
        except InconsistentError as problem:
            problems.append(problem)
    if not found:
        raise problem_of(problems)
    return list(found.values())


def _show_tax(lines: Sequence[PrintedLine]) -> bool:
    """Whether lines show the tax that their amounts may contain beside their prices.

    Where no price can be read, a rate alone does not say whether the amount contains its tax.
    """
    is_hidden = any(
        line.price is None
        and line.tax is None
        and (line.tax_rate is not None or line.quantity is not None)
        for line in lines
    )
    return not is_hidden and any(
        line.tax is not None or line.tax_rate is not None for line in lines
    )


def _results(
    lines: Sequence[PrintedLine], printed: Printed, figures: Given, meaning: Interpretation
) -> Iterator[Reconciled]:
    sums = line_sums(lines, meaning)
    problem: InconsistentError | None = None
    is_any = False
    for found in _ways(lines, printed, figures, sums, meaning):
        way = found
        try:
            if way.applies_discount:
                amounts = [line.amount for line in lines]
                way = replace(way, shares=tuple(discount_shares(amounts, printed.places, figures)))
            check_explained(lines, printed, figures, sums, way, meaning)
            yield _bill(lines, printed, figures, sums, way, meaning)
            is_any = True
        except InconsistentError as error:
            problem = error
    if not is_any:
        raise problem or _mismatch(lines, figures, sums)


def _mismatch(lines: Sequence[PrintedLine], figures: Given, sums: LineSums) -> InconsistentError:
    strange = [f for f in figures.unknown if not is_among(f.amount, (sums.amounts, *sums.parts))]
    if strange:
        return unexplained(strange[0], len(lines) + 1)
    totals = [figure for figure in figures.sums if figure.kind is not Kind.SUBTOTAL]
    if not totals:
        return InconsistentError("no_total", "No total of the bill was found below its lines.")
    return InconsistentError(
        "total_mismatch",
        f"The lines add up to {sums.amounts}; with discount, charges, tax and rounding that is not "
        f"the printed total of {totals[-1].amount}.",
        len(lines) + 2,
    )


def _ways(
    lines: Sequence[PrintedLine],
    printed: Printed,
    figures: Given,
    sums: LineSums,
    meaning: Interpretation,
) -> Iterator[Way]:
    """Every way from the lines to a printed total."""
    discounts = [(False, ZERO)]
    if figures.discount:
        discounts = [(True, figures.discount), (False, ZERO)]
    roundings = _roundings(figures.roundings)
    taxes = [NO_TAX]
    if meaning.basis is Basis.BEFORE_TAX:
        taxes += possible_taxes(figures, printed.below, sums.tax)
    totals = _totals(figures, max(printed.places))
    for (is_applied, discount), rounding, tax in product(discounts, roundings, taxes):
        expected = sums.amounts - discount + figures.charged + tax.amount + rounding
        if len(roundings) > 1 and not _is_rounder(expected, expected - 2 * rounding, rounding):
            continue
        for total, last in totals:
            missing = total - expected
            if is_equal(total, expected) or _is_rounded(total, missing, printed, figures, sums):
                yield Way(total, tax, is_applied, rounding, last)


def _is_rounded(
    total: Decimal, missing: Decimal, printed: Printed, figures: Given, sums: LineSums
) -> bool:
    """Whether a total is rounded to whole units without a word, as is usual in rupees."""
    return (
        printed.is_rounding_usual
        and not figures.roundings
        and abs(missing) <= MAX_ROUND_OFF
        and total == total.to_integral_value()
        # without a printed round off another figure has to vouch for the lines
        and any(is_equal(figure.amount, sums.amounts) for figure in figures.sums)
    )


def _is_rounder(total: Decimal, other: Decimal, rounding: Decimal) -> bool:
    """Whether what is rounded without a sign is added, or taken off, as `total` has it.

    The rounder of both totals is meant, and of two as round the larger.
    """
    mine, theirs = (next((g for g in _GRAINS if not v % g), ZERO) for v in (total, other))
    return mine > theirs or (mine == theirs and rounding > 0)


def _roundings(found: Sequence[Labelled]) -> list[Decimal]:
    """What is rounded; a figure without a sign may be taken away as well."""
    if not found:
        return [ZERO]
    signed = sum((-abs(f.amount) if f.is_less else f.amount for f in found), ZERO)
    return [signed] if any(f.is_less for f in found) else [signed, -signed]


def _totals(figures: Given, last_line: int) -> list[tuple[Decimal, int]]:
    """The figures that may be the total, each with the row where it stands last."""
    sources = [f for f in figures.sums if f.place >= last_line and f.kind is not Kind.SUBTOTAL]
    if not sources:
        # below a sub total to which a tax is added the total stands, or its figure is lost
        added = [tax.place for tax in figures.taxes if tax.amount and not _says_contained(tax)]
        totals = [f for f in figures.sums if f.place > max(added, default=-1)]
        others = (*totals, *figures.payments, *figures.unknown)
        sources = [f for f in others if f.place > last_line]
    found = {figure.amount: figure.place for figure in sources}
    for figure in sources:
        paid = _paid_before(figure, figures, last_line)
        if paid:
            found.setdefault(figure.amount + paid, figure.place)
    return list(found.items())


def _says_contained(tax: Labelled) -> bool:
    label = plain(tax.label)
    return any(words_pattern(group).search(label) for group in ("with_tax", "contained"))


def _paid_before(total: Labelled, figures: Given, last_line: int) -> Decimal:
    """What was paid ahead and is taken off above a total: the bill comes to both together."""
    return sum(
        (
            abs(figure.amount)
            for figure in figures.payments
            if last_line < figure.place < total.place
            and figure.is_less
            and words_pattern("paid_ahead").search(plain(figure.label))
        ),
        ZERO,
    )


def _bill(
    lines: Sequence[PrintedLine],
    printed: Printed,
    figures: Given,
    sums: LineSums,
    way: Way,
    meaning: Interpretation,
) -> Reconciled:
    """The lines as they count.

    Raises:
        InconsistentError: when the tax they contain cannot be told.
    """
    charges = [_charge(figure) for figure in figures.charges]
    shares = way.shares or (ZERO,) * len(lines)
    if meaning.basis is Basis.ALL_WITH_TAX:
        try:
            return lines_without_tax(lines, charges, shares, way.total, figures, printed.below)
        except NoRateError as problem:
            raise InconsistentError("tax_unknown", str(problem), len(lines) + 4) from problem
    result = [bill_line(line, meaning.basis) for line in lines]
    if meaning.basis is Basis.BEFORE_TAX:
        _check_tax_is_shown(lines, printed, figures, way)
    else:
        _check_tax_of_lines(lines, result, printed, figures, sums)
    before = result
    if any(shares):
        result = discounted(result, shares)
    for place, line in enumerate(lines):
        check_rate(line, place + 1, (before[place].net_amount, result[place].net_amount))
    return Reconciled((*result, *charges), way.total, meaning.basis)


def _charge(figure: Labelled) -> BillLine:
    return charge_line(Entry(figure.kind, figure.label, figure.amount))


def _check_tax_of_lines(
    lines: Sequence[PrintedLine],
    result: Sequence[BillLine],
    printed: Printed,
    figures: Given,
    sums: LineSums,
) -> None:
    """The taxes printed below must be those that the lines contain.

    Where no heading calls what is added to the prices a tax, they have to be printed.
    """
    contained = sum((line.tax_amount or ZERO for line in result), ZERO)
    slack = SUM_SLACK + TAX_SLACK_PER_LINE * len(lines)
    taxes = [tax.amount for tax in figures.taxes if tax.amount]
    if not taxes:
        summed = sum((row.tax for row in printed.below.summary), ZERO)
        if printed.unnamed_tax is not None and abs(summed - contained) > slack:
            raise InconsistentError(
                "line_arithmetic",
                f"Figures {_below(printed.unnamed_tax)}are added to the prices, and nothing says "
                "whether they are a tax or a charge.",
                len(lines) + 3,
            )
        return
    net = sum((line.net_amount for line in result), ZERO)
    allowed = [
        contained,
        net,
        contained + net,
        *sums.by_rate,
        *(v / 2 for v in (contained, *sums.by_rate)),
    ]
    ok = abs(sum(taxes, ZERO) - contained) <= slack or all(
        is_among(value, allowed, slack) for value in taxes
    )
    if not ok:
        raise InconsistentError(
            "total_mismatch",
            f"The lines contain {contained} of tax, but {sum(taxes, ZERO)} is printed below them.",
            len(lines) + 3,
        )


def _below(heading: str) -> str:
    return f"below “{heading}” " if heading else ""


def _check_tax_is_shown(
    lines: Sequence[PrintedLine], printed: Printed, figures: Given, way: Way
) -> None:
    """Amounts to which no tax is added contain it, unless the bill shows that there is none."""
    if printed.is_untaxed or way.tax.amount or any(line.tax for line in lines):
        return
    has_rates = any(row.tax for row in printed.below.summary) or any(
        line.tax_rate for line in lines
    )
    is_zero = any(not tax.amount for tax in figures.taxes) or all(
        line.tax is not None or line.tax_rate == ZERO for line in lines
    )
    if is_zero and not has_rates and not any(tax.amount for tax in figures.taxes):
        return
    if printed.is_tax_promised or has_rates:
        raise InconsistentError(
            "tax_unknown",
            "The amounts seem to contain tax, and how much of each line is tax cannot be told.",
            len(lines) + 3,
        )
