"""PDF bills: right to the paisa, or not counted, with the reason."""

import csv
import datetime
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import Business
from lucid_orchestration.ingest.layout.printed_days import parse_day
from lucid_orchestration.ingest.limited import reader
from lucid_orchestration.ingest.outcomes import (
    Issue,
    NotNowError,
    QuarantinedError,
    RefusedError,
    Status,
)
from lucid_orchestration.ingest.pdf import invoices
from lucid_orchestration.ingest.pdf.dates import is_possible
from lucid_orchestration.ingest.pdf.documents import Document, read_documents
from lucid_orchestration.ingest.pdf.invoices import opened, read_invoices
from lucid_orchestration.ingest.pdf.pages import MAX_PAGES, Line, Page, Word, read_pages
from lucid_orchestration.ingest.pdf.printed import CHARGE_WORDS, charge_name
from lucid_orchestration.ingest.pdf.rows import Figure, rows_of
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import OpenedFile, Table
from lucid_orchestration.settings import PROJECT_DIR
from tests.pdf_bills import (
    BUYER,
    SELLER,
    Bill,
    Draw,
    Item,
    bare,
    columns,
    grid,
    hostile_files,
    picture,
    till,
    write_pdf,
)

ITEMS = (
    Item("Black Pepper 500 g", "12", "410.00", "5"),
    Item("Cardamom, green, extra bold, hand picked, from Idukki estates", "3", "2150.00", "5"),
    Item("Steel Masala Box", "40", "385.50", "18"),
)
BILL = Bill(ITEMS)
NOBODY = Business()
FREIGHT = ("Freight charges", Decimal("250.00"))


def documents(tmp_path: Path, draw: Draw, *bills: Bill) -> tuple[Document, ...]:
    path = write_pdf(tmp_path / "bill.pdf", draw, *bills)
    return read_documents(read_pages(path)).documents


def file_of(tmp_path: Path, draw: Draw, *bills: Bill, business: Business = NOBODY) -> OpenedFile:
    path = write_pdf(tmp_path / "bill.pdf", draw, *bills)
    return opened(read_documents(read_pages(path)), business)


def values(table: Table, *fields: str) -> list[tuple[str, ...]]:
    places = [table.layout.columns[field] for field in fields]
    return [tuple(row.cells[place] for place in places) for row in table.rows]


def codes(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.code for issue in issues]


@pytest.mark.parametrize("draw", [grid, columns, bare])
def test_lines_of_every_layout_are_read(tmp_path: Path, draw: Draw) -> None:
    (table,) = file_of(tmp_path, draw, BILL).tables
    assert table.layout.kind == "sales"
    assert values(table, "product_name", "quantity", "unit_price", "net_amount", "unit") == [
        (item.name, *found, "Nos")
        for item, found in zip(
            ITEMS,
            [
                ("12.00" if draw is bare else "12", "410.00", "4920.00"),
                ("3.00" if draw is bare else "3", "2150.00", "6450.00"),
                ("40.00" if draw is bare else "40", "385.50", "15420.00"),
            ],
            strict=True,
        )
    ]
    assert table.counts.landed == 3


def test_head_of_a_bill_lands_on_every_line(tmp_path: Path) -> None:
    (table,) = file_of(tmp_path, grid, BILL).tables
    assert set(
        values(table, "sale_date", "transaction_id", "document_type", "customer_id", "currency")
    ) == {("2025-08-14", "MSH/042", "sale", BUYER[0], "INR")}
    assert set(table.layout.header) <= set(FIELDS["sales"])


def test_tax_of_a_line_is_told_apart_from_its_amount(tmp_path: Path) -> None:
    (table,) = file_of(tmp_path, grid, BILL).tables
    assert values(table, "net_amount", "tax_amount", "gross_amount")[0] == (
        "4920.00",
        "246.00",
        "5166.00",
    )


def test_line_discount_lowers_the_net_amount(tmp_path: Path) -> None:
    items = (replace(ITEMS[0], discount="7.5"), ITEMS[2])
    (table,) = file_of(tmp_path, grid, Bill(items)).tables
    assert values(table, "net_amount") == [("4551.00",), ("15420.00",)]


