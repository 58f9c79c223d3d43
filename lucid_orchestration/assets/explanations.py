"""The texts of the insights as an asset; green also when the AI provider fails."""

import json
from typing import Any

import dagster as dg

from lucid_orchestration.assets.previews import plain_table
from lucid_orchestration.assets.warehouse import is_asked_for, publish_unless_later
from lucid_orchestration.explain.credit import credit
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import explanations_file, run_step, step_of
from lucid_orchestration.settings import settings
from lucid_orchestration.warehouse import parquet

_COLUMNS = ("dataset_id", "headline", "explanation", "guidance", "written_by", "without_ai")
_FIGURES = ("accepted", "cached", "template", "calls", "input_tokens", "output_tokens")


@dg.asset(
    key=["insights", "ai_explanations"],
    deps=[dg.AssetKey(["insights", "active_insights"])],
    group_name="insights",
    kinds={"parquet"},
    owners=["team:analyst"],
)
def ai_explanations(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
    """Insights in words; figures come from Lucid, wording from a template or an AI provider."""
    paths = settings()
    with run_lock(paths, context.log.info):
        run_step(paths, step_of(Stage.EXPLAIN), is_asked_for(context), progress=context.log.info)
        publish_unless_later(context, paths)
    path = explanations_file(paths)
    texts = parquet.select_rows(path, {}, ("dataset_id", "kind desc", "insight_id"))
    shown = [
        {
            **text,
            "written_by": credit(text),
            "without_ai": f"{text['template_explanation']} {text['template_guidance']}"
            if text["text_source"] == "ai"
            else "",
        }
        for text in texts
    ]
    figures = json.loads((paths.state / "ai_last_run.json").read_text(encoding="utf-8"))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(texts),
            **{name: figures[name] for name in _FIGURES},
            "rejected by reason": figures["rejected"],
            "template because": figures["reasons"],
            "texts": dg.MetadataValue.md(plain_table(_COLUMNS, shown)),
        }
    )
