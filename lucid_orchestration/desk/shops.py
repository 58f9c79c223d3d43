"""Operations on datasets: what there is, one in detail, one product of it, several side by side."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from lucid_orchestration.desk import problems
from lucid_orchestration.desk.context import (
    Desk,
    ShopName,
    TheDesk,
    answered,
    listed,
    shop_of,
)
from lucid_orchestration.desk.schemas import (
    UNCHANGED,
    insight_model,
    list_model,
    many,
    perhaps,
    row_model,
    shape,
)
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.ingest.inbox import dataset_of
from lucid_orchestration.runs import history
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.datasets import dataset_ids, dataset_totals
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.products import compared_shops, product

ProductId = Annotated[str, Path(min_length=1, max_length=1000)]


class LastRun(BaseModel):
    """How the newest run ended, or that it is at work."""

    model_config = ConfigDict(extra="forbid")

    status: str
    started_at: str | None
    finished_at: str | None
    message: str | None


def datasets(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Every shop with its totals; one whose files have not been read yet waits."""
    paths = snapshot.paths
    known = dataset_ids(paths.marts, paths.quality)
    rows = [{**dataset_totals(paths.marts, paths.quality, name), "state": "read"} for name in known]
    waiting = sorted(_folders(paths) - set(known))
    return rows + [{"dataset_id": name, "state": "waiting"} for name in waiting]


def dataset(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """One shop: its totals, its files with what became of them, and what was noticed.

    Raises:
        NotFoundError: when there is no such shop.
    """
    paths = snapshot.paths
    where = {"dataset_id": shop_of(snapshot, name).dataset_id}
    summary = select_rows(paths.marts / "dataset_summary.parquet", where)
    return {
        **dataset_totals(paths.marts, paths.quality, where["dataset_id"]),
        "state": "read",
        "summary": summary[0] if summary else None,
        "files": select_rows(paths.quality / "source_files.parquet", where, ("file_name",)),
        "issues": select_rows(
            paths.quality / "file_issues.parquet", where, ("file_name", "severity", "message")
        ),
    }


def last_run(desk: Desk) -> dict[str, Any] | None:
    """The newest run, by whomever it was started."""
    runs = history.read_jobs(desk.paths)
    if not runs:
        return None
    names = ("status", "started_at", "finished_at", "message")
    return {name: runs[-1][name] for name in names}


def router() -> APIRouter:
    """The operations."""
    routes = APIRouter(tags=["datasets"])
    totals = _totals_model()
    product_model = _product_model()
    summary_model = row_model("marts", "dataset_summary")

    def list_datasets(request: Request, desk: TheDesk) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            rows = datasets(snapshot)
            content = listed(snapshot, None, rows, len(rows), max(1, len(rows)), 0)
            return {**content, "last_run": last_run(desk)}

        return answered(request, desk, make)

    def get_dataset(request: Request, desk: TheDesk, shop: ShopName) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            return {**dataset(snapshot, shop), "last_run": last_run(desk), "snapshot": snapshot.id}

        return answered(request, desk, make, shop)

    def get_product(
        request: Request, desk: TheDesk, shop: ShopName, product_id: ProductId
    ) -> Response:
        def make(snapshot: Snapshot) -> dict[str, Any]:
            whose = shop_of(snapshot, shop)
            paths = snapshot.paths
            found = product(paths.marts, paths.insights, whose.dataset_id, product_id)
            more = {"as_of": whose.as_of, "currency": whose.currency, "snapshot": snapshot.id}
            return {**found, **more}

        return answered(request, desk, make, shop)

    def compare(
        request: Request,
        desk: TheDesk,
        shops: Annotated[
            str,
            Query(max_length=2000, description="Names of shops with commas between; all without."),
        ] = "",
    ) -> Response:
        names = [name.strip() for name in shops.split(",") if name.strip()]

        def make(snapshot: Snapshot) -> dict[str, Any]:
            paths = snapshot.paths
            rows = compared_shops(paths.marts, paths.quality, names)
            return listed(snapshot, None, rows, len(rows), max(1, len(rows)), 0)

        return answered(request, desk, make)

    listing = shape("DatasetsAnswer", list_model("Datasets", totals), last_run=perhaps(LastRun))
    detail = shape(
        "DatasetAnswer",
        totals,
        summary=perhaps(summary_model),
        files=many(row_model("quality", "source_files")),
        issues=many(row_model("quality", "file_issues")),
        last_run=perhaps(LastRun),
        snapshot=(str, ...),
    )
    routes.get(
        "/datasets",
        operation_id="list_datasets",
        responses={200: {"model": listing}, **UNCHANGED, **problems.answers(400, 503)},
    )(list_datasets)
    routes.get(
        "/datasets/{shop}",
        operation_id="get_dataset",
        responses={200: {"model": detail}, **UNCHANGED, **problems.answers(400, 404, 503)},
    )(get_dataset)
    routes.get(
        "/datasets/{shop}/products/{product_id:path}",
        operation_id="get_product",
        responses={200: {"model": product_model}, **UNCHANGED, **problems.answers(400, 404, 503)},
    )(get_product)
    routes.get(
        "/compare",
        operation_id="compare_datasets",
        responses={
            200: {"model": list_model("Comparison", summary_model)},
            **UNCHANGED,
            **problems.answers(400, 404, 503),
        },
    )(compare)
    return routes


def _folders(paths: Settings) -> set[str]:
    """The shops whose folders lie in the inbox and hold a file."""
    if not paths.inbox.is_dir():
        return set()
    return {
        dataset_of(folder)
        for folder in paths.inbox.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(".")
        and any(path.is_file() for path in folder.rglob("*"))
    }


def _totals_model() -> type[BaseModel]:
    """What is known of a shop: all of it once its files are read."""
    fields: dict[str, Any] = {}
    for layer, table in (("quality", "dataset_quality"), ("marts", "datasets")):
        for name, info in row_model(layer, table).model_fields.items():
            fields[name] = (info.annotation, None)
    fields["dataset_id"] = (str, ...)
    fields["state"] = (str, ...)
    return shape("DatasetTotals", **fields)


def _product_model() -> type[BaseModel]:
    marts = (
        "best_sellers",
        "revenue_contribution",
        "inventory_velocity",
        "dead_stock",
        "profitability",
        "seasonality",
        "event_lift",
        "trends",
        "trend_signals",
    )
    return shape(
        "ProductAnswer",
        product=(row_model("marts", "product_master"), ...),
        insights=many(insight_model()),
        as_of=(date | None, ...),
        currency=(str | None, ...),
        snapshot=(str, ...),
        **{mart: many(row_model("marts", mart)) for mart in marts},
    )
