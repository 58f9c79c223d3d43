"""Write the sample shop: 30 months of an invented kirana store, and the truth about it.

    python examples/make_sample_shop.py [OUT] [--seed N]

OUT (default `examples/sample-shop`) receives the files as an owner would have them: monthly sales
exports of a billing app that changed its layout over the years, a workbook for the newest months,
two stock lists, a product list, a copy made by accident and a file of notes. What was planted in
them (facts, faulty lines, exact totals) goes to `OUT.truth.json` beside the folder, so that it is
never taken for a file of the shop. Same seed, same bytes on every machine: no clock, no locale, no
compression library. `shop_story.py` says what happened; this module says how it was written down.
"""

import argparse
import csv
import io
import json
import random
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from shop_story import (
    AS_OF,
    CATEGORIES,
    FACTS,
    Line,
    Product,
    price_and_cost,
    read_products,
    sell,
    stock_on,
    units_between,
)

SEED = 2026
SHOP = "Shree Ganesh General Store"
STOCK_DAYS = (date(2026, 3, 31), AS_OF)  # the year's stock-taking and today
COST_SINCE = "2025-09"  # the billing app exports costs since its update
WORKBOOK, WORKBOOK_MONTHS = "sales_sep-oct_2026.xlsx", ("2026-09", "2026-10")
ORIGINAL, COPY = "sales_2025-03.csv", "sales_2025-03_copy.csv"
NOTES = """Remember
call Ramesh about the freezer
milkman paid till the 15th
electricity meter reading 48213, ask why so high
new keys are with Sunita
"""

PLAIN = {
    "Bill No": "bill",
    "Bill Date": "date",
    "Item Code": "code",
    "Item Name": "name",
    "Category": "category",
    "Qty": "quantity",
    "Rate": "rate",
    "Amount": "amount",
}
REGISTER = {
    "Invoice No": "bill",
    "Date": "date",
    "Product Code": "code",
    "Product Name": "name",
    "Quantity": "quantity",
    "Price": "rate",
    "Net Amount": "amount",
}
NAMES_ONLY = {
    "DATE": "date",
    "BILL NO.": "bill",
    "ITEM NAME": "name",
    "QTY": "quantity",
    "AMOUNT": "amount",
}
REORDERED = {header: PLAIN[header] for header in sorted(PLAIN, reverse=True)}
COSTED = {**PLAIN, "Cost Price": "cost"}
NUMBERED = {"Bill No": "bill", "Line No": "line", **COSTED}


@dataclass(frozen=True)
class Layout:
    """How the billing app wrote one file: `columns` maps its headers to our fields."""

    columns: dict[str, str]
    dates: str = "dd/mm/yyyy"
    delimiter: str = ","
    encoding: str = "utf-8"
    newline: str = "\n"
    has_title: bool = False
    has_total: bool = False
    has_blank_rows: bool = False
    has_rupee_signs: bool = False
    has_capital_names: bool = False


SIMPLE = Layout({})
LAYOUTS = {
    "2024-05": Layout(REGISTER, "dd-mm-yyyy", has_title=True, has_total=True),
    "2024-06": Layout(REGISTER, "dd-mm-yyyy", has_title=True, has_total=True, has_rupee_signs=True),
    "2024-07": Layout(REGISTER, has_title=True, has_total=True, has_blank_rows=True),
    "2024-08": Layout(PLAIN, delimiter=";"),
    "2024-09": Layout(NAMES_ONLY, has_capital_names=True),
    "2024-10": Layout(PLAIN, "dd-mon-yyyy"),
    "2024-11": Layout(PLAIN, encoding="cp1252", newline="\r\n"),
    "2024-12": Layout(PLAIN, encoding="utf-8-sig", newline="\r\n", has_rupee_signs=True),
    "2025-06": Layout(REORDERED),
    "2025-10": Layout(COSTED, has_total=True),
    "2025-12": Layout(COSTED, encoding="utf-8-sig", has_blank_rows=True),
    "2026-01": Layout(COSTED, "yyyy-mm-dd"),
    "2026-05": Layout(NUMBERED),
    "2026-06": Layout(NUMBERED),
}
WORKBOOK_LAYOUT = Layout(COSTED, "serial", has_title=True, has_total=True)


@dataclass(frozen=True)
class Fault:
    """A line made unusable by overwriting cells; without cells it is written a second time."""

    file: str
    reason: str
    cells: dict[str, str]


FAULTS = (
    Fault("sales_2025-04.csv", "unreadable_date", {"date": "31/04/2025"}),
    Fault("sales_2025-07.csv", "missing_quantity", {"quantity": "", "amount": ""}),
    Fault("sales_2025-09.csv", "unreadable_amount", {"rate": "", "amount": "udhaar"}),
    Fault("sales_2025-11.csv", "missing_product", {"code": "", "name": ""}),
    Fault("sales_2026-02.csv", "unreadable_date", {"date": "31/02/2026"}),
    Fault("sales_2026-06.csv", "duplicate_line", {}),
    Fault(WORKBOOK, "unreadable_date", {"date": "31/09/2026"}),
)


