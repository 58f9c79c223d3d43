"""The second calculation of the marts: what it sees, and what it leaves to others."""

import operator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.independent.comparing import Coverage, Table, differences

COVERAGE = Coverage(("dataset_id", "product_id"), ("revenue", "category"))
EXPECTED: Table = {
    ("d", "a"): {"revenue": 1, "category": "Food"},
    ("d", "b"): {"revenue": 2, "category": None},
}
ROWS = "values ('d', 'a', 1, 'Food'), ('d', 'b', 2, null)"


def is_equal(name: str, actual: Any, expected: Any) -> bool:
    return bool(operator.eq(actual, expected))


def found(folder: Path, sql: str, expected: Table = EXPECTED) -> list[str]:
    path = folder / "sales.parquet"
    relation = duckdb.sql(sql)
    assert relation is not None
    relation.write_parquet(str(path))
    return differences(path, COVERAGE, expected, is_equal)


def mart(rows: str = ROWS, columns: str = "dataset_id, product_id, revenue, category") -> str:
    return f"select * from ({rows}) as mart({columns})"


def test_a_column_nobody_calculates_is_left_alone(tmp_path: Path) -> None:
    assert found(tmp_path, mart()) == []
    assert found(tmp_path, f"select *, 7 as another, from ({mart()})") == []
    assert found(tmp_path, f"select 7 as another, *, from ({mart()})") == []


@pytest.mark.parametrize(
    ("columns", "gone"),
    [
        ("dataset_id, product_id, revenue, category_name", "category"),
        ("dataset_id, item_id, revenue, category", "product_id"),
    ],
)
def test_a_covered_column_that_the_mart_lost_is_told(
    tmp_path: Path, columns: str, gone: str
) -> None:
    told = [f"sales: column {gone} is gone"]
    assert found(tmp_path, mart(columns=columns)) == told
    # also when there is no row to compare
    assert found(tmp_path, mart(columns=columns) + " limit 0", {}) == told


def test_a_covered_column_that_is_no_longer_calculated_is_told(tmp_path: Path) -> None:
    without = {key: {"revenue": row["revenue"]} for key, row in EXPECTED.items()}
    (told,) = found(tmp_path, mart(), without)
    assert told.startswith("sales: category ")
    more = {key: {**row, "cost": 1} for key, row in EXPECTED.items()}
    (told,) = found(tmp_path, mart(), more)
    assert told.startswith("sales: cost ")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("values ('d', 'a', 1, 'Food')", "sales ('d', 'b'): row is missing"),
        (f"{ROWS}, ('e', 'a', 1, 'Food')", "sales ('e', 'a'): row is too much"),
        (f"{ROWS}, ('d', 'b', 2, null)", "sales: 3 rows for 2 keys"),
        (
            "values ('d', 'a', 1, 'Food'), ('d', 'b', 2, 'Food')",
            "sales ('d', 'b'): category is 'Food', expected None",
        ),
        (
            "values ('d', 'a', 9, 'Food'), ('d', 'b', 2, null)",
            "sales ('d', 'a'): revenue is 9, expected 1",
        ),
    ],
)
def test_rows_and_cells_that_differ_are_told(tmp_path: Path, rows: str, told: str) -> None:
    assert found(tmp_path, mart(rows)) == [told]
