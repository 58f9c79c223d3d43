"""A data folder may be called anything: the same files land in it as anywhere else."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from tests.pdf_bills import Bill, Item, grid, write_pdf
from tests.vyapar_books import SALE, line, shop
from tests.workbooks import write_xlsx

NAMES = ["it's", "a[1]b", "a[b", "a*b", "a?b", "**", "100%", "a#b", "my shop", "Müller é", "k=v"]
HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
# the first rows say that the month stands first, the last ones would not
AMERICAN = "".join(f"1,01/{day}/2026,Tea,2,5\n" for day in range(13, 29))
LINES = "9,02/02/2026,Salt,1,28\n" * 10


@pytest.fixture(autouse=True)
def _in_one_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", 0)
    monkeypatch.setattr(bulk, "ENDING_BYTES", 70)


def landed(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """All that lies in a data folder once its inbox is read."""
    ingest(folder / "inbox", folder / "raw", folder / "state")
    tables: dict[str, list[dict[str, Any]]] = {}
    for part in sorted((folder / "raw").rglob("[!_]*.parquet")):
        tables.setdefault(part.parent.name, []).extend(pq.ParquetFile(part).read().to_pylist())
    for file in tables["raw_source_files"]:
        del file["ingested_at"]
    return tables


def write_text_files(folder: Path, lines: str = LINES) -> None:
    (folder / "inbox" / "shop").mkdir(parents=True)
    (folder / "inbox" / "shop" / "sales.csv").write_text(HEADER + lines, encoding="utf-8")
    (folder / "inbox" / "shop" / "us.csv").write_text(HEADER + AMERICAN + lines, encoding="utf-8")


def interrupt(folder: Path, landed_elsewhere: Path) -> None:
    """Let a folder hold what a run leaves that was killed while it read the same files."""
    drafts = folder / "raw" / "raw_sales"
    drafts.mkdir(parents=True)
    for part in (landed_elsewhere / "raw" / "raw_sales").glob("[!_]*.parquet"):
        shutil.copy(part, drafts / f".{part.name}.rows")


@pytest.mark.parametrize("name", NAMES)
def test_large_text_files_land_alike(tmp_path: Path, name: str) -> None:
    write_text_files(tmp_path / "plain")
    expected = landed(tmp_path / "plain")
    assert len(expected["raw_sales"]) == 36
    # what the name would stand for as a pattern
    for other in ("a1b", "aXb"):
        write_text_files(tmp_path / other, LINES * 2)
        interrupt(tmp_path / other, tmp_path / "plain")
    write_text_files(tmp_path / name)
    assert landed(tmp_path / name) == expected


def test_files_of_every_container_land_alike(tmp_path: Path) -> None:
    write_text_files(tmp_path / "plain")
    inbox = tmp_path / "plain" / "inbox" / "shop"
    write_xlsx(inbox / "stock.xlsx", {"Stock": [["Item Name", "Current Stock"], ["Tea", 5]]})
    write_pdf(inbox / "bill.pdf", grid, Bill([Item("Tea 250 g", "2", "90.00")]))
    book = shop()
    book.document(SALE, line(book.item("Tea"), 1, 10.0))
    book.backup(inbox / "book.vyb")
    # not written twice: the containers hold the time they were written
    shutil.copytree(tmp_path / "plain", tmp_path / "it's [1] * ? 100% #é k=v")
    expected = landed(tmp_path / "plain")
    refused = {file["message"] for file in expected["raw_source_files"]} - {None}
    assert refused == set()
    assert len(expected["raw_source_files"]) == 5
    assert landed(tmp_path / "it's [1] * ? 100% #é k=v") == expected
