"""Which rows of a sheet are its headings, which are data, and what all others are."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice

from lucid_orchestration.ingest.delimited.headings import Aligned, aligned
from lucid_orchestration.ingest.delimited.limits import ShapeLimit
from lucid_orchestration.ingest.delimited.mend import mender_of
from lucid_orchestration.ingest.dittos import find_dittos, with_values_above
from lucid_orchestration.ingest.group_sums import without_group_sums
from lucid_orchestration.ingest.group_totals import without_group_totals
from lucid_orchestration.ingest.groups import Filled, Groups, find_groups, group_rows, unmerged
from lucid_orchestration.ingest.layout.aliases import total_words
from lucid_orchestration.ingest.layout.arrange import Sink, arranged
from lucid_orchestration.ingest.layout.branches import branch_above, branch_in_name
from lucid_orchestration.ingest.layout.customer_prices import without_customer_prices
from lucid_orchestration.ingest.layout.document_signs import speaks_of_buying, with_document
from lucid_orchestration.ingest.layout.halves import half_of, may_be_headings
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.money.columns import SAMPLE_ROWS
from lucid_orchestration.ingest.layout.printed_days import day_above
from lucid_orchestration.ingest.layout.recognise import (
    HEADER_SEARCH_ROWS,
    Layout,
    find_layout,
    looks_like_header,
)
from lucid_orchestration.ingest.layout.spoken_money import with_spoken_money
from lucid_orchestration.ingest.named_groups import named_groups, with_group_names
from lucid_orchestration.ingest.outcomes import (
    TRUNCATED_LINE,
    UNENDED_LINE,
    WRONG_CELL_COUNT,
    Issue,
    RefusedError,
    Row,
    Severity,
    Sheet,
    trimmed,
)
from lucid_orchestration.ingest.printed_totals import PrintedTotals
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS
from lucid_orchestration.ingest.short_rows import short_rows_told
from lucid_orchestration.ingest.stated_units import stated_units
from lucid_orchestration.ingest.stated_years import stated_years
from lucid_orchestration.ingest.tables import Dialect, RowMender, Table
from lucid_orchestration.ingest.worked_quantities import worked_quantities

# DuckDB runs these over large files: only what it and Python understand alike.
_TOTAL_OF = (
    r"(?i)^\s*(?:(?:grand|sub|net|overall|page|day|daily|month|monthly|invoice|sheet|report)[ -]*)?"
    r"totals?"
)
_HINDI_TOTALS = ("कुल", "जोड़", "कुल योग", "योग")
# Python knows no cases of other letters than those of English here: each spelling is listed.
_OTHER_TOTALS = "|".join(map(re.escape, (*_HINDI_TOTALS, *total_words())))
TOTAL_WORDS = (
    _TOTAL_OF + r"(?:\s*(?:for\b|of\b|:|-|=).*)?\s*$" + rf"|^\s*(?:{_OTHER_TOTALS})\s*:?\s*$"
)
# "Sub Total 1996-07", but also "Total 10W40": a total only where the row has gaps
PERIOD_TOTAL_WORDS = _TOTAL_OF + r"\s[\w ./-]*[0-9].*$"
_TOTAL = re.compile(TOTAL_WORDS, re.ASCII)
_PERIOD_TOTAL = re.compile(PERIOD_TOTAL_WORDS, re.ASCII)
_GAPS_OF_A_TOTAL = ("sale_date", "stock_date", "purchase_date", "transaction_id", "unit_price")
_PRODUCTS = ("product_id", "product_name")
_AMOUNTS = ("net_amount", "gross_amount", "stock_value")
NO_ROWS = "The file has headings and not one usable row below them. Export it again."


def recognised_table(
    sheet: Sheet,
    mapping: FileMapping,
    dialect: Dialect | None = None,
    settle: Callable[[Layout], Layout] | None = None,
) -> Table:
    """The table of a sheet, its rows arranged as its layout says.

    What is known of the layout from elsewhere, `settle` puts into it.

    Raises:
        RefusedError: when it holds no table Lucid can use.
    """
    rows = iter(sheet.rows)
    first = list(islice(rows, HEADER_SEARCH_ROWS + SAMPLE_ROWS))

    def find(rows: Sequence[Row]) -> Layout:
        try:
            return _layout(rows, sheet.name, mapping)
        except RefusedError:
            whole = _with_heads(rows, mapping)
            if whole is None:
                raise
            return _layout(whole, sheet.name, mapping)

    by_name, first = named_groups(first, rows, mapping, find)
    if by_name is not None:
        first, rows = with_group_names(by_name, first, rows, find)
    found = Aligned(find(first), first) if dialect is None else aligned(first, find)
    layout, first = found.layout, found.rows
    sheet.issues.extend(found.issues)
    years = stated_years(layout, first, sheet.name)
    if years is not None:
        rows = years.rows(chain(first, rows))
        first = list(islice(rows, len(first)))
        layout = years.laid_out(layout)
    worked = worked_quantities(layout, first)
    if worked is not None:
        sheet.issues.append(worked.told(layout, first))
        rows = worked.rows(chain(first, rows))
        first = list(islice(rows, len(first)))
        layout = find(first)
    units = stated_units(layout, first)
    if units is not None:
        rows = units.rows(chain(first, rows))
        first = list(islice(rows, len(first)))
        layout = units.laid_out(find(first))
    changed = frozenset({years.place} if years is not None else ())
    changed |= {worked.quantity} if worked is not None else set()
    filled = Filled()
    if sheet.merged:
        rows = unmerged(chain(first, rows), sheet.merged, layout, filled)
        first = list(islice(rows, len(first)))
    dittos = find_dittos(first, layout)
    if dittos:
        rows = with_values_above(chain(first, rows), sorted(dittos), layout, filled)
        first = list(islice(rows, len(first)))
    layout, groups = _with_groups(layout, first, sheet.name, mapping)
    named = frozenset() if by_name is None else frozenset({by_name.place})
    layout = replace(layout, stated_once=layout.stated_once | dittos | named | changed)
    top = [row for row in first if row.number > layout.header_row]
    body = chain(top, rows)
    following = next(body, None)
    if following is None:
        raise RefusedError("no_rows", NO_ROWS)
    data = _data_of(top, layout)
    mender = mender_of(layout, data, dialect)
    if mender is not None and not all(map(mender.is_usual, data)):
        # cells under the wrong heading show nothing of what the columns mean
        odd = {row.number for row in data if not mender.is_usual(row)}
        in_shape = [row for row in first if row.number not in odd]
        layout = find(in_shape)
        mender = mender_of(layout, data, dialect)
    layout = layout if settle is None else settle(layout)
    sheet.issues.extend(layout.issues)
    table = Table(sheet.name, layout, (), issues=sheet.issues, dialect=dialect, mender=mender)
    parts = sections(table, chain([following], body))
    if dialect is not None and mender is None:
        parts = short_rows_told(parts, data, table)
    below: Iterable[Row] = (row for row in parts if row is not None)
    if groups is not None:
        below = group_rows(parts, groups, table.counts.take_back, filled)
    if groups is not None or sheet.merged or dittos:
        below = filled.told(below, table)
    if by_name is not None:
        below = by_name.told(below, table)
    if layout.arrangement is not None:
        sink = Sink(table.counts.take_back, sheet.issues)
        below = arranged(below, layout.arrangement, layout.header, layout.columns, sink)
    below = without_group_totals(below, layout, table.counts.take_back)
    below = without_group_sums(below, layout, table.counts.take_back)
    return replace(table, rows=below)


def _data_of(rows: Sequence[Row], layout: Layout) -> list[Row]:
    """The rows that are data, with all the cells they have."""
    numbers = {row.number for row in data_rows(Table("", layout, ()), rows)}
    return [row for row in rows if row.number in numbers]


def _layout(rows: Sequence[Row], sheet: str, mapping: FileMapping) -> Layout:
    """The layout of a table, with what its title says its rows are."""
    layout = find_layout(rows, mapping)
    if layout.kind == "inventory":
        return _with_title(layout, rows, sheet)
    if layout.kind == "products":
        return without_customer_prices(layout, rows, mapping.columns)
    if layout.kind != "sales":
        return layout
    if mapping.kind is None and mapping.document is None and speaks_of_buying(layout, rows):
        try:
            return find_layout(rows, mapping.model_copy(update={"kind": "purchases"}))
        except RefusedError:
            pass  # what it lacks is told by its title
    return with_spoken_money(with_document(layout, rows, sheet, mapping), rows, mapping)


def _with_title(layout: Layout, rows: Sequence[Row], sheet: str) -> Layout:
    """The layout of a stock list with the warehouse and the day its titles name for all rows."""
    if "store" not in layout.columns:
        branch = branch_above(rows, layout.header_row) or branch_in_name(sheet)
        layout = replace(layout, branch=branch)
    if "stock_date" not in layout.columns:
        layout = replace(layout, as_of=day_above(rows, layout.header_row, layout.date_order))
    return layout


def _with_heads(rows: Sequence[Row], mapping: FileMapping) -> list[Row] | None:
    """Rows of orders whose numbers and days stand on their first line, with them on all lines.

    Without them no bill is whole, and what is stated once for one looks like figures of its lines.
    """
    half = half_of([row for row in rows if may_be_headings(row, mapping)], mapping)
    if half is None or half.role != "lines" or not half.has_days:
        return None
    layout = Layout("sales", "generic", half.header.number, half.header.cells, half.columns)
    top = [row for row in rows if row.number <= layout.header_row]
    sample = list(sections(Table("", layout, ()), rows[len(top) :]))
    groups = find_groups(sample, layout)
    if groups is None:
        return None
    return [*top, *group_rows(sample, groups, lambda: None, Filled())]


def _with_groups(
    layout: Layout, first: Sequence[Row], sheet: str, mapping: FileMapping
) -> tuple[Layout, Groups | None]:
    """The layout of a table whose first rows may state values once for several rows."""
    top = [row for row in first if row.number <= layout.header_row]
    sample = list(sections(Table("", layout, ()), first[len(top) :]))
    groups = find_groups(sample, layout)
    if groups is None:
        return layout, None
    # bills are whole only now, and they too show what the columns mean
    whole = group_rows(sample, groups, lambda: None, Filled())
    layout = _layout([*top, *whole], sheet, mapping)
    return replace(layout, stated_once=groups.columns), groups


def data_rows(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows that are data; all others are counted in the table by what they are."""
    return (row for row in sections(table, rows) if row is not None)


