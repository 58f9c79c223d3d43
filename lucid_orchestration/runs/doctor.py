"""Is everything in place? One line per thing that can be wrong, with what to do."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import duckdb

from lucid_orchestration import digests
from lucid_orchestration.errors import LucidError
from lucid_orchestration.formatting import counted
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.damage import damage, things_set_aside
from lucid_orchestration.runs.long_paths import require_room
from lucid_orchestration.runs.own_project import require_current, unsettled
from lucid_orchestration.runs.schema import CURRENT, schema_of
from lucid_orchestration.settings import (
    Settings,
    ai_settings,
    is_edited_project,
    java,
    project_dir,
    spark_address,
    target,
)
from lucid_orchestration.version import VERSION
from lucid_orchestration.warehouse.build import foreign_files
from lucid_orchestration.warehouse.database import lock_holder
from lucid_orchestration.warehouse.spark_connect import is_connect, server_version, shown_address

_MOST_NAMED = 3
CheckStatus = Literal["ok", "note", "problem"]
_OLDEST_JAVA = 17
_SPARK_PACKAGES = ("pyspark", "dbt-spark")
_CONNECT_PACKAGES = ("grpcio-status",)
_PACKAGES = ("duckdb", "dbt-core", "dbt-duckdb", "dagster", "dagster-dbt", "pyarrow")


@dataclass(frozen=True)
class Check:
    """One thing looked at; `note` is worth knowing, `problem` keeps Lucid from working."""

    name: str
    status: CheckStatus
    message: str


def diagnose(paths: Settings) -> tuple[Check, ...]:
    """Look at versions, data folder, database, results, last run, AI provider; nothing is sent."""
    return (
        *_versions(),
        *_project(),
        _data_folder(paths),
        *_engine(paths),
        _results(paths),
        *_others(paths),
        _last_run(paths),
        _provider(),
    )


def _versions() -> Iterator[Check]:
    yield Check("Lucid", "ok", VERSION)
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("Python", "ok", python)
    for name, found in digests.versions(*_PACKAGES).items():
        missing = found == "missing"
        yield Check(
            name,
            "problem" if missing else "ok",
            "not installed; run `make run`" if missing else found,
        )


def _project() -> Iterator[Check]:
    """The project, where it is not simply the one that comes with Lucid."""
    if not is_edited_project():
        return
    try:
        require_current(project_dir())
    except LucidError as error:
        yield Check("Project", "problem", str(error))
    else:
        yield Check("Project", "ok", f"the one to be edited in {project_dir()}")
    for file in unsettled(project_dir()):
        message = f"{file} is newer than your edit; take over what you want and delete it"
        yield Check("Project", "note", message)


def _data_folder(paths: Settings) -> Check:
    folder = paths.data_dir
    try:
        require_room(folder)
    except LucidError as error:
        return Check("Data folder", "problem", str(error))
    if not folder.exists():
        return Check("Data folder", "note", f"{folder} does not exist yet; `lucid run` makes it")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "Data folder", "problem", f"{folder} cannot be written to; give yourself access"
        )
    try:
        found = schema_of(paths)
    except LucidError as error:
        return Check("Data folder", "problem", str(error))
    if found > CURRENT:
        message = f"{folder} is of a newer Lucid; install that, or restore a backup"
        return Check("Data folder", "problem", message)
    if found < CURRENT:
        message = f"{folder} is of an older Lucid; the next run brings it to this one"
        return Check("Data folder", "note", message)
    return Check("Data folder", "ok", str(folder))


def _engine(paths: Settings) -> Iterator[Check]:
    """What builds the answers."""
    try:
        if target() == "duckdb":
            yield _database(paths)
            return
        address = spark_address()
    except LucidError as error:
        yield Check("Engine", "problem", str(error))
        return
    packages = digests.versions(
        *_SPARK_PACKAGES, *(_CONNECT_PACKAGES if is_connect(address) else ())
    )
    is_whole = "missing" not in packages.values()
    if is_connect(address) and is_whole:
        yield _server(address)
    else:
        yield Check("Spark", "ok", shown_address(address))
    for name, found in packages.items():
        missing = found == "missing"
        message = "not installed; pip install 'lucid-shop[spark]'" if missing else found
        yield Check(name, "problem" if missing else "ok", message)
    if not is_connect(address):
        yield _java()


def _server(address: str) -> Check:
    try:
        version = server_version(address)
    except LucidError as error:
        return Check("Spark", "problem", str(error))
    return Check("Spark", "ok", f"{version} at {shown_address(address)}")


def _java() -> Check:
    program, wanted = java(), f"Spark needs Java {_OLDEST_JAVA} or newer"
    if program is None:
        return Check("Java", "problem", f"not found; {wanted}")
    told = subprocess.run([program, "-version"], capture_output=True, text=True).stderr  # noqa: S603
    version = re.search(r'version "((\d+)[^"]*)"', told)
    if version is None or int(version[2]) < _OLDEST_JAVA:
        return Check("Java", "problem", f"{version[1] if version else 'unknown'}; {wanted}")
    return Check("Java", "ok", version[1])


def _database(paths: Settings) -> Check:
    if not paths.database.exists():
        return Check("Database", "note", "not built yet; `lucid run` builds it")
    try:
        holder = lock_holder(paths.database)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        return Check(
            "Database",
            "problem",
            f"{paths.database} cannot be opened ({reason}); `lucid run` builds a damaged one again",
        )
    if holder is not None:
        return Check("Database", "note", f"in use by {holder}; a run will wait for it")
    return Check("Database", "ok", f"{paths.database.name} is free")


def _results(paths: Settings) -> Check:
    written = [name for stamp in stamps.read_stamps(paths).values() for name in stamp.outputs]
    broken = [f"{file.name} {remedy}" for file, remedy in damage(paths)]
    if broken:
        more = f" and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
        return Check(
            "Results",
            "note",
            f"{counted(len(broken), 'stored file')} missing or not as written; in the next "
            f"`lucid run` {', '.join(broken[:_MOST_NAMED])}{more}",
        )
    if not written:
        return Check("Results", "note", "nothing computed yet; run `lucid run`")
    return Check("Results", "ok", f"{len(written)} files, all as written")


def _others(paths: Settings) -> Iterator[Check]:
    """Files that are none of Lucid's, and damaged ones that were kept."""
    for file in foreign_files(paths):
        yield Check("Foreign file", "note", f"{file} is none of Lucid's; it is left alone")
    for file in things_set_aside(paths):
        yield Check("Set aside", "note", f"{file} was damaged; delete it unless you need it")


def _last_run(paths: Settings) -> Check:
    jobs = history.read_jobs(paths)
    if not jobs:
        return Check("Last run", "note", "there was none yet")
    last = jobs[-1]
    failed = last["status"] in {"failed", "interrupted"}
    return Check(
        "Last run",
        "problem" if last["status"] == "failed" else "note" if failed else "ok",
        f"{last['status']}, started {last['started_at']:%Y-%m-%d %H:%M} UTC"
        + (f". {last['message']}" if last["message"] else ""),
    )


def _provider() -> Check:
    try:
        ai = ai_settings()
    except LucidError as error:
        return Check("AI provider", "problem", f"{error} Until then texts come from templates")
    if ai.provider == "none":
        message = "none; texts are written from templates, nothing is sent"
        return Check("AI provider", "ok", message)
    said = f"{ai.provider} {ai.model} at {_without_secrets(ai.base_url)}"
    if not ai.key:
        return Check("AI provider", "note", f"{said}, but there is no key: nothing is sent")
    names = "product names are sent" if ai.send_names else "no names are sent"
    return Check("AI provider", "ok", f"{said}; {names}")


def _without_secrets(url: str) -> str:
    """The address without what may stand in one: a name, a password, a key behind the path."""
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
