"""Exports of known systems through the real models, against totals worked out by hand."""

import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import read_parquet_rows
from tests import shops

FIXTURES = PROJECT_DIR / "tests" / "fixtures" / "profiles"
# Dataset → its files, its revenue as the programs' own figures give it, accepted lines, last day.
DATASETS: Mapping[str, tuple[tuple[str, ...], str, int, str]] = {
    # 20,00,000 + 2,00,000 + 4,100 sold, 20,000 taken back
    "tally": (("tally_register",), "2184100", 4, "2026-04-12"),
    "tally-items": (("tally_register_items", "tally_stock_summary"), "221250", 4, "2026-04-14"),
    # 1,000 + 500 + 1,500.85 + 500 − 500, and 5,000 + 2,000 + 500 − 1,000
    "amazon": (("amazon_mtr_b2c", "amazon_mtr_b2b"), "9500.85", 9, "2026-05-06"),
    # 400 + 200 + 300 − 400 + 400 − 300
    "flipkart": (("flipkart_sales",), "600", 6, "2026-04-18"),
    # 900 + 1,000 + 450 + 380
    "shopify": (("shopify_orders",), "2730", 6, "2026-04-10"),
    # 1,000 + 300 + 1,500
    "woocommerce": (("woocommerce_orders",), "2800", 3, "2026-04-13"),
    # 8 + 3.50 + 4 − 4 + 1,200
    "square": (("square_items", "square_library"), "1211.50", 5, "2026-04-08"),
    # 80 + 55 + 120 − 60 + 20
    "loyverse": (("loyverse_receipts", "loyverse_items"), "215", 5, "2026-04-14"),
    # 1,200 + 400 + 500 + 900, and 400 came back
    "zoho": (
        ("zoho_books_invoices", "zoho_books_credit_notes", "zoho_items"),
        "2600",
        6,
        "2026-04-13",
    ),
    # 12 + 15 less 1.50, and 10 for a quarter of a kilogram
    "clover": (("clover_line_items", "lightspeed_products"), "35.50", 3, "2026-04-18"),
    # 36 + 10, whatever was sent and kept as fees
    "ebay-payments": (("ebay_transactions", "etsy_listings"), "46", 2, "2026-04-18"),
    # 36 + 10 − 12
    "amazon-payments": (("amazon_transactions", "magento_products"), "34", 3, "2026-04-18"),
    # of prices with tax 1,180 − 180, 590 − 81 − 59 and 590 − 90; what is pending is not sold yet
    "amazon-orders": (("amazon_all_orders",), "1950", 3, "2026-04-09"),
    # 1,000 + 100, 600 − 100 of tax in it, 50 taken back
    "xero": (("xero_invoices",), "1550", 4, "2026-04-20"),
    # 900 + 100 + 200 + 450 + 20; quotations and what was cancelled are no sales
    "odoo": (("odoo_sale_orders",), "1670", 5, "2026-04-12"),
    # 150 + 100 + 30 − 15 − 40
    "marg": (("marg_sales",), "225", 5, "2026-04-15"),
    # 400 + 800 + 250 − 400
    "meesho": (("meesho_tcs", "meesho_tcs_returns"), "1050", 4, "2026-04-20"),
}
WITHOUT_ITEMS = (
    "khatabook_ledger",
    "gstr1_b2b",
    "gstr1_b2cs",
    "gstr1_hsn",
    "vyapar_sale_report",
    "vyapar_party_report",
    "tally_register_without_items",
)


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("systems")
    folders = {name: files for name, (files, *_) in DATASETS.items()}
    for name, files in {**folders, "no-items": WITHOUT_ITEMS}.items():
        folder = data / "inbox" / name
        folder.mkdir(parents=True)
        for file in files:
            shutil.copy(FIXTURES / f"{file}.csv", folder)
    for name in ("square", "ebay-payments"):
        (data / "inbox" / name / "mapping.yml").write_text("currency: USD\n", encoding="utf-8")
    return shops.build(data, "--exclude-resource-type", "unit_test")


def rows(path: Path, **where: Any) -> list[dict[str, Any]]:
    return [
        row
        for row in read_parquet_rows(path)
        if all(row[name] == value for name, value in where.items())
    ]


@pytest.mark.parametrize("dataset", DATASETS)
def test_an_export_comes_to_its_own_totals(systems: Settings, dataset: str) -> None:
    files, revenue, lines, last_day = DATASETS[dataset]
    (shop,) = rows(systems.marts / "datasets.parquet", dataset_id=dataset)
    assert shop["exact_revenue"] == Decimal(revenue)
    assert shop["sales_line_count"] == lines
    assert shop["as_of_date"].isoformat() == last_day
    read = rows(systems.quality / "source_files.parquet", dataset_id=dataset)
    assert {row["status"] for row in read} == {"accepted"}
    assert len(read) == len(files)


def test_only_what_is_wrong_with_the_files_is_rejected(systems: Settings) -> None:
    found = {
        (row["dataset_id"], row["row_number"], row["reason"])
        for row in read_parquet_rows(systems.quality / "rejected_rows.parquet")
    }
    assert found == {
        # the voucher of a service names no item
        ("tally", 16, "missing_product"),
        # stock that is not kept, and stock that is no number
        ("loyverse", 4, "missing_quantity"),
        ("square", 4, "unreadable_quantity"),
    }


def test_every_row_of_every_export_is_accounted_for(systems: Settings) -> None:
    for file in read_parquet_rows(systems.quality / "source_files.parquet"):
        parts = file["rows_accepted"] + file["rows_rejected"] + file["rows_ignored"]
        assert file["rows_found"] == parts, file["file_name"]


def test_exports_without_items_are_refused_with_the_way_out(systems: Settings) -> None:
    refused = rows(systems.quality / "source_files.parquet", dataset_id="no-items")
    assert {row["reason"] for row in refused} == {"no_items"}
    assert len(refused) == len(WITHOUT_ITEMS)


def test_costs_of_loyverse_carry_the_sign_of_the_line(systems: Settings) -> None:
    (shop,) = rows(systems.marts / "datasets.parquet", dataset_id="loyverse")
    assert shop["exact_gross_profit"] == Decimal(215 - 80)


def test_days_are_the_shops_own(systems: Settings) -> None:
    with duckdb.connect(str(systems.database), read_only=True) as database:
        found = database.execute(
            "select dataset_id, transaction_id, min(sale_date)::varchar from staging.stg_sales "
            "where dataset_id in ('shopify', 'square', 'amazon') group by all"
        ).fetchall()
    days = {(dataset, number): day for dataset, number, day in found}
    # the zone Shopify writes with a blank before it
    assert days["shopify", "#1001"] == "2026-04-05"
    assert days["shopify", "#1002"] == "2026-04-06"
    assert days["shopify", "#1003"] == "2026-04-07"
    # where no day above 12 tells, Square writes the month first
    assert days["square", "T1"] == "2026-04-03"
    # two ways of writing dates in one folder, one per file
    assert days["amazon", "IN-103"] == "2026-04-09"
    assert days["amazon", "BB-2"] == "2026-04-02"
