"""Columns that name products, and lists that say nothing else of them."""

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence

from lucid_orchestration.ingest.layout.documents import has_meaning, segments
from lucid_orchestration.ingest.outcomes import Row, filled_cells

# Aliases of a product's name from this priority on are of what describes it.
FIRST_DESCRIPTION = 100
_FIGURE = re.compile(r"[-+(]?\W{0,2}\d[\d.,' ]*\W{0,2}")


def holds_figures(rows: Sequence[Row], known: frozenset[int]) -> bool:
    """Whether a column without a known heading holds figures, which might be sales or stock."""
    for place in range(max((len(row.cells) for row in rows), default=0)):
        if place in known:
            continue
        filled = filled_cells(rows, place)
        if 2 * sum(_FIGURE.fullmatch(cell) is not None for cell in filled) > len(filled):
            return True
    return False


# So many names of goods have no digit, where a code would.
_WORDS_SHARE = 0.8


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


def with_named_goods(
    chosen: Mapping[str, list[int]],
    keys: Sequence[str],
    told: Container[str],
    below: Sequence[Row],
) -> dict[str, list[int]]:
    """The choices with an "article" that holds words, and no other name, as the name of goods."""
    found = dict(chosen)
    places = found.get("product_id", [])
    if "product_name" in found or len(places) != 1 or keys[places[0]] != "article":
        return found
    cells = [row.cells[places[0]].strip() for row in below if places[0] < len(row.cells)]
    filled = [cell for cell in cells if cell]
    words = [cell for cell in filled if not any(map(str.isdigit, cell))]
    if "article" not in told and filled and len(words) >= _WORDS_SHARE * len(filled):
        found["product_name"] = found.pop("product_id")
    return found


def best_named(
    candidates: Sequence[int], price: int, below: Sequence[Row], least: float = 0.3
) -> int | None:
    """Of several columns of texts that may name the product, the one that names what is priced.

    A name comes again at its price; a party or a remark comes at any. None where the columns do
    not differ in that.
    """
    if len(candidates) < 2:
        return None
    shares = {place: _priced_share(place, price, below) for place in candidates}
    best = max(candidates, key=lambda place: shares[place])
    others = [shares[place] for place in candidates if place != best]
    return best if shares[best] - max(others) >= least else None


def _priced_share(place: int, price: int, below: Sequence[Row]) -> float:
    """How many rows of names that come again have the price their name usually has."""
    prices: dict[str, Counter[str]] = {}
    for row in below:
        if max(place, price) < len(row.cells) and row.cells[price].strip():
            name = row.cells[place].strip().casefold()
            if name:
                prices.setdefault(name, Counter())[row.cells[price].strip()] += 1
    again = [found for found in prices.values() if found.total() > 1]
    rows = sum(found.total() for found in prices.values())
    usual = sum(found.most_common(1)[0][1] for found in again if found.most_common(1)[0][1] > 1)
    return usual / rows if rows else 0.0


def lists_documents(headings: Sequence[str]) -> bool:
    """Whether headings name the number of an order or a bill, and its day or a quantity.

    Such a table is no list of products, whatever else in it nobody knows.
    """
    is_numbered = any(_numbers_documents(heading) for heading in headings)
    return is_numbered and any(
        has_meaning(heading, "count") or has_meaning(heading, "date") for heading in headings
    )


def _numbers_documents(heading: str) -> bool:
    units = [unit for piece in segments(heading) for unit in piece]
    meanings = frozenset().union(*(unit.meanings for unit in units))
    return not meanings.isdisjoint({"sale", "order"}) and ("number" in meanings or "#" in heading)
