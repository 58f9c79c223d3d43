"""What columns with headings in words nobody knows would mean, as far as their cells prove it."""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lucid_orchestration.ingest.layout.conventions import DecimalMark, decimal_mark, number_shape
from lucid_orchestration.ingest.layout.money.columns import figure, plain_figure
from lucid_orchestration.ingest.layout.money.heading_words import is_price
from lucid_orchestration.ingest.layout.money.proof import explained_share
from lucid_orchestration.ingest.layout.names import best_named
from lucid_orchestration.ingest.layout.suggest import is_date
from lucid_orchestration.ingest.outcomes import Row, cell_of

# Rows looked at; more would not change what a column holds.
_SAMPLE_ROWS = 50
_MIN_ROWS = 3
_MIN_COLUMNS = 3
# Almost all cells of a column have to be what it is taken for.
_SHARE = 0.9
# Of a column of figures so many products cannot all be rows of it.
_MOST_FIGURES = 12
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Proposal:
    """The row taken for headings, and what its columns are: fields that are certain, by position.

    `open_dates`, `open_figures` and `open_names` are positions among which only the owner can
    choose the day, the amount and quantity, and the product.
    """

    header: Row
    columns: Mapping[int, str]
    open_dates: tuple[int, ...] = ()
    open_figures: tuple[int, ...] = ()
    open_names: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to choose."""
        return not (self.open_dates or self.open_figures or self.open_names)


def proposed(rows: Sequence[Row]) -> Proposal | None:
    """What a list of sales in unknown words would mean; None where it looks like none.

    The headings are the first row of words above rows of as many cells. Quantity, price and amount
    are the columns whose figures multiply; the product is the text that comes again at its price.
    """
    # counted once: a row may have thousands of cells
    filled = [sum(bool(cell.strip()) for cell in row.cells) for row in rows]
    for position, header in enumerate(rows):
        if not _may_be_headings(header):
            continue
        followers = range(position + 1, len(rows))
        filling = (rows[at] for at in followers if 2 * filled[at] >= filled[position])
        below = list(itertools.islice(filling, _SAMPLE_ROWS))
        if len(below) < _MIN_ROWS:
            continue
        found = _proposal(header, below)
        if found is not None:
            return found
    return None


def _may_be_headings(row: Row) -> bool:
    words = [cell.strip() for cell in row.cells if cell.strip()]
    are_words = all(_LETTER.search(word) and not is_date(word) for word in words)
    return len(words) >= _MIN_COLUMNS and are_words and len(set(words)) == len(words)


def _proposal(header: Row, below: Sequence[Row]) -> Proposal | None:
    cells = {
        place: [cell_of(row, place) for row in below]
        for place, heading in enumerate(header.cells)
        if heading.strip()
    }
    dates = tuple(place for place, texts in cells.items() if _are(texts, is_date))
    figures = tuple(
        place for place, texts in cells.items() if place not in dates and _are(texts, _is_figure)
    )
    names = tuple(
        place
        for place, texts in cells.items()
        if place not in (*dates, *figures) and _may_name_products(texts)
    )
    if not (dates and figures and names):
        return None
    columns: dict[int, str] = {dates[0]: "sale_date"} if len(dates) == 1 else {}
    product = _product_of_figures(figures, cells, header)
    if product is not None:
        columns |= dict(zip(product, ("quantity", "unit_price", "net_amount"), strict=True))
    name = names[0] if len(names) == 1 else None
    if name is None and product is not None:
        name = best_named(names, product[1], below)
    if name is not None:
        columns[name] = "product_name"
    return Proposal(
        header,
        columns,
        open_dates=() if len(dates) == 1 else dates,
        open_figures=() if product is not None else figures,
        open_names=() if name is not None else names,
    )


def _are(texts: Sequence[str], test: Callable[[str], bool]) -> bool:
    filled = [text for text in texts if text]
    return len(filled) >= _SHARE * len(texts) and (sum(map(test, filled)) >= _SHARE * len(filled))


def _is_figure(text: str) -> bool:
    return figure(text, ".") is not None or figure(text, ",") is not None


def _may_name_products(texts: Sequence[str]) -> bool:
    """Words that differ and come again: one value is a branch, ever new ones are numbers of bills.

    In a short file every product may stand once.
    """
    filled = [text for text in texts if text]
    words = [text for text in filled if _LETTER.search(text)]
    if len(filled) < _SHARE * len(texts) or len(words) < _SHARE * len(filled):
        return False
    values = len(set(filled))
    return values > 1 and (values < len(filled) or not _are_numbered(filled))


def _are_numbered(texts: Sequence[str]) -> bool:
    """Whether texts are the same but for their digits, as numbers of bills are."""
    return len({re.sub(r"\d+", "9", text) for text in texts}) == 1


def _product_of_figures(
    figures: Sequence[int], cells: Mapping[int, Sequence[str]], header: Row
) -> tuple[int, int, int] | None:
    """The columns of quantity, price and amount, if just one choice of them multiplies."""
    if len(figures) > _MOST_FIGURES:
        return None
    read = {place: _Figures.of(cells[place]) for place in figures}
    found = []
    for first, second in itertools.combinations(figures, 2):
        for amount in figures:
            if amount in (first, second):
                continue
            if _multiply(read[first], read[second], read[amount]):
                named = [is_price(header.cells[place]) for place in (first, second)]
                # a heading that names the price goes before the size of figures
                is_told = named[0] != named[1]
                pair = named[1] if is_told else _by_role(read[first], read[second])
                if pair is None:
                    return None
                found.append((*((first, second) if pair else (second, first)), amount))
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class _Figures:
    """The numbers of a column, None where there is none, and half a step of their last place."""

    numbers: tuple[float | None, ...]
    half: float

    @classmethod
    def of(cls, texts: Sequence[str]) -> "_Figures":
        mark: DecimalMark = decimal_mark(Counter(map(number_shape, texts))).value
        places = max(len(plain_figure(text, mark).partition(".")[2]) for text in texts)
        return cls(tuple(figure(text, mark) for text in texts), 0.5 * 10.0**-places)

    @property
    def sizes(self) -> list[float]:
        return sorted(abs(number) for number in self.numbers if number is not None)


def _multiply(first: _Figures, second: _Figures, amount: _Figures) -> bool:
    """Whether two columns multiply to the third in all but a few rows, and not for being ones."""
    fitting = telling = 0
    for one, other, product in zip(first.numbers, second.numbers, amount.numbers, strict=True):
        if one is None or other is None or product is None:
            continue
        near = first.half * abs(other) + second.half * abs(one) + amount.half
        if abs(one * other - product) <= near + 1e-9:
            fitting += 1
            telling += abs(one) != 1 and abs(other) != 1
    return fitting >= explained_share() * len(amount.numbers) and telling >= _MIN_ROWS


def _by_role(first: _Figures, second: _Figures) -> bool | None:
    """Whether the first is the quantity and the second the price; None where both could be.

    Quantities are mostly whole and small; a price has decimals or is larger.
    """
    whole = [figures.half == 0.5 for figures in (first, second)]
    if whole[0] != whole[1]:
        return whole[0]
    middle = [figures.sizes[len(figures.sizes) // 2] for figures in (first, second)]
    if max(middle) < 3 * min(middle):
        return None
    return middle[0] < middle[1]
