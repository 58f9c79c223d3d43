"""Each source file becomes immutable Parquet parts in data/raw; a removed file's parts go.

A file counts as landed once its part of raw_source_files exists, and that one is written last:
a run killed anywhere leaves nothing that the next run takes for finished.
"""

import csv
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.inbox import InboxFile, list_inbox
from lucid_orchestration.ingest.layout.conventions import Convention, DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.mapping import FILE_NAME as MAPPING_FILE
from lucid_orchestration.ingest.layout.mapping import DatasetMapping, OwnerMapping, read_mapping
from lucid_orchestration.ingest.layout.profile import PROFILES
from lucid_orchestration.ingest.layout.recognise import ALIASES
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Row, Severity, Status
from lucid_orchestration.ingest.raw_tables import (
    DATE_FIELDS,
    FIELDS,
    FILE_TABLES,
    NUMBER_FIELDS,
    OWNER_TABLES,
    PROVENANCE,
    Constants,
    row_schema,
    write_empty_tables,
)
from lucid_orchestration.ingest.reading import is_pdf, open_file
from lucid_orchestration.ingest.rows import NO_ROWS
from lucid_orchestration.ingest.tables import OpenedFile, RowCounts, Table
from lucid_orchestration.ingest.values import Conventions, Values, convention_issues
from lucid_orchestration.storage import replace_file, write_parquet

BATCH_ROWS = 50_000
_READER_VERSION = b"lucid_reader"
_MAPPING_DIGEST = b"lucid_mapping"


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
    mappings = {file.folder: read_mapping(file.folder / MAPPING_FILE) for file, _, _ in identified}
    wanted = {source_file_id for _, source_file_id, _ in identified}
    landed = _landed_files(raw_dir)
    _retract(raw_dir, keep=wanted & landed.keys())
    _write_owner_tables(
        raw_dir, {file.dataset_id: mappings[file.folder].mapping for file, _, _ in identified}
    )
    pending = [
        _Job(file, source_file_id, original, mappings[file.folder])
        for file, source_file_id, original in identified
        if landed.get(source_file_id)
        != _Landed(file.name, mappings[file.folder].digest, _duplicate_message(original))
    ]
    done = []
    with _Database() as database, _opened_ahead(pending) as opened:
        for number, job in enumerate(pending, start=1):
            file = job.file
            tell(f"Reading {file.dataset_id}/{file.name} ({number} of {len(pending)})")
            outcome = _land(raw_dir, job, opened[job.source_file_id], database)
            if outcome.message:
                tell(f"{outcome.status}: {file.dataset_id}/{file.name}. {outcome.message}")
            done.append(outcome)
    return IngestResult(tuple(done), len(identified) - len(done), len(landed.keys() - wanted))


@dataclass(frozen=True)
class _Job:
    """A file to land; `original` is the name of the file it is a copy of."""

    file: InboxFile
    source_file_id: str
    original: str | None
    told: OwnerMapping

    def open(self) -> OpenedFile:
        """Recognise the file.

        Raises:
            RefusedError: when it holds no table Lucid can use, or may not be opened.
        """
        if self.file.refusal is not None:
            raise self.file.refusal
        mapping = self.told.mapping
        return open_file(self.file.path, mapping.of_file(self.file.name), mapping.business)


@contextmanager
def _opened_ahead(jobs: Sequence[_Job]) -> Iterator[Mapping[str, Callable[[], OpenedFile]]]:
    """What opens each file, by id; PDFs, read in processes of their own, are opened ahead."""
    pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
    try:
        yield {
            job.source_file_id: pool.submit(job.open).result if _is_slow(job) else job.open
            for job in jobs
        }
    finally:
        # a run that is given up does not wait for the rest
        pool.shutdown(wait=False, cancel_futures=True)


def _is_slow(job: _Job) -> bool:
    try:
        return job.original is None and job.file.refusal is None and is_pdf(job.file.path)
    except OSError:
        return False  # who opens it will say what is wrong


