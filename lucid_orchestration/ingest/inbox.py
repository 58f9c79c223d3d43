"""The files of the inbox, each with the hash of its content."""

import hashlib
import json
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from lucid_orchestration.digests import file_digest
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.storage import write_text

# What an owner says beside the files of a dataset: how to read them, and at which limits to warn.
MAPPING_FILE = "mapping.yml"
SHOP_FILE = "lucid.yml"
SETTINGS_FILES = (MAPPING_FILE, SHOP_FILE)
# Why a file is refused that may not be opened, or not now.
UNREADABLE = "unreadable_file"
# What lies straight in the inbox is of this dataset.
DEFAULT = "default"
_NOT_SOURCES = frozenset({*SETTINGS_FILES, "thumbs.db", "desktop.ini"})
# Browsers and programs that copy give these to a file that is not all there yet.
_HALF_DOWNLOADS = frozenset(
    {".part", ".crdownload", ".download", ".partial", ".opdownload", ".aria2", ".!ut", ".filepart"}
)
# The coarsest clock of a file system: what changed twice within it may look as if it had once.
_SAME_TIME_NS = 2_000_000_000

# Size, times of the last change of content and of anything, and SHA-256.
_Stamp: TypeAlias = tuple[int, int, int, str]


@dataclass(frozen=True)
class InboxFile:
    """One file of a dataset; `name` is its path below the dataset's folder, with slashes.

    `refusal` says why a file may not or cannot be opened; its hash is then that of its name.
    """

    dataset_id: str
    name: str
    path: Path
    size: int
    sha256: str
    refusal: RefusedError | None = None

    @property
    def folder(self) -> Path:
        """The dataset's folder."""
        return self.path.parents[self.name.count("/")]

    @property
    def source_file_id(self) -> str:
        """The same for the same content in the same dataset, whatever the file is called."""
        return _digest(self.dataset_id, self.sha256)[:32]

    @property
    def duplicate_id(self) -> str:
        """Id of this file where another one in the dataset has the same content."""
        return _digest(self.dataset_id, self.sha256, self.name)[:32]

    def is_as_hashed(self) -> bool:
        """Whether the file still holds what its hash was taken of; one not opened does."""
        if self.refusal is not None:
            return True
        try:
            size = self.path.stat().st_size
        except OSError:
            return False
        return size == self.size and file_digest(self.path) == self.sha256