def test_bill_discount_is_spread_to_the_paisa(tmp_path: Path) -> None:
    items = tuple(Item(f"Soap {n}", "1", "33.33") for n in range(3))
    (table,) = file_of(tmp_path, columns, Bill(items, discount=Decimal("10.00"))).tables
    assert values(table, "net_amount") == [("30.00",), ("30.00",), ("29.99",)]


def test_discount_on_a_total_with_tax_lowers_the_net_amount_by_all_of_it(tmp_path: Path) -> None:
    items = (Item("Soap", "10", "50.00"), Item("Brush", "5", "100.00"))
    (table,) = file_of(tmp_path, grid, Bill(items, discount=Decimal("118.00"))).tables
    assert values(table, "net_amount", "tax_amount") == [("441.00", "90.00")] * 2


def test_charge_lands_as_a_line_that_is_no_product(tmp_path: Path) -> None:
    for draw in (grid, columns, bare):
        (table,) = file_of(tmp_path, draw, replace(BILL, extra=[FREIGHT])).tables
        assert values(table, "product_name", "quantity", "net_amount")[-1] == (
            "Freight charges",
            "1",
            "250.00",
        )


def test_every_charge_is_known_to_the_seed() -> None:
    with (PROJECT_DIR / "seeds" / "charge_words.csv").open(encoding="utf-8") as file:
        roles = {row["word"]: row["role"] for row in csv.DictReader(file)}
    labels = [word.capitalize() for word in CHARGE_WORDS]
    labels += ["Packing & Forwarding :", "Add : Courier", "Service charges", "Local delivery"]
    labels += ["Freight charges Mumbai", "Postage France"]
    for label in labels:
        words = charge_name(label).casefold().partition(":")[0].split()
        assert all(roles.get(word) for word in words), label
        assert ":" not in charge_name(label) or "opens" in {roles[word] for word in words}, label


def test_table_goes_on_over_pages(tmp_path: Path) -> None:
    items = tuple(Item(f"Article {n} of the long list", str(n + 1), "17.35") for n in range(90))
    for draw in (grid, columns, bare):
        (table,) = file_of(tmp_path, draw, Bill(items)).tables
        assert [name for (name,) in values(table, "product_name")] == [i.name for i in items]


def test_table_goes_on_without_its_headings(tmp_path: Path) -> None:
    items = tuple(Item(f"Article {n} of the long list", str(n + 1), "17.35") for n in range(60))
    for draw in (columns, bare):
        bill = Bill(items, repeats_headings=False)
        (table,) = file_of(tmp_path, draw, bill).tables
        assert [name for (name,) in values(table, "product_name")] == [i.name for i in items]


def test_name_wrapped_around_centred_figures_stays_whole(tmp_path: Path) -> None:
    long = replace(ITEMS[1], name=ITEMS[1].name + " of the first rain, in tins of five kilograms")
    (table,) = file_of(tmp_path, grid, Bill((long, *ITEMS), is_centred=True)).tables
    assert [name for (name,) in values(table, "product_name")] == [
        long.name,
        *[i.name for i in ITEMS],
    ]


def test_copies_count_once_and_equal_lines_twice(tmp_path: Path) -> None:
    bill = Bill((*ITEMS, ITEMS[0]))
    copies = [
        replace(bill, copy=text)
        for text in ("ORIGINAL FOR RECIPIENT", "DUPLICATE FOR TRANSPORTER", "(TRIPLICATE)")
    ]
    found = file_of(tmp_path, columns, *copies)
    assert len(found.tables) == 1
    assert len(list(found.tables[0].rows)) == 4
    assert "copies_left_out" in codes(found.issues)


def test_two_bills_in_one_file_are_two_tables(tmp_path: Path) -> None:
    other = Bill(ITEMS[:1], number="MSH/043", date="3-Sep-25")
    found = file_of(tmp_path, grid, BILL, other)
    assert [table.sheet for table in found.tables] == ["tax invoice MSH/042", "tax invoice MSH/043"]
    assert values(found.tables[1], "sale_date") == [("2025-09-03",)]


