"""Vyapar backups: unpacked here, read by a process with limits."""

from pathlib import Path

from lucid_orchestration.ingest.limited.reader import LimitedReader
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.ingest.vyapar.container import unpacked
from lucid_orchestration.ingest.vyapar.wire import book_of

BACKUPS = LimitedReader(
    module="lucid_orchestration.ingest.vyapar.child",
    what="backup",
    way_out="Export the sale, purchase and item reports from Vyapar as Excel instead.",
    most_bytes=400_000_000,
)


def read_backup(path: Path) -> OpenedFile:
    """Read a backup (.vyb, or the bare .vyp), recognised by its content.

    Nothing of the backup is left on the disk.

    Raises:
        RefusedError: when it is damaged, locked, too large, not Vyapar's, empty, or keeps its
            amounts in another way than is known.
    """
    with unpacked(path) as backup:
        return book_of(BACKUPS.lines(str(backup.database), backup.name))
