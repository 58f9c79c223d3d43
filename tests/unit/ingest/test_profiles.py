"""Exports of known systems: recognised by their headings, their cells where SQL expects them."""

import csv
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.layout.documents import said
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.profile import PROFILES, fitting_profiles, profiles
from lucid_orchestration.ingest.layout.recognise import find_layout
from lucid_orchestration.ingest.outcomes import RefusedError, Row
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from lucid_orchestration.settings import PROJECT_DIR
from tests.workbooks import write_xlsx

FIXTURES = PROJECT_DIR / "tests" / "fixtures" / "profiles"


def opened(name: str) -> Table:
    return open_file(FIXTURES / f"{name}.csv").tables[0]


def landed(table: Table, *fields: str) -> list[tuple[str, ...]]:
    """The cells of some fields; empty where a row has none."""
    places = [table.layout.columns[field] for field in fields]
    return [tuple(row.cells[place].strip() for place in places) for row in table.rows]


def counted(table: Table) -> tuple[int, int, int]:
    return table.counts.landed, table.counts.note, table.counts.total


def test_tally_vouchers_give_their_lines_date_number_and_party() -> None:
    table = opened("tally_register")
    assert table.layout.profile == "tally_register"
    assert (table.layout.date_order, table.layout.decimal_mark) == ("dmy", ".")
    assert landed(
        table,
        "sale_date",
        "document_type",
        "transaction_id",
        "customer_id",
        "product_name",
        "quantity",
        "unit_price",
        "net_amount",
    ) == [
        (
            *("05-Apr-2026", "Sales", "AT/101", "Shree Hotel"),
            *("Copper Boiler 50 L", "10 Nos", "2,00,000.00", "₹20,00,000.00"),
        ),
        (
            *("05-Apr-2026", "Sales", "AT/101", "Shree Hotel"),
            *("Steam Valve", "20 Nos", "10,000.00", "₹2,00,000.00"),
        ),
        (
            *("09-Apr-2026", "GST Sales", "AT/102", "Cash"),
            *("Steam Valve Washer", "4 Nos", "1,025.00", "Rs. 4,100.00"),
        ),
        (
            *("12-Apr-2026", "Credit Note", "CN/7", "Shree Hotel"),
            *("Steam Valve", "2 Nos", "10,000.00", "20,000.00"),
        ),
        # a voucher without lines is kept, for SQL to report
        ("15-Apr-2026", "Sales", "AT/103", "Metro Motors", "", "", "", "5,000.00"),
        (
            *("18-Apr-2026", "Delivery Note", "DN/4", "Bharat Mills"),
            *("Copper Boiler 50 L", "1 Nos", "2,00,000.00", "2,00,000.00"),
        ),
    ]
    # four heads of vouchers and three rows of tax and rounding are no lines
    assert counted(table) == (6, 7, 1)
    assert table.counts.printed_total == "₹21,89,100.00"


def test_tally_with_a_column_for_the_item() -> None:
    table = opened("tally_register_items")
    assert table.layout.profile == "tally_register_items"
    assert landed(table, "sale_date", "customer_id", "product_name", "unit_price", "store") == [
        ("05/04/2026", "Shree Hotel", "Steam Valve", "10,000.00", "Main"),
        ("06/04/2026", "Cash", "Copper Boiler 50 L", "2,00,000.00", "Main"),
        ("13/04/2026", "Cash", "Steam Valve", "10,000.00", "Main"),
        ("14/04/2026", "Bharat Mills", "Gasket", "12.50", "Branch"),
    ]


def test_tally_with_a_column_for_the_party_has_items_under_particulars() -> None:
    header = ("Date", "Particulars", "Party's Name", "Vch Type", "Vch No.", "Quantity", "Value")
    layout = find_layout([Row(1, header)])
    assert layout.profile == "tally_register_party"
    assert layout.columns["product_name"] == 1


def test_a_workbook_of_tally_reads_like_its_csv(tmp_path: Path) -> None:
    with (FIXTURES / "tally_register.csv").open(encoding="utf-8", newline="") as file:
        write_xlsx(tmp_path / "register.xlsx", {"Sales Register": list(csv.reader(file))})
    table = open_file(tmp_path / "register.xlsx").tables[0]
    fields = ("sale_date", "transaction_id", "product_name", "quantity", "net_amount")
    assert landed(table, *fields) == landed(opened("tally_register"), *fields)


