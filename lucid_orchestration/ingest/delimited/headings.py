"""Headings that lost or gained a cell, aligned by what stands below them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lucid_orchestration.ingest.delimited.read import DELIMITERS
from lucid_orchestration.ingest.layout.aliases import is_known
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity, filled_cells
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS

Find = Callable[[Sequence[Row]], Layout]

# So many rows have to show how many cells a row has, nearly all of them the same.
_MIN_ROWS, _USUAL_SHARE = 8, 0.9
# So many rows are looked at for each way to align the headings.
_SAMPLE_ROWS = 60
_MOST = 0.8
_DAY = re.compile(
    r"\d{1,4}[-/. ]+\w{1,9}[-/., ]+\d{1,4}\b.*|\w+[ -]\d{1,2}[, -]+\d{2,4}\b.*|\d{5,8}"
)
_WITH_DECIMALS = re.compile(r"\D{0,3}\d[\d.,]*[.,]\d{1,2}")


@dataclass(frozen=True)
class Aligned:
    """A layout, the rows it was found in with their headings put right, and what to tell of it."""

    layout: Layout
    rows: list[Row]
    issues: tuple[Issue, ...] = ()


def aligned(rows: list[Row], find: Find) -> Aligned:
    """The layout of a table whose headings may stand one column off the cells below them.

    Raises:
        RefusedError: when it is no table Lucid can use, or its headings may belong to the columns
            in several ways.
    """
    try:
        as_written = Aligned(find(rows), rows)
    except RefusedError:
        other = _with_other_headings(rows, None, find)
        if other is None:
            raise
        return other
    return _with_other_headings(rows, as_written.layout, find) or as_written


def _with_other_headings(rows: list[Row], layout: Layout | None, find: Find) -> Aligned | None:
    """The layout with the headings that fit; None where those that are written do, or none do.

    Raises:
        RefusedError: when several headings fit, or none where those as written cannot.
    """
    if layout is not None and layout.arrangement is not None:
        return None
    header, width = _header(rows, layout), _usual_width(rows, layout)
    if header is None or width is None or abs(len(header.cells) - width) != 1:
        return None
    below = [row for row in rows if row.number > header.number and len(row.cells) == width]
    found = list(_fitting(header, width, below[:_SAMPLE_ROWS], find))
    if layout is not None and len(header.cells) > width and _fits(layout, below):
        found.append(layout)  # the last column may never be filled
    most = max((len(choice.columns) for choice in found), default=0)
    best = [choice for choice in found if len(choice.columns) == most]
    ways = {tuple(sorted(choice.columns.items())) for choice in best}
    if len(ways) > 1 or (not ways and layout is not None and len(header.cells) < width):
        raise _unclear(header, width)
    if not best or layout in best:
        return None
    right = [Row(header.number, best[0].header) if row is header else row for row in rows]
    return Aligned(find(right), right, (_told(header, width),))


def _header(rows: Sequence[Row], layout: Layout | None) -> Row | None:
    """The row that holds the headings, or that comes nearest to it."""
    if layout is not None:
        return next(row for row in rows if row.number == layout.header_row)
    for row in rows:
        filled = [cell for cell in row.cells if cell.strip()]
        if any(figure(cell[:1], ".") is not None for cell in filled):
            return None
        if len(filled) > 1 and sum(is_known(cell) for cell in filled) > 1:
            return row
    return None


def _usual_width(rows: Sequence[Row], layout: Layout | None) -> int | None:
    """How many cells nearly all rows have, without a last one that is always empty."""
    first = 0 if layout is None else layout.header_row
    below = [row for row in rows if row.number > first and len(row.cells) > 1]
    counts = Counter(len(row.cells) for row in below)
    width, count = counts.most_common(1)[0] if counts else (0, 0)
    if count < _MIN_ROWS or count < _USUAL_SHARE * len(below):
        return None
    is_filled = any(row.cells[width - 1].strip() for row in below if len(row.cells) == width)
    return width if is_filled else None


def _fitting(header: Row, width: int, below: Sequence[Row], find: Find) -> Iterator[Layout]:
    """The layouts of all headings of that width that what stands below them fits."""
    for cells in _alignments(header.cells, width):
        try:
            layout = find([Row(header.number, cells), *below])
        except RefusedError:
            continue
        if layout.header_row == header.number and _fits(layout, below):
            yield layout


def _alignments(cells: tuple[str, ...], width: int) -> Iterator[tuple[str, ...]]:
    if len(cells) > width:
        for place, cell in enumerate(cells):
            if not cell.strip():
                yield (*cells[:place], *cells[place + 1 :])
        for place, (cell, following) in enumerate(pairwise(cells)):
            for mark in ("", " "):
                yield (*cells[:place], f"{cell}{mark}{following}", *cells[place + 2 :])
        return
    for place in range(width):
        yield (*cells[:place], "", *cells[place:])
    for place, cell in enumerate(cells):
        for at in range(1, len(cell)):
            is_marked = cell[at] in DELIMITERS
            left, right = cell[:at], cell[at + 1 if is_marked else at :]
            if is_marked or (not is_known(cell) and (is_known(left) or is_known(right))):
                yield (*cells[:place], left, right, *cells[place + 1 :])


def _fits(layout: Layout, below: Sequence[Row]) -> bool:
    """Whether dates stand where a date should, numbers where a number should, and so on."""
    if any(issue.code == "amounts_unexplained" for issue in layout.issues):
        return False
    return all(_holds(field, place, below) for field, place in layout.columns.items())


def _holds(field: str, place: int, below: Sequence[Row]) -> bool:
    """Whether a column holds what a field says."""
    filled = filled_cells(below, place)
    most = max(_MOST * len(filled), 1)
    if field in DATE_FIELDS:
        return sum(_DAY.fullmatch(cell) is not None for cell in filled) >= most
    figures = sum(figure(cell, ".") is not None for cell in filled)
    if field in NUMBER_FIELDS:
        return figures >= most
    if field == "product_name" and figures >= most:
        return False
    days = [cell for cell in filled if _DAY.fullmatch(cell) and not cell.isdigit()]
    return max(len(days), sum(_WITH_DECIMALS.fullmatch(cell) is not None for cell in filled)) < most


def _told(header: Row, width: int) -> Issue:
    return Issue(
        Severity.WARNING,
        "aligned_headings",
        f"Row {header.number} has {len(header.cells)} headings above {width} columns. They were "
        "put above the columns that hold what they say; lucid inspect shows which. Compare it with "
        "the original, or export the file again.",
        header.number,
        1.0,
    )


def _unclear(header: Row, width: int) -> RefusedError:
    return RefusedError(
        "unclear_headings",
        f"Row {header.number} has {len(header.cells)} headings, but the rows below have {width} "
        "cells, and it is not clear which heading belongs to which column. "
        "Put the headings right, or export the file again.",
    )