@dataclass(frozen=True)
class Inspection:
    """What a file would land as.

    `columns` are rows of raw_columns, `issues` of raw_file_issues, `rows` the first rows by kind of
    table.
    """

    file: LandedFile
    header_row: int | None
    profile: str | None
    columns: tuple[dict[str, Any], ...]
    issues: tuple[dict[str, Any], ...]
    rows: Mapping[str, tuple[dict[str, Any], ...]]


def inspect(path: Path, told: OwnerMapping, row_count: int = 5) -> Inspection:
    """Read a file as an ingest would, and keep nothing of it.

    Raises:
        OSError: when the file cannot be opened.
    """
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    file = InboxFile("inspected", path.name, path, path.stat().st_size, sha256)
    with TemporaryDirectory(prefix="lucid-inspect-") as folder, _Database() as database:
        raw_dir = Path(folder)
        write_empty_tables(raw_dir)
        job = _Job(file, file.source_file_id, None, told)
        landed = _land(raw_dir, job, job.open, database)
        record, columns, issues = (
            _part_rows(raw_dir, table, landed.source_file_id)
            for table in ("raw_source_files", "raw_columns", "raw_file_issues")
        )
        return Inspection(
            file=landed,
            header_row=record[0]["header_row"],
            profile=record[0]["profile"],
            columns=columns,
            issues=issues,
            rows={
                kind: rows
                for kind in FIELDS
                if (rows := _part_rows(raw_dir, f"raw_{kind}", landed.source_file_id, row_count))
            },
        )


def _part_rows(
    raw_dir: Path, table: str, source_file_id: str, limit: int | None = None
) -> tuple[dict[str, Any], ...]:
    part = raw_dir / table / f"{source_file_id}.parquet"
    if not part.exists():
        return ()
    with pq.ParquetFile(part) as source:
        rows = chain.from_iterable(batch.to_pylist() for batch in source.iter_batches(1000))
        return tuple(islice(rows, limit))


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
    parts = [*sorted(folder.rglob("*.py")), *sorted(PROFILES.glob("*.yml")), ALIASES]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest().encode()


@dataclass(frozen=True)
class _Landed:
    """What a file was landed from; another name or mapping lands it again under the same id.

    `copy_message` is what was said of a copy of another file.
    """

    name: str
    mapping_digest: str
    copy_message: str | None


def _landed_files(raw_dir: Path) -> dict[str, _Landed]:
    """Files landed by this version of the reader, by id."""
    found = {}
    for path in (raw_dir / "raw_source_files").glob("[!_.]*.parquet"):
        try:
            table = pq.read_table(path, columns=["file_name", "status", "message", "rows_landed"])
            whole = all(_has_its_rows(raw_dir, path.stem, row) for row in table.to_pylist())
        except (OSError, ValueError):
            continue  # damaged: read the file again
        metadata = table.schema.metadata or {}
        if table.num_rows == 1 and whole and metadata.get(_READER_VERSION) == _reader_version():
            (row,) = table.to_pylist()
            is_copy = row["status"] == Status.DUPLICATE
            found[path.stem] = _Landed(
                row["file_name"],
                metadata.get(_MAPPING_DIGEST, b"").decode(),
                row["message"] if is_copy else None,
            )
    return found


def _has_its_rows(raw_dir: Path, source_file_id: str, record: Mapping[str, Any]) -> bool:
    """Whether the rows a file is said to have are there; someone may have deleted them.

    Raises:
        OSError, ValueError: when they are damaged.
    """
    parts = [raw_dir / f"raw_{kind}" / f"{source_file_id}.parquet" for kind in FIELDS]
    landed = sum(pq.read_metadata(part).num_rows for part in parts if part.exists())
    return bool(landed == record["rows_landed"])


def _duplicate_message(original: str | None) -> str | None:
    if original is None:
        return None
    return f"The file has the same content as {original} and was counted once."


def _retract(raw_dir: Path, keep: set[str]) -> None:
    """Delete the parts of all files but those to keep; the sign that a file landed goes first."""
    for table in ("raw_source_files", *FILE_TABLES):
        for path in (raw_dir / table).iterdir():
            if path.name != "_schema.parquet" and path.stem not in keep:
                path.unlink(missing_ok=True)


