"""What each money column of a sales table is, proved by the arithmetic of its rows.

A heading says little: "Total" is with tax in one program and without it in the next, "Discount" is
money, percent or a fraction, and a bill's total may stand on each of its lines. The rows know:
quantity × price, less discount, plus tax, comes out as the amounts under one reading and under no
other. Readings that explain the rows and come to different money are weighed by their rates: a
discount or a tax is a round part of the sum it was taken of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, TAX_AMOUNT_FIELDS
from lucid_orchestration.ingest.layout.money.rates import (
    DISCOUNT_STEP,
    ROUND_SHARE,
    TAX_STEP,
    agrees_with_rates,
    is_rate,
    is_summand,
)
from lucid_orchestration.ingest.layout.money.readings import (
    COLUMNS_TRIED,
    DISCOUNT_FORMS,
    Cells,
    Meaning,
    MoneyColumns,
    Reading,
    Sample,
    Sums,
    readings,
    sum_of,
    sums_of,
)
from lucid_orchestration.settings import project_vars

# Readings whose money differs by less than this part of the revenue are one reading.
SAME_MONEY = 1e-4
_FIRST_LOOK_SHARE = 0.75


@dataclass(frozen=True)
class Proof:
    """A reading with what it explains.

    `fields` maps a field to its column. `explained` of `tested` rows come out; `bills` says by
    column how many bills of how many come out as a total of the bill. `others` are the
    fields of other readings that explain as much and come to other money, `worth` is the largest
    difference as a part of the revenue; 0 where there is none. `worth_asked` leaves out that an
    amount may be one before discount: amounts are after it unless rows say otherwise.
    """

    fields: Mapping[str, int]
    meanings: Mapping[int, Meaning]
    tested: int
    explained: int
    revenue: float
    bills: Mapping[int, tuple[int, int]]
    worth: float = 0.0
    worth_asked: float = 0.0
    others: tuple[Mapping[str, int], ...] = ()


def explained_share() -> float:
    """The part of the tested rows a reading has to explain."""
    return float(project_vars()["explained_share"])


def prove(columns: MoneyColumns, sample: Sample) -> Proof | None:
    """The reading that the rows prove; None when none of them explains the rows."""
    first_look = sample.first_look(columns.discounts + columns.taxes)
    tried = [
        _Tried(reading, columns, sample)
        for reading in readings(columns)
        if _Tried(reading, columns, first_look).could_hold
    ]
    holding = [candidate for candidate in tried if candidate.holds and candidate.is_as_told]
    most = max((len(candidate.meanings) for candidate in holding), default=0)
    best = [candidate for candidate in holding if len(candidate.meanings) == most]
    best = [candidate for candidate in best if not candidate.is_far_fetched]
    best = [candidate for candidate in best if candidate.is_explicit] or best
    if is_summand(columns, sample):
        best = [candidate for candidate in best if candidate.takes_off] or best
    best = [candidate for candidate in best if candidate.agrees_with_rates] or best
    if not most:
        best = [candidate for candidate in best if candidate.is_usual_base]
    if not best:
        return None
    roundest = max(candidate.roundness for candidate in best)
    is_round = roundest >= ROUND_SHARE
    best.sort(key=lambda candidate: candidate.unusualness)
    round_ones = [c for c in best if c.roundness >= roundest - (1 - ROUND_SHARE)]
    chosen = round_ones[0] if is_round else best[0]
    others: list[_Tried] = []
    for candidate in best:
        # rates tell an amount with tax from one without; of a discount they are but a sign
        if (
            is_round
            and candidate not in round_ones
            and (most or candidate.is_list == chosen.is_list)
        ):
            continue
        if not any(_same(candidate.revenue, other.revenue) for other in (chosen, *others)):
            others.append(candidate)
    asked = [other for other in others if most or other.is_list == chosen.is_list]
    return replace(
        chosen.proof(),
        worth=max((chosen.distance(other) for other in others), default=0.0),
        worth_asked=max((chosen.distance(other) for other in asked), default=0.0),
        others=tuple(candidate.fields for candidate in others),
    )


class _Tried:
    """A reading held against the rows of a sample."""

    def __init__(self, reading: Reading, columns: MoneyColumns, sample: Sample) -> None:
        self._reading, self._columns, self._sample = reading, columns, sample
        self._sums = [sums_of(reading, columns, cells) for cells in sample.rows]
        self._shares: dict[int, float] = {}
        self._bills: dict[int, tuple[int, int]] = {}
        self.meanings: dict[int, Meaning] = {}
        for position in columns.amounts[:COLUMNS_TRIED]:
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
        if shares[best] >= explained_share():
            self.meanings[position] = best
        elif self._is_bill_total(position):
            self.meanings[position] = "bill_amount"

    @property
    def could_hold(self) -> bool:
        """Whether a few rows leave the reading possible."""
        if not self._is_possible():
            return False
        others = [p for p in self._columns.amounts[:COLUMNS_TRIED] if p != self._reading.base]
        return (
            not others
            or bool(self.meanings)
            or any(share >= _FIRST_LOOK_SHARE for share in self._shares.values())
        )

    @property
    def holds(self) -> bool:
        """Whether the reading explains an amount, or there is none that speaks against it."""
        others = [p for p in self._columns.amounts[:COLUMNS_TRIED] if p != self._reading.base]
        return self._is_possible() and (bool(self.meanings) or not others)

    @property
    def is_as_told(self) -> bool:
        """Whether prices and amounts are what their owner says; what no row shows is not."""
        reading = self._reading
        return all(
            (place, name) == (reading.base, reading.base_meaning)
            or self.meanings.get(place) == name
            for place, name in self._columns.told.items()
            if name in AMOUNT_FIELDS
        )

    @property
    def is_usual_base(self) -> bool:
        """Whether a reading may be thought of where no second figure speaks for or against it.

        The first of several prices or amounts counts, and a heading that leaves no choice is
        believed.
        """
        reading, columns = self._reading, self._columns
        is_price = reading.base_meaning.endswith("unit_price")
        first = (columns.prices if is_price else columns.amounts)[0]
        plain = columns.plain.get(reading.base, reading.base_meaning)
        is_beside = not is_price and reading.discount is not None and not self.is_list
        return reading.base == first and plain == reading.base_meaning and not is_beside

    @property
    def is_far_fetched(self) -> bool:
        """Rare readings have to show in an amount.

        A discount of each piece, one after the other, and one off an amount that holds the tax.
        """
        reading = self._reading
        if reading.base_meaning == "gross_list_amount":
            plain = [self._columns.plain.get(p) for p in self._places_of("gross_amount")]
            return not plain or "net_amount" in plain
        shown = {"net_amount", "gross_amount", "bill_amount"} & set(self.meanings.values())
        if reading.has_several_discounts:
            return not {"net_amount", "gross_amount"} & set(self.meanings.values())
        is_told = reading.discount in self._columns.told
        return reading.discount_form == "unit_discount" and not shown and not is_told

    def _places_of(self, meaning: Meaning) -> list[int]:
        return [place for place, name in self.meanings.items() if name == meaning]

    @cached_property
    def agrees_with_rates(self) -> bool:
        """Whether taxes in money are what their rates make of the lines, where both are stated."""
        return agrees_with_rates(self._columns, self._sample, self._sums, explained_share())

    @property
    def is_explicit(self) -> bool:
        """Whether the reading takes tax to be where headings say in words that it is."""
        explicit = self._columns.explicit
        fields = {position: name for name, position in self.fields.items()}
        return all(fields.get(position, name) == name for position, name in explicit.items())

    @property
    def takes_off(self) -> bool:
        """Whether a discount in money is yet to come off."""
        is_money = self._reading.discount_form == "discount_amount"
        return is_money and self._reading.base_meaning not in ("net_amount", "gross_amount")

    @property
    def is_list(self) -> bool:
        """Whether the discount is yet to be taken off an amount."""
        return self._reading.base_meaning.endswith("list_amount")

    def distance(self, other: "_Tried") -> float:
        """How far the money of two readings is apart, as a part of the revenue."""
        return abs(other.revenue - self.revenue) / (abs(self.revenue) or 1.0)

    @property
    def revenue(self) -> float:
        """What the rows of the sample come to, without tax and after discount."""
        return sum(sums.net for sums in self._sums if sums is not None)

    @cached_property
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
        fields = self.fields
        against = sum(
            self._columns.usual.get(position) not in (None, name)
            for name, position in fields.items()
        )
        form = self._reading.discount_form
        return (
            against,
            # a discount is there to be taken off
            len(DISCOUNT_FORMS) if form is None else DISCOUNT_FORMS.index(form),
            int(self._reading.base_meaning == "gross_unit_price"),
        )

    @property
    def fields(self) -> dict[str, int]:
        """The fields this reading gives to the columns.

        Of two discounts none is one: the amounts they led to say all, as they do beside an amount
        before discount that holds tax.
        """
        reading = self._reading
        is_one = not reading.has_several_discounts
        is_told_by_others = not is_one or reading.base_meaning == "gross_list_amount"
        fields: dict[str, int] = {} if is_told_by_others else {reading.base_meaning: reading.base}
        for position, meaning in self.meanings.items():
            fields.setdefault(meaning, position)
        if reading.discount is not None and reading.discount_form is not None and is_one:
            fields[reading.discount_form] = reading.discount
        if reading.is_tax_a_rate:
            fields["tax_percent"] = reading.taxes[0]
        else:
            fields |= dict(zip(TAX_AMOUNT_FIELDS, reading.taxes, strict=False))
        return fields

    def proof(self) -> Proof:
        """The reading's fields, and the rows that come out."""
        lines = [p for p, meaning in self.meanings.items() if meaning != "bill_amount"]
        flags = [self._fits(number, lines) for number in range(len(self._sums))]
        return Proof(
            fields=self.fields,
            meanings={**self.meanings},
            tested=sum(flag is not None for flag in flags),
            explained=sum(flag is True for flag in flags),
            revenue=self.revenue,
            bills={p: self._bills[p] for p, m in self.meanings.items() if m == "bill_amount"},
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
        expected = sum_of(sums, meaning)
        return abs(abs(expected) - abs(amount)) <= self._tolerance(position, cells, amount)

    def _tolerance(self, position: int, cells: Cells, amount: float) -> float:
        """Half of the last place of every figure that was rounded on the way."""
        places = self._sample.places
        unit = 10.0 ** -places.get(position, 0)
        reading = self._reading
        roundings = 1 + len(reading.taxes) + (reading.discount is not None)
        roundings += (reading.further is not None) + len(reading.beside)
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
        """The same on all lines of a bill, and the sum of what they come to, bills of one too."""
        known = [
            [number for number in numbers if self._sums[number] is not None]
            for numbers in self._sample.rows_of_bills
        ]
        several = [self._is_total_of(position, numbers) for numbers in known if len(numbers) > 1]
        alone = [self._is_total_of(position, numbers) for numbers in known if len(numbers) == 1]
        self._bills[position] = (sum(several), len(several))
        are_totals = all(sum(fits) >= explained_share() * len(fits) for fits in (several, alone))
        return bool(several) and are_totals

    def _is_total_of(self, position: int, numbers: Sequence[int]) -> bool:
        totals = {self._sample.rows[number].get(position) for number in numbers}
        total = totals.pop() if len(totals) == 1 else None
        if total is None:
            return False
        lines = [sums for number in numbers if (sums := self._sums[number]) is not None]
        # every line was rounded on its own
        slack = 10.0 ** -self._sample.places.get(position, 0) + sum(
            self._tolerance(position, self._sample.rows[number], sums.gross)
            for number, sums in zip(numbers, lines, strict=True)
        )
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


def _same(first: float, second: float) -> bool:
    return abs(first - second) <= SAME_MONEY * max(abs(first), abs(second), 1.0)
