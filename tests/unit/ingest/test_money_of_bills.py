"""Money that is of a whole order, of its parcel or was paid back is no line's own."""

import re
from pathlib import Path

import pytest
import yaml

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.recognise import Layout
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from tests.unit.ingest.test_money_columns import fields_of, layout_of
from tests.workbooks import write_xlsx


def codes(layout: Layout) -> set[str]:
    return {issue.code for issue in layout.issues}


def test_a_total_with_postage_is_no_amount_of_a_line(tmp_path: Path) -> None:
    rows = ["|2,10,4.95,24.95", "|1,25,0,25", "|3,4,7.50,19.50", "|1,10,4.95,14.95"]
    layout = layout_of(tmp_path, "Price,Shipping rate,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}
    assert codes(layout) == {"amount_with_postage"}


def test_postage_is_found_for_orders_of_several_lines_and_with_tax(tmp_path: Path) -> None:
    rows = [
        "7|2,10,4,3.60,52.60",
        "7|1,25,4,3.60,52.60",
        "8|3,4,4,0.96,16.96",
        "9|1,10,5,0.80,15.80",
        "10|1,25,5,2,32",
    ]
    layout = layout_of(tmp_path, "Price,Shipping,Total tax,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}
    assert codes(layout) == {"amount_with_postage"}


def test_two_orders_of_which_both_come_out_show_postage(tmp_path: Path) -> None:
    rows = ["7|2,10,4,3.60,52.60", "7|1,25,4,3.60,52.60", "8|3,4,4,0.96,16.96"]
    layout = layout_of(tmp_path, "Price,Shipping,Total tax,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}


def test_what_all_lines_of_an_order_repeat_is_of_none_of_them(tmp_path: Path) -> None:
    rows = ["7|2,10,54", "7|1,25,54", "8|3,4,19"]
    layout = layout_of(tmp_path, "Price,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}
    assert codes(layout) == {"bill_total_differs"}


def test_a_tax_on_top_of_an_order_is_of_none_of_its_lines(tmp_path: Path) -> None:
    rows = ["7|2,10.00,3.15,54.00", "7|1,25.00,3.15,54.00", "8|3,4.00,0.84,19.00"]
    layout = layout_of(tmp_path, "Price,Total tax,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price"}
    assert codes(layout) == {"bill_total_differs"}


def test_a_line_of_the_same_amount_as_the_next_keeps_it(tmp_path: Path) -> None:
    rows = ["7|2,10,20", "7|1,20,20", "8|3,4,15"]
    layout = layout_of(tmp_path, "Price,Total", *rows)
    assert fields_of(layout)["net_amount"] == "Total"


def test_postage_that_explains_nothing_leaves_the_amount(tmp_path: Path) -> None:
    rows = ["|2,10,4.95,20", "|1,25,0,25", "|3,4,7.50,12", "|1,10,4.95,10"]
    layout = layout_of(tmp_path, "Price,Shipping rate,Total", *rows)
    assert fields_of(layout) == {"unit_price": "Price", "net_amount": "Total"}
    assert codes(layout) == set()


@pytest.mark.parametrize("heading", ["Total order quantity", "Final value fee", "Shipping amount"])
def test_counts_and_fees_are_no_money_of_a_line(tmp_path: Path, heading: str) -> None:
    rows = ["|2,10,3", "|1,25,1", "|3,4,4", "|1,10,1"]
    assert fields_of(layout_of(tmp_path, f"Price,{heading}", *rows)) == {"unit_price": "Price"}


def test_money_paid_back_is_told_where_nothing_takes_it_off(tmp_path: Path) -> None:
    none = [f"|{n},10,{10 * n},0" for n in range(1, 5)]
    layout = layout_of(tmp_path, "Price,Amount,Refunded amount", *none)
    assert (fields_of(layout)["net_amount"], codes(layout)) == ("Amount", set())
    some = [f"|{n},{10 * n},0" for n in range(1, 5)] + ["|1,10,6"]
    layout = layout_of(tmp_path, "Amount,Refunded amount", *some)
    (issue,) = layout.issues
    assert (issue.code, issue.revenue_share) == ("refund_not_used", 6 / 110)


def test_how_many_came_back_is_no_money(tmp_path: Path) -> None:
    rows = ["|2,10,20,1", "|1,25,25,0", "|3,4,12,2", "|1,10,10,0"]
    assert codes(layout_of(tmp_path, "Price,Amount,Returned", *rows)) == set()


GROSS_LESS_TWO = ["|2,600,1200,60,40,1100", "|1,180,180,0,0,180", "|1,600,600,30,10,560"]


@pytest.mark.parametrize("names", ["Item Disc,Bill Disc Share", "Scheme Amt,Disc Amt"])
def test_two_discounts_in_money_come_off_together(tmp_path: Path, names: str) -> None:
    header = f"MRP,Gross Amt,{names},Net Amt"
    layout = layout_of(tmp_path, header, *GROSS_LESS_TWO)
    assert fields_of(layout) == {"list_amount": "Gross Amt", "net_amount": "Net Amt"}


def test_three_discounts_and_a_tax_come_out_as_the_total(tmp_path: Path) -> None:
    rows = ["|2,100,20,10,5,16.5,181.5", "|1,50,0,5,0,4.5,49.5", "|3,40,10,0,10,10,110"]
    layout = layout_of(tmp_path, "Rate,Disc,Coupon,Rebate,GST,Total", *rows)
    assert fields_of(layout) == {"gross_amount": "Total", "tax_amount": "GST"}


def test_a_net_that_nothing_comes_to_is_asked_for(tmp_path: Path) -> None:
    rows = ["|2,600,1200,60,40,1100", "|1,180,180,0,0,180", "|1,600,600,30,10,560"]
    header = "MRP,Gross Amt,Item Disc,Levy back,Net Amt"
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, header, *rows)
    assert "1840.00 in the rows looked at, the other columns to 1890.00" in refused.value.message
    mapping = FileMapping(columns={"Net Amt": "net_amount"})
    path = tmp_path / "sales.csv"
    (table,) = open_file(path, mapping).tables
    assert fields_of(table.layout)["net_amount"] == "Net Amt"
    (table,) = open_file(path, FileMapping(columns={"Net Amt": "ignore"})).tables
    assert "net_amount" not in table.layout.columns


@pytest.mark.parametrize("net", ["Net Payout", "Net settled"])
def test_what_a_platform_pays_out_is_not_asked_for(tmp_path: Path, net: str) -> None:
    rows = ["|2,600,1200,1000", "|1,180,180,150", "|1,600,600,500"]
    layout = layout_of(tmp_path, f"Price,Item total,{net}", *rows)
    assert fields_of(layout) == {"unit_price": "Price", "net_amount": "Item total"}


def test_what_is_left_after_fees_is_not_asked_for(tmp_path: Path) -> None:
    rows = ["|2,600,1200,200,1000", "|1,180,180,30,150", "|1,600,600,100,500"]
    layout = layout_of(tmp_path, "Price,Item total,Commission,Net amount", *rows)
    assert fields_of(layout) == {"unit_price": "Price", "net_amount": "Item total"}


def test_a_discount_below_zero_is_yet_to_come_off(tmp_path: Path) -> None:
    rows = ["|1,120,120,-12", "|2,30,60,0", "|4,30,120,-20"]
    layout = layout_of(tmp_path, "Item Price,Item Subtotal,Seller Discount", *rows)
    assert fields_of(layout) == {
        "unit_price": "Item Price",
        "list_amount": "Item Subtotal",
        "discount_amount": "Seller Discount",
    }
    assert codes(layout) == set()


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Gross Sales,Promo Discount,Staff Discount", ["|1,120,20,0", "|5,25,0,5", "|2,240,40,20"]),
        ("List Price,Trade Disc %,Cash Disc %", ["|10,10,10,0", "|4,25,20,0", "|20,10,0,5"]),
    ],
)
def test_two_discounts_without_what_is_left_are_no_choice_of_one(
    tmp_path: Path, header: str, rows: list[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, header, *rows)
    assert refused.value.reason == "several_discounts"
    for name in header.split(",")[1:]:
        assert f'"{name}": ignore' in refused.value.message


def test_a_net_that_most_lines_lack_is_not_asked_for(tmp_path: Path) -> None:
    rows = ["|2,600,1200,500", "|1,180,180,", "|1,600,600,", "|3,20,60,"]
    layout = layout_of(tmp_path, "Price,Item total,Net due", *rows)
    assert fields_of(layout) == {"unit_price": "Price", "net_amount": "Item total"}


def test_one_discount_that_stands_twice_is_one(tmp_path: Path) -> None:
    rows = ["|10,10,10,10", "|4,25,20,20", "|20,10,10,10"]
    layout = layout_of(tmp_path, "List Price,Disc,Discount", *rows)
    assert "discount_amount" in fields_of(layout)


def test_discounts_of_either_sign_are_no_summands(tmp_path: Path) -> None:
    rows = ["|1,120,120,-12", "|2,30,60,6", "|4,30,120,-20"]
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, "Item Price,Item Subtotal,Seller Discount", *rows)
    assert refused.value.reason == "ambiguous_figures"


def test_one_discount_in_money_and_percent_is_one(tmp_path: Path) -> None:
    rows = ["|10,10,10,10", "|4,25,20,20", "|20,10,5,10"]
    layout = layout_of(tmp_path, "List Price,Disc %,Disc", *rows)
    assert fields_of(layout).keys() & {"discount_amount", "discount_percent"}


def test_each_offered_line_settles_the_question(tmp_path: Path) -> None:
    rows = ["|1,120,120,-12,9", "|2,30,60,0,5", "|4,30,120,-20,8"]
    header = "Item Price,Item Subtotal,Seller Discount,Sales Tax"
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, header, *rows)
    offers = re.findall(r"columns: (\{[^}]*\})", refused.value.message)
    assert len(offers) == 3
    for offer in offers:
        said = yaml.safe_load(offer)
        (table,) = open_file(tmp_path / "sales.csv", FileMapping(columns=said)).tables
        for heading, field in said.items():
            assert table.layout.header[table.layout.columns[field]] == heading


