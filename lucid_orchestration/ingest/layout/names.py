"""Columns that name products, and lists that say nothing else of them."""

import re
from collections.abc import Container, Mapping, Sequence

from lucid_orchestration.ingest.outcomes import Row

# Aliases of a product's name from this priority on are of what describes it.
FIRST_DESCRIPTION = 100
_FIGURE = re.compile(r"[-+(]?\W{0,2}\d[\d.,' ]*\W{0,2}")


def holds_figures(rows: Sequence[Row], known: frozenset[int]) -> bool:
    """Whether a column without a known heading holds figures, which might be sales or stock."""
    for place in range(max((len(row.cells) for row in rows), default=0)):
        if place in known:
            continue
        cells = [row.cells[place].strip() for row in rows if place < len(row.cells)]
        filled = [cell for cell in cells if cell]
        if 2 * sum(_FIGURE.fullmatch(cell) is not None for cell in filled) > len(filled):
            return True
    return False


def is_described(
    chosen: Sequence[str],
    keys: Sequence[str],
    told: Container[str],
    aliases: Mapping[str, tuple[str, int]],
) -> bool:
    """Whether what is taken for the product's name describes it, beside a column "Name".

    That may be the customer's: the caller knows whether the customer has a column of its own.
    """
    return keys.count("name") == 1 and any(
        key not in told and aliases[key.replace(" ", "")][1] >= FIRST_DESCRIPTION
        for key in chosen
        if key != "name"
    )