def _land(
    raw_dir: Path, job: _Job, open_it: Callable[[], OpenedFile], database: _Database
) -> LandedFile:
    file, source_file_id, told = job.file, job.source_file_id, job.told
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
    if job.original is not None:
        record |= {
            "status": Status.DUPLICATE,
            "reason": "same_content",
            "message": _duplicate_message(job.original),
        }
    else:
        try:
            issues, columns = _land_tables(
                raw_dir, record, open_it(), file.path, told.mapping, database
            )
        except Exception as error:
            refusal = _refusal(error)
            record |= {
                "status": refusal.status,
                "reason": refusal.reason,
                "message": refusal.message,
                **dict.fromkeys(_COUNTS, 0),
                "printed_total": None,
            }
            _delete_parts(raw_dir, source_file_id)
            issues = [Issue(Severity.REFUSAL, refusal.reason, refusal.message)]
            columns = []
    if told.problem is not None:
        issues = [_unusable_mapping(told.problem), *issues]
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
    _write_part(raw_dir, "raw_source_files", source_file_id, [record], told.digest)
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


def _unusable_mapping(problem: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "mapping_unusable",
        f"mapping.yml was not used, so this file was read without it. {problem}",
    )


def _write_owner_tables(raw_dir: Path, mappings: Mapping[str, DatasetMapping]) -> None:
    """Bring what owners say about whole datasets to the warehouse; unchanged tables stay as is."""
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in OWNER_TABLES}
    for dataset_id, mapping in sorted(mappings.items()):
        if mapping.currency is not None:
            rows["raw_dataset_settings"].append(
                {"dataset_id": dataset_id, "currency": mapping.currency}
            )
        rows["raw_line_patterns"] += [
            {"dataset_id": dataset_id, "pattern": pattern, "line_kind": line_kind}
            for line_kind, patterns in (("charge", mapping.charges), ("product", mapping.products))
            for pattern in patterns
        ]
    for name, schema in OWNER_TABLES.items():
        path = raw_dir / name / "stated.parquet"
        table = pa.Table.from_pylist(rows[name], schema=schema)
        if not path.exists() or not pq.read_table(path).equals(table):
            write_parquet(table, path)


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
    for table in ("raw_source_files", *FILE_TABLES):
        (raw_dir / table / f"{source_file_id}.parquet").unlink(missing_ok=True)


_COUNTS = (
    "rows_found",
    "rows_landed",
    "blank_rows",
    "repeated_header_rows",
    "total_rows",
    "note_rows",
)


def _land_tables(
    raw_dir: Path,
    record: dict[str, Any],
    opened: OpenedFile,
    source: Path,
    told: DatasetMapping,
    database: _Database,
) -> tuple[list[Issue], list[dict[str, Any]]]:
    """Write the rows of a file, one part per kind of table, and fill its record."""
    main = opened.tables[0].layout
    record |= {
        "container": opened.container,
        "kind": main.kind,
        "profile": main.profile,
        "header_row": main.header_row,
    }
    if opened.snapshot is not None:
        record |= {
            "book_id": opened.snapshot.book_id,
            "snapshot_at": opened.snapshot.taken_at,
        }
    issues: list[Issue] = []
    columns: list[dict[str, Any]] = []
    for kind in dict.fromkeys(table.layout.kind for table in opened.tables):
        tables = [table for table in opened.tables if table.layout.kind == kind]
        part = raw_dir / f"raw_{kind}" / f"{record['source_file_id']}.parquet"
        found = None
        if source.stat().st_size >= bulk.MIN_BYTES:
            found = _land_in_one_pass(part, record, tables[0], source, told.timezone, database)
        values, counts = found or _land_row_by_row(part, record, tables, told.timezone)
        _add_counts(record, counts)
        conventions = values.conventions(tables[0].layout)
        described = [
            _column(record, table, position, header.strip(), conventions)
            for table in tables
            for position, header in enumerate(table.layout.header)
            if header.strip()
        ]
        columns += described
        if kind == main.kind:
            record["decimal_mark"] = conventions.decimal_mark.value
        issues += [issue for table in tables for issue in table.issues]
        issues += values.fault_issues()
        issues += filter(None, [values.currency_issue(tables, told.currency)])
        issues += convention_issues(conventions)
        issues += _column_issues(described)
    if record["rows_landed"] == 0:
        raise RefusedError("no_rows", NO_ROWS)
    return [*issues, *opened.issues], columns


