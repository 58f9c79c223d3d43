"""Insight rules as data: YAML files, checked when they are loaded.

A rule file is text that anyone may write, so its SQL is parsed and walked before it runs: one
select, from the marts alone, with functions that reach no file, clock or setting.
"""

import json
import re
from collections.abc import Iterator, Mapping
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
# Made of marts when the rules are about to run; see trend_tests.sql.
COMPANIONS = ("trend_tests",)
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
        "lag",
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
        "sqrt",
        "sum",
        "year",
    }
)

_CLOCKS = frozenset(
    {"current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"}
)

Unit = Literal["money", "units", "share", "ratio", "days", "count", "date", "month", "text"]


class Fact(BaseModel):
    """A figure of an insight: its unit, and where it can be checked.

    A fact is a cell (`table`, `column` when it is called otherwise there, `where` for the rest of
    the row's key), a `formula` over other facts and parameters, or a `query`: one select over marts
    that gives it for `$dataset_id` and `$entity_id`. `row_of` names the fact that holds the id of
    the row where it is not the insight's own entity.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    table: str | None = None
    column: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    row_of: str | None = None
    formula: str | None = None
    query: str | None = None

    @model_validator(mode="after")
    def _has_one_origin(self) -> "Fact":
        origins = [self.table, self.formula, self.query]
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("say where it comes from: a table, a formula or a query, one of them")
        if self.table is not None and self.table not in {*MARTS, *QUALITY_TABLES}:
            raise ValueError(f"{self.table} is no mart")
        if self.query is not None:
            check_sql(self.query)
        return self


class Rule(BaseModel):
    """One rule: when it fires, the money at stake, and the sentences it fills with facts.

    `sql` returns dataset_id, entity_id, entity_name, the facts that are no formula, and if it has
    them `urgency_days`, the `q_value` of a test, and `level_limit`, the highest confidence it may
    have. `impact` (money over 90 days) and `cash` are expressions over facts and parameters; a
    finding whose impact is known and not above zero is dropped. `clears_at` holds the parameters at
    which an insight that is there already goes away again; the others clear where they fire.
    `summary_without` is the summary when the named fact is unknown. `blocks` names rules that keep
    silent about an entity this one speaks of.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    category: Literal["growth", "risk", "efficiency"]
    entity_type: Literal["store", "category", "product"]
    sql: str
    facts: dict[str, Fact]
    impact: str | None = None
    cash: str | None = None
    title: str
    summary: str
    summary_without: dict[str, str] = Field(default_factory=dict)
    action: str
    group_title: str
    parameters: dict[str, int | float] = Field(default_factory=dict)
    clears_at: dict[str, int | float] = Field(default_factory=dict)
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

    @field_validator("facts", "parameters")
    @classmethod
    def _names_are_plain(cls, named: dict[str, Any]) -> dict[str, Any]:
        # they become names in SQL
        for name in named:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
                raise ValueError(f"{name!r} is no name: use a to z, 0 to 9 and _")
        return named

    @model_validator(mode="after")
    def _names_are_known(self) -> "Rule":
        for name in ("title", "summary", "action"):
            _check_sentence(name, getattr(self, name), COMMON_FACTS | self.facts.keys())
        _check_sentence("group_title", self.group_title, frozenset({"count"}))
        for missing, sentence in self.summary_without.items():
            if missing not in self.facts:
                raise ValueError(f"summary_without: {missing} is no fact of the rule")
            known = COMMON_FACTS | self.facts.keys() - {missing}
            _check_sentence(f"summary_without.{missing}", sentence, known)
        if unknown := sorted(self.clears_at.keys() - self.parameters.keys()):
            raise ValueError(f"clears_at: {unknown[0]} is no parameter of the rule")
        if reserved := sorted(COMMON_FACTS & self.facts.keys()):
            raise ValueError(f"facts: {reserved[0]} has a meaning of its own")
        facts = frozenset(self.facts)
        for name, fact in self.facts.items():
            if fact.row_of is not None and fact.row_of not in facts:
                raise ValueError(f"facts.{name}.row_of: {fact.row_of} is no fact of the rule")
            if fact.formula is not None:
                plain = {other for other in facts if self.facts[other].formula is None}
                check_expression(
                    f"facts.{name}.formula", fact.formula, frozenset(plain), self.parameters
                )
        for name in ("impact", "cash"):
            if (expression := getattr(self, name)) is not None:
                check_expression(name, expression, facts, self.parameters)
        return self

    def at(self, changed: Mapping[str, int | float]) -> "Rule":
        """The rule with some parameters at other values."""
        return self.model_copy(update={"parameters": {**self.parameters, **changed}})


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

    @property
    def sentence(self) -> str:
        """The problem in the owner's words."""
        place = f" in {self.file}" if self.file else ""
        subject = f"Rule {self.rule}{place}" if self.rule else self.file
        return f"{subject} was left out: {self.reason}"


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
        book = read_rules(path)
        problems += book.problems
        for rule in book.rules:
            if any(rule.id == other.id for other in rules):
                reason = "another rule has the same id"
                problems.append(RuleProblem(path.name, rule.id, reason))
            else:
                rules.append(rule)
    return RuleBook(tuple(rules), tuple(problems))


