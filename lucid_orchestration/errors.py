"""What can go wrong in a way the person at the keyboard can act on."""

import errno
from typing import ClassVar


class LucidError(Exception):
    """A sentence for the person who asked, and the exit code of the command line."""

    kind: ClassVar[str] = "processing_failed"
    exit_code: ClassVar[int] = 5


class BadRequestError(LucidError):
    """The question itself is wrong: an unknown table, option or value."""

    kind = "bad_request"
    exit_code = 2


class NotFoundError(LucidError):
    """The question is right, but there is no such dataset, insight or answer."""

    kind = "not_found"
    exit_code = 3


class UnprocessableError(LucidError):
    """A file was given that cannot be used as it is."""

    kind = "unprocessable"
    exit_code = 4


class ProcessingFailedError(LucidError):
    """A step of a run broke; nothing of it is shown as finished."""

    kind = "processing_failed"
    exit_code = 5


class ProviderUnavailableError(LucidError):
    """An AI provider was asked for by name and wrote nothing usable; templates stand in."""

    kind = "provider_unavailable"
    exit_code = 6


def sentence(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    place = f" ({error.filename})" if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return (
                f"There is no space left on the disk{place}. Nothing is lost: make room and run "
                "again."
            )
        case errno.EISDIR | errno.ENOTDIR | errno.ENOTEMPTY | errno.EEXIST:
            return (
                f"There is a folder where a file should be, or a file where a folder should be"
                f"{place}. Move it away and run again."
            )
        case errno.ENAMETOOLONG:
            return f"A name is longer than this disk can keep{place}. Shorten it and run again."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"A file may not be written or read{place}. Give yourself access and run again."
    return f"The system could not do it: {error.strerror or error}{place}. Run again."


def first_line(error: BaseException) -> str:
    """What went wrong in one line; the kind of error when it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)
