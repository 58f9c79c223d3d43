"""Digits of other scripts, and the Arabic marks of decimals and thousands, are those of numbers."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.warehouse.dbt_plugin import functions_sql

ARABIC = str.maketrans("0123456789.,", "٠١٢٣٤٥٦٧٨٩٫٬")
PERSIAN = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")
HINDI = str.maketrans("0123456789", "०१२३४५६७८९")


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(functions_sql())
        yield connection


@pytest.mark.parametrize("digits", [ARABIC, PERSIAN, HINDI], ids=["arabic", "persian", "hindi"])
@pytest.mark.parametrize("text", ["7", "12.5", "1,234.50", "-3", "(5.25)", "1,23,456.00"])
def test_a_number_is_one_in_digits_of_any_script(
    database: duckdb.DuckDBPyConnection, digits: dict[int, int], text: str
) -> None:
    written = text.translate(digits)
    ((read, plain),) = database.execute(
        "select number_text_slow(?, '.'), number_text_slow(?, '.')", [written, text]
    ).fetchall()
    assert read == plain
    assert figure(written, ".") == figure(text, ".") == float(plain)


@pytest.mark.parametrize("mark", [".", ","])
def test_arabic_marks_are_those_of_any_file(
    database: duckdb.DuckDBPyConnection, mark: DecimalMark
) -> None:
    written = "1,234.50".translate(ARABIC)
    ((read,),) = database.execute("select number_text_slow(?, ?)", [written, mark]).fetchall()
    assert (read, figure(written, mark)) == ("1234.50", 1234.5)


def test_the_arithmetic_of_a_file_is_seen_in_any_digits(tmp_path: Path) -> None:
    rows = [f"2026-01-{n:02};Item {n % 3};{n};2.50;{2.5 * n:,.2f}" for n in range(1, 13)]
    lines = [
        ";".join(cell if "Item" in cell else cell.translate(ARABIC) for cell in row.split(";"))
        for row in rows
    ]
    path = tmp_path / "مبيعات.csv"
    header = "التاريخ;الصنف;الكمية;السعر;الإجمالي"
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    (table,) = open_file(path).tables
    assert table.layout.evidence[4] == "الكمية × السعر = الإجمالي: in 12 of 12 rows looked at."