TALLY_WITHOUT_LINES = """Date,Particulars,Vch Type,Vch No.,Quantity,Value
05-Apr-2026,Shree Hotel,Sales,1,10 Nos,500
06-Apr-2026,Cash,Sales,2,1 Nos,50
"""


def test_a_tally_register_whose_vouchers_have_no_lines_is_refused(tmp_path: Path) -> None:
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    (shop / "register.csv").write_text(TALLY_WITHOUT_LINES, encoding="utf-8")
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.reason) == ("refused", "no_items")
    assert file.message is not None
    assert "Show Inventory Details" in file.message


def test_a_discount_below_a_tally_voucher_is_kept_and_a_tax_is_not(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(
        TALLY_WITHOUT_LINES
        + ",Round Off Cutter,,,1 Nos,50\n,Discount,,,,-5\n,Output IGST 18%,,,,9\n",
        encoding="utf-8",
    )
    table = open_file(path).tables[0]
    assert landed(table, "transaction_id", "product_name", "quantity", "net_amount") == [
        ("1", "", "10 Nos", "500"),
        ("2", "Round Off Cutter", "1 Nos", "50"),
        ("2", "Discount", "", "-5"),
    ]
    assert counted(table) == (3, 2, 0)


def test_the_owner_may_say_that_particulars_are_items(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(TALLY_WITHOUT_LINES, encoding="utf-8")
    told = FileMapping(columns={"Particulars": "product_name"})
    table = open_file(path, told).tables[0]
    assert landed(table, "product_name", "quantity") == [
        ("Shree Hotel", "10 Nos"),
        ("Cash", "1 Nos"),
    ]


def test_amazon_refunds_have_the_date_and_number_of_the_credit_note() -> None:
    table = opened("amazon_mtr_b2c")
    assert (table.layout.profile, table.layout.header_row) == ("amazon_mtr", 2)
    fields = ("document_type", "sale_date", "transaction_id", "product_id", "net_amount")
    assert landed(table, *fields) == [
        ("Shipment", "2026-04-03 10:15:00", "IN-101", "BTL-1", "1000.00"),
        ("Shipment", "2026-04-04 21:40:10", "IN-102", "LBX-2", "500.00"),
        ("Shipment", "2026-04-09 08:05:00", "IN-103", "BTL-1", "1500.85"),
        ("Refund", "2026-05-06 13:00:00", "CN-55", "BTL-1", "-500.00"),
        ("Cancel", "", "", "LBX-2", ""),
        ("Shipment", "2026-04-12 09:00:00", "IN-104", "LBX-2", "500.00"),
    ]


def test_amazon_to_businesses_is_the_same_report_with_other_columns() -> None:
    table = opened("amazon_mtr_b2b")
    assert table.layout.profile == "amazon_mtr"
    assert landed(table, "document_type", "sale_date", "customer_id")[2:5] == [
        ("Refund", "20-04-2026 10:00", "Kaveri Caterers"),
        ("Cancelled", "21-04-2026 09:30", "Kaveri Caterers"),
        ("Stock transfer", "22-04-2026 02:00", ""),
    ]


def test_flipkart_events_and_wrapped_codes() -> None:
    fields = ("document_type", "product_id", "product_name", "line_id", "quantity", "net_amount")
    table = opened("flipkart_sales")
    assert table.layout.profile == "flipkart_sales"
    assert landed(table, *fields) == [
        ("Sale", "TW-BLUE", "Cotton Towel, Blue", "OI:11", "2", "400"),
        ("Sale", "TW-BLUE", "Cotton Towel, Blue", "OI:12", "1", "200"),
        ("Sale", "MAT-9", "Bath Mat", "OI:13", "1", "300"),
        ("Return", "TW-BLUE", "Cotton Towel, Blue", "OI:11", "2", "-400"),
        ("Sale", "TW-BLUE", "Cotton Towel, Blue", "OI:11", "2", "400"),
        ("Sale return", "MAT-9", "Bath Mat", "OI:13", "1", "-300"),
    ]


def test_shopify_shares_what_is_said_once_per_order() -> None:
    fields = ("transaction_id", "document_status", "product_id", "quantity", "net_amount")
    table = opened("shopify_orders")
    assert table.layout.profile == "shopify_orders"
    assert landed(table, *fields) == [
        # 1,000 less a discount of 100
        ("#1001", "paid", "LAMP-1", "2", "720.00"),
        ("#1001", "paid", "WICK-5", "1", "180.00"),
        # prices with tax: subtotal and shipping are the total
        ("#1002", "paid", "LAMP-1", "1", "1000.00"),
        # 150 of 600 paid back
        ("#1003", "partially_refunded", "LAMP-1", "1", "300.00"),
        ("#1003", "partially_refunded", "WICK-5", "1", "150.00"),
        ("#1004", "Cancelled", "LAMP-1", "1", "0.00"),
        ("#1005", "Cancelled", "WICK-5", "1", ""),
        # nothing of the order is known to change the line: price × quantity less discount
        ("#1005", "Cancelled", "LAMP-1", "2", ""),
        ("#1006", "pending", "LAMP-1", "1", ""),
    ]
    assert table.issues == []
    assert landed(opened("shopify_orders"), "sale_date", "currency")[1:3] == [
        ("2026-04-05 23:45:10 +0530", "INR"),
        ("2026-04-06 06:00:00 +0530", "INR"),
    ]


def test_shared_amounts_add_up_to_the_paisa(tmp_path: Path) -> None:
    header = (
        "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Subtotal"
    )
    path = tmp_path / "orders.csv"
    first = "#1,paid,2026-04-05,1,A,10.00,20.00"
    path.write_text(f"{header}\n{first}\n#1,,,1,B,10.00,\n#1,,,1,C,10.00,\n", encoding="utf-8")
    assert landed(open_file(path).tables[0], "net_amount", "sale_date") == [
        ("6.67", "2026-04-05"),
        ("6.66", "2026-04-05"),
        ("6.67", "2026-04-05"),
    ]


def test_the_tax_on_shipping_is_not_taken_off_the_lines(tmp_path: Path) -> None:
    header = (
        "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
        "Subtotal,Shipping,Taxes,Total"
    )
    path = tmp_path / "orders.csv"
    line = "#1,paid,2026-04-05,1,A,1180,1180,118,198,1298"
    path.write_text(f"{header}\n{line}\n", encoding="utf-8")
    assert landed(open_file(path).tables[0], "net_amount") == [("1000.00",)]


def test_a_discount_on_an_invoice_with_tax_lowers_what_is_left_without_it(tmp_path: Path) -> None:
    header = (
        "Invoice Date,Invoice Number,Invoice Status,Item Name,Quantity,Item Total,Item Tax Amount,"
        "Is Inclusive Tax,Entity Discount Amount"
    )
    path = tmp_path / "invoices.csv"
    path.write_text(f"{header}\n2026-04-05,1,Paid,A,1,118,18,true,10\n", encoding="utf-8")
    assert landed(open_file(path).tables[0], "net_amount") == [("90.00",)]


@pytest.mark.parametrize("subtotal", ["?", "5000", "-5"])
def test_an_order_that_contradicts_itself_keeps_its_lines(tmp_path: Path, subtotal: str) -> None:
    header = (
        "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price,Subtotal"
    )
    path = tmp_path / "orders.csv"
    path.write_text(f"{header}\n#1,paid,2026-04-05,1,A,10.00,{subtotal}\n", encoding="utf-8")
    table = open_file(path).tables[0]
    assert landed(table, "unit_price", "net_amount") == [("10.00", "")]
    assert [(issue.code, issue.row_number) for issue in table.issues] == [
        ("unclear_document_amounts", 2)
    ]


def test_woocommerce_refunds_are_taken_off_the_line() -> None:
    fields = ("document_status", "product_name", "quantity", "net_amount")
    table = opened("woocommerce_orders")
    assert table.layout.profile == "woocommerce_orders"
    assert landed(table, *fields) == [
        ("Completed", "T-Shirt - Size: M", "2", "1000.00"),
        ("Completed", "Cap", "1", "300.00"),
        ("Processing", "T-Shirt - Size: L", "3", "1500.00"),
        ("Cancelled", "Cap", "1", "300.00"),
        ("Cancelled", "Cap", "0", "0.00"),
        ("Order", "Cap", "1", "300.00"),
        ("Order", "Cap", "1", "300.00"),
    ]


def test_woocommerce_with_few_columns_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order Number,Order Status,Order Date,Item Name,Quantity,Order Line Total\n"
        "501,Completed,2026-04-02,Cap,1,315.00\n",
        encoding="utf-8",
    )
    table = open_file(path).tables[0]
    assert table.layout.profile == "woocommerce_orders"
    assert landed(table, "product_name", "gross_amount") == [("Cap", "315.00")]


def test_woocommerce_items_share_the_discount_of_the_cart(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order Number,Order Status,Order Date,Cart Discount Amount,SKU,Item Name,Quantity,"
        "Item Cost\n"
        "7,Completed,2026-01-05,10.00,A,Mug,2,20.00\n7,Completed,2026-01-05,10.00,B,Pen,3,20.00\n"
        "8,Completed,2026-01-06,0.00,A,Mug,1,20.00\n",
        encoding="utf-8",
    )
    (table,) = open_file(path).tables
    assert table.layout.profile == "woocommerce_order_items"
    place = table.layout.columns["net_amount"]
    assert [row.cells[place] for row in table.rows] == ["36.00", "54.00", ""]


def test_ebay_sells_for_the_price_of_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "Sales Record Number,Order Number,Item Title,Custom Label,Quantity,Sold For,Total Price,"
        "Sale Date\n1,11-1,Lamp,L1,1,$45.00,$60.60,Jul-21-25\n",
        encoding="utf-8",
    )
    (table,) = open_file(path).tables
    assert table.layout.profile == "ebay_orders"
    assert table.layout.columns["unit_price"] == 5
    assert "net_amount" not in table.layout.columns


