"""The published tables a request reads, and the name of the build they come from."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse import snapshots
from lucid_orchestration.warehouse.gathering import open_current


@dataclass(frozen=True)
class Published(Settings):
    """A data folder whose tables are those of one snapshot."""

    tables: snapshots.Snapshot

    @property
    def marts(self) -> Path:
        """The answers of the snapshot."""
        return self.tables.marts

    @property
    def quality(self) -> Path:
        """What was not used and why, in the snapshot."""
        return self.tables.quality

    @property
    def insights(self) -> Path:
        """Insights and explanations of the snapshot."""
        return self.tables.insights


@dataclass(frozen=True)
class Snapshot:
    """One state of all published tables; `id` changes whenever a table does."""

    id: str
    paths: Published
    is_held: bool


def open_snapshot(paths: Settings) -> Snapshot:
    """The published tables as they are now.

    They stay for several builds to come, longer than any request takes.
    """
    with held_snapshot(paths) as snapshot:
        return snapshot


@contextmanager
def held_snapshot(paths: Settings) -> Iterator[Snapshot]:
    """The published tables as they are now, which stay until the `with` ends.

    Where nothing was published yet (`is_held` is false) each file may be replaced meanwhile.
    """
    with open_current(paths) as tables:
        name = tables.id or _state_of(tables)
        yield Snapshot(
            name, Published(paths.data_dir, tables, dataset=paths.dataset), bool(tables.id)
        )


def _state_of(tables: snapshots.Snapshot) -> str:
    """What tells the files an older version built from the next ones: name, size and time of all.

    Each is moved into its place in one step.
    """
    digest = hashlib.sha256()
    for folder in (tables.marts, tables.quality, tables.insights):
        for file in sorted(folder.glob("*.parquet")):
            try:
                state = file.stat()
            except FileNotFoundError:
                continue  # replaced while we looked
            line = f"{folder.name}/{file.name} {state.st_size} {state.st_mtime_ns}\n"
            digest.update(line.encode())
    return digest.hexdigest()[:16]
