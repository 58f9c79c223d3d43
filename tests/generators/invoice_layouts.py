"""Invoices as the billing programs of small Indian businesses print them.

The layouts are our own drawings of what such bills have in common; none is a copy of one.
"""

import datetime as dt
import random
from collections.abc import Callable, Sequence
from decimal import Decimal

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tests.generators.invoice_pages import Bold, Row, Sheet, Table, fonts, write
from tests.generators.invoices import NOTHING, Invoice, Line, halves, plain
from tests.pdf_bills import grouped, money

TAX_INVOICE = "Tax Invoice"
Draw = Callable[[Canvas, Invoice], None]


def rupees(value: Decimal) -> str:
    """An amount with the sign of the rupee before it."""
    return f"{fonts().rupee} {grouped(value)}"


def full_grid(canvas: Canvas, invoice: Invoice, title: str = TAX_INVOICE) -> None:
    """A grid with all rules; amounts include tax, prices do not, tax is "₹ 12.50 (5%)"."""
    seller, buyer, bold = invoice.seller, invoice.buyer, fonts().bold

    def head(sheet: Sheet) -> float:
        y = sheet.height - 36
        write(canvas, sheet.width / 2, y, title, 13, bold, "c")
        write(canvas, sheet.right, y, "ORIGINAL FOR RECIPIENT", 7, align="r")
        write(canvas, sheet.left, y - 18, seller.name, 12, bold)
        write(canvas, sheet.left, y - 31, seller.address)
        write(canvas, sheet.left, y - 43, f"GSTIN: {seller.gstin}  State: {seller.state}")
        canvas.line(sheet.left, y - 50, sheet.right, y - 50)
        details = "Return Details:" if invoice.is_return else "Invoice Details:"
        tax_number = f"GSTIN: {buyer.gstin}" if buyer.gstin else "Contact No: 9000000000"
        write(canvas, sheet.left, y - 62, "Bill To:", 8, bold)
        write(canvas, 330, y - 62, details, 8, bold)
        write(canvas, sheet.left, y - 74, buyer.name, 8, bold)
        write(canvas, 330, y - 74, f"No: {invoice.number}")
        write(canvas, sheet.left, y - 86, buyer.address)
        write(canvas, 330, y - 86, f"Date: {invoice.date:%d/%m/%Y}")
        write(canvas, sheet.left, y - 98, tax_number)
        write(canvas, 330, y - 98, f"Place Of Supply: {buyer.state}")
        return y - 108

    sheet = Sheet(canvas, A4, head)
    sign = fonts().rupee
    discount = [f"Discount({sign})"] if invoice.sum("discount") else []
    header = ["#", "Item name", "HSN/ SAC", "Quantity", "Unit", f"Price/ Unit({sign})"]
    rows: list[Row | Bold] = []
    for number, line in enumerate(invoice.lines, start=1):
        free = f" + {plain(line.free)}" if line.free else ""
        reduced = [f"{rupees(line.discount)} ({plain(line.discount_percent)}%)"] if discount else []
        rows.append(
            [
                *(str(number), line.name, line.hsn, plain(line.quantity) + free, line.unit),
                *(rupees(line.rate), *reduced),
                f"{rupees(line.tax)} ({plain(line.gst)}%)",
                rupees(line.gross),
            ]
        )
    reduced = [rupees(invoice.sum("discount"))] if discount else []
    sums = [*reduced, rupees(invoice.sum("tax")), rupees(invoice.sum("gross"))]
    rows.append(Bold(["", "Total", "", plain(invoice.sum("quantity")), "", "", *sums]))
    widths = [20, 104 if discount else 158, 52, 46, 34, 62, *([66] if discount else []), 84]
    aligns = "cllrlr" + "r" * len(discount) + "rr"
    Table(sheet, widths, aligns).draw([*header, *discount, f"GST({sign})", f"Amount({sign})"], rows)
    pairs = [("Sub Total :", rupees(invoice.sum("gross")))]
    if invoice.freight:
        pairs.append(("Freight :", rupees(invoice.freight)))
    if invoice.round_off:
        minus = "- " if invoice.round_off < 0 else ""
        pairs.append(("Round Off :", minus + rupees(abs(invoice.round_off))))
    pairs += [("Total :", rupees(invoice.total)), ("Received :", rupees(NOTHING))]
    sheet.pairs([*pairs, ("Balance :", rupees(invoice.total))], 340, sheet.right - 344)
    sheet.put(sheet.left, 14, "Invoice Amount in Words: Rupees only")
    sheet.put(sheet.left, 30, "Terms & Conditions:", 8, bold)
    sheet.put(
        sheet.left,
        42,
        "1. Goods once sold are not returnable. 2. GST is charged as per prevailing rates (18%).",
        7,
    )
    sheet.put(
        sheet.left,
        58,
        f"Bank Details: Account No. : 43130528{invoice.number[-1:]}70   IFSC code : SBIN0009999",
        7,
    )
    sheet.put(sheet.right, 58, f"For {seller.name}", align="r")
    canvas.showPage()


