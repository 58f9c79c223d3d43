"""The cells of one line of a bill: discount, taxes, value before tax, unit, code."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from lucid_orchestration.ingest.pdf.figures import NO_SHARE, PAISA, Share
from lucid_orchestration.ingest.pdf.printed import PrintedLine
from lucid_orchestration.ingest.pdf.roles import Column, Roles
from lucid_orchestration.ingest.pdf.rows import Figure, Row
from lucid_orchestration.ingest.pdf.templates import Picked, Template, value_of

_HSN = re.compile(r"\(?\b(?:HSN|SAC)(?:\s*/\s*SAC)?\s*(?:code)?\s*[:.-]?\s*(\d{4,8})\b\)?", re.I)


# Amazon: name | ASIN ( seller's own code )
_MARKETPLACE = re.compile(
    r"^(?P<name>.+?)\s*\|\s*[A-Z0-9]{10}\s*(?:\(\s*(?P<code>[^()]+?)?\s*\)?)?\s*$"
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
    stacked = [lower for lower in below if is_tax_alone(lower, roles)]
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
        tax_parts=max(_tax_parts(template, roles, [row, *stacked]), 1),
        is_charge=is_charge,
    )


def _discount(template: Template, picked: Picked) -> Share:
    if picked.discount is None:
        return NO_SHARE
    value = abs(picked.discount.value) * (-1 if template.adds else 1)
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


def is_tax_alone(row: Row, roles: Roles) -> bool:
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
    shares = [f for f in rows[0].figures if f.is_percent and f is not picked.discount]
    if rate is None and template.tax_is == "amount" and picked.tax is not None and len(shares) == 1:
        # a percentage under no heading beside a tax is the rate that proves it
        rate = shares[0].value
    if picked.tax is not None and len(rows) == 1:
        value = picked.tax.value
        if template.tax_is == "percent":
            rate = value
        else:
            tax = value * 2 if template.tax_is == "twice" else value
    return rate, tax


def _tax_parts(template: Template, roles: Roles, rows: Sequence[Row]) -> int:
    if template.tax is not None and template.tax_is == "twice":
        return 2
    columns = roles.of("tax", is_figures=True)
    return sum(1 for row in rows for _ in _figures_of(columns, row))


def _taxable(template: Template, roles: Roles, row: Row, picked: Picked) -> Decimal | None:
    """The value before tax, where a column shows it."""
    if template.tax is None:
        return _contained_value(roles, row, picked)
    value = value_of(replace(template, tax=None), replace(picked, tax=None))
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
