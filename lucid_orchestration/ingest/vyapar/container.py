"""A Vyapar backup as a file: told by its content, and unpacked where nothing else can be touched.

A .vyb is a zip with one database (*.vyp) in it; some owners keep the bare .vyp.
"""

import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lucid_orchestration.ingest.outcomes import RefusedError, cannot_be_read_now

MAX_BYTES = 500 * 1024 * 1024
# A database of empty pages packs 100 : 1; 1000 : 1 is what a bomb of zeros reaches.
MAX_RATIO = 200
_RATIO_MATTERS_FROM = 50 * 1024 * 1024
# The list of a zip's members is read as a whole: a backup's has one entry.
_MAX_LIST_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_SQLITE = b"SQLite format 3\0"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_END_OF_ZIP_BYTES = 22
_MAX_COMMENT_BYTES = 65535
BACKUP_SUFFIXES = (".vyb", ".vyp")
_AGAIN = "In Vyapar choose Backup/Restore, then Backup to Computer, and add that file."


@dataclass(frozen=True)
class Unpacked:
    """The database of a backup in a private folder; `name` is what it was called in the zip."""

    database: Path
    name: str


def is_backup(path: Path) -> bool:
    """Whether a file is to be read as a Vyapar backup.

    The content decides; the name only where nothing else can be made out of a file, so that a
    damaged backup is called one.
    """
    with path.open("rb") as file:
        head = file.read(len(_SQLITE))
    if head == _SQLITE:
        return True
    is_called_backup = path.suffix.casefold() in BACKUP_SUFFIXES
    if not head.startswith((_ZIP, _EMPTY_ZIP)):
        return False
    try:
        with _opened(path) as archive:
            names = [member.filename for member in archive.infolist()]
    except (RefusedError, OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return is_called_backup
    if any(name.casefold().endswith(BACKUP_SUFFIXES) for name in names):
        return True
    return is_called_backup and not {"xl/workbook.xml", "content.xml"} & set(names)


def called_backup(path: Path) -> RefusedError | None:
    """What to say of a file that has a backup's name and is neither a zip nor a database."""
    if path.suffix.casefold() not in BACKUP_SUFFIXES:
        return None
    return RefusedError(
        "corrupt_file", f"The file is called a Vyapar backup, but it is none. {_AGAIN}"
    )


@contextmanager
def unpacked(path: Path) -> Iterator[Unpacked]:
    """The database of a backup as a file of its own, gone when the block ends.

    Names inside the zip are never used as paths, and sizes it states are not believed.

    Raises:
        RefusedError: when there is not exactly one database in it, or it is damaged, locked or
            far too large.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _too_large()
    with tempfile.TemporaryDirectory(prefix="lucid_vyapar_") as folder:
        database = Path(folder) / "book.sqlite"
        with path.open("rb") as file:
            is_database = file.read(len(_SQLITE)) == _SQLITE
        if is_database:
            shutil.copyfile(path, database)
            yield Unpacked(database, path.name)
        else:
            yield Unpacked(database, _unpack(path, database))


def _unpack(path: Path, target: Path) -> str:
    """Write the one database of a zip to a file and return its name."""
    try:
        with _opened(path) as archive:
            member = _only_database(archive)
            if member.flag_bits & 1:
                raise RefusedError(
                    "encrypted",
                    "The backup is locked with a password. Make one without a password. " + _AGAIN,
                )
            with archive.open(member) as source, target.open("xb") as sink:
                _copy(source, sink, member.compress_size)
    except OSError as error:
        raise cannot_be_read_now(error) or _damaged() from error
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise _damaged() from error
    except (NotImplementedError, RuntimeError) as error:
        raise RefusedError(
            "corrupt_file", f"The backup is packed in a way Lucid cannot read. {_AGAIN}"
        ) from error
    return member.filename


def _opened(path: Path) -> zipfile.ZipFile:
    """The zip, unless its list of members alone would fill the memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_OF_ZIP_BYTES - _MAX_COMMENT_BYTES))
        tail = file.read()
    end = tail.rfind(_EMPTY_ZIP)
    if end < 0 or len(tail) - end < _END_OF_ZIP_BYTES:
        raise _damaged()
    if int.from_bytes(tail[end + 12 : end + 16], "little") > _MAX_LIST_BYTES:
        raise RefusedError(
            "unsupported_type", f"The archive holds far more files than a backup does. {_AGAIN}"
        )
    return zipfile.ZipFile(path)


def _only_database(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.filename.endswith("/")]
    databases = [
        member for member in members if member.filename.casefold().endswith(".vyp")
    ] or members[:1]
    if not databases:
        raise RefusedError("no_rows", f"The backup is an empty archive. {_AGAIN}")
    if len(databases) > 1:
        raise RefusedError(
            "several_databases",
            f"The archive holds {len(databases)} Vyapar databases, and only you can know which one "
            "counts. Unpack it and add the right .vyp file alone.",
        )
    return databases[0]


def _copy(source: IO[bytes], sink: IO[bytes], packed: int) -> None:
    written = 0
    while chunk := source.read(_CHUNK_BYTES):
        if written == 0 and not chunk.startswith(_SQLITE):
            raise RefusedError(
                "unsupported_type", f"The archive holds no Vyapar database. {_AGAIN}"
            )
        written += len(chunk)
        if written > MAX_BYTES or written > max(_RATIO_MATTERS_FROM, MAX_RATIO * packed):
            raise _too_large()
        sink.write(chunk)
    if written == 0:
        raise _damaged()


def _too_large() -> RefusedError:
    return RefusedError(
        "too_large",
        "The backup is or unpacks to more than 500 MB, or is packed like nothing Vyapar writes. "
        "Export the sale, purchase and item reports from Vyapar as Excel instead.",
    )


def _damaged() -> RefusedError:
    return RefusedError("corrupt_file", f"The backup is damaged or cut off. {_AGAIN}")