def test_two_different_bills_with_one_number_are_not_believed(tmp_path: Path) -> None:
    between, other = Bill(ITEMS[:1], number="X/1"), Bill(ITEMS[:1])
    found = file_of(tmp_path, columns, BILL, between, other)
    assert [table.sheet for table in found.tables] == ["tax invoice X/1"]
    told = [issue.message for issue in found.issues if issue.code == "document_quarantined"]
    assert len(told) == 2
    assert "Two different bills" in told[0]


def test_credit_note_is_a_return(tmp_path: Path) -> None:
    (table,) = file_of(tmp_path, grid, replace(BILL, title="CREDIT NOTE")).tables
    assert values(table, "document_type", "quantity")[0] == ("credit note", "12")


def test_credit_note_has_its_own_number_and_date(tmp_path: Path) -> None:
    note = replace(BILL, title="Credit Note", number="CN-7", of_invoice="MSH/042")
    (table,) = file_of(tmp_path, grid, note).tables
    assert values(table, "transaction_id", "sale_date")[0] == ("CN-7", "2025-08-14")


def test_tax_below_the_last_total_is_not_passed_over(tmp_path: Path) -> None:
    # the lines alone add up to the total; it must not be taken for one that contains the tax
    pages = read_pages(write_pdf(tmp_path / "bill.pdf", bare, BILL))
    lines = list(pages[0].lines)
    tax = next(place for place, line in enumerate(lines) if line.text.startswith("IGST 3"))
    total = next(place for place, line in enumerate(lines) if line.text.startswith("Total"))
    total_words = [replace(word, text="26,790.00") for word in lines[total].words[1:]]
    lines[total] = Line((lines[total].words[0], *total_words))
    lines[tax], lines[total] = lines[total], lines[tax]
    (document,) = read_documents((replace(pages[0], lines=tuple(lines)),)).documents
    assert document.status is Status.QUARANTINED


def test_bill_of_supply_shows_that_there_is_no_tax(tmp_path: Path) -> None:
    bill = Bill([replace(item, rate="0") for item in ITEMS], title="BILL OF SUPPLY")
    (table,) = file_of(tmp_path, columns, bill).tables
    assert values(table, "net_amount") == [("4920.00",), ("6450.00",), ("15420.00",)]


def test_till_receipt_is_read_where_its_summary_tells_the_rates(tmp_path: Path) -> None:
    items = (Item("Pepper 50 g", "2", "57.14", "5"), Item("Steel Box", "1", "385.50", "18"))
    (table,) = file_of(tmp_path, till, Bill(items)).tables
    assert values(table, "product_name", "net_amount", "gross_amount") == [
        ("Pepper 50 g", "114.29", "120.00"),
        ("Steel Box", "385.50", "454.89"),
    ]


def test_till_receipt_with_two_possible_shares_is_quarantined(tmp_path: Path) -> None:
    # both cost the same, and which of the two is taxed at 5 % nobody can tell
    items = (Item("Pepper", "1", "118.00", "0"), Item("Steel Box", "1", "100.00", "18"))
    with pytest.raises(QuarantinedError, match="rate of each line"):
        file_of(tmp_path, till, Bill(items))


@pytest.mark.parametrize(
    ("bill", "reason"),
    [
        (replace(BILL, total=Decimal("31000.00")), "total_mismatch"),
        (replace(BILL, extra=[("Loyalty bonus", Decimal("-100.00"))]), "unexplained_figure"),
        (replace(BILL, date=""), "no_date"),
        (replace(BILL, date="01/01/1970"), "date_out_of_range"),
        (replace(BILL, date="14/08/2085"), "date_out_of_range"),
        (replace(BILL, title="Statement of things"), None),
    ],
)
def test_doubtful_bill_is_quarantined(tmp_path: Path, bill: Bill, reason: str | None) -> None:
    if reason is None:
        # the label of its number still says that it is an invoice
        assert len(file_of(tmp_path, columns, bill).tables) == 1
        return
    with pytest.raises(QuarantinedError) as caught:
        file_of(tmp_path, columns, bill)
    assert caught.value.reason == reason
    assert "not counted" in caught.value.message


