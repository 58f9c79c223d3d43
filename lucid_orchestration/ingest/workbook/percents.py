"""Which cells of an XLSX file show percent: its number 0.2 stands there as 20 %.

The library that reads the numbers does not say how they are shown.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

_CHUNK_BYTES = 1 << 20
# Formats that every spreadsheet program has, by their numbers: 0% and 0.00%.
_BUILT_IN = frozenset({"9", "10"})
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# A row and a column, from 0.
Place = tuple[int, int]


def percent_cells(path: Path) -> Mapping[str, frozenset[Place]]:
    """By sheet the cells that are shown in percent; none of a file that has no such style.

    The members of the archive have been checked. A part that is missing or no XML shows nothing.
    """
    with zipfile.ZipFile(path) as archive:
        styles = _percent_styles(archive)
        if not styles:
            return {}
        return {
            name: frozenset(_cells(archive, member, styles)) for name, member in _sheets(archive)
        }


def _percent_styles(archive: zipfile.ZipFile) -> list[str]:
    """The numbers of the cell styles whose format shows percent."""
    root = _xml(archive, "xl/styles.xml")
    if root is None:
        return []
    own = {
        form.get("numFmtId", "")
        for form in root.iterfind(".//{*}numFmts/{*}numFmt")
        if "%" in _LITERAL.sub("", form.get("formatCode", ""))
    }
    return [
        str(number)
        for number, style in enumerate(root.iterfind("./{*}cellXfs/{*}xf"))
        if style.get("numFmtId") in _BUILT_IN | own
    ]


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets with the members of the archive that hold them."""
    book, links = _xml(archive, "xl/workbook.xml"), _xml(archive, "xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iterfind("./{*}sheets/{*}sheet"):
        target = targets.get(sheet.get(_RELATION))
        if target:
            member = target[1:] if target.startswith("/") else str(PurePosixPath("xl", target))
            yield sheet.get("name", ""), member


def _cells(archive: zipfile.ZipFile, member: str, styles: list[str]) -> Iterator[Place]:
    """The places of the cells of a sheet with one of the styles; those written without are none."""
    either = "|".join(styles)
    cell = re.compile(
        rf'<(?:\w+:)?c\s(?=[^>]*\bs="(?:{either})")[^>]*\br="([A-Z]{{1,3}})(\d{{1,7}})"'.encode()
    )
    if member not in archive.namelist():
        return
    rest = b""
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK_BYTES):
            whole, mark, rest = (rest + chunk).rpartition(b"<")
            rest = mark + rest
            for letters, row in cell.findall(whole):
                yield int(row) - 1, _column(letters)
    for letters, row in cell.findall(rest):
        yield int(row) - 1, _column(letters)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _xml(archive: zipfile.ZipFile, member: str) -> ElementTree.Element | None:
    if member not in archive.namelist():
        return None
    try:
        # without a DOCTYPE, for which every member was searched, there is nothing to expand
        return ElementTree.fromstring(archive.read(member))  # noqa: S314
    except ElementTree.ParseError:
        return None
