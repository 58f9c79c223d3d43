"""Readings whose figures agree and that something on the bill contradicts are none."""

import pytest

from lucid_orchestration.ingest.pdf.below import speaks_of_tax
from lucid_orchestration.ingest.pdf.rows import rows_of
from tests.bill_words import Cell, page_of, read_rows, worth

_HEADINGS = ("Item", "Qty", "Price", "Tax %", "Tax", "Total")
_EDGES = (40.0, -260.0, -330.0, -400.0, -470.0, -550.0)


def _row(*cells: str) -> list[Cell]:
    return [(x, text) for x, text in zip(_EDGES, cells, strict=True) if text]


LAMP = _row("Lamp", "12", "28.40", "5%", "17.04", "357.84")
TEA = _row("Tea", "3", "25.25", "5%", "3.79", "79.54")
TOTAL: list[Cell] = [(340, "Total incl. tax"), (-550, "437.38")]
RIGHT = [("12", "28.40", "340.80"), ("3", "25.25", "75.75")]


def test_tax_in_line_is_read_as_it_stands() -> None:
    assert worth(read_rows(_row(*_HEADINGS), LAMP, TEA, TOTAL)) == RIGHT


def test_rate_is_no_discount_beside_twice_its_tax() -> None:
    """5 % off and twice the tax of 5 % come to the tax once: a wrong net of twice the tax fits."""
    net: list[Cell] = [(340, "Sub total"), (-550, "34.08")]
    total: list[Cell] = [(340, "Total incl. tax"), (-550, "357.84")]
    headings = _row("Item", "Qty", "Price", "", "Tax", "Total")
    assert worth(read_rows(headings, LAMP, net, total)) == []


def test_discount_is_no_tax_that_is_added() -> None:
    row = _row("Lamp", "12", "28.40", "", "17.04", "357.84")
    tax: list[Cell] = [(340, "GST 5%"), (-550, "17.04")]
    total: list[Cell] = [(340, "Total"), (-550, "357.84")]
    for heading, found in (("Disc", []), ("Tax", RIGHT[:1])):
        headings = _row("Item", "Qty", "Price", "", heading, "Amount")
        assert worth(read_rows(headings, row, tax, total)) == found


def test_two_halves_of_a_tax_are_both_in_the_row() -> None:
    row: list[Cell] = [
        *((40.0, "Lamp"), (-220.0, "10"), (-290.0, "40.00"), (-340.0, "9%"), (-400.0, "36.00")),
        *((-440.0, "9%"), (-500.0, "36.00"), (-560.0, "472.00")),
    ]
    heads = (
        *((40.0, "Item"), (-220.0, "Qty"), (-290.0, "Rate"), (-340.0, "CGST %"), (-400.0, "CGST")),
        *((-440.0, "SGST %"), (-500.0, "SGST"), (-560.0, "Amount")),
    )
    total: list[Cell] = [(340, "Grand total"), (-560, "472.00")]
    assert worth(read_rows(heads, row, total)) == [("10", "40.00", "400.00")]


def test_amount_of_other_figures_is_no_price_of_one() -> None:
    """Without headings the number of the line times the value before tax is no sale of one."""
    row: list[Cell] = [
        *((40.0, "1"), (60.0, "Spice mix"), (-260.0, "23.94 h"), (-330.0, "631.77")),
        *((-370.0, "10%"), (-430.0, "13612.11"), (-460.0, "8%"), (-510.0, "1088.97")),
        (-560.0, "14701.08"),
    ]
    total: list[Cell] = [(340, "Total incl. VAT"), (-560, "14701.08")]
    heads: list[Cell] = [(-430, "net"), (-510, "VAT"), (-560, "gross")]
    document = read_rows(heads, row, total)
    assert worth(document) in ([], [("23.94", "631.77", "13612.11")])
    assert document.reason == "ambiguous_bill" or document.bill is not None


