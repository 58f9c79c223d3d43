"""Each source file becomes immutable Parquet parts in data/raw; a removed file's parts go.

A file counts as landed once its part of raw_source_files exists, and that one is written last:
a run killed anywhere leaves nothing that the next run takes for finished.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.ingest import bulk
from lucid_orchestration.ingest.conventions import (
    Convention,
    DateOrder,
    DecimalMark,
    date_order,
    day_part,
    decimal_mark,
    number_shape,
)
from lucid_orchestration.ingest.files import (
    InboxFile,
    Issue,
    RefusedError,
    Row,
    Severity,
    Status,
    list_inbox,
)
from lucid_orchestration.ingest.raw_tables import (
    DATE_FIELDS,
    FIELDS,
    NUMBER_FIELDS,
    PROVENANCE,
    RAW_TABLES,
    Constants,
    row_schema,
    write_empty_tables,
)
from lucid_orchestration.ingest.reading import (
    NO_ROWS,
    TRUNCATED_LINE,
    WRONG_CELL_COUNT,
    OpenedFile,
    RowCounts,
    Table,
    open_file,
)
from lucid_orchestration.ingest.recognise import ALIASES, PROFILES
from lucid_orchestration.storage import replace_file, write_parquet

BATCH_ROWS = 50_000
_READER_VERSION = b"lucid_reader"
# Distinct date texts of a file that are held as they are before their times are cut off.
_MAX_DATE_TEXTS = 50_000


@dataclass(frozen=True)
class LandedFile:
    """Outcome of one file; `message` says what is wrong and what to do, null when accepted.

    `rows` are the rows found below the headings, ignored ones included.
    """

    name: str
    dataset_id: str
    source_file_id: str
    status: Status
    kind: str | None
    reason: str | None
    message: str | None
    rows: int


@dataclass(frozen=True)
class IngestResult:
    """What one ingest changed; `files` are those read in this run."""

    files: tuple[LandedFile, ...]
    unchanged: int
    removed: int

    @property
    def new(self) -> int:
        """Files read in this run, whatever became of them."""
        return len(self.files)


def ingest(
    inbox: Path, raw_dir: Path, state_dir: Path, progress: Callable[[str], None] | None = None
) -> IngestResult:
    """Bring data/raw in line with the inbox: read what is new, drop what is gone.

    A bad file never stops the others: it lands as refused, with the reason and the remedy.
    """
    tell = progress or _say_nothing
    write_empty_tables(raw_dir)
    inbox.mkdir(parents=True, exist_ok=True)
    identified = list(_identify(list_inbox(inbox, state_dir / "inbox_digests.json")))
    wanted = {source_file_id for _, source_file_id, _ in identified}
    landed = _landed_names(raw_dir)
    _retract(raw_dir, keep=wanted & landed.keys())
    done = []
    with _Database() as database:
        for file, source_file_id, original in identified:
            if landed.get(source_file_id) == (file.name, _duplicate_message(original)):
                continue
            tell(f"Reading {file.dataset_id}/{file.name}")
            outcome = _land(raw_dir, file, source_file_id, original, database)
            if outcome.message:
                tell(f"{outcome.status}: {file.dataset_id}/{file.name}. {outcome.message}")
            done.append(outcome)
    return IngestResult(tuple(done), len(identified) - len(done), len(landed.keys() - wanted))


class _Database:
    """A DuckDB of this run's own, in memory; opened by the first file that needs it."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> "_Database":
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def connection(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = duckdb.connect()
        return self._connection


def _identify(files: Iterable[InboxFile]) -> Iterator[tuple[InboxFile, str, str | None]]:
    """Each file with its id and, for a copy, the name of the first file with the same content."""
    first: dict[str, str] = {}
    for file in files:
        if file.source_file_id in first:
            yield file, file.duplicate_id, first[file.source_file_id]
        else:
            first[file.source_file_id] = file.name
            yield file, file.source_file_id, None


@cache
def _reader_version() -> bytes:
    """Hash of all that decides how a file is read: another version reads every file again."""
    folder = Path(__file__).parent
    parts = [*sorted(folder.glob("*.py")), *sorted(PROFILES.glob("*.yml")), ALIASES]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest().encode()


def _landed_names(raw_dir: Path) -> dict[str, tuple[str, str | None]]:
    """Files landed by this version of the reader: id → name, and of a copy what was said of it.

    A renamed file lands again under the same id.
    """
    names = {}
    for path in (raw_dir / "raw_source_files").glob("[!_.]*.parquet"):
        try:
            table = pq.read_table(
                path, columns=["file_name", "status", "message", "kind", "rows_landed"]
            )
            whole = all(_has_its_rows(raw_dir, path.stem, row) for row in table.to_pylist())
        except (OSError, ValueError):
            continue  # damaged: read the file again
        if not whole:
            continue
        if table.num_rows == 1 and (table.schema.metadata or {}).get(_READER_VERSION) == (
            _reader_version()
        ):
            (row,) = table.to_pylist()
            is_copy = row["status"] == Status.DUPLICATE
            names[path.stem] = (row["file_name"], row["message"] if is_copy else None)
    return names


def _has_its_rows(raw_dir: Path, source_file_id: str, record: Mapping[str, Any]) -> bool:
    """Whether the rows a file is said to have are there; someone may have deleted them.

    Raises:
        OSError, ValueError: when they are missing or damaged.
    """
    if not record["rows_landed"]:
        return True
    part = raw_dir / f"raw_{record['kind']}" / f"{source_file_id}.parquet"
    return bool(pq.read_metadata(part).num_rows == record["rows_landed"])


def _duplicate_message(original: str | None) -> str | None:
    if original is None:
        return None
    return f"The file has the same content as {original} and was counted once."


def _retract(raw_dir: Path, keep: set[str]) -> None:
    """Delete the parts of all files but those to keep; the sign that a file landed goes first."""
    for table in ("raw_source_files", *RAW_TABLES):
        for path in (raw_dir / table).iterdir():
            if path.name != "_schema.parquet" and path.stem not in keep:
                path.unlink(missing_ok=True)


def _land(
    raw_dir: Path,
    file: InboxFile,
    source_file_id: str,
    original: str | None,
    database: _Database,
) -> LandedFile:
    # A part from an interrupted or older reading must not outlive a reading that yields none.
    _delete_parts(raw_dir, source_file_id)
    record: dict[str, Any] = {
        "dataset_id": file.dataset_id,
        "source_file_id": source_file_id,
        "file_name": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size,
        "status": Status.ACCEPTED,
        **dict.fromkeys(_COUNTS, 0),
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }
    issues: list[Issue] = []
    columns: list[dict[str, Any]] = []
    if original is not None:
        record |= {
            "status": Status.DUPLICATE,
            "reason": "same_content",
            "message": _duplicate_message(original),
        }
    else:
        try:
            if file.refusal is not None:
                raise file.refusal
            opened = open_file(file.path)
            issues, columns = _land_tables(raw_dir, record, opened, file.path, database)
        except Exception as error:
            refusal = _refusal(error)
            record |= {
                "status": Status.REFUSED,
                "reason": refusal.reason,
                "message": refusal.message,
                **dict.fromkeys(_COUNTS, 0),
                "printed_total": None,
            }
            _delete_parts(raw_dir, source_file_id)
            issues = [Issue(Severity.REFUSAL, refusal.reason, refusal.message)]
            columns = []
    _write_part(raw_dir, "raw_columns", source_file_id, columns)
    _write_part(
        raw_dir,
        "raw_file_issues",
        source_file_id,
        [
            {
                "dataset_id": file.dataset_id,
                "source_file_id": source_file_id,
                "severity": issue.severity,
                "code": issue.code,
                "message": issue.message,
                "row_number": issue.row_number,
            }
            for issue in issues
        ],
    )
    _write_part(raw_dir, "raw_source_files", source_file_id, [record])
    return LandedFile(
        name=file.name,
        dataset_id=file.dataset_id,
        source_file_id=source_file_id,
        status=record["status"],
        kind=record.get("kind"),
        reason=record.get("reason"),
        message=record.get("message"),
        rows=record["rows_found"],
    )


def _refusal(error: Exception) -> RefusedError:
    """What the owner is told when reading a file failed, whatever the reason."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, OSError | UnicodeError | csv.Error):
        return RefusedError(
            "unreadable_file", f"The file cannot be read ({error}). Export it again."
        )
    # Our own mistake, found on somebody's file: it must not keep the other files out.
    return RefusedError(
        "reader_failed",
        f"Lucid failed on this file ({type(error).__name__}: {error}). The other files are read. "
        "Please report it; saving the file again as CSV may help.",
    )


def _delete_parts(raw_dir: Path, source_file_id: str) -> None:
    """Delete what a file has landed; the sign that it landed goes first."""
    for table in ("raw_source_files", *RAW_TABLES):
        (raw_dir / table / f"{source_file_id}.parquet").unlink(missing_ok=True)


_COUNTS = (
    "rows_found",
    "rows_landed",
    "blank_rows",
    "repeated_header_rows",
    "total_rows",
    "note_rows",
)


@dataclass(frozen=True)
class _Conventions:
    """What all values of a file say; `date_order` is null where it has no dates."""

    date_order: Convention[DateOrder] | None
    decimal_mark: Convention[DecimalMark]

    def constants(self, record: Mapping[str, Any]) -> Constants:
        return Constants(
            dataset_id=record["dataset_id"],
            source_file_id=record["source_file_id"],
            date_order=self.date_order.value if self.date_order else None,
            decimal_mark=self.decimal_mark.value,
        )


def _land_tables(
    raw_dir: Path, record: dict[str, Any], opened: OpenedFile, source: Path, database: _Database
) -> tuple[list[Issue], list[dict[str, Any]]]:
    """Write the rows of a file and fill its record; all its tables are of one kind."""
    layout = opened.tables[0].layout
    record |= {
        "container": opened.container,
        "kind": layout.kind,
        "profile": layout.profile,
        "header_row": layout.header_row,
    }
    part = raw_dir / f"raw_{layout.kind}" / f"{record['source_file_id']}.parquet"
    found = None
    if source.stat().st_size >= bulk.MIN_BYTES:
        found = _land_in_one_pass(part, record, opened.tables[0], source, database)
    values, counts = found or _land_row_by_row(part, record, opened.tables)
    for count in counts:
        record["rows_found"] += count.found
        record["rows_landed"] += count.landed
        record["blank_rows"] += count.blank
        record["repeated_header_rows"] += count.repeated_header
        record["total_rows"] += count.total
        record["note_rows"] += count.note
        record["printed_total"] = count.printed_total or record.get("printed_total")
    if record["rows_landed"] == 0:
        raise RefusedError("no_rows", NO_ROWS)
    conventions = values.conventions()
    columns = [
        _column(record, table, position, header.strip(), conventions)
        for table in opened.tables
        for position, header in enumerate(table.layout.header)
        if header.strip()
    ]
    issues = [issue for table in opened.tables for issue in table.issues]
    issues += opened.issues
    issues += values.fault_issues()
    issues += _convention_issues(conventions)
    issues += _column_issues(columns)
    return issues, columns


def _land_in_one_pass(
    part: Path, record: Mapping[str, Any], table: Table, source: Path, database: _Database
) -> "tuple[_Values, list[RowCounts]] | None":
    """Land a large clean text file through DuckDB; None when it has to be read row by row.

    The conventions are guessed from the last rows, which have been read already, and put right
    when all values together say something else.
    """
    stretch = bulk.plain_stretch(source, table)
    if stretch is None:
        return None
    guess = _Values()
    for field, position in table.layout.columns.items():
        guess.add(field, [_value(row, position) for row in stretch.ending.data])
    constants = guess.conventions().constants(record)
    connection = database.connection()
    draft = part.with_name(f".{part.name}.rows")
    try:
        if not bulk.copy_rows(connection, stretch, constants, draft):
            return None
        values = _Values()
        for field in table.layout.columns:
            if field in DATE_FIELDS:
                values.add_dates(bulk.date_texts(connection, draft, field))
        numbers = [field for field in table.layout.columns if field in NUMBER_FIELDS]
        values.add_shapes(bulk.number_shapes(connection, draft, numbers))
        for fault, count, first_row in bulk.row_faults(connection, draft):
            values.add_fault(fault, count, first_row)
        decided = values.conventions().constants(record)
        if decided == constants:
            draft.replace(part)
        else:
            replace_file(
                part, lambda final: bulk.change_constants(connection, draft, decided, final)
            )
    finally:
        draft.unlink(missing_ok=True)
    return values, [stretch.counts]


def _land_row_by_row(
    part: Path, record: Mapping[str, Any], tables: Sequence[Table]
) -> "tuple[_Values, list[RowCounts]]":
    values = _Values()
    draft = part.with_name(f".{part.name}.rows")
    try:
        with pq.ParquetWriter(
            draft, row_schema(tables[0].layout.kind), compression="lz4"
        ) as writer:
            for table in tables:
                for batch in _batches(table.rows):
                    writer.write_table(_text_table(batch, table, record, values))
        constants = values.conventions().constants(record)
        replace_file(part, lambda final: _add_conventions(draft, final, constants))
    finally:
        draft.unlink(missing_ok=True)
    return values, [table.counts for table in tables]


class _Values:
    """What shows a file's conventions and faults, collected while its rows pass."""

    def __init__(self) -> None:
        self._fresh_dates: Counter[str] = Counter()
        self._days: Counter[str] = Counter()
        self._shapes: Counter[str] = Counter()
        self._faults: dict[str, tuple[int, int]] = {}

    def add(self, field: str, values: Sequence[str | None]) -> None:
        """Take note of values of a column, in the order of their rows."""
        if field in DATE_FIELDS:
            self._fresh_dates.update(value for value in values if value)
            if len(self._fresh_dates) > _MAX_DATE_TEXTS:
                self._cut_times()
        elif field in NUMBER_FIELDS:
            self._shapes.update(
                number_shape(value) for value in values if value and ("," in value or "." in value)
            )

    def add_dates(self, texts: Iterable[tuple[str, int]]) -> None:
        """Take note of distinct date texts, in the order of first appearance."""
        for text, count in texts:
            self._days[day_part(text)] += count

    def add_shapes(self, shapes: Iterable[tuple[str, int]]) -> None:
        """Take note of shapes of numbers."""
        for shape, count in shapes:
            self._shapes[shape] += count

    def add_fault(self, fault: str, count: int, first_row: int) -> None:
        """Take note of rows out of shape."""
        before, first = self._faults.get(fault, (0, first_row))
        self._faults[fault] = (before + count, first)

    def conventions(self) -> _Conventions:
        """What all values so far say."""
        self._cut_times()
        return _Conventions(
            date_order(self._days) if self._days else None, decimal_mark(self._shapes)
        )

    def fault_issues(self) -> Iterator[Issue]:
        """One issue per kind of fault, with the first row that has it."""
        for fault, (count, first_row) in sorted(self._faults.items()):
            yield Issue(
                Severity.WARNING, fault, _FAULT_MESSAGES[fault].format(count, first_row), first_row
            )

    def _cut_times(self) -> None:
        fresh, self._fresh_dates = self._fresh_dates, Counter()
        self.add_dates(fresh.items())


_FAULT_MESSAGES = {
    TRUNCATED_LINE: "The file breaks off in row {1}. Export it again.",
    WRONG_CELL_COUNT: (
        "{0} row(s) have more cells than there are headings; the first is row {1}. "
        "Put quotation marks around cells that hold the delimiter."
    ),
}


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _text_table(
    rows: Sequence[Row], table: Table, record: Mapping[str, Any], values: _Values
) -> pa.Table:
    kind = table.layout.kind
    columns: dict[str, Any] = {
        "dataset_id": [record["dataset_id"]] * len(rows),
        "source_file_id": [record["source_file_id"]] * len(rows),
        "row_number": [row.number for row in rows],
        "sheet": [table.sheet] * len(rows),
        "profile": [table.layout.profile] * len(rows),
        "row_fault": [row.fault for row in rows],
    }
    for row in rows:
        if row.fault is not None:
            values.add_fault(row.fault, 1, row.number)
    for field, position in table.layout.columns.items():
        columns[field] = [_value(row, position) for row in rows]
        values.add(field, columns[field])
    return pa.table(
        [columns.get(name, [None] * len(rows)) for name in PROVENANCE + FIELDS[kind]],
        schema=row_schema(kind),
    )


def _value(row: Row, position: int) -> str | None:
    """The text of a cell as found; None when it is empty or the row too short."""
    return row.cells[position] or None if position < len(row.cells) else None


def _add_conventions(draft: Path, final: Path, constants: Constants) -> None:
    with pq.ParquetFile(draft) as source:
        schema = source.schema_arrow
        with pq.ParquetWriter(final, schema, compression="zstd") as writer:
            for batch in source.iter_batches(BATCH_ROWS):
                rows = pa.Table.from_batches([batch])
                for name, value in (
                    ("date_order", constants.date_order),
                    ("decimal_mark", constants.decimal_mark),
                ):
                    constant = pa.array([value] * len(rows), pa.string())
                    rows = rows.set_column(schema.get_field_index(name), name, constant)
                writer.write_table(rows)


def _column(
    record: Mapping[str, Any],
    table: Table,
    position: int,
    header: str,
    conventions: _Conventions,
) -> dict[str, Any]:
    field = next((name for name, at in table.layout.columns.items() if at == position), None)
    convention: Convention[DateOrder] | Convention[DecimalMark] | None = None
    if field in DATE_FIELDS:
        convention = conventions.date_order
    elif field in NUMBER_FIELDS:
        convention = conventions.decimal_mark
    return {
        "dataset_id": record["dataset_id"],
        "source_file_id": record["source_file_id"],
        "sheet": table.sheet,
        "position": position + 1,
        "header": header,
        "field": field,
        "convention": convention.value if convention else None,
        "evidence": convention.evidence if convention else None,
    }


def _convention_issues(conventions: _Conventions) -> Iterator[Issue]:
    order, mark = conventions.date_order, conventions.decimal_mark
    if order and order.against:
        yield Issue(
            Severity.WARNING,
            "mixed_date_orders",
            f"{order.evidence} {order.against} date(s) fit only the other order and are refused.",
        )
    elif order and order.is_guess:
        yield Issue(Severity.WARNING, "ambiguous_dates", order.evidence)
    if mark.against:
        yield Issue(
            Severity.WARNING,
            "mixed_decimal_marks",
            f"{mark.evidence} {mark.against} number(s) are written the other way.",
        )


def _column_issues(columns: Iterable[dict[str, Any]]) -> Iterator[Issue]:
    unused = [column["header"] for column in columns if column["field"] is None]
    if unused:
        yield Issue(
            Severity.NOTE,
            "unused_columns",
            f"Columns Lucid has no use for: {', '.join(unused)}.",
        )


def _write_part(raw_dir: Path, table: str, source_file_id: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        schema = RAW_TABLES[table].with_metadata({_READER_VERSION: _reader_version()})
        write_parquet(
            pa.Table.from_pylist(rows, schema=schema), raw_dir / table / f"{source_file_id}.parquet"
        )


def _say_nothing(_: str) -> None:
    return
