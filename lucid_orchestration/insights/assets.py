"""Insights as assets: rules over the marts, and the few a person should see."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.run import run_lock, run_step, step_of
from lucid_orchestration.settings import settings
from lucid_orchestration.stages import Stage
from lucid_orchestration.warehouse import queries
from lucid_orchestration.warehouse.assets import model_keys
from lucid_orchestration.warehouse.previews import markdown_table

INSIGHTS = dg.AssetKey(["insights", "insights"])
ACTIVE_INSIGHTS = dg.AssetKey(["insights", "active_insights"])

_COLUMNS = ("dataset_id", "rank", "title", "category", "confidence", "estimated_impact")


@cache
def insights() -> dg.AssetsDefinition:
    """All insights the rules find, and the ranked selection of them."""

    @dg.multi_asset(
        name="insights",
        specs=[
            dg.AssetSpec(
                INSIGHTS,
                deps=model_keys("marts", "quality", "seeds"),
                group_name="insights",
                kinds={"parquet"},
                description="Everything the rules found, with facts, money and confidence.",
            ),
            dg.AssetSpec(
                ACTIVE_INSIGHTS,
                deps=[INSIGHTS],
                group_name="insights",
                kinds={"parquet"},
                description="The insights a person should see, best first.",
            ),
        ],
    )
    def found(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        paths = settings()
        with run_lock(paths, context.log.info):
            run_step(paths, step_of(Stage.INSIGHTS), full=True, report=context.log.info)
        yield dg.MaterializeResult(
            asset_key=INSIGHTS, metadata=_counts(paths.insights / "insights.parquet")
        )
        active = paths.insights / "active_insights.parquet"
        rows = queries.select_rows(active, {}, ("dataset_id", "rank"))
        yield dg.MaterializeResult(
            asset_key=ACTIVE_INSIGHTS,
            metadata={
                **_counts(active),
                "list": dg.MetadataValue.md(markdown_table(_COLUMNS, rows)),
            },
        )

    return found


def _counts(path: Path) -> dict[str, Any]:
    categories = queries.counts(path, ("category",))
    return {
        "dagster/row_count": queries.row_count(path),
        **{row["category"]: row["row_count"] for row in categories},
    }
