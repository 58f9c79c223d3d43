"""The tax that headings, titles or a column of yes and no say to be in the money of a sales table.

A rate in a heading or a title holds for all rows, a column of yes and no for each row by itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, PRICE_FIELDS, TAX_FIELDS, WITH_TAX
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.money.columns import (
    SAMPLE_ROWS,
    are_products,
    figure_of,
    is_line,
)
from lucid_orchestration.ingest.layout.money.heading_words import heading_words, words_of
from lucid_orchestration.ingest.layout.money.marks import Marks, marks_of
from lucid_orchestration.ingest.layout.profile import Arrangement, TaxIncluded
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.layout.spoken_figures import names_tax, rate_in, rows_with_tax
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity, cell_of, filled_cells

# Words of what may be more for another reason than a tax.
_NOT_TAX_ALONE = frozenset({"gross", "mrp", "brutto", "bruttó"})
# What a sales tax of a usual rate is of an amount that holds it.
_USUAL_PART = 0.2
# Taxes of a few tenths of a percent there are, on diamonds for one.
_LEAST_PART = 0.02


@dataclass(frozen=True)
class _Table:
    """A sales table with the rows below its headings and the texts above them."""

    layout: Layout
    lines: Sequence[Row]
    titles: Sequence[str]
    told: Collection[int]

    @property
    def amount(self) -> int | None:
        """The column the money of a line is taken from, if that is no price."""
        columns = self.layout.columns
        return next((columns[name] for name in AMOUNT_FIELDS[:3] if name in columns), None)

    @property
    def price(self) -> int | None:
        columns = self.layout.columns
        return next((columns[name] for name in PRICE_FIELDS if name in columns), None)

    def heading(self, place: int) -> str:
        header = self.layout.header
        return header[place].strip() if place < len(header) else ""

    def marks(self, places: Collection[int]) -> Marks:
        return marks_of([*places], self.layout.columns.get("quantity"), self.lines)


def with_included_tax(layout: Layout, rows: Sequence[Row], told: Collection[int]) -> Layout:
    """A layout of sales whose money is without the tax that is said to be in it.

    `rows` are the first of the table, those above its headings too; `told` are the columns of
    which the owner says what they are. Where it is not said how much tax there is, a warning is.
    """
    table = _table(layout, rows, told)
    flag = _flag(table)
    found = _by_headings(table) if flag is None else _by_rows(table, *flag)
    return replace(found, issues=(*found.issues, *_rates_below_one(replace(table, layout=found))))


def _rates_below_one(table: _Table) -> Iterator[Issue]:
    """A warning of rates that are all below one percent, which a tax never is: parts of one?"""
    place = table.layout.columns.get("tax_percent")
    if place is None or place >= len(table.layout.header):
        return
    marks = table.marks([place])
    rates = [abs(figure_of(row, place, marks) or 0.0) for row in table.lines]
    is_stated = any("%" in cell_of(row, place) for row in table.lines)
    if is_stated or not _LEAST_PART <= max(rates, default=0.0) < 1:
        return
    yield Issue(
        Severity.WARNING,
        "rates_below_one",
        f'The rates in "{table.heading(place)}" are all below 1 and were read as less than one '
        "percent. If 0.2 stands there for 20 %, write the column in percent and export it again.",
        revenue_share=_USUAL_PART,
    )


def with_tax_of_rows(layout: Layout, rows: Sequence[Row]) -> Layout:
    """The layout of a known system, some of whose rows hold tax, with the column that states it.

    Where it has none and there are such rows, a warning.
    """
    rule = None if layout.arrangement is None else layout.arrangement.tax_included
    if rule is None or {*TAX_FIELDS} & layout.columns.keys():
        return layout
    table = _table(layout, rows, ())
    keys = [heading_key(cell) for cell in layout.header]
    flag = keys.index(rule.heading) if rule.heading in keys else None
    if flag is None or not _rows_with_tax(table, flag, rule.words):
        return layout
    taxes = _stated_tax(table, flag)
    if not taxes:
        unknown = _unknown_in_rows(table, flag, rule.words)
        return replace(layout, issues=(*layout.issues, unknown))
    return replace(layout, columns={**layout.columns, **taxes})


def _table(layout: Layout, rows: Sequence[Row], told: Collection[int]) -> _Table:
    header = Row(layout.header_row, layout.header)
    below = [row for row in rows if row.number > layout.header_row]
    return _Table(
        layout,
        [row for row in below if is_line(row, layout.columns, header)][:SAMPLE_ROWS],
        [cell for row in rows if row.number < layout.header_row for cell in row.cells if cell],
        told,
    )


def _flag(table: _Table) -> tuple[int, frozenset[str]] | None:
    """A column that says of each row whether tax is in it, and its words that say so."""
    for place, heading in enumerate(table.layout.header):
        if place in table.layout.columns.values() or place in table.told:
            continue
        texts = {cell.casefold() for cell in filled_cells(table.lines, place)}
        if found := rows_with_tax(heading, texts):
            return place, found
    return None


def _by_rows(table: _Table, flag: int, words: frozenset[str]) -> Layout:
    layout, header = table.layout, table.layout.header
    if WITH_TAX.values() & layout.columns.keys() or _is_doubled(header, flag):
        return layout
    named = {name: at for name, at in layout.columns.items() if name in TAX_FIELDS}
    taxes = named or _stated_tax(table, flag)
    name = table.heading(flag)
    if not taxes or not _are_as_flagged(table, flag, words):
        return replace(layout, issues=(*layout.issues, _unknown_in_rows(table, flag, words)))
    gross = [WITH_TAX[field] for field in WITH_TAX if field in layout.columns]
    columns = {**layout.columns, **taxes}
    columns |= {field: len(header) + added for added, field in enumerate(gross, _added(layout))}
    rule = TaxIncluded(heading=heading_key(name), words=words)
    issue = Issue(
        Severity.NOTE,
        "tax_in_some_rows",
        f'By "{name}" tax is in the money of some rows: it was taken out of those, as '
        f"{' and '.join(_quoted(table.heading(at)) for at in taxes.values())} states it.",
    )
    return replace(
        layout,
        columns=columns,
        arrangement=_also(layout, tax_included=rule),
        helpers={**layout.helpers, flag: "gross_amount"},
        issues=(*layout.issues, issue),
    )


def _quoted(heading: str) -> str:
    return f'"{heading}"'


def _are_as_flagged(table: _Table, flag: int, words: frozenset[str]) -> bool:
    """Whether amounts of rows without tax in them are what quantity and price come to."""
    amount, price = table.amount, table.layout.columns.get("unit_price")
    quantity = table.layout.columns.get("quantity")
    if amount is None or price is None or quantity is None:
        return True
    marks = table.marks([quantity, amount, price])
    rows = [row for row in table.lines if cell_of(row, flag).casefold() not in words]
    return not rows or are_products(rows, quantity, price, amount, marks)


def _stated_tax(table: _Table, flag: int) -> dict[str, int]:
    """The column of the tax of a line, as a rate or else in money, where the money has no room."""
    taken = {*table.layout.columns.values(), flag}
    found: dict[str, int] = {}
    known = heading_words()
    for place, heading in enumerate(table.layout.header):
        words = words_of(heading)
        if place in taken or not names_tax(heading):
            continue
        marks = table.marks([place])
        figures = [figure_of(row, place, marks) for row in table.lines if cell_of(row, place)]
        if not figures or None in figures:
            continue
        is_rate = "%" in heading or bool(words & known.percent)
        found.setdefault("tax_percent" if is_rate else "tax_amount", place)
    return {"tax_percent": found["tax_percent"]} if "tax_percent" in found else found


def _rows_with_tax(table: _Table, flag: int, words: Collection[str]) -> int:
    return sum(cell_of(row, flag).casefold() in words for row in table.lines)


def _unknown_in_rows(table: _Table, flag: int, words: Collection[str]) -> Issue:
    rows = _rows_with_tax(table, flag, words)
    return Issue(
        Severity.WARNING,
        "tax_not_taken_out",
        f'By "{table.heading(flag)}" tax is in the money of some rows, {rows} of those looked at, '
        "and no column shows how much: they were counted with it. Export the file with the tax "
        "in percent beside every line.",
        revenue_share=_USUAL_PART,
    )


def _by_headings(table: _Table) -> Layout:
    """Money that its heading, or a title, says to hold tax where no column states it."""
    layout = table.layout
    if {*TAX_FIELDS} & layout.columns.keys():
        return layout
    saying = _saying_so(table)
    if saying is None:
        return layout
    rate = _one_rate(saying, table)
    fields = {name: WITH_TAX.get(name, name) for name in layout.columns}
    columns = {fields[name]: at for name, at in layout.columns.items()}
    is_list = "list_amount" in columns and "gross_unit_price" not in columns
    if rate is None or is_list:
        return replace(layout, columns=columns, issues=(*layout.issues, _unknown(saying)))
    issue = Issue(
        Severity.NOTE,
        "tax_by_heading",
        f'"{saying}" says that {rate} % tax is in the amounts: it was taken out of every line.',
    )
    money = [at for name, at in columns.items() if name in WITH_TAX.values()]
    sentence = f"By {_quoted(saying)}, {rate} % tax is in it."
    return replace(
        layout,
        columns=columns | {"tax_percent": len(layout.header) + _added(layout)},
        arrangement=_also(layout, usual={"tax_percent": _written(rate, layout)}),
        evidence={**dict.fromkeys(money, sentence), **layout.evidence},
        issues=(*layout.issues, issue),
    )


def _saying_so(table: _Table) -> str | None:
    """The heading or title by which the money that is counted holds tax."""
    amount, price = table.amount, table.price
    if amount is not None and amount in table.told:
        return None
    if amount is not None and _holds_tax(table.heading(amount)):
        return table.heading(amount)
    if amount is not None and _is_without(table.heading(amount)):
        return None
    # a price speaks for the amount that is quantity × price
    follows = amount is None or _follows(table, amount, price)
    if price is not None and price not in table.told and follows:
        if _holds_tax(table.heading(price)):
            return table.heading(price)
        if _is_without(table.heading(price)):
            return None
    return next((title for title in table.titles if _titles_tax(title)), None)


def _follows(table: _Table, amount: int, price: int | None) -> bool:
    quantity = table.layout.columns.get("quantity")
    if quantity is None or price is None:
        return False
    marks = table.marks([quantity, amount, price])
    return are_products(table.lines, quantity, price, amount, marks)


def _one_rate(saying: str, table: _Table) -> str | None:
    """The one rate that the text, or a title that speaks of tax, states."""
    texts = [saying, *(title for title in table.titles if words_of(title) & heading_words().tax)]
    found = dict.fromkeys(rate for text in texts if (rate := rate_in(text)) is not None)
    return next(iter(found)) if len(found) == 1 else rate_in(saying)


def _holds_tax(heading: str) -> bool:
    words, known = words_of(heading), heading_words()
    if words & (known.carriage | known.fee) and not words & known.tax:
        return False
    of_tax = bool(words & known.tax)
    if words & (known.with_tax - _NOT_TAX_ALONE):
        return True
    return of_tax and bool(words & (_NOT_TAX_ALONE | known.beside))


def _is_without(heading: str) -> bool:
    return bool(words_of(heading) & (heading_words().before_tax | {"net"}))


def _titles_tax(title: str) -> bool:
    words, known = words_of(title), heading_words()
    money = known.price | known.amount | {"prices", "amounts", "figures", "preise", "beträge"}
    is_said = words & known.tax and words & (known.with_tax - _NOT_TAX_ALONE)
    return bool(is_said and words & money) and not words & known.before_tax


def _unknown(saying: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "tax_not_taken_out",
        f'By "{saying}" tax is in the amounts, and nothing in the file says how much: they were '
        "counted with it. Export the file with the tax or its rate beside every line, or write the "
        'one rate of all lines into the heading, such as "Total (incl. 20% VAT)".',
        revenue_share=_USUAL_PART,
    )


def _written(rate: str, layout: Layout) -> str:
    """A rate with the decimal mark of the file's other figures."""
    mark = layout.decimal_mark or "."
    return rate.replace("," if mark == "." else ".", mark)


def _also(layout: Layout, **rules: object) -> Arrangement:
    """What is done to the rows, and these rules."""
    return (layout.arrangement or Arrangement()).model_copy(update=rules)


def _added(layout: Layout) -> int:
    """How many columns stand right of the headings already."""
    return sum(at >= len(layout.header) for at in layout.columns.values())


def _is_doubled(header: Sequence[str], place: int) -> bool:
    keys = [heading_key(cell) for cell in header]
    return keys.count(keys[place]) > 1
