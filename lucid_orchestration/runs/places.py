"""Folders elsewhere: on a disk, a share, or at any address that fsspec knows (s3://bucket/shop)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from lucid_orchestration.errors import BadRequestError, UnavailableError, first_line
from lucid_orchestration.storage import replace_file
from lucid_orchestration.version import DISTRIBUTION


class Place:
    """A folder elsewhere, whose files are read and written by their paths below it."""

    def __init__(self, address: str) -> None:
        """Open no connection yet.

        Raises:
            BadRequestError: for an address that nothing here understands.
        """
        import fsspec

        self.address = address.rstrip("/") if len(address) > 1 else address
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except ImportError as error:
            raise BadRequestError(
                f"{address}: what speaks to such a place is not installed. For s3:// run: pip "
                f"install '{DISTRIBUTION}[cloud]' ({first_line(error)})"
            ) from error
        except ValueError as error:
            raise BadRequestError(f"{address} is no address Lucid knows ({error}).") from error
        self._root = str(self._root).rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether the place is a folder of this machine's file systems."""
        return "file" in self._protocols

    @property
    def _protocols(self) -> tuple[str, ...]:
        known = self._files.protocol
        return (known,) if isinstance(known, str) else tuple(known)

    def names(self, below: str = "") -> list[str]:
        """The paths of all files, below a folder of the place."""
        with self._told():
            self._files.invalidate_cache()
            root = f"{self._root}/{below}" if below else self._root
            found = self._files.find(root) if self._files.exists(root) else []
        return sorted(
            str(
                PurePosixPath(Path(name).as_posix() if self.is_local else name).relative_to(
                    PurePosixPath(self._root)
                )
            )
            for name in found
        )

    def has(self, name: str) -> bool:
        """Whether there is a file of that path."""
        with self._told():
            self._files.invalidate_cache()
            return bool(self._files.isfile(f"{self._root}/{name}"))

    def put(self, source: Path, name: str) -> None:
        """Bring a file there; whoever reads the place sees the old one or the new one."""
        with self._told():
            if self.is_local:
                target = Path(self._root, name)
                replace_file(target, lambda draft: _copy(source, draft))
            else:
                self._files.put_file(str(source), f"{self._root}/{name}")

    def get(self, name: str, target: Path) -> None:
        """Bring a file here."""
        with self._told():
            replace_file(
                target, lambda draft: self._files.get_file(f"{self._root}/{name}", str(draft))
            )

    def write(self, name: str, content: bytes) -> None:
        """Write a small file there."""
        with self._told():
            if self.is_local:
                replace_file(Path(self._root, name), lambda draft: _write(draft, content))
            else:
                self._files.pipe_file(f"{self._root}/{name}", content)

    def read(self, name: str) -> bytes:
        """The content of a small file there."""
        with self._told():
            content: bytes = self._files.cat_file(f"{self._root}/{name}")
        return content

    def remove(self, name: str) -> None:
        """Delete a file there."""
        with self._told():
            self._files.rm_file(f"{self._root}/{name}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say of whatever goes wrong where it went wrong; each kind of place has its own errors."""
        try:
            yield
        except OSError:
            if self.is_local:
                raise
            raise UnavailableError(self._failed()) from None
        except Exception as error:
            raise UnavailableError(f"{self._failed()} ({first_line(error)})") from error

    def _failed(self) -> str:
        return f"{self.address} does not answer as it should. Check address, access and network."


def parted(address: str) -> tuple[Place, str]:
    """The folder of a file at an address, and the file's name."""
    folder, _, name = address.replace("\\", "/").rpartition("/")
    return Place(folder or "."), name


def _copy(source: Path, draft: Path) -> None:
    shutil.copyfile(source, draft)


def _write(draft: Path, content: bytes) -> Any:
    return draft.write_bytes(content)
