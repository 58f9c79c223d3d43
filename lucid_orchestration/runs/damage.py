"""What of the stored files is not as it was written: named, and set aside where it is history.

All else is made again from the owner's files by the steps that need it.
"""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.landed import damaged_files, has_landed
from lucid_orchestration.insights.tables import HISTORY, table_file
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import ASIDE, DamagedFileError, read_proven, set_aside
from lucid_orchestration.warehouse.snapshots import read_manifest


def set_damaged_history_aside(paths: Settings, progress: Progress) -> None:
    """Keep what cannot be made again beside the new beginning, and say so."""
    for file in _damaged_history(paths):
        place = set_aside(file)
        progress(
            f"{file.name} is damaged, and nothing can make it again: it is kept as {place}, and "
            "begun anew"
        )


def has_run(paths: Settings) -> bool:
    """Whether there ever was a run, by any of the traces each leaves: some may be lost."""
    return (
        history.jobs_file(paths).exists()
        or stamps.stamp_file(paths).exists()
        or has_landed(paths.raw)
        or bool(things_set_aside(paths))
    )


def damage(paths: Settings) -> Iterator[tuple[Path, str]]:
    """Each stored file that is damaged or missing, and what the next run does about it.

    The database is not among them: opening it takes its lock.
    """
    for file in _damaged_history(paths):
        yield file, "is set aside and begun anew"
    for file_id in sorted(damaged_files(paths.raw)):
        yield paths.raw / "raw_source_files" / f"{file_id}.parquet", "is read again from the inbox"
    if paths.builds_file.exists() and not read_manifest(paths).built:
        yield paths.builds_file, "is written again"
    for stamp in stamps.read_stamps(paths).values():
        for name in stamps.changed_files(paths, stamp):
            yield paths.data_dir / name, "is made again"


def things_set_aside(paths: Settings) -> tuple[Path, ...]:
    """Damaged files that were kept; whoever does not need them may delete them."""
    folders = [folder for folder in (paths.state, paths.insights) if folder.is_dir()]
    return tuple(path for folder in folders for path in sorted(folder.glob(f"*{ASIDE}*")))


def _damaged_history(paths: Settings) -> Iterator[Path]:
    for file in (
        history.jobs_file(paths),
        history.cache_file(paths),
        table_file(paths.insights, HISTORY),
    ):
        try:
            read_proven(file)
        except FileNotFoundError:
            continue
        except DamagedFileError:
            yield file
