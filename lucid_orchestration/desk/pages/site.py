"""The pages, each made of one build; they work without script for whoever only reads."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Query, Request
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ValidationError
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.access import TOKEN_COOKIE
from lucid_orchestration.desk.answers import OF_BRANCHES, mart_of
from lucid_orchestration.desk.context import Desk, ShopName, TheDesk, made, shop_of
from lucid_orchestration.desk.pages import charts, details, views
from lucid_orchestration.desk.pages.sign_in import sign_in_router
from lucid_orchestration.desk.runs import all_runs, health, one_run
from lucid_orchestration.desk.schemas import question_model
from lucid_orchestration.desk.shops import datasets
from lucid_orchestration.desk.snapshot import Snapshot, open_snapshot
from lucid_orchestration.errors import BadRequestError, LucidError
from lucid_orchestration.figures import cell, heading
from lucid_orchestration.formatting import day, quantity
from lucid_orchestration.report.blocks import GREY
from lucid_orchestration.warehouse.products import compared_shops

STATIC = Path(__file__).parent / "static"
_ROWS_OF_A_PAGE = 50
_SNOOZE_DAYS = 30

View = Callable[[Snapshot], Mapping[str, Any]]


@cache
def environment() -> Environment:
    """The templates: those of the pages, and the parts they share with the report."""
    made_of = Environment(
        loader=ChoiceLoader(
            [
                PackageLoader("lucid_orchestration.desk.pages", "templates"),
                PackageLoader("lucid_orchestration.report", "."),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made_of.filters.update(day=day, words=heading, number=quantity)
    made_of.globals.update(shown=cell, answers=views.SHORT, of_branches=OF_BRANCHES)
    made_of.globals.update(product_address=views.product_address)
    return made_of


def page(
    request: Request, desk: Desk, template: str, view: View, shop: str | None = None
) -> Response:
    """A page made of one build, or a page that says what went wrong."""

    def response(snapshot: Snapshot) -> Response:
        whose = None if shop is None else shop_of(snapshot, shop)
        names = [row["dataset_id"] for row in datasets(snapshot) if row["state"] == "read"]
        context: dict[str, Any] = {
            "shop": whose,
            "shops": names,
            "snapshot": snapshot.id,
            "token": desk.access.token,
            "path": request.url.path,
            "busy": desk.jobs.is_busy,
            **view(snapshot),
        }
        return HTMLResponse(environment().get_template(template).render(context))

    try:
        answer = made(request, desk, response, shop)
        answer.headers["Cache-Control"] = "no-store"
        del answer.headers["ETag"]
    except LucidError as error:
        failed: dict[str, Any] = {
            "shop": None,
            "shops": [],
            "snapshot": "",
            "token": desk.access.token,
            "path": request.url.path,
            "busy": desk.jobs.is_busy,
            "problem": problems.outward(str(error)),
        }
        html = environment().get_template("problem.html.j2").render(failed)
        answer = HTMLResponse(html, error.failure.status)
    answer.set_cookie(TOKEN_COOKIE, desk.access.token, samesite="strict", httponly=True, path="/")
    return answer


def add(app: FastAPI) -> None:
    """Add the pages to an application; they are no part of the described interface."""
    routes = APIRouter(include_in_schema=False)
    _add_reading(routes)
    _add_settings(routes)
    app.include_router(routes)
    app.include_router(sign_in_router(environment))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _add_reading(routes: APIRouter) -> None:
    @routes.get("/")
    def home(request: Request, desk: TheDesk) -> Response:
        rows = datasets(open_snapshot(desk.paths))
        if len(rows) == 1 and rows[0]["state"] == "read":
            answer = RedirectResponse(f"/shops/{rows[0]['dataset_id']}", 303)
            token = desk.access.token
            answer.set_cookie(TOKEN_COOKIE, token, samesite="strict", httponly=True, path="/")
            return answer
        return page(request, desk, "shops.html.j2", lambda snapshot: {"rows": datasets(snapshot)})

    @routes.get("/shops")
    def shops(request: Request, desk: TheDesk) -> Response:
        return page(request, desk, "shops.html.j2", lambda snapshot: {"rows": datasets(snapshot)})

    @routes.get("/shops/{shop}")
    def today(request: Request, desk: TheDesk, shop: ShopName) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            whose = shop_of(snapshot, shop)
            until = None if whose.as_of is None else whose.as_of + timedelta(days=_SNOOZE_DAYS)
            said = details.silenced(desk, whose)
            return {"today": views.today(snapshot, whose, said), "until": until}

        return page(request, desk, "today.html.j2", view, shop)

    @routes.get("/shops/{shop}/answers/{answer}")
    def answer(
        request: Request,
        desk: TheDesk,
        shop: ShopName,
        answer: str,
        columns: Annotated[str, Query(max_length=2000)] = "",
    ) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            asked = _asked(answer, request)
            wanted = [name for name in columns.split(",") if name]
            table = views.answer_page(snapshot, shop_of(snapshot, shop), answer, asked, wanted)
            return {
                "answer": answer,
                "title": views.TITLES[answer],
                "table": table,
                "asked": asked.model_dump(),
                "label": charts.label(answer),
                "export_query": views.export_query(asked),
            }

        return page(request, desk, "answer.html.j2", view, shop)

    @routes.get("/shops/{shop}/products/{product_id:path}")
    def product(request: Request, desk: TheDesk, shop: ShopName, product_id: str) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            return details.product_view(snapshot, shop_of(snapshot, shop), product_id)

        return page(request, desk, "product.html.j2", view, shop)

    @routes.get("/compare")
    def compare(request: Request, desk: TheDesk, shops: str = "") -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            names = [name for name in shops.split(",") if name]
            paths = snapshot.paths
            return {"rows": compared_shops(paths.marts, paths.quality, names)}

        return page(request, desk, "compare.html.j2", view)

    @routes.get("/shops/{shop}/charts/{answer}.json")
    def chart(request: Request, desk: TheDesk, shop: ShopName, answer: str) -> Response:
        def draw(snapshot: Snapshot) -> Response:
            mart_of(answer)
            return _chart(charts.answer_chart(snapshot, shop_of(snapshot, shop), answer))

        return made(request, desk, draw, shop)

    @routes.get("/shops/{shop}/months.json")
    def months(
        request: Request, desk: TheDesk, shop: ShopName, product: str | None = None
    ) -> Response:
        def draw(snapshot: Snapshot) -> Response:
            return _chart(charts.months_chart(snapshot, shop_of(snapshot, shop), product))

        return made(request, desk, draw, shop)

    making = threading.Lock()

    @routes.get("/static/vega.js")
    def vega(desk: TheDesk) -> Response:
        with making:
            file = charts.drawing_program(desk.paths)
        return FileResponse(
            file, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"}
        )

    @routes.get("/static/report.css")
    def report_css() -> Response:
        text = environment().get_template("style.css").render(grey=GREY)
        return Response(text, media_type="text/css")


def _add_settings(routes: APIRouter) -> None:
    @routes.get("/shops/{shop}/files")
    def files(request: Request, desk: TheDesk, shop: ShopName) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            return details.files_view(snapshot, shop_of(snapshot, shop))

        return page(request, desk, "files.html.j2", view, shop)

    @routes.get("/shops/{shop}/files/{file_id}")
    def file(request: Request, desk: TheDesk, shop: ShopName, file_id: str) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            return details.file_view(desk, snapshot, shop_of(snapshot, shop), file_id)

        return page(request, desk, "file.html.j2", view, shop)

    @routes.get("/shops/{shop}/rules")
    def rules(request: Request, desk: TheDesk, shop: ShopName) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            return details.rules_view(desk, shop_of(snapshot, shop))

        return page(request, desk, "rules.html.j2", view, shop)

    @routes.get("/shops/{shop}/explanations")
    def explanations(request: Request, desk: TheDesk, shop: ShopName) -> Response:
        def view(snapshot: Snapshot) -> dict[str, Any]:
            return details.explanations_view(desk, snapshot, shop_of(snapshot, shop))

        return page(request, desk, "explanations.html.j2", view, shop)

    @routes.get("/runs")
    def runs(request: Request, desk: TheDesk) -> Response:
        def view(_: Snapshot) -> dict[str, Any]:
            return {"rows": all_runs(desk), "health": health(desk)}

        return page(request, desk, "runs.html.j2", view)

    @routes.get("/runs/{job_id}")
    def run(request: Request, desk: TheDesk, job_id: str) -> Response:
        return page(request, desk, "run.html.j2", lambda _: {"run": one_run(desk, job_id)})


def _asked(answer: str, request: Request) -> BaseModel:
    """What a page's form asks, fields left empty not counted.

    Raises:
        BadRequestError: for a value that is none.
        NotFoundError: when there is no such answer.
    """
    model = question_model(mart_of(answer))
    given = {
        name: value
        for name, value in request.query_params.items()
        if value and name in model.model_fields
    }
    try:
        return model.model_validate({"limit": _ROWS_OF_A_PAGE, **given})
    except ValidationError as error:
        first = error.errors()[0]
        raise BadRequestError(
            f"{first['loc'][0]}: {first['msg']}.", str(first["loc"][0])
        ) from error


def _chart(specification: str | None) -> Response:
    return Response(specification or "null", media_type="application/json")
