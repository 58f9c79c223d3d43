"""Corruptions of the shape of a table: lines that are no rows, columns, workbooks, stock lists."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.generators.messy import (
    COLUMNS,
    STOCK_COLUMNS,
    Base,
    Outcome,
    Row,
    Variant,
    but,
    counted,
    line_of,
    one,
    plain,
    refused,
    stocked,
    table,
)
from tests.workbooks import write_xlsx

_OTHER_NAMES = {
    "transaction_id": "Bill No",
    "customer_id": "Party Name",
    "total_amount": "Amt",
    "quantity": "Qty",
    "product_name": "Item Name",
    "date": "Bill Date",
    "unit_price": "Rate",
    "category": "Group",
    "product_id": "Item Code",
}
_HINDI = {
    "date": "दिनांक",
    "product_name": "वस्तु का नाम",
    "quantity": "मात्रा",
    "total_amount": "राशि",
}
_STOCK_NAMES = (
    *("Item Name", "Item Code", "Current Quantity", "Purchase Price", "Item Category"),
    "As On Date",
)
_COMMAS = "," * (len(COLUMNS) - 1)
_SHEET = "xl/worksheets/sheet1.xml"
_CELL = r'<c r="{}(\d+)"[^>]*>.*?</c>'


def layouts(base: Base) -> Iterator[Variant]:
    """Titles, totals, notes and other lines around and between the rows."""
    sales, text, whole = base.sales, table(base.sales), counted(base.sales)
    lines = text.splitlines()
    title = ("Sharma General Store", "GSTIN: 27ABCDE1234F1Z5", f"Sale Report{_COMMAS[:-2]}")
    period = "From 01/04/2024 To 31/03/2026"
    yield one("lay_titles", "\n".join([*title, period, "", text]), whole)
    yield one("lay_blank_title", "\n" * 25 + "Sale Report\n\n" + text, whole)
    total = plain(sum((Decimal(row["total_amount"]) for row in sales), Decimal(0)))
    yield one("lay_total", f"{text}Total,,,,,{total},,,\n", whole)
    dated = f"{text}{sales[-1]['date']},Grand Total,,,,{total},,,\n"
    yield one("lay_total_dated", dated, whole)
    yield one("lay_month_totals", "\n".join(_with_month_totals(sales, lines)) + "\n", whole)
    footer = f"\nPrinted by the till on 01/04/2026\nThis is a computer generated report{_COMMAS}\n"
    yield one("lay_footer", text + footer, whole)
    last = line_of(len(sales) - 1)
    cut = counted(sales, {last: "truncated_line"})
    amount = f",{sales[-1]['total_amount']},"
    before, _, _ = text.rpartition(amount)
    yield one("lay_cut_in_amount", before + amount[:3], cut)
    yield one("lay_cut_after_amount", before + amount + sales[-1]["category"][:3], cut)
    yield one("lay_no_final_newline", text.rstrip("\n"), whole)
    again = [*lines[:100], lines[0], *lines[100:200], lines[0], *lines[200:]]
    yield one("lay_headings_again", "\n".join(again) + "\n", whole)
    yield one("lay_blank_tail", text + f"{_COMMAS}\n" * 5_000, whole)
    yield one("lay_blank_between", text.replace("\n", "\n\n"), whole)
    order = ("customer_id", *(name for name in COLUMNS if name != "customer_id"))
    stray = f"{_COMMAS}\nSKU{_COMMAS}\n" + "".join(f"JNE{n}{_COMMAS}\n" for n in range(20))
    second = text + stray + table(sales[:40], order[:-1])
    yield one("lay_second_table", second, but(whole, issues={"second_table"}))
    merged = [
        {**row, "date": "" if place and sales[place - 1]["date"] == row["date"] else row["date"]}
        for place, row in enumerate(sales)
    ]
    undated = {line_of(n): "missing_date" for n, row in enumerate(merged) if not row["date"]}
    yield one("lay_merged_dates", table(merged), counted(sales, undated))


def columns(base: Base) -> Iterator[Variant]:
    """Columns that are named otherwise, missing, doubled or more than are needed."""
    sales, whole = base.sales, counted(base.sales)
    names = list(_OTHER_NAMES)
    headings = list(_OTHER_NAMES.values())
    yield one("col_synonyms", table(sales, names, headings=headings), whole)
    cased = [f" {name.upper().replace('_', '  ')} " for name in COLUMNS]
    yield one("col_case_space", table(sales, headings=cased), whole)
    broken = [name.replace(" ", "\n") for name in headings]
    yield one("col_newline", table(sales, names, headings=broken), whole)
    yield one("col_hindi", table(sales, tuple(_HINDI), headings=tuple(_HINDI.values())), whole)
    more = dict.fromkeys(("HSN/SAC", "CGST", "", "Payment Type", "Note", "Unnamed: 16"), "x")
    rows = [{**row, **more} for row in sales]
    yield one("col_extra", table(rows, (*COLUMNS, *more)), whole)
    rows = [{**row, "StockDate": "2019-09-21"} for row in sales]
    two = ("StockDate", "OrderDate", *COLUMNS[1:])
    yield one("col_two_dates", table(rows, ("StockDate", *COLUMNS), headings=two), whole)
    rows = [_with_gross(row) for row in sales]
    figures = ("date", "product_name", "quantity", "gross", "discount", "tax", "total_amount")
    headed = ("Date", "Item Name", "Qty", "Gross Amount", "Discount", "Tax", "Net Amount")
    yield one("col_gross_and_net", table(rows, figures, headings=headed), whole)
    rows = [{**row, "again": "0"} for row in sales]
    doubled = table(rows, (*COLUMNS, "again"), headings=(*COLUMNS, "total_amount"))
    yield one("col_doubled", doubled, refused("duplicate_column"))
    for name, lost in (
        ("col_no_date", ("date",)),
        ("col_no_product", ("product_name", "product_id")),
    ):
        yield one(name, table(sales, _without(*lost)), refused("missing_column"))
    yield one("col_no_amount", table(sales, _without("total_amount")), whole)
    yield one("col_no_quantity", table(sales, _without("quantity")), whole)
    required = ("date", "product_name", "quantity", "total_amount")
    yield one("col_required", table(sales, required), whole)
    yield one("col_header_only", table([]), refused("no_rows"))
    headless = table(sales).partition("\n")[2]
    yield one("col_no_header", headless, refused("unknown_layout"))
    single = "\n".join(row["product_name"] for row in sales)
    yield one("col_single", f"product_name\n{single}\n", refused("unknown_layout"))
    lines = table(sales).splitlines()
    for place in (24, 131, 132):
        lines[place] = ",".join(lines[place].split(",")[:5])
    for place in (40, 130, 200):
        lines[place] += ",extra,extra2"
    for place in (60, 164, 270):
        cells = lines[place].split(",")
        lines[place] = ",".join([cells[0], "Rice", " Basmati", " 5kg", *cells[3:]])
    # what a row lost may stand anywhere in it, and a code of words belongs to no product
    places = (24, 40, 60, 130, 131, 132, 164, 200, 270)
    ragged = {place + 1: "wrong_cell_count" for place in places}
    yield one("col_ragged", "\n".join(lines) + "\n", counted(sales, ragged))


def workbooks(base: Base) -> Iterator[Variant]:
    """Excel files: typed cells, titles, several sheets, and what attackers put into them."""
    sales, whole = base.sales, counted(base.sales)
    head: Sequence[object] = COLUMNS
    numeric = ("quantity", "unit_price", "total_amount")
    typed = [
        [float(row[name]) if name in numeric else row[name] for name in COLUMNS] for row in sales
    ]
    texts = [[row[name] for name in COLUMNS] for row in sales]
    good = _workbook({"Sales": [head, *typed]})
    dated = _edited(good, lambda xml: re.sub(_CELL.format("A"), _as_day, xml))
    yield _book("xls_plain", dated, whole)
    yield _book("xls_text_cells", _workbook({"Sales": [head, *texts]}), whole)
    title: list[Sequence[object]] = [["Sharma General Store"], [], ["Sales"], []]
    total = ["Total", "", "", "", "", 1.0]
    yield _book("xls_titled", _workbook({"Sales": [*title, head, *typed, total]}), whole)
    several: Mapping[str, Sequence[Sequence[object]]] = {
        "Cover": [["Report"]],
        "Data": [head, *typed],
        "Pivot": [["Sum", 5], ["Row", 3]],
    }
    yield _book("xls_second_sheet", _workbook(several), whole)
    formulas = _edited(good, lambda xml: re.sub(_CELL.format("F"), _as_formula, xml))
    # the amounts follow from quantity and price
    yield _book("xls_formulas", formulas, whole)
    yield _book("xls_cut", good[: len(good) // 2], refused("corrupt_file"))
    yield one("xls_csv_inside", table(sales), whole, "book.xlsx")
    yield one("xls_as_csv", good, whole)
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    locked += "EncryptedPackage".encode("utf-16-le") + bytes(480)
    yield _book("xls_locked", locked, refused("encrypted"))
    padded = _edited(good, lambda xml: xml.replace("</sheetData>", " " * 160_000_000))
    yield _book("xls_bomb", padded, refused("too_large"))
    strings = _with_member(good, "xl/sharedStrings.xml", b"<sst>" + b"x" * 160_000_000)
    yield _book("xls_bomb_strings", strings, refused("too_large"))
    entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield _book("xls_entity", _edited(good, lambda xml: entity + xml), refused("corrupt_file"))


def inventories(base: Base) -> Iterator[Variant]:
    """Lists of stock."""
    stock, whole = base.stock, stocked(base.stock)

    def listed(rows: Sequence[Row]) -> str:
        return table(rows, STOCK_COLUMNS)

    yield one("inv_clean", listed(stock), whole)
    rows = [
        {**row, "current_stock": f"{row['current_stock']} Pcs", "unit_cost": f"₹{row['unit_cost']}"}
        for row in stock
    ]
    yield one("inv_units", listed(rows), whole)
    rows = [dict(row) for row in stock]
    for row in rows[4:7]:
        row["current_stock"] = f"-{row['current_stock']}"
    yield one("inv_negative", listed(rows), stocked(rows))
    rows = [dict(row) for row in stock]
    for row, cost in zip(rows[1:], ("", "0", "N/A", "#REF!"), strict=False):
        row["unit_cost"] = cost
    yield one("inv_missing_cost", listed(rows), whole)
    twice = {line_of(len(stock)): "repeated_product", line_of(len(stock) + 1): "repeated_product"}
    doubled = [*stock, *stock[:2]]
    yield one("inv_doubled", listed(doubled), stocked(doubled, twice))
    yield one("inv_synonyms", table(stock, STOCK_COLUMNS, headings=_STOCK_NAMES), whole)
    blank = "," * (len(STOCK_COLUMNS) - 1)
    broken = f",#REF!,12{blank[2:]}\n" * 15
    first = line_of(len(stock))
    lost = dict.fromkeys(range(first, first + 15), "missing_product")
    yield one(
        "inv_broken_codes", listed(stock) + broken + f"{blank}\n" * 36, but(whole, rejected=lost)
    )
    new = [{**row, "product_name": f"New {row['product_name']}"} for row in stock[:5]]
    for number, row in enumerate(new, start=901):
        row["product_id"] = str(number)
    yield one("inv_never_sold", listed([*stock, *new]), stocked([*stock, *new]))


def _without(*names: str) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name not in names)


def _with_month_totals(sales: Sequence[Row], lines: Sequence[str]) -> Iterator[str]:
    """The lines with a subtotal after each month."""
    yield lines[0]
    total = Decimal(0)
    for place, row in enumerate(sales):
        yield lines[place + 1]
        total += Decimal(row["total_amount"])
        month = row["date"][:7]
        is_last = place + 1 == len(sales) or sales[place + 1]["date"][:7] != month
        if is_last:
            yield f",Sub Total {month},,,,{plain(total)},,,"
            total = Decimal(0)


def _with_gross(row: Row) -> Row:
    net = Decimal(row["total_amount"])
    return {**row, "gross": plain(net * 2), "discount": plain(net), "tax": "0"}


def _workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        write_xlsx(path, sheets)
        return path.read_bytes()


def _edited(book: bytes, edit: Callable[[str], str]) -> bytes:
    """A workbook with the XML of its first sheet changed."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheet = archive.read(_SHEET).decode()
    return _with_member(book, _SHEET, edit(sheet).encode())


def _with_member(book: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one of its files put in, or put in anew."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member, old.read(member))
        new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _as_day(cell: re.Match[str]) -> str:
    """A cell of text as a cell with a date."""
    day = re.search(r"\d{4}-\d\d-\d\d", cell[0])
    return f'<c r="A{cell[1]}" t="d"><v>{day[0]}</v></c>' if day else cell[0]


def _as_formula(cell: re.Match[str]) -> str:
    """A cell with a formula that nobody has worked out yet."""
    row = cell[1]
    return cell[0] if row == "1" else f'<c r="F{row}"><f>D{row}*E{row}</f></c>'


def _book(name: str, content: bytes, outcome: Outcome) -> Variant:
    return one(name, content, outcome, f"{name}.xlsx")
