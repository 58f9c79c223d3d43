"""There is always a text, made of the insight's own sentences and nothing else."""

import json
import re
import socket
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.explain.briefs import direction
from lucid_orchestration.explain.template import (
    Text,
    confidence_sentence,
    dataset_claims,
    insight_claims,
    text_of,
)
from lucid_orchestration.insights.tables import AI_EXPLANATIONS
from lucid_orchestration.settings import AiSettings, Settings
from lucid_orchestration.storage import read_parquet_rows
from tests.explanations import INSIGHT, MIDNIGHT, REASONS, SUMMARY, brief, run, write_shop


def rows_of(paths: Settings) -> list[dict[str, Any]]:
    run(paths, AiSettings())
    return read_parquet_rows(paths.insights / "ai_explanations.parquet")


def insight_text(insight: dict[str, Any]) -> Text:
    return text_of(insight["title"], insight_claims(insight, "INR"))


def dataset_text(summary: dict[str, Any], insights: list[dict[str, Any]]) -> Text:
    return text_of(*dataset_claims(summary, insights))


def test_an_insight_and_its_shop_have_a_text(tmp_path: Path) -> None:
    summary, text = rows_of(write_shop(tmp_path))
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
        assert row["template_reason"] is None
        assert row["template_explanation"] == row["explanation"]


def test_a_shop_without_data_has_an_empty_table(tmp_path: Path) -> None:
    paths = write_shop(tmp_path, [], [])
    assert rows_of(paths) == []
    assert pq.read_schema(paths.insights / "ai_explanations.parquet").equals(AI_EXPLANATIONS)


def test_the_same_insights_give_the_same_bytes(tmp_path: Path) -> None:
    paths = write_shop(tmp_path)
    path = paths.insights / "ai_explanations.parquet"
    rows_of(paths)
    before = path.read_bytes()
    rows_of(paths)
    assert path.read_bytes() == before


def test_texts_stay_with_their_shop(tmp_path: Path) -> None:
    other = {"dataset_id": "other", "title": "Atta does not sell"}
    paths = write_shop(
        tmp_path, [{**INSIGHT, **other}, INSIGHT], [{**SUMMARY, "dataset_id": "other"}, SUMMARY]
    )
    texts = {(row["dataset_id"], row["kind"]): row for row in rows_of(paths)}
    assert texts["other", "insight"]["headline"] == "Atta does not sell"
    assert "Atta" in texts["other", "summary"]["guidance"]
    assert "Atta" not in texts["shop", "summary"]["guidance"]


@pytest.mark.parametrize("settings", [AiSettings(), AiSettings(provider="openai", model="m")])
def test_without_a_key_no_socket_is_opened(
    settings: AiSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    paths = write_shop(tmp_path)
    result = run(paths, settings)
    assert result.template == 2
    assert result.calls == 0
    assert not paths.ai_outbox.exists()
    expected = {} if settings.provider == "none" else {"no key in the environment": 2}
    assert result.reasons == expected


def test_every_number_of_a_text_comes_from_the_insight() -> None:
    text = insight_text(INSIGHT)
    known = {"5", "200", "90", "12,345", "1,000"}
    assert set(re.findall(r"\d[\d,.]*\d|\d", text.explanation + text.guidance)) <= known


@pytest.mark.parametrize(
    ("field", "word"), [("estimated_impact", "90 days"), ("cash_at_stake", "tied up")]
)
def test_unknown_money_is_not_spoken_of(field: str, word: str) -> None:
    assert word in insight_text(INSIGHT).explanation
    assert word not in insight_text({**INSIGHT, field: None}).explanation


@pytest.mark.parametrize("category", ["growth", "risk", "efficiency"])
@pytest.mark.parametrize("level", ["high", "medium", "low"])
def test_every_category_and_level_has_words(category: str, level: str) -> None:
    insight = {**INSIGHT, "category": category, "confidence": level}
    text = text_of("", insight_claims(insight, "USD"))
    assert "USD 12,345" in text.explanation
    assert "₹" not in text.explanation


def test_the_weakest_reason_is_named_and_an_unknown_one_is_weakest() -> None:
    assert confidence_sentence(INSIGHT).endswith("The stock list is old.")
    unknown = [*REASONS, {"component": "x", "score": None, "code": "c", "sentence": "No date."}]
    row = {**INSIGHT, "confidence_reasons": json.dumps(unknown)}
    assert confidence_sentence(row).endswith("No date.")


def test_equal_facts_are_equal_and_changed_ones_are_not() -> None:
    same = brief().pack
    assert same.digest() == brief(rank=7, is_active=False).pack.digest()
    assert same.digest() == brief().pack.digest()
    changed = "6 units of Zephyr Lantern have not moved."
    assert same.digest() != brief(summary=changed).pack.digest()
    assert set(same.claims) == {
        "claim_main",
        "claim_money",
        "claim_cash",
        "claim_confidence",
        "claim_action",
    }


def metric(name: str, value: str, **more: str) -> dict[str, str]:
    return {"name": name, "value": value, "unit": "units", **more}


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        ([], "none"),
        ([metric("recent_quantity", "5"), metric("previous_quantity", "9")], "fall"),
        ([metric("recent_margin", "0.2"), metric("usual_margin", "0.1")], "rise"),
        ([metric("recent_quantity", "5"), metric("previous_quantity", "5")], "none"),
        ([metric("slope_per_month", "0.03")], "rise"),
        ([metric("fall_per_month", "0.03")], "fall"),
        ([metric("quantity_change", "-0.3")], "fall"),
        ([metric("current_stock", "9")], "none"),
        (
            [
                metric("quantity_change", "-0.3", entity_name="a"),
                metric("quantity_change", "0.3", entity_name="b"),
            ],
            "none",
        ),
    ],
)
def test_the_direction_is_that_of_the_figures(metrics: list[Any], expected: str) -> None:
    assert direction(metrics) == expected


def test_a_shop_without_sales_is_told_so() -> None:
    assert dataset_text({**SUMMARY, "revenue": None}, []).headline == "There are no sales yet"


def test_a_shop_is_told_what_to_begin_with() -> None:
    text = dataset_text(SUMMARY, [INSIGHT, INSIGHT])
    assert "2 things" in text.headline
    assert INSIGHT["title"] in text.guidance
    assert "10.0 % more" in text.explanation
    assert "₹33,488" in text.explanation


def test_the_summary_does_not_depend_on_figures_of_an_insight() -> None:
    changed = {**INSIGHT, "summary": "6 units.", "estimated_impact": Decimal(7)}
    assert dataset_text(SUMMARY, [INSIGHT]) == dataset_text(SUMMARY, [changed])


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
