"""Bills drawn by hand, one layout each, in kinds that the generators do not know.

Each function draws one paper and says what it is worth: the lines with quantity and revenue without
tax, or nothing where a paper is no bill.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

DAY = datetime.date(2025, 9, 25)
SELLER = "Pinewood House"
GSTIN = "29AABCP1234K1Z5"
# x and text: what stands right of a place, or ends there where x is negative.
Cell = tuple[float, str]


@dataclass(frozen=True)
class Worth:
    """What a paper says: quantity and revenue of each line, the total, what was earned in all.

    `is_sign_turned`: a credit note, which takes back what it says. `currency`: of all its money.
    """

    lines: tuple[tuple[str, str], ...]
    total: str
    earned: str
    is_sign_turned: bool = False
    currency: str = "INR"

    @property
    def sum(self) -> Decimal:
        return Decimal(self.total)

    @property
    def figures(self) -> list[tuple[Decimal, Decimal]]:
        return sorted((Decimal(quantity), Decimal(net)) for quantity, net in self.lines)


class Paper:
    """Rows of texts at places, from top to bottom."""

    def __init__(self, path: Path, size: tuple[float, float] = A4, font: float = 8.0) -> None:
        self.canvas = Canvas(str(path), pagesize=size, invariant=1)
        self.size, self.font = size, font
        self.y = size[1] - 30

    def row(self, *cells: Cell, step: float = 1.35, font: float = 0.0, bold: bool = False) -> None:
        """Cells on one baseline."""
        size = font or self.font
        self.y -= size * step
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        for x, text in cells:
            if x < 0:
                self.canvas.drawRightString(-x, self.y, text)
            else:
                self.canvas.drawString(x, self.y, text)

    def title(self, text: str, font: float = 14) -> None:
        self.y -= font * 1.4
        self.canvas.setFont("Helvetica-Bold", font)
        self.canvas.drawCentredString(self.size[0] / 2, self.y, text)

    def gap(self, points: float = 8) -> None:
        self.y -= points

    def rule(self) -> None:
        self.y -= 3
        self.canvas.line(20, self.y, self.size[0] - 20, self.y)
        self.y -= 2

    def page(self) -> None:
        self.canvas.showPage()
        self.y = self.size[1] - 30

    def save(self) -> None:
        self.canvas.showPage()
        self.canvas.save()


def _head(paper: Paper, title: str, number: str = "PH/118", label: str = "Invoice No") -> None:
    paper.title(title)
    paper.row((40, SELLER), font=11, bold=True)
    paper.row((40, "14 Lake Road, Bengaluru 560001"), (360, f"{label}: {number}"))
    paper.row((40, f"GSTIN: {GSTIN}"), (360, f"Date: {DAY:%d/%m/%Y}"))
    paper.gap()
    paper.row((40, "Bill To:"))
    paper.row((40, "Verandah Stores"), bold=True)
    paper.gap()


def phone_receipt(path: Path) -> Worth:
    """A till of a phone on 80 mm of paper; prices contain the tax."""
    paper = Paper(path, (227, 420), 7.5)
    paper.title(SELLER, 11)
    paper.row((14, "14 Lake Road, Bengaluru"), (-213, "Ph 98450 12345"))
    paper.row((14, f"GSTIN {GSTIN}"))
    paper.title("TAX INVOICE", 9)
    paper.row((14, "Bill No: 1042"), (-213, f"{DAY:%d/%m/%Y} 18:22"))
    paper.row((14, f"Date: {DAY:%d/%m/%Y}"), (-213, "Cashier: Anu"))
    paper.rule()
    paper.row((14, "Item"), (-120, "Qty"), (-165, "Rate"), (-213, "Amount"))
    paper.rule()
    for name, quantity, price, amount in (
        ("Rava 1 kg", "2", "52.50", "105.00"),
        ("Groundnut oil 1 l", "1", "189.00", "189.00"),
        ("Jaggery blocks, dark", "3", "63.00", "189.00"),
    ):
        paper.row((14, name))
        paper.row((-120, quantity), (-165, price), (-213, amount))
    paper.rule()
    paper.row((14, "Items: 3"), (90, "Qty: 6"), (-213, "483.00"))
    paper.row((14, "TOTAL"), (-213, "Rs. 483.00"), font=10, bold=True)
    paper.row((14, "Cash"), (-213, "500.00"))
    paper.row((14, "Change"), (-213, "17.00"))
    paper.rule()
    paper.row((14, "GST%"), (-90, "Taxable"), (-150, "CGST"), (-213, "SGST"))
    paper.row((14, "5%"), (-90, "460.00"), (-150, "11.50"), (-213, "11.50"))
    paper.row((14, "You have saved Rs. 21.00 today"))
    paper.save()
    return Worth((("2", "100.00"), ("1", "180.00"), ("3", "180.00")), "483.00", "460.00")


def transport(path: Path, *, has_total_below: bool = True) -> Worth:
    """Consignments by weight, with two charges in columns of the line; no tax is added."""
    paper = Paper(path)
    _head(paper, "INVOICE", "T-77", "Bill No")
    paper.row((40, "GST payable by the recipient under reverse charge"))
    paper.rule()
    heads = ("LR No", "LR Date", "From", "To", "Pkgs", "Weight kg", "Rate/kg", "Freight", "Hamali")
    edges = (40.0, 82, 130, 180, -255, -305, -350, -410, -460)
    paper.row(*zip(edges, heads, strict=True), (-550, "Total"))
    paper.rule()
    for cells in (
        ("8812", "20/09/25", "Mysuru", "Hubli", "12", "1,250", "2.40", "3,000.00", "150.00"),
        ("8815", "22/09/25", "Mysuru", "Gadag", "8", "800", "2.50", "2,000.00", "96.00"),
    ):
        total = "3,150.00" if cells[0] == "8812" else "2,096.00"
        paper.row(*zip(edges, cells, strict=True), (-550, total))
    paper.rule()
    paper.row(
        (130, "Total"), (-255, "20"), (-410, "5,000.00"), (-460, "246.00"), (-550, "5,246.00")
    )
    paper.gap()
    if has_total_below:
        paper.row((380, "Grand Total Rs."), (-550, "5,246.00"), bold=True)
    paper.row((40, "Rupees five thousand two hundred and forty six only"))
    paper.save()
    return Worth((("1250", "3150.00"), ("800", "2096.00")), "5246.00", "5246.00")


def composite(path: Path) -> Worth:
    """Taxes as rows of the table, a summary by HSN, and a box of the bank beside the total."""
    paper = Paper(path)
    _head(paper, "Tax Invoice")
    paper.rule()
    paper.row(
        (40, "Sl"), (60, "Particulars"), (270, "HSN"), (-380, "Quantity"), (-440, "Rate"),
        (448, "per"), (-550, "Amount"),
    )  # fmt: skip
    paper.rule()
    paper.row(
        (40, "1"), (60, "Copper bottle 1 l"), (270, "7418"), (-380, "12 pcs"), (-440, "480.00"),
        (448, "pcs"), (-550, "5,760.00"), bold=True,
    )  # fmt: skip
    paper.row((66, "Batch: CB/25"))
    paper.row(
        (40, "2"), (60, "Cotton rug 4x6"), (270, "5702"), (-380, "5 pcs"), (-440, "1,150.00"),
        (448, "pcs"), (-550, "5,750.00"), bold=True,
    )  # fmt: skip
    paper.row((-550, "11,510.00"))
    paper.row((200, "CGST"), (-550, "489.35"))
    paper.row((200, "SGST"), (-550, "489.35"))
    paper.row((140, "Less :"), (200, "Round Off"), (-550, "(-)0.70"))
    paper.rule()
    paper.row((200, "Total"), (-380, "17 pcs"), (-550, "Rs. 12,488.00"), bold=True)
    paper.row((40, "Amount Chargeable (in words)"), (-550, "E. & O.E"))
    paper.row((40, "INR Twelve Thousand Four Hundred Eighty Eight Only"), bold=True)
    paper.rule()
    paper.row(
        (40, "HSN/SAC"), (-260, "Taxable Value"), (-310, "Rate"), (-370, "CGST"), (-410, "Rate"),
        (-470, "SGST"), (-550, "Total Tax Amount"),
    )  # fmt: skip
    for cells in (
        ("7418", "5,760.00", "6%", "345.60", "6%", "345.60", "691.20"),
        ("5702", "5,750.00", "2.50%", "143.75", "2.50%", "143.75", "287.50"),
        ("Total", "11,510.00", "", "489.35", "", "489.35", "978.70"),
    ):
        edges = (40.0, -260, -310, -370, -410, -470, -550)
        paper.row(*zip(edges, cells, strict=True))
    paper.rule()
    paper.row((300, "Company's Bank Details"))
    paper.row((40, "Declaration"), (300, "Bank Name : Lakshmi Cooperative Bank"))
    paper.row((40, "We declare that this invoice shows"), (300, "A/c No. : 004411223344"))
    paper.row((40, "the actual price of the goods."), (300, "Credit limit : 50,000.00"))
    paper.save()
    return Worth((("12", "5760.00"), ("5", "5750.00")), "12488.00", "11510.00")


def carried(path: Path) -> Worth:
    """Three pages, each with what is carried to it and from it."""
    paper = Paper(path)
    running = Decimal(0)
    lines = []
    for page in range(3):
        _head(paper, "TAX INVOICE")
        paper.row((-550, f"Page {page + 1} of 3"))
        paper.row((40, "#"), (60, "Goods"), (-320, "Qty"), (-420, "Rate"), (-550, "Amount"))
        paper.rule()
        if page:
            paper.row((60, "Brought forward"), (-550, f"{running:,.2f}"))
        for at in range(6):
            place = page * 6 + at + 1
            quantity, price = Decimal(place + 1), Decimal("36.50") + place
            amount = quantity * price
            running += amount
            lines.append((str(quantity), str(amount)))
            name = f"Tile no. {place}, glazed"
            cells = ((40, str(place)), (60, name), (-320, f"{quantity}"), (-420, f"{price}"))
            paper.row(*cells, (-550, f"{amount:,.2f}"))
        paper.rule()
        if page < 2:
            paper.row((60, "Carried forward"), (-550, f"{running:,.2f}"))
            paper.page()
    tax = (running * Decimal("0.09")).quantize(Decimal("0.01"))
    paper.row((380, "Taxable value"), (-550, f"{running:,.2f}"))
    paper.row((380, "CGST 9%"), (-550, f"{tax:,.2f}"))
    paper.row((380, "SGST 9%"), (-550, f"{tax:,.2f}"))
    total = running + 2 * tax
    paper.row((380, "Invoice total"), (-550, f"{total:,.2f}"), bold=True)
    paper.save()
    return Worth(tuple(lines), str(total), str(running))


def _simple(paper: Paper) -> None:
    """Two lines, 5 % of tax, and a total of 2,310.00."""
    paper.row((40, "#"), (60, "Goods"), (-320, "Qty"), (-420, "Rate"), (-550, "Amount"))
    paper.rule()
    paper.row((40, "1"), (60, "Kettle"), (-320, "4"), (-420, "350.00"), (-550, "1,400.00"))
    paper.row((40, "2"), (60, "Ladle"), (-320, "10"), (-420, "80.00"), (-550, "800.00"))
    paper.rule()
    paper.row((380, "Sub total"), (-550, "2,200.00"))
    paper.row((380, "CGST @2.5%"), (-550, "55.00"))
    paper.row((380, "SGST @2.5%"), (-550, "55.00"))
    paper.row((380, "Total"), (-550, "2,310.00"), bold=True)


_SIMPLE = Worth((("4", "1400.00"), ("10", "800.00")), "2310.00", "2200.00")


def credit_note(path: Path) -> Worth:
    """Goods taken back, with the number and the day of the bill they were on."""
    paper = Paper(path)
    _head(paper, "CREDIT NOTE", "CN/9", "Credit Note No")
    paper.row((40, "Against Invoice No: PH/090"), (360, "Invoice Date: 01/08/2025"))
    _simple(paper)
    paper.save()
    return Worth(_SIMPLE.lines, _SIMPLE.total, _SIMPLE.earned, is_sign_turned=True)


def proforma(path: Path, title: str = "PROFORMA INVOICE", note: str = "") -> None:
    """An offer in the shape of a bill."""
    paper = Paper(path)
    _head(paper, title)
    _simple(paper)
    paper.row((40, note))
    paper.save()


def stamped(path: Path, stamp: str = "PROFORMA") -> None:
    """A bill with a stamp across the page, turned, that takes it back."""
    paper = Paper(path)
    _head(paper, "INVOICE")
    _simple(paper)
    paper.canvas.saveState()
    paper.canvas.translate(300, 420)
    paper.canvas.rotate(40)
    paper.canvas.setFont("Helvetica-Bold", 60)
    paper.canvas.drawCentredString(0, 0, stamp)
    paper.canvas.restoreState()
    paper.save()


def challan(path: Path, title: str = "DELIVERY CHALLAN") -> None:
    """Goods on their way, with their values."""
    paper = Paper(path)
    _head(paper, title, "DC-5", "Challan No")
    _simple(paper)
    paper.save()


def dollars(path: Path, *, has_rate: bool = True, has_total: bool = True) -> Worth:
    """A bill in dollars that says below what it is in rupees, as a figure or in words."""
    paper = Paper(path)
    _head(paper, "EXPORT INVOICE")
    paper.row((40, "Supply meant for export under LUT without payment of IGST"))
    paper.row((40, "Goods"), (-320, "Qty"), (-420, "Rate USD"), (-550, "Amount USD"))
    paper.rule()
    paper.row((40, "Silk scarf"), (-320, "40"), (-420, "12.50"), (-550, "500.00"))
    paper.row((40, "Brass lamp"), (-320, "6"), (-420, "31.00"), (-550, "186.00"))
    paper.rule()
    paper.row((380, "Total USD"), (-550, "686.00"), bold=True)
    if has_rate:
        paper.row((380, "Exchange rate Rs. per USD"), (-550, "84.50"))
    if has_total:
        paper.row((380, "Total in INR"), (-550, "57,967.00"), bold=True)
    paper.row((40, "Rupees fifty seven thousand nine hundred sixty seven only (INR)"))
    paper.save()
    return Worth((("40", "500.00"), ("6", "186.00")), "686.00", "686.00", currency="USD")


def sections(path: Path, *, has_nets: bool = False) -> Worth:
    """Two groups of goods, each with its own sum and a row for its discount."""
    paper = Paper(path)
    _head(paper, "TAX INVOICE")
    paper.row((40, "Description"), (-320, "Qty"), (-420, "Rate"), (-550, "Amount"))
    paper.rule()
    paper.row((40, "Kitchen"), bold=True)
    paper.row((40, "Steel plate"), (-320, "10"), (-420, "90.00"), (-550, "900.00"))
    paper.row((40, "Steel bowl"), (-320, "20"), (-420, "40.00"), (-550, "800.00"))
    paper.row((300, "Sub total Kitchen"), (-550, "1,700.00"))
    paper.row((300, "Less discount 10%"), (-550, "-170.00"))
    if has_nets:
        paper.row((300, "Net Kitchen"), (-550, "1,530.00"))
    paper.row((40, "Bath"), bold=True)
    paper.row((40, "Bucket 15 l"), (-320, "5"), (-420, "220.00"), (-550, "1,100.00"))
    paper.row((300, "Sub total Bath"), (-550, "1,100.00"))
    paper.row((300, "Less discount 5%"), (-550, "-55.00"))
    paper.rule()
    paper.row((380, "Taxable value"), (-550, "2,575.00"))
    paper.row((380, "IGST 18%"), (-550, "463.50"))
    paper.row((380, "Round off"), (-550, "0.50"))
    paper.row((380, "Grand total"), (-550, "3,039.00"), bold=True)
    paper.save()
    lines = (("10", "810.00"), ("20", "720.00"), ("5", "1045.00"))
    return Worth(lines, "3039.00", "2575.00")


def mrp(path: Path, *, has_rate: bool = True) -> Worth:
    """The price on the packet beside the one that is paid, or a discount off it alone."""
    paper = Paper(path)
    _head(paper, "TAX INVOICE")
    heads = ("Item", "Batch", "Exp", "MRP", "Rate" if has_rate else "Disc %", "Qty", "GST%")
    edges = (40.0, 200, 250, -320, -370, -410, -460)
    paper.row(*zip(edges, heads, strict=True), (-550, "Amount"))
    paper.rule()
    rates = ("45.00", "76.00") if has_rate else ("25", "20")
    for cells, amount in (
        (("Balm 25 g", "B12", "08/27", "60.00", rates[0], "10", "12"), "450.00"),
        (("Syrup 100 ml", "S7", "03/27", "95.00", rates[1], "4", "12"), "304.00"),
    ):
        paper.row(*zip(edges, cells, strict=True), (-550, amount))
    paper.rule()
    paper.row((380, "Total before tax"), (-550, "754.00"))
    paper.row((380, "CGST 6%"), (-550, "45.24"))
    paper.row((380, "SGST 6%"), (-550, "45.24"))
    paper.row((380, "Round off"), (-550, "-0.48"))
    paper.row((380, "Net payable"), (-550, "844.00"), bold=True)
    paper.save()
    return Worth((("10", "450.00"), ("4", "304.00")), "844.00", "754.00")


def free_goods(path: Path, *, has_column: bool = False) -> Worth:
    """Pieces given with those that are paid: `10+2`, or in a column of their own."""
    paper = Paper(path)
    _head(paper, "TAX INVOICE")
    heads = ("Product", "Qty", "Free" if has_column else "", "Rate", "Amount")
    edges = (40.0, -300, -340, -420, -550)
    paper.row(*zip(edges, heads, strict=True))
    paper.rule()
    for name, paid, free, price, amount in (
        ("Soap 75 g", "10", "2", "28.00", "280.00"),
        ("Shampoo sachet", "144", "12", "1.50", "216.00"),
        ("Comb", "6", "0", "15.00", "90.00"),
    ):
        quantity = paid if has_column or free == "0" else f"{paid}+{free}"
        cells = (name, quantity, free if has_column else "", price, amount)
        paper.row(*zip(edges, cells, strict=True))
    paper.rule()
    paper.row((380, "Gross"), (-550, "586.00"))
    paper.row((380, "GST 18%"), (-550, "105.48"))
    paper.row((380, "Bill amount"), (-550, "691.48"), bold=True)
    paper.save()
    lines = (("10", "280.00"), ("144", "216.00"), ("6", "90.00"))
    return Worth(lines, "691.48", "586.00")


def returns(path: Path, *, is_signed: bool = True) -> Worth:
    """Goods sold, and goods taken back on the same bill: with signs, or below a heading."""
    paper = Paper(path)
    _head(paper, "TAX INVOICE")
    paper.row((40, "Item"), (-320, "Qty"), (-420, "Price"), (-550, "Amount"))
    paper.rule()
    paper.row((40, "School bag"), (-320, "3"), (-420, "640.00"), (-550, "1,920.00"))
    paper.row((40, "Lunch box"), (-320, "8"), (-420, "155.00"), (-550, "1,240.00"))
    sign = "-" if is_signed else ""
    if not is_signed:
        paper.row((40, "Less: goods returned"), bold=True)
    paper.row((40, "Water bottle"), (-320, f"{sign}2"), (-420, "210.00"), (-550, f"{sign}420.00"))
    paper.rule()
    paper.row((380, "Taxable amount"), (-550, "2,740.00"))
    paper.row((380, "IGST 12%"), (-550, "328.80"))
    paper.row((380, "Round off"), (-550, "0.20"))
    paper.row((380, "Total"), (-550, "3,069.00"), bold=True)
    paper.save()
    lines = (("3", "1920.00"), ("8", "1240.00"), ("-2", "-420.00"))
    return Worth(lines, "3069.00", "2740.00")


def jewellery(path: Path, *, per_gram: bool = False) -> Worth:
    """Weight × rate, and what making costs: a sum for each piece, or so much for a gram."""
    paper = Paper(path)
    _head(paper, "TAX INVOICE")
    heads = ("Description", "HUID", "Gross wt", "Less wt", "Net wt", "Rate/g", "Making")
    edges = (40.0, 170, -260, -305, -350, -410, -470)
    paper.row(*zip(edges, heads, strict=True), (-550, "Amount"))
    paper.rule()
    making = ("350.00", "410.00") if per_gram else ("2,905.00", "1,968.00")
    for cells, amount in (
        (("Gold ring", "AB12CD", "8.650", "0.350", "8.300", "6,120.00", making[0]), "53,701.00"),
        (("Gold stud", "EF34GH", "4.800", "0.000", "4.800", "6,120.00", making[1]), "31,344.00"),
    ):
        paper.row(*zip(edges, cells, strict=True), (-550, amount))
    paper.rule()
    paper.row((170, "Total"), (-260, "13.450"), (-350, "13.100"), (-550, "85,045.00"))
    paper.row((380, "CGST 1.5%"), (-550, "1,275.68"))
    paper.row((380, "SGST 1.5%"), (-550, "1,275.68"))
    paper.row((380, "Round off"), (-550, "-0.36"))
    paper.row((380, "Net amount"), (-550, "87,596.00"), bold=True)
    paper.save()
    return Worth((("8.300", "53701.00"), ("4.800", "31344.00")), "87596.00", "85045.00")


def restaurant(path: Path) -> Worth:
    """A table's bill with a charge for service before the tax."""
    paper = Paper(path, (227, 380), 7.5)
    paper.title(SELLER, 11)
    paper.row((14, f"GSTIN {GSTIN}"))
    paper.title("TAX INVOICE", 9)
    paper.row((14, "Bill No: 311"), (-213, "Table: 5   Pax: 4"))
    paper.row((14, f"Date: {DAY:%d-%m-%Y}"), (-213, "Steward: Ravi"))
    paper.rule()
    paper.row((14, "Particulars"), (-120, "Qty"), (-165, "Rate"), (-213, "Amount"))
    paper.rule()
    for name, quantity, price, amount in (
        ("Masala dosa", "4", "95.00", "380.00"),
        ("Filter coffee", "4", "40.00", "160.00"),
        ("Kesari bath", "2", "60.00", "120.00"),
    ):
        paper.row((14, name), (-120, quantity), (-165, price), (-213, amount))
    paper.rule()
    paper.row((14, "Food total"), (-213, "660.00"))
    paper.row((14, "Service charge @5%"), (-213, "33.00"))
    paper.row((14, "CGST @2.5% on 693.00"), (-213, "17.33"))
    paper.row((14, "SGST @2.5% on 693.00"), (-213, "17.33"))
    paper.row((14, "Round off"), (-213, "0.34"))
    paper.row((14, "Bill total"), (-213, "728.00"), font=10, bold=True)
    paper.save()
    lines = (("4", "380.00"), ("4", "160.00"), ("2", "120.00"), ("1", "33.00"))
    return Worth(lines, "728.00", "693.00")


