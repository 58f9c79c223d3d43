"""What the child process is asked, and what it says to its parent: one line of JSON each."""

from importlib.util import find_spec

from pydantic import TypeAdapter

from lucid_orchestration.ingest.layout.bill_layouts import BillLayout
from lucid_orchestration.ingest.pdf.bills import Documents, Puzzle

# Fifty full pages of lines are 3 MB.
MAX_ANSWER_BYTES = 16_000_000

# Why a scan is refused that nothing here reads.
NO_TEXT = "no_text_layer"

LAYOUTS: TypeAdapter[tuple[BillLayout, ...]] = TypeAdapter(tuple[BillLayout, ...])
DOCUMENTS: TypeAdapter[Documents] = TypeAdapter(Documents)
PUZZLES: TypeAdapter[list[Puzzle]] = TypeAdapter(list[Puzzle])


def are_scans_read() -> bool:
    """Whether the extra `ocr` is installed."""
    return find_spec("rapidocr_onnxruntime") is not None
