"""The marts as rules see them: tables in a database of their own, with nothing else in reach."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lucid_orchestration.settings import mart_names, project_vars
from lucid_orchestration.storage import exact_glob

# Of the quality tables, those that a rule may read.
QUALITY_TABLES = ("dataset_quality",)
# Made of marts when the rules are about to run.
COMPANIONS = {
    name: Path(__file__).with_name(f"{name}.sql")
    for name in ("unit_profits", "renames", "like_for_like", "month_shapes")
}

# What confidence and ranking look up, whatever the rules read
_ALWAYS_READ = frozenset(
    {"datasets", "dataset_quality", "product_master", "profitability", "trend_signals", "trends"}
)
_ONE_FILE = "hive_partitioning = false"  # `key=value` in a folder's name is no column
_MONTHLY_COLUMNS = (
    "dataset_id",
    "entity_type",
    "entity_id",
    "month",
    "is_complete",
    "daily_rate",
    "quantity",
    "revenue",
    "profit",
)


RULE_MEMORY_BYTES = 1_000_000_000


def rule_tables() -> tuple[str, ...]:
    """The tables on disk that a rule may read."""
    return (*mart_names(), *QUALITY_TABLES)


def open_marts(
    marts_dir: Path, quality_dir: Path, names: Iterable[str] | None = None
) -> duckdb.DuckDBPyConnection:
    """A database in memory with the named tables, or all, which can reach no file or network.

    Raises:
        FileNotFoundError: when a mart is missing; the build makes all of them, empty ones too.
    """
    connection = duckdb.connect()
    wanted = set(rule_tables() if names is None else names)
    for name in sorted(wanted | _ALWAYS_READ):
        path = (quality_dir if name in QUALITY_TABLES else marts_dir) / f"{name}.parquet"
        if not path.exists():
            raise FileNotFoundError(f"There is no {path}.")
        # by far the largest mart: unless a rule reads it, what the stability needs is enough
        columns = "*" if name != "trends" or name in wanted else ", ".join(_MONTHLY_COLUMNS)
        # the names are Lucid's own
        rows = f"select {columns} from read_parquet($1, {_ONE_FILE})"  # noqa: S608
        connection.execute(f"create table {name} as {rows}", [exact_glob(path)])
    return _closed(connection)


def with_marts(tables: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    """A database in memory with these tables and their companions, and nothing else in reach."""
    connection = duckdb.connect()
    for name, table in tables.items():
        connection.register("arriving", table)
        connection.execute(f"create table {name} as from arriving")
        connection.unregister("arriving")
    return _closed(connection)


def select(
    marts: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """The rows of a query, by column.

    Raises:
        ValueError: when two columns have one name.
    """
    cursor = marts.execute(sql, parameters or {})
    names = [column[0] for column in cursor.description]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"sql: {twice[0]} is a name that Lucid gives itself, or given twice")
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def quoted(name: str) -> str:
    """A name as SQL writes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _closed(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Add what is made of the marts, and cut the connection off from everything outside."""
    for name, file in COMPANIONS.items():
        sql = re.sub(r"\$(\w+)", _number_var, file.read_text(encoding="utf-8"))
        connection.execute(f"create table {name} as {sql}")
    # what a rule takes on top of the tables themselves; it does not go on in a file either
    used = connection.execute("select sum(memory_usage_bytes) from duckdb_memory()").fetchone()
    limit = int(used[0] or 0 if used else 0) + RULE_MEMORY_BYTES
    connection.execute(f"set memory_limit = '{limit}B'")
    connection.execute("set temp_directory = ''")
    connection.execute("set enable_external_access = false")
    connection.execute("set python_enable_replacements = false")
    connection.execute("set lock_configuration = true")
    return connection


def _number_var(match: re.Match[str]) -> str:
    """A limit of the project where a companion's SQL names it; a table cannot be made with others.

    Raises:
        KeyError: when there is no such var.
    """
    return str(project_vars()[match.group(1)])