def boxed_voucher(
    canvas: Canvas,
    invoice: Invoice,
    title: str = TAX_INVOICE,
    copies: Sequence[str] = ("(ORIGINAL FOR RECIPIENT)",),
) -> None:
    """Labels above values in boxes, no rule between rows, taxes as rows of the item table."""
    for copy in copies:
        _voucher(canvas, invoice, title, copy)


def _voucher(canvas: Canvas, invoice: Invoice, title: str, copy: str) -> None:
    seller, bold = invoice.seller, fonts().bold
    sheet = Sheet(canvas, A4, lambda sheet: _voucher_head(sheet, invoice, title, copy))
    extra = [""] if invoice.sum("discount") else []
    header = ["Sl\nNo.", "Description of Goods", "HSN/SAC", "Quantity", "Rate", "per"]
    rows: list[Row] = []
    for number, line in enumerate(invoice.lines, start=1):
        name = f"{line.name}\n{line.description}" if line.description else line.name
        percent = f"{plain(line.discount_percent)} %" if line.discount else ""
        rows.append(
            [
                *(str(number), name, line.hsn, f"{plain(line.quantity)} {line.unit}"),
                *(grouped(line.rate), line.unit, *([percent] if extra else [])),
                grouped(line.printed),
            ]
        )
    if invoice.discount:
        amount = f"(-){grouped(invoice.discount)}"
        rows.append(["", "Less : Discount", "", "", "", "", *extra, amount])
    taxes = invoice.taxes()
    for rate, tax in taxes.items():
        named = [("CGST", rate / 2, halves(tax)[0]), ("SGST", rate / 2, halves(tax)[1])]
        if not invoice.is_intra_state:
            named = [("IGST", rate, tax)]
        for name, share, amount_of_tax in named if tax else ():
            label = f"{name} Output {plain(share)}%" if len(taxes) > 1 else name
            row = ["", label, "", "", plain(share), "%", *extra, grouped(amount_of_tax)]
            rows.append(row)
    if invoice.freight:
        rows.append(["", "Freight Charges", "", "", "", "", *extra, grouped(invoice.freight)])
    if invoice.round_off:
        is_less = invoice.round_off < 0
        label = ("Less : " if is_less else "") + "ROUND OFF"
        amount = ("(-)" if is_less else "") + grouped(abs(invoice.round_off))
        rows.append(["", label, "", "", "", "", *extra, amount])
    units = {line.unit for line in invoice.lines}
    counted = f"{plain(invoice.sum('quantity'))} {min(units)}" if len(units) == 1 else ""
    widths = [24, 196, 56, 64, 56, 30, *([38] if extra else [])]
    aligns = "cllrrl" + "r" * len(extra) + "r"
    Table(
        sheet,
        widths,
        aligns,
        has_levels=False,
        bottom=160,
        heading_font=fonts().plain,
        least_bottom=280 if len(rows) < 14 else 0,
        continued="continued ...",
    ).draw([*header, *(["Disc. %"] if extra else []), "Amount"], rows)
    total = ["", "Total", "", counted, "", "", *extra, rupees(invoice.total)]
    Table(sheet, widths, aligns, has_frame=False).draw(total, [])
    sheet.put(sheet.left, 11, "Amount Chargeable (in words)", 7)
    sheet.put(sheet.right, 11, "E. & O.E", 7, align="r")
    sheet.put(sheet.left, 22, "INR Rupees Only", 8, bold)
    sheet.y -= 28
    _tax_summary(sheet, invoice)
    sheet.put(
        sheet.left,
        12,
        "Declaration: We declare that this invoice shows the actual price of the goods described.",
        7,
    )
    sheet.put(sheet.right, 30, f"for {seller.name}   Authorised Signatory", 7, align="r")
    write(canvas, sheet.width / 2, 24, "This is a Computer Generated Invoice", 7, align="c")
    canvas.showPage()


