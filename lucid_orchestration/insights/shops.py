"""The shops of the marts: what is needed of each beside the rows a rule returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from lucid_orchestration.insights.marts import select


@dataclass(frozen=True)
class Shop:
    """A dataset: `quality` is its row of `dataset_quality`, `recent_revenue` that of 90 days."""

    dataset_id: str
    currency: str
    as_of: date | None
    quality: Mapping[str, Any]
    recent_revenue: Decimal


def read_shops(marts: duckdb.DuckDBPyConnection) -> dict[str, Shop]:
    """Every dataset of the marts, by its id."""
    recent = {
        row["dataset_id"]: row["revenue"]
        for row in select(
            marts,
            "select dataset_id, sum(revenue) as revenue from profitability "
            "where profit_window = 'last_90_days' group by dataset_id",
        )
    }
    quality = {row["dataset_id"]: row for row in select(marts, "select * from dataset_quality")}
    return {
        row["dataset_id"]: Shop(
            dataset_id=row["dataset_id"],
            currency=row["currency"],
            as_of=row["as_of_date"],
            quality=quality.get(row["dataset_id"], {}),
            recent_revenue=recent.get(row["dataset_id"]) or Decimal(0),
        )
        for row in select(marts, "select * from datasets order by dataset_id")
    }
