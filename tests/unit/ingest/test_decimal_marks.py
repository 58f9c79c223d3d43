"""Each column proves its decimal mark, and numbers of a workbook are never read again as text."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import parts
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.reading import open_file
from tests.workbooks import write_xlsx

HEADINGS = ["Date", "Bill No", "Article", "Qty", "Amount"]


def landed(tmp_path: Path) -> tuple[list[dict[str, Any]], dict[str, Any], list[str]]:
    """The sales, the record and the warnings of the only file."""
    ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state")
    sales, files, issues = (
        pq.read_table(tmp_path / "raw" / table).to_pylist()
        for table in ("raw_sales", "raw_source_files", "raw_file_issues")
    )
    return sales, files[0], [issue["code"] for issue in issues if issue["severity"] != "note"]


def figures(rows: list[dict[str, Any]], field: str) -> list[float]:
    """The numbers as SQL reads them: with the decimal mark of the file."""
    return [
        float(row[field].replace("." if row["decimal_mark"] == "," else ",", "").replace(",", "."))
        for row in rows
    ]


def write(tmp_path: Path, lines: list[list[str]], headings: list[str] = HEADINGS) -> None:
    path = tmp_path / "inbox" / "shop" / "sales.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(";".join(row) for row in [headings, *lines]), encoding="utf-8")


def lines(*figures: tuple[str, ...]) -> list[list[str]]:
    return [
        [f"2026-03-{n:02}", str(n), f"Item {n}", *row] for n, row in enumerate(figures, start=1)
    ]


def test_numbers_of_a_workbook_keep_their_value_beside_texts(tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    rows: list[list[object]] = [
        [*HEADINGS],
        ["2026-03-01", 1, "Ghee", 2.125, "1.312,50"],
        ["2026-03-02", 2, "Rice", 4, 75.5],
        ["2026-03-03", 3, "Dal", "1.500,5", "90,00"],
        ["Total", "", "", "", 1478.125],
    ]
    write_xlsx(folder / "a.xlsx", {"Sales": rows})
    sales, file, warnings = landed(tmp_path)
    assert figures(sales, "quantity") == [2.125, 4, 1500.5]
    assert figures(sales, "net_amount") == [1312.5, 75.5, 90]
    assert [row["quantity"] for row in sales] == ["2,125", "4", "1.500,5"]
    assert (file["decimal_mark"], file["printed_total"]) == (",", "1478,125")
    assert warnings == []


def test_numbers_of_a_workbook_keep_their_value_whatever_the_owner_says(tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "shop"
    folder.mkdir(parents=True)
    (folder / "mapping.yml").write_text('decimal_mark: ","', encoding="utf-8")
    write_xlsx(folder / "a.xlsx", {"S": [[*HEADINGS], ["2026-03-01", 1, "Ghee", 2.5, 75.25]]})
    sales, _, _ = landed(tmp_path)
    assert (figures(sales, "quantity"), figures(sales, "net_amount")) == ([2.5], [75.25])


@pytest.mark.parametrize("is_large", [False, True])
def test_a_column_that_proves_its_own_mark_has_it(
    tmp_path: Path, is_large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_large:
        monkeypatch.setattr(bulk, "MIN_BYTES", 0)
        monkeypatch.setattr(parts, "_row_by_row", None)
    write(tmp_path, lines(("0.375", "45,00"), ("1.250", "1.062,50"), ("12", "600,00")))
    sales, file, warnings = landed(tmp_path)
    assert figures(sales, "quantity") == [0.375, 1.25, 12]
    assert figures(sales, "net_amount") == [45, 1062.5, 600]
    assert (file["decimal_mark"], warnings) == (",", [])


def test_a_large_file_whose_end_misleads_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is guessed from the last rows; what they got wrong is turned back."""
    monkeypatch.setattr(bulk, "MIN_BYTES", 0)
    monkeypatch.setattr(bulk, "ENDING_BYTES", 60)
    monkeypatch.setattr(parts, "_row_by_row", None)
    rows = [("0.375", "1.045,50")] * 20 + [("1.250", "600")] * 4
    write(tmp_path, lines(*rows))
    sales, file, warnings = landed(tmp_path)
    assert figures(sales, "quantity") == [0.375] * 20 + [1.25] * 4
    assert figures(sales, "net_amount") == [1045.5] * 20 + [600] * 4
    assert (file["decimal_mark"], warnings) == (",", [])