def _voucher_head(sheet: Sheet, invoice: Invoice, title: str, copy: str) -> float:
    canvas, bold = sheet.canvas, fonts().bold
    y = sheet.height - 30
    left, middle, third, right = sheet.left, 300, 425, sheet.right
    top = y - 8
    write(canvas, sheet.width / 2, y, title, 11, bold, "c")
    write(canvas, right, y, copy, 7, align="r")
    canvas.setLineWidth(0.4)
    canvas.rect(left, top - 120, right - left, 120)
    canvas.line(middle, top, middle, top - 120)
    canvas.line(third, top, third, top - 90)
    ordered = invoice.date - dt.timedelta(3)
    boxes = (
        (("Invoice No.", invoice.number), ("Dated", _short(invoice.date))),
        (("Delivery Note", ""), ("Mode/Terms of Payment", "15 Days")),
        (("Buyer's Order No.", "PO/77"), ("Dated", _short(ordered))),
    )
    for place, row in enumerate(boxes):
        down = top - 30 * place
        for x, (label, value) in zip((middle, third), row, strict=True):
            write(canvas, x + 3, down - 10, label, 7)
            write(canvas, x + 3, down - 22, value, 8, bold)
        canvas.line(middle, down - 30, right, down - 30)
    write(canvas, middle + 3, top - 100, "Terms of Delivery", 7)
    for down, party in ((12, invoice.seller), (78, invoice.buyer)):
        tax_number = f"GSTIN/UIN: {party.gstin}" if party.gstin else ""
        state = f"State Name : {party.state[3:]}, Code : {party.state[:2]}"
        write(canvas, left + 3, top - down, party.name, 9, bold)
        write(canvas, left + 3, top - down - 12, party.address, 7.5)
        write(canvas, left + 3, top - down - 23, tax_number, 7.5)
        write(canvas, left + 3, top - down - 34, state, 7.5)
    canvas.line(left, top - 55, middle, top - 55)
    write(canvas, left + 3, top - 66, "Buyer (Bill to)", 7)
    return top - 120


def _short(day: dt.date) -> str:
    return f"{day.day}-{day:%b-%y}"


def _tax_summary(sheet: Sheet, invoice: Invoice) -> None:
    sums: dict[tuple[str, Decimal], tuple[Decimal, Decimal]] = {}
    for line in invoice.lines:
        net, tax = sums.get((line.hsn, line.gst), (NOTHING, NOTHING))
        sums[line.hsn, line.gst] = net + line.net, tax + line.tax
    if sheet.y < 90 + 14 * len(sums):
        sheet.turn()
    header = ["HSN/SAC", "Taxable\nValue", "Tax\nRate", "Tax\nAmount", "Total\nTax Amount"]
    rows: list[Row | Bold] = [
        [hsn, grouped(net), f"{plain(rate)}%", grouped(tax), grouped(tax)]
        for (hsn, rate), (net, tax) in sums.items()
    ]
    taxes = grouped(invoice.sum("tax"))
    rows.append(Bold(["Total", grouped(invoice.sum("net")), "", taxes, taxes]))
    table = Table(sheet, [160, 90, 60, 90], "lrrrr", heading_font=fonts().plain, bottom=40)
    table.draw(header, rows)