def test_bill_without_a_number_counts_under_one_made_from_its_content(tmp_path: Path) -> None:
    found = file_of(tmp_path, columns, replace(BILL, number=""))
    again = file_of(tmp_path, columns, replace(BILL, number=""))
    other = file_of(tmp_path, columns, replace(BILL, number="", date="15/08/2025"))
    assert "number_made" in codes(found.issues)
    numbers = [values(file.tables[0], "transaction_id")[0] for file in (found, again, other)]
    assert numbers[0] == numbers[1] != numbers[2]


def test_line_that_does_not_multiply_is_named_with_its_figures(tmp_path: Path) -> None:
    class Wrong(Item):
        @property
        def net(self) -> Decimal:
            return self.before_discount + 900

    bill = Bill([ITEMS[0], Wrong("Steel Masala Box", "40", "385.50")])
    with pytest.raises(QuarantinedError, match=r"Line 2 \(Steel Masala Box\): 40 × 385.50"):
        file_of(tmp_path, columns, bill)


@pytest.mark.parametrize(
    "title",
    [
        "Quotation",
        "ESTIMATE",
        "Proforma Invoice",
        "PRO-FORMA INVOICE",
        "Delivery Challan",
        "Purchase Order",
        "Sales Order",
        "Payment Receipt",
        "Debit Note",
        "CANCELLED",
    ],
)
def test_what_is_no_sale_is_refused(tmp_path: Path, title: str) -> None:
    with pytest.raises(RefusedError) as caught:
        file_of(tmp_path, grid, replace(BILL, title=title))
    assert (caught.value.status, caught.value.reason) == (Status.REFUSED, "not_a_sales_document")


def test_letter_beside_a_bill_is_told_and_alone_refused(tmp_path: Path) -> None:
    letter = Bill((), title="Dear customer", number="")
    found = file_of(tmp_path, bare, letter, BILL)
    assert len(found.tables) == 1
    assert "document_refused" in codes(found.issues)
    with pytest.raises(RefusedError, match="Nothing on it says") as caught:
        file_of(tmp_path, bare, letter)
    assert caught.value.status is Status.REFUSED


def test_bad_bill_beside_a_good_one_is_named(tmp_path: Path) -> None:
    bad = Bill(ITEMS, number="MSH/050", total=Decimal("1.00"))
    quote = Bill(ITEMS, number="Q-1", title="Quotation")
    found = file_of(tmp_path, grid, BILL, bad, quote)
    assert [table.sheet for table in found.tables] == ["tax invoice MSH/042"]
    told = {issue.code: issue.message for issue in found.issues}
    assert "MSH/050 (page 2)" in told["document_quarantined"]
    assert "Quotation Q-1" in told["document_refused"]


@pytest.mark.parametrize(
    ("business", "kind"),
    [
        (Business(gstin=SELLER[1]), "sales"),
        (Business(name="malabar  spice house"), "sales"),
        (Business(gstin=BUYER[1]), "purchases"),
        (Business(name="M/s Green Leaf Stores"), "purchases"),
    ],
)
def test_whose_bill_it_is_decides_the_kind(tmp_path: Path, business: Business, kind: str) -> None:
    found = file_of(tmp_path, bare, BILL, business=business)
    assert [table.layout.kind for table in found.tables] == [kind]
    assert "taken_for_sales" not in codes(found.issues)


def test_purchase_bill_lands_as_purchases(tmp_path: Path) -> None:
    (table,) = file_of(tmp_path, grid, BILL, business=Business(gstin=BUYER[1])).tables
    fields = ("purchase_date", "supplier", "document_type", "quantity", "unit_cost", "net_amount")
    assert values(table, *fields)[0] == (
        *("2025-08-14", SELLER[0], "purchase", "12", "410.00"),
        "4920.00",
    )
    assert set(table.layout.header) <= set(FIELDS["purchases"])


