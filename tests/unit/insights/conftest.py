"""Marts made of dictionaries, with the columns and types their contracts name."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lucid_orchestration.insights.checking import contracts
from lucid_orchestration.insights.insight import Insight
from lucid_orchestration.insights.marts import QUALITY_TABLES, rule_tables
from lucid_orchestration.insights.pipeline import InsightRun, evaluate
from lucid_orchestration.storage import write_parquet

AS_OF = date(2026, 10, 31)


def contract(table: str) -> pa.Schema:
    return contracts()[table]


class Shop:
    """Rows of marts, and the rules evaluated over them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in rule_tables()}

    def add(self, table: str, **values: Any) -> None:
        """One row; a column not named is null, a whole number becomes the column's decimal."""
        row: dict[str, Any] = {"dataset_id": "shop", **values}
        schema = contract(table)
        unknown = row.keys() - set(schema.names)
        assert not unknown, f"{table} has no {unknown}"
        self.rows[table].append(
            {field.name: _as(field.type, row.get(field.name)) for field in schema}
        )

    def product(self, product_id: str, name: str | None = None, **marts: Mapping[str, Any]) -> None:
        """Rows of one product in the named marts; all carry its id, name and category."""
        shown = product_id if name is None else name
        for table, values in marts.items():
            ids = (
                {"entity_type": "product", "entity_id": product_id, "entity_name": shown}
                if "entity_id" in contract(table).names
                else {"product_id": product_id, "product_name": shown}
            )
            self.add(table, **{**ids, "category": "Food", **values})

    def months(self, product_id: str, values: Mapping[str, list[int]]) -> None:
        """Complete months up to October 2026, oldest first, one list per measure."""
        count = max(map(len, values.values()))
        for at in range(count):
            index = 2026 * 12 + 9 - (count - 1 - at)
            self.product(
                product_id,
                trends={
                    "month": date(index // 12, index % 12 + 1, 1),
                    "is_complete": True,
                    "is_gap": False,
                    "quantity": 0,
                    "revenue": 0,
                    # as if each month had ten days
                    "daily_rate": Decimal(values.get("quantity", [0] * count)[at]) / 10,
                    **{measure: numbers[at] for measure, numbers in values.items()},
                },
            )

    def evaluate(
        self,
        rules: Path | None = None,
        snoozed: Mapping[str, date] | None = None,
        inbox: Path | None = None,
    ) -> InsightRun:
        """Write the marts, and evaluate Lucid's own rules unless others are given."""
        for name, rows in self.rows.items():
            place = "quality" if name in QUALITY_TABLES else "marts"
            table = pa.Table.from_pylist(rows, schema=contract(name))
            write_parquet(table, self.folder / place / f"{name}.parquet")
        snooze = self.folder / "snooze.csv"
        lines = [f"{name},{until}" for name, until in (snoozed or {}).items()]
        snooze.write_text("\n".join(["insight_id,until", *lines]) + "\n", encoding="utf-8")
        options: dict[str, Any] = {"snooze_file": snooze, "inbox": inbox}
        if rules is not None:
            options["rules_dir"] = rules
        return evaluate(
            self.folder / "marts", self.folder / "quality", self.folder / "insights", **options
        )

    def found(self, rule_id: str) -> list[Insight]:
        """What one of Lucid's own rules says of the shop; no rule may fail."""
        run = self.evaluate()
        assert run.problems == ()
        return [insight for insight in run.insights if insight.rule_id == rule_id]


def _as(kind: pa.DataType, value: Any) -> Any:
    return Decimal(str(value)) if pa.types.is_decimal(kind) and value is not None else value


@pytest.fixture
def empty_shop(tmp_path: Path) -> Shop:
    """Marts without a row."""
    return Shop(tmp_path)


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    """A healthy dataset of 30 months without a product."""
    add_dataset(empty_shop, "shop")
    return empty_shop


@pytest.fixture
def add_shop() -> Callable[[Shop, str], None]:
    """Adds a second healthy dataset."""
    return add_dataset


def add_dataset(shop: Shop, dataset_id: str) -> None:
    shop.add(
        "datasets",
        dataset_id=dataset_id,
        dataset_name=dataset_id,
        currency="INR",
        as_of_date=AS_OF,
        first_sale_date=date(2024, 5, 1),
        last_sale_date=AS_OF,
        history_days=914,
        complete_months=30,
        last_complete_month=date(2026, 10, 1),
        gap_count=0,
        open_days_365d=313,
        open_days_next_90d=90,
        stock_value=100000,
        sales_line_count=28753,
    )
    shop.add(
        "dataset_quality",
        dataset_id=dataset_id,
        sales_line_count=28753,
        rejected_share=0,
        cost_coverage=1,
        stock_match_share=1,
        negative_stock_count=0,
        months_of_history=30,
        latest_sale_date=AS_OF,
        latest_stock_date=AS_OF,
    )
