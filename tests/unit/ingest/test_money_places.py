"""Columns whose heading says one thing and whose rows another: of the piece, line or bill."""

from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.money.pieces import pairs_of
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table

PRICES = (Decimal("4.50"), Decimal("9.90"), Decimal("3.60"))
QUANTITIES = (2, 1, 5, 3, 6, 2, 4, 1, 3, 5, 2, 6)


def table_of(tmp_path: Path, header: str, lines: list[str]) -> Table:
    path = tmp_path / "sales.csv"
    path.write_text("\n".join([f"Date,Bill No,Item Name,{header}", *lines]) + "\n", "utf-8")
    (table,) = open_file(path).tables
    return table


def written(tmp_path: Path, header: str, figures: str) -> Table:
    """Twelve lines of four bills and three products; figures name what a line may hold."""
    lines = []
    for number, quantity in enumerate(QUANTITIES):
        price, bill = PRICES[number % 3], number // 3
        line = quantity * price
        of_bill = range(3 * bill, 3 * bill + 3)
        total = sum(QUANTITIES[n] * PRICES[n % 3] for n in of_bill)
        off = Decimal(bill) / 2
        known = {
            "qty": quantity,
            "price": price,
            "list": price * 2,
            "line": line,
            "total": total,
            "delivered": total + 40 * (bill % 2),
            "first": total if number % 3 == 0 else "",
            "off": off,
            "first_off": off if number % 3 == 0 else "",
            "less": total - off,
            "tax": f"{line / 10:.2f}",
            "taxed": f"{line * 11 / 10:.2f}",
        }
        cells = ",".join(str(known[name]) for name in figures.split(","))
        lines.append(f"2026-01-{bill + 1:02},B{bill},Item {number % 3},{cells}")
    return table_of(tmp_path, header, lines)


def fields_of(layout: Layout) -> dict[str, str]:
    """The money fields with their headings; those without a column of their own are left out."""
    known = {"sale_date", "transaction_id", "product_name", "quantity"}
    return {
        name: layout.header[place]
        for name, place in layout.columns.items()
        if name not in known and place < len(layout.header)
    }


PLACED = {
    "a price that grows with the quantity": (
        "Qty,Selling Price",
        "qty,line",
        {"net_amount": "Selling Price"},
    ),
    "two prices of the line": (
        "Qty,Gross Price,Net Price",
        "qty,line,line",
        {"net_amount": "Net Price"},
    ),
    "an amount of the unit beside one of the line": (
        "Qty,Unit Amount,Amount",
        "qty,price,line",
        {"unit_price": "Unit Amount", "net_amount": "Amount"},
    ),
    "two prices of the piece, the list's and the one paid": (
        "Qty,List Price,Net Price",
        "qty,list,price",
        {"unit_price": "Net Price"},
    ),
    "a total of the bill with delivery in it": (
        "Qty,Rate,Bill Value",
        "qty,price,delivered",
        {"unit_price": "Rate"},
    ),
    "a total on the first line of its bill": (
        "Qty,Rate,Total",
        "qty,price,first",
        {"unit_price": "Rate"},
    ),
    "tax named by its rate in the heading": (
        "Qty,Rate,Gross,GST @ 10%,Net Total",
        "qty,price,line,tax,taxed",
        {
            "unit_price": "Rate",
            "net_amount": "Gross",
            "tax_amount": "GST @ 10%",
            "gross_amount": "Net Total",
        },
    ),
    "headings nobody knows that say where the tax is": (
        "Qty,Amount ex VAT,VAT,Amount inc VAT",
        "qty,line,tax,taxed",
        {"net_amount": "Amount ex VAT", "tax_amount": "VAT", "gross_amount": "Amount inc VAT"},
    ),
    "Netto, MwSt and Brutto": (
        "Qty,Netto,MwSt,Brutto",
        "qty,line,tax,taxed",
        {"net_amount": "Netto", "tax_amount": "MwSt", "gross_amount": "Brutto"},
    ),
}


@pytest.mark.parametrize("case", PLACED)
def test_the_lines_show_what_a_figure_is_of(tmp_path: Path, case: str) -> None:
    header, figures, fields = PLACED[case]
    assert fields_of(written(tmp_path, header, figures).layout) == fields


@pytest.mark.parametrize(
    ("header", "figures", "code"),
    [
        ("Qty,Amount", "qty,price", "amount_taken_as_price"),
        ("Qty,Rate,Bill Value", "qty,price,delivered", "bill_total_differs"),
        ("Qty,Selling Price", "qty,line", None),
        ("Qty,Rate,Total", "qty,price,first", None),
        ("Qty,Unit Amount,Amount", "qty,price,line", None),
    ],
)
def test_only_what_may_be_wrong_is_told(
    tmp_path: Path, header: str, figures: str, code: str | None
) -> None:
    codes = [issue.code for issue in written(tmp_path, header, figures).layout.issues]
    assert codes == ([] if code is None else [code])