@dataclass(frozen=True)
class Written:
    """One file's rows as text, and what a careful reader must find in them."""

    rows: list[list[str]]
    truth: dict[str, object]
    faults: list[dict[str, object]] = field(default_factory=list)
    accepted: list[Line] = field(default_factory=list)


def date_text(day: date, style: str) -> str:
    """A date as the layout writes it; month names do not follow the machine's language."""
    if style == "serial":
        return str((day - date(1899, 12, 30)).days)
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * day.month - 3 : 3 * day.month]
    text = style.replace("dd", f"{day.day:02d}").replace("yyyy", str(day.year))
    return text.replace("mm", f"{day.month:02d}").replace("mon", month)


def rupees(paise: int, is_grouped: bool = False) -> str:
    """`123456.00`, or `₹1,23,456.00` with the sign and Indian grouping."""
    digits, part = divmod(abs(paise), 100)
    minus, text = "-" if paise < 0 else "", str(digits)
    if not is_grouped:
        return f"{minus}{text}.{part:02d}"
    groups, rest = [text[-3:]], text[:-3]
    while rest:
        groups, rest = [rest[-2:], *groups], rest[:-2]
    return f"{minus}₹{','.join(groups)}.{part:02d}"


def quantity_text(thousandths: int) -> str:
    """A quantity without needless zeros."""
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")


def line_cells(line: Line, layout: Layout) -> dict[str, str]:
    """A line's cells by field."""
    name = line.product.name
    return {
        "bill": line.bill,
        "line": str(line.number),
        "date": date_text(line.day, layout.dates),
        "code": line.product.code,
        "name": name.upper() if layout.has_capital_names else name,
        "category": line.product.category,
        "quantity": quantity_text(line.quantity),
        "rate": rupees(line.rate, layout.has_rupee_signs),
        "amount": rupees(line.amount, layout.has_rupee_signs),
        "cost": "" if line.cost is None else rupees(line.cost),
    }


