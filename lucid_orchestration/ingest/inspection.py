"""What a file would land as, without keeping anything of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lucid_orchestration.errors import BadRequestError, NotFoundError, UnprocessableError
from lucid_orchestration.ingest.file_landing import LandedFile, land_file
from lucid_orchestration.ingest.inbox import (
    MAPPING_FILE,
    InboxFile,
    dataset_folder,
    dataset_of_name,
    dataset_slug,
)
from lucid_orchestration.ingest.job import Job
from lucid_orchestration.ingest.landed import Landed, damaged_files, landed_files, part_rows
from lucid_orchestration.ingest.layout.mapping import OwnerMapping, read_mapping
from lucid_orchestration.ingest.layout.mapping_text import bill_snippet
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.parts import Database
from lucid_orchestration.ingest.pdf.bills import Candidate, Puzzle
from lucid_orchestration.ingest.pdf.invoices import bill_puzzles
from lucid_orchestration.ingest.raw_tables import FIELDS, write_empty_tables
from lucid_orchestration.ingest.reading import is_pdf
from lucid_orchestration.ingest.siblings import Sibling, lessons

_LINES_SHOWN = 10


@dataclass(frozen=True)
class Inspection:
    """What a file would land as.

    `columns` are rows of raw_columns, `issues` of raw_file_issues, `rows` the first rows by kind of
    table. `puzzles` are bills of a PDF that do not count, each with the ways to read it: what a way
    assumes, its date, lines and sums, and what to write into mapping.yml to have it read so.
    """

    file: LandedFile
    header_row: int | None
    profile: str | None
    columns: tuple[dict[str, Any], ...]
    issues: tuple[dict[str, Any], ...]
    rows: Mapping[str, tuple[dict[str, Any], ...]]
    puzzles: tuple[dict[str, Any], ...] = ()


def inspect(
    path: Path,
    told: OwnerMapping,
    row_count: int = 5,
    dataset_id: str = "inspected",
    raw_dir: Path | None = None,
    folder: Path | None = None,
) -> Inspection:
    """Read a file as an ingest would, and keep nothing of it.

    Files of the dataset that have landed in `raw_dir` teach it as they would then; those that may
    complete it lie in its `folder`.

    Raises:
        OSError: when the file cannot be opened.
    """
    job = _job(dataset_id, path.parent, path.name, told)
    file = job.file
    with TemporaryDirectory(prefix="lucid-inspect-") as kept, Database() as database:
        scratch = Path(kept)
        write_empty_tables(scratch)
        landed = land_file(scratch, job, job.open, database)
        beside = {} if raw_dir is None else landed_files(raw_dir, damaged_files(raw_dir))
        # nothing to learn for one that could not be read just now
        own = landed_files(scratch)
        lesson = lessons(_family(beside | own, dataset_id)) if own else {}
        if file.source_file_id in lesson:
            taught, votes = lesson[file.source_file_id], own[file.source_file_id].votes
            names = [beside[other].origin.name for other in taught.other_halves if other in beside]
            beside_it = () if folder is None else (folder / name for name in names)
            others = tuple(_job(dataset_id, at.parent, at.name, told) for at in beside_it)
            job = replace(job, taught=taught, votes=votes, other_halves=others)
            landed = land_file(scratch, job, job.open, database)
        record, columns, issues = (
            part_rows(scratch, table, landed.source_file_id)
            for table in ("raw_source_files", "raw_columns", "raw_file_issues")
        )
        is_puzzling = any(issue["code"] == "document_quarantined" for issue in issues)
        is_puzzling = is_puzzling or landed.status is not Status.ACCEPTED
        puzzles = bill_puzzles(path, told.mapping.bills) if is_puzzling and is_pdf(path) else []
        return Inspection(
            file=landed,
            header_row=record[0]["header_row"],
            profile=record[0]["profile"],
            columns=columns,
            issues=issues,
            rows={
                kind: rows
                for kind in FIELDS
                if (rows := part_rows(scratch, f"raw_{kind}", landed.source_file_id, row_count))
            },
            puzzles=tuple(map(_puzzle, puzzles)),
        )


def _job(dataset_id: str, folder: Path, name: str, told: OwnerMapping) -> Job:
    path = folder / name
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    file = InboxFile(dataset_id, name, path, path.stat().st_size, sha256)
    return Job(file, file.source_file_id, None, told)


def _puzzle(puzzle: Puzzle) -> dict[str, Any]:
    document = puzzle.document
    return {
        "title": document.facts.title_text or "document",
        "number": document.facts.number,
        "page": document.pages[0],
        "reason": document.reason,
        "message": document.message,
        "candidates": [_candidate(candidate) for candidate in puzzle.candidates],
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    says = candidate.says
    lines = [
        {
            "name": line.name,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "net_amount": line.net_amount,
            "is_charge": line.is_charge,
        }
        for line in candidate.lines[:_LINES_SHOWN]
    ]
    return {
        "meaning": candidate.meaning,
        "problem": candidate.problem,
        "number": candidate.number,
        "date": candidate.date,
        "line_count": len(candidate.lines),
        "lines": lines,
        "net": candidate.net,
        "tax": candidate.tax,
        "total": candidate.total,
        "says": None if says is None else says.model_dump(mode="json", exclude_defaults=True),
        "paste": None if says is None else bill_snippet(says),
    }


def _family(landed: Mapping[str, Landed], dataset_id: str) -> dict[str, Sibling]:
    return {
        file_id: Sibling(dataset_id, found.origin.name, found.votes)
        for file_id, found in landed.items()
        if found.votes is not None and found.dataset_id == dataset_id
    }


def _dataset_of(file: Path, inbox: Path) -> str | None:
    """The dataset of a file in the inbox."""
    try:
        below = file.resolve().relative_to(inbox.resolve())
    except ValueError:
        return None
    return dataset_of_name(below.as_posix())


def inspect_file(
    inbox: Path, file: Path, dataset: str | None, row_count: int, raw_dir: Path | None = None
) -> Inspection:
    """What a file would be read as, with the mapping of a dataset or the one beside the file.

    A file that lies in the inbox, or is said to be of a dataset, has the files landed in `raw_dir`
    beside it.

    Raises:
        NotFoundError: when there is no such file, or the inbox has no such dataset.
        BadRequestError: for a folder.
        UnprocessableError: for a file that cannot be opened.
    """
    if not file.exists():
        raise NotFoundError(f"There is no file {file}.")
    if not file.is_file():
        raise BadRequestError(f"{file} is a folder. Name a file in it.")
    folder = file.parent
    if dataset is not None:
        folder = dataset_folder(inbox, dataset_slug(dataset))
        if not folder.is_dir():
            raise NotFoundError(f"There is no shop {dataset!r} in {inbox}.")
    try:
        told = read_mapping(folder / MAPPING_FILE)
        dataset_id = dataset_slug(dataset) if dataset is not None else _dataset_of(file, inbox)
        if dataset_id is None:
            return inspect(file, told, row_count)
        beside = dataset_folder(inbox, dataset_id)
        return inspect(file, told, row_count, dataset_id, raw_dir, beside)
    except OSError as error:
        raise UnprocessableError(f"{file} cannot be opened ({error.strerror}).") from error
