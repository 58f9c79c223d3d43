"""What the figures of a bill must be when its lines are right: sums, taxes and totals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from lucid_orchestration.ingest.pdf.below import Below, Labelled
from lucid_orchestration.ingest.pdf.bill_lines import line_discount
from lucid_orchestration.ingest.pdf.figures import PAISA, rounded
from lucid_orchestration.ingest.pdf.interpretation import SUM_SLACK, ZERO, Interpretation
from lucid_orchestration.ingest.pdf.printed import Kind, PrintedLine
from lucid_orchestration.ingest.pdf.vocabulary import patterns, plain

SUMS = frozenset({Kind.SUBTOTAL, Kind.TOTAL, Kind.GRAND_TOTAL})
TAXES = frozenset({Kind.TAX, Kind.TAX_TOTAL})
_MOST_TAXES = 8


@dataclass(frozen=True)
class Given:
    """The figures below the lines, by what they are."""

    discounts: tuple[Labelled, ...]
    charges: tuple[Labelled, ...]
    roundings: tuple[Labelled, ...]
    taxes: tuple[Labelled, ...]
    sums: tuple[Labelled, ...]
    payments: tuple[Labelled, ...]
    unknown: tuple[Labelled, ...]
    exchanges: tuple[Labelled, ...] = ()

    @property
    def discount(self) -> Decimal:
        return sum((abs(figure.amount) for figure in self.discounts), ZERO)

    @property
    def charged(self) -> Decimal:
        return sum((figure.amount for figure in self.charges), ZERO)


def given(below: Below) -> Given:
    """The figures below the lines sorted by their labels; zeros say nothing but of taxes."""

    def of(*kinds: Kind) -> tuple[Labelled, ...]:
        return tuple(f for f in below.figures if f.kind in kinds and (f.amount or f.kind in TAXES))

    # a tip below a total is paid with it and no part of it
    first = min((figure.place for figure in of(*SUMS - {Kind.SUBTOTAL})), default=-1)
    tips = of(Kind.TIP)
    return Given(
        discounts=of(Kind.DISCOUNT),
        charges=(*of(Kind.CHARGE), *(tip for tip in tips if tip.place < first)),
        roundings=of(Kind.ROUND_OFF),
        taxes=of(*TAXES),
        sums=of(*SUMS),
        payments=(*of(Kind.PAYMENT), *(tip for tip in tips if tip.place >= first)),
        unknown=of(Kind.UNKNOWN),
        exchanges=of(Kind.EXCHANGE),
    )


def with_sections(below: Below, lines: Sequence[PrintedLine], places: Sequence[int]) -> Below:
    """The figures below the lines; "Labour total" is no charge where it is the sum of lines above.

    `places` is the row of each line. Its lines begin behind the sum before it.
    """
    found: list[Labelled] = []
    start = 0
    for figure in below.figures:
        stop = sum(place < figure.place for place in places)
        amount = sum((line.amount for line in lines[start:stop]), ZERO)
        is_sum = stop > start and is_equal(figure.amount, amount)
        if figure.kind is Kind.CHARGE and is_sum and _says_total(figure.label):
            figure = replace(figure, kind=Kind.SUBTOTAL)
        start = stop if is_sum else start
        found.append(figure)
    return replace(below, figures=tuple(found))


def _says_total(label: str) -> bool:
    return any(patterns("figures")[kind].search(plain(label)) for kind in ("subtotal", "total"))


@dataclass(frozen=True)
class LineSums:
    """Sums over the lines; null tax where not every line shows one.

    `before_discount` is quantity × price, rounded once or line by line.
    """

    amounts: Decimal
    before_discount: tuple[Decimal, Decimal]
    discounts: Decimal
    quantity: Decimal
    tax: Decimal | None
    by_rate: tuple[Decimal, ...]
    parts: frozenset[Decimal]


def line_sums(lines: Sequence[PrintedLine], meaning: Interpretation) -> LineSums:
    """The sums of the columns; `by_rate` is the tax of each rate, `parts` sums of sections."""
    amounts = sum((line.amount for line in lines), ZERO)
    products = [
        line.quantity * line.price
        if line.quantity is not None and line.price is not None
        else line.amount
        for line in lines
    ]
    discounts = [
        line_discount(line, base, meaning) for line, base in zip(lines, products, strict=True)
    ]
    taxes = [line.tax for line in lines if line.tax is not None]
    rates: dict[Decimal, Decimal] = {}
    for line in lines:
        if line.tax_rate:
            rates[line.tax_rate] = rates.get(line.tax_rate, ZERO) + (
                line.tax if line.tax is not None else line.amount * line.tax_rate / 100
            )
    return LineSums(
        amounts=amounts,
        before_discount=(
            rounded(sum(products, ZERO)),
            sum((rounded(product) for product in products), ZERO),
        ),
        discounts=rounded(sum(discounts, ZERO)),
        quantity=sum((line.quantity or ZERO for line in lines), ZERO),
        tax=sum(taxes, ZERO) if len(taxes) == len(lines) else None,
        by_rate=tuple(rounded(tax) for tax in rates.values()),
        parts=runs([line.amount for line in lines]),
    )


def runs(amounts: Sequence[Decimal]) -> frozenset[Decimal]:
    """Sums of lines that follow each other: what a section or a page may add up to."""
    if len(amounts) > 80:
        running, result = ZERO, set()
        for amount in amounts:
            running += amount
            result.add(running)
        return frozenset(result)
    return frozenset(
        sum(amounts[start:stop], ZERO)
        for start in range(len(amounts))
        for stop in range(start + 1, len(amounts) + 1)
    )


@dataclass(frozen=True)
class Tax:
    """A tax of the whole bill that is printed: its amount and the figures it is made of."""

    amount: Decimal
    parts: tuple[Decimal, ...]


def possible_taxes(found: Given, below: Below, in_lines: Decimal | None) -> list[Tax]:
    """What the tax of the bill may be by its labelled figures, its summary and its lines."""
    values = [tax.amount for tax in found.taxes if tax.amount]
    if values and min(values) < 0 < max(values):
        # a tax below zero beside one above it is a discount with the label of another figure
        return []
    result: dict[Decimal, Tax] = {}
    for value in values:
        result.setdefault(value, Tax(value, (value,)))
    for count in range(2, min(len(values), _MOST_TAXES) + 1):
        if len(values) > _MOST_TAXES and count < len(values):
            continue
        for chosen in combinations(values, count):
            result.setdefault(sum(chosen, ZERO), Tax(sum(chosen, ZERO), chosen))
    taxes = [row.tax for row in below.summary]
    if taxes:
        result.setdefault(sum(taxes, ZERO), Tax(sum(taxes, ZERO), tuple(taxes)))
        result.setdefault(taxes[0], Tax(taxes[0], (taxes[0],)))
    if in_lines:
        result.setdefault(in_lines, Tax(in_lines, (in_lines,)))
    return list(result.values())


def are_taxes_explained(found: Given, tax: Tax, sums: LineSums, known: Iterable[Decimal]) -> bool:
    """Whether every printed tax is the bill's, a part of it, or another sum of the bill."""
    halves = [value / 2 for value in (tax.amount, *sums.by_rate)]
    allowed = [tax.amount, *tax.parts, *sums.by_rate, *halves, *known]
    if sums.tax is not None:
        allowed += [sums.tax, sums.tax / 2]
    return all(is_among(figure.amount, allowed) for figure in found.taxes if figure.amount)


def is_among(value: Decimal, allowed: Iterable[Decimal], slack: Decimal = SUM_SLACK) -> bool:
    """Whether a figure is one of some values to the rounding of a sum."""
    return any(abs(value - other) <= slack for other in allowed)


def is_equal(one: Decimal, other: Decimal) -> bool:
    """Whether two printed figures are the same to the paisa."""
    return abs(one - other) < PAISA / 20
