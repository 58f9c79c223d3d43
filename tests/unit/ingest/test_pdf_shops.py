"""Papers as shops print them: what they are called, and figures beside those of the goods."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from lucid_orchestration.ingest.layout.mapping import Business
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.bills import Document, Documents, Title
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.invoices import opened
from tests.bill_words import Cell, head_of, page_of, read_rows, worth

HEADINGS: list[Cell] = [(40, "Item"), (-320, "Qty"), (-420, "Price"), (-550, "Amount")]
LAMP: list[Cell] = [(40, "Lamp"), (-320, "12"), (-420, "28.40"), (-550, "340.80")]
SOLD = ("12", "28.40", "340.80")
DAY = "Date: 14 Feb 2025"


def sums(*rows: tuple[str, str]) -> list[list[Cell]]:
    return [[(x, text) for x, text in ((340, a), (-550, b)) if text] for a, b in rows]


def titled(title: str, *details: str, total: str = "Total") -> Document:
    head = head_of(title, *details, DAY)
    return read_rows(HEADINGS, LAMP, *sums((total, "340.80")), head=head)


@pytest.mark.parametrize(
    ("title", "details"),
    [
        ("SALES ORDER INVOICE", ["Order No: SO-1182"]),
        ("Sales Order Invoice", ["Invoice No: 118", "Sales Order No: 442"]),
        ("Sammelrechnung", ["Rechnungsnummer: 118"]),
        ("Schlussrechnung", ["Rechnungsnummer: 118"]),
        ("INVOICE / BILL", ["Invoice No: 118"]),
        ("Cash sale", ["No: 118"]),
        ("Sales invoice (credit)", ["No: 118"]),
        ("INVOICE / DELIVERY NOTE", ["Invoice No: 118"]),
        # of a paper without a title its number says what it is
        ("Goods and more", ["Invoice No: 118", "Order No: 55"]),
    ],
)
def test_paper_of_a_sale_counts(title: str, details: Sequence[str]) -> None:
    assert worth(titled(title, *details)) == [SOLD]


@pytest.mark.parametrize(
    "title",
    [
        *(
            "QUOTATION",
            "Proforma",
            "Delivery Note",
            "Sales Order",
            "Order No: 55",
            "Payment Receipt",
        ),
        *("Quotation No: 55", "Dispatch note", "Gift receipt", "Purchase invoice", "Sales quote"),
        *("Deposit invoice", "Abschlagsrechnung", "Facture d'acompte", "Faktura zaliczkowa"),
    ],
)
def test_paper_of_no_sale_is_refused(title: str) -> None:
    document = titled(title)
    assert (document.status, document.reason) == (Status.REFUSED, "not_a_sales_document")


@pytest.mark.parametrize("title", ["RETURN INVOICE", "Refund receipt", "GOODS RETURN NOTE"])
def test_paper_that_takes_goods_back_is_no_sale(title: str) -> None:
    """The bill that it is about stands on it as well."""
    document = titled(title, "Original Invoice No: 118")
    assert worth(document) == [SOLD]
    assert document.facts.title is Title.CREDIT_NOTE
    assert document.facts.number != "118"


def test_credit_memo_may_be_a_sale_on_credit() -> None:
    assert titled("CREDIT MEMO", "No: 118", "GSTIN 29AABCP1234K1Z5").reason == "no_title"
    assert titled("Credit invoice", "Invoice No: 118").reason == "no_title"
    for said in ("Original invoice: 90", "Reason: damaged"):
        assert titled("CREDIT MEMO", "No: 118", said).facts.title is Title.CREDIT_NOTE
    assert titled("CREDIT MEMO", "No: 118").facts.title is Title.CREDIT_NOTE


def test_invoice_that_speaks_of_its_refund_is_asked() -> None:
    document = titled("INVOICE", "Return No: R-12", total="Refund total")
    assert (document.reason, document.facts.title) == ("no_title", None)
    assert "“invoice”" in document.message


def test_no_paper_of_no_sale_counts_by_the_number_of_its_bill() -> None:
    for title in ("Quotation No: 55", "Dispatch note", "Purchase invoice"):
        assert titled(title, "Invoice No: 118").status is Status.REFUSED


def test_unknown_paper_on_a_bill_is_not_that_bill() -> None:
    assert titled("Thank you", "Original Invoice No: 118").bill is None
    head = [[(240, "")], *head_of("", "Invoice No: 118", DAY)[1:]]
    assert worth(read_rows(HEADINGS, LAMP, *sums(("Total", "340.80")), head=head[1:])) == [SOLD]


def test_seller_is_not_the_title() -> None:
    assert titled("INVOICE / DELIVERY NOTE", "Invoice No: 118").facts.seller.name == "Maruko Handel"


@pytest.mark.parametrize(
    ("title", "number", "found"),
    [
        ("RECEIPT", "Receipt No: 88412", "88412"),
        ("Receipt", "Receipt #4471", "4471"),
        ("Kvittering", "Kvittering nr: 12", "12"),
    ],
)
def test_receipt_of_a_till_is_a_sale(title: str, number: str, found: str) -> None:
    document = titled(title, number)
    assert worth(document) == [SOLD]
    assert (document.facts.title, document.facts.number) == (Title.BILL, found)


def test_receipt_of_a_payment_is_none() -> None:
    """The bill that it names is the sale; and without lines that prove themselves none is."""
    assert titled("Receipt", "Receipt No: 88412", "REFUND").status is Status.REFUSED
    assert titled("Thank you", "Receipt No: 88412").status is Status.REFUSED
    assert titled("Receipt", "Receipt No: 88412", "Invoice number: 118").status is Status.REFUSED
    paid = read_rows(*sums(("Received from Harbour Store", "340.80")), head=head_of("Receipt", DAY))
    assert (paid.status, paid.reason) == (Status.REFUSED, "not_a_sales_document")


@pytest.mark.parametrize(
    ("rows", "earned"),
    [
        (sums(("Total", "340.80"), ("Tip", "20.00"), ("Card", "360.80")), [SOLD]),
        (sums(("Total", "340.80"), ("Tip", "20.00"), ("Amount", "360.80")), [SOLD]),
        (
            sums(("Sub total", "340.80"), ("Gratuity", "20.00"), ("Total", "360.80")),
            [SOLD, ("1", "20.00", "20.00")],
        ),
        (sums(("Sub total", "340.80"), ("Less: advance", "-200.00"), ("Total", "140.80")), [SOLD]),
        (sums(("Less: deposit paid", "200.00"), ("Balance due", "140.80")), [SOLD]),
        # nobody pays with what is saved, nor with a discount for paying at once
        (sums(("Summe", "340.80"), ("abzgl. 2% Skonto", "-6.82"), ("Gesamt", "333.98")), []),
        (sums(("Sub total", "340.80"), ("Less: saved", "-200.00"), ("Total", "140.80")), []),
        (sums(("Less: advance", "-200.00"), ("Total", "141.80")), []),
        (
            sums(("Base", "340.80"), ("IVA 21%", "71.57"), ("Recargo de equivalencia", "17.72"))
            + sums(("Total factura", "430.09")),
            [SOLD],
        ),
        (
            sums(("Total TTC", "340.80"), ("Escompte 2 %", "6.82"), ("TVA non applicable", "")),
            [SOLD],
        ),
        (sums(("Gesamtbetrag", "340.80"), ("Gemäß § 19 UStG keine Umsatzsteuer", "")), [SOLD]),
        (sums(("Labour total", "340.80"), ("Total", "340.80")), [SOLD]),
        (sums(("Gesamtbetrag", "340.80"), ("abzgl. Abschlagsrechnung Nr. 1", "-200.00")), [SOLD]),
    ],
)
def test_figures_beside_those_of_the_goods(
    rows: list[list[Cell]], earned: list[tuple[str, str, str]]
) -> None:
    assert worth(read_rows(HEADINGS, LAMP, *rows)) == earned


def test_day_of_a_delivery_above_its_lines_is_no_part_of_a_name() -> None:
    document = read_rows(
        HEADINGS, [(40, "Delivery note 8801 of 03/02/2025")], LAMP, *sums(("Total", "340.80"))
    )
    assert document.bill is not None
    assert [line.name for line in document.bill.lines] == ["Lamp"]


def test_page_that_goes_on_says_no_more_than_its_number() -> None:
    head = head_of("TAX INVOICE", "Invoice No: 118", DAY, "GST 18%")
    tax = sums(("Taxable", "681.60"), ("GST 18%", "122.69"), ("Total", "804.29"))
    first = page_of(*head, HEADINGS, LAMP, [(340, "Carried over"), (-550, "340.80")])
    second = page_of(
        [(40, "Invoice No: 118")],
        [(340, "Brought forward"), (-550, "340.80")],
        LAMP,
        *tax,
        number=2,
    )
    (document,) = read_documents([first, second]).documents
    assert document.pages == (1, 2)
    assert worth(document) == [SOLD, SOLD]


def test_buyer_keeps_the_words_that_name_copies() -> None:
    head = head_of("INVOICE", "Invoice No: 118", DAY)
    document = read_rows(
        [(40, "Bill to: Orbit Offices (Original for recipient)")],
        HEADINGS,
        LAMP,
        *sums(("Total", "340.80")),
        head=head,
    )
    assert document.facts.buyer.name == "Orbit Offices"


def test_pieces_beside_the_weight_that_is_paid_are_no_quantity() -> None:
    document = read_rows(
        [(40, "Item"), (-250, "Pcs"), (-320, "Kg"), (-420, "Rate"), (-550, "Amount")],
        [(40, "Fish"), (-250, "4"), (-320, "12.350"), (-420, "780.00"), (-550, "9,633.00")],
        *sums(("Total", "9,633.00")),
    )
    assert worth(document) == [("12.350", "780.00", "9633.00")]


def test_line_below_the_last_that_does_not_multiply_is_no_discount() -> None:
    for quantity, found in (("1", [SOLD, ("1", "-14.40", "-14.40")]), ("7", [])):
        coupon: list[Cell] = [(40, "Coupon"), (-320, quantity), (-420, "-14.40"), (-550, "-14.40")]
        document = read_rows(HEADINGS, LAMP, coupon, *sums(("Total", "326.40")))
        assert worth(document) == found


def test_sample_given_for_nothing_is_told_and_not_sold() -> None:
    """Any number of it comes to nothing, so nothing proves its quantity."""
    sample: list[Cell] = [(40, "Sample"), (-320, "2"), (-420, "0.00"), (-550, "0.00")]
    document = read_rows(HEADINGS, LAMP, sample, *sums(("Total", "340.80")))
    assert worth(document)[0] == SOLD
    assert document.bill is not None
    given = document.bill.lines[1]
    assert (given.quantity, given.free, given.net_amount) == (Decimal(0), Decimal(2), Decimal(0))
    file = opened(Documents((document,), 0), Business())
    assert [row.number for row in file.tables[0].rows] == [1]
    assert [issue.code for issue in file.issues if "2 of Sample" in issue.message] == ["free_goods"]
    counted = read_rows(HEADINGS, LAMP, sample, *sums(("Total qty", "14"), ("Total", "340.80")))
    assert worth(counted) == [SOLD, ("2", "0.00", "0.00")]
