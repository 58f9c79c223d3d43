"""Reads a bill by its arithmetic: the one result of the readings whose lines and totals agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from lucid_orchestration.ingest.pdf.below import Below, read_below, speaks_of_tax
from lucid_orchestration.ingest.pdf.bill_table import BillTable, Item, read_bill_table
from lucid_orchestration.ingest.pdf.bills import Reconciled
from lucid_orchestration.ingest.pdf.explained import Printed
from lucid_orchestration.ingest.pdf.figures import PAISA, places_of
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError, problem_of
from lucid_orchestration.ingest.pdf.pages import Page
from lucid_orchestration.ingest.pdf.printed import PrintedLine
from lucid_orchestration.ingest.pdf.proof import prove
from lucid_orchestration.ingest.pdf.rows import Row, decimal_marks, rows_of
from lucid_orchestration.ingest.pdf.services import read_service_table
from lucid_orchestration.ingest.pdf.sums import SUMS
from lucid_orchestration.ingest.pdf.templates import find_templates
from lucid_orchestration.ingest.pdf.told import NOTHING_TOLD, Told

# Readings beyond these explain too few rows to be the bill.
_MAX_READINGS = 16
_MAX_DOUBTFUL = 4
_THOUSANDTHS = 3


@dataclass(frozen=True)
class Reading:
    """A result with how well the headings fit, and what has to be said of it.

    `taxes` are the lines whose tax is printed, `derived` those whose price is not. `money` is what
    stands beside the amounts and beside the total: their currency may be told from it.
    `is_in_thousandths`: its amounts have three places.
    """

    bill: Reconciled
    score: int
    taxes: int = 0
    derived: tuple[str, ...] = ()
    money: tuple[str, str] = ("", "")
    is_in_thousandths: bool = False


@dataclass(frozen=True)
class Circumstances:
    """What is known of a bill beside its figures.

    `is_tax_invoice`: its title promises tax on it. `is_rounding_usual`: its currency is one in
    which totals are rounded to whole units without a word. `has_thousandths`: one of which a
    thousandth is paid; null where nothing says so. `told`: what the owner said of it.
    """

    is_tax_invoice: bool
    is_rounding_usual: bool
    has_thousandths: bool | None = None
    told: Told = NOTHING_TOLD


def read_by_arithmetic(pages: Sequence[Page], known: Circumstances) -> Reading:
    """The bill on some pages.

    Raises:
        InconsistentError: when no reading adds up, or several do with different results.
    """
    found: list[Reading] = []
    problems: list[tuple[int, InconsistentError]] = []
    for mark in decimal_marks(pages):
        rows = rows_of(pages, mark)
        most = 0
        templates = find_templates(rows)
        for template in templates[:_MAX_READINGS]:
            most = max(most, len(template.rows))
            if found and 2 * len(template.rows) < most:
                break
            for are_rates in (False, True):
                try:
                    table = read_bill_table(
                        template, rows, are_taxes_rates=are_rates, told=known.told.columns
                    )
                    found += _readings(table, rows, known)
                    break
                except InconsistentError as problem:
                    problems.append((len(template.rows), problem))
        if not found:
            products = {place for template in templates for place in template.rows}
            try:
                found += _readings(read_service_table(rows, products), rows, known)
            except InconsistentError as problem:
                problems.append((0, problem))
    if not found:
        if not problems:
            raise InconsistentError(
                "no_table",
                "No line whose quantity times price is its amount was found on the page.",
            )
        # what is wrong with the reading that explains most is worth telling
        widest = max(count for count, _ in problems)
        raise problem_of([problem for count, problem in problems if count == widest])
    return _only(_of_currency(found, known.has_thousandths))


def _of_currency(found: Sequence[Reading], has_thousandths: bool | None) -> Sequence[Reading]:
    """The readings whose amounts have the places of their currency, where it is known.

    Raises:
        InconsistentError: when none has.
    """
    if has_thousandths is None:
        return found
    fitting = [reading for reading in found if reading.is_in_thousandths is has_thousandths]
    if not fitting and not has_thousandths:
        raise InconsistentError(
            "ambiguous_bill", "Its amounts have three places, and its currency has not.", 1
        )
    return fitting or found


def _only(found: Sequence[Reading]) -> Reading:
    """The reading whose headings fit best; one result of all that fit as well."""
    best = max(reading.score for reading in found)
    fitting = [reading for reading in found if reading.score == best]
    first = max(fitting, key=_printed_taxes)
    if not all(_is_same(first.bill, reading.bill) for reading in fitting):
        totals = sorted({sum(line.net_amount for line in r.bill.lines) for r in fitting})
        raise InconsistentError(
            "ambiguous_bill",
            "The figures add up in more than one way, with different amounts before tax: "
            f"{', '.join(map(str, totals[:3]))}.",
            10_000,
        )
    return first


def _printed_taxes(reading: Reading) -> int:
    return reading.taxes


def _is_same(one: Reconciled, other: Reconciled) -> bool:
    """Whether two results are one to the rounding of a tax that is worked out from its rate."""
    return len(one.lines) == len(other.lines) and all(
        a.quantity == b.quantity and abs(a.net_amount - b.net_amount) <= PAISA
        for a, b in zip(one.lines, other.lines, strict=True)
    )


def _readings(table: BillTable, rows: Sequence[Row], known: Circumstances) -> Iterator[Reading]:
    """The results of the lines, with the rows of which only the total says if they are lines."""
    problems: list[InconsistentError] = []
    is_any = False
    for taken in _subsets(table.doubtful):
        items = sorted((*table.items, *taken), key=lambda item: item.place)
        left = [item.place for item in table.doubtful if item not in taken]
        below = known.told.applied(read_below(rows, table.rest, table.amount))
        printed = Printed(
            below,
            tuple(item.place for item in items),
            is_tax_promised=known.is_tax_invoice or speaks_of_tax(rows),
            is_rounding_usual=known.is_rounding_usual,
            basis=known.told.basis,
            is_untaxed=known.told.is_untaxed,
            unnamed_tax=table.unnamed_tax,
        )
        try:
            _check_quantities(items, below.counts)
            is_counted = _quantity_of(items) in below.counts
            lines = [_derived(item, is_counted=is_counted) for item in items]
            for bill in prove(lines, printed):
                derived = tuple(item.line.name for item in items if item.is_derived)
                taxes = sum(line.tax is not None for line in lines)
                money = (table.money, _beside(bill.total, below))
                is_fine = all(places_of(line.amount) == _THOUSANDTHS for line in lines)
                score = table.score - 2 * len(left)
                yield Reading(bill, score, taxes, derived, money, is_fine)
                is_any = True
        except InconsistentError as problem:
            problems.append(problem)
    if not is_any:
        raise problem_of(problems)


def _beside(total: Decimal, below: Below) -> str:
    """The labels of a total, and the signs of money in it."""
    own = [f for f in below.figures if f.amount == total and f.kind in SUMS]
    return " ".join(f"{figure.label} {figure.currency}" for figure in own)


def _subsets(doubtful: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """All doubtful rows first, then fewer; with many of them only all or none."""
    counts = range(len(doubtful), -1, -1)
    if len(doubtful) > _MAX_DOUBTFUL:
        counts = range(len(doubtful), -1, -len(doubtful))
    for count in counts:
        yield from combinations(doubtful, count)


def _check_quantities(items: Sequence[Item], counts: frozenset[Decimal]) -> None:
    """Where a price cannot be read, or is too rough, the sum of the quantities has to be printed.

    Raises:
        InconsistentError: when it is not.
    """
    derived = [item for item in items if item.is_derived]
    unsure = [item for item in items if not item.is_sure and not _is_given(item.line)]
    if not (derived or unsure) or _quantity_of(items) in counts:
        return
    first = (derived or unsure)[0]
    line, number = first.line, items.index(first) + 1
    if derived:
        price = line.price if line.price is not None else "a price that cannot be read"
        problem = (
            f"{line.quantity} × {price} is not the printed {line.amount}, and no total of the "
            "quantities says which figure is right."
        )
    else:
        problem = (
            f"{line.quantity} × {line.price} is {line.amount} only roughly: other quantities would "
            "fit as well, and no total of the quantities says which is right."
        )
    raise InconsistentError("line_arithmetic", f"Line {number} ({line.name}): {problem}", number)


def _quantity_of(items: Sequence[Item]) -> Decimal:
    return sum((item.line.quantity or Decimal(0) for item in items), Decimal(0))


def _is_given(line: PrintedLine) -> bool:
    """Whether a line costs nothing: any quantity of it comes to its amount."""
    return bool(line.quantity) and line.price == 0 and line.amount == 0


def _derived(item: Item, *, is_counted: bool) -> PrintedLine:
    """A line as it is read; `is_counted`: the sum of the quantities is printed."""
    if not item.is_sure and not is_counted and _is_given(item.line):
        given = item.line.free + (item.line.quantity or Decimal(0))
        return replace(item.line, quantity=Decimal(0), free=given)
    if not item.is_derived or not item.line.quantity:
        return item.line
    return replace(item.line, price=None)
