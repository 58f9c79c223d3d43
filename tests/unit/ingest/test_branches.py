"""Titles and names of files name the branch whose sales a file holds."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.branches import branch_above, branch_in_name
from lucid_orchestration.ingest.outcomes import Row
from tests.workbooks import write_xlsx

LINES = "Date,Bill No,Item,Qty,Amount\n05-01-2026,7,Mug,1,100\n28-01-2026,8,Pen,2,30\n"


def stores(folder: Path, files: dict[str, str]) -> list[str | None]:
    shop = folder / "inbox" / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (shop / name).write_text(text, encoding="utf-8")
    ingest(folder / "inbox", folder / "raw", folder / "state")
    parts = (folder / "raw" / "raw_sales").glob("[!_]*.parquet")
    rows = [row for part in parts for row in pq.read_table(part).to_pylist()]
    return sorted({row.get("store") for row in rows}, key=str)


@pytest.mark.parametrize(
    ("cells", "branch"),
    [
        (["Om Bakery, Andheri Branch"], "Andheri"),
        (["Om Bakery - Main Branch"], "Main"),
        (["Branch: Andheri West"], "Andheri West"),
        (["Branch Name :", "Andheri"], "Andheri"),
        (["Store", "Pune Camp"], "Pune Camp"),
        (["Outlet No. 4"], "4"),
        (["Store #12"], "12"),
        (["Filiale Mitte"], "Mitte"),
        (["Panadería Sol, Sucursal Centro"], "Centro"),
        (["Kadıköy Şubesi"], "Kadıköy"),
        (["Cabang: Bandung"], "Bandung"),
        (["Магазин: Центр"], "Центр"),
        (["Sales by Branch"], None),
        (["Branch Wise Sales Report"], None),
        (["Branch: All"], None),
        (["All Branch"], None),
        (["Branch:", "-"], None),
        (["Om General Store"], None),
        (["Store"], None),
        (["Branch: A", "Outlet: B"], None),
        (["Branch", "A", "x", "y", "z"], None),
    ],
)
def test_a_title_names_the_branch(cells: list[str], branch: str | None) -> None:
    assert branch_above([Row(1, tuple(cells)), Row(2, ("Branch: Below",))], 2) == branch


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("shop/sales_andheri_branch.csv", None),
        ("shop/andheri_branch.csv", "andheri"),
        ("shop/store-5.xlsx", "5"),
        ("shop/Filiale Mitte.csv", "Mitte"),
        ("shop/sales.csv", None),
        ("branch 2/sales.csv", None),
        ("Andheri Branch", "Andheri"),
        ("", None),
    ],
)
def test_a_file_is_called_after_its_branch(name: str, branch: str | None) -> None:
    assert branch_in_name(name) == branch


@pytest.mark.parametrize("least", [1, 10**9])
def test_the_branch_is_the_store_of_all_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", least)
    files = {
        "a.csv": f"Om Bakery, Andheri Branch\n{LINES}",
        "branch 2.csv": LINES,
        "c.csv": f"Branch: Andheri\n{LINES}".replace("Amount\n", "Amount,Store\n").replace(
            "100\n", "100,Pune\n"
        ),
        "d.csv": LINES.replace("Mug", "Cup"),
    }
    assert stores(tmp_path, files) == ["2", "Andheri", None, "Pune"]


def test_sheets_of_branches_with_equal_rows_are_no_copies(tmp_path: Path) -> None:
    rows = [line.split(",") for line in LINES.splitlines()]
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    write_xlsx(
        shop / "book.xlsx",
        {"A": [["Om, Mall Branch"], *rows], "Pune Branch": rows, "B": [["Om, Mall Branch"], *rows]},
    )
    assert stores(tmp_path, {}) == ["Mall", "Pune"]
