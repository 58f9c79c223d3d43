"""Stored things that are not what was written: history is kept aside, and all is named."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.insights.history import Past, read_history
from lucid_orchestration.insights.tables import (
    HISTORY,
    TABLES,
    table_file,
    write_missing_tables,
    write_table,
)
from lucid_orchestration.runs import history, stamps, steps
from lucid_orchestration.runs.damage import damage, set_damaged_history_aside, things_set_aside
from lucid_orchestration.runs.doctor import diagnose
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.runs.stamps import Stage, Stamp
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import (
    DamagedFileError,
    file_name,
    keep_parquet,
    read_proven,
    write_proven,
    write_text,
)
from lucid_orchestration.warehouse import build
from lucid_orchestration.warehouse.database import DamagedDatabaseError


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]


def test_no_flipped_bit_changes_a_row_unseen(tmp_path: Path) -> None:
    file = tmp_path / "table.parquet"
    table = pa.table({"name": ["tea", "salt"], "amount": [322, 28]})
    write_proven(table, file)
    content, rows = file.read_bytes(), table.to_pylist()
    assert read_proven(file) == rows
    for place in range(len(content)):
        file.write_bytes(flipped(content, place))
        try:
            found = read_proven(file)
        except DamagedFileError:
            continue
        assert found == rows
    for cut in (b"", content[:40], content[:-1]):
        file.write_bytes(cut)
        with pytest.raises(DamagedFileError):
            read_proven(file)


def test_damaged_history_is_kept_beside_the_new_one(paths: Settings) -> None:
    history.start_job(paths, "refresh")
    write_table(
        paths.insights,
        HISTORY,
        [vars(Past("s", date(2026, 1, 31), *[""] * 6, 0, "[]", date(2026, 1, 31)))],
    )
    damaged = {
        file: file.read_bytes()[:100]
        for file in (history.jobs_file(paths), table_file(paths.insights, HISTORY))
    }
    for file, content in damaged.items():
        file.write_bytes(content)
    assert {file for file, _ in damage(paths)} == set(damaged)
    told: list[str] = []
    refresh(paths, progress=told.append, read=lambda *_: None, steps=())
    assert [path.read_bytes() for path in things_set_aside(paths)] == list(damaged.values())
    assert sum("is damaged, and nothing can make it again" in line for line in told) == 2
    assert [job["status"] for job in history.read_jobs(paths)] == ["unchanged"]
    asides = [check for check in diagnose(paths) if check.name == "Set aside"]
    assert len(asides) == 2


def test_a_second_damage_does_not_overwrite_the_first(paths: Settings) -> None:
    for content in (b"one", b"two"):
        paths.state.mkdir(exist_ok=True)
        history.jobs_file(paths).write_bytes(content)
        set_damaged_history_aside(paths, lambda _: None)
    assert [path.read_bytes() for path in things_set_aside(paths)] == [b"one", b"two"]


def test_a_build_finds_tables_of_insights_it_can_read(paths: Settings) -> None:
    write_missing_tables(paths.insights)
    for name in TABLES:
        table_file(paths.insights, name).write_bytes(b"PAR1 nothing")
    write_missing_tables(paths.insights)
    assert read_history(table_file(paths.insights, HISTORY)) == ()
    assert len(things_set_aside(paths)) == 1  # all others are made again by the rules


@pytest.mark.parametrize("damage_it", ["cut", "delete"])
def test_an_emptied_inbox_stays_empty_whatever_became_of_the_history(
    paths: Settings, damage_it: str
) -> None:
    file = paths.inbox / "shop" / "sales.csv"
    write_text(file, "Bill Date,Item Name,Qty,Amount\n31/01/2026,Tea,2,180\n")

    def read(*_: object) -> None:
        ingest(paths.inbox, paths.raw, paths.state)

    refresh(paths, read=read, steps=())
    file.unlink()
    jobs = history.jobs_file(paths)
    jobs.write_bytes(jobs.read_bytes()[:50])
    if damage_it == "delete":
        jobs.unlink()
    for _ in range(2):
        assert refresh(paths, read=read, steps=()).copied_example is None


def test_a_folder_in_the_place_of_a_file_is_a_sentence(paths: Settings) -> None:
    (paths.state / "last_run.json").mkdir(parents=True)

    def fail(*_: object) -> None:
        write_text(paths.state / "last_run.json", "x")

    with pytest.raises(ProcessingFailedError, match="folder where a file should be"):
        refresh(paths, read=fail, steps=())
    assert [job["status"] for job in history.read_jobs(paths)] == ["failed"]


def test_a_full_disk_is_a_sentence_though_nothing_can_be_written_down(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    def read(*_: object) -> None:
        monkeypatch.setattr("lucid_orchestration.storage.replace_file", full)
        full()

    with pytest.raises(ProcessingFailedError, match="no space left on the disk"):
        refresh(paths, read=read, steps=())


def test_a_small_file_is_written_only_when_it_is_another(tmp_path: Path) -> None:
    file, table = tmp_path / "x" / "a.parquet", pa.table({"a": [1]})
    keep_parquet(table, file)
    before = (file.read_bytes(), file.stat().st_ino)
    keep_parquet(table, file)
    assert (file.read_bytes(), file.stat().st_ino) == before
    file.write_bytes(flipped(before[0], 30))
    keep_parquet(table, file)
    assert file.read_bytes() == before[0]


@pytest.mark.parametrize("name", ["shop", "क" * 84, "é" * 127, "x" * 255])
def test_names_as_long_as_the_file_system_takes(tmp_path: Path, name: str) -> None:
    file = tmp_path / file_name(name, ".html")
    write_text(file, "page")
    assert len(file.name.encode()) <= 200
    assert file_name(name, "") != file_name(f"{name[:-1]}y", "")
    long_name = tmp_path / ("n" * 251 + ".csv")
    write_text(long_name, "x")


def test_a_damaged_database_is_built_again_in_the_same_run(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[bool] = []

    def build_it(*_: object, **__: object) -> None:
        built.append(paths.database.exists())
        if paths.database.exists():
            raise DamagedDatabaseError("Corrupt database file")

    monkeypatch.setattr(build, "build", build_it)
    monkeypatch.setattr(build, "remove_leftovers", lambda _: (Path("notes.txt"),))
    monkeypatch.setattr(history, "write_analytics_cache", lambda *_: None)
    paths.database.write_bytes(b"damaged")
    paths.database.with_name("lucid.duckdb.wal").write_bytes(b"its log")
    told: list[str] = []
    steps.build_warehouse(steps.Task(paths, {}, None, False, told.append))
    assert built == [True, False]
    assert list(paths.data_dir.glob("lucid.duckdb*")) == []
    assert any("lucid.duckdb is damaged; it is built again" in line for line in told)
    assert "notes.txt is none of Lucid's files; it was left alone" in told
    steps.build_warehouse(steps.Task(paths, {}, Stamp({}, {}, "12:34"), False, told.append))
    assert f"{paths.database} is missing; it is built again" in told


def test_a_lost_database_is_something_to_do(paths: Settings) -> None:
    paths.database.write_bytes(b"built")
    stamps.remember(paths, Stage.BUILD, {}, [])
    stamp = stamps.read_stamps(paths)[Stage.BUILD]
    assert stamps.is_current(paths, Stage.BUILD, stamp, {})
    paths.database.unlink()
    assert not stamps.is_current(paths, Stage.BUILD, stamp, {})


def test_doctor_shows_no_password_of_an_address(
    paths: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_AI_PROVIDER", "openai")
    monkeypatch.setenv("LUCID_AI_BASE_URL", "https://me:secret@ai.example:8443/v1?key=secret2")
    monkeypatch.setenv("OPENAI_API_KEY", "secret3")
    said = " ".join(check.message for check in diagnose(paths))
    assert "https://ai.example:8443/v1" in said
    assert "secret" not in said
