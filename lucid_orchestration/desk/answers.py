"""The seven answers, and those by branch: rows of a mart as its own yml says it may be asked."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any

import pyarrow.parquet as pq
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import (
    ShopName,
    TheDesk,
    answered,
    listed,
    made,
    shop_of,
)
from lucid_orchestration.desk.schemas import UNCHANGED, page_model, question_model
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.warehouse.export import FORMATS, exported
from lucid_orchestration.warehouse.presentation import presentation
from lucid_orchestration.warehouse.show import MOST_ROWS, Options, Page, show_page

# Each answer's name in an address, and its mart.
ANSWERS: Mapping[str, str] = {
    "best-sellers": "best_sellers",
    "revenue-contribution": "revenue_contribution",
    "seasonality": "seasonality",
    "inventory-velocity": "inventory_velocity",
    "dead-stock": "dead_stock",
    "profitability": "profitability",
    "trends": "trends",
    "branch-products": "branch_products",
    "branch-months": "branch_months",
}
# Those with something to say only where files tell branches apart.
OF_BRANCHES = frozenset({"branch-products", "branch-months"})
_OWN_NAMES = {field.name for field in fields(Options)}


def router() -> APIRouter:
    """The operations of the seven answers, and their exports."""
    routes = APIRouter(tags=["answers"])
    for answer, mart in ANSWERS.items():
        for suffix in FORMATS:
            _add_export(routes, answer, mart, suffix)
        _add_answer(routes, answer, mart)
    return routes


def options_of(mart: str, asked: BaseModel) -> Options:
    """What was asked, as `show` takes it."""
    given = {name: value for name, value in asked.model_dump().items() if value is not None}
    given.pop("offset", None)
    kind = given.pop("entity_type", None)
    filters = {name: given.pop(name) for name in presentation(mart).filters if name in given}
    plain = {name: value for name, value in given.items() if name in _OWN_NAMES}
    return Options(**plain, entity=kind, filters=filters)


def page_of(snapshot: Snapshot, answer: str, shop: str, asked: BaseModel) -> Page:
    """The rows of an answer that were asked for.

    Raises:
        BadRequestError: for a value the answer does not know.
        NotFoundError: for an unknown shop, or before the first run.
    """
    mart = ANSWERS[answer]
    dataset_id = shop_of(snapshot, shop).dataset_id
    offset = int(getattr(asked, "offset", 0))
    return show_page(snapshot.paths.marts, mart, dataset_id, options_of(mart, asked), offset)


def mart_of(answer: str) -> str:
    """The mart of an answer.

    Raises:
        NotFoundError: when there is no such answer.
    """
    if answer not in ANSWERS:
        raise NotFoundError(f"There is no answer {answer!r}. Answers: {', '.join(ANSWERS)}.")
    return ANSWERS[answer]


def _add_answer(routes: APIRouter, answer: str, mart: str) -> None:
    def rows(request: Request, desk: TheDesk, shop: ShopName, asked: Any) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            page = page_of(snapshot, answer, shop, asked)
            return listed(
                snapshot,
                shop_of(snapshot, shop),
                page.table.records(),
                page.total,
                asked.limit,
                asked.offset,
            )

        return answered(request, desk, make, shop)

    rows.__annotations__["asked"] = Annotated[question_model(mart), Query()]
    routes.get(
        f"/datasets/{{shop}}/{answer}",
        operation_id=mart,
        summary=answer.replace("-", " ").capitalize(),
        responses={
            200: {"model": page_model("marts", mart)},
            **UNCHANGED,
            **problems.answers(400, 404, 503),
        },
    )(rows)


def _add_export(routes: APIRouter, answer: str, mart: str, suffix: str) -> None:
    def export(request: Request, desk: TheDesk, shop: ShopName, asked: Any) -> Response:
        return made(request, desk, lambda snapshot: _file(snapshot, answer, shop, suffix, asked))

    export.__annotations__["asked"] = Annotated[question_model(mart), Query()]
    routes.get(
        f"/datasets/{{shop}}/{answer}.{suffix}",
        operation_id=f"{mart}_{suffix}",
        summary=f"{answer.replace('-', ' ').capitalize()} as {suffix.upper()}",
        response_class=Response,
        responses={
            200: {
                "description": "All rows that fit, as a file.",
                "content": {FORMATS[suffix]: {"schema": {"type": "string", "format": "binary"}}},
            },
            **UNCHANGED,
            **problems.answers(400, 404, 503),
        },
    )(export)


def _file(snapshot: Snapshot, answer: str, shop: str, suffix: str, asked: BaseModel) -> Response:
    given = asked.model_fields_set
    whole = asked if "limit" in given else asked.model_copy(update={"limit": MOST_ROWS})
    page = page_of(snapshot, answer, shop, whole)
    name = f"{shop_of(snapshot, shop).dataset_id}-{answer}.{suffix}"
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    schema = pq.read_schema(snapshot.paths.marts / f"{ANSWERS[answer]}.parquet")
    return Response(
        exported(page.table, suffix, schema),
        media_type=FORMATS[suffix],
        headers={"Content-Disposition": f'attachment; filename="{plain}"'},
    )
