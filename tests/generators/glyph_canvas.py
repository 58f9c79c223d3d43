"""A canvas of PDF pages whose fonts are code tables alone: any script, and maps that are broken.

A reader of text sees codes, widths and the map from codes to letters. So no outlines are needed to
draw a bill in any script, and a font can lack its map or have a wrong one, as some programs write.
"""

import unicodedata
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from reportlab.pdfbase.pdfmetrics import stringWidth

Broken = Literal["none", "missing", "wrong"]
# Digits that a broken map exchanges for others.
_WRONG = str.maketrans("0123456789", "3817605942")
_MAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_MAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_MOST_ENTRIES = 100
# Each letter of Arabic as it is drawn at the end of a word.
_FORMS = {
    unicodedata.normalize("NFKC", chr(code)): chr(code)
    for code in range(0xFE80, 0xFEF5)
    if len(unicodedata.normalize("NFKC", chr(code))) == 1
}


def letter_width(letter: str) -> float:
    """Of the size of the letters: how wide one is drawn."""
    if unicodedata.category(letter) == "Mn":
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if ord(letter) < 256:
        return float(stringWidth(letter, "Helvetica", 1000)) / 1000
    return 0.55


def text_width(text: str, size: float) -> float:
    """How wide a text is drawn, in points."""
    return sum(map(letter_width, text)) * size


def is_from_right(text: str) -> bool:
    """Whether a text is written from right to left."""
    return any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def as_drawn(text: str) -> str:
    """A text in the order in which it stands on the page, from left to right."""
    if not is_from_right(text):
        return text
    words = [word[::-1] if is_from_right(word) else word for word in text.split(" ")]
    # words of other scripts follow each other as they are
    runs: list[list[str]] = []
    for word in words:
        if runs and not is_from_right(word) and not is_from_right(runs[-1][0]):
            runs[-1].append(word)
        else:
            runs.append([word])
    return " ".join(" ".join(run) for run in reversed(runs))


class GlyphCanvas:
    """Draws what a bill needs; `is_mirrored` turns left and right around, for Arabic pages.

    `has_forms`: letters of Arabic are coded by their shapes, as some programs do.
    """

    def __init__(
        self,
        path: Path,
        pagesize: tuple[float, float],
        *,
        is_mirrored: bool = False,
        has_forms: bool = False,
    ) -> None:
        self.path, (self.wide, self.high) = path, pagesize
        self.is_mirrored, self.has_forms = is_mirrored, has_forms
        self.pages: list[bytes] = []
        self.content: list[bytes] = []
        self.codes: dict[tuple[Broken, str], int] = {}
        self.size = 10.0
        self.broken: Broken = "none"

    def setFont(self, _name: str, size: float) -> None:  # noqa: N802  as reportlab calls it
        self.size = size

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._put(x, y, text, 0.0)

    def drawRightString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._put(x, y, text, 1.0)

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._put(x, y, text, 0.5)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if self.is_mirrored:
            x0, x1 = self.wide - x1, self.wide - x0
        self.content.append(b"%.2f %.2f m %.2f %.2f l S\n" % (x0, y0, x1, y1))

    def showPage(self) -> None:  # noqa: N802
        self.pages.append(b"".join(self.content))
        self.content = []

    def save(self) -> None:
        """Write the file."""
        self.path.write_bytes(_document(self.pages, self.codes, (self.wide, self.high)))

    def _put(self, x: float, y: float, text: str, share: float) -> None:
        if not text:
            return
        if self.is_mirrored:
            x, share = self.wide - x, 1.0 - share
        text = as_drawn(text)
        if self.has_forms:
            text = "".join(_FORMS.get(letter, letter) for letter in text)
        x -= text_width(text, self.size) * share
        codes = b"".join(
            b"%04X" % self.codes.setdefault((self.broken, letter), len(self.codes) + 1)
            for letter in text
        )
        self.content.append(
            b"BT /F %.2f Tf 1 0 0 1 %.3f %.3f Tm <%s> Tj ET\n" % (self.size, x, y, codes)
        )


def _document(
    pages: Sequence[bytes], codes: dict[tuple[Broken, str], int], size: tuple[float, float]
) -> bytes:
    widths = b" ".join(
        b"%d [%d]" % (code, round(1000 * letter_width(letter)))
        for (_, letter), code in codes.items()
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>"
        % (b" ".join(b"%d 0 R" % (7 + 2 * n) for n in range(len(pages))), len(pages)),
        b"<</Type/Font/Subtype/Type0/BaseFont/Codes/Encoding/Identity-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 6 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Codes/CIDToGIDMap/Identity"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor 5 0 R/DW 500/W[%s]>>" % widths,
        b"<</Type/FontDescriptor/FontName/Codes/Flags 4/FontBBox[0 -200 1000 900]"
        b"/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>",
        _stream(_map_of(codes)),
    ]
    for number, content in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % (*size, 8 + 2 * number)
        )
        objects.append(_stream(content))
    body, places = b"%PDF-1.5\n", []
    for number, entry in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, entry)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(places) + 1
    return (
        body
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer <</Size %d/Root 1 0 R>>\n"
        % (
            count,
            table,
            count,
        )
        + b"startxref\n%d\n%%%%EOF\n" % len(body)
    )


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)


def _map_of(codes: dict[tuple[Broken, str], int]) -> bytes:
    """The map from codes to letters, without or with other digits where it is broken."""
    entries = []
    for (broken, letter), code in codes.items():
        if broken == "missing" and letter.isdigit():
            continue
        said = letter.translate(_WRONG) if broken == "wrong" else letter
        entries.append(b"<%04X> <%s>\n" % (code, said.encode("utf-16-be").hex().encode()))
    parts = [entries[at : at + _MOST_ENTRIES] for at in range(0, len(entries), _MOST_ENTRIES)]
    blocks = (b"%d beginbfchar\n%sendbfchar\n" % (len(part), b"".join(part)) for part in parts)
    return _MAP_HEAD + b"".join(blocks) + _MAP_TAIL