def _add_counts(record: dict[str, Any], counts: Iterable[RowCounts]) -> None:
    for count in counts:
        record["rows_found"] += count.found
        record["rows_landed"] += count.landed
        record["blank_rows"] += count.blank
        record["repeated_header_rows"] += count.repeated_header
        record["total_rows"] += count.total
        record["note_rows"] += count.note
        record["printed_total"] = count.printed_total or record.get("printed_total")


def _land_in_one_pass(
    part: Path,
    record: Mapping[str, Any],
    table: Table,
    source: Path,
    timezone: str | None,
    database: _Database,
) -> "tuple[Values, list[RowCounts]] | None":
    """Land a large clean text file through DuckDB; None when it has to be read row by row.

    The conventions are guessed from the last rows, which have been read already, and put right
    when all values together say something else.
    """
    stretch = bulk.plain_stretch(source, table)
    if stretch is None:
        return None
    guess = Values()
    for field, position in table.layout.columns.items():
        guess.add(field, [_value(row, position) for row in stretch.ending.data])
    constants = guess.conventions(table.layout).constants(record, timezone)
    connection = database.connection()
    draft = part.with_name(f".{part.name}.rows")
    try:
        if not bulk.copy_rows(connection, stretch, constants, draft):
            return None
        values = Values()
        for field in table.layout.columns:
            if field in DATE_FIELDS:
                values.add_dates(bulk.date_texts(connection, draft, field))
        numbers = [field for field in table.layout.columns if field in NUMBER_FIELDS]
        values.add_shapes(bulk.number_shapes(connection, draft, numbers))
        values.add_currencies(bulk.currencies(connection, draft, stretch, numbers))
        for fault, count, first_row in bulk.row_faults(connection, draft):
            values.add_fault(fault, count, first_row)
        decided = values.conventions(table.layout).constants(record, timezone)
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
    part: Path, record: Mapping[str, Any], tables: Sequence[Table], timezone: str | None
) -> "tuple[Values, list[RowCounts]]":
    values = Values()
    draft = part.with_name(f".{part.name}.rows")
    try:
        with pq.ParquetWriter(
            draft, row_schema(tables[0].layout.kind), compression="lz4"
        ) as writer:
            for table in tables:
                for batch in _batches(table.rows):
                    writer.write_table(_text_table(batch, table, record, values))
        constants = values.conventions(tables[0].layout).constants(record, timezone)
        replace_file(part, lambda final: _add_conventions(draft, final, constants))
    finally:
        draft.unlink(missing_ok=True)
    return values, [table.counts for table in tables]


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _text_table(
    rows: Sequence[Row], table: Table, record: Mapping[str, Any], values: Values
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
                    ("timezone", constants.timezone),
                ):
                    constant = pa.array([value] * len(rows), pa.string())
                    rows = rows.set_column(schema.get_field_index(name), name, constant)
                writer.write_table(rows)


def _column(
    record: Mapping[str, Any],
    table: Table,
    position: int,
    header: str,
    conventions: Conventions,
) -> dict[str, Any]:
    layout = table.layout
    field = next(
        (name for name, at in layout.columns.items() if at == position),
        layout.helpers.get(position),
    )
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


def _column_issues(columns: Iterable[dict[str, Any]]) -> Iterator[Issue]:
    unused = [column["header"] for column in columns if column["field"] is None]
    if unused:
        yield Issue(
            Severity.NOTE,
            "unused_columns",
            f"Columns Lucid has no use for: {', '.join(unused)}.",
        )


def _write_part(
    raw_dir: Path,
    table: str,
    source_file_id: str,
    rows: list[dict[str, Any]],
    mapping_digest: str = "",
) -> None:
    if rows:
        schema = FILE_TABLES[table].with_metadata(
            {_READER_VERSION: _reader_version(), _MAPPING_DIGEST: mapping_digest.encode()}
        )
        write_parquet(
            pa.Table.from_pylist(rows, schema=schema), raw_dir / table / f"{source_file_id}.parquet"
        )


def _say_nothing(_: str) -> None:
    return
