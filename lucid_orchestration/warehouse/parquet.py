"""Questions to the Parquet files, as parameterised SQL; nothing here opens the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import duckdb

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.storage import exact_glob

# A folder called `month=10` is no column
SOURCE = "read_parquet(?, hive_partitioning = false)"

Records: TypeAlias = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Table:
    """A result: column names in order, and rows of the same width."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def select_rows(
    path: Path, where: Mapping[str, str | None], order: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Rows of one Parquet file where each named column equals its value; None means any value.

    Column names are the caller's, never a person's; `path` may hold a star for the file's name.
    Empty when there is no such file.
    """
    if not any(path.parent.glob(path.name)):
        return []
    given = {column: value for column, value in where.items() if value is not None}
    condition = " and ".join(f"{quoted(column)} = ?" for column in given) or "true"
    sort = f" order by {', '.join(order)}" if order else ""
    return run_statement(
        f"select * from {SOURCE} where {condition}{sort}",  # noqa: S608
        [pattern(path), *given.values()],
    ).records()


def ids_in(path: Path) -> list[str]:
    """Ids of the datasets one Parquet file has rows of."""
    statement = (
        f"select distinct dataset_id from {SOURCE} "  # noqa: S608
        "where dataset_id is not null order by dataset_id"
    )
    return [row[0] for row in run_statement(statement, [pattern(path)]).rows]


def row_count(path: Path) -> int:
    """Number of rows of one Parquet file."""
    statement = f"select count(*) from {SOURCE}"  # noqa: S608
    return int(run_statement(statement, [pattern(path)]).rows[0][0])


def some_rows(path: Path, limit: int) -> list[dict[str, Any]]:
    """The first rows of one Parquet file, or of all that a pattern names, as they lie there."""
    # parts of one table may have been written by several versions
    source = "read_parquet(?, hive_partitioning = false, union_by_name = true)"
    statement = f"select * from {source} limit ?"  # noqa: S608
    return run_statement(statement, [pattern(path), limit]).records()


def totals(path: Path, expressions: Mapping[str, str]) -> dict[str, Any]:
    """Named aggregates over one Parquet file; the SQL is the caller's, never a person's."""
    if not expressions:
        return {}
    statement = f"select {', '.join(expressions.values())} from {SOURCE}"  # noqa: S608
    return dict(zip(expressions, run_statement(statement, [pattern(path)]).rows[0], strict=True))


def counts(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Rows per combination of the given columns, most first, as column `row_count`."""
    names = ", ".join(columns)
    return run_statement(
        f"select {names}, count(*) as row_count from {SOURCE} "  # noqa: S608
        f"group by {names} order by row_count desc, {names}",
        [pattern(path)],
    ).records()


def column_types(path: Path) -> dict[str, str]:
    """The type of each column of one Parquet file, in order."""
    described = run_statement(f"describe select * from {SOURCE}", [pattern(path)])  # noqa: S608
    return {row[0]: row[1] for row in described.rows}


def pattern(path: Path) -> str:
    """What DuckDB reads exactly this path by; its file name alone may hold a star."""
    return f"{exact_glob(path.parent)}/{path.name}"


def quoted(column: str) -> str:
    """A column's name as SQL, whatever it is called."""
    return '"' + column.replace('"', '""') + '"'


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory: opening one takes longer than most questions."""
    # a file that was replaced must be read anew, however fast it was replaced
    return duckdb.connect(config={"enable_external_file_cache": False})


def run_statement(statement: str, parameters: Sequence[Any]) -> Table:
    """Run one statement over Parquet files; the SQL is the caller's, never a person's.

    Raises:
        NotFoundError: when a file it names cannot be read.
    """
    connection = _database().cursor()
    try:
        cursor = connection.execute(statement, list(parameters))
        columns = tuple(column[0] for column in cursor.description or ())
        return Table(columns, tuple(cursor.fetchall()))
    except duckdb.Error as error:
        raise NotFoundError(
            f"A result file cannot be read ({str(error).splitlines()[0]}). "
            "Run `lucid run` to make it again."
        ) from error
    finally:
        connection.close()
