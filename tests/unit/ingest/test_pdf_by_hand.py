"""Bills drawn by hand, in layouts that no generator draws: read as they are, or said not to be."""

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.pdf.bills import Document, Title
from lucid_orchestration.ingest.pdf.candidates import find_puzzles
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import Page, read_pages
from tests import bills_by_hand
from tests.bills_by_hand import BILLS, DAY, DOUBTFUL, NO_BILLS, Worth
from tests.generators.bill_alterations import alterations

# Alterations that once counted otherwise: a paper, and what stands in the words about them.
FOUND = (
    ("transport, totals in a row alone", "lost Hamali"),
    ("transport, totals in a row alone", "lost 2,096.00"),
    ("transport, totals in a row alone", "lost 96.00"),
    ("credit note", "lost Date:"),
    ("credit note", f"dropped: GSTIN: {bills_by_hand.GSTIN}"),
    ("jewellery", "lost 4.800"),
    ("jewellery", "lost 8.300"),
)
ALTERATIONS = 40


def read(path: Path, *layouts: BillLayout) -> Document:
    (document,) = read_documents(read_pages(path), layouts).documents
    return document


def worth(document: Document) -> tuple[object, ...]:
    """What a document that counts says, in the order of `said`."""
    bill, facts = document.bill, document.facts
    assert bill is not None, document.message
    lines = sorted((line.quantity, line.net_amount) for line in bill.lines)
    is_turned = facts.title is Title.CREDIT_NOTE
    return lines, bill.total, facts.date, is_turned, document.currency, facts.seller.name


def said(paper: Worth) -> tuple[object, ...]:
    turned, seller = paper.is_sign_turned, bills_by_hand.SELLER
    return paper.figures, paper.sum, DAY, turned, paper.currency, seller


@pytest.mark.parametrize(("draw"), [draw for _, draw in BILLS], ids=[name for name, _ in BILLS])
def test_bill_of_a_kind_no_generator_draws_is_read_as_it_is(
    tmp_path: Path, draw: Callable[[Path], Worth]
) -> None:
    paper = draw(tmp_path / "bill.pdf")
    assert worth(read(tmp_path / "bill.pdf")) == said(paper)


@pytest.mark.parametrize(
    ("draw", "reason"),
    [(draw, reason) for _, draw, reason in DOUBTFUL],
    ids=[name for name, _, _ in DOUBTFUL],
)
def test_bill_that_only_a_guess_could_read_is_not_counted(
    tmp_path: Path, draw: Callable[[Path], object], reason: str
) -> None:
    draw(tmp_path / "bill.pdf")
    document = read(tmp_path / "bill.pdf")
    assert (document.status, document.bill) == (Status.QUARANTINED, None)
    assert document.reason == reason
    assert document.message


@pytest.mark.parametrize(("draw"), [d for _, d in NO_BILLS], ids=[name for name, _ in NO_BILLS])
def test_paper_that_is_no_bill_is_refused(tmp_path: Path, draw: Callable[[Path], None]) -> None:
    draw(tmp_path / "bill.pdf")
    document = read(tmp_path / "bill.pdf")
    assert (document.status, document.reason) == (Status.REFUSED, "not_a_sales_document")


def test_owner_may_say_that_a_paper_which_takes_itself_back_is_a_sale(tmp_path: Path) -> None:
    bills_by_hand.stamped(tmp_path / "bill.pdf")
    layout = BillLayout(seller=bills_by_hand.SELLER, document="sale")
    assert read(tmp_path / "bill.pdf", layout).status is Status.ACCEPTED


@pytest.mark.parametrize(("meaning", "revenue"), [("tax", "5000.00"), ("charge", "5250.00")])
def test_owner_says_what_is_added_to_the_prices(tmp_path: Path, meaning: str, revenue: str) -> None:
    bills_by_hand.unnamed(tmp_path / "bill.pdf")
    (puzzle,) = find_puzzles(read_pages(tmp_path / "bill.pdf"))
    ways = [way for way in puzzle.candidates if way.says and "Zorb" in way.says.columns]
    assert {(way.says.columns["Zorb"], str(way.net)) for way in ways if way.says} == {
        ("tax", "5000.00"),
        ("charge", "5250.00"),
    }
    chosen = next(w.says for w in ways if w.says and w.says.columns["Zorb"] == meaning)
    document = read(tmp_path / "bill.pdf", chosen)
    assert document.bill is not None
    assert str(sum(line.net_amount for line in document.bill.lines)) == revenue


def otherwise(paper: Worth, other: tuple[Page, ...], *, is_date: bool) -> list[object]:
    """What altered pages say otherwise; a total in whole rupees may be the rounded one."""
    wrong: list[object] = []
    for document in read_documents(other).documents:
        if document.bill is None:
            continue
        lines, total, day, is_turned, currency, _ = worth(document)
        assert isinstance(total, Decimal)
        is_rounded = total == total.to_integral_value() and abs(total - paper.sum) <= Decimal("0.5")
        if (lines, is_turned) != (paper.figures, paper.is_sign_turned):
            wrong.append(lines)
        if total != paper.sum and not is_rounded:
            wrong.append(total)
        if day != DAY and not is_date:
            wrong.append(day)
        # without a word about money and taxes its currency is the shop's
        if currency not in {paper.currency, None}:
            wrong.append(currency)
    return wrong


@pytest.mark.parametrize(("name", "draw"), BILLS, ids=[name for name, _ in BILLS])
def test_altered_bill_drawn_by_hand_is_never_counted_otherwise(
    tmp_path: Path, name: str, draw: Callable[[Path], Worth]
) -> None:
    path = tmp_path / "bill.pdf"
    paper = draw(path)
    chance = random.Random(name)
    altered = list(alterations(read_pages(path), chance))
    for what, other in chance.sample(altered, min(ALTERATIONS, len(altered))):
        assert otherwise(paper, other, is_date=what[1]) == [], what[0]


@pytest.mark.parametrize(("name", "altered"), FOUND)
def test_alteration_that_once_counted_otherwise_does_not(
    tmp_path: Path, name: str, altered: str
) -> None:
    path = tmp_path / "bill.pdf"
    paper = dict(BILLS)[name](path)
    own = [it for it in alterations(read_pages(path), random.Random(1)) if altered in it[0][0]]
    assert own
    for what, other in own:
        assert otherwise(paper, other, is_date=what[1]) == [], what[0]
