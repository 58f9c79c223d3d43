"""A mart's file beside the same answers calculated a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

Key = tuple[Any, ...]
Row = dict[str, Any]
Table = Mapping[Key, Row]


@dataclass(frozen=True)
class Coverage:
    """What a second calculation covers of a mart: its key and the columns it works out.

    A column the mart has beyond these is nobody's business here; one of these that the mart has
    lost, or that is no longer calculated, is a difference.
    """

    key: tuple[str, ...]
    columns: tuple[str, ...]


def differences(
    path: Path,
    coverage: Coverage,
    expected: Table,
    is_equal: Callable[[str, Any, Any], bool],
) -> list[str]:
    """Every difference in rows, columns and cells, one sentence each; none is good.

    `expected` holds the covered columns by the mart's key; `is_equal` is asked with a column, the
    mart's value and the calculated one.
    """
    mart = path.stem
    relation = duckdb.read_parquet(str(path))
    gone = [name for name in (*coverage.key, *coverage.columns) if name not in relation.columns]
    if gone:
        return [f"{mart}: column {name} is gone" for name in gone]
    covered = set(coverage.columns)
    odd = sorted({name for row in expected.values() for name in row.keys() ^ covered})
    if odd:
        return [f"{mart}: {name} is calculated or covered, not both" for name in odd]
    rows = relation.project(", ".join((*coverage.key, *coverage.columns))).fetchall()
    width = len(coverage.key)
    actual: dict[Key, Row] = {
        row[:width]: dict(zip(coverage.columns, row[width:], strict=True)) for row in rows
    }
    found = [f"{mart} {key}: row is missing" for key in expected.keys() - actual.keys()]
    found += [f"{mart} {key}: row is too much" for key in actual.keys() - expected.keys()]
    if len(actual) != len(rows):
        found.append(f"{mart}: {len(rows)} rows for {len(actual)} keys")
    found += [
        f"{mart} {key}: {name} is {actual[key][name]!r}, expected {value!r}"
        for key in sorted(expected.keys() & actual.keys(), key=str)
        for name, value in expected[key].items()
        if not is_equal(name, actual[key][name], value)
    ]
    return found