def hairlines(
    canvas: Canvas, invoice: Invoice, title: str = "TAX INVOICE", has_fake_bold: bool = False
) -> None:
    """No upright rules, descriptions below names, columns for the rate and amount of each tax."""
    seller, buyer, bold = invoice.seller, invoice.buyer, fonts().bold

    def head(sheet: Sheet) -> float:
        y, left = sheet.height - 45, sheet.left
        write(canvas, sheet.right, y, title, 16, align="r")
        write(canvas, left, y, seller.name, 11, bold)
        write(canvas, left, y - 12, seller.address)
        write(canvas, left, y - 24, f"GSTIN {seller.gstin}")
        due = invoice.date + dt.timedelta(15)
        labelled = {
            "#": invoice.number,
            "Invoice Date": f"{invoice.date:%d %b %Y}",
            "Terms": "Net 15",
            "Due Date": f"{due:%d %b %Y}",
        }
        for place, (label, value) in enumerate(labelled.items()):
            write(canvas, left, y - 46 - 12 * place, label)
            write(canvas, left + 80, y - 46 - 12 * place, f": {value}", 8, bold)
        write(canvas, 320, y - 46, "Place Of Supply")
        write(canvas, 400, y - 46, f": {buyer.state[3:]} ({buyer.state[:2]})", 8, bold)
        write(canvas, left, y - 102, "Bill To", 8, bold)
        write(canvas, left, y - 114, buyer.name, 8, bold)
        write(canvas, left, y - 126, buyer.address)
        write(canvas, left, y - 138, f"GSTIN {buyer.gstin}" if buyer.gstin else "")
        return y - 148

    sheet = Sheet(canvas, A4, head)
    names = ("CGST", "SGST") if invoice.is_intra_state else ("IGST",)
    taxes = [f"{name}\n{what}" for name in names for what in ("%", "Amt")]
    rows = []
    for number, line in enumerate(invoice.lines, start=1):
        name = f"{line.name}\n{line.description}" if line.description else line.name
        rate = plain(line.gst / len(names))
        parts = halves(line.tax) if invoice.is_intra_state else (line.tax,)
        rows.append(
            [
                *(str(number), name, line.hsn, f"{money(line.quantity)}\n{line.unit}"),
                grouped(line.rate),
                *(cell for part in parts for cell in (rate, grouped(part))),
                grouped(line.printed),
            ]
        )
    widths = [18, 172, 50, 44, 56, *([28, 44, 28, 44] if invoice.is_intra_state else [34, 56])]
    Table(
        sheet,
        widths,
        "lllrr" + "r" * len(taxes) + "r",
        has_uprights=False,
        heading_font=bold if has_fake_bold else fonts().plain,
        has_fake_bold=has_fake_bold,
    ).draw(["#", "Item & Description", "HSN\n/SAC", "Qty", "Rate", *taxes, "Amount"], rows)
    pairs = [("Sub Total", grouped(invoice.sum("printed")))]
    if invoice.discount:
        label = f"Discount({plain(invoice.discount_percent)}%)"
        pairs.append((label, f"(-) {grouped(invoice.discount)}"))
    for rate_of_tax, tax in invoice.taxes().items():
        share = plain(rate_of_tax / len(names))
        parts = halves(tax) if invoice.is_intra_state else (tax,)
        for name, part in zip(names, parts, strict=True):
            pairs.append((f"{name}{share} ({share}%)", grouped(part)))
    if invoice.freight:
        pairs.append(("Shipping charge", grouped(invoice.freight)))
    if invoice.round_off:
        pairs.append(("Rounding", grouped(invoice.round_off)))
    total = f"{fonts().rupee}{grouped(invoice.total)}"
    sheet.pairs([*pairs, ("Total", total), ("Balance Due", total)], 360, sheet.right - 366)
    sheet.put(sheet.left, 12, "Notes: Thanks for your business.", 7.5)
    canvas.showPage()


