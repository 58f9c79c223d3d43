"""What a build of everything leaves behind of models that are gone."""

from pathlib import Path

import duckdb
import pyarrow as pa

from lucid_orchestration.settings import Settings, mart_names
from lucid_orchestration.storage import write_parquet
from lucid_orchestration.warehouse.build import output_files, remove_leftovers


def test_files_and_tables_of_models_that_are_gone_are_removed(tmp_path: Path) -> None:
    paths = Settings(tmp_path)
    rows = pa.table({"dataset_id": ["shop"]})
    outputs = output_files(paths)
    others = [paths.marts / "gone.parquet", paths.quality / "tmp_gone.parquet"]
    for file in (*outputs, *others, paths.insights / "insights.parquet"):
        write_parquet(rows, file)
    mart = mart_names()[0]
    with duckdb.connect(str(paths.database)) as database:
        for schema in ("marts", "quality", "staging", "intermediate", "by_file", "seeds", "own"):
            database.execute(f"create schema {schema}")
        for name in (mart, "gone"):
            database.execute(f"create view marts.{name} as from '{outputs[0]}'")
        # stg_sales lies in a folder of its own below its layer
        tables = ("staging.gone", "staging.stg_sales", 'intermediate."int gone"')
        for table in (*tables, "seeds.gone", "own.gone"):
            database.execute(f"create table {table} as select 1 as quantity")
        database.execute("create table by_file.loaded_files as select 1 as quantity")

    foreign = [paths.marts / "notes.parquet", paths.quality / "my list.xlsx"]
    for file in foreign:
        file.write_bytes(b"somebody's")

    assert remove_leftovers(paths) == tuple(foreign)

    assert {*paths.marts.iterdir(), *paths.quality.iterdir()} == {*outputs, *foreign}
    assert (paths.insights / "insights.parquet").exists()
    with duckdb.connect(str(paths.database)) as database:
        found = database.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    assert {name for (name,) in found} == {
        f"marts.{mart}",
        "staging.stg_sales",
        "seeds.gone",
        "own.gone",
        "by_file.loaded_files",
    }
