"""Files in the code pages of old programs: their headings prove which it is."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited.code_pages import code_page
from lucid_orchestration.ingest.delimited.read import detect_encoding
from lucid_orchestration.ingest.layout.aliases import LANGUAGES
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.yml import read_yml

PAGES = {
    "french": "cp1252",
    "german": "cp1252",
    "spanish": "cp1252",
    "portuguese": "cp1252",
    "polish": "cp1250",
    "russian": "cp1251",
    "turkish": "cp1254",
    "chinese": "gb18030",
    "japanese": "cp932",
}


@pytest.mark.parametrize("language", PAGES)
def test_a_list_is_read_in_the_code_page_of_its_language(language: str, tmp_path: Path) -> None:
    words = read_yml(LANGUAGES / f"{language}.yml")
    header = []
    for name in ("date", "number", "product_name", "quantity", "price", "amount"):
        odd = [word for word in words[name] if not word.isascii()]
        header.append((odd or words[name])[0])
    name = next(word for field in words.values() for word in field if not word.isascii())
    lines = [f"2026-01-{n:02};{n};{name} {n % 3};{n};2.50;{n * 2.5:.2f}" for n in range(1, 13)]
    file = tmp_path / "list.csv"
    file.write_bytes("\r\n".join([";".join(header), *lines]).encode(PAGES[language]))
    (table,) = open_file(file).tables
    assert table.layout.kind == "sales"
    rows = [row.cells[table.layout.columns["product_name"]] for row in table.rows]
    assert rows[0] == f"{name} 1"


def test_where_no_heading_tells_it_is_western_europes(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("Date;Item Name;Qty;Amount\n2026-01-01;Café crème;1;2\n".encode("cp1252"))
    assert code_page(file) is None
    assert detect_encoding(file).name == "cp1252"
