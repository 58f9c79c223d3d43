"""What helps to find a fault, without a single value of the shop in it.

Only words that Lucid itself has go in: names of its checks, stages, readers and reasons, places in
its code, versions, times. No name, no cell, no path, no sentence; a count is told as its number of
digits. Each part names what it takes: what is not named stays out, whatever is added elsewhere.
"""

import json
import locale
import platform
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import LucidError
from lucid_orchestration.runs import history
from lucid_orchestration.runs.doctor import diagnose
from lucid_orchestration.runs.logs import log_files
from lucid_orchestration.runs.own_project import shipped_files
from lucid_orchestration.runs.schema import schema_of
from lucid_orchestration.settings import Settings, is_edited_project, project_dir
from lucid_orchestration.storage import replace_file
from lucid_orchestration.version import VERSION
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.snapshots import open_snapshot

_FILE_KEYS = ("container", "kind", "profile", "status", "reason")
_FILE_SIZES = ("size_bytes", "rows_found", "rows_accepted", "rows_rejected")
_LOG_KEYS = ("at", "run", "level", "event", "stage", "was_current", "seconds", "error", "frames")
# Versions of these are told: all that Lucid runs on, none that a person put beside it.
_PACKAGES = (
    "dagster",
    "dbt",
    "duckdb",
    "pyarrow",
    "fsspec",
    "s3fs",
    "pyrage",
    "pydantic",
    "typer",
    "rich",
    "altair",
    "fastapi",
    "openai",
    "anthropic",
    "pdfplumber",
    "python-calamine",
)


def write_bundle(paths: Settings, file: Path) -> tuple[str, ...]:
    """Write the archive and return the names of its parts."""
    parts: Mapping[str, Callable[[Settings], Any]] = {
        "about.json": _about,
        "checks.json": _checks,
        "runs.json": _runs,
        "files.json": _files,
        "log.json": _log,
    }
    contents = {name: json.dumps(part(paths), indent=1) + "\n" for name, part in parts.items()}

    def write(draft: Path) -> None:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)

    replace_file(file, write)
    return tuple(contents)


def _about(paths: Settings) -> dict[str, Any]:
    return {
        "lucid": VERSION,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": [platform.system(), platform.release(), platform.machine()],
        "encodings": [sys.getfilesystemencoding(), locale.getpreferredencoding(False)],
        "packages": dict(sorted(_packages())),
        "form_of_data": _form(paths),
        "edited_files_of_project": _edited(),
    }


def _packages() -> Iterator[tuple[str, str]]:
    for one in distributions():
        name = str(one.metadata["Name"] or "").lower()
        if name.startswith(_PACKAGES):
            yield name, one.version


def _form(paths: Settings) -> int | None:
    try:
        return schema_of(paths)
    except LucidError:
        return None


def _edited() -> list[str]:
    """Files of Lucid that were edited here; those of a person's own have names of his."""
    if not is_edited_project():
        return []
    here = project_dir()
    return [
        name
        for name, content in shipped_files().items()
        if not (here / name).is_file() or (here / name).read_bytes() != content
    ]


def _checks(paths: Settings) -> list[dict[str, str]]:
    return [{"check": check.name, "status": check.status} for check in diagnose(paths)]


def _runs(paths: Settings) -> list[dict[str, Any]]:
    return [
        {
            "run": job["job_id"],
            "kind": job["kind"],
            "status": job["status"],
            "started_at": job["started_at"].isoformat(),
            "finished_at": job["finished_at"].isoformat() if job["finished_at"] else None,
            **{name: _digits(job[name]) for name in ("files", "rows_accepted", "rows_rejected")},
        }
        for job in history.read_jobs(paths)[-50:]
    ]


def _files(paths: Settings) -> dict[str, Any]:
    with open_snapshot(paths) as snapshot:
        files = _rows(snapshot.quality / "source_files.parquet")
        issues = _rows(snapshot.quality / "file_issues.parquet")
    codes = Counter((str(row["severity"]), str(row["code"])) for row in issues)
    described = [
        {
            **{key: row[key] for key in _FILE_KEYS},
            **{f"digits_of_{key}": _digits(row[key]) for key in _FILE_SIZES},
        }
        for row in files
    ]
    return {
        # in an order that says nothing of their names
        "files": sorted(described, key=json.dumps),
        "issues": [
            {"severity": severity, "code": code, "digits": _digits(count)}
            for (severity, code), count in sorted(codes.items())
        ],
    }


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    return select_rows(path, {}) if path.exists() else ()


def _log(paths: Settings) -> list[dict[str, Any]]:
    lines = []
    for file in log_files(paths):
        for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
                lines.append({key: line[key] for key in _LOG_KEYS if key in line})
            except (ValueError, TypeError):
                lines.append({"event": "unreadable"})
    return lines


def _digits(number: int | None) -> int | None:
    return None if number is None else len(str(int(number)))
