"""A layout learned once: ways to read a bill that does not count, and what telling one does."""

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from reportlab.pdfgen.canvas import Canvas

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.ingest.inspection import inspect
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.mapping import NO_MAPPING, parse_mapping, read_mapping
from lucid_orchestration.ingest.layout.mapping_text import bill_snippet, with_bill_layout
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.bills import Basis, Candidate, Document, Title
from lucid_orchestration.ingest.pdf.candidates import find_puzzles
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import Page, read_pages
from tests import pdf_bills
from tests.generators.bill_alterations import alterations, sums_of
from tests.pdf_bills import BUYER, SELLER, Bill, Draw, Item, columns, grouped, write_pdf

ITEMS = (
    Item("Black Pepper 500 g", "12", "410.00", "5"),
    Item("Cardamom, green", "3", "2150.00", "5"),
    Item("Steel Masala Box", "40", "385.50", "18"),
)
FUND = ("Zorbel fund", Decimal("12.00"))
STRANGE = Bill(ITEMS, extra=[FUND])
# Quantities and prices that look alike.
ALIKE = (
    Item("Tea", "12.00", "5.00", "5"),
    Item("Jam", "4.00", "3.25", "5"),
    Item("Mug", "5.00", "2.50", "18"),
)
HEADINGS = ("Zorb", "Wix", "Plen", "Glem")


def unknown_words(canvas: Canvas, bill: Bill) -> None:
    """A table whose headings nobody knows."""
    widths = [150.0, 70, 70, 90]
    table = pdf_bills._Table(canvas, bill, widths, HEADINGS, "lrrr", uprights=False, levels=False)
    for item in bill.items:
        table.row([item.name, item.quantity, item.price, grouped(item.net)])
    total = bill.net + bill.tax + sum((value for _, value in bill.extra), Decimal(0))
    rows = [("Sub Total", bill.net), ("GST", bill.tax), *bill.extra, ("Total", total)]
    pdf_bills._notes(canvas, pdf_bills._labels(canvas, table.y, rows), bill)


def pages_of(tmp_path: Path, draw: Draw, *bills: Bill) -> tuple[Page, ...]:
    return read_pages(write_pdf(tmp_path / "bill.pdf", draw, *bills))


def ways(pages: Sequence[Page]) -> tuple[Candidate, ...]:
    (puzzle,) = find_puzzles(pages)
    return puzzle.candidates


def said(way: Candidate) -> BillLayout:
    assert way.says is not None
    return way.says


def read(pages: Sequence[Page], *layouts: BillLayout) -> Document:
    (document,) = read_documents(pages, layouts).documents
    return document


def test_a_figure_nobody_understands_is_offered_as_what_makes_the_bill_add_up(
    tmp_path: Path,
) -> None:
    pages = pages_of(tmp_path, columns, STRANGE)
    assert read(pages).reason == "unexplained_figure"
    found = {said(way).labels[FUND[0]]: way for way in ways(pages)}
    assert set(found) == {"charge", "tax"}
    net = STRANGE.net
    assert {kind: (way.net, way.total) for kind, way in found.items()} == {
        "charge": (net + FUND[1], net + STRANGE.tax + FUND[1]),
        "tax": (net, net + STRANGE.tax + FUND[1]),
    }
    for way in found.values():
        assert said(way).seller == SELLER[1]
        assert "Quantity" in said(way).headings
        bill = read(pages, said(way)).bill
        assert bill is not None
        assert (bill.lines, bill.total) == (way.lines, way.total)


def test_columns_that_nothing_tells_apart_are_told_by_their_headings(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, unknown_words, Bill(ALIKE))
    assert read(pages).reason == "ambiguous_bill"
    found = {way.lines[0].quantity: said(way) for way in ways(pages)}
    assert set(found) == {Decimal("12.00"), Decimal("5.00")}
    assert found[Decimal("12.00")].columns == {
        "Wix": "quantity",
        "Plen": "price",
        "Glem": "amount",
    }
    assert found[Decimal("5.00")].columns["Wix"] == "price"
    # siblings: other goods in other numbers, and again nothing but the headings tells
    sibling = pages_of(tmp_path, unknown_words, Bill((*ALIKE[1:], Item("Salt", "7.00", "9.00"))))
    assert read(sibling).bill is None
    bill = read(sibling, found[Decimal("12.00")]).bill
    assert bill is not None
    assert [line.quantity for line in bill.lines] == [Decimal(4), Decimal(5), Decimal(7)]


def test_several_things_are_told_at_once(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, unknown_words, Bill(ALIKE, extra=[FUND]))
    kinds = {(said(w).columns.get("Wix"), said(w).labels[FUND[0]]) for w in ways(pages)}
    assert kinds == {(c, k) for c in ("quantity", "price") for k in ("charge", "tax")}


