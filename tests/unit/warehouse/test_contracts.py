"""What the yml of tables says of the types of their columns."""

import ast

import duckdb

from lucid_orchestration.settings import mart_names
from lucid_orchestration.warehouse.contracts import contract
from tests.spark.macros import Macros


def stored(engine: str, kinds: set[str]) -> dict[str, str]:
    """What an engine calls types, by what a contract calls them."""
    columns = [{"name": kind, "data_type": kind} for kind in sorted(kinds)]
    found: dict[str, str] = ast.literal_eval(Macros(engine)("stored_types", columns))
    return found


def test_a_text_is_called_what_duckdb_calls_it() -> None:
    types = {kind for kind, _ in contract("marts", "seasonality").values()}
    assert "varchar" in types
    assert "string" not in types


def test_a_contract_is_held_against_the_names_duckdb_answers_with() -> None:
    # where they differ dbt asks once more itself, which takes as long as small models
    declared = {
        "string",
        *(kind for mart in mart_names() for kind, _ in contract("marts", mart).values()),
    }
    told = {
        kind: duckdb.sql(f"describe select cast(null as {kind}) as a").fetchall()[0][1]
        for kind in declared
    }
    assert stored("duckdb", declared) == told


def test_spark_has_names_of_its_own() -> None:
    names = {
        "string": "STRING",
        "integer": "INT",
        "integer[]": "ARRAY<INT>",
        "decimal(18, 2)": "DECIMAL(18,2)",
    }
    assert stored("spark", set(names)) == names
