"""What headings mean by themselves: seeds/column_aliases.csv, and other languages' words.

A file of languages/ gives the words of one language for what any table may hold: one line a word.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from lucid_orchestration.ingest.kinds import KINDS
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.mapping import IGNORE
from lucid_orchestration.settings import project_dir
from lucid_orchestration.yml import read_yml

LANGUAGES = Path(__file__).parent / "languages"
# What a word of a language file means in each kind of table; all others are fields of that name.
_BY_KIND: Mapping[str, Mapping[str, str]] = {
    "date": {"sales": "sale_date", "inventory": "stock_date", "purchases": "purchase_date"},
    "number": {"sales": "transaction_id", "purchases": "transaction_id"},
    "price": {"sales": "unit_price", "inventory": "sale_price", "products": "sale_price"},
    "amount": {"sales": "net_amount", "purchases": "net_amount", "inventory": "stock_value"},
    "gross": {"sales": "gross_amount", "purchases": "gross_amount"},
    "discount": {"sales": "discount_amount"},
    "tax": {"sales": "tax_amount", "purchases": "tax_amount"},
    "cost": {kind.name: "unit_cost" for kind in KINDS},
    # that of a sale may be its customer's
    "name": {"inventory": "product_name", "products": "product_name"},
    "quantity": {"sales": "quantity", "purchases": "quantity", "inventory": "quantity"},
    "stock": {"inventory": "quantity"},
    "status": {"sales": "document_status"},
    "document": {"sales": "document_type", "purchases": "document_type"},
    # no heading: what the sum of the rows above it is called
    "total": {},
}
# What moved, or was asked for, is not what is there.
_MOVES = frozenset(
    {"transfer", "transfers", "movement", "movements", "moves", "ledger", "adjustment"}
    | {"adjustments", "issue", "issues", "received", "receipt", "receipts", "order", "orders"}
    | {"purchase", "purchases"}
)
# Headings that are enough to call a table a stock list even though it shows other figures too.
MERE_QUANTITIES = frozenset(
    {"quantity", "qty", "total qty", "total quantity", "balance", "available", "opening stock"}
)
# After all that the general list knows; what may describe goods after what may name them.
_LANGUAGE_PRIORITY = 300
_NAME_PRIORITY = 400
_DESCRIPTION_PRIORITY = 500
LAST_PRIORITY = 1000
# How words for a description begin.
_DESCRIBING = (
    "descri",
    "beschreib",
    "omschrij",
    "opis",
    "описан",
    "açiklama",
    "deskrips",
    "beskriv",
    "popis",
)
# Whatever tax is in a price of a list, it is that price; where it is there twice, without tax.
_WITHOUT_TAX = frozenset({"ht", "netto", "net", "excl", "ex", "excluding", "exkl", "hors"})
_WITH_TAX = frozenset({"ttc", "brutto", "gross", "incl", "inc", "including", "inkl"})
_TAXES = frozenset({"tax", "vat", "gst", "mwst", "ust", "tva", "iva", "btw", "moms"})
_PRICES_OF_LISTS = frozenset({"unit_cost", "sale_price", "stock_value"})
_NOTHING_TOLD: Mapping[str, str] = {}


def aliases_file() -> Path:
    """The general list, of the project in use."""
    return project_dir() / "seeds" / "column_aliases.csv"


@cache
def aliases() -> Mapping[str, Mapping[str, tuple[str, int]]]:
    """For each kind of table: heading → (field, priority); 1 is the first choice for a field.

    An alias without a priority, as an owner may add it, comes after all others.
    """
    table: dict[str, dict[str, tuple[str, int]]] = {kind.name: {} for kind in KINDS}
    with aliases_file().open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            priority = int(row["priority"] or LAST_PRIORITY)
            table[row["kind"]].setdefault(joined(row["alias"]), (row["field"], priority))
    for path in sorted(LANGUAGES.glob("*.yml")):
        for meaning, words in read_yml(path).items():
            for kind in KINDS:
                field = _BY_KIND.get(meaning, {kind.name: meaning}).get(kind.name)
                if field is None or field not in kind.fields:
                    continue
                for place, word in enumerate(words):
                    priority = place + _priority(meaning, word, kind.name)
                    table[kind.name].setdefault(joined(word), (field, priority))
    return table


def _priority(meaning: str, word: str, kind: str) -> int:
    """Where the words of a language file for a field begin; "Nome" names what "Descrição" tells."""
    if meaning == "name":
        return _NAME_PRIORITY
    is_list = kind in ("inventory", "products")
    describes = meaning == "product_name" and is_list and joined(word).startswith(_DESCRIBING)
    return _DESCRIPTION_PRIORITY if describes else _LANGUAGE_PRIORITY


def total_words(headings: Sequence[str] | None = None) -> tuple[str, ...]:
    """What a row that holds the sum of others is called in the languages of languages/.

    Each in its usual spellings, and where a table's `headings` are given, in their languages alone.
    """
    keys = None if headings is None else {joined(heading) for heading in headings}
    return tuple(
        sorted(
            {
                spelling
                for known, words in _totals()
                if keys is None or keys & known
                for word in words
                for spelling in (word, word.capitalize(), word.title(), word.upper())
            }
        )
    )


def names_stock(name: str) -> bool:
    """Whether the name of a file says that it lists what is in stock, and not what moved."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", name)}
    return bool(words & stock_words()) and not words & _MOVES


