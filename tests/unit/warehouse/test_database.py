"""Opening the database: who holds it, a damaged one, and paths DuckDB reads in its own way."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse.database import (
    DamagedDatabaseError,
    is_damage,
    open_database,
    wait_for_database,
)


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def test_a_database_in_use_is_an_error_that_names_its_user(paths: Settings) -> None:
    paths.database.parent.mkdir(exist_ok=True)
    duckdb.connect(str(paths.database)).close()
    wait_for_database(paths.database)  # free: returns at once
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; open = duckdb.connect(sys.argv[1]); print(flush=True); input()",
            str(paths.database),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        holder.communicate(b"\n")

    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(ProcessingFailedError, match=f"process {holder.pid}"):
        wait_for_database(paths.database, told.append, timeout=0.5)
    wait_for_database(paths.database, tell)  # which ends the waiting
    assert len(told) == 2
    assert all(f"process {holder.pid}" in text for text in told)


def test_a_damaged_database_is_told_from_one_that_cannot_be_opened(paths: Settings) -> None:
    paths.database.write_bytes(b"this is no database" * 1000)
    with pytest.raises(DamagedDatabaseError, match="delete it"):
        wait_for_database(paths.database)
    paths.database.unlink()
    paths.database.mkdir()
    with pytest.raises(ProcessingFailedError, match="a file you may write to") as caught:
        wait_for_database(paths.database)
    assert not isinstance(caught.value, DamagedDatabaseError)


def test_a_flipped_bit_in_a_block_is_damage(paths: Settings) -> None:
    with open_database(paths.database) as connection:
        connection.execute("create table lines as select range as line from range(300000)")
    content = bytearray(paths.database.read_bytes())
    for place in range(3 * 4096, len(content), 5000):
        content[place] ^= 1
    paths.database.write_bytes(content)
    with pytest.raises(duckdb.Error) as caught, open_database(paths.database) as connection:
        connection.execute("select sum(line) from lines")
    assert is_damage(str(caught.value))


@pytest.mark.parametrize(
    "message",
    [
        "IO Error: Cannot open file: Permission denied",
        "Out of Range Error: Overflow in multiplication",
        "Binder Error: Referenced column wallet not found",
    ],
)
def test_what_is_no_damage(message: str) -> None:
    assert not is_damage(message)


@pytest.mark.skipif(sys.platform == "win32", reason="no such name there")
def test_a_path_with_a_question_mark_keeps_what_is_written(tmp_path: Path) -> None:
    database = tmp_path / "what now?" / "lucid.duckdb"
    database.parent.mkdir()
    for number in range(2):
        with open_database(database) as connection:
            connection.execute(f"create table part_{number} as select {number} as part")
            connection.execute(f"insert into part_{number} values (7)")
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("from part_0 union all from part_1 order by 1").fetchall()
    assert rows == [(0,), (1,), (7,), (7,)]
    assert [path.name for path in tmp_path.iterdir()] == ["what now?"]
