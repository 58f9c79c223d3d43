"""Files that come in a request: streamed to the disk, each with the limit of its kind."""

import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import psutil
from fastapi import Request
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from lucid_orchestration.errors import (
    BadRequestError,
    TooLargeError,
    UnsupportedError,
)
from lucid_orchestration.ingest.inbox_changes import READABLE_SUFFIXES
from lucid_orchestration.ingest.vyapar.container import BACKUP_SUFFIXES
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import file_name, is_reserved

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MB = 1024 * 1024
MOST_FILES = 200
_MOST_HEADER_BYTES = 8192
_LIMITS: Mapping[str, int] = {
    ".pdf": 20 * _MB,
    **dict.fromkeys((".xlsx", ".xls", ".ods"), 100 * _MB),
    **dict.fromkeys(BACKUP_SUFFIXES, 500 * _MB),
    **dict.fromkeys((".csv", ".tsv", ".txt"), 10 * 1024 * _MB),
}


# A folder of files that come, and the draft of one that is on its way into the inbox; both name
# the process that makes them.
_COMING = re.compile(r"upload-(?:(\d+)-)?\w+|\..+\.(\d+)\.tmp")


@dataclass(frozen=True)
class Upload:
    """A file that came, under a name that is safe anywhere, in a folder that is soon gone."""

    name: str
    path: Path


def limit_of(name: str) -> int:
    """How many bytes a file of that name may have.

    Raises:
        UnsupportedError: for a kind of file that Lucid does not read.
    """
    suffix = Path(name).suffix.casefold()
    if suffix not in READABLE_SUFFIXES or suffix not in _LIMITS:
        known = ", ".join(kind[1:].upper() for kind in READABLE_SUFFIXES)
        raise UnsupportedError(
            f"{name} is not a kind of file Lucid reads. It reads {known}.", "files"
        )
    return _LIMITS[suffix]


def safe_name(name: str) -> str:
    """A file's name without any folder, and without what acts on a terminal or a file system.

    Raises:
        BadRequestError: when nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(
        "_" if letter in '<>:"|?*' else letter
        for letter in last
        if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    kept = " ".join(kept.split()).strip(" .")
    while kept.startswith((".", "~$")):
        kept = kept.lstrip(".~$ ")
    if not kept or is_reserved(kept) or not Path(kept).stem:
        raise BadRequestError("A file has a name that cannot be kept. Rename it.", "files")
    return file_name(Path(kept).stem, Path(kept).suffix)


@asynccontextmanager
async def uploaded(request: Request, paths: Settings) -> AsyncIterator[list[Upload]]:
    """The files of a multipart request; they are gone when the block is left.

    Raises:
        BadRequestError: when it is no such request, holds no file, or two of one name.
        UnsupportedError: for a kind of file that Lucid does not read.
        TooLargeError: as soon as one is larger than its kind may be.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise BadRequestError("Send the files as multipart/form-data.", "files")
    paths.state.mkdir(parents=True, exist_ok=True)
    # on the disk of the data folder: moving them into the inbox is then one step
    folder = Path(tempfile.mkdtemp(prefix=f"upload-{os.getpid()}-", dir=paths.state))
    receiver = _Receiver(folder)
    try:
        try:
            parser = MultipartParser(boundary, receiver.callbacks())
            async for chunk in request.stream():
                parser.write(chunk)
                if receiver.error is not None:
                    raise receiver.error
            parser.finalize()
        except MultipartParseError as error:
            raise BadRequestError("The upload is cut off or no multipart/form-data.") from error
        receiver.close()
        if receiver.error is not None:
            raise receiver.error
        if not receiver.is_complete:
            raise BadRequestError("The upload ended before its end. Send it again.", "files")
        if not receiver.uploads:
            raise BadRequestError("There is no file in it. Choose one or more.", "files")
        yield receiver.uploads
    finally:
        receiver.close()
        shutil.rmtree(folder, ignore_errors=True)


def remove_cut_off(paths: Settings) -> bool:
    """Remove what uploads left behind that ended with their desk; whether there was any.

    Some of their files may have reached the inbox, each of them whole.
    """
    found = False
    for path in (*paths.state.glob("upload-*"), *paths.inbox.glob("*/.*.tmp")):
        named = _COMING.fullmatch(path.name)
        if named is None or _is_coming(path, int(named[1] or named[2] or 0)):
            continue
        found = True
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return found


def _is_coming(path: Path, maker: int) -> bool:
    """Whether the process that made it is there; another one may have its number by now."""
    if maker in (0, os.getpid()):
        return False  # a desk that starts has made nothing yet
    try:
        return psutil.Process(maker).create_time() <= path.stat().st_mtime + 1
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except psutil.AccessDenied:
        return True


class _Receiver:
    """Writes the files of a multipart body down as they come."""

    def __init__(self, folder: Path) -> None:
        self.uploads: list[Upload] = []
        self.error: Exception | None = None
        self.is_complete = False
        self._folder = folder
        self._file: BinaryIO | None = None
        self._written = 0
        self._most = 0
        self._name = b""
        self._value = b""
        self._disposition = b""

    def callbacks(self) -> "MultipartCallbacks":
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self.close,
            "on_end": self._end,
        }

    def close(self) -> None:
        """Close the file that is being written."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _begin(self) -> None:
        self.close()
        self._name = self._value = self._disposition = b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name = (self._name + data[start:end])[:_MOST_HEADER_BYTES]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value = (self._value + data[start:end])[:_MOST_HEADER_BYTES]

    def _header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        if self.error is not None:
            return
        _, options = parse_options_header(self._disposition)
        given = options.get(b"filename")
        if given is None:
            return  # a plain field: nothing here asks for one
        try:
            self._open(given.decode("utf-8", errors="replace"))
        except (BadRequestError, UnsupportedError, TooLargeError) as error:
            self.error = error

    def _open(self, given: str) -> None:
        name = safe_name(given)
        self._most = limit_of(name)
        if any(upload.name.casefold() == name.casefold() for upload in self.uploads):
            raise BadRequestError(f"More than one of the files is called {name}.", "files")
        if len(self.uploads) == MOST_FILES:
            raise TooLargeError(f"That is more than {MOST_FILES} files at once.", "files")
        path = self._folder / name
        self.uploads.append(Upload(name, path))
        self._file = path.open("xb")
        self._written = 0

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None or self.error is not None:
            return
        self._written += end - start
        if self._written > self._most:
            self.error = TooLargeError(
                f"{self.uploads[-1].name} is larger than {self._most // _MB} MB, the most for its "
                "kind.",
                "files",
            )
            self.close()
            return
        self._file.write(data[start:end])

    def _end(self) -> None:
        self.is_complete = True
