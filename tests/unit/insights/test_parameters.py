"""Limits of rules at other values, for all shops or one; what cannot be used is named."""

from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.insights.parameters import read_parameters
from lucid_orchestration.insights.rules import load_rules


def read(tmp_path: Path, shop_text: str = "", variables: dict[str, Any] | None = None) -> Any:
    folder = tmp_path / "inbox" / "My Shop"
    folder.mkdir(parents=True, exist_ok=True)
    if shop_text:
        (folder / "lucid.yml").write_text(shop_text, encoding="utf-8")
    return read_parameters(tmp_path / "inbox", variables or {}, load_rules().rules)


def dead_stock() -> Any:
    return next(rule for rule in load_rules().rules if rule.id == "dead_stock")


def test_the_limit_of_a_shop_wins_over_the_one_for_all(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "lead_time_days: 5\nrules: {dead_stock: {min_value: 100}}",
        {"rule_parameters": {"dead_stock": {"min_value": 200, "min_share": 0}}},
    )
    assert found.problems == ()
    assert found.of("my-shop", dead_stock()) == {"min_value": 100, "min_share": 0}
    assert found.of("other", dead_stock()) == {"min_value": 200, "min_share": 0}


def test_files_straight_in_the_inbox_have_settings_too(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "lucid.yml").write_text(
        "rules: {dead_stock: {min_value: 7}}", encoding="utf-8"
    )
    assert read(tmp_path).of("default", dead_stock()) == {"min_value": 7}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rules: {dead_socks: {min_value: 1}}", "no such rule"),
        ("rules: {dead_stock: {minimum: 1}}", "min_value"),
        ("rules: {dead_stock: {min_value: many}}", "valid integer"),
        ("rules: {dead_stock: {min_value: true}}", "valid integer"),
        ("rules: {dead_stock: {min_value: .nan}}", "no limit"),
        ("rules: {dead_stock: {min_value: 1.0e+300}}", "no limit"),
        ("rules: [1]", "dictionary"),
        ("- 1", "no list of settings"),
        ("rules: {", "flow"),
        ("a: !!python/name:os.system ''", "constructor"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, reason: str) -> None:
    found = read(tmp_path, text)
    (problem,) = found.problems
    assert problem.file == "My Shop/lucid.yml"
    assert reason in problem.sentence
    assert found.of("my-shop", dead_stock()) == {}


def test_a_limit_of_one_shop_changes_that_shop_and_is_shown(
    shop: Any, add_shop: Any, tmp_path: Path
) -> None:
    add_shop(shop, "other")
    for dataset_id in ("shop", "other"):
        shop.product(
            "p1",
            dead_stock={
                "dataset_id": dataset_id,
                "current_stock": 5,
                "estimated_value": 450,
                "idle_days": 200,
                "stock_state": "dead",
                "is_dead_stock": True,
            },
        )
        shop.rows["datasets"][-1]["stock_value"] = shop.rows["datasets"][0]["stock_value"]
    folder = tmp_path / "inbox" / "Shop"
    folder.mkdir(parents=True)
    limits = "rules: {dead_stock: {min_value: 400, min_share: 0}}"
    (folder / "lucid.yml").write_text(limits, encoding="utf-8")
    (found,) = shop.evaluate(inbox=tmp_path / "inbox").insights
    assert found.dataset_id == "shop"
    assert '"name": "min_value", "row": null, "table": null, "unit": "limit", "value": "400"' in (
        found.supporting_metrics
    )
