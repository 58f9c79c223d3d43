"""The service as one application: operations, pages, safety, and the worker behind them."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from lucid_orchestration.desk import advice, answers, files, problems, rules, runs, shops
from lucid_orchestration.desk.access import Access
from lucid_orchestration.desk.context import Desk, TheDesk
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.events import Events
from lucid_orchestration.desk.handle import WorkerProcess
from lucid_orchestration.desk.jobs import Jobs
from lucid_orchestration.desk.pages import site
from lucid_orchestration.desk.safety import Safety
from lucid_orchestration.desk.snapshot import open_snapshot
from lucid_orchestration.desk.uploads import remove_cut_off
from lucid_orchestration.errors import LucidError
from lucid_orchestration.progress import silent
from lucid_orchestration.runs import history
from lucid_orchestration.runs.damage import has_run
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.settings import Settings

BASE = "/api/v1"
VERSION = "1.0.0"
_LOOK_SECONDS = 1.0


class TokenAnswer(BaseModel):
    """What a listed program's page writes with."""

    model_config = ConfigDict(extra="forbid")

    token: str


def open_desk(paths: Settings, access: Access, worker: WorkerProcess | None = None) -> Desk:
    """A desk over one data folder; its queue is not at work before the application starts."""
    events = Events()

    def broken(job_id: str, message: str) -> None:
        with suppress(LucidError, OSError), run_lock(paths, silent, timeout=5.0):
            history.note_interrupted(paths, job_id, message)

    jobs = Jobs(
        paths.state / "desk_jobs.json", worker or WorkerProcess(paths), events.publish, broken
    )
    return Desk(paths, access, jobs, events)


def application(desk: Desk, starts: Callable[[], None] | None = None) -> FastAPI:
    """The application of a desk; `starts` is called once it answers."""

    @asynccontextmanager
    async def at_work(_: FastAPI) -> AsyncIterator[None]:
        desk.paths.state.mkdir(parents=True, exist_ok=True)
        was_cut_off = remove_cut_off(desk.paths)
        desk.jobs.start()
        if was_cut_off and not desk.jobs.is_busy:
            desk.jobs.ask("refresh", "An upload was cut off when the desk ended")
        if not has_run(desk.paths) and not desk.jobs.is_busy:
            desk.jobs.ask("refresh", "The first start")
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(desk, ended), daemon=True)
        watcher.start()
        if starts is not None:
            starts()
        try:
            yield
        finally:
            ended.set()
            desk.jobs.stop()

    app = FastAPI(
        title="Lucid desk",
        version=VERSION,
        description=(
            "What a shop's files say, for a front end on the same machine or network. Amounts are "
            "decimal text; every answer names the build it comes from."
        ),
        lifespan=at_work,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{BASE}/openapi.json",
    )
    app.state.desk = desk
    problems.register(app)
    api = APIRouter(prefix=BASE)
    for part in (answers, shops, files, advice, runs, rules):
        api.include_router(part.router())
    api.include_router(_access_router())
    app.include_router(api)
    site.add(app)
    _describe(app)
    app.add_middleware(Safety, access=desk.access)
    return app


def _access_router() -> APIRouter:
    routes = APIRouter(tags=["access"])

    @routes.get(
        "/token",
        operation_id="get_token",
        responses={200: {"model": TokenAnswer}, **problems.answers(401)},
    )
    def get_token(desk: TheDesk) -> Response:
        return Json({"token": desk.access.token})

    return routes


def _watch(desk: Desk, ended: threading.Event) -> None:
    """Tell the pages of a new build, by whomever it was made."""
    known = open_snapshot(desk.paths).id
    while not ended.wait(_LOOK_SECONDS):
        if desk.jobs.is_busy:
            continue  # told once it has ended: until then the tables are being replaced
        with suppress(OSError):
            now = open_snapshot(desk.paths).id
            if now != known:
                known = now
                desk.events.publish("snapshot", {"snapshot": now})


def _describe(app: FastAPI) -> None:
    """Let the description of the service name problems as they are answered."""
    made = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        schema = made()
        schemas = schema["components"]["schemas"]
        for operations in schema["paths"].values():
            for operation in operations.values():
                answers_ = operation["responses"]
                content = answers_.get("422", {}).get("content", {})
                if "application/json" in content:
                    # the framework's own shape of a malformed question: ours is 400
                    del answers_["422"]
                for status in ("401", "421", "500"):
                    answers_.update(problems.described(status, answers_))
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = problems.Problem.model_json_schema()
        for part in (schemas, schema["paths"]):
            _drop_titles(part)
        return schema

    app.openapi = described  # type: ignore[method-assign]


def _drop_titles(part: Any) -> None:
    """Without what says a name a second time; a column called `title` is no text and stays."""
    if isinstance(part, dict):
        if isinstance(part.get("title"), str):
            del part["title"]
        for value in part.values():
            _drop_titles(value)
    elif isinstance(part, list):
        for value in part:
            _drop_titles(value)
