"""House rules of the dbt project that dbt itself does not check."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from tests.dbt_manifest import PROJECT_DIR

LAYER_MAY_READ = {
    "staging": {"source", "staging", "seed"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"intermediate", "marts", "seed"},
    "quality": {"source", "staging", "intermediate", "quality", "seed"},
}
TOP_LEVEL = {"version", "sources", "models", "unit_tests", "seeds"}
MODEL_KEYS = {"name", "description", "config", "columns", "data_tests"}
COLUMN_KEYS = {"name", "description", "data_type", "data_tests"}
UNIT_TEST_KEYS = {"name", "description", "model", "given", "expect", "overrides"}

# Functions that give another result, or none, on Spark: only macros may use them.
NOT_PORTABLE = {
    r"/(?![*/])": "division outside ratio()",
    r'(?<![\w\'])"': "double quotes: a string on Spark",
    r"\bgenerate_series\b|\bunnest\b|\bexplode\b": "row generators outside month_series()",
    r"\bavg\s*\(": "avg of a decimal: use ratio(sum, count)",
    r"\bpivot\b|\basof\b|\bexclude\b|\bcolumns\s*\(|\bqualify\b": "DuckDB only",
    r"\b(dow|dayofweek|weekday|isodow|strftime|list_\w+|arg_max|arg_min)\s*\(": "DuckDB only",
    r"\blog\s*\(|\bregexp_\w+\s*\(|\bconcat\s*\(|\bhash\s*\(|\bstddev\w*\s*\(": "differs on Spark",
    r"\b(current_date|current_timestamp|now\s*\(|random\s*\()": "a clock or chance",
}


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"]


def yaml_files() -> list[Path]:
    return sorted([*PROJECT_DIR.glob("models/**/*.yml"), *PROJECT_DIR.glob("seeds/*.yml")])


def plain_sql(path: Path) -> str:
    """The SQL alone: no Jinja, no comments, no string literals."""
    sql = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    sql = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " J ", sql, flags=re.S)
    return re.sub(r"'(?:[^']|'')*'", "'s'", re.sub(r"--[^\n]*", "", sql))


@pytest.mark.parametrize("path", yaml_files(), ids=lambda path: path.name)
def test_yaml_has_no_misspelled_key(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(content) - TOP_LEVEL
    for model in [*content.get("models", []), *content.get("seeds", [])]:
        unknown |= set(model) - MODEL_KEYS
        for column in model.get("columns", []):
            unknown |= set(column) - COLUMN_KEYS
    for test in content.get("unit_tests", []):
        unknown |= set(test) - UNIT_TEST_KEYS
    assert not unknown


def test_every_model_and_seed_is_described(manifest: dict[str, Any]) -> None:
    nodes = [n for n in manifest["nodes"].values() if n["resource_type"] in {"model", "seed"}]
    assert [node["name"] for node in nodes if not node["description"]] == []


def test_every_mart_column_is_described(manifest: dict[str, Any]) -> None:
    silent = [
        f"{model['name']}.{column['name']}"
        for model in models(manifest)
        if layer(model) in {"marts", "quality"}
        for column in model["columns"].values()
        if not column["description"]
    ]
    assert silent == []


def test_every_model_has_its_own_yml(manifest: dict[str, Any]) -> None:
    elsewhere = [
        model["name"]
        for model in models(manifest)
        if not (model["patch_path"] or "").endswith(f"/{model['name']}.yml")
    ]
    assert elsewhere == []


def test_no_layer_reads_around_another(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"] | manifest["sources"]
    wrong = [
        f"{model['name']} reads {parent}"
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if layer(nodes[parent]) not in LAYER_MAY_READ[layer(model)]
    ]
    assert wrong == []


def test_every_mart_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = Counter(test["model"] for test in manifest["unit_tests"].values())
    marts = [model["name"] for model in models(manifest) if layer(model) == "marts"]
    untested = [name for name in marts if not tested[name]]
    assert untested == []


def test_every_model_has_a_key(manifest: dict[str, Any]) -> None:
    keyed = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (test.get("test_metadata") or {}).get("name", "").startswith("unique")
    }
    assert [m["name"] for m in models(manifest) if m["unique_id"] not in keyed] == []


def test_every_test_on_several_models_shows_on_an_asset(manifest: dict[str, Any]) -> None:
    homeless = [
        test["name"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and not test.get("attached_node")
        and not test["config"]["meta"].get("dagster", {}).get("ref")
    ]
    assert homeless == []


def test_every_test_shows_on_an_asset_it_reads(manifest: dict[str, Any]) -> None:
    # Dagster makes a check of a test only when the asset it is to stand on is one of its parents.
    strangers = []
    for test in manifest["nodes"].values():
        if test["resource_type"] == "test" and not test.get("attached_node"):
            name = test["config"]["meta"]["dagster"]["ref"]["name"]
            parents = {parent.split(".")[-1] for parent in test["depends_on"]["nodes"]}
            if name not in parents:
                strangers.append(f"{test['name']} on {name}")
    assert strangers == []


def test_sources_declare_what_the_readers_deliver(manifest: dict[str, Any]) -> None:
    declared = {source["name"]: list(source["columns"]) for source in manifest["sources"].values()}
    assert declared == {name: list(schema.names) for name, schema in RAW_TABLES.items()}


@pytest.mark.parametrize(
    "path",
    sorted([*PROJECT_DIR.glob("models/**/*.sql"), *PROJECT_DIR.glob("tests/data/*.sql")]),
    ids=lambda path: path.name,
)
def test_sql_stays_in_the_portable_subset(path: Path) -> None:
    sql = plain_sql(path)
    findings = [why for pattern, why in NOT_PORTABLE.items() if re.search(pattern, sql, re.I)]
    for window in re.findall(r"over\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)", sql, re.I):
        order = re.search(r"order\s+by\s+(.*?)(?:\brows\b|$)", window, re.I | re.S)
        if order and not re.search(r"nulls\s+(first|last)", order.group(1), re.I):
            findings.append(f"window order without nulls first|last: {order.group(1).strip()}")
    assert findings == []
