"""Rows of text with fewer cells than nearly all others, where nothing puts them right."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lucid_orchestration.ingest.delimited.mend import MIN_ROWS, USUAL_SHARE
from lucid_orchestration.ingest.outcomes import Issue, Row, Severity
from lucid_orchestration.ingest.tables import Table


def short_rows_told(
    rows: Iterable[Row | None], data: Sequence[Row], table: Table
) -> Iterator[Row | None]:
    """The rows as they are, None for what is none; then the table says how many are short.

    `data` are rows that show how many cells are usual: programs leave empty ones out at the end.
    """
    width = len(table.layout.header)
    counts = Counter(min(len(row.cells), width) for row in data)
    usual = {width} | {n for n, count in counts.items() if count >= USUAL_SHARE * len(data)}
    short, first = 0, None
    for row in rows:
        length = width if row is None else len(row.cells)
        if row is not None and length not in usual and row.fault is None:
            short, first = short + 1, first or row.number
        yield row
    if short and len(data) >= MIN_ROWS:
        table.issues.append(
            Issue(
                Severity.WARNING,
                "short_rows",
                f"{short} row(s) have fewer cells than the others, the first is row {first}: a "
                "cell may be lost in them, so that others stand under the wrong heading. They were "
                "read as they stand. Look at them, or export the file again.",
                first,
            )
        )
