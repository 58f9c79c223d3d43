"""Paths are data: whatever characters a folder is called by, exactly its files are read."""

from pathlib import Path

import duckdb
import pytest

from lucid_orchestration.storage import exact_glob, sql_glob, sql_literal

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
