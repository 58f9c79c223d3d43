"""A build on Spark gives the answers of one on DuckDB: each table, each insight, each page."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.database import open_for_reading
from lucid_orchestration.warehouse.publishing import output_files
from lucid_orchestration.warehouse.snapshots import read_manifest
from tests.spark.shops import DBT, LUCID, child, contents, copy_unpublished, differing, run

pytestmark = [pytest.mark.spark, pytest.mark.usefixtures("spark_is_here")]

SPARK = {"LUCID_TARGET": "spark", "LUCID_SPARK": "local[2]"}


@pytest.fixture(scope="module")
def folders(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Settings]:
    """The same landed rows, built with DuckDB in the first and with Spark in the second."""
    spark = Settings(tmp_path_factory.mktemp("spark") / "data")
    copy_unpublished(built, spark)
    run(spark, **SPARK)
    return built, spark


def test_every_table_is_the_same_file(folders: tuple[Settings, Settings]) -> None:
    duckdb, spark = folders
    assert [*differing(duckdb, spark)] == []
    assert contents(duckdb.marts) == contents(spark.marts)
    assert contents(duckdb.quality) == contents(spark.quality)
    assert read_manifest(duckdb) == read_manifest(spark)


def test_insights_and_pages_are_the_same_files(folders: tuple[Settings, Settings]) -> None:
    duckdb, spark = folders
    assert contents(duckdb.insights) == contents(spark.insights)
    assert contents(duckdb.reports) == contents(spark.reports)
    assert len(contents(spark.reports)) > 2


def test_nothing_of_spark_stays_and_no_table_of_duckdb_s_that_is_older(
    folders: tuple[Settings, Settings],
) -> None:
    _, spark = folders
    assert not spark.spark.exists()
    with closing(open_for_reading(spark.database)) as database:
        schemas = {
            name
            for (name,) in database.execute(
                "select distinct table_schema from information_schema.tables"
            ).fetchall()
        }
        assert schemas == {"raw", "marts", "quality", "insights"}
        (count,) = database.execute("select count(*) from marts.datasets").fetchall()[0]
    assert count == 2


def test_a_second_run_finds_nothing_to_do(folders: tuple[Settings, Settings]) -> None:
    _, spark = folders
    done = child(LUCID, spark, "run", **SPARK)
    assert "Nothing changed" in done.stdout + done.stderr


def by_hand(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of dbt on Spark over an empty shop, whose own files stay out of the tree."""
    own = [f"--target-path={folder / 'target'}", f"--log-path={folder / 'target'}"]
    arguments = [*words, "--target", "spark", "--profiles-dir", ".", *own]
    return child(DBT, Settings(folder / "data"), *arguments, LUCID_SPARK="local[1]")


def test_a_number_that_is_too_large_is_an_error(tmp_path: Path) -> None:
    query = "select cast(sum(a) as decimal(4, 2)) as a from values (99.99), (0.02) as t (a)"
    shown = by_hand(tmp_path, "show", "--inline", query)
    assert shown.returncode != 0
    assert "NUMERIC_VALUE_OUT_OF_RANGE" in shown.stdout
    # dbt by hand ends its session as well
    assert not Settings(tmp_path / "data").spark.exists()


def test_a_build_of_some_models_is_refused(tmp_path: Path) -> None:
    part = by_hand(tmp_path, "build", "--select", "datasets")
    assert part.returncode != 0
    assert "everything is built at once" in part.stdout
    assert not output_files(Settings(tmp_path / "data"))[0].exists()
