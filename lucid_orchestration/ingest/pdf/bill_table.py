"""The lines of a bill as a template reads them, and the rows that are none of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.pdf.added import unnamed_tax, with_charge, with_rates
from lucid_orchestration.ingest.pdf.below import kind_of_label
from lucid_orchestration.ingest.pdf.cells import is_tax_alone, read_line
from lucid_orchestration.ingest.pdf.contradicted import check_uncontradicted
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.names import names_of
from lucid_orchestration.ingest.pdf.printed import Kind, PrintedLine
from lucid_orchestration.ingest.pdf.roles import NOTHING, Roles, agreement, roles_of
from lucid_orchestration.ingest.pdf.rows import Row
from lucid_orchestration.ingest.pdf.scripts import UNKNOWN
from lucid_orchestration.ingest.pdf.templates import (
    Picked,
    Span,
    Template,
    agrees,
    is_exact,
    is_quantity_sure,
    may_lack_a_digit,
    pick,
)
from lucid_orchestration.ingest.pdf.vocabulary import whole_meaning

_SUMS = frozenset({"total", "subtotal", "grand_total", "forward", "payment", "tax", "tax_total"})
# So much better headings have to fit before quantity and price change places.
_SURE = 4
_MOST_LINES = 3000
# Of the size of the letters: a row further below is no part of a line.
_LINE_STEP = 1.9
_DIGITS = re.compile(rf"[\d{UNKNOWN}]")


@dataclass(frozen=True)
class Item:
    """A line with the row it stands in.

    `is_derived`: its price follows from the amount. `is_sure` unless a quantity beside its own
    would fit as well.
    """

    place: int
    line: PrintedLine
    is_derived: bool = False
    is_sure: bool = True


@dataclass(frozen=True)
class BillTable:
    """The lines that one template reads.

    `doubtful` are rows with an amount in the column of amounts and neither quantity nor price:
    lines or remarks, which the total decides. `rest` are the places of all other rows from the
    first line on. `unnamed_tax` is the heading of a column whose figures are added to the prices
    without a word that they are a tax, null where there is none. `money` is what stands above and
    beside the amounts.
    """

    amount: Span
    items: tuple[Item, ...]
    doubtful: tuple[Item, ...]
    rest: tuple[int, ...]
    score: int
    unnamed_tax: str | None = None
    money: str = ""


def read_bill_table(
    template: Template,
    rows: Sequence[Row],
    *,
    are_taxes_rates: bool = False,
    told: Mapping[str, str] = NOTHING,
) -> BillTable:
    """The lines of a bill at the places of a template.

    `are_taxes_rates`: columns called tax that may hold rates do so. `told`: what the owner said of
    headings, which no reading may contradict.

    Raises:
        InconsistentError: when a row looks like a line and its figures do not agree.
    """
    places = _item_places(template, rows)
    none = InconsistentError("no_lines", "No line with quantity, price and amount was found.")
    if not places:
        raise none
    roles = roles_of(template, rows, places, told)
    template = with_charge(template, roles, told)
    score = agreement(template, roles)
    own = [rows[place] for place in places]
    if agreement(template.turned, roles) >= score + _SURE and not _are_counts(template, own):
        template = template.turned
        score = agreement(template, roles)
    if roles.header is not None:
        places = [place for place in places if place > roles.header]
        if not places:
            raise none
    check_uncontradicted(template, roles, rows, places, told)
    if are_taxes_rates:
        roles = with_rates(template, roles, [rows[place] for place in places])
    last = places[-1]
    first = places[0] if roles.header is None else roles.header + 1
    found: list[tuple[int, Picked, bool]] = []
    charges: list[tuple[int, Picked]] = []
    doubtful: list[tuple[int, Picked]] = []
    rest: list[int] = []
    known = set(places)
    for place in range(first, len(rows)):
        picked = pick(template, rows[place])
        if place in known:
            found.append((place, picked, False))
        elif _is_derived(template, roles, rows[place], picked, is_inside=place < last):
            _refuse_other_quantity(template, rows[place], picked, len(found) + 1)
            found.append((place, picked, True))
        elif _is_charge(template, roles, rows[place], picked):
            charges.append((place, picked))
        elif _is_doubtful(template, roles, rows[place], picked, is_inside=place < last):
            doubtful.append((place, picked))
        else:
            is_next = place == last + 1 and _could_be_line(template, rows[place], rows[last])
            _refuse_broken(rows[place], picked, len(found) + 1, is_inside=place < last or is_next)
            rest.append(place)
    below = _rows_below(
        rows, [*(entry[0] for entry in found), *(entry[0] for entry in charges)], rest
    )
    taxes = {at for places in below.values() for at in places if is_tax_alone(rows[at], roles)}
    rest = [place for place in rest if place not in taxes]
    names = names_of(rows, [entry[0] for entry in found], roles, {*rest})
    exact = [is_exact(template, picked) for _, picked, _ in found]
    items = [
        Item(
            place,
            read_line(
                template,
                roles,
                rows[place],
                picked,
                names[place],
                [rows[at] for at in below[place]],
            ),
            is_derived,
            is_sure=is_derived
            or (
                is_quantity_sure(template, picked)
                and not _lacks_a_digit(template, found, exact, number)
            ),
        )
        for number, (place, picked, is_derived) in enumerate(found)
    ]
    for place, picked in charges:
        row = rows[place]
        stacked = [rows[at] for at in below[place]]
        name = _label(row, template)
        line = read_line(template, roles, row, picked, name, stacked, is_charge=True)
        items.append(Item(place, line))
    services = [
        Item(place, read_line(template, roles, rows[place], picked, _label(rows[place], template)))
        for place, picked in doubtful
    ]
    return BillTable(
        template.amount,
        tuple(items),
        tuple(services),
        tuple(rest),
        score,
        unnamed_tax(template, roles),
        _money(template, roles, own),
    )


def _lacks_a_digit(
    template: Template,
    found: Sequence[tuple[int, Picked, bool]],
    exact: Sequence[bool],
    number: int,
) -> bool:
    """Whether a digit of a quantity may be lost, where all other lines need no rounded price."""
    return all((*exact[:number], *exact[number + 1 :])) and may_lack_a_digit(
        template, found[number][1]
    )


def _money(template: Template, roles: Roles, rows: Sequence[Row]) -> str:
    """The heading of the amounts, and the signs of money in them."""
    column = roles.at(template.amount)
    amounts = (pick(template, row).amount for row in rows)
    signs = {amount.currency for amount in amounts if amount is not None}
    return " ".join([column.heading if column is not None else "", *sorted(signs)])


def _are_counts(template: Template, rows: Sequence[Row]) -> bool:
    """Whether quantities are whole and prices have hundredths: then no heading exchanges them."""
    found = [pick(template, row) for row in rows]
    return all(
        item.quantity is not None
        and item.price is not None
        and (item.quantity.places, item.price.places) == (0, 2)
        for item in found
    )


def _item_places(template: Template, rows: Sequence[Row]) -> list[int]:
    """The rows of a template that are lines and not sums of the lines above them."""
    return [
        place
        for place in template.rows
        if whole_meaning("figures", _label(rows[place], template)) not in _SUMS
    ]


def _label(row: Row, template: Template) -> str:
    """The words of a row left of its amount."""
    cells = [label.text for label in row.labels if label.x0 < template.amount.x0]
    return " ".join(cells).strip(" :.-")


def _is_derived(
    template: Template, roles: Roles, row: Row, picked: Picked, *, is_inside: bool
) -> bool:
    """A line whose price cannot be read or does not fit, beside a quantity and an amount."""
    if picked.quantity is None or picked.amount is None or not picked.quantity.value:
        return False
    if whole_meaning("figures", _label(row, template)) in _SUMS:
        return False
    if picked.price is None:
        return _has_words_at(row, template.price) and (is_inside or _is_numbered(row, roles))
    # a price that does not fit says that the quantity may stand in another column
    column = roles.at(template.quantity)
    is_named = roles.header is None or (column is not None and column.meaning == "quantity")
    return is_named and (is_inside or _is_numbered(row, roles)) and bool(_label(row, template))


def _refuse_other_quantity(template: Template, row: Row, picked: Picked, number: int) -> None:
    """A line on which another figure is the quantity: its column is that of all lines.

    Raises:
        InconsistentError: when one beside the quantity gives the amount and that does not.
    """
    for figure in row.figures:
        others = {id(picked.quantity), id(picked.price), id(picked.amount)}
        if id(figure) not in others and agrees(template, replace(picked, quantity=figure)):
            raise InconsistentError(
                "line_arithmetic",
                f"Line {number} ({row.text[:60]}): {figure.value} gives the amount, and it stands "
                "in another column than the quantities of the other lines.",
                number,
            )


def _is_numbered(row: Row, roles: Roles) -> bool:
    """Whether a row has a number in the column where lines are counted."""
    return any(
        column.span.holds(figure) > 0.5 and not figure.places and figure.value < _MOST_LINES
        for column in roles.of("serial", is_figures=True)
        for figure in row.figures
    )


def _has_words_at(row: Row, span: Span) -> bool:
    """Whether something with digits that is no number stands in a place."""
    return any(
        min(cell.x1, span.x1) - max(cell.x0, span.x0)
        > 0.5 * min(cell.x1 - cell.x0, span.x1 - span.x0)
        and _DIGITS.search(cell.text)
        for cell in row.cells
    )


def _is_charge(template: Template, roles: Roles, row: Row, picked: Picked) -> bool:
    """A row of carriage and the like with its own price or tax, in the columns of the lines."""
    if picked.amount is None or picked.quantity is not None:
        return False
    label = _label(row, template)
    columns = (*roles.of("tax", is_figures=True), *roles.of("tax_rate", is_figures=True))
    has_tax = any(column.span.holds(figure) > 0.5 for column in columns for figure in row.figures)
    return kind_of_label(label) is Kind.CHARGE and (picked.price is not None or has_tax)


def _is_doubtful(
    template: Template, roles: Roles, row: Row, picked: Picked, *, is_inside: bool
) -> bool:
    """A row with a label and an amount alone: between lines, or counted as they are.

    Below the lines it could be a tax with a label nobody knows.
    """
    amount = picked.amount
    if amount is None or not amount.is_alone or not amount.is_money or amount.value < 0:
        return False
    label = _label(row, template)
    if not re.search(r"[^\W\d_]", label) or kind_of_label(label) is not Kind.UNKNOWN:
        return False
    if not (is_inside or _is_numbered(row, roles)):
        return False
    if _has_words_at(row, template.price) and _has_words_at(row, template.quantity):
        # figures that nobody can part stand there
        return False
    if picked.quantity is not None:
        # a quantity whose price is lost is no line without one
        return picked.price is None
    return picked.price is None or picked.price.value == amount.value


def _could_be_line(template: Template, row: Row, before: Row) -> bool:
    """Whether the row right below the last line may be one whose figures do not agree."""
    is_close = row.page == before.page and row.baseline - before.baseline <= _LINE_STEP * row.size
    return is_close and kind_of_label(_label(row, template)) in {
        Kind.UNKNOWN,
        Kind.CHARGE,
        Kind.DISCOUNT,
    }


def _refuse_broken(row: Row, picked: Picked, number: int, *, is_inside: bool) -> None:
    if not is_inside or picked.quantity is None or picked.price is None or picked.amount is None:
        return
    raise InconsistentError(
        "line_arithmetic",
        f"Line {number} ({row.text[:60]}): {picked.quantity.value} × {picked.price.value} is not "
        f"{picked.amount.value}.",
        number,
    )


def _rows_below(
    rows: Sequence[Row], items: Sequence[int], rest: Sequence[int]
) -> dict[int, list[int]]:
    """The rows right below each line, without a gap: its name and cells may go on in them."""
    found: dict[int, list[int]] = {place: [] for place in items}
    owner = {place: place for place in items}
    for place in sorted(rest):
        before = owner.get(place - 1)
        row = rows[place]
        if before is None or row.page != rows[before].page:
            continue
        if row.baseline - rows[place - 1].baseline > _LINE_STEP * row.size or _is_sum(row):
            continue
        owner[place] = before
        found[before].append(place)
    return found


def _is_sum(row: Row) -> bool:
    """Whether a row below a line is one of the figures below the lines and no part of it."""
    has_money = any(figure.is_money for figure in row.figures)
    return has_money and kind_of_label(row.text) not in {Kind.UNKNOWN, Kind.TAX, Kind.TAX_TOTAL}
