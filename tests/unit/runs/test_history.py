"""When each mart was computed, and from what."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.runs import history
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import write_parquet


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(history, "mart_names", lambda: ("best_sellers", "sizes"))
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "notes.parquet").write_bytes(b"none of ours")
    return Settings(tmp_path)


def test_cache_rows_move_only_with_their_dataset(paths: Settings) -> None:
    def build(files: Sequence[tuple[str, str, str]], rows: Sequence[str]) -> None:
        names = ("dataset_id", "source_file_id", "status")
        columns = zip(*files, strict=True)
        write_parquet(
            pa.table(dict(zip(names, columns, strict=True))),
            paths.quality / "source_files.parquet",
        )
        write_parquet(pa.table({"dataset_id": rows}), paths.marts / "best_sellers.parquet")
        history.write_analytics_cache(paths, "code")

    build([("a", "f1", "accepted"), ("b", "f2", "accepted")], ["a", "a", "b"])
    first = {row["dataset_id"]: row for row in history.read_cache(paths)}
    assert {name: row["row_count"] for name, row in first.items()} == {"a": 2, "b": 1}

    build(
        [("a", "f1", "accepted"), ("a", "f9", "refused"), ("b", "f3", "accepted")], ["a", "a", "b"]
    )
    second = {row["dataset_id"]: row for row in history.read_cache(paths)}
    assert second["a"] == first["a"]  # a refused file changes no mart
    assert second["b"]["input_hash"] != first["b"]["input_hash"]
    assert second["b"]["computed_at"] > first["b"]["computed_at"]
    assert pq.read_schema(history.cache_file(paths)).equals(history.ANALYTICS_CACHE)


def test_a_mart_that_tells_no_shops_apart_counts_whole_for_each(paths: Settings) -> None:
    files = {"dataset_id": ["a", "b"], "source_file_id": ["1", "2"], "status": ["accepted"] * 2}
    write_parquet(pa.table(files), paths.quality / "source_files.parquet")
    write_parquet(pa.table({"category": ["Tea", "Oil", "Rice"]}), paths.marts / "sizes.parquet")
    history.write_analytics_cache(paths, "code")
    counts = {row["dataset_id"]: row["row_count"] for row in history.read_cache(paths)}
    assert counts == {"a": 3, "b": 3}
