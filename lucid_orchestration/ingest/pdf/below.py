"""The figures around the lines of a bill with what their labels say."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from lucid_orchestration.ingest.pdf.figures import HUNDRED, RATES
from lucid_orchestration.ingest.pdf.printed import Kind, TaxSummaryRow
from lucid_orchestration.ingest.pdf.rows import Figure, Label, Row
from lucid_orchestration.ingest.pdf.templates import Span
from lucid_orchestration.ingest.pdf.vocabulary import (
    first_meaning,
    patterns,
    plain,
    whole_meaning,
    words_pattern,
)

# Longer than any label: a sentence that happens to hold a figure.
_PROSE = 48
# Of the size of the letters: a value is no further below its label.
_BELOW = 2.6
_NEAR = 20.0
_SLACK = Decimal("0.02")
# Of India and of the European Union: who has one adds tax.
_TAX_NUMBER = re.compile(
    r"\b\d{2}[A-Z]{5}\d{4}[A-Z][0-9A-Z]Z[0-9A-Z]\b"
    r"|\b(?:ATU\d{8}|BE[01]\d{9}|DE\d{9}|FR\w{2}\d{9}|NL\d{9}B\d{2}|ES\w\d{7}\w|IT\d{11}|PT\d{9}"
    r"|PL\d{10}|CZ\d{8,10}|SE\d{12}|DK\d{8}|GB\d{9})\b"
)
_SUMS = frozenset({Kind.TOTAL, Kind.GRAND_TOTAL})
# Beside these labels a figure may be the sum of the quantities.
_COUNTED = frozenset({*_SUMS, Kind.SUBTOTAL, Kind.COUNT})
_MOST_RATE = Decimal(50)
# So many labels side by side are those of a box.
_FEWEST_LABELS = 2


@dataclass(frozen=True)
class Labelled:
    """A figure with its label.

    `rates` are the percentages in the label, `others` the further figures of its row; `place` is
    its row. `is_less` when label or sign take it away. `currency` is the sign of money beside it,
    `beyond` are the amounts right of it, where it stands in the column of the amounts.
    """

    kind: Kind
    label: str
    amount: Decimal
    place: int
    is_less: bool = False
    rates: tuple[Decimal, ...] = ()
    others: tuple[Decimal, ...] = ()
    currency: str = ""
    beyond: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Below:
    """All labelled figures in the order of the page, and the summary of taxes by rate.

    `bare` are labels side by side whose figures are missing.
    """

    figures: tuple[Labelled, ...]
    summary: tuple[TaxSummaryRow, ...]
    counts: frozenset[Decimal]
    bare: str = ""


def kind_of_label(label: str) -> Kind:
    """What the label of a figure says it is."""
    meaning = whole_meaning("figures", label) or first_meaning("figures", label)
    return Kind[meaning.upper()] if meaning is not None else Kind.UNKNOWN


def read_below(rows: Sequence[Row], places: Sequence[int], amount: Span) -> Below:
    """The labelled figures of some rows; `amount` is where the amounts of the lines stand."""
    figures: list[Labelled] = []
    summary: list[TaxSummaryRow] = []
    counts: set[Decimal] = set()
    has_hundredths = any(f.places == 2 for row in rows for f in row.figures if not f.is_percent)
    for place in places:
        row = rows[place]
        if not row.figures:
            continue
        found = _summary_row(row)
        is_plain_label = kind_of_label(row.text) in {Kind.TAX, Kind.TAX_TOTAL} and (
            found is None or len(row.figures) < 4
        )
        if found is not None and not is_plain_label:
            summary.append(found)
            # the total may stand in the same row of a box
            figures += [f for f in _boxed(rows, place, amount, found) if f.kind in _SUMS]
            continue
        if found is not None:
            summary.append(found)
        for label, group in _groups(rows, place):
            if kind_of_label(label) in _COUNTED and len(label) <= _PROSE:
                counts |= {figure.value for figure in group if not figure.is_percent}
            labelled = _labelled(label, group, place, amount, has_hundredths=has_hundredths)
            if labelled is not None:
                figures.append(labelled)
    bare = next((rows[place].text for place in places if _is_bare(rows, place)), "")
    return Below(tuple(figures), tuple(summary), frozenset(counts), bare)


def _is_bare(rows: Sequence[Row], place: int) -> bool:
    """Whether a row has labels of sums side by side, one of them a total, and nothing below them.

    Headings may be of two lines, so figures may stand in the second row below.
    """
    row = rows[place]
    if row.figures or len(row.cells) < _FEWEST_LABELS:
        return False
    kinds = [kind_of_label(cell.text) for cell in row.cells]
    if Kind.UNKNOWN in kinds or not _SUMS & {*kinds}:
        return False
    below = rows[place + 1 : place + 3]
    return not any(figure.is_alone for other in below for figure in other.figures)


def _boxed(
    rows: Sequence[Row], place: int, amount: Span, found: TaxSummaryRow
) -> Iterator[Labelled]:
    """The figures of a row of a summary that is a row of a box, with the labels above them."""
    if rows[place].labels:
        return
    for label, group in _with_labels_above(rows, place):
        labelled = _labelled(label, group, place, amount, has_hundredths=True) if label else None
        # other columns of a summary hold less than the value with its tax
        if labelled is not None and labelled.amount >= found.taxable + found.tax - _SLACK:
            yield labelled


def _groups(rows: Sequence[Row], place: int) -> Iterator[tuple[str, list[Figure]]]:
    """Runs of figures of a row, each with the words before it or else above it."""
    row = rows[place]
    if not row.labels:
        yield from _with_labels_above(rows, place)
        return
    words: list[Label] = []
    figures: list[Figure] = []
    for part in row.parts:
        if isinstance(part, Figure):
            figures.append(part)
            continue
        # "Tax 15 % on 112.90" is one label: its words go on behind a figure of the same cell
        goes_on = figures and any(figure.cell == part.cell for figure in figures)
        if figures and not goes_on:
            yield " ".join(word.text for word in words), figures
            words, figures = [], []
        words.append(part)
    if figures:
        yield " ".join(word.text for word in words), figures


def _with_labels_above(rows: Sequence[Row], place: int) -> Iterator[tuple[str, list[Figure]]]:
    """A row of figures under a row of labels; a rate in a label counts as its figure."""
    row = rows[place]
    above = rows[place - 1] if place else None
    if (
        above is None
        or above.page != row.page
        or any(figure.is_money for figure in above.figures)
        or row.baseline - above.baseline > _BELOW * max(row.size, above.size)
    ):
        yield "", list(row.figures)
        return
    for figure in row.figures:
        cell = min(above.cells, key=lambda cell: _apart(cell, figure), default=None)
        if cell is None or _apart(cell, figure) > _NEAR:
            yield "", [figure]
            continue
        # one label is of one figure: the nearest, and of another nobody knows what it is
        nearest = min(row.figures, key=lambda other: _apart_at_ends(cell, other))
        if figure is not nearest and _apart(cell, nearest) <= _NEAR:
            yield "", [figure]
            continue
        rates = [rate for rate in above.figures if rate.cell == cell.cell]
        yield cell.text, [*rates, figure]


def _apart_at_ends(label: Label, figure: Figure) -> float:
    """How far the nearer ends of a label and a figure are from each other."""
    return min(abs(label.x0 - figure.x0), abs(label.x1 - figure.x1))


def _apart(label: Label, figure: Figure) -> float:
    return max(label.x0 - figure.x1, figure.x0 - label.x1, 0.0)


def _labelled(
    label: str, group: Sequence[Figure], place: int, amount: Span, *, has_hundredths: bool
) -> Labelled | None:
    kind = kind_of_label(label)
    money = [figure for figure in group if _is_amount(figure, amount, kind, has_hundredths)]
    if not money:
        return None
    in_column = [figure for figure in money if amount.holds(figure) > 0.5]
    chosen = in_column[-1] if in_column else money[-1]
    if not chosen.is_alone and (kind is Kind.UNKNOWN or len(label) > _PROSE):
        return None
    rates = tuple(figure.value for figure in group if figure.is_percent)
    if kind in {Kind.TAX, Kind.TAX_TOTAL}:
        bare = (f.value for f in group if not f.is_percent and not f.is_money and f is not chosen)
        rates += tuple(value for value in bare if 0 < value <= _MOST_RATE)
    is_less = chosen.value < 0 or bool(words_pattern("less").search(plain(label))) or "(-)" in label
    others = tuple(f.value for f in group if f is not chosen and not f.is_percent)
    beyond = tuple(f.value for f in money if in_column and f.x0 > chosen.x1)
    return Labelled(
        kind, label, chosen.value, place, is_less, rates, others, chosen.currency, beyond
    )


def _is_amount(figure: Figure, amount: Span, kind: Kind, has_hundredths: bool) -> bool:
    if figure.is_percent:
        return False
    if figure.is_money or kind is Kind.EXCHANGE:
        return True
    in_column = amount.holds(figure) > 0.5
    return figure.is_alone and (in_column or (not has_hundredths and kind is not Kind.UNKNOWN))


def _summary_row(row: Row) -> TaxSummaryRow | None:
    """A row of a summary of taxes: a rate, a value, and the rate of the value as tax."""
    money = [f for f in row.figures if not f.is_percent and f.is_money]
    rates = [f for f in row.figures if f.is_percent]
    # without a sign it is a rate that states charge, and no money
    rates += [
        f
        for f in row.figures
        if not f.is_percent
        and not f.currency
        and f.places <= 2
        and f.value in RATES
        and 0 < f.value <= _MOST_RATE
        and f.value not in [amount.value for amount in money[:1]]
    ]
    values = [rate.value for rate in rates]
    found = [
        TaxSummaryRow(rate.value * halves, taxable.value, tax)
        for taxable in money
        for rate in rates
        for tax, halves in _taxes_of(
            taxable.value,
            rate.value,
            [f.value for f in money if f is not taxable and f is not rate],
            values,
        )
    ]
    return max(found, key=lambda summary: summary.tax, default=None)


def _taxes_of(
    taxable: Decimal, rate: Decimal, others: Sequence[Decimal], rates: Sequence[Decimal]
) -> Iterator[tuple[Decimal, int]]:
    """The taxes among figures that are a rate of a value: one, or its two halves side by side."""
    tax = taxable * rate / HUNDRED
    if not tax:
        return
    same = [value for value in others if abs(value - tax) <= _SLACK]
    if len(same) >= 2 and rates.count(rate) >= 2:
        yield same[0] + same[1], 2
    elif same:
        yield same[0], 1
    for one, other in pairwise(others):
        if abs(one + other - tax) <= _SLACK and abs(one - other) <= _SLACK:
            yield one + other, 1


def speaks_of_tax(rows: Iterable[Row]) -> bool:
    """Whether a tax, or a number under which one is paid, stands anywhere on a bill.

    Words that say there is no tax count more.
    """
    texts = [" ".join(cell.text for cell in row.cells) for row in rows]
    return not any(map(_says_no_tax, texts)) and any(map(_says_tax, texts))


# Every reading of a bill asks the same of its rows.
@lru_cache(maxsize=8192)
def _says_no_tax(text: str) -> bool:
    return words_pattern("no_tax").search(plain(text)) is not None


@lru_cache(maxsize=8192)
def _says_tax(text: str) -> bool:
    key = plain(text)
    return (
        _TAX_NUMBER.search(text) is not None
        or words_pattern("with_tax").search(key) is not None
        or any(patterns("figures")[kind].search(key) for kind in ("tax", "tax_total"))
    )
