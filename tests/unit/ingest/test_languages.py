"""Headings in the languages of layout/languages: one file each, a word a line."""

import random
from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.scan import Scan
from lucid_orchestration.ingest.layout.aliases import LANGUAGES, aliases, joined, total_words
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.yml import read_yml

FILES = sorted(LANGUAGES.glob("*.yml"))
# what a language file may give words for, with the fields of sales and of stock lists
SALES = {
    "date": "sale_date",
    "number": "transaction_id",
    "product_id": "product_id",
    "product_name": "product_name",
    "category": "category",
    "customer_id": "customer_id",
    "store": "store",
    "unit": "unit",
    "quantity": "quantity",
    "price": "unit_price",
    "amount": "net_amount",
    "gross": "gross_amount",
    "discount": "discount_amount",
    "tax": "tax_amount",
    "cost": "unit_cost",
    "status": "document_status",
    "document": "document_type",
}
STOCK = {
    "date": "stock_date",
    "product_id": "product_id",
    "product_name": "product_name",
    "category": "category",
    "store": "store",
    "unit": "unit",
    "cost": "unit_cost",
    "stock": "quantity",
    "amount": "stock_value",
    "price": "sale_price",
    "reorder_level": "reorder_level",
}
# and what it may give words for where they say more: the kind of table
FURTHER = {
    "sale_date": "sales",
    "purchase_date": "purchases",
    "line_cost": "sales",
    "line_profit": "sales",
    "name": "inventory",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_language_names_what_a_table_may_hold(path: Path) -> None:
    words = read_yml(path)
    assert words.keys() - FURTHER.keys() == SALES.keys() | STOCK.keys() | {"supplier", "total"}
    further = {name: kind for name, kind in FURTHER.items() if name in words}
    for kind, fields in (("sales", SALES), ("inventory", STOCK)):
        for meaning, field in fields.items():
            known = aliases()[kind]
            found = {known[joined(word)][0] for word in words[meaning]}
            assert field in found, (kind, meaning)
    for meaning, kind in further.items():
        for word in words[meaning]:
            assert joined(word) in aliases()[kind], (kind, word)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sales_list_is_read_in_its_language(path: Path, tmp_path: Path) -> None:
    words = read_yml(path)
    header = [words[name][0] for name in ("date", "number", "product_name", "quantity")]
    header += [words["price"][0], words["amount"][0]]
    lines = [f"2026-01-{n:02},{n},Item {n % 3},{n},2.50,{n * 2.5:.2f}" for n in range(1, 13)]
    file = tmp_path / "file.csv"
    file.write_text("\n".join([",".join(header), *lines]), "utf-8")
    (table,) = open_file(file).tables
    assert table.layout.kind == "sales"
    columns = table.layout.columns
    names = [f"{name}" for name in ("sale_date", "transaction_id", "product_name", "quantity")]
    assert [columns[name] for name in [*names, "unit_price", "net_amount"]] == [*range(6)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stock_list_is_read_in_its_language(path: Path, tmp_path: Path) -> None:
    words = read_yml(path)
    header = [words[name][0] for name in ("product_name", "stock", "cost")]
    file = tmp_path / "file.csv"
    file.write_text(
        "\n".join([",".join(header), *(f"Item {n},{n},2.50" for n in range(9))]), "utf-8"
    )
    (table,) = open_file(file).tables
    assert table.layout.kind == "inventory"
    assert dict(table.layout.columns) == {"product_name": 0, "quantity": 1, "unit_cost": 2}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_purchase_list_is_read_in_its_language(path: Path, tmp_path: Path) -> None:
    words = read_yml(path)
    names = ("date", "number", "supplier", "product_name", "quantity", "cost", "amount")
    file = tmp_path / "file.csv"
    lines = [f"2026-01-{n:02},{n},Holm,Item {n},{n},2.50,{n * 2.5:.2f}" for n in range(1, 9)]
    file.write_text("\n".join([",".join(words[name][0] for name in names), *lines]), "utf-8")
    (table,) = open_file(file).tables
    assert table.layout.kind == "purchases"
    assert table.layout.columns["supplier"] == 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sum_is_no_product_in_its_language(path: Path, tmp_path: Path) -> None:
    words = read_yml(path)
    heads = [words[name][0] for name in ("product_id", "product_name", "stock", "cost")]
    file = tmp_path / "list.csv"
    for word in words["total"]:
        for spelling in (word, word.capitalize(), f"{word.upper()}:"):
            lines = [f"A{n},Item {n},{n},2.50" for n in range(1, 9)]
            sums = [f",{spelling},36,", f"{spelling},,36,"]
            file.write_text("\n".join([",".join(heads), *lines, *sums]), "utf-8")
            (table,) = open_file(file).tables
            assert table.layout.kind == "inventory"
            rows = list(table.rows)
            assert (len(rows), table.counts.total) == (8, 2), spelling


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_sums_in_a_large_file_are_seen_in_one_pass_too(path: Path) -> None:
    words = read_yml(path)
    headings = [words[name][0] for name in ("date", "product_name", "quantity", "amount")]
    for word in words["total"]:
        scan = Scan(",", total_words(headings))
        scan.take(f"2026-01-01,Tea,2,5\n,{word.title()},2,5\n".encode())
        assert scan.has_total_words, word
    scan = Scan(",", total_words(["Date", "Item Name", "Status", "Amount"]))
    scan.take(b"2026-01-01,Summe,2,5\n")
    assert not scan.has_total_words


@pytest.mark.parametrize("heading", ["SATIŞ TARIHI", "SATIŞ TARİHİ", "Satış Tarihi"])
def test_capitals_of_programs_that_know_no_turkish_are_read(heading: str, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    rows = [f"2026-01-{n:02},Ürün {n},{n},{n}.50" for n in range(1, 9)]
    file.write_text("\n".join([f"{heading},ÜRÜN ADI,MIKTAR,NET TUTAR", *rows]), "utf-8")
    (table,) = open_file(file).tables
    assert table.layout.columns["sale_date"] == 0
    assert table.layout.columns["quantity"] == 2


NEEDED = ("date", "number", "product_name", "quantity", "price", "amount")
OPTIONAL = ("product_id", "category", "customer_id", "store", "unit")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_exports_of_any_words_of_a_language_read_back(path: Path, tmp_path: Path) -> None:
    """Twenty of each: any of its words, in any case, in any order of columns."""
    words = read_yml(path)
    for seed in range(20):
        chance = random.Random(f"{path.stem} {seed}")
        names = [*NEEDED, *(name for name in OPTIONAL if chance.random() < 0.5)]
        chance.shuffle(names)
        cased = (str.lower, str.upper, str.capitalize)
        header = [chance.choice(cased)(chance.choice(words[name])) for name in names]
        if len({heading.casefold() for heading in header}) < len(header):
            continue
        lines = [";".join(_cells(chance, bill)[name] for name in names) for bill in range(24)]
        file = tmp_path / f"{seed}.csv"
        file.write_text("\n".join([";".join(header), *lines]), "utf-8")
        (table,) = open_file(file).tables
        assert table.layout.kind == "sales", header
        assert {SALES[name]: at for at, name in enumerate(names)} == table.layout.columns, header


def _cells(chance: random.Random, bill: int) -> dict[str, str]:
    pieces, price = chance.randint(1, 9), chance.choice([2.5, 12.35, 99.0, 7.25])
    return {
        "date": f"2026-{chance.randint(1, 9):02}-{chance.randint(1, 28):02}",
        "number": f"{1000 + bill // 2}",
        "product_id": f"P{bill % 7}",
        "product_name": f"Item {bill % 7}",
        "category": f"Kind {bill % 3}",
        "customer_id": f"Somebody {bill % 5}",
        "store": f"Place {bill % 2}",
        "unit": "pcs",
        "quantity": f"{pieces}",
        "price": f"{price:.2f}",
        "amount": f"{pieces * price:.2f}",
    }
