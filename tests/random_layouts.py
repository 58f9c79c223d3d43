"""A random shop written out in a random layout of columns, as programs and people lay out sales."""

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

AMOUNT_HEADINGS = {
    "net": ["Amount", "Net Amount", "Taxable Value", "Basic Value", "Line Total", "Sales", "Value"],
    "gross": ["Total", "Total Amount", "Amount", "Gross Amount", "Total Value", "Line Total"],
    "list": ["Item Total", "Amount", "Value", "Gross Amt", "Total"],
    "bill": ["Bill Amount", "Invoice Amount", "Order Total", "Invoice Value", "Total Bill"],
}
PRICE_HEADINGS = ["Rate", "Price", "Unit Price", "Selling Price", "Sale Rate"]
DISCOUNT_HEADINGS = {
    "line": ["Discount", "Discount Amount", "Disc Amt", "Rebate"],
    "piece": ["Discount", "Disc", "Discount per Unit"],
    "percent": ["Discount", "Discount %", "Disc %", "Discount Percent"],
    "share": ["Discount", "Disc"],
}
TAX_RATES = [Decimal(rate) for rate in ("0", "5", "12", "18", "28")]


@dataclass(frozen=True)
class Line:
    """One line of a bill; money is before rounding."""

    day: int
    bill: int
    item: int
    quantity: Decimal
    price: Decimal
    discount_share: Decimal
    tax_rate: Decimal

    @property
    def full(self) -> Decimal:
        """Before discount, without tax."""
        return self.quantity * self.price

    @property
    def net(self) -> Decimal:
        """After discount, without tax: what the shop took."""
        return self.full * (1 - self.discount_share)

    @property
    def gross(self) -> Decimal:
        """After discount, with tax."""
        return self.net * (1 + self.tax_rate / 100)


@dataclass(frozen=True)
class Written:
    """A file's text and decimal mark, what its lines come to, the layout in words."""

    text: str
    mark: str
    revenue: Decimal
    layout: str


def written(seed: int) -> Written:
    """The file that a seed stands for."""
    rng = random.Random(seed)
    mark = rng.choice([".", ".", ".", ","])
    places = rng.choice([2, 2, 2, 0])
    has_discounts = rng.random() < 0.6
    has_taxes = rng.random() < 0.6
    lines = _lines(rng, has_discounts, has_taxes, places)
    columns: list[tuple[str, list[Decimal | str]]] = [
        ("Date", [f"2026-{1 + line.day // 28:02}-{1 + line.day % 28:02}" for line in lines]),
        ("Bill No", [f"B{line.bill}" for line in lines]),
        ("Item Name", [f"Item {line.item}" for line in lines]),
        ("Qty", [line.quantity for line in lines]),
    ]
    said: list[str] = []
    price = rng.choice(["without", "without", "with", "none"]) if has_taxes else "without"
    if not has_taxes and rng.random() < 0.2:
        price = "none"
    if price != "none":
        factor = [1 + line.tax_rate / 100 if price == "with" else Decimal(1) for line in lines]
        prices = [line.price * times for line, times in zip(lines, factor, strict=True)]
        columns.append((rng.choice(PRICE_HEADINGS), _rounded(prices, max(places, 2))))
        said.append(f"price {price} tax")
    amounts = _chosen_amounts(rng, has_discounts, has_taxes, price)
    taken = {heading for heading, _ in columns}
    for meaning in amounts:
        heading = rng.choice([h for h in AMOUNT_HEADINGS[meaning] if h not in taken])
        taken.add(heading)
        columns.append((heading, _rounded(_amounts(lines, meaning), places)))
        said.append(f"{heading} is {meaning}")
    if has_discounts and (rng.random() < 0.85 or not amounts or "list" in amounts):
        form = rng.choice(list(DISCOUNT_HEADINGS))
        heading = rng.choice(DISCOUNT_HEADINGS[form])
        columns.append((heading, _discounts(lines, form, places)))
        said.append(f"{heading} is {form}")
    if has_taxes and (rng.random() < 0.85 or price == "with" or "net" not in amounts):
        columns += _taxes(rng, lines, places)
        said.append("tax told")
    # draws of their own: the files of all other seeds stay as they are
    bills = random.Random(f"bills {seed}")
    off = Decimal(0)
    if "bill" in amounts and bills.random() < 0.5:
        columns, added = _with_delivery(bills, columns, lines)
        said.append(f"bills hold {added} more than their lines")
    elif not (has_discounts or has_taxes or "bill" in amounts) and bills.random() < 0.4:
        shared, off = _shared_discount(bills, lines, places)
        columns += shared
        said.append(f"bills share discounts of {off}")
    rng.shuffle(columns)
    rows = [[heading for heading, _ in columns]]
    rows += [
        [_cell(values[number], mark, rng) for _, values in columns] for number in range(len(lines))
    ]
    delimiter = ";" if mark == "," else ","
    text = "\n".join(delimiter.join(row) for row in rows) + "\n"
    revenue = sum((line.net for line in lines), Decimal(0)) - off
    return Written(text, mark, revenue, "; ".join(said))


