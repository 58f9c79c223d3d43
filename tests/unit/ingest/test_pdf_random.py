"""Bills in page grammars nobody chose: most are read, none is read otherwise than it says.

Seeds below 10,000 are for working on the reader; these tests score with others.
"""

import random
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.pdf.documents import Document, read_documents
from lucid_orchestration.ingest.pdf.pages import Page, read_pages
from tests.generators.bill_alterations import alterations, draw_altered, wrong_in
from tests.generators.bill_pages import draw_bill
from tests.generators.random_bills import RandomBill, languages, random_bill

SCORED = range(70_000, 70_080)
MIN_ACCEPTED = 0.95
MIN_WHOLE_NAMES = 0.99
ALTERED = range(80_000, 80_024)
ALTERATIONS = 40
# Alterations that once counted otherwise: seed, and what stands in the words about them.
FOUND = (
    (200_036, "lost Cena"),
    (200_056, "for 3.36,91"),
    (200_059, "dropped: Total TTC :"),
    (200_066, "for 90.044"),
    (300_114, "10.14 for 100.14"),
    (400_194, "lost Fecha"),
    (400_208, "12 for 16"),
    (500_016, "lost قطعة: 165.23"),
    (910_104, "dropped: Rs. 823.10"),
    (910_309, "lost Hesaplanan"),
    (988_111, "lost 47,07: 1 Lindo"),
)
# Once read with half a name or its number in it, or not read: sections called as the total is, a
# discount in a box beside its sum.
WHOLE = (1026, 1068, 1284, 1406)
# Headings of unit and price run together above a price: the amount after the discount was taken.
RUN_TOGETHER = 986_187
REDRAWN = range(81_000, 81_008)
REDRAWINGS = 6


def drawn(folder: Path, seed: int) -> tuple[RandomBill, tuple[Page, ...]]:
    bill = random_bill(seed)
    path = folder / f"{seed}.pdf"
    draw_bill(path, bill, seed)
    return bill, read_pages(path)


def counted(pages: tuple[Page, ...]) -> list[Document]:
    return [document for document in read_documents(pages).documents if document.bill is not None]


def test_bills_of_random_layouts_are_read_as_they_are(tmp_path: Path) -> None:
    accepted = 0
    names: list[tuple[str, str]] = []
    for seed in SCORED:
        bill, pages = drawn(tmp_path, seed)
        for document in counted(pages):
            accepted += 1
            assert differences(document, bill) == [], seed
            names += pairs_of_names(document, bill)
    assert accepted >= MIN_ACCEPTED * len(SCORED)
    # of one wrapped around its figures a part may be lost
    assert sum(found == right for found, right in names) >= MIN_WHOLE_NAMES * len(names)
    assert {random_bill(seed).words.language for seed in SCORED} == set(languages())


def test_money_below_a_heading_of_units_is_the_price(tmp_path: Path) -> None:
    bill, pages = drawn(tmp_path, RUN_TOGETHER)
    (document,) = counted(pages)
    assert document.bill is not None
    assert [line.unit_price for line in document.bill.lines] == [line.price for line in bill.lines]


@pytest.mark.parametrize("seed", WHOLE)
def test_names_beside_numbers_and_around_their_figures_are_whole(tmp_path: Path, seed: int) -> None:
    bill, pages = drawn(tmp_path, seed)
    (document,) = counted(pages)
    assert differences(document, bill) == []
    assert [
        (found, right) for found, right in pairs_of_names(document, bill) if found != right
    ] == []


def pairs_of_names(document: Document, bill: RandomBill) -> list[tuple[str, str]]:
    """Each name as found and as drawn."""
    assert document.bill is not None
    lines = [line for line in document.bill.lines if not line.is_charge]
    return [(found.name, right.name) for found, right in zip(lines, bill.lines, strict=False)]


def differences(document: Document, bill: RandomBill) -> list[tuple[str, object, object]]:
    assert document.bill is not None
    lines = [line for line in document.bill.lines if not line.is_charge]
    earned = sum((line.net_amount for line in document.bill.lines), Decimal(0))
    pairs: list[tuple[str, object, object]] = [
        ("date", document.facts.date, bill.date),
        ("total", document.bill.total, bill.total),
        ("revenue", earned, bill.revenue),
        ("seller", document.facts.seller.name, bill.seller),
        ("quantities", [x.quantity for x in lines], [x.quantity for x in bill.lines]),
        (
            "names",
            [found for found, right in pairs_of_names(document, bill) if found not in right],
            [],
        ),
    ]
    if not document.facts.number.startswith("bill-"):
        pairs.append(("number", document.facts.number, bill.number))
    return [(what, found, right) for what, found, right in pairs if found != right]


@pytest.mark.parametrize("seed", ALTERED)
def test_altered_bills_of_random_layouts_are_never_counted_otherwise(
    tmp_path: Path, seed: int
) -> None:
    bill, pages = drawn(tmp_path, seed)
    right = next(iter(counted(pages)), None)
    chance = random.Random(seed)
    altered = list(alterations(pages, chance))
    for what, other in chance.sample(altered, min(ALTERATIONS, len(altered))):
        for document in counted(other):
            wrong = wrong_in(document, bill, right, is_date_altered=what[1])
            assert wrong == [], what[0]


@pytest.mark.parametrize(("seed", "altered"), FOUND)
def test_alterations_that_once_counted_otherwise_do_not(
    tmp_path: Path, seed: int, altered: str
) -> None:
    bill, pages = drawn(tmp_path, seed)
    right = next(iter(counted(pages)), None)
    own = [item for item in alterations(pages, random.Random(seed)) if altered in item[0][0]]
    assert own
    for what, other in own:
        for document in counted(other):
            assert wrong_in(document, bill, right, is_date_altered=what[1]) == [], what[0]


@pytest.mark.parametrize("seed", REDRAWN)
def test_altered_pdfs_of_random_layouts_are_never_counted_otherwise(
    tmp_path: Path, seed: int
) -> None:
    bill, pages = drawn(tmp_path, seed)
    right = next(iter(counted(pages)), None)
    chance = random.Random(seed)
    for _ in range(REDRAWINGS):
        path = tmp_path / "altered.pdf"
        what, is_date = draw_altered(path, bill, seed, chance)
        for document in counted(read_pages(path)):
            assert wrong_in(document, bill, right, is_date_altered=is_date) == [], what


def test_alterations_are_what_they_say(tmp_path: Path) -> None:
    bill, pages = drawn(tmp_path, 80_000)
    found = list(alterations(pages, random.Random(1)))
    assert len(found) > 100
    assert all(other != pages for _, other in found)
    path = tmp_path / "altered.pdf"
    texts = {tuple(line.text for page in pages for line in page.lines)}
    for seed in range(20):
        draw_altered(path, bill, 80_000, random.Random(seed))
        texts.add(tuple(line.text for page in read_pages(path) for line in page.lines))
    assert len(texts) > 15
