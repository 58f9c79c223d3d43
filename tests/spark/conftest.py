"""A Spark of one thread for the tests that need one; without it they are skipped, and say why."""

import importlib
import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

from lucid_orchestration.settings import Settings, java
from lucid_orchestration.warehouse.spark_functions import function_statements
from tests.spark.shops import put_shops, run


@pytest.fixture(scope="session")
def spark_is_here() -> None:
    if not all(map(importlib.util.find_spec, ("pyspark", "dbt.adapters.spark"))):
        pytest.skip("needs Spark: pip install 'lucid-shop[spark]'")
    if java() is None:
        pytest.skip("needs Java 17 or newer")


@pytest.fixture(scope="session")
def built(spark_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shops as DuckDB builds them; tests copy what they change."""
    paths = Settings(tmp_path_factory.mktemp("duckdb") / "data")
    put_shops(paths.inbox)
    run(paths)
    return paths


@pytest.fixture(scope="session")
def spark(spark_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    builder = importlib.import_module("pyspark.sql").SparkSession.builder

    folder = tmp_path_factory.mktemp("spark")
    session = (
        builder.master("local[1]")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.local.dir", str(folder))
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1500m")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    for statement in function_statements():
        session.sql(statement)
    yield session
    session.stop()
