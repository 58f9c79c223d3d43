"""A small shop's insights as files, and answers of a model, for the tests of explanations."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from lucid_orchestration.explain.briefs import Brief, Privacy, insight_brief
from lucid_orchestration.explain.languages import load_lexicon
from lucid_orchestration.explain.names import Catalogue
from lucid_orchestration.explain.pipeline import ExplainRun, Selection, explain
from lucid_orchestration.insights.tables import INSIGHTS
from lucid_orchestration.settings import PROJECT_DIR, AiSettings, Settings
from lucid_orchestration.storage import write_parquet

MIDNIGHT = datetime.combine(date(2026, 10, 31), datetime.min.time())
REASONS = [
    {"component": "sample", "score": 100, "code": "a", "sentence": "It rests on many sales."},
    {"component": "recency", "score": 50, "code": "b", "sentence": "The stock list is old."},
]
INSIGHT: dict[str, Any] = {
    "dataset_id": "shop",
    "insight_id": "dead_stock-1",
    "rule_id": "dead_stock",
    "category": "risk",
    "entity_type": "product",
    "entity_id": "p1",
    "entity_name": "Zephyr Lantern",
    "title": "Zephyr Lantern does not sell",
    "summary": "5 units of Zephyr Lantern have not moved for 200 days.",
    "severity": "medium",
    "confidence": "medium",
    "confidence_score": 75,
    "confidence_reasons": json.dumps(REASONS),
    "supporting_metrics": "[]",
    "estimated_impact": Decimal("12345.00"),
    "cash_at_stake": Decimal("1000.00"),
    "recommended_action": "Clear it with a discount.",
    "priority": Decimal("70.0000"),
    "priority_parts": "{}",
    "valid_until": date(2026, 11, 30),
    "generated_at": MIDNIGHT,
    "is_active": True,
    "rank": 1,
}
SUMMARY: dict[str, Any] = {
    "dataset_id": "shop",
    "dataset_name": "shop",
    "currency": "INR",
    "as_of_date": date(2026, 10, 31),
    "first_sale_date": date(2024, 5, 1),
    "revenue": Decimal("6001174.00"),
    "gross_profit": Decimal("746601.00"),
    "profit_margin": Decimal("0.124900"),
    "cost_coverage": Decimal("0.996078"),
    "last_complete_month": date(2026, 10, 1),
    "month_revenue": Decimal("250000.00"),
    "month_revenue_change": Decimal("0.100000"),
    "month_revenue_year_change": None,
    "month_profit": None,
    "stock_value": Decimal("189833.00"),
    "dead_stock_value": Decimal("33488.00"),
    "dead_stock_product_count": 5,
    "product_count": 72,
    "sales_line_count": 28753,
}
PRODUCTS = ("Zephyr Lantern", "Maggi Noodles", "Fresh", "Stock", "7 Up", "100")
LEXICON = load_lexicon()
CATALOGUE = Catalogue.of(PRODUCTS)
# what stands between the claims in an answer that is fine
OPENING = "Here is something that deserves a look."
CLOSING = "Write down what you decide."


def privacy(send_names: bool = False, names: Sequence[str] = PRODUCTS) -> Privacy:
    """What may leave the machine in a shop with these products."""
    return Privacy(
        send_names=send_names,
        catalogue=Catalogue.of(names),
        categories={},
        ordinary=LEXICON.category_words,
        plain_words=LEXICON.plain_words,
    )


def brief(direction: str = "none", **changes: Any) -> Brief:
    """The brief of the insight above with some columns changed."""
    made = insight_brief({**INSIGHT, **changes}, "INR", privacy())
    return replace(made, pack=replace(made.pack, direction=direction))


def text(value: Any) -> dict[str, Any]:
    """A text segment."""
    return {"kind": "text", "text": value}


def slot(name: Any) -> dict[str, Any]:
    """A slot segment."""
    return {"kind": "slot", "slot": name}


def answer(*explanation: Any, guidance: Sequence[Any] | None = None) -> str:
    """An answer as JSON; by default with a guidance that is fine."""
    closing = [slot("claim_action"), text(CLOSING)] if guidance is None else guidance
    return json.dumps({"explanation": explanation, "guidance": closing}, ensure_ascii=False)


def saying(words: str) -> str:
    """An answer that is fine but for these words before its first claim."""
    return answer(text(words), slot("claim_main"))


def ai(url: str, **changes: Any) -> AiSettings:
    """Settings for a server on this machine, with limits that no machine is too busy for."""
    settings = AiSettings(
        provider="openai",
        model="test-model",
        base_url=url,
        api="chat",
        key="sk-secret-key",
        timeout=60.0,
        total_time=600.0,
    )
    return replace(settings, **changes)


def run(paths: Settings, settings: AiSettings, selection: Selection | None = None) -> ExplainRun:
    """Word the texts of a data folder."""
    return explain(paths, settings, lambda line: None, selection)


def write_shop(
    folder: Path,
    insights: Sequence[Mapping[str, Any]] = (INSIGHT,),
    shops: Sequence[Mapping[str, Any]] = (SUMMARY,),
    products: Sequence[Mapping[str, Any]] | None = None,
) -> Settings:
    """A data folder with the tables explanations are made from."""
    paths = Settings(data_dir=folder)
    for name in ("insights", "active_insights"):
        rows = [dict(row) for row in insights if row["is_active"] or name == "insights"]
        table = pa.Table.from_pylist(rows, schema=INSIGHTS)
        write_parquet(table, paths.insights / f"{name}.parquet")
    rows = [dict(row) for row in shops]
    table = pa.Table.from_pylist(rows, schema=_promised("dataset_summary"))
    write_parquet(table, paths.marts / "dataset_summary.parquet")
    schema = _promised("product_master")
    goods = (
        [
            {"dataset_id": shop["dataset_id"], "product_id": f"p{number}", "product_name": name}
            for shop in shops
            for number, name in enumerate(PRODUCTS)
        ]
        if products is None
        else [dict(row) for row in products]
    )
    content = [{column: row.get(column) for column in schema.names} for row in goods]
    write_parquet(
        pa.Table.from_pylist(content, schema=schema), paths.marts / "product_master.parquet"
    )
    return paths


def many_insights(count: int) -> list[dict[str, Any]]:
    """Insights about different things, best first."""
    return [
        {
            **INSIGHT,
            "insight_id": f"dead_stock-{rank}",
            "summary": f"{rank} units of Zephyr Lantern have not moved for 200 days.",
            "rank": rank,
        }
        for rank in range(1, count + 1)
    ]


def _promised(mart: str) -> pa.Schema:
    """The columns and types a mart's yml promises."""
    types = {
        "string": pa.string(),
        "date": pa.date32(),
        "bigint": pa.int64(),
        "integer": pa.int32(),
    }
    content = (PROJECT_DIR / "models/marts" / f"{mart}.yml").read_text(encoding="utf-8")
    models = yaml.safe_load(content)["models"]
    fields = []
    for column in next(model for model in models if model["name"] == mart)["columns"]:
        numbers = re.findall(r"\d+", column["data_type"])
        kind = pa.decimal128(*map(int, numbers)) if numbers else types[column["data_type"]]
        fields.append((column["name"], kind))
    return pa.schema(fields)
