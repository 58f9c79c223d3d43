"""How currencies are written beside an amount: by code, sign or abbreviation.

A mark may stand for several currencies: "$" for every dollar and peso, "kr" for four crowns.
"""

import re
from collections.abc import Iterable, Mapping

_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNH CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF
YER ZAR ZMW ZWL
"""
# Those whose sign is a dollar.
_DOLLARS = """
ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NIO NZD SBD
SGD SRD TTD TWD USD UYU XCD
"""
CODES = frozenset(_CODES.split())
DOLLARS = frozenset(_DOLLARS.split())
# Shops write their amounts in whole units: a point before three digits groups them.
WITHOUT_DECIMALS = frozenset(
    {"IDR", "CLP", "JPY", "KRW", "VND", "PYG", "COP", "ISK", "HUF", "UGX", "TZS", "RWF", "XAF"}
    | {"XOF", "XPF", "KMF", "GNF", "DJF", "BIF", "VUV", "LAK", "MMK", "IRR", "KHR", "UZS"}
)
# Of which a thousandth is paid.
WITH_THOUSANDTHS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_WRITTEN = {
    "AED": "د.إ درهم dh dhs",
    "AMD": "֏",
    "ARS": "ar$",
    "AUD": "a$ au$",
    "AZN": "₼",
    "BBD": "bds$",
    "BDT": "৳ tk taka টাকা",
    "BGN": "лв",
    "BHD": "bd د.ب",
    "BRL": "r$ reais",
    "CAD": "c$ ca$ cdn$",
    "CHF": "fr sfr",
    "CLP": "clp$ ch$",
    "CNY": "¥ ￥ 元 圆 圓 cn¥ rmb yuan 人民币",
    "COP": "col$ cop$",
    "CRC": "₡",
    "CZK": "kč kc",
    "DKK": "kr",
    "DOP": "rd$",
    "EGP": "£ e£ ج.م جنيه",
    "ETB": "birr",
    "EUR": "€ euro euros ευρώ",
    "GBP": "£ pound pounds",
    "GEL": "₾ lari",
    "GHS": "₵ gh₵ gh¢ ghc",
    "HKD": "hk$",
    "HUF": "ft forint",
    "IDR": "rp",
    "ILS": "₪ nis",
    "INR": "₹ ₨ rs re rupee rupees रु रू रुपये",
    "ISK": "kr",
    "JMD": "j$ ja$",
    "JOD": "jd د.أ",
    "JPY": "¥ ￥ 円 jp¥ yen",
    "KES": "ksh kshs",
    "KHR": "៛",
    "KRW": "₩ ￦ 원 won",
    "KWD": "kd د.ك",
    "KZT": "₸ тг",
    "LAK": "₭",
    "LBP": "ل.ل",
    "LKR": "₨ rs රු",
    "MAD": "dh dhs د.م",
    "MDL": "lei leu",
    "MNT": "₮",
    "MUR": "₨ rs",
    "MXN": "mx$ mex$",
    "MYR": "rm",
    "NGN": "₦",
    "NIO": "c$",
    "NOK": "kr",
    "NPR": "₨ rs रु रू",
    "NZD": "nz$",
    "OMR": "ر.ع",
    "PEN": "s/",
    "PHP": "₱",
    "PKR": "₨ rs",
    "PLN": "zł zl zlot",
    "PYG": "₲ gs",
    "QAR": "qr ر.ق",
    "RON": "lei leu",
    "RSD": "дин",
    "RUB": "₽ руб р",
    "SAR": "﷼ sr ر.س ريال",
    "SCR": "₨ sr rs",
    "SEK": "kr",
    "SGD": "s$ sg$",
    "THB": "฿ บาท baht",
    "TND": "د.ت",
    "TRY": "₺ tl lira",
    "TTD": "tt$",
    "TWD": "nt$ 元",
    "TZS": "tsh tshs",
    "UAH": "₴ грн",
    "UGX": "ush ushs",
    "USD": "us$ u$s dollar dollars",
    "UYU": "$u",
    "VND": "₫ đ vnđ",
    "XAF": "fcfa cfa",
    "XOF": "fcfa cfa",
    "ZAR": "r",
}
# Of the currencies of a mark, the one to name as an example.
_USUAL = frozenset({"USD", "INR", "GBP", "SEK", "CNY", "AED", "SAR", "RON", "XOF"})
_MOST_CHARACTERS = 40


def _currencies_of_marks() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {"$": set(DOLLARS)}
    for code in CODES:
        found.setdefault(code.casefold(), set()).add(code)
    for code, marks in _WRITTEN.items():
        for mark in marks.split():
            found.setdefault(mark.rstrip(".").casefold(), set()).add(code)
    return {mark: frozenset(codes) for mark, codes in found.items()}


# What each mark may stand for, in small letters and without a point at its end.
CURRENCIES = _currencies_of_marks()


def any_of(marks: Iterable[str]) -> str:
    """A pattern of marks, longest first, for both Python and DuckDB over small letters."""
    return "|".join(re.escape(mark) for mark in sorted(marks, key=lambda mark: (-len(mark), mark)))


PATTERN = any_of(CURRENCIES)
_BEFORE = re.compile(rf"^\s*[-+(−–]?\s*({PATTERN})\.?(?=\s*[-+(−–]?\s*[.,]?\d)")
_BEHIND = re.compile(rf"(?<=[\d.,)=–-])\s*({PATTERN})\.?\s*[-)]?\s*$")
# Which side of a ledger an amount stands on, for Python and, whole, for Arrow.
SIDE = re.compile(r"(?<=[\d.,)])\s*([dc]r)\.?\s*$", re.IGNORECASE)
ON_SIDE = r"(?i)^\s*(.*[\d.,)])\s*{side}\.?\s*$"


def in_amount(text: str) -> tuple[str, ...]:
    """The marks before and behind an amount, in small letters; none where it is plain."""
    small = text.casefold()
    if len(small) > _MOST_CHARACTERS:
        return ()
    return tuple(
        found[1] for pattern in (_BEFORE, _BEHIND) if (found := pattern.search(small)) is not None
    )


def side_of(amount: str | None) -> str | None:
    """The side of a ledger that an amount says it stands on: "dr", "cr", or none."""
    # most amounts end with a digit
    if not amount or amount[-1].isdigit():
        return None
    found = SIDE.search(amount)
    return found[1].casefold() if found else None


def without_marks(text: str) -> str:
    """An amount without the marks before and behind it."""
    small = text.casefold().strip()
    if not small or (small[0].isdigit() and small[-1].isdigit()):
        return small
    for pattern in (_BEFORE, _BEHIND, SIDE):
        if (found := pattern.search(small)) is not None:
            start, end = found.span(1)
            small = small[:start] + small[end:].removeprefix(".").strip()
    return small


def example_of(name: str) -> str:
    """The code of a mark, or of the currency it names most often."""
    codes = CURRENCIES.get(name.casefold(), frozenset({name}))
    return min(codes, key=lambda code: (code not in _USUAL, code))
