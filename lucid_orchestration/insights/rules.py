"""Insight rules as data: YAML files, checked when they are loaded.

A rule file is text that anyone may write, so its SQL is parsed and walked before it runs: one
select, from the marts alone, with functions that reach no file, clock or setting.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

RULES_DIR = Path(__file__).parent / "rules"
MARTS = (
    "best_sellers",
    "dataset_summary",
    "datasets",
    "dead_stock",
    "event_lift",
    "inventory_velocity",
    "product_master",
    "profitability",
    "revenue_change",
    "revenue_concentration",
    "revenue_contribution",
    "seasonality",
    "trend_signals",
    "trends",
)
QUALITY_TABLES = ("dataset_quality",)
# What every rule may put into its sentences besides its facts.
COMMON_FACTS = frozenset({"entity_name", "impact", "cash"})

_FUNCTIONS = frozenset(
    {
        "+",
        "-",
        "*",
        "/",
        "%",
        "||",
        "abs",
        "avg",
        "ceil",
        "coalesce",
        "count",
        "count_star",
        "date_diff",
        "exp",
        "floor",
        "greatest",
        "least",
        "ln",
        "max",
        "median",
        "min",
        "month",
        "nullif",
        "percent_rank",
        "quantile_cont",
        "rank",
        "round",
        "row_number",
        "sum",
        "year",
    }
)

_CLOCKS = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
)

Unit = Literal["money", "units", "share", "ratio", "days", "count", "date", "month", "text"]


class Fact(BaseModel):
    """A figure of an insight: its unit and the mart cell it comes from; no table means computed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    table: str | None = None
    column: str | None = None
    where: dict[str, str] = Field(default_factory=dict)


class Rule(BaseModel):
    """One rule: when it fires, the money at stake, and the sentences it fills with facts.

    `sql` returns dataset_id, entity_id, entity_name, the facts, and if it has them `impact` (money
    over 90 days), `cash`, `urgency_days`, `q_value` or `z_score` of a test, and `level_limit`, the
    highest confidence it may have. `summary_without` is the summary when the named fact is unknown.
    `blocks` names rules that keep silent about an entity this one speaks of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    category: Literal["growth", "risk", "efficiency"]
    entity_type: Literal["store", "category", "product"]
    sql: str
    facts: dict[str, Fact]
    title: str
    summary: str
    summary_without: dict[str, str] = Field(default_factory=dict)
    action: str
    group_title: str
    parameters: dict[str, int | float] = Field(default_factory=dict)
    uses: frozenset[Literal["profit", "stock", "turnover"]] = frozenset()
    sample: Literal["entity", "dataset"] = "entity"
    stability: Literal["trend", "margin", "loss", "none"] = "none"
    blocks: tuple[str, ...] = ()
    valid_days: int = Field(default=30, gt=0)

    @field_validator("sql")
    @classmethod
    def _sql_only_reads_marts(cls, sql: str) -> str:
        check_sql(sql)
        return sql

    @model_validator(mode="after")
    def _sentences_name_known_facts(self) -> "Rule":
        for name in ("title", "summary", "action"):
            _check_sentence(name, getattr(self, name), COMMON_FACTS | self.facts.keys())
        _check_sentence("group_title", self.group_title, frozenset({"count"}))
        for missing, sentence in self.summary_without.items():
            if missing not in self.facts:
                raise ValueError(f"summary_without: {missing} is no fact of the rule")
            known = COMMON_FACTS | self.facts.keys() - {missing}
            _check_sentence(f"summary_without.{missing}", sentence, known)
        return self


class RuleFile(BaseModel):
    """The content of a rule file."""

    model_config = ConfigDict(extra="forbid")

    rules: list[dict[str, Any]]


@dataclass(frozen=True)
class RuleProblem:
    """A rule that was left out, and why."""

    file: str
    rule: str
    reason: str


@dataclass(frozen=True)
class RuleBook:
    """The usable rules in the order of their files, and the others."""

    rules: tuple[Rule, ...]
    problems: tuple[RuleProblem, ...]


def load_rules(folder: Path = RULES_DIR) -> RuleBook:
    """All rules of a folder. A broken file or rule is named and left out; the others load."""
    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            content = RuleFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        # ValueError: no UTF-8, a date such as 2026-13-45, a number of 5,000 digits
        except (ValueError, yaml.YAMLError, RecursionError) as error:
            problems.append(RuleProblem(path.name, "", _reason(error)))
            continue
        for entry in content.rules:
            name = str(entry.get("id", "?"))
            try:
                rule = Rule.model_validate(entry)
            except ValidationError as error:
                problems.append(RuleProblem(path.name, name, _reason(error)))
                continue
            if any(rule.id == other.id for other in rules):
                problems.append(RuleProblem(path.name, name, "another rule has the same id"))
                continue
            rules.append(rule)
    return RuleBook(tuple(rules), tuple(problems))


@cache
def check_sql(sql: str) -> None:
    """Accept one select that reads nothing but marts.

    Raises:
        ValueError: for anything else, naming what is not allowed.
    """
    try:
        with duckdb.connect() as connection:
            row = connection.execute("select json_serialize_sql($1)", [sql]).fetchone()
        tree = json.loads(row[0]) if row else {"error": True}
    except (duckdb.Error, RecursionError) as error:
        raise ValueError(f"not one select: {_reason(error)}") from None
    if tree["error"]:
        raise ValueError(f"not one select: {tree.get('error_message', 'not understood')}")
    if len(tree["statements"]) != 1:
        raise ValueError("not one select: several statements")
    nodes = list(_nodes(tree))
    own = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    # A name that is a path could be read as one outside the query that gives it.
    if bad := sorted(name for name in own if not re.fullmatch(r"[a-z_][a-z0-9_]*", name)):
        raise ValueError(f"{bad[0]!r} is no name for a part of a query: use a to z, 0 to 9 and _")
    for node in nodes:
        _check_node(node, own)


def _check_node(node: dict[str, Any], own: set[str]) -> None:
    kind = node.get("type")
    if node.get("sample") is not None:
        raise ValueError("a random sample is not allowed")
    if node.get("class") == "COLUMN_REF" and node["column_names"][-1].lower() in _CLOCKS:
        raise ValueError("the clock is not allowed: datasets has as_of_date")
    if isinstance(kind, str) and kind in {"TABLE_FUNCTION", "SHOW_REF", "RECURSIVE_CTE_NODE"}:
        raise ValueError("table functions, files and recursion are not allowed")
    if kind == "BASE_TABLE":
        table, place = node["table_name"], node.get("schema_name") or node.get("catalog_name")
        if place or table not in {*MARTS, *QUALITY_TABLES, *own}:
            raise ValueError(f"{table} is no mart")
    if node.get("class") in {"FUNCTION", "WINDOW"} and "function_name" in node:
        name = node["function_name"].lower()
        if node.get("schema") or node.get("catalog") or name not in _FUNCTIONS:
            raise ValueError(f"the function {name} is not allowed")


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    stack = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)


def _check_sentence(name: str, sentence: str, known: frozenset[str]) -> None:
    try:
        fields = [field for field in Formatter().parse(sentence) if field[1] is not None]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    # A width or conversion could blow a sentence up; facts arrive as finished text.
    if any(spec or conversion for _, _, spec, conversion in fields):
        raise ValueError(f"{name}: only the names of facts go into braces")
    used = {key for _, key, _, _ in fields if key is not None}
    if used - known:
        raise ValueError(f"{name} names facts the rule does not have: {sorted(used - known)}")


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return next(iter(str(error).splitlines()), type(error).__name__)
