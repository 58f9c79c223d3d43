"""Readers in processes of their own while real builds follow each other: all of one build."""

from pathlib import Path

import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.warehouse import build as builds
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.snapshots import open_snapshot, read_manifest
from tests import shops

BUILDS = 5  # benchmarks/snapshots.py has twenty, of whole runs
# the three tables the readers ask, with what they are made of
ASKED = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
ASKED_TABLES = ("--select", "+datasets", "+dataset_quality", "+source_files")


def build_by_hand(paths: Settings) -> None:
    """What an analyst does: dbt, without a run of Lucid around it."""
    shops.build(paths.data_dir, *ASKED, *ASKED_TABLES)


def test_no_reader_sees_two_builds_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PROJECT_DIR))
    from benchmarks import snapshots as race

    seen = race.race(Settings(tmp_path), [open_snapshot] * 4, BUILDS, build_by_hand)
    assert [(reads.mixed, reads.failed) for reads in seen] == [(0, 0)] * 4
    # they read all the time, and new builds came to them
    assert min(reads.builds for reads in seen) > 2
    assert min(reads.asked for reads in seen) > BUILDS


def test_dbt_by_hand_publishes_and_a_run_of_lucid_with_its_insights(
    tmp_path: Path, sample_shop: Settings
) -> None:
    with open_snapshot(sample_shop) as snapshot:
        assert snapshot.build == read_manifest(sample_shop).built
        files = [*snapshot.marts.glob("*.parquet"), *snapshot.quality.glob("*.parquet")]
        assert {build_of(file) for file in files} == {snapshot.build}
        for file in files:
            layer = sample_shop.data_dir / file.parent.name
            assert (layer / file.name).read_bytes() == file.read_bytes()
    # the same shop, built inside a run: the same build, which nobody sees before its insights
    paths = Settings(tmp_path)
    (paths.inbox / "sample-shop").mkdir(parents=True)
    for file in sorted((PROJECT_DIR / "examples" / "sample-shop").iterdir()):
        (paths.inbox / "sample-shop" / file.name).write_bytes(file.read_bytes())
    ingest(paths.inbox, paths.raw, paths.state)
    builds.build(paths)
    assert read_manifest(paths).built == snapshot.build
    assert read_manifest(paths).current is None


def test_a_build_with_an_error_is_not_published(
    tmp_path: Path,
) -> None:
    shops.build(tmp_path, *ASKED, *ASKED_TABLES)
    before = read_manifest(Settings(tmp_path))
    (tmp_path / "raw" / "raw_sales" / "broken.parquet").write_bytes(b"no Parquet")
    with pytest.raises(ProcessingFailedError):
        builds.build(Settings(tmp_path))
    assert read_manifest(Settings(tmp_path)) == before