def marketplace(canvas: Canvas, invoice: Invoice) -> None:
    """Two taxes stacked inside one row, shipping as a row without a number, totals in paise."""
    seller, buyer, bold = invoice.seller, invoice.buyer, fonts().bold
    sign = fonts().rupee

    def head(sheet: Sheet) -> float:
        y, left, right = sheet.height - 40, sheet.left, sheet.right
        write(canvas, right, y, "Tax Invoice/Bill of Supply/Cash Memo", 10, bold, "r")
        write(canvas, right, y - 12, "(Original for Recipient)", align="r")
        write(canvas, left, y - 30, "Sold By :", 8, bold)
        write(canvas, left, y - 42, seller.name)
        write(canvas, left, y - 54, seller.address)
        write(canvas, left, y - 66, f"GST Registration No: {seller.gstin}")
        write(canvas, right, y - 30, "Billing Address :", 8, bold, "r")
        write(canvas, right, y - 42, buyer.name, align="r")
        write(canvas, right, y - 54, buyer.address, align="r")
        write(canvas, right, y - 66, f"Place of supply: {buyer.state[3:].upper()}", align="r")
        ordered = invoice.date - dt.timedelta(1)
        write(canvas, left, y - 88, "Order Number: 403-2817364-1234567")
        write(canvas, left, y - 100, f"Order Date: {ordered:%d.%m.%Y}")
        write(canvas, right, y - 88, f"Invoice Number : {invoice.number}", align="r")
        write(canvas, right, y - 100, f"Invoice Date : {invoice.date:%d.%m.%Y}", align="r")
        return y - 112

    def figures(price: Decimal, quantity: str, net: Decimal, rate: Decimal, tax: Decimal) -> Row:
        shown = ["IGST", f"{plain(rate)}%", f"{sign}{grouped(tax)}"]
        if invoice.is_intra_state:
            amounts = "\n".join(f"{sign}{grouped(half)}" for half in halves(tax))
            shown = ["CGST\nSGST", f"{plain(rate / 2)}%\n{plain(rate / 2)}%", amounts]
        kind, rates, taxes = shown
        gross = f"{sign}{grouped(net + tax)}"
        return [sign + grouped(price), quantity, sign + grouped(net), rates, kind, taxes, gross]

    sheet = Sheet(canvas, A4, head)
    rows: list[Row | Bold] = []
    for number, line in enumerate(invoice.lines, start=1):
        code = f"| B0{number}XY12ABC ( SKU-{number}-{line.hsn} )\nHSN:{line.hsn}"
        quantity = plain(line.quantity)
        cells = figures(line.rate, quantity, line.net, line.gst, line.tax)
        rows.append([str(number), f"{line.name} {code}", *cells])
    tax = invoice.sum("tax")
    if invoice.freight:
        rate = Decimal(18)
        net = money(invoice.freight / (1 + rate / 100))
        rows.append(["", "Shipping Charges", *figures(net, "", net, rate, invoice.freight - net)])
        tax += invoice.freight - net
    invoice.total = invoice.sum("gross") + invoice.freight
    invoice.round_off = NOTHING
    sums = [sign + grouped(tax), sign + grouped(invoice.total)]
    rows.append(Bold(["TOTAL:", "", "", "", "", "", "", *sums]))
    header = ["Sl.\nNo", "Description", "Unit\nPrice", "Qty", "Net\nAmount", "Tax\nRate"]
    header += ["Tax\nType", "Tax\nAmount", "Total\nAmount"]
    Table(sheet, [24, 190, 58, 28, 60, 36, 38, 52], "llrcrrlrr", pad=2).draw(header, rows)
    sheet.put(sheet.left, 14, "Amount in Words:", 8, bold)
    sheet.put(sheet.right, 40, f"For {seller.name}:", 8, bold, "r")
    sheet.put(sheet.left, 60, "Whether tax is payable under reverse charge - No")
    canvas.showPage()


