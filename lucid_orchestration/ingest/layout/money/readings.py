"""The money columns of a sales table, and the ways to read them.

A reading says which column is the price or the amount everything else follows from, what comes off
and what comes on top; from it follows what each line comes to.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Literal, TypeAlias

from lucid_orchestration.ingest.kinds import TAX_AMOUNT_FIELDS

COLUMNS_TRIED = 4
_FIRST_LOOK_ROWS = 12

DiscountForm: TypeAlias = Literal[
    "discount_amount", "unit_discount", "discount_percent", "discount_share"
]
Meaning: TypeAlias = Literal["net_amount", "gross_amount", "list_amount", "bill_amount"]
Cells: TypeAlias = Mapping[int, float]

DISCOUNT_FORMS: tuple[DiscountForm, ...] = (
    "discount_amount",
    "discount_percent",
    "discount_share",
    "unit_discount",
)


@dataclass(frozen=True)
class MoneyColumns:
    """Columns of a sales table by family, as positions from 0, the most usual first.

    `usual` holds what the heading alone says of a column. `told` are the columns whose field the
    owner, or a percent sign, has fixed; `plain` those whose heading leaves no choice where the rows
    show nothing, `explicit` those of them that say whether tax is in it. `carriage` is what parcels
    cost, which is no money of a line, `refunds` what was paid back of it. `fractions` are discounts
    in percent by their heading whose figures all stay below 1: they may be shares.
    """

    quantity: int | None
    prices: tuple[int, ...]
    amounts: tuple[int, ...]
    discounts: tuple[int, ...]
    taxes: tuple[int, ...]
    usual: Mapping[int, str]
    told: Mapping[int, str] = field(default_factory=dict)
    plain: Mapping[int, str] = field(default_factory=dict)
    explicit: Mapping[int, str] = field(default_factory=dict)
    carriage: tuple[int, ...] = ()
    refunds: tuple[int, ...] = ()
    fractions: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sample:
    """Rows as numbers, by column; `places` are the decimals a column is written with.

    A cell that is empty or no number is missing. `bills` names the bill of each row, None where
    the table has no bill numbers.
    """

    rows: tuple[Cells, ...]
    bills: tuple[str | None, ...]
    places: Mapping[int, int]

    @cached_property
    def rows_of_bills(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the rows of each bill that is named."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, bill in enumerate(self.bills):
            if bill is not None:
                found[bill].append(number)
        return tuple(map(tuple, found.values()))

    def first_look(self, telling: Sequence[int]) -> "Sample":
        """A few whole bills, those with figures in the `telling` columns first.

        Most readings fall at once there.
        """
        order = sorted(
            range(len(self.rows)),
            key=lambda number: -sum(bool(self.rows[number].get(p)) for p in telling),
        )
        wanted: list[int] = []
        seen: set[str] = set()
        for number in order:
            bill = self.bills[number]
            if len(wanted) >= _FIRST_LOOK_ROWS:
                break
            if bill is None:
                wanted.append(number)
            elif bill not in seen:
                seen.add(bill)
                wanted += [n for n, other in enumerate(self.bills) if other == bill]
        return Sample(
            tuple(self.rows[n] for n in wanted), tuple(self.bills[n] for n in wanted), self.places
        )


@dataclass(frozen=True)
class Reading:
    """One way to read the columns. `base` is the price, or the amount all else follows from.

    A gross list amount is one before discount that holds the tax of what is left. A `further`
    discount in percent comes off what the first has left; discounts `beside` the first, in money
    as it is, come off with it.
    """

    base: int
    base_meaning: Literal[
        "unit_price",
        "gross_unit_price",
        "net_amount",
        "gross_amount",
        "list_amount",
        "gross_list_amount",
    ]
    discount: int | None = None
    discount_form: DiscountForm | None = None
    taxes: tuple[int, ...] = ()
    is_tax_a_rate: bool = False
    further: int | None = None
    beside: tuple[int, ...] = ()

    @property
    def has_several_discounts(self) -> bool:
        """Whether no discount alone says what comes off."""
        return self.further is not None or bool(self.beside)


@dataclass(frozen=True)
class Sums:
    """What a line comes to: before discount, without tax, with tax."""

    list: float
    net: float
    gross: float
    discount: float
    tax: float


def readings(columns: MoneyColumns) -> Iterator[Reading]:
    """All readings of the columns, within what is told of them."""
    bases: list[tuple[int, str]] = []
    if columns.quantity is not None:
        bases = [(position, "unit_price") for position in columns.prices[:COLUMNS_TRIED]]
        if columns.taxes:
            bases += [(position, "gross_unit_price") for position, _ in bases]
    if not bases:
        meanings = ["net_amount"]
        meanings += ["gross_amount"] if columns.taxes else []
        meanings += ["list_amount"] if columns.discounts else []
        meanings += ["gross_list_amount"] if columns.discounts and columns.taxes else []
        bases = [(p, m) for p in columns.amounts[:COLUMNS_TRIED] for m in meanings]
    for (base, meaning), (discount, form), (taxes, is_rate) in product(
        bases, _discounts(columns), _taxes(columns)
    ):
        if meaning.startswith("gross") and not taxes:
            continue
        if meaning.endswith("list_amount") and discount is None:
            continue
        if columns.told.get(base, meaning) != meaning:
            continue
        yield Reading(base, meaning, discount, form, taxes, is_rate)  # type: ignore[arg-type]
    if columns.prices and columns.quantity is not None and columns.amounts:
        yield from _with_several_discounts(columns)


def _with_several_discounts(columns: MoneyColumns) -> Iterator[Reading]:
    price, told = columns.prices[0], columns.told
    percents = [p for p in columns.discounts if told.get(p) == "discount_percent"]
    for (first, second), (taxes, is_rate) in product(combinations(percents, 2), _taxes(columns)):
        yield Reading(price, "unit_price", first, "discount_percent", taxes, is_rate, second)
    tried = columns.discounts[:COLUMNS_TRIED]
    sums = [p for p in tried if told.get(p, "discount_amount") == "discount_amount"]
    for size in range(2, len(sums) + 1):
        for (first, *others), (taxes, is_rate) in product(
            combinations(sums, size), _taxes(columns)
        ):
            yield Reading(
                price,
                "unit_price",
                first,
                "discount_amount",
                taxes,
                is_rate,
                beside=tuple(others),
            )


def _discounts(columns: MoneyColumns) -> Iterator[tuple[int | None, DiscountForm | None]]:
    is_fixed = False
    for position in columns.discounts[:COLUMNS_TRIED]:
        told = columns.told.get(position)
        is_fixed = is_fixed or told is not None
        for form in DISCOUNT_FORMS:
            may_be_share = form == "discount_share" and position in columns.fractions
            if told in (None, form) or may_be_share:
                yield position, form
    # an amount may stand after the discount, whatever is known of how that is written
    if not is_fixed or not columns.prices:
        yield None, None


def _taxes(columns: MoneyColumns) -> Iterator[tuple[tuple[int, ...], bool]]:
    taxes = columns.taxes
    told = columns.told
    money = tuple(p for p in taxes if told.get(p) != "tax_percent")[: len(TAX_AMOUNT_FIELDS)]
    rates = tuple(p for p in taxes if told.get(p, "tax_percent") == "tax_percent")
    if len(money) > 1:
        yield money, False
    for position in money:
        yield (position,), False
    for position in rates:
        yield (position,), True
    yield (), False


def sums_of(reading: Reading, columns: MoneyColumns, cells: Cells) -> Sums | None:
    """What a row comes to under a reading; None where a figure it needs is missing."""
    base = cells.get(reading.base)
    quantity = cells.get(columns.quantity) if columns.quantity is not None else 1.0
    if base is None or quantity is None:
        return None
    is_price = reading.base_meaning.endswith("unit_price")
    amount = base * quantity if is_price else base
    off = cells.get(reading.discount, 0.0) if reading.discount is not None else 0.0
    off = abs(off) + sum(abs(cells.get(place, 0.0)) for place in reading.beside)
    taxed = sum(cells.get(position, 0.0) for position in reading.taxes)
    discount = _discount(reading, amount, off, abs(quantity))
    if reading.further is not None:
        discount += (amount - discount) * abs(cells.get(reading.further, 0.0)) / 100
    match reading.base_meaning:
        case "net_amount":
            net = amount
        case "gross_amount" | "gross_unit_price" | "gross_list_amount":
            with_tax = amount - (0.0 if reading.base_meaning == "gross_amount" else discount)
            net = (
                with_tax / (1 + taxed / 100)
                if reading.is_tax_a_rate
                else with_tax - _signed(taxed, amount)
            )
        case _:
            net = amount - discount
    tax = net * taxed / 100 if reading.is_tax_a_rate else _signed(taxed, net)
    is_before = is_price or reading.base_meaning.endswith("list_amount")
    before = amount if is_before else net + discount
    return Sums(list=before, net=net, gross=net + tax, discount=discount, tax=tax)


def _discount(reading: Reading, amount: float, off: float, quantity: float) -> float:
    is_after = reading.base_meaning in ("net_amount", "gross_amount")
    match reading.discount_form:
        case "discount_amount":
            return _signed(off, amount)
        case "unit_discount":
            return _signed(off * quantity, amount)
        case "discount_percent" | "discount_share" as form:
            share = min(off / 100 if form == "discount_percent" else off, 1.0)
            if is_after:
                return amount * share / (1 - share) if share < 1 else 0.0
            return amount * share
        case _:
            return 0.0


def _signed(size: float, like: float) -> float:
    return -abs(size) if like < 0 else abs(size)


def sum_of(sums: Sums, meaning: Meaning) -> float:
    match meaning:
        case "gross_amount":
            return sums.gross
        case "list_amount":
            return sums.list
        case _:
            return sums.net
