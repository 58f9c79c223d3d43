"""Draws random bills as PDF: page grammars chosen part by part, beside what the bill says."""

import datetime
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from tests.generators.glyph_canvas import Broken, GlyphCanvas, text_width
from tests.generators.random_bills import BillLine, RandomBill, plain

_WIDTH, _HEIGHT = A4
_BOTTOM = 90.0
# Letters that the standard fonts of PDF lack.
_LACKING = str.maketrans(
    "ąćęłńóśźżĄĆĘŁŃŚŹŻıİğĞşŞčďěňřšťůžČĎĚŇŘŠŤŮŽ", "acelnoszzACELNSZZiIgGsScdenrstuzCDENRSTUZ"
)


_SCRIPTS = {"chinese", "arabic", "hindi"}
# The digits and marks of a script, which some programs print.
_OWN_DIGITS = {
    "arabic": str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬"),
    "hindi": str.maketrans("0123456789", "०१२३४५६७८९"),
}


def latin(text: str) -> str:
    """A text in letters of the standard fonts."""
    return "".join(
        letter if letter.encode("cp1252", "ignore") else letter.translate(_LACKING)
        for letter in text
    )


@dataclass(frozen=True)
class _Column:
    """A column: its heading, its width as a share, how it is aligned, and its text of a line."""

    heading: str
    weight: float
    align: str
    text: Callable[[int, BillLine], str]
    is_name: bool = False
    is_amount: bool = False
    is_price: bool = False


def draw_bill(
    path: Path, bill: RandomBill, seed: int, around: Callable[[Any], Any] | None = None
) -> None:
    """Write a bill as PDF in the page grammar of a seed; `around` wraps what is drawn on."""
    chance = random.Random(seed)
    canvas: Canvas | GlyphCanvas
    if bill.words.language in _SCRIPTS or bill.prices in {"missing", "wrong"}:
        is_arabic = bill.words.language == "arabic"
        has_forms = chance.random() < 0.5
        canvas = GlyphCanvas(path, A4, is_mirrored=is_arabic, has_forms=has_forms)
    else:
        canvas = Canvas(str(path), pagesize=A4, invariant=1)
    _Drawing(canvas, around(canvas) if around else canvas, bill, chance).draw()
    canvas.save()


