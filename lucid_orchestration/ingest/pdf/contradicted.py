"""Whether something on a bill contradicts a reading of its lines whose figures agree.

Figures agree in more ways than one: 1 × 340.80 is 12 × 28.40, and 5 % off with twice the tax of 5 %
is the tax once. Headings, the owner's word and what else stands in a row say which ways are none.
"""

from collections.abc import Mapping, Sequence

from lucid_orchestration.ingest.pdf.figures import HUNDRED, PAISA
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.roles import Roles
from lucid_orchestration.ingest.pdf.rows import Figure, Row
from lucid_orchestration.ingest.pdf.templates import (
    Picked,
    Template,
    is_product,
    pick,
    price_signs,
)
from lucid_orchestration.ingest.pdf.vocabulary import patterns, plain, whole_meaning

# Below these headings stands no discount, and below those of discounts no tax.
_NO_DISCOUNT = frozenset({"tax", "tax_rate", "taxable", "amount"})
_TAKEN_FOR_ANOTHER = {"discount": _NO_DISCOUNT, "tax": frozenset({"discount"})}


def check_uncontradicted(
    template: Template,
    roles: Roles,
    rows: Sequence[Row],
    places: Sequence[int],
    told: Mapping[str, str],
) -> None:
    """Nothing may contradict a reading; `places` are its lines, `told` the owner's word.

    Raises:
        InconsistentError: when something does.
    """
    own = [rows[place] for place in places]
    _refuse_other_columns(template, roles)
    _refuse_other_quantities(template, roles, rows)
    _refuse_units_of_money(template, roles, own)
    _refuse_untold(template, roles, told)
    _refuse_words(template, roles)
    _refuse_single_half(template, rows, places)
    _refuse_unknown_order(template, roles, own)
    _refuse_amount_as_price(template, roles, own)


def _refuse_other_columns(template: Template, roles: Roles) -> None:
    """Where headings name a part of the lines, no other column may be taken for it.

    Raises:
        InconsistentError: when another is taken for quantity or price, or one for its opposite.
    """
    for part, span in (("quantity", template.quantity), ("price", template.price)):
        named = roles.of(part, is_figures=True)
        column = roles.at(span)
        if named and column not in named:
            heading = named[0].heading
            raise InconsistentError(
                "line_arithmetic",
                f'The figures below "{heading}" do not give the amounts of all lines.',
                1,
            )
    for part, span in template.parts:
        column = roles.at(span)
        if (
            column is not None
            and column.meaning in _TAKEN_FOR_ANOTHER.get(part, ())
            # two headings that run together name both
            and not patterns("headings")[part].search(plain(column.heading))
        ):
            raise InconsistentError(
                "line_arithmetic", f'The figures below "{column.heading}" are no {part}.', 1
            )


def _refuse_other_quantities(template: Template, roles: Roles, rows: Sequence[Row]) -> None:
    """Where a heading names the quantities, none is a figure among words, "pack of 4", or one
    below another heading, such as the number of the line.

    Raises:
        InconsistentError: when the reading takes them from there.
    """
    column = roles.at(template.quantity)
    if column is None or column.meaning == "quantity":
        return
    if not column.is_embedded and column.meaning is None:
        return
    header = rows[max(roles.header - 2, 0) : roles.header + 1] if roles.header is not None else ()
    for label in (label for row in header for label in row.labels):
        if whole_meaning("headings", label.text) == "quantity":
            raise InconsistentError(
                "line_arithmetic", f'Below the heading "{label.text}" stands no quantity.', 1
            )


def _refuse_units_of_money(template: Template, roles: Roles, rows: Sequence[Row]) -> None:
    """Money below a heading of units is the price: "Unit" and "Price" run together above it.

    Raises:
        InconsistentError: when the reading takes another figure for it.
    """
    units = roles.of("unit", is_figures=True)
    is_price = roles.at(template.price) in units
    if not is_price and any(
        figure.currency and figure.x0 < column.span.x1 and figure.x1 > column.span.x0
        for column in units
        for row in rows
        for figure in row.figures
    ):
        raise InconsistentError("line_arithmetic", "Below a heading of units stand amounts.", 1)


def _refuse_words(template: Template, roles: Roles) -> None:
    """A bare figure among words is part of a name: "hose, 25 m" gives no discount of 25.

    Raises:
        InconsistentError: when the reading takes one for a discount or a tax.
    """
    for part, span in template.parts:
        column = roles.at(span) if part in {"discount", "tax"} else None
        if column is None or column.is_percent or not column.is_embedded:
            continue
        if column.meaning not in {"discount", "tax", "tax_rate"}:
            raise InconsistentError(
                "line_arithmetic", f"Only a figure among words could be the {part} of the lines.", 1
            )


