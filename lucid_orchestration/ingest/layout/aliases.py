"""What headings mean by themselves: the general list in seeds/column_aliases.csv."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache

from lucid_orchestration.ingest.kinds import KINDS
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.mapping import IGNORE
from lucid_orchestration.settings import PROJECT_DIR

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
