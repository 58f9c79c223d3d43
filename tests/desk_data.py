"""Published tables with a few rows of every contract, and a desk over them, without a build."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from lucid_orchestration.desk.access import Access, allowed
from lucid_orchestration.desk.app import application, open_desk
from lucid_orchestration.desk.schemas import contract
from lucid_orchestration.insights.tables import INSIGHTS, TABLES, write_table
from lucid_orchestration.settings import Settings, mart_names, model_names
from lucid_orchestration.storage import write_parquet

HOST = "127.0.0.1:8765"
ORIGIN = f"http://{HOST}"
FORMULA = '=HYPERLINK("x")'
AS_OF = date(2026, 10, 31)
_COUNT = 5


def schema_of(layer: str, table: str) -> pa.Schema:
    """The promised columns as Arrow types."""
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in contract(layer, table).items())
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({columns})")
        return connection.table("t").to_arrow_table().schema


def value(name: str, kind: pa.DataType, place: int, shop: str) -> Any:
    """Something of the right type, another for each row."""
    if name == "dataset_id" or name == "dataset_name":
        return shop
    if name == "currency":
        return "INR" if shop == "shop" else "USD"
    if name in ("product_id", "entity_id"):
        return f"p{place}"
    if name in ("product_name", "entity_name"):
        return FORMULA if place == 3 else f"Tea {place}"
    if name == "category":
        return "Food" if place < 3 else "Pens"
    if pa.types.is_decimal(kind):
        return (Decimal(1000 - place) + Decimal("0.5")).scaleb(-4 if kind.scale > 4 else 0)
    if pa.types.is_integer(kind):
        return place + 1
    if pa.types.is_floating(kind):
        return round(0.9 - place / 10, 3)
    if pa.types.is_boolean(kind):
        return True
    if pa.types.is_timestamp(kind):
        return datetime(2026, 10, 31, 12)  # noqa: DTZ001  as tables hold it
    if pa.types.is_date(kind):
        return date(2026, 10 - place, 1) if name == "month" else AS_OF
    if pa.types.is_list(kind):
        return [place + 1]
    return f"{name} {place}"


FIXED: Mapping[str, Mapping[str, Any]] = {
    "best_sellers": {"period_type": "all", "period": "all"},
    "revenue_contribution": {"revenue_window": "all", "abc_class": "A"},
    "profitability": {"profit_window": "all"},
    "seasonality": {"entity_type": "product"},
    "trends": {"entity_type": "store", "entity_id": "shop"},
    "dead_stock": {"stock_state": "dead", "idle_bucket": "91-180"},
    "inventory_velocity": {"stockout_risk": "critical", "inventory_status": "out_of_stock"},
    "branch_products": {"branch_state": "out"},
    "source_files": {"source_file_id": "a" * 32, "status": "accepted"},
}
ONE_ROW = frozenset({"datasets", "dataset_summary", "dataset_quality", "source_files"})


def publish(paths: Settings, *shops: str, count: int = _COUNT) -> None:
    """Every mart, quality and insight table with rows of each shop."""
    layers = [("marts", name) for name in mart_names()]
    layers += [("quality", name) for name in model_names("quality")]
    for layer, table in layers:
        schema = schema_of(layer, table)
        rows = [
            {
                field.name: FIXED.get(table, {}).get(
                    field.name, value(field.name, field.type, place, shop)
                )
                for field in schema
            }
            for shop in shops
            for place in range(1 if table in ONE_ROW else count)
        ]
        write_parquet(
            pa.Table.from_pylist(rows, schema=schema), paths.data_dir / layer / f"{table}.parquet"
        )
    for table in TABLES:
        write_table(paths.insights, table, [])
    insights = [insight(shop, place) for shop in shops for place in range(3)]
    write_table(paths.insights, "insights", insights)
    write_table(paths.insights, "active_insights", [i for i in insights if i["is_active"]])


def insight(shop: str, place: int) -> dict[str, Any]:
    """An insight of a shop; the third is not shown."""
    row = {field.name: value(field.name, field.type, place, shop) for field in INSIGHTS}
    return {
        **row,
        "insight_id": f"rule-{shop}-{place}",
        "category": ("growth", "risk", "risk")[place],
        "confidence": ("high", "low", "high")[place],
        "severity": "high",
        "entity_type": "product",
        "status": "new",
        "since_date": AS_OF,
        "is_active": place < 2,
        "rank": place + 1 if place < 2 else None,
        "confidence_reasons": '[{"code": "c", "sentence": "It is so.", "score": 90}]',
        "supporting_metrics": (
            '[{"name": "revenue", "label": "Revenue", "unit": "money", "value": "10.50", '
            f'"table": "profitability", "row": {{"product_id": "p{place}"}}}}]'
        ),
        "priority_parts": '{"impact": "1", "confidence_weight": "1", "urgency": "1"}',
    }


class Idle:
    """A worker that does nothing but remember what it was asked, or what a test has it do."""

    def __init__(self) -> None:
        self.orders: list[Mapping[str, Any]] = []
        self.does: Callable[[Mapping[str, Any], Callable[[Mapping[str, Any]], None]], None] = (
            lambda order, hear: hear({"id": order["id"], "end": "unchanged", "message": "Done."})
        )

    def start(self) -> None:
        """Nothing to start."""

    def do(
        self,
        order: Mapping[str, Any],
        hear: Callable[[Mapping[str, Any]], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        """Do one job as the test says."""
        self.orders.append(order)
        self.is_wanted = is_wanted
        self.does(order, hear)

    def end(self) -> None:
        """Nothing to end."""


def desk_over(folder: Path, worker: Any = None, access: Access | None = None) -> Any:
    """The application of a desk over a data folder."""
    rules = access or allowed("127.0.0.1", 8765, None, [])
    return application(open_desk(Settings(folder), rules, worker or Idle()))
