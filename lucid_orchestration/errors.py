"""What can go wrong in a way the person at the keyboard can act on."""

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


def first_line(error: BaseException) -> str:
    """What went wrong in one line; the kind of error when it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)
