"""Opening the one database: with what its path needs, and once nobody else holds it."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import duckdb

from lucid_orchestration.errors import ProcessingFailedError, first_line
from lucid_orchestration.progress import Progress

Setting: TypeAlias = str | bool | int | float | list[str]

LOCK_WAIT_SECONDS = 600.0
_HOLDER = re.compile(r"Conflicting lock is held in (?P<program>.*?) \(PID (?P<pid>\d+)\)")
# Each block of the file has a sum of its own; what the rest says of itself may be wrong too.
_DAMAGE = re.compile(
    r"not a valid DuckDB database|[Cc]orrupt|checksum|INTERNAL Error|[Ss]erializ|FATAL Error"
    r"|database file with version|Could not read|[Ii]nvalid (?:block|database)|WAL file"
)
# Every commit goes into the file itself.
_WITHOUT_LOG: Mapping[str, Setting] = {
    "auto_checkpoint_skip_wal_threshold": "0",
    "wal_autocheckpoint": "0B",
}


class DamagedDatabaseError(ProcessingFailedError):
    """The file is no database any more, or a part of it that was read is not what was written."""


def is_damage(message: str) -> bool:
    """Whether what DuckDB says means that the file is damaged; "permission denied" does not."""
    return _DAMAGE.search(message) is not None


def remove_database(database: Path) -> None:
    """Delete the database with its log; everything in it is built again."""
    for file in (database, database.with_name(f"{database.name}.wal")):
        file.unlink(missing_ok=True)


def connection_config(database: Path) -> dict[str, Setting]:
    """What DuckDB has to be told to open this file.

    It takes a question mark in a path for the begin of options and puts ".wal" before it: the log
    of `a?b/lucid.duckdb` would be `a.wal?b/lucid.duckdb`, in a folder that is not there.
    """
    return dict(_WITHOUT_LOG) if "?" in str(database) else {}


def open_database(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that may write, closed by whoever opened it."""
    return duckdb.connect(str(database), config=connection_config(database))


def open_for_reading(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that only reads, closed by whoever opened it."""
    return duckdb.connect(str(database), read_only=True, config=connection_config(database))


def wait_for_database(
    database: Path,
    progress: Progress | None = None,
    timeout: float = LOCK_WAIT_SECONDS,
) -> None:
    """Return once no other process holds the database, saying once who does.

    Raises:
        DamagedDatabaseError: when it is no database any more.
        ProcessingFailedError: when it is still held after `timeout` seconds, or cannot be opened.
    """
    deadline = time.monotonic() + timeout
    told = False
    while True:
        try:
            holder = lock_holder(database)
        except duckdb.Error as error:
            if is_damage(str(error)) and database.is_file():
                raise DamagedDatabaseError(
                    f"The database {database} is damaged ({first_line(error)}). Everything in it "
                    "comes from your files: delete it and run again."
                ) from error
            raise ProcessingFailedError(
                f"The database {database} cannot be opened ({first_line(error)}). "
                "See that it is a file you may write to."
            ) from error
        if holder is None:
            return
        if progress is not None and not told:
            progress(f"The database is in use by {holder}; waiting for it.")
            told = True
        if time.monotonic() > deadline:
            raise ProcessingFailedError(
                f"The database is still in use by {holder}. Close it and run again."
            )
        time.sleep(1)


def lock_holder(database: Path) -> str | None:
    """The program that holds the database, as words; None when it is free or not there yet.

    Raises:
        duckdb.Error: when the file is no usable database.
    """
    if not database.exists():
        return None
    try:
        open_database(database).close()
    except duckdb.IOException as error:
        holder = _HOLDER.search(str(error))
        if holder is None:
            raise
        return f"{Path(holder['program']).name} (process {holder['pid']})"
    return None
