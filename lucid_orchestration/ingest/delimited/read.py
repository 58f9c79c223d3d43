"""Delimited text (CSV, TSV and their relatives) as rows of text.

Nothing is converted: encoding, delimiter and quoting are found, cells stay as they were written.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import ne
from pathlib import Path
from typing import TextIO

from lucid_orchestration.ingest.delimited.code_pages import code_page
from lucid_orchestration.ingest.delimited.limits import ROWS_BETWEEN_LOOKS, ReadingLimit
from lucid_orchestration.ingest.outcomes import (
    UNENDED_LINE,
    Issue,
    RefusedError,
    Row,
    Severity,
    Sheet,
)
from lucid_orchestration.ingest.tables import BLANKS, Dialect, Encoding

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_BYTES = 65_536
MAX_FILE_BYTES = 10 * 1024**3
# A quoted cell may hold line breaks, but an unbalanced quote must not swallow the rest of the file.
MAX_LINES_OF_A_ROW = 50
MAX_LINE_CHARACTERS = 16_000_000
# Every quotation mark that is odd may be looked for a second one in the lines below: all of them
# together read a file so many times, and then a mark without a second one is text.
MAX_READINGS = 8
_ALWAYS_READ = 1_000_000
# More rows with a stray quote than this are only counted, not named one by one.
MAX_NAMED_ROWS = 20
# Of the lines two stray quotes hold together so many are rows of at least so many cells; one of so
# many may begin with a figure where the others do not, and of three lines always one.
_MOST_ROWS, _LEAST_COLUMNS, _COLUMNS_A_SLIP = 0.8, 3, 5
# bytes that no text holds; 27 begins the escape sequences of some encodings
_CONTROLS = bytes((*range(9), *range(14, 27), *range(28, 32)))
# what the csv module says of a record whose last quote is open
_OPEN_END = "unexpected end of data"
_SEPARATOR_HINT = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


def read_delimited(path: Path, dialect: Dialect) -> Sheet:
    """The rows of a text file; row numbers are physical lines, as any editor shows them."""
    issues: list[Issue] = []
    if dialect.encoding.repaired:
        issues.append(
            Issue(
                Severity.WARNING,
                "unreadable_characters",
                f"{dialect.encoding.repaired} character(s) could not be read and show as \ufffd. "
                "Save the file as UTF-8 if a name looks wrong.",
            )
        )
    if dialect.joins:
        issues.append(
            Issue(
                Severity.WARNING,
                "joined_decimals",
                f"The rows have {dialect.joins[0]} cells, more than there are headings: their "
                "decimal commas part the numbers. They were put together so that quantity times "
                "price is the amount. Export the file again with semicolons or quotation marks.",
            )
        )
    return Sheet("", _file_rows(path, dialect, issues), issues)


def rows_of(lines: Iterable[str], dialect: Dialect, issues: list[Issue]) -> Iterator[Row]:
    """Rows from physical lines with their ends; a row has the number of its first line."""
    reader = _RowReader(lines, dialect, issues)
    yield from reader.rows()
    reader.report()


def unevenness(lines: Iterable[str], dialect: Dialect) -> int:
    """How many rows have another length than most, or a quotation mark out of place."""
    reader = _RowReader(lines, dialect, [])
    lengths = Counter(len(row.cells) for row in reader.rows())
    return lengths.total() - max(lengths.values(), default=0) + reader.loose


def detect_encoding(path: Path) -> Encoding:
    """The encoding of a text file, from its mark or from all its bytes.

    Raises:
        RefusedError: for a file that is no text at all.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise RefusedError(
            "too_large", "The file is larger than 10 GB. Split it, for example by year."
        )
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
    odd = len(sample) - len(sample.translate(None, _CONTROLS))
    if odd > 0.02 * len(sample):
        raise RefusedError(
            "not_text",
            "The file is no text, whatever its name says. Export it again as CSV or Excel.",
        )
    return _eight_bit_encoding(path)


def sample_lines(path: Path, encoding: Encoding) -> list[str]:
    """The first lines of the file, for finding the delimiter and the quotation mark."""
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


def quotation_mark(lines: list[str]) -> str:
    """The double quote, unless nearly every line begins and ends with a single one."""
    filled = [line.strip() for line in lines if line.strip()]
    single = sum(len(line) > 1 and line[0] == line[-1] == "'" for line in filled)
    return "'" if filled and single > 0.9 * len(filled) else '"'


