"""A build takes the memory that is free, and what DuckDB would take when it needs more."""

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from lucid_orchestration.settings import Settings
from lucid_orchestration.warehouse import memory
from lucid_orchestration.warehouse.build import build

GB = 10**9


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the system says is free."""
    said = SimpleNamespace(available=4 * GB)
    monkeypatch.setattr("psutil.virtual_memory", lambda: said)
    return said


def limit(usual: str = "8GB") -> int:
    """What a connection may use then, in bytes."""
    with duckdb.connect(config={"memory_limit": usual}) as connection:
        memory.limit_memory(connection)
        asked = "select parse_formatted_bytes(current_setting('memory_limit'))"
        ((bytes_,),) = connection.execute(asked).fetchall()
    return int(bytes_)


def is_about(found: int, expected: int) -> bool:
    """DuckDB says its limit with one place, cut off: "2.7 GiB"."""
    return 0 <= expected - found < 0.1 * 2**30


def test_three_quarters_of_what_is_free_are_taken_and_never_too_little(
    free: SimpleNamespace,
) -> None:
    assert is_about(limit(), 3 * GB)
    free.available = GB // 10
    assert is_about(limit(), memory._LEAST_BYTES)


def test_it_is_never_more_than_duckdb_would_take(free: SimpleNamespace) -> None:
    assert is_about(limit("1GB"), GB)
    with memory.all_memory():
        assert is_about(limit(), 8 * GB)
    assert is_about(limit(), 3 * GB)


def test_a_build_that_needs_more_goes_on_with_all_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: SimpleNamespace
) -> None:
    free.available = 0
    monkeypatch.setattr(memory, "_LEAST_BYTES", 1_000_000)
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path))
    told: list[str] = []
    done = build(Settings(tmp_path), ["calendar_events"], progress=told.append)
    assert [node.status for node in done.nodes if node.kind == "seed"] == ["success"]
    assert [text for text in told if "need more memory" in text]