class _Drawing:
    """One bill on its pages."""

    def __init__(
        self, paper: Canvas | GlyphCanvas, canvas: Any, bill: RandomBill, chance: random.Random
    ) -> None:
        # what is drawn on may be wrapped; the paper says which letters it has
        self.glyphs = paper if isinstance(paper, GlyphCanvas) else None
        self.canvas, self.bill, self.chance = canvas, bill, chance
        has_own = bill.words.language in _OWN_DIGITS and chance.random() < 0.3
        self.digits = _OWN_DIGITS[bill.words.language] if has_own else {}
        self.font = chance.choice(["Helvetica", "Times-Roman", "Helvetica"])
        self.size = chance.choice([7.5, 8.0, 9.0, 10.0])
        self.lead = self.size * chance.choice([1.2, 1.3, 1.5])
        self.left = chance.choice([28.0, 40.0, 56.0])
        self.right = _WIDTH - self.left
        self.rules = chance.choice(["grid", "columns", "rows", "head", "none", "none"])
        self.sign = chance.choice(["before", "after", "none", "none", "sums"])
        self.dates = chance.choice(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %B %Y"])
        self.repeats = chance.random() < 0.7
        self.is_centred = chance.random() < 0.15
        self.y = _HEIGHT - 40
        self.columns: list[_Column] = []
        self.edges: list[float] = []

    def draw(self) -> None:
        self.head()
        self.table()
        self.sums()
        self.footer()
        self.canvas.showPage()

    # -- words and figures

    def figure(self, value: Decimal, *, is_sum: bool = False) -> str:
        words = self.bill.words
        whole, _, part = f"{abs(value):.2f}".partition(".")
        if words.group and words.language == "india" and words.mark == ".":
            head, tail = whole[:-3], whole[-3:]
            pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
            whole = ",".join([*pairs, tail])
        elif words.group:
            parts = [whole[max(end - 3, 0) : end] for end in range(len(whole), 0, -3)][::-1]
            whole = words.group.join(parts)
        text = (("-" if value < 0 else "") + whole + words.mark + part).translate(self.digits)
        if self.sign == "none" or (self.sign == "sums" and not is_sum):
            return text
        sign = words.sign if self.letters(words.sign) == words.sign else words.code
        return f"{text} {sign}" if self.sign == "after" else f"{sign} {text}"

    def letters(self, text: str) -> str:
        """A text in letters that the fonts of the page have."""
        return text if self.glyphs is not None else latin(text)

    def share(self, value: Decimal) -> str:
        return plain(value).replace(".", self.bill.words.mark) + "%"

    def day(self, date: datetime.date) -> str:
        return date.strftime(self.dates)

    def text(self, x: float, y: float, text: str, *, align: str = "l", bold: bool = False) -> None:
        bolds = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}
        self.canvas.setFont(bolds[self.font] if bold else self.font, self.size)
        put = {
            "l": self.canvas.drawString,
            "r": self.canvas.drawRightString,
            "c": self.canvas.drawCentredString,
        }[align]
        put(x, y, self.letters(text))

    def split(self, text: str, font: str, width: float) -> list[str]:
        """A text in lines that are no wider than its column."""
        if self.glyphs is None:
            return list(simpleSplit(latin(text), font, self.size, width))
        lines: list[str] = []
        for word in text.split():
            if lines and text_width(f"{lines[-1]} {word}", self.size) <= width:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        return lines

    # -- the head

    def head(self) -> None:
        bill, say, chance = self.bill, self.bill.words.say, self.chance
        style = chance.choice(["beside", "beside", "apart", "above", "title", "stacked", "hash"])
        title = say["title"]
        if style == "title":
            title = f"{title} {chance.choice(['', '# ', 'Nr. '])}{bill.number}".replace("  ", " ")
        self.canvas.setFont("Helvetica-Bold", chance.choice([14, 18, 22]))
        at = chance.choice(["l", "c", "r"])
        x = {"l": self.left, "c": _WIDTH / 2, "r": self.right}[at]
        put = {
            "l": self.canvas.drawString,
            "c": self.canvas.drawCentredString,
            "r": self.canvas.drawRightString,
        }[at]
        put(x, self.y, self.letters(title))
        self.y -= 30
        self.text(self.left, self.y, bill.seller, bold=True)
        self.text(self.left, self.y - self.lead, f"{chance.randint(1, 99)} Harbour Street, 20457")
        self.text(self.left, self.y - 2 * self.lead, f"Tel. 040 {chance.randint(100000, 999999)}")
        if bill.scheme != "none":
            self.text(self.left, self.y - 3 * self.lead, bill.tax_number)
        self.y -= 5 * self.lead
        self.text(self.left, self.y, say["buyer"] + chance.choice([":", "", " :"]))
        self.text(self.left, self.y - self.lead, bill.buyer)
        self.text(self.left, self.y - 2 * self.lead, f"{chance.randint(1, 99)} Mill Lane")
        self.details(style)
        self.y -= chance.choice([4, 5, 6]) * self.lead + 12

    def details(self, style: str) -> None:
        """Number, date and what looks like them, in a box of its own."""
        bill, say, chance = self.bill, self.bill.words.say, self.chance
        due = bill.date + datetime.timedelta(14)
        number = [(say["number"], bill.number)] if style != "title" else []
        if style == "hash":
            number = [("#", bill.number)]
        pairs = [*number, (say["date"], self.day(bill.date))]
        if chance.random() < 0.6:
            pairs.append((say["due"], self.day(due)))
        if chance.random() < 0.6:
            pairs.append((say["other_number"], f"K-{chance.randint(1000, 9999)}"))
        x = self.left + (self.right - self.left) * 0.52
        if style == "above":
            step = (self.right - self.left) / max(len(pairs), 4)
            y = self.y - 4 * self.lead
            for place, (label, value) in enumerate(pairs):
                self.text(self.left + place * step, y, label)
                self.text(self.left + place * step, y - self.lead, value)
            self.y -= 2 * self.lead
            return
        for place, (label, value) in enumerate(pairs):
            y = self.y - place * self.lead
            words = label.split()
            if style == "stacked" and place == 0 and len(words) > 1:
                self.text(x, y + self.lead, " ".join(words[:-1]))
                label = words[-1]
            self.text(x, y, label if style == "apart" else f"{label}:" if label != "#" else label)
            if style == "apart":
                self.text(x + 100, y, ":")
            self.text(x + (110 if style == "apart" else 105), y, value)

    # -- the lines

    def choose_columns(self) -> list[_Column]:
        bill, say, chance = self.bill, self.bill.words.say, self.chance
        has_unit = chance.random() < 0.5
        in_quantity = not has_unit and chance.random() < 0.4
        quantity = _Column(
            say["quantity"],
            1.1,
            "r",
            lambda _, line: self.count(line.quantity) + (f" {line.unit}" if in_quantity else ""),
        )
        price = _Column(
            say["price"], 1.5, "r", lambda _, line: self.figure(line.price), is_price=True
        )
        figures = [
            quantity,
            *([_Column(say["unit"], 0.9, "l", lambda _, line: line.unit)] if has_unit else []),
            *([price] if bill.prices != "left out" else []),
        ]
        if chance.random() < 0.15:
            figures.reverse()
        columns = (
            [_Column("#", 0.5, "l", lambda place, _: str(place))] if chance.random() < 0.5 else []
        )
        name = _Column(say["name"], 4.0, "l", lambda _, line: line.name, is_name=True)
        code = _Column(say["code"], 1.4, "l", lambda _, line: line.code)
        columns += chance.choice([[name], [code, name], [name, code]])
        columns += figures
        if any(line.discount for line in bill.lines):
            columns.append(
                _Column(
                    say["discount"],
                    1.1,
                    "r",
                    lambda _, line: self.share(line.discount) if line.discount else "",
                )
            )
        if bill.scheme == "in line":
            if chance.random() < 0.5:
                columns.append(_Column(say["net"], 1.5, "r", lambda _, line: self.figure(line.net)))
            columns.append(_Column(say["rate"], 1.0, "r", lambda _, line: self.share(line.rate)))
            columns.append(_Column(say["tax"], 1.4, "r", lambda _, line: self.figure(line.tax)))
        elif bill.scheme in {"below", "included"} and chance.random() < 0.4:
            columns.append(_Column(say["rate"], 1.0, "r", lambda _, line: self.share(line.rate)))
        heading = say["amount"]
        columns.append(
            _Column(heading, 1.6, "r", lambda _, line: self.figure(line.printed), is_amount=True)
        )
        return columns

    def count(self, value: Decimal) -> str:
        return plain(value).replace(".", self.bill.words.mark).translate(self.digits)

    def table(self) -> None:
        self.columns = self.choose_columns()
        weights = sum(column.weight for column in self.columns)
        self.edges = [self.left]
        for column in self.columns:
            self.edges.append(self.edges[-1] + (self.right - self.left) * column.weight / weights)
        self.headings()
        sections = dict(self.bill.sections)
        for place, line in enumerate(self.bill.lines, start=1):
            self.row([column.text(place, line) for column in self.columns])
            if place in sections:
                cells = ["" for _ in self.columns]
                at = next(i for i, c in enumerate(self.columns) if c.is_name)
                cells[at] = self.bill.words.say["subtotal"]
                cells[-1] = self.figure(sections[place])
                self.row(cells)

        if self.bill.shows_quantities:
            self.quantities()

    def quantities(self) -> None:
        """The sums of quantities and amounts below their columns."""
        say, lines = self.bill.words.say, self.bill.lines
        cells = ["" for _ in self.columns]
        cells[next(i for i, c in enumerate(self.columns) if c.is_name)] = say["total"]
        cells[next(i for i, c in enumerate(self.columns) if c.heading == say["quantity"])] = (
            self.count(sum((line.quantity for line in lines), Decimal(0)))
        )
        cells[-1] = self.figure(sum((line.printed for line in lines), Decimal(0)))
        self.row(cells, is_line=False)

    def headings(self) -> None:
        self.rule(self.y)
        self.row([column.heading for column in self.columns], bold=True)
        if self.rules != "none":
            self.rule(self.y)

    def rule(self, y: float) -> None:
        if self.rules != "none":
            self.canvas.line(self.edges[0], y, self.edges[-1], y)

    def row(self, cells: Sequence[str], *, bold: bool = False, is_line: bool = True) -> None:
        font = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}[self.font]
        stacked = []
        for place, cell in enumerate(cells):
            width = self.edges[place + 1] - self.edges[place] - 5
            is_words = bold or self.columns[place].is_name
            parts = self.split(cell, font if bold else self.font, width)
            stacked.append((parts if is_words else [self.letters(cell)]) or [""])
        most = max(map(len, stacked))
        height = most * self.lead + self.lead * 0.4
        if self.y - height < _BOTTOM:
            self.canvas.showPage()
            self.y = _HEIGHT - 60
            if self.repeats:
                self.headings()
        top = self.y
        for place, lines in enumerate(stacked):
            if self.glyphs is not None:
                self.glyphs.broken = self.broken(place, is_line=is_line and not bold)
            down = (most - len(lines)) / 2 * self.lead if self.is_centred else 0.0
            for number, text in enumerate(lines):
                y = self.y - down - (number + 1) * self.lead
                align = self.columns[place].align
                x = self.edges[place + 1] - 2.5 if align == "r" else self.edges[place] + 2.5
                self.text(x, y, text, align=align, bold=bold)
        if self.glyphs is not None:
            self.glyphs.broken = "none"
        self.y -= height
        if self.rules in {"grid", "columns"}:
            for x in self.edges:
                self.canvas.line(x, top, x, self.y)
        if self.rules in {"grid", "rows"}:
            self.rule(self.y)

    def broken(self, place: int, *, is_line: bool) -> Broken:
        """How the font of a column is broken in the rows of lines."""
        prices = self.bill.prices
        is_broken = is_line and self.columns[place].is_price
        return prices if is_broken and prices in {"missing", "wrong"} else "none"

    # -- the figures below

    def sums(self) -> None:
        bill, chance = self.bill, self.chance
        if self.y < _BOTTOM + (len(bill.sums) + len(bill.after) + 6) * self.lead:
            self.canvas.showPage()
            self.y = _HEIGHT - 60
        self.y -= 10
        style = chance.choice(["right", "right", "colon", "wide", "box"])
        if bill.summary and (bill.scheme == "in line") and chance.random() < 0.5:
            self.summary()
        if style == "box" and len(bill.sums) <= 4:
            step = (self.right - self.left) / len(bill.sums)
            for place, (label, value) in enumerate(bill.sums):
                x = self.left + (place + 1) * step - 4
                self.text(x, self.y - self.lead, label, align="r")
                self.text(x, self.y - 2 * self.lead, self.figure(value, is_sum=True), align="r")
            self.y -= 3 * self.lead
            self.pairs(bill.after, "right")
            return
        self.pairs([*bill.sums, *bill.after], style)

    def pairs(self, pairs: Sequence[tuple[str, Decimal]], style: str) -> None:
        start = self.left + (self.right - self.left) * (0.1 if style == "wide" else 0.58)
        for label, value in pairs:
            self.y -= self.lead * 1.15
            mark = " :" if style == "colon" else ""
            self.text(start, self.y, label + mark)
            self.text(self.right - 2.5, self.y, self.figure(value, is_sum=True), align="r")

    def summary(self) -> None:
        """Values and taxes by rate, in a table of its own."""
        say = self.bill.words.say
        xs = [self.left + 60, self.left + 140, self.left + 220]
        for x, label in zip(xs, (say["rate"], say["net"], say["tax"]), strict=True):
            self.text(x, self.y - self.lead, label, align="r")
        self.y -= self.lead
        for rate, net, tax in self.bill.summary:
            self.y -= self.lead
            cells = (self.share(rate), self.figure(net), self.figure(tax))
            for x, cell in zip(xs, cells, strict=True):
                self.text(x, self.y, cell, align="r")
        self.y -= self.lead

    def footer(self) -> None:
        for line in self.notes():
            self.y -= self.lead
            self.text(self.left, max(self.y, 20), line)

    def notes(self) -> Iterator[str]:
        chance = self.chance
        self.y -= self.lead
        if chance.random() < 0.5:
            yield f"IBAN: DE44 5001 0517 5407 {chance.randint(1000, 9999)} 31"
        if chance.random() < 0.5:
            yield "1. Goods once sold are exchanged within 14 days. 2. Interest of 2% after that."
        if chance.random() < 0.3:
            yield "Page 1 / 1"
