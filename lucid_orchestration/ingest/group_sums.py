"""Rows of a stock list that hold the sum of the goods below them, as lists by group have."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from lucid_orchestration.ingest.layout.conventions import decimal_mark, number_shape
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Row, cell_of

# Quantities have three places at most; sums of them may miss in the last one of a float.
_NEAR = 1e-6


def without_group_sums(
    rows: Iterable[Row], layout: Layout, drop: Callable[[], None]
) -> Iterator[Row]:
    """The rows but for the heads of groups, if each of them is the sum of its group.

    A head names no cost, where the goods do. One that is not the sum of the rows down to the next
    shows that none is a head: they are goods of which the cost is not known. `drop` is called for
    each row left out.
    """
    quantity, cost = layout.columns.get("quantity"), layout.columns.get("unit_cost")
    if layout.kind != "inventory" or quantity is None or cost is None:
        yield from rows
        return
    lines = list(rows)
    heads = set(_heads(lines, quantity, cost))
    for place, row in enumerate(lines):
        if place in heads:
            drop()
        else:
            yield row


def may_hold_sums(layout: Layout, first: Iterable[Row], names_totals: bool) -> bool:
    """Whether rows of a table may be sums of others, which only all rows together show.

    `first` is the row below the headings: a list with heads of groups begins with one. The others
    are totals of groups, in a file that `names_totals`.
    """
    if layout.kind != "inventory" or "quantity" not in layout.columns:
        return False
    cost = layout.columns.get("unit_cost")
    begins_with_head = cost is not None and not any(cell_of(row, cost) for row in first)
    return begins_with_head or (names_totals and "product_name" in layout.columns)


def _heads(lines: Sequence[Row], quantity: int, cost: int) -> list[int]:
    heads = [place for place, row in enumerate(lines) if not cell_of(row, cost)]
    if not heads or heads[0] != 0 or len(heads) > len(lines) / 2:
        return []
    figures = figures_of(lines, quantity)
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        own, others = figures[head], figures[head + 1 : end]
        if own is None or not others or None in others:
            return []
        if abs(sum(other for other in others if other is not None) - own) > _NEAR:
            return []
    return heads


def figures_of(lines: Sequence[Row], place: int) -> list[float | None]:
    """The numbers of a column, None where there is none."""
    texts = [cell_of(row, place) for row in lines]
    mark = decimal_mark(Counter(map(number_shape, texts))).value
    return [figure(text, mark) for text in texts]
