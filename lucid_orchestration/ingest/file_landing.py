"""Lands one source file: its rows, its columns, its issues, and the record that says it is done."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lucid_orchestration.ingest.failures import refusal_of, refusal_of_changed
from lucid_orchestration.ingest.job import Job
from lucid_orchestration.ingest.judged_documents import judge
from lucid_orchestration.ingest.landed import (
    Decisions,
    delete_parts,
    write_part,
    write_proof,
)
from lucid_orchestration.ingest.layout.branches import branch_in_name
from lucid_orchestration.ingest.layout.conventions import Convention, DateOrder, DecimalMark
from lucid_orchestration.ingest.layout.document_signs import name_doubt
from lucid_orchestration.ingest.layout.halves import HalfTableError, lacks_state
from lucid_orchestration.ingest.outcomes import (
    Issue,
    NotNowError,
    RefusedError,
    Severity,
    Status,
    WorkbookNumber,
)
from lucid_orchestration.ingest.parts import Database, write_rows
from lucid_orchestration.ingest.raw_tables import DATE_FIELDS, NUMBER_FIELDS
from lucid_orchestration.ingest.rows import NO_ROWS
from lucid_orchestration.ingest.siblings import NOTHING_TAUGHT, Votes
from lucid_orchestration.ingest.tables import OpenedFile, RowCounts, Table
from lucid_orchestration.ingest.values import (
    Conventions,
    Values,
    convention_issues,
    mended_issues,
)

# Containers whose tables leave their conventions open, and profiles that know none.
_WITH_SIBLINGS = frozenset({"csv", "xlsx", "xls", "ods"})
_OPEN = frozenset({"generic", "mapping"})
# What a list of orders is called, whose lines another file holds.
_ORDERS = "orders"
# The bills of a shop teach each other whose books they are, whatever their layouts.
_BILLS = "bills"
_COUNTS = (
    "rows_found",
    "rows_landed",
    "blank_rows",
    "repeated_header_rows",
    "total_rows",
    "note_rows",
)


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


@dataclass
class _Told:
    """What is to say about a file: rows of raw_columns, raw_documents, issues, and its votes."""

    columns: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    votes: Votes | None = None


def land_file(
    raw_dir: Path, job: Job, open_it: Callable[[], OpenedFile], database: Database
) -> LandedFile:
    """Read a file into its parts, or say why not; the proof that it landed is written last.

    `open_it` does what `job.open` does, or did it before.

    Raises:
        ChangedMeanwhileError: when the file is no longer what it was listed as; nothing landed.
    """
    source_file_id = job.source_file_id
    # A part from an interrupted or older reading must not outlive a reading that yields none.
    delete_parts(raw_dir, source_file_id)
    record = _new_record(job)
    said = _Told()
    refusal: RefusedError | None = None
    if job.original is None:
        try:
            _land_tables(raw_dir, record, open_it(), job, database, said)
        except Exception as error:
            refusal = refusal_of(error)
        if not all(one.file.is_as_hashed() for one in (job, *job.other_halves)):
            refusal = refusal_of_changed(job.is_last_try)
        if refusal is not None:
            delete_parts(raw_dir, source_file_id)
            said = _refused(record, refusal)
            if isinstance(refusal, HalfTableError):
                said.votes = Votes("", half=refusal.half.role)
    is_for_now = isinstance(refusal, NotNowError)
    if is_for_now:
        # tried in every run: as long as nothing changes, nothing else is to be made again
        record["ingested_at"] = None
    if job.told.problem is not None:
        said.issues.insert(0, _unusable_mapping(job.told.problem))
    write_part(raw_dir, "raw_columns", source_file_id, said.columns)
    write_part(raw_dir, "raw_documents", source_file_id, said.documents)
    write_part(raw_dir, "raw_file_issues", source_file_id, _issue_rows(record, said.issues))
    decisions = Decisions(job.told.digest, job.votes or said.votes, job.taught, is_for_now)
    write_part(raw_dir, "raw_source_files", source_file_id, [record], decisions)
    write_proof(raw_dir, source_file_id)
    return LandedFile(
        name=job.file.name,
        dataset_id=job.file.dataset_id,
        source_file_id=source_file_id,
        status=record["status"],
        kind=record.get("kind"),
        reason=record.get("reason"),
        message=record.get("message"),
        rows=record["rows_found"],
    )


def _new_record(job: Job) -> dict[str, Any]:
    file = job.file
    record: dict[str, Any] = {
        "dataset_id": file.dataset_id,
        "source_file_id": job.source_file_id,
        "file_name": file.name,
        "sha256": file.sha256,
        "size_bytes": file.size,
        "status": Status.ACCEPTED,
        **dict.fromkeys(_COUNTS, 0),
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }
    if job.original is not None:
        record |= {
            "status": Status.DUPLICATE,
            "reason": "same_content",
            "message": job.copy_message,
        }
    return record


def _refused(record: dict[str, Any], refusal: RefusedError) -> _Told:
    record |= {
        "status": refusal.status,
        "reason": refusal.reason,
        "message": refusal.message,
        **dict.fromkeys(_COUNTS, 0),
        "printed_total": None,
    }
    return _Told(issues=[Issue(Severity.REFUSAL, refusal.reason, refusal.message)])


def _unusable_mapping(problem: str) -> Issue:
    return Issue(
        Severity.WARNING,
        "mapping_unusable",
        f"mapping.yml was not used, so this file was read without it. {problem}",
    )


def _issue_rows(record: Mapping[str, Any], issues: Iterable[Issue]) -> list[dict[str, Any]]:
    # what several tables of a file give rise to is said once
    said: dict[tuple[str, str], Issue] = {}
    for issue in issues:
        said.setdefault((issue.code, issue.message), issue)
    return [
        {
            "dataset_id": record["dataset_id"],
            "source_file_id": record["source_file_id"],
            "severity": issue.severity,
            "code": issue.code,
            "message": issue.message,
            "row_number": issue.row_number,
            "revenue_share": issue.revenue_share,
        }
        for issue in said.values()
    ]


def _land_tables(
    raw_dir: Path,
    record: dict[str, Any],
    opened: OpenedFile,
    job: Job,
    database: Database,
    said: _Told,
) -> None:
    """Write the rows of a file, one part per kind of table, and fill its record."""
    if opened.orders is not None:
        rows = opened.orders.row_count
        record |= {
            "container": opened.container,
            "kind": _ORDERS,
            "header_row": opened.orders.header_row,
            "rows_found": rows,
            "note_rows": rows,
        }
        said.issues += opened.issues
        return
    main = opened.tables[0].layout
    told = job.told.mapping
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
    for kind in dict.fromkeys(table.layout.kind for table in opened.tables):
        tables = [table for table in opened.tables if table.layout.kind == kind]
        if kind == "sales":
            tables = [_of_branch(table, job.file.name) for table in tables]
        part = raw_dir / f"raw_{kind}" / f"{job.source_file_id}.parquet"
        taught = job.taught if kind == main.kind else NOTHING_TAUGHT
        if opened.date_order is not None and main.date_order is None:
            taught = replace(taught, date_order=opened.date_order)
        values, counts = write_rows(
            part, record, tables, job.file.path, told.timezone, database, taught
        )
        _add_counts(record, counts)
        conventions = values.conventions(taught)
        if kind == main.kind:
            if opened.container in _WITH_SIBLINGS:
                known = told.of_file(job.file.name).decimal_mark
                said.votes = values.votes(is_mark_told=bool(known) or main.profile not in _OPEN)
                if main.kind == "sales" and lacks_state(main.profile, main.columns):
                    said.votes = replace(said.votes, half="lines")
            record["decimal_mark"] = conventions.decimal_mark.value
            printed = record["printed_total"]
            if isinstance(printed, WorkbookNumber):
                record["printed_total"] = printed.written_with(conventions.decimal_mark.value)
        columns = [
            _column(record, table, position, header.strip(), conventions)
            for table in tables
            for position, header in enumerate(table.layout.header)
            if header.strip()
        ]
        said.columns += columns
        said.issues += [issue for table in tables for issue in table.issues]
        said.issues += values.fault_issues()
        said.issues += mended_issues(counts)
        said.issues += values.exchanged_issues()
        said.issues += values.side_issues()
        said.issues += filter(None, [values.currency_issue(tables, told.currency)])
        said.issues += convention_issues(conventions, taught)
        said.issues += _column_issues(columns)
        if kind == "sales":
            _judge_documents(record, tables, values, job, said)
    if record["rows_landed"] == 0:
        raise RefusedError("no_rows", NO_ROWS)
    said.issues += opened.issues
    if opened.parties:
        said.votes = Votes(_BILLS, parties=opened.parties)


def _of_branch(table: Table, file_name: str) -> Table:
    """A table of sales with the branch that the name of its file names, if nothing in it does."""
    layout = table.layout
    if layout.branch is not None or "store" in layout.columns:
        return table
    return replace(table, layout=replace(layout, branch=branch_in_name(file_name)))


def _judge_documents(
    record: Mapping[str, Any], tables: Sequence[Table], values: Values, job: Job, said: _Told
) -> None:
    """What kind of document the rows are, by their own words or by what the file is called."""
    mapping = job.told.mapping.of_file(job.file.name)
    judged = judge(tables, values.documents, mapping.documents)
    said.documents += [
        {
            "dataset_id": record["dataset_id"],
            "source_file_id": record["source_file_id"],
            **row,
        }
        for row in judged.rows
    ]
    said.issues += judged.issues
    if mapping.document is None and not values.documents:
        said.issues += filter(None, [name_doubt(job.file.name)])


def _add_counts(record: dict[str, Any], counts: Iterable[RowCounts]) -> None:
    for count in counts:
        record["rows_found"] += count.found
        record["rows_landed"] += count.landed
        record["blank_rows"] += count.blank
        record["repeated_header_rows"] += count.repeated_header
        record["total_rows"] += count.total
        record["note_rows"] += count.note
        record["printed_total"] = count.printed_total or record.get("printed_total")


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
        convention = conventions.mark_of(layout, position)
    return {
        "dataset_id": record["dataset_id"],
        "source_file_id": record["source_file_id"],
        "sheet": table.sheet,
        "position": position + 1,
        "header": header,
        "field": field,
        "convention": convention.value if convention else None,
        "evidence": convention.evidence if convention else None,
        "proof": layout.evidence.get(position),
    }


def _column_issues(columns: Iterable[dict[str, Any]]) -> Iterator[Issue]:
    unused = [column["header"] for column in columns if column["field"] is None]
    if unused:
        yield Issue(
            Severity.NOTE,
            "unused_columns",
            f"Columns Lucid has no use for: {', '.join(unused)}.",
        )
