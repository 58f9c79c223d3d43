"""Which code page a text file without UTF-8 is written in: that in which its headings are words."""

import re
from pathlib import Path

from lucid_orchestration.ingest.layout.aliases import is_known

# Windows in Western, Central and Eastern Europe, Turkey, Greece and the Baltics, then the usual
# ones of China, Japan, Taiwan and Korea. The first goes before others that say as much.
_PAGES = ("cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp1257", "gb18030", "cp932")
_PAGES_OF_PAIRS = ("big5", "cp949")
_SAMPLE_BYTES = 20_000
_LINES = 20
_CELLS = re.compile(r"[,;|\t]")


def code_page(path: Path) -> str | None:
    """The code page in which most headings of the first lines are known; None where none is.

    Only headings with letters beyond ASCII tell: the others read alike in all of them.
    """
    with path.open("rb") as file:
        lines = file.read(_SAMPLE_BYTES).splitlines()[:_LINES]
    found = {page: _known_headings(lines, page) for page in (*_PAGES, *_PAGES_OF_PAIRS)}
    best = max(found, key=lambda page: found[page])
    return best if found[best] else None


def _known_headings(lines: list[bytes], page: str) -> int:
    known = 0
    for line in lines:
        try:
            text = line.decode(page)
        except UnicodeDecodeError:
            continue
        cells = {cell.strip(" \"'") for cell in _CELLS.split(text)}
        known = max(known, sum(not cell.isascii() and is_known(cell) for cell in cells))
    return known