def test_without_is_written_w_o(tmp_path: Path) -> None:
    rows = ["|2,10,20,22", "|1,25,25,27.50", "|3,4,12,13.20", "|1,10,10,11"]
    layout = layout_of(tmp_path, "Unit Price,Subtotal w/o Tax,Subtotal", *rows)
    assert fields_of(layout)["net_amount"] == "Subtotal w/o Tax"


def read(tmp_path: Path, text: str) -> Layout:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return open_file(path).tables[0].layout


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(RefusedError) as refused:
        read(tmp_path, text)
    return refused.value.message


def test_an_article_of_words_is_a_name_and_one_of_digits_a_code(tmp_path: Path) -> None:
    head = "Date,Article,Qty,Amount\n"
    words = read(tmp_path, head + "2026-01-05,Thé vert,1,5\n2026-01-06,Pain,2,4\n")
    assert "product_name" in words.columns
    coded = read(tmp_path, head + "2026-01-05,A-17,1,5\n2026-01-06,B-20,2,4\n")
    assert "product_id" in coded.columns


def test_the_tax_in_a_price_of_a_list_hides_no_cost(tmp_path: Path) -> None:
    head = "Référence;Désignation;Prix d'achat HT;Prix de vente TTC;Stock\n"
    layout = read(tmp_path, head + "A1;Thé;2,10;4,80;12\nA2;Pain;1,00;2,20;7\n")
    assert (layout.kind, layout.header[layout.columns["unit_cost"]]) == (
        "inventory",
        "Prix d'achat HT",
    )


