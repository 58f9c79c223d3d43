"""The figures of an insight, each with where it can be checked; written and read back here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb

from lucid_orchestration import figures
from lucid_orchestration.insights.findings import Finding
from lucid_orchestration.insights.marts import quoted
from lucid_orchestration.insights.rules import Fact, Rule

Metric = Mapping[str, Any]

LIMIT = "limit"  # the unit of what is no figure: a limit of the rule
_MONEY_LABELS = {"impact": f"Worth in {figures.IMPACT_DAYS} days", "cash": "Tied up"}
_ONE_ROW_TABLES = frozenset({"datasets", "dataset_quality", "dataset_summary"})


def figures_of(finding: Finding) -> list[Metric]:
    """Facts and money, each with the mart cell, the calculation or the query behind it."""
    rule = finding.rule
    metrics = [
        _metric(name, finding.values[name], fact, finding) for name, fact in rule.facts.items()
    ]
    for name, value in (("impact", finding.impact), ("cash", finding.cash)):
        if value is not None:
            formula = getattr(rule, name)
            fact = Fact(unit="money", label=_MONEY_LABELS[name], formula=formula)
            metrics.append(_metric(name, value, fact, finding))
    return metrics


def limits_of(rule: Rule) -> list[Metric]:
    """What the rule assumes and from where on it speaks, to be judged with the figures."""
    return [
        {"name": name, "value": plain(value), "unit": LIMIT, "table": None, "row": None}
        for name, value in rule.parameters.items()
    ]


def member_metric(metric: Metric, entity_id: str, entity_name: str) -> Metric:
    """A figure of one of several entities."""
    return {**metric, "entity_id": entity_id, "entity_name": entity_name}


def movement(marts: duckdb.DuckDBPyConnection, metric: Metric, currency: str) -> str | None:
    """How a figure of an earlier day differs from its mart cell today; None when it does not.

    A figure that is no cell of a mart, or a name, is not looked up.
    """
    if metric.get("row") is None or metric["unit"] in figures.WORD_UNITS:
        return None
    today = _cell_today(marts, metric)
    if plain(today) == metric["value"]:
        return None
    unit = metric["unit"]
    earlier = figures.shown(figures.read(metric["value"], unit), unit, currency)
    # figures that were kept before they had labels
    label = metric.get("label") or figures.heading(metric["name"])
    return f"{label}: was {earlier}, now {figures.shown(today, unit, currency)}"


def plain(value: Any) -> str | None:
    """A value as JSON keeps it: numbers exact and without an exponent."""
    if value is None:
        return None
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)):f}"
    return str(value)


def _metric(name: str, value: Any, fact: Fact, finding: Finding) -> Metric:
    metric = {
        "name": name,
        "label": fact.label or figures.heading(name),
        "value": plain(value),
        "unit": fact.unit,
        "table": None,
        "row": None,
    }
    if fact.formula is not None:
        return {**metric, "formula": " ".join(fact.formula.split())}
    if fact.query is not None:
        return {**metric, "query": " ".join(fact.query.split())}
    keys = {"dataset_id": finding.dataset_id, **fact.where}
    column = "entity_id" if "entity_type" in fact.where else "product_id"
    if fact.row_of is not None:
        keys[column] = str(finding.values[fact.row_of])
    elif finding.rule.entity_type != "store" and fact.table not in _ONE_ROW_TABLES:
        keys[column] = finding.entity_id
    return {**metric, "table": fact.table, "column": fact.column or name, "row": keys}


def _cell_today(marts: duckdb.DuckDBPyConnection, metric: Metric) -> Any:
    """The value of a metric's mart cell today; None when the row is gone."""
    row: Mapping[str, str] = metric["row"]
    where = " and ".join(f"{quoted(name)} = ?" for name in row)
    # the names are quoted, the values are parameters
    sql = f"select {quoted(metric['column'])} from {quoted(metric['table'])} where {where}"  # noqa: S608
    try:
        cells = marts.execute(sql, list(row.values())).fetchone()
    except duckdb.Error:  # a column of an earlier version
        return None
    return None if cells is None else cells[0]
