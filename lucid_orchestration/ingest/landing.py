"""Decides which source files of the inbox are read, and what becomes of each in data/raw.

What reads files is imported where there is one to read: most runs find nothing new.
"""

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.ingest.failures import ChangedMeanwhileError
from lucid_orchestration.ingest.held import MESSAGE, held_files, tell_held
from lucid_orchestration.ingest.inbox import MAPPING_FILE, InboxFile, list_inbox, shop_file
from lucid_orchestration.ingest.job import Job
from lucid_orchestration.ingest.knowledge import Knowledge, knowledge_rows, read_knowledge
from lucid_orchestration.ingest.landed import Landed, damaged_files, landed_files, retract
from lucid_orchestration.ingest.layout.mapping import DatasetMapping, OwnerMapping, read_mapping
from lucid_orchestration.ingest.raw_tables import OWNER_TABLES, STATED_FILE, write_empty_tables
from lucid_orchestration.ingest.siblings import NOTHING_TAUGHT, Sibling, lessons, to_text
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.storage import keep_parquet

if TYPE_CHECKING:
    from lucid_orchestration.ingest.file_landing import LandedFile


@dataclass(frozen=True)
class IngestResult:
    """What one ingest changed; `files` are those read in this run."""

    files: "tuple[LandedFile, ...]"
    unchanged: int
    removed: int

    @property
    def new(self) -> int:
        """Files read in this run, whatever became of them."""
        return len(self.files)


def ingest(
    inbox: Path,
    raw_dir: Path,
    state_dir: Path,
    progress: Progress | None = None,
    dataset: str | None = None,
) -> IngestResult:
    """Bring data/raw in line with the inbox: read what is new, drop what is gone.

    With `dataset` the inbox is that of this one alone, and `raw_dir` holds nothing else.

    A bad file never stops the others: it lands as refused, with the reason and the remedy. One that
    changes while it is read is looked at once more; then it is told to be still written.
    """
    tell = progress or silent
    try:
        return _bring_in_line(inbox, raw_dir, state_dir, tell, dataset, is_last_try=False)
    except ChangedMeanwhileError:
        tell("A file was changed while it was read; looking at the inbox again")
        return _bring_in_line(inbox, raw_dir, state_dir, tell, dataset, is_last_try=True)


def _bring_in_line(
    inbox: Path,
    raw_dir: Path,
    state_dir: Path,
    tell: Progress,
    dataset: str | None,
    is_last_try: bool,
) -> IngestResult:
    """One look at the inbox, and what follows from it.

    Raises:
        ChangedMeanwhileError: unless it is the last try; what landed before stays.
    """
    write_empty_tables(raw_dir)
    inbox.mkdir(parents=True, exist_ok=True)
    files = list_inbox(inbox, state_dir / "inbox_digests.json", dataset)
    mappings = {file.folder: read_mapping(file.folder / MAPPING_FILE) for file in files}
    jobs = [replace(job, is_last_try=is_last_try) for job in _jobs(files, mappings)]
    damaged = damaged_files(raw_dir)
    landed = landed_files(raw_dir, damaged)
    held = held_files(jobs, landed)
    kept = {job.source_file_id for job in held.values()}
    jobs = [held.get(job.source_file_id, job) for job in jobs]
    wanted = {job.source_file_id for job in jobs}
    retract(raw_dir, keep=wanted & landed.keys())
    tell_held(raw_dir, held)
    for job in held.values():
        tell(f"{job.file.dataset_id}/{job.file.name}: {MESSAGE}")
    told = {job.file.dataset_id: job.told.mapping for job in jobs}
    known = {name: read_knowledge(shop_file(inbox, name)).knowledge for name in told}
    _write_owner_tables(raw_dir, told, known)
    origins = {file_id: found.origin for file_id, found in landed.items()}
    readable = [job for job in jobs if job.source_file_id not in kept]
    pending = [job for job in readable if origins.get(job.source_file_id) != job.origin]
    for job in pending:
        if job.source_file_id in damaged:
            file = job.file
            tell(f"What was read of {file.dataset_id}/{file.name} is damaged on the disk")
    done = _land(raw_dir, pending, tell)
    if pending:
        landed |= landed_files(raw_dir, only=done.keys())
    done |= _land(raw_dir, list(_learning(jobs, landed, kept)), tell, is_again=True)
    return IngestResult(tuple(done.values()), len(jobs) - len(done), len(origins.keys() - wanted))


