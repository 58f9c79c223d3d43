"""Figures that stand in words: a rate as "Standard 20%".

What is no part of the figure is cut from the cell, in the rows that show what the columns mean and
in those that are counted.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from lucid_orchestration.ingest.layout.documents import is_no, is_yes
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    are_products,
    product_of,
)
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    is_price,
    words_of,
)
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.outcomes import Row, filled_cells

_PER_CENT = r"\d{1,2}(?:[.,]\d{1,4})?\s?%"
_RATE = re.compile(rf"(?<![\w.,]){_PER_CENT}|%\s?\d{{1,2}}(?:[.,]\d{{1,4}})?(?!\d)")
# Before the rate, behind it, and before one whose sign stands first.
_AROUND_RATE = (
    rf"^[^%]*?(?<![\w.,])(?={_PER_CENT})"
    r"|(?<=%)[^%\d]*$"
    r"|^[^\d%]+(?=%\s?\d{1,2}(?:[.,]\d{1,4})?\s*$)"
)
# So many of the filled cells of a column of rates have to say one.
_READABLE = 0.6
# A column of more different texts says more than whether tax is in a row.
_MOST_TEXTS = 6


def in_figures(below: Sequence[Row], patterns: Mapping[int, str]) -> Sequence[Row]:
    """Rows with figures in place of the words around them, which are those of `spoken`."""
    # of a rate in words nothing may be left
    return _cut(below, patterns, "0%")


def for_proof(header: Row, below: Sequence[Row], columns: Mapping[str, int]) -> Sequence[Row]:
    """Rows whose figures show what the money columns are; `columns` by the headings alone.

    Where a column says of each row whether tax is in it, it is no figure, and the tax is in some
    rows and on top of others: it proves nothing.
    """
    rows = in_figures(below, spoken(header, below, columns))
    lines = [row for row in rows[:SAMPLE_ROWS] if any(product_of(row, columns))]
    flags = [
        place
        for place, heading in enumerate(header.cells)
        if rows_with_tax(heading, {cell.casefold() for cell in filled_cells(lines, place)})
    ]
    taxes: list[int] = []
    if flags and _are_products(header, lines, columns):
        names = enumerate(header.cells)
        taxes = [place for place, heading in names if names_tax(heading) and place not in flags]
    return _cut(rows, dict.fromkeys([*flags, *taxes], "^.*$"), "")


def _cut(rows: Sequence[Row], patterns: Mapping[int, str], rest: str) -> Sequence[Row]:
    """Rows without what the patterns match, with `rest` in cells of which nothing is left."""
    if not patterns:
        return rows
    found = {place: re.compile(text, re.IGNORECASE) for place, text in patterns.items()}

    def left(place: int, cell: str) -> str:
        pattern = found.get(place)
        return (pattern.sub("", cell) or rest) if pattern is not None and cell.strip() else cell

    return [
        replace(row, cells=tuple(left(place, cell) for place, cell in enumerate(row.cells)))
        for row in rows
    ]


def spoken(header: Row, below: Sequence[Row], columns: Mapping[str, int]) -> dict[int, str]:
    """The columns whose cells hold a figure in words, with the pattern of what is none of it."""
    lines = [row for row in below[:SAMPLE_ROWS] if any(product_of(row, columns))]
    return {
        place: rf"{_AROUND_RATE}|{_of_no_tax()}"
        for place, heading in enumerate(header.cells)
        if names_tax(heading) and _are_rates(filled_cells(lines, place))
    }


def rows_with_tax(heading: str, texts: Collection[str]) -> frozenset[str]:
    """The texts below a heading by which tax is in the money of a row, in small letters.

    None if the heading speaks of no tax, or not all of the `texts` say whether it is in it.
    """
    words, known = words_of(heading), heading_words()
    if not words & known.tax or not texts or len(texts) > _MOST_TEXTS:
        return frozenset()
    if words & (known.with_tax | known.before_tax) and all(is_yes(t) or is_no(t) for t in texts):
        says = is_yes if words & known.with_tax else is_no
        return frozenset(filter(says, texts))
    with_tax = {text for text in texts if words_of(text) & known.with_tax}
    without = {text for text in texts if words_of(text) & (known.before_tax | {"net"})}
    is_spoken = with_tax | without == {*texts} and not with_tax & without
    return frozenset(with_tax) if is_spoken else frozenset()


def rate_in(text: str) -> str | None:
    """The one rate a text states, as a number; None where it states none or several."""
    found = {match.strip("% ").strip() for match in _RATE.findall(text)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _of_no_tax() -> str:
    words = "|".join(sorted(map(re.escape, heading_words().untaxed)))
    return rf"^[^\d%]*(?<![^\W\d_])(?:{words})(?![^\W\d_])[^\d%]*$"


def names_tax(heading: str) -> bool:
    """Whether a heading names a tax, and not money with it or without."""
    words, known = words_of(heading), heading_words()
    return bool(words & known.tax) and not words & (known.with_tax | known.before_tax)


def _are_rates(cells: Sequence[str]) -> bool:
    """Whether cells say rates, and not all of them as plain numbers."""
    rates = [cell for cell in cells if _RATE.search(cell)]
    plain = [cell for cell in rates if _RATE.fullmatch(cell)]
    untaxed = [cell for cell in cells if re.match(_of_no_tax(), cell, re.IGNORECASE)]
    is_spoken = len(plain) < len(rates) or bool(untaxed)
    return bool(rates) and is_spoken and len(rates) + len(untaxed) >= _READABLE * len(cells)


def _are_products(header: Row, lines: Sequence[Row], columns: Mapping[str, int]) -> bool:
    """Whether a column is quantity × price, tax or no tax."""
    quantity = columns.get("quantity")
    if quantity is None:
        return False
    places = [place for place in range(len(header.cells)) if place != quantity]
    marks = marks_of([quantity, *places], quantity, lines)
    prices = [place for place in places if is_price(header.cells[place])]
    return any(
        are_products(lines, quantity, price, amount, marks)
        for price in prices
        for amount in places
        if amount != price
    )
