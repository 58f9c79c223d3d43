"""The rows prove what the money columns are; where they do not, the owner is asked or told."""

from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file

HEAD = "Date,Bill No,Item Name,Qty,"


def layout_of(tmp_path: Path, header: str, *rows: str) -> Layout:
    """The layout of a sales file: a line a day, each row giving quantity and what is behind it."""
    lines = [
        f"2026-01-{number:02},{bill or number},Item {number % 3},{figures}"
        for number, (bill, _, figures) in enumerate((row.partition("|") for row in rows), start=1)
    ]
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([HEAD + header, *lines]) + "\n", encoding="utf-8")
    (table,) = open_file(path).tables
    return table.layout


def fields_of(layout: Layout) -> dict[str, str]:
    return {
        field: layout.header[place]
        for field, place in layout.columns.items()
        if field not in {"sale_date", "transaction_id", "product_name", "quantity"}
    }


PROVED = {
    "tax as money is in the total": (
        "Rate,GST,Total",
        ["|2,100,10,210", "|1,300,15,315", "|4,100,20,420"],
        {"unit_price": "Rate", "tax_amount": "GST", "gross_amount": "Total"},
    ),
    "tax as a rate is in the total": (
        "Rate,GST,Total",
        ["|2,100,18,236", "|10,10,12,112"],
        {"unit_price": "Rate", "tax_percent": "GST", "gross_amount": "Total"},
    ),
    "tax in three columns, a net, a gross and a bill": (
        "Rate,Basic Value,CGST,SGST,IGST,Total Value,Invoice Amount",
        [
            "7|20,600,12000,1080,1080,0,14160,17700",
            "7|100,30,3000,270,270,0,3540,17700",
            "|10,600,6000,0,0,1080,7080,7080",
            "|50,30,1500,135,135,0,1770,1770",
        ],
        {
            "unit_price": "Rate",
            "net_amount": "Basic Value",
            "tax_amount": "CGST",
            "tax_amount_2": "SGST",
            "tax_amount_3": "IGST",
            "gross_amount": "Total Value",
            "bill_amount": "Invoice Amount",
        },
    ),
    "the price holds the tax": (
        "MRP,GST,Amount",
        ["|2,118,36,236", "|1,105,5,105", "|3,112,36,336"],
        {"gross_unit_price": "MRP", "tax_amount": "GST", "gross_amount": "Amount"},
    ),
    "money off each piece shows in the bills alone, rounded on every line": (
        "Rate,Item Total,Discount per Unit,Bill Amount",
        [
            "7|3,226.36,679.08,45.27,6069.98",
            "7|12,460.56,5526.72,0.00,6069.98",
            "8|12,100.00,1200.00,3.33,1260.00",
            "8|2,50.00,100.00,0.00,1260.00",
        ],
        {
            "unit_price": "Rate",
            "list_amount": "Item Total",
            "unit_discount": "Discount per Unit",
            "bill_amount": "Bill Amount",
        },
    ),
    "a tax beside its rate shows what it was taken of, where both would be round": (
        "Rate,Disc Amt,Tax %,Tax Amt,Net Amt",
        ["|2,125,0,25,50,250", "|1,500,50,25,90,450", "|4,50,0,25,40,200"],
        {
            "gross_unit_price": "Rate",
            "discount_amount": "Disc Amt",
            "tax_amount": "Tax Amt",
            "gross_amount": "Net Amt",
        },
    ),
    "amounts before discount may hold the tax of what is left": (
        "Amount,Discount,Final Amount,VAT,VAT (%)",
        ["|2,250,0,250,50,25%", "|1,125,25,100,20,25%", "|4,500,50,450,90,25%"],
        {"gross_amount": "Final Amount", "discount_amount": "Discount", "tax_amount": "VAT"},
    ),
    "a price with tax is a price and no tax": (
        "Unit Price,Price with Tax,Net Amount,CGST,SGST,Total Amount",
        [
            "|2,100,118,200,18,18,236",
            "|3,50,59,150,13.50,13.50,177",
            "|1,80,94.40,80,7.20,7.20,94.40",
        ],
        {
            "unit_price": "Unit Price",
            "net_amount": "Net Amount",
            "tax_amount": "CGST",
            "tax_amount_2": "SGST",
            "gross_amount": "Total Amount",
        },
    ),
    "a rate is named at the end of a heading, or by the mark before its figures": (
        "SaleRate,DiscAmt,TaxPer,TaxAmt,NetAmt",
        ["|2,125,0,25,50,250", "|1,500,50,25,90,450", "|4,50,0,25,40,200"],
        {
            "gross_unit_price": "SaleRate",
            "discount_amount": "DiscAmt",
            "tax_amount": "TaxAmt",
            "gross_amount": "NetAmt",
        },
    ),
    "Turkish headings": (
        "Birim Fiyat,İskonto,KDV Oranı,KDV Tutarı,Toplam Tutar",
        ["|2,100,0,%20,40,240", "|1,300,30,%10,27,297", "|4,50,20,%20,36,216"],
        {
            "unit_price": "Birim Fiyat",
            "discount_amount": "İskonto",
            "tax_amount": "KDV Tutarı",
            "gross_amount": "Toplam Tutar",
        },
    ),
    "a tax amount is no rate, however small": (
        "Rate,Discount Amount,Tax Amount,Pure Sales",
        ["|3,12,0,3.24,36", "|3,6,0.90,1.54,17.10", "|2,46,0,8.28,92"],
        {
            "unit_price": "Rate",
            "discount_amount": "Discount Amount",
            "tax_amount": "Tax Amount",
            "net_amount": "Pure Sales",
        },
    ),
    "the rates of two taxes together": (
        "Rate,CGST %,CGST Amt,SGST %,SGST Amt,Amount",
        ["|2,125,10,20,15,30,250", "|1,500,10,40,15,60,500"],
        {
            "gross_unit_price": "Rate",
            "tax_amount": "CGST Amt",
            "tax_amount_2": "SGST Amt",
            "gross_amount": "Amount",
        },
    ),
    "a percentage comes off": (
        "Rate,Discount,Amount",
        ["|2,100,10,180", "|1,300,0,300", "|4,50,25,150"],
        {"unit_price": "Rate", "discount_percent": "Discount", "net_amount": "Amount"},
    ),
    "a part of one comes off": (
        "Rate,Discount,Amount",
        ["|2,100,0.1,180", "|1,300,0,300", "|4,50,0.25,150"],
        {"unit_price": "Rate", "discount_share": "Discount", "net_amount": "Amount"},
    ),
    "a rate of less than one may be a part of one": (
        "Unit Price,Discount Rate,Sub Total,Tax,Total",
        ["|10,6.00,0.00,60.00,9.00,69.00", "|10,4.00,0.10,36.00,5.40,41.40"],
        {
            "unit_price": "Unit Price",
            "discount_share": "Discount Rate",
            "net_amount": "Sub Total",
            "tax_amount": "Tax",
            "gross_amount": "Total",
        },
    ),
    "money comes off each piece": (
        "Rate,Discount,Amount",
        ["|2,100,10,180", "|1,300,0,300", "|4,50,5,180"],
        {"unit_price": "Rate", "unit_discount": "Discount", "net_amount": "Amount"},
    ),
    "the amount stands before the discount": (
        "Rate,Discount,Amount",
        ["|2,100,20,200", "|1,300,0,300", "|4,50,10,200"],
        {"unit_price": "Rate", "discount_amount": "Discount", "list_amount": "Amount"},
    ),
    "an order's total stands on each line": (
        "NetPrice,Amount",
        ["1|2,10.00,50.00", "1|3,10.00,50.00", "2|4,10.00,40.00", "3|1,10,60", "3|5,10,60"],
        {"unit_price": "NetPrice", "bill_amount": "Amount"},
    ),
    "only the rate of the tax tells net from gross": (
        "GST,Amount",
        ["|2,36,236", "|1,5,105", "|3,36,336"],
        {"tax_amount": "GST", "gross_amount": "Amount"},
    ),
    "a round rate parts two amounts": (
        "Amount,Basic Value",
        ["|2,236,200", "|1,105,100", "|3,354,300"],
        {"net_amount": "Basic Value", "gross_amount": "Amount"},
    ),
}


