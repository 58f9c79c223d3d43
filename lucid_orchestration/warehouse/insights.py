"""Insights as they were found, by shop: the active ones, the settled ones, and one in full."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.warehouse.parquet import select_rows

_JSON_COLUMNS = ("confidence_reasons", "supporting_metrics", "priority_parts", "verdict_codes")


def active_insights(folder: Path, dataset_id: str, category: str | None) -> list[dict[str, Any]]:
    """What the shop should act on, best first."""
    where = {"dataset_id": dataset_id, "category": category}
    rows = select_rows(folder / "active_insights.parquet", where, ("rank",))
    return [unpacked(row) for row in rows]


def settled_insights(folder: Path, dataset_id: str, category: str | None) -> list[dict[str, Any]]:
    """What was found last time and is no longer."""
    where = {"dataset_id": dataset_id, "category": category, "status": "resolved"}
    rows = select_rows(folder / "insights.parquet", where, ("rule_id", "entity_id"))
    return [unpacked(row) for row in rows]


def insight(folder: Path, dataset_id: str, insight_id: str) -> dict[str, Any]:
    """One insight with its explanation, None where it has none.

    Raises:
        NotFoundError: when the shop has no such insight.
    """
    where = {"dataset_id": dataset_id, "insight_id": insight_id}
    rows = select_rows(folder / "insights.parquet", where)
    if not rows:
        raise NotFoundError(
            f"{dataset_id} has no insight {insight_id!r}. `lucid insights {dataset_id}` lists them."
        )
    texts = select_rows(folder / "ai_explanations.parquet", where)
    return {**unpacked(rows[0]), "explanation": unpacked(texts[0]) if texts else None}


def unpacked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose JSON columns are values again."""
    return {
        key: json.loads(value) if key in _JSON_COLUMNS and value is not None else value
        for key, value in row.items()
    }