def test_orders_of_customers_by_their_purchase_date_are_sales(tmp_path: Path) -> None:
    head = "Order #,Purchase Date,Customer,SKU,Product,Qty Ordered,Price,Row Total\n"
    sold = read(tmp_path, head + "1,2026-01-05,Ann,A1,Tea,2,5,10\n2,2026-01-06,Bo,A2,Mug,1,9,9\n")
    assert sold.kind == "sales"
    head = "Purchase Date,Item,Qty,Cost,Amount\n"
    bought = read(tmp_path, head + "2026-01-05,Tea,2,5,10\n2026-01-06,Mug,1,9,9\n")
    assert bought.kind == "purchases"
    # nobody bought it, and nothing says what it cost
    refusal(tmp_path, "Purchase Date,Item,Qty\n2026-01-05,Tea,2\n2026-01-06,Mug,1\n")


@pytest.mark.parametrize(
    ("text", "never"),
    [
        # an id of eleven digits is no day
        (
            "Item,CreditNotes ID,Qty,Amount\n"
            + "Tea,98200001001,1,5\nMug,98200001002,2,8\n" * 3,
            "ID",
        ),
        # what a whole order held is the name of nothing
        (
            "Date,Order #,Product(s),Net Sales,Items sold\n"
            + "2026-01-05,1,\"2 x Tea, 1 x Mug\",14,3\n2026-01-06,2,Tea,5,1\n" * 3,
            "Product(s)",
        ),
        # row numbers are no quantities
        (
            "No,Date,Details,Net\n"
            + "".join(f"{n},2026-01-0{n},Tea,{5 + n}\n" for n in range(1, 8)),
            "No",
        ),
    ],
)  # fmt: skip
def test_no_harmful_mapping_is_offered(tmp_path: Path, text: str, never: str) -> None:
    message = refusal(tmp_path, text)
    assert f'{never}": ' not in message


