"""What Dagster keeps of earlier runs: enough to look back at, and no more."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage

# A run with its events is a megabyte or two.
KEPT_RUNS = 100
KEPT_DAYS = 60


def purge_runs(
    instance: dg.DagsterInstance, now: datetime, most: int = KEPT_RUNS, days: int = KEPT_DAYS
) -> int:
    """Delete the records, events and logs of finished runs but the newest; returns how many.

    `now` has a time zone. What assets showed last stays, as Dagster keeps it by asset.
    """
    oldest = now - timedelta(days=days)
    purged = 0
    for place, record in enumerate(instance.get_run_records()):  # newest first
        run = record.dagster_run
        if run.is_finished and (place >= most or record.create_timestamp < oldest):
            instance.delete_run(run.run_id)
            _delete_files(instance, run.run_id)
            purged += 1
    return purged


def _delete_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """What deleting a run leaves on the disk: an empty file of events, and its folder of logs."""
    events = instance.event_log_storage
    if isinstance(events, SqliteEventLogStorage):
        shard = Path(events.path_for_shard(run_id))
        for ending in ("", "-wal", "-shm", "-journal"):
            shard.with_name(f"{shard.name}{ending}").unlink(missing_ok=True)
    shutil.rmtree(Path(instance.storage_directory()) / run_id, ignore_errors=True)