def unwrapped(line: str, dialect: Dialect) -> str:
    """A line that is one quoted cell as what it holds, where that is a row of its own."""
    text = line.rstrip("\r\n")
    mark = dialect.quote
    inner = text[1:-1]
    is_one = (
        len(text) > 1 and text[0] == text[-1] == mark and mark not in inner.replace(mark * 2, "")
    )
    if not is_one or dialect.delimiter not in inner:
        return line
    return inner.replace(mark * 2, mark) + line[len(text) :]


def _eight_bit_encoding(path: Path) -> Encoding:
    """UTF-8 when its bytes say so, else the code page of its headings, or Western Europe's."""
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
    return Encoding(code_page(path) or ("latin-1" if undefined else "cp1252"))


def _repairs(path: Path, name: str) -> int:
    decoder = codecs.getincrementaldecoder(name)("replace")
    count = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            count += decoder.decode(chunk).count("\ufffd")
    return count + decoder.decode(b"", final=True).count("\ufffd")


def _open(path: Path, encoding: Encoding) -> TextIO:
    return path.open(encoding=encoding.name, errors="replace", newline="")


def _file_rows(path: Path, dialect: Dialect, issues: list[Issue]) -> Iterator[Row]:
    with _open(path, dialect.encoding) as file:
        limit = ReadingLimit(path.stat().st_size)
        for count, row in enumerate(rows_of(_physical_lines(file), dialect, issues)):
            if count % ROWS_BETWEEN_LOOKS == 0:
                limit.check(count, file.buffer.tell())
            yield row


def _physical_lines(file: TextIO) -> Iterator[str]:
    """Lines with their ends. Some programs write NUL characters between the others: dropped."""
    while line := file.readline(MAX_LINE_CHARACTERS):
        if len(line) >= MAX_LINE_CHARACTERS:
            raise RefusedError(
                "line_too_long",
                "A line has over 16 million characters, so this is no table. Export it again.",
            )
        yield line.replace("\0", "")


