"""Figures that are stated once for a whole bill, on all of its lines or on the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.readings import COLUMNS_TRIED, MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# So many bills of several lines have to show that a column is of the bill, nearly all of them.
_MIN_BILLS = 3
_OF_ALL_BILLS = 0.9
# Totals of a bill are rounded to the unit of money at most.
_PROVED = 0.95
_CENT = 0.01
# A figure so near to quantity × price is that of the line, rounded another way.
_NEAR = 0.02
# From this part of the revenue on it is told what the totals have more than the lines.
_TOLD_FROM = 0.001


@dataclass(frozen=True)
class BillFigures:
    """The columns of whole bills, those `shared` by their lines with the proof, and what to say.

    What is shared is named as in a profile's Document: discount, tax, total and so on.
    """

    places: frozenset[int] = frozenset()
    shared: Mapping[str, int] = field(default_factory=dict)
    proof: str | None = None
    told: tuple[Issue, ...] = ()


def bill_figures(
    header: Row, columns: MoneyColumns, sample: Sample, *, may_share: bool
) -> BillFigures:
    """The amounts that are of the bill, and a discount they prove, which lines `may_share`.

    None are where nothing else says what a line came to.

    Raises:
        RefusedError: for a discount that lines may not share.
    """
    totals = [
        place
        for place in columns.amounts[:COLUMNS_TRIED]
        if place not in columns.told and _is_of_bills(place, columns, sample)
    ]
    worth = _line_amounts(columns, sample, totals)
    if not totals or worth is None:
        return BillFigures()
    for place in columns.discounts:
        if place in columns.told or not _is_of_bills(place, columns, sample):
            continue
        for total in totals:
            given, fitting, known = _differences(sample, worth, place, total)
            is_exact = given > 1 and known >= _MIN_BILLS and fitting == known
            if is_exact or (given >= _MIN_BILLS and fitting >= _PROVED * known):
                if not may_share:
                    raise words.unshared_discount(header, place, total)
                proof = words.shared_discount(header, place, total, fitting, known)
                return BillFigures(frozenset({*totals, place}), {"discount": place}, proof)
    total = totals[0]
    lines = stated = 0.0
    for numbers in sample.rows_of_bills:
        figure = _first(sample, numbers, total)
        if figure is not None:
            stated += figure
            lines += sum(worth[number] or 0.0 for number in numbers)
    apart = abs(stated - lines) / (abs(lines) or 1.0)
    told = words.bill_totals(header, total, lines, stated) if apart > _TOLD_FROM else None
    taxes = [at for at in columns.taxes if _is_tax_on_top(at, total, columns, sample, worth)]
    return BillFigures(frozenset({*totals, *taxes}), told=(told,) if told else ())


def _is_of_bills(place: int, columns: MoneyColumns, sample: Sample) -> bool:
    """Whether lines of different worth have one figure: all the same, or the first alone.

    Of few bills that have the same on all lines, none of which it is quantity × price of, tell too.
    """
    several = stated = repeated = 0
    may_be_own = False
    for numbers in sample.rows_of_bills:
        if len({_worth(columns, sample.rows[number]) for number in numbers}) < 2:
            continue
        first, *others = (sample.rows[number].get(place) for number in numbers)
        several += 1
        stated += first is not None and (set(others) <= {first} or set(others) <= {None, 0.0})
        repeated += first is not None and set(others) == {first}
        may_be_own |= first is not None and any(
            _is_worth(first, columns, sample.rows[number]) for number in numbers
        )
    if several >= _MIN_BILLS:
        return stated >= _OF_ALL_BILLS * several
    return not may_be_own and 0 < several == repeated


def _is_worth(figure: float, columns: MoneyColumns, cells: Mapping[int, float]) -> bool:
    """Whether a figure is quantity × price of a line; so it may be where nobody knows them."""
    worth = _worth(columns, cells)
    if len(worth) < 2 or None in worth:
        return True
    quantity, price = worth
    return abs((quantity or 0.0) * (price or 0.0) - figure) <= _NEAR * abs(figure)


def _is_tax_on_top(
    place: int, total: int, columns: MoneyColumns, sample: Sample, worth: Sequence[float | None]
) -> bool:
    """Whether a tax is of the bill, and the total holds it beside what the lines come to."""
    if place in columns.told or not _is_of_bills(place, columns, sample):
        return False
    for numbers in sample.rows_of_bills:
        stated, tax = _first(sample, numbers, total), _first(sample, numbers, place)
        lines = sum(worth[number] or 0.0 for number in numbers)
        if stated is None or lines + (tax or 0.0) > stated + _CENT * len(numbers):
            return False
    return True


def _worth(columns: MoneyColumns, cells: Mapping[int, float]) -> tuple[float | None, ...]:
    quantity = cells.get(columns.quantity) if columns.quantity is not None else None
    return (quantity, *(cells.get(place) for place in columns.prices[:1]))


def _line_amounts(
    columns: MoneyColumns, sample: Sample, totals: Sequence[int]
) -> list[float | None] | None:
    """What each line comes to by an amount of its own, else by price and quantity."""
    own = next((place for place in columns.amounts if place not in totals), None)
    if own is not None:
        return [cells.get(own) for cells in sample.rows]
    if columns.quantity is None or not columns.prices:
        return None
    price, quantity = columns.prices[0], columns.quantity
    return [
        cells[price] * cells[quantity] if price in cells and quantity in cells else None
        for cells in sample.rows
    ]


def _differences(
    sample: Sample, worth: Sequence[float | None], discount: int, total: int
) -> tuple[int, int, int]:
    """Bills with a discount, those whose lines less the discount are the total, and all known."""
    given = fitting = known = 0
    for numbers in sample.rows_of_bills:
        stated, amounts = _first(sample, numbers, total), [worth[number] for number in numbers]
        if stated is None or None in amounts:
            continue
        off = abs(_first(sample, numbers, discount) or 0.0)
        whole = sum(amount for amount in amounts if amount is not None)
        given += off > 0
        fitting += abs(whole - off - stated) <= 0.01 * len(numbers) + 0.005
        known += 1
    return given, fitting, known


def _first(sample: Sample, numbers: Sequence[int], place: int) -> float | None:
    return sample.rows[numbers[0]].get(place)
