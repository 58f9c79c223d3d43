"""A backup: what nothing can make again, in one archive; the rest is computed from it.

An archive is a ZIP that any program opens. Encrypted, it is a ZIP of two files of the age format:
a key, encrypted by the password, and the archive, encrypted by the key. So no size of archive has
to fit into memory, and the program `age` opens both.
"""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from lucid_orchestration.errors import (
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnprocessableError,
)
from lucid_orchestration.insights.tables import HISTORY, table_file
from lucid_orchestration.progress import Progress
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.own_project import project_files
from lucid_orchestration.runs.places import Place, parted
from lucid_orchestration.runs.schema import CURRENT
from lucid_orchestration.settings import SHOP_MARK, Settings, shop_folders
from lucid_orchestration.version import DISTRIBUTION, VERSION

_LIST = "lucid-backup.json"
_KEY, _CONTENT = "key.age", "content.age"
_DATA, _PROJECT = "data", "project"
# What the owner put there or said, and what only Lucid knows; the next run makes all else of it.
_KEPT = ("inbox", "rules", "trash", "state")
_PASSING = (".tmp", ".lock", ".holder")
_COMPUTED_STATE = ("dbt-target", "dagster-target", "last_run.json", "inbox_digests.json")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Backup:
    """An archive: where it is, how many files it holds, and their bytes."""

    address: str
    files: int
    size: int
    is_encrypted: bool


def back_up(
    paths: Settings, project: Path | None, address: str, password: str | None, progress: Progress
) -> Backup:
    """Write an archive into a folder, here or at an address of fsspec.

    `project` is an edited project that belongs to it. The run lock is held meanwhile.

    Raises:
        BadRequestError: for an address nobody understands, or a password nothing can use.
        UnavailableError: when the place does not answer.
    """
    place = Place(address)
    with run_lock(paths, progress), _temporary(paths) as folder:
        name = f"lucid-backup-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
        archive = folder / "archive.zip"
        sizes = _write_archive(archive, dict(_members(paths, project)))
        if password is not None:
            archive = _encrypted(archive, password)
        progress(f"Writing {name}")
        place.put(archive, name)
    return Backup(f"{place.address}/{name}", len(sizes), sum(sizes), password is not None)


def restore(
    paths: Settings, home: Path, address: str, password: Callable[[], str], progress: Progress
) -> Backup:
    """Bring back an archive into a data folder that holds nothing yet.

    A project that was edited comes into `home`. Nothing is changed before all of the archive proved
    to be as it was written; `password` is asked for when it is encrypted.

    Raises:
        BadRequestError: when a password is missing or wrong.
        ConflictError: when something lies in the data folder, or in the project's place.
        NotFoundError: when there is no such archive.
        UnprocessableError: when it is no backup, is damaged, or is of a newer Lucid.
    """
    place, name = parted(address)
    if not place.has(name):
        raise NotFoundError(f"There is no file {address}.")
    _require_empty(paths)
    with _temporary(paths) as folder:
        archive = folder / "archive.zip"
        place.get(name, archive)
        plain = _decrypted(archive, password)
        files = _checked(plain, folder / "files", address)
        own = folder / "files" / _PROJECT
        in_the_way = [path for path in own.rglob("*") if (home / path.relative_to(own)).is_file()]
        if in_the_way:
            raise ConflictError(
                f"{home} has a project already. Set LUCID_HOME to another folder, or move it away."
            )
        progress(f"Bringing back {len(files)} files")
        for member in sorted(files):
            top, *rest = PurePosixPath(member).parts
            target = (paths.data_dir if top == _DATA else home).joinpath(*rest)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(folder / "files" / member, target)
    return Backup(address, len(files), sum(files.values()), plain != archive)


def kept_files(paths: Settings) -> Iterator[Path]:
    """What of a data folder nothing can make again."""
    yield from _own_files(paths)
    for shop in shop_folders(paths):
        yield shop.data_dir / SHOP_MARK
        yield from _own_files(shop)


def _own_files(paths: Settings) -> Iterator[Path]:
    for folder in (paths.data_dir / name for name in _KEPT):
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(paths.data_dir).parts
            is_computed = parts[0] == paths.state.name and parts[1] in _COMPUTED_STATE
            if path.is_file() and not is_computed and not path.name.endswith(_PASSING):
                yield path
    history = table_file(paths.insights, HISTORY)
    if history.exists():
        yield history


