"""Large clean text files, from the file to Parquet in one pass of DuckDB.

Python looks at the last rows and at the bytes before them; DuckDB reads the rows, and stops at the
first that is not plainly a row of data. What does not qualify is read row by row instead
(`delimited`), with the same result.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow.parquet as pq

from lucid_orchestration.ingest import currency
from lucid_orchestration.ingest.delimited.read import rows_of
from lucid_orchestration.ingest.delimited.scan import Scan
from lucid_orchestration.ingest.group_sums import may_hold_sums
from lucid_orchestration.ingest.layout.aliases import total_words
from lucid_orchestration.ingest.layout.headings import zone_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import TRUNCATED_LINE, WRONG_CELL_COUNT, Issue, Row
from lucid_orchestration.ingest.raw_tables import (
    DATE_FIELDS,
    NUMBER_FIELDS,
    Constants,
    row_names,
)
from lucid_orchestration.ingest.rows import PERIOD_TOTAL_WORDS, TOTAL_WORDS, data_rows
from lucid_orchestration.ingest.tables import Dialect, RowCounts, Table
from lucid_orchestration.storage import exact_glob, sql_literal

# Below this size the start of DuckDB costs more than it saves.
MIN_BYTES = 2 * 1024 * 1024
# A row may hold so many cells too many before the file is read row by row.
SPARE_COLUMNS = 4
# Stands for cells a row does not have, which are not the same as empty ones. No text holds it.
_ABSENT = "chr(1)"
_NOTHING = "cast(null as varchar)"
# So much of the end of a file Python looks at row by row.
ENDING_BYTES = 65_536
_MOST_SHAPES = 10_000
_CHUNK_BYTES = 1 << 20
_MAX_LINE_BYTES = 2_000_000
_ENCODINGS = frozenset({"utf-8", "utf-8-sig"})
_PRODUCTS = ("product_id", "product_name")


@dataclass(frozen=True)
class Ending:
    """The last rows of a file: data first, then what may stand below it (totals, notes, blanks)."""

    data: tuple[Row, ...]
    line_count: int
    counts: RowCounts


@dataclass(frozen=True)
class Stretch:
    """The rows from below the headings down to `last_row`, all of them data when all goes well.

    Their least and most cells are the `lengths`, where other rows have to be put right.
    """

    path: Path
    layout: Layout
    delimiter: str
    has_total_words: bool
    last_row: int
    ending: Ending
    lengths: tuple[int, int] | None

    @property
    def counts(self) -> RowCounts:
        """Rows of the file by what they are."""
        below = self.ending.counts
        return RowCounts(
            landed=self.last_row - self.layout.header_row,
            blank=below.blank,
            total=below.total,
            note=below.note,
            printed_total=below.printed_total,
        )


def plain_stretch(path: Path, table: Table) -> Stretch | None:
    """What DuckDB can read of a delimited file; None when it has to be read row by row."""
    dialect = table.dialect
    if dialect is None or not _suits(path, dialect, table.layout):
        return None
    usual = sorted(table.mender.usual) if table.mender else []
    # the length of a row is told by two of its cells, so all lengths between have to be usual
    if usual and not len(usual) > usual[-1] - usual[0]:
        return None
    if usual and usual[-1] >= len(table.layout.header) + SPARE_COLUMNS:
        return None
    scan = Scan(dialect.delimiter, total_words(table.layout.header))
    with path.open("rb") as file:
        for _ in range(table.layout.header_row):
            file.readline()
        top = file.tell()
        start = max(top, path.stat().st_size - ENDING_BYTES)
        file.seek(start)
        if start > top:
            file.readline()
            start = file.tell()
        lines = file.read().splitlines(keepends=True)
        file.seek(top)
        if not all(scan.take(chunk) for chunk in _chunks(file, start)):
            return None
        file.seek(top)
        first = file.readline(_MAX_LINE_BYTES).decode(errors="replace")
    ending = _ending(lines, table, dialect)
    if ending is None or not scan.take(b"".join(lines[: ending.data[-1].number])):
        return None
    if may_hold_sums(table.layout, rows_of([first], dialect, []), scan.has_total_words):
        return None
    return Stretch(
        path=path,
        layout=table.layout,
        delimiter=dialect.delimiter,
        has_total_words=scan.has_total_words,
        last_row=table.layout.header_row + scan.line_count,
        ending=ending,
        lengths=(min(usual), max(usual)) if usual else None,
    )


def copy_rows(
    database: duckdb.DuckDBPyConnection, stretch: Stretch, constants: Constants, target: Path
) -> bool:
    """Write a stretch as a part of its raw table; False when its rows turn out not to be plain."""
    try:
        database.execute(_copy_statement(stretch, constants, target))
    except duckdb.Error:
        return False
    # fewer rows than lines: a cell holds a line break
    return bool(pq.read_metadata(target).num_rows == stretch.counts.landed)


def change_constants(
    database: duckdb.DuckDBPyConnection,
    part: Path,
    constants: Constants,
    turned: Iterable[str],
    target: Path,
) -> None:
    """Write a part again with other conventions; the numbers `turned` get the other mark."""
    numbers = "".join(f"{_turned(field)} as {field}, " for field in sorted(turned))
    database.execute(
        f"copy (select * replace ({_literal(constants.date_order)} as date_order, "  # noqa: S608
        f"{_literal(constants.decimal_mark)} as decimal_mark, {numbers}"
        f"{_literal(constants.timezone)} as timezone) "
        f"from read_parquet({sql_literal(exact_glob(part))}, hive_partitioning = false)) "
        f"to {sql_literal(target)} (format parquet, compression zstd, compression_level 1)"
    )


def distinct_texts(
    database: duckdb.DuckDBPyConnection,
    part: Path,
    layout: Layout,
    fields: Sequence[str],
    most: int | None = None,
) -> list[tuple[tuple[str | None, ...], int]]:
    """What fields say together and how often, in the order of first appearance; `most` at most.

    A field the file has no column for says nothing.
    """
    names = ", ".join(field if field in layout.fields else _NOTHING for field in fields)
    rows = database.execute(
        f"select {names}, count(*) from read_parquet(?) "  # noqa: S608
        f"group by all order by min(row_number) {'' if most is None else f'limit {most}'}",
        [exact_glob(part)],
    ).fetchall()
    return [(tuple(texts), count) for *texts, count in rows]


def number_shapes(
    database: duckdb.DuckDBPyConnection, part: Path, fields: Sequence[str]
) -> list[tuple[str, int]]:
    """Shapes of the numbers with a point or comma; none when no text speaks for a comma."""
    telling = " or ".join(f"contains({name}, ',') or {name} like '%.%.%'" for name in fields)
    decisive = f"select 1 from read_parquet(?) where {telling or 'false'} limit 1"  # noqa: S608
    if not database.execute(decisive, [exact_glob(part)]).fetchall():
        return []
    return [
        shape
        for name in fields
        for shape in database.execute(
            f"select translate({name}, '012345678', '999999999') as shape, count(*) "  # noqa: S608
            f"from read_parquet(?) where contains({name}, ',') or contains({name}, '.') "
            "group by shape",
            [exact_glob(part)],
        ).fetchall()
    ]


def named_currencies(database: duckdb.DuckDBPyConnection, part: Path, stretch: Stretch) -> set[str]:
    """The currencies that the currency column names, if there is one."""
    if "currency" not in stretch.layout.columns:
        return set()
    words = database.execute(
        "select distinct currency from read_parquet(?) where currency is not null",
        [exact_glob(part)],
    ).fetchall()
    return {code for (word,) in words if (code := currency.code_of(word))}


def marked_amounts(database: duckdb.DuckDBPyConnection, part: Path, amount: str) -> list[str]:
    """Amounts with something before or behind their digits, one of each shape."""
    # plain numbers begin and end with a digit: DuckDB compares that without a pattern
    found = database.execute(
        f"select distinct translate({amount}, '012345678', '999999999') "  # noqa: S608
        f"from read_parquet(?) where {amount} < '0' or {amount} >= ':' "
        f"or right({amount}, 1) < '0' or right({amount}, 1) >= ':' limit {_MOST_SHAPES}",
        [exact_glob(part)],
    ).fetchall()
    return [shape for (shape,) in found]


def row_faults(database: duckdb.DuckDBPyConnection, part: Path) -> list[tuple[str, int, int]]:
    """Faults of the rows' shape, how often each occurs, and the first row that has it."""
    return database.execute(
        "select row_fault, count(*), min(row_number) from read_parquet(?) "
        "where row_fault is not null group by row_fault",
        [exact_glob(part)],
    ).fetchall()


