"""What stands beside an amount, read alike by the readers and by the database."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.currency_marks import CURRENCIES, in_amount
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.conventions import DecimalMark
from lucid_orchestration.ingest.layout.money.columns import figure
from lucid_orchestration.warehouse.dbt_plugin import functions_sql


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(functions_sql())
        yield connection


def read(database: duckdb.DuckDBPyConnection, text: str, mark: DecimalMark = ".") -> str | None:
    found = database.execute("select number_text_slow(?, ?)", [text, mark]).fetchall()
    return found[0][0]  # type: ignore[no-any-return]


def test_every_mark_stands_before_or_behind_an_amount(
    database: duckdb.DuckDBPyConnection,
) -> None:
    for mark in CURRENCIES:
        for shown in (mark, mark.upper(), f"{mark}."):
            for text in (f"{shown} 1,249.50", f"{shown}1,249.50", f"1,249.50 {shown}"):
                assert (read(database, text), figure(text, ".")) == ("1249.50", 1249.5), text
                assert in_amount(text) == (shown.lower().rstrip("."),)
            assert read(database, f"-{shown} 5") == read(database, f"({shown}5)") == "-5"


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("2 380,00 kr", ",", "2380.00"),
        ("1\u202f249,50 zł", ",", "1249.50"),
        ("CHF 1’249.50", ".", "1249.50"),
        ("9ʼ520.00", ".", "9520.00"),
        ("9‘520.00", ".", "9520.00"),
        ("1\u2009249.50", ".", "1249.50"),
        ("R$ 1.249,50", ",", "1249.50"),
        ("Rp42.000", ",", "42000"),
        ("12,-", ",", "12"),
        ("CHF 12.–", ".", "12"),
        ("100:- kr", ",", "100"),
        ("Rs.500/-", ".", "500"),
        ("1,24,500.00 Dr", ".", "124500.00"),
        ("4,398.00 Cr.", ".", "4398.00"),
        ("1.234,00-", ",", "-1234.00"),
        ("$ 1,000.00 USD", ".", "1000.00"),
    ],
)
def test_an_amount_is_read_without_what_stands_around_it(
    database: duckdb.DuckDBPyConnection, text: str, mark: DecimalMark, number: str
) -> None:
    assert read(database, text, mark) == number


@pytest.mark.parametrize("text", ["12 pcs", "5e3", "kr", "USD", "5 foo", "x 5", "1 2 3 kr", "Dr"])
def test_what_is_no_amount_stays_none(database: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(database, text) is None


def landed(tmp_path: Path, amount: str, mapping: str) -> tuple[str, str | None, set[str]]:
    """Status, reason and warnings of a file with such amounts."""
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    rows = "\n".join(f"{n};{n:02}/01/2026;Tea;2;{amount}" for n in range(1, 29))
    (shop / "sales.csv").write_text(f"Bill No;Bill Date;Item Name;Qty;Amount\n{rows}\n", "utf-8")
    (shop / "mapping.yml").write_text(mapping, "utf-8")
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    issues = pq.read_table(tmp_path / "raw" / "raw_file_issues").to_pylist()
    return file.status, file.reason, {row["code"] for row in issues if row["severity"] != "note"}


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("R$ 249,50", "BRL"),
        ("249,50 kr", "SEK"),
        ("kr. 249,50", "DKK"),
        ("249,50 zł", "PLN"),
        ("$249.50", "CLP"),
        ("A$249.50", "AUD"),
        ("R 249.50", "ZAR"),
        ("Rs. 249.50", "PKR"),
        ("₱249.50", "PHP"),
    ],
)
def test_a_mark_of_the_datasets_currency_is_fine_and_of_another_refused(
    tmp_path: Path, amount: str, code: str
) -> None:
    assert landed(tmp_path, amount, f"currency: {code}\n") == ("accepted", None, set())
    other = "EUR" if code != "EUR" else "USD"
    assert landed(tmp_path, amount, f"currency: {other}\n")[:2] == ("refused", "other_currency")


def test_the_remedy_names_a_currency_of_the_mark(tmp_path: Path) -> None:
    landed(tmp_path, "249,50 kr", "currency: EUR\n")
    (issue,) = pq.read_table(tmp_path / "raw" / "raw_file_issues").to_pylist()
    assert '"kr"' in issue["message"]
    assert "currency: SEK" in issue["message"]


def test_points_group_where_the_currency_has_no_decimals(tmp_path: Path) -> None:
    assert landed(tmp_path, "Rp 65.000", "currency: IDR\n") == ("accepted", None, set())
    marks = {row["decimal_mark"] for row in pq.read_table(tmp_path / "raw/raw_sales").to_pylist()}
    assert marks == {","}
    assert "ambiguous_decimal_mark" in landed(tmp_path, "65.000", "currency: USD\n")[2]


@pytest.mark.parametrize(
    ("sides", "taken_off"),
    [
        (("Cr", "Cr", "Cr", "Cr"), 0),
        (("Dr", "Dr", "Dr", "Dr"), 0),
        (("Dr", "Dr", "Cr", "Dr"), 1),
        (("Cr", "Dr", "Cr", "Cr"), 1),
        (("Cr", "Dr", "Cr", "Dr"), 2),
    ],
)
@pytest.mark.parametrize("is_large", [False, True])
def test_of_both_sides_of_a_ledger_the_rarer_takes_back(
    tmp_path: Path,
    sides: tuple[str, ...],
    taken_off: int,
    is_large: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if is_large:
        monkeypatch.setattr(bulk, "MIN_BYTES", 0)
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    rows = "\n".join(
        f'{n},{n:02}/03/2026,Ring,1,"1,24,500.00","1,24,500.00 {side}"'
        for n, side in enumerate(sides * 6, start=1)
    )
    headings = "Bill No,Bill Date,Item Name,Qty,Rate,Amount"
    (shop / "sales.csv").write_text(f"{headings}\n{rows}\n", "utf-8")
    ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    sales = pq.read_table(tmp_path / "raw" / "raw_sales").to_pylist()
    minus = [row["net_amount"] for row in sales if row["net_amount"].startswith("-")]
    assert minus == ["-1,24,500.00"] * (6 * taken_off)
    issues = pq.read_table(tmp_path / "raw" / "raw_file_issues").to_pylist()
    assert [row["code"] for row in issues] == ["both_sides"] * bool(taken_off)
