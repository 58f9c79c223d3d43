"""Bills as PDF in the layouts shops meet, with ground truth; also what must not be counted.

The same seed gives the same files on machines with the same fonts.
"""

import datetime as dt
import io
import json
import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import pdfencrypt
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.generators.invoice_layouts import (
    Draw,
    boxed_voucher,
    full_grid,
    hairlines,
    marketplace,
    office,
    till,
    wide,
    with_a_line_missing,
)
from tests.generators.invoices import BUYERS, SELLERS, Invoice, Line, draw_lines, plain
from tests.pdf_bills import grouped

# accept: right in every line, or quarantined; quarantine: inconsistent on purpose; else refused
Outcome = Literal["accept", "quarantine", "refuse"]
_COPIES = (
    *("(ORIGINAL FOR RECIPIENT)", "(DUPLICATE FOR TRANSPORTER)"),
    "(TRIPLICATE FOR SUPPLIER)",
)


@dataclass
class Maker:
    """Writes PDF files into a folder and keeps the list of them."""

    folder: Path
    seed: int
    entries: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def invoice(self, lines: int | None = None, **options: Any) -> Invoice:
        """An invoice of a drawn seller; `options` are those of `Invoice` and `draw_lines`."""
        chance = self.chance
        self.count += 1
        goods = {
            name: options.pop(name)
            for name in ("most", "has_discounts", "has_free")
            if name in options
        }
        is_intra_state = options.get("is_intra_state", True)
        seller = options.pop("seller", None) or chance.choice(SELLERS)
        buyers = [buyer for buyer in BUYERS if (buyer.state == seller.state) == is_intra_state]
        buyer = options.pop("buyer", None) or chance.choice(buyers)
        prefix = chance.choice(["INV/25-26/", "A-", "GST", ""])
        return Invoice(
            number=f"{prefix}{100 + self.count}",
            date=dt.date(2025, 4, 1) + dt.timedelta(chance.randint(0, 500)),
            seller=seller,
            buyer=buyer,
            lines=draw_lines(chance, lines or chance.randint(1, 7), **goods),
            **options,
        )

    def write(
        self,
        name: str,
        draw: Draw,
        *invoices: Invoice,
        outcome: Outcome = "accept",
        reason: str = "",
        encrypt: pdfencrypt.StandardEncryption | None = None,
    ) -> None:
        """Write invoices as one file, with what must come out of it."""
        path = self.folder / f"{name}.pdf"
        canvas = Canvas(str(path), pagesize=A4, invariant=1, encrypt=encrypt)
        for invoice in invoices:
            draw(canvas, invoice)
        canvas.save()
        # after drawing: some layouts round otherwise
        truth = [invoice.truth() for invoice in invoices]
        entry = {"file": path.name, "outcome": outcome, "reason": reason, "documents": truth}
        self.entries.append(entry)


def write_bills(folder: Path, seed: int) -> None:
    """Write the whole set of files, and `index.json` with their truth."""
    folder.mkdir(parents=True, exist_ok=True)
    maker = Maker(folder, seed)
    _write_layouts(maker)
    _write_variants(maker)
    _write_others(maker)
    content = json.dumps(maker.entries, indent=1, ensure_ascii=False)
    (folder / "index.json").write_text(content, encoding="utf-8")


def _write_layouts(maker: Maker) -> None:
    new = maker.invoice
    freight = Decimal(250)
    maker.write("grid", full_grid, new())
    maker.write("grid_discounts", full_grid, new(has_discounts=True, freight=freight))
    maker.write("voucher", boxed_voucher, new())
    maker.write("voucher_igst", boxed_voucher, new(is_intra_state=False, has_discounts=True))
    maker.write("hairlines", hairlines, new())
    maker.write("hairlines_igst", hairlines, new(is_intra_state=False, freight=Decimal(120)))
    maker.write("marketplace", marketplace, new(2, most=3))
    shipped = new(1, is_intra_state=False, most=2, freight=Decimal(59))
    maker.write("marketplace_shipped", marketplace, shipped)
    maker.write("till", till, new(5, most=4))
    maker.write("wide", wide, new(8, has_discounts=True, has_free=True))
    maker.write("office", office, new())
    maker.write("grid_pages", full_grid, new(75))
    maker.write("voucher_pages", boxed_voucher, new(60))
    maker.write("hairlines_pages", hairlines, new(50))
    maker.write("wide_pages", wide, new(120, has_discounts=True, has_free=True))


