"""Whose bills a folder holds: the party that most of them name tells sales from purchases."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lucid_orchestration.ingest.landing import ingest
from tests.pdf_bills import BUYER, SELLER, Bill, Item, columns, write_pdf

BILL = Bill((Item("Black Pepper 500 g", "12", "410.00", "5"),))
OTHERS = [("Hill Depot", "32AABCH1111L1Z3"), ("Rose Stores", "32AABCR2222L1Z3")]
SUPPLIER = ("Tin Works", "32AABCT3333L1Z3")


def put(folder: Path, *bills: Bill) -> None:
    shop = folder / "inbox" / "Corner"
    shop.mkdir(parents=True, exist_ok=True)
    for number, bill in enumerate(bills):
        write_pdf(shop / f"{number}.pdf", columns, replace(bill, number=f"N/{number}"))


def landed(folder: Path) -> tuple[Counter[str], Counter[str]]:
    """How many files landed as each kind, and how often each thing was said."""
    ingest(folder / "inbox", folder / "raw", folder / "state")
    files: list[dict[str, Any]] = pq.read_table(folder / "raw/raw_source_files").to_pylist()
    issues: list[dict[str, Any]] = pq.read_table(folder / "raw/raw_file_issues").to_pylist()
    return Counter(str(f["kind"]) for f in files), Counter(i["code"] for i in issues)


def test_bills_of_another_seller_to_the_shop_are_purchases(tmp_path: Path) -> None:
    own = [replace(BILL, buyer=buyer) for buyer in (BUYER, *OTHERS)]
    put(tmp_path, *own, replace(BILL, seller=SUPPLIER, buyer=SELLER))
    kinds, said = landed(tmp_path)
    assert kinds == {"sales": 3, "purchases": 1}
    assert said["decided_by_siblings"] == 1
    assert said["taken_for_sales"] == 3


def test_bills_of_many_sellers_to_one_buyer_are_its_purchases(tmp_path: Path) -> None:
    put(tmp_path, *[replace(BILL, seller=seller) for seller in (SELLER, SUPPLIER, *OTHERS)])
    kinds, _ = landed(tmp_path)
    assert kinds == {"purchases": 4}


def test_bill_between_others_is_refused_once_most_bills_name_the_shop(tmp_path: Path) -> None:
    own = [replace(BILL, buyer=buyer) for buyer in (BUYER, *OTHERS)]
    put(tmp_path, *own, replace(BILL, seller=SUPPLIER, buyer=("Far Away", "32AABCF4444L1Z3")))
    kinds, _ = landed(tmp_path)
    assert kinds["sales"] == 3
    assert kinds["purchases"] == 0


def test_few_bills_or_one_seller_to_one_buyer_say_nothing(tmp_path: Path) -> None:
    put(tmp_path, *[BILL] * 4)
    kinds, said = landed(tmp_path)
    assert kinds == {"sales": 4}
    assert said["taken_for_sales"] == 4


def test_the_answer_does_not_hang_on_the_order_in_which_bills_come(tmp_path: Path) -> None:
    purchase = replace(BILL, seller=SUPPLIER, buyer=SELLER)
    put(tmp_path, purchase)
    assert landed(tmp_path)[0] == {"sales": 1}
    put(tmp_path, purchase, *[replace(BILL, buyer=buyer) for buyer in (BUYER, *OTHERS)])
    assert landed(tmp_path)[0] == {"sales": 3, "purchases": 1}