def _members(paths: Settings, project: Path | None) -> Iterator[tuple[str, Path]]:
    files = [(_DATA, paths.data_dir, path) for path in kept_files(paths)]
    if project is not None:
        files += [(_PROJECT, project, path) for path in project_files(project)]
    for top, folder, path in files:
        name = f"{top}/{path.relative_to(folder).as_posix()}"
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise UnprocessableError(
                f"{name!a} is no name an archive can keep. Rename it."
            ) from error
        yield name, path


def _write_archive(archive: Path, members: dict[str, Path]) -> list[int]:
    """Write the files and, last, the list with their hashes; returns their sizes."""
    digests: dict[str, str] = {}
    sizes = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as target:
        for name, path in sorted(members.items()):
            digest = hashlib.sha256()
            size = 0
            info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
            info.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, target.open(info, "w", force_zip64=True) as member:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    member.write(chunk)
            digests[name] = digest.hexdigest()
            sizes.append(size)
        content = {"lucid": VERSION, "schema": CURRENT, "files": digests}
        target.writestr(_LIST, json.dumps(content, indent=1, sort_keys=True))
    return sizes


def _checked(archive: Path, folder: Path, address: str) -> dict[str, int]:
    """Unpack an archive; each file with its size, all of them as they were written."""
    try:
        with zipfile.ZipFile(archive) as source:
            content: Any = json.loads(source.read(_LIST))
            digests: dict[str, str] = dict(content["files"])
            if int(content["schema"]) > CURRENT:
                raise UnprocessableError(
                    f"{address} was written by Lucid {content['lucid']}, which is newer than this "
                    f"one ({VERSION}). Install that version or a newer one."
                )
            return {
                name: _unpacked(source, name, folder, digest, address)
                for name, digest in digests.items()
            }
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError) as error:
        raise _damaged(address) from error


def _unpacked(source: zipfile.ZipFile, name: str, folder: Path, digest: str, address: str) -> int:
    parts = PurePosixPath(name).parts
    if parts[0] not in {_DATA, _PROJECT} or ".." in parts or PurePosixPath(name).is_absolute():
        raise _damaged(address)
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with source.open(name) as member, target.open("wb") as file:
        while chunk := member.read(_CHUNK):
            found.update(chunk)
            file.write(chunk)
    if found.hexdigest() != digest:
        raise _damaged(address)
    return target.stat().st_size


def _damaged(address: str) -> UnprocessableError:
    return UnprocessableError(
        f"{address} is no backup of Lucid, or is damaged. Nothing was changed. Take another one."
    )


def _require_empty(paths: Settings) -> None:
    """A backup never takes the place of what lies there, nor mixes with it."""
    if any(True for _ in kept_files(paths)):
        raise ConflictError(
            f"There are data in {paths.data_dir} already. Set LUCID_DATA_DIR or LUCID_HOME to a "
            "folder without, or move them away."
        )


def _encrypted(archive: Path, password: str) -> Path:
    _require_pyrage()
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    content = archive.with_name(_CONTENT)
    pyrage.encrypt_file(str(archive), str(content), [identity.to_public()])
    archive.unlink()
    sealed = archive.with_name("sealed.zip")
    with zipfile.ZipFile(sealed, "w", zipfile.ZIP_STORED) as target:
        target.writestr(_KEY, pyrage.passphrase.encrypt(str(identity).encode(), password))
        target.write(content, _CONTENT)
    content.unlink()
    return sealed


def _decrypted(archive: Path, password: Callable[[], str]) -> Path:
    """The plain archive beside an encrypted one; a plain one as it is."""
    if not _is_encrypted(archive):
        return archive
    _require_pyrage()
    import pyrage

    plain = archive.with_name("plain.zip")
    try:
        with zipfile.ZipFile(archive) as source:
            key = pyrage.passphrase.decrypt(source.read(_KEY), password()).decode()
            source.extract(_CONTENT, archive.parent)
        identity = pyrage.x25519.Identity.from_str(key)
    except pyrage.DecryptError as error:
        raise BadRequestError("The password is not the one of this backup.") from error
    try:
        pyrage.decrypt_file(str(archive.with_name(_CONTENT)), str(plain), [identity])
    except pyrage.DecryptError as error:
        raise _damaged("The backup") from error
    return plain


def _is_encrypted(archive: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as source:
            return _KEY in source.namelist()
    except zipfile.BadZipFile:
        return False


def _require_pyrage() -> None:
    if find_spec("pyrage") is None:
        raise BadRequestError(
            f"What encrypts is not installed. Run: pip install '{DISTRIBUTION}[backup]'"
        )


@contextmanager
def _temporary(paths: Settings) -> Iterator[Path]:
    """A folder on the disk of the data, gone afterwards."""
    paths.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", suffix=".tmp", dir=paths.data_dir) as name:
        yield Path(name)