@cache
def stock_words() -> frozenset[str]:
    """What stock is called in one word, in all languages of languages/."""
    contents = [read_yml(path) for path in LANGUAGES.glob("*.yml")]
    words = {word for content in contents for word in content.get("stock", ()) if " " not in word}
    return frozenset({"stock", "stocks", "inventory", "inventur"} | words)


@cache
def _totals() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """Of each language the headings that the general list lacks, and its words for sums."""
    with aliases_file().open(encoding="utf-8", newline="") as file:
        general = {joined(row["alias"]) for row in csv.DictReader(file)}
    contents = [read_yml(path) for path in sorted(LANGUAGES.glob("*.yml"))]
    return tuple(
        (
            frozenset(joined(word) for words in content.values() for word in words) - general,
            tuple(content.get("total", ())),
        )
        for content in contents
    )


def joined(heading: str) -> str:
    """OrderDate, order_date and "Order Date" are one heading."""
    return heading_key(heading).replace(" ", "")


def is_mere_quantity(key: str) -> bool:
    """Whether a heading says how many, which may be sold as well as in stock."""
    return key in MERE_QUANTITIES or key.replace(" ", "") in _quantity_words()


@cache
def _quantity_words() -> frozenset[str]:
    contents = [read_yml(path) for path in LANGUAGES.glob("*.yml")]
    return frozenset(joined(word) for content in contents for word in content.get("quantity", ()))


def is_known(heading: str) -> bool:
    """Whether a heading means anything in any kind of table."""
    return any(joined(heading) in table for table in aliases().values())


def meanings(kind: str, keys: Sequence[str]) -> dict[int, str]:
    """What each heading means by itself: column → field."""
    known = aliases()[kind]
    return {
        place: known[key.replace(" ", "")][0]
        for place, key in enumerate(keys)
        if key.replace(" ", "") in known
    }


def _without_tax(key: str) -> tuple[str, bool] | None:
    """A heading such as "prix d'achat ht" without the words for the tax, if it ends with them.

    Together with whether the tax is in it.
    """
    words = key.replace("(", " ").replace(")", " ").split()
    if len(words) > 2 and words[-1] in _TAXES:
        words = words[:-1]
    if len(words) < 2 or words[-1] not in _WITHOUT_TAX | _WITH_TAX:
        return None
    return " ".join(words[:-1]), words[-1] in _WITH_TAX


def choices(
    kind: str, keys: Sequence[str], told: Mapping[str, str] = _NOTHING_TOLD
) -> dict[str, list[int]]:
    """Field → the columns of the best priority for it, from left to right.

    What the owner says of a heading (`told`) comes before all aliases.
    """
    known = aliases()[kind]
    is_list = kind in ("inventory", "products")
    best: dict[str, tuple[float, list[int]]] = {}
    for position, key in enumerate(keys):
        field: str | None
        priority: float
        field, priority = known.get(key.replace(" ", ""), (None, 0))
        if field is None and is_list and (plain := _without_tax(key)):
            field, priority = known.get(plain[0].replace(" ", ""), (None, 0))
            priority += plain[1] / 2
            field = field if field in _PRICES_OF_LISTS else None
        if key in told:
            field, priority = told[key], 0
        if field is None or field == IGNORE:
            continue
        if field not in best or priority < best[field][0]:
            best[field] = (priority, [position])
        elif priority == best[field][0]:
            best[field][1].append(position)
    return {field: positions for field, (_, positions) in best.items()}
