"""Vyapar's Excel reports, where one sheet has the documents and the other their lines.

A line knows its amount with tax; only the document knows a discount on the whole, and documents
without items stand on the first sheet alone. So the two are read together.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lucid_orchestration.formatting import money, percent
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.recognise import HEADER_SEARCH_ROWS, Layout
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity, Sheet
from lucid_orchestration.ingest.rows import data_rows
from lucid_orchestration.ingest.tables import OpenedFile, RowCounts, Table
from lucid_orchestration.ingest.vyapar.amounts import ZERO, number, plain, spread
from lucid_orchestration.ingest.vyapar.backup import UNITEMISED
from lucid_orchestration.ingest.vyapar.checks import LOW_SHARE, TOTAL_TOLERANCE
from lucid_orchestration.ingest.workbook.read import Workbook

PROFILE = "vyapar_excel_items"
ITEM_LIST_PROFILE = "vyapar_excel_item_list"
_DOCUMENT_FIELDS = {
    "date": "date",
    "invoice no": "number",
    "invoice no/txn no": "number",
    "party name": "party",
    "transaction type": "type",
    "txn type": "type",
    "total amount": "total",
    "total": "total",
}
_LINE_FIELDS = {
    "date": "date",
    "invoice no": "number",
    "invoice no/txn no": "number",
    "party name": "party",
    "transaction type": "type",
    "item name": "product_name",
    "item code": "product_id",
    "category": "category",
    "category name": "category",
    "quantity": "quantity",
    "unit": "unit",
    "tax": "tax_amount",
    "amount": "gross_amount",
}
_LINE_NEEDS = {"date", "number", "type", "product_name", "quantity", "tax_amount", "gross_amount"}
_DOCUMENT_NEEDS = {"date", "number", "type", "total"}
_AS_SALE = {"date": "sale_date", "party": "customer_id"}
_AS_PURCHASE = {"date": "purchase_date", "party": "supplier"}
_ALWAYS = {"number": "transaction_id", "type": "document_type"}
_BOUGHT = re.compile(r"purchase|debit note")
_RETURN = re.compile(r"credit note|debit note|return")
_CANCELLED = re.compile(r"cancel")
_READ = re.compile(r"(?:sale|credit note|purchase|debit note|sale return|purchase return)")
_ITEM_LIST_FIELDS = {
    "item name": "product_name",
    "item code": "product_id",
    "category": "category",
    "base unit (x)": "unit",
    "current stock quantity": "quantity",
    "minimum stock quantity": "reorder_level",
    "purchase price": "unit_cost",
    "sale price": "sale_price",
    "tax rate": "tax_rate",
    "inclusive of tax": "inclusive",
}
_INVENTORY = (
    "product_id",
    "product_name",
    "category",
    "unit",
    "quantity",
    "unit_cost",
    "sale_price",
    "reorder_level",
)
_PRODUCTS = ("product_id", "product_name", "category", "unit", "unit_cost", "sale_price")
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_WAY_OUT = "Add Vyapar's backup (.vyb), or its sale report as Excel with Item Details."
# Reports without what a sale is made of: headings that tell them, and what they hold.
_OTHERS = (
    ({"sale", "purchase", "net profit/loss"}, "Item Wise Profit And Loss, sums by item"),
    ({"date", "type", "received", "paid", "balance"}, "All Transactions, without items"),
)


@dataclass(frozen=True)
class _Part:
    """A sheet that was recognised: where its headings are and which column means what."""

    sheet: Sheet
    header: Row
    columns: Mapping[str, int]

    def cell(self, row: Row, name: str) -> str:
        position = self.columns.get(name)
        if position is None or position >= len(row.cells):
            return ""
        return row.cells[position].strip()

    def layout(self, kind: str, columns: Mapping[str, int]) -> Layout:
        return Layout(kind, PROFILE, self.header.number, self.header.cells, columns)


_Key = tuple[str, str]
# A bill discount or a charge beyond this part of the lines is hardly one.
_FAR_OFF = Decimal("0.5")


def read_report(book: Workbook) -> OpenedFile | None:
    """The tables of a workbook that is one of Vyapar's reports; None when it is none.

    Raises:
        RefusedError: for a report of Vyapar that says nothing about single items.
    """
    lines = _part(book, _LINE_FIELDS, _LINE_NEEDS)
    documents = _part(book, _DOCUMENT_FIELDS, _DOCUMENT_NEEDS, without="item name")
    if lines is not None:
        return _sale_report(book, lines, documents)
    items = _part(book, _ITEM_LIST_FIELDS, {"product_name", "sale_price", "inclusive"})
    if items is not None:
        return _item_list(book, items)
    for headings, what in _OTHERS:
        if any(headings <= set(_keys(row)) for sheet in book.sheets for row in _top(sheet)):
            raise RefusedError("no_items", f"This is a report of Vyapar: {what}. {_WAY_OUT}")
    return None


def _top(sheet: Sheet) -> list[Row]:
    return [row for row in sheet.rows if row.number <= HEADER_SEARCH_ROWS]


def _keys(row: Row) -> list[str]:
    return [heading_key(cell).replace(" /", "/") for cell in row.cells]


def _part(
    book: Workbook, fields: Mapping[str, str], needed: set[str], without: str | None = None
) -> _Part | None:
    for sheet in book.sheets:
        for row in _top(sheet):
            keys = _keys(row)
            columns: dict[str, int] = {}
            for position, key in enumerate(keys):
                if key in fields:
                    columns.setdefault(fields[key], position)
            if needed <= columns.keys() and without not in keys:
                return _Part(sheet, row, columns)
    return None


def _below(part: _Part, columns: Mapping[str, int]) -> tuple[list[Row], RowCounts]:
    """The data rows of a sheet, and what all its rows are."""
    scratch = Table(part.sheet.name, part.layout("sales", columns), ())
    below = (row for row in part.sheet.rows if row.number > part.header.number)
    return list(data_rows(scratch, below)), scratch.counts


def _sale_report(book: Workbook, lines: _Part, documents: _Part | None) -> OpenedFile:
    rows, counts = _below(lines, _named(lines, _AS_SALE))
    issues: list[Issue] = []
    shares: dict[int, Decimal] = {}
    if documents is not None:
        shares, bare, told = _compare(lines, rows, documents)
        issues += told
    sold = [row for row in rows if not _BOUGHT.search(_type(lines, row))]
    bought = [row for row in rows if _BOUGHT.search(_type(lines, row))]
    counts.landed = 0
    tables = []
    for kind, names, part_rows in (
        ("sales", _AS_SALE, sold),
        ("purchases", _AS_PURCHASE, bought),
    ):
        if part_rows:
            tables.append(_lines_table(lines, kind, names, part_rows, shares, counts))
            counts = RowCounts()
    if documents is not None and bare:
        tables.append(_bare_table(documents, bare))
    if not tables:
        raise RefusedError("no_rows", "The report has headings and no line below. Export it again.")
    used = {lines.sheet.name} | ({documents.sheet.name} if documents else set())
    issues += [
        Issue(Severity.NOTE, "sheet_not_used", f'Sheet "{sheet.name}" was left out.')
        for sheet in book.sheets
        if sheet.name not in used
    ]
    return OpenedFile(book.container, tuple(tables), tuple(issues))


def _named(part: _Part, names: Mapping[str, str]) -> dict[str, int]:
    renamed = {**_ALWAYS, **names}
    return {renamed.get(name, name): position for name, position in part.columns.items()}


def _lines_table(
    lines: _Part,
    kind: str,
    names: Mapping[str, str],
    rows: Sequence[Row],
    shares: Mapping[int, Decimal],
    counts: RowCounts,
) -> Table:
    """Lines as found; those with a part of a bill's discount get their net amount beside them."""
    width = len(lines.header.cells)
    columns = _named(lines, names)
    if any(row.number in shares for row in rows):
        columns["net_amount"] = width
    layout = lines.layout(kind, columns)

    def yielded() -> Iterator[Row]:
        for row in rows:
            counts.landed += 1
            cells = row.cells + ("",) * (width - len(row.cells))
            net = ""
            if row.number in shares:
                amounts = [
                    _amount(lines.cell(row, name)) for name in ("gross_amount", "tax_amount")
                ]
                gross, tax = (amount or ZERO for amount in amounts)
                net = plain(gross - tax - shares[row.number])
            yield Row(row.number, (*cells, net), row.fault)

    return Table(lines.sheet.name, layout, yielded(), counts, lines.sheet.issues)


