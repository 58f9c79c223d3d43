"""Checking a rule file before it is used: against the columns the marts promise, without data."""

from collections.abc import Container
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from lucid_orchestration.insights.findings import rule_query, time_limit, used_parameters
from lucid_orchestration.insights.marts import QUALITY_TABLES, quoted, with_marts
from lucid_orchestration.insights.rules import (
    IS_SHIPPED,
    Fact,
    Rule,
    RuleBook,
    RuleProblem,
    read_rules,
    reason_of,
)
from lucid_orchestration.settings import mart_names, project_dir
from lucid_orchestration.yml import read_yml


def check_rule_file(path: Path, taken: Container[str] = ()) -> RuleBook:
    """The usable rules of a file, and the others with what is wrong with them.

    A rule is usable when its keys and sentences are right and its SQL runs over empty marts, within
    the time and memory of a run: what names a column that no mart promises is found here, not in
    the middle of a run. `taken` are the ids of rules that come with Lucid.
    """
    book = read_rules(path)
    usable: list[Rule] = []
    problems = list(book.problems)
    with with_marts({name: schema.empty_table() for name, schema in contracts().items()}) as marts:
        for rule in book.rules:
            reason = IS_SHIPPED if rule.id in taken else _twice(rule, usable)
            reason = reason or _fault(marts, rule)
            if reason is None:
                usable.append(rule)
            else:
                problems.append(RuleProblem(path.name, rule.id, reason))
    return RuleBook(tuple(usable), tuple(problems))


@cache
def contracts() -> dict[str, pa.Schema]:
    """Columns and types of the tables a rule may read, as their models promise them.

    A mart that promises none is missing: no rule can count on what is in it.
    """
    files = {
        **dict.fromkeys(mart_names(), "marts"),
        **dict.fromkeys(QUALITY_TABLES, "quality"),
    }
    schemas = {
        name: _contract(project_dir() / "models" / layer / f"{name}.yml", name)
        for name, layer in files.items()
    }
    return {name: schema for name, schema in schemas.items() if schema is not None}


def _contract(path: Path, name: str) -> pa.Schema | None:
    """The promised columns with their types as DuckDB knows them."""
    if not path.exists():
        return None
    models = read_yml(path).get("models") or ()
    columns = [
        f"{quoted(column['name'])} {column['data_type']}"
        for model in models
        if model["name"] == name
        for column in model.get("columns") or ()
        if "data_type" in column
    ]
    if not columns:
        return None
    with duckdb.connect() as connection:
        connection.execute(f"create table promised ({', '.join(columns)})")
        return connection.table("promised").to_arrow_table().schema


def _twice(rule: Rule, others: list[Rule]) -> str | None:
    return "another rule has the same id" if any(o.id == rule.id for o in others) else None


def _fault(marts: duckdb.DuckDBPyConnection, rule: Rule) -> str | None:
    """What goes wrong when the rule runs over empty marts, or a fact names what is not there."""
    sql = rule_query(rule)
    try:
        with time_limit(marts):
            columns = marts.execute(sql, used_parameters(rule, sql)).description or ()
    except duckdb.Error as error:
        return f"sql: {reason_of(error)}"
    except ValueError as error:  # too much time
        return str(error)
    given = {column[0] for column in columns}
    plain = {name for name, fact in rule.facts.items() if fact.formula is None}
    for name in ("dataset_id", "entity_id", "entity_name", *sorted(plain)):
        if name not in given:
            return f"sql returns no column {name}"
    for name, fact in rule.facts.items():
        if reason := _fact_fault(marts, name, fact):
            return reason
    return None


def _fact_fault(marts: duckdb.DuckDBPyConnection, name: str, fact: Fact) -> str | None:
    if fact.table is not None:
        contract = contracts().get(fact.table)
        known = [] if contract is None else contract.names
        for column in (fact.column or name, *fact.where):
            if column not in known:
                return f"facts.{name}: {fact.table} has no column {column}"
    if fact.query is not None:
        ids = {"dataset_id": "", "entity_id": ""}
        used = {key: value for key, value in ids.items() if f"${key}" in fact.query}
        try:
            with time_limit(marts):
                marts.execute(fact.query, used)
        except (duckdb.Error, ValueError) as error:
            return f"facts.{name}.query: {reason_of(error)}"
    return None
