"""Insight rules as data: YAML files, checked when they are loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, TypeAlias

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lucid_orchestration.errors import first_line
from lucid_orchestration.figures import Unit
from lucid_orchestration.insights.entities import EntityType
from lucid_orchestration.insights.marts import rule_tables
from lucid_orchestration.insights.safe_sql import check_expression, check_sql
from lucid_orchestration.settings import project_dir, project_vars
from lucid_orchestration.yml import parse_yml

IS_SHIPPED = "a rule with this id comes with Lucid and stays in use; give yours another id"
RULES_DIR = Path(__file__).parent / "rules"
# What every rule may put into its sentences besides its facts.
COMMON_FACTS = frozenset({"entity_name", "impact", "cash"})

_SHARES = {"half": Decimal("0.5"), "double": Decimal(2)}

Limits: TypeAlias = Mapping[str, int | float]


def number_vars() -> dict[str, int | float]:
    """The vars of dbt_project.yml that a rule may name like a parameter of its own."""
    return {
        name: value
        for name, value in project_vars().items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


class Fact(BaseModel):
    """A figure of an insight: its unit, its label in a table, and where it can be checked.

    The label is the fact's name as words where none is given. A fact is a cell (`table`, `column`
    when it is called otherwise there, `where` for the rest of the row's key), a `formula` over
    other facts and parameters, or a `query`: one select over marts that gives it for `$dataset_id`
    and `$entity_id`. `row_of` names the fact that holds the id of the row where it is not the
    insight's own entity.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: Unit
    label: str | None = Field(default=None, min_length=1, max_length=60)
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
        if self.table is not None and self.table not in rule_tables():
            raise ValueError(f"{self.table} is no mart")
        if self.query is not None:
            check_sql(self.query)
        return self


class Rule(BaseModel):
    """One rule: when it fires, the money at stake, and the sentences it fills with facts.

    `sql` returns dataset_id, entity_id, entity_name, the facts that are no formula, and if it has
    them `urgency_days`, the `q_value` of a test, and `level_limit`, the highest confidence it may
    have. `impact` (money over 90 days) and `cash` are expressions over facts and parameters; a
    finding whose impact is known and not above zero is dropped. A parameter is a number, or the
    name of the var of dbt_project.yml that holds it. `clears_at` holds the parameters at which an
    insight that is there already goes away again, as numbers or as `half` or `double` of where it
    fires; the others clear where they fire.
    SQL and sentences may also name the numbers among the vars of dbt_project.yml.
    `stability` says what must stay so when a month is left out: with `trend` down to where
    `min_change` and `min_slope` clear, with `margin` down to where `points` do.
    `summary_without` is the summary when the named fact is unknown. `blocks` names rules that keep
    silent about an entity this one speaks of, and about the one in the column `other_entity_id`;
    `covers` those that keep silent about the products of a category it speaks of, whose rows then
    have a column `category`. What is counted and not estimated says so with `is_counted`; what has
    no money and comes before all else with `is_shown_first`. Rows may also have `steps_less`, the
    levels of confidence they lack, and `is_profit_assumed`, whether no cost is known of them: the
    sentences then say so, and no coverage of costs is asked for.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    category: Literal["growth", "risk", "efficiency"]
    entity_type: EntityType
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
    is_counted: bool = False
    is_shown_first: bool = False
    covers: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    valid_days: int = Field(default=30, gt=0)

    @field_validator("parameters", mode="before")
    @classmethod
    def _vars_are_numbers(cls, parameters: Any) -> Any:
        if not isinstance(parameters, dict):
            return parameters
        known = number_vars()
        for name, value in parameters.items():
            if isinstance(value, str) and value not in known:
                raise ValueError(f"{name}: {value} is neither a number nor a var of the project")
        return {name: known.get(value, value) for name, value in parameters.items()}

    @field_validator("clears_at", mode="before")
    @classmethod
    def _shares_are_numbers(cls, clears_at: Any, info: ValidationInfo) -> Any:
        usual = info.data.get("parameters", {})
        if not isinstance(clears_at, dict):
            return clears_at
        return {
            name: _times(usual[name], _SHARES[value])
            if name in usual and isinstance(value, str) and value in _SHARES
            else value
            for name, value in clears_at.items()
        }

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
        known = COMMON_FACTS | number_vars().keys() | self.parameters.keys() | self.facts.keys()
        for name in ("title", "summary", "action"):
            _check_sentence(name, getattr(self, name), known)
        _check_sentence("group_title", self.group_title, frozenset({"count"}))
        for missing, sentence in self.summary_without.items():
            if missing not in self.facts:
                raise ValueError(f"summary_without: {missing} is no fact of the rule")
            _check_sentence(f"summary_without.{missing}", sentence, known - {missing})
        if unknown := sorted(self.clears_at.keys() - self.parameters.keys()):
            raise ValueError(f"clears_at: {unknown[0]} is no parameter of the rule")
        if self.stability == "margin" and "points" not in self.clears_at:
            raise ValueError("clears_at: a rule about margins says at how many points it clears")
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

    def at(self, changed: Limits) -> "Rule":
        """The rule with some parameters at other values."""
        return self.model_copy(update={"parameters": {**self.parameters, **changed}})

    def clearing(self, own: Limits) -> dict[str, int | float]:
        """Where a finding goes away in a shop with limits of its own: moved along with them."""
        return {
            name: _moved(value, self.parameters[name], own[name])
            for name, value in self.clears_at.items()
        }


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


class SettingProblem(RuleProblem):
    """A single value of a shop's lucid.yml that was left out; the rest of the file is used."""

    @property
    def sentence(self) -> str:
        """The problem in the owner's words."""
        return f"{self.file}: this was left out: {self.reason}"


