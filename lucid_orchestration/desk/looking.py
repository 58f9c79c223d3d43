"""What a file is read as, and what the shop's mapping.yml says of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lucid_orchestration.desk.context import Desk
from lucid_orchestration.errors import NotFoundError, UnprocessableError
from lucid_orchestration.ingest.inbox import (
    MAPPING_FILE,
    InboxFile,
    dataset_folder,
    dataset_slug,
    list_inbox,
)
from lucid_orchestration.ingest.inspection import Inspection, inspect
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.mapping import FileMapping, OwnerMapping, read_mapping
from lucid_orchestration.ingest.layout.mapping_text import (
    snippet,
    stated_text,
    usable,
    with_bill_layout,
    with_file,
)
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.pdf.invoices import bill_puzzles
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.ingest.reading import is_pdf

ROWS_SHOWN = 10


class TopRow(BaseModel):
    """A row as it stands in a file; `number` counts as a spreadsheet does."""

    model_config = ConfigDict(extra="forbid")

    number: int
    cells: list[str]


class Look(BaseModel):
    """What a file is read as: each column with the field it is taken for, and the first rows."""

    model_config = ConfigDict(extra="forbid")

    name: str
    was_new: bool | None = Field(description="False where the same content lay there already.")
    kind: str | None
    profile: str | None
    header_row: int | None
    status: str
    reason: str | None
    columns: list[dict[str, Any]]
    issues: list[dict[str, Any]]
    rows: dict[str, list[dict[str, Any]]]
    top: list[TopRow] = Field(description="The first rows as they stand there.")
    puzzles: list[dict[str, Any]] = Field(
        description="Bills of a PDF that do not count, each with the ways to read it."
    )


def look(name: str, found: Inspection, top: Sequence[Row] = ()) -> dict[str, Any]:
    """What is answered of a file that was looked at."""
    return {
        "name": name,
        "was_new": None,
        "kind": found.file.kind,
        "profile": found.profile,
        "header_row": found.header_row,
        "status": found.file.status,
        "reason": found.file.message,
        "columns": list(found.columns),
        "issues": list(found.issues),
        "rows": {kind: list(rows) for kind, rows in found.rows.items()},
        "top": [{"number": row.number, "cells": list(row.cells)} for row in top],
        "puzzles": list(found.puzzles),
    }


def inbox_file(desk: Desk, shop: str, file_id: str) -> InboxFile:
    """A file of a shop by its id.

    Raises:
        NotFoundError: when the shop has no such file.
    """
    dataset_id = dataset_slug(shop)
    for file in list_inbox(desk.paths.inbox, desk.paths.state / "inbox_digests.json"):
        if file.dataset_id == dataset_id and file_id in (file.source_file_id, file.duplicate_id):
            return file
    raise NotFoundError(f"{shop} has no file {file_id!r}.")


def looked_at(desk: Desk, file: InboxFile, said: FileMapping | None) -> Inspection:
    """A file as it is read now, or as it would be if this were said of it.

    Raises:
        UnprocessableError: when it cannot be opened.
    """
    if file.refusal is not None:
        raise UnprocessableError(str(file.refusal))
    folder = dataset_folder(desk.paths.inbox, file.dataset_id)
    told = read_mapping(folder / MAPPING_FILE)
    if said is not None:
        text = with_file(mapping_of(folder), file.name, said)
        told = OwnerMapping(usable(text).mapping, "draft")
    try:
        return inspect(file.path, told, ROWS_SHOWN, file.dataset_id, desk.paths.raw)
    except OSError as error:
        raise UnprocessableError(f"{file.name} cannot be opened ({error.strerror}).") from error


def would_count(desk: Desk, file: InboxFile, said: BillLayout) -> str:
    """The text of the shop's mapping.yml with a layout of bills of a file told so.

    Raises:
        UnprocessableError: when the file still holds the same bills that do not count.
    """
    folder = dataset_folder(desk.paths.inbox, file.dataset_id)
    text = with_bill_layout(mapping_of(folder), said)
    told = read_mapping(folder / MAPPING_FILE).mapping
    if not is_pdf(file.path):
        raise UnprocessableError(f"{file.name} is no PDF.")
    before = bill_puzzles(file.path, told.bills)
    after = bill_puzzles(file.path, usable(text).mapping.bills)
    if len(after) >= len(before):
        why = f" {after[0].document.message}" if after else ""
        raise UnprocessableError(f"Read so, no bill of {file.name} adds up.{why}")
    return text


def said_of(desk: Desk, file: InboxFile) -> FileMapping:
    """What the shop's mapping.yml says of a file now."""
    folder = dataset_folder(desk.paths.inbox, file.dataset_id)
    told = read_mapping(folder / MAPPING_FILE).mapping.of_file(file.name)
    return FileMapping(**{name: getattr(told, name) for name in FileMapping.model_fields})


def fields() -> Mapping[str, list[str]]:
    """The fields of each kind of list."""
    return {kind: list(names) for kind, names in FIELDS.items()}


def to_paste(name: str, said: FileMapping) -> str:
    """What to write into mapping.yml to have a file read so."""
    return snippet(name, said)


def mapping_of(folder: Path) -> str:
    """The text of a shop's mapping.yml.

    Raises:
        UnprocessableError: when it cannot be read.
    """
    return stated_text(folder / MAPPING_FILE)
