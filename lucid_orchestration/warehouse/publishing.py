"""Publishing one build: its tables get its id and a folder of their own, `builds.json` comes last.

The id comes from what the tables hold, so the same inbox has the same id after any history, and a
build that changed nothing publishes nothing.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from lucid_orchestration.digests import combined_digest, file_digest
from lucid_orchestration.errors import ProcessingFailedError, first_line
from lucid_orchestration.insights.tables import PUBLISHED_TABLES, table_file
from lucid_orchestration.settings import Settings, insights_follow, mart_names, model_names
from lucid_orchestration.storage import write_bytes, write_text
from lucid_orchestration.warehouse.footers import (
    ID_LENGTH,
    answer_digest,
    build_of,
    content_digest,
    stamped,
    unstamped,
)
from lucid_orchestration.warehouse.snapshots import (
    LEASE,
    Entry,
    Manifest,
    lock_lease,
    read_manifest,
)

# A build's files stay until the third one after it.
KEPT_SNAPSHOTS = 3
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_LAYERS = ("marts", "quality", "insights")


def output_files(paths: Settings) -> tuple[Path, ...]:
    """The Parquet files a whole build writes: every mart and every quality table."""
    return (
        *(paths.marts / f"{name}.parquet" for name in mart_names()),
        *(paths.quality / f"{name}.parquet" for name in model_names("quality")),
    )


def published_files(paths: Settings) -> tuple[Path, ...]:
    """The same files, and those of the newest build, which readers get."""
    files = output_files(paths)
    build = read_manifest(paths).built
    own = (paths.builds / build / file.relative_to(paths.data_dir) for file in files if build)
    return (*files, *own)


def publish_build(paths: Settings, insights_come: bool = False) -> str:
    """Give what dbt wrote an id and a folder; called by dbt itself, at its end; returns the id.

    It is the current snapshot from then on, with the insights there are, unless new ones come: the
    caller says so, or a run follows that looks for them.
    """
    with _lock(paths):
        files = {
            file.relative_to(paths.data_dir).as_posix(): file
            for file in output_files(paths)
            if file.exists()
        }
        # one table at a time in memory, each read twice
        digests = {name: _answer(file) for name, file in files.items()}
        build = combined_digest(digests)[:ID_LENGTH]
        for name, file in files.items():
            final = stamped(unstamped(file), build)
            _keep(paths.builds / build / name, final)
            _keep(file, final)
        _keep(paths.builds / build / LEASE, b"")
        manifest = read_manifest(paths)
        current = manifest.current
        if not (insights_come or insights_follow()):
            insights = current.insights if current else _keep_insights(paths)
            current = _entry(build, insights)
        _write(paths, build, manifest, current)
        return build


def publish_insights(paths: Settings) -> None:
    """Make the insights and texts that were found part of the current snapshot.

    With them comes the build they were made of. Nothing happens before the first build, or when all
    is published as it is.
    """
    with _lock(paths):
        manifest = read_manifest(paths)
        if not manifest.built:
            return
        current = manifest.current
        made_of = build_of(table_file(paths.insights, "insights"))
        # what a run built that stopped before its insights were found is still not to be seen
        build = current.build if current and made_of != manifest.built else manifest.built
        _keep(paths.builds / build / LEASE, b"")
        _write(paths, manifest.built, manifest, _entry(build, _keep_insights(paths)))


def _answer(file: Path) -> str:
    try:
        return answer_digest(unstamped(file))
    except (OSError, ValueError) as error:
        raise ProcessingFailedError(
            f"{file} is damaged ({first_line(error)}). Build everything again: `lucid run`, or "
            f"`dbt build --select {file.stem}`."
        ) from error


def is_build(path: Path) -> bool:
    """Whether this is the folder of a build, by its place and name."""
    return path.parent.name == "builds" and _ID.fullmatch(path.name) is not None


def _lock(paths: Settings) -> FileLock:
    """Held while `builds.json` is read and written: dbt by hand does not take the run lock."""
    paths.state.mkdir(parents=True, exist_ok=True)
    return FileLock(paths.state / "builds.lock")


def _entry(build: str, insights: str) -> Entry:
    parts = {"build": build, "insights": insights}
    return Entry(combined_digest(parts)[:ID_LENGTH], build, insights)


def _keep_insights(paths: Settings) -> str:
    """Copy the insight tables to a folder of their own, named by what they hold."""
    files = [
        file for name in PUBLISHED_TABLES if (file := table_file(paths.insights, name)).exists()
    ]
    contents = {file.name: file.read_bytes() for file in files}
    digests = {name: content_digest(content) for name, content in contents.items()}
    own = combined_digest(digests)[:ID_LENGTH]
    for name, content in contents.items():
        _keep(paths.builds / own / "insights" / name, content)
    _keep(paths.builds / own / LEASE, b"")
    return own


def _keep(file: Path, content: bytes) -> None:
    """Write a file unless it is there with this content."""
    if file_digest(file) != content_digest(content):
        write_bytes(file, content)


def _write(paths: Settings, built: str, before: Manifest, current: Entry | None) -> None:
    """Move `builds.json` to its place, then let go of what nobody can be reading."""
    entries = [entry for entry in before.snapshots if current is None or entry.id != current.id]
    entries = [*entries, *([current] if current else [])][-KEPT_SNAPSHOTS:]
    text = json.dumps(_content(paths, built, entries), indent=1) + "\n"
    try:
        is_same = paths.builds_file.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        is_same = False
    if not is_same:
        write_text(paths.builds_file, text)
    _remove_others(paths, {built, *(part for one in entries for part in (one.build, one.insights))})


def _content(paths: Settings, built: str, entries: list[Entry]) -> Mapping[str, object]:
    return {
        "built": built,
        "current": entries[-1].id if entries else None,
        "files": _named_files(paths, entries[-1]) if entries else {},
        "snapshots": [vars(entry) for entry in entries],
    }


def _named_files(paths: Settings, entry: Entry) -> dict[str, str]:
    """Each table of a snapshot by its name, with the path of its file below the data folder."""
    files = [
        file
        for folder in (paths.builds / entry.build, paths.builds / entry.insights)
        for layer in _LAYERS
        for file in sorted((folder / layer).glob("*.parquet"))
    ]
    return {
        f"{file.parent.name}.{file.stem}": file.relative_to(paths.data_dir).as_posix()
        for file in files
    }


def _remove_others(paths: Settings, kept: Iterable[str]) -> None:
    """Remove the folders of builds that are not kept, unless a reader holds one or files of others
    lie in it."""
    for folder in paths.builds.iterdir():
        if folder.name in kept or not _ID.fullmatch(folder.name) or not folder.is_dir():
            continue
        with suppress(OSError):
            if _lease_is_ended(folder / LEASE):
                _empty(folder)
                folder.rmdir()


def _lease_is_ended(lease: Path) -> bool:
    """Delete the lease of a folder unless a reader holds it; nobody can take it any more then."""
    if sys.platform == "win32":
        lease.unlink(missing_ok=True)  # an error while it is open
        return True
    with lease.open("ab") as held:
        if not lock_lease(held, alone=True):
            return False
        lease.unlink()
    return True


def _empty(folder: Path) -> None:
    """Delete the tables of a build and half-written ones; what is somebody else's stays."""
    for layer in _LAYERS:
        for file in (folder / layer).glob("*"):
            if file.suffix in {".parquet", ".tmp"}:
                file.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            (folder / layer).rmdir()