def test_square_payments_are_sales() -> None:
    fields = ("document_type", "product_name", "quantity", "net_amount")
    table = opened("square_items")
    assert (table.layout.profile, table.layout.usual_date_order) == ("square_items", "mdy")
    assert landed(table, *fields) == [
        ("Sale", "Latte Large", "2.0", "$8.00"),
        ("Sale", "Croissant", "1.0", "$3.50"),
        ("Sale", "Latte Small", "1.0", "$4.00"),
        ("Refund", "Latte Small", "-1.0", "-$4.00"),
        ("Sale", "Beans 1 kg", "1.0", "$1,200.00"),
    ]


def test_loyverse_receipts() -> None:
    fields = ("document_type", "document_status", "product_name", "net_amount", "line_cost")
    table = opened("loyverse_receipts")
    assert table.layout.profile == "loyverse_receipts"
    assert landed(table, *fields)[1:5] == [
        ("Sale", "Closed", "Lassi Sweet", "55.00", "20.00"),
        ("Sale", "Closed", "Lassi Salted", "120.00", "40.00"),
        ("Refund", "Closed", "Lassi Salted", "-60.00", "-20.00"),
        ("Sale", "Voided", "Samosa", "1000.00", "400.00"),
    ]


def test_zoho_amounts_with_tax_are_gross_and_discounts_are_shared() -> None:
    fields = ("document_status", "product_id", "net_amount", "gross_amount", "tax_amount")
    table = opened("zoho_books_invoices")
    assert table.layout.profile == "zoho_books_invoices"
    assert landed(table, *fields) == [
        ("Paid", "OIL-1", "1200.00", "", "216.00"),
        ("Paid", "BOB-1", "400.00", "", "72.00"),
        ("Overdue", "OIL-1", "", "590.00", "90.00"),
        ("Sent", "OIL-1", "540.00", "", "0.00"),
        ("Sent", "BOB-1", "360.00", "", "0.00"),
        ("Draft", "BOB-1", "400.00", "", "72.00"),
        ("Void", "BOB-1", "400.00", "", "72.00"),
    ]


