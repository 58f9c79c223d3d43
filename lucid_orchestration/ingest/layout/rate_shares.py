"""Tax rates stated as parts of one: 0.2 for 20 %, as Excel holds what it shows in percent."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS, figure
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.outcomes import Row, WorkbookNumber, filled_cells

# No tax is so large a part of what it is on, and none is less than a part of a percent.
_HIGHEST_SHARE = 0.5


def share_columns(header: Row, told: Mapping[int, str], below: Sequence[Row]) -> frozenset[int]:
    """The columns of such rates, of those that nobody has `told` the meaning of."""
    found = set()
    for place, heading in enumerate(header.cells):
        words, known = words_of(heading), heading_words()
        is_rate = bool(words & known.tax) and ("%" in heading or bool(words & known.percent))
        cells = filled_cells(below[:SAMPLE_ROWS], place) if is_rate and place not in told else []
        if _are_shares(cells):
            found.add(place)
    return frozenset(found)


def in_percent(rows: Sequence[Row], places: Collection[int]) -> Sequence[Row]:
    """The rows with the rates of some columns in percent."""
    return [*_in_percent(rows, places)] if places else rows


def percent_of(share: str) -> str:
    """A part of one in percent; a text that is no number, as it stands."""
    plain = share.replace(",", ".")
    if figure(plain, ".") is None:
        return share
    percent = f"{(Decimal(plain) * 100).normalize():f}"
    return WorkbookNumber(percent) if isinstance(share, WorkbookNumber) else percent


def _are_shares(cells: Sequence[str]) -> bool:
    figures = [figure(cell.replace(",", "."), ".") for cell in cells]
    known = [one for one in figures if one is not None]
    is_plain = len(known) == len(cells) and not any("%" in cell for cell in cells)
    return is_plain and any(known) and all(0 <= one < _HIGHEST_SHARE for one in known)


def _in_percent(rows: Sequence[Row], places: Collection[int]) -> Iterator[Row]:
    for row in rows:
        cells = [*row.cells]
        for place in places:
            if place < len(cells):
                cells[place] = percent_of(cells[place])
        yield replace(row, cells=tuple(cells))
