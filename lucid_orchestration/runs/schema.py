"""The form of a data folder, as a number: an older one is brought to today's, a newer one refused.

What is computed from the inbox needs no care: it is made again. This is about what nothing can make
again, such as the history of insights. A migration may be repeated: one that was killed is.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.insights.tables import HISTORY, table_file
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs import history
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import (
    BUILD_KEY,
    DamagedFileError,
    read_proven,
    write_proven,
    write_text,
)
from lucid_orchestration.version import VERSION

# Of a folder with results but without a number.
FIRST = 1


def schema_file(paths: Settings) -> Path:
    """Where the number is kept."""
    return paths.state / "schema.json"


def schema_of(paths: Settings) -> int:
    """The form of a data folder; an empty one has today's.

    Where the file that says so is damaged it is the oldest: every migration may be repeated.
    """
    try:
        content: Any = json.loads(schema_file(paths).read_text(encoding="utf-8"))
        return int(content["schema"])
    except FileNotFoundError:
        return FIRST if any(file.exists() for file in kept_tables(paths)) else CURRENT
    except (ValueError, KeyError, TypeError):
        return FIRST


def bring_to_current(paths: Settings, progress: Progress) -> None:
    """Bring a data folder to the form that this version writes; call it while holding the run lock.

    Raises:
        UnprocessableError: when a newer Lucid wrote it; nothing is changed then.
    """
    found = schema_of(paths)
    if found > CURRENT:
        raise UnprocessableError(
            f"The data in {paths.data_dir} are of a newer Lucid (form {found}, this one knows "
            f"{CURRENT}). Nothing was changed. Install the newer version, or restore a backup."
        )
    for number in range(found, CURRENT):
        progress(f"Bringing the data folder from form {number} to {number + 1}")
        MIGRATIONS[number](paths)
        _write(paths, number + 1)
    if not schema_file(paths).exists():
        _write(paths, CURRENT)


def kept_tables(paths: Settings) -> tuple[Path, ...]:
    """The tables that nothing can make again."""
    return (
        history.jobs_file(paths),
        history.cache_file(paths),
        table_file(paths.insights, HISTORY),
    )


def prove_tables(paths: Settings) -> None:
    """From 1 to 2: what cannot be made again holds a hash of its rows, which shows damage."""
    for path in kept_tables(paths):
        try:
            read_proven(path)
        except (FileNotFoundError, DamagedFileError):
            continue  # damage is told, and the file set aside, by the run that follows
        table = pq.read_table(path)
        build = (table.schema.metadata or {}).get(BUILD_KEY.encode())
        write_proven(table, path, {BUILD_KEY: build.decode()} if build else {})


def _write(paths: Settings, number: int) -> None:
    content = {"schema": number, "lucid": VERSION}
    write_text(schema_file(paths), json.dumps(content, indent=1) + "\n")


# By the form they start from.
MIGRATIONS: Mapping[int, Callable[[Settings], None]] = {1: prove_tables}
CURRENT = FIRST + len(MIGRATIONS)