def read_rules(path: Path) -> RuleBook:
    """The rules of one file, whatever is in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:  # ValueError: no UTF-8
        return RuleBook((), (RuleProblem(path.name, "", reason_of(error)),))
    return _rules_of(path.name, text)


@cache
def _rules_of(file: str, text: str) -> RuleBook:
    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    try:
        content = RuleFile.model_validate(yaml.safe_load(text))
    # ValueError: a date such as 2026-13-45, a number of 5,000 digits
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        return RuleBook((), (RuleProblem(file, "", reason_of(error)),))
    for entry in content.rules:
        try:
            rules.append(Rule.model_validate(entry))
        except ValidationError as error:
            problems.append(RuleProblem(file, str(entry.get("id", "?")), reason_of(error)))
    return RuleBook(tuple(rules), tuple(problems))


@cache
def check_sql(sql: str) -> tuple[dict[str, Any], ...]:
    """Accept one select that reads nothing but marts, and return the parts it is made of.

    Raises:
        ValueError: for anything else, naming what is not allowed.
    """
    try:
        row = _parser().cursor().execute("select json_serialize_sql($1)", [sql]).fetchone()
        tree = json.loads(row[0]) if row else {"error": True}
    except (duckdb.Error, RecursionError) as error:
        raise ValueError(f"not one select: {reason_of(error)}") from None
    if tree["error"]:
        raise ValueError(f"not one select: {tree.get('error_message', 'not understood')}")
    if len(tree["statements"]) != 1:
        raise ValueError("not one select: several statements")
    nodes = tuple(_nodes(tree))
    own = {entry["key"] for node in nodes for entry in (node.get("cte_map") or {}).get("map", ())}
    # A name that is a path could be read as one outside the query that gives it.
    if bad := sorted(name for name in own if not re.fullmatch(r"[a-z_][a-z0-9_]*", name)):
        raise ValueError(f"{bad[0]!r} is no name for a part of a query: use a to z, 0 to 9 and _")
    for node in nodes:
        _check_node(node, own)
    return nodes


def check_expression(
    name: str, expression: str, facts: frozenset[str], parameters: Mapping[str, int | float]
) -> None:
    """Accept a calculation over facts and parameters of a rule, and nothing that reads a table.

    Raises:
        ValueError: for anything else, naming what is not allowed.
    """
    try:
        nodes = check_sql(f"select ({expression}\n) as figure")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    selects = [node for node in nodes if "select_list" in node]
    if len(selects) != 1 or selects[0]["from_table"]["type"] != "EMPTY":
        raise ValueError(f"{name}: only a calculation over facts is allowed")
    if len(selects[0]["select_list"]) != 1 or selects[0]["where_clause"] is not None:
        raise ValueError(f"{name}: one calculation, please")
    for node in nodes:
        if node.get("class") == "COLUMN_REF" and (
            len(node["column_names"]) != 1 or node["column_names"][0] not in facts
        ):
            used = ".".join(node["column_names"])
            raise ValueError(f"{name}: {used} is no fact of the rule")
        if node.get("class") == "PARAMETER" and node.get("identifier") not in parameters:
            raise ValueError(f"{name}: ${node.get('identifier')} is no parameter of the rule")


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """A database that only parses; opening one takes longer than parsing a hundred rules."""
    return duckdb.connect()


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
        if place or table not in {*MARTS, *QUALITY_TABLES, *COMPANIONS, *own}:
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


def reason_of(error: Exception) -> str:
    """The first line of what went wrong, with the place in the file where there is one."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return next(iter(str(error).splitlines()), type(error).__name__)
