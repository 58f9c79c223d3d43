"""The committed sample shop is what its generator writes, and its truth adds up from the files."""

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOP = EXAMPLES / "sample-shop"
MAX_BYTES = 3_000_000
MAX_FAULT_SHARE = Decimal("0.002")
PLAIN_HEADER = [
    *("Bill No", "Bill Date", "Item Code", "Item Name"),
    *("Category", "Qty", "Rate", "Amount"),
]
PLAIN_MONTHS = ("2025-01", "2025-02", "2025-03", "2025-05", "2025-08")
COSTED_MONTHS = ("2026-03", "2026-04", "2026-07", "2026-08")
AS_OF = date(2026, 10, 31)

Record = dict[str, Any]


def generate(out: Path, *options: str) -> None:
    script = EXAMPLES / "make_sample_shop.py"
    subprocess.run([sys.executable, str(script), str(out), *options], check=True)


def contents(shop: Path) -> dict[str, bytes]:
    truth = shop.parent / f"{shop.name}.truth.json"
    return {path.name: path.read_bytes() for path in (truth, *sorted(shop.iterdir()))}


def csv_lines(name: str) -> list[dict[str, str]]:
    with (SHOP / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def physical_row(name: str, row_number: int) -> list[str]:
    if name.endswith(".xlsx"):
        sheet = CalamineWorkbook.from_path(SHOP / name).get_sheet_by_index(0)
        return [str(cell) for cell in sheet.to_python(skip_empty_area=False)[row_number - 1]]
    with (SHOP / name).open(encoding="utf-8", newline="") as source:
        return list(csv.reader(source))[row_number - 1]


def decimals(records: Iterable[Record], key: str) -> Decimal:
    return sum((Decimal(record[key]) for record in records), Decimal(0))


@pytest.fixture(scope="module")
def truth() -> Record:
    text = (EXAMPLES / "sample-shop.truth.json").read_text(encoding="utf-8")
    loaded: Record = json.loads(text)
    return loaded


@pytest.fixture(scope="module")
def files(truth: Record) -> dict[str, Record]:
    return {record["file"]: record for record in truth["files"]}


@pytest.fixture(scope="module")
def products(truth: Record) -> dict[str, Record]:
    return {record["product_id"]: record for record in truth["products"]}


@pytest.fixture(scope="module")
def planted(truth: Record, products: dict[str, Record]) -> dict[str, list[Record]]:
    """The products planted for each kind, with their measured truth."""
    result: dict[str, list[Record]] = {}
    for fact in truth["planted"]:
        if fact["entity_type"] == "product":
            result.setdefault(fact["kind"], []).append(products[fact["entity_id"]])
    return result


def test_committed_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    generate(tmp_path / SHOP.name)
    assert contents(tmp_path / SHOP.name) == contents(SHOP)


def test_another_seed_is_another_shop_with_the_same_files(tmp_path: Path) -> None:
    generate(tmp_path / SHOP.name, "--seed", "7")
    other, committed = contents(tmp_path / SHOP.name), contents(SHOP)
    assert other.keys() == committed.keys()
    sales = [name for name in committed if name.startswith("sales_")]
    assert all(other[name] != committed[name] for name in sales)


def test_shop_is_small_enough_to_commit() -> None:
    assert sum(len(content) for content in contents(SHOP).values()) < MAX_BYTES


def test_truth_names_every_file_of_the_shop(files: dict[str, Record]) -> None:
    assert set(files) == {path.name for path in SHOP.iterdir()}


@pytest.mark.parametrize("month", PLAIN_MONTHS)
def test_plain_months_add_up(month: str, files: dict[str, Record]) -> None:
    record = files[f"sales_{month}.csv"]
    lines = csv_lines(record["file"])
    assert list(lines[0]) == PLAIN_HEADER
    for line in lines:
        day_of_month, *month_and_year = line["Bill Date"].split("/")
        assert 1 <= int(day_of_month) <= 31
        assert "-".join(reversed(month_and_year)) == month
    assert len(lines) == record["lines_accepted"]
    assert record["lines_rejected"] == 0
    assert decimals(lines, "Amount") == Decimal(record["revenue"])
    assert decimals(lines, "Qty") == Decimal(record["quantity"])


@pytest.mark.parametrize("month", PLAIN_MONTHS)
def test_months_without_costs_take_todays_cost(month: str, files: dict[str, Record]) -> None:
    listed = {row["Item Code"]: row["Purchase Price"] for row in csv_lines("product_list.csv")}
    lines = csv_lines(f"sales_{month}.csv")
    known = [line for line in lines if listed[line["Item Code"]]]
    cost = sum(Decimal(line["Qty"]) * Decimal(listed[line["Item Code"]]) for line in known)
    assert cost == Decimal(files[f"sales_{month}.csv"]["cost"])
    assert decimals(known, "Amount") == Decimal(files[f"sales_{month}.csv"]["revenue_with_cost"])
    assert len(known) < len(lines)


@pytest.mark.parametrize("month", COSTED_MONTHS)
def test_months_with_costs_add_up(month: str, files: dict[str, Record]) -> None:
    record = files[f"sales_{month}.csv"]
    lines = csv_lines(record["file"])
    known = [line for line in lines if line["Cost Price"]]
    assert list(lines[0]) == [*PLAIN_HEADER, "Cost Price"]
    assert len(lines) == record["lines_accepted"]
    assert decimals(lines, "Amount") == Decimal(record["revenue"])
    assert decimals(known, "Amount") == Decimal(record["revenue_with_cost"])
    cost = sum(Decimal(line["Qty"]) * Decimal(line["Cost Price"]) for line in known)
    assert cost == Decimal(record["cost"])


def test_workbook_adds_up_and_has_real_dates(truth: Record, files: dict[str, Record]) -> None:
    record = next(record for name, record in files.items() if name.endswith(".xlsx"))
    workbook = CalamineWorkbook.from_path(SHOP / record["file"])
    rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    header, total = rows[record["header_row"] - 1], rows[-1]
    assert header == [*PLAIN_HEADER, "Cost Price"]
    faulty = {x["row_number"] for x in truth["faults"] if x["file"] == record["file"]}
    first = record["header_row"] + 1
    lines = [row for number, row in enumerate(rows[:-1], start=1) if number >= first]
    good = [row for number, row in enumerate(lines, start=first) if number not in faulty]
    assert all(type(row[1]) is date for row in good)
    assert len(good) == record["lines_accepted"]
    assert len(lines) - len(good) == record["lines_rejected"] == 1
    assert sum(Decimal(str(row[7])) for row in good) == Decimal(record["revenue"])
    assert sum(Decimal(str(row[7])) for row in lines) == Decimal(str(total[7]))
    assert Decimal(str(total[7])) == Decimal(record["printed_total"])


def test_totals_add_up_over_files_and_products(truth: Record) -> None:
    sales = [x for x in truth["files"] if x["kind"] == "sales" and x["status"] == "accepted"]
    for key in ("quantity", "revenue", "revenue_with_cost", "cost"):
        assert decimals(sales, key) == Decimal(truth["total"][key]), key
        assert decimals(truth["products"], key) == Decimal(truth["total"][key]), key
    assert sum(x["lines_accepted"] for x in sales) == truth["total"]["lines_accepted"]
    assert sum(x["line_count"] for x in truth["products"]) == truth["total"]["lines_accepted"]
    assert sum(x["lines_rejected"] for x in sales) == len(truth["faults"])


def test_stock_list_is_the_truth_of_the_stock(
    products: dict[str, Record], files: dict[str, Record]
) -> None:
    rows = csv_lines("stock_2026-10-31.csv")
    assert {row["Item Code"]: row["Closing Stock"] for row in rows} == {
        code: product["current_stock"] for code, product in products.items()
    }
    values = [Decimal(x["Closing Stock"]) * Decimal(x["Purchase Price"] or 0) for x in rows]
    assert sum(values) == Decimal(files["stock_2026-10-31.csv"]["stock_value"])


def unreadable_date(row: list[str], header: list[str]) -> bool:
    cell = row[header.index("Bill Date")]
    day, month, year = (int(part) for part in cell.split("/"))
    try:
        date(year, month, day)
    except ValueError:
        return True
    return False


def cells_are(expected: dict[str, str]) -> Callable[[list[str], list[str]], bool]:
    return lambda row, header: all(
        row[header.index(column)] == text for column, text in expected.items()
    )


FAULT_CHECKS: dict[str, Callable[[list[str], list[str]], bool]] = {
    "unreadable_date": unreadable_date,
    "missing_quantity": cells_are({"Qty": "", "Amount": ""}),
    "unreadable_amount": cells_are({"Rate": "", "Amount": "udhaar"}),
    "missing_product": cells_are({"Item Code": "", "Item Name": ""}),
}


def test_faults_stand_where_the_truth_says(truth: Record, files: dict[str, Record]) -> None:
    reasons = Counter(fault["reason"] for fault in truth["faults"])
    assert reasons == Counter({"unreadable_date": 3, "duplicate_line": 1}) + Counter(
        set(FAULT_CHECKS) - {"unreadable_date"}
    )
    for fault in truth["faults"]:
        row = physical_row(fault["file"], fault["row_number"])
        header = physical_row(fault["file"], files[fault["file"]]["header_row"])
        if fault["reason"] == "duplicate_line":
            assert "Line No" in header
            assert row == physical_row(fault["file"], fault["row_number"] - 1)
        else:
            assert FAULT_CHECKS[fault["reason"]](row, header), fault
    assert len(truth["faults"]) < MAX_FAULT_SHARE * truth["total"]["lines_accepted"]


def test_line_numbers_repeat_only_in_the_planted_line(truth: Record) -> None:
    lines = [*csv_lines("sales_2026-05.csv"), *csv_lines("sales_2026-06.csv")]
    counts = Counter((line["Bill No"], line["Line No"]) for line in lines)
    repeated = [key for key, count in counts.items() if count > 1]
    fault = next(x for x in truth["faults"] if x["reason"] == "duplicate_line")
    assert repeated == [tuple(physical_row(fault["file"], fault["row_number"])[:2])]


def test_planted_stock_facts_hold(planted: dict[str, list[Record]]) -> None:
    assert len(planted["dead_stock"]) == 3
    for product in planted["dead_stock"]:
        assert (AS_OF - date.fromisoformat(product["last_sale_date"])).days > 120
        assert Decimal(product["current_stock"]) > 0
    assert len(planted["never_sold"]) == 2
    for product in planted["never_sold"]:
        assert product["line_count"] == 0
        assert Decimal(product["current_stock"]) > 0
    (gone,) = planted["out_of_stock"]
    assert Decimal(gone["current_stock"]) == 0
    assert (AS_OF - date.fromisoformat(gone["last_sale_date"])).days == 12
    cover = {
        kind: Decimal(planted[kind][0]["current_stock"])
        / Decimal(planted[kind][0]["last_90_days"]["quantity"])
        * 90
        for kind in ("nearly_out_of_stock", "overstock")
    }
    assert Decimal("1.5") < cover["nearly_out_of_stock"] < Decimal("2.5")
    assert cover["overstock"] > 250


def test_planted_demand_facts_hold(planted: dict[str, list[Record]]) -> None:
    def growth(product: Record) -> Decimal:
        before = Decimal(product["units_aug_to_oct_2025"])
        return Decimal(product["units_aug_to_oct_2026"]) / before - 1

    (declining,), (rising,) = planted["declining_product"], planted["rising_product"]
    assert Decimal("-0.6") < growth(declining) < Decimal("-0.4")
    assert Decimal(declining["current_stock"]) > 0
    assert growth(rising) > Decimal("0.7")
    (newcomer,) = planted["promising_newcomer"]
    assert 70 <= (AS_OF - date.fromisoformat(newcomer["first_sale_date"])).days <= 75


def test_planted_profit_facts_hold(planted: dict[str, list[Record]]) -> None:
    def margin(window: Record) -> Decimal:
        return 1 - Decimal(window["cost"]) / Decimal(window["revenue_with_cost"])

    (loss_maker,), (eroding,) = planted["loss_maker"], planted["margin_erosion"]
    assert margin(loss_maker["last_90_days"]) < 0
    lost = margin(eroding["last_365_days"]) - margin(eroding["last_90_days"])
    assert lost > Decimal("0.04")
    (returned,) = planted["returns_spike"]
    assert Decimal(returned["units_returned_90_days"]) >= 5
    sold = Decimal(returned["last_90_days"]["quantity"])
    assert Decimal(returned["units_returned_90_days"]) > Decimal("0.05") * sold
