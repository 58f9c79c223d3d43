"""Where quantity, price and amount stand on a bill: the places at which they multiply.

A reading of one row says which of its figures is the quantity, which the price, the discount, the
tax and the amount, because they agree to the rounding of the price. Its places are then looked for
in the other rows; those that explain most rows come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Literal

from lucid_orchestration.ingest.pdf.figures import HUNDRED, rounded
from lucid_orchestration.ingest.pdf.rows import Figure, Row

_MAX_SEEDS = 24
# Where one reading explains this many rows, more seeds find nothing else.
_MANY_ROWS, _FEW_SEEDS = 8, 4
_MAX_FIGURES = 16
_MAX_TEMPLATES = 120
# No tax that shops charge is higher, as a share of the amount before it.
_MAX_TAX = Decimal("0.6")
_SLACK = Decimal("0.021")
# Of the narrower figure: so much of it lies below another of the same column.
_SAME_COLUMN = 0.34

How = Literal["percent", "amount", "twice"]


@dataclass(frozen=True)
class Span:
    """A stretch across the page in points."""

    x0: float
    x1: float

    def holds(self, part: Figure) -> float:
        """How much of a figure lies in the stretch, as a share of the narrower of both."""
        common = min(self.x1, part.x1) - max(self.x0, part.x0)
        width = min(self.x1 - self.x0, part.x1 - part.x0)
        return common / width if width > 0 else float(common >= 0)

    def with_figure(self, part: Figure) -> "Span":
        """The stretch that holds a further figure."""
        return Span(min(self.x0, part.x0), max(self.x1, part.x1))


@dataclass(frozen=True)
class Template:
    """The places of one reading; `rows` are those in which its figures agree.

    `adds`: what stands in the place of a discount is a charge of the line.
    """

    quantity: Span
    price: Span
    amount: Span
    discount: Span | None = None
    discount_is: How = "percent"
    tax: Span | None = None
    tax_is: How = "percent"
    rows: tuple[int, ...] = ()
    adds: bool = False

    @property
    def turned(self) -> "Template":
        """The same reading with quantity and price in each other's places."""
        return replace(self, quantity=self.price, price=self.quantity)

    @property
    def charged(self) -> "Template | None":
        """The same reading with a charge where it has a tax; null where that cannot be."""
        if self.tax is None or self.discount is not None or self.tax_is == "twice":
            return None
        return replace(self, discount=self.tax, discount_is=self.tax_is, tax=None, adds=True)

    @property
    def parts(self) -> tuple[tuple[str, Span], ...]:
        """Its places by name."""
        spans = (
            ("quantity", self.quantity),
            ("price", self.price),
            ("amount", self.amount),
            ("charge" if self.adds else "discount", self.discount),
            ("tax", self.tax),
        )
        return tuple((part, span) for part, span in spans if span is not None)

    @property
    def columns(self) -> int:
        """How many figures of a row it needs."""
        return 3 + (self.discount is not None) + (self.tax is not None)


@dataclass(frozen=True)
class Picked:
    """The figures of one row at the places of a template; null is an empty place."""

    quantity: Figure | None
    price: Figure | None
    amount: Figure | None
    discount: Figure | None
    tax: Figure | None


def find_templates(rows: Sequence[Row]) -> list[Template]:
    """Readings of the rows of a bill, those that explain most rows first."""
    candidates = [place for place, row in enumerate(rows) if len(row.figures) >= 3]
    found: dict[tuple[object, ...], Template] = {}
    seeds = 0
    explained: frozenset[int] = frozenset()
    for place in candidates:
        # once a reading explains many rows, those that it does not may show one that explains all
        if seeds >= _FEW_SEEDS and place in explained:
            continue
        readings = list(_readings(rows[place].figures[:_MAX_FIGURES]))
        if not readings:
            continue
        seeds += 1
        for reading in readings:
            if any(_is_same(reading, known) and place in known.rows for known in found.values()):
                continue
            template = _matched(reading, rows, candidates)
            key = (reading.discount_is, reading.tax_is, template.rows, *_at(template))
            found.setdefault(key, template)
            if len(template.rows) > len(explained) and len(template.rows) >= _MANY_ROWS:
                explained = frozenset(template.rows)
        if seeds >= _MAX_SEEDS or len(found) > _MAX_TEMPLATES:
            break
    return sorted(found.values(), key=lambda item: (-len(item.rows), item.columns))


def _at(template: Template) -> tuple[int, ...]:
    spans = (template.quantity, template.price, template.amount, template.discount, template.tax)
    return tuple(int(span.x1) if span else -1 for span in spans)