def _write_variants(maker: Maker) -> None:
    new = maker.invoice
    maker.write("triplicate", partial(boxed_voucher, copies=_COPIES), new(4))
    maker.write("voucher_discount", boxed_voucher, new(4, discount_percent=Decimal(5)))
    maker.write("hairlines_discount", hairlines, new(4, discount_percent=Decimal(10)))
    maker.write("office_discount", office, new(3, discount_percent=Decimal(20)))
    maker.write("slash_dash", partial(office, shown=_with_slash), new(3))
    maker.write("equals", partial(office, shown=_with_equals), new(3))
    maker.write("fake_bold", partial(hairlines, has_fake_bold=True), new(4))
    once = new(1)
    once.lines.append(deepcopy(once.lines[0]))
    once.round_total()
    maker.write("repeated_item", full_grid, once)
    parties = {"seller": SELLERS[0], "buyer": BUYERS[0]}
    maker.write("two_in_one", full_grid, new(2, **parties), new(3, **parties))
    note = new(2, is_return=True)
    maker.write("credit_note", partial(full_grid, title="Credit Note"), note)
    untaxed = new(3)
    for line in untaxed.lines:
        line.gst = line.tax = Decimal(0)
    untaxed.round_total()
    maker.write("nil_rated", partial(office, title="BILL OF SUPPLY"), untaxed)
    owned = pdfencrypt.StandardEncryption("", ownerPassword="o", canCopy=0)
    maker.write("owner_password", full_grid, new(2), encrypt=owned)


def _write_others(maker: Maker) -> None:
    """What is no sale, cannot be read, or does not add up."""
    new = maker.invoice
    titled: Sequence[tuple[str, Any]] = (
        ("Quotation", full_grid),
        ("Estimate", full_grid),
        ("Proforma Invoice", boxed_voucher),
        ("Delivery Challan", full_grid),
        ("Purchase Order", hairlines),
    )
    for title, draw in titled:
        name = title.lower().replace(" ", "_")
        draw = partial(draw, title=title)
        maker.write(name, draw, new(3), outcome="refuse", reason="not_a_sales_document")
    maker.write("scan", scanned, new(3), outcome="refuse", reason="no_text_layer")
    secret = pdfencrypt.StandardEncryption("secret", ownerPassword="o", canPrint=0)
    options: dict[str, Any] = {"outcome": "refuse", "reason": "password_protected"}
    maker.write("password", full_grid, new(2), encrypt=secret, **options)
    misprinted = partial(office, misprint=Decimal(900))
    maker.write("bad_line", misprinted, new(3), outcome="quarantine")
    maker.write("bad_total", with_a_line_missing, new(4), outcome="quarantine")


def scanned(canvas: Canvas, invoice: Invoice) -> None:
    """The text of a bill as pixels, as a scanner or a phone leaves it."""
    picture = Image.new("L", (1240, 1754), 250)
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(24)
    texts = [
        "TAX INVOICE",
        invoice.seller.name,
        f"Invoice No. {invoice.number}  Date {invoice.date:%d/%m/%Y}",
        "Sl  Description   Qty   Rate   Amount",
        *map(_one_line, invoice.lines),
        f"Total {invoice.total}",
    ]
    for place, text in enumerate(texts):
        pen.text((80, 80 + 48 * place), text, fill=20, font=font)
    content = io.BytesIO()
    picture.rotate(0.7, fillcolor=250).save(content, "JPEG", quality=60)
    content.seek(0)
    canvas.drawImage(ImageReader(content), 0, 0, *A4)
    canvas.showPage()


def _one_line(line: Line) -> str:
    return f"{line.name[:40]}  {plain(line.quantity)}  {line.rate}  {line.net}"


def _with_slash(value: Decimal) -> str:
    return f"{grouped(value)}/-"


def _with_equals(value: Decimal) -> str:
    return grouped(value).replace(".", "=")
