"""What a file would land as, without keeping anything of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lucid_orchestration.errors import BadRequestError, NotFoundError, UnprocessableError
from lucid_orchestration.ingest.file_landing import Job, LandedFile, land_file
from lucid_orchestration.ingest.inbox import MAPPING_FILE, InboxFile, dataset_folder, dataset_slug
from lucid_orchestration.ingest.landed import part_rows
from lucid_orchestration.ingest.layout.mapping import OwnerMapping, read_mapping
from lucid_orchestration.ingest.parts import Database
from lucid_orchestration.ingest.raw_tables import FIELDS, write_empty_tables


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
    with TemporaryDirectory(prefix="lucid-inspect-") as folder, Database() as database:
        raw_dir = Path(folder)
        write_empty_tables(raw_dir)
        job = Job(file, file.source_file_id, None, told)
        landed = land_file(raw_dir, job, job.open, database)
        record, columns, issues = (
            part_rows(raw_dir, table, landed.source_file_id)
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
                if (rows := part_rows(raw_dir, f"raw_{kind}", landed.source_file_id, row_count))
            },
        )


def inspect_file(inbox: Path, file: Path, dataset: str | None, row_count: int) -> Inspection:
    """What a file would be read as, with the mapping of a dataset or the one beside the file.

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
        return inspect(file, read_mapping(folder / MAPPING_FILE), row_count)
    except OSError as error:
        raise UnprocessableError(f"{file} cannot be opened ({error.strerror}).") from error