def sections(table: Table, rows: Iterable[Row]) -> Iterator[Row | None]:
    """The rows that are data, with None for each of the others, which the table counts."""
    layout, counts, mender = table.layout, table.counts, table.mender
    totals = PrintedTotals(layout.decimal_mark)
    width = len(layout.header)
    products = [layout.columns[name] for name in _PRODUCTS if name in layout.columns]
    limit = None if table.dialect is None else _shape_limit(layout)
    is_other_table = False
    for row in rows:
        filled = [cell for cell in row.cells if cell and not cell.isspace()]
        is_usual = mender is None or mender.is_usual(row)
        if limit is not None and filled and not is_other_table:
            limit.take(row)
            if not is_usual:
                limit.take_odd(counts.found + 1)
        if is_other_table:
            counts.note += 1
        elif not filled:
            counts.blank += 1
        elif row.cells[:width] == layout.header:
            counts.repeated_header += 1
        elif _names_total(row, filled[0], products) and _is_total(row, filled, layout):
            counts.total += 1
            totals.take(filled[0], _amount(row, layout))
            counts.printed_total = totals.whole
        elif mender is not None and not is_usual and (put := mender.put_right(row)):
            counts.landed += 1
            if put is not row:
                counts.mended += 1
                counts.first_mended = counts.first_mended or row.number
            yield Row(row.number, put.cells[:width])
            continue
        elif _is_note(row, filled, layout) and not (mender and mender.is_of_the_table(row)):
            counts.note += 1
        elif looks_like_header(row):
            is_other_table = True
            counts.note += 1
            table.issues.append(
                Issue(
                    Severity.WARNING,
                    "second_table",
                    f"From row {row.number} on the file holds another table, which was not read. "
                    "Save it as a file of its own.",
                    row.number,
                )
            )
        else:
            counts.landed += 1
            is_whole = len(row.cells) == width and row.fault is None
            # nearly all rows of a large file: none is made anew
            yield (
                row if is_whole else Row(row.number, row.cells[:width], _fault(row, width, mender))
            )
            continue
        yield None


