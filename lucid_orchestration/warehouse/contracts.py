"""What the tables promise: the type and the meaning of each column, as their yml says it."""

import re
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lucid_orchestration.settings import project_dir
from lucid_orchestration.yml import read_yml

_TEXT = re.compile(r"\bstring\b", re.I)


def contract(layer: str, table: str) -> dict[str, tuple[str, str]]:
    """Type, as DuckDB names it, and description of each column that a table promises.

    Raises:
        KeyError: when the yml promises nothing of the table.
    """
    content: Any = read_yml(project_dir() / "models" / layer / f"{table}.yml")
    model = {model["name"]: model for model in content["models"]}[table]
    return {
        column["name"]: (
            _as_shown(column["data_type"]),
            " ".join(column.get("description", "").split()),
        )
        for column in model["columns"]
    }


def described(layer: str, table: str, columns: Sequence[str]) -> list[dict[str, str]]:
    """Name, type and description of some columns of a table, in their order.

    A column that nothing is promised of has an empty type.
    """
    try:
        promised = contract(layer, table)
    except (KeyError, FileNotFoundError):
        promised = {}
    return [
        {"name": column, "type": kind, "description": text}
        for column in columns
        for kind, text in [promised.get(column, ("", ""))]
    ]


def described_schema(schema: pa.Schema, columns: Sequence[str]) -> list[dict[str, str]]:
    """The same of a table whose columns stand in a schema of Arrow."""
    types = {field.name: str(field.type) for field in schema}
    return [
        {"name": column, "type": types.get(column, ""), "description": ""} for column in columns
    ]


def _as_shown(data_type: str) -> str:
    """A type of a contract as readers of the files know it: models call a text what Spark does."""
    return _TEXT.sub("varchar", data_type)