def _listed(
    path: Path,
    lines: Sequence[Sequence[str]],
    sums: Sequence[tuple[str, str]],
    title: str = "TAX INVOICE",
    fourth: str | None = None,
) -> None:
    """Items in columns; `fourth` heads a column between rate and amount."""
    paper = Paper(path)
    _head(paper, title)
    has_fourth = fourth is not None
    edges = (40.0, -300, -370, -440, -550) if has_fourth else (40.0, -320, -420, -550)
    heads = ["Item", "Qty", "Rate", *([fourth or ""] if has_fourth else []), "Amount"]
    for cells in (heads, *lines):
        paper.row(*((x, text) for x, text in zip(edges, cells, strict=True) if text))
    paper.rule()
    for label, value in sums:
        paper.row((340, label), (-550, value))
    paper.save()


_CHAIR = (("Chair", "4", "500.00", "2,000.00"),)
_CHAIR_SUMS = (("Sub total", "2,000.00"), ("GST 18%", "360.00"), ("Total", "2,360.00"))


def line_discounts(path: Path) -> Worth:
    """A discount below each line, as a row of its own."""
    lines = (
        ("Fan", "2", "1,500.00", "3,000.00"),
        ("Less disc", "", "", "-300.00"),
        ("Iron", "3", "900.00", "2,700.00"),
        ("Less disc", "", "", "-135.00"),
    )
    _listed(path, lines, (("Sub total", "5,265.00"), ("GST 18%", "947.70"), ("Total", "6,212.70")))
    return Worth((("2", "2700.00"), ("3", "2565.00")), "6212.70", "5265.00")