def wide(canvas: Canvas, invoice: Invoice) -> None:
    """A distributor's bill: batches, free pieces, sums carried from page to page."""
    seller, buyer, bold = invoice.seller, invoice.buyer, fonts().bold
    size = landscape(A4)

    def head(sheet: Sheet) -> float:
        y, left = sheet.height - 26, sheet.left
        write(canvas, sheet.width / 2, y, "GST TAX INVOICE", 10, bold, "c")
        write(canvas, left, y - 12, seller.name, 9, bold)
        write(canvas, left, y - 22, seller.address, 7)
        write(canvas, left, y - 32, f"GSTIN : {seller.gstin}   D.L.No : 20B/1234", 7)
        write(canvas, 360, y - 12, f"M/s {buyer.name}", 8, bold)
        write(canvas, 360, y - 22, buyer.address, 7)
        write(canvas, 360, y - 32, f"GSTIN : {buyer.gstin}", 7)
        write(canvas, 650, y - 12, f"Invoice No : {invoice.number}")
        write(canvas, 650, y - 22, f"Date : {invoice.date:%d-%m-%Y}")
        write(canvas, 650, y - 32, f"Page No : {sheet.number}")
        return y - 40

    canvas.setPageSize(size)
    sheet = Sheet(canvas, size, head, margin=20)
    chance = random.Random(invoice.number)
    rows, running = [], [NOTHING]
    for number, line in enumerate(invoice.lines, start=1):
        running.append(running[-1] + line.gross)
        batch = f"B{chance.randint(1000, 9999)}"
        expiry = f"{chance.randint(1, 12):02d}/{chance.randint(27, 29)}"
        rows.append(
            [
                *(str(number), line.name, line.hsn, line.unit, batch, expiry),
                *(grouped(line.rate * Decimal("1.4")), plain(line.quantity)),
                *(plain(line.free) if line.free else "", grouped(line.rate)),
                *(plain(line.discount_percent), grouped(line.net), plain(line.gst)),
                *(grouped(line.tax), grouped(line.gross)),
            ]
        )

    def carried(before: int) -> tuple[Row, Row]:
        amount = [""] * 12 + [grouped(running[before])]
        return ["", "Carried Forward", *amount], ["", "Brought Forward", *amount]

    header = ["S.N", "Particulars", "HSN", "Pack", "Batch", "Exp", "MRP", "Qty", "Free", "Rate"]
    header += ["Disc%", "Taxable", "GST%", "GST Amt", "Amount"]
    Table(
        sheet,
        [22, 190, 48, 40, 52, 34, 50, 36, 30, 50, 34, 62, 32, 52],
        "llllll" + "r" * 9,
        size=6.5,
        has_levels=False,
        bottom=70,
        pad=2,
        carried=carried,
    ).draw(header, rows)
    before = sum((money(line.quantity * line.rate) for line in invoice.lines), NOTHING)
    pairs = [
        ("GROSS AMOUNT", before),
        ("DISCOUNT", invoice.sum("discount")),
        ("TAXABLE", invoice.sum("net")),
        ("TOTAL GST", invoice.sum("tax")),
        ("ROUND OFF", invoice.round_off),
        ("GRAND TOTAL", invoice.total),
    ]
    shown = [(label, grouped(value)) for label, value in pairs]
    sheet.pairs(shown, 600, sheet.right - 604, 7)
    canvas.showPage()


def till(canvas: Canvas, invoice: Invoice) -> None:
    """A receipt of a till, 80 mm wide: no rules, names on lines of their own, prices with tax."""
    width = 42
    rule = "-" * width
    seller = invoice.seller
    lines = [
        *(text[:width].center(width) for text in (seller.name, seller.address)),
        *(text.center(width) for text in (f"GSTIN: {seller.gstin}", "TAX INVOICE")),
        *(rule, f"Bill No: {invoice.number}", f"Date: {invoice.date:%d/%m/%Y} 18:42", rule),
        *(f"{'Item':<14}{'Qty':>8}{'Rate':>9}{'Amount':>11}", rule),
    ]
    for line in invoice.lines:
        price = money(line.rate * (1 + line.gst / 100))
        gross = money(line.quantity * price)
        line.net = money(gross / (1 + line.gst / 100))
        line.tax = gross - line.net
        code = f"HSN {line.hsn[:8]}"
        lines += [line.name[:width], f"{code:<14}{plain(line.quantity):>8}{price:>9}{gross:>11}"]
    invoice.round_total()
    counted = f"Total Qty: {plain(invoice.sum('quantity'))}"
    lines += [rule, f"{counted:<20}{'Sub Total':>11}{invoice.sum('gross'):>11}"]
    if invoice.round_off:
        lines.append(f"{'Round off':>31}{invoice.round_off:>11}")
    lines += [f"{'NET TOTAL':>31}{money(invoice.total):>11}", rule]
    lines.append(f"{'GST%':<8}{'Taxable':>12}{'CGST':>10}{'SGST':>10}")
    for rate, tax in invoice.taxes().items():
        net = sum((line.net for line in invoice.lines if line.gst == rate), NOTHING)
        centre, state = halves(tax)
        lines.append(f"{plain(rate):<8}{net:>12}{centre:>10}{state:>10}")
    lines += [rule, "Thank you, visit again".center(width)]
    height = 20 + 11 * len(lines)
    canvas.setPageSize((80 * mm, height))
    for place, text in enumerate(lines):
        write(canvas, 6, height - 14 - 11 * place, text, 8, fonts().mono)
    canvas.showPage()


