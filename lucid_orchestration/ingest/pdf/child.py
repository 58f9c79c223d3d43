"""Reads PDFs in a process of its own; a PDF of 2 KB can take all memory and all day."""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.pdf.candidates import find_puzzles
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import read_pages
from lucid_orchestration.ingest.pdf.wire import DOCUMENTS, LAYOUTS, PUZZLES


def read(path: str, layouts: str, what: str) -> Iterator[str]:
    """The documents of a file, or the puzzles in it, as one line of JSON.

    `layouts` are those the owner told of, as JSON; `what` is `documents` or `puzzles`.

    Raises:
        RefusedError: when it cannot be read.
    """
    told = LAYOUTS.validate_json(layouts)
    pages = read_pages(Path(path))
    if what == "puzzles":
        yield PUZZLES.dump_json(find_puzzles(pages, told)).decode()
    else:
        yield DOCUMENTS.dump_json(read_documents(pages, told)).decode()


if __name__ == "__main__":
    serve(read)
