"""What each data test promises, as Dagster shows it beside the check."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lucid_orchestration.settings import project_dir

# What dbt brings along, in a sentence.
_STOCK = {
    "not_null": "{column} is never empty.",
    "unique": "No two rows have the same {column}.",
    "accepted_values": "{column} has no other value than the known ones.",
    "relationships": "Every {column} is there in the other table too.",
}
_COMMENT = re.compile(r"\s*(?:(?P<lines>(?:--[^\n]*\n)+)|\{#(?P<block>.*?)#\})", re.DOTALL)


def describe_checks(manifest: dict[str, Any]) -> None:
    """Give every data test of a manifest a description: the first comment of its SQL.

    Those that come with dbt have a sentence; one with a description of its own keeps it.
    """
    macros = manifest.get("macros", {})
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            meta = node.setdefault("meta", {})
            meta["description"] = (
                meta.get("description") or node.get("description") or _description(node, macros)
            )


def first_comment(sql: str) -> str:
    """The comment a file of SQL begins with, as one line; empty without one."""
    found = _COMMENT.match(sql)
    if found is None:
        return ""
    if found["block"] is not None:
        return " ".join(found["block"].split())
    return " ".join(line.removeprefix("--").strip() for line in found["lines"].splitlines())


def _description(node: Mapping[str, Any], macros: Mapping[str, Any]) -> str:
    test = node.get("test_metadata")
    if test is None:
        return first_comment(node["raw_code"])
    name = str(test["name"])
    if name in _STOCK:
        column = node.get("column_name") or test.get("kwargs", {}).get("column_name") or "a column"
        return _STOCK[name].format(column=column)
    macro = macros.get(f"macro.{node['package_name']}.test_{name}")
    if macro is None:
        return ""
    file = project_dir() / Path(macro["original_file_path"])
    return first_comment(file.read_text(encoding="utf-8"))
