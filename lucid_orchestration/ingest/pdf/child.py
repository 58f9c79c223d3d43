"""Reads PDFs in a process of its own; a PDF of 2 KB can take all memory and all day."""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.pdf.documents import read_documents
from lucid_orchestration.ingest.pdf.pages import read_pages
from lucid_orchestration.ingest.pdf.wire import DOCUMENTS


def read(path: str) -> Iterator[str]:
    """The documents of a file, as one line of JSON.

    Raises:
        RefusedError: when it cannot be read.
    """
    yield DOCUMENTS.dump_json(read_documents(read_pages(Path(path)))).decode()


if __name__ == "__main__":
    serve(read)
