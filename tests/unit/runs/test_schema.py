"""A data folder of an older Lucid is brought to this one; what it alone knows is kept."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.errors import UnprocessableError
from lucid_orchestration.insights.history import read_history
from lucid_orchestration.insights.tables import HISTORY, table_file
from lucid_orchestration.progress import silent
from lucid_orchestration.runs import schema as module
from lucid_orchestration.runs.history import read_jobs
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.schema import CURRENT, bring_to_current, kept_tables, schema_of
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import DamagedFileError, read_proven

# One data folder as each form was written, by the Lucid of then.
FOLDERS = PROJECT_DIR / "tests" / "fixtures" / "data-folders"
FORMS = range(1, CURRENT + 1)


def opened(form: int, tmp_path: Path) -> Settings:
    with zipfile.ZipFile(FOLDERS / f"form-{form}.zip") as archive:
        archive.extractall(tmp_path / "data")
    return Settings(tmp_path / "data")


def rows(paths: Settings) -> dict[str, list[dict[str, Any]]]:
    return {path.name: pq.read_table(path).to_pylist() for path in kept_tables(paths)}


def said(paths: Settings) -> int:
    content: dict[str, int] = json.loads((paths.state / "schema.json").read_text(encoding="utf-8"))
    return content["schema"]


@pytest.mark.parametrize("form", FORMS)
def test_a_folder_of_each_form_keeps_what_only_it_knows(form: int, tmp_path: Path) -> None:
    paths = opened(form, tmp_path)
    assert schema_of(paths) == form
    before = rows(paths)
    assert all(before.values())
    for _ in range(2):
        bring_to_current(paths, silent)
        assert rows(paths) == before
        assert (schema_of(paths), said(paths)) == (CURRENT, CURRENT)
    # and the code of today reads it
    assert len(read_history(table_file(paths.insights, HISTORY))) == len(
        before[f"{HISTORY}.parquet"]
    )
    assert len(read_jobs(paths)) == len(before["processing_jobs.parquet"])


@pytest.mark.parametrize("form", FORMS)
def test_damage_shows_after_it(form: int, tmp_path: Path) -> None:
    paths = opened(form, tmp_path)
    bring_to_current(paths, silent)
    for path in kept_tables(paths):
        table = pq.read_table(path)
        pq.write_table(table.slice(1), path)
        with pytest.raises(DamagedFileError):
            read_proven(path)


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_table_is_left_for_the_run_to_tell(form: int, tmp_path: Path) -> None:
    paths = opened(form, tmp_path)
    (damaged, *_) = kept_tables(paths)
    damaged.write_bytes(b"no table")
    bring_to_current(paths, silent)
    assert damaged.read_bytes() == b"no table"
    assert said(paths) == CURRENT


def test_a_migration_that_was_killed_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = opened(1, tmp_path)
    before = rows(paths)
    write = module.write_proven

    def killed(*arguments: Any) -> None:
        write(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "write_proven", killed)
    with pytest.raises(KeyboardInterrupt):
        bring_to_current(paths, silent)
    assert schema_of(paths) == 1
    monkeypatch.undo()
    bring_to_current(paths, silent)
    assert rows(paths) == before


def test_a_folder_of_a_newer_lucid_is_left_alone(tmp_path: Path) -> None:
    paths = opened(CURRENT, tmp_path)
    newer = json.dumps({"schema": CURRENT + 1})
    (paths.state / "schema.json").write_text(newer, encoding="utf-8")
    before = rows(paths)
    with pytest.raises(UnprocessableError, match="newer Lucid"), run_lock(paths, silent):
        pytest.fail("the lock was given")
    assert rows(paths) == before
    assert (paths.state / "schema.json").read_text(encoding="utf-8") == newer


def test_who_takes_the_lock_finds_the_form_of_today(tmp_path: Path) -> None:
    paths = opened(1, tmp_path)
    with run_lock(paths, silent):
        assert schema_of(paths) == CURRENT


def test_a_new_folder_has_the_form_of_today(tmp_path: Path) -> None:
    paths = Settings(tmp_path / "data")
    assert schema_of(paths) == CURRENT
    bring_to_current(paths, pytest.fail)
    assert said(paths) == CURRENT


def test_a_damaged_number_is_taken_for_the_oldest(tmp_path: Path) -> None:
    paths = opened(CURRENT, tmp_path)
    (paths.state / "schema.json").write_text("{", encoding="utf-8")
    bring_to_current(paths, silent)
    assert said(paths) == CURRENT
