"""Reads the databases of backups in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.vyapar.backup import read_database
from lucid_orchestration.ingest.vyapar.wire import lines_of


def read(database: str, name: str) -> Iterator[str]:
    """A book as lines of JSON; `name` is what its database was called in the backup.

    Raises:
        RefusedError: when it cannot be used.
    """
    yield from lines_of(read_database(Path(database), name))


if __name__ == "__main__":
    serve(read)