def _bare_table(documents: _Part, rows: Sequence[Row]) -> Table:
    """Documents with a total and no items, as lines of no product."""
    fields = ("sale_date", "transaction_id", "document_type", "customer_id")
    header = (*fields, "product_name", "quantity", "gross_amount")
    lines = [
        (
            *(documents.cell(row, name) for name in ("date", "number", "type", "party")),
            UNITEMISED,
            "1",
            documents.cell(row, "total"),
        )
        for row in rows
    ]
    numbers = [row.number for row in rows]
    return _clean_table(
        documents.sheet.name, "sales", PROFILE, documents.header.number, header, numbers, lines
    )


def _clean_table(
    sheet: str,
    kind: str,
    profile: str,
    header_row: int,
    header: tuple[str, ...],
    numbers: Sequence[int],
    lines: Sequence[tuple[str, ...]],
) -> Table:
    columns = {name: position for position, name in enumerate(header)}
    counts = RowCounts()

    def yielded() -> Iterator[Row]:
        for row_number, cells in zip(numbers, lines, strict=True):
            counts.landed += 1
            yield Row(row_number, cells)

    layout = Layout(kind, profile, header_row, header, columns)
    return Table(sheet, layout, yielded(), counts)


def _compare(
    lines: _Part, rows: Iterable[Row], documents: _Part
) -> tuple[dict[int, Decimal], list[Row], list[Issue]]:
    """Shares of bill discounts by row, sales without items, and how the two sheets agree."""
    heads, counts = _below(documents, {"gross_amount": documents.columns["total"]})
    by_document: dict[_Key, list[Row]] = defaultdict(list)
    for row in rows:
        by_document[_key(lines, row)].append(row)
    totals: dict[_Key, Decimal] = defaultdict(Decimal)
    bare, cancelled, reckoned = [], 0, ZERO
    for head in heads:
        kind, total = _type(documents, head), _amount(documents.cell(head, "total"))
        if _CANCELLED.search(kind):
            cancelled += 1
            continue
        if total is None or not _READ.fullmatch(kind):
            continue
        reckoned += -total if _RETURN.search(kind) else total
        if _key(documents, head) in by_document:
            totals[_key(documents, head)] += total
        elif total and not _BOUGHT.search(kind):
            bare.append(head)
    shares: dict[int, Decimal] = {}
    discounts: list[Decimal] = []
    extra = ZERO
    fitting = far_off = 0
    for key, total in totals.items():
        found = by_document[key]
        weights = [_amount(lines.cell(row, "gross_amount")) or ZERO for row in found]
        whole = sum(weights, ZERO)
        difference = total - whole
        fitting += abs(difference) <= TOTAL_TOLERANCE
        far_off += abs(difference) > max(abs(whole) * _FAR_OFF, TOTAL_TOLERANCE)
        if difference < -TOTAL_TOLERANCE:
            discounts.append(-difference)
            for row, share in zip(found, spread(-difference, weights), strict=True):
                shares[row.number] = share
        elif difference > TOTAL_TOLERANCE:
            extra += difference
    issues: list[Issue] = []
    if totals:
        issues += _agreement(len(totals), fitting, far_off, discounts, extra)
    printed = _amount(counts.printed_total or "")
    if printed is not None and abs(printed - reckoned) > TOTAL_TOLERANCE:
        issues.append(
            Issue(
                Severity.WARNING,
                "printed_total_differs",
                f"The report prints a total of {money(printed)}, its rows come to "
                f"{money(reckoned)}: rows are missing or were changed. Export it again.",
            )
        )
    if cancelled:
        issues.append(
            Issue(
                Severity.NOTE, "documents_ignored", f"{cancelled} cancelled document(s) left out."
            )
        )
    if bare:
        value = sum((_amount(documents.cell(head, "total")) or ZERO for head in bare), ZERO)
        issues.append(
            Issue(
                Severity.NOTE,
                "documents_without_items",
                f"{len(bare)} sale(s) worth {money(value)} have a total and no items. They count "
                "as revenue, in no product.",
            )
        )
    return shares, bare, issues