def _shape_limit(layout: Layout) -> ShapeLimit:
    """What a row of a text file has to look like."""
    if layout.arrangement is not None:
        return ShapeLimit((), 0)
    figures = [at for name, at in layout.columns.items() if name in DATE_FIELDS | NUMBER_FIELDS]
    # what a row may leave out, such as the day of a bill, is not asked of it
    is_dated = layout.kind in ("sales", "purchases") and not layout.stated_once
    return ShapeLimit(figures, min(len(figures), 2 if is_dated else 1))


def _fault(row: Row, width: int, mender: RowMender | None) -> str | None:
    """What is wrong with the shape of a row."""
    if row.fault == UNENDED_LINE and len(row.cells) < width:
        return TRUNCATED_LINE
    if mender is not None:
        return None if mender.is_usual(row) else WRONG_CELL_COUNT
    return WRONG_CELL_COUNT if any(cell.strip() for cell in row.cells[width:]) else None


def _names_total(row: Row, first: str, products: Sequence[int]) -> bool:
    """Whether a row speaks of a total in its first filled cell or where the product stands."""
    cells = row.cells
    if not first[0].isdigit() and _speaks_of_total(first):
        return True
    for place in products:
        if place < len(cells) and (text := cells[place]) and _speaks_of_total(text):
            return True
    return False


