"""A build by a Spark Connect server of somebody else's: no Java here, and no figure is another."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.ingest.raw_tables import write_empty_tables
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.snapshots import read_manifest
from lucid_orchestration.warehouse.spark_connect import connected, require_same_folder
from lucid_orchestration.warehouse.spark_session import schemas_of_folder
from tests.spark.cluster import connect_server
from tests.spark.shops import (
    DBT,
    LUCID,
    child,
    contents,
    copy_unpublished,
    differing,
    run,
)

pytestmark = [
    pytest.mark.spark,
    pytest.mark.usefixtures("spark_is_here"),
    pytest.mark.skipif(sys.platform == "win32", reason="ends groups of processes"),
]


@pytest.fixture(scope="module")
def server(spark_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with connect_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="module")
def session(server: str) -> Iterator[Any]:
    """What somebody else has on the server: a table in a schema with the name of a layer."""
    found = connected(server)
    found.sql("create schema staging")
    found.sql("create table staging.stg_sales using parquet as select 1 as mine")
    yield found
    found.stop()


@pytest.fixture(scope="module")
def told(server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a child is told; it finds no Java."""
    nowhere = str(tmp_path_factory.mktemp("nowhere"))
    return {"LUCID_TARGET": "spark", "LUCID_SPARK": server, "JAVA_HOME": nowhere}


@pytest.fixture(scope="module")
def made(
    built: Settings, session: Any, told: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """The shops as the server builds them; a run that was killed left a schema there."""
    spark = Settings(tmp_path_factory.mktemp("connect") / "data")
    copy_unpublished(built, spark)
    session.sql(f"create schema {schemas_of_folder(spark)}0_raw")
    run(spark, **told)
    return spark


def test_all_files_are_those_of_duckdb(built: Settings, made: Settings) -> None:
    assert [*differing(built, made)] == []
    for folder in ("marts", "quality", "insights", "reports"):
        assert contents(built.data_dir / folder) == contents(made.data_dir / folder), folder
    assert read_manifest(built) == read_manifest(made)


def test_nothing_stays_behind_and_what_is_others_does(made: Settings, session: Any) -> None:
    assert not made.spark.exists()
    found = {row[0] for row in session.sql("show schemas").collect()}
    assert found == {"default", "staging"}
    assert session.sql("select mine from staging.stg_sales").collect() == [(1,)]


def test_a_number_that_is_too_large_is_an_error_whatever_the_server_is_told(
    told: dict[str, str], tmp_path: Path
) -> None:
    query = "select cast(sum(a) as decimal(4, 2)) as a from values (99.99), (0.02) as t (a)"
    own = [f"--target-path={tmp_path / 'target'}", f"--log-path={tmp_path / 'target'}"]
    words = ["show", "--inline", query, "--target", "spark", "--profiles-dir", ".", *own]
    shown = child(DBT, Settings(tmp_path / "data"), *words, **told)
    assert shown.returncode != 0
    assert "NUMERIC_VALUE_OUT_OF_RANGE" in shown.stdout
    assert "stacktrace" not in shown.stdout + shown.stderr


def test_doctor_says_the_server_s_version_and_asks_for_no_java(
    told: dict[str, str], tmp_path: Path
) -> None:
    said = child(LUCID, Settings(tmp_path), "doctor", **told).stdout
    assert f"4.3.0 at {told['LUCID_SPARK']}" in said
    assert "Java" not in said


def test_a_server_that_does_not_see_a_file_of_the_data_folder_is_refused(
    session: Any, tmp_path: Path
) -> None:
    paths = Settings(tmp_path)
    write_empty_tables(paths.raw)
    require_same_folder(session, paths, tmp_path)
    with pytest.raises(ProcessingFailedError, match="at the same path"):
        require_same_folder(session, paths, tmp_path / "made elsewhere")
    # Spark takes no notice of a name that begins so
    (paths.raw / "raw_sales" / ".a.parquet").write_bytes(b"seen here alone")
    with pytest.raises(ProcessingFailedError, match="at the same path"):
        require_same_folder(session, paths, tmp_path)
