"""A data folder with the columns and types the models promise, and nothing else."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest
import yaml

from lucid_orchestration.insights.tables import TABLES
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import write_parquet

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
MakeData: TypeAlias = Callable[[Rows], Path]

_TYPES = {
    "string": pa.string(),
    "date": pa.date32(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "integer[]": pa.list_(pa.int32()),
    "timestamp": pa.timestamp("us"),
}


@pytest.fixture
def make_data(tmp_path: Path) -> MakeData:
    """Write every mart, quality and insight table: the given rows, null where they say nothing."""

    def make(rows: Rows) -> Path:
        tables = {"marts": _promised("marts"), "quality": _promised("quality"), "insights": TABLES}
        unknown = rows.keys() - {name for schemas in tables.values() for name in schemas}
        assert not unknown
        for folder, schemas in tables.items():
            for name, schema in schemas.items():
                content = [
                    {column: row.get(column) for column in schema.names}
                    for row in rows.get(name, ())
                ]
                assert not {c for row in rows.get(name, ()) for c in row} - set(schema.names)
                write_parquet(
                    pa.Table.from_pylist(content, schema=schema),
                    tmp_path / "data" / folder / f"{name}.parquet",
                )
        return tmp_path / "data"

    return make


def _promised(layer: str) -> dict[str, pa.Schema]:
    schemas = {}
    for path in sorted((PROJECT_DIR / "models" / layer).glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            schemas[model["name"]] = pa.schema(
                [(column["name"], _arrow_type(column["data_type"])) for column in model["columns"]]
            )
    return schemas


def _arrow_type(text: str) -> pa.DataType:
    found = re.fullmatch(r"decimal\((\d+), ?(\d+)\)", text)
    return pa.decimal128(int(found[1]), int(found[2])) if found else _TYPES[text]
