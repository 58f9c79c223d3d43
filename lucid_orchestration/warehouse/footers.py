"""The id of a build in the footer of a Parquet file, put there without writing the file again.

Tables are written with an id of zeros. What a file holds apart from the id is its content: the id
of a build comes from the contents of all its tables, so it can only be put in behind them.
"""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.storage import BUILD_KEY, replace_file

ID_LENGTH = 32
# The one column of all tables that tells the time of day.
CLOCK_COLUMN = "ingested_at"
NO_ID = "0" * ID_LENGTH
# As Thrift's compact protocol writes a text behind the key: its field, its length.
_BEFORE_ID = BUILD_KEY.encode() + bytes([0x18, ID_LENGTH])
_END = b"PAR1"


def unstamped(path: Path) -> bytes:
    """The whole of a table's file, with an id of zeros: equal tables give equal bytes.

    A file that another program wrote gets the place for an id first.

    Raises:
        ValueError: when it is no Parquet file.
        OSError: when it cannot be read.
    """
    content = path.read_bytes()
    if _place(content) is None:
        _make_place(path)
        content = path.read_bytes()
    return stamped(content, NO_ID)


def answer_digest(content: bytes) -> str:
    """SHA-256 of what an unstamped table answers: when a file was read is no answer."""
    schema = pq.read_schema(pa.BufferReader(content))
    if CLOCK_COLUMN not in schema.names:
        return content_digest(content)
    table = pq.read_table(pa.BufferReader(content)).drop_columns([CLOCK_COLUMN])
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return content_digest(sink.getvalue().to_pybytes())


def content_digest(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def stamped(content: bytes, build: str) -> bytes:
    """A table's file with the id of a build in it.

    Raises:
        ValueError: when the file has no place for one.
    """
    place = _place(content)
    if place is None:
        raise ValueError("The file has no place for the id of a build.")
    return content[:place] + build.encode("ascii") + content[place + ID_LENGTH :]


def build_of(path: Path) -> str:
    """The id a table's file carries; "" when it has none or cannot be read."""
    try:
        metadata = pq.read_metadata(path).metadata or {}
    except (OSError, ValueError):
        return ""
    found = metadata.get(BUILD_KEY.encode(), b"").decode(errors="replace")
    return "" if found == NO_ID else found


def _place(content: bytes) -> int | None:
    """Where the id stands; None without one.

    The footer also holds the least and the greatest value of columns, which are anybody's text;
    what a file says of itself stands behind all of them.
    """
    if content[-4:] != _END:
        return None
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    place = content.rfind(_BEFORE_ID, max(footer, 0))
    return None if place < 0 else place + len(_BEFORE_ID)


def _make_place(path: Path) -> None:
    table = pq.read_table(path)

    def write(draft: Path) -> None:
        with pq.ParquetWriter(draft, table.schema, compression="zstd") as writer:
            writer.write_table(table)
            writer.add_key_value_metadata({BUILD_KEY: NO_ID})

    replace_file(path, write)
