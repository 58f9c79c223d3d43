"""Each source file becomes immutable Parquet parts in data/raw; a removed file's parts go.

A file counts as landed once its part of raw_source_files exists, and that one is written last:
a run killed anywhere leaves nothing that the next run takes for finished.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.ingest.conventions import Convention, date_order, day_part, decimal_mark
from lucid_orchestration.ingest.files import (
    InboxFile,
    Issue,
    RefusedError,
    Row,
    Severity,
    list_inbox,
)
from lucid_orchestration.ingest.raw_tables import (
    FIELDS,
    PROVENANCE,
    RAW_TABLES,
    row_schema,
    write_empty_tables,
)
from lucid_orchestration.ingest.reading import OpenedFile, Table, open_file
from lucid_orchestration.ingest.recognise import ALIASES, PROFILES
from lucid_orchestration.storage import replace_file, write_parquet

BATCH_ROWS = 50_000
DATE_FIELDS = frozenset({"sale_date", "stock_date", "purchase_date"})
NUMBER_FIELDS = frozenset(
    {
        "quantity",
        "unit_price",
        "net_amount",
        "gross_amount",
        "tax_amount",
        "discount_amount",
        "unit_cost",
        "line_cost",
        "line_profit",
        "stock_value",
        "sale_price",
        "reorder_level",
    }
)
_READER_VERSION = b"lucid_reader"
# Distinct number texts looked at per file; by then the decimal mark is long decided.
_MAX_NUMBER_TEXTS = 200_000


class Status(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class LandedFile:
    """Outcome of one file; `message` says what is wrong and what to do, null when accepted."""

    file: InboxFile
    source_file_id: str
    status: Status
    kind: str | None
    reason: str | None
    message: str | None
    rows_found: int


@dataclass(frozen=True)
class IngestResult:
    """What one ingest changed; `files` are those read in this run."""

    files: tuple[LandedFile, ...]
    unchanged: int
    removed: int


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
    landed_ids = _landed_ids(raw_dir)
    gone = landed_ids - wanted
    _retract(raw_dir, keep=wanted & landed_ids)
    done = []
    for file, source_file_id, original in identified:
        if source_file_id in landed_ids and _is_named(raw_dir, source_file_id, file.name):
            continue
        tell(f"Reading {file.dataset_id}/{file.name}")
        landed = _land(raw_dir, file, source_file_id, original)
        if landed.message:
            tell(f"{landed.status}: {file.dataset_id}/{file.name}. {landed.message}")
        done.append(landed)
    return IngestResult(tuple(done), len(identified) - len(done), len(gone))


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


def _landed_ids(raw_dir: Path) -> set[str]:
    """Ids of the files landed by this version of the reader."""
    ids = set()
    for path in (raw_dir / "raw_source_files").glob("[!_.]*.parquet"):
        try:
            metadata = pq.read_schema(path).metadata or {}
        except (OSError, pa.ArrowInvalid):
            continue  # damaged: read the file again
        if metadata.get(_READER_VERSION) == _reader_version():
            ids.add(path.stem)
    return ids


def _is_named(raw_dir: Path, source_file_id: str, name: str) -> bool:
    """Whether the landed file still has that name; a renamed one lands again under the same id."""
    table = pq.read_table(
        raw_dir / "raw_source_files" / f"{source_file_id}.parquet", columns=["file_name"]
    )
    return bool(table["file_name"][0].as_py() == name)


def _retract(raw_dir: Path, keep: set[str]) -> None:
    """Delete the parts of all files but those to keep; the sign that a file landed goes first."""
    for table in ("raw_source_files", *RAW_TABLES):
        for path in (raw_dir / table).iterdir():
            if path.name != "_schema.parquet" and path.stem not in keep:
                path.unlink(missing_ok=True)


def _land(raw_dir: Path, file: InboxFile, source_file_id: str, original: str | None) -> LandedFile:
    # A part from an interrupted or older reading must not outlive a reading that yields none.
    for table in ("raw_source_files", *RAW_TABLES):
        (raw_dir / table / f"{source_file_id}.parquet").unlink(missing_ok=True)
    record: dict[str, Any] = {
        "dataset_id": file.dataset_id,
        "source_file_id": source_file_id,
        "file_name": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size,
        "status": Status.ACCEPTED,
        "rows_found": 0,
        "rows_landed": 0,
        "blank_rows": 0,
        "repeated_header_rows": 0,
        "total_rows": 0,
        "note_rows": 0,
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }
    issues: list[Issue] = []
    columns: list[dict[str, Any]] = []
    if original is not None:
        record |= {
            "status": Status.DUPLICATE,
            "reason": "same_content",
            "message": f"The file has the same content as {original} and was counted once.",
        }
    else:
        try:
            opened = open_file(file.path)
            issues, columns = _land_tables(raw_dir, record, opened)
        except RefusedError as error:
            record |= {"status": Status.REFUSED, "reason": error.reason, "message": error.message}
        except (OSError, UnicodeError) as error:
            record |= {
                "status": Status.REFUSED,
                "reason": "unreadable_file",
                "message": f"The file cannot be read ({error}). Export it again.",
            }
        if record["status"] is Status.REFUSED:
            record |= dict.fromkeys(_COUNTS, 0) | {"printed_total": None}
            for table in RAW_TABLES:
                (raw_dir / table / f"{source_file_id}.parquet").unlink(missing_ok=True)
            issues = [Issue(Severity.REFUSAL, record["reason"], record["message"])]
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
        file=file,
        source_file_id=source_file_id,
        status=record["status"],
        kind=record.get("kind"),
        reason=record.get("reason"),
        message=record.get("message"),
        rows_found=record["rows_found"],
    )


_COUNTS = (
    "rows_found",
    "rows_landed",
    "blank_rows",
    "repeated_header_rows",
    "total_rows",
    "note_rows",
)


def _land_tables(
    raw_dir: Path, record: dict[str, Any], opened: OpenedFile
) -> tuple[list[Issue], list[dict[str, Any]]]:
    """Write the rows of a file and fill its record; all its tables are of one kind."""
    kind = opened.tables[0].layout.kind
    record |= {
        "container": opened.container,
        "kind": kind,
        "profile": opened.tables[0].layout.profile,
        "header_row": opened.tables[0].layout.header_row,
    }
    collected = _Values()
    path = raw_dir / f"raw_{kind}" / f"{record['source_file_id']}.parquet"
    draft = path.with_name(f".{path.name}.rows")
    try:
        with pq.ParquetWriter(draft, row_schema(kind), compression="lz4") as writer:
            for table in opened.tables:
                for batch in _batches(table.rows):
                    writer.write_table(_text_table(batch, table, record, collected))
        order, mark = collected.conventions()
        replace_file(path, lambda final: _add_conventions(draft, final, order, mark))
    finally:
        draft.unlink(missing_ok=True)
    for table in opened.tables:
        counts = table.counts
        record["rows_found"] += counts.found
        record["rows_landed"] += counts.landed
        record["blank_rows"] += counts.blank
        record["repeated_header_rows"] += counts.repeated_header
        record["total_rows"] += counts.total
        record["note_rows"] += counts.note
        record["printed_total"] = counts.printed_total or record.get("printed_total")
    if record["rows_landed"] == 0:
        raise RefusedError(
            "no_rows", "The file has headings and not one usable row below them. Export it again."
        )
    columns = [
        _column(record, table, position, header, order, mark)
        for table in opened.tables
        for position, header in enumerate(table.layout.header)
        if header
    ]
    issues = [issue for table in opened.tables for issue in table.issues]
    issues += opened.issues
    issues += _convention_issues(order, mark)
    issues += _column_issues(columns)
    return issues, columns


class _Values:
    """The values that show a file's conventions, collected while its rows pass."""

    def __init__(self) -> None:
        self.days: Counter[str] = Counter()
        self.numbers: dict[str, None] = {}

    def add(self, field: str, values: Sequence[str | None]) -> None:
        if field in DATE_FIELDS:
            self.days.update(day_part(value) for value in values if value)
        elif field in NUMBER_FIELDS and len(self.numbers) < _MAX_NUMBER_TEXTS:
            self.numbers.update(
                (value, None) for value in values if value and ("," in value or "." in value)
            )

    def conventions(self) -> tuple[Convention[Any] | None, Convention[Any]]:
        return (date_order(self.days) if self.days else None), decimal_mark(self.numbers)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH_ROWS)):
        yield batch


