"""What goes wrong, as RFC 9457 problem documents; `errors.FAILURES` says which status it has."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.errors import (
    FAILURES,
    LucidError,
    ProcessingFailedError,
    UnavailableError,
    sentence,
)

_RETRY_SECONDS = 5
_OPTION = re.compile(r"--([a-z][a-z-]*)")
_PATH = re.compile(r"(?:[A-Za-z]:\\|/)(?:[^\s'\"()]+[/\\])+")
_REMEDIES = {
    400: "Change what is asked for as the detail says.",
    401: "Sign in with the password that was set when the desk was started.",
    403: "Open the desk's own page and do it there.",
    404: "Ask for one of the names that are there.",
    405: "Use a method that the address knows.",
    409: "Let what is under way finish, or settle what is in the way, and try again.",
    413: "Send less at once, or a smaller file.",
    415: "Save it as CSV, XLSX or another kind that Lucid reads.",
    421: "Open the desk by the address it printed when it started.",
    422: "Change what was given as the detail says.",
    500: "Run again; if it happens again, the job says what to report.",
    503: "Wait a moment and try again.",
}


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    type: str = Field(description="A name of this kind of problem that does not change.")
    title: str
    status: int
    detail: str
    remedy: str
    field: str | None = Field(default=None, description="The part of the question it is about.")
    job: str | None = Field(default=None, description="The run that broke, where one did.")


class ProblemDocument(Json):
    """A problem as an answer."""

    media_type = "application/problem+json"


class SignInError(LucidError):
    """Nobody has signed in, where the desk asks for a password."""


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    field: str | None = None,
    job: str | None = None,
) -> ProblemDocument:
    """A problem document; where waiting helps, it says how long."""
    content = Problem(
        type=f"urn:lucid:problem:{kind.replace('_', '-')}",
        title=title,
        status=status,
        detail=outward(detail),
        remedy=_REMEDIES[status if status in _REMEDIES else 400],
        field=field,
        job=job,
    )
    headers = (
        {"Retry-After": str(_RETRY_SECONDS)} if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    )
    return ProblemDocument(content.model_dump(exclude_none=True), status, headers)


def of_error(error: LucidError, job: str | None = None) -> ProblemDocument:
    """An error of ours as a problem document."""
    failure = error.failure
    return problem(failure.status, error.kind, failure.title, str(error), error.field, job)


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems an operation may answer with, for the description of the service."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    titles = {failure.status: failure.title for failure in FAILURES.values()}
    return {
        status: {
            "description": titles.get(status) or HTTPStatus(status).phrase,
            "content": content,
        }
        for status in statuses
    }


def described(status: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """A problem that any operation may answer with, unless it says so of itself already."""
    return {} if status in known else {status: answers(int(status))[int(status)]}


def register(app: FastAPI) -> None:
    """Let every error of an app leave it as a problem document."""

    def ours(_: Request, error: Exception) -> ProblemDocument:
        assert isinstance(error, LucidError)  # noqa: S101  registered for it
        return of_error(error)

    def malformed(_: Request, error: Exception) -> ProblemDocument:
        assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
        first: Mapping[str, Any] = error.errors()[0]
        place = [str(part) for part in first["loc"] if part not in ("query", "path", "body")]
        field = ".".join(place) or None
        said = f"{field}: {first['msg']}" if field else str(first["msg"])
        return problem(400, "bad_request", FAILURES["bad_request"].title, f"{said}.", field)

    def plain(_: Request, error: Exception) -> ProblemDocument:
        assert isinstance(error, HTTPException)  # noqa: S101  registered for it
        title = HTTPStatus(error.status_code).phrase
        kind = title.lower().replace(" ", "_")
        answer = problem(error.status_code, kind, title, f"{error.detail}.")
        answer.headers.update(error.headers or {})
        return answer

    def system(_: Request, error: Exception) -> ProblemDocument:
        assert isinstance(error, OSError)  # noqa: S101  registered for it
        return of_error(UnavailableError(sentence(error)))

    def unforeseen(_: Request, error: Exception) -> ProblemDocument:
        # never its text: that may hold a path, or part of a file
        return of_error(ProcessingFailedError(f"Lucid made a mistake ({type(error).__name__})."))

    app.add_exception_handler(LucidError, ours)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(OSError, system)
    app.add_exception_handler(Exception, unforeseen)


def outward(detail: str) -> str:
    """A sentence without options of the command line and without folders of this machine."""
    named = _OPTION.sub(lambda found: found[1].replace("-", "_"), detail)
    return _PATH.sub("", named)
