"""The sales lines of a build with their product, kind and cost: where both calculations start.

Line by line, where the models add up a file's days first and look for their costs afterwards.
"""

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

Row = dict[str, Any]
Key = tuple[str, str]


def read(connection: duckdb.DuckDBPyConnection) -> list[Row]:
    """Every accepted line. Its cost: its own, else of the purchases so far, else of the item."""

    def rows(table: str) -> list[Row]:
        relation = connection.sql(f"select * from {table}")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    identities: dict[tuple[str, str | None, str | None], str] = {
        (row["dataset_id"], row["product_id"], row["product_name_key"]): row["item_id"]
        for row in rows("intermediate.int_product_identities")
    }
    items: dict[Key, Row] = {
        (row["dataset_id"], row["product_id"]): row for row in rows("intermediate.int_item_costs")
    }
    purchases: dict[Key, list[tuple[date, Decimal]]] = defaultdict(list)
    for row in rows("intermediate.int_purchase_costs"):
        purchases[row["dataset_id"], row["product_id"]].append(
            (row["valid_from"], row["unit_cost"])
        )
    for costs in purchases.values():
        costs.sort()

    lines = rows("staging.stg_sales")
    for line in lines:
        dataset_id = line["dataset_id"]
        product_id = identities[dataset_id, line["product_id"], line["product_name_key"]]
        key = (dataset_id, product_id)
        item = items[key]
        bought = purchases[key]
        place = bisect_right(bought, line["sale_date"], key=lambda cost: cost[0])
        bought_for = bought[place - 1][1] if place else None
        if None not in (bought_for, item["highest_cost"]) and bought_for > item["highest_cost"]:
            bought_for = None
        unit_costs = {"purchases": bought_for, "item": item["item_cost"]}
        basis = next((basis for basis, cost in unit_costs.items() if cost is not None), None)
        line["product_id"], line["line_kind"] = product_id, item["line_kind"]
        line["cost_basis"] = "line" if line["line_cost"] is not None else basis
        if line["line_cost"] is None and basis is not None:
            line["line_cost"] = unit_costs[basis] * line["quantity"]
    return lines