def _is_same(one: Template, other: Template) -> bool:
    """Whether a reading of one row is that of a template already looked for."""
    if (one.discount_is, one.tax_is) != (other.discount_is, other.tax_is):
        return False
    pairs = (
        (one.quantity, other.quantity),
        (one.price, other.price),
        (one.amount, other.amount),
        (one.discount, other.discount),
        (one.tax, other.tax),
    )
    return all(
        (a is None and b is None)
        or (a is not None and b is not None and b.x0 - 1 <= a.x0 and a.x1 <= b.x1 + 1)
        for a, b in pairs
    )


def slack_of(quantity: Decimal, price: Decimal, places: int) -> Decimal:
    """By how much an amount may differ from quantity × price, for the price is rounded."""
    unit = Decimal(1).scaleb(-places) / 2 if places >= 2 else Decimal(0)
    return min(abs(quantity) * unit * Decimal("1.02"), abs(quantity * price) / 50) + _SLACK


def _readings(figures: Sequence[Figure]) -> Iterator[Template]:
    """Every way in which some figures of a row are a quantity, a price and an amount."""
    plain = [figure for figure in figures if not figure.is_percent and figure.value]
    for one, other in combinations(plain, 2):
        quantity, price = _oriented(one, other)
        base = quantity.value * price.value
        slack = slack_of(quantity.value, price.value, price.places)
        core = Template(_span(quantity), _span(price), _span(price))
        rest = [figure for figure in figures if figure is not quantity and figure is not price]
        for value, discount, how in _discounted(base, rest):
            left = [figure for figure in rest if figure is not discount]
            reading = core
            if discount is not None:
                reading = replace(core, discount=_span(discount), discount_is=how)
            yield from _with_amount(reading, value, slack, left)


def is_product(amount: Figure, figures: Sequence[Figure]) -> bool:
    """Whether two of some figures, neither of them one, multiply to an amount; less a discount."""
    others = [figure for figure in figures if figure is not amount]
    factors = [f for f in others if not f.is_percent and abs(f.value) not in (0, 1)]
    for one, other in combinations(factors, 2):
        quantity, price = _oriented(one, other)
        rest = [figure for figure in others if figure is not one and figure is not other]
        slack = slack_of(quantity.value, price.value, price.places)
        values = _discounted(quantity.value * price.value, rest)
        if any(abs(value - amount.value) <= slack for value, _, _ in values):
            return True
    return False


def _oriented(left: Figure, right: Figure) -> tuple[Figure, Figure]:
    """Which of two factors is the quantity; the left one where neither shows it."""
    return (right, left) if price_signs(left) > price_signs(right) else (left, right)


def price_signs(figure: Figure) -> int:
    """How much a factor looks like a price: a sign of money, hundredths, and no unit."""
    return bool(figure.currency) - bool(figure.unit) + (figure.places == 2)


def _discounted(
    base: Decimal, rest: Sequence[Figure]
) -> Iterator[tuple[Decimal, Figure | None, How]]:
    yield base, None, "percent"
    for figure in rest:
        value = figure.value
        if 0 < value < HUNDRED:
            yield base * (1 - value / HUNDRED), figure, "percent"
        if not figure.is_percent and value and abs(value) < abs(base):
            yield base - abs(value), figure, "amount"


def _with_amount(
    reading: Template, value: Decimal, slack: Decimal, rest: Sequence[Figure]
) -> Iterator[Template]:
    for amount in rest:
        if amount.is_percent or not amount.value:
            continue
        missing = amount.value - value
        found = replace(reading, amount=_span(amount))
        if abs(missing) <= slack:
            yield found
            continue
        if not 0 < missing / amount.value < _MAX_TAX:
            continue
        for tax in rest:
            if tax is amount or tax.value <= 0:
                continue
            if tax.value < HUNDRED and abs(value * tax.value / HUNDRED - missing) <= slack:
                yield replace(found, tax=_span(tax), tax_is="percent")
            if not tax.is_percent and abs(tax.value - missing) <= slack:
                yield replace(found, tax=_span(tax), tax_is="amount")
            if not tax.is_percent and abs(2 * tax.value - missing) <= slack:
                yield replace(found, tax=_span(tax), tax_is="twice")


def _span(figure: Figure) -> Span:
    return Span(figure.x0, figure.x1)


def _matched(reading: Template, rows: Sequence[Row], candidates: Sequence[int]) -> Template:
    """A template with the rows it explains, its places widened to hold their figures."""
    template = reading
    for _ in range(2):
        places = []
        for place in candidates:
            picked = pick(template, rows[place])
            if not agrees(template, picked):
                continue
            places.append(place)
            template = _widened(template, picked)
        if tuple(places) == template.rows:
            break
        template = replace(template, rows=tuple(places))
    return template