def test_marg_writes_a_dash_for_zero() -> None:
    table = opened("marg_sales")
    assert (table.layout.profile, table.layout.header_row) == ("marg_sales", 3)
    assert landed(table, "product_name", "quantity", "gross_amount", "tax_amount")[1:3] == [
        ("Cetzine 10", "5", "100.00", "0"),
        ("Paracip 500", "2", "33.60", "3.60"),
    ]


def test_marg_prints_its_columns_into_one(tmp_path: Path) -> None:
    with (FIXTURES / "marg_sales.csv").open(encoding="utf-8", newline="") as file:
        lines = ["  ".join(f"{cell:<14}" for cell in row) for row in csv.reader(file)]
    # the sale price of the last line is missing: which cell it is, a reader cannot know
    lines[-1] = lines[-1].replace("20.00", "     ")
    lines[3:3] = ["-" * 180]
    lines += ["Total           16    -    278.40    23.40", "Printed by Anil"]
    write_xlsx(tmp_path / "marg.xlsx", {"Sheet1": [[line] for line in lines]})
    table = open_file(tmp_path / "marg.xlsx").tables[0]
    assert (table.layout.profile, table.layout.header_row) == ("marg_sales", 3)
    rows = landed(table, "product_name", "quantity", "gross_amount", "tax_amount")
    fields = ("product_name", "quantity", "gross_amount", "tax_amount")
    assert rows[:4] == landed(opened("marg_sales"), *fields)[:4]
    assert rows[4][1:] == ("", "", "")
    assert "Wastage" in rows[4][0]
    assert (table.counts.total, table.counts.blank) == (1, 1)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("khatabook_ledger", "names no items"),
        ("gstr1_b2b", "GSTR-1"),
        ("gstr1_b2cs", "GSTR-1"),
        ("gstr1_hsn", "GSTR-1"),
        ("vyapar_sale_report", "Item Details"),
        ("vyapar_party_report", "Party Report"),
        ("tally_register_without_items", "Show Inventory Details"),
        ("amazon_settlement", "All Orders"),
    ],
)
def test_a_known_export_without_items_is_refused_with_the_way_out(name: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refusal:
        open_file(FIXTURES / f"{name}.csv")
    assert refusal.value.reason == "no_items"
    assert "xport" in refusal.value.message or "backup" in refusal.value.message


def test_a_workbook_without_item_details_says_so_and_one_with_them_is_read(tmp_path: Path) -> None:
    with (FIXTURES / "vyapar_sale_report.csv").open(encoding="utf-8", newline="") as file:
        report = list(csv.reader(file))
    details = [
        ["Date", "Invoice No", "Transaction Type", "Item Name", "Quantity", "UnitPrice"],
        ["02/04/2026", "1", "Sale ", "Tea", "1", "100"],
    ]
    details[0] += ["Tax Percent", "Tax", "Amount"]
    details[1] += ["18", "18", "118"]
    write_xlsx(tmp_path / "alone.xlsx", {"Cover": [["Raju Stores"]], "Sale Report": report})
    with pytest.raises(RefusedError, match="Item Details") as refusal:
        open_file(tmp_path / "alone.xlsx")
    assert refusal.value.reason == "no_items"
    write_xlsx(tmp_path / "both.xlsx", {"Sale Report": report, "Item Details": details})
    both = open_file(tmp_path / "both.xlsx")
    assert [table.sheet for table in both.tables] == ["Item Details"]
    assert [issue.code for issue in both.issues] == ["totals_checked"]


def test_shipstation_counts_items_and_not_the_money_of_orders() -> None:
    table = opened("shipstation_orders")
    fields = ("sale_date", "transaction_id", "product_id", "quantity", "unit_price")
    assert landed(table, *fields)[:2] == [
        ("1/15/2026 9:12:00 AM", "70", "KU-1", "2", "500"),
        ("1/15/2026 9:12:00 AM", "70", "DI-1", "1", "40"),
    ]
    assert "net_amount" not in table.layout.columns


def test_etsy_items_are_lines_of_their_order() -> None:
    table = opened("etsy_sold_items")
    fields = ("transaction_id", "product_name", "unit_price", "discount_amount")
    assert landed(table, *fields) == [
        ("70", "Kurta - Size:M", "500", "100.00"),
        ("70", "Diya", "40", "0.00"),
    ]


def test_shopify_sales_by_day_name_their_variants() -> None:
    table = opened("shopify_sales")
    assert table.layout.profile == "shopify_sales"
    assert landed(table, "product_name", "product_id", "quantity", "net_amount") == [
        ("Kurta - M / Red", "KU-M-R", "2", "900.00"),
        ("Diya", "DI-1", "3", "120.00"),
        ("Kurta - M / Red", "KU-M-R", "-1", "-450.00"),
    ]


def test_unicommerce_has_a_row_for_each_piece() -> None:
    table = opened("unicommerce_orders")
    assert landed(table, "product_id", "document_status", "quantity", "gross_amount") == [
        ("KU-1", "DISPATCHED", "1", "560"),
        ("DI-1", "CANCELLED", "1", "42"),
        ("DI-1", "Order", "1", "42"),
    ]


STOCK = ("product_id", "product_name", "quantity")


def test_shopify_stock_is_what_is_on_hand_at_each_location() -> None:
    table = opened("shopify_inventory")
    assert (table.layout.kind, table.layout.profile) == ("inventory", "shopify_inventory")
    # named as the orders name it; what a location does not stock is no stock of 0
    assert landed(table, *STOCK, "store") == [
        ("KU-M-R", "Kurta - M / Red", "8", "Pune"),
        ("KU-L-R", "Kurta - L / Red", "3", "Pune"),
        ("KU-L-R", "Kurta - L / Red", "4", "Thane"),
        ("DI-1", "Diya", "40", "Pune"),
    ]
    assert counted(table) == (4, 1, 0)


def test_shopify_products_hold_what_is_tracked() -> None:
    table = opened("shopify_products")
    assert (table.layout.kind, table.layout.profile) == ("inventory", "shopify_products")
    assert landed(table, *STOCK, "category", "unit_cost", "sale_price") == [
        ("KU-M", "Kurta - M", "8", "Kurtas", "500.00", "900.00"),
        ("KU-L", "Kurta - L", "3", "Kurtas", "520.00", "950.00"),
        # a class has no stock, though the file says 0
        ("WC-1", "Weaving class", "", "Classes", "", "700.00"),
    ]


def test_square_stock_of_all_locations_adds_up() -> None:
    table = opened("square_library")
    assert (table.layout.kind, table.layout.profile) == ("inventory", "square_library")
    assert landed(table, *STOCK, "reorder_level", "unit_cost") == [
        ("LA-L", "Latte Large", "12.5", "5", "1.20"),
        ("CR-1", "Croissant", "6", "", ""),
        ("BE-1", "Beans 1 kg", "many", "", "800"),
    ]
    helped = {table.layout.header[place] for place in table.layout.helpers}
    assert helped >= {"Current Quantity Main St", "Current Quantity Harbour", "Variation Name"}


def test_loyverse_items_name_the_product_once_for_all_its_variants() -> None:
    table = opened("loyverse_items")
    assert (table.layout.kind, table.layout.profile) == ("inventory", "loyverse_items")
    assert landed(table, *STOCK, "category", "reorder_level") == [
        ("10001", "Lassi Sweet", "15", "Drinks", "7"),
        ("10002", "Lassi Salted", "-1", "Drinks", "5"),
        ("10003", "Samosa", "", "Snacks", ""),
    ]


def test_tally_writes_its_headings_in_two_rows() -> None:
    table = opened("tally_stock_summary")
    assert (table.layout.kind, table.layout.profile) == ("inventory", "tally_stock_summary")
    assert table.layout.header_row == 5
    assert landed(table, "product_name", "quantity", "unit_cost", "stock_value") == [
        ("Steam Valve", "18 Nos", "7,000.00", "1,26,000.00"),
        ("Copper Boiler 50 L", "4 Nos", "1,50,000.00", "6,00,000.00"),
    ]
    assert counted(table) == (2, 0, 1)


def test_meesho_reports_tax_codes_and_what_came_back() -> None:
    table = opened("meesho_tcs")
    assert landed(table, "sale_date", "product_name", "quantity", "net_amount") == [
        ("2026-04-03", "HSN 620442", "1", "400.00"),
        ("2026-04-09", "HSN 620442", "2", "800.00"),
        ("2026-04-11", "HSN 691200", "1", "250.00"),
    ]
    assert [issue.code for issue in table.layout.issues] == ["no_products"]
    returns = opened("meesho_tcs_returns")
    assert landed(returns, "sale_date", "transaction_id", "document_type", "net_amount") == [
        ("2026-04-20", "9001_1", "Return", "400.00")
    ]


@pytest.mark.parametrize("profile", profiles(), ids=lambda profile: profile.name)
def test_a_profile_is_consistent(profile: object) -> None:
    (known,) = [candidate for candidate in profiles() if candidate is profile]
    assert (PROFILES / f"{known.name}.yml").exists()
    assert (known.refuse is None) == bool(known.fields)
    assert set(known.fields.values()) <= set(FIELDS[known.kind])
    if known.rows is None:
        return
    rules = known.rows
    fields = {*rules.cut, *rules.words, *rules.joined, *rules.prefixed}
    assert fields <= set(known.fields.values())
    assert {field for said in rules.filled.values() for field in said} <= set(FIELDS[known.kind])
    assert set(rules.instead) <= known.fields.keys()
    for field in ("document_type", "document_status"):
        words = {*rules.words.get(field, {}).values()}
        words |= {word[field] for word in rules.filled.values() if field in word}
        assert [word for word in words if said(word).meaning is None] == []


def test_the_layout_with_the_most_identifying_headings_wins() -> None:
    headings = ["Date", "Particulars", "Party's Name", "Voucher Type", "Voucher No.", "Quantity"]
    assert [profile.name for profile in fitting_profiles(map(heading_key, headings))] == [
        "tally_register_party"
    ]


def test_a_rearranged_file_is_never_read_by_duckdb_alone(tmp_path: Path) -> None:
    header, *lines = (FIXTURES / "loyverse_receipts.csv").read_text("utf-8").splitlines(True)
    path = tmp_path / "large.csv"
    path.write_text(header + "".join(lines) * 5000, encoding="utf-8")
    assert path.stat().st_size > bulk.MIN_BYTES
    table = open_file(path).tables[0]
    assert bulk.plain_stretch(path, table) is None
    plain = replace(table, layout=replace(table.layout, arrangement=None))
    assert bulk.plain_stretch(path, plain) is not None


def test_columns_a_rule_reads_are_not_called_useless(tmp_path: Path) -> None:
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    (shop / "orders.csv").write_bytes((FIXTURES / "shopify_orders.csv").read_bytes())
    (file,) = ingest(tmp_path / "inbox", tmp_path / "raw", tmp_path / "state").files
    assert (file.status, file.rows) == ("accepted", 9)
    part = f"{file.source_file_id}.parquet"
    columns = pq.read_table(tmp_path / "raw" / "raw_columns" / part).to_pylist()
    fields = {column["header"]: column["field"] for column in columns}
    assert (fields["Subtotal"], fields["Refunded Amount"]) == ("net_amount", "net_amount")
    assert fields["Cancelled at"] == "document_status"
    assert fields["Vendor"] is None


def test_headings_of_lists_are_known_without_the_list(tmp_path: Path) -> None:
    """As Odoo writes them, where a shop exports other columns than the known ones."""
    path = tmp_path / "orders.csv"
    header = "Number,Invoice/Date,Lines/Product,Lines/Quantity,Lines/Unit Price,Lines/Subtotal,A/C"
    rows = [f"{n},2026-01-0{1 + n},Tea {n % 3},2,5,10,x" for n in range(6)]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    with pytest.raises(RefusedError, match="no column for sale date"):
        open_file(path)  # of "Invoice/" there is one column, which may be another day
    path.write_text("\n".join([header.replace("Invoice/", ""), *rows]), encoding="utf-8")
    columns = open_file(path).tables[0].layout.columns
    assert {name: columns[name] for name in ("product_name", "quantity", "net_amount")} == {
        "product_name": 2,
        "quantity": 3,
        "net_amount": 5,
    }
