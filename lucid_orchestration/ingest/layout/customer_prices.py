"""Price lists with a price for each kind of customer: none of them is the price of a line."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure_of
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

# "Price A", "Price 2", "Price Level 3"
_OF_A_LEVEL = re.compile(r"[\s_-](?:[a-e]|\d)\s*$", re.IGNORECASE)
_SEVERAL = 2


def without_customer_prices(layout: Layout, rows: Sequence[Row], told: Collection[str]) -> Layout:
    """A list of products without a price, where it has several and who buys decides.

    `told` are the headings of which the owner says what they are. A warning names the prices.
    """
    place = layout.columns.get("sale_price")
    if place is None or heading_key(layout.header[place]) in {*map(heading_key, told)}:
        return layout
    below = [row for row in rows if row.number > layout.header_row][:SAMPLE_ROWS]
    taken = {at for name, at in layout.columns.items() if name != "sale_price"}
    prices = [
        at
        for at, heading in enumerate(layout.header)
        if at not in {*taken, place} and _is_of_customers(heading) and _differs(at, place, below)
    ]
    # a plain "Price" beside one more is what everybody else pays
    if len(prices) + _is_of_customers(layout.header[place]) < _SEVERAL:
        return layout
    names = [layout.header[at].strip() for at in sorted({place, *prices})]
    listed = ", ".join(f'"{name}"' for name in names)
    issue = Issue(
        Severity.WARNING,
        "prices_by_customer",
        f"The list has a price for each kind of customer, {listed}, and nothing says whose is that "
        "of a line of sales without a price: none was taken. Export the sales with their prices, "
        f'or put the price of all of them into mapping.yml: columns: {{"{names[0]}": sale_price}}.',
    )
    columns = {name: at for name, at in layout.columns.items() if name != "sale_price"}
    return replace(layout, columns=columns, issues=(*layout.issues, issue))


def _is_of_customers(heading: str) -> bool:
    words, known = words_of(heading), heading_words()
    if not words & known.price:
        return False
    return bool(words & known.of_customers) or _OF_A_LEVEL.search(heading) is not None


def _differs(place: int, other: int, rows: Sequence[Row]) -> bool:
    """Whether a column holds figures, and not those of the other one."""
    marks = marks_of([place, other], None, rows)
    pairs = [(figure_of(row, place, marks), figure_of(row, other, marks)) for row in rows]
    figures = [one for one, _ in pairs if one is not None]
    return 2 * len(figures) > len(pairs) and any(one != another for one, another in pairs)
