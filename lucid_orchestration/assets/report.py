"""The pages for people as an asset."""

from functools import cache
from typing import Any

import dagster as dg

from lucid_orchestration.assets.warehouse import model_keys
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import run_step, step_of
from lucid_orchestration.settings import settings


@cache
def report() -> dg.AssetsDefinition:
    """One self-contained HTML page per dataset."""

    @dg.asset(
        name="report",
        deps=[
            *model_keys("marts", "quality"),
            dg.AssetKey(["insights", "insights"]),
            dg.AssetKey(["insights", "active_insights"]),
            dg.AssetKey(["insights", "ai_explanations"]),
        ],
        group_name="report",
        kinds={"html"},
        description="One self-contained page per dataset: answers, insights, what was not used.",
    )
    def pages(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        paths = settings()
        with run_lock(paths, context.log.info):
            run_step(paths, step_of(Stage.REPORT), full=True, progress=context.log.info)
        written = sorted(paths.reports.glob("*.html"))
        return dg.MaterializeResult(
            metadata={
                "pages": len(written),
                **{page.stem: dg.MetadataValue.path(str(page)) for page in written},
            }
        )

    return pages
