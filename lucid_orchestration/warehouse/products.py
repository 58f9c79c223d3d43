"""All that is known of one product, and several shops side by side."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.warehouse.datasets import find_dataset
from lucid_orchestration.warehouse.parquet import select_rows

# Marts that hold a row of a product by its own id, or by the id of what a row is about.
_BY_PRODUCT = (
    "best_sellers",
    "revenue_contribution",
    "inventory_velocity",
    "dead_stock",
    "profitability",
)
_BY_ENTITY = ("seasonality", "event_lift", "trends", "trend_signals")


def product(marts: Path, insights: Path, dataset_id: str, product_id: str) -> dict[str, Any]:
    """One product: its row of `product_master`, its rows of each mart, and its insights.

    Raises:
        NotFoundError: when the shop has no such product; the sentence names the nearest.
    """
    where = {"dataset_id": dataset_id, "product_id": product_id}
    master = select_rows(marts / "product_master.parquet", where)
    if not master:
        raise NotFoundError(
            f"{dataset_id} has no product {product_id!r}.{_nearest(marts, dataset_id, product_id)}"
        )
    about = {"dataset_id": dataset_id, "entity_type": "product", "entity_id": product_id}
    return {
        "product": master[0],
        **{mart: select_rows(marts / f"{mart}.parquet", where) for mart in _BY_PRODUCT},
        **{mart: select_rows(marts / f"{mart}.parquet", about) for mart in _BY_ENTITY},
        "insights": _insights_about(insights, dataset_id, product_id),
    }


def compared_shops(marts: Path, quality: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """The summaries of some shops, or of all when none is named; nothing is added up.

    Raises:
        NotFoundError: for a shop that is not there.
    """
    rows = select_rows(marts / "dataset_summary.parquet", {}, ("dataset_id",))
    if not names:
        return rows
    wanted = list(dict.fromkeys(find_dataset(marts, quality, name) for name in names))
    by_id = {row["dataset_id"]: row for row in rows}
    return [by_id[name] for name in wanted if name in by_id]


def _nearest(marts: Path, dataset_id: str, asked: str) -> str:
    rows = select_rows(marts / "product_master.parquet", {"dataset_id": dataset_id})
    names = {str(row["product_id"]).casefold(): row["product_id"] for row in rows}
    names |= {str(row["product_name"]).casefold(): row["product_id"] for row in rows}
    near = get_close_matches(asked.casefold(), names, n=3)
    ids = dict.fromkeys(str(names[name]) for name in near)
    return f" The nearest: {', '.join(ids)}." if ids else ""


def _insights_about(insights: Path, dataset_id: str, product_id: str) -> list[dict[str, Any]]:
    """Insights of the product alone, and of groups in which it is one."""
    from lucid_orchestration.warehouse.insights import active_insights

    return [
        row
        for row in active_insights(insights, dataset_id, None)
        if row["entity_id"] == product_id
        or any(
            (m.get("row") or {}).get("product_id") == product_id for m in row["supporting_metrics"]
        )
        or any(
            (m.get("row") or {}).get("entity_id") == product_id for m in row["supporting_metrics"]
        )
    ]
