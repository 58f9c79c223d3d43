"""How much memory a build takes: most of what is free, so that other programs keep theirs.

DuckDB alone would take four fifths of the machine before it put anything aside on the disk,
whatever else runs there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

# Ten million lines are built with so much, a seventh slower than with as much as they like.
_LEAST_BYTES = 1_500_000_000
_SHARE_OF_FREE = 0.75


class _Limit:
    """Of this process: it builds one thing at a time, in threads that dbt makes."""

    is_lifted = False


def limit_memory(connection: Any) -> None:
    """Let an open DuckDB use what is free on the machine, and never more than it would."""
    if _Limit.is_lifted:
        return
    ((usual,),) = connection.execute(
        "select parse_formatted_bytes(current_setting('memory_limit'))"
    ).fetchall()
    free = max(_LEAST_BYTES, int(psutil.virtual_memory().available * _SHARE_OF_FREE))
    if free < usual:
        connection.execute(f"set memory_limit = '{free}B'")


@contextmanager
def all_memory() -> Iterator[None]:
    """For what needs more than is free: as much as DuckDB would take by itself."""
    _Limit.is_lifted = True
    try:
        yield
    finally:
        _Limit.is_lifted = False


def is_too_limited(message: str) -> bool:
    """Whether what DuckDB says means that it needs more memory than it was let use."""
    return "Out of Memory Error" in message and not _Limit.is_lifted
