"""A text file, whatever separates its cells, as the one table it holds."""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.delimited import read
from lucid_orchestration.ingest.delimited.decimals import with_decimal_commas
from lucid_orchestration.ingest.delimited.dialects import blank_dialects, with_quotes, with_wrapping
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.rows import recognised_table
from lucid_orchestration.ingest.tables import Dialect, OpenedFile


def open_delimited(path: Path, mapping: FileMapping) -> OpenedFile:
    """Find how the text becomes cells, and the table in it.

    Raises:
        RefusedError: when it is no text, or holds no table Lucid can use.
    """
    refusal: RefusedError | None = None
    for dialect in dialects_of(path):
        try:
            table = recognised_table(read.read_delimited(path, dialect), mapping, dialect)
        except RefusedError as error:
            # what the usual delimiter shows is what the owner should be told
            refusal = refusal or error
            continue
        return OpenedFile("csv", (table,), ())
    raise refusal or RefusedError("no_rows", "The file holds no rows. Export it again.")


def dialects_of(path: Path) -> Iterator[Dialect]:
    """The ways the text of a file may become cells, the most likely first.

    Raises:
        RefusedError: when it is no text.
    """
    encoding = read.detect_encoding(path)
    lines = read.sample_lines(path, encoding)
    hint = read.delimiter_hint(lines)
    usual = read.consistent_delimiter(lines)
    quote = read.quotation_mark(lines)
    for delimiter in [hint] if hint else sorted(read.DELIMITERS, key=lambda mark: mark != usual):
        quoted = with_quotes(Dialect(encoding, delimiter, quote), lines)
        yield with_decimal_commas(with_wrapping(quoted, lines), lines)
    if not hint:
        yield from blank_dialects(encoding, lines)
