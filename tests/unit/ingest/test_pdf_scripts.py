"""Letters of every script, and glyphs nobody can read, as the reading of a page takes them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.mirrored import turned
from lucid_orchestration.ingest.pdf.pages import Line, Page, Word, read_pages
from lucid_orchestration.ingest.pdf.rows import rows_of
from lucid_orchestration.ingest.pdf.scripts import (
    UNKNOWN,
    in_reading_order,
    is_page_from_right,
    readable,
)
from tests.generators.bill_pages import draw_bill
from tests.generators.glyph_canvas import GlyphCanvas, as_drawn
from tests.generators.random_bills import Prices, RandomBill, random_bill


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("١٢٬٣٤٥٫٦٧", "12,345.67"),
        ("१२३", "123"),
        ("发票号码：Ｆ１２", "发票号码:F12"),
        ("(cid:12)(cid:7).50", f"{UNKNOWN}{UNKNOWN}.50"),
        ("ﻻ", "لا"),
        ("Rs.\xa05\x00", "Rs. 5"),
        ("plain", "plain"),
    ],
)
def test_letters_are_western_and_unknown_glyphs_are_one_sign(drawn: str, read: str) -> None:
    assert readable(drawn) == read


@pytest.mark.parametrize("word", ["فاتورة", "A4", "12.50", "خصم5%"])
def test_words_are_read_in_their_order(word: str) -> None:
    assert in_reading_order(list(as_drawn(word))) in {word, "خصم%5"}


def test_figures_inside_words_keep_their_order() -> None:
    assert in_reading_order(list("123بأ")) == "أب123"


def page_of(*words: tuple[str, float, float, bool]) -> Page:
    line = Line(tuple(Word(text, x0, x1, 50.0, 10.0, opens) for text, x0, x1, opens in words))
    return Page(1, 200.0, 300.0, (line,))


def test_a_page_from_the_right_is_turned_around() -> None:
    page = page_of(
        ("12.00", 20.0, 50.0, True), ("SAR", 54.0, 70.0, False), ("المجموع", 150.0, 190.0, True)
    )
    (line,) = turned(page).lines
    assert [(word.text, word.x0, word.x1, word.opens) for word in line.words] == [
        ("المجموع", 10.0, 50.0, True),
        ("12.00", 130.0, 160.0, True),
        ("SAR", 164.0, 180.0, False),
    ]
    western = page_of(("Total", 20.0, 50.0, True), ("12.00", 150.0, 190.0, True))
    assert turned(western) is western
    assert not is_page_from_right(["Total", "المجموع", "Invoice"])


def test_figures_of_two_columns_keep_their_places_on_a_turned_page() -> None:
    # what stood between them, and began a cell, is lost
    page = page_of(
        ("39.34", 20.0, 50.0, True), ("4", 100.0, 106.0, False), ("المجموع", 150.0, 190.0, True)
    )
    (line,) = turned(page).lines
    assert [(word.text, word.x0) for word in line.words] == [
        ("المجموع", 10.0),
        ("4", 94.0),
        ("39.34", 150.0),
    ]


def test_a_glyph_nobody_can_read_makes_no_figure() -> None:
    page = page_of((f"1{UNKNOWN}.50", 20.0, 50.0, True), (f"{UNKNOWN}{UNKNOWN}", 60.0, 90.0, True))
    (row,) = rows_of([page], ".")
    assert row.figures == ()


def first_of(prices: Prices) -> tuple[int, RandomBill]:
    """A random bill of some lines whose prices are printed so."""
    for seed in range(90_000, 91_000):
        bill = random_bill(seed)
        if bill.prices == prices and 2 < len(bill.lines) < 9 and bill.scheme == "none":
            return seed, bill
    raise AssertionError(prices)


@pytest.mark.parametrize("prices", ["left out", "missing", "wrong"])
def test_without_readable_prices_the_sum_of_quantities_proves_them(
    tmp_path: Path, prices: Prices
) -> None:
    seed, bill = first_of(prices)
    path = tmp_path / "bill.pdf"
    draw_bill(path, bill, seed)
    pages = read_pages(path)
    (document,) = read_documents(pages).documents
    assert document.bill is not None, document.message
    lines = [line for line in document.bill.lines if not line.is_charge]
    assert [line.quantity for line in lines] == [line.quantity for line in bill.lines]
    assert all(line.unit_price is None for line in lines)
    codes = [remark.code for remark in document.remarks]
    assert codes == ([] if prices == "left out" else ["price_from_amount"])
    # without that sum nobody knows which quantity is right
    total = sum((line.quantity for line in bill.lines), Decimal(0))
    shown = {f"{total:f}", f"{total.normalize():f}", f"{total:f}".replace(".", ",")}
    without = tuple(
        replace(
            page,
            lines=tuple(
                Line(tuple(word for word in line.words if word.text not in shown) or line.words)
                for line in page.lines
            ),
        )
        for page in pages
    )
    assert without != pages
    assert all(found.bill is None for found in read_documents(without).documents)


def test_a_font_whose_map_is_broken_is_drawn_so(tmp_path: Path) -> None:
    canvas = GlyphCanvas(tmp_path / "page.pdf", (400.0, 200.0))
    canvas.setFont("", 10)
    canvas.drawString(20, 150, "A page with enough letters to be none of a scan")
    canvas.broken = "missing"
    canvas.drawString(20, 120, "12.50")
    canvas.broken = "wrong"
    canvas.drawString(20, 90, "12.50")
    canvas.showPage()
    canvas.save()
    (page,) = read_pages(tmp_path / "page.pdf")
    texts = [line.text for line in page.lines]
    assert texts[1] == f"{UNKNOWN}{UNKNOWN}.{UNKNOWN}{UNKNOWN}"
    assert texts[2] == "81.03"


def test_quantity_with_its_unit_and_the_price_beside_it_keep_their_places() -> None:
    """A blank apart, they looked like one run: 250 for 302.89 was 302.89 for 250."""
    page = page_of(
        ("علبة", 20.0, 40.0, True), ("250", 43.0, 60.0, False), ("302.89", 63.0, 95.0, False)
    )
    (line,) = turned(page).lines
    assert [(word.text, word.x0) for word in line.words] == [
        ("302.89", 105.0),
        ("250", 140.0),
        ("علبة", 160.0),
    ]