class _RowReader:
    """Puts the lines of quoted cells together, and keeps a stray quote within its own row."""

    def __init__(self, lines: Iterable[str], dialect: Dialect, issues: list[Issue]) -> None:
        self._lines = iter(lines)
        self._delimiter = dialect.delimiter
        if dialect.starts or dialect.delimiter == BLANKS:
            self._lines = (_with_tabs(line, dialect.starts) for line in lines)
            self._delimiter = "\t"
        self._joins = dialect.joins
        if dialect.is_wrapped:
            self._lines = (unwrapped(line, dialect) for line in lines)
        self._pending: list[str] = []
        self._quote = dialect.quote
        self._escape = dialect.escape
        mark, quote = re.escape(self._delimiter), dialect.quote
        self._opening_quote = re.compile(f"(?:^|{mark}) *{quote}")
        # a doubled quote belongs to the text of a cell
        self._padded_quote = re.compile(f"(?:^|{mark}) +{quote}(?!{quote})")
        self._issues = issues
        self._stray_rows: list[int] = []
        self.loose = 0
        # of the record parsed last: whether a quote is open at its end
        self._is_open_end = False
        self._left_to_read = _ALWAYS_READ
        self._widths: set[int] = set()

    def rows(self) -> Iterator[Row]:
        # the csv module refuses cells of more than 131,072 characters unless told otherwise
        csv.field_size_limit(MAX_LINE_CHARACTERS)
        number = 0
        while line := (self._pending.pop(0) if self._pending else next(self._lines, "")):
            number += 1
            self._left_to_read += MAX_READINGS * len(line)
            if number == 1 and _SEPARATOR_HINT.match(line):
                continue
            start = number
            fault = None if line.endswith(("\n", "\r")) else UNENDED_LINE
            if self._quote not in line and not self._is_escaped(line):
                cells: tuple[str, ...] | None = _split(line, self._delimiter)
            else:
                cells, joined = self._quoted_cells(line)
                number += joined
            if cells is None:
                self.loose += 1
                self._stray_rows.append(start)
                cells = tuple(cell.strip(self._quote) for cell in _split(line, self._delimiter))
            if len(cells) > 1:
                self._widths.add(len(cells))
            if self._joins and len(cells) == self._joins[0]:
                cells = put_together(cells, self._joins[1:])
            yield Row(start, cells, fault)

    def report(self) -> None:
        """Tell where quotes were taken as text, once all rows are read."""
        for row_number in sorted(self._stray_rows)[:MAX_NAMED_ROWS]:
            self._issues.append(
                Issue(
                    Severity.WARNING,
                    "unbalanced_quote",
                    f"Row {row_number} has a quotation mark without a second one; "
                    "it was taken as text.",
                    row_number,
                )
            )
        further = len(self._stray_rows) - MAX_NAMED_ROWS
        if further > 0:
            self._issues.append(
                Issue(
                    Severity.WARNING,
                    "unbalanced_quote",
                    f"{further} more rows have a quotation mark without a second one.",
                )
            )

    def _quoted_cells(self, line: str) -> tuple[tuple[str, ...] | None, int]:
        """Cells of the row that starts with this line, and how many further lines it takes."""
        if not self._opening_quote.search(line):
            # 3.5" pipe needs no second quote
            is_escaped = self._is_escaped(line)
            return (self._parse(line) if is_escaped else _split(line, self._delimiter)), 0
        if self._quotes(line) % 2 == 0:
            return self._parse(line) or self._parse_leniently(line), 0
        text = line
        for joined in range(1, MAX_LINES_OF_A_ROW + 1):
            if joined > len(self._pending):
                self._pending += islice(self._lines, 1)
            if joined > len(self._pending) or len(text) > MAX_LINE_CHARACTERS:
                break
            following = self._pending[joined - 1]
            text += following
            if self._quotes(following) % 2 == 0:
                continue  # the cell cannot end here
            self._left_to_read -= len(text)
            if self._left_to_read < 0:
                break
            cells = self._parse(text)
            if cells is not None and (not self._widths or len(cells) in self._widths):
                if self._are_rows([line, *self._pending[:joined]]):
                    # the second of two strays: taken out, as the first is
                    self._pending[joined - 1] = following.replace(self._quote, "", 1)
                    return None, 0
                del self._pending[:joined]
                return cells, joined
            if not self._is_open_end:
                break  # what is out of place there stays so, whatever follows
        return None, 0

    def _are_rows(self, lines: Sequence[str]) -> bool:
        """Whether lines that two quotes hold together are rows, each with all its cells.

        The first and the last have them whatever stands between, and figures stand in the same
        places: two strays of a file may lie far apart, and no cell looks like its table.
        """
        parts = [_split(line.replace(self._quote, ""), self._delimiter) for line in lines]
        width = len(parts[0])
        even = [cells for cells in parts if len(cells) == width]
        is_table = width >= _LEAST_COLUMNS and (not self._widths or width in self._widths)
        if not is_table or len(parts[-1]) != width or len(even) < _MOST_ROWS * len(parts):
            return False
        figures = [tuple(cell.strip()[:1].isdigit() for cell in cells) for cells in even]
        usual = max(figures, key=figures.count)
        odd = max(sum(map(ne, usual, places)) for places in figures)
        slips = max(width // _COLUMNS_A_SLIP, len(even) > 2)
        return any(usual) and odd <= slips

    def _is_escaped(self, line: str) -> bool:
        return self._escape is not None and self._escape in line

    def _quotes(self, line: str) -> int:
        """How many marks of a line begin or end a cell."""
        escaped = 0 if self._escape is None else line.count(self._escape + self._quote)
        return line.count(self._quote) - escaped

    def _parse(self, text: str) -> tuple[str, ...] | None:
        """The cells of one record; None when a quote is out of place, or when it is not over."""
        self._is_open_end = False
        try:
            return tuple(next(self._reader(text, strict=True), []))
        except csv.Error as error:
            self._is_open_end = str(error) == _OPEN_END
            return None

    def _parse_leniently(self, line: str) -> tuple[str, ...]:
        self.loose += 1
        try:
            return tuple(next(self._reader(line, strict=False), []))
        except csv.Error:
            return _split(line, self._delimiter)

    def _reader(self, text: str, strict: bool) -> Iterator[list[str]]:
        return csv.reader(
            [text],
            delimiter=self._delimiter,
            quotechar=self._quote,
            escapechar=self._escape,
            skipinitialspace=self._padded_quote.search(text) is not None,
            strict=strict,
        )


def _with_tabs(line: str, starts: Sequence[int]) -> str:
    """A line with a tab between its cells, for blanks or at the places where columns begin."""
    text = line.rstrip("\r\n")
    ending = line[len(text) :]
    if not starts:
        return re.sub(" {2,}", "\t", text.strip(" ")) + ending
    ends = (*starts[1:], len(text))
    cells = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return "\t".join(cell.strip(" ") for cell in cells) + ending


def put_together(cells: Sequence[str], joins: Sequence[int]) -> tuple[str, ...]:
    """Cells with some of them put together with the next by a decimal comma."""
    return tuple(
        f"{cell},{cells[at + 1]}" if at in joins else cell
        for at, cell in enumerate(cells)
        if at - 1 not in joins
    )


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n").split(delimiter))
