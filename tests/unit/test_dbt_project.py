"""House rules of the dbt project that dbt itself does not check."""

import re
from collections import Counter
from collections.abc import Iterator
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
    "quality": {"staging", "intermediate", "quality", "seed"},
}
# What a model of staging reads and may do, by the first word of its name.
STAGING_PARENTS = {
    "base": [{"source"}],
    "judged": [{"base", "judged", "stg", "seed"}],
    "stg": [{"source"}, {"base"}, {"judged"}],
}
STAGING_NEVER = {
    "base": r"\b(join|where|having|union|distinct|over|group\s+by)\b|\b(sum|count|min|max)\s*\(",
    "judged": r"(?!)",
    "stg": r"\b(join|having|union|group\s+by)\b|\b(sum|count)\s*\(",
}
TOP_LEVEL = {"version", "sources", "models", "unit_tests", "seeds", "exposures"}
MODEL_KEYS = {"name", "description", "config", "columns", "constraints", "data_tests"}
COLUMN_KEYS = {"name", "description", "data_type", "data_tests"}
# Folders in which the rules of form and of unit tests hold.
HELD = ("models/", "macros/", "tests/data/")
COLUMNS = 100
MODEL_LINES = 150
# Macros that only say where rows come from.
READING_MACROS = {"ref", "source", "config", "changed_files", "var", "return"}
# Whatever is more than naming columns: it can be wrong, so it has a unit test.
COMPUTES = (
    r"\b(case|coalesce|join|where|having|union|distinct|over|group\s+by)\b"
    r"|\|\||(?<!select)\s[-+*]\s|\b(sum|count|min|max|concat_ws|md5)\s*\("
)
# A text without a length is no varchar on Spark; what a list is called there a macro knows.
TYPES = r"string|integer|integer\[\]|bigint|double|boolean|date|timestamp|decimal\(\d+,\d+\)"
UNIT_TEST_KEYS = {"name", "description", "model", "given", "expect", "overrides"}


def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: dict[str, Any]) -> str:
    return node["fqn"][1] if node["resource_type"] == "model" else node["resource_type"]


def yaml_files() -> list[Path]:
    return sorted([*PROJECT_DIR.glob("models/**/*.yml"), *PROJECT_DIR.glob("seeds/*.yml")])


def types_in(content: Any) -> Iterator[str]:
    """All types that a yml names, of contracts, of sources and of seeds."""
    for value in content if isinstance(content, list) else ():
        yield from types_in(value)
    for key, value in content.items() if isinstance(content, dict) else ():
        if key == "data_type":
            yield value
        elif key == "column_types":
            yield from value.values()
        else:
            yield from types_in(value)


def held(*globs: str) -> list[Path]:
    """The SQL files of these patterns in which the rules of form hold."""
    paths = sorted(path for glob in globs for path in PROJECT_DIR.glob(glob))
    return [path for path in paths if path.relative_to(PROJECT_DIR).as_posix().startswith(HELD)]


def held_models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [model for model in models(manifest) if model["original_file_path"].startswith(HELD)]


def bare_sql(path: Path) -> str:
    """The SQL with its Jinja, without comments and string literals."""
    sql = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"--[^\n]*", "", sql)


def plain_sql(path: Path) -> str:
    """The SQL alone: no Jinja, no comments, no string literals."""
    sql = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " J ", bare_sql(path), flags=re.S)
    return re.sub(r"'(?:[^']|'')*'", "'s'", sql)


def queries(sql: str) -> list[str]:
    """The bodies of a model's CTEs in their order, and its last select."""
    bodies = re.findall(r"^\w+ as \(\n(.*?)^\)", sql, flags=re.S | re.M)
    return [*bodies, re.split(r"^\)$", sql, flags=re.M)[-1]]


def top_level(query: str) -> str:
    """What of a query stands in no bracket: no window, no subquery, no argument."""
    while (shorter := re.sub(r"\([^()]*\)", "", query)) != query:
        query = shorter
    return query


def computes(path: Path) -> bool:
    """Whether a model does more than read, name and order columns."""
    macros = set(re.findall(r"\b(\w+)\s*\(", " ".join(re.findall(r"\{\{.*?\}\}", bare_sql(path)))))
    return bool(macros - READING_MACROS) or bool(re.search(COMPUTES, plain_sql(path), re.I))


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


@pytest.mark.parametrize("path", yaml_files(), ids=lambda path: path.name)
def test_a_type_has_the_one_name_that_both_engines_know(path: Path) -> None:
    types = set(types_in(yaml.safe_load(path.read_text(encoding="utf-8"))))
    assert [name for name in types if not re.fullmatch(TYPES, name)] == []


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


