"""What can go wrong in a way the person at the keyboard can act on."""

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Failure:
    """One way to fail: the exit code of the command line, and what the local service answers."""

    exit_code: int
    status: int
    title: str


# The one table of them: command line and service look here.
FAILURES: Mapping[str, Failure] = {
    "bad_request": Failure(2, 400, "The question itself is wrong"),
    "not_found": Failure(3, 404, "There is no such thing"),
    "unprocessable": Failure(4, 422, "This cannot be used as it is"),
    "unsupported": Failure(4, 415, "This kind of file cannot be read"),
    "too_large": Failure(4, 413, "This is too large"),
    "conflict": Failure(2, 409, "Something else stands in the way"),
    "processing_failed": Failure(5, 500, "A step broke"),
    "provider_unavailable": Failure(6, 503, "The AI provider wrote nothing usable"),
    "unavailable": Failure(7, 503, "Not available just now"),
}


class LucidError(Exception):
    """A sentence for the person who asked; `field` names the part of the question it is about."""

    kind: ClassVar[str] = "processing_failed"

    def __init__(self, message: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @property
    def failure(self) -> Failure:
        """How this kind of error is answered."""
        return FAILURES[self.kind]

    @property
    def exit_code(self) -> int:
        """The exit code of the command line."""
        return self.failure.exit_code


class BadRequestError(LucidError):
    """The question itself is wrong: an unknown table, option or value."""

    kind = "bad_request"


class NotFoundError(LucidError):
    """The question is right, but there is no such dataset, insight or answer."""

    kind = "not_found"


class UnprocessableError(LucidError):
    """Something was given that cannot be used as it is."""

    kind = "unprocessable"


class UnsupportedError(UnprocessableError):
    """A file of a kind that Lucid does not read."""

    kind = "unsupported"


class TooLargeError(UnprocessableError):
    """Something was given that is larger than Lucid takes."""

    kind = "too_large"


class ConflictError(BadRequestError):
    """What is asked for would undo something else, or something else is in the way."""

    kind = "conflict"


class ProcessingFailedError(LucidError):
    """A step of a run broke; nothing of it is shown as finished."""

    kind = "processing_failed"


class ProviderUnavailableError(LucidError):
    """An AI provider was asked for by name and wrote nothing usable; templates stand in."""

    kind = "provider_unavailable"


class UnavailableError(LucidError):
    """Something that is needed does not answer now; later it will."""

    kind = "unavailable"


# What Windows says of a file that another program has open: no access, shared, locked in part.
_HELD = frozenset({5, 32, 33})


def is_held(error: OSError) -> bool:
    """Whether another program may have the file open: Windows refuses access to it then."""
    return getattr(error, "winerror", None) in _HELD


def sentence(error: OSError) -> str:
    """What the system refused, and what to do about it."""
    # of a move, the second name is the one that is not to be had
    name = error.filename2 or error.filename
    place = f" ({name})" if name else ""
    if is_held(error):
        return (
            f"Another program, such as Excel, holds a file{place}, or it may not be written. Close "
            "it there and run again; until then it stays as it was."
        )
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
