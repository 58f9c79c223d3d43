"""Where data and project are, for each way Lucid can be there: a clone, a package, a project."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lucid_orchestration import settings as module
from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.settings import PROJECT_DIR, SHIPPED, home, project_dir, settings


def forget() -> None:
    for known in (home, project_dir, settings, module.project_vars):
        known.cache_clear()


@pytest.fixture(autouse=True)
def no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("LUCID_HOME", "LUCID_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    forget()
    yield
    monkeypatch.undo()
    forget()


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lucid as a package: its project lies in it; returns where the system keeps data."""
    inside = tmp_path / "site-packages" / "lucid_orchestration" / "project"
    inside.mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKED", inside)
    monkeypatch.setattr(module, "PROJECT_DIR", inside)
    place = tmp_path / "data of programs" / "lucid"
    monkeypatch.setattr(module, "user_data_path", lambda *_, **__: place)
    return place


def made(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def test_a_clone_keeps_its_data_in_itself_wherever_it_is_called_from(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert settings().data_dir == PROJECT_DIR / "data"
    assert project_dir() == PROJECT_DIR


def test_a_package_keeps_data_where_the_system_keeps_data_of_programs(packed: Path) -> None:
    assert settings().data_dir == packed / "data"
    assert project_dir() == module.PROJECT_DIR
    assert not packed.exists()


@pytest.mark.parametrize(("inbox", "data"), [("data/inbox", "data"), ("inbox", "")])
def test_a_package_uses_the_current_folder_when_it_has_an_inbox(
    packed: Path, tmp_path: Path, inbox: str, data: str
) -> None:
    (tmp_path / inbox).mkdir(parents=True)
    assert settings().data_dir == tmp_path / data
    assert project_dir() == module.PROJECT_DIR


def test_a_project_in_the_current_folder_is_used_with_its_data(
    packed: Path, tmp_path: Path
) -> None:
    made(tmp_path, str(SHIPPED))
    assert settings().data_dir == tmp_path / "data"
    assert project_dir() == tmp_path


def test_the_environment_goes_before_all(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, str(SHIPPED), "inbox/a.csv")
    monkeypatch.setenv("LUCID_HOME", str(tmp_path / "home"))
    assert settings().data_dir == tmp_path / "home" / "data"
    assert project_dir() == module.PROJECT_DIR
    forget()
    made(tmp_path / "home", str(SHIPPED))
    monkeypatch.setenv("LUCID_DATA_DIR", "elsewhere")
    assert settings().data_dir == tmp_path / "elsewhere"
    assert project_dir() == tmp_path / "home"


def test_dbt_started_on_a_project_uses_that_one(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    own = made(tmp_path / "own", str(SHIPPED))
    assert project_dir() != own
    module.use_project(own)
    assert project_dir() == own
    assert settings().data_dir == own / "data"
    assert os.environ["LUCID_HOME"] == str(own)


def test_dbt_started_on_the_project_in_use_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())
    module.use_project(PROJECT_DIR)
    assert "LUCID_HOME" not in os.environ


def test_the_engine_is_duckdb_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUCID_TARGET", raising=False)
    assert module.target() == "duckdb"
    monkeypatch.setenv("LUCID_TARGET", "spark")
    assert module.target() == "spark"
    monkeypatch.setenv("LUCID_TARGET", "Spark")
    with pytest.raises(BadRequestError, match="duckdb or spark"):
        module.target()


def test_spark_is_on_this_machine_unless_another_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LUCID_SPARK", raising=False)
    assert module.spark_address() == "local[*]"
    monkeypatch.setenv("LUCID_SPARK", "spark://10.0.0.5:7077")
    assert module.spark_address() == "spark://10.0.0.5:7077"
    monkeypatch.setenv("LUCID_SPARK", "sc://10.0.0.5")
    assert module.spark_address() == "sc://10.0.0.5"
    monkeypatch.setenv("LUCID_SPARK", "10.0.0.5:7077")
    with pytest.raises(BadRequestError, match="begin with spark://"):
        module.spark_address()
