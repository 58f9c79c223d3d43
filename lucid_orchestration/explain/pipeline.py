"""Explanations of the active insights, from the insight tables on disk to `ai_explanations`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from lucid_orchestration.explain.facts import facts_pack
from lucid_orchestration.explain.template import (
    Text,
    confidence_sentence,
    dataset_text,
    insight_text,
)
from lucid_orchestration.insights.tables import AI_EXPLANATIONS
from lucid_orchestration.storage import read_parquet_rows, write_parquet

SUMMARY_ID = "summary"


@dataclass(frozen=True)
class ExplainRun:
    """How many texts were written, by where they came from."""

    template_count: int


def explain(marts_dir: Path, insights_dir: Path) -> ExplainRun:
    """Write one text per active insight and one per dataset; nothing leaves the machine."""
    insights = read_parquet_rows(insights_dir / "active_insights.parquet")
    rows = []
    for shop in read_parquet_rows(marts_dir / "dataset_summary.parquet"):
        own = [row for row in insights if row["dataset_id"] == shop["dataset_id"]]
        as_of = shop["as_of_date"]
        moment = datetime.combine(as_of, datetime.min.time()) if as_of else None
        rows.append(
            _row(shop["dataset_id"], SUMMARY_ID, dataset_text(shop, own), moment, facts_hash=None)
        )
        for insight in own:
            facts = facts_pack(insight, confidence_sentence(insight))
            text = insight_text(insight, shop["currency"])
            rows.append(
                _row(shop["dataset_id"], insight["insight_id"], text, moment, facts.digest())
            )
    write_parquet(
        pa.Table.from_pylist(rows, schema=AI_EXPLANATIONS), insights_dir / "ai_explanations.parquet"
    )
    return ExplainRun(len(rows))


def _row(
    dataset_id: str,
    insight_id: str,
    text: Text,
    moment: datetime | None,
    facts_hash: str | None,
) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "insight_id": insight_id,
        "kind": "summary" if insight_id == SUMMARY_ID else "insight",
        "headline": text.headline,
        "explanation": text.explanation,
        "guidance": text.guidance,
        "text_source": "template",
        "provider": "none",
        "verdict_codes": "[]",
        "facts_hash": facts_hash,
        "generated_at": moment,
    }
