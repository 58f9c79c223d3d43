"""How bills come to their totals: their lines, less a discount, plus tax and delivery of the bill.

What is stated once for a bill, on its first line or on all of them, no line can prove. The bills
do: where nearly all of them come out to the cent, each figure is of the bill and has its meaning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Literal, TypeAlias

from lucid_orchestration.ingest.kinds import WITH_TAX
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.bills import BillFigures
from lucid_orchestration.ingest.layout.money.rates import ROUND_SHARE, TAX_STEP, is_rate
from lucid_orchestration.ingest.layout.money.readings import COLUMNS_TRIED, MoneyColumns, Sample
from lucid_orchestration.ingest.outcomes import Issue, Row

# A few bills come out without exception, of many all but a few.
_MIN_BILLS = 3
_MANY_BILLS = 20
_PROVED = 0.95
# From this part of the revenue on it is told what totals that do not come out are apart.
_TOLD_FROM = 0.001
_MOST_CHARGES = 4
# What the tax is of that the lines of a bill hold.
_Held: TypeAlias = Literal["none", "lines", "all"]


@dataclass(frozen=True)
class _Way:
    """The columns of bills by what they do to the sum of the lines."""

    total: int
    discount: int | None
    charges: tuple[int, ...]

    @property
    def used(self) -> tuple[int, ...]:
        """The columns between the lines and the total."""
        return (*self.charges, *(() if self.discount is None else (self.discount,)))


@dataclass(frozen=True)
class _Bill:
    """A bill: what its lines come to, how many they are, and its figures by column."""

    lines: float
    count: int
    figures: Mapping[int, float]

    def less(self, way: _Way) -> float:
        """What the lines come to without the discount."""
        off = self.figures.get(way.discount, 0.0) if way.discount is not None else 0.0
        return self.lines - abs(off)

    def gap(self, way: _Way) -> float:
        """How far the total is from what the way comes to."""
        charged = sum(self.figures.get(place, 0.0) for place in way.charges)
        return abs(self.less(way) + charged - self.figures[way.total])

    def fits(self, way: _Way) -> bool:
        """Whether it comes out, each line rounded on its own."""
        return self.gap(way) <= 0.01 * self.count + 0.005


def proved_bills(
    header: Row, columns: MoneyColumns, sample: Sample, *, may_share: bool
) -> BillFigures | None:
    """The figures of bills that their totals prove; None where a line may hold its own.

    Raises:
        RefusedError: for a discount that lines may not share.
    """
    several = [numbers for numbers in sample.rows_of_bills if len(numbers) > 1]
    places = [place for place in _candidates(columns) if _is_of_bills(place, several, sample)]
    own = [place for place in columns.amounts if place not in places]
    bills = [*_bills(columns, sample, own[:1], places)]
    best: tuple[int, _Way, list[_Bill]] | None = None
    for total in (place for place in columns.amounts if place in places):
        known = [bill for bill in bills if total in bill.figures]
        way = _way_to(total, columns, places, known)
        if way is not None and (best is None or len(way.used) > best[0]):
            best = len(way.used), way, known
    if best is None:
        return None
    _, way, known = best
    taxes = [place for place in columns.taxes if place in places]
    held = _held_tax(taxes, way, known)
    is_unused = any(
        place in places and place != way.discount and any(bill.figures.get(place) for bill in known)
        for place in columns.discounts
    )
    if held is None or is_unused or _is_said_otherwise(columns, way, own):
        return None
    shared = {} if way.discount is None else {"discount": way.discount}
    refund = next((place for place in columns.refunds if place in places), None)
    sent = [place for place in way.charges if place in columns.carriage]
    match held:
        case "lines":
            shared["included"] = taxes[0]
        case "all":
            shared |= {"tax": taxes[0], "shipping": sent[0], "total": way.total}
    if refund is not None:
        shared |= {"refunded": refund, "total": way.total}
    if shared and not may_share:
        if way.discount is None:
            return None
        raise words.unshared_discount(header, way.discount, way.total)
    fitting = sum(bill.fits(way) for bill in known)
    proof = words.bill_sum(header, way.total, way.discount, way.charges, fitting, len(known))
    told = [*_rest(header, way, known)]
    if sent and not shared:
        told.append(words.with_postage(header, way.total, sent[0]))
    return BillFigures(frozenset(places), shared, proof, tuple(told))


def _candidates(columns: MoneyColumns) -> Iterator[int]:
    """The columns in money that may be of bills, but for those their owner names."""
    for place in (*columns.amounts, *columns.discounts, *columns.taxes, *columns.carriage):
        if place not in columns.told or columns.told[place] == "tax_amount":
            yield place
    yield from columns.refunds


def _is_of_bills(place: int, several: Sequence[Sequence[int]], sample: Sample) -> bool:
    """Whether bills of several lines state a figure on the first, or the same on all of them."""
    stated = [numbers for numbers in several if any(sample.rows[n].get(place) for n in numbers)]
    once = sum(_once(numbers, place, sample) for numbers in stated)
    return bool(several) and once >= _PROVED * len(stated)


def _once(numbers: Sequence[int], place: int, sample: Sample) -> bool:
    first, *others = (sample.rows[number].get(place) for number in numbers)
    return first is not None and (set(others) <= {first} or set(others) <= {None, 0.0})


def _bills(
    columns: MoneyColumns, sample: Sample, own: Sequence[int], places: Sequence[int]
) -> Iterator[_Bill]:
    """The bills whose lines are all known, by an amount of their own, else by what they cost."""
    for numbers in sample.rows_of_bills:
        amounts = [_worth(sample.rows[number], columns, own) for number in numbers]
        known = [amount for amount in amounts if amount is not None]
        if len(known) == len(amounts):
            first = sample.rows[numbers[0]]
            figures = {place: first[place] for place in places if place in first}
            yield _Bill(sum(known), len(numbers), figures)


def _worth(cells: Mapping[int, float], columns: MoneyColumns, own: Sequence[int]) -> float | None:
    if own:
        return cells.get(own[0])
    price = cells.get(columns.prices[0]) if columns.prices else None
    quantity = cells.get(columns.quantity) if columns.quantity is not None else None
    return None if price is None or quantity is None else price * quantity


def _way_to(
    total: int, columns: MoneyColumns, places: Sequence[int], bills: Sequence[_Bill]
) -> _Way | None:
    """The simplest way in which most bills come to a total; None where lines alone do, or none."""
    if len(bills) < _MIN_BILLS:
        return None
    charges = [p for p in (*columns.taxes, *columns.carriage) if p in places][:_MOST_CHARGES]
    discounts = [p for p in columns.discounts if p in places][:COLUMNS_TRIED]
    ways = [
        _Way(total, discount, chosen)
        for chosen in chain.from_iterable(
            combinations(charges, size) for size in range(len(charges) + 1)
        )
        for discount in (None, *discounts)
    ]
    fitting = {way: sum(bill.fits(way) for bill in bills) for way in ways}
    best = max(ways, key=lambda way: (fitting[way], -len(way.used)))
    is_exact = fitting[best] == len(bills)
    is_usual = len(bills) >= _MANY_BILLS and fitting[best] >= _PROVED * len(bills)
    return best if best.used and (is_exact or is_usual) else None


def _held_tax(taxes: Sequence[int], way: _Way, bills: Sequence[_Bill]) -> _Held | None:
    """Whether the lines hold the tax of the bill that no total adds; None where that is unclear.

    It may be the tax of what is charged beside them too: its rate shows what it was taken of.
    """
    left = [place for place in taxes if place not in way.charges]
    if not any(bill.figures.get(place) for bill in bills for place in left):
        return "none"
    if len(taxes) > 1:
        return None
    known = [(bill.figures[left[0]], bill) for bill in bills if bill.figures.get(left[0])]
    ways: dict[_Held, list[tuple[float, float]]] = {
        "lines": [(tax, bill.less(way) - tax) for tax, bill in known],
        "none": [(tax, bill.less(way)) for tax, bill in known],
    }
    if len(way.charges) == 1:
        ways["all"] = [(tax, bill.figures[way.total] - tax) for tax, bill in known]
    round_ones = {held: sum(_is_tax(*parts) for parts in found) for held, found in ways.items()}
    best, *others = sorted(round_ones, key=lambda held: -round_ones[held])
    is_clear = round_ones[best] >= ROUND_SHARE * len(known)
    return best if is_clear and all(round_ones[one] < round_ones[best] for one in others) else None


def _is_tax(tax: float, whole: float) -> bool:
    return whole > 0 and is_rate(tax, whole, TAX_STEP, 2)


def _is_said_otherwise(columns: MoneyColumns, way: _Way, own: Sequence[int]) -> bool:
    """Whether tax comes on top of what a heading says is with tax."""
    base = own[0] if own else next(iter(columns.prices), -1)
    is_gross = bool(
        {columns.plain.get(base, ""), columns.told.get(base, "")} & {*WITH_TAX.values()}
    )
    return is_gross and any(place in columns.taxes for place in way.charges)


def _rest(header: Row, way: _Way, bills: Sequence[_Bill]) -> Iterator[Issue]:
    """A warning of what the totals that do not come out are apart."""
    off = [bill for bill in bills if not bill.fits(way)]
    apart = sum(bill.gap(way) for bill in off)
    lines = sum(abs(bill.lines) for bill in bills)
    if apart > _TOLD_FROM * lines:
        yield words.bills_apart(header, way.total, len(off), len(bills), apart, lines)
