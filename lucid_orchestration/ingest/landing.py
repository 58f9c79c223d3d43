"""Decides which source files of the inbox are read, and what becomes of each in data/raw."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from lucid_orchestration.ingest.failures import ChangedMeanwhileError
from lucid_orchestration.ingest.file_landing import (
    Job,
    LandedFile,
    land_file,
)
from lucid_orchestration.ingest.inbox import MAPPING_FILE, InboxFile, list_inbox
from lucid_orchestration.ingest.landed import Landed, damaged_files, landed_files, retract
from lucid_orchestration.ingest.layout.mapping import DatasetMapping, OwnerMapping, read_mapping
from lucid_orchestration.ingest.parts import Database
from lucid_orchestration.ingest.raw_tables import OWNER_TABLES, write_empty_tables
from lucid_orchestration.ingest.reading import end_readers, is_pdf
from lucid_orchestration.ingest.siblings import NOTHING_TAUGHT, Sibling, lessons, to_text
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.storage import keep_parquet


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
    inbox: Path, raw_dir: Path, state_dir: Path, progress: Progress | None = None
) -> IngestResult:
    """Bring data/raw in line with the inbox: read what is new, drop what is gone.

    A bad file never stops the others: it lands as refused, with the reason and the remedy. One that
    changes while it is read is looked at once more; then it is told to be still written.
    """
    tell = progress or silent
    try:
        return _bring_in_line(inbox, raw_dir, state_dir, tell, is_last_try=False)
    except ChangedMeanwhileError:
        tell("A file was changed while it was read; looking at the inbox again")
        return _bring_in_line(inbox, raw_dir, state_dir, tell, is_last_try=True)


def _bring_in_line(
    inbox: Path, raw_dir: Path, state_dir: Path, tell: Progress, is_last_try: bool
) -> IngestResult:
    """One look at the inbox, and what follows from it.

    Raises:
        ChangedMeanwhileError: unless it is the last try; what landed before stays.
    """
    write_empty_tables(raw_dir)
    inbox.mkdir(parents=True, exist_ok=True)
    files = list_inbox(inbox, state_dir / "inbox_digests.json")
    mappings = {file.folder: read_mapping(file.folder / MAPPING_FILE) for file in files}
    jobs = [replace(job, is_last_try=is_last_try) for job in _jobs(files, mappings)]
    wanted = {job.source_file_id for job in jobs}
    damaged = damaged_files(raw_dir)
    landed = landed_files(raw_dir, damaged)
    retract(raw_dir, keep=wanted & landed.keys())
    _write_owner_tables(raw_dir, {job.file.dataset_id: job.told.mapping for job in jobs})
    origins = {file_id: found.origin for file_id, found in landed.items()}
    pending = [job for job in jobs if origins.get(job.source_file_id) != job.origin]
    done: dict[str, LandedFile] = {}
    with Database() as database:
        with _opened_ahead(pending) as opened:
            for number, job in enumerate(pending, start=1):
                file = job.file
                if job.source_file_id in damaged:
                    tell(f"What was read of {file.dataset_id}/{file.name} is damaged on the disk")
                tell(f"Reading {file.dataset_id}/{file.name} ({number} of {len(pending)})")
                outcome = land_file(raw_dir, job, opened[job.source_file_id], database)
                if outcome.message:
                    tell(f"{outcome.status}: {file.dataset_id}/{file.name}. {outcome.message}")
                done[job.source_file_id] = outcome
        if pending:
            landed |= landed_files(raw_dir, only={job.source_file_id for job in pending})
        for job in _learning(jobs, landed):
            tell(f"Reading {job.file.dataset_id}/{job.file.name} again, as files beside it show")
            done[job.source_file_id] = land_file(raw_dir, job, job.open, database)
    return IngestResult(tuple(done.values()), len(jobs) - len(done), len(origins.keys() - wanted))


def _learning(jobs: Iterable[Job], landed: Mapping[str, Landed]) -> Iterator[Job]:
    """The files whose siblings teach them something else than they were landed with."""
    votes = {
        job.source_file_id: Sibling(job.file.dataset_id, job.file.name, own)
        for job in jobs
        if job.source_file_id in landed and (own := landed[job.source_file_id].votes)
    }
    taught = lessons(votes)
    for job in jobs:
        found = landed.get(job.source_file_id)
        lesson = taught.get(job.source_file_id, NOTHING_TAUGHT)
        if found is not None and found.taught != to_text(lesson):
            yield replace(job, taught=lesson, votes=found.votes)


@contextmanager
def _opened_ahead(jobs: Sequence[Job]) -> Iterator[Mapping[str, Callable[[], OpenedFile]]]:
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
        end_readers()


def _is_slow(job: Job) -> bool:
    try:
        return job.original is None and job.file.refusal is None and is_pdf(job.file.path)
    except OSError:
        return False  # who opens it will say what is wrong


def _jobs(files: Iterable[InboxFile], mappings: Mapping[Path, OwnerMapping]) -> Iterator[Job]:
    """A job for each file; of files with the same content in a dataset the first is no copy."""
    first: dict[str, str] = {}
    for file in files:
        told = mappings[file.folder]
        if file.source_file_id in first:
            yield Job(file, file.duplicate_id, first[file.source_file_id], told)
        else:
            first[file.source_file_id] = file.name
            yield Job(file, file.source_file_id, None, told)


def _write_owner_tables(raw_dir: Path, mappings: Mapping[str, DatasetMapping]) -> None:
    """Bring what owners say about whole datasets to the warehouse; unchanged tables stay as is."""
    rows: dict[str, list[dict[str, str | None]]] = {name: [] for name in OWNER_TABLES}
    for dataset_id, mapping in sorted(mappings.items()):
        if mapping.currency is not None or mapping.overlaps is not None:
            rows["raw_dataset_settings"].append(
                {
                    "dataset_id": dataset_id,
                    "currency": mapping.currency,
                    "overlap_choice": mapping.overlaps,
                }
            )
        rows["raw_line_patterns"] += [
            {"dataset_id": dataset_id, "pattern": pattern, "line_kind": line_kind}
            for line_kind, patterns in (("charge", mapping.charges), ("product", mapping.products))
            for pattern in patterns
        ]
    for name, schema in OWNER_TABLES.items():
        table = pa.Table.from_pylist(rows[name], schema=schema)
        keep_parquet(table, raw_dir / name / "stated.parquet")
