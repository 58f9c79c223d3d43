"""Files that cannot be opened now, as Excel holds them, but were read before: that reading stays.

The one exception to "what is in the inbox is what counts", and it is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from lucid_orchestration.ingest.inbox import UNREADABLE
from lucid_orchestration.ingest.job import Job
from lucid_orchestration.ingest.landed import Landed, write_part
from lucid_orchestration.ingest.outcomes import Severity

CODE = "file_held"
MESSAGE = (
    "The file cannot be opened now, most likely because another program holds it, so what was read "
    "of it last is used. Close it there: the next run reads it again."
)


def held_files(jobs: Iterable[Job], landed: Mapping[str, Landed]) -> dict[str, Job]:
    """The jobs whose file cannot be opened but has landed before, by the id of their listing.

    Each has the id of that reading. One whose content lies in the inbox under another name as well
    is not among them: it counts there.
    """
    listed = {job.source_file_id: job for job in jobs}
    readings = {
        (found.dataset_id, found.origin.name): file_id
        for file_id, found in sorted(landed.items())
        if file_id not in listed and found.origin.copy_message is None
    }
    places = {
        file_id: (job.file.dataset_id, job.file.name)
        for file_id, job in listed.items()
        if job.file.refusal is not None and job.file.refusal.reason == UNREADABLE
    }
    return {
        file_id: replace(listed[file_id], source_file_id=readings[place])
        for file_id, place in places.items()
        if place in readings
    }


def tell_held(raw_dir: Path, held: Mapping[str, Job]) -> None:
    """Write beside the kept reading that it is one; the part goes with the next look."""
    for listed_id, job in held.items():
        issue = {
            "dataset_id": job.file.dataset_id,
            "source_file_id": job.source_file_id,
            "severity": Severity.WARNING,
            "code": CODE,
            "message": MESSAGE,
        }
        write_part(raw_dir, "raw_file_issues", listed_id, [issue])
