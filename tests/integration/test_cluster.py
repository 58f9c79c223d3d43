"""Many shops by three workers of a broker, one of which dies: each shop once, no figure another."""

from collections import Counter
from pathlib import Path

import dagster as dg
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import Settings, shop_folders
from lucid_orchestration.warehouse.gathering import is_gathered, open_current
from lucid_orchestration.warehouse.publishing import output_files
from tests.cluster import Cluster, redis_program, wait_until
from tests.small_shops import write_shop

pytestmark = pytest.mark.cluster

SHOPS = 6
LONGEST = 1500.0
DONE = dg.DagsterRunStatus.SUCCESS
LOST = dg.DagsterRunStatus.FAILURE


@pytest.fixture(scope="module")
def redis() -> str:
    pytest.importorskip("dagster_celery", reason="pip install 'lucid-shop[celery]'")
    program = redis_program()
    if program is None:
        pytest.skip("no redis-server on this machine")
    return program


def rows_of(paths: Settings) -> dict[str, list[dict[str, object]]]:
    with open_current(paths) as snapshot:
        tables = {
            file.stem: pq.read_table(snapshot.marts.parent / file.relative_to(paths.data_dir))
            for file in output_files(paths)
        }
    return {
        name: table.drop_columns({"ingested_at"} & set(table.column_names)).to_pylist()
        for name, table in tables.items()
    }


def done_by(cluster: Cluster) -> Counter[str]:
    """How often each shop was run to its end."""
    return Counter(run.tags["dagster/partition"] for run in cluster.runs(DONE))


def test_each_shop_is_run_once_although_a_worker_dies(tmp_path: Path, redis: str) -> None:
    paths, together = Settings(tmp_path / "data"), Settings(tmp_path / "together")
    names = [f"shop-{number:03}" for number in range(SHOPS)]
    for number, name in enumerate(names):
        for whose in (paths, together):
            write_shop(whose.inbox, name, number, lines=60)
    with Cluster(tmp_path / "cluster", paths, redis) as cluster:
        # killed while it is at a shop, and after others were done
        wait_until(lambda: len(cluster.runs(DONE)) >= 1 and bool(cluster.at_work()), LONGEST)
        name, interrupted = next(iter(cluster.at_work().items()))
        cluster.kill(name)
        wait_until(
            lambda: {run.tags["dagster/partition"] for run in cluster.runs(DONE)} == {*names},
            LONGEST,
        )
        wait_until(lambda: is_gathered(paths), LONGEST)
        done = done_by(cluster)
        lost = [run.tags["dagster/partition"] for run in cluster.runs(LOST)]
    assert done == Counter(names)
    # the message of another may have gone down with that worker, and was sent again
    assert interrupted in lost
    assert [shop.dataset for shop in shop_folders(paths)] == names
    for shop in shop_folders(paths):
        jobs = pq.read_table(shop.state / "processing_jobs.parquet").column("status").to_pylist()
        # a worker that died when all was done could not say so: the next finds nothing to do
        other = {"interrupted", "unchanged"} if shop.dataset == interrupted else set()
        assert jobs.count("succeeded") == 1
        assert {*jobs} - {"succeeded"} <= other, (shop.dataset, jobs)
    refresh(together)
    assert rows_of(paths) == rows_of(together)
    pages = {page.name: page.read_bytes() for page in together.reports.iterdir()}
    assert {page.name: page.read_bytes() for page in paths.reports.iterdir()} == pages
