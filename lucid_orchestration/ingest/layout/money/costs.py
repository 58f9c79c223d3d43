"""Whether the cost of a sales table is that of a piece or of the whole line.

"Cost" is the one in one program and the other in the next. The rows know: the cost of a piece stays
the same from line to line of a product, that of a line grows with the quantity; and nobody sells
most of what they sell below its cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.columns import figure_of, product_of
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.pieces import QUANTITIES_APART, pairs_of
from lucid_orchestration.ingest.outcomes import Issue, Row
from lucid_orchestration.settings import project_vars

COST_FIELDS = ("unit_cost", "line_cost")
_MOSTLY = 0.5
_SELDOM = 0.1
# From so many rows on the share of the cost in the amounts tells by its trend alone.
_TREND_ROWS = 12
_TREND_SLACK = 0.25


@dataclass(frozen=True)
class SettledCost:
    """Fields with their columns, what shows it by column, and what to say about it."""

    columns: Mapping[str, int]
    evidence: Mapping[int, str] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class _Line:
    product: tuple[str, ...]
    quantity: float
    cost: float
    amount: float


def settle_cost(
    header: Row,
    columns: Mapping[str, int],
    told: Mapping[int, str],
    rows: Sequence[Row],
    marks: Marks,
) -> SettledCost:
    """Decide of what the cost is, where there is one column of it and its heading leaves it open.

    `columns` are the fields with their columns, `told` what the owner says of a column, `rows`
    lines of the table.
    """
    named = [name for name in COST_FIELDS if name in columns]
    if len(named) != 1 or "quantity" not in columns:
        return SettledCost(columns)
    (usual,) = named
    place = columns[usual]
    known = heading_words().of_a_piece | heading_words().of_a_line
    if place in told or words_of(header.cells[place]) & known:
        return SettledCost(columns)
    lines = _lines_of(columns, place, rows, marks)
    telling = [line for line in lines if line.quantity != 1]
    if not telling:
        return SettledCost(columns)
    name = words.column_name(header, place)
    for shown in (_by_product(lines), _by_loss(telling), _by_trend(telling)):
        if shown is not None:
            meaning, how = shown
            kept = {other: at for other, at in columns.items() if other != usual}
            return SettledCost(kept | {meaning: place}, {place: how.format(name=f'"{name}"')})
    pieces = sum(line.cost * line.quantity for line in lines)
    whole = sum(line.cost for line in lines)
    revenue = sum(line.amount for line in lines)
    if abs(pieces - whole) <= project_vars()["doubt_share"] * revenue:
        return SettledCost(columns)
    costs = (pieces, whole) if usual == "unit_cost" else (whole, pieces)
    return SettledCost(columns, issues=(words.doubtful_cost(name, usual, costs, revenue),))


def _lines_of(
    columns: Mapping[str, int], place: int, rows: Sequence[Row], marks: Marks
) -> list[_Line]:
    """The rows that name a quantity, a cost and what the line came to, all without their signs."""
    amount = next((columns[name] for name in AMOUNT_FIELDS[:3] if name in columns), None)
    price = next((columns[name] for name in PRICE_FIELDS if name in columns), None)
    lines = []
    for row in rows:
        quantity = figure_of(row, columns["quantity"], marks) or 0.0
        cost = figure_of(row, place, marks) or 0.0
        if amount is not None:
            worth = figure_of(row, amount, marks) or 0.0
        else:
            worth = (figure_of(row, price, marks) or 0.0) * quantity if price is not None else 0.0
        if quantity and cost and worth:
            lines.append(_Line(product_of(row, columns), abs(quantity), abs(cost), abs(worth)))
    return lines


def _by_product(lines: Sequence[_Line]) -> tuple[str, str] | None:
    """Lines of one product with other quantities, neighbours in the file: what does not change?"""
    # costs drift more than prices: the nearer of the two counts
    pairs = pairs_of(((line.product, line.quantity, line.cost) for line in lines), near=0.5)
    if pairs.is_of_line:
        return "line_cost", pairs.told("{name}")
    return ("unit_cost", pairs.told("{name}")) if pairs.is_of_piece else None


def _by_loss(lines: Sequence[_Line]) -> tuple[str, str] | None:
    """Under one of the readings most lines would be sold at a loss, under the other hardly one."""
    as_piece = sum(line.cost * line.quantity > line.amount for line in lines)
    as_line = sum(line.cost > line.amount for line in lines)
    for meaning, said, losses, others in (
        ("line_cost", "of the whole line: as that of one piece", as_line, as_piece),
        ("unit_cost", "of one piece: as that of the whole line", as_piece, as_line),
    ):
        if others >= _MOSTLY * len(lines) and losses <= _SELDOM * len(lines):
            return meaning, (
                f"{{name}} is {said} it would lie above the price in {others} of {len(lines)} rows."
            )
    return None


def _by_trend(lines: Sequence[_Line]) -> tuple[str, str] | None:
    """How the cost's share of the amount changes with the quantity, over all products."""
    if len(lines) < _TREND_ROWS:
        return None
    sizes = [log(line.quantity) for line in lines]
    shares = [log(line.cost / line.amount) for line in lines]
    middle, level = sum(sizes) / len(sizes), sum(shares) / len(shares)
    spread = sum((size - middle) ** 2 for size in sizes)
    if spread < QUANTITIES_APART**2:
        return None
    slope = (
        sum((size - middle) * (part - level) for size, part in zip(sizes, shares, strict=True))
        / spread
    )
    if abs(slope) <= _TREND_SLACK:
        return "line_cost", (
            f"{{name}} is of the whole line: over {len(lines)} rows it is as large a part of the "
            "amount of many pieces as of few."
        )
    if abs(slope + 1) <= _TREND_SLACK:
        return "unit_cost", (
            f"{{name}} is of one piece: over {len(lines)} rows it is a smaller part of the amount "
            "the more pieces a line has."
        )
    return None
