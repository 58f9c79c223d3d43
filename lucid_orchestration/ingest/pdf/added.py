"""What is added to the price of a line: a tax, or a charge such as one for loading or making."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lucid_orchestration.ingest.pdf.below import kind_of_label
from lucid_orchestration.ingest.pdf.figures import RATES
from lucid_orchestration.ingest.pdf.printed import Kind
from lucid_orchestration.ingest.pdf.roles import Column, Roles
from lucid_orchestration.ingest.pdf.rows import Row
from lucid_orchestration.ingest.pdf.templates import Template
from lucid_orchestration.ingest.pdf.vocabulary import plain

TAXES = frozenset({"tax", "tax_rate"})


def with_charge(template: Template, roles: Roles, told: Mapping[str, str]) -> Template:
    """A reading whose tax stands below the heading of a charge has that charge in its place.

    `told` is what the owner said of headings.
    """
    column = column_of_tax(template, roles)
    if column is None or not column.heading:
        return template
    is_charge = kind_of_label(column.heading) is Kind.CHARGE and plain(column.heading) not in told
    if column.meaning == "charge" or (is_charge and column.meaning not in TAXES):
        return template.charged or template
    return template


def unnamed_tax(template: Template, roles: Roles) -> str | None:
    """The heading of a column of taxes that does not call them so; null where there is none.

    Percentages below no heading are taken for rates of a tax.
    """
    column = column_of_tax(template, roles)
    if template.tax is None or (column is not None and column.meaning in TAXES):
        return None
    heading = column.heading if column is not None else ""
    return None if template.tax_is == "percent" and not heading else heading


def with_rates(template: Template, roles: Roles, rows: Sequence[Row]) -> Roles:
    """Columns called tax that hold rates and no amounts are columns of rates."""
    rates = []
    for column in roles.of("tax", is_figures=True):
        values = {f.value for row in rows for f in row.figures if column.span.holds(f) > 0.5}
        if column is not column_of_tax(template, roles) and values and values <= RATES:
            rates.append(column)
    columns = (replace(c, meaning="tax_rate") if c in rates else c for c in roles.columns)
    return replace(roles, columns=tuple(columns))


def column_of_tax(template: Template, roles: Roles) -> Column | None:
    """The column in which a reading finds taxes."""
    return roles.at(template.tax) if template.tax is not None else None
