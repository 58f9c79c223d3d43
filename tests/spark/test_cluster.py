"""Changed files built by two workers, one of which dies in the middle: no figure is another."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.warehouse.snapshots import Manifest, open_snapshot, read_manifest
from tests.cluster import wait_until
from tests.spark.cluster import HERE, WORKERS, SparkCluster, spark_cluster
from tests.spark.shops import LUCID, contents, differing, edit, environment, run

pytestmark = [
    pytest.mark.spark,
    pytest.mark.usefixtures("spark_is_here"),
    pytest.mark.skipif(sys.platform == "win32", reason="ends groups of processes"),
]

LONGEST = 3600


@dataclass(frozen=True)
class Outcome:
    """What became of a run that lost a worker, in `spark`; `duckdb` holds the right answers."""

    duckdb: Settings
    spark: Settings
    before: Manifest
    returned: int
    behind: Manifest
    is_held_as_it_was: bool


@pytest.fixture(scope="module")
def outcome(built: Settings, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A run over changed files that lost a worker, and another when it gave up."""
    folder = tmp_path_factory.mktemp("cluster")
    duckdb, spark = Settings(folder / "duckdb"), Settings(folder / "spark")
    for paths in (duckdb, spark):
        shutil.copytree(built.data_dir, paths.data_dir)
        edit(paths.inbox / "sample-shop")
    run(duckdb)
    before = read_manifest(spark)
    with spark_cluster(folder) as cluster, open_snapshot(spark) as held:
        tables = contents(held.marts)
        told = {"LUCID_TARGET": "spark", "LUCID_SPARK": cluster.address, "SPARK_LOCAL_IP": HERE}
        returned = run_and_kill_one(spark, cluster, told, folder / "run.log")
        behind = read_manifest(spark)
        is_held_as_it_was = contents(held.marts) == tables
        if returned != 0:
            run(spark, **told)
    return Outcome(duckdb, spark, before, returned, behind, is_held_as_it_was)


def run_and_kill_one(
    paths: Settings, cluster: SparkCluster, told: dict[str, str], log: Path
) -> int:
    """A run with a worker that dies in the middle of it; what it returned."""
    with log.open("wb") as out:
        built = subprocess.Popen(
            [sys.executable, "-c", LUCID, "run"],
            env=environment(paths, told),
            cwd=PROJECT_DIR,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until(lambda: built.poll() is not None or is_half_built(paths), LONGEST)
        assert built.poll() is None, log.read_text(encoding="utf-8")
        assert [cluster.executors(name) for name in WORKERS] == [1, 1]
        cluster.kill(WORKERS[0])
        return built.wait(LONGEST)
    finally:
        built.kill()
        built.wait()


def is_half_built(paths: Settings) -> bool:
    """Whether tables of the lines are there, and of the answers none."""
    layers = {folder.parent.parent.name for folder in paths.spark.glob("*/*.db/*/_SUCCESS")}
    assert "marts.db" not in layers
    return "intermediate.db" in layers


def test_a_run_that_lost_a_worker_publishes_all_or_nothing(outcome: Outcome) -> None:
    assert (outcome.behind != outcome.before) == (outcome.returned == 0)


def test_a_reader_keeps_the_build_it_opened_before(outcome: Outcome) -> None:
    assert outcome.is_held_as_it_was


def test_files_that_came_changed_and_went_give_what_duckdb_gives(outcome: Outcome) -> None:
    duckdb, spark = outcome.duckdb, outcome.spark
    assert read_manifest(spark).built != outcome.before.built
    assert [*differing(duckdb, spark)] == []
    assert read_manifest(spark) == read_manifest(duckdb)
    assert contents(spark.insights) == contents(duckdb.insights)
    assert contents(spark.reports) == contents(duckdb.reports)
