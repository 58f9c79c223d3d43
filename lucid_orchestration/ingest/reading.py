"""From a file to its tables: its content says which container it is, and that has a reader."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lucid_orchestration.ingest.delimited.opening import open_delimited
from lucid_orchestration.ingest.layout.aliases import names_stock
from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.layout.mapping import NOTHING_SAID, Business, FileMapping
from lucid_orchestration.ingest.outcomes import Issue, RefusedError, Severity
from lucid_orchestration.ingest.pdf.invoices import PDFS, SCANS, read_invoices
from lucid_orchestration.ingest.tables import OpenedFile
from lucid_orchestration.ingest.vyapar import container
from lucid_orchestration.ingest.vyapar.read import BACKUPS, read_backup
from lucid_orchestration.ingest.vyapar.report import read_report
from lucid_orchestration.ingest.workbook.opening import open_workbook
from lucid_orchestration.ingest.workbook.read import WORKBOOKS, read_workbook

_FOREIGN_HEADS = {
    b"\x1f\x8b": ("unsupported_type", "The file is a gzip archive. Unpack it first."),
    b"\x7fELF": ("not_text", "The file is a program."),
    b"\x89PNG": ("unsupported_type", "The file is a picture. Export the list as CSV or Excel."),
    b"\xff\xd8\xff": ("unsupported_type", "The file is a photo. Export the list as CSV or Excel."),
    b"MZ\x90\x00": ("not_text", "The file is a program."),
}
# A PDF may begin with junk, such as the headers of an e-mail.
_HEAD_BYTES = 1024
_PDF_MAGIC = b"%PDF-"
UNKNOWN_BUSINESS = Business()
_WEB_PAGE = re.compile(rb"\s*(<!doctype html|<html|<table|<\?xml|<head)", re.IGNORECASE)


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF, which takes seconds and a child process to read.

    Raises:
        OSError: when it cannot be opened.
    """
    with path.open("rb") as file:
        return _PDF_MAGIC in file.read(_HEAD_BYTES)


def end_readers() -> None:
    """End the processes that read files and have none to read now."""
    for reader in (PDFS, SCANS, BACKUPS, WORKBOOKS):
        reader.release()


def open_file(
    path: Path,
    mapping: FileMapping = NOTHING_SAID,
    business: Business = UNKNOWN_BUSINESS,
    bills: Sequence[BillLayout] = (),
) -> OpenedFile:
    """Recognise a file's container and tables by content, not by name.

    `mapping` is what the owner says about the file; it goes before what would be found. `business`
    is whose books these are, `bills` are layouts of bills that the owner told how to read.

    Raises:
        RefusedError: when it holds no table Lucid can use.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise RefusedError("empty_file", "The file is empty. Export it again.")
    for magic, (reason, message) in _FOREIGN_HEADS.items():
        if head.startswith(magic):
            raise RefusedError(reason, message)
    if _PDF_MAGIC in head:
        return read_invoices(path, business, bills)
    if _WEB_PAGE.match(head):
        raise RefusedError(
            "unsupported_type",
            "The file is a web page, whatever its name says. Open it in Excel and save it as XLSX.",
        )
    if container.is_backup(path):
        return read_backup(path)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        book = read_workbook(path)
        # what the owner says of a file goes before what its program is known for
        report = read_report(book) if mapping.is_silent else None
        return report or open_workbook(book, mapping)
    try:
        return open_delimited(path, mapping)
    except RefusedError as error:
        if error.reason == "missing_column" and mapping.kind is None and names_stock(path.stem):
            with suppress(RefusedError):
                return _as_stock(path, mapping)
        raise container.called_backup(path) or error from None


def _as_stock(path: Path, mapping: FileMapping) -> OpenedFile:
    """A list that lacks what a sale needs, and whose name says that it is one of stock."""
    opened = open_delimited(path, mapping.model_copy(update={"kind": "inventory"}))
    issue = Issue(
        Severity.NOTE,
        "stock_by_name",
        "The file was taken for a stock list by its name. If it is something else, put this into "
        "mapping.yml: kind: sales, purchases or products.",
    )
    return replace(opened, issues=(*opened.issues, issue))
