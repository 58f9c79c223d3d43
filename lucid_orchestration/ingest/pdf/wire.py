"""What the child process says to its parent: one line of JSON."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from lucid_orchestration.ingest.pdf.bills import Documents

# Fifty full pages of lines are 3 MB.
MAX_ANSWER_BYTES = 16_000_000


@dataclass(frozen=True)
class Answer:
    """The documents of a file, or a refusal with reason and message."""

    documents: Documents | None = None
    reason: str = ""
    message: str = ""


ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
