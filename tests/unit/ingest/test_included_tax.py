"""Tax that words say to be in the money is taken out by the rate they state, or asked for."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table


def table_of(
    folder: Path, text: str, mapping: FileMapping | None = None
) -> tuple[Table, list[dict[str, str]]]:
    """The only table of a file, with its rows by field."""
    path = folder / "sales.csv"
    path.write_text(text, encoding="utf-8")
    (table,) = open_file(path, mapping or FileMapping()).tables
    rows = [
        {name: row.cells[at] for name, at in table.layout.columns.items()} for row in table.rows
    ]
    return table, rows


def codes(table: Table) -> list[str]:
    return [issue.code for issue in table.layout.issues]


PLAIN = "2026-02-11,1,Vase,2,34.80,69.60\n2026-02-12,2,Tray,1,11.60,11.60\n"


@pytest.mark.parametrize(
    ("headings", "rate"),
    [
        ("Price (incl. 16% VAT),Total (incl. 16% VAT)", "16"),
        ("Price,Amount inkl. 7,5 % MwSt", None),
        ("Price,Line Total inc 16% GST", "16"),
        ("Precio,Total con 16 % IVA", "16"),
        ("Fiyat,KDV dahil tutar (%16)", "16"),
    ],
)
def test_the_rate_of_a_heading_is_taken_out(
    tmp_path: Path, headings: str, rate: str | None
) -> None:
    if rate is None:
        headings, rate = headings.replace(",5", ".5"), "7.5"
    table, rows = table_of(tmp_path, f"Date,Bill No,Item,Qty,{headings}\n{PLAIN}")
    assert [(row["gross_amount"], row["tax_percent"]) for row in rows] == [
        ("69.60", rate),
        ("11.60", rate),
    ]
    assert codes(table) == ["tax_by_heading"]
    assert "net_amount" not in table.layout.columns


def test_the_rate_has_the_decimal_mark_of_the_other_figures(tmp_path: Path) -> None:
    text = (
        "Datum;Beleg;Artikel;Menge;Preis;Gesamt inkl. 5.5% TVA\n"
        "11.02.2026;1;Vase;2;34,80;69,60\n22.02.2026;2;Platte;1;1.211,60;1.211,60\n"
    )
    table, rows = table_of(tmp_path, text)
    assert table.layout.decimal_mark in (None, ",")
    assert {row["tax_percent"] for row in rows} <= {"5,5", "5.5"}


def test_the_rate_of_a_title_is_taken_out(tmp_path: Path) -> None:
    text = f"All prices include 16% VAT\nDate,Bill No,Item,Qty,Price,Amount\n{PLAIN}"
    table, rows = table_of(tmp_path, text)
    assert {row["tax_percent"] for row in rows} == {"16"}
    assert codes(table) == ["tax_by_heading"]


def test_an_amount_without_tax_stays_beside_a_price_with_it(tmp_path: Path) -> None:
    text = (
        "Date,Bill No,Item,Qty,Price incl. 16% VAT,Amount excl. VAT\n"
        "2026-02-11,1,Vase,2,34.80,60.00\n2026-02-12,2,Tray,1,11.60,10.00\n"
    )
    table, rows = table_of(tmp_path, text)
    assert [row["net_amount"] for row in rows] == ["60.00", "10.00"]
    assert "tax_percent" not in table.layout.columns


@pytest.mark.parametrize("heading", ["Total TTC", "Total inc VAT", "Betrag inkl. MwSt"])
def test_tax_of_no_known_rate_is_told(tmp_path: Path, heading: str) -> None:
    table, _ = table_of(tmp_path, f"Date,Bill No,Item,Qty,Price,{heading}\n{PLAIN}")
    (issue,) = table.layout.issues
    assert (issue.code, issue.severity) == ("tax_not_taken_out", "warning")
    assert heading in issue.message
    assert table.layout.columns["gross_amount"] == 5


def test_what_the_owner_says_of_an_amount_goes_before_its_heading(tmp_path: Path) -> None:
    mapping = FileMapping(columns={"Total TTC": "net_amount"})
    table, _ = table_of(tmp_path, f"Date,Bill No,Item,Qty,Price,Total TTC\n{PLAIN}", mapping)
    assert (table.layout.columns["net_amount"], codes(table)) == (5, [])


def test_delivery_in_an_amount_is_no_tax(tmp_path: Path) -> None:
    table, _ = table_of(tmp_path, f"Date,Bill No,Item,Qty,Price,Total incl. delivery\n{PLAIN}")
    assert codes(table) == []


RATES = {
    "Standard 20%": ("20%", "Zero Rated", "0"),
    "T1 20%": ("20%", "Exempt", "0"),
    "20% (VAT on Income)": ("20%", "Zero Rated Income", "0"),
    "Normalsatz 20 %": ("20 %", "steuerfrei", "0"),
    "Standart %20": ("%20", "Muaf", "0"),
}


@pytest.mark.parametrize("said", RATES)
def test_rates_in_words_are_rates(tmp_path: Path, said: str) -> None:
    rate, nothing, none = RATES[said]
    text = (
        "Date,Bill No,Item,Qty,Price inc VAT,VAT Rate,Total inc VAT\n"
        f"2026-02-11,1,Vase,2,36.00,{said},72.00\n"
        f"2026-02-12,2,Book,1,11.60,{nothing},11.60\n"
        f"2026-02-13,3,Lamp,3,24.00,{said},72.00\n"
    )
    table, rows = table_of(tmp_path, text)
    assert [row["tax_percent"] for row in rows] == [rate, none, rate]
    assert [row["gross_amount"] for row in rows] == ["72.00", "11.60", "72.00"]
    assert codes(table) == []


def test_rates_that_are_names_alone_are_told(tmp_path: Path) -> None:
    text = (
        "Date,Bill No,Item,Qty,Price inc VAT,VAT Rate,Total inc VAT\n"
        "2026-02-11,1,Vase,2,36.00,Standard,72.00\n2026-02-12,2,Book,1,11.60,Zero,11.60\n"
    )
    table, _ = table_of(tmp_path, text)
    assert codes(table) == ["tax_not_taken_out"]


FLAGS = {
    "Is Inclusive Tax": ("true", "false"),
    "Price includes GST": ("1", "0"),
    "Tax Treatment": ("Inclusive", "Exclusive"),
    "Exclusive of Tax": ("no", "yes"),
}


@pytest.mark.parametrize("flag", FLAGS)
def test_each_row_may_say_whether_tax_is_in_it(tmp_path: Path, flag: str) -> None:
    yes, no = FLAGS[flag]
    text = (
        f"Date,Bill No,Item,Qty,Price,{flag},Tax %,Amount\n"
        f"2026-02-11,1,Vase,2,36.00,{yes},20,72.00\n"
        f"2026-02-12,2,Vase,1,30.00,{no},20,30.00\n"
        f"2026-02-13,3,Lamp,3,24.00,{yes},20,72.00\n"
    )
    table, rows = table_of(tmp_path, text)
    assert [(row["gross_amount"], row["net_amount"]) for row in rows] == [
        ("72.00", ""),
        ("", "30.00"),
        ("72.00", ""),
    ]
    assert {row["tax_percent"] for row in rows} == {"20"}
    assert [row["gross_unit_price"] for row in rows] == ["36.00", "", "24.00"]
    assert codes(table) == ["tax_in_some_rows"]


def test_rows_with_tax_of_no_known_rate_are_told(tmp_path: Path) -> None:
    text = (
        "Date,Bill No,Item,Qty,Price,Tax Inclusive,Amount\n"
        "2026-02-11,1,Vase,2,36.00,Y,72.00\n2026-02-12,2,Vase,1,30.00,N,30.00\n"
    )
    table, rows = table_of(tmp_path, text)
    assert [row["net_amount"] for row in rows] == ["72.00", "30.00"]
    assert codes(table) == ["tax_not_taken_out"]


ZOHO = "Invoice Date,Invoice Number,Invoice Status,Item Name,Quantity,Item Price,Is Inclusive Tax"


def test_a_known_system_takes_the_rate_where_it_lacks_the_tax_in_money(tmp_path: Path) -> None:
    line = "2026-02-11,I-1,Paid,Vase,2,33.00,true,10,66.00\n"
    table, (row,) = table_of(tmp_path, f"{ZOHO},Item Tax %,Item Total\n{line}")
    assert table.layout.profile == "zoho_books_invoices"
    assert (row["gross_amount"], row["tax_percent"]) == ("66.00", "10")


def test_a_known_system_without_any_tax_is_told(tmp_path: Path) -> None:
    line = "2026-02-11,I-1,Paid,Vase,2,33.00,true,66.00\n"
    table, _ = table_of(tmp_path, f"{ZOHO},Item Total\n{line}")
    assert codes(table) == ["tax_not_taken_out"]
    line = line.replace("true", "false")
    assert codes(table_of(tmp_path, f"{ZOHO},Item Total\n{line}")[0]) == []
