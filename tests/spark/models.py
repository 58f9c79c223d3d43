"""The models as queries for Spark, each over empty tables of the types its parents have there."""

import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

import pyarrow as pa
import pyarrow.csv
import yaml

from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from lucid_orchestration.settings import PROJECT_DIR
from tests.spark.macros import Macros, relation


@cache
def queries() -> dict[str, str]:
    """Each model and its query as Spark gets it, behind those it reads."""
    macros = Macros("spark")
    found = {
        path.stem: macros.rendered(path.read_text(encoding="utf-8"))
        for path in sorted(PROJECT_DIR.glob("models/**/*.sql"))
    }
    parents = {
        name: {*re.findall(rf"\b{relation('')}(\w+)", sql)} & found.keys()
        for name, sql in found.items()
    }
    return {name: found[name] for name in TopologicalSorter(parents).static_order()}


def roots() -> Iterator[tuple[str, pa.Schema]]:
    """The raw tables and seeds: names and columns."""
    yield from RAW_TABLES.items()
    for path in sorted(PROJECT_DIR.glob("seeds/*.csv")):
        content = yaml.safe_load(path.with_suffix(".yml").read_text(encoding="utf-8"))
        told = content["seeds"][0].get("config", {}).get("column_types", {})
        schema = pa.csv.read_csv(path).schema
        for i, field in enumerate(schema):
            if pa.types.is_null(field.type) or told.get(field.name) == "string":
                schema = schema.set(i, pa.field(field.name, pa.string()))
        yield path.stem, schema


def lossy(plan: Any) -> Iterator[str]:
    """What in an analysed plan gives up places of a decimal: its exact type passes 38 digits."""
    pending = [plan]
    while pending:
        node = pending.pop()
        pending.extend(_each(node.children()))
        for expression in _each(node.expressions()):
            yield from _lossy(expression)


def _lossy(expression: Any) -> Iterator[str]:
    operator = expression.getClass().getSimpleName()
    children = list(_each(expression.children()))
    if operator in {"Multiply", "Add", "Subtract"}:
        kinds = [child.dataType().simpleString() for child in children]
        types = [re.fullmatch(r"decimal\((\d+),(\d+)\)", kind) for kind in kinds]
        if all(types):
            (_, s), (_, t) = ([int(part) for part in kind.groups()] for kind in types if kind)
            scale = s + t if operator == "Multiply" else max(s, t)
            made = re.search(r",(\d+)\)", expression.dataType().simpleString())
            if made and int(made.group(1)) < scale:
                yield f"{kinds[0]} {operator} {kinds[1]}: {expression.sql()}"
    for child in children:
        yield from _lossy(child)


def _each(sequence: Any) -> Iterator[Any]:
    iterator = sequence.iterator()
    while iterator.hasNext():
        yield iterator.next()