def _is_total(row: Row, filled: list[str], layout: Layout) -> bool:
    """A total line says so in its first filled cell, or where the product should stand."""
    code = _cell(row, layout, "product_id")
    if code and not _is_total_word(code):
        return False
    product = _cell(row, layout, "product_name")
    named = [cell for cell in (filled[0], product, code) if cell]
    if any(map(_is_total_word, named)):
        return True
    has_gaps = not (product or code) or any(
        field in layout.columns and not _cell(row, layout, field) for field in _GAPS_OF_A_TOTAL
    )
    return has_gaps and any(map(_may_be_total, named))


# days and names repeat from row to row
@lru_cache(maxsize=16_384)
def _speaks_of_total(text: str) -> bool:
    bare = text.strip()
    return any(_is_total_word(one) or _may_be_total(one) for one in (text, bare))


def _is_total_word(text: str) -> bool:
    return _TOTAL.match(text) is not None


def _may_be_total(text: str) -> bool:
    return _PERIOD_TOTAL.match(text) is not None


def _is_note(row: Row, filled: list[str], layout: Layout) -> bool:
    """One cell of words in a wide table is a remark, unless it stands where the product stands."""
    if len(filled) > 1 or len(layout.header) < 3:
        return False
    position = row.cells.index(filled[0])
    products = {layout.columns.get("product_id"), layout.columns.get("product_name")}
    return position not in products and re.search(r"[^\W\d_]{3,}", filled[0]) is not None


def _amount(row: Row, layout: Layout) -> str | None:
    return next((text for name in _AMOUNTS if (text := _cell(row, layout, name))), None)


def _cell(row: Row, layout: Layout, field: str) -> str:
    """The trimmed text under a field's heading; empty where there is none."""
    position = layout.columns.get(field)
    if position is None or position >= len(row.cells):
        return ""
    return trimmed(row.cells[position])