@pytest.mark.parametrize("tax", ["3.785", "3.79", "3.78"])
def test_tax_is_its_rate_to_its_last_place(tax: str) -> None:
    tea = _row("Tea", "3", "25.25", "5%", tax, "79.54")
    found = worth(read_rows(_row(*_HEADINGS), LAMP, tea, TOTAL))
    right = {"3.79": RIGHT, "3.78": [RIGHT[0], ("3", "25.25", "75.76")]}
    assert found == right.get(tax, [])


def test_value_before_tax_is_read_where_it_stands() -> None:
    """A tax that loses a digit gives no other value where that is printed."""
    heads = (*_row(*_HEADINGS), (-365.0, "Net"))
    lamp = (*LAMP, (-365.0, "340.80"))
    for tax, right in (("3.79", RIGHT), ("3.779", [])):
        tea = (*_row("Tea", "3", "25.25", "5%", tax, "79.54"), (-365.0, "75.75"))
        assert worth(read_rows(heads, lamp, tea, TOTAL)) == right


@pytest.mark.parametrize(
    ("rounding", "total", "is_read"),
    [
        ("0.20", "341.00", True),
        ("-0.80", "340.00", True),
        ("0.80", "340.00", True),
        # of both totals the rounder one is meant
        ("0.80", "341.60", False),
        ("0.05", "340.85", True),
        ("0.05", "340.75", False),
        ("0.30", "340.50", True),
        ("0.30", "341.10", False),
    ],
)
def test_rounding_without_a_sign_gives_one_total(rounding: str, total: str, is_read: bool) -> None:
    heads = _row("Item", "Qty", "Price", "", "", "Amount")
    lamp = _row("Lamp", "12", "28.40", "", "", "340.80")
    rows: list[list[Cell]] = [[(340, "Sub total"), (-550, "340.80")]]
    rows += [[(340, "Rounding"), (-550, rounding)], [(340, "Total"), (-550, total)]]
    assert bool(worth(read_rows(heads, lamp, *rows))) is is_read


@pytest.mark.parametrize(("rounding", "total"), [("0.50", "41.00"), ("0.50", "40.00")])
def test_half_a_unit_is_rounded_up(rounding: str, total: str) -> None:
    """Both totals are whole: a total off by one is not that of the bill."""
    heads = _row("Item", "Qty", "Price", "", "", "Amount")
    lamp = _row("Lamp", "3", "13.50", "", "", "40.50")
    rows: list[list[Cell]] = [[(340, "Sub total"), (-550, "40.50")]]
    rows += [[(340, "Rounding"), (-550, rounding)], [(340, "Total"), (-550, total)]]
    assert bool(worth(read_rows(heads, lamp, *rows))) is (total == "41.00")


def test_heading_of_one_column_says_nothing_of_the_one_beside_it() -> None:
    heads: list[Cell] = [(40, "Item"), (-355, "Qty"), (-550, "Amount")]
    rows: list[list[Cell]] = [
        [(40, "Candle"), (-310, "44.07"), (-355, "12.35"), (-550, "544.26")],
        [(40, "Rice"), (-310, "160.07"), (-355, "1"), (-550, "160.07")],
        [(340, "Total"), (-550, "704.33")],
    ]
    found = worth(read_rows(heads, *rows))
    assert found in ([], [("12.35", "44.07", "544.26"), ("1", "160.07", "160.07")])


def test_sub_total_to_which_a_tax_is_added_is_no_total() -> None:
    """2.74 with 4 % is 2.85 as well, and so is 0.11 of tax: the total below the tax is lost."""
    row: list[Cell] = [(40.0, "Pesto frame"), (-260.0, "1"), (-330.0, "2.85"), (-550.0, "2.85")]
    heads: list[Cell] = [(40.0, "Item"), (-260.0, "Qty"), (-330.0, "Price"), (-550.0, "Amount")]
    net: list[Cell] = [(340, "Sub total"), (-550, "2.85")]
    for label, found in (("GST 4%", []), ("GST 4% included", [("1", "2.85", "2.74")])):
        tax: list[Cell] = [(340, label), (-550, "0.11")]
        assert worth(read_rows(heads, row, net, tax)) == found
    total: list[Cell] = [(340, "Total"), (-550, "2.96")]
    added: list[Cell] = [(340, "GST 4%"), (-550, "0.11")]
    assert worth(read_rows(heads, row, net, added, total)) == [("1", "2.85", "2.85")]