def test_what_the_bills_hold_more_than_their_lines_is_told_in_money(tmp_path: Path) -> None:
    (issue,) = written(tmp_path, "Qty,Rate,Bill Value", "qty,price,delivered").layout.issues
    lines = sum(q * PRICES[n % 3] for n, q in enumerate(QUANTITIES))
    assert f'the lines come to {lines:.2f}, "Bill Value" to {lines + 80:.2f}' in issue.message
    assert issue.revenue_share == pytest.approx(float(80 / lines))


@pytest.mark.parametrize(
    ("header", "figures"),
    [
        ("Qty,Price,Line Total,Order Discount,Order Total", "qty,price,line,off,less"),
        ("Qty,Price,Line Total,Discount,Order Total", "qty,price,line,first_off,less"),
        ("Qty,Price,Coupon,Grand Total", "qty,price,off,less"),
    ],
)
def test_the_lines_of_a_bill_share_its_discount(tmp_path: Path, header: str, figures: str) -> None:
    table = written(tmp_path, header, figures)
    place = table.layout.columns["net_amount"]
    shared = [Decimal(row.cells[place] or 0) for row in table.rows]
    for bill in range(1, 4):
        lines = [QUANTITIES[n] * PRICES[n % 3] for n in range(3 * bill, 3 * bill + 3)]
        assert sum(shared[3 * bill : 3 * bill + 3]) == sum(lines) - Decimal(bill) / 2
    (proof,) = table.layout.evidence.values()
    assert "in 4 of 4 bills" in proof
    assert not table.layout.issues


def test_a_shared_discount_keeps_the_mark_of_the_file(tmp_path: Path) -> None:
    rows = [
        f'2026-01-0{bill},B{bill},Item {item},{quantity},"{quantity}.000,50","1,00","7.000,00"'
        for bill in (1, 2, 3, 4)
        for item, quantity in ((1, 2), (2, 5))
    ]
    table = table_of(tmp_path, "Qty,Line Total,Order Discount,Order Total", rows)
    place = table.layout.columns["net_amount"]
    assert [row.cells[place] for row in table.rows][:2] == ["2000,21", "4999,79"]


def test_a_discount_that_cannot_be_shared_is_a_refusal(tmp_path: Path) -> None:
    rows = [
        f"2026-01-0{bill},B{bill},Item {item},{quantity},{quantity * 10},{bill},{70 - bill},a,b"
        for bill in (1, 2, 3, 4)
        for item, quantity in ((1, 2), (2, 5))
    ]
    with pytest.raises(RefusedError, match='"Order Discount" comes off whole bills'):
        table_of(tmp_path, "Qty,Line Total,Order Discount,Order Total,Note,Note", rows)


def test_two_discounts_come_off_one_after_the_other(tmp_path: Path) -> None:
    rows = [
        f"2026-01-01,{n},Item {n % 3},{n},100,{n % 3 * 5},{n % 2 * 2},18,"
        f"{n * 100 * (1 - n % 3 * 0.05) * (1 - n % 2 * 0.02) * 1.18:.2f}"
        for n in range(1, 12)
    ]
    table = table_of(tmp_path, "Qty,Rate,Dis%,CD%,GST%,Net Amount", rows)
    assert fields_of(table.layout) == {"tax_percent": "GST%", "gross_amount": "Net Amount"}
    assert not table.layout.issues


@pytest.mark.parametrize(
    "heading", ["% Off", "Rabatt %", "Remise %", "Sconto %", "Less %", "Dto %"]
)
def test_a_percentage_off_is_one_in_many_languages(tmp_path: Path, heading: str) -> None:
    rows = [f"2026-01-01,{n},Item {n % 3},{n},100,{n % 3 * 5}" for n in range(1, 9)]
    table = table_of(tmp_path, f"Qty,Rate,{heading}", rows)
    assert fields_of(table.layout) == {"unit_price": "Rate", "discount_percent": heading}


def test_a_rounding_is_no_discount(tmp_path: Path) -> None:
    rows = [f"2026-01-01,{n},Item {n % 3},{n},100,0.4" for n in range(1, 9)]
    assert fields_of(table_of(tmp_path, "Qty,Rate,Round Off", rows).layout) == {
        "unit_price": "Rate"
    }


def test_hundredths_of_the_money_are_not_taken_for_the_money(tmp_path: Path) -> None:
    rows = [f"2026-01-01,{n},Item {n % 3},{n},450,{n * 450}" for n in range(1, 9)]
    with pytest.raises(RefusedError, match='"unit_amount_cents" holds hundredths'):
        table_of(tmp_path, "qty,unit_amount_cents,total_cents", rows)