def _refuse_untold(template: Template, roles: Roles, told: Mapping[str, str]) -> None:
    """A column that the owner named is that part of the lines and no other.

    Raises:
        InconsistentError: when the reading takes it for another part.
    """
    meanings = set(told.values())
    for part, span in template.parts:
        column = roles.at(span)
        meaning = column.meaning if column is not None else None
        fits = {"tax", "tax_rate"} if part == "tax" else {part}
        is_told = column is not None and plain(column.heading) in told
        if (is_told and meaning not in fits) or (part in meanings and meaning not in fits):
            raise InconsistentError(
                "line_arithmetic", f"The figures of the column told to be the {part} do not fit.", 1
            )


def _refuse_single_half(template: Template, rows: Sequence[Row], places: Sequence[int]) -> None:
    """A tax of two halves has both printed: in the row of its line or right below.

    Raises:
        InconsistentError: when a reading takes one tax for half of it.
    """
    if template.tax is None or template.tax_is != "twice":
        return
    for number, place in enumerate(places, start=1):
        picked = pick(template, rows[place])
        tax = picked.tax
        taken = {id(picked.quantity), id(picked.price), id(picked.amount), id(picked.discount)}
        beside = [f for row in rows[place : place + 2] for f in row.figures if id(f) not in taken]
        if tax is not None and not any(
            other is not tax and not other.is_percent and abs(other.value - tax.value) <= PAISA
            for other in beside
        ):
            raise InconsistentError(
                "line_arithmetic", f"Line {number} shows {tax.value} of tax, and no other half.", 1
            )


def _refuse_unknown_order(template: Template, roles: Roles, rows: Sequence[Row]) -> None:
    """Which factor is the quantity has to be shown, by a heading or by the figures.

    Raises:
        InconsistentError: when nothing shows it, or figures contradict each other.
    """
    quantity, price = roles.at(template.quantity), roles.at(template.price)
    # a heading that is lost leaves both columns below the other one
    is_shared = quantity is not None and price is not None and quantity.meaning == price.meaning
    named = [
        not is_shared and column is not None and column.meaning == part
        for part, column in (("quantity", quantity), ("price", price))
    ]
    found = [pick(template, row) for row in rows]
    pairs = [
        (item.quantity, item.price)
        for item in found
        if item.price is not None and item.quantity is not None
    ]
    # a heading may be what is left of another: of two columns it names one
    is_turned = all(q.places == 2 for q, _ in pairs) and any(not p.places for _, p in pairs)
    if all(named) or (any(named) and not is_turned):
        return
    signs = [price_signs(price) - price_signs(quantity) for quantity, price in pairs]
    if any(named) or min(signs) < 0 or max(signs) == 0:
        raise InconsistentError(
            "ambiguous_bill",
            "Which column holds quantities and which prices cannot be told from the bill.",
            len(rows) + 1,
        )


def _refuse_amount_as_price(template: Template, roles: Roles, rows: Sequence[Row]) -> None:
    """A price is no product of other figures of its row: that is an amount, and the quantity lost.

    Nor is it a rate of its amount: 154.39 is 20 % of 771.96, and 5 × 154.39 is 771.95.

    Raises:
        InconsistentError: when all prices are, and no heading names them or the quantities.
    """
    quantity, price = roles.at(template.quantity), roles.at(template.price)
    if (quantity is not None and quantity.meaning == "quantity") or (
        price is not None and price.meaning == "price"
    ):
        return
    found = [(pick(template, row), row) for row in rows]
    if all(
        picked.price is not None
        and (
            is_product(
                picked.price, [f for f in row.figures if f not in (picked.quantity, picked.amount)]
            )
            or _is_rate(picked, row.figures)
        )
        for picked, row in found
    ):
        raise InconsistentError(
            "ambiguous_bill",
            "Of what the lines are quantity and price cannot be told: figures that could be prices "
            "are amounts of other figures beside them.",
            len(rows) + 1,
        )


def _is_rate(picked: Picked, figures: Sequence[Figure]) -> bool:
    """Whether a price is one of the percentages beside it of what the quantity comes to by it."""
    quantity, price = picked.quantity, picked.price
    if quantity is None or price is None:
        return False
    value = quantity.value * price.value
    rates = [figure.value / HUNDRED for figure in figures if figure.is_percent]
    return any(abs(value * rate - price.value) <= PAISA for rate in rates)
