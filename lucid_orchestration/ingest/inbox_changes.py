"""Putting files into the inbox and taking datasets out of it."""

import filecmp
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lucid_orchestration.errors import BadRequestError, NotFoundError, UnprocessableError
from lucid_orchestration.ingest.inbox import (
    SETTINGS_FILES,
    dataset_folder,
    dataset_slug,
    dataset_sources,
)
from lucid_orchestration.ingest.vyapar.container import BACKUP_SUFFIXES
from lucid_orchestration.storage import file_name, replace_file

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


def add_files(inbox: Path, dataset: str, files: Sequence[Path]) -> tuple[AddedFile, ...]:
    """Copy files into a dataset's folder; all of them or none.

    Raises:
        BadRequestError: for a name that makes no dataset, a folder, two files of one name, or a
            file that would replace another with different content.
        NotFoundError: for a file that is not there.
        UnprocessableError: for a kind of file Lucid cannot read.
    """
    if not dataset_slug(dataset):
        raise BadRequestError(f"{dataset!r} is no name for a shop: it has no letter and no digit.")
    folder = dataset_folder(inbox, dataset_slug(dataset))
    for file in files:
        _check(file, folder / file.name)
    names = [file.name.casefold() for file in files]
    twice = sorted({file.name for file in files if names.count(file.name.casefold()) > 1})
    if twice:
        raise BadRequestError(f"More than one of the files is called {twice[0]}. Rename one.")
    return tuple(_add(file, folder / file.name) for file in files)


def remove_dataset(inbox: Path, trash: Path, dataset: str) -> tuple[Path, ...]:
    """Move a dataset's files to the trash folder and return where they are now.

    Raises:
        NotFoundError: when the inbox holds no file of that dataset.
    """
    wanted = dataset_slug(dataset)
    sources = dataset_sources(inbox, wanted)
    if not sources:
        raise NotFoundError(f"There are no files of {dataset!r} in {inbox}.")
    bin_folder = trash / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{file_name(wanted, '')}"
    bin_folder.mkdir(parents=True)
    return tuple(Path(shutil.move(source, bin_folder / source.name)) for source in sources)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file so that whoever watches the folder never sees half of it."""
    replace_file(target, lambda draft: _copy(source, draft))


def _copy(source: Path, draft: Path) -> None:
    shutil.copyfile(source, draft)


def _check(file: Path, target: Path) -> None:
    if not file.exists():
        raise NotFoundError(f"There is no file {file}.")
    if not file.is_file():
        raise BadRequestError(f"{file} is a folder. Name the files in it.")
    if file.suffix.casefold() not in READABLE_SUFFIXES and file.name not in SETTINGS_FILES:
        raise UnprocessableError(
            f"{file.name} is not a kind of file Lucid reads. "
            f"It reads {', '.join(suffix[1:].upper() for suffix in READABLE_SUFFIXES)}."
        )
    if target.exists() and not filecmp.cmp(file, target, shallow=False):
        raise BadRequestError(
            f"{target.parent.name} already has a different file called {target.name}. "
            "Rename the new one, or remove the old one first."
        )


def _add(file: Path, target: Path) -> AddedFile:
    if target.exists():
        return AddedFile(target, was_new=False)
    copy_file(file, target)
    return AddedFile(target, was_new=True)