def unclear_discount(path: Path) -> None:
    """A discount between the lines, behind two of them and without their sum."""
    lines = (
        ("Fan", "2", "1,500.00", "3,000.00"),
        ("Lamp", "1", "700.00", "700.00"),
        ("Less disc", "", "", "-300.00"),
        ("Iron", "3", "900.00", "2,700.00"),
    )
    _listed(
        path, lines, (("Sub total", "6,100.00"), ("GST 18%", "1,098.00"), ("Total", "7,198.00"))
    )


def unnamed(path: Path, heading: str = "Zorb") -> None:
    """Something that is added to the prices, and nothing says what."""
    lines = (
        ("Chair", "4", "500.00", "100.00", "2,100.00"),
        ("Desk", "2", "1,500.00", "150.00", "3,150.00"),
    )
    _listed(path, lines, (("Total", "5,250.00"),), "INVOICE", heading)


def old_gold(path: Path) -> None:
    """What a buyer gave in exchange is taken off before the tax on all of it."""
    lines = (("Chain", "10.000", "6,000.00", "3,000.00", "63,000.00"),)
    sums = (
        ("Sub total", "63,000.00"),
        ("Less: old gold exchange", "-22,000.00"),
        ("GST 3% on 63,000.00", "1,890.00"),
        ("Net payable", "42,890.00"),
    )
    _listed(path, lines, sums, fourth="Making")