def test_dates_are_told_by_their_order_and_by_their_label(tmp_path: Path) -> None:
    dollars = Bill(ALIKE, date="03/04/2025", notes=["All prices in USD"], seller=("Corner Co", ""))
    pages = pages_of(tmp_path, columns, replace(dollars, buyer=("Rose Stores", "")))
    document = read(pages)
    if document.bill is None:
        assert document.reason == "ambiguous_date"
        found = {said(way).date_order: way.date for way in ways(pages)}
        assert {order: day and day.isoformat() for order, day in found.items()} == {
            "dmy": "2025-04-03",
            "mdy": "2025-03-04",
        }
    undated = replace(STRANGE, extra=(), date="", notes=["Handed out 17/08/2025"])
    pages = pages_of(tmp_path, columns, undated)
    (way,) = ways(pages)
    assert said(way).date == "Handed out"
    assert str(way.date) == "2025-08-17"
    assert str(read(pages, said(way)).facts.date) == "2025-08-17"


def test_a_day_to_pay_on_is_never_offered_as_the_day_of_the_bill(tmp_path: Path) -> None:
    (way,) = ways(pages_of(tmp_path, columns, replace(STRANGE, extra=(), date="")))
    assert way.says is None


def test_a_number_is_told_by_its_label(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, columns, replace(STRANGE, extra=(), notes=["Chit Q-77"]))
    layout = BillLayout(seller=SELLER[0], number="Chit")
    assert read(pages, layout).facts.number == "Q-77"
    assert read(pages, BillLayout(seller="Others", number="Chit")).facts.number == "MSH/042"


def test_a_paper_without_a_title_is_told_to_be_a_credit_note(tmp_path: Path) -> None:
    paper = replace(STRANGE, extra=(), title="PAPER", number="")
    pages = pages_of(tmp_path, columns, paper)
    found = {said(way).document: way for way in ways(pages)}
    assert set(found) == {"sale", "sale_return"}
    note = read(pages, said(found["sale_return"]))
    assert (note.status, note.facts.title) == (Status.ACCEPTED, Title.CREDIT_NOTE)


def test_what_nothing_told_makes_add_up_is_offered_with_its_sums_alone(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, columns, replace(STRANGE, extra=(), total=Decimal("99999.00")))
    (way, *others) = ways(pages)
    assert all(one.says is None for one in (way, *others))
    assert way.net == STRANGE.net
    assert "99999.00" in way.problem


def test_accepted_bills_and_papers_that_are_none_are_no_puzzles(tmp_path: Path) -> None:
    good = replace(STRANGE, extra=())
    assert find_puzzles(pages_of(tmp_path, columns, good)) == []
    assert find_puzzles(pages_of(tmp_path, columns, replace(good, title="QUOTATION"))) == []


@pytest.mark.parametrize("told", ["charge", "discount", "payment", "nothing", "total"])
def test_what_is_told_makes_no_bill_count_that_does_not_add_up(tmp_path: Path, told: str) -> None:
    layout = BillLayout.model_validate({"seller": SELLER[0], "labels": {FUND[0]: told}})
    document = read(pages_of(tmp_path, columns, STRANGE), layout)
    assert (document.bill is not None) is (told == "charge")


def test_told_prices_are_the_only_ones_tried(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, columns, replace(STRANGE, extra=()))
    before = read(pages, BillLayout(seller=SELLER[0], prices="before_tax")).bill
    assert before is not None
    assert before.basis is Basis.BEFORE_TAX
    assert read(pages, BillLayout(seller=SELLER[0], prices="with_tax")).bill is None


def test_told_columns_are_contradicted_by_no_reading(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, columns, replace(STRANGE, extra=()))
    wrong = BillLayout.model_validate(
        {"seller": SELLER[0], "columns": {"Rate": "quantity", "Quantity": "price"}}
    )
    turned = read(pages, wrong).bill
    assert turned is None or [line.quantity for line in turned.lines] == [
        Decimal(item.price) for item in ITEMS
    ]
    amount = BillLayout.model_validate({"seller": SELLER[0], "columns": {"Rate": "amount"}})
    assert read(pages, amount).bill is None


