"""Whether lines come to what their orders say they came to, and which discount they share."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from lucid_orchestration.ingest.layout.aliases import meanings
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.headings import heading_key, heading_keys
from lucid_orchestration.ingest.layout.money.columns import figure_of
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.money.rates import TAX_STEP, is_rate
from lucid_orchestration.ingest.layout.profile import sharing
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.orders.halves import HalfTable, number_of
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity
from lucid_orchestration.ingest.raw_tables import NUMBER_FIELDS

# Of the orders with a total so many have to come out; above, what does not is told.
_MIN_EXPLAINED = 0.8
_ALL = 0.98
_MOST_CHARGES = 4
_HIGHEST_TAX = 0.5
_TOLD_FROM = 0.001
# What is charged for delivery is one of a few sums.
_FEW_SUMS, _FEW = 3, 0.2
_AMOUNTS = ("net_amount", "gross_amount", "list_amount", "bill_amount")
_DISCOUNTS = frozenset({"discount_amount", "unit_discount", "discount_percent", "discount_share"})
# The heading of the column that the lines of an order share.
SHARED = "order discount"
# How a line comes to its money without saying what it comes to: not to be shared by what is left.
_BY_RATES = frozenset({"discount_percent", "unit_discount", "discount_share", "tax_percent"})


@dataclass(frozen=True)
class _Way:
    """How an order comes to its total: its lines, less discounts, plus charges, perhaps with tax.

    `is_taxed` where the total is a round rate more that no column holds.
    """

    total: str
    less: tuple[str, ...] = ()
    plus: tuple[str, ...] = ()
    is_taxed: bool = False


@dataclass(frozen=True)
class _Order:
    """An order: what its lines come to, how many they are, and its figures by heading."""

    lines: float
    count: int
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Agreement:
    """How far the totals of orders are those of their lines.

    Of `known` orders with a total, `explained` come out. `shared` is the money off each order, by
    its number, that its lines are yet to share; an `unused_discount` has no place in any total. It
    `is_charged` where all other totals are a few sums more, as delivery is.
    """

    way: _Way
    explained: int
    known: int
    gap: float
    shared: Mapping[str, str]
    mark: DecimalMark
    unused_discount: float = 0.0
    revenue: float = 0.0
    is_charged: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the lines are not those of the orders, as far as money shows."""
        return self.explained < _MIN_EXPLAINED * self.known and not self.is_charged

    @property
    def sentence(self) -> str:
        """What adds up, in the owner's words."""
        less = "".join(f' less "{name}"' for name in self.way.less)
        plus = "".join(f' plus "{name}"' for name in self.way.plus)
        tax = " and a round tax" if self.way.is_taxed else ""
        share = " The lines share the discount of their order." if self.shared else ""
        return (
            f'The lines of an order{less}{plus}{tax} come to "{self.way.total}": in '
            f"{self.explained} of {self.known} orders.{share}"
        )

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """What to say of the orders that do not come out."""
        found = []
        off = self.known - self.explained
        if off > (1 - _ALL) * self.known:
            how = " more, such as delivery" if self.is_charged else ""
            found.append(
                Issue(
                    Severity.WARNING,
                    "order_total_differs",
                    f'{off} of {self.known} orders have another "{self.way.total}" than their '
                    f"lines come to, {self.gap:.2f} in all{how}. The lines were counted.",
                )
            )
        if self.unused_discount > _TOLD_FROM * self.revenue:
            found.append(
                Issue(
                    Severity.WARNING,
                    "order_discount_not_used",
                    f"The orders have discounts of {self.unused_discount:.2f}, and no total shows "
                    "whether their lines stand before or after them: taken as after.",
                    revenue_share=min(self.unused_discount / self.revenue, 1.0),
                )
            )
        return tuple(found)

    def refusal(self, name: str) -> RefusedError:
        """Why lines were not joined with orders of other money."""
        return RefusedError(
            "orders_unmatched",
            f"The orders that {name} names are there, but their lines come to "
            f'"{self.way.total}" in only {self.explained} of {self.known} of them, so that lines '
            "may be missing or of something else. Export both lists for the same orders.",
        )

    def sharing(
        self, header: Row, rows: Sequence[Row], place: int
    ) -> tuple[list[Row], Callable[[Layout], Layout]]:
        """The rows with the discount of their order, and what has the lines share it."""
        width = len(header.cells)
        shared: list[Row] = [replace(header, cells=(*header.cells, SHARED))]
        for row in rows:
            cells = (*row.cells, *[""] * (width - len(row.cells)))
            off = self.shared.get(number_of(row, place), "")
            shared.append(replace(row, cells=(*cells, off)))

        def settle(layout: Layout) -> Layout:
            keys = [heading_key(cell) for cell in layout.header]
            own = layout.columns
            is_by_rates = "net_amount" not in own and own.keys() & _BY_RATES
            if len({*keys}) < len(keys) or layout.column_marks or layout.arrangement or is_by_rates:
                raise _unshared()
            return replace(
                layout,
                columns={**own, "net_amount": own.get("net_amount", width + 1)},
                arrangement=sharing(keys, place, {"discount": width}, self.mark),
                helpers={**layout.helpers, width: "discount_amount"},
            )

        return shared, settle


