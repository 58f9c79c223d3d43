"""Putting files into the inbox and taking datasets out of it."""

import filecmp
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from glob import escape
from pathlib import Path

from lucid_orchestration.errors import (
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnsupportedError,
)
from lucid_orchestration.ingest.inbox import (
    SETTINGS_FILES,
    dataset_folder,
    dataset_slug,
    dataset_sources,
)
from lucid_orchestration.ingest.vyapar.container import BACKUP_SUFFIXES
from lucid_orchestration.storage import file_name, is_reserved, replace_file

READABLE_SUFFIXES = (
    *(".csv", ".tsv", ".txt"),
    *(".xlsx", ".xls", ".ods"),
    *BACKUP_SUFFIXES,
    ".pdf",
)


@dataclass(frozen=True)
class AddedFile:
    """One file now in the inbox; `was_new` is false when the same content lay there already."""

    path: Path
    was_new: bool


def add_files(
    inbox: Path, dataset: str, files: Sequence[Path], replace: bool = False
) -> tuple[AddedFile, ...]:
    """Copy files into a dataset's folder; all of them or none.

    With `replace` a file takes the place of one of the same name with different content.

    Raises:
        BadRequestError: for a name that makes no dataset, a folder, or two files of one name.
        ConflictError: for a file that would replace another with different content.
        NotFoundError: for a file that is not there.
        UnsupportedError: for a kind of file Lucid cannot read.
    """
    folder = new_dataset_folder(inbox, dataset)
    for file in files:
        _check(file, folder / file.name, replace)
    names = [file.name.casefold() for file in files]
    twice = sorted({file.name for file in files if names.count(file.name.casefold()) > 1})
    if twice:
        raise BadRequestError(f"More than one of the files is called {twice[0]}. Rename one.")
    return tuple(_add(file, folder / file.name) for file in files)


def new_dataset_folder(inbox: Path, dataset: str) -> Path:
    """The folder of a dataset, or where it would be.

    Raises:
        BadRequestError: for a name that makes no dataset.
    """
    if not dataset_slug(dataset):
        raise BadRequestError(f"{dataset!r} is no name for a shop: it has no letter and no digit.")
    if is_reserved(dataset_slug(dataset)):
        raise BadRequestError(
            f"{dataset!r} is no name for a shop: Windows keeps it for itself. Add a word to it."
        )
    return dataset_folder(inbox, dataset_slug(dataset))


def remove_dataset(inbox: Path, trash: Path, dataset: str) -> tuple[Path, ...]:
    """Move a dataset's files to the trash folder and return where they are now.

    Raises:
        NotFoundError: when the inbox holds no file of that dataset.
    """
    wanted = dataset_slug(dataset)
    sources = dataset_sources(inbox, wanted)
    if not sources:
        raise NotFoundError(f"There are no files of {dataset!r} in {inbox}.")
    bin_folder = _new_bin(trash, wanted)
    return tuple(Path(shutil.move(source, bin_folder / source.name)) for source in sources)


def remove_file(inbox: Path, trash: Path, dataset: str, name: str) -> Path:
    """Move one file of a dataset to the trash folder and return where it is now.

    `name` is its path below the dataset's folder, with slashes.

    Raises:
        NotFoundError: when the dataset has no such file; the sentence names the nearest.
    """
    wanted = dataset_slug(dataset)
    known = {
        path.relative_to(source if source.is_dir() else inbox).as_posix(): path
        for source in dataset_sources(inbox, wanted)
        for path in (sorted(source.rglob("*")) if source.is_dir() else [source])
        if path.is_file() or path.is_symlink()
    }
    if name not in known:
        near = get_close_matches(name, known)
        raise NotFoundError(
            f"{dataset} has no file {name!r}."
            + (f" The nearest: {', '.join(near)}." if near else "")
        )
    place = _new_bin(trash, wanted) / known[name].relative_to(inbox)
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(known[name], place))


def restore_dataset(inbox: Path, trash: Path, dataset: str) -> tuple[Path, ...]:
    """Bring back what was removed of a dataset last, all of it or nothing.

    Raises:
        NotFoundError: when the trash holds nothing of it.
        ConflictError: when a file of the same name and different content lies there now.
    """
    wanted = dataset_slug(dataset)
    bins = sorted(trash.glob(f"*-{escape(file_name(wanted, ''))}"), reverse=True)
    bins = [folder for folder in bins if folder.name.partition("-")[2] == file_name(wanted, "")]
    if not bins:
        raise NotFoundError(f"There is nothing of {dataset!r} in the trash.")
    kept = [path for path in sorted(bins[0].rglob("*")) if not path.is_dir()]
    targets = [inbox / path.relative_to(bins[0]) for path in kept]
    for path, target in zip(kept, targets, strict=True):
        if target.exists() and not filecmp.cmp(path, target, shallow=False):
            raise ConflictError(
                f"{dataset} has another file called {target.name} by now. Remove that one first."
            )
    for path, target in zip(kept, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    shutil.rmtree(bins[0])
    return tuple(targets)


def _new_bin(trash: Path, dataset_id: str) -> Path:
    folder = trash / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{file_name(dataset_id, '')}"
    folder.mkdir(parents=True)
    return folder


def copy_file(source: Path, target: Path) -> None:
    """Copy a file so that whoever watches the folder never sees half of it."""
    replace_file(target, lambda draft: _copy(source, draft))


def _copy(source: Path, draft: Path) -> None:
    shutil.copyfile(source, draft)


def _check(file: Path, target: Path, replace: bool) -> None:
    if not file.exists():
        raise NotFoundError(f"There is no file {file}.")
    if not file.is_file():
        raise BadRequestError(f"{file} is a folder. Name the files in it.")
    if file.suffix.casefold() not in READABLE_SUFFIXES and file.name not in SETTINGS_FILES:
        raise UnsupportedError(
            f"{file.name} is not a kind of file Lucid reads. "
            f"It reads {', '.join(suffix[1:].upper() for suffix in READABLE_SUFFIXES)}."
        )
    if target.exists() and not replace and not filecmp.cmp(file, target, shallow=False):
        raise ConflictError(
            f"{target.parent.name} already has a different file called {target.name}. "
            "Rename the new one, or remove the old one first."
        )


def _add(file: Path, target: Path) -> AddedFile:
    if target.exists() and filecmp.cmp(file, target, shallow=False):
        return AddedFile(target, was_new=False)
    copy_file(file, target)
    return AddedFile(target, was_new=True)