def _agreement(
    count: int, fitting: int, far_off: int, discounts: Sequence[Decimal], extra: Decimal
) -> Iterator[Issue]:
    yield Issue(
        Severity.NOTE,
        "totals_checked",
        f"{fitting} of {count} documents ({percent(Decimal(fitting) / count)}) are the sum of "
        f"their lines. {len(discounts)} are lower, by {money(sum(discounts, ZERO))} in all, which "
        f"counts as discount on the whole bill; charges of {money(extra)} on others are no product "
        "revenue.",
    )
    if far_off > count * (1 - LOW_SHARE):
        yield Issue(
            Severity.WARNING,
            "totals_do_not_fit",
            f"In {far_off} of {count} documents the total is far from the sum of the lines. "
            "Compare the revenue of a month with Vyapar before you rely on it.",
        )


def _item_list(book: Workbook, items: _Part) -> OpenedFile:
    """The item list ("Export items"); the template's opening stock is no stock of today."""
    rows, counts = _below(items, {"product_name": items.columns["product_name"]})
    listed = [row for row in rows if not items.cell(row, "product_name").startswith("**")]
    numbers = [row.number for row in listed]
    sheet, header_row = items.sheet.name, items.header.number
    prices = [
        (
            *(items.cell(row, name) for name in _PRODUCTS[:4]),
            items.cell(row, "unit_cost"),
            _net_price(items, row),
        )
        for row in listed
    ]
    products = _clean_table(
        sheet, "products", ITEM_LIST_PROFILE, header_row, _PRODUCTS, numbers, prices
    )
    tables = [products]
    if "quantity" in items.columns:
        stock = [
            (
                *price[:4],
                items.cell(row, "quantity"),
                *price[4:],
                items.cell(row, "reorder_level"),
            )
            for row, price in zip(listed, prices, strict=True)
        ]
        tables.insert(
            0,
            _clean_table(
                sheet, "inventory", ITEM_LIST_PROFILE, header_row, _INVENTORY, numbers, stock
            ),
        )
    for name in ("blank", "repeated_header", "total"):
        setattr(tables[0].counts, name, getattr(counts, name))
    tables[0].counts.note = counts.note + len(rows) - len(listed)
    return OpenedFile(book.container, tuple(tables), ())


def _net_price(items: _Part, row: Row) -> str:
    """The sale price without tax; as found where that cannot be known."""
    shown = items.cell(row, "sale_price")
    rate = _RATE.search(items.cell(row, "tax_rate"))
    price = _amount(shown)
    is_with_tax = items.cell(row, "inclusive").casefold().startswith(("incl", "y"))
    if price is None or rate is None or not is_with_tax:
        return shown
    return plain((price * 100 / (100 + Decimal(rate[1]))).quantize(Decimal("0.0001")))


def _type(part: _Part, row: Row) -> str:
    return part.cell(row, "type").casefold()


def _key(part: _Part, row: Row) -> _Key:
    """Sales and credit notes share number ranges."""
    return _type(part, row), part.cell(row, "number")


def _amount(shown: str) -> Decimal | None:
    return number(re.sub(r"[₹,\s]|Rs\.?", "", shown) or None)
