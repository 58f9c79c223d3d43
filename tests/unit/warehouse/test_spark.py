"""What surrounds a build on Spark, without one: what it is asked for, refused, and published."""

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import BadRequestError, ProcessingFailedError
from lucid_orchestration.runs import stamps
from lucid_orchestration.settings import Settings, settings
from lucid_orchestration.storage import sql_literal, write_parquet
from lucid_orchestration.warehouse import spark_connect, spark_session, spark_tables
from lucid_orchestration.warehouse.build import remove_leftovers
from lucid_orchestration.warehouse.contracts import contract
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.project import project_digest
from lucid_orchestration.warehouse.publishing import output_files
from lucid_orchestration.warehouse.snapshots import open_snapshot
from tests.cluster import free_port

MANY = 12


def empty(layer: str, table: str) -> pa.Schema:
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in contract(layer, table).items())
    with duckdb.connect() as connection:
        connection.execute(f"create table t ({columns})")
        return connection.table("t").to_arrow_table().schema


def tables(paths: Settings) -> Path:
    return paths.spark / "run"


def publish(paths: Settings) -> None:
    """Publish what `built` made."""
    counts = dict.fromkeys(spark_tables.published_tables(paths), 0)
    counts["marts", "datasets"] = MANY
    spark_tables.publish_tables(paths, tables(paths), counts)


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    """A data folder where Spark has made every table, of `datasets` more parts than ten."""
    paths = Settings(tmp_path / "data")
    for file in output_files(paths):
        schema = empty(file.parent.name, file.stem)
        folder = tables(paths) / f"{file.parent.name}.db" / file.stem
        names = [f"shop-{MANY - place:02}" for place in range(MANY)]
        rows = [[{"dataset_id": name}] for name in names] if file.stem == "datasets" else [[]]
        for part, row in enumerate(rows):
            table = pa.Table.from_pylist([dict.fromkeys(schema.names) | one for one in row], schema)
            write_parquet(table, folder / f"part-{part:05}-0a-c000.zstd.parquet")
        (folder / "_SUCCESS").touch()
        file.parent.mkdir(parents=True, exist_ok=True)
    return paths


def test_tables_are_published_in_the_order_they_were_made(built: Settings) -> None:
    # more parts than there are digits for: their numbers say the order, not their names
    folder = tables(built) / "marts.db" / "datasets"
    last = sorted(folder.glob("part-*"))[-1]
    last.rename(last.with_name("part-100000-0a-c000.zstd.parquet"))
    publish(built)
    with open_snapshot(built) as snapshot:
        table = pq.read_table(snapshot.marts / "datasets.parquet")
        build = snapshot.build
    assert table["dataset_id"].to_pylist() == [f"shop-{MANY - place:02}" for place in range(MANY)]
    assert table.schema.types == empty("marts", "datasets").types
    assert {build_of(file) for file in output_files(built)} == {build}


def test_the_files_are_those_duckdb_writes(built: Settings) -> None:
    publish(built)
    file = built.quality / "source_files.parquet"
    other = file.with_name("other")
    columns = ", ".join(
        f"{name} {kind}" for name, (kind, _) in contract("quality", "source_files").items()
    )
    # as macros/materializations/parquet.sql does
    duckdb.sql(f"create or replace temp table draft ({columns})")
    duckdb.sql(
        f"copy (select * from draft) to {sql_literal(other)} (format parquet, compression zstd, "
        f"kv_metadata {{lucid_build: '{build_of(file)}'}})"
    )
    assert other.read_bytes() == file.read_bytes()


def test_readers_keep_the_last_build_when_a_table_is_missing(built: Settings) -> None:
    (part,) = (tables(built) / "quality.db" / "rejected_rows").glob("part-*")
    part.write_bytes(b"half of it")
    with pytest.raises(ProcessingFailedError):
        publish(built)
    assert not built.builds_file.exists()
    assert not [file for file in output_files(built) if file.exists()]


def test_readers_keep_the_last_build_when_rows_are_not_seen_here(built: Settings) -> None:
    # as a folder of another machine does that shows a new file late
    last = sorted((tables(built) / "marts.db" / "datasets").glob("part-*"))[-1]
    last.unlink()
    with pytest.raises(
        ProcessingFailedError, match=rf"{MANY} rows of marts.datasets, and {MANY - 1}"
    ):
        publish(built)
    assert not built.builds_file.exists()
    assert not [file for file in output_files(built) if file.exists()]


