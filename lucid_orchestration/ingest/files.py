"""The files of the inbox, and what a reader says about one."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lucid_orchestration.storage import write_text

NOT_SOURCES = frozenset({"mapping.yml", "lucid.yml", "thumbs.db", "desktop.ini"})


class Severity(StrEnum):
    """How loud an issue is."""

    NOTE = "note"
    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Issue:
    """Something worth knowing about a file, in the owner's words."""

    severity: Severity
    code: str
    message: str
    row_number: int | None = None


class RefusedError(Exception):
    """A file that cannot be used as a whole. Carries a code, and a sentence with the remedy."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True)
class Row:
    """One row as found, numbered as the owner sees it; `fault` when its shape is wrong."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True)
class Sheet:
    """Rows of one table of text; `issues` fills while the rows are read."""

    name: str
    rows: Iterable[Row]
    issues: list[Issue]


@dataclass(frozen=True)
class InboxFile:
    """One file of a dataset; `name` is its path below the dataset's folder, with slashes."""

    dataset_id: str
    name: str
    path: Path
    size: int
    sha256: str

    @property
    def source_file_id(self) -> str:
        """The same for the same content in the same dataset, whatever the file is called."""
        return _digest(self.dataset_id, self.sha256)

    @property
    def duplicate_id(self) -> str:
        """Id of this file where another one in the dataset has the same content."""
        return _digest(self.dataset_id, self.sha256, self.name)


def dataset_slug(name: str) -> str:
    """A folder's name as the dataset's id: letters and digits of any script, the rest a hyphen."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    # vowel signs of Indian scripts are marks, not letters
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return "-".join("".join(kept).split())


def list_inbox(inbox: Path, digests: Path) -> list[InboxFile]:
    """Every source file in the inbox, by dataset and name.

    `digests` is a small JSON file that remembers content hashes by size and modification time, so
    that large files are not read again. Links that lead out of the inbox are left out.
    """
    known = _read_digests(digests)
    seen: dict[str, list[int | str]] = {}
    files = []
    for path in _source_paths(inbox):
        status = path.stat()
        key = path.relative_to(inbox).as_posix()
        entry = known.get(key)
        if entry is not None and entry[:2] == [status.st_size, status.st_mtime_ns]:
            sha256 = str(entry[2])
        else:
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        seen[key] = [status.st_size, status.st_mtime_ns, sha256]
        folder, _, below = key.partition("/")
        dataset_id, name = (dataset_slug(folder), below) if below else ("default", key)
        files.append(InboxFile(dataset_id or "default", name, path, status.st_size, sha256))
    if seen != known:
        write_text(digests, json.dumps(seen, indent=0, sort_keys=True))
    return sorted(files, key=lambda file: (file.dataset_id, file.name))


def _source_paths(inbox: Path) -> Iterator[Path]:
    root = inbox.resolve()
    for path in sorted(inbox.rglob("*")):
        parts = path.relative_to(inbox).parts
        if any(part.startswith((".", "~$")) for part in parts):
            continue
        if path.name.casefold() in NOT_SOURCES or not path.is_file():
            continue
        if path.resolve().is_relative_to(root):
            yield path


def _read_digests(path: Path) -> dict[str, list[int | str]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
