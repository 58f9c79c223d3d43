"""Money columns put where the rows, not the headings, say they belong.

"Price" is what one piece costs in one program and what the line came to in the next. The lines of
one product show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.money.columns import figure_of, product_of
from lucid_orchestration.ingest.layout.money.marks import Marks
from lucid_orchestration.ingest.layout.money.pieces import NEAR, Pairs, pairs_of
from lucid_orchestration.ingest.layout.money.readings import COLUMNS_TRIED, MoneyColumns
from lucid_orchestration.ingest.outcomes import Row

# So many pairs of lines have to speak against a heading.
_MIN_PAIRS = 3
# One is enough for two prices a tax or a discount parts, if they grow as exactly as rounding lets.
_EXACTLY = 0.02
_CENT = 0.011
_OF_LINE = dict(zip(PRICE_FIELDS, AMOUNT_FIELDS, strict=False))
_OF_PIECE = {amount: price for price, amount in _OF_LINE.items()}


@dataclass(frozen=True)
class Placed:
    """The columns by family and the fields with their columns, as the rows show them.

    `evidence` says by column what showed that it is not what its heading says; `shown` are all
    columns of which the rows show whether they are of the piece or of the line.
    """

    columns: MoneyColumns
    choices: Mapping[str, int]
    evidence: Mapping[int, str] = field(default_factory=dict)
    shown: frozenset[int] = frozenset()


def placed(
    header: Row,
    columns: MoneyColumns,
    choices: Mapping[str, int],
    lines: Sequence[Row],
    marks: Marks,
) -> Placed:
    """Prices that are of the line put among the amounts, amounts of the piece among the prices."""
    if columns.quantity is None:
        return Placed(columns, choices)
    seen = {
        place: pairs
        for place in (*columns.prices, *columns.amounts)
        if place not in columns.told
        and (pairs := _pairs(place, columns, choices, lines, marks)).count >= _MIN_PAIRS
        and (pairs.is_of_line or pairs.is_of_piece)
    }
    for place in _parted(columns, lines, marks) - seen.keys():
        pairs = _pairs(place, columns, choices, lines, marks, _EXACTLY)
        if pairs.count and pairs.growing == pairs.count:
            seen[place] = pairs
    to_line = [place for place in columns.prices if place in seen and seen[place].is_of_line]
    to_piece = [place for place in columns.amounts if place in seen and seen[place].is_of_piece]
    prices = [place for place in columns.prices if place not in to_line] + to_piece
    if to_piece or not {*PRICE_FIELDS} & choices.keys():
        prices = _cheapest_first(prices, lines, marks)
    amounts = [place for place in columns.amounts if place not in to_piece] + to_line
    fields = dict.fromkeys(to_line, _OF_LINE) | dict.fromkeys(to_piece, _OF_PIECE)
    moved = replace(
        columns,
        prices=tuple(prices),
        amounts=tuple(amounts),
        usual=_renamed(columns.usual, fields),
        plain=_renamed(columns.plain, fields),
        explicit=_renamed(columns.explicit, fields),
    )
    return Placed(
        moved,
        _rechosen(choices, moved, fields),
        {at: seen[at].told(f'"{header.cells[at].strip()}"') for at in fields},
        frozenset(seen),
    )


def _parted(columns: MoneyColumns, lines: Sequence[Row], marks: Marks) -> set[int]:
    """Prices that a tax or a discount in money parts from another figure in every line."""
    money = [at for at in columns.taxes if columns.told.get(at) != "tax_percent"]
    money += [at for at in columns.discounts if columns.told.get(at) != "discount_percent"]
    prices = columns.prices[:COLUMNS_TRIED]
    return {
        price
        for price, other, part in product(prices, (*columns.prices, *columns.amounts), money)
        if price not in columns.told
        and price != other
        and _is_parted(price, other, part, lines, marks)
    }


def _is_parted(price: int, other: int, part: int, lines: Sequence[Row], marks: Marks) -> bool:
    is_shown = False
    for row in lines:
        one, another, between = (figure_of(row, place, marks) for place in (price, other, part))
        if one is None or another is None or between is None:
            continue
        if abs(abs(one - another) - abs(between)) >= _CENT:
            return False
        is_shown |= bool(between)
    return is_shown


def _pairs(
    place: int,
    columns: MoneyColumns,
    choices: Mapping[str, int],
    lines: Sequence[Row],
    marks: Marks,
    near: float = NEAR,
) -> Pairs:
    found = []
    for row in lines:
        quantity = abs(figure_of(row, columns.quantity or 0, marks) or 0.0)
        figure = abs(figure_of(row, place, marks) or 0.0)
        product = product_of(row, choices)
        if quantity and figure and any(product):
            found.append((product, quantity, figure))
    return pairs_of(found, near)


def _cheapest_first(places: Sequence[int], lines: Sequence[Row], marks: Marks) -> list[int]:
    """Of several prices of a piece the lowest is what was paid, without tax, off the list's."""
    sums = dict.fromkeys(places, 0.0)
    for row in lines:
        figures = {place: figure_of(row, place, marks) for place in places}
        if None not in figures.values():
            for place, figure in figures.items():
                sums[place] += abs(figure or 0.0)
    return sorted(places, key=lambda place: sums[place])


def _renamed(names: Mapping[int, str], fields: Mapping[int, Mapping[str, str]]) -> dict[int, str]:
    return {
        place: fields[place].get(name, name) if place in fields else name
        for place, name in names.items()
    }


def _rechosen(
    choices: Mapping[str, int], columns: MoneyColumns, fields: Mapping[int, Mapping[str, str]]
) -> dict[str, int]:
    """The fields with their columns once those of some have changed."""
    kept = {name: at for name, at in choices.items() if at not in fields}
    for family, net, gross in (
        (columns.prices, *PRICE_FIELDS),
        (columns.amounts, *AMOUNT_FIELDS[:2]),
    ):
        first = next((place for place in family if place in fields), None)
        if first is None:
            continue
        if family == columns.prices and first == columns.prices[0]:
            kept = {name: at for name, at in kept.items() if name not in PRICE_FIELDS}
        name = gross if columns.plain.get(first) == gross else net
        if kept.keys().isdisjoint({net, gross}):
            kept[name] = first
    return kept
