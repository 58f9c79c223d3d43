"""Scans: read where the extra is installed, and counted only if two readings say the same."""

from dataclasses import replace
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from lucid_orchestration.ingest.layout.mapping import Business
from lucid_orchestration.ingest.outcomes import QuarantinedError, RefusedError, Status
from lucid_orchestration.ingest.pdf import invoices
from lucid_orchestration.ingest.pdf.bills import Document
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.invoices import read_invoices
from lucid_orchestration.ingest.pdf.pages import read_pages
from lucid_orchestration.ingest.pdf.scans import agreed, lines_of, words_of
from tests.pdf_bills import Bill, Draw, Item, columns, grid, picture, write_pdf

BILL = Bill(
    (
        Item("Black Pepper", "12", "410.00", "5"),
        Item("Green Cardamom", "3", "2150.00", "5"),
        Item("Steel Box", "40", "385.50", "18"),
    )
)
needs_ocr = pytest.mark.skipif(
    find_spec("rapidocr_onnxruntime") is None,
    reason="the extra `ocr` is not installed: nothing here reads pictures",
)


def scan_of(tmp_path: Path, draw: Draw, bill: Bill) -> Path:
    """A bill as a scanner at 200 dots to an inch gives it."""
    import pypdfium2

    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path))
    with pypdfium2.PdfDocument(write_pdf(tmp_path / "text.pdf", draw, bill)) as file:
        for page in file:
            size = page.get_size()
            canvas.setPageSize(size)
            image = page.render(scale=200 / 72).to_pil()
            canvas.drawImage(ImageReader(image), 0, 0, *size)
            canvas.showPage()
    canvas.save()
    return path


@needs_ocr
@pytest.mark.parametrize("draw", [columns, grid])
def test_a_scan_that_proves_itself_is_as_good_as_text(tmp_path: Path, draw: Draw) -> None:
    opened = read_invoices(scan_of(tmp_path, draw, BILL), Business())
    (table,) = opened.tables
    places = [table.layout.columns[name] for name in ("quantity", "net_amount", "sale_date")]
    rows = [tuple(row.cells[place] for place in places) for row in table.rows]
    assert [(Decimal(quantity), Decimal(net), day) for quantity, net, day in rows] == [
        (Decimal(item.quantity), item.net, "2025-08-14") for item in BILL.items
    ]
    assert "read_from_scan" in {issue.code for issue in opened.issues}


@needs_ocr
def test_a_scan_that_does_not_add_up_is_set_aside(tmp_path: Path) -> None:
    broken = scan_of(tmp_path, columns, replace(BILL, total=Decimal("12345.00")))
    with pytest.raises(QuarantinedError):
        read_invoices(broken, Business())


def test_without_the_extra_a_scan_is_refused_and_the_extra_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "are_scans_read", lambda: False)
    with pytest.raises(RefusedError) as refused:
        read_invoices(write_pdf(tmp_path / "scan.pdf", picture, BILL), Business())
    assert refused.value.reason == "no_text_layer"
    assert "extra ocr" in refused.value.message


def test_a_file_with_text_is_never_read_as_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "are_scans_read", lambda: True)
    monkeypatch.setattr(invoices, "SCANS", None)
    path = tmp_path / "damaged.pdf"
    path.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(RefusedError) as refused:
        read_invoices(path, Business())
    assert refused.value.reason == "unreadable_pdf"


def document_of(tmp_path: Path, bill: Bill) -> Document:
    (document,) = read_documents(read_pages(write_pdf(tmp_path / "b.pdf", columns, bill))).documents
    return document


def test_two_readings_that_agree_count_and_say_so(tmp_path: Path) -> None:
    document = document_of(tmp_path, BILL)
    both = agreed(document, [document])
    assert both.status is Status.ACCEPTED
    assert [remark.code for remark in both.remarks] == ["read_from_scan"]


@pytest.mark.parametrize(
    "other",
    [
        replace(BILL, date="15/08/2025"),
        replace(BILL, number="MSH/043"),
        replace(BILL, items=BILL.items[:2]),
        replace(BILL, title="CREDIT NOTE"),
        replace(BILL, total=Decimal("1.00")),
    ],
)
def test_two_readings_that_differ_do_not_count(tmp_path: Path, other: Bill) -> None:
    found = agreed(document_of(tmp_path, BILL), [document_of(tmp_path, other)])
    assert (found.status, found.bill, found.reason) == (
        Status.QUARANTINED,
        None,
        "scan_unsure",
    )


def box(x0: float, y0: float, x1: float, y1: float) -> list[list[float]]:
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def test_texts_of_a_picture_become_lines_of_words_in_points() -> None:
    found = [
        (box(400, 101, 480, 121), "Rs. 1,250.00", "0.97"),
        (box(40, 100, 140, 120), "DueDate No:7", "0.99"),
        (box(40, 200, 100, 220), "12pcs", "0.99"),
        (box(200, 200, 300, 220), "smudge", "0.30"),
        (box(40, 20, 200, 50), "CREDITNOTE", "0.99"),
    ]
    lines = list(lines_of(list(words_of(found, 2.0))))
    assert [[segment.text for segment in line.segments] for line in lines] == [
        ["CREDIT NOTE"],
        ["Due Date No: 7", "Rs. 1,250.00"],
        ["12 pcs"],
    ]
    first = lines[1].words[0]
    assert (first.x0, first.size) == (20.0, 8.5)
    assert lines[1].words[-1].x1 == pytest.approx(240.0)
