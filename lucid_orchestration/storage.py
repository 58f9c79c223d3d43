"""Files that are either the old one or the new one, never half of one; paths as SQL and globs."""

import glob
import hashlib
import itertools
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.errors import is_held

# Of the 255 that systems take, some are left for what is put before or behind a name.
_NAME_BYTES = 200
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])( *\..*)?")
# Between the tries to replace a file that is held, in seconds.
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
_CONTENT = "lucid_content"
# In the metadata of a table: the build it is of, or was made of.
BUILD_KEY = "lucid_build"
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
# Behind the name of what was set aside, before its number.
ASIDE = ".damaged-"


class DamagedFileError(Exception):
    """A file is not what was written."""


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, then move it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # the name of the file may be as long as the file system takes already
    own = hashlib.sha256(path.name.encode(errors="surrogateescape")).hexdigest()[:16]
    draft = path.with_name(f".{own}.{os.getpid()}.tmp")
    try:
        write(draft)
        move_file(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def move_file(draft: Path, path: Path) -> None:
    """Put a file in the place of another in one step; wait a little where a program holds that one.

    Windows refuses it while the old file is open: a scanner for viruses lets go after a moment, a
    person who looks at it does not. The old file stays as it is then.
    """
    for seconds in _WAITS:
        try:
            draft.replace(path)
        except PermissionError as error:
            if not is_held(error):
                raise
            time.sleep(seconds)
        else:
            return
    draft.replace(path)


def is_reserved(name: str) -> bool:
    """Whether Windows keeps a file's name for itself, with any suffix."""
    return _RESERVED.fullmatch(name) is not None


def file_name(name: str, suffix: str) -> str:
    """A name with its suffix, one that every file system takes.

    It is cut where it is longer than 255 bytes, and marked where Windows keeps it for itself.
    """
    if is_reserved(name):
        name = f"{name}-"
    content = name.encode()
    room = _NAME_BYTES - len(suffix.encode())
    if len(content) <= room:
        return f"{name}{suffix}"
    own = f"-{hashlib.sha256(content).hexdigest()[:8]}"
    return f"{content[: room - len(own)].decode(errors='ignore')}{own}{suffix}"


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, atomically."""
    replace_file(path, lambda draft: _write_bytes(draft, content))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with line feeds, atomically."""
    replace_file(path, lambda draft: _write_text(draft, text))


def _write_text(draft: Path, text: str) -> None:
    draft.write_text(text, encoding="utf-8", newline="\n")


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write one Parquet file, atomically; equal tables give equal bytes."""
    replace_file(path, lambda draft: pq.write_table(table, draft, compression="zstd"))


def keep_parquet(table: pa.Table, path: Path) -> None:
    """Write a small Parquet file unless it is there as it would be written, to the last byte."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    if not path.is_file() or path.stat().st_size != len(content) or path.read_bytes() != content:
        write_bytes(path, content)


def _write_bytes(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)


def read_parquet_rows(path: Path) -> list[dict[str, Any]]:
    """All rows of a small Parquet file as dictionaries.

    Raises:
        FileNotFoundError: when there is no such file.
    """
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def write_proven(table: pa.Table, path: Path, more: Mapping[str, str] = NOTHING_MORE) -> None:
    """Write a small Parquet file that holds the hash of its rows, atomically.

    `more` is said of the file in its metadata too.
    """
    proof = {**more, _CONTENT: _rows_digest(table.to_pylist())}
    write_parquet(table.replace_schema_metadata(proof), path)


def read_proven(path: Path) -> list[dict[str, Any]]:
    """All rows of a file written by `write_proven`.

    Raises:
        FileNotFoundError: when there is no such file.
        DamagedFileError: when they are not the ones that were written.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        table = pq.read_table(path)
        rows: list[dict[str, Any]] = table.to_pylist()
    except (OSError, pa.ArrowException, ValueError, OverflowError) as error:
        raise DamagedFileError(path) from error
    proof = (table.schema.metadata or {}).get(_CONTENT.encode())
    # one that an older version wrote has none
    if proof is not None and proof.decode(errors="replace") != _rows_digest(rows):
        raise DamagedFileError(path)
    return rows


def _rows_digest(rows: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def set_aside(path: Path) -> Path:
    """Rename what cannot be used and should not be lost; returns where it is now."""
    places = (path.with_name(f"{path.name}{ASIDE}{number}") for number in itertools.count(1))
    place = next(place for place in places if not place.exists())
    path.rename(place)
    return place


def exact_glob(path: Path) -> str:
    """The pattern that finds this path alone, for DuckDB and for pathlib.

    DuckDB takes whatever it reads for a pattern, a parameter too: a file in a folder called `a*b`
    would be read together with its namesake in `aXb`.
    """
    return glob.escape(path.as_posix())


def sql_literal(text: Path | str) -> str:
    """A text as a string of SQL; a path is written to as it stands (`copy … to`, `attach`)."""
    return "'" + str(text).replace("'", "''") + "'"


def sql_glob(folder: Path, pattern: str) -> str:
    """The files of a folder that fit a pattern, as a string of SQL to read from.

    Where the folder's path holds `key=value`, readers need `hive_partitioning = false` as well:
    else DuckDB makes a column of it.
    """
    return sql_literal(f"{exact_glob(folder)}/{pattern}")
