"""Operations on insights: the list, one in full, its explanation, and what the owner says of it."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import (
    MOST_LETTERS,
    Desk,
    ShopName,
    TheDesk,
    answered,
    listed,
    shop_of,
)
from lucid_orchestration.desk.encoding import Json
from lucid_orchestration.desk.runs import Asked
from lucid_orchestration.desk.schemas import (
    UNCHANGED,
    explanation_model,
    insight_model,
    list_model,
    perhaps,
    shape,
)
from lucid_orchestration.desk.snapshot import Snapshot, open_snapshot
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.explain.pipeline import Selection, explain
from lucid_orchestration.ingest.inbox_changes import new_dataset_folder
from lucid_orchestration.insights.feedback import Said
from lucid_orchestration.insights.keeping import say
from lucid_orchestration.progress import silent
from lucid_orchestration.settings import AiSettings, ai_settings
from lucid_orchestration.warehouse.insights import (
    Category,
    Level,
    Status,
    chosen_insights,
    insight,
    unpacked,
)

InsightId = Annotated[str, Path(min_length=1, max_length=MOST_LETTERS)]
_GRACE_SECONDS = 5.0


class ExplanationAnswer(BaseModel):
    """A text, who wrote it, what was said of a draft that was not used, and Lucid's own beside it.

    `source` is `ai` for one worded now, `cache` for one worded before, `template` for Lucid's own.
    """

    model_config = ConfigDict(extra="forbid")

    insight_id: str
    headline: str
    explanation: str
    guidance: str
    template_explanation: str
    template_guidance: str
    source: Literal["ai", "cache", "template"]
    provider: str | None
    model: str | None
    verdict: list[str]
    reason: str | None
    snapshot: str


class Answer(BaseModel):
    """What the owner says of an insight: one of the three, or none to take it back."""

    model_config = ConfigDict(extra="forbid")

    until: date | None = Field(default=None, description="Snoozed until this day.")
    done: bool = False
    not_useful: bool = False


class SaidAnswer(BaseModel):
    """What is said of an insight now; it holds from the job's end on."""

    model_config = ConfigDict(extra="forbid")

    insight_id: str
    snoozed_until: date | None
    done_on: date | None
    not_useful: bool
    job: Asked


