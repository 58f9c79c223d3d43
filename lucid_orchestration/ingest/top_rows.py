"""The first rows of a file as cells, whatever they mean: what an owner chooses columns by."""

from itertools import islice
from pathlib import Path

from lucid_orchestration.ingest.delimited import read
from lucid_orchestration.ingest.delimited.dialects import with_quotes, with_wrapping
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.outcomes import RefusedError, Row
from lucid_orchestration.ingest.reading import is_pdf
from lucid_orchestration.ingest.tables import Dialect
from lucid_orchestration.ingest.vyapar import container
from lucid_orchestration.ingest.workbook.read import read_workbook
from lucid_orchestration.ingest.workbook.single_column import in_columns

_ROWS = 15
_CELLS = 60
_WORKBOOK_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def top_rows(path: Path, said: FileMapping) -> tuple[Row, ...]:
    """The first rows of the list in a file; none of a bill or backup, whose columns are known.

    Raises:
        OSError: when the file cannot be opened.
    """
    try:
        if is_pdf(path) or container.is_backup(path):
            return ()
        with path.open("rb") as file:
            head = file.read(4)
        if head in _WORKBOOK_HEADS:
            sheets = [in_columns(sheet) for sheet in read_workbook(path).sheets]
            named = [sheet for sheet in sheets if said.sheet in (None, sheet.name)]
            rows = named[0].rows if named else ()
        else:
            encoding = read.detect_encoding(path)
            lines = read.sample_lines(path, encoding)
            delimiter = read.delimiter_hint(lines) or read.consistent_delimiter(lines)
            dialect = Dialect(encoding, delimiter, read.quotation_mark(lines))
            dialect = with_wrapping(with_quotes(dialect, lines), lines)
            rows = read.read_delimited(path, dialect).rows
        return tuple(Row(row.number, row.cells[:_CELLS]) for row in islice(rows, _ROWS))
    except RefusedError:
        return ()
