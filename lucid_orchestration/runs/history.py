"""The two bookkeeping tables with clock times: runs, and when each mart was computed."""

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.settings import Settings, mart_names
from lucid_orchestration.storage import DamagedFileError, read_proven, write_proven
from lucid_orchestration.warehouse.snapshots import Snapshot, open_built, read_manifest

JobStatus = Literal["running", "succeeded", "unchanged", "failed", "interrupted"]

PROCESSING_JOBS = pa.schema(
    [
        ("job_id", pa.string()),
        ("kind", pa.string()),
        ("status", pa.string()),
        ("started_at", pa.timestamp("us", tz="UTC")),
        ("finished_at", pa.timestamp("us", tz="UTC")),
        ("files", pa.int64()),
        ("rows_accepted", pa.int64()),
        ("rows_rejected", pa.int64()),
        ("message", pa.string()),
    ]
)

ANALYTICS_CACHE = pa.schema(
    [
        ("dataset_id", pa.string()),
        ("mart", pa.string()),
        ("input_hash", pa.string()),
        ("parquet_path", pa.string()),
        ("row_count", pa.int64()),
        ("computed_at", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True)
class JobResult:
    """How a job ended; counts are None when it failed before they were known."""

    status: JobStatus
    message: str
    files: int | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None


def jobs_file(paths: Settings) -> Path:
    """Where `processing_jobs` is kept."""
    return paths.state / "processing_jobs.parquet"


def cache_file(paths: Settings) -> Path:
    """Where `analytics_cache` is kept."""
    return paths.state / "analytics_cache.parquet"


def read_jobs(paths: Settings) -> list[dict[str, Any]]:
    """All jobs, oldest first; none when nothing ever ran, or of a table that is damaged."""
    return _rows(jobs_file(paths))


def read_cache(paths: Settings) -> list[dict[str, Any]]:
    """All rows of `analytics_cache`; none when nothing was built yet."""
    return _rows(cache_file(paths))


def start_job(paths: Settings, kind: str, job_id: str | None = None) -> str:
    """Append a running job and return its id; call it while holding the run lock.

    Whoever holds the lock is the only run: a job still marked as running was killed. A run of
    Dagster has an id already, and takes the lock for each of its steps.
    """
    jobs = [
        {**job, "status": "interrupted"} if job["status"] == "running" else job
        for job in read_jobs(paths)
    ]
    job_id = job_id or uuid.uuid4().hex
    started = {"job_id": job_id, "kind": kind, "status": "running", "started_at": datetime.now(UTC)}
    _write_jobs(paths, [*jobs, started])
    return job_id


def finish_job(paths: Settings, job_id: str, result: JobResult) -> None:
    """Write how a started job ended."""
    end = {
        "status": result.status,
        "finished_at": datetime.now(UTC),
        "files": result.files,
        "rows_accepted": result.rows_accepted,
        "rows_rejected": result.rows_rejected,
        "message": result.message,
    }
    _write_jobs(
        paths, [{**job, **end} if job["job_id"] == job_id else job for job in read_jobs(paths)]
    )


def note_interrupted(paths: Settings, job_id: str, message: str) -> None:
    """Write down that a job that was at work is none any more; call it while holding the run lock.

    One that had ended, or never begun to change anything, stays as it is.
    """
    for job in read_jobs(paths):
        if job["job_id"] == job_id and job["status"] == "running":
            finish_job(paths, job_id, JobResult("interrupted", message))


def write_analytics_cache(paths: Settings, model_code: str) -> None:
    """Rewrite `analytics_cache` from the marts as they were built last.

    A dataset's input hash covers its accepted files and `model_code` (SQL, seeds, vars, engine);
    `computed_at` moves only when hash or row count did.
    """
    with open_built(paths) as tables:
        rows = _cache_rows(paths, tables, model_code)
    write_proven(pa.Table.from_pylist(rows, schema=ANALYTICS_CACHE), cache_file(paths))


def complete_analytics_cache(paths: Settings, model_code: Callable[[], str]) -> None:
    """Write `analytics_cache` where it was lost, or set aside, and nothing had to be built."""
    if read_manifest(paths).built and not cache_file(paths).exists():
        write_analytics_cache(paths, model_code())


def _cache_rows(paths: Settings, tables: Snapshot, model_code: str) -> list[dict[str, Any]]:
    before = {(row["dataset_id"], row["mart"]): row for row in read_cache(paths)}
    hashes = _input_hashes(tables, model_code)
    now = datetime.now(UTC)
    rows = []
    marts = (tables.marts / f"{name}.parquet" for name in mart_names())
    for mart in filter(Path.exists, marts):
        counts = _row_counts(mart, hashes)
        for dataset_id, input_hash in sorted(hashes.items()):
            row_count = counts.get(dataset_id, 0)
            old = before.get((dataset_id, mart.stem))
            same = old is not None and (old["input_hash"], old["row_count"]) == (
                input_hash,
                row_count,
            )
            rows.append(
                {
                    "dataset_id": dataset_id,
                    "mart": mart.stem,
                    "input_hash": input_hash,
                    "parquet_path": f"{paths.marts.name}/{mart.name}",
                    "row_count": row_count,
                    "computed_at": old["computed_at"] if same and old is not None else now,
                }
            )
    return rows


def _row_counts(mart: Path, dataset_ids: Iterable[str]) -> dict[str, int]:
    """Rows of a mart by dataset; one that tells no datasets apart has all of them for each."""
    file = pq.ParquetFile(mart)
    if "dataset_id" not in file.schema_arrow.names:
        return dict.fromkeys(dataset_ids, file.metadata.num_rows)
    ids = file.read(columns=["dataset_id"]).column("dataset_id")
    return {str(id_["values"]): int(id_["counts"]) for id_ in ids.value_counts().to_pylist()}


def _input_hashes(tables: Snapshot, model_code: str) -> dict[str, str]:
    files = pq.read_table(
        tables.quality / "source_files.parquet", columns=["dataset_id", "source_file_id", "status"]
    ).to_pylist()
    accepted: dict[str, list[str]] = {}
    for file in files:
        ids = accepted.setdefault(file["dataset_id"], [])
        if file["status"] == "accepted":
            ids.append(file["source_file_id"])
    return {
        dataset_id: hashlib.sha256("\n".join([model_code, *sorted(ids)]).encode()).hexdigest()
        for dataset_id, ids in accepted.items()
    }


def _write_jobs(paths: Settings, jobs: Sequence[dict[str, Any]]) -> None:
    write_proven(pa.Table.from_pylist(list(jobs), schema=PROCESSING_JOBS), jobs_file(paths))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        return read_proven(path)
    except (FileNotFoundError, DamagedFileError):
        return []
