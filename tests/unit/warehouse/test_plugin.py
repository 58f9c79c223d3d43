"""What the plugin does for dbt: a table's file comes to its place, or a sentence says why not."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from lucid_orchestration import storage
from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.warehouse.dbt_plugin import Plugin


def store(path: Path) -> None:
    plugin = Plugin.__new__(Plugin)
    plugin.store(SimpleNamespace(location=SimpleNamespace(path=path.as_posix())))


@pytest.fixture
def mart(tmp_path: Path) -> Path:
    (tmp_path / "dead_stock.parquet").write_bytes(b"old")
    (tmp_path / "tmp_dead_stock.parquet").write_bytes(b"new")
    return tmp_path / "dead_stock.parquet"


def test_a_written_table_takes_the_place_of_the_old_one(mart: Path) -> None:
    store(mart)
    assert {path.name: path.read_bytes() for path in mart.parent.iterdir()} == {mart.name: b"new"}


def test_a_table_that_is_open_in_another_program_stops_the_build_with_a_sentence(
    mart: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(draft: Path, path: Path) -> None:
        error = PermissionError(13, "Access is denied", str(draft), None, str(path))
        error.winerror = 32  # type: ignore[attr-defined]  # as on Windows
        raise error

    monkeypatch.setattr(Path, "replace", refuse)
    monkeypatch.setattr(storage, "_WAITS", (0.0,))
    with pytest.raises(ProcessingFailedError, match=r"such as Excel, holds .*dead_stock\.parquet"):
        store(mart)
    assert mart.read_bytes() == b"old"