def test_the_cheapest_of_unknown_prices_is_what_was_paid(tmp_path: Path) -> None:
    header = "Qty,Listed Price (Incl. GST),Discounted Price (Incl. GST)"
    rows = [
        f"2026-01-01,{n},Item {n % 3},{n},{20 * (n % 3 + 1)},{15 * (n % 3 + 1)}"
        for n in range(1, 9)
    ]
    assert fields_of(table_of(tmp_path, header, rows).layout) == {
        "gross_unit_price": "Discounted Price (Incl. GST)"
    }


def test_a_rate_may_stand_behind_the_name_of_the_tax(tmp_path: Path) -> None:
    rows = [f"2026-01-01,{n},Item {n % 3},{n},118,GST@18%,{n * 118}" for n in range(1, 9)]
    table = table_of(tmp_path, "Qty,Rate (Incl. Tax),Tax,Amount (Incl. Tax)", rows)
    assert fields_of(table.layout) == {
        "gross_unit_price": "Rate (Incl. Tax)",
        "tax_percent": "Tax",
        "gross_amount": "Amount (Incl. Tax)",
    }


def test_nine_of_ten_pairs_are_enough_to_show_what_a_figure_is_of() -> None:
    growing = [(("tea",), float(n), 10.0 * n) for n in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)]
    staying = [(("tea",), quantity, 10.0) for _, quantity, _ in growing]
    odd = (("tea",), 1024.0, 70.0)
    assert pairs_of([*growing, odd]).is_of_line
    assert pairs_of([*staying, odd]).is_of_piece
    assert not pairs_of([*growing[1:], odd]).is_of_line
    assert not pairs_of([*staying[1:], odd]).is_of_piece


def test_a_row_that_ends_early_shows_nothing(tmp_path: Path) -> None:
    rows = [f"2026-01-01,{n},{n},{10 * n},Item {n % 3}" for n in range(1, 10)]
    path = tmp_path / "sales.csv"
    path.write_text(
        "\n".join(["Date,Bill No,Qty,Price,Item Name", *rows, "2026-01-02,9,4"]), "utf-8"
    )
    (table,) = open_file(path).tables
    assert fields_of(table.layout) == {"net_amount": "Price"}


def test_an_empty_discount_is_none_of_the_bill(tmp_path: Path) -> None:
    """Totals that are the sums of the lines prove no discount where there is none."""
    rows = [
        f"2026-01-0{bill},B{bill},Item {item},{quantity},{quantity * 10},0,70"
        for bill in (1, 2, 3, 4)
        for item, quantity in ((1, 2), (2, 5))
    ]
    layout = table_of(tmp_path, "Qty,Line Total,Order Discount,Order Total", rows).layout
    assert layout.arrangement is None


def test_prices_a_tax_parts_are_of_the_line_where_one_product_shows_it(tmp_path: Path) -> None:
    lines = [
        "2026-01-05,1,Coffee,2,7.00,5.83,1.17,20%,0.00",
        "2026-01-14,2,Cake,1,3.00,2.50,0.50,20%,0.00",
        "2026-02-03,3,Coffee,4,14.00,11.67,2.33,20%,0.00",
    ]
    table = table_of(tmp_path, "Qty,Price (Gross),Price (Net),Tax,Tax rate,Discount", lines)
    assert table.layout.columns["net_amount"] == 5
    assert table.layout.columns["gross_amount"] == 4
    assert "unit_price" not in table.layout.columns
    assert table.layout.evidence[4].startswith("Price (Gross) − Tax = Price (Net): in 3 of 3")
    dearer = [*lines[:2], "2026-02-03,3,Coffee,4,9.00,7.50,1.50,20%,0.00"]
    table = table_of(tmp_path, "Qty,Price (Gross),Price (Net),Tax,Tax rate,Discount", dearer)
    assert table.layout.columns["unit_price"] == 5


def test_a_price_and_what_a_discount_leaves_of_it_hold_the_tax_their_rate_shows(
    tmp_path: Path,
) -> None:
    lines = [
        "2026-01-05,1,Bag,20%,2,24.00,4.00,0.00,24.00",
        "2026-01-14,2,Print,20%,1,12.00,1.80,1.20,10.80",
        "2026-02-03,3,Bag,20%,1,12.00,2.00,0.00,12.00",
    ]
    header = "VAT,Qty,Price (GBP),VAT (GBP),Discount (GBP),Final price (GBP)"
    layout = table_of(tmp_path, header, lines).layout
    assert fields_of(layout) == {
        "gross_amount": "Final price (GBP)",
        "tax_amount": "VAT (GBP)",
        "discount_amount": "Discount (GBP)",
    }
    assert not layout.issues
