"""What lies in data/raw: which files landed, and from what; their parts are written and deleted.

A file counts as landed once its part of raw_source_files exists, and that one is written last:
a run killed anywhere leaves nothing that the next run takes for finished.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.ingest.layout.aliases import ALIASES
from lucid_orchestration.ingest.layout.documents import WORDS
from lucid_orchestration.ingest.layout.profile import PROFILES
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.raw_tables import FIELDS, FILE_TABLES
from lucid_orchestration.ingest.siblings import (
    NOTHING_TAUGHT,
    Taught,
    Votes,
    to_text,
    votes_of,
)
from lucid_orchestration.settings import project_vars
from lucid_orchestration.storage import write_parquet

# The vars of the project that decide how a file is read.
READING_VARS = ("currency", "doubt_share", "earliest_year", "explained_share", "timezone")
_READER_VERSION = b"lucid_reader"
_MAPPING_DIGEST = b"lucid_mapping"
_VOTES = b"lucid_votes"
_TAUGHT = b"lucid_taught"
_FOR_NOW = b"lucid_for_now"
_RECORD_COLUMNS = ["dataset_id", "file_name", "status", "message", "rows_landed"]


def reader_version() -> bytes:
    """Hash of all that decides how a file is read: another version reads every file again."""
    values = json.dumps({name: project_vars()[name] for name in READING_VARS})
    return hashlib.sha256(_code_digest() + values.encode()).hexdigest().encode()


@cache
def _code_digest() -> bytes:
    folder = Path(__file__).parent
    parts = [*sorted(folder.rglob("*.py")), *sorted(PROFILES.glob("*.yml")), ALIASES, WORDS]
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).digest()


@dataclass(frozen=True)
class Origin:
    """What a file was landed from; another name or mapping lands it again under the same id.

    `copy_message` is what was said of a copy of another file.
    """

    name: str
    mapping_digest: str
    copy_message: str | None


@dataclass(frozen=True)
class Decisions:
    """What is kept beside a landed file: the digest of its mapping, what its own values say for
    its siblings, what these taught it, and whether the next run has to try again.
    """

    mapping_digest: str = ""
    votes: Votes | None = None
    taught: Taught = NOTHING_TAUGHT
    is_for_now: bool = False


@dataclass(frozen=True)
class Landed:
    """A landed file: what it was landed from, its dataset, its votes, and what it was taught."""

    origin: Origin
    dataset_id: str
    votes: Votes | None
    taught: str


def landed_files(raw_dir: Path, only: Iterable[str] | None = None) -> dict[str, Landed]:
    """Files landed by this version of the reader, by id; all of them, or `only` some.

    One that could not be read for a reason outside of it has not landed.
    """
    found = {}
    version = reader_version()
    folder = raw_dir / "raw_source_files"
    named = [folder / f"{file_id}.parquet" for file_id in only or ()]
    for path in folder.glob("[!_.]*.parquet") if only is None else named:
        try:
            table = pq.read_table(path, columns=_RECORD_COLUMNS)
            whole = all(_has_its_rows(raw_dir, path.stem, row) for row in table.to_pylist())
        except (OSError, ValueError):
            continue  # damaged: read the file again
        metadata = table.schema.metadata or {}
        is_current = metadata.get(_READER_VERSION) == version and _FOR_NOW not in metadata
        if table.num_rows == 1 and whole and is_current:
            (row,) = table.to_pylist()
            is_copy = row["status"] == Status.DUPLICATE
            found[path.stem] = Landed(
                Origin(
                    row["file_name"],
                    metadata.get(_MAPPING_DIGEST, b"").decode(),
                    row["message"] if is_copy else None,
                ),
                row["dataset_id"],
                _votes(metadata),
                metadata.get(_TAUGHT, b"").decode(),
            )
    return found


def _votes(metadata: Mapping[bytes, bytes]) -> Votes | None:
    return votes_of(metadata[_VOTES].decode()) if _VOTES in metadata else None


def _has_its_rows(raw_dir: Path, source_file_id: str, record: Mapping[str, Any]) -> bool:
    """Whether the rows a file is said to have are there; someone may have deleted them.

    Raises:
        OSError, ValueError: when they are damaged.
    """
    parts = [raw_dir / f"raw_{kind}" / f"{source_file_id}.parquet" for kind in FIELDS]
    landed = sum(pq.read_metadata(part).num_rows for part in parts if part.exists())
    return bool(landed == record["rows_landed"])


def retract(raw_dir: Path, keep: set[str]) -> None:
    """Delete the parts of all files but those to keep; the sign that a file landed goes first."""
    for table in ("raw_source_files", *FILE_TABLES):
        for path in (raw_dir / table).iterdir():
            if path.name != "_schema.parquet" and path.stem not in keep:
                path.unlink(missing_ok=True)


def delete_parts(raw_dir: Path, source_file_id: str) -> None:
    """Delete what a file has landed; the sign that it landed goes first."""
    for table in ("raw_source_files", *FILE_TABLES):
        (raw_dir / table / f"{source_file_id}.parquet").unlink(missing_ok=True)


def write_part(
    raw_dir: Path,
    table: str,
    source_file_id: str,
    rows: list[dict[str, Any]],
    decisions: Decisions = Decisions(),
) -> None:
    """Write a file's rows of one table beside those it consists of; without any, nothing."""
    if rows:
        schema = FILE_TABLES[table].with_metadata(
            {
                _READER_VERSION: reader_version(),
                _MAPPING_DIGEST: decisions.mapping_digest.encode(),
                _TAUGHT: to_text(decisions.taught).encode(),
                **({_VOTES: to_text(decisions.votes).encode()} if decisions.votes else {}),
                **({_FOR_NOW: b"yes"} if decisions.is_for_now else {}),
            }
        )
        write_parquet(
            pa.Table.from_pylist(rows, schema=schema), raw_dir / table / f"{source_file_id}.parquet"
        )


def part_rows(
    raw_dir: Path, table: str, source_file_id: str, limit: int | None = None
) -> tuple[dict[str, Any], ...]:
    """The first rows a file landed in a table; all of them without a limit."""
    part = raw_dir / table / f"{source_file_id}.parquet"
    if not part.exists():
        return ()
    with pq.ParquetFile(part) as source:
        rows = chain.from_iterable(batch.to_pylist() for batch in source.iter_batches(1000))
        return tuple(islice(rows, limit))
