"""What each money column of a sales table is, proved by the arithmetic of its rows.

A heading says little: "Total" is with tax in one program and without it in the next, "Discount" is
money, percent or a fraction, and a bill's total may stand on each of its lines. The rows know:
quantity × price, less discount, plus tax, comes out as the amounts under one reading and under no
other. Readings that explain the rows and come to different money are weighed by their rates: a
discount or a tax is a round part of the sum it was taken of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal, TypeAlias

# The part of the tested rows a reading has to explain.
EXPLAINED_SHARE = 0.98
# Readings whose money differs by less than this part of the revenue are one reading.
SAME_MONEY = 1e-4
SAMPLE_ROWS = 600
_FIRST_LOOK_ROWS = 12
_FIRST_LOOK_SHARE = 0.75
_COLUMNS_TRIED = 4
# Taxes are set in halves of a percent, discounts mostly in steps of five.
TAX_STEP = 0.005
DISCOUNT_STEP = 0.05
ROUND_SHARE = 0.9

DiscountForm: TypeAlias = Literal[
    "discount_amount", "unit_discount", "discount_percent", "discount_share"
]
Meaning: TypeAlias = Literal["net_amount", "gross_amount", "list_amount", "bill_amount"]
Cells: TypeAlias = Mapping[int, float]

_DISCOUNT_FORMS: tuple[DiscountForm, ...] = (
    "discount_amount",
    "discount_percent",
    "discount_share",
    "unit_discount",
)
TAX_FIELDS = ("tax_amount", "tax_amount_2", "tax_amount_3", "tax_amount_4")


@dataclass(frozen=True)
class MoneyColumns:
    """Columns of a sales table by family, as positions from 0, the most usual first.

    `usual` holds what the heading alone says of a column. `told` are the columns whose field the
    owner, or a percent sign, has fixed; `plain` those whose heading leaves no choice where the rows
    show nothing.
    """

    quantity: int | None
    prices: tuple[int, ...]
    amounts: tuple[int, ...]
    discounts: tuple[int, ...]
    taxes: tuple[int, ...]
    usual: Mapping[int, str]
    told: Mapping[int, str] = field(default_factory=dict)
    plain: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    """Rows as numbers, by column; `places` are the decimals a column is written with.

    A cell that is empty or no number is missing. `bills` names the bill of each row, None where
    the table has no bill numbers.
    """

    rows: tuple[Cells, ...]
    bills: tuple[str | None, ...]
    places: Mapping[int, int]


@dataclass(frozen=True)
class Reading:
    """One way to read the columns. `base` is the price, or the amount all else follows from."""

    base: int
    base_meaning: Literal[
        "unit_price", "gross_unit_price", "net_amount", "gross_amount", "list_amount"
    ]
    discount: int | None = None
    discount_form: DiscountForm | None = None
    taxes: tuple[int, ...] = ()
    is_tax_a_rate: bool = False


@dataclass(frozen=True)
class Sums:
    """What a line comes to: before discount, without tax, with tax."""

    list: float
    net: float
    gross: float
    discount: float
    tax: float


@dataclass(frozen=True)
class Proof:
    """A reading with what it explains.

    `fields` maps a field to its column. `explained` of `tested` rows come out. `others` are the
    fields of other readings that explain as much and come to other money, `worth` is the largest
    difference as a part of the revenue; 0 where there is none. `worth_asked` leaves out that an
    amount may be one before discount: amounts are after it unless rows say otherwise.
    """

    fields: Mapping[str, int]
    meanings: Mapping[int, Meaning]
    tested: int
    explained: int
    revenue: float
    worth: float = 0.0
    worth_asked: float = 0.0
    others: tuple[Mapping[str, int], ...] = ()


def prove(columns: MoneyColumns, sample: Sample) -> Proof | None:
    """The reading that the rows prove; None when none of them explains the rows."""
    first_look = _first_look(columns, sample)
    tried = [
        _Tried(reading, columns, sample)
        for reading in _readings(columns)
        if _Tried(reading, columns, first_look).could_hold
    ]
    holding = [candidate for candidate in tried if candidate.holds]
    most = max((len(candidate.meanings) for candidate in holding), default=0)
    best = [candidate for candidate in holding if len(candidate.meanings) == most]
    if not most:
        best = [candidate for candidate in best if candidate.is_usual_base]
    if not best:
        return None
    roundest = max(candidate.roundness for candidate in best)
    if roundest >= ROUND_SHARE:
        best = [c for c in best if c.roundness >= roundest - (1 - ROUND_SHARE)]
    best.sort(key=lambda candidate: candidate.unusualness)
    chosen = best[0]
    others: list[_Tried] = []
    for candidate in best[1:]:
        if not any(_same(candidate.revenue, other.revenue) for other in (chosen, *others)):
            others.append(candidate)
    asked = [other for other in others if most or other.is_list == chosen.is_list]
    return replace(
        chosen.proof(),
        worth=max((chosen.distance(other) for other in others), default=0.0),
        worth_asked=max((chosen.distance(other) for other in asked), default=0.0),
        others=tuple(candidate.proof().fields for candidate in others),
    )


class _Tried:
    """A reading held against the rows of a sample."""

    def __init__(self, reading: Reading, columns: MoneyColumns, sample: Sample) -> None:
        self._reading, self._columns, self._sample = reading, columns, sample
        self._sums = [_sums(reading, columns, cells) for cells in sample.rows]
        self._shares: dict[int, float] = {}
        self.meanings: dict[int, Meaning] = {}
        for position in columns.amounts[:_COLUMNS_TRIED]:
            if position != reading.base:
                self._try(position)

    def _try(self, position: int) -> None:
        meanings: list[Meaning] = ["net_amount"]
        if self._reading.taxes:
            meanings.append("gross_amount")
        if self._reading.discount is not None:
            meanings.append("list_amount")
        shares = {meaning: self._share(position, meaning) for meaning in meanings}
        usual = self._columns.usual.get(position)
        best = max(meanings, key=lambda m: (shares[m], m == usual))
        self._shares[position] = shares[best]
        if shares[best] >= EXPLAINED_SHARE:
            self.meanings[position] = best
        elif self._is_bill_total(position):
            self.meanings[position] = "bill_amount"

    @property
    def could_hold(self) -> bool:
        """Whether a few rows leave the reading possible."""
        if not self._is_possible():
            return False
        others = [p for p in self._columns.amounts[:_COLUMNS_TRIED] if p != self._reading.base]
        return (
            not others
            or bool(self.meanings)
            or any(share >= _FIRST_LOOK_SHARE for share in self._shares.values())
        )

    @property
    def holds(self) -> bool:
        """Whether the reading explains an amount, or there is none that speaks against it."""
        others = [p for p in self._columns.amounts[:_COLUMNS_TRIED] if p != self._reading.base]
        return self._is_possible() and (bool(self.meanings) or not others)

    @property
    def is_usual_base(self) -> bool:
        """Whether a reading may be thought of where no second figure speaks for or against it.

        The first of several prices or amounts counts, a heading that leaves no choice is believed,
        and money off each piece is too rare to be thought of.
        """
        reading, columns = self._reading, self._columns
        is_price = reading.base_meaning.endswith("unit_price")
        first = (columns.prices if is_price else columns.amounts)[0]
        plain = columns.plain.get(reading.base, reading.base_meaning)
        is_rare = reading.discount_form == "unit_discount" and reading.discount not in columns.told
        is_beside = not is_price and reading.discount is not None and not self.is_list
        return (
            reading.base == first and plain == reading.base_meaning and not (is_rare or is_beside)
        )

    @property
    def is_list(self) -> bool:
        """Whether the discount is yet to be taken off an amount."""
        return self._reading.base_meaning == "list_amount"

    def distance(self, other: "_Tried") -> float:
        """How far the money of two readings is apart, as a part of the revenue."""
        return abs(other.revenue - self.revenue) / (abs(self.revenue) or 1.0)

    @property
    def revenue(self) -> float:
        """What the rows of the sample come to, without tax and after discount."""
        return sum(sums.net for sums in self._sums if sums is not None)

    @property
    def roundness(self) -> float:
        """From 0 to 1: how far discounts and taxes are round parts of what they were taken of."""
        scores = [
            score
            for sums, cells in zip(self._sums, self._sample.rows, strict=True)
            if sums is not None
            for score in self._rate_scores(sums, cells)
        ]
        return sum(scores) / len(scores) if scores else 0.0

    @property
    def unusualness(self) -> tuple[int, int, int]:
        """Smaller is more usual: what the headings say, then the simplest."""
        fields = self.proof().fields
        against = sum(
            self._columns.usual.get(position) not in (None, name)
            for name, position in fields.items()
        )
        form = self._reading.discount_form
        return (
            against,
            # a discount is there to be taken off
            len(_DISCOUNT_FORMS) if form is None else _DISCOUNT_FORMS.index(form),
            int(self._reading.base_meaning == "gross_unit_price"),
        )

    def proof(self) -> Proof:
        """The fields this reading gives to the columns, and the rows that come out."""
        reading = self._reading
        fields: dict[str, int] = {reading.base_meaning: reading.base}
        for position, meaning in self.meanings.items():
            fields.setdefault(meaning, position)
        if reading.discount is not None and reading.discount_form is not None:
            fields[reading.discount_form] = reading.discount
        if reading.is_tax_a_rate:
            fields["tax_percent"] = reading.taxes[0]
        else:
            fields |= dict(zip(TAX_FIELDS, reading.taxes, strict=False))
        lines = [p for p, meaning in self.meanings.items() if meaning != "bill_amount"]
        flags = [self._fits(number, lines) for number in range(len(self._sums))]
        return Proof(
            fields=fields,
            meanings={**self.meanings},
            tested=sum(flag is not None for flag in flags),
            explained=sum(flag is True for flag in flags),
            revenue=self.revenue,
        )

    def _fits(self, number: int, positions: Sequence[int]) -> bool | None:
        answers = [self._is_explained(number, p, self.meanings[p]) for p in positions]
        known = [answer for answer in answers if answer is not None]
        return all(known) if known else None

    def _share(self, position: int, meaning: Meaning) -> float:
        answers = [
            answer
            for number in range(len(self._sums))
            if (answer := self._is_explained(number, position, meaning)) is not None
        ]
        return sum(answers) / len(answers) if answers else 0.0

    def _is_explained(self, number: int, position: int, meaning: Meaning) -> bool | None:
        sums, cells = self._sums[number], self._sample.rows[number]
        amount = cells.get(position)
        if sums is None or amount is None:
            return None
        expected = _sum_of(sums, meaning)
        return abs(abs(expected) - abs(amount)) <= self._tolerance(position, cells, amount)

    def _tolerance(self, position: int, cells: Cells, amount: float) -> float:
        """Half of the last place of every figure that was rounded on the way."""
        places = self._sample.places
        unit = 10.0 ** -places.get(position, 0)
        roundings = 1 + len(self._reading.taxes) + (self._reading.discount is not None)
        slack = unit / 2 * roundings
        base_places = places.get(self._reading.base, 0)
        if self._reading.base_meaning.endswith("unit_price") and base_places:
            quantity = abs(cells.get(self._columns.quantity or 0, 1.0))
            slack += min(quantity * 10.0**-base_places / 2, 0.005 * abs(amount))
        if self._reading.discount_form == "unit_discount" and self._reading.discount is not None:
            step = 10.0 ** -places.get(self._reading.discount, 0)
            slack += abs(cells.get(self._columns.quantity or 0, 1.0)) * step / 2
        return slack + 1e-7 * abs(amount)

    def _is_bill_total(self, position: int) -> bool:
        """The same on all lines of a bill, and the sum of what they come to."""
        bills: dict[str, list[int]] = {}
        for number, bill in enumerate(self._sample.bills):
            if bill is not None and self._sums[number] is not None:
                bills.setdefault(bill, []).append(number)
        several = [numbers for numbers in bills.values() if len(numbers) > 1]
        fitting = sum(self._is_total_of(position, numbers) for numbers in several)
        return bool(several) and fitting >= EXPLAINED_SHARE * len(several)

    def _is_total_of(self, position: int, numbers: Sequence[int]) -> bool:
        totals = {self._sample.rows[number].get(position) for number in numbers}
        total = totals.pop() if len(totals) == 1 else None
        if total is None:
            return False
        lines = [sums for number in numbers if (sums := self._sums[number]) is not None]
        slack = 10.0 ** -self._sample.places.get(position, 0) * (1 + len(lines))
        sums_of_lines = (sum(line.net for line in lines), sum(line.gross for line in lines))
        return any(abs(worked - total) <= slack for worked in sums_of_lines)

    def _is_possible(self) -> bool:
        """A discount takes at most all, a share lies in 0 to 1, a rate in 0 to 100."""
        reading = self._reading
        if reading.discount is not None:
            values = [abs(c[reading.discount]) for c in self._sample.rows if reading.discount in c]
            largest = max(values, default=0.0)
            if reading.discount_form == "discount_percent" and largest > 100:
                return False
            if reading.discount_form == "discount_share" and largest >= 1:
                return False
            lines = [sums for sums in self._sums if sums is not None]
            if any(abs(sums.discount) > abs(sums.list) * 1.0001 + 0.01 for sums in lines):
                return False
        if reading.is_tax_a_rate:
            rates = [abs(c[reading.taxes[0]]) for c in self._sample.rows if reading.taxes[0] in c]
            return all(rate <= 100 for rate in rates)
        return True

    def _rate_scores(self, sums: Sums, cells: Cells) -> Iterator[float]:
        reading = self._reading
        if reading.taxes and not reading.is_tax_a_rate and sums.tax and sums.net:
            yield float(is_rate(sums.tax, sums.net, TAX_STEP, len(reading.taxes)))
        off, whole = sums.discount, sums.list
        if reading.discount is None and self._columns.discounts:
            off = abs(cells.get(self._columns.discounts[0], 0.0))
            whole = abs(sums.net) + off
        elif reading.discount_form not in ("discount_amount", "unit_discount"):
            return
        if off and whole:
            is_set = is_rate(off, whole, TAX_STEP)
            yield (is_set + is_rate(off, whole, DISCOUNT_STEP)) / 2


def _readings(columns: MoneyColumns) -> Iterator[Reading]:
    """All readings of the columns, within what is told of them."""
    bases: list[tuple[int, str]] = []
    if columns.quantity is not None:
        bases = [(position, "unit_price") for position in columns.prices[:_COLUMNS_TRIED]]
        if columns.taxes:
            bases += [(position, "gross_unit_price") for position, _ in bases]
    if not bases:
        meanings = ["net_amount"]
        meanings += ["gross_amount"] if columns.taxes else []
        meanings += ["list_amount"] if columns.discounts else []
        bases = [(p, m) for p in columns.amounts[:_COLUMNS_TRIED] for m in meanings]
    for (base, meaning), (discount, form), (taxes, is_rate) in product(
        bases, _discounts(columns), _taxes(columns)
    ):
        if meaning.startswith("gross") and not taxes:
            continue
        if meaning == "list_amount" and discount is None:
            continue
        if columns.told.get(base, meaning) != meaning:
            continue
        yield Reading(base, meaning, discount, form, taxes, is_rate)  # type: ignore[arg-type]


def _discounts(columns: MoneyColumns) -> Iterator[tuple[int | None, DiscountForm | None]]:
    is_fixed = False
    for position in columns.discounts[:_COLUMNS_TRIED]:
        told = columns.told.get(position)
        is_fixed = is_fixed or told is not None
        for form in _DISCOUNT_FORMS:
            if told in (None, form):
                yield position, form
    # an amount may stand after the discount, whatever is known of how that is written
    if not is_fixed or not columns.prices:
        yield None, None


def _taxes(columns: MoneyColumns) -> Iterator[tuple[tuple[int, ...], bool]]:
    taxes = columns.taxes
    told = columns.told
    money = tuple(p for p in taxes if told.get(p) != "tax_percent")[: len(TAX_FIELDS)]
    rates = tuple(p for p in taxes if told.get(p, "tax_percent") == "tax_percent")
    if len(money) > 1:
        yield money, False
    for position in money:
        yield (position,), False
    for position in rates:
        yield (position,), True
    yield (), False


def _sums(reading: Reading, columns: MoneyColumns, cells: Cells) -> Sums | None:
    """What a row comes to under a reading; None where a figure it needs is missing."""
    base = cells.get(reading.base)
    quantity = cells.get(columns.quantity) if columns.quantity is not None else 1.0
    if base is None or quantity is None:
        return None
    is_price = reading.base_meaning.endswith("unit_price")
    amount = base * quantity if is_price else base
    off = cells.get(reading.discount, 0.0) if reading.discount is not None else 0.0
    taxed = sum(cells.get(position, 0.0) for position in reading.taxes)
    discount = _discount(reading, amount, abs(off), abs(quantity))
    match reading.base_meaning:
        case "net_amount":
            net = amount
        case "gross_amount" | "gross_unit_price":
            with_tax = amount - (discount if is_price else 0.0)
            net = (
                with_tax / (1 + taxed / 100)
                if reading.is_tax_a_rate
                else with_tax - _signed(taxed, amount)
            )
        case _:
            net = amount - discount
    tax = net * taxed / 100 if reading.is_tax_a_rate else _signed(taxed, net)
    before = amount if is_price or reading.base_meaning == "list_amount" else net + discount
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


def _sum_of(sums: Sums, meaning: Meaning) -> float:
    match meaning:
        case "gross_amount":
            return sums.gross
        case "list_amount":
            return sums.list
        case _:
            return sums.net


def _first_look(columns: MoneyColumns, sample: Sample) -> Sample:
    """A few whole bills, those with discounts and taxes first: most readings fall at once."""
    telling = columns.discounts + columns.taxes
    order = sorted(
        range(len(sample.rows)),
        key=lambda number: -sum(bool(sample.rows[number].get(p)) for p in telling),
    )
    wanted: list[int] = []
    seen: set[str] = set()
    for number in order:
        bill = sample.bills[number]
        if len(wanted) >= _FIRST_LOOK_ROWS:
            break
        if bill is None:
            wanted.append(number)
        elif bill not in seen:
            seen.add(bill)
            wanted += [n for n, other in enumerate(sample.bills) if other == bill]
    return Sample(
        tuple(sample.rows[n] for n in wanted), tuple(sample.bills[n] for n in wanted), sample.places
    )


def is_rate(part: float, whole: float, step: float, roundings: int = 1) -> bool:
    """Whether a part is a whole number of steps of the whole, as far as rounding lets one see."""
    rate = abs(part / whole)
    slack = 0.0051 * roundings / abs(whole) + 1e-6
    return abs(rate - round(rate / step) * step) <= min(slack, step / 4)


def _same(first: float, second: float) -> bool:
    return abs(first - second) <= SAME_MONEY * max(abs(first), abs(second), 1.0)
