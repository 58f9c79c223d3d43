"""Random bills of shops in many languages: what they say, and the truth about it.

A bill is chosen part by part: language, kind of tax, columns and their order, discount, charges,
rounding. All of them add up, so that a reader can prove each.
"""

import datetime
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

LABELS = Path(__file__).with_name("bill_labels.yml")
Scheme = Literal["none", "below", "in line", "included"]
# Those that are "missing" or "wrong" are drawn, in a font whose map is.
Prices = Literal["printed", "left out", "missing", "wrong"]
_HUNDRED = Decimal(100)
_NAMES = (
    "Kavita lamp",
    "Toru kettle",
    "Mesa cotton towel",
    "Lindo steel box",
    "Orva tea 250 g",
    "Pilo soap, pack of 4",
    "Rasin honey",
    "Velto paper A4",
    "Sumek brush no. 7",
    "Dalo rice 5 kg",
    "Karima spice mix",
    "Noru cable 1.5 mm",
    "Tavi shirt, blue, long sleeves, size XL, organic cotton",
    "Hemo bottle 0.5 l",
    "Bilka candle",
    "Urano garden hose with brass fittings and a reel for the wall, 25 m",
    "Pesto frame 30x40",
    "Zeno mug",
)
# Of shops whose letters the standard fonts of PDF lack.
_NAMES_OF = {
    "chinese": ("不锈钢保温杯", "绿茶 250 g", "A4 打印纸", "手工皂", "毛巾 40x80", "蜂蜜", "台灯"),
    "arabic": ("كوب شاي", "عسل طبيعي", "صابون زيت الزيتون", "منشفة قطن", "مصباح", "ورق A4", "تمر"),
    "hindi": ("चाय पत्ती", "बासमती चावल", "साबुन", "तौलिया", "शहद 500 g", "मसाला डिब्बा", "दीपक"),
}
_UNITS_OF = {
    "chinese": ("个", "盒", "kg"),
    "arabic": ("علبة", "قطعة", "كجم"),
    "hindi": ("नग", "डिब्बा", "kg"),
}
_SELLERS_OF = {
    "chinese": ("晨光商贸有限公司", "明德文具"),
    "arabic": ("متجر النخيل", "شركة الواحة التجارية"),
    "hindi": ("शर्मा स्टोर", "गंगा ट्रेडर्स"),
}
_BUYERS_OF = {
    "chinese": ("海港超市", "青叶书店"),
    "arabic": ("فندق المرسى", "مكتبة السلام"),
    "hindi": ("आनंद होटल", "ग्रीन पुस्तक भंडार"),
}
_SELLERS = (
    "Maruko Handel",
    "Tessaly Goods Ltd",
    "Olinda Foods",
    "Bruma Workshop",
    "Kestrel & Sons",
)
_BUYERS = ("Harbour Store", "Ilva Kitchen", "Norrin Hotel", "Sabel Market", "Quill Books")