def dataset_slug(name: str) -> str:
    """A folder's name as the dataset's id: letters and digits of any script, the rest a hyphen."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    # vowel signs of Indian scripts are marks, not letters
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in plain)
    return "-".join("".join(kept).split())


def dataset_named(folder: str) -> str:
    """The dataset of a folder of the inbox; without a letter or digit its name says none."""
    return dataset_slug(folder) or DEFAULT


def dataset_of(path: Path) -> str:
    """The dataset of what lies straight in the inbox: a folder, or a file beside the folders."""
    return dataset_named(path.name) if path.is_dir() else DEFAULT


def dataset_of_name(name: str) -> str:
    """The dataset of a file by its path below the inbox, with slashes."""
    folder, _, below = name.partition("/")
    return dataset_named(folder) if below else DEFAULT


def dataset_sources(inbox: Path, dataset_id: str) -> tuple[Path, ...]:
    """The folders of a dataset; for `default` also the files that lie straight in the inbox."""
    if not inbox.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(inbox.iterdir())
        if not path.name.startswith(".") and dataset_of(path) == dataset_id
    )


def dataset_folder(inbox: Path, dataset_id: str) -> Path:
    """The folder of a dataset, or where it would be."""
    folders = [path for path in dataset_sources(inbox, dataset_id) if path.is_dir()]
    return folders[0] if folders else inbox / dataset_id


def shop_file(inbox: Path, dataset_id: str) -> Path:
    """The lucid.yml of a dataset, or where it would be; `default` may have it beside its files."""
    file = dataset_folder(inbox, dataset_id) / SHOP_FILE
    if dataset_id == DEFAULT and not file.is_file():
        return inbox / SHOP_FILE
    return file


def inbox_datasets(inbox: Path) -> tuple[str, ...]:
    """The shops the inbox has a folder or a file of, in order; no file is opened."""
    if not inbox.is_dir():
        return ()
    paths = (path for path in inbox.iterdir() if not path.name.startswith((".", "~$")))
    return tuple(
        sorted(
            {
                dataset_of(path)
                for path in paths
                if path.is_dir() or path.name.casefold() not in _NOT_SOURCES
            }
        )
    )


def list_inbox(inbox: Path, digests: Path, dataset: str | None = None) -> list[InboxFile]:
    """Every source file in the inbox, by dataset and name; those of one dataset alone if asked.

    `digests` is a small JSON file that remembers content hashes by size and times, so that large
    files are not read again.
    """
    known = _read_digests(digests)
    seen: dict[str, _Stamp] = {}
    now = time.time_ns()
    files = []
    for path in _source_paths(inbox, dataset):
        # a name that is no text would fit neither JSON nor Parquet
        key = path.relative_to(inbox).as_posix().encode(errors="replace").decode()
        name = key.partition("/")[2] or key
        size, refusal = 0, _refusal_of_link(path, inbox) or _refusal_of_half(path)
        if refusal is None:
            try:
                seen[key] = _stamp(path, known.get(key))
                size = seen[key][0]
            except FileNotFoundError:
                continue  # taken away while we looked
            except OSError as error:
                refusal = RefusedError(
                    UNREADABLE,
                    f"The file cannot be opened ({error.strerror}). Close it in other "
                    "programs, and check who may read it.",
                )
        sha256 = seen[key][3] if refusal is None else _digest("refused", key)
        files.append(InboxFile(dataset_of_name(key), name, path, size, sha256, refusal))
    settled = {key: stamp for key, stamp in seen.items() if not _may_change_unseen(stamp, now)}
    if settled != known:
        _write_digests(digests, settled)
    return sorted(files, key=lambda file: (file.dataset_id, file.name))


def _source_paths(inbox: Path, dataset: str | None) -> Iterator[Path]:
    """What may be a source file; of one dataset alone no other's folder is looked into."""
    tops = [inbox]
    if dataset is not None:
        tops = [path for path in sorted(inbox.iterdir()) if dataset_of(path) == dataset]
    found = (path for top in tops for path in (top.rglob("*") if top.is_dir() else [top]))
    for path in sorted(found):
        parts = path.relative_to(inbox).parts
        if any(part.startswith((".", "~$")) for part in parts):
            continue
        if path.name.casefold() not in _NOT_SOURCES and (path.is_file() or path.is_symlink()):
            yield path


def _refusal_of_link(path: Path, inbox: Path) -> RefusedError | None:
    """A link may point at another file of the inbox; any other is refused unopened."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # broken, or in a circle
        target = None
    if target is not None and target.is_relative_to(inbox.resolve()) and target.is_file():
        return None
    return RefusedError(
        "link_out_of_inbox",
        "This is a link to something outside the inbox. Put the file itself here.",
    )


def _refusal_of_half(path: Path) -> RefusedError | None:
    """A file that is still being downloaded, or whose download ended half-way, is not read."""
    if path.suffix.casefold() not in _HALF_DOWNLOADS:
        return None
    return RefusedError(
        "half_download",
        "This is a download that has not ended. Wait until it has its own name, or download it "
        "again; if it is whole, give it that name.",
    )


def _stamp(path: Path, known: _Stamp | None) -> _Stamp:
    """What a file is now; its hash is taken from `known` when all else still fits.

    A program that copies files may make one of full size first and give it the times of the
    original: the time of the last change of anything still tells.
    """
    status = path.stat()
    looks = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    if known is not None and known[:3] == looks:
        return known
    with path.open("rb") as file:
        return (*looks, hashlib.file_digest(file, "sha256").hexdigest())


def _may_change_unseen(stamp: _Stamp, now: int) -> bool:
    """Whether a file was changed so lately that its times may stay as they are at the next one."""
    return 0 <= now - max(stamp[1:3]) < _SAME_TIME_NS


def _read_digests(path: Path) -> dict[str, _Stamp]:
    """What was remembered; nothing when the file is damaged, which its own hash shows."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stamps = {str(key): _as_stamp(*entry) for key, entry in content["files"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return stamps if content.get("sha256") == _digest(_as_text(stamps)) else {}


def _as_stamp(size: int, modified: int, changed: int, sha256: str) -> _Stamp:
    return (size, modified, changed, sha256)


def _write_digests(path: Path, stamps: Mapping[str, _Stamp]) -> None:
    content = {"files": stamps, "sha256": _digest(_as_text(stamps))}
    write_text(path, json.dumps(content, indent=0, sort_keys=True))


def _as_text(stamps: Mapping[str, _Stamp]) -> str:
    return json.dumps(stamps, sort_keys=True)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
