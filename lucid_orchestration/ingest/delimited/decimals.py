"""Rows of a comma file whose decimal commas part their numbers: 32,75 became two cells.

Every row is then longer than the headings by as many cells. Of the ways to put neighbours together
again one is taken: the one by which two columns come to a third.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, permutations

from lucid_orchestration.ingest.delimited.read import put_together, rows_of
from lucid_orchestration.ingest.tables import Dialect

# So many rows show it, nearly all of them; a row has so many numbers with decimals at most.
_MIN_ROWS, _MOST, _MOST_JOINS = 8, 0.95, 4
_DECIMALS = 2
# An amount may differ from the product by what rounding took off.
_ROUNDED = 0.011


def with_decimal_commas(dialect: Dialect, lines: Sequence[str]) -> Dialect:
    """The dialect with the cells that are put together with the next, if the rows prove it."""
    if dialect.delimiter != ",":
        return dialect
    rows = [row.cells for row in rows_of(lines, dialect, []) if any(map(str.strip, row.cells))]
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    first = next((at for at, cells in enumerate(rows) if len(cells) == width), 0)
    surplus = width - len(rows[first - 1]) if first else 0
    if not 0 < surplus <= _MOST_JOINS or count < max(_MIN_ROWS, _MOST * (len(rows) - first)):
        return dialect
    if any(cell[:1].isdigit() for cell in rows[first - 1]):
        return dialect
    body = [cells for cells in rows[first:] if len(cells) == width]
    proved = [joins for joins in _ways(body, surplus) if _come_out(body, joins)]
    return replace(dialect, joins=(width, *proved[0])) if len(proved) == 1 else dialect


def _ways(rows: Sequence[tuple[str, ...]], surplus: int) -> Iterator[tuple[int, ...]]:
    """The places of cells that may be put together with the next, all at once."""
    places = [
        at
        for at in range(len(rows[0]) - 1)
        if all(_is_whole(cells[at]) and _is_decimals(cells[at + 1]) for cells in rows)
    ]
    for joins in combinations(places, surplus):
        if all(after - before > 1 for before, after in pairwise(joins)):
            yield joins


def _is_whole(cell: str) -> bool:
    return cell.strip().lstrip("-").isdigit()


def _is_decimals(cell: str) -> bool:
    return len(cell) == _DECIMALS and cell.isdigit()


def _come_out(rows: Sequence[tuple[str, ...]], joins: Sequence[int]) -> bool:
    """Whether, in nearly all rows, a column times another is a third; the first is not all one."""
    columns = [
        numbers
        for cells in zip(*(put_together(cells, joins) for cells in rows), strict=True)
        if None not in (numbers := [_number(cell) for cell in cells])
    ]
    for quantity, price, amount in permutations(columns, 3):
        triples = [
            (q or 0.0, p or 0.0, a or 0.0) for q, p, a in zip(quantity, price, amount, strict=True)
        ]
        held = sum(abs(q * p - a) <= _ROUNDED for q, p, a in triples)
        if held >= _MOST * len(rows) and min(len({t[at] for t in triples}) for at in (0, 1)) > 1:
            return True
    return False


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None