@dataclass(frozen=True)
class RuleBook:
    """The usable rules in the order of their files, and the others."""

    rules: tuple[Rule, ...]
    problems: tuple[RuleProblem, ...]


def rules_folder() -> Path:
    """The rules that come with Lucid, or the project's own copy of them."""
    own = project_dir() / "rules"
    return own if own.is_dir() else RULES_DIR


def load_rules(folder: Path | None = None, own: Path | None = None) -> RuleBook:
    """All rules of a folder, then an owner's own, which cannot take the place of one of them.

    Without a folder, those of the project in use. A broken file or rule is named and left out; the
    others load.
    """
    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    folder = folder or rules_folder()
    shipped: set[str] = set()
    for path in [*sorted(folder.glob("*.yml")), *(sorted(own.glob("*.yml")) if own else ())]:
        book = read_rules(path)
        problems += book.problems
        if path.parent == folder:
            shipped |= {rule.id for rule in book.rules}
        for rule in book.rules:
            if any(rule.id == other.id for other in rules):
                is_theirs = path.parent != folder and rule.id in shipped
                reason = IS_SHIPPED if is_theirs else "another rule has the same id"
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
    return _rules_of(path.name, text, path.parent == RULES_DIR)


@cache
def _rules_of(file: str, text: str, is_shipped: bool) -> RuleBook:
    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    try:
        content = RuleFile.model_validate(parse_yml(text) if is_shipped else yaml.safe_load(text))
    # ValueError: a date such as 2026-13-45, a number of 5,000 digits
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        return RuleBook((), (RuleProblem(file, "", reason_of(error)),))
    for entry in content.rules:
        try:
            rules.append(Rule.model_validate(entry))
        except ValidationError as error:
            problems.append(RuleProblem(file, str(entry.get("id", "?")), reason_of(error)))
    return RuleBook(tuple(rules), tuple(problems))


def _moved(clears_at: int | float, usual: int | float, own: int | float) -> int | float:
    """The limit that stands to a shop's own as `clears_at` stands to the usual one."""
    if own == usual or not usual:
        return clears_at
    return _times(clears_at, Decimal(str(own)) / Decimal(str(usual)))


def _times(limit: int | float, factor: Decimal) -> int | float:
    product = Decimal(str(limit)) * factor
    return int(product) if product == int(product) else float(product)


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
    return first_line(error)
