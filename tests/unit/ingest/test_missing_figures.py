"""Columns in unknown words that hold what no row can do without are asked for, once."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file


def said(folder: Path, header: str, *rows: str) -> str:
    path = folder / "sales.csv"
    lines = [f"2026-03-{n:02},B{n},Item {n % 2},{row}" for n, row in enumerate(rows, 1)]
    path.write_text("\n".join([f"Date,Bill No,Item,{header}", *lines]) + "\n", encoding="utf-8")
    try:
        open_file(path)
    except RefusedError as refused:
        return refused.message
    return ""


def test_money_in_an_unknown_word_is_asked_for(tmp_path: Path) -> None:
    message = said(tmp_path, "Qty,Rung Up", "1,5.00", "1,8.00", "1,5.00", "1,8.00")
    assert 'columns: {"Rung Up": net_amount} or columns: {"Rung Up": unit_price}' in message


@pytest.mark.parametrize(
    ("figures", "field", "other"),
    [
        (("1,8.00", "3,15.00", "2,16.00", "9,45.00", "5,40.00"), "net_amount", "unit_price"),
        (("1,8.00", "3,5.00", "2,8.00", "9,5.00", "5,8.00"), "unit_price", "net_amount"),
    ],
)
def test_what_the_rows_show_is_offered_alone(
    tmp_path: Path, figures: tuple[str, ...], field: str, other: str
) -> None:
    message = said(tmp_path, "Qty,Rung Up", *figures)
    assert f'columns: {{"Rung Up": {field}}}' in message
    assert other not in message


@pytest.mark.parametrize(
    ("header", "figures"),
    [
        ("Qty,Guests", ("1,2", "1,5", "2,3", "1,4", "1,7", "3,1", "2,2", "1,9")),
        ("Qty,Slip No", ("1,5", "1,8", "1,5", "1,8")),
        ("Qty,Slip", ("1,5", "1,6", "1,7", "1,8", "1,9")),
        ("Qty,Clerk", ("1,Ann", "1,Bob")),
    ],
)
def test_other_figures_are_not_asked_for(
    tmp_path: Path, header: str, figures: tuple[str, ...]
) -> None:
    assert said(tmp_path, header, *figures) == ""


@pytest.mark.parametrize("other", ["Valore costo", "Ganancia neta", "Markup Rs", "Koszt partii"])
def test_what_goods_cost_or_earn_is_not_offered_as_the_amount(tmp_path: Path, other: str) -> None:
    figures = ("1,8.00,5.00", "3,24.00,15.00", "2,16.00,10.00", "9,72.00,45.00", "5,40.00,25.00")
    message = said(tmp_path, f"Qty,Rung Up,{other}", *figures)
    assert 'columns: {"Rung Up": net_amount}' in message
    assert other not in message


def test_takings_are_money(tmp_path: Path) -> None:
    assert said(tmp_path, "Qty,Takings", "1,5.00", "2,16.00", "3,15.00") == ""


def test_what_times_the_price_is_the_amount_counts(tmp_path: Path) -> None:
    header = "Main Out,Rate,Taxable Amount,Tax,Total"
    rows = ["10,90,900,162,1062", "5,15,75,13.5,88.5", "4,90,360,64.8,424.8"]
    assert 'columns: {"Main Out": quantity}' in said(tmp_path, header, *rows)


@pytest.mark.parametrize("heading", ["Customer Group", "Price List", "Kundengruppe"])
def test_lines_that_name_their_price_and_have_none_are_told(tmp_path: Path, heading: str) -> None:
    rows = [f"2026-03-{at:02},{at},B{at % 2},{at},{'DR'[at % 2]}" for at in range(1, 7)]
    path = tmp_path / "sales.csv"
    for head, codes in ((heading, ["one_price_for_all"]), ("Customer Name", [])):
        text = "\n".join([f"Date,Invoice,Item Code,Qty,{head}", *rows])
        path.write_text(text, encoding="utf-8")
        (table,) = open_file(path).tables
        assert [issue.code for issue in table.layout.issues] == codes


@pytest.mark.parametrize(
    "heading",
    [
        "Amount in T€",
        "Net Sales (in thousands)",
        "Amount ('000)",
        "Sales Value Rs. Lakhs",
    ],
)
def test_money_without_its_last_digits_is_refused(tmp_path: Path, heading: str) -> None:
    message = said(tmp_path, f"Qty,{heading}", "1,5.2", "3,8.1", "2,5.4", "1,8.8")
    assert "is counted in" in message
    assert "mapping.yml" not in message


def test_money_in_an_unknown_word_without_its_last_digits_is_not_offered(tmp_path: Path) -> None:
    message = said(tmp_path, "Qty,Rung Up in TEUR", "1,5.00", "1,8.00", "1,5.00", "1,8.00")
    assert "is counted in TEUR" in message
    assert "mapping.yml" not in message


@pytest.mark.parametrize("heading", ["Amount", "Total Price", "Net Amt"])
def test_money_of_whole_units_is_none_of_that(tmp_path: Path, heading: str) -> None:
    message = said(tmp_path, f"Qty,{heading}", "1,5.2", "3,8.1", "2,5.4", "1,8.8")
    assert "is counted in" not in message


@pytest.mark.parametrize("sides", ["Debit,Credit", "Soll,Haben", "Debit Amount,Credit Amount"])
def test_neither_side_of_an_account_is_offered_as_the_amount(tmp_path: Path, sides: str) -> None:
    message = said(tmp_path, f"Qty,{sides}", "3,,36.00", "2,,50.00", "1,,12.00", "-2,24.00,")
    assert "are two sides of one account" in message
    assert "mapping.yml" not in message