def twice(path: Path) -> None:
    """The original and its copy on one page."""
    paper = Paper(path)
    for _ in range(2):
        _head(paper, "TAX INVOICE")
        _simple(paper)
        paper.gap(40)
    paper.save()


def signs(path: Path) -> None:
    """Amounts in dollars of nobody knows which country, by a seller who pays taxes in India."""
    lines = (("Chair", "4", "$500.00", "$2,000.00"), ("Desk", "2", "$150.00", "$300.00"))
    _listed(path, lines, (("Total", "$2,300.00"), ("Supply under LUT", "")), "INVOICE")


def other_title(path: Path, title: str) -> None:
    """A paper in the shape of a bill under another title."""
    _listed(path, _CHAIR, _CHAIR_SUMS, title)


Papers = Sequence[tuple[str, Callable[[Path], Worth]]]
BILLS: Papers = (
    ("phone receipt", phone_receipt),
    ("transport", transport),
    ("transport, totals in a row alone", partial(transport, has_total_below=False)),
    ("composite", composite),
    ("carried forward", carried),
    ("credit note", credit_note),
    ("dollars and rupees", dollars),
    ("dollars, rupees in words", partial(dollars, has_rate=False, has_total=False)),
    ("discount of a section", sections),
    ("discount of a section and its net", partial(sections, has_nets=True)),
    ("discount of a line below it", line_discounts),
    ("MRP beside the rate", mrp),
    ("discount off the MRP", partial(mrp, has_rate=False)),
    ("free goods beside the quantity", free_goods),
    ("free goods in a column", partial(free_goods, has_column=True)),
    ("returns with a sign", returns),
    ("jewellery", jewellery),
    ("restaurant", restaurant),
)
# Drawn so that only a guess would tell; each with the reason for which it is not counted.
DOUBTFUL: Sequence[tuple[str, Callable[[Path], object], str]] = (
    ("dollars and rupees without a rate", partial(dollars, has_rate=False), "unexplained_figure"),
    ("returns below a heading", partial(returns, is_signed=False), "total_mismatch"),
    ("jewellery, making by the gram", partial(jewellery, per_gram=True), "no_table"),
    ("a discount of nobody knows which lines", unclear_discount, "ambiguous_bill"),
    ("a tax or a charge", unnamed, "line_arithmetic"),
    ("a tax or a charge without a heading", partial(unnamed, heading=""), "line_arithmetic"),
    ("old gold", old_gold, "unexplained_figure"),
    ("two copies on a page", twice, "total_mismatch"),
    ("dollars of nobody knows where", signs, "currency_unknown"),
)
_NOTE = "This is a proforma invoice and not a demand for payment."
NO_BILLS: Sequence[tuple[str, Callable[[Path], None]]] = (
    ("proforma", proforma),
    ("proforma in brackets", partial(proforma, title="INVOICE (PROFORMA)")),
    ("proforma in a note", partial(proforma, title="INVOICE", note=_NOTE)),
    ("stamped proforma", stamped),
    ("stamped cancelled", partial(stamped, stamp="CANCELLED")),
    ("challan", challan),
    ("challan with its purpose", partial(challan, title="DELIVERY CHALLAN (JOB WORK)")),
    ("challan under two titles", partial(challan, title="TAX INVOICE / DELIVERY CHALLAN")),
    ("offer", partial(other_title, title="Quotation cum Proforma Invoice")),
    ("estimate", partial(other_title, title="ESTIMATE / ROUGH BILL")),
    ("debit note", partial(other_title, title="DEBIT NOTE")),
)