def _unshared() -> RefusedError:
    return RefusedError(
        "unshared_discount",
        "The orders have a discount that their lines share, which Lucid cannot share out here: "
        "give every column a heading of its own and write all numbers with the same decimal mark.",
    )


def agreement(
    layout: Layout,
    lines: Sequence[Row],
    orders: Iterable[tuple[HalfTable, Iterable[tuple[str, Row]]]],
) -> Agreement | None:
    """The way in which most orders come to their totals; None where they state none.

    `orders` are lists with their rows by the number of the order.
    """
    places = [at for name, at in layout.columns.items() if name in NUMBER_FIELDS]
    marks = marks_of(places, layout.columns.get("quantity"), lines)
    number_place = layout.columns["transaction_id"]
    sums: dict[str, tuple[float, int]] = {}
    for row in lines:
        number, worth = number_of(row, number_place), _worth(row, layout, marks)
        if number and worth is not None:
            total, count = sums.get(number, (0.0, 0))
            sums[number] = total + worth, count + 1
    found: list[tuple[str, _Order]] = []
    roles = _Roles()
    for source, rows in orders:
        known = [(number, row) for number, row in rows if number in sums]
        if known:
            money = _Money(source)
            roles.add(money)
            found += [(n, _Order(*sums[n], money.figures(row))) for n, row in known]
    tried = [_Tried(way, found) for way in roles.ways()]
    tried = [one for one in tried if one.known]
    if not tried:
        return None
    # of equals the first, which is the simplest; but a discount that comes out is one to take off
    best = max(tried, key=lambda one: (len(one.explained), one.uses_discount))
    return best.agreement(found, roles, marks.usual)


class _Tried:
    """A way held against the orders."""

    def __init__(self, way: _Way, orders: Sequence[tuple[str, _Order]]) -> None:
        self._way = way
        self.known = [(n, one) for n, one in orders if one.figures.get(way.total)]
        self.explained = [n for n, one in self.known if _is_explained(one, way)]

    @property
    def uses_discount(self) -> bool:
        """Whether an order that comes out has a discount to come out with."""
        numbers = {*self.explained}
        return any(n in numbers and _less(one, self._way.less) for n, one in self.known)

    def agreement(
        self, orders: Sequence[tuple[str, _Order]], roles: "_Roles", mark: DecimalMark
    ) -> Agreement:
        """What the way says of the orders."""
        numbers = {*self.explained}
        return Agreement(
            self._way,
            len(self.explained),
            len(self.known),
            sum(_gap(one, self._way) for n, one in self.known if n not in numbers),
            {
                n: f"{less:.2f}".replace(".", mark)
                for n, one in orders
                if (less := _less(one, self._way.less))
            },
            mark,
            0.0 if self._way.less else sum(_less(one, roles.discounts) for _, one in orders),
            sum(abs(one.lines) for _, one in orders),
            self._is_charged(numbers),
        )

    def _is_charged(self, numbers: Collection[str]) -> bool:
        """Whether totals that do not come out are more than the lines, by a few sums alone."""
        left = [one for n, one in self.known if n not in numbers]
        more = [one.figures[self._way.total] - _expected(one, self._way) for one in left]
        sums = {f"{one:.2f}" for one in more}
        return min(more, default=0.0) > 0 and len(sums) <= max(_FEW_SUMS, _FEW * len(more))