def test_a_large_file_whose_start_misleads_is_turned_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", 0)
    monkeypatch.setattr(bulk, "ENDING_BYTES", 60)
    monkeypatch.setattr(parts, "_row_by_row", None)
    rows = [("0.375", "45,50")] * 700 + [("1.5", "1,045.50")] * 900 + [("1.250", "60,50")] * 4
    write(tmp_path, lines(*rows))
    sales, file, _ = landed(tmp_path)
    assert (file["decimal_mark"], {row["quantity"] for row in sales}) == (
        ".",
        {"0.375", "1.5", "1.250"},
    )


PRICED = ["Date", "Bill No", "Article", "Qty", "Rate", "Amount"]


def test_price_times_quantity_decides_the_mark_of_the_quantity(tmp_path: Path) -> None:
    rows = [("1.255", "60,00", "75,30"), ("2", "80,00", "160,00"), ("1.500", "40,00", "60,00")]
    write(tmp_path, lines(*rows), PRICED)
    sales, _, warnings = landed(tmp_path)
    assert (figures(sales, "quantity"), warnings) == ([1.255, 2, 1.5], [])
    assert figures(sales, "net_amount") == [75.3, 160, 60]
    rows = [("1.255", "2,00", "2.510,00"), ("2", "80,00", "160,00"), ("1.500", "4,00", "6.000,00")]
    write(tmp_path, lines(*rows), PRICED)
    sales, _, warnings = landed(tmp_path)
    assert (figures(sales, "quantity"), warnings) == ([1255, 2, 1500], [])


def test_quantities_with_three_decimals_throughout_are_decimals_and_questioned(
    tmp_path: Path,
) -> None:
    write(tmp_path, lines(("1.000", "50,00"), ("2.500", "250,00"), ("12.000", "2.400,00")))
    sales, _, warnings = landed(tmp_path)
    assert figures(sales, "quantity") == [1, 2.5, 12]
    assert figures(sales, "net_amount") == [50, 250, 2400]
    assert warnings == ["ambiguous_decimal_mark"]
    (tmp_path / "inbox" / "shop" / "mapping.yml").write_text('decimal_mark: ","', encoding="utf-8")
    sales, _, warnings = landed(tmp_path)
    assert (figures(sales, "quantity"), warnings) == ([1000, 2500, 12000], [])


def test_points_between_thousands_show_themselves(tmp_path: Path) -> None:
    write(tmp_path, lines(("2", "4.500"), ("1", "850"), ("3", "12.000")))
    sales, _, warnings = landed(tmp_path)
    assert (figures(sales, "net_amount"), warnings) == ([4500, 850, 12000], [])


@pytest.mark.parametrize(
    "amounts",
    [("4.500", "12.250"), ("4.505", "850", "12.251"), ("4.500", "850")],
    ids=["no small number", "no number ends in a zero", "one point"],
)
def test_points_that_may_be_either_are_questioned(tmp_path: Path, amounts: tuple[str]) -> None:
    write(tmp_path, lines(*(("2", amount) for amount in amounts)))
    _, file, warnings = landed(tmp_path)
    assert (file["decimal_mark"], warnings) == (".", ["ambiguous_decimal_mark"])


@pytest.mark.parametrize("amounts", [("4.500", "1850"), ("4.500", "3.25"), ("4.500", "0.850")])
def test_points_before_decimals_are_not_questioned(tmp_path: Path, amounts: tuple[str]) -> None:
    write(tmp_path, lines(*(("2", amount) for amount in amounts)))
    sales, file, warnings = landed(tmp_path)
    assert (file["decimal_mark"], warnings) == (".", [])
    assert figures(sales, "net_amount") == [float(amount) for amount in amounts]


def stock_of(folder: Path, *costs: str) -> Layout:
    lines = [f"Item {at};{at};{cost}" for at, cost in enumerate(costs)]
    text = "\n".join(["Nama Barang;Stok;Harga Beli", *lines])
    (folder / "stok.csv").write_text(text, encoding="utf-8")
    (table,) = open_file(folder / "stok.csv").tables
    return table.layout


@pytest.mark.parametrize("costs", [["Rp48.000", "Rp24.999"], ["12.000 ₫", "950 ₫"]])
def test_the_currency_of_a_list_shows_that_points_group(tmp_path: Path, costs: list[str]) -> None:
    layout = stock_of(tmp_path, *costs)
    assert (layout.decimal_mark, layout.issues) == (",", ())


@pytest.mark.parametrize(
    "costs",
    [["48.000", "24.000"], ["KD 9.500", "KD 1.250"], ["€1.459", "€1.389"], ["€ 1.500", "€ 2.250"]],
)
def test_points_of_a_list_that_nothing_explains_are_told(tmp_path: Path, costs: list[str]) -> None:
    layout = stock_of(tmp_path, *costs)
    assert layout.decimal_mark is None
    assert [issue.code for issue in layout.issues] == ["ambiguous_decimal_mark"]