def test_sums_without_labels_are_each_one_of_the_bill() -> None:
    """Of 357.84 with 17.04 of tax in it nothing says so where the labels of both are lost."""
    row: list[Cell] = [(40.0, "Lamp"), (-260.0, "12"), (-330.0, "29.82"), (-550.0, "357.84")]
    heads: list[Cell] = [(40.0, "Item"), (-260.0, "Qty"), (-330.0, "Price"), (-550.0, "Amount")]
    for beside, found in ((("17.04",), []), (("357.84",), [("12", "29.82", "357.84")])):
        sums: list[Cell] = [*((-460.0, text) for text in beside), (-550.0, "357.84")]
        assert worth(read_rows(heads, row, sums)) == found


@pytest.mark.parametrize("heading", ["ضريبة", "الضريبة", "VAT"])
def test_a_heading_that_speaks_of_tax_promises_it(heading: str) -> None:
    rows = rows_of((page_of([(40.0, heading)]),), ".")
    assert speaks_of_tax(rows)


def test_what_is_left_of_a_heading_does_not_turn_quantities_and_prices() -> None:
    """Of "GST rate" above rates only "Rate" is left, nearest to the quantities."""
    rows: list[list[Cell]] = [
        [(40.0, "Spice mix"), (-260.0, "37.65"), (-330.0, "12"), (-550.0, "451.80")],
        [(40.0, "Kettle"), (-260.0, "875.36"), (-330.0, "37.23"), (-550.0, "32589.65")],
    ]
    total: list[Cell] = [(340, "Total"), (-550, "33041.45")]
    right = [("12", "37.65", "451.80"), ("37.23", "875.36", "32589.65")]
    item, amount = (40.0, "Item"), (-550.0, "Amount")
    left: list[Cell] = [item, (-330.0, "Rate"), amount]
    both: list[Cell] = [item, (-260.0, "Rate"), (-330.0, "Qty"), amount]
    assert worth(read_rows(left, *rows, total)) == []
    assert worth(read_rows(both, *rows, total)) == right


def test_the_value_before_tax_is_no_discount() -> None:
    """2 × 8.16 less 8.16 is 8.16: with another quantity than 1 a discount would explain it."""
    heads = (
        *((40.0, "Item"), (-220.0, "Qty"), (-290.0, "Price"), (-360.0, "Taxable value")),
        *((-430.0, "GST %"), (-490.0, "GST"), (-560.0, "Amount")),
    )
    total: list[Cell] = [(340, "Total"), (-560, "9.22")]
    for quantity, found in (("1", [("1", "8.16", "8.16")]), ("2", [])):
        row = (
            *((40.0, "Tea"), (-220.0, quantity), (-290.0, "8.16"), (-360.0, "8.16")),
            *((-430.0, "13%"), (-490.0, "1.06"), (-560.0, "9.22")),
        )
        assert worth(read_rows(heads, row, total)) == found


def test_a_total_below_that_is_a_paisa_more_is_no_rounding_of_it() -> None:
    """The row between them that said what is rounded off is lost."""
    row = ((40.0, "Kettle"), (-260.0, "1"), (-330.0, "29,715.99"), (-550.0, "29,715.99"))
    heads = ((40.0, "Item"), (-260.0, "Qty"), (-330.0, "Rate"), (-550.0, "Amount"))
    foot = ((40.0, "Net amount"), (-550.0, "29,715.99"))
    for last, is_read in (("29,715.99", True), ("29,716.00", False)):
        found = read_rows(heads, row, foot, ((340, "Net amount"), (-550, last))).bill
        assert (found is not None) is is_read


def test_a_rate_of_the_amount_is_no_price_of_a_size_in_a_name() -> None:
    """Without headings 20 % of 771.96 is 154.39, and a bag of 5 kg 5 of them."""
    row = (
        *((40.0, "Rice 5 kg"), (-230.0, "1 pcs"), (-300.0, "771.96"), (-360.0, "20%")),
        *((-440.0, "154.39"), (-550.0, "926.35")),
    )
    found = worth(read_rows(row, ((340, "Total"), (-550, "926.35"))))
    assert not [line for line in found if line[0] == "5"]