def pick(template: Template, row: Row) -> Picked:
    """The figures of a row at the places of a template."""
    figures = row.figures
    return Picked(
        _at_place(template.quantity, figures, is_percent=False),
        _at_place(template.price, figures, is_percent=False),
        _at_place(template.amount, figures, is_percent=False),
        _at_place(template.discount, figures, is_percent=None) if template.discount else None,
        _at_place(template.tax, figures, is_percent=None) if template.tax else None,
    )


def _at_place(span: Span, figures: Sequence[Figure], *, is_percent: bool | None) -> Figure | None:
    best, most = None, _SAME_COLUMN
    for figure in figures:
        if is_percent is not None and figure.is_percent is not is_percent:
            continue
        share = span.holds(figure)
        if share > most:
            best, most = figure, share
    return best


def value_of(template: Template, picked: Picked) -> Decimal | None:
    """Quantity × price less discount, with tax where the amount contains it."""
    if picked.quantity is None or picked.price is None:
        return None
    value = picked.quantity.value * picked.price.value
    if picked.discount is not None:
        off = abs(picked.discount.value) * (-1 if template.adds else 1)
        value -= value * off / HUNDRED if template.discount_is == "percent" else off
    if picked.tax is not None:
        tax = picked.tax.value
        value += {
            "percent": value * tax / HUNDRED,
            "amount": tax,
            "twice": 2 * tax,
        }[template.tax_is]
    return value


def agrees(template: Template, picked: Picked) -> bool:
    """Whether the figures of a row are what a template says they are."""
    quantity, price, amount = picked.quantity, picked.price, picked.amount
    if quantity is None or price is None or amount is None:
        return False
    if quantity is price or price is amount or quantity is amount:
        return False
    value = value_of(template, picked)
    return value is not None and abs(value - amount.value) <= slack_of(
        quantity.value, price.value, price.places
    )


def is_quantity_sure(template: Template, picked: Picked) -> bool:
    """Whether no neighbour of a quantity, one in its last digit, fits its price and amount as well.

    A price is rounded, so 38.01 × 11.33 may be 430.54 as 38.00 × 11.33 is.
    """
    quantity, price, amount = picked.quantity, picked.price, picked.amount
    value = value_of(template, picked)
    if quantity is None or price is None or amount is None or value is None:
        return True
    step = Decimal(1).scaleb(-quantity.places)
    beside = (quantity.value - step, quantity.value + step)
    if is_exact(template, picked):
        return not any(amount.value in _amounts(template, picked, other) for other in beside)
    slack = slack_of(quantity.value, price.value, price.places)
    return not any(
        abs(value * other / quantity.value - amount.value) <= slack
        for other in beside
        if quantity.value
    )


def is_exact(template: Template, picked: Picked) -> bool:
    """Whether a quantity comes to its amount by the price as it is printed."""
    quantity, amount = picked.quantity, picked.amount
    if quantity is None or amount is None:
        return False
    return amount.value in _amounts(template, picked, quantity.value)


def may_lack_a_digit(template: Template, picked: Picked) -> bool:
    """Whether a quantity with a digit more would come to its amount exactly, as its own does not.

    11.7 × 5.00 is 58.55 if the price is rounded, and 11.71 × 5.00 if it is not.
    """
    quantity, amount = picked.quantity, picked.amount
    if quantity is None or amount is None or not quantity.places or is_exact(template, picked):
        return False
    step = Decimal(1).scaleb(-quantity.places - 1)
    return any(
        amount.value in _amounts(template, picked, quantity.value + digit * step)
        for digit in range(-9, 10)
    )


def _amounts(template: Template, picked: Picked, quantity: Decimal) -> set[Decimal]:
    """The amounts that a quantity comes to, rounded at the end or at each step."""
    base = quantity * picked.price.value if picked.price is not None else Decimal(0)
    values = {base, rounded(base)}
    if picked.discount is not None:
        off = abs(picked.discount.value) * (-1 if template.adds else 1)
        if template.discount_is == "percent":
            values = {v - cut for v in values for cut in _both(v * off / HUNDRED)}
        else:
            values = {v - off for v in values}
    if picked.tax is not None:
        tax = picked.tax.value
        if template.tax_is == "percent":
            values = {v + part for v in values for part in _both(v * tax / HUNDRED)}
        else:
            values = {v + (2 * tax if template.tax_is == "twice" else tax) for v in values}
    return {rounded(value) for value in values}


def _both(value: Decimal) -> tuple[Decimal, Decimal]:
    return value, rounded(value)


def _widened(template: Template, picked: Picked) -> Template:
    def wide(span: Span, figure: Figure | None) -> Span:
        return span.with_figure(figure) if figure is not None else span

    return replace(
        template,
        quantity=wide(template.quantity, picked.quantity),
        price=wide(template.price, picked.price),
        amount=wide(template.amount, picked.amount),
        discount=wide(template.discount, picked.discount) if template.discount else None,
        tax=wide(template.tax, picked.tax) if template.tax else None,
    )