def test_pieces_sold_and_their_sales_are_never_offered_as_stock(tmp_path: Path) -> None:
    text = "Style,Units Sold,Units Returned,Net Sales\nLinen Dress,12,2,500\nTank Top,30,0,450\n"
    message = refusal(tmp_path, text)
    assert "no column for sale date" in message
    assert "inventory" not in message


def test_a_list_without_days_may_be_one_of_stock_and_that_is_offered(tmp_path: Path) -> None:
    text = "Référence,Désignation,Prix (HT),Quantité\nA1,Thé,4,12\nA2,Pain,2,7\n"
    message = refusal(tmp_path, text)
    assert "put this into mapping.yml: kind: inventory." in message
    assert "row 2: product_id A1, product_name Thé" in message


ITEMS = "Item Subtotal,Item Total,Item Tax,Order Discount,Order Shipping,Order Tax,Order Total"
DISCOUNTED = ["1|2,40.00,36.00,7.20,6.00,5,11.80,70.80", "1|1,20.00,18.00,3.60,6.00,5,11.80,70.80"]
WHOLE = ["2|1,20.00,20.00,4.00,0,5,5.00,30.00", "4|2,30.00,30.00,6.00,0,5,7.00,42.00"]


def test_what_is_left_of_each_item_is_taken_and_not_its_order_s_discount(tmp_path: Path) -> None:
    layout = layout_of(tmp_path, ITEMS, *DISCOUNTED, *WHOLE)
    assert fields_of(layout) == {"list_amount": "Item Subtotal", "net_amount": "Item Total"}
    assert "discount_not_used" not in codes(layout)


def test_an_order_s_discount_that_parts_no_amounts_is_named(tmp_path: Path) -> None:
    further = [row.replace(",6.00,5,", ",9.00,5,") for row in DISCOUNTED]
    assert "discount_not_used" in codes(layout_of(tmp_path, ITEMS, *further, *WHOLE))


def test_two_discounts_that_part_two_amounts_are_no_doubt(tmp_path: Path) -> None:
    rows = ["|2,40.00,4.00,2.00,34.00", "|1,20.00,0.00,1.00,19.00", "|3,60.00,6.00,0.00,54.00"]
    layout = layout_of(tmp_path, "Gross Amount,Promo Disc,Staff Disc,Net Amount", *rows)
    assert "discount_not_used" not in codes(layout)


def test_one_bill_that_comes_out_by_chance_drops_no_amount_after_discount(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        layout_of(tmp_path, ITEMS, *DISCOUNTED)
    assert refused.value.reason == "ambiguous_figures"
    assert '"Item Total": ignore' in refused.value.message


def test_two_bills_less_their_discounts_show_whose_they_are(tmp_path: Path) -> None:
    rows = ["1|1,60,60,10,90", "1|2,20,40,10,90", "2|1,20,20,0,20", "3|2,60,120,20,100"]
    layout = layout_of(tmp_path, "Rate,Line Amount,Bill Discount,Bill Amount", *rows)
    (proof,) = layout.evidence.values()
    assert "The lines of a bill less Bill Discount are Bill Amount: in 3 of 3 bills" in proof


def test_a_bill_of_one_line_speaks_against_a_total_too(tmp_path: Path) -> None:
    rows = ["1|1,60,60,10,90", "1|2,20,40,10,90", "2|2,60,120,20,100"]
    with pytest.raises(RefusedError, match="can be read in 3 ways"):
        layout_of(tmp_path, "Rate,Line Amount,Bill Discount,Bill Amount", *rows)


def test_a_discount_is_shared_beside_numbers_of_a_workbook(tmp_path: Path) -> None:
    heads = ["Date", "Bill No", "Item Name", "Qty", "Rate", "Discount", "Bill Total"]
    bills: list[list[object]] = []
    for bill in range(11, 16):
        is_text = bill % 2 == 0
        off, total = ("2,50", "53,75") if is_text else (2.5, 53.75)
        for item, (pieces, rate) in enumerate([(2, "10,50"), (1, 20.25), (3, "5,00")]):
            bills.append([f"2026-01-{bill}", bill, f"Item {item}", pieces, rate, off, total])
    write_xlsx(tmp_path / "sales.xlsx", {"Sheet1": [heads, *bills]})
    (table,) = open_file(tmp_path / "sales.xlsx").tables
    place = table.layout.columns["net_amount"]
    assert [row.cells[place] for row in table.rows] == ["20,07", "19,35", "14,33"] * 5