def fault_position(lines: Sequence[Line]) -> int:
    """The first sale past the middle of the file that carries no planted fact."""
    subjects = tuple(fact.subject for fact in FACTS)
    return next(
        position
        for position in range(len(lines) // 2, len(lines))
        if lines[position].quantity > 0 and not lines[position].product.code.startswith(subjects)
    )


def write_sales(name: str, lines: Sequence[Line], layout: Layout) -> Written:
    """Lay out one sales file, plant its fault and count what must come out."""
    fields = list(layout.columns.values())
    period = f"{lines[0].day:%m.%Y} to {lines[-1].day:%m.%Y}"
    rows = [[f"{SHOP} - Sales Register {period}"], []] if layout.has_title else []
    rows.append(list(layout.columns))
    header_row, blank_rows = len(rows), 0
    faults: list[dict[str, object]] = []
    accepted: list[Line] = []
    planned = {fault_position(lines): fault for fault in FAULTS if fault.file == name}
    week = lines[0].day.isocalendar().week
    for position, line in enumerate(lines):
        if layout.has_blank_rows and line.day.isocalendar().week != week:
            week = line.day.isocalendar().week
            rows.append([""] * len(fields))
            blank_rows += 1
        cells = line_cells(line, layout)
        fault = planned.get(position)
        if fault is None or not fault.cells:
            accepted.append(line)
            rows.append([cells[column] for column in fields])
        if fault is not None:
            rows.append([(cells | fault.cells)[column] for column in fields])
            faults.append({"file": name, "row_number": len(rows), "reason": fault.reason})
    printed = sum(line.amount for line in lines)
    if layout.has_total:
        total = {fields[0]: "Total", "amount": rupees(printed, layout.has_rupee_signs)}
        rows.append([total.get(column, "") for column in fields])
    truth: dict[str, object] = {
        "file": name,
        "kind": "sales",
        "status": "accepted",
        "header_row": header_row,
        "lines_accepted": len(accepted),
        "lines_rejected": len(faults),
        "blank_rows": blank_rows,
        "total_rows": int(layout.has_total),
        "printed_total": rupees(printed) if layout.has_total else None,
        "has_line_cost": "cost" in fields,
        **money_truth(accepted),
    }
    return Written(rows, truth, faults, accepted)


def write_stock(name: str, day: date, stock: dict[Product, int]) -> Written:
    """A stock list with the purchase prices of its day."""
    header = ["Item Code", "Item Name", "Category", "Closing Stock", "Purchase Price", "As On Date"]
    rows, value = [header], Decimal(0)
    for product, quantity in stock.items():
        cost = price_and_cost(product, day)[1]
        value += Decimal(quantity * (cost or 0)) / 100_000
        stocked = [quantity_text(quantity), "" if cost is None else rupees(cost)]
        names = [product.code, product.name, product.category]
        rows.append([*names, *stocked, date_text(day, "dd/mm/yyyy")])
    truth = {"file": name, "kind": "inventory", "status": "accepted", "header_row": 1}
    return Written(rows, {**truth, "lines_accepted": len(stock), "stock_value": f"{value:.2f}"})


def write_product_list(name: str, products: Sequence[Product]) -> Written:
    """The product list with today's prices and costs."""
    rows = [["Item Code", "Item Name", "Category", "Sale Price", "Purchase Price"]]
    for product in products:
        price, cost = price_and_cost(product, AS_OF)
        prices = [rupees(price), "" if cost is None else rupees(cost)]
        rows.append([product.code, product.name, product.category, *prices])
    truth = {"file": name, "kind": "products", "status": "accepted", "header_row": 1}
    return Written(rows, {**truth, "lines_accepted": len(products)})


def delimited(rows: Sequence[Sequence[str]], layout: Layout) -> bytes:
    """The bytes of a delimited text file."""
    text = io.StringIO()
    csv.writer(text, delimiter=layout.delimiter, lineterminator=layout.newline).writerows(rows)
    return text.getvalue().encode(layout.encoding)


def workbook(rows: Sequence[Sequence[str]], fields: Sequence[str]) -> bytes:
    """The bytes of a minimal workbook: one sheet, shared strings, dates as dates, stored."""
    strings: dict[str, int] = {}
    sheet = []
    for number, row in enumerate(rows, start=1):
        sheet.append(f'<row r="{number}">')
        for position, text in enumerate(row):
            cell = f'<c r="{chr(ord("A") + position)}{number}"'
            is_figure = fields[position] in {"date", "quantity", "rate", "amount", "cost"}
            if is_figure and text.removeprefix("-").replace(".", "", 1).isdigit():
                style = ' s="1"' if fields[position] == "date" else ""
                sheet.append(f"{cell}{style}><v>{text.removesuffix('.00')}</v></c>")
            elif text:
                index = strings.setdefault(text, len(strings))
                sheet.append(f'{cell} t="s"><v>{index}</v></c>')
        sheet.append("</row>")
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = f'<Relationships xmlns="{package}/relationships">'
    link = '<Relationship Id="rId{}" Type="' + office + '/{}" Target="{}"/>'
    override = '<Override PartName="/xl/{}.xml" ContentType="' + kind + '.{}+xml"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + override.format("workbook", "sheet.main")
        + override.format("worksheets/sheet1", "worksheet")
        + override.format("sharedStrings", "sharedStrings")
        + override.format("styles", "styles")
        + "</Types>",
        "_rels/.rels": links
        + link.format(1, "officeDocument", "xl/workbook.xml")
        + "</Relationships>",
        "xl/_rels/workbook.xml.rels": links
        + link.format(1, "worksheet", "worksheets/sheet1.xml")
        + link.format(2, "sharedStrings", "sharedStrings.xml")
        + link.format(3, "styles", "styles.xml")
        + "</Relationships>",
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{office}"><sheets>'
        '<sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(sheet)}"
        "</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {main}>{shared}</sst>",
        "xl/styles.xml": f'<styleSheet {main}><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/>'
        '<xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, text in parts.items():
            entry = zipfile.ZipInfo(part, date_time=(2026, 10, 31, 21, 0, 0))
            entry.create_system = 0  # else the bytes tell which system wrote them
            archive.writestr(entry, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return target.getvalue()


def used_cost(line: Line) -> int | None:
    """The unit cost a reader can know: the file's own, else today's from product and stock list."""
    if f"{line.day:%Y-%m}" >= COST_SINCE:
        return line.cost
    return price_and_cost(line.product, AS_OF)[1]


def money_truth(lines: Iterable[Line]) -> dict[str, object]:
    """Exact quantity, revenue and cost of lines; only lines with a known cost make a profit."""
    kept = [(line, used_cost(line)) for line in lines]
    cost = sum((Decimal(x * line.quantity) for line, x in kept if x is not None), Decimal(0))
    return {
        "quantity": f"{Decimal(sum(line.quantity for line, _ in kept)) / 1000:.3f}",
        "revenue": rupees(sum(line.amount for line, _ in kept)),
        "revenue_with_cost": rupees(sum(line.amount for line, x in kept if x is not None)),
        "cost": f"{cost / 100_000:.4f}",
    }


def product_truth(product: Product, lines: Sequence[Line], stock: int) -> dict[str, object]:
    """Everything measurable about one product that a planted fact rests on."""
    sold = [line.day for line in lines if line.quantity > 0]
    newest = [line for line in lines if line.day > AS_OF - timedelta(days=90)]
    year = [line for line in lines if line.day > AS_OF - timedelta(days=365)]
    quarter = units_between(lines, date(2026, 8, 1), AS_OF)
    quarter_year_ago = units_between(lines, date(2025, 8, 1), date(2025, 10, 31))
    return {
        "product_id": product.code,
        "product_name": product.name,
        "category": product.category,
        "line_count": len(lines),
        **money_truth(lines),
        "current_stock": quantity_text(stock),
        "first_sale_date": sold[0].isoformat() if sold else None,
        "last_sale_date": sold[-1].isoformat() if sold else None,
        "units_aug_to_oct_2026": quantity_text(quarter),
        "units_aug_to_oct_2025": quantity_text(quarter_year_ago),
        "units_returned_90_days": quantity_text(-sum(min(line.quantity, 0) for line in newest)),
        "last_365_days": money_truth(year),
        "last_90_days": money_truth(newest),
    }


def planted_truth(products: Sequence[Product]) -> list[dict[str, object]]:
    """What was planted, by kind and entity, with the ids the tables use."""
    names = {product.code: product.name for product in products} | CATEGORIES
    return [
        {
            "kind": fact.kind,
            "entity_type": "category" if fact.subject in CATEGORIES else "product",
            "entity_id": CATEGORIES.get(fact.subject, fact.subject),
            "entity_name": names[fact.subject],
            "since": fact.change.start.isoformat() if fact.change else None,
            "peak_months": fact.peak_months,
        }
        for fact in FACTS
    ]


def write_shop(out: Path, seed: int) -> None:
    """Write the shop's files into `out` and its truth beside it."""
    rng = random.Random(seed)
    products = read_products()
    sales: dict[str, list[Line]] = {}
    for line in sell(products, rng):
        month = f"{line.day:%Y-%m}"
        name = WORKBOOK if month in WORKBOOK_MONTHS else f"sales_{month}.csv"
        sales.setdefault(name, []).append(line)
    files: dict[str, bytes] = {}
    results: list[Written] = []
    for name, lines in sales.items():
        month = f"{lines[0].day:%Y-%m}"
        default = Layout(COSTED if month >= COST_SINCE else PLAIN)
        layout = WORKBOOK_LAYOUT if name == WORKBOOK else LAYOUTS.get(month, default)
        written = write_sales(name, lines, layout)
        results.append(written)
        if name == WORKBOOK:
            files[name] = workbook(written.rows, list(layout.columns.values()))
        else:
            files[name] = delimited(written.rows, layout)

    accepted = [line for result in results for line in result.accepted]
    by_product: dict[Product, list[Line]] = {product: [] for product in products}
    for line in accepted:
        by_product[line.product].append(line)
    stock: dict[Product, int] = {}
    for day in STOCK_DAYS:
        stock = {
            product: stock_on(product, lines, day, usual_cover=rng.randint(14, 40))
            for product, lines in by_product.items()
            if not lines or lines[0].day <= day
        }
        results.append(write_stock(f"stock_{day.isoformat()}.csv", day, stock))
        files[f"stock_{day.isoformat()}.csv"] = delimited(results[-1].rows, SIMPLE)
    results.append(write_product_list("product_list.csv", products))
    files["product_list.csv"] = delimited(results[-1].rows, SIMPLE)
    files[COPY] = files[ORIGINAL]
    files["old_notes.csv"] = NOTES.encode()

    faults = [fault for result in results for fault in result.faults]
    truth = {
        "seed": seed,
        "as_of_date": AS_OF.isoformat(),
        "total": {
            "lines_accepted": len(accepted),
            "lines_rejected": len(faults),
            **money_truth(accepted),
        },
        "planted": planted_truth(products),
        "faults": faults,
        "files": [
            *(result.truth for result in results),
            {"file": COPY, "kind": "sales", "status": "duplicate"},
            {"file": "old_notes.csv", "kind": None, "status": "refused"},
        ],
        "products": [
            product_truth(product, lines, stock[product]) for product, lines in by_product.items()
        ],
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    text = json.dumps(truth, ensure_ascii=False, indent=1) + "\n"
    (out.parent / f"{out.name}.truth.json").write_bytes(text.encode())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Write the sample shop and the truth about it.")
    folder = Path(__file__).parent / "sample-shop"
    parser.add_argument("out", nargs="?", type=Path, default=folder, help="folder to write")
    parser.add_argument("--seed", type=int, default=SEED, help=f"another shop (default {SEED})")
    arguments = parser.parse_args()
    write_shop(arguments.out, arguments.seed)


if __name__ == "__main__":
    main()