def _text_table(
    rows: Sequence[Row], table: Table, record: dict[str, Any], collected: _Values
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
    for field, position in table.layout.columns.items():
        values = [
            row.cells[position] or None if position < len(row.cells) else None for row in rows
        ]
        collected.add(field, values)
        columns[field] = values
    return pa.table(
        [columns.get(name, [None] * len(rows)) for name in PROVENANCE + FIELDS[kind]],
        schema=row_schema(kind),
    )


def _add_conventions(
    draft: Path,
    final: Path,
    order: Convention[Any] | None,
    mark: Convention[Any],
) -> None:
    with pq.ParquetFile(draft) as source:
        schema = source.schema_arrow
        with pq.ParquetWriter(final, schema, compression="zstd") as writer:
            for batch in source.iter_batches(BATCH_ROWS):
                rows = pa.Table.from_batches([batch])
                for name, value in (
                    ("date_order", order.value if order else None),
                    ("decimal_mark", mark.value),
                ):
                    constant = pa.array([value] * len(rows), pa.string())
                    rows = rows.set_column(schema.get_field_index(name), name, constant)
                writer.write_table(rows)


def _column(
    record: dict[str, Any],
    table: Table,
    position: int,
    header: str,
    order: Convention[Any] | None,
    mark: Convention[Any],
) -> dict[str, Any]:
    field = next((name for name, at in table.layout.columns.items() if at == position), None)
    convention = order if field in DATE_FIELDS else mark if field in NUMBER_FIELDS else None
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


def _convention_issues(order: Convention[Any] | None, mark: Convention[Any]) -> Iterator[Issue]:
    if order and order.against:
        yield Issue(
            Severity.WARNING,
            "mixed_date_orders",
            f"{order.evidence} {order.against} date(s) fit only the other order and are refused.",
        )
    elif order and order.evidence.startswith("No day above 12"):
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