def _less(order: _Order, names: Iterable[str]) -> float:
    return sum(abs(order.figures.get(name, 0.0)) for name in names)


class _Money:
    """The money columns of a list of orders, by what their headings say."""

    def __init__(self, source: HalfTable) -> None:
        header = source.half.header
        named = meanings("sales", heading_keys(header.cells))
        known = heading_words()
        self.totals: dict[str, int] = {}
        self.less: dict[str, int] = {}
        self.plus: dict[str, int] = {}
        for place, heading in enumerate(header.cells):
            words, name = words_of(heading), named.get(place)
            if name in _DISCOUNTS or words & known.discount:
                self.less[heading.strip()] = place
            elif words & (known.carriage | known.tax) and not words & (
                known.with_tax | known.before_tax
            ):
                self.plus[heading.strip()] = place
            elif name in _AMOUNTS or words & known.amount:
                self.totals[heading.strip()] = place
            elif name is None and words & known.fee:
                self.plus[heading.strip()] = place
        self._places = {**self.totals, **self.less, **self.plus}
        self._marks = marks_of([*self._places.values()], None, source.rows)

    def figures(self, row: Row) -> dict[str, float]:
        """The figures of an order by their headings."""
        return {
            heading: number
            for heading, place in self._places.items()
            if (number := figure_of(row, place, self._marks)) is not None
        }


class _Roles:
    """The headings of all lists of orders, by what they may be of a total."""

    def __init__(self) -> None:
        self._totals: dict[str, None] = {}
        self._less: dict[str, None] = {}
        self._plus: dict[str, None] = {}

    @property
    def discounts(self) -> Iterable[str]:
        """The headings of discounts."""
        return self._less

    def add(self, money: _Money) -> None:
        """Take note of the columns of a list."""
        self._totals |= dict.fromkeys(money.totals)
        self._less |= dict.fromkeys(money.less)
        self._plus |= dict.fromkeys(money.plus)

    def ways(self) -> Iterator[_Way]:
        """All ways to come to a total, the simplest first."""
        plus = [*self._plus][:_MOST_CHARGES]
        for is_taxed in (False, True):
            for count in range(len(plus) + 1):
                for charges in combinations(plus, count):
                    for less in ((), *((name,) for name in self._less)):
                        for total in self._totals:
                            yield _Way(total, less, charges, is_taxed)


def _worth(row: Row, layout: Layout, marks: Marks) -> float | None:
    """What a line comes to, as its file says."""
    columns = layout.columns
    read = {
        name: figure_of(row, columns[name], marks)
        for name in (*_AMOUNTS[:2], "unit_price", "gross_unit_price", "quantity", "discount_amount")
        if name in columns
    }
    amount = read.get("gross_amount") if read.get("net_amount") is None else read["net_amount"]
    if amount is not None:
        return amount
    price = (
        read.get("unit_price")
        if read.get("unit_price") is not None
        else read.get("gross_unit_price")
    )
    quantity = read.get("quantity")
    if price is None or quantity is None:
        return None
    return price * quantity - abs(read.get("discount_amount") or 0.0)


def _expected(order: _Order, way: _Way) -> float:
    plus = sum(order.figures.get(name, 0.0) for name in way.plus)
    return order.lines - _less(order, way.less) + plus


def _gap(order: _Order, way: _Way) -> float:
    return abs(order.figures[way.total] - _expected(order, way))


def _is_explained(order: _Order, way: _Way) -> bool:
    total, expected = order.figures[way.total], _expected(order, way)
    if abs(abs(total) - abs(expected)) <= 0.01 * order.count + 0.005:
        return True
    if not way.is_taxed or not expected:
        return False
    tax = abs(total) - abs(expected)
    return 0 < tax <= _HIGHEST_TAX * abs(expected) and is_rate(tax, expected, TAX_STEP, order.count)
