"""Operations on runs: asking for one, watching them, ending one; health; and what happens, live."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import Desk, TheDesk, shop_of
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.jobs import Job
from lucid_orchestration.desk.snapshot import open_snapshot
from lucid_orchestration.errors import ConflictError, NotFoundError
from lucid_orchestration.runs import history
from lucid_orchestration.runs.doctor import diagnose
from lucid_orchestration.runs.lock import lock_is_held

RunId = Annotated[str, Path(min_length=1, max_length=100)]
_MOST_RUNS = 200


class Asked(BaseModel):
    """A job that was asked for; its address says how far it is."""

    model_config = ConfigDict(extra="forbid")

    job_id: str
    status: str
    address: str

    @staticmethod
    def of(job: Job) -> "Asked":
        """What is answered of a job that was just asked for."""
        return Asked(job_id=job.job_id, status=job.status, address=f"/api/v1/runs/{job.job_id}")


class RunAnswer(BaseModel):
    """One run, by whomever it was started; `fraction` is how far it is, 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    job_id: str
    kind: str
    status: str
    why: str | None
    asked_at: str | None
    started_at: str | None
    finished_at: str | None
    step: str | None
    fraction: float = Field(ge=0, le=1)
    message: str | None
    error: str | None
    files: int | None
    rows_accepted: int | None
    rows_rejected: int | None
    steps: dict[str, float]
    lines: list[str]
    finished_by: str | None


class RunsAnswer(BaseModel):
    """All runs that are known, newest first."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RunAnswer]
    total: int


class RunQuestion(BaseModel):
    """What to do again: what changed, or everything with `full`; a run always reads all shops."""

    model_config = ConfigDict(extra="forbid")

    full: bool = False
    shop: str | None = Field(default=None, max_length=200, description="Whom it is for.")


class CheckAnswer(BaseModel):
    """One thing that was looked at."""

    model_config = ConfigDict(extra="forbid")

    name: str
    status: Literal["ok", "note", "problem"]
    message: str


class HealthAnswer(BaseModel):
    """Whether all is well, and each thing that was looked at."""

    model_config = ConfigDict(extra="forbid")

    healthy: bool
    checks: list[CheckAnswer]
    snapshot: str
    worker: Literal["at work", "waiting"]


def all_runs(desk: Desk) -> list[dict[str, Any]]:
    """Runs asked for here and those of the command line and of Dagster, newest first."""
    rows = {job.job_id: run_row(job) for job in desk.jobs.all()}
    for row in history.read_jobs(desk.paths):
        if row["job_id"] not in rows:
            rows[row["job_id"]] = _row_of_history(row)
    ordered = sorted(rows.values(), key=_moment, reverse=True)
    return ordered[:_MOST_RUNS]


def run_row(job: Job) -> dict[str, Any]:
    """A job as a run is answered."""
    return {
        name: list(job.lines) if name == "lines" else getattr(job, name)
        for name in RunAnswer.model_fields
    }


def one_run(desk: Desk, job_id: str) -> dict[str, Any]:
    """One run.

    Raises:
        NotFoundError: when there is no such run.
    """
    for row in all_runs(desk):
        if row["job_id"] == job_id:
            return row
    raise NotFoundError(f"There is no run {job_id!r}.")


def health(desk: Desk) -> dict[str, Any]:
    """What `lucid doctor` says; folders of this machine are named by their last part."""
    checks = diagnose(desk.paths)
    place = str(desk.paths.data_dir)
    return {
        "healthy": not any(check.status == "problem" for check in checks),
        "checks": [
            {
                "name": check.name,
                "status": check.status,
                "message": check.message.replace(place, desk.paths.data_dir.name),
            }
            for check in checks
        ],
        "snapshot": open_snapshot(desk.paths).id,
        "worker": "at work" if desk.jobs.is_busy else "waiting",
    }


def router() -> APIRouter:
    """The operations."""
    routes = APIRouter(tags=["runs"])

    @routes.get(
        "/health",
        operation_id="health",
        responses={200: {"model": HealthAnswer}, **problems.answers(503)},
    )
    def get_health(desk: TheDesk) -> Response:
        return Json(health(desk))

    @routes.post(
        "/runs",
        operation_id="recompute",
        status_code=202,
        responses={
            202: {"model": Asked},
            **problems.answers(400, 403, 404, 409, 413, 503),
        },
    )
    def recompute(desk: TheDesk, question: RunQuestion) -> Response:
        if question.shop is not None:
            shop_of(open_snapshot(desk.paths), question.shop)
        holder = None if desk.jobs.is_busy else lock_is_held(desk.paths)
        if holder is not None:
            raise ConflictError(f"Another run is at work on this data ({holder}).")
        kind: Literal["full refresh", "refresh"] = "full refresh" if question.full else "refresh"
        job = desk.jobs.ask(kind, "Asked for by hand")
        return Json(Asked.of(job).model_dump(), 202)

    @routes.get(
        "/runs",
        operation_id="list_runs",
        responses={200: {"model": RunsAnswer}, **problems.answers(503)},
    )
    def list_runs(desk: TheDesk) -> Response:
        rows = all_runs(desk)
        return Json({"rows": rows, "total": len(rows)})

    @routes.get(
        "/runs/{job_id}",
        operation_id="get_run",
        responses={200: {"model": RunAnswer}, **problems.answers(400, 404, 503)},
    )
    def get_run(desk: TheDesk, job_id: RunId) -> Response:
        return Json(one_run(desk, job_id))

    @routes.delete(
        "/runs/{job_id}",
        operation_id="cancel_run",
        responses={200: {"model": RunAnswer}, **problems.answers(400, 403, 404, 409, 503)},
    )
    def cancel_run(desk: TheDesk, job_id: RunId) -> Response:
        return Json(run_row(desk.jobs.cancel(job_id)))

    @routes.get(
        "/events",
        operation_id="events",
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "Server-sent events: hello, job, snapshot.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            **problems.answers(503),
        },
    )
    async def events(desk: TheDesk) -> Response:
        first = {"snapshot": open_snapshot(desk.paths).id}
        return StreamingResponse(
            desk.events.listen(first),
            media_type="text/event-stream",
            headers={"X-Accel-Buffering": "no"},
        )

    return routes


def _row_of_history(row: dict[str, Any]) -> dict[str, Any]:
    started, finished = row["started_at"], row["finished_at"]
    return {
        **dict.fromkeys(RunAnswer.model_fields),
        **{name: row[name] for name in ("job_id", "kind", "status", "message", "files")},
        "rows_accepted": row["rows_accepted"],
        "rows_rejected": row["rows_rejected"],
        "started_at": started and started.isoformat(timespec="microseconds"),
        "finished_at": finished and finished.isoformat(timespec="microseconds"),
        "fraction": 0.0 if row["status"] in {"running", "failed", "interrupted"} else 1.0,
        "steps": {},
        "lines": [],
    }


def _moment(row: dict[str, Any]) -> str:
    return str(row["asked_at"] or row["started_at"] or "")
