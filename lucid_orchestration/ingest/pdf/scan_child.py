"""Reads scans in a process of its own: a reader of pictures takes far more memory than text."""

from collections.abc import Iterator
from pathlib import Path

from lucid_orchestration.ingest.limited.serve import serve
from lucid_orchestration.ingest.pdf.scans import read_scan
from lucid_orchestration.ingest.pdf.wire import DOCUMENTS, LAYOUTS


def read(path: str, layouts: str) -> Iterator[str]:
    """The documents of a scan, as one line of JSON; `layouts` as JSON are those the owner told of.

    Raises:
        RefusedError: when it cannot be read.
    """
    yield DOCUMENTS.dump_json(read_scan(Path(path), LAYOUTS.validate_json(layouts))).decode()


if __name__ == "__main__":
    serve(read)
