"""Paths are data: whatever characters a folder is called by, exactly its files are read."""

from pathlib import Path

import duckdb
import pytest

from lucid_orchestration import storage
from lucid_orchestration.errors import sentence
from lucid_orchestration.storage import (
    exact_glob,
    file_name,
    move_file,
    sql_glob,
    sql_literal,
    write_text,
)

FOLDERS = ["it's", "a[1]b", "a[b", "a]b", "a*b", "a?b", "**", "100%", "a#b", "my shop", "Müller é"]


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder of that name, beside others that it would stand for as a pattern."""
    for name in (request.param, "a1b", "aXb", "b"):
        path = tmp_path / name
        path.mkdir()
        duckdb.execute(
            f"copy (select {sql_literal(name)} as f) to {sql_literal(path / 'x.parquet')}"
        )
    return tmp_path / str(request.param)


def test_a_file_is_read_alone(folder: Path) -> None:
    """As a parameter and as text."""
    path = exact_glob(folder / "x.parquet")
    assert duckdb.execute("select f from read_parquet(?)", [path]).fetchall() == [(folder.name,)]
    query = f"select f from read_parquet({sql_literal(path)})"
    assert duckdb.execute(query).fetchall() == [(folder.name,)]


def test_the_files_of_a_folder_are_read_alone(folder: Path) -> None:
    """The pattern stays one, the folder is none."""
    query = f"select f from read_parquet({sql_glob(folder, '*.parquet')})"
    assert duckdb.execute(query).fetchall() == [(folder.name,)]


def test_pathlib_finds_a_file_alone(folder: Path) -> None:
    """The same pattern serves Python."""
    pattern = exact_glob(folder.relative_to(folder.parent) / "x.parquet")
    assert list(folder.parent.glob(pattern)) == [folder / "x.parquet"]


# --- what Windows does ------------------------------------------------------------------------


class Holder:
    """Another program that has a file open: on Windows nobody else can replace it meanwhile."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, tries: int, code: int | None) -> None:
        self.tries, self.code, self.waited = tries, code, 0.0
        self.replace = Path.replace
        monkeypatch.setattr(Path, "replace", lambda *paths: self.refuse(*paths))
        monkeypatch.setattr(storage.time, "sleep", self.wait)

    def refuse(self, draft: Path, path: Path) -> Path:
        if self.tries == 0:
            return self.replace(draft, path)
        self.tries -= 1
        error = PermissionError(13, "Access is denied", str(draft), None, str(path))
        if self.code is not None:
            error.winerror = self.code  # type: ignore[attr-defined]  # as there
        raise error

    def wait(self, seconds: float) -> None:
        self.waited += seconds


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_that_is_held_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    holder = Holder(monkeypatch, 4, code)
    write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "new"
    assert 0 < holder.waited < 1


def test_a_file_that_stays_held_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    holder = Holder(monkeypatch, 1000, 32)
    with pytest.raises(PermissionError) as refused:
        write_text(path, "new")
    said = sentence(refused.value)
    assert "Another program, such as Excel, holds a file" in said
    assert str(path) in said
    assert 2 < holder.waited < 5
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text(encoding="utf-8") == "old"


def test_who_may_not_write_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = Holder(monkeypatch, 1000, None)
    (tmp_path / "draft").write_bytes(b"")
    with pytest.raises(PermissionError) as refused:
        move_file(tmp_path / "draft", tmp_path / "a.txt")
    assert holder.waited == 0
    assert "Give yourself access" in sentence(refused.value)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("con", "con-.html"),
        ("LPT1", "LPT1-.html"),
        ("com²", "com²-.html"),
        ("nul.old", "nul.old-.html"),
        ("console", "console.html"),
        ("com", "com.html"),
        ("sample-shop", "sample-shop.html"),
    ],
)
def test_no_file_has_a_name_that_windows_keeps(name: str, kept: str) -> None:
    assert file_name(name, ".html") == kept
