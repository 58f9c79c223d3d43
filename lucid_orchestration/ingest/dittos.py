"""Cells that say "as above": ditto marks in columns that name a day, a document or a product."""

from collections.abc import Iterable, Iterator, Sequence

from lucid_orchestration.ingest.groups import HEAD_FIELDS, PRODUCT_FIELDS, Filled, with_values
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS

_MARKS = frozenset(
    {"do", "do.", "ditto", "dito", "dto", "dto.", "idem", "-do-", "--do--", "″", "〃", "〟", "々"}
    | {'"', "''", '"-', '-"-', '—"—', '- " -', "“", "”", "„", ",,", "»", "›", "^", "同上", "〻"}
)


def find_dittos(rows: Iterable[Row], layout: Layout) -> frozenset[int]:
    """The columns in which some of the first rows say nothing but "as above"."""
    places = {
        place
        for name, place in layout.columns.items()
        if name in DATE_FIELDS or name in HEAD_FIELDS or name in PRODUCT_FIELDS
    }
    below = [row for row in rows if row.number > layout.header_row]
    return frozenset(place for place in places if any(_is_ditto(row, place) for row in below))


def with_values_above(
    rows: Iterable[Row], columns: Sequence[int], layout: Layout, filled: Filled
) -> Iterator[Row]:
    """The rows with the value of the cell above in place of each ditto mark."""
    held: dict[int, str] = {}
    for row in rows:
        if row.number <= layout.header_row:
            yield row
            continue
        values = {at: held[at] for at in columns if at in held and _is_ditto(row, at)}
        if values:
            filled.add(row, values)
            row = with_values(row, values)
        for at in columns:
            if at < len(row.cells) and row.cells[at].strip() and not _is_ditto(row, at):
                held[at] = row.cells[at]
        yield row


def _is_ditto(row: Row, place: int) -> bool:
    return place < len(row.cells) and row.cells[place].strip().casefold() in _MARKS