def test_what_duckdb_keeps_of_older_rows_is_dropped(built: Settings) -> None:
    with duckdb.connect(str(built.database)) as database:
        for schema in ("staging", "intermediate", "seeds", "by_file", "own"):
            database.execute(f"create schema {schema}")
            database.execute(f"create table {schema}.a as select 1 as a")
        database.execute("create view own.b as from staging.a")
    publish(built)
    with duckdb.connect(str(built.database), read_only=True) as database:
        found = database.execute("select distinct schema_name from duckdb_tables()").fetchall()
    assert found == [("own",)]


def test_a_table_of_a_model_that_is_gone_is_removed(
    built: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_TARGET", "spark")
    publish(built)
    file = output_files(built)[0]
    (built.marts / "gone.parquet").write_bytes(file.read_bytes())
    write_parquet(pa.table({"a": [1]}), built.marts / "mine.parquet")
    assert remove_leftovers(built) == (built.marts / "mine.parquet",)
    assert not (built.marts / "gone.parquet").exists()
    assert not built.database.exists()


def test_another_engine_makes_everything_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUCID_TARGET", raising=False)
    before = stamps.model_code_digest(), project_digest()
    monkeypatch.setenv("LUCID_TARGET", "spark")
    after = stamps.model_code_digest(), project_digest()
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, True]


def test_numbers_that_are_too_large_are_errors_and_this_machine_is_not_shown(
    tmp_path: Path,
) -> None:
    paths = Settings(tmp_path)
    here = spark_session.session_config(paths, "local[2]")
    assert here["spark.sql.ansi.enabled"] == "true"
    assert here["spark.driver.bindAddress"] == "127.0.0.1"
    there = spark_session.session_config(paths, "spark://10.0.0.5:7077")
    assert there["spark.master"] == "spark://10.0.0.5:7077"
    assert "spark.driver.bindAddress" not in there


def test_what_decides_figures_is_said_to_every_spark(tmp_path: Path) -> None:
    asked = spark_session.sql_config(Settings(tmp_path))
    assert asked.items() <= spark_session.session_config(Settings(tmp_path), "local[2]").items()
    assert asked["spark.sql.session.timeZone"] == "UTC"
    assert asked["spark.sql.files.ignoreMissingFiles"] == "false"


def test_runs_of_one_data_folder_are_known_by_their_schemas(tmp_path: Path) -> None:
    one, other = (spark_session.schemas_of_folder(Settings(tmp_path / name)) for name in "ab")
    assert one != other
    assert re.fullmatch("lucid_[0-9a-f]{12}_", one)
    # without a session they are called what the project calls them
    assert spark_session.schema_of_run("marts") == "marts"


@pytest.mark.parametrize("address", ["sc://", "sc://:15002", "sc://host:port"])
def test_an_address_without_a_server_is_refused(address: str) -> None:
    with pytest.raises(BadRequestError, match="has to name a server"):
        spark_connect.connected(address)


def test_a_server_that_is_not_there_is_told_at_once_and_without_its_token() -> None:
    address = f"sc://127.0.0.1:{free_port()}"
    with pytest.raises(ProcessingFailedError, match=f"answers at {address} .*refused") as told:
        spark_connect.connected(f"{address}/;token=secret")
    assert "secret" not in str(told.value)


def test_spark_s_words_end_before_its_plan_and_its_calls() -> None:
    said = "[A] first\nsecond"
    plan, calls = ";\n'Project [a]", "\n\nJVM stacktrace:\norg.apache"
    for more in ("", plan, calls, plan + calls):
        assert spark_connect.in_words(ValueError(said + more)) == said


def test_a_folder_spark_would_take_for_a_pattern_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / "shop [old]"))
    settings.cache_clear()
    try:
        with pytest.raises(BadRequestError, match=r"'\[' in its path"):
            spark_session.spark_session()
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_without_java_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    settings.cache_clear()
    try:
        with pytest.raises(ProcessingFailedError, match="Java 17 or newer"):
            spark_session.spark_session()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
