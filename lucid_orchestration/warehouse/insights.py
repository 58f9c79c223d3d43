"""Insights as they were found, by shop: the active ones, the settled ones, and one in full."""

import json
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.warehouse.parquet import select_rows

JSON_COLUMNS = ("confidence_reasons", "supporting_metrics", "priority_parts", "verdict_codes")


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


Level: TypeAlias = Literal["low", "medium", "high"]
Category: TypeAlias = Literal["growth", "risk", "efficiency"]
Status: TypeAlias = Literal["active", "new", "ongoing", "resolved", "all"]
CONFIDENCES: tuple[str, ...] = get_args(Level)
CATEGORIES: tuple[str, ...] = get_args(Category)


def chosen_insights(
    folder: Path, dataset_id: str, category: str | None, confidence: str | None, status: str
) -> list[dict[str, Any]]:
    """The insights of a shop, best first, that are at least so sure.

    `active` are those to act on, `new` and `ongoing` some of them; `resolved` was found last time
    and is no longer; `all` adds what was found and is not shown.
    """
    if status == "resolved":
        rows = settled_insights(folder, dataset_id, category)
    elif status == "all":
        where = {"dataset_id": dataset_id, "category": category}
        order = ("rank nulls last", "priority desc", "insight_id")
        found = select_rows(folder / "insights.parquet", where, order)
        rows = [unpacked(row) for row in found]
    else:
        rows = active_insights(folder, dataset_id, category)
    sure = CONFIDENCES[CONFIDENCES.index(confidence or CONFIDENCES[0]) :]
    wanted = {status} if status in ("new", "ongoing") else None
    return [
        row
        for row in rows
        if row["confidence"] in sure and (wanted is None or row["status"] in wanted)
    ]


def insight(folder: Path, dataset_id: str, insight_id: str) -> dict[str, Any]:
    """One insight with its explanation, None where it has none.

    Raises:
        NotFoundError: when the shop has no such insight.
    """
    where = {"dataset_id": dataset_id, "insight_id": insight_id}
    rows = select_rows(folder / "insights.parquet", where)
    if not rows:
        all_rows = select_rows(folder / "insights.parquet", {"dataset_id": dataset_id})
        known = [row["insight_id"] for row in all_rows]
        near = get_close_matches(insight_id, known, cutoff=0.4)
        raise NotFoundError(
            f"{dataset_id} has no insight {insight_id!r}. "
            + (f"The nearest: {', '.join(near)}. " if near else "")
            + f"`lucid insights {dataset_id}` lists them."
        )
    texts = select_rows(folder / "ai_explanations.parquet", where)
    return {**unpacked(rows[0]), "explanation": unpacked(texts[0]) if texts else None}


def unpacked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose JSON columns are values again."""
    return {
        key: json.loads(value) if key in JSON_COLUMNS and value is not None else value
        for key, value in row.items()
    }
