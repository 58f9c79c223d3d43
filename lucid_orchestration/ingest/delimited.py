"""Delimited text (CSV, TSV and their relatives) as rows of text.

Nothing is converted: encoding, delimiter and quoting are found, blank cells stay empty text.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lucid_orchestration.ingest.files import Issue, RefusedError, Row, Severity, Sheet

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 65_536
# A quoted cell may hold line breaks, but an unbalanced quote must not swallow the rest of the file.
MAX_LINES_OF_A_ROW = 50
MAX_LINE_CHARACTERS = 1_000_000
# Fault of a last row without a line end: whole if its cells are all there, else cut off.
CUT = "cut"
_SEPARATOR_HINT = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Encoding:
    """How the bytes become text; `repaired` bytes fit no encoding and were replaced."""

    name: str
    repaired: int = 0


def read_delimited(path: Path, delimiter: str, encoding: Encoding) -> Sheet:
    """The rows of a text file; row numbers are physical lines, as any editor shows them."""
    issues: list[Issue] = []
    if encoding.repaired:
        issues.append(
            Issue(
                Severity.WARNING,
                "unreadable_characters",
                f"{encoding.repaired} character(s) could not be read and show as \ufffd. "
                "Save the file as UTF-8 if a name looks wrong.",
            )
        )
    return Sheet("", _rows(path, delimiter, encoding, issues), issues)


def detect_encoding(path: Path) -> Encoding:
    """The encoding of a text file, from its mark or from all its bytes.

    Raises:
        RefusedError: for a file that is no text at all.
    """
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return Encoding(name, _repairs(path, name))
    for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
        half = sample[offset::2]
        if len(half) > 1 and half.count(0) > 0.7 * len(half):
            return Encoding(name)
    odd = sum(byte < 9 or 13 < byte < 27 or 28 <= byte < 32 for byte in sample)
    if odd > 0.02 * len(sample):
        raise RefusedError(
            "not_text",
            "The file is no text, whatever its name says. Export it again as CSV or Excel.",
        )
    return _eight_bit_encoding(path)


def sample_lines(path: Path, encoding: Encoding) -> list[str]:
    """The first lines of the file, for finding the delimiter and the headings."""
    with _open(path, encoding) as file:
        text = file.read(SAMPLE_BYTES)
    return text.splitlines(keepends=True)[:200]


def delimiter_hint(lines: list[str]) -> str | None:
    """The delimiter Excel wrote into the first line as `sep=;`, if it did."""
    found = _SEPARATOR_HINT.match(lines[0]) if lines else None
    return found[1] if found else None


def consistent_delimiter(lines: list[str]) -> str:
    """The delimiter that splits most lines into the same number of cells."""

    def score(delimiter: str) -> tuple[int, int]:
        widths = [line.count(delimiter) for line in lines if line.strip()]
        usual = max(set(widths), key=widths.count, default=0)
        return (widths.count(usual) if usual else 0, usual)

    return max(DELIMITERS, key=score)


def _eight_bit_encoding(path: Path) -> Encoding:
    """UTF-8 when its bytes say so, else the Windows or ISO encoding of Western Europe."""
    broken = multibyte = undefined = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            if not text.isascii():
                replaced = text.count("\ufffd")
                broken += replaced
                multibyte += sum(character > "\x7f" for character in text) - replaced
            undefined += sum(chunk.count(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
    broken += decoder.decode(b"", final=True).count("\ufffd")
    if broken == 0:
        return Encoding("utf-8")
    if multibyte > broken:
        return Encoding("utf-8", broken)
    return Encoding("latin-1" if undefined else "cp1252")


def _repairs(path: Path, name: str) -> int:
    decoder = codecs.getincrementaldecoder(name)("replace")
    count = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            count += decoder.decode(chunk).count("\ufffd")
    return count + decoder.decode(b"", final=True).count("\ufffd")


def _open(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    return path.open(encoding=encoding.name, errors="replace", newline="")


def _rows(path: Path, delimiter: str, encoding: Encoding, issues: list[Issue]) -> Iterator[Row]:
    with _open(path, encoding) as file:
        lines = _physical_lines(file)
        width: int | None = None
        number = 0
        pending: list[str] = []
        while line := (pending.pop(0) if pending else next(lines, "")):
            number += 1
            if number == 1 and _SEPARATOR_HINT.match(line):
                continue
            start = number
            fault = None if line.endswith(("\n", "\r")) else CUT
            if '"' not in line:
                yield Row(start, _plain_cells(line, delimiter), fault)
                continue
            cells = _parse(line, delimiter)
            joined = 0
            while cells is None and joined < MAX_LINES_OF_A_ROW:
                if joined == len(pending):
                    pending += islice(lines, 1)
                if joined == len(pending):
                    break
                joined += 1
                cells = _parse(line + "".join(pending[:joined]), delimiter)
                if cells is not None and width is not None and len(cells) != width:
                    cells = None
            if cells is None:
                issues.append(
                    Issue(
                        Severity.WARNING,
                        "unbalanced_quote",
                        f"Row {start} has a quotation mark without a second one; "
                        "it was taken as text.",
                        start,
                    )
                )
                cells = tuple(cell.strip('"') for cell in _plain_cells(line, delimiter))
            else:
                number += joined
                del pending[:joined]
            if len(cells) > 1 and width is None:
                width = len(cells)
            yield Row(start, cells, fault)


def _physical_lines(file: io.TextIOWrapper) -> Iterator[str]:
    """Lines with their ends. Some programs write NUL characters between the others: dropped."""
    while line := file.readline(MAX_LINE_CHARACTERS):
        if len(line) >= MAX_LINE_CHARACTERS:
            raise RefusedError(
                "line_too_long",
                "A line has over a million characters, so this is no table. Export it again.",
            )
        yield line.replace("\0", "")


def _plain_cells(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.rstrip("\r\n").split(delimiter))


def _parse(text: str, delimiter: str) -> tuple[str, ...] | None:
    """The cells of one complete record; None while a quoted cell is still open."""
    reader = csv.reader([text], delimiter=delimiter, skipinitialspace=True, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        # a quote inside a cell, as in 3.5" pipe: plain text
        cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    return tuple(cell.strip() for cell in cells)