def test_credit_note_of_a_supplier_is_a_purchase_return(tmp_path: Path) -> None:
    note = replace(BILL, title="Credit Note")
    (table,) = file_of(tmp_path, grid, note, business=Business(gstin=BUYER[1])).tables
    assert values(table, "document_type")[0] == ("purchase return",)


def test_bill_between_others_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"Malabar Spice House.*mapping\.yml") as caught:
        file_of(tmp_path, grid, BILL, business=Business(name="Sunrise Traders"))
    assert caught.value.reason == "other_business"


def test_without_a_business_the_assumption_is_told(tmp_path: Path) -> None:
    found = file_of(tmp_path, grid, BILL)
    (issue,) = found.issues
    assert issue.code == "taken_for_sales"
    assert SELLER[0] in issue.message
    assert "mapping.yml" in issue.message


def test_a_bill_of_a_business_to_itself_is_neither_sale_nor_purchase(tmp_path: Path) -> None:
    own = replace(BILL, buyer=SELLER)
    with pytest.raises(RefusedError, match="as seller and as buyer") as caught:
        file_of(tmp_path, grid, own, business=Business(name=SELLER[0]))
    assert caught.value.reason == "other_business"


def test_scan_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "scan.pdf", picture, BILL)
    with pytest.raises(RefusedError, match="Excel export") as caught:
        read_pages(path)
    assert caught.value.reason == "no_text_layer"


def test_password_is_refused_and_an_owner_password_is_not(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "locked.pdf", grid, BILL, password="secret")
    with pytest.raises(RefusedError) as caught:
        read_pages(path)
    assert caught.value.reason == "password_protected"
    path = write_pdf(tmp_path / "owned.pdf", grid, BILL, password="")
    assert len(opened(read_documents(read_pages(path)), NOBODY).tables) == 1


def test_more_pages_than_bills_have_are_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "long.pdf", picture, *[BILL] * (MAX_PAGES + 1))
    with pytest.raises(RefusedError) as caught:
        read_pages(path)
    assert caught.value.reason == "too_many_pages"


def figures(text: str, mark: str) -> list[Figure]:
    """The figures of a line whose words stand as far apart as a blank is wide."""
    words = []
    x = 0.0
    for word in text.split():
        words.append(Word(word, x, x + 5.0 * len(word), 100.0, 8.0, opens=not words))
        x += 5.0 * len(word) + 2.0
    page = Page(1, 600.0, 800.0, (Line(tuple(words)),))
    return [figure for row in rows_of((page,), mark) for figure in row.figures]


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("₹ 1,23,456.50", ".", "123456.50"),
        ("5,72,500/-", ".", "572500"),
        ("11,100=00", ".", "11100.00"),
        ("(-) 123.00", ".", "-123.00"),
        ("(1,234.00)", ".", "-1234.00"),
        ("- ₹ 0.40", ".", "-0.40"),
        ("Rs.12", ".", "12"),
        ("€ 1.234,56", ",", "1234.56"),
        ("1 234,56 zł", ",", "1234.56"),
        ("CHF 1'234.50", ".", "1234.50"),
        ("1,23,45", ".", None),
        ("43130528101701234", ".", None),
        ("GST/24/005", ".", None),
        ("25/09/2025", ".", None),
        ("009384", ".", None),
        ("Bag", ".", None),
    ],
)
def test_money(text: str, mark: str, value: str | None) -> None:
    assert [figure.value for figure in figures(text, mark)] == ([Decimal(value)] if value else [])


def test_cell_with_money_and_its_percentage_is_two_figures() -> None:
    amount, share = figures("₹ 571.43 (5%)", ".")
    assert (amount.value, amount.is_percent, share.value, share.is_percent) == (
        Decimal("571.43"),
        False,
        5,
        True,
    )


def test_quantity_with_unit_and_free_pieces() -> None:
    (found,) = figures("12 + 1 Box", ".")
    assert (found.value, found.free, found.unit) == (12, 1, "Box")