def _lines(rng: random.Random, has_discounts: bool, has_taxes: bool, places: int) -> list[Line]:
    goods = [
        (Decimal(rng.randint(200, 90_000)) / 100 if places else Decimal(rng.randint(10, 900)))
        for _ in range(rng.randint(2, 9))
    ]
    rates = [rng.choice(TAX_RATES) if has_taxes else Decimal(0) for _ in goods]
    if has_taxes:
        rates[0] = Decimal(18)
    lines: list[Line] = []
    for bill in range(rng.randint(12, 40)):
        for _ in range(rng.choice([1, 1, 2, 3])):
            item = rng.randrange(len(goods))
            share = rng.choice(["0", "0", "0.05", "0.1", "0.2"]) if has_discounts else "0"
            quantity = Decimal(rng.choice([1, 1, 2, 3, 5, 12]))
            lines.append(Line(bill, bill, item, quantity, goods[item], Decimal(share), rates[item]))
    return lines


def _chosen_amounts(
    rng: random.Random, has_discounts: bool, has_taxes: bool, price: str
) -> list[str]:
    possible = ["net"]
    possible += ["gross"] if has_taxes else []
    possible += ["list"] if has_discounts and price != "with" else []
    amounts = rng.sample(possible, rng.randint(0 if price != "none" else 1, len(possible)))
    if price != "none" and rng.random() < 0.3:
        amounts.append("bill")
    return amounts


def _amounts(lines: list[Line], meaning: str) -> list[Decimal]:
    if meaning == "bill":
        totals: dict[int, Decimal] = {}
        for line in lines:
            totals[line.bill] = totals.get(line.bill, Decimal(0)) + line.gross
        return [totals[line.bill] for line in lines]
    return [{"net": line.net, "gross": line.gross, "list": line.full}[meaning] for line in lines]


def _with_delivery(
    rng: random.Random, columns: list[tuple[str, list[Decimal | str]]], lines: list[Line]
) -> tuple[list[tuple[str, list[Decimal | str]]], Decimal]:
    """The columns with what every third bill paid for its delivery in its total."""
    fee = Decimal(rng.choice([20, 40, 99]))
    fees = [fee * (line.bill % 3 == 0) for line in lines]
    changed = [
        (
            heading,
            [value + more for value, more in zip(values, fees, strict=True)]
            if heading in AMOUNT_HEADINGS["bill"]
            else values,
        )
        for heading, values in columns
    ]
    return changed, fee * len({line.bill for line in lines if line.bill % 3 == 0})


def _shared_discount(
    rng: random.Random, lines: list[Line], places: int
) -> tuple[list[tuple[str, list[Decimal | str]]], Decimal]:
    """What was taken off whole bills, and their totals; on all lines of a bill or on the first."""
    totals = dict(zip([line.bill for line in lines], _amounts(lines, "bill"), strict=True))
    step = Decimal(1).scaleb(-places)
    off = {
        bill: (total * rng.choice([0, 5, 10]) / 100).quantize(step, rounding=ROUND_HALF_UP)
        for bill, total in totals.items()
    }
    is_repeated = rng.random() < 0.5
    firsts = {line.bill: number for number, line in reversed([*enumerate(lines)])}
    shown = [is_repeated or firsts[line.bill] == number for number, line in enumerate(lines)]
    discount = [
        off[line.bill] if is_shown else "" for line, is_shown in zip(lines, shown, strict=True)
    ]
    left = _rounded([totals[line.bill] - off[line.bill] for line in lines], places)
    return [
        (rng.choice(["Order Discount", "Bill Discount", "Coupon"]), discount),
        (rng.choice(["Order Total", "Bill Amount", "Grand Total"]), left),
    ], sum(off.values(), Decimal(0))


def _discounts(lines: list[Line], form: str, places: int) -> list[Decimal | str]:
    values = {
        "line": [line.full - line.net for line in lines],
        "piece": [(line.full - line.net) / line.quantity for line in lines],
        "percent": [line.discount_share * 100 for line in lines],
        "share": [line.discount_share for line in lines],
    }[form]
    return _rounded(values, max(places, 2) if form != "line" else places)


def _taxes(
    rng: random.Random, lines: list[Line], places: int
) -> list[tuple[str, list[Decimal | str]]]:
    taxes = [line.gross - line.net for line in lines]
    match rng.choice(["money", "parts", "rate"]):
        case "money":
            return [(rng.choice(["GST", "Tax", "VAT", "Tax Amount"]), _rounded(taxes, places))]
        case "parts":
            halves = _rounded([tax / 2 for tax in taxes], places)
            return [("CGST", halves), ("SGST", halves)]
        case _:
            rates = [line.tax_rate for line in lines]
            return [(rng.choice(["GST %", "Tax Rate", "GST", "Tax"]), _rounded(rates, 0))]


def _rounded(values: list[Decimal], places: int) -> list[Decimal | str]:
    step = Decimal(1).scaleb(-places)
    return [value.quantize(step, rounding=ROUND_HALF_UP) for value in values]


def _cell(value: Decimal | str, mark: str, rng: random.Random) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:,f}" if abs(value) >= 1000 and mark == "," else f"{value:f}"
    return text.translate(str.maketrans(",.", ".,")) if mark == "," else text
