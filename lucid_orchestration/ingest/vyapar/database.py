"""Read-only access to the SQLite database of a backup, which may come from anybody.

Only plain tables that are asked for by name are read, in plain scans: no view, trigger, virtual
table, generated column or index of the file is ever run.
"""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from lucid_orchestration.ingest.outcomes import RefusedError

# Counted, not timed: a book is read or refused alike on a slow machine and on a fast one. A real
# one of half a million lines takes 60 million steps; all of them take a few seconds.
MAX_STEPS = 400_000_000
MAX_ROWS = 500_000
MAX_TEXT = 100_000_000
# Vyapar's longest names have 256 characters.
MAX_CELL = 300
_MAX_TABLES = 2_000
_MAX_VALUE_BYTES = 100_000_000
_STEPS_BETWEEN_CHECKS = 50_000
_ALLOWED = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_FUNCTION}
)

Value = str | int | float | None


class Database:
    """The tables of an opened database."""

    def __init__(self, connection: sqlite3.Connection, tables: frozenset[str]) -> None:
        self._connection = connection
        self._tables = tables
        self._text_left = MAX_TEXT

    def columns(self, table: str) -> frozenset[str]:
        """Names of a table's columns; none when there is no such table."""
        if table not in self._tables:
            return frozenset()
        found = self._connection.execute(f"pragma table_info({_quoted(table)})")
        return frozenset(str(row[1]) for row in found)

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Value, ...]]:
        """All rows of a table in stored order; a column or table that is not there is null.

        Raises:
            RefusedError: for more rows or text than any shop has.
        """
        there = self.columns(table)
        if not there & set(columns):
            return
        cells = ", ".join(_cell(name) if name in there else "null" for name in columns)
        found = self._connection.execute(
            f"select {cells} from {_quoted(table)} not indexed limit {MAX_ROWS + 1}"  # noqa: S608
        )
        for number, row in enumerate(found):
            self._text_left -= sum(len(value) for value in row if isinstance(value, str))
            if number == MAX_ROWS or self._text_left < 0:
                raise RefusedError(
                    "too_large",
                    "The book is larger than Lucid reads (half a million lines). Export the "
                    "reports from Vyapar as Excel instead, year by year.",
                )
            yield row

    def count(self, table: str) -> int:
        """Number of rows; zero when there is no such table."""
        if table not in self._tables:
            return 0
        found = self._connection.execute(
            f"select count(*) from {_quoted(table)} not indexed"  # noqa: S608
        )
        return int(found.fetchone()[0])


@contextmanager
def opened_database(path: Path) -> Iterator[Database]:
    """A database, checked for damage, that answers with a limited number of steps.

    Raises:
        RefusedError: when it is no database, damaged, or takes too long; also out of the block.
    """
    checks = itertools.count(1)
    try:
        with closing(
            sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            connection.text_factory = _text
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
            connection.set_progress_handler(
                lambda: next(checks) * _STEPS_BETWEEN_CHECKS > MAX_STEPS, _STEPS_BETWEEN_CHECKS
            )
            for setting in ("trusted_schema = off", "query_only = on", "cell_size_check = on"):
                connection.execute(f"pragma {setting}")
            tables = _plain_tables(connection)
            _check(connection, tables)
            connection.set_authorizer(_authorize)
            yield Database(connection, tables)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise RefusedError(
                "too_slow",
                "Reading the database takes far longer than a shop's book can. Export the reports "
                "from Vyapar as Excel instead.",
            ) from error
        raise _damaged() from error


def _plain_tables(connection: sqlite3.Connection) -> frozenset[str]:
    """Names of the tables with pages of their own: no view, no virtual table."""
    found = connection.execute(
        "select name from sqlite_master where type = 'table' and rootpage > 0 limit ?",
        (_MAX_TABLES + 1,),
    ).fetchall()
    if len(found) > _MAX_TABLES:
        raise RefusedError("unsupported_type", "The database is not one of Vyapar's.")
    return frozenset(str(name) for (name,) in found)


def _check(connection: sqlite3.Connection, tables: frozenset[str]) -> None:
    """Look at every page of every table; a damaged one would give figures that look right."""
    for table in sorted(tables):
        if table.startswith("sqlite_"):
            continue
        (outcome,) = connection.execute(f"pragma quick_check({_quoted(table)})").fetchone()
        if outcome != "ok":
            raise _damaged()


def _authorize(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY


def _cell(column: str) -> str:
    """A value cut to what a shop may have written; a picture is nothing."""
    name = _quoted(column)
    return (
        f"case typeof({name}) when 'text' then substr({name}, 1, {MAX_CELL}) "
        f"when 'blob' then '(binary)' else {name} end"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _damaged() -> RefusedError:
    return RefusedError(
        "corrupt_file",
        "The database in the backup is damaged. In Vyapar choose Utilities, then Verify My Data, "
        "make a new backup and add it.",
    )
