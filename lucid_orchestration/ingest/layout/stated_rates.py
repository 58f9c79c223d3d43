"""Tax rates that are no plain numbers: "Standard 20%", 0.2 for 20 %, or stated in a heading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, TypeAlias

from lucid_orchestration.ingest.kinds import TAX_FIELDS
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.outcomes import Row, WorkbookNumber

RateForm: TypeAlias = Literal["words", "share"]

_NAMED = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d+)?)\s*%")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]{2}")
_SHARE_OF_CELLS = 0.6
# No tax is so large a part of what it is on, and none is less than a part of a percent.
_HIGHEST_SHARE = 0.5
_GROSS = {"unit_price": "gross_unit_price", "net_amount": "gross_amount"}


@dataclass(frozen=True)
class StatedRates:
    """A table's rows with plain percents, and the columns whose cells say them another way."""

    rows: Sequence[Row]
    forms: Mapping[int, RateForm]


def plain_rates(header: Row, told: Mapping[int, str], below: Sequence[Row]) -> StatedRates:
    """The rows with tax rates in percent, in columns that nobody has `told` the meaning of."""
    forms: dict[int, RateForm] = {}
    for place, heading in enumerate(header.cells):
        words = words_of(heading)
        if place in told or not words & heading_words().tax:
            continue
        cells = [row.cells[place].strip() for row in below[:SAMPLE_ROWS] if place < len(row.cells)]
        filled = [cell for cell in cells if cell]
        if _are_named(filled):
            forms[place] = "words"
        elif ("%" in heading or words & heading_words().percent) and _are_shares(filled):
            forms[place] = "share"
    return StatedRates([*_with(below, forms)] if forms else below, forms)


def rate_text(text: str, form: RateForm) -> str:
    """A rate in percent, whichever way it was said; a text that says none, as it stands."""
    if form == "words":
        found = _NAMED.search(text)
        # "Zero Rated" and "Exempt" have no figure
        return f"{found[1]}%" if found else text if _DIGIT.search(text) else "0" if text else ""
    plain = text.replace(",", ".")
    if figure(plain, ".") is None:
        return text
    percent = f"{(Decimal(plain) * 100).normalize():f}"
    return WorkbookNumber(percent) if isinstance(text, WorkbookNumber) else percent


def rate_in_headings(header: Row, columns: Mapping[str, int]) -> str | None:
    """The one rate of the tax that headings of prices and amounts say is in them, as of "(incl. 16
    % VAT)"; None where a column holds taxes, or a heading says nothing of the kind."""
    if not columns.keys().isdisjoint(TAX_FIELDS):
        return None
    known = heading_words()
    rates = set()
    for name in {*_GROSS, *_GROSS.values()} & columns.keys():
        heading = header.cells[columns[name]] if columns[name] < len(header.cells) else ""
        words = words_of(heading)
        if words & known.before_tax:
            return None
        if words & known.tax and words & (known.with_tax | known.beside):
            rates |= {rate.replace(",", ".") for rate in _NAMED.findall(heading)}
    return rates.pop() if len(rates) == 1 else None


def with_tax_in(header: Row, columns: Mapping[str, int]) -> dict[str, int]:
    """Columns of which those count as with tax whose headings do not say that they are without."""
    amounts = columns.keys() & {"net_amount", "gross_amount"}
    known = heading_words()
    found = {}
    for name, place in columns.items():
        words = words_of(header.cells[place]) if place < len(header.cells) else frozenset()
        # what a price holds is said by its own heading, or by that of the amount it comes to
        is_gross = bool(words & known.with_tax) or name in amounts or bool(amounts)
        found[_GROSS.get(name, name) if is_gross else name] = place
    return found


def _are_named(cells: Sequence[str]) -> bool:
    """Whether nearly all cells name a rate or have no figure at all, and some have words."""
    named = [cell for cell in cells if _NAMED.search(cell)]
    wordy = [cell for cell in named if _LETTER.search(cell)]
    others = [cell for cell in cells if not _NAMED.search(cell) and _DIGIT.search(cell)]
    return bool(wordy) and not others and len(named) >= (1 - _SHARE_OF_CELLS) * len(cells)


def _are_shares(cells: Sequence[str]) -> bool:
    """Whether all figures are parts of one, such as Excel holds for what it shows as percents."""
    figures = [figure(cell.replace(",", "."), ".") for cell in cells]
    known = [one for one in figures if one is not None]
    is_plain = len(known) == len(cells) and not any("%" in cell for cell in cells)
    return is_plain and any(known) and all(0 <= one < _HIGHEST_SHARE for one in known)


def _with(rows: Sequence[Row], forms: Mapping[int, RateForm]) -> Iterator[Row]:
    for row in rows:
        cells = [*row.cells]
        for place, form in forms.items():
            if place < len(cells):
                cells[place] = rate_text(cells[place].strip(), form)
        yield replace(row, cells=tuple(cells))