def router() -> APIRouter:
    """The operations."""
    routes = APIRouter(tags=["insights"])
    detail = shape(
        "InsightAnswer",
        insight_model(),
        explanation=perhaps(explanation_model()),
        as_of=(date | None, ...),
        currency=(str | None, ...),
        snapshot=(str, ...),
    )

    @routes.get(
        "/datasets/{shop}/insights",
        operation_id="list_insights",
        responses={
            200: {"model": list_model("Insights", insight_model())},
            **UNCHANGED,
            **problems.answers(400, 404, 503),
        },
    )
    def list_insights(
        request: Request,
        desk: TheDesk,
        shop: ShopName,
        category: Category | None = None,
        confidence: Annotated[Level | None, Query(description="At least this sure.")] = None,
        status: Status = "active",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            whose = shop_of(snapshot, shop)
            folder = snapshot.paths.insights
            rows = chosen_insights(folder, whose.dataset_id, category, confidence, status)
            part = rows[offset : offset + limit]
            return listed(snapshot, whose, part, len(rows), limit, offset)

        return answered(request, desk, make, shop)

    @routes.get(
        "/datasets/{shop}/insights/{insight_id}",
        operation_id="get_insight",
        responses={200: {"model": detail}, **UNCHANGED, **problems.answers(400, 404, 503)},
    )
    def get_insight(
        request: Request, desk: TheDesk, shop: ShopName, insight_id: InsightId
    ) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            whose = shop_of(snapshot, shop)
            found = insight(snapshot.paths.insights, whose.dataset_id, insight_id)
            more = {"as_of": whose.as_of, "currency": whose.currency, "snapshot": snapshot.id}
            return {**found, **more}

        return answered(request, desk, make, shop)

    explained: dict[int | str, dict[str, Any]] = {
        200: {"model": ExplanationAnswer},
        **problems.answers(400, 404, 503),
    }

    @routes.get(
        "/datasets/{shop}/insights/{insight_id}/explanation",
        operation_id="get_explanation",
        responses=explained,
    )
    def get_explanation(desk: TheDesk, shop: ShopName, insight_id: InsightId) -> Response:
        return Json(kept_explanation(desk, shop, insight_id))

    @routes.post(
        "/datasets/{shop}/insights/{insight_id}/explanation",
        operation_id="generate_explanation",
        responses={**explained, **problems.answers(403)},
    )
    def generate_explanation(desk: TheDesk, shop: ShopName, insight_id: InsightId) -> Response:
        return Json(new_explanation(desk, shop, insight_id))

    @routes.put(
        "/datasets/{shop}/insights/{insight_id}/snooze",
        operation_id="snooze_insight",
        responses={200: {"model": SaidAnswer}, **problems.answers(400, 403, 404, 413, 422, 503)},
    )
    def snooze(desk: TheDesk, shop: ShopName, insight_id: InsightId, answer: Answer) -> Response:
        return Json(said_of(desk, shop, insight_id, answer))

    return routes


def kept_explanation(desk: Desk, shop: str, insight_id: str) -> dict[str, Any]:
    """The text of an insight as it is kept, or Lucid's own; never a call outside.

    Raises:
        NotFoundError: when there is no such insight.
    """
    snapshot = open_snapshot(desk.paths)
    dataset_id = shop_of(snapshot, shop).dataset_id
    found = insight(snapshot.paths.insights, dataset_id, insight_id)
    row = found["explanation"]
    if row is None:
        selection = Selection(dataset_id, (insight_id,))
        rows = explain(desk.paths, AiSettings(), silent, selection, keep=False).rows
        row = next(unpacked(row) for row in rows if row["insight_id"] == insight_id)
    return _answer(row, "cache", snapshot)


def new_explanation(desk: Desk, shop: str, insight_id: str) -> dict[str, Any]:
    """A text worded now by the provider, else as it is kept; always one, whatever goes wrong.

    Raises:
        NotFoundError: when there is no such insight.
    """
    kept = kept_explanation(desk, shop, insight_id)
    try:
        ai = ai_settings()
    except BadRequestError as error:
        return {**kept, "reason": str(error)}
    if ai.provider == "none":
        return kept
    snapshot = open_snapshot(desk.paths)
    dataset_id = shop_of(snapshot, shop).dataset_id
    job = desk.jobs.ask("explanation", "A text was asked for", dataset_id, insight_id)
    job = desk.jobs.wait(job.job_id, ai.total_time + _GRACE_SECONDS)
    if job.text is None:
        return {**kept, "reason": job.message or "busy"}
    source: Literal["ai", "cache"] = "cache" if job.was_cached else "ai"
    return _answer(unpacked(job.text), source, open_snapshot(desk.paths))


def said_of(desk: Desk, shop: str, insight_id: str, answer: Answer) -> dict[str, Any]:
    """Keep what the owner says in the shop's lucid.yml, and ask for a run that follows it.

    Raises:
        BadRequestError: when more than one thing is said.
        NotFoundError: when there is no such insight.
        UnprocessableError: when the shop's lucid.yml cannot be changed.
    """
    if sum([answer.until is not None, answer.done, answer.not_useful]) > 1:
        raise BadRequestError("Say one of: until, done, not_useful.", "until")
    snapshot = open_snapshot(desk.paths)
    whose = shop_of(snapshot, shop)
    insight(snapshot.paths.insights, whose.dataset_id, insight_id)
    said = Said(
        snoozed_until=answer.until,
        done_on=whose.as_of if answer.done else None,
        not_useful=answer.not_useful,
    )
    say(new_dataset_folder(desk.paths.inbox, whose.dataset_id), insight_id, said)
    job = desk.jobs.ask("refresh", f"Something was said of an insight of {whose.name}")
    return {"insight_id": insight_id, **said.model_dump(), "job": Asked.of(job).model_dump()}


def _answer(
    row: dict[str, Any], source: Literal["ai", "cache"], snapshot: Snapshot
) -> dict[str, Any]:
    return {
        "insight_id": row["insight_id"],
        "headline": row["headline"],
        "explanation": row["explanation"],
        "guidance": row["guidance"],
        "template_explanation": row["template_explanation"],
        "template_guidance": row["template_guidance"],
        "source": source if row["text_source"] == "ai" else "template",
        "provider": row["provider"],
        "model": row["model"],
        "verdict": list(row["verdict_codes"] or ()),
        "reason": row["template_reason"],
        "snapshot": snapshot.id,
    }
