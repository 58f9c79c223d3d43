"""SQL that a rule may hold: one select over marts, which reaches no file, clock or setting.

A rule file is text that anyone may write, so its SQL is parsed and its parts are walked before it
runs.
"""

import json
import re
from collections.abc import Container, Iterator
from functools import cache
from typing import Any

import duckdb

from lucid_orchestration.errors import first_line
from lucid_orchestration.insights.marts import COMPANIONS, rule_tables

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
        raise ValueError(f"not one select: {first_line(error)}") from None
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
    name: str, expression: str, facts: Container[str], parameters: Container[str]
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
        if place or table not in {*rule_tables(), *COMPANIONS, *own}:
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
