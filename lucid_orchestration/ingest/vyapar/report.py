"""Vyapar's Excel reports, where one sheet has the documents and the other their lines.

A line knows its amount with tax; only the document knows a discount on the whole, and documents
without items stand on the first sheet alone. So the two are read together.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from lucid_orchestration.ingest.kinds import KindName
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity
from lucid_orchestration.ingest.tables import OpenedFile, RowCounts, Table
from lucid_orchestration.ingest.vyapar.amounts import ZERO, plain
from lucid_orchestration.ingest.vyapar.backup import UNITEMISED
from lucid_orchestration.ingest.vyapar.comparison import BOUGHT, compare, type_of
from lucid_orchestration.ingest.vyapar.item_list import read_item_list
from lucid_orchestration.ingest.vyapar.sheets import (
    PROFILE,
    FoundSheet,
    amount_of,
    find_sheet,
    keys_of,
    known_table,
    rows_below,
    top_of,
)
from lucid_orchestration.ingest.workbook.read import Workbook

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
_WAY_OUT = "Add Vyapar's backup (.vyb), or its sale report as Excel with Item Details."
# Reports without what a sale is made of: headings that tell them, and what they hold.
_OTHERS = (
    ({"sale", "purchase", "net profit/loss"}, "Item Wise Profit And Loss, sums by item"),
    ({"date", "type", "received", "paid", "balance"}, "All Transactions, without items"),
)


def read_report(book: Workbook) -> OpenedFile | None:
    """The tables of a workbook that is one of Vyapar's reports; None when it is none.

    Raises:
        RefusedError: for a report of Vyapar that says nothing about single items.
    """
    lines = find_sheet(book, _LINE_FIELDS, _LINE_NEEDS)
    documents = find_sheet(book, _DOCUMENT_FIELDS, _DOCUMENT_NEEDS, without="item name")
    if lines is not None:
        return _sale_report(book, lines, documents)
    item_list = read_item_list(book)
    if item_list is not None:
        return item_list
    for headings, what in _OTHERS:
        if any(headings <= set(keys_of(row)) for sheet in book.sheets for row in top_of(sheet)):
            raise RefusedError("no_items", f"This is a report of Vyapar: {what}. {_WAY_OUT}")
    return None


def _sale_report(book: Workbook, lines: FoundSheet, documents: FoundSheet | None) -> OpenedFile:
    rows, counts = rows_below(lines, _named(lines, _AS_SALE))
    issues: list[Issue] = []
    shares: Mapping[int, Decimal] = {}
    bare: Sequence[Row] = ()
    if documents is not None:
        compared = compare(lines, rows, documents)
        shares, bare = compared.shares, compared.bare
        issues += compared.issues
    sold = [row for row in rows if not BOUGHT.search(type_of(lines, row))]
    bought = [row for row in rows if BOUGHT.search(type_of(lines, row))]
    counts.landed = 0
    tables = []
    by_kind: tuple[tuple[KindName, Mapping[str, str], Sequence[Row]], ...] = (
        ("sales", _AS_SALE, sold),
        ("purchases", _AS_PURCHASE, bought),
    )
    for kind, names, part_rows in by_kind:
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


def _named(found: FoundSheet, names: Mapping[str, str]) -> dict[str, int]:
    renamed = {**_ALWAYS, **names}
    return {renamed.get(name, name): position for name, position in found.columns.items()}


def _lines_table(
    lines: FoundSheet,
    kind: KindName,
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
                    amount_of(lines.cell(row, name)) for name in ("gross_amount", "tax_amount")
                ]
                gross, tax = (amount or ZERO for amount in amounts)
                net = plain(gross - tax - shares[row.number])
            yield Row(row.number, (*cells, net), row.fault)

    return Table(lines.sheet.name, layout, yielded(), counts, lines.sheet.issues)


def _bare_table(documents: FoundSheet, rows: Sequence[Row]) -> Table:
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
    return known_table(
        documents.sheet.name, "sales", PROFILE, documents.header.number, header, numbers, lines
    )
