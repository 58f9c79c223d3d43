"""What Spark built, as the files readers know: the bytes DuckDB would have written.

So the same rows have the same build id, whichever engine made them.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import duckdb

from lucid_orchestration.errors import ProcessingFailedError, first_line, sentence
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import BUILD_KEY, move_file, sql_literal
from lucid_orchestration.warehouse.contracts import contract
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    open_database,
    remove_database,
    wait_for_database,
)
from lucid_orchestration.warehouse.footers import NO_ID
from lucid_orchestration.warehouse.parquet import quoted
from lucid_orchestration.warehouse.publishing import output_files, publish_build

_OF_A_BUILD = ("staging", "intermediate", "seeds", "by_file")
_PART = re.compile(r"part-(\d+)-.*\.parquet")


def published_tables(paths: Settings) -> tuple[tuple[str, str], ...]:
    """The schema and the table of every file that is published."""
    return tuple((file.parent.name, file.stem) for file in output_files(paths))


def publish_tables(paths: Settings, folder: Path, counts: Mapping[tuple[str, str], int]) -> None:
    """Write every mart and quality table, then move all of them to their places and publish them.

    Spark's own lie in `folder`, and have as many rows as `counts` says by schema and table.

    Raises:
        ProcessingFailedError: when a file cannot be written or put in its place, or rows lack.
    """
    drafts = {file.with_name(f"tmp_{file.name}"): file for file in output_files(paths)}
    try:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            for draft, file in drafts.items():
                layer, table = file.parent.name, file.stem
                rows = _write(connection, folder / f"{layer}.db" / table, layer, draft, table)
                if rows != counts[layer, table]:
                    raise ProcessingFailedError(
                        f"Spark made {counts[layer, table]} rows of {layer}.{table}, and {rows} "
                        f"are found in {folder}. Run again; readers keep the build they have."
                    )
        for draft, file in drafts.items():
            move_file(draft, file)
    except OSError as error:
        raise ProcessingFailedError(sentence(error)) from error
    except duckdb.Error as error:
        raise ProcessingFailedError(first_line(error)) from error
    publish_build(paths)
    _forget_tables(paths)


def _forget_tables(paths: Settings) -> None:
    """Drop what an earlier build with DuckDB keeps of other rows than those that were published.

    Views of published files stay, and what is somebody's own.
    """
    if not paths.database.exists():
        return
    try:
        wait_for_database(paths.database)
        with open_database(paths.database) as database:
            for schema in _OF_A_BUILD:
                database.execute(f"drop schema if exists {schema} cascade")
    except DamagedDatabaseError:
        remove_database(paths.database)


def _write(
    connection: duckdb.DuckDBPyConnection, folder: Path, layer: str, draft: Path, table: str
) -> int:
    """One table of Spark's as one file, its rows in the order it gave them; how many these are."""
    names = ", ".join(sql_literal(str(part)) for part in _parts(folder))
    columns = ", ".join(
        f"cast({quoted(name)} as {kind}) as {quoted(name)}"
        for name, (kind, _) in contract(layer, table).items()
    )
    connection.execute(
        f"create or replace temp table draft as select {columns} "  # noqa: S608  contracts
        f"from read_parquet([{names}], hive_partitioning = false)"
    )
    connection.execute(
        f"copy draft to {sql_literal(str(draft))} (format parquet, compression zstd, "
        f"use_tmp_file false, kv_metadata {{{BUILD_KEY}: '{NO_ID}'}})"
    )
    return connection.table("draft").shape[0]


def _parts(folder: Path) -> list[Path]:
    """The files of a table as Spark numbered them."""
    found = [(match, file) for file in folder.iterdir() if (match := _PART.fullmatch(file.name))]
    return [file for _, file in sorted(found, key=lambda part: (int(part[0][1]), part[1].name))]
