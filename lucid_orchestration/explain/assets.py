"""The texts of the insights as an asset; green also when the AI provider fails."""

from typing import Any

import dagster as dg

from lucid_orchestration.run import run_lock, run_step, step_of
from lucid_orchestration.settings import settings
from lucid_orchestration.stages import Stage
from lucid_orchestration.warehouse import queries
from lucid_orchestration.warehouse.previews import markdown_table

_COLUMNS = ("dataset_id", "kind", "headline", "explanation", "guidance", "text_source")


@dg.asset(
    key=["insights", "ai_explanations"],
    deps=[dg.AssetKey(["insights", "active_insights"])],
    group_name="insights",
    kinds={"parquet"},
)
def ai_explanations(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Insights in words; figures come from Lucid, wording from a template or an AI provider."""
    paths = settings()
    with run_lock(paths, context.log.info):
        run_step(paths, step_of(Stage.EXPLAIN), full=True, report=context.log.info)
    path = paths.insights / "ai_explanations.parquet"
    sources = queries.counts(path, ("text_source",))
    texts = queries.select_rows(path, {}, ("dataset_id", "kind desc", "insight_id"))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": queries.row_count(path),
            **{f"texts by {row['text_source']}": row["row_count"] for row in sources},
            "texts": dg.MetadataValue.md(markdown_table(_COLUMNS, texts)),
        }
    )
