"""What a file would land as, without keeping anything of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lucid_orchestration.errors import BadRequestError, NotFoundError, UnprocessableError
from lucid_orchestration.ingest.file_landing import Job, LandedFile, land_file
from lucid_orchestration.ingest.inbox import MAPPING_FILE, InboxFile, dataset_folder, dataset_slug
from lucid_orchestration.ingest.landed import Landed, damaged_files, landed_files, part_rows
from lucid_orchestration.ingest.layout.mapping import OwnerMapping, read_mapping
from lucid_orchestration.ingest.parts import Database
from lucid_orchestration.ingest.raw_tables import FIELDS, write_empty_tables
from lucid_orchestration.ingest.siblings import Sibling, lessons


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


def inspect(
    path: Path,
    told: OwnerMapping,
    row_count: int = 5,
    dataset_id: str = "inspected",
    raw_dir: Path | None = None,
) -> Inspection:
    """Read a file as an ingest would, and keep nothing of it.

    Files of the dataset that have landed in `raw_dir` teach it as they would then.

    Raises:
        OSError: when the file cannot be opened.
    """
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    file = InboxFile(dataset_id, path.name, path, path.stat().st_size, sha256)
    with TemporaryDirectory(prefix="lucid-inspect-") as folder, Database() as database:
        scratch = Path(folder)
        write_empty_tables(scratch)
        job = Job(file, file.source_file_id, None, told)
        landed = land_file(scratch, job, job.open, database)
        beside = {} if raw_dir is None else landed_files(raw_dir, damaged_files(raw_dir))
        # nothing to learn for one that could not be read just now
        own = landed_files(scratch)
        lesson = lessons(_family(beside | own, dataset_id)) if own else {}
        if file.source_file_id in lesson:
            votes = own[file.source_file_id].votes
            job = replace(job, taught=lesson[file.source_file_id], votes=votes)
            landed = land_file(scratch, job, job.open, database)
        record, columns, issues = (
            part_rows(scratch, table, landed.source_file_id)
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
                if (rows := part_rows(scratch, f"raw_{kind}", landed.source_file_id, row_count))
            },
        )


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
    return dataset_slug(below.parts[0]) if len(below.parts) > 1 else "default"


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
        return inspect(file, told, row_count, dataset_id, raw_dir)
    except OSError as error:
        raise UnprocessableError(f"{file} cannot be opened ({error.strerror}).") from error