def test_staging_models_are_what_their_names_say(manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"] | manifest["sources"]
    wrong = []
    for model in models(manifest):
        if layer(model) == "staging":
            name, kind = model["name"], model["name"].partition("_")[0]
            parents = [nodes[parent] for parent in model["depends_on"]["nodes"]]
            kinds = {
                parent["name"].partition("_")[0] if layer(parent) == "staging" else layer(parent)
                for parent in parents
            }
            sql = plain_sql(PROJECT_DIR / model["original_file_path"])
            if not any(kinds <= allowed for allowed in STAGING_PARENTS.get(kind, [])):
                wrong.append(f"{name} reads {sorted(kinds)}")
            elif kind != "judged" and len(parents) != 1:
                wrong.append(f"{name} reads {len(parents)} tables")
            elif found := re.search(STAGING_NEVER[kind], sql, re.I):
                wrong.append(f"{name}: {found.group()}")
    assert wrong == []


def test_every_raw_table_is_read_by_one_model(manifest: dict[str, Any]) -> None:
    readers = Counter(
        parent
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if parent in manifest["sources"]
    )
    assert readers == dict.fromkeys(manifest["sources"], 1)


def test_every_raw_table_says_how_fresh_it_must_be_or_why_not(manifest: dict[str, Any]) -> None:
    silent = [
        source["name"]
        for source in manifest["sources"].values()
        if not source["config"]["loaded_at_field"] and not source["meta"].get("no_freshness")
    ]
    assert silent == []


def test_every_model_that_can_be_wrong_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    untested = [
        model["name"]
        for model in held_models(manifest)
        if model["name"] not in tested
        and (
            layer(model) in {"marts", "quality"}
            or computes(PROJECT_DIR / model["original_file_path"])
        )
    ]
    assert untested == []


def test_every_model_has_a_key(manifest: dict[str, Any]) -> None:
    # A table or a file checks its key before it takes the old one's place; a test checks that of a
    # view. A model that neither adds nor drops rows may leave it to the one that reads it, where
    # the rows are stored: its yml names that model.
    tested = {
        test["attached_node"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test"
        and (test.get("test_metadata") or {}).get("name") == "unique_combination"
    }
    checking = {"table", "by_file", "parquet"}
    keyed = {
        model["unique_id"]
        for model in models(manifest)
        if (
            any(
                constraint["type"] in {"primary_key", "unique"}
                for constraint in model["constraints"]
            )
            if model["config"]["materialized"] in checking
            else model["unique_id"] in tested
        )
    }
    readers = {
        (parent, model["name"])
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if model["unique_id"] in keyed
    }
    keyless = [
        model["name"]
        for model in models(manifest)
        if model["unique_id"] not in keyed
        and (model["unique_id"], model["config"]["meta"].get("key_tested_in")) not in readers
    ]
    assert keyless == []


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
    held("models/**/*.sql", "macros/**/*.sql", "tests/data/**/*.sql"),
    ids=lambda path: path.name,
)
def test_sql_fits_the_page(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > COLUMNS] == []
    assert len(lines) <= MODEL_LINES


@pytest.mark.parametrize("path", held("models/**/*.sql"), ids=lambda path: path.name)
def test_what_a_model_reads_stands_in_its_first_ctes(path: Path) -> None:
    sql = re.sub(r"\{\{\s*(config|changed_files)\(.*?\}\}", "J", bare_sql(path), flags=re.S)
    reads = [bool(re.search(r"\b(ref|source)\(", query)) for query in queries(sql)]
    assert reads == sorted(reads, reverse=True)
    assert not reads[-1]


@pytest.mark.parametrize("path", held("models/**/*.sql"), ids=lambda path: path.name)
def test_only_files_are_sorted(path: Path) -> None:
    sorts = [bool(re.search(r"\border\s+by\b", top_level(q))) for q in queries(plain_sql(path))]
    is_file = path.relative_to(PROJECT_DIR).parts[1] in {"marts", "quality"}
    assert sorts == [*[False] * (len(sorts) - 1), is_file]


@pytest.mark.parametrize("path", held("models/**/*.sql"), ids=lambda path: path.name)
def test_rows_are_made_distinct_for_a_reason_that_is_said(path: Path) -> None:
    sql = path.read_text(encoding="utf-8")
    said = re.findall(r"^ *-- distinct: .+\n(?: *--.*\n)* *select distinct\b", sql, re.M)
    assert len(said) == len(re.findall(r"\bselect distinct\b", sql))
    assert not re.search(r"\bgroup by all\b", sql)