@pytest.mark.parametrize(("quantity", "is_read"), [("11.71", True), ("11.7", False), ("12", False)])
def test_a_quantity_that_lacks_a_digit_hides_behind_no_rounded_price(
    quantity: str, is_read: bool
) -> None:
    """11.7 × 5.00 is 58.55 to the rounding of the price; another line shows that none is."""
    heads = ((40.0, "Item"), (-260.0, "Qty"), (-330.0, "Rate"), (-550.0, "Amount"))
    soap = ((40.0, "Soap"), (-260.0, "5"), (-330.0, "862.20"), (-550.0, "4,311.00"))
    candle = ((40.0, "Candle"), (-260.0, quantity), (-330.0, "5.00"), (-550.0, "58.55"))
    found = worth(read_rows(heads, soap, candle, ((340, "Total"), (-550, "4,369.55"))))
    assert bool(found) is is_read


def test_a_size_in_a_name_is_no_quantity_below_its_heading() -> None:
    """5 × 38.47 less 20 % is 4 × 38.47, and the 5 is lost."""
    heads = (
        *((40.0, "Item"), (-260.0, "Qty"), (-330.0, "Price"), (-430.0, "Discount %")),
        (-550.0, "Amount"),
    )
    total: list[Cell] = [(340, "Total"), (-550, "153.88")]
    for quantity, found in (("5", [("5", "38.47", "153.88")]), ("", [])):
        row = (
            *((40.0, "Soap, pack of 4"), (-260.0, quantity), (-330.0, "38.47"), (-430.0, "20%")),
            (-550.0, "153.88"),
        )
        assert worth(read_rows(heads, [cell for cell in row if cell[1]], total)) == found


@pytest.mark.parametrize(
    ("beside", "day"), [("14 Feb 2025", "2025-02-14"), ("Invoice date", "None")]
)
def test_a_day_under_the_label_of_another_is_no_date_of_a_bill(beside: str, day: str) -> None:
    """Drawn twice, a label covers its day, and the next one is that on which it is due."""
    head: list[list[Cell]] = [
        [(240, "INVOICE")],
        [(40, "Maruko Handel")],
        [(40, "Invoice No: 118"), (180, "Invoice date"), (300, "Due date")],
        [(180, beside), (300, "28 Feb 2025")],
    ]
    heads = ((40.0, "Item"), (-260.0, "Qty"), (-330.0, "Rate"), (-550.0, "Amount"))
    row = ((40.0, "Lamp"), (-260.0, "2"), (-330.0, "25.50"), (-550.0, "51.00"))
    found = read_rows(heads, row, ((340, "Total"), (-550, "51.00")), head=head)
    assert str(found.facts.date) == day


@pytest.mark.parametrize(("rate", "is_read"), [("5.5%", True), ("5.55%", False)])
def test_a_rate_that_nothing_else_names_takes_no_tax_out(rate: str, is_read: bool) -> None:
    """The tax of all lines is a sum of rounded ones: 0.04 less of one of them is within it."""
    heads = (
        *((40.0, "Item"), (-260.0, "Qty"), (-330.0, "Price"), (-400.0, "VAT %")),
        (-550.0, "Total incl. VAT"),
    )
    paper = (
        *((40.0, "Paper"), (-260.0, "2"), (-330.0, "39.79"), (-400.0, rate)),
        (-550.0, "79.58"),
    )
    soap = (
        *((40.0, "Soap"), (-260.0, "4"), (-330.0, "29.69"), (-400.0, "5.5%")),
        (-550.0, "118.76"),
    )
    tax: list[Cell] = [(340, "Incl. VAT 5.5%"), (-550, "10.34")]
    total: list[Cell] = [(340, "Total"), (-550, "198.34")]
    assert bool(worth(read_rows(heads, paper, soap, tax, total))) is is_read
