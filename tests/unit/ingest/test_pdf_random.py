"""Bills in page grammars nobody chose: most are read, none is read otherwise than it says.

Seeds below 10,000 are for working on the reader; these tests score with others.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.pdf.bills import Title
from lucid_orchestration.ingest.pdf.documents import Document, read_documents
from lucid_orchestration.ingest.pdf.pages import Line, Page, read_pages
from tests.generators.bill_pages import draw_bill
from tests.generators.random_bills import RandomBill, languages, random_bill

SCORED = range(70_000, 70_080)
MIN_ACCEPTED = 0.95
ALTERED = range(80_000, 80_024)
ALTERATIONS = 40
# The total, and quantity and revenue of each line.
Sums = tuple[Decimal, tuple[tuple[Decimal, Decimal], ...]]


def drawn(folder: Path, seed: int) -> tuple[RandomBill, tuple[Page, ...]]:
    bill = random_bill(seed)
    path = folder / f"{seed}.pdf"
    draw_bill(path, bill, seed)
    return bill, read_pages(path)


def counted(pages: tuple[Page, ...]) -> list[Document]:
    return [document for document in read_documents(pages).documents if document.bill is not None]


def test_bills_of_random_layouts_are_read_as_they_are(tmp_path: Path) -> None:
    accepted = 0
    for seed in SCORED:
        bill, pages = drawn(tmp_path, seed)
        for document in counted(pages):
            accepted += 1
            assert differences(document, bill) == [], seed
    assert accepted >= MIN_ACCEPTED * len(SCORED)
    assert {random_bill(seed).words.language for seed in SCORED} == set(languages())


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
        ("names", [x.name for x in lines], [x.name for x in bill.lines]),
    ]
    if not document.facts.number.startswith("bill-"):
        pairs.append(("number", document.facts.number, bill.number))
    return [(what, found, right) for what, found, right in pairs if found != right]


def result(document: Document) -> Sums:
    """What must not be another; a credit note is none of these bills."""
    assert document.bill is not None
    assert document.facts.title is not Title.CREDIT_NOTE
    lines = sorted((line.quantity, line.net_amount) for line in document.bill.lines)
    return document.bill.total, tuple(lines)


@pytest.mark.parametrize("seed", ALTERED)
def test_altered_bills_of_random_layouts_are_never_counted_otherwise(
    tmp_path: Path, seed: int
) -> None:
    _, pages = drawn(tmp_path, seed)
    right = [result(document) for document in counted(pages)]
    chance = random.Random(seed)
    altered = list(alterations(pages, chance))
    for what, other in chance.sample(altered, min(ALTERATIONS, len(altered))):
        for document in counted(other):
            assert right, what
            assert is_close(result(document), right[0]), what


def is_close(found: Sums, right: Sums) -> bool:
    """Equal, but for a paisa where a line's tax is printed otherwise than it is worked out."""
    return (
        found[0] == right[0]
        and len(found[1]) == len(right[1])
        and all(
            ours[0] == theirs[0] and abs(ours[1] - theirs[1]) <= Decimal("0.02")
            for ours, theirs in zip(found[1], right[1], strict=True)
        )
    )


def alterations(
    pages: tuple[Page, ...], chance: random.Random
) -> Iterator[tuple[str, tuple[Page, ...]]]:
    """Pages with a line dropped or doubled, a digit altered or lost, a word or a sign dropped."""
    for number, page in enumerate(pages):
        for what, lines in altered_lines(page, chance):
            changed = replace(page, lines=lines)
            yield what, (*pages[:number], changed, *pages[number + 1 :])


def altered_lines(page: Page, chance: random.Random) -> Iterator[tuple[str, tuple[Line, ...]]]:
    for place, line in enumerate(page.lines):
        before, after = page.lines[:place], page.lines[place + 1 :]
        yield f"dropped: {line.text}", before + after
        yield f"doubled: {line.text}", (*before, line, line, *after)
        for position, word in enumerate(line.words):
            others = line.words[:position], line.words[position + 1 :]
            if len(line.words) > 1:
                yield f"lost {word.text}: {line.text}", (*before, Line(sum(others, ())), *after)
            for text in altered_texts(word.text, chance):
                changed = Line((*others[0], replace(word, text=text), *others[1]))
                yield f"{word.text} for {text}: {line.text}", (*before, changed, *after)


def altered_texts(text: str, chance: random.Random) -> Iterator[str]:
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if digits:
        place = chance.choice(digits)
        digit = chance.choice([digit for digit in "0123456789" if digit != text[place]])
        yield text[:place] + digit + text[place + 1 :]
    if len(digits) > 1:
        place = chance.choice(digits)
        yield text[:place] + text[place + 1 :]
    if text.startswith("-") and len(text) > 1:
        yield text[1:]