def office(
    canvas: Canvas,
    invoice: Invoice,
    title: str = "TAX INVOICE",
    shown: Callable[[Decimal], str] = grouped,
    misprint: Decimal = NOTHING,
) -> None:
    """A template of a word processor: sums, discount and taxes as rows of the grid.

    `misprint` is how much the first printed amount is above the right one.
    """
    bold = fonts().bold

    def head(sheet: Sheet) -> float:
        y, left = sheet.height - 50, sheet.left
        write(canvas, sheet.width / 2, y, title, 14, bold, "c")
        write(canvas, left, y - 20, invoice.seller.name, 12, bold)
        write(canvas, left, y - 34, invoice.seller.address, 9)
        write(canvas, left, y - 46, f"GST No. {invoice.seller.gstin}", 9)
        write(canvas, left, y - 66, "To,", 9)
        write(canvas, left, y - 78, invoice.buyer.name, 9, bold)
        write(canvas, left, y - 90, invoice.buyer.address, 9)
        write(canvas, 380, y - 66, f"Invoice No. : {invoice.number}", 9)
        write(canvas, 380, y - 78, f"Date : {invoice.date:%d-%m-%Y}", 9)
        return y - 100

    def labelled(label: str, value: Decimal) -> Row:
        return ["", label, "", "", "", "", shown(value)]

    sheet = Sheet(canvas, A4, head)
    rows: list[Row | Bold] = []
    for number, line in enumerate(invoice.lines, start=1):
        printed = line.printed + (misprint if number == 1 else NOTHING)
        quantity = plain(line.quantity)
        cells = [line.name, line.hsn, quantity, line.unit, shown(line.rate), shown(printed)]
        rows.append([f"{number}.", *cells])
    before = invoice.sum("printed")
    rows.append(Bold(labelled("Total", before)))
    if invoice.discount:
        percent = plain(invoice.discount_percent)
        rows.append(labelled(f"Less Discount {percent}%", invoice.discount))
        rows.append(Bold(labelled("Taxable Amount", before - invoice.discount)))
    tax = invoice.sum("tax")
    parts = {"IGST": tax}
    if invoice.is_intra_state:
        parts = dict(zip(("CGST", "SGST"), halves(tax), strict=True))
    rows += [labelled(f"Add : {name}", part) for name, part in parts.items()]
    if invoice.round_off:
        rows.append(labelled("Round off", invoice.round_off))
    rows.append(Bold(labelled("Grand Total", invoice.total)))
    header = ["Sr.\nNo.", "Particulars", "HSN\nCode", "Qty", "Unit", "Rate", "Amount (Rs.)"]
    Table(sheet, [28, 226, 56, 46, 40, 66], "cllrlrr", size=8.5).draw(header, rows)
    sheet.put(sheet.left, 16, "Rupees in words: only")
    canvas.showPage()


def with_a_line_missing(canvas: Canvas, invoice: Invoice) -> None:
    """A bill whose totals count a line that the table does not show."""
    printed: list[Line] = invoice.lines[:-1]

    def head(sheet: Sheet) -> float:
        y, title = sheet.height - 40, f"Tax Invoice  Invoice No: {invoice.number}"
        write(canvas, sheet.left, y, invoice.seller.name, 12, fonts().bold)
        write(canvas, sheet.left, y - 20, f"{title}  Date: {invoice.date:%d/%m/%Y}", 9)
        return y - 40

    sheet = Sheet(canvas, A4, head)
    rows = [
        [
            *(str(number), line.name, plain(line.quantity), line.unit, grouped(line.rate)),
            *(f"{grouped(line.tax)} ({plain(line.gst)}%)", grouped(line.gross)),
        ]
        for number, line in enumerate(printed, start=1)
    ]
    header = ["#", "Item name", "Quantity", "Unit", "Price/ Unit", "GST", "Amount"]
    Table(sheet, [24, 200, 60, 40, 70, 80], "llrlrrr").draw(header, rows)
    sums = [("Sub Total :", invoice.sum("gross")), ("Total :", invoice.total)]
    sheet.pairs([(label, grouped(value)) for label, value in sums], 340, 200)
    canvas.showPage()
