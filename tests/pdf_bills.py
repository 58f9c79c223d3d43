"""Bills as PDF for tests: written with reportlab, in layouts of our own, and hostile files."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

SELLER = ("Malabar Spice House", "32AAACM1234K1ZP")
BUYER = ("Green Leaf Stores", "32AABCG5678L1Z3")
_WIDTH, _HEIGHT = A4
_LEFT, _SIZE, _LEAD = 36.0, 8.0, 10.0


@dataclass(frozen=True)
class Item:
    """A line of a bill; `price` is before tax, `discount` a percentage."""

    name: str
    quantity: str
    price: str
    rate: str = "18"
    discount: str = "0"
    unit: str = "Nos"
    hsn: str = "09042110"

    @property
    def before_discount(self) -> Decimal:
        return money(Decimal(self.quantity) * Decimal(self.price))

    @property
    def net(self) -> Decimal:
        return self.before_discount - money(self.before_discount * Decimal(self.discount) / 100)

    @property
    def tax(self) -> Decimal:
        return money(self.net * Decimal(self.rate) / 100)


@dataclass(frozen=True)
class Bill:
    """What a bill says. `extra` are labelled figures between the tax and the total."""

    items: Sequence[Item]
    number: str = "MSH/042"
    date: str = "14/08/2025"
    title: str = "TAX INVOICE"
    seller: tuple[str, str] = SELLER
    buyer: tuple[str, str] = BUYER
    discount: Decimal = Decimal(0)
    extra: Sequence[tuple[str, Decimal]] = ()
    total: Decimal | None = None
    copy: str = ""
    notes: Sequence[str] = field(default=())
    of_invoice: str = ""
    is_centred: bool = False
    repeats_headings: bool = True

    @property
    def net(self) -> Decimal:
        return sum((item.net for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((item.tax for item in self.items), Decimal(0))


def money(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def grouped(value: Decimal) -> str:
    """Indian digit grouping: 12,34,567.00."""
    whole, _, part = f"{abs(money(value)):.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
    return ("-" if value < 0 else "") + ",".join([*groups, tail]) + "." + part


Draw = Callable[[Canvas, Bill], None]


def write_pdf(path: Path, draw: Draw, *bills: Bill, password: str | None = None) -> Path:
    """Write bills one after the other; an empty password protects against changes only."""
    encrypt = None
    if password is not None:
        encrypt = pdfencrypt.StandardEncryption(password, ownerPassword="o", canCopy=0)
    canvas = Canvas(str(path), pagesize=A4, invariant=1, encrypt=encrypt)
    for bill in bills:
        draw(canvas, bill)
    canvas.save()
    return path


class _Table:
    """Rows of cells in columns; a new page when the page is full."""

    def __init__(
        self,
        canvas: Canvas,
        bill: Bill,
        widths: Sequence[float],
        header: Sequence[str],
        align: str,
        *,
        uprights: bool,
        levels: bool,
    ) -> None:
        self.canvas, self.bill, self.header, self.align = canvas, bill, header, align
        self.uprights, self.levels = uprights, levels
        self.edges = [_LEFT]
        for width in widths:
            self.edges.append(self.edges[-1] + width)
        self.page()
        self.row(self.header, level=True)

    def page(self) -> None:
        self.y = _head(self.canvas, self.bill)
        self.canvas.setFont("Helvetica", _SIZE)
        self.level()

    def row(self, cells: Sequence[str], *, level: bool | None = None) -> None:
        widths = [right - left - 6 for left, right in pairwise(self.edges)]
        stacked = [
            [
                part
                for text in cell.split("\n")
                for part in simpleSplit(text, "Helvetica", _SIZE, width) or [""]
            ]
            for cell, width in zip(cells, widths, strict=True)
        ]
        height = max(map(len, stacked)) * _LEAD + 6
        if self.y - height < 130:
            self.canvas.showPage()
            self.page()
            if self.bill.repeats_headings:
                self.row(self.header, level=True)
        most = max(map(len, stacked))
        for place, lines in enumerate(stacked):
            down = (most - len(lines)) * _LEAD / 2 if self.bill.is_centred else 0.0
            for number, text in enumerate(lines):
                self.put(place, self.y - 3 - down - _LEAD * (number + 1) + 2, text)
        top = self.y
        self.y -= height
        if self.uprights:
            for x in self.edges:
                self.canvas.line(x, top, x, self.y)
        if self.levels if level is None else level:
            self.level()

    def put(self, place: int, y: float, text: str) -> None:
        if self.align[place] == "r":
            self.canvas.drawRightString(self.edges[place + 1] - 3, y, text)
        else:
            self.canvas.drawString(self.edges[place] + 3, y, text)

    def level(self) -> None:
        if self.uprights or self.levels:
            self.canvas.line(self.edges[0], self.y, self.edges[-1], self.y)


def _head(canvas: Canvas, bill: Bill) -> float:
    y = _HEIGHT - 40
    canvas.setFont("Helvetica-Bold", 13)
    canvas.drawCentredString(_WIDTH / 2, y, bill.title)
    canvas.setFont("Helvetica", 7)
    canvas.drawRightString(_WIDTH - _LEFT, y, bill.copy)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(_LEFT, y - 20, bill.seller[0])
    canvas.setFont("Helvetica", _SIZE)
    canvas.drawString(_LEFT, y - 32, "12, Beach Road, Kozhikode 673001")
    canvas.drawString(_LEFT, y - 44, f"GSTIN: {bill.seller[1]}" if bill.seller[1] else "")
    canvas.drawString(_LEFT, y - 64, "Bill To:")
    canvas.drawString(_LEFT, y - 76, bill.buyer[0])
    canvas.drawString(_LEFT, y - 88, f"GSTIN: {bill.buyer[1]}" if bill.buyer[1] else "")
    if bill.of_invoice:
        canvas.drawString(360, y - 52, f"Invoice No: {bill.of_invoice} Invoice Date: 01/02/2025")
    label = "Credit Note No" if bill.of_invoice else "Invoice No"
    canvas.drawString(360, y - 64, f"{label}: {bill.number}" if bill.number else "")
    canvas.drawString(360, y - 76, f"Date: {bill.date}" if bill.date else "")
    canvas.drawString(360, y - 88, "Due Date: 30/09/2025")
    canvas.drawString(360, y - 100, "Account No: 002300456789")
    return y - 110


def _labels(canvas: Canvas, y: float, rows: Iterable[tuple[str, Decimal]]) -> float:
    for label, value in rows:
        y -= 12
        canvas.drawString(350, y, label)
        canvas.drawRightString(_WIDTH - _LEFT, y, grouped(value))
    return y


def _notes(canvas: Canvas, y: float, bill: Bill) -> None:
    for text in bill.notes:
        y -= 14
        canvas.drawString(_LEFT, y, text)
    canvas.showPage()


def grid(canvas: Canvas, bill: Bill) -> None:
    """All cells ruled; the amount contains tax, as does the sub total."""
    has_discount = any(Decimal(item.discount) for item in bill.items)
    header = ["#", "Item name", "HSN/ SAC", "Quantity", "Unit", "Price/\nUnit"]
    widths = [20.0, 92 if has_discount else 130, 48, 46, 28, 56]
    if has_discount:
        header, widths = [*header, "Discount"], [*widths, 74]
    widths += [80, _WIDTH - 2 * _LEFT - sum(widths) - 80]
    canvas.setFont("Helvetica", _SIZE)
    table = _Table(
        canvas,
        bill,
        widths,
        [*header, "GST", "Amount"],
        "lllrlr" + "r" * (2 + has_discount),
        uprights=True,
        levels=True,
    )
    for place, item in enumerate(bill.items, start=1):
        off = item.before_discount - item.net
        table.row(
            [
                str(place),
                item.name,
                item.hsn,
                item.quantity,
                item.unit,
                f"Rs. {grouped(Decimal(item.price))}",
                *([f"Rs. {off} ({item.discount}%)"] if has_discount else []),
                f"Rs. {grouped(item.tax)} ({item.rate}%)",
                f"Rs. {grouped(item.net + item.tax)}",
            ]
        )
    gross = bill.net + bill.tax
    total = ["", "Total", "", "", "", "", *([""] if has_discount else [])]
    table.row([*total, grouped(bill.tax), grouped(gross)])
    charged = gross - bill.discount + sum((value for _, value in bill.extra), Decimal(0))
    discount = [("Discount", bill.discount)] if bill.discount else []
    rows = [
        ("Sub Total", gross),
        *discount,
        *bill.extra,
        ("Total", charged if bill.total is None else bill.total),
        ("Balance", charged),
    ]
    _notes(canvas, _labels(canvas, table.y, rows), bill)


def columns(canvas: Canvas, bill: Bill) -> None:
    """Columns ruled but rows not; amounts before tax, the taxes as rows of the table."""
    widths = [24.0, 220, 56, 62, 54, 30, _WIDTH - 2 * _LEFT - 446]
    header = ["Sl\nNo.", "Description of Goods", "HSN/SAC", "Quantity", "Rate", "per", "Amount"]
    canvas.setFont("Helvetica", _SIZE)
    table = _Table(canvas, bill, widths, header, "lllrrlr", uprights=True, levels=False)
    for place, item in enumerate(bill.items, start=1):
        table.row(
            [
                str(place),
                item.name,
                item.hsn,
                f"{item.quantity} {item.unit}",
                grouped(Decimal(item.price)),
                item.unit,
                grouped(item.net),
            ]
        )
    tax = bill.tax
    if bill.discount:
        table.row(["", "Less : Discount", "", "", "", "", f"(-){grouped(bill.discount)}"])
        tax = money(tax * (1 - bill.discount / bill.net))
    half = money(tax / 2)
    taxes = [("CGST", half), ("SGST", tax - half)] if tax else [("CGST", half), ("SGST", half)]
    for label, value in [*taxes, *bill.extra]:
        table.row(["", label, "", "", "", "", grouped(value)])
    total = bill.net - bill.discount + tax + sum((v for _, v in bill.extra), Decimal(0))
    table.level()
    printed = total if bill.total is None else bill.total
    table.row(["", "Total", "", "", "", "", f"Rs. {grouped(printed)}"])
    _notes(canvas, table.y, bill)


def bare(canvas: Canvas, bill: Bill) -> None:
    """No rules at all; amounts before tax, IGST in columns of its own."""
    widths = [20.0, 200, 56, 50, 60, 34, 54, _WIDTH - 2 * _LEFT - 474]
    header = [
        "#",
        "Item & Description",
        "HSN\n/SAC",
        "Qty",
        "Rate",
        "IGST\n%",
        "IGST\nAmt",
        "Amount",
    ]
    canvas.setFont("Helvetica", _SIZE)
    table = _Table(canvas, bill, widths, header, "lllrrrrr", uprights=False, levels=False)
    for place, item in enumerate(bill.items, start=1):
        table.row(
            [
                str(place),
                item.name,
                item.hsn,
                f"{Decimal(item.quantity):.2f}\n{item.unit}",
                grouped(Decimal(item.price)),
                item.rate,
                grouped(item.tax),
                grouped(item.net),
            ]
        )
    total = bill.net + bill.tax + sum((value for _, value in bill.extra), Decimal(0))
    rows = [
        ("Sub Total", bill.net),
        ("IGST", bill.tax),
        *bill.extra,
        ("Total", total if bill.total is None else bill.total),
    ]
    _notes(canvas, _labels(canvas, table.y, rows), bill)


def till(canvas: Canvas, bill: Bill) -> None:
    """A till receipt: the name above its figures, prices with tax, a summary of taxes below."""
    canvas.setFont("Courier", _SIZE)
    lines = [
        f"{bill.seller[0]:^42}",
        f"{'GSTIN: ' + bill.seller[1]:^42}",
        f"{bill.title:^42}",
        f"Bill No: {bill.number}",
        f"Date: {bill.date} 18:42",
        "-" * 42,
        f"{'Item':<14}{'Qty':>8}{'Rate':>9}{'Amount':>11}",
        "-" * 42,
    ]
    nets: dict[str, list[Decimal]] = {}
    total = Decimal(0)
    for item in bill.items:
        price = money(Decimal(item.price) * (1 + Decimal(item.rate) / 100))
        amount = money(price * Decimal(item.quantity))
        net = money(amount / (1 + Decimal(item.rate) / 100))
        sums = nets.setdefault(item.rate, [Decimal(0), Decimal(0)])
        nets[item.rate] = [sums[0] + net, sums[1] + amount - net]
        total += amount
        lines += [item.name, f"{'HSN ' + item.hsn:<14}{item.quantity:>8}{price:>9}{amount:>11}"]
    lines += [
        "-" * 42,
        f"{'NET TOTAL':>31}{total:>11}",
        "-" * 42,
        f"{'GST%':<8}{'Taxable':>12}{'CGST':>10}{'SGST':>10}",
    ]
    for rate, (net, tax) in nets.items():
        half = money(tax / 2)
        lines.append(f"{rate:<8}{net:>12}{half:>10}{tax - half:>10}")
    for place, text in enumerate(lines):
        canvas.drawString(20, _HEIGHT - 40 - 11 * place, text)
    canvas.showPage()


def picture(canvas: Canvas, _: Bill) -> None:
    """A page without text, as a scan is."""
    canvas.rect(50, 50, 200, 300, fill=1)
    canvas.showPage()


def _pdf(objects: Iterable[bytes]) -> bytes:
    """A PDF of objects numbered from 1; the first is the catalog."""
    content = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        + table
        + b"trailer <</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(places) + 1, len(content))
    )


def _stream(content: bytes, filters: bytes = b"/FlateDecode", extra: bytes = b"") -> bytes:
    return b"<</Length %d/Filter %s%s>>\nstream\n%s\nendstream" % (
        len(content),
        filters,
        extra,
        content,
    )


def _one_page(content: bytes, box: bytes = b"[0 0 595 842]", more: Sequence[bytes] = ()) -> bytes:
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox " + box + b"/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page,
            content,
            font,
            *more,
        ]
    )


def _deflated(size: int, piece: bytes = b"0 0 m ") -> bytes:
    machine = zlib.compressobj(9)
    block = piece * (1_000_000 // len(piece))
    parts = [machine.compress(block) for _ in range(size // len(block))]
    return b"".join([*parts, machine.flush()])


def hostile_files() -> dict[str, bytes]:
    """Files that keep a careless reader busy or full, by what they are."""
    bomb = _deflated(500_000_000, b" " * 1000)
    nested = zlib.compress(zlib.compress(_deflated(1_000_000_000, b" " * 1000), 9), 9)
    text = b"BT /F 8 Tf 1 0 0 1 50 50 Tm " + b"(a) Tj " * 1_200_000 + b"ET"
    rules = b"".join(b"%d 10 m %d 90 l S " % (n % 500, n % 500) for n in range(100_000))
    kids = b" ".join(b"%d 0 R" % n for n in range(4, 10_004))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    form = _stream(
        zlib.compress(b"/X Do"),
        extra=b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>",
    )
    bill_text = zlib.compress(b"BT /F 9 Tf 50 700 Td (Tax Invoice No: 12 Date: 01/02/2025) Tj ET")
    good = _one_page(_stream(bill_text))
    return {
        "flate_bomb": _one_page(_stream(bomb)),
        "nested_flate_bomb": _one_page(_stream(nested, b"[/FlateDecode/FlateDecode/FlateDecode]")),
        "text_flood": _one_page(_stream(zlib.compress(text, 9))),
        "many_rules": _one_page(_stream(zlib.compress(rules, 9))),
        "many_pages": _pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[%s]/Count 10000>>" % kids,
                b"null",
                *[page] * 10_000,
            ]
        ),
        "page_tree_loop": _pdf(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
            ]
        ),
        "form_loop": _one_page(_stream(zlib.compress(b"/X Do")), more=[form]),
        "deep_arrays": _one_page(_stream(zlib.compress(b"[" * 100_000 + b"]" * 100_000 + b"TJ"))),
        "absurd_box": _one_page(_stream(bill_text), b"[0 0 1e30 -1e30]"),
        "garbage_box": _one_page(_stream(bill_text), b"[/a (b) null]"),
        "truncated": good[: len(good) // 2],
        "magic_only": b"%PDF-1.7\n",
        "garbage": b"%PDF-1.4\n" + bytes(range(256)) * 400,
    }
