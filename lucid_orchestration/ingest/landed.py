"""What lies in data/raw: which files landed, and from what; their parts are written and deleted.

A file counts as landed once its proof exists, a small file that holds the hash of each of its parts
and is written last: a run killed anywhere leaves nothing that the next run takes for finished, and
what changed on the disk since then is read again.
"""

import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.digests import file_digest
from lucid_orchestration.ingest.layout.aliases import aliases_file
from lucid_orchestration.ingest.outcomes import Status
from lucid_orchestration.ingest.raw_tables import FILE_TABLES, SCHEMA_FILE
from lucid_orchestration.ingest.siblings import (
    NOTHING_TAUGHT,
    Taught,
    Votes,
    to_text,
    votes_of,
)
from lucid_orchestration.settings import project_vars
from lucid_orchestration.storage import write_parquet, write_text

# The vars of the project that decide how a file is read.
READING_VARS = ("currency", "doubt_share", "earliest_year", "explained_share", "timezone")
_READER_VERSION = b"lucid_reader"
_MAPPING_DIGEST = b"lucid_mapping"
_VOTES = b"lucid_votes"
_TAUGHT = b"lucid_taught"
_FOR_NOW = b"lucid_for_now"
# Who reads a folder of parts as a table leaves out what begins with this sign.
_PROOFS = "_proofs"
_RECORD_COLUMNS = ["dataset_id", "file_name", "status", "message"]


def reader_version() -> bytes:
    """Hash of all that decides how a file is read: another version reads every file again."""
    values = json.dumps({name: project_vars()[name] for name in READING_VARS})
    return hashlib.sha256(_code_digest() + values.encode()).hexdigest().encode()


@cache
def _code_digest() -> bytes:
    folder = Path(__file__).parent
    parts = [*sorted(folder.rglob("*.py")), *sorted(folder.rglob("*.yml")), aliases_file()]
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


def has_landed(raw_dir: Path) -> bool:
    """Whether a file was ever landed here, be it gone by now."""
    return (raw_dir / _PROOFS).exists()


def damaged_files(raw_dir: Path) -> set[str]:
    """Ids of the files whose parts are not as they were written: changed, cut off or deleted."""
    return {
        proof.stem
        for proof in _proofs(raw_dir)
        if _hashes(raw_dir, proof.stem) != _proven_hashes(proof)
    }


def landed_files(
    raw_dir: Path, without: Container[str] = (), only: Container[str] | None = None
) -> dict[str, Landed]:
    """Files landed by this version of the reader, by id; all but some, or `only` some.

    One that could not be read for a reason outside of it has not landed.
    """
    found = {}
    version = reader_version()
    for proof in _proofs(raw_dir):
        if proof.stem in without or (only is not None and proof.stem not in only):
            continue
        record = _part(raw_dir, "raw_source_files", proof.stem)
        table = pq.read_table(record, columns=_RECORD_COLUMNS)
        metadata = table.schema.metadata or {}
        is_current = metadata.get(_READER_VERSION) == version and _FOR_NOW not in metadata
        if is_current:
            (row,) = table.to_pylist()
            is_copy = row["status"] == Status.DUPLICATE
            found[proof.stem] = Landed(
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


def _proofs(raw_dir: Path) -> list[Path]:
    return sorted((raw_dir / _PROOFS).glob("[!.]*.json"))


def _proof(raw_dir: Path, source_file_id: str) -> Path:
    return raw_dir / _PROOFS / f"{source_file_id}.json"


def _part(raw_dir: Path, table: str, source_file_id: str) -> Path:
    return raw_dir / table / f"{source_file_id}.parquet"


def _hashes(raw_dir: Path, source_file_id: str) -> dict[str, str]:
    """SHA-256 of each part of a file, by table."""
    parts = {table: file_digest(_part(raw_dir, table, source_file_id)) for table in FILE_TABLES}
    return {table: digest for table, digest in parts.items() if digest is not None}


def _proven_hashes(proof: Path) -> dict[str, str] | None:
    try:
        content: dict[str, str] = json.loads(proof.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content


def write_proof(raw_dir: Path, source_file_id: str) -> None:
    """Say that a file has landed; to be called after its last part."""
    hashes = json.dumps(_hashes(raw_dir, source_file_id), sort_keys=True)
    write_text(_proof(raw_dir, source_file_id), hashes)


def retract(raw_dir: Path, keep: set[str]) -> None:
    """Delete the parts of all files but those to keep; the sign that a file landed goes first."""
    for proof in _proofs(raw_dir):
        if proof.stem not in keep:
            proof.unlink(missing_ok=True)
    for table in FILE_TABLES:
        for path in (raw_dir / table).iterdir():
            if path.name != SCHEMA_FILE and path.stem not in keep:
                path.unlink(missing_ok=True)


def delete_parts(raw_dir: Path, source_file_id: str) -> None:
    """Delete what a file has landed; the sign that it landed goes first."""
    _proof(raw_dir, source_file_id).unlink(missing_ok=True)
    for table in FILE_TABLES:
        _part(raw_dir, table, source_file_id).unlink(missing_ok=True)


def forget_files(raw_dir: Path) -> None:
    """Let every file count as not landed, whatever lies there."""
    for proof in _proofs(raw_dir):
        proof.unlink()


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
            pa.Table.from_pylist(rows, schema=schema), _part(raw_dir, table, source_file_id)
        )


def part_rows(
    raw_dir: Path, table: str, source_file_id: str, limit: int | None = None
) -> tuple[dict[str, Any], ...]:
    """The first rows a file landed in a table; all of them without a limit."""
    part = _part(raw_dir, table, source_file_id)
    if not part.exists():
        return ()
    with pq.ParquetFile(part) as source:
        rows = chain.from_iterable(batch.to_pylist() for batch in source.iter_batches(1000))
        return tuple(islice(rows, limit))
