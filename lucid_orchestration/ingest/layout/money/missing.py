"""Columns nobody knows that hold what every row of a sales table lacks: its money, its quantity."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.aliases import is_known
from lucid_orchestration.ingest.layout.documents import has_meaning
from lucid_orchestration.ingest.layout.money import words
from lucid_orchestration.ingest.layout.money.columns import figure_of, product_of, stated_figures
from lucid_orchestration.ingest.layout.money.heading_words import (
    heading_words,
    unit_of_thousands,
    words_of,
)
from lucid_orchestration.ingest.layout.money.marks import marks_of
from lucid_orchestration.ingest.layout.money.pieces import pairs_of
from lucid_orchestration.ingest.layout.suggest import may_hold
from lucid_orchestration.ingest.outcomes import Issue, Row, filled_cells

# So many rows of products that come again have the money their product usually has.
_USUAL_SHARE = 0.6
_NEAR = 0.01


def ask_for_money(
    header: Row, columns: Mapping[str, int], told: Collection[int], lines: Sequence[Row]
) -> None:
    """Ask where no heading of money is known, and a column may hold it.

    Raises:
        RefusedError: with the lines to choose from; of one that grows with the quantity, or stays,
            the one that comes out.
    """
    quantity = columns.get("quantity")
    if quantity is None:
        return
    offers = []
    for place in _free(header, columns, told, "net_amount", lines):
        figures = list(_figures(place, quantity, columns, lines))
        if not _is_of_products(figures):
            continue
        unit = unit_of_thousands(header.cells[place])
        if unit is not None:
            raise words.in_thousands(words.column_name(header, place), unit)
        pairs = pairs_of(figures)
        fields = ["net_amount"] * (not pairs.is_of_piece) + ["unit_price"] * (not pairs.is_of_line)
        offers += [(place, field) for field in fields]
    if offers:
        raise words.unknown_column(header, "the price or the amount", offers)


def refuse_two_sides(header: Row, money: Collection[int], told: Collection[int]) -> None:
    """A sale is on one side of an account, what came back on the other; `money` are columns of it.

    Raises:
        RefusedError: where no other column holds money, and the owner has not told which side does.
    """
    known = heading_words()
    named = {at: words_of(heading) for at, heading in enumerate(header.cells)}
    owed = {at for at, said in named.items() if said & known.debit}
    due = {at for at, said in named.items() if said & known.credit}
    sides = sorted(owed | due)
    if owed and due and not {*money, *told} - {*sides}:
        raise words.two_sides([words.column_name(header, at) for at in sides])


def one_price_for_all(
    header: Row, columns: Mapping[str, int], lines: Sequence[Row]
) -> Iterator[Issue]:
    """A warning where lines without money say which of several prices of a list they have."""
    known = heading_words()
    for place, heading in enumerate(header.cells):
        named = words_of(heading)
        if place in columns.values() or not named & known.price_group:
            continue
        if not named & (known.price | known.party):
            continue
        groups = {*filled_cells(lines, place)}
        if len(groups) > 1:
            yield words.one_price(header, place, sorted(groups))


def ask_for_quantity(
    header: Row,
    choices: Mapping[str, int],
    columns: Mapping[str, int],
    told: Collection[int],
    lines: Sequence[Row],
) -> None:
    """Ask where rows have money and neither a quantity nor a price, and a column may count.

    `choices` are the columns by their headings, `columns` what became of them. What times the price
    is the amount is offered alone.

    Raises:
        RefusedError: with the lines to choose from.
    """
    if columns.keys() & {"quantity", *PRICE_FIELDS} or not columns.keys() & {*AMOUNT_FIELDS}:
        return
    known = {**choices, **columns}
    places = [*_free(header, known, told, "quantity", lines)]
    prices = [choices[name] for name in PRICE_FIELDS if name in choices]
    amounts = [columns[name] for name in AMOUNT_FIELDS if name in columns]
    proved = [
        place
        for place in places
        if any(_multiply(place, price, amount, lines) for price in prices for amount in amounts)
    ]
    offers = [(place, "quantity") for place in proved or places]
    if offers:
        raise words.unknown_column(header, "the quantity", offers)


def _free(
    header: Row,
    columns: Mapping[str, int],
    told: Collection[int],
    field: str,
    lines: Sequence[Row],
) -> Iterator[int]:
    """The columns without a meaning that may hold the field by their headings and cells."""
    cells = [row.cells for row in lines]
    taken = {*columns.values(), *told}
    for place, heading in enumerate(header.cells):
        is_free = place not in taken and heading.strip() and not is_known(heading)
        if (
            is_free
            and not has_meaning(heading, "number")
            and may_hold(field, heading, place, cells)
        ):
            yield place


def _figures(
    place: int, quantity: int, columns: Mapping[str, int], lines: Sequence[Row]
) -> Iterator[tuple[tuple[str, ...], float, float]]:
    marks = marks_of([place], quantity, lines)
    for row in lines:
        count, figure = figure_of(row, quantity, marks), figure_of(row, place, marks)
        product = product_of(row, columns)
        if count and figure and any(product):
            yield product, abs(count), abs(figure)


def _is_of_products(figures: Sequence[tuple[tuple[str, ...], float, float]]) -> bool:
    """Whether figures, or what they are of a piece, come again with their product."""
    products: dict[tuple[str, ...], list[tuple[float, float]]] = defaultdict(list)
    for product, quantity, figure in figures:
        products[product].append((round(figure, 2), round(figure / quantity, 2)))
    again = [same for same in products.values() if len(same) > 1]
    rows = sum(map(len, again))
    for kind in (0, 1):
        usual = sum(
            max(found.count(value) for value in found)
            for same in again
            for found in ([pair[kind] for pair in same],)
        )
        if usual >= _USUAL_SHARE * rows:
            return bool(figures)
    return False


def _multiply(quantity: int, price: int, amount: int, lines: Sequence[Row]) -> bool:
    marks = marks_of([price, amount], quantity, lines)
    near = [
        abs(pieces * each - whole) <= _NEAR * abs(whole)
        for pieces, each, whole in stated_figures(lines, (quantity, price, amount), marks)
    ]
    return bool(near) and sum(near) >= (1 - _NEAR) * len(near)