@pytest.mark.parametrize("name", PROVED)
def test_the_rows_prove_the_columns(tmp_path: Path, name: str) -> None:
    header, rows, fields = PROVED[name]
    layout = layout_of(tmp_path, header, *rows)
    assert fields_of(layout) == fields
    assert layout.issues == ()


def test_the_proof_is_told_as_arithmetic(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Rate,GST,Total", "|2,100,10,210", "|1,300,15,315", "|4,9,1,99")
    (said,) = set(layout.evidence.values()) or {""}
    assert said == ""  # two of three rows are no proof
    layout = layout_of(tmp_path, "Rate,GST,Total", "|2,100,10,210", "|1,300,15,315")
    assert set(layout.evidence.values()) == {"Qty × Rate + GST = Total: in 2 of 2 rows looked at."}


def test_the_arithmetic_shows_which_mark_divides(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Rate,Amount", "|2,500,1.000", "|3,500,1.500", "|1,900,900")
    assert layout.decimal_mark == ","


def test_no_arithmetic_makes_a_point_before_two_digits_group(tmp_path: Path) -> None:
    rows = ["|10,4.00,0.10,36.00", "|1,5.00,1.00,0.00", "|2,6.00,0.00,12.00"]
    layout = layout_of(tmp_path, "Unit Price,Discount Rate,Sub Total", *rows)
    assert layout.decimal_mark != ","


@pytest.mark.parametrize(
    ("header", "row", "lines"),
    [
        ("Rate,Discount", "|10,100,0.15", ['{"Discount": discount_share}', '{"Discount": ignore}']),
        ("Net Price", "|5,10", ['{"Net Price": unit_price}', '{"Net Price": net_amount}']),
        ("Amount,Value", "|5,100,117.3", ['{"Value": ignore}', '{"Amount": ignore}']),
        ("Rate,GST %", "|5,100,18", ['{"Rate": gross_unit_price}', '{"Rate": unit_price}']),
        (
            "Preis,MwSt-Satz,Gesamtpreis",
            "|5,100,19,500",
            ['{"Preis": unit_price, "Gesamtpreis": net_amount}', '{"Preis": gross_unit_price'],
        ),
    ],
)
def test_what_only_the_owner_can_know_is_asked(
    tmp_path: Path, header: str, row: str, lines: list[str]
) -> None:
    with pytest.raises(RefusedError) as refusal:
        layout_of(tmp_path, header, row, row)
    assert refusal.value.reason == "ambiguous_figures"
    for line in lines:
        assert f"columns: {line}" in refusal.value.message


def test_no_known_money_column_is_one_refusal_with_the_candidates(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"It may be pre discount price or post discount price"):
        layout_of(tmp_path, "pre discount price,post discount price", "|1,75,70", "|2,130,130")


def test_an_amount_that_nothing_explains_is_taken_with_a_warning(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "RATE,GROSS AMT", "|10,100,900", "|10,100,900")
    assert fields_of(layout) == {"unit_price": "RATE", "gross_amount": "GROSS AMT"}
    (issue,) = layout.issues
    assert issue.code == "amounts_unexplained"
    assert "11.1 % of the revenue lies between them" in issue.message


@pytest.mark.parametrize("header", ["Amount,Value", "Sale Amount,Amount You Get"])
def test_a_round_part_that_no_heading_calls_a_discount_is_told(tmp_path: Path, header: str) -> None:
    layout = layout_of(tmp_path, header, "|10,1000,600", "|3,300,180", "|2,200,120")
    (issue,) = layout.issues
    assert issue.code == "amounts_unexplained"
    assert issue.revenue_share == pytest.approx(2 / 3)
    assert "ignore" in issue.message


def test_a_round_part_between_gross_and_net_is_none_to_tell(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Gross,Net", "|10,1000,600", "|3,300,180", "|2,200,120")
    assert fields_of(layout)["net_amount"] == "Net"
    assert layout.issues == ()


@pytest.mark.parametrize(
    "postage", ["Verpackung und Versand", "Shipping and Handling", "Packing & Freight"]
)
def test_postage_with_packing_is_of_no_line(tmp_path: Path, postage: str) -> None:
    rows = ["|1,45.00,5.49,50.49", "|3,12.90,5.49,44.19", "|2,20.00,4.00,44.00"]
    layout = layout_of(tmp_path, f"Price,{postage},Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}


def test_an_amount_beside_a_discount_is_after_it_and_that_is_said(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, "Sales,Discount", "|2,131.17,0.2", "|1,77.31,0.1")
    assert fields_of(layout)["net_amount"] == "Sales"
    (issue,) = layout.issues
    assert issue.code == "figures_read_two_ways"
    assert 'columns: {"Sales": list_amount' in issue.message


def test_a_discount_beside_prices_known_by_their_tax_alone_comes_off(tmp_path: Path) -> None:
    prices = ["100,119", "90,107.10", "50,59.50"]
    lines = [f"|{2 + n % 4},{prices[n % 3]},{n % 2 * 10},19" for n in range(24)]
    layout = layout_of(tmp_path, "VK (netto),VK (brutto),Rabatt (%),MwSt. (%)", *lines)
    assert fields_of(layout) == {
        "unit_price": "VK (netto)",
        "discount_percent": "Rabatt (%)",
        "tax_percent": "MwSt. (%)",
    }


def test_a_discount_that_no_reading_has_a_place_for_is_named(tmp_path: Path) -> None:
    lines = ["|2,100,150,7", "|3,90,260,11", "|1,40,35,3"]
    (off, unused) = layout_of(tmp_path, "Rate,Amount,Coupon Rebate", *lines).issues
    assert (off.code, unused.code) == ("amounts_unexplained", "discount_not_used")
    assert 'columns: {"Coupon Rebate": discount_amount}' in unused.message
    assert unused.revenue_share == 1.0
    nothing = [line.rsplit(",", 1)[0] + ",0" for line in lines]
    (off,) = layout_of(tmp_path, "Rate,Amount,Coupon Rebate", *nothing).issues
    assert off.code == "amounts_unexplained"


@pytest.mark.parametrize("heading", ["total_revenue_usd", "Amount EUR", "Net Amount (GBP)"])
def test_a_currency_at_the_end_of_a_heading_changes_nothing(tmp_path: Path, heading: str) -> None:
    assert fields_of(layout_of(tmp_path, heading, "|1,75"))["net_amount"] == heading


def test_money_beside_its_tax_needs_no_word_for_an_amount(tmp_path: Path) -> None:
    rows = ["|2,12.00,20.00,4.00,24.00", "|5,1.20,5.00,1.00,6.00", "|3,6.00,18.00,0.00,18.00"]
    layout = layout_of(tmp_path, "Piece Inc GST,Line Ex GST,Line GST,Line Inc GST", *rows)
    assert fields_of(layout)["net_amount"] == "Line Ex GST"
    assert fields_of(layout)["gross_amount"] == "Line Inc GST"


@pytest.mark.parametrize(
    ("heading", "price", "amount"),
    [
        ("Price Incl Tax", "gross_unit_price", "gross_amount"),
        ("Cash Price", "unit_price", "net_amount"),
    ],
)
def test_what_is_asked_keeps_to_the_tax_a_heading_tells(
    tmp_path: Path, heading: str, price: str, amount: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, heading, "|2,12.00", "|5,1.20", "|3,6.00")
    assert f'{{"{heading}": {price}}} or ' in refused.value.message
    assert f'{{"{heading}": {amount}}}.' in refused.value.message