@pytest.mark.parametrize(
    ("text", "date", "is_certain"),
    [
        (": 28/02/2026", (2026, 2, 28), True),
        ("6-May-25", (2025, 5, 6), True),
        ("18 Oct 2025", (2025, 10, 18), True),
        ("October 18, 2025", (2025, 10, 18), True),
        ("2025-03-04", (2025, 3, 4), True),
        ("03.04.2025", (2025, 4, 3), True),
        ("03/04/2025", (2025, 4, 3), False),
        ("19 april 2014", (2014, 4, 19), True),
        ("2 décembre 2015", (2015, 12, 2), True),
        ("7. März 2024", (2024, 3, 7), True),
        ("2024年5月7日", (2024, 5, 7), True),
        ("15 de enero de 2024", (2024, 1, 15), True),
        ("04/28/2025", (2025, 4, 28), True),
    ],
)
def test_dates(text: str, date: tuple[int, int, int], is_certain: bool) -> None:
    day = parse_day(text)
    assert day is not None
    assert (day.date, day.is_certain) == (datetime.date(*date), is_certain)
    assert is_possible(day.date)


def revenue(pages: tuple[Page, ...]) -> Decimal | None:
    found = [d.bill for d in read_documents(pages).documents if d.bill is not None]
    return sum((line.net_amount for bill in found for line in bill.lines), Decimal(0)) or None


def mutations(pages: tuple[Page, ...], chance: random.Random) -> Iterator[tuple[Page, ...]]:
    """Readings of a page with one digit changed, a line dropped or doubled, or a word lost."""
    (page, *others) = pages
    for place, line in enumerate(page.lines):
        before, after = page.lines[:place], page.lines[place + 1 :]
        changed: list[tuple[Line, ...]] = [before + after, (*before, line, line, *after)]
        for position, word in enumerate(line.words):
            digits = [at for at, letter in enumerate(word.text) if letter.isdigit()]
            if not digits:
                continue
            at = chance.choice(digits)
            digit = chance.choice([d for d in "0123456789" if d != word.text[at]])
            other = replace(word, text=word.text[:at] + digit + word.text[at + 1 :])
            rest = line.words[:position], line.words[position + 1 :]
            changed.append((*before, Line((*rest[0], other, *rest[1])), *after))
            if len(line.words) > 1:
                changed.append((*before, Line(rest[0] + rest[1]), *after))
        for lines in changed:
            yield (replace(page, lines=lines), *others)


@pytest.mark.parametrize(
    ("draw", "bill"),
    [
        (grid, replace(BILL, extra=[FREIGHT, ("Round Off", Decimal("0.40"))])),
        (grid, Bill((replace(ITEMS[0], discount="5", quantity="812.25"), ITEMS[2]))),
        (grid, replace(BILL, discount=Decimal("500.00"))),
        (columns, BILL),
        (columns, replace(BILL, discount=Decimal("267.90"))),
        (bare, replace(BILL, extra=[FREIGHT])),
        (till, BILL),
    ],
)
def test_altered_bill_is_never_counted_wrong(tmp_path: Path, draw: Draw, bill: Bill) -> None:
    pages = read_pages(write_pdf(tmp_path / "bill.pdf", draw, bill))
    right = revenue(pages)
    assert right is not None
    tried = 0
    for altered in mutations(pages, random.Random(5)):
        tried += 1
        found = revenue(altered)
        assert found is None or abs(found - right) < Decimal("0.50")
    assert tried > 60


@pytest.mark.parametrize(
    ("price", "total", "status"),
    [
        ("118.50", "119", Status.ACCEPTED),
        ("118.50", "118", Status.ACCEPTED),
        ("118.49", "119", Status.QUARANTINED),
        ("118.51", "118", Status.QUARANTINED),
    ],
)
def test_a_total_may_be_rounded_without_a_word_by_half_a_rupee_at_most(
    tmp_path: Path, price: str, total: str, status: Status
) -> None:
    bill = Bill((Item("Black Pepper 500 g", "1", price, "0"),), total=Decimal(total))
    (document,) = documents(tmp_path, grid, bill)
    assert document.status is status


