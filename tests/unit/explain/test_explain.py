"""There is always a text, made of the insight's own sentences and nothing else."""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from lucid_orchestration.explain.facts import facts_pack
from lucid_orchestration.explain.pipeline import explain
from lucid_orchestration.explain.template import confidence_sentence, dataset_text, insight_text
from lucid_orchestration.insights.tables import AI_EXPLANATIONS, INSIGHTS
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import read_parquet_rows, write_parquet

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
    "entity_name": "Lantern",
    "title": "Lantern does not sell",
    "summary": "5 units of Lantern have not moved for 200 days.",
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


def summary_schema() -> pa.Schema:
    types = {
        "varchar": pa.string(),
        "date": pa.date32(),
        "bigint": pa.int64(),
        "integer": pa.int32(),
    }
    text = (PROJECT_DIR / "models/marts/dataset_summary.yml").read_text(encoding="utf-8")
    fields = []
    for column in yaml.safe_load(text)["models"][0]["columns"]:
        numbers = re.findall(r"\d+", column["data_type"])
        kind = pa.decimal128(*map(int, numbers)) if numbers else types[column["data_type"]]
        fields.append((column["name"], kind))
    return pa.schema(fields)


def write(folder: Path, insights: list[dict[str, Any]], shops: list[dict[str, Any]]) -> None:
    for name in ("insights", "active_insights"):
        table = pa.Table.from_pylist(insights, schema=INSIGHTS)
        write_parquet(table, folder / "insights" / f"{name}.parquet")
    table = pa.Table.from_pylist(shops, schema=summary_schema())
    write_parquet(table, folder / "marts" / "dataset_summary.parquet")


def run(folder: Path) -> list[dict[str, Any]]:
    explain(folder / "marts", folder / "insights")
    return read_parquet_rows(folder / "insights" / "ai_explanations.parquet")


def test_an_insight_and_its_shop_have_a_text(tmp_path: Path) -> None:
    write(tmp_path, [INSIGHT], [SUMMARY])
    summary, text = run(tmp_path)
    assert (summary["insight_id"], summary["kind"]) == ("summary", "summary")
    assert (text["insight_id"], text["kind"]) == ("dead_stock-1", "insight")
    assert text["headline"] == INSIGHT["title"]
    assert text["explanation"].startswith(INSIGHT["summary"])
    assert text["guidance"] == INSIGHT["recommended_action"]
    for row in (summary, text):
        assert (row["text_source"], row["provider"]) == ("template", "none")
        assert row["generated_at"] == MIDNIGHT
        assert json.loads(row["verdict_codes"]) == []
        assert row["model"] is None


def test_a_shop_without_data_has_an_empty_table(tmp_path: Path) -> None:
    write(tmp_path, [], [])
    assert run(tmp_path) == []
    path = tmp_path / "insights" / "ai_explanations.parquet"
    assert pq.read_schema(path).equals(AI_EXPLANATIONS)


def test_the_same_insights_give_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, [INSIGHT], [SUMMARY])
    path = tmp_path / "insights" / "ai_explanations.parquet"
    run(tmp_path)
    before = path.read_bytes()
    run(tmp_path)
    assert path.read_bytes() == before


def test_texts_stay_with_their_shop(tmp_path: Path) -> None:
    other = {"dataset_id": "other", "title": "Atta does not sell"}
    write(tmp_path, [{**INSIGHT, **other}, INSIGHT], [{**SUMMARY, "dataset_id": "other"}, SUMMARY])
    texts = {(row["dataset_id"], row["kind"]): row for row in run(tmp_path)}
    assert texts["other", "insight"]["headline"] == "Atta does not sell"
    assert "Atta" in texts["other", "summary"]["guidance"]
    assert "Atta" not in texts["shop", "summary"]["guidance"]


def test_every_number_of_a_text_comes_from_the_insight() -> None:
    text = insight_text(INSIGHT, "INR")
    known = {"5", "200", "90", "12,345", "1,000"}
    assert set(re.findall(r"\d[\d,.]*\d|\d", text.explanation + text.guidance)) <= known


@pytest.mark.parametrize(
    ("field", "word"), [("estimated_impact", "90 days"), ("cash_at_stake", "tied up")]
)
def test_unknown_money_is_not_spoken_of(field: str, word: str) -> None:
    assert word in insight_text(INSIGHT, "INR").explanation
    assert word not in insight_text({**INSIGHT, field: None}, "INR").explanation


@pytest.mark.parametrize("category", ["growth", "risk", "efficiency"])
@pytest.mark.parametrize("level", ["high", "medium", "low"])
def test_every_category_and_level_has_words(category: str, level: str) -> None:
    text = insight_text({**INSIGHT, "category": category, "confidence": level}, "USD")
    assert "USD 12,345" in text.explanation
    assert "₹" not in text.explanation


def test_the_weakest_reason_is_named_and_an_unknown_one_is_weakest() -> None:
    assert confidence_sentence(INSIGHT).endswith("The stock list is old.")
    unknown = [*REASONS, {"component": "x", "score": None, "code": "c", "sentence": "No date."}]
    row = {**INSIGHT, "confidence_reasons": json.dumps(unknown)}
    assert confidence_sentence(row).endswith("No date.")


def test_the_facts_hash_follows_the_facts_only() -> None:
    pack = facts_pack(INSIGHT, "Sure.")
    assert pack.digest() == facts_pack({**INSIGHT, "rank": 7, "is_active": False}, "Sure.").digest()
    assert pack.digest() != facts_pack({**INSIGHT, "summary": "6 units."}, "Sure.").digest()
    assert pack.digest() != facts_pack(INSIGHT, "Unsure.").digest()
    assert json.loads(pack.canonical())["claims"]["claim_main"] == INSIGHT["summary"]


def test_a_shop_without_sales_is_told_so() -> None:
    text = dataset_text({**SUMMARY, "revenue": None}, [])
    assert text.headline == "There are no sales yet"


def test_a_shop_is_told_what_to_begin_with() -> None:
    text = dataset_text(SUMMARY, [INSIGHT, INSIGHT])
    assert "2 things" in text.headline
    assert INSIGHT["title"] in text.guidance
    assert "10.0 % more" in text.explanation.replace("%", " %").replace("  ", " ")
    assert "₹33,488" in text.explanation


def test_nothing_to_do_is_said_as_such() -> None:
    text = dataset_text({**SUMMARY, "dead_stock_value": None}, [])
    assert text.headline == "All quiet"
    assert text.guidance


@pytest.mark.parametrize(
    "nothing",
    ["last_complete_month", "month_revenue_change", "profit_margin", "dead_stock_value"],
)
def test_what_is_unknown_is_left_out_of_the_summary(nothing: str) -> None:
    text = dataset_text({**SUMMARY, nothing: None}, [INSIGHT])
    assert "unknown" not in text.explanation
    assert text.explanation.endswith(".")
