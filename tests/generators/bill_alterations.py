"""Random bills altered in one place, as words of a page or as PDF, and what must not come of it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from lucid_orchestration.ingest.layout.mapping import Business
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.pdf.bills import Document, Documents, Title
from lucid_orchestration.ingest.pdf.dates import parse_day
from lucid_orchestration.ingest.pdf.invoices import opened
from lucid_orchestration.ingest.pdf.pages import Line, Page
from tests.generators.bill_pages import draw_bill
from tests.generators.random_bills import RandomBill

# The total, and quantity and revenue of each line.
Sums = tuple[Decimal, tuple[tuple[Decimal, Decimal], ...]]
# An altered date is another one that nothing on the paper contradicts.
Altered = tuple[str, bool]
# Of every amount and tax on a drawn bill.
_PRINTED_PLACES = 2


def sums_of(document: Document) -> Sums:
    """What must not be another."""
    assert document.bill is not None
    lines = sorted((line.quantity, line.net_amount) for line in document.bill.lines)
    return document.bill.total, tuple(lines)


def is_close(found: Sums, right: Sums, slack: Decimal) -> bool:
    """Whether a bill says the same; revenue of a line may differ by `slack`."""
    return (
        found[0] == right[0]
        and len(found[1]) == len(right[1])
        and all(
            ours[0] == theirs[0] and abs(ours[1] - theirs[1]) <= slack
            for ours, theirs in zip(found[1], right[1], strict=True)
        )
    )


def slack_of(bill: RandomBill) -> Decimal:
    """By how much the revenue of a line may be another and be as right: a unit of its tax.

    Where amounts contain a tax that is printed beside them, what is left is worked out from it.
    Programs round the last digit that they print of a tax, or cut off what is behind it: both are
    right, and one is a unit more than the other. Amounts before tax stand there themselves.
    """
    is_worked_out = bill.scheme == "in line"
    return Decimal(1).scaleb(-_PRINTED_PLACES) if is_worked_out else Decimal(0)


def wrong_in(
    document: Document, bill: RandomBill, right: Document | None, *, is_date_altered: bool
) -> list[str]:
    """What a document that counts says otherwise than its bill; `right` is the bill as it was."""
    if document.bill is None:
        return []
    wrong = []
    if right is None or right.bill is None:
        # what hid the bill may be what was altered: then it has to be as it was drawn
        earned = sum((line.net_amount for line in document.bill.lines), Decimal(0))
        if (document.bill.total, earned) != (bill.total, bill.revenue):
            wrong.append(f"total {document.bill.total}, revenue {earned} for {bill.revenue}")
    elif not is_close(
        _unrounded(sums_of(document), document, right), sums_of(right), slack_of(bill)
    ):
        wrong.append(f"lines or total: {sums_of(document)} for {sums_of(right)}")
    if document.facts.title is Title.CREDIT_NOTE:
        wrong.append("sign: it is no credit note")
    if document.facts.date != bill.date and not is_date_altered:
        wrong.append(f"day: {document.facts.date} for {bill.date}")
    try:
        kind = opened(Documents((document,), 0), Business(name=bill.seller)).tables[0].layout.kind
        if kind != "sales":
            wrong.append(f"side: {kind}")
    except RefusedError:
        # who wrote it cannot be told any more: it is not counted
        pass
    return wrong


def _unrounded(found: Sums, document: Document, right: Document) -> Sums:
    """Sums with the total of the bill where one in whole rupees is its rounding.

    Totals in rupees are rounded without a word: "1088.00" for 1088.40 is the same bill, for it
    says what it comes to in rupees, and half of one is what rounding to them may change.
    """
    assert right.bill is not None
    total, lines = found
    is_whole = document.currency == "INR" and total == total.to_integral_value()
    if is_whole and abs(total - right.bill.total) <= Decimal("0.50"):
        total = right.bill.total
    return total, lines


def alterations(
    pages: Sequence[Page], chance: random.Random
) -> Iterator[tuple[Altered, tuple[Page, ...]]]:
    """Pages with a line dropped or doubled, a digit altered or lost, a word or a sign dropped."""
    for number, page in enumerate(pages):
        for what, lines in altered_lines(page, chance):
            changed = replace(page, lines=lines)
            yield what, (*pages[:number], changed, *pages[number + 1 :])


def altered_lines(page: Page, chance: random.Random) -> Iterator[tuple[Altered, tuple[Line, ...]]]:
    """The lines of a page, altered in one place; whether the text of a date was."""
    for place, line in enumerate(page.lines):
        before, after = page.lines[:place], page.lines[place + 1 :]
        yield (f"dropped: {line.text}", False), before + after
        yield (f"doubled: {line.text}", False), (*before, line, line, *after)
        for position, word in enumerate(line.words):
            others = line.words[:position], line.words[position + 1 :]
            is_date = is_part_of_date(line, position)
            if len(line.words) > 1:
                lost = f"lost {word.text}: {line.text}"
                yield (lost, is_date), (*before, Line(sum(others, ())), *after)
            for text in altered_texts(word.text, chance):
                changed = Line((*others[0], replace(word, text=text), *others[1]))
                what = f"{word.text} for {text}: {line.text}"
                yield (what, is_date), (*before, changed, *after)


def is_part_of_date(line: Line, position: int) -> bool:
    """Whether a word is a date or a part of one: `01`, `January` or `2025`."""
    words = [word.text for word in line.words]
    return any(
        parse_day(" ".join(words[start : start + size])) is not None
        for size in (1, 2, 3)
        for start in range(max(position - size + 1, 0), position + 1)
        if start + size <= len(words)
        and parse_day(" ".join(words[start + 1 : start + size])) is None
    )


def altered_texts(text: str, chance: random.Random) -> Iterator[str]:
    """A text with a digit exchanged, a digit lost, a digit doubled, or its sign lost."""
    digits = [place for place, letter in enumerate(text) if letter.isdigit()]
    if digits:
        place = chance.choice(digits)
        digit = chance.choice([digit for digit in "0123456789" if digit != text[place]])
        yield text[:place] + digit + text[place + 1 :]
        place = chance.choice(digits)
        yield text[: place + 1] + text[place:]
    if len(digits) > 1:
        place = chance.choice(digits)
        yield text[:place] + text[place + 1 :]
    if text.startswith("-") and len(text) > 1:
        yield text[1:]


class _Altering:
    """A canvas that alters one of the texts drawn on it."""

    _DRAWS = ("drawString", "drawRightString", "drawCentredString")

    def __init__(self, canvas: Any, at: int, chance: random.Random) -> None:
        self._canvas, self._at, self._chance = canvas, at, chance
        self.drawn = 0
        self.what = ""
        self.is_date = False

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._canvas, name)
        if name not in self._DRAWS:
            return attribute

        def draw(x: float, y: float, text: str) -> None:
            self.drawn += 1
            if self.drawn - 1 != self._at:
                attribute(x, y, text)
                return
            self.is_date = parse_day(text) is not None
            way = self._chance.choice(["digit", "digit", "digit", "drop", "double"])
            texts = list(altered_texts(text, self._chance))
            if way == "digit" and texts:
                other = self._chance.choice(texts)
                self.what = f"{text} drawn as {other}"
                attribute(x, y, other)
            elif way == "double":
                self.what = f"{text} drawn twice"
                attribute(x, y, text)
                attribute(x, y - self._chance.choice([6.0, 9.0, 12.0]), text)
            else:
                self.what, self.is_date = f"{text} not drawn", False

        return draw


def draw_altered(path: Path, bill: RandomBill, seed: int, chance: random.Random) -> Altered:
    """Write a bill as PDF with one of its texts altered, lost or doubled."""
    counting: list[_Altering] = []

    def count(canvas: Any) -> Any:
        counting.append(_Altering(canvas, -1, chance))
        return counting[-1]

    draw_bill(path, bill, seed, count)
    at = chance.randrange(counting[-1].drawn)
    altering: list[_Altering] = []

    def alter(canvas: Any) -> Any:
        altering.append(_Altering(canvas, at, chance))
        return altering[-1]

    draw_bill(path, bill, seed, alter)
    return altering[-1].what, altering[-1].is_date
