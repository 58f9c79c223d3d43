"""Why reading a file failed: for what stands in it, for our own mistake, or for neither."""

import csv

import duckdb

from lucid_orchestration.errors import first_line
from lucid_orchestration.ingest.outcomes import NotNowError, RefusedError, cannot_be_read_now

_MEMORY = (
    "There was no memory left to read the file. Close other programs: the next run tries again."
)


def refusal_of(error: Exception) -> RefusedError:
    """What the owner is told when reading a file failed, whatever the reason."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return NotNowError("not_read_now", _MEMORY)
    if isinstance(error, duckdb.IOException):
        return NotNowError(
            "not_read_now",
            f"The file could not be read just now ({first_line(error)}), which says nothing about "
            "the file itself. The next run tries again.",
        )
    not_now = cannot_be_read_now(error) if isinstance(error, OSError) else None
    if not_now is not None:
        return not_now
    if isinstance(error, OSError | UnicodeError | csv.Error):
        return RefusedError(
            "unreadable_file", f"The file cannot be read ({error}). Export it again."
        )
    # Our own mistake, found on somebody's file: it must not keep the other files out.
    return RefusedError(
        "reader_failed",
        f"Lucid failed on this file ({type(error).__name__}: {error}). The other files are read. "
        "Please report it; saving the file again as CSV may help.",
    )


class ChangedMeanwhileError(Exception):
    """A file was changed while it was read: what was read is neither the old one nor the new."""


def refusal_of_changed(is_last_try: bool) -> RefusedError:
    """What is said of a file that is not what its hash was taken of any more.

    Raises:
        ChangedMeanwhileError: unless it was the last try.
    """
    if not is_last_try:
        raise ChangedMeanwhileError
    return NotNowError(
        "still_being_written",
        "The file is still being written, so it was not read. The next run reads it.",
    )
