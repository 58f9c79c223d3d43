"""Hashes of files and of the project's own code, and the versions of what it runs on."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lucid_orchestration.settings import PACKAGE_DIR, project_dir

_CODE_SUFFIXES = frozenset({".py", ".sql", ".yml", ".csv", ".j2", ".css", ".md"})


def file_digest(path: Path) -> str | None:
    """SHA-256 of a file's content; None when it is no file or cannot be read."""
    if not path.is_file():
        return None  # of others, such as a pipe, reading may never end
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def combined_digest(parts: Mapping[str, str | None]) -> str:
    """One SHA-256 for named parts, whatever their order."""
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()


def code_files(*roots: Path) -> dict[str, str | None]:
    """SHA-256 of each code and settings file at and below the given paths, by its path."""
    files = [
        path
        for root in roots
        for path in ([root] if root.is_file() else sorted(root.rglob("*")))
        if path.suffix in _CODE_SUFFIXES and path.is_file()
    ]
    return {_code_name(path): file_digest(path) for path in files}


def _code_name(path: Path) -> str:
    """A file's path below the project in use, or below where the package lies."""
    place = project_dir() if path.is_relative_to(project_dir()) else PACKAGE_DIR.parent
    return path.relative_to(place).as_posix()


def code_digest(*roots: Path) -> str:
    """One SHA-256 over the code and settings files at and below the given paths."""
    return combined_digest(code_files(*roots))


def versions(*distributions: str) -> dict[str, str]:
    """Installed versions of the named distributions; "missing" for an absent one."""
    found = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
