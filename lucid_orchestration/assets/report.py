"""The pages for people as an asset."""

from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.assets.previews import image, plain_table
from lucid_orchestration.assets.warehouse import LAST_ASSET, is_asked_for, model_keys
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import run_step, step_of
from lucid_orchestration.settings import settings
from lucid_orchestration.warehouse import parquet
from lucid_orchestration.warehouse.publishing import publish_insights
from lucid_orchestration.warehouse.snapshots import open_snapshot

_DATASETS_SHOWN = 3


@cache
def report() -> dg.AssetsDefinition:
    """One self-contained HTML page per dataset."""

    @dg.asset(
        key=LAST_ASSET,
        deps=[
            *model_keys("marts", "quality"),
            dg.AssetKey(["insights", "insights"]),
            dg.AssetKey(["insights", "active_insights"]),
            dg.AssetKey(["insights", "ai_explanations"]),
        ],
        group_name="report",
        kinds={"html"},
        owners=["team:shop_owner"],
        description="One self-contained page per dataset: answers, insights, what was not used.",
    )
    def pages(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        paths = settings()
        with run_lock(paths, context.log.info):
            run_step(paths, step_of(Stage.REPORT), is_asked_for(context), progress=context.log.info)
            publish_insights(paths)
        written = sorted(paths.reports.glob("*.html"))
        with open_snapshot(paths) as snapshot:
            shown = report_metadata(snapshot.marts, snapshot.insights)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(written),
                **{page.stem: dg.MetadataValue.path(str(page)) for page in written},
                **shown,
            }
        )

    return pages


def report_metadata(marts: Path, insights: Path) -> dict[str, Any]:
    """What stands first on the pages of the first datasets: a browser opens no file from here."""
    # the chart engine is needed while a run builds, not whenever Dagster loads definitions
    from lucid_orchestration.report.page import first_screen

    metadata: dict[str, Any] = {}
    for dataset_id in parquet.ids_in(marts / "datasets.parquet")[:_DATASETS_SHOWN]:
        screen = first_screen(marts, insights, dataset_id)
        figures = [
            {"period": row.period, "figure": tile.label, "value": tile.value}
            | {"compared": "; ".join(tile.notes)}
            for row in screen.tiles
            for tile in row.tiles
        ]
        parts = [plain_table(("period", "figure", "value", "compared"), figures)]
        parts += [image(f"revenue of {dataset_id}", one.svg) for one in screen.months.pictures]
        advice = [{"what to do": title} for title in screen.advice]
        parts.append(plain_table(("what to do",), advice))
        metadata[f"{dataset_id}: the page"] = dg.MetadataValue.md("\n\n".join(parts))
    return metadata
