"""One build, one snapshot: what readers get while builds come, fail, are killed and go."""

import itertools
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.insights.tables import TABLES, table_file, write_missing_tables
from lucid_orchestration.insights.tables import write_table as write_insights
from lucid_orchestration.settings import INSIGHTS_FOLLOW, Settings, mart_names
from lucid_orchestration.storage import read_parquet_rows, write_bytes, write_parquet, write_text
from lucid_orchestration.warehouse import publishing
from lucid_orchestration.warehouse.build import foreign_files, remove_leftovers
from lucid_orchestration.warehouse.footers import NO_ID, build_of, stamped, unstamped
from lucid_orchestration.warehouse.publishing import (
    KEPT_SNAPSHOTS,
    output_files,
    publish_build,
    publish_insights,
    published_files,
)
from lucid_orchestration.warehouse.snapshots import open_built, open_snapshot, read_manifest

FIRST, SECOND = mart_names()[:2]


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def write_with_dbt(file: Path, select: str) -> None:
    """A table as the materialization writes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    duckdb.execute(
        f"copy ({select}) to '{file}' (format parquet, compression zstd, "
        f"kv_metadata {{lucid_build: '{NO_ID}'}})"
    )


def build(paths: Settings, answer: str = "one", **others: str) -> str:
    """A build of every table; each says the answer, or its own one."""
    for file in output_files(paths):
        write_with_dbt(file, f"select '{others.get(file.stem, answer)}' as answer")
    write_missing_tables(paths.insights)
    return publish_build(paths)


def find_insights(paths: Settings, build: str) -> None:
    for name in TABLES:
        write_insights(paths.insights, name, [], build)


def answers(paths: Settings) -> set[str]:
    """What the tables of the current snapshot say."""
    with open_snapshot(paths) as snapshot:
        files = [*snapshot.marts.glob("*.parquet"), *snapshot.quality.glob("*.parquet")]
        return {row["answer"] for file in files for row in read_parquet_rows(file)}


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(file): (file.read_bytes(), file.stat().st_mtime_ns)
        for file in folder.rglob("*")
        if file.is_file() and "state" not in file.parts
    }


def test_every_table_carries_the_id_that_the_manifest_names(paths: Settings) -> None:
    own = build(paths)
    files = published_files(paths)
    assert len(files) == 2 * len(output_files(paths))
    assert {build_of(file) for file in files} == {own}
    for here, kept in zip(files[: len(files) // 2], files[len(files) // 2 :], strict=True):
        assert here.read_bytes() == kept.read_bytes()
    with open_snapshot(paths) as snapshot:
        assert snapshot.build == own
        assert {file.name for file in snapshot.insights.iterdir()} == {
            f"{name}.parquet" for name in TABLES if name != "insight_history"
        }
    named = json.loads(paths.builds_file.read_text(encoding="utf-8"))
    assert named["current"] == snapshot.id
    assert all((paths.data_dir / file).is_file() for file in named["files"].values())
    assert named["files"][f"marts.{FIRST}"] == f"builds/{own}/marts/{FIRST}.parquet"


def test_the_id_comes_from_what_the_tables_hold(paths: Settings, tmp_path: Path) -> None:
    first = build(paths)
    assert build(paths, **{FIRST: "two"}) not in {first, NO_ID}
    assert build(paths) == first  # back again, after any history
    assert build(Settings(tmp_path / "elsewhere")) == first
    elsewhere = Settings(tmp_path / "elsewhere")
    for file in output_files(paths):
        other = elsewhere.data_dir / file.relative_to(paths.data_dir)
        assert file.read_bytes() == other.read_bytes()


def test_when_files_were_read_is_no_part_of_it(paths: Settings) -> None:
    ids = []
    for row in ("'a', 1", "'a', 2", "'b', 2"):
        build(paths)
        name, time = row.split(", ")
        write_with_dbt(
            paths.quality / "source_files.parquet",
            f"select {name} as file_name, {time} as ingested_at",
        )
        ids.append(publish_build(paths))
        with open_snapshot(paths) as snapshot:
            (read,) = read_parquet_rows(snapshot.quality / "source_files.parquet")
        assert read == {"file_name": name.strip("'"), "ingested_at": int(time)}
    assert ids[0] == ids[1] != ids[2]


def test_a_build_that_changed_nothing_writes_nothing(paths: Settings) -> None:
    build(paths)
    find_insights(paths, read_manifest(paths).built)
    publish_insights(paths)
    before = contents(paths.data_dir)
    publish_build(paths)
    publish_insights(paths)
    assert contents(paths.data_dir) == before


def test_text_of_a_shop_is_not_taken_for_the_place_of_the_id(paths: Settings) -> None:
    name = "lucid_build\x18 " + "x" * 40
    build(paths)
    write_with_dbt(paths.marts / f"{FIRST}.parquet", f"select '{name}' as answer")
    own = publish_build(paths)
    with open_snapshot(paths) as snapshot:
        file = snapshot.marts / f"{FIRST}.parquet"
        assert read_parquet_rows(file) == [{"answer": name}]
        statistics = pq.read_metadata(file).row_group(0).column(0).statistics
        assert (statistics.min, statistics.max) == (name, name)
        assert build_of(file) == own


def test_tables_that_other_programs_wrote_get_a_place_for_the_id(paths: Settings) -> None:
    build(paths)
    file = paths.marts / f"{FIRST}.parquet"
    write_parquet(pa.table({"answer": ["by an older version", None]}), file)
    own = publish_build(paths)
    assert build_of(file) == own
    assert [row["answer"] for row in read_parquet_rows(file)] == ["by an older version", None]
    assert unstamped(file) == stamped(file.read_bytes(), NO_ID)


def test_readers_have_the_old_build_until_all_of_the_new_one_is_there(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(paths)
    monkeypatch.setenv(INSIGHTS_FOLLOW, "true")
    second = build(paths, "two")
    assert answers(paths) == {"one"}
    with open_built(paths) as built:
        assert (built.build, built.insights) == (second, paths.insights)
        assert read_parquet_rows(built.marts / f"{FIRST}.parquet") == [{"answer": "two"}]
    # the run stopped here; somebody has a text written for an insight of the first build
    find_insights(paths, first)
    publish_insights(paths)
    assert answers(paths) == {"one"}
    # the next run goes on
    find_insights(paths, second)
    publish_insights(paths)
    assert answers(paths) == {"two"}
    with open_snapshot(paths) as snapshot:
        assert build_of(table_file(snapshot.insights, "insights")) == second


def test_dbt_by_hand_keeps_the_insights_there_are(paths: Settings) -> None:
    first = build(paths)
    find_insights(paths, first)
    publish_insights(paths)
    second = build(paths, "two")
    with open_snapshot(paths) as snapshot:
        assert snapshot.build == second
        assert build_of(table_file(snapshot.insights, "insights")) == first
    find_insights(paths, first)  # a text for one of them does not bring the first build back
    publish_insights(paths)
    assert answers(paths) == {"two"}


def test_dbt_by_hand_does_not_show_insights_of_a_run_that_did_not_end(paths: Settings) -> None:
    first = build(paths)
    with open_snapshot(paths) as before:
        pass
    find_insights(paths, first)
    build(paths, "two")
    with open_snapshot(paths) as after:
        assert after.insights == before.insights


def test_new_texts_alone_are_a_new_snapshot_of_the_same_build(paths: Settings) -> None:
    own = build(paths)
    with open_snapshot(paths) as before:
        pass
    find_insights(paths, own)
    publish_insights(paths)
    with open_snapshot(paths) as after:
        assert (after.build, after.marts) == (before.build, before.marts)
        assert after.id != before.id
        assert after.insights != before.insights


def test_files_stay_until_the_third_build_after_and_the_last_reader(paths: Settings) -> None:
    first = build(paths)
    with open_snapshot(paths) as held:
        for number in range(KEPT_SNAPSHOTS + 2):
            build(paths, f"answer {number}")
        assert read_parquet_rows(held.marts / f"{SECOND}.parquet") == [{"answer": "one"}]
    assert (paths.builds / first).is_dir()
    for number in range(KEPT_SNAPSHOTS):
        last = build(paths, f"last {number}")
        with open_snapshot(paths) as snapshot:
            assert snapshot.build == last
    assert not (paths.builds / first).exists()
    folders = {entry.build for entry in read_manifest(paths).snapshots}
    assert len(folders) == KEPT_SNAPSHOTS
    insights = {entry.insights for entry in read_manifest(paths).snapshots}
    assert {path.name for path in paths.builds.iterdir()} == folders | insights


def test_the_third_build_after_one_removes_it(paths: Settings) -> None:
    first = build(paths)
    for number, is_there in enumerate((True, True, False)):
        build(paths, f"answer {number}")
        assert (paths.builds / first).exists() is is_there


def publish_until_killed(paths: Settings, write: int) -> None:
    """Publish, and end without a word before the given write of a file."""
    done = 0

    def last_words(file: Path, content: Any) -> None:
        nonlocal done
        done += 1
        if done > write:
            os.kill(os.getpid(), signal.SIGKILL)
        put = write_text if isinstance(content, str) else write_bytes
        put(file, content)

    publishing.write_bytes = publishing.write_text = last_words  # type: ignore[attr-defined]
    publish_build(paths)


def test_killed_before_any_write_of_a_file(tmp_path: Path) -> None:
    """Every moment a kill can come at: readers have the old build, and the next one is whole."""
    unharmed = Settings(tmp_path / "unharmed")
    build(unharmed, "two")
    fork = multiprocessing.get_context("fork")
    kills = 0
    for write in itertools.count():
        paths = Settings(tmp_path / str(write))
        build(paths)
        for file in output_files(paths):
            write_with_dbt(file, "select 'two' as answer")
        child = fork.Process(target=publish_until_killed, args=(paths, write))
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        kills += 1
        assert child.exitcode == -signal.SIGKILL
        assert answers(paths) == {"one"}
        publish_build(paths)
        assert answers(paths) == {"two"}
        for file in published_files(unharmed):
            own = paths.data_dir / file.relative_to(unharmed.data_dir)
            assert own.read_bytes() == file.read_bytes()
    # each table twice, the lease, the manifest
    assert kills == 2 * len(output_files(unharmed)) + 2


def break_nothing(_: Settings) -> None:
    """The folder as it is."""


def cut_manifest(paths: Settings) -> None:
    content = paths.builds_file.read_bytes()
    paths.builds_file.write_bytes(content[: len(content) // 2])


def lose_manifest(paths: Settings) -> None:
    paths.builds_file.unlink()


def say_nonsense(paths: Settings) -> None:
    paths.builds_file.write_text('{"built": "x", "snapshots": [1]}', encoding="utf-8")


def lose_folder(paths: Settings) -> None:
    for file in (paths.builds / read_manifest(paths).built).rglob("lease"):
        file.unlink()


@pytest.mark.parametrize(
    "harm", [break_nothing, cut_manifest, lose_manifest, say_nonsense, lose_folder]
)
def test_without_a_usable_manifest_readers_get_the_files_that_lie_there(
    paths: Settings, harm: Callable[[Settings], None]
) -> None:
    own = build(paths)
    harm(paths)
    assert answers(paths) == {"one"}
    with open_snapshot(paths) as snapshot:
        assert bool(snapshot.id) is (harm is break_nothing)
    assert build(paths) == own
    with open_snapshot(paths) as snapshot:
        assert snapshot.id


def test_a_folder_that_was_never_built_has_a_snapshot_without_files(paths: Settings) -> None:
    with open_snapshot(paths) as snapshot, open_built(paths) as built:
        assert (snapshot.id, snapshot.marts, built.id, built.marts) == (
            "",
            paths.marts,
            "",
            paths.marts,
        )
    publish_insights(paths)
    assert not paths.builds_file.exists()


def test_what_is_somebody_elses_among_the_builds_is_named_and_stays(paths: Settings) -> None:
    first = build(paths)
    mine = paths.builds / "notes.txt"
    inside = paths.builds / first / "marts" / "my list.xlsx"
    for file in (mine, inside):
        file.write_bytes(b"somebody's")
    assert foreign_files(paths) == (mine,)
    assert remove_leftovers(paths) == (mine,)
    for number in range(KEPT_SNAPSHOTS + 1):
        build(paths, f"answer {number}")
    assert mine.exists()
    assert inside.exists()
    assert not (paths.builds / first / "marts" / f"{FIRST}.parquet").exists()


def test_a_damaged_table_is_named_and_readers_keep_the_last_build(paths: Settings) -> None:
    build(paths)
    file = paths.marts / f"{FIRST}.parquet"
    for harm in (file.read_bytes()[:-9], b"", b"PAR1"):
        file.write_bytes(harm)
        with pytest.raises(ProcessingFailedError, match=f"{FIRST}.parquet is damaged"):
            publish_build(paths)
        assert answers(paths) == {"one"}


def test_a_damaged_table_of_the_newest_build_is_written_again(paths: Settings) -> None:
    own = build(paths)
    file = paths.builds / own / "marts" / f"{FIRST}.parquet"
    good = file.read_bytes()
    for harm in (good[:-1] + b"x", good[:9], b""):
        file.write_bytes(harm)
        build(paths)
        assert file.read_bytes() == good
