"""Corrupted files of an invented shop, each a shop of its own, all in one build."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pytest

from lucid_orchestration.ingest.inbox import dataset_slug
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops
from tests.generators import messy_shapes, messy_texts, messy_values
from tests.generators.messy import Base, Outcome, Variant, base

SEED = 11
GROUPS: Sequence[Callable[[Base], Iterator[Variant]]] = (
    messy_texts.encodings,
    messy_texts.delimiters,
    messy_texts.quotes,
    messy_texts.files,
    messy_texts.duplicates,
    messy_values.numbers,
    messy_values.dates,
    messy_values.contents,
    messy_shapes.layouts,
    messy_shapes.columns,
    messy_shapes.workbooks,
    messy_shapes.inventories,
)
MIN_VARIANTS = 120


@dataclass(frozen=True)
class Corrupted:
    """What was built, and by group what must have come of each variant."""

    paths: Settings
    expected: Mapping[str, Mapping[str, Outcome]]


@pytest.fixture(scope="module")
def corrupted(tmp_path_factory: pytest.TempPathFactory) -> Corrupted:
    data = tmp_path_factory.mktemp("corrupted")
    rows = base(SEED)
    expected: dict[str, dict[str, Outcome]] = {}
    for group in GROUPS:
        expected[group.__name__] = {}
        for variant in group(rows):
            expected[group.__name__][variant.name] = variant.outcome
            folder = data / "inbox" / variant.name
            folder.mkdir(parents=True)
            for name, content in variant.files.items():
                (folder / name).write_bytes(content)
    paths = shops.build(data, "--exclude-resource-type", "unit_test")
    return Corrupted(paths, expected)


def found(paths: Settings, name: str, expected: Outcome) -> Outcome:
    """What came of a variant; of issues those that are expected."""
    dataset_id = dataset_slug(name)

    def rows(table: str) -> list[dict[str, Any]]:
        content = read_parquet_rows(paths.quality / f"{table}.parquet")
        return [row for row in content if row["dataset_id"] == dataset_id]

    files = rows("source_files")
    assert all(row["message"] for row in files if row["status"] != "accepted")
    used = [row for row in files if row["status"] == "accepted"]
    if not used:
        return Outcome(refused=files[0]["reason"])
    ids = {row["source_file_id"] for row in used}
    rejected = [row for row in rows("rejected_rows") if row["source_file_id"] in ids]
    assert max(Counter(row["row_number"] for row in rejected).values(), default=1) == 1
    codes = {row["code"] for row in rows("file_issues")}
    outcome = Outcome(
        accepted=sum(row["rows_accepted"] for row in used),
        rejected={row["row_number"]: row["reason"] for row in rejected},
        issues=frozenset(codes) & expected.issues,
    )
    with duckdb.connect(str(paths.database), read_only=True) as database:
        if expected.stock is not None:
            query = "select sum(quantity) from staging.stg_inventory where dataset_id = ?"
            return replace(outcome, stock=database.execute(query, [dataset_id]).fetchall()[0][0])
        sums = database.execute(
            "select sum(net_revenue), sum(quantity), min(sale_date), max(sale_date) "
            "from staging.stg_sales where dataset_id = ?",
            [dataset_id],
        ).fetchall()[0]
    products = read_parquet_rows(paths.marts / "product_master.parquet")
    known = sum(row["dataset_id"] == dataset_id for row in products)
    return replace(
        outcome,
        revenue=sums[0],
        quantity=sums[1],
        first_date=sums[2],
        last_date=sums[3],
        product_count=known if expected.product_count is not None else None,
    )


@pytest.mark.parametrize("group", [group.__name__ for group in GROUPS])
def test_a_corrupted_file_has_the_one_right_outcome(
    corrupted: Corrupted, group: str, subtests: pytest.Subtests
) -> None:
    for name, expected in corrupted.expected[group].items():
        with subtests.test(name):
            assert found(corrupted.paths, name, expected) == expected


def test_every_kind_of_corruption_is_there(corrupted: Corrupted) -> None:
    assert sum(map(len, corrupted.expected.values())) >= MIN_VARIANTS
