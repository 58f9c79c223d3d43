"""Every number of an insight is followed back to the cells of the marts."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lucid_orchestration import figures
from lucid_orchestration.figures import limit
from lucid_orchestration.insights.marts import open_marts
from lucid_orchestration.insights.rules import load_rules, number_vars
from tests.unit.insights import every_rule


@pytest.fixture
def full_shop(shop: Any) -> Any:
    """A shop in which every one of Lucid's rules has something to say."""
    every_rule.fill(shop)
    return shop


def test_every_rule_speaks_in_the_full_shop(full_shop: Any) -> None:
    run = full_shop.evaluate()
    assert run.problems == ()
    assert {i.rule_id for i in run.insights} == {rule.id for rule in load_rules().rules}


def test_every_figure_is_found_in_the_marts(full_shop: Any) -> None:
    run = full_shop.evaluate()
    marts = open_marts(full_shop.folder / "marts", full_shop.folder / "quality")
    checked = 0
    with marts:
        for insight in run.insights:
            for metrics in by_entity(json.loads(insight.supporting_metrics), insight.entity_id):
                values = {metric["name"]: metric["value"] for metric in metrics}
                for metric in metrics:
                    if metric["unit"] != "limit":
                        assert follow(marts, metric, metrics, insight) == same(metric["value"]), (
                            insight.rule_id,
                            metric["name"],
                            values,
                        )
                        checked += 1
    assert checked > 100


def test_every_number_in_a_sentence_is_one_of_the_figures(full_shop: Any) -> None:
    run = full_shop.evaluate()
    sentences = {
        rule.id: " ".join((rule.title, rule.summary, *rule.summary_without.values(), rule.action))
        for rule in load_rules().rules
    }
    own_words = numbers(re.sub(r"\{[^}]*\}", "", " ".join(sentences.values())))
    for insight in run.insights:
        shown = own_words | numbers(insight.entity_name)
        for name, value in number_vars().items():
            if f"{{{name}}}" in sentences[insight.rule_id]:
                shown |= numbers(limit(name, value))
        for metric in json.loads(insight.supporting_metrics):
            unit, value = metric["unit"], metric["value"]
            if unit == "limit":
                shown |= numbers(limit(metric["name"], float(value)))
            elif unit != "text":
                shown |= numbers(figures.shown(figures.read(value, unit), unit, "INR"))
        said = numbers(f"{insight.title} {insight.summary} {insight.recommended_action}")
        if not insight.entity_id.startswith("group:"):
            assert said <= shown, (insight.rule_id, said - shown)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:,\d+)*(?:\.\d+)?", text))


def by_entity(metrics: list[dict[str, Any]], entity_id: str) -> list[list[dict[str, Any]]]:
    """The metrics of each entity, with the limits of the rule."""
    limits = [metric for metric in metrics if metric["unit"] == "limit"]
    found: dict[str, list[dict[str, Any]]] = {}
    for metric in metrics:
        if metric["unit"] != "limit":
            own = metric.get("entity_id", entity_id)
            found.setdefault(own, []).append({**metric, "entity_id": own})
    return [[*own, *limits] for own in found.values()]


def follow(
    marts: duckdb.DuckDBPyConnection,
    metric: Mapping[str, Any],
    metrics: list[dict[str, Any]],
    insight: Any,
) -> Any:
    """A figure worked out again: read from its cell, calculated, or asked of the marts."""
    if metric["row"] is not None:
        where = " and ".join(f'"{name}" = ?' for name in metric["row"])
        sql = f"select {metric['column']} from {metric['table']} where {where}"
        rows = marts.execute(sql, list(metric["row"].values())).fetchall()
        assert len(rows) == 1, (metric, rows)
        return same(rows[0][0])
    if "query" in metric:
        ids = {"dataset_id": insight.dataset_id, "entity_id": metric["entity_id"]}
        used = {name: value for name, value in ids.items() if f"${name}" in metric["query"]}
        rows = marts.execute(metric["query"], used).fetchall()
        assert len(rows) == 1
        return same(rows[0][0])
    assert "formula" in metric, metric
    columns = ", ".join(
        f"cast({literal(other['value'])} as double) as {other['name']}"
        for other in metrics
        if other["unit"] in {"money", "units", "share", "ratio", "days", "count"}
        and other["name"] not in {metric["name"], "cash"}
    )
    limits = {m["name"]: float(m["value"]) for m in metrics if m["unit"] == "limit"}
    used = {n: v for n, v in limits.items() if re.search(rf"\${n}\b", metric["formula"])}
    rows = marts.execute(f"select {metric['formula']} from (select {columns})", used).fetchall()
    return same(rows[0][0])


def literal(value: str | None) -> str:
    return "null" if value is None else value


def same(value: Any) -> Any:
    """A value as it is compared: numbers to nine places, everything else as text."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return pytest.approx(number, rel=1e-6, abs=1e-6)


def test_the_check_would_notice(full_shop: Any, tmp_path: Path) -> None:
    """A figure that is not in the marts must not pass: a rule that makes one up is found."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yml").write_text(
        """
rules:
  - id: liar
    category: risk
    entity_type: product
    sql: >-
      select dataset_id, product_id as entity_id, product_name as entity_name,
      current_stock + 1 as current_stock from dead_stock
    facts: {current_stock: {unit: units, table: dead_stock}}
    title: "{entity_name}"
    summary: "{current_stock}"
    action: Look.
    group_title: "{count}"
""",
        encoding="utf-8",
    )
    run = full_shop.evaluate(rules=rules)
    marts = open_marts(full_shop.folder / "marts", full_shop.folder / "quality")
    (metric, *_) = json.loads(run.insights[0].supporting_metrics)
    with marts:
        assert follow(marts, metric, [metric], run.insights[0]) != same(metric["value"])
