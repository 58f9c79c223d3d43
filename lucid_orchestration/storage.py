"""Files that are either the old one or the new one, never half of one; paths as SQL and globs."""

import glob
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, then move it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


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
        replace_file(path, lambda draft: _write_bytes(draft, content))


def _write_bytes(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)


def read_parquet_rows(path: Path) -> list[dict[str, Any]]:
    """All rows of a small Parquet file as dictionaries.

    Raises:
        FileNotFoundError: when there is no such file.
    """
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


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
