"""Every model is a query Spark can run, and no decimal of it gives up places there."""

from typing import Any

import pyarrow as pa
import pytest

from tests.spark.macros import relation
from tests.spark.models import lossy, queries, roots

pytestmark = pytest.mark.spark

# It lists a folder, which is for what runs a build; its columns.
OF_A_BUILD = {"judged_sales_parts": "dataset_id string, source_file_id string, fingerprint string"}
TYPES = {
    pa.string(): "string",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us"): "timestamp",
}


@pytest.fixture(scope="module")
def analysed(spark: Any) -> dict[str, Any]:
    """What Spark makes of each model, or the error it ends with."""
    for name, schema in roots():
        kinds = ", ".join(f"`{field.name}` {TYPES.get(field.type, field.type)}" for field in schema)
        spark.createDataFrame([], kinds).createOrReplaceTempView(relation(name))
    found: dict[str, Any] = {}
    for name, query in queries().items():
        if columns := OF_A_BUILD.get(name):
            spark.createDataFrame([], columns).createOrReplaceTempView(relation(name))
            continue
        try:
            found[name] = spark.sql(query)
        except Exception as error:  # whatever Spark says is the finding
            found[name] = str(error)
        else:
            empty = spark.createDataFrame([], found[name].schema)
            empty.createOrReplaceTempView(relation(name))
    return found


def test_spark_understands_every_model(analysed: dict[str, Any]) -> None:
    assert {name: said for name, said in analysed.items() if isinstance(said, str)} == {}
    assert len(analysed) == len(queries()) - len(OF_A_BUILD)


def test_no_decimal_of_a_model_gives_up_places(analysed: dict[str, Any]) -> None:
    found = {
        name: sorted(set(lossy(made._jdf.queryExecution().analyzed())))
        for name, made in analysed.items()
        if not isinstance(made, str)
    }
    assert {name: losses for name, losses in found.items() if losses} == {}