def _suits(path: Path, dialect: Dialect, layout: Layout) -> bool:
    """Whether DuckDB reads such a file as Python does, as far as its dialect and headings go."""
    return (
        layout.arrangement is None
        and not layout.stated_once
        and dialect.encoding.name in _ENCODINGS
        and not dialect.encoding.repaired
        and dialect.quote == '"'
        and dialect.escape is None
        and not (dialect.is_wrapped or dialect.joins)
        and dialect.delimiter.isascii()
        and " " not in dialect.delimiter
        and _is_text(path.as_posix())
        and not any(
            zone_of(layout.header[place])
            for field, place in layout.columns.items()
            if field in DATE_FIELDS
        )
        # a row with a cell that begins with a digit is then no repeated heading
        and not any(heading[:1].isdigit() for heading in layout.header)
    )


def _is_text(name: str) -> bool:
    """Whether a name is text; systems take names that are none, and SQL does not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _chunks(file: BinaryIO, end: int) -> Iterator[bytes]:
    """Whole lines up to a position; what holds an endless line comes out without a line end."""
    while (left := end - file.tell()) > 0:
        chunk = file.read(min(_CHUNK_BYTES, left))
        if not chunk.endswith(b"\n"):
            chunk += file.readline(_MAX_LINE_BYTES)
        yield chunk


def _ending(lines: list[bytes], table: Table, dialect: Dialect) -> Ending | None:
    """What the last lines are; None unless all data stands before all else."""
    issues: list[Issue] = []
    rows = list(rows_of([line.decode() for line in lines], dialect, issues))
    scratch = Table("", table.layout, (), issues=issues, mender=table.mender)
    data = tuple(data_rows(scratch, rows))
    is_plain = len(rows) == len(lines) and data and data[-1].number == len(data) and not issues
    is_plain = is_plain and not scratch.counts.mended
    return Ending(data, len(lines), scratch.counts) if is_plain else None


def _copy_statement(stretch: Stretch, constants: Constants, target: Path) -> str:
    layout = stretch.layout
    width = len(layout.header)
    names = [f"c{place}" for place in range(width + SPARE_COLUMNS)]
    below = stretch.ending.line_count > stretch.ending.data[-1].number
    values = {
        "dataset_id": _literal(constants.dataset_id),
        "source_file_id": _literal(constants.source_file_id),
        "row_number": f"case {_shape_case(stretch)}{_plain_cases(stretch)} "
        "else error('not plain') end",
        "sheet": "''",
        "profile": _literal(layout.profile),
        "date_order": _literal(constants.date_order),
        "decimal_mark": _literal(constants.decimal_mark),
        "timezone": _literal(constants.timezone),
        "row_fault": _fault_case(stretch, names[width:]),
        "store": _literal(layout.branch),
        "stock_date": _literal(layout.as_of),
        **{
            field: _turned(_cell(stretch, place))
            if field in constants.turned
            else _cell(stretch, place)
            for field, place in layout.columns.items()
        },
    }
    columns = ",\n".join(
        f"{values[name]} as {name}" for name in row_names(layout.kind, layout.fields)
    )
    return f"""
        copy (
            select {columns}
            from (
                select cast({layout.header_row} + row_number() over () as bigint) as n, *
                from read_csv(
                    {sql_literal(exact_glob(stretch.path))}, hive_partitioning = false,
                    auto_detect = false, header = false, skip = {layout.header_row},
                    delim = {_literal(stretch.delimiter)}, quote = '"', escape = '"', comment = '',
                    columns = {{{", ".join(f"'{name}': 'varchar'" for name in names)}}},
                    null_padding = true, strict_mode = true
                    {f", nullstr = {_ABSENT}" if stretch.lengths else ""}
                )
            )
            {f"where n <= {stretch.last_row}" if below else ""}
        ) to {sql_literal(target)} (format parquet, compression zstd, compression_level 1)
    """  # noqa: S608 - every name is ours, every text passed _literal


def _cell(stretch: Stretch, place: int) -> str:
    """The text of a cell, null where it is empty."""
    return f"nullif(c{place}, '')" if stretch.lengths else f"c{place}"


def _shape_case(stretch: Stretch) -> str:
    """When a row has to be put right: with fewer or more cells than is usual, or filled surplus."""
    if stretch.lengths is None:
        return ""
    least, most = stretch.lengths
    width = len(stretch.layout.header)
    surplus = _any_matches([f"c{place}" for place in range(width, most)], r"\S") or "false"
    odd = f"c{least - 1} is null or c{most} is not null or {surplus}"
    return f"when {odd} then error('not plain') "


def _turned(number: str) -> str:
    """A number with its decimal mark and its grouping exchanged."""
    return f"translate({number}, '.,', ',.')"


def _plain_cases(stretch: Stretch) -> str:
    """When a row is data for certain: it has figures, a product or two figures, and no total."""
    layout = stretch.layout
    figures = " + ".join(
        f"cast({_begins_with_digit(place)} as integer)"
        for field, place in layout.columns.items()
        if field in DATE_FIELDS | NUMBER_FIELDS
    )
    digits = " or ".join(map(_begins_with_digit, range(len(layout.header))))
    products = [f"c{layout.columns[name]}" for name in _PRODUCTS if name in layout.columns]
    named = _any_matches(products, r"[\p{L}\p{N}]")
    total = "false"
    if stretch.has_total_words:
        blanks = "' ' || chr(9) || chr(160)"
        filled = (f"nullif(trim(c{place}, {blanks}), '')" for place in range(len(layout.header)))
        first_filled = f"coalesce({', '.join(filled)})"
        total = _any_matches([first_filled, *products], f"{TOTAL_WORDS}|{PERIOD_TOTAL_WORDS}")
    return f"""
        when {total} then error('not plain')
        when {figures} >= 2 then n
        when ({named}) and ({digits}) then n
    """


def _begins_with_digit(place: int) -> str:
    return f"coalesce(c{place} >= '0' and c{place} < ':', false)"


def _any_matches(values: Sequence[str], pattern: str) -> str:
    return " or ".join(
        f"coalesce(regexp_matches({value}, {_literal(pattern)}), false)" for value in values
    )


def _fault_case(stretch: Stretch, spare: Sequence[str]) -> str:
    last = stretch.ending.data[-1]
    cut = (
        f"when n = {stretch.last_row} then '{TRUNCATED_LINE}'"
        if last.fault == TRUNCATED_LINE
        else ""
    )
    surplus = _any_matches(spare, r"\S")
    return f"case {cut} when {surplus} then '{WRONG_CELL_COUNT}' end"


def _literal(text: str | None) -> str:
    return _NOTHING if text is None else sql_literal(text)
