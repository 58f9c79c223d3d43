"""Pages of an invoice: text, tables that run over several pages, labels with figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

_FONTS = Path("/usr/share/fonts/truetype/dejavu")


@dataclass(frozen=True)
class Fonts:
    """Names of fonts, and how the rupee is written in them."""

    plain: str = "Helvetica"
    bold: str = "Helvetica-Bold"
    mono: str = "Courier"
    rupee: str = "Rs."


@cache
def fonts() -> Fonts:
    """Fonts with a rupee sign where this machine has them, and otherwise those of every PDF."""
    files = {"DV": "DejaVuSans", "DVB": "DejaVuSans-Bold", "DVM": "DejaVuSansMono"}
    if not all((_FONTS / f"{file}.ttf").exists() for file in files.values()):
        return Fonts()
    for name, file in files.items():
        pdfmetrics.registerFont(TTFont(name, str(_FONTS / f"{file}.ttf")))
    return Fonts(*files, "₹")


def write(
    canvas: Canvas,
    x: float,
    y: float,
    text: str,
    size: float = 8,
    font: str = "",
    align: str = "l",
) -> None:
    """One line of text; `align` is l, r or c."""
    canvas.setFont(font or fonts().plain, size)
    draw = {"l": canvas.drawString, "r": canvas.drawRightString, "c": canvas.drawCentredString}
    draw[align](x, y, text)


class Sheet:
    """The page being written, with `y` as far as it is full; each begins with the same head."""

    def __init__(
        self,
        canvas: Canvas,
        size: tuple[float, float],
        head: Callable[["Sheet"], float],
        margin: float = 28,
    ) -> None:
        self.canvas, self.head = canvas, head
        self.width, self.height = size
        self.left, self.right = margin, size[0] - margin
        self.number = 1
        self.y = head(self)

    def turn(self) -> None:
        """Go on to the next page."""
        self.canvas.showPage()
        self.number += 1
        self.y = self.head(self)

    def put(
        self, x: float, down: float, text: str, size: float = 8, font: str = "", align: str = "l"
    ) -> None:
        """Text `down` points below the filled part."""
        write(self.canvas, x, self.y - down, text, size, font, align)

    def pairs(
        self, pairs: Sequence[tuple[str, str]], x: float, width: float, size: float = 8
    ) -> None:
        """Labels on the left and figures on the right."""
        for label, figure in pairs:
            lead = size + 4 if size == 8 else size + 1
            self.put(x, lead, label, size)
            self.put(x + width, lead, figure, size, align="r")
            self.y -= lead


Row = Sequence[str]


@dataclass(frozen=True)
class Bold:
    """A row in bold letters, with a rule below it."""

    cells: Row


@dataclass
class Table:
    """How a table looks. The last column takes what is left of the width.

    `carried` are the rows at the foot and at the head of a page for the number of rows before.
    """

    sheet: Sheet
    widths: Sequence[float]
    aligns: str
    size: float = 7.5
    has_levels: bool = True
    has_uprights: bool = True
    has_frame: bool = True
    bottom: float = 150
    pad: float = 3
    heading_font: str = ""
    carried: Callable[[int], tuple[Row, Row]] | None = None
    continued: str = ""
    least_bottom: float = 0
    has_fake_bold: bool = False

    def __post_init__(self) -> None:
        self.edges = [self.sheet.left]
        for width in self.widths:
            self.edges.append(self.edges[-1] + width)
        self.edges.append(self.sheet.right)
        self.heading_font = self.heading_font or fonts().bold

    def draw(self, header: Row, rows: Sequence[Row | Bold]) -> None:
        """Draw headings and rows, on further pages where they do not fit."""
        sheet = self.sheet
        sheet.canvas.setLineWidth(0.4)
        self._header(header)
        for number, row in enumerate(rows):
            cells, font = (row.cells, fonts().bold) if isinstance(row, Bold) else (row, "")
            if sheet.y - self._height(cells, font) < self.bottom:
                self._turn(header, number)
            self._row(cells, font, self.has_levels or isinstance(row, Bold))
        if self.least_bottom and sheet.y > self.least_bottom:
            if self.has_uprights:
                self._uprights(sheet.y, self.least_bottom)
            sheet.y = self.least_bottom
        if self.has_frame or self.has_uprights:
            self._level()

    def _header(self, header: Row) -> None:
        if self.has_frame:
            self._level()
        self._row(header, self.heading_font, True)

    def _turn(self, header: Row, number: int) -> None:
        carried = self.carried(number) if self.carried else None
        if carried:
            self._row(carried[0], fonts().bold, True)
        if self.continued:
            self.sheet.put(self.edges[-1], 10, self.continued, self.size, align="r")
        if self.has_frame:
            self._level()
        self.sheet.turn()
        self.sheet.canvas.setLineWidth(0.4)
        self._header(header)
        if carried:
            self._row(carried[1], fonts().bold, True)

    def _row(self, cells: Row, font: str, has_level: bool) -> None:
        lead = self.size + 2
        for place, texts in enumerate(self._split(cells, font)):
            align = self.aligns[place]
            left, right = self.edges[place], self.edges[place + 1]
            x = {"l": left + self.pad, "r": right - self.pad, "c": (left + right) / 2}[align]
            for line, text in enumerate(texts, start=1):
                down = self.pad + line * lead - 2
                self.sheet.put(x, down, text, self.size, font, align)
                if self.has_fake_bold and font == fonts().bold:
                    self.sheet.put(x + 0.25, down, text, self.size, font, align)
        top = self.sheet.y
        self.sheet.y -= self._height(cells, font)
        if self.has_uprights:
            self._uprights(top, self.sheet.y)
        if has_level:
            self._level()

    def _split(self, cells: Row, font: str) -> list[list[str]]:
        """The lines of each cell."""
        font = font or fonts().plain
        found = []
        for cell, (left, right) in zip(cells, pairwise(self.edges), strict=True):
            lines = []
            for part in cell.split("\n"):
                lines += simpleSplit(part, font, self.size, right - left - 2 * self.pad) or [""]
            found.append(lines)
        return found

    def _height(self, cells: Row, font: str) -> float:
        most = max(len(lines) for lines in self._split(cells, font))
        return most * (self.size + 2) + 2 * self.pad

    def _level(self) -> None:
        self.sheet.canvas.line(self.edges[0], self.sheet.y, self.edges[-1], self.sheet.y)

    def _uprights(self, top: float, bottom: float) -> None:
        for x in self.edges:
            self.sheet.canvas.line(x, top, x, bottom)
