"""The lines of a bill as a template reads them, and the rows that are none of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from lucid_orchestration.ingest.pdf.below import kind_of_label
from lucid_orchestration.ingest.pdf.figures import NO_SHARE, PAISA, RATES, Share
from lucid_orchestration.ingest.pdf.interpretation import InconsistentError
from lucid_orchestration.ingest.pdf.names import names_of
from lucid_orchestration.ingest.pdf.printed import Kind, PrintedLine
from lucid_orchestration.ingest.pdf.roles import Column, Roles, agreement, roles_of
from lucid_orchestration.ingest.pdf.rows import Figure, Row
from lucid_orchestration.ingest.pdf.templates import Picked, Span, Template, pick, value_of
from lucid_orchestration.ingest.pdf.vocabulary import whole_meaning

_SUMS = frozenset({"total", "subtotal", "grand_total", "forward", "payment", "tax", "tax_total"})
_HSN = re.compile(r"\(?\b(?:HSN|SAC)(?:\s*/\s*SAC)?\s*(?:code)?\s*[:.-]?\s*(\d{4,8})\b\)?", re.I)
# So much better headings have to fit before quantity and price change places.
_SURE = 4
_MOST_LINES = 3000
# Of the size of the letters: a row further below is no part of a line.
_LINE_STEP = 1.9
# Amazon: name | ASIN ( seller's own code )
_MARKETPLACE = re.compile(
    r"^(?P<name>.+?)\s*\|\s*[A-Z0-9]{10}\s*(?:\(\s*(?P<code>[^()]+?)?\s*\)?)?\s*$"
)
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True)
class Item:
    """A line with the row it stands in; `is_derived`: its price follows from the amount."""

    place: int
    line: PrintedLine
    is_derived: bool = False


@dataclass(frozen=True)
class BillTable:
    """The lines that one template reads.

    `doubtful` are rows with an amount in the column of amounts and neither quantity nor price:
    lines or remarks, which the total decides. `rest` are the places of all other rows from the
    first line on.
    """

    amount: Span
    items: tuple[Item, ...]
    doubtful: tuple[Item, ...]
    rest: tuple[int, ...]
    score: int


def read_bill_table(
    template: Template, rows: Sequence[Row], *, are_taxes_rates: bool = False
) -> BillTable:
    """The lines of a bill at the places of a template.

    `are_taxes_rates`: columns called tax that may hold rates do so.

    Raises:
        InconsistentError: when a row looks like a line and its figures do not agree.
    """
    places = _item_places(template, rows)
    if not places:
        raise InconsistentError("no_lines", "No line with quantity, price and amount was found.")
    roles = roles_of(template, rows, places)
    score = agreement(template, roles)
    if agreement(template.turned, roles) >= score + _SURE:
        template = template.turned
        score = agreement(template, roles)
    if roles.header is not None:
        places = [place for place in places if place > roles.header]
    if are_taxes_rates:
        roles = _with_rates(template, roles, [rows[place] for place in places])
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
            found.append((place, picked, True))
        elif _is_charge(template, roles, rows[place], picked):
            charges.append((place, picked))
        elif _is_doubtful(template, roles, rows[place], picked, is_inside=place < last):
            doubtful.append((place, picked))
        else:
            _refuse_broken(rows[place], picked, len(found) + 1, is_inside=place < last)
            rest.append(place)
    below = _rows_below(
        rows, [*(entry[0] for entry in found), *(entry[0] for entry in charges)], rest
    )
    taxes = {at for places in below.values() for at in places if _is_tax_alone(rows[at], roles)}
    rest = [place for place in rest if place not in taxes]
    names = names_of(rows, [entry[0] for entry in found], roles, {*rest})
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
        )
        for place, picked, is_derived in found
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
    return BillTable(template.amount, tuple(items), tuple(services), tuple(rest), score)


def _with_rates(template: Template, roles: Roles, rows: Sequence[Row]) -> Roles:
    """Columns called tax that hold rates and no amounts are columns of rates."""
    rates = []
    for column in roles.of("tax", is_figures=True):
        values = {f.value for row in rows for f in row.figures if column.span.holds(f) > 0.5}
        if column is not _of_tax(template, roles) and values and values <= RATES:
            rates.append(column)
    columns = (replace(c, meaning="tax_rate") if c in rates else c for c in roles.columns)
    return replace(roles, columns=tuple(columns))


def _of_tax(template: Template, roles: Roles) -> Column | None:
    return roles.at(template.tax) if template.tax is not None else None


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
    return (is_inside or _is_numbered(row, roles)) and bool(_label(row, template))


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
    if picked.quantity is not None:
        # a quantity whose price is lost is no line without one
        return picked.price is None
    return picked.price is None or picked.price.value == amount.value


def _refuse_broken(row: Row, picked: Picked, number: int, *, is_inside: bool) -> None:
    if not is_inside or picked.quantity is None or picked.price is None or picked.amount is None:
        return
    raise InconsistentError(
        "line_arithmetic",
        f"Line {number} ({row.text[:60]}): {picked.quantity.value} × {picked.price.value} is not "
        f"{picked.amount.value}.",
        number,
    )


def read_line(
    template: Template,
    roles: Roles,
    row: Row,
    picked: Picked,
    name: str,
    below: Sequence[Row] = (),
    *,
    is_charge: bool = False,
) -> PrintedLine:
    """One line; `below` are the rows right below it that hold parts of its cells."""
    amount = picked.amount.value if picked.amount is not None else Decimal(0)
    quantity = picked.quantity
    taxable = _taxable(template, roles, row, picked)
    wordy = [lower for lower in below if not any(figure.is_money for figure in lower.figures)]
    stacked = [lower for lower in below if _is_tax_alone(lower, roles)]
    rate, tax = _taxes(template, roles, [row, *stacked], picked)
    own_hsn = _HSN.search(" ".join(cell.text for cell in row.cells))
    hsn = _HSN.search(name) or own_hsn
    name = " ".join(_HSN.sub(" ", name).split()).strip(" -,:") if hsn else name
    marketplace = _MARKETPLACE.match(name)
    code = _text(roles, row, "code")
    if marketplace is not None:
        name, code = marketplace["name"], code or marketplace["code"] or ""
    return PrintedLine(
        name=name,
        amount=amount,
        quantity=quantity.value if quantity is not None else None,
        price=picked.price.value if picked.price is not None else None,
        unit=_unit_of(roles, [row, *wordy], quantity),
        code=code,
        hsn=_text(roles, row, "hsn") or (hsn[1] if hsn else ""),
        free=_free(roles, row, quantity),
        discount=_discount(template, picked),
        taxable=taxable,
        is_taxable_contained=taxable is not None and template.tax is None,
        tax=tax,
        tax_rate=rate,
        is_charge=is_charge,
    )


def _discount(template: Template, picked: Picked) -> Share:
    if picked.discount is None:
        return NO_SHARE
    value = abs(picked.discount.value)
    return Share(None, value) if template.discount_is == "percent" else Share(value, None)


def _figures_of(columns: Iterable[Column], row: Row) -> Iterator[Figure]:
    for column in columns:
        best = max(row.figures, key=column.span.holds, default=None)
        if (
            best is not None
            and column.span.holds(best) > 0.5
            and best.is_percent is column.is_percent
        ):
            yield best


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


def _is_tax_alone(row: Row, roles: Roles) -> bool:
    """Whether all figures of a row stand in columns of tax: they belong to the line above."""
    columns = (*roles.of("tax", is_figures=True), *roles.of("tax_rate", is_figures=True))
    return bool(row.figures) and all(
        any(column.span.holds(figure) > 0.5 for column in columns) for figure in row.figures
    )


def _taxes(
    template: Template, roles: Roles, rows: Sequence[Row], picked: Picked
) -> tuple[Decimal | None, Decimal | None]:
    """The rate and the tax of a line, as far as they are printed."""
    rates = [
        f.value for row in rows for f in _figures_of(roles.of("tax_rate", is_figures=True), row)
    ]
    amounts = [f.value for row in rows for f in _figures_of(roles.of("tax", is_figures=True), row)]
    rate = sum(rates, Decimal(0)) if rates else None
    tax = sum(amounts, Decimal(0)) if amounts else None
    if picked.tax is not None and len(rows) == 1:
        value = picked.tax.value
        if template.tax_is == "percent":
            rate = value
        else:
            tax = value * 2 if template.tax_is == "twice" else value
    return rate, tax


def _taxable(template: Template, roles: Roles, row: Row, picked: Picked) -> Decimal | None:
    """The value before tax, where a column shows it."""
    if template.tax is None:
        return _contained_value(roles, row, picked)
    value = value_of(
        Template(
            template.quantity,
            template.price,
            template.amount,
            template.discount,
            template.discount_is,
        ),
        picked,
    )
    for figure in _figures_of(roles.of("taxable", is_figures=True), row):
        if (
            value is not None
            and figure is not picked.price
            and abs(figure.value - value) <= Decimal("0.5")
        ):
            return figure.value
    return None


def _contained_value(roles: Roles, row: Row, picked: Picked) -> Decimal | None:
    """The value before tax of an amount that contains it: with the printed tax it is the amount."""
    amount = picked.amount
    taxes = sum((f.value for f in _figures_of(roles.of("tax", is_figures=True), row)), Decimal(0))
    for figure in _figures_of(roles.of("taxable", is_figures=True), row):
        is_other = figure is not amount and figure is not picked.price
        if amount is not None and is_other and abs(figure.value + taxes - amount.value) < PAISA:
            return figure.value
    return None


def _text(roles: Roles, row: Row, meaning: str) -> str:
    columns = roles.of(meaning)
    for cell in row.cells:
        for column in columns:
            common = min(cell.x1, column.span.x1) - max(cell.x0, column.span.x0)
            if common > 0.5 * (cell.x1 - cell.x0):
                return cell.text.strip()
    return ""


def _unit_of(roles: Roles, rows: Sequence[Row], quantity: Figure | None) -> str:
    """The unit in its column, beside the quantity, or below it."""
    if unit := _text(roles, rows[0], "unit") or (quantity.unit if quantity is not None else ""):
        return unit
    columns = [c.span for c in roles.of("quantity")]
    for row in rows:
        for label in row.labels:
            is_inside = any(
                min(label.x1, span.x1) - max(label.x0, span.x0) > 0.6 * (label.x1 - label.x0)
                for span in columns
            )
            if is_inside and label.text.replace(".", "").isalpha():
                return label.text
    return ""


def _free(roles: Roles, row: Row, quantity: Figure | None) -> Decimal:
    given = sum(
        (figure.value for figure in _figures_of(roles.of("free", is_figures=True), row)), Decimal(0)
    )
    return given + (quantity.free if quantity is not None else Decimal(0))