def _land(
    raw_dir: Path, jobs: Sequence[Job], tell: Progress, is_again: bool = False
) -> "dict[str, LandedFile]":
    """Read files, some of them once more as files beside them show; what became of each, by id."""
    if not jobs:
        return {}
    from lucid_orchestration.ingest.file_landing import land_file
    from lucid_orchestration.ingest.parts import Database

    done = {}
    with Database() as database, _opened_ahead(jobs) as opened:
        for number, job in enumerate(jobs, start=1):
            named = f"{job.file.dataset_id}/{job.file.name}"
            how = "again, as files beside it show" if is_again else f"({number} of {len(jobs)})"
            tell(f"Reading {named} {how}")
            outcome = land_file(raw_dir, job, opened[job.source_file_id], database)
            if outcome.message and not is_again:
                tell(f"{outcome.status}: {named}. {outcome.message}")
            done[job.source_file_id] = outcome
    return done


def is_landed(inbox: Path, raw_dir: Path, state_dir: Path, dataset: str | None = None) -> bool:
    """Whether all that lies in the inbox is read as it is now: `ingest` would do nothing."""
    if not inbox.is_dir() or not raw_dir.is_dir():
        return False
    files = list_inbox(inbox, state_dir / "inbox_digests.json", dataset)
    mappings = {file.folder: read_mapping(file.folder / MAPPING_FILE) for file in files}
    jobs = list(_jobs(files, mappings))
    damaged = damaged_files(raw_dir)
    landed = landed_files(raw_dir, damaged)
    if damaged or {job.source_file_id: job.origin for job in jobs} != {
        file_id: found.origin for file_id, found in landed.items()
    }:
        return False
    told = {job.file.dataset_id: job.told.mapping for job in jobs}
    known = {name: read_knowledge(shop_file(inbox, name)).knowledge for name in told}
    stated = _owner_tables(told, known)
    return not any(_learning(jobs, landed, ())) and all(
        file.is_file() and pq.read_table(file).equals(table)
        for name, table in stated.items()
        for file in [raw_dir / name / STATED_FILE]
    )


def _learning(
    jobs: Iterable[Job], landed: Mapping[str, Landed], kept: Container[str]
) -> Iterator[Job]:
    """The files whose siblings teach them something else than they were landed with.

    Those that are `kept` as they were read teach, and cannot learn now.
    """
    votes = {
        job.source_file_id: Sibling(job.file.dataset_id, job.file.name, own)
        for job in jobs
        if job.source_file_id in landed and (own := landed[job.source_file_id].votes)
    }
    taught = lessons(votes)
    by_id = {job.source_file_id: job for job in jobs}
    halves = None
    for job in jobs:
        found = landed.get(job.source_file_id)
        lesson = taught.get(job.source_file_id, NOTHING_TAUGHT)
        if job.source_file_id not in kept and found is not None and found.taught != to_text(lesson):
            others = tuple(by_id[other] for other in lesson.other_halves)
            if others and halves is None:
                from lucid_orchestration.ingest.orders.opening import Halves

                halves = Halves()
            yield replace(job, taught=lesson, votes=found.votes, other_halves=others, halves=halves)


@contextmanager
def _opened_ahead(jobs: Sequence[Job]) -> Iterator[Mapping[str, Callable[[], OpenedFile]]]:
    """What opens each file, by id; PDFs, read in processes of their own, are opened ahead."""
    from lucid_orchestration.ingest.reading import end_readers

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
    from lucid_orchestration.ingest.reading import is_pdf

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


def _write_owner_tables(
    raw_dir: Path, mappings: Mapping[str, DatasetMapping], known: Mapping[str, Knowledge]
) -> None:
    """Bring what owners say about whole datasets to the warehouse; unchanged tables stay as is."""
    for name, table in _owner_tables(mappings, known).items():
        keep_parquet(table, raw_dir / name / STATED_FILE)


def _owner_tables(
    mappings: Mapping[str, DatasetMapping], known: Mapping[str, Knowledge]
) -> dict[str, pa.Table]:
    """What owners say about whole datasets, as the tables of it."""
    rows: dict[str, list[dict[str, str | None]]] = {name: [] for name in OWNER_TABLES}
    for dataset_id, knowledge in sorted(known.items()):
        rows["raw_shop_knowledge"] += knowledge_rows(dataset_id, knowledge)
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
    return {
        name: pa.Table.from_pylist(rows[name], schema=schema)
        for name, schema in OWNER_TABLES.items()
    }