@pytest.mark.parametrize("seed", range(6))
def test_altered_siblings_of_a_told_layout_are_never_counted_otherwise(
    tmp_path: Path, seed: int
) -> None:
    taught = pages_of(tmp_path, unknown_words, Bill(ALIKE, extra=[FUND]))
    layout = next(
        said(way)
        for way in ways(taught)
        if (said(way).columns.get("Wix"), said(way).labels[FUND[0]]) == ("quantity", "charge")
    )
    chance = random.Random(seed)
    items = tuple(
        Item(f"Thing {n}", f"{chance.randint(2, 40)}.00", f"{chance.randint(100, 9000) / 100:.2f}")
        for n in range(chance.randint(1, 5))
    )
    pages = pages_of(tmp_path, unknown_words, Bill(items, extra=[FUND]))
    right = read(pages, layout)
    assert right.bill is not None
    altered = list(alterations(pages, chance))
    for what, other in chance.sample(altered, min(60, len(altered))):
        for document in read_documents(other, [layout]).documents:
            if document.bill is not None:
                assert sums_of(document) == sums_of(right), what


def test_an_answer_kept_is_applied_to_siblings_and_no_others(tmp_path: Path) -> None:
    shop = tmp_path / "inbox" / "corner"
    shop.mkdir(parents=True)
    other = ("Tin Works", "32AABCT3333L1Z3")
    bills = {
        "one": STRANGE,
        "two": replace(STRANGE, number="MSH/043", items=ITEMS[:2]),
        "broken": replace(STRANGE, number="MSH/044", total=Decimal("77777.00")),
        "another": replace(STRANGE, number="T/1", seller=other),
    }
    for name, bill in bills.items():
        write_pdf(shop / f"{name}.pdf", columns, bill)
    assert set(outcomes(tmp_path).values()) == {"quarantined"}
    found = inspect(shop / "one.pdf", NO_MAPPING)
    way = next(c for c in found.puzzles[0]["candidates"] if "charge" in c["meaning"])
    (shop / "mapping.yml").write_text(way["paste"], encoding="utf-8")
    assert outcomes(tmp_path) == {
        "one.pdf": "accepted",
        "two.pdf": "accepted",
        "broken.pdf": "quarantined",
        "another.pdf": "quarantined",
    }
    told = read_mapping(shop / "mapping.yml")
    assert inspect(shop / "one.pdf", told).puzzles == ()
    assert inspect(shop / "another.pdf", told).puzzles[0]["candidates"]
    assert BUYER[0] not in way["paste"]


def outcomes(folder: Path) -> dict[str, str]:
    ingest(folder / "inbox", folder / "raw", folder / "state")
    files: list[dict[str, Any]] = pq.read_table(folder / "raw/raw_source_files").to_pylist()
    return {str(file["file_name"]): str(file["status"]) for file in files}


LAYOUT = BillLayout(seller="Tin Works", headings=("Item", "Qty", "Rate"), date_order="mdy")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# mine\ncurrency: INR",
        "bills:\n  - seller: Rose  # old\n    number: Chit\n",
        "files:\n- match: a.csv\n  kind: sales\nbills:\n- seller: Rose\n  number: Chit\n",
    ],
)
def test_a_layout_is_written_before_others_and_all_else_stays(text: str) -> None:
    written = with_bill_layout(text, LAYOUT)
    assert parse_mapping(written.encode()).mapping.bills[0] == LAYOUT
    assert set(text.splitlines()) <= set(written.splitlines())
    later = LAYOUT.model_copy(update={"date_order": "dmy"})
    bills = parse_mapping(with_bill_layout(written, later).encode()).mapping.bills
    assert [bill.date_order for bill in bills if bill.seller == "Tin Works"] == ["dmy"]
    silent = BillLayout(seller=LAYOUT.seller, headings=LAYOUT.headings)
    gone = yaml.safe_load(with_bill_layout(written, silent)) or {}
    assert gone == (yaml.safe_load(text) or {})
    assert parse_mapping(bill_snippet(LAYOUT).encode()).mapping.bills == (LAYOUT,)


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"date_order": "mdy"}, "it names no layout"),
        ({"headings": ["Item", "Qty"], "number": "No"}, "it names no layout"),
        ({"seller": "Rose", "columns": {"Qty": "profit"}}, "bills.0.columns.Qty"),
        ({"seller": "Rose", "colour": "red"}, "bills.0.colour"),
        ({"seller": "Rose", "prices": "free"}, "bills.0.prices"),
    ],
)
def test_a_layout_that_cannot_be_used_is_named(entry: dict[str, Any], named: str) -> None:
    told = parse_mapping(yaml.safe_dump({"bills": [entry]}).encode())
    assert told.problem is not None
    assert named in told.problem
    assert told.mapping.bills == ()


def test_a_mapping_that_cannot_be_used_gets_no_layout() -> None:
    with pytest.raises(UnprocessableError):
        with_bill_layout("colour: red\n", LAYOUT)