def test_file_is_read_in_a_child_process(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "bill.pdf", grid, BILL)
    found = open_file(path, business=Business(gstin=BUYER[1]))
    assert (found.container, found.tables[0].layout.kind) == ("pdf", "purchases")
    assert len(list(found.tables[0].rows)) == 3


def test_several_files_are_read_at_once(tmp_path: Path) -> None:
    paths = [
        write_pdf(tmp_path / f"{n}.pdf", grid, replace(BILL, number=f"N-{n}")) for n in range(4)
    ]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda path: read_invoices(path, NOBODY), paths))
    assert [file.tables[0].sheet for file in found] == [f"tax invoice N-{n}" for n in range(4)]


def test_file_larger_than_any_bill_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_pdf(tmp_path / "bill.pdf", grid, BILL)
    monkeypatch.setattr(invoices, "MAX_BYTES", 100)
    with pytest.raises(RefusedError, match="scan"):
        read_invoices(path, NOBODY)


# In a process of its own: what its children use must not be mixed up with what other tests used.
# The limit itself is 30 seconds of computing; a shorter one shows as well that it holds.
_READ_HOSTILE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lucid_orchestration.ingest.outcomes import (RefusedError)
from lucid_orchestration.ingest.layout.mapping import (Business)
from lucid_orchestration.ingest.limited import reader
from lucid_orchestration.ingest.pdf import invoices

reader.CPU_SECONDS = 4

def read(path):
    try:
        invoices.read_invoices(path, Business())
    except RefusedError as refusal:
        return path.stem, refusal.reason
    return path.stem, "accepted"

with ThreadPoolExecutor(2) as pool:
    reasons = dict(pool.map(read, sorted(Path(sys.argv[1]).iterdir())))
peak = None
if sys.platform == "linux":  # elsewhere memory has no limit, and the figure another unit
    import resource
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([reasons, peak]))
"""


def test_hostile_files_end_and_leave_nothing_behind(tmp_path: Path) -> None:
    for name, content in hostile_files().items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    paths = sorted(tmp_path.iterdir())
    done = subprocess.run(
        [sys.executable, "-c", _READ_HOSTILE, str(tmp_path)],
        check=True,
        capture_output=True,
        cwd=PROJECT_DIR,
    )
    reasons, peak_kilobytes = json.loads(done.stdout)
    assert sorted(tmp_path.iterdir()) == paths
    assert peak_kilobytes is None or peak_kilobytes < 1_200_000
    assert "accepted" not in reasons.values()
    assert "reader_failed" not in reasons.values()
    assert {reasons["flate_bomb"], reasons["nested_flate_bomb"]} == {"too_large"}
    # it takes four times the limit
    assert reasons["text_flood"] == "took_too_long"
    assert reasons["truncated"] == reasons["garbage"] == "unreadable_pdf"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes among its files")
def test_a_reader_that_waits_for_ever_is_ended_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe.pdf"
    os.mkfifo(path)  # nobody ever writes into it, and waiting is no computing
    monkeypatch.setattr(reader, "WALL_SECONDS", 1)
    with pytest.raises(NotNowError) as caught:
        read_invoices(path, NOBODY)
    assert caught.value.reason == "took_too_long"


def test_the_clock_is_a_distant_limit_and_computing_the_near_one() -> None:
    assert reader.WALL_SECONDS >= 3 * reader.CPU_SECONDS


def test_random_bytes_in_a_bill_are_no_crash(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "bill.pdf", columns, BILL)
    content = path.read_bytes()
    chance = random.Random(11)
    broken = tmp_path / "broken.pdf"
    for _ in range(40):
        mutable = bytearray(content)
        for _ in range(chance.randint(1, 30)):
            mutable[chance.randrange(len(mutable))] = chance.randrange(256)
        broken.write_bytes(mutable)
        try:
            found = read_documents(read_pages(broken)).documents
        except RefusedError:
            continue
        assert all(document.status in Status for document in found)
