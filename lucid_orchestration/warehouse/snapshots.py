"""Reading one build: all tables a reader asks for are of one id, whatever is built meanwhile.

`builds.json` names the current snapshot, and each snapshot's files lie in folders of their own that
are written once and never again. A reader holds its folders while it reads: they stay until it is
done, however many builds come after.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from lucid_orchestration.settings import Settings

# Others can lock a file that is open only where the system can share a lock.
if sys.platform != "win32":
    import fcntl

LEASE = "lease"
_TRIES = 50


@dataclass(frozen=True)
class Entry:
    """A snapshot as `builds.json` names it: of which build its marts and quality tables are, and in
    which folder its insights lie."""

    id: str
    build: str
    insights: str


@dataclass(frozen=True)
class Manifest:
    """What `builds.json` says: the newest build, and the snapshots that are kept, oldest first.

    The last of them is the current one. `built` is newer than it while a run still looks for the
    insights of what it built.
    """

    built: str
    snapshots: tuple[Entry, ...]

    @property
    def current(self) -> Entry | None:
        """What readers get; None before the first build."""
        return self.snapshots[-1] if self.snapshots else None


@dataclass(frozen=True)
class Snapshot:
    """The folders of one snapshot, each with a file per table.

    `id` changes when any table of it does; `build` stands in the metadata of each mart and quality
    table, as `lucid_build`. Both are "" in a data folder that has no snapshot yet.
    """

    id: str
    build: str
    marts: Path
    quality: Path
    insights: Path


@contextmanager
def open_snapshot(paths: Settings) -> Iterator[Snapshot]:
    """The current snapshot; its files stay as they are until the `with` ends.

    Without one (nothing was built, an older version built it, or `builds.json` is damaged) these
    are the files that the next run takes for the first.
    """
    with ExitStack() as leases:
        entry = _leased(paths, leases)
        yield unpublished(paths) if entry is None else _snapshot(paths, entry)


@contextmanager
def open_built(paths: Settings) -> Iterator[Snapshot]:
    """What the steps of a run read: the newest build, and the insights that are being made of it.

    It is the current snapshot only once its insights are found; `id` is "" until then.
    """
    with ExitStack() as leases:
        for _ in range(_TRIES):
            build = read_manifest(paths).built
            if not build:
                break
            if _lease(paths.builds / build, leases):
                folder = paths.builds / build
                yield Snapshot("", build, folder / "marts", folder / "quality", paths.insights)
                return
        yield unpublished(paths)


def unpublished(paths: Settings) -> Snapshot:
    """The files for people's own programs, as if they were a snapshot."""
    return Snapshot("", "", paths.marts, paths.quality, paths.insights)


def read_manifest(paths: Settings) -> Manifest:
    """What `builds.json` says; nothing when it is missing or damaged."""
    try:
        content: Any = json.loads(paths.builds_file.read_text(encoding="utf-8"))
        entries = tuple(
            Entry(str(one["id"]), str(one["build"]), str(one["insights"]))
            for one in content["snapshots"]
        )
        return Manifest(str(content["built"]), entries)
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest("", ())


def lock_lease(lease: IO[bytes], alone: bool) -> bool:
    """Hold an open lease, `alone` or with others, until it is closed; False when others forbid it.

    Where locks cannot be shared an open lease cannot be deleted, which is enough.
    """
    if sys.platform != "win32":
        try:
            kind = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
            fcntl.flock(lease, kind | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def _leased(paths: Settings, leases: ExitStack) -> Entry | None:
    for _ in range(_TRIES):
        entry = read_manifest(paths).current
        if entry is None:
            return None
        # what went between reading its name and holding it has a newer one in its place
        with ExitStack() as held:
            if all(_lease(paths.builds / name, held) for name in (entry.build, entry.insights)):
                leases.push(held.pop_all())
                return entry
    return None


def _lease(folder: Path, leases: ExitStack) -> bool:
    with suppress(OSError):
        lease = leases.enter_context((folder / LEASE).open("rb"))
        return lock_lease(lease, alone=False) and (folder / LEASE).exists()
    return False


def _snapshot(paths: Settings, entry: Entry) -> Snapshot:
    build, insights = paths.builds / entry.build, paths.builds / entry.insights
    return Snapshot(
        entry.id, entry.build, build / "marts", build / "quality", insights / "insights"
    )
