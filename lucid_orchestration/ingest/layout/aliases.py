"""What headings mean by themselves: seeds/column_aliases.csv, and other languages' words.

A file of languages/ gives the words of one language for what any table may hold: one line a word.
"""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from lucid_orchestration.ingest.kinds import KINDS
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.mapping import IGNORE
from lucid_orchestration.settings import PROJECT_DIR
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
    "quantity": {"sales": "quantity", "purchases": "quantity"},
    "stock": {"inventory": "quantity"},
    "status": {"sales": "document_status"},
}
# After all that the general list knows.
_LANGUAGE_PRIORITY = 300
ALIASES = PROJECT_DIR / "seeds" / "column_aliases.csv"
LAST_PRIORITY = 1000
_NOTHING_TOLD: Mapping[str, str] = {}


@cache
def aliases() -> Mapping[str, Mapping[str, tuple[str, int]]]:
    """For each kind of table: heading → (field, priority); 1 is the first choice for a field.

    An alias without a priority, as an owner may add it, comes after all others.
    """
    table: dict[str, dict[str, tuple[str, int]]] = {kind.name: {} for kind in KINDS}
    with ALIASES.open(encoding="utf-8", newline="") as file:
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
                    table[kind.name].setdefault(joined(word), (field, _LANGUAGE_PRIORITY + place))
    return table


def joined(heading: str) -> str:
    """OrderDate, order_date and "Order Date" are one heading."""
    return heading_key(heading).replace(" ", "")


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


def choices(
    kind: str, keys: Sequence[str], told: Mapping[str, str] = _NOTHING_TOLD
) -> dict[str, list[int]]:
    """Field → the columns of the best priority for it, from left to right.

    What the owner says of a heading (`told`) comes before all aliases.
    """
    known = aliases()[kind]
    best: dict[str, tuple[int, list[int]]] = {}
    for position, key in enumerate(keys):
        field, priority = known.get(key.replace(" ", ""), (None, 0))
        if key in told:
            field, priority = told[key], 0
        if field is None or field == IGNORE:
            continue
        if field not in best or priority < best[field][0]:
            best[field] = (priority, [position])
        elif priority == best[field][0]:
            best[field][1].append(position)
    return {field: positions for field, (_, positions) in best.items()}
