"""Amounts in another currency beside the same ones in the shop's own: those are the ones to count.

A rate of exchange, or one ratio in all rows, shows which columns are one figure in two currencies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.layout.money.columns import figure_of
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.money.proof import explained_share
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity

_SAMPLE_ROWS = 300
_MIN_ROWS = 3
# Rates are written with few decimals.
_NEAR = 0.002
# No tax and no discount makes a figure so many times another; a rate moves by so much in a year.
_LEAST_RATIO, _MOST_APART = 1.5, 1.3
_RATE = re.compile(
    r"exchange|\bfx\b|\bex(?:ch)?\.? rate|conversion|wechselkurs|umrechnung|\bkurs\b|"
    r"taux de change|tipo de cambio|tasso di cambio|câmbio|wisselkoers|"
    r"курс|kuru?\b|汇率|為替|विनिमय",
    re.IGNORECASE,
)
_BASE = frozenset({"base", "bcy", "local", "home", "company", "functional", "own"})
_OWN_CURRENCY = re.compile(
    rf"[(\[]?\b(?:in |of )?(?:the )?(?:{'|'.join(sorted(_BASE))})\b(?: currency)?[)\]]?",
    re.IGNORECASE,
)
_FOREIGN = frozenset({"foreign", "fcy", "fc", "purchased", "presentment"})
_CURRENCY = re.compile(
    r"currenc|währung|devise|moneda|valuta|moeda|waluta|валют|币|通貨", re.IGNORECASE
)


@dataclass(frozen=True)
class BaseAmounts:
    """The headings without those of figures in another currency, and what to say of them."""

    header: Row
    issues: tuple[Issue, ...] = ()


def in_base_currency(header: Row, below: Sequence[Row]) -> BaseAmounts:
    """The headings of a table whose money may stand in two currencies.

    What is one figure in another currency loses its heading, and so does a price that leads to it.
    """
    named = _money(header)
    rates = [place for place, cell in enumerate(header.cells) if _RATE.search(cell)]
    worded = any(words_of(header.cells[place]) & (_BASE | _FOREIGN) for place in named)
    if len(named) < 2 or not (rates or worded):
        return BaseAmounts(header)
    rows = [row for row in below if sum(map(bool, row.cells)) > 1][:_SAMPLE_ROWS]
    figures = _figures([*named, *rates], rows)
    pairs = [*_by_rate(named, rates, figures), *_by_ratio(header, named, figures)]
    if not pairs:
        return BaseAmounts(header)
    base = {place for _, place, _ in pairs}
    foreign = {place for place, *_ in pairs} - base
    if not foreign:
        return BaseAmounts(header)
    # figures that have no counterpart may be in either
    foreign |= {place for place in named if place not in base and _is_price(header, place)}
    first, second, how = next(pair for pair in pairs if pair[0] in foreign)
    gone = foreign | {at for at, cell in enumerate(header.cells) if _says_currency(cell)}
    gone |= {*rates}
    cells = tuple(
        "" if at in gone else _plain(cell) if at in base else cell
        for at, cell in enumerate(header.cells)
    )
    issue = Issue(
        Severity.NOTE,
        "base_amounts_taken",
        f'"{header.cells[second].strip()}" is "{header.cells[first].strip()}" {how}: the one in '
        "the shop's own currency was taken.",
    )
    return BaseAmounts(replace(header, cells=cells), (issue,))


def _plain(cell: str) -> str:
    """A heading without the words for the currency of the shop, if any other are left."""
    return _OWN_CURRENCY.sub(" ", cell).strip() or cell


def _says_currency(cell: str) -> bool:
    """Whether a column names the currency of its row, and is no figure in it."""
    words = words_of(cell)
    return bool(_CURRENCY.search(cell)) and not words & (heading_words().amount - {"value"})


def _money(header: Row) -> list[int]:
    known = heading_words()
    return [
        place
        for place, cell in enumerate(header.cells)
        if words_of(cell) & (known.amount | known.price) and not _RATE.search(cell)
    ]


def _is_price(header: Row, place: int) -> bool:
    return bool(words_of(header.cells[place]) & heading_words().price)


def _figures(places: Sequence[int], rows: Sequence[Row]) -> Mapping[int, Sequence[float | None]]:
    marks: Marks = marks_of(places, None, rows)
    return {place: [figure_of(row, place, marks) for row in rows] for place in places}


def _by_rate(
    named: Sequence[int], rates: Sequence[int], figures: Mapping[int, Sequence[float | None]]
) -> Iterator[tuple[int, int, str]]:
    for rate in rates:
        for first in named:
            for second in named:
                if first != second and _comes_out(figures[first], figures[rate], figures[second]):
                    yield first, second, "times the rate of exchange"


def _comes_out(
    amounts: Sequence[float | None], rates: Sequence[float | None], others: Sequence[float | None]
) -> bool:
    known = fitting = telling = 0
    for amount, rate, other in zip(amounts, rates, others, strict=True):
        if amount is None or rate is None or other is None or not amount:
            continue
        known += 1
        fits = abs(amount * rate - other) <= 0.011 + _NEAR * abs(other)
        fitting += fits
        telling += fits and abs(rate - 1) > _NEAR
    return telling >= _MIN_ROWS and fitting >= explained_share() * known


def _by_ratio(
    header: Row, named: Sequence[int], figures: Mapping[int, Sequence[float | None]]
) -> Iterator[tuple[int, int, str]]:
    """Figures in one ratio, of which a heading says that one is in the currency of the shop."""
    for first in named:
        for second in named:
            of_first, of_second = words_of(header.cells[first]), words_of(header.cells[second])
            is_told = bool(of_second & _BASE or of_first & _FOREIGN)
            if first == second or not is_told or of_first & _BASE or of_second & _FOREIGN:
                continue
            ratios = [
                abs(b / a) for a, b in zip(figures[first], figures[second], strict=True) if a and b
            ]
            if len(ratios) < _MIN_ROWS:
                continue
            least, most = min(ratios), max(ratios)
            is_rate = least >= _LEAST_RATIO or most <= 1 / _LEAST_RATIO
            if is_rate and most <= _MOST_APART * least:
                yield first, second, f"times {least:.2f} to {most:.2f} in all rows"
