"""Amounts that hold what a parcel cost: they are of no line, and the lines are what is sold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.proof import explained_share
from lucid_orchestration.ingest.layout.money.readings import COLUMNS_TRIED, MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# So many bills have to have postage for it to show, or all of a few.
_MIN_BILLS = 3
_FEW_BILLS = 2


@dataclass(frozen=True)
class Postage:
    """The columns whose money is no line's own, and what to say of it."""

    places: frozenset[int] = frozenset()
    told: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class _Way:
    """How bills come to an amount: postage on top of their lines, tax too, a discount off them."""

    amount: int
    carriage: int
    taxes: tuple[int, ...]
    discount: int | None


def postage_in(header: Row, columns: MoneyColumns, sample: Sample) -> Postage:
    """The amounts that are quantity × price and postage, and a tax that is of the whole bill.

    None are where no column of postage makes the bills come out.
    """
    if columns.quantity is None or not columns.prices or not columns.carriage:
        return Postage()
    amounts = [place for place in columns.amounts[:COLUMNS_TRIED] if place not in columns.told]
    bills = [*_bills(sample)]
    places: set[int] = set()
    told: list[Issue] = []
    for amount in amounts:
        way = next((w for w in _ways(columns, amount) if _holds(w, columns, sample, bills)), None)
        if way is None:
            continue
        places.add(amount)
        if any(len(numbers) > 1 for numbers in bills):
            places.update(place for place in way.taxes if _is_of_bills(place, sample, bills))
        if not told:
            told.append(words.with_postage(header, amount, way.carriage))
    return Postage(frozenset(places), tuple(told))


def _bills(sample: Sample) -> Iterator[Sequence[int]]:
    """The rows of each bill; a row without a number is one of its own."""
    yield from sample.rows_of_bills
    yield from ((number,) for number, bill in enumerate(sample.bills) if bill is None)


def _ways(columns: MoneyColumns, amount: int) -> Iterator[_Way]:
    taxes: list[tuple[int, ...]] = [(), *((place,) for place in columns.taxes)]
    discounts: list[int | None] = [None, *columns.discounts[:COLUMNS_TRIED]]
    for tax, discount, carriage in product(taxes, discounts, columns.carriage):
        yield _Way(amount, carriage, tax, discount)


def _holds(
    way: _Way, columns: MoneyColumns, sample: Sample, bills: Sequence[Sequence[int]]
) -> bool:
    """Whether bills come out, and not without the postage."""
    known = fitting = sent = 0
    for numbers in bills:
        expected = _lines(way, columns, sample, numbers)
        stated = _once(sample, numbers, way.amount)
        carriage = _once(sample, numbers, way.carriage)
        if expected is None or stated is None:
            continue
        known += 1
        whole = expected + (carriage or 0.0)
        fits = abs(whole - stated) <= 0.01 * len(numbers) + 0.005
        fitting += fits
        sent += fits and bool(carriage)
    is_shown = sent >= _MIN_BILLS or _FEW_BILLS <= sent == known
    return is_shown and fitting >= explained_share() * known


def _lines(
    way: _Way, columns: MoneyColumns, sample: Sample, numbers: Sequence[int]
) -> float | None:
    """What the lines of a bill come to, with its tax and without its discount."""
    whole = 0.0
    for number in numbers:
        cells = sample.rows[number]
        price, quantity = cells.get(columns.prices[0]), cells.get(columns.quantity or 0)
        if price is None or quantity is None:
            return None
        whole += price * quantity
        if way.discount is not None:
            whole -= abs(cells.get(way.discount, 0.0))
    return whole + sum(_once(sample, numbers, place) or 0.0 for place in way.taxes)


def _once(sample: Sample, numbers: Sequence[int], place: int) -> float | None:
    """A figure of a bill that all of its lines repeat, or the first alone has."""
    first, *others = (sample.rows[number].get(place) for number in numbers)
    return first if set(others) <= {first, None} else None


def _is_of_bills(place: int, sample: Sample, bills: Sequence[Sequence[int]]) -> bool:
    several = [numbers for numbers in bills if len(numbers) > 1]
    return all(_once(sample, numbers, place) is not None for numbers in several)
