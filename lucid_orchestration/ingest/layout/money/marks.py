"""With which decimal mark each column is written, as far as its texts show it.

A weight of "1.255" may stand beside an amount of "1.234,50": one program writes the one, another
the other. Numbers that a workbook holds as numbers are none of the texts.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.currency_marks import (
    CURRENCIES,
    WITHOUT_DECIMALS,
    in_amount,
)
from lucid_orchestration.ingest.layout.conventions import (
    DecimalMark,
    decimal_mark,
    number_shape,
    sole_mark,
)
from lucid_orchestration.ingest.outcomes import Row, WorkbookNumber

_GROUPED = re.compile(r"\D*[1-9]\d{0,2}(?:\.\d{3})+\D*")
_WHOLE = re.compile(r"\D*\d+\D*")
# One text with a point before three digits may be a slip; from so many on it is how they write.
_MIN_GROUPED = 2


@dataclass(frozen=True)
class Marks:
    """The decimal mark of a table, and of the columns that are written with the other one.

    `is_shown` says whether all texts together show it without a look at the columns. Of columns
    `in_doubt` nothing says whether a point groups or divides.
    """

    usual: DecimalMark
    columns: Mapping[int, DecimalMark]
    in_doubt: tuple[int, ...] = ()
    is_shown: bool = True

    def of(self, place: int) -> DecimalMark:
        """The mark of a column."""
        return self.columns.get(place, self.usual)

    def other(self) -> "Marks":
        """The other mark in all columns."""
        return Marks(other_mark(self.usual), {}, is_shown=False)

    def with_other(self, place: int) -> "Marks":
        """The other mark in one column."""
        columns = {at: mark for at, mark in self.columns.items() if at != place}
        if place not in self.columns:
            columns[place] = other_mark(self.usual)
        return replace(self, columns=columns)


def other_mark(mark: DecimalMark) -> DecimalMark:
    """A comma for a point, a point for a comma."""
    return "," if mark == "." else "."


def marks_of(places: Sequence[int], quantity: int | None, lines: Sequence[Row]) -> Marks:
    """What the texts of number columns show, in a sample of a table's lines."""
    texts = {place: _texts(place, lines) for place in places}
    shapes = Counter(
        number_shape(text)
        for found in texts.values()
        for text in found
        if "," in text or "." in text
    )
    shown = decimal_mark(shapes).value
    own = {place: sole_mark(set(found)) for place, found in texts.items()}
    money = [place for place in places if place != quantity]
    usual, doubt = shown, []
    if not any("," in shape for shape in shapes) and not any(own[place] == "." for place in money):
        if any(
            own[place] == ","
            or _groups_thousands(texts[place])
            or _are_in_whole_units(texts[place])
            for place in money
        ):
            usual = ","
        else:
            doubt = [place for place in money if _may_group(texts[place])]
    columns = {place: mark for place, mark in own.items() if mark and mark != usual}
    if usual == "," and quantity in places and quantity is not None and own[quantity] is None:
        if len(texts[quantity]) >= _MIN_GROUPED and all(map(_GROUPED.fullmatch, texts[quantity])):
            # three decimals in every row, as a scale prints them
            columns[quantity] = "."
            doubt.append(quantity)
        elif _may_group(texts[quantity]) and not _groups_thousands(texts[quantity]):
            doubt.append(quantity)
    return Marks(usual, columns, tuple(doubt), usual == shown)


def needs_mark(mark: DecimalMark, places: Sequence[int], lines: Sequence[Row]) -> bool:
    """Whether a column has texts that only this mark divides, such as 0.10 a point."""
    return any(sole_mark(set(_texts(place, lines))) == mark for place in places)


def is_open(place: int, lines: Sequence[Row]) -> bool:
    """Whether the points of a column may group as well as divide, by its texts alone."""
    return _may_group(_texts(place, lines))


def _texts(place: int, lines: Sequence[Row]) -> list[str]:
    cells = (row.cells[place] for row in lines if place < len(row.cells))
    return [cell for cell in cells if cell.strip() and not isinstance(cell, WorkbookNumber)]


def _may_group(texts: Sequence[str]) -> bool:
    """Whether every point stands before three digits, and no long number goes without one."""
    grouped = sum(_GROUPED.fullmatch(text) is not None for text in texts)
    whole = sum(_is_below_thousand(text) for text in texts)
    return grouped > 0 and grouped + whole == len(texts)


def _groups_thousands(texts: Sequence[str]) -> bool:
    """Whether points group: numbers below a thousand have none, and all above have one.

    Decimals cut to three places would not end in zeros; those that are not cut show all places.
    """
    grouped = [text for text in texts if _GROUPED.fullmatch(text)]
    return (
        len(grouped) >= _MIN_GROUPED
        and len(grouped) < len(texts)
        and _may_group(texts)
        and any(re.search(r"0\D*$", text) for text in grouped)
    )


def _are_in_whole_units(texts: Sequence[str]) -> bool:
    """Whether points group since the currency beside the numbers is written without decimals."""
    marks = [in_amount(text) for text in texts]
    codes = frozenset().union(*(CURRENCIES[mark] for found in marks for mark in found))
    return _may_group(texts) and bool(codes) and codes <= WITHOUT_DECIMALS


def _is_below_thousand(text: str) -> bool:
    return _WHOLE.fullmatch(text) is not None and len(re.sub(r"\D", "", text)) <= 3
