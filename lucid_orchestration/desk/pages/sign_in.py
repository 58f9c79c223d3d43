"""Signing in, where the desk asks for a password."""

import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from lucid_orchestration.desk.access import SESSION_COOKIE
from lucid_orchestration.desk.context import TheDesk
from lucid_orchestration.desk.problems import of_error
from lucid_orchestration.errors import UnavailableError

_MOST_GUESSES = 10
_SECONDS = 60.0


class Guesses:
    """How many wrong passwords came within a minute, from whomever."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: list[float] = []

    def are_too_many(self) -> bool:
        """Whether nobody may try just now."""
        with self._lock:
            start = self._clock() - _SECONDS
            self._wrong = [moment for moment in self._wrong if moment > start]
            return len(self._wrong) >= _MOST_GUESSES

    def note(self) -> None:
        """One more."""
        with self._lock:
            self._wrong.append(self._clock())


def sign_in_router(environment: Callable[[], Environment]) -> APIRouter:
    """The page that asks for the password."""
    routes = APIRouter(include_in_schema=False)
    guesses = Guesses()

    def shown(message: str, status: int) -> Response:
        template = environment().get_template("sign_in.html.j2")
        return HTMLResponse(template.render(message=message), status)

    @routes.get("/sign-in")
    def ask() -> Response:
        return shown("", 200)

    @routes.post("/sign-in")
    async def check(request: Request, desk: TheDesk) -> Response:
        if guesses.are_too_many():
            return of_error(UnavailableError("Too many wrong passwords. Wait a minute."))
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given = form.get("password", [""])[0]
        password = desk.access.password
        if password is not None and not await run_in_threadpool(password.is_proven_by, given):
            guesses.note()
            return shown("That is not the password.", 401)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            SESSION_COOKIE, desk.access.session, samesite="strict", httponly=True, path="/"
        )
        return answer

    return routes
