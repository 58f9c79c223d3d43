"""What Dagster shows: the ranked table with money and reasons, a chart, and rules left out."""

from typing import Any

import dagster as dg
import pytest

from lucid_orchestration.assets.insights import active_metadata, rules_check
from tests.unit.insights import every_rule


def test_the_page_has_money_confidence_reasons_and_a_chart(shop: Any) -> None:
    every_rule.fill(shop)
    run = shop.evaluate()
    metadata = active_metadata(
        shop.folder / "insights" / "active_insights.parquet", shop.folder / "marts"
    )
    table = metadata["shop: what to do"].value
    active = [insight for insight in run.active if insight.dataset_id == "shop"]
    for insight in active:
        assert insight.confidence in table
    assert "Because" in table
    assert "₹" in table
    assert "sales lines in" in table
    assert metadata["shop: chart"].value.startswith("![money at stake in shop](data:image/svg+xml")
    money = sum(float(i.estimated_impact) for i in active if i.estimated_impact is not None)
    assert metadata["shop: money at stake"] == pytest.approx(money)


def test_a_shop_without_insights_has_an_empty_page(shop: Any) -> None:
    shop.evaluate()
    folder = shop.folder / "insights"
    assert active_metadata(folder / "active_insights.parquet", shop.folder / "marts") == {}


def test_a_broken_rule_is_a_warning_and_stops_nothing(shop: Any, tmp_path: Any) -> None:
    shop.evaluate()
    problems = shop.folder / "insights" / "rule_problems.parquet"
    assert rules_check(problems).passed
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "mine.yml").write_text("rules: [{id: broken}]", encoding="utf-8")
    shop.evaluate(rules=rules)
    check = rules_check(problems)
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.WARN
    assert "mine.yml" in str(check.metadata["left out"].value)
