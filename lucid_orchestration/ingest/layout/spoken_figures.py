"""Figures that stand in words: a rate as "Standard 20%", a quantity with free goods as "40+8".

What is no part of the figure is cut from the cell, in the rows that show what the columns mean and
in those that are counted.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from lucid_orchestration.ingest.layout.documents import is_no, is_yes
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    are_products,
    figure_of,
    product_of,
)
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    is_price,
    words_of,
)
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

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
_FREE_BEHIND = r"\s*\+\s*\d+(?:[.,]\d+)?\s*(?:f|fr|free|sch|scheme)?\.?\s*$"
_WITH_FREE = re.compile(rf"\s*\d+(?:[.,]\d+)?{_FREE_BEHIND}", re.IGNORECASE)
# A column of more different texts says more than whether tax is in a row.
_MOST_TEXTS = 6
_NEAR = 0.01
_AGREEING = 0.9


def in_figures(header: Row, below: Sequence[Row], columns: Mapping[str, int]) -> Sequence[Row]:
    """Rows with figures in place of the words around them; `columns` are those known so far."""
    # of a rate in words nothing may be left
    return _cut(below, spoken(header, below, columns), "0%")


def for_proof(header: Row, below: Sequence[Row], columns: Mapping[str, int]) -> Sequence[Row]:
    """Rows whose figures show what the money columns are; `columns` by the headings alone.

    Where a column says of each row whether tax is in it, it is no figure, and the tax is in some
    rows and on top of others: it proves nothing.
    """
    rows = in_figures(header, below, columns)
    lines = [row for row in rows[:SAMPLE_ROWS] if any(product_of(row, columns))]
    flags = [
        place
        for place, heading in enumerate(header.cells)
        if rows_with_tax(heading, {cell.casefold() for cell in _filled(lines, place)})
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
    found = {
        place: rf"{_AROUND_RATE}|{_of_no_tax()}"
        for place, heading in enumerate(header.cells)
        if names_tax(heading) and _are_rates(_filled(lines, place))
    }
    quantity = columns.get("quantity")
    if quantity is not None and _are_sold_beside_free(header, lines, columns, quantity):
        found[quantity] = _FREE_BEHIND
    return found


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


def is_of_free_goods(pattern: str) -> bool:
    """Whether a pattern cuts free goods, and not words."""
    return pattern == _FREE_BEHIND


def free_goods(header: Row, below: Sequence[Row], quantity: int) -> Issue:
    """What to say about pieces that were given away with those sold."""
    name = header.cells[quantity].strip()
    cells = [cell for cell in _filled(below, quantity) if _WITH_FREE.fullmatch(cell)]
    return Issue(
        Severity.NOTE,
        "free_goods_beside",
        f'"{name}" holds free goods behind a plus, such as "{cells[0]}". The pieces before it were '
        "counted as sold, as the money of these lines shows; the free ones earn nothing.",
    )


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


def _filled(rows: Sequence[Row], place: int) -> list[str]:
    cells = (row.cells[place].strip() for row in rows if place < len(row.cells))
    return [cell for cell in cells if cell]


def _are_sold_beside_free(
    header: Row, lines: Sequence[Row], columns: Mapping[str, int], quantity: int
) -> bool:
    """Whether money shows that of "40+8" the 40 were sold and the 8 were not."""
    schemes = [
        row
        for row in lines
        if quantity < len(row.cells) and _WITH_FREE.fullmatch(row.cells[quantity])
    ]
    if not schemes:
        return False
    others = [place for place in range(len(header.cells)) if place != quantity]
    marks = marks_of(others, None, lines)
    prices = [place for place in others if is_price(header.cells[place])]
    return any(
        _agree(schemes, quantity, marks, price, amount)
        for price in prices
        for amount in others
        if amount != price
    ) or any(
        _agree_with_plain(schemes, lines, columns, quantity, marks, amount)
        for amount in others
        if words_of(header.cells[amount]) & heading_words().amount
    )


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


def _agree(schemes: Sequence[Row], quantity: int, marks: Marks, price: int, amount: int) -> bool:
    """Whether the pieces before the plus at a price are the amount, and all pieces are not."""
    found = [
        (sold, free, each, whole)
        for row in schemes
        for sold, free in [_pieces(row.cells[quantity])]
        if (each := figure_of(row, price, marks)) and (whole := figure_of(row, amount, marks))
    ]
    fitting = sum(abs(sold * each - whole) <= _NEAR * abs(whole) for sold, _, each, whole in found)
    return bool(found) and fitting >= _AGREEING * len(schemes)


def _agree_with_plain(
    schemes: Sequence[Row],
    lines: Sequence[Row],
    columns: Mapping[str, int],
    quantity: int,
    marks: Marks,
    amount: int,
) -> bool:
    """Whether a piece before the plus costs what it does where nothing is free."""
    each: dict[tuple[str, ...], list[float]] = defaultdict(list)
    plain = marks_of([quantity], quantity, [row for row in lines if row not in schemes])
    for row in lines:
        pieces, whole = figure_of(row, quantity, plain), figure_of(row, amount, marks)
        if pieces and whole and row not in schemes:
            each[product_of(row, columns)].append(whole / pieces)
    answers: list[bool] = []
    for row in schemes:
        whole, prices = figure_of(row, amount, marks), each.get(product_of(row, columns))
        if whole and prices:
            sold, _ = _pieces(row.cells[quantity])
            answers.append(any(abs(whole / sold - one) <= _NEAR * one for one in prices))
    return bool(answers) and sum(answers) >= _AGREEING * len(answers)


def _pieces(cell: str) -> tuple[float, float]:
    sold, free, *_ = re.findall(r"\d+(?:[.,]\d+)?", cell)
    return float(sold.replace(",", ".")) or 1.0, float(free.replace(",", "."))
