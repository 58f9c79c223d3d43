"""Tables of shops that are run one by one, as one build: whose rows, in which order, or none."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import ConflictError, UnprocessableError
from lucid_orchestration.insights.tables import HISTORY, TABLES, table_file, write_table
from lucid_orchestration.settings import SHOP_MARK, Settings, mart_names
from lucid_orchestration.storage import write_parquet, write_text
from lucid_orchestration.warehouse.dbt_plugin import Plugin
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.gathering import gather, is_gathered, open_current
from lucid_orchestration.warehouse.publishing import output_files, publish_build, publish_insights
from lucid_orchestration.warehouse.snapshots import open_snapshot, read_manifest

MART = mart_names()[0]


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    paths = Settings(tmp_path)
    for name in ("ash", "oak", "yew"):
        (paths.inbox / name).mkdir(parents=True)
    return paths


def publish(paths: Settings, rows: list[tuple[str, int | None]], column: str = "figure") -> None:
    """A build whose every table holds these rows of shops, in their order."""
    names, figures = zip(*rows, strict=True) if rows else ((), ())
    # as DuckDB writes it: a column without a gap must not have one
    fields = [
        pa.field("dataset_id", pa.string(), nullable=not rows),
        pa.field(column, pa.int64(), nullable=not rows or None in figures),
    ]
    table = pa.table(
        [pa.array(names, pa.string()), pa.array(figures, pa.int64())], pa.schema(fields)
    )
    for file in output_files(paths):
        write_parquet(table, file)
    build = publish_build(paths, insights_come=True)
    for name in TABLES:
        write_table(paths.insights, name, [], build)
    problem = {"file": f"{paths.dataset or 'yew'}/lucid.yml", "rule": "", "reason": "wrong"}
    write_table(paths.insights, "rule_problems", [problem], build)
    publish_insights(paths)


def shop(paths: Settings, name: str) -> Settings:
    own = Settings(paths.shops / name, dataset=name)
    write_text(own.data_dir / SHOP_MARK, json.dumps({"dataset_id": name}))
    return own


def rows(paths: Settings, layer: str = "marts", table: str = MART) -> list[tuple[object, ...]]:
    with open_current(paths) as snapshot:
        content = pq.read_table(getattr(snapshot, layer) / f"{table}.parquet")
    return [tuple(row.values()) for row in content.to_pylist()]


def test_rows_of_one_shop_take_the_place_of_its_rows_of_before(paths: Settings) -> None:
    publish(paths, [("ash", 1), ("oak", 3), ("oak", 2), ("yew", 4)])
    oak = shop(paths, "oak")
    # it has none of its own yet: what it was stays
    assert is_gathered(paths)
    assert rows(paths) == [("ash", 1), ("oak", 3), ("oak", 2), ("yew", 4)]
    publish(oak, [("oak", 9), ("oak", 8), ("oak", 7)])
    assert not is_gathered(paths)
    assert rows(paths) == [("ash", 1), ("oak", 9), ("oak", 8), ("oak", 7), ("yew", 4)]
    assert is_gathered(paths)
    assert not gather(paths)
    # the folder of one shop knows of no other
    assert rows(oak) == [("oak", 9), ("oak", 8), ("oak", 7)]
    publish(oak, [])
    publish(shop(paths, "ash"), [("ash", 5)])
    assert rows(paths) == [("ash", 5), ("yew", 4)]


def test_a_column_may_have_gaps_in_one_shop_and_none_in_another(paths: Settings) -> None:
    publish(paths, [("ash", 1), ("yew", 2)])
    publish(shop(paths, "oak"), [("oak", None)])
    assert rows(paths) == [("ash", 1), ("oak", None), ("yew", 2)]
    publish(shop(paths, "ash"), [("ash", 3)])
    assert rows(paths) == [("ash", 3), ("oak", None), ("yew", 2)]


def test_it_is_one_build_with_one_id(paths: Settings) -> None:
    publish(shop(paths, "oak"), [("oak", 1)])
    with open_current(paths) as snapshot:
        files = [*snapshot.marts.glob("*.parquet"), *snapshot.quality.glob("*.parquet")]
        assert {build_of(file) for file in files} == {snapshot.build}
        assert build_of(snapshot.insights / "insights.parquet") == snapshot.build
        assert len(files) == len(output_files(paths))
        first = snapshot.id
    assert table_file(paths.insights, HISTORY).exists()
    before = read_manifest(paths)
    publish(shop(paths, "ash"), [("ash", 1)])
    # whoever asks without looking at the shops gets the build that was gathered
    assert read_manifest(paths) == before
    with open_current(paths) as snapshot:
        assert snapshot.id != first


def test_a_shop_without_files_and_without_a_folder_is_gone(paths: Settings) -> None:
    publish(paths, [("ash", 1), ("oak", 2), ("yew", 3)])
    publish(shop(paths, "oak"), [("oak", 2)])
    gather(paths)
    (paths.inbox / "yew").rmdir()
    assert not is_gathered(paths)
    assert rows(paths) == [("ash", 1), ("oak", 2)]


def test_what_is_wrong_with_rules_is_told_of_each_shop(paths: Settings) -> None:
    publish(paths, [("ash", 1), ("yew", 2)])
    publish(shop(paths, "oak"), [("oak", 2)])
    told = rows(paths, "insights", "rule_problems")
    assert told == [("oak/lucid.yml", "", "wrong"), ("yew/lucid.yml", "", "wrong")]


def test_tables_of_another_version_are_refused_and_the_build_before_stays(paths: Settings) -> None:
    publish(shop(paths, "oak"), [("oak", 1)])
    gather(paths)
    publish(shop(paths, "yew"), [("yew", 1)], column="renamed")
    with pytest.raises(UnprocessableError, match=r"all others.*lucid run"):
        gather(paths)
    with open_snapshot(paths) as snapshot:
        assert pq.read_table(snapshot.marts / f"{MART}.parquet").num_rows == 1
    publish(shop(paths, "oak"), [("oak", 1)], column="renamed")
    assert rows(paths) == [("oak", 1), ("yew", 1)]


def test_dbt_by_hand_is_refused_for_all_shops_and_works_for_one(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = shop(paths, "oak")
    monkeypatch.setattr("lucid_orchestration.warehouse.dbt_plugin.settings", lambda: paths)
    plugin = Plugin.__new__(Plugin)
    with pytest.raises(ConflictError, match="run one by one"):
        plugin.update_connection_config(None, {})
    monkeypatch.setattr("lucid_orchestration.warehouse.dbt_plugin.settings", lambda: own)

    class Credentials:
        path = ""

    plugin.update_connection_config(Credentials, {})
    assert Credentials.path == str(own.database)
