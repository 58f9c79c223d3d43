"""Of several prices of a list, each for other customers, none is taken unless the owner says so."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table


def table_of(folder: Path, headings: str, mapping: FileMapping | None = None) -> Table:
    path = folder / "prices.csv"
    rows = [f"P{n},Item {n},{n}0.00,{n}5.00,{n - 1}8.00" for n in range(2, 6)]
    path.write_text("\n".join([f"Code,Item Name,{headings}", *rows]) + "\n", encoding="utf-8")
    (table,) = open_file(path, mapping or FileMapping()).tables
    return table


@pytest.mark.parametrize(
    "headings",
    [
        "Retail Price,Suggested,Wholesale Price",
        "Price,Dealer Price,Price B",
        "Selling Price,Wholesale Price,Price Level 3",
    ],
)
def test_a_price_for_each_kind_of_customer_is_none(tmp_path: Path, headings: str) -> None:
    table = table_of(tmp_path, headings)
    (issue,) = table.layout.issues
    assert "sale_price" not in table.layout.columns
    assert issue.code == "prices_by_customer"
    assert all(f'"{name}"' in issue.message for name in headings.split(",") if "Price" in name)


def test_the_price_that_the_owner_names_is_taken(tmp_path: Path) -> None:
    mapping = FileMapping(columns={"Wholesale Price": "sale_price"})
    table = table_of(tmp_path, "Retail Price,Suggested,Wholesale Price", mapping)
    assert (table.layout.columns["sale_price"], table.layout.issues) == (4, ())


@pytest.mark.parametrize(
    "headings",
    ["Retail Price,Note,Weight", "Selling Price,Retail Price,MRP", "Price,Note,Wholesale Price"],
)
def test_one_price_is_taken(tmp_path: Path, headings: str) -> None:
    table = table_of(tmp_path, headings)
    assert "sale_price" in table.layout.columns
    assert "prices_by_customer" not in [issue.code for issue in table.layout.issues]
