"""Days whose year stands elsewhere: in a title above, or 543 years on, as Thailand counts them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.pdf.vocabulary import months_key
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS

# The years that a shop of today may write counted from the Buddha's death.
_BUDDHIST = re.compile(r"(?<!\d)2[456]\d\d(?!\d)")
_AHEAD = 543
_BUDDHIST_YEARS = range(2490, 2643)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d{2}(?![\d.,])|(?<=[\d][/.-])(?:19|20)\d{2}(?!\d)")
# "Mon 3 Mar", "3-Mar", "Mar 3", "03/03" and "3.3.", but no time and no year.
_NAMED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?:(\d{1,2})(?:st|nd|rd|th|\.)?[\s./-]*([^\W\d_]{3,12})"
    r"|([^\W\d_]{3,12})\.?[\s./-]*(\d{1,2})(?:st|nd|rd|th)?)\.?"
)
_NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})[/.-]?")
_NEARLY_ALL = 0.9
# A row above the headings with more filled cells is no title.
_MOST_TITLE_CELLS = 6


@dataclass(frozen=True)
class StatedYears:
    """What is to be done with the days of a column: the `year` is missing, or counts otherwise."""

    place: int
    year: int | None
    header_row: int

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with whole days, those above the headings as they are."""
        for row in rows:
            if row.number <= self.header_row or self.place >= len(row.cells):
                yield row
                continue
            cells = [*row.cells]
            cells[self.place] = self._whole(cells[self.place])
            yield replace(row, cells=tuple(cells))

    def laid_out(self, layout: Layout) -> Layout:
        """The layout of these rows, which are not to be read from the file again."""
        return replace(layout, stated_once=layout.stated_once | {self.place})

    def _whole(self, text: str) -> str:
        if self.year is None:
            return _BUDDHIST.sub(lambda found: f"{int(found[0]) - _AHEAD}", text, count=1)
        return with_year(text, self.year) or text


def stated_years(layout: Layout, first: Sequence[Row], sheet: str = "") -> StatedYears | None:
    """What the days of a table lack; None where they are whole, or nothing tells their year.

    `sheet` is the name of the sheet, which may tell it as a title does.
    """
    place = next((layout.columns[name] for name in DATE_FIELDS if name in layout.columns), None)
    if place is None:
        return None
    cells = [row.cells[place].strip() for row in first if _is_below(row, layout, place)]
    filled = [cell for cell in cells if cell]
    if not filled:
        return None
    counted = [found for cell in filled if (found := _BUDDHIST.search(cell))]
    if len(counted) >= _NEARLY_ALL * len(filled) and all(
        int(found[0]) in _BUDDHIST_YEARS for found in counted
    ):
        return StatedYears(place, None, layout.header_row)
    if sum(with_year(cell, 2000) is not None for cell in filled) < _NEARLY_ALL * len(filled):
        return None
    titles = [row for row in first if row.number < layout.header_row]
    named = {int(year) for row in titles for year in _years_of(row)} or {
        int(year) for year in _YEAR.findall(sheet)
    }
    return StatedYears(place, named.pop(), layout.header_row) if len(named) == 1 else None


def with_year(text: str, year: int) -> str | None:
    """A day and month with a year behind them; None for any other text."""
    named = _NAMED.fullmatch(text.strip())
    if named is not None:
        day, month = (named[1], named[2]) if named[1] else (named[4], named[3])
        return None if months_key(month) is None else f"{day} {month} {year}"
    numeric = _NUMERIC.fullmatch(text.strip())
    return None if numeric is None else f"{numeric[1]}{numeric[2]}{numeric[3]}{numeric[2]}{year}"


def _is_below(row: Row, layout: Layout, place: int) -> bool:
    return row.number > layout.header_row and place < len(row.cells)


def _years_of(row: Row) -> list[str]:
    cells = [cell for cell in row.cells if cell.strip()]
    return _YEAR.findall(" ".join(cells)) if len(cells) <= _MOST_TITLE_CELLS else []
