"""The corrupted files beside the checkout, each a shop of its own, all in one build.

They are made from the data of others; `test_corruptions.py` has the same kinds from our own.
"""

import json
import shutil
from collections import Counter
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from lucid_orchestration.ingest.inbox import dataset_slug
from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops

MESSY = PROJECT_DIR.parent / "shared" / "messy"
# num_bad_amount prefers that a line whose amount says nothing is refused; here it is worked out.
MIN_PREFERRED = 119
# What the manifest calls the reasons of this project.
REASON_CLASSES = {
    "missing_product": "missing_value",
    "missing_date": "missing_value",
    "missing_quantity": "missing_value",
    "missing_amount": "missing_value",
    "unreadable_date": "invalid_date",
    "date_out_of_range": "date_out_of_range",
    "unreadable_quantity": "invalid_number",
    "unreadable_amount": "invalid_number",
    "unreadable_price": "invalid_number",
    "unreadable_discount": "invalid_number",
    "unreadable_tax": "invalid_number",
    "number_out_of_range": "number_out_of_range",
    "name_too_long": "invalid_value",
    "sign_mismatch": "sign_mismatch",
    "duplicate_line": "exact_duplicate",
    "repeated_product": "conflicting_duplicate",
    "wrong_cell_count": "wrong_column_count",
    "truncated_line": "wrong_column_count",
}


def variants() -> list[dict[str, Any]]:
    if not MESSY.is_dir():
        return []
    content: dict[str, Any] = json.loads((MESSY / "manifest.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["variants"]
    return found


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, "Outcome"]:
    if not variants():
        pytest.skip("made from data of others that may not be passed on; not on this machine")
    data = tmp_path_factory.mktemp("messy")
    for variant in variants():
        folder = data / "inbox" / variant["id"]
        folder.mkdir(parents=True)
        for file in variant["files"]:
            shutil.copy(MESSY / file["file"], folder)
    paths = shops.build(data, "--exclude-resource-type", "unit_test")
    return {variant["id"]: Outcome(paths, dataset_slug(variant["id"])) for variant in variants()}


class Outcome:
    """What became of one variant."""

    def __init__(self, paths: Settings, dataset_id: str) -> None:
        def rows(table: str) -> list[dict[str, Any]]:
            found = read_parquet_rows(paths.quality / f"{table}.parquet")
            return [row for row in found if row["dataset_id"] == dataset_id]

        files = [row for row in rows("source_files") if row["status"] == "accepted"]
        self.dataset_id = dataset_id
        self.is_refused = not files
        self.has_message = all(row["message"] for row in rows("source_files") if row not in files)
        self.accepted = sum(row["rows_accepted"] for row in files)
        used = {row["source_file_id"] for row in files}
        rejected = [row for row in rows("rejected_rows") if row["source_file_id"] in used]
        self.rejected_lines = sorted(row["row_number"] for row in rejected)
        self.reasons = Counter(REASON_CLASSES[row["reason"]] for row in rejected)
        self.warnings = [row for row in rows("file_issues") if row["severity"] == "warning"]
        with duckdb.connect(str(paths.database), read_only=True) as database:
            (self.total, self.quantity, self.first_date, self.last_date) = database.execute(
                "select sum(net_revenue), sum(quantity), min(sale_date), max(sale_date) "
                "from staging.stg_sales where dataset_id = ?",
                [dataset_id],
            ).fetchall()[0]
            ((self.stock,),) = database.execute(
                "select sum(quantity) from staging.stg_inventory where dataset_id = ?",
                [dataset_id],
            ).fetchall()

    def is_like(self, wanted: dict[str, Any]) -> bool:
        """Whether this is one of the outcomes the manifest accepts."""
        if wanted["result"] == "refuse":
            return self.is_refused and self.has_message
        if wanted["result"] == "accept_with_warning":
            return bool(self.accepted and self.warnings)
        if wanted["result"] == "accept_between":
            return bool(wanted["accepted_min"] <= self.accepted <= wanted["accepted_max"])
        facts = [
            self.accepted == wanted["accepted"],
            len(self.rejected_lines) == wanted["rejected"],
            wanted.get("rejected_lines") in ([], None, self.rejected_lines),
        ]
        # without a column for it, the quantity follows from price and amount
        is_derived = self.dataset_id == "col-no-quantity"
        tolerance = Decimal(str(wanted.get("tolerance", "0.005")))
        if wanted["rejected"]:
            facts.append(self.reasons.total() == sum(wanted["reasons"].values()))
        if "sum_total_amount" in wanted:
            facts += [
                abs((self.total or 0) - Decimal(wanted["sum_total_amount"])) <= tolerance,
                is_derived or (self.quantity or 0) == Decimal(wanted["sum_quantity"]),
                str(self.first_date) == str(wanted["first_date"]),
                str(self.last_date) == str(wanted["last_date"]),
            ]
        if "sum_stock" in wanted:
            facts.append(self.stock == Decimal(wanted["sum_stock"]))
        return all(facts)


@pytest.mark.parametrize("variant", variants() or [None], ids=lambda item: item and item["id"])
def test_a_corrupted_file_has_an_acceptable_outcome(
    variant: dict[str, Any] | None, outcomes: dict[str, Outcome]
) -> None:
    assert variant is not None
    found = outcomes[variant["id"]]
    assert any(found.is_like(wanted) for wanted in variant["acceptable"]), vars(found)


def test_nearly_all_outcomes_are_the_preferred_ones(outcomes: dict[str, Outcome]) -> None:
    others = [
        variant["id"]
        for variant in variants()
        if not outcomes[variant["id"]].is_like(variant["acceptable"][0])
    ]
    assert len(variants()) - len(others) >= MIN_PREFERRED, others
