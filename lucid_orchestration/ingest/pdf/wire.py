"""What the child process says to its parent: one line of JSON."""

from pydantic import TypeAdapter

from lucid_orchestration.ingest.pdf.bills import Documents

# Fifty full pages of lines are 3 MB.
MAX_ANSWER_BYTES = 16_000_000

DOCUMENTS: TypeAdapter[Documents] = TypeAdapter(Documents)