def rounded(value: Decimal, places: int = 2) -> Decimal:
    """Halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@dataclass(frozen=True)
class BillLine:
    """A line; `net` is before tax and after its discount, `printed` its amount."""

    name: str
    code: str
    unit: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal
    printed: Decimal


@dataclass(frozen=True)
class Words:
    """The labels of one bill, one way of saying each, and how it writes figures."""

    language: str
    say: Mapping[str, str]
    code: str
    sign: str
    mark: str
    group: str


@dataclass(frozen=True)
class RandomBill:
    """A bill with everything that is printed on it.

    `sums` are the labelled figures below the lines in their order, `after` those behind the total.
    `tax_number` is printed where there is tax, as the law has it. `revenue` is what the seller
    earns without tax, charges included.
    """

    words: Words
    scheme: Scheme
    number: str
    date: datetime.date
    seller: str
    buyer: str
    lines: Sequence[BillLine]
    sums: Sequence[tuple[str, Decimal]]
    summary: Sequence[tuple[Decimal, Decimal, Decimal]]
    total: Decimal
    revenue: Decimal
    charges: Decimal
    tax_number: str
    sections: Sequence[tuple[int, Decimal]] = field(default=())
    after: Sequence[tuple[str, Decimal]] = field(default=())
    prices: Prices = "printed"

    @property
    def shows_quantities(self) -> bool:
        """Whether the sum of the quantities is printed: without prices it has to be."""
        return self.prices != "printed"


@cache
def _labels() -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    return found


def languages() -> Sequence[str]:
    """The languages that bills are drawn in."""
    return tuple(_labels())


def random_bill(seed: int) -> RandomBill:
    """One bill, the same for the same seed."""
    chance = random.Random(seed)
    language = chance.choice(languages())
    known = _labels()[language]
    code, sign, mark, group = known["currency"]
    # some programs print English marks whatever the language
    if chance.random() < 0.12:
        mark, group = ".", ","
    scheme: Scheme = chance.choice(["below", "below", "below", "in line", "included", "none"])
    say = {
        key: chance.choice(_fitting(values, scheme))
        for key, values in known.items()
        if key not in _NO_LABELS
    }
    words = Words(language, say, code, sign, mark, chance.choice([group, group, ""]))
    rates = [Decimal(str(rate)) for rate in known["rates"]]
    own = [chance.choice(rates)] if chance.random() < 0.6 or scheme == "included" else rates
    prices: Prices = "printed"
    if scheme in {"below", "none"} and chance.random() < 0.2:
        prices = chance.choice(["left out", "missing", "wrong"])
    count = _count(chance) if prices == "printed" else max(_count(chance), 2)
    lines = [_line(chance, scheme, own, language) for _ in range(count)]
    if prices != "printed":
        # a discount of a line has nothing to stand beside
        lines = [_undiscounted(line) for line in lines]
    return _summed(chance, words, scheme, lines, prices)


def _fitting(labels: Sequence[str], scheme: Scheme) -> Sequence[str]:
    """The labels a bill without tax may use: others say that its prices contain one."""
    if scheme != "none":
        return labels
    return [label for label in labels if not _NAMES_TAX.search(label)] or labels[:1]


_NAMES_TAX = re.compile(
    r"(?i)税|ضريب|कर|जीएसटी|tax|gst|vat|ttc|brutto|incl|inkl|dph|moms|btw|vergi|\bht\b|netto"
)
_NO_LABELS = frozenset({"currency", "rates", "tax_name"})


def _count(chance: random.Random) -> int:
    return chance.choice([1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12, chance.randint(13, 70)])


def _undiscounted(line: BillLine) -> BillLine:
    net = rounded(line.quantity * line.price)
    tax = rounded(net * line.rate / _HUNDRED)
    return replace(line, discount=Decimal(0), net=net, tax=tax, printed=net)


def _line(
    chance: random.Random, scheme: Scheme, rates: Sequence[Decimal], language: str
) -> BillLine:
    quantity = Decimal(chance.choice([1, 1, 1, 2, 3, 4, 5, 10, 12, 25, 100, 250]))
    if chance.random() < 0.1:
        quantity = Decimal(chance.randint(1, 4000)) / 100 + 1
    price = Decimal(chance.choice([chance.randint(50, 5000), chance.randint(99, 90000)])) / 100
    if quantity % 1:
        # of a cheap thing no amount shows the hundredths of its quantity
        price = max(price, Decimal(5))
    rate = Decimal(0) if scheme == "none" else chance.choice(rates)
    discount = Decimal(chance.choice([5, 10, 15, 20])) if chance.random() < 0.25 else Decimal(0)
    before = rounded(quantity * price)
    amount = before - rounded(before * discount / _HUNDRED)
    net, tax = amount, Decimal(0)
    if scheme == "included":
        net = rounded(amount / (1 + rate / _HUNDRED))
        tax = amount - net
    elif scheme != "none":
        tax = rounded(net * rate / _HUNDRED)
    name = chance.choice(_NAMES_OF.get(language, _NAMES))
    code = f"{chance.choice('ABKT')}{chance.randint(100, 9999)}"
    unit = chance.choice(_UNITS_OF.get(language, ("pcs", "kg", "box", "h", "m")))
    printed = net + tax if scheme == "in line" else amount
    return BillLine(name, code, unit, quantity, price, discount, rate, net, tax, printed)


def _summed(
    chance: random.Random,
    words: Words,
    scheme: Scheme,
    lines: Sequence[BillLine],
    prices: Prices,
) -> RandomBill:
    """A bill with the figures below its lines."""
    say = words.say
    printed = sum((line.printed for line in lines), Decimal(0))
    nets = sum((line.net for line in lines), Decimal(0))
    discount = shipping = Decimal(0)
    if scheme in {"below", "none"} and chance.random() < 0.2:
        discount = rounded(printed * Decimal(chance.choice([2, 5, 10])) / _HUNDRED)
    if scheme in {"below", "none"} and chance.random() < 0.2:
        shipping = Decimal(chance.choice(["4.90", "6.50", "12.00", "25.00"]))
    sums: list[tuple[str, Decimal]] = []
    if chance.random() < 0.8 or discount or shipping:
        sums.append((say["subtotal"] if scheme != "included" else "Σ", printed))
    if discount:
        sums.append((say["bill_discount"], -discount if chance.random() < 0.5 else discount))
    if shipping:
        sums.append((say["shipping"], shipping))
    taxes = _taxes(lines, discount, nets) if scheme == "below" else {}
    sums += [(say["tax_sum"].format(rate=plain(r)), t) for r, t in sorted(taxes.items())]
    total = printed - discount + shipping + sum(taxes.values(), Decimal(0))
    summary = _summary(lines) if scheme in {"in line", "included"} else []
    if scheme == "included":
        sums = [entry for entry in sums if entry[0] != "Σ"]
        (rate, net, tax), *_ = summary
        sums += [] if chance.random() < 0.4 else [(say["subtotal"], net)]
        sums.append((say["included"].format(rate=plain(rate)), tax))
    rounding = rounded(total, 0) - total
    if scheme in {"below", "none", "in line"} and rounding and chance.random() < 0.25:
        sums.append((say["rounding"], rounding))
        total += rounding
    sums.append((say["total"], total))
    after: list[tuple[str, Decimal]] = []
    if chance.random() < 0.2:
        paid = rounded(total / 2)
        after = [(say["paid"], paid), (say["balance"], total - paid)]
    date = datetime.date(2021, 1, 1) + datetime.timedelta(chance.randint(0, 1900))
    return RandomBill(
        words=words,
        scheme=scheme,
        number=_number(chance, date),
        date=date,
        seller=chance.choice(_SELLERS_OF.get(words.language, _SELLERS)),
        buyer=chance.choice(_BUYERS_OF.get(words.language, _BUYERS)),
        lines=lines,
        sums=sums,
        summary=summary,
        total=total,
        revenue=nets - discount + shipping,
        charges=shipping,
        tax_number=f"{_labels()[words.language]['tax_name']} ID {chance.randint(10**8, 10**9)}",
        sections=_sections(chance, lines) if prices == "printed" else (),
        after=after,
        prices=prices,
    )


def _taxes(lines: Sequence[BillLine], discount: Decimal, nets: Decimal) -> dict[Decimal, Decimal]:
    """The tax of each rate, on what is left of its lines after the discount of the bill."""
    left = 1 - discount / nets if nets else Decimal(1)
    taxes: dict[Decimal, Decimal] = {}
    for line in lines:
        taxes[line.rate] = taxes.get(line.rate, Decimal(0)) + line.net * left * line.rate / _HUNDRED
    return {rate: rounded(tax) for rate, tax in taxes.items()}


def _summary(lines: Sequence[BillLine]) -> list[tuple[Decimal, Decimal, Decimal]]:
    """Rate, value and tax of each rate."""
    rates = sorted({line.rate for line in lines})
    return [
        (
            rate,
            sum((line.net for line in lines if line.rate == rate), Decimal(0)),
            sum((line.tax for line in lines if line.rate == rate), Decimal(0)),
        )
        for rate in rates
    ]


def _sections(chance: random.Random, lines: Sequence[BillLine]) -> list[tuple[int, Decimal]]:
    """Where sub totals stand between the lines, and what they are."""
    if len(lines) < 4 or chance.random() > 0.15:
        return []
    cut = len(lines) // 2
    parts = (lines[:cut], lines[cut:])
    places = (cut, len(lines))
    sums = [sum((line.printed for line in part), Decimal(0)) for part in parts]
    return list(zip(places, sums, strict=True))


def _number(chance: random.Random, date: datetime.date) -> str:
    serial = chance.randint(1, 9999)
    return chance.choice(
        [
            str(10_000 + serial),
            f"INV-{serial:05d}",
            f"{date.year}-{serial:04d}",
            f"F{date.year}{serial:04d}",
            f"RE/{date.year}/{serial:03d}",
            f"{serial:04d}/{date:%y}",
            f"A{serial}",
        ]
    )


def plain(value: Decimal) -> str:
    """A figure without zeros behind it."""
    return format(value.normalize(), "f")
