"""Every kind of file an owner may drop: read right, or refused with the reason."""

import csv
import datetime
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from lucid_orchestration.ingest.delimited import read as delimited
from lucid_orchestration.ingest.layout.aliases import aliases_file
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.profile import profiles
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Dialect, Encoding, Table
from lucid_orchestration.ingest.workbook.cells import cell_text
from tests.workbooks import write_xlsx

HEADER = "Bill No,Bill Date,Item Name,Qty,Amount\n"
LINE = "7,31/01/2026,Tea 250 g,2,180.50\n"
SECOND = "8,01/02/2026,Salt 1 kg,1,28\n"


def table_of(tmp_path: Path, content: bytes, name: str = "sales.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(content)
    return open_file(path).tables[0]


def values(table: Table, *fields: str) -> list[tuple[str, ...]]:
    places = [table.layout.columns[field] for field in fields]
    return [tuple(row.cells[place] for place in places) for row in table.rows]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADER + LINE + SECOND).encode(), id="plain"),
        pytest.param((HEADER + LINE + SECOND).encode("utf-8-sig"), id="bom"),
        pytest.param((HEADER + LINE + SECOND).encode("utf-16"), id="utf16_bom"),
        pytest.param((HEADER + LINE + SECOND).encode("utf-16-le"), id="utf16le_no_bom"),
        pytest.param((HEADER + LINE + SECOND).encode("utf-16-be"), id="utf16be_no_bom"),
        pytest.param((HEADER + LINE + SECOND).replace("\n", "\r\n").encode(), id="windows_lines"),
        pytest.param((HEADER + LINE + SECOND).replace("\n", "\r").encode(), id="old_mac_lines"),
        pytest.param((HEADER + LINE + SECOND).replace(",", ";").encode(), id="semicolon"),
        pytest.param((HEADER + LINE + SECOND).replace(",", "\t").encode(), id="tab"),
        pytest.param((HEADER + LINE + SECOND).replace(",", "|").encode(), id="pipe"),
        pytest.param(
            ("sep=;\n" + (HEADER + LINE + SECOND).replace(",", ";")).encode(), id="sep_hint"
        ),
        pytest.param((HEADER + LINE + SECOND).replace(",", " , ").encode(), id="padded"),
        pytest.param((HEADER + LINE + SECOND).rstrip("\n").encode(), id="no_last_line_end"),
        pytest.param((HEADER + LINE + SECOND + ",,,,\n , ,\t,,\n\n").encode(), id="blank_tail"),
        pytest.param((HEADER + LINE + HEADER + SECOND).encode(), id="repeated_header"),
        pytest.param((HEADER + LINE + SECOND + "Total,,,3,208.50\n").encode(), id="total_line"),
        pytest.param(
            (HEADER + LINE + SECOND + ",02/02/2026,Grand Total,3,208.50\n").encode(),
            id="dated_total_line",
        ),
        pytest.param(
            ("Ganesh Stores,,,,\nSales January,,,,\n\n" + HEADER + LINE + SECOND).encode(),
            id="title_lines",
        ),
        pytest.param(
            (HEADER + LINE + SECOND + "Printed on 03/02/2026 by Anil,,,,\n").encode(), id="footer"
        ),
        pytest.param((HEADER + LINE.replace("Tea 250 g", '"Tea 250 g"') + SECOND).encode(), id="q"),
        pytest.param((HEADER + LINE + SECOND).replace("7", "7\0").encode(), id="nul_characters"),
    ],
)
def test_the_same_two_lines_come_out_of_every_dialect(tmp_path: Path, content: bytes) -> None:
    table = table_of(tmp_path, content)
    found = values(table, "transaction_id", "sale_date", "product_name", "quantity", "net_amount")
    # cells are kept as found, padding too; SQL trims
    assert [tuple(cell.strip() for cell in row) for row in found] == [
        ("7", "31/01/2026", "Tea 250 g", "2", "180.50"),
        ("8", "01/02/2026", "Salt 1 kg", "1", "28"),
    ]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ('"Tea, 250 g"', "Tea, 250 g"),
        ('"Tea ""Gold"""', 'Tea "Gold"'),
        ('"Tea\n250 g"', "Tea\n250 g"),
        ('Pipe 3.5" wide', 'Pipe 3.5" wide'),
        ('"Tea', "Tea"),
        ("=cmd|'/c calc'!A0", "=cmd|'/c calc'!A0"),
        ("चाय", "चाय"),
    ],
)
def test_quotes_and_odd_names_stay_in_their_row(tmp_path: Path, cell: str, name: str) -> None:
    table = table_of(tmp_path, (HEADER + LINE.replace("Tea 250 g", cell) + SECOND).encode())
    assert values(table, "product_name", "quantity") == [(name, "2"), ("Salt 1 kg", "1")]


def test_rows_keep_the_number_an_editor_shows(tmp_path: Path) -> None:
    content = "Title,\n\n" + HEADER + LINE.replace("Tea 250 g", '"Tea\n250 g"') + "\n" + SECOND
    table = table_of(tmp_path, content.encode())
    assert [row.number for row in table.rows] == [4, 7]
    assert (table.layout.header_row, table.counts.blank, table.counts.landed) == (3, 1, 2)


def test_what_is_no_row_is_counted_and_the_printed_total_kept(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, (HEADER + LINE + "\n" + HEADER + SECOND + "Total,,,3,₹208.50\nThe end\n").encode()
    )
    assert len(list(table.rows)) == 2
    counts = table.counts
    assert (counts.blank, counts.repeated_header, counts.total, counts.note) == (1, 1, 1, 1)
    assert (counts.found, counts.printed_total) == (6, "₹208.50")


def test_a_row_out_of_shape_is_kept_with_its_fault(tmp_path: Path) -> None:
    table = table_of(tmp_path, (HEADER + "7,31/01/2026,Tea, Gold,2,180\n" + LINE[:-8]).encode())
    assert [(row.number, row.fault) for row in table.rows] == [
        (2, "wrong_cell_count"),
        (3, "truncated_line"),
    ]


def test_a_second_table_is_not_read_into_the_first(tmp_path: Path) -> None:
    table = table_of(
        tmp_path,
        (HEADER + LINE + "Supplier,Item Name,Price,Discount,Total\nA,Tea,1,2,3\n").encode(),
    )
    assert len(list(table.rows)) == 1
    assert [(issue.code, issue.row_number) for issue in table.issues] == [("second_table", 3)]


def test_two_words_that_are_headings_elsewhere_are_no_second_table(tmp_path: Path) -> None:
    table = table_of(
        tmp_path, (HEADER + LINE + "Supplier,Price,none,many,free\n" + SECOND).encode()
    )
    assert [row.number for row in table.rows] == [2, 3, 4]
    assert table.issues == []


def test_words_alone_in_a_row_are_a_note_only_in_a_table_of_more_than_two_columns(
    tmp_path: Path,
) -> None:
    # a stock that cannot be read is a row to report, not a remark to pass over
    narrow = table_of(tmp_path, b"Item,Closing Stock\nTea,5\n,sold out\n")
    assert [row.number for row in narrow.rows] == [2, 3]
    assert narrow.counts.note == 0
    wide = table_of(tmp_path, b"Item,Closing Stock,Rate\nTea,5,90\n,sold out,\n")
    assert [row.number for row in wide.rows] == [2]
    assert wide.counts.note == 1


@pytest.mark.parametrize(
    ("header", "kind", "fields"),
    [
        ("Date,Product,Units", "sales", {"sale_date", "product_name", "quantity"}),
        (
            "Order Date,Ship Date,Product ID,Sales,Quantity,Discount,Profit",
            "sales",
            {"sale_date", "product_id", "net_amount", "quantity", "discount_amount", "line_profit"},
        ),
        (
            "Store_ID,Product_ID,Stock_On_Hand",
            "inventory",
            {"store", "product_id", "quantity"},
        ),
        (
            "Product_ID,Product_Name,Product_Category,Product_Cost,Product_Price",
            "products",
            {"product_id", "product_name", "category", "unit_cost", "sale_price"},
        ),
        # what a piece earns beside its price is no sale
        ("Product ID,Size,Unit Price,Profit", "products", {"product_id", "sale_price"}),
        (
            "Purchase Date,Supplier,Item,Qty,Rate",
            "purchases",
            {"purchase_date", "supplier", "product_name", "quantity", "unit_cost"},
        ),
        (
            "तारीख,सामान,मात्रा,राशि",
            "sales",
            {"sale_date", "product_name", "quantity", "net_amount"},
        ),
        (
            "Date,Item,Qty,Gross Amount,Tax,Net Amount (₹)",
            "sales",
            {"sale_date", "product_name", "quantity", "gross_amount", "tax_amount", "net_amount"},
        ),
        (
            "Week ending,Style,Description,Units Sold,Units Returned,Net Units,Net Sales",
            "sales",
            {"sale_date", "product_name", "quantity", "net_amount"},
        ),
        ("ITEM  NAME,Current_Stock", "inventory", {"product_name", "quantity"}),
    ],
)
def test_the_headings_tell_the_kind(
    tmp_path: Path, header: str, kind: str, fields: set[str]
) -> None:
    table = table_of(tmp_path, f"{header}\n{','.join('1' * len(header.split(',')))}\n".encode())
    assert table.layout.kind == kind
    assert set(table.layout.columns) == fields


def test_the_sale_date_wins_over_the_ship_date(tmp_path: Path) -> None:
    table = table_of(tmp_path, b"Ship Date,Order Date,Item,Qty\n2026-02-02,2026-01-31,Tea,1\n")
    assert values(table, "sale_date") == [("2026-01-31",)]


def test_a_known_layout_goes_before_the_general_list(tmp_path: Path) -> None:
    header = "Date,Invoice No,Transaction Type,Item Name,Quantity,UnitPrice,Tax Percent,Tax,Amount"
    table = table_of(tmp_path, f"{header}\n31/01/2026,7,Sale ,Tea,1,100,18,18,118\n".encode())
    assert table.layout.profile == "vyapar_excel_items"
    assert "net_amount" not in table.layout.columns
    assert values(table, "gross_amount", "tax_amount") == [("118", "18")]


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (b"", "empty_file", "Export it again"),
        (b"\xef\xbb\xbf \n\n", "empty_file", "Export it again"),
        (HEADER.encode(), "no_rows", "headings"),
        (b"Bill No,Item Name,Qty,Amount\n1,Tea,2,3\n", "missing_column", "sale date"),
        (b"Bill Date,Qty,Amount\n1,2,3\n", "missing_column", "product"),
        (b"Item Name,Qty,Price,Amount,Bill No\nTea,2,3,6,1\n", "missing_column", "sale date"),
        (b"Date,Item,Item,Qty\n1,2,3,4\n", "duplicate_column", '"Item" twice'),
        (b"Date,Item,Qty,Sales,Revenue\n1,2,3,4,5\n", "ambiguous_column", "Sales, Revenue"),
        (b"call Ramesh\nbuy milk\n", "unknown_layout", "headings"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07" * 50, "not_text", "no text"),
        (b"%PDF-1.7\n", "unreadable_pdf", "damaged"),
        (b"\x1f\x8b\x08\x00", "unsupported_type", "gzip"),
        (b"<html><table><tr><td>Date</td></tr></table>", "unsupported_type", "web page"),
        (b"PK\x03\x04 cut off", "corrupt_file", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "corrupt_file", "damaged"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
        (b"x" * 16_100_000, "line_too_long", "million"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else None,
)
def test_a_hopeless_file_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, reason: str, words: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=words) as refusal:
        open_file(path)
    assert refusal.value.reason == reason


def test_a_workbook_is_read_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"  # an Excel file under another name
    write_xlsx(
        path,
        {
            "Cover": [["Ganesh Stores"]],
            "Sales": [
                ["Sales of January"],
                [],
                ["Date", "Item", "Qty", "Amount"],
                ["31/01/2026", "Tea", 2, 180.1],
                ["01/02/2026", "Salt", 1, 0.000012],
                ["Total", "", 3, 208.1],
            ],
            "Copy": [
                ["Sales of January"],
                [],
                ["Date", "Item", "Qty", "Amount"],
                ["31/01/2026", "Tea", 2, 180.1],
                ["01/02/2026", "Salt", 1, 0.000012],
                ["Total", "", 3, 208.1],
            ],
            "Stock": [["Item", "Closing Stock"], ["Tea", 5]],
        },
    )
    opened = open_file(path)
    table, stock = opened.tables
    assert (opened.container, table.sheet, table.layout.header_row) == ("xlsx", "Sales", 3)
    assert (stock.sheet, stock.layout.kind) == ("Stock", "inventory")
    assert values(table, "product_name", "quantity", "net_amount") == [
        ("Tea", "2", "180.1"),
        ("Salt", "1", "0.000012"),
    ]
    assert sorted(issue.code for issue in opened.issues) == [
        "repeated_sheet",
        "sheet_not_used",
    ]


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (151 * 1024 * 1024))
    with pytest.raises(RefusedError, match="150 MB"):
        open_file(path)


def test_two_cells_far_apart_do_not_ask_for_half_a_terabyte(tmp_path: Path) -> None:
    # calamine keeps every place between them in memory: this ended the whole process
    path = tmp_path / "far.xlsx"
    write_xlsx(path, {"Sheet": [["Date", "Item"]]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    _edit(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", far))
    with pytest.raises(RefusedError, match="far more memory") as refusal:
        open_file(path)
    assert refusal.value.reason == "too_large"


def test_an_archive_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liar.xlsx"
    write_xlsx(path, {"Sheet": [["Date", "Item", "Qty"], *[["31/01/2026", "Tea", 1]] * 5000]})
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    content = path.read_bytes()
    assert content.count(size.to_bytes(4, "little")) >= 2
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(RefusedError) as refusal:
        open_file(path)
    assert refusal.value.reason == "corrupt_file"


def test_an_archive_of_something_else_is_named_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sales.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sales.csv", HEADER + LINE)
    with pytest.raises(RefusedError, match="Unpack it first") as refusal:
        open_file(path)
    assert refusal.value.reason == "unsupported_type"


def test_a_year_beside_its_months_counts_once(tmp_path: Path) -> None:
    header = ["Date", "Item", "Qty", "Amount"]
    january = [[f"{day:02}/01/2026", "Tea", 1, 90] for day in range(1, 9)]
    february = [[f"{day:02}/02/2026", "Salt", 1, 28] for day in range(1, 9)]
    path = tmp_path / "sales.xlsx"
    write_xlsx(
        path,
        {
            "January": [header, *january],
            "Year": [["All sales"], header, *january, *february, ["Total", "", 16, 944]],
            "February": [header, *february],
            "March": [header, ["01/03/2026", "Tea", 1, 90]],
            # one or two equal rows may be chance
            "Second till": [header, january[0]],
            "Third till": [header, *january[:2]],
            "Fourth till": [header, *january[:3]],
        },
    )
    opened = open_file(path)
    kept = ["Year", "March", "Second till", "Third till"]
    assert [table.sheet for table in opened.tables] == kept
    assert [issue.code for issue in opened.issues] == ["repeated_sheet"] * 3


def test_a_quote_behind_blanks_opens_a_cell() -> None:
    dialect = Dialect(Encoding("utf-8"), ",")
    (row,) = delimited.rows_of(['1,  "Tea, green",5\n'], dialect, [])
    assert row.cells == ("1", "Tea, green", "5")


def test_sheets_of_one_name_are_refused_for_only_the_first_could_be_asked_for(
    tmp_path: Path,
) -> None:
    path, header = tmp_path / "sales.xlsx", ["Date", "Item", "Qty", "Amount"]
    months = {
        name: [header, [f"0{day}/01/2026", "Tea", 1, 90]] for day, name in ((1, "AA"), (2, "BB"))
    }
    write_xlsx(path, months)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(b'"BB"', b'"aa"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(RefusedError, match="Two sheets of the workbook have the same name"):
        open_file(path)


def test_a_workbook_holds_sales_and_lists_but_its_summary_is_no_stock(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    write_xlsx(
        path,
        {
            "Products": [["Item", "Price"], ["Tea", 90]],
            "Summary": [["Item", "Quantity"], ["Tea", 1]],
            "Sales": [["Date", "Item", "Qty"], ["31/01/2026", "Tea", 1]],
            "Stock": [["Item", "Closing Stock"], ["Tea", 5]],
        },
    )
    opened = open_file(path)
    found = [(table.sheet, table.layout.kind) for table in opened.tables]
    assert found == [("Sales", "sales"), ("Stock", "inventory"), ("Products", "products")]
    assert ["Summary" in issue.message for issue in opened.issues] == [True]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (0.1, "0.1"),
        (1e-07, "0.0000001"),
        (123456789012345680.0, "123456789012345680"),
        (True, "TRUE"),
        (datetime.datetime.fromisoformat("2026-01-31"), "2026-01-31"),
        (datetime.datetime.fromisoformat("2026-01-31T23:30"), "2026-01-31 23:30:00"),
        (datetime.date(2026, 1, 31), "2026-01-31"),
        (datetime.time(9, 5), "09:05:00"),
        (datetime.timedelta(hours=30), "1 day, 6:00:00"),
        ("#REF!", "#REF!"),
        (" 007 ", " 007 "),
        (None, ""),
    ],
)
def test_a_cell_becomes_the_text_it_stands_for(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_error_cells_are_text_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "stock.xlsx"
    write_xlsx(path, {"Stock": [["Item", "Closing Stock"], ["#REF!", 5], ["Tea", "#N/A"]]})
    (table,) = open_file(path).tables
    assert values(table, "product_name", "quantity") == [("#REF!", "5"), ("Tea", "#N/A")]
    assert [(issue.code, issue.message[:9]) for issue in table.issues] == [
        ("error_cells", "2 cell(s)")
    ]


@pytest.mark.parametrize(
    ("line", "is_total"),
    [
        (",,Sub Total 1996-07,,3112.7", True),
        (",,Total Jan 2026,3,208", True),
        ("Total for 31/01/2026,31/01/2026,,3,208", True),
        (",,कुल,3,208", True),
        ("9,31/01/2026,Total 10W40,1,900", False),
        ("9,31/01/2026,Total Care,1,900", False),
        ("9,31/01/2026,Totally Tea,1,900", False),
    ],
)
def test_a_total_is_told_from_a_product_called_total(
    tmp_path: Path, line: str, is_total: bool
) -> None:
    table = table_of(tmp_path, f"{HEADER}{LINE}{line}\n{SECOND}".encode())
    assert len(list(table.rows)) == (2 if is_total else 3)
    assert table.counts.total == int(is_total)


def test_cells_in_single_quotes_are_read(tmp_path: Path) -> None:
    content = "".join(
        ",".join(f"'{cell}'" for cell in line.split(",")) + "\n"
        for line in (HEADER + LINE + SECOND).splitlines()
    )
    table = table_of(tmp_path, content.encode())
    assert values(table, "product_name", "net_amount") == [
        ("Tea 250 g", "180.50"),
        ("Salt 1 kg", "28"),
    ]


def test_stray_bytes_do_not_change_the_encoding_of_the_file(tmp_path: Path) -> None:
    names = "".join(f"{n},31/01/2026,चाय,1,5\n" for n in range(9))
    table = table_of(tmp_path, (HEADER + names).encode() + b"9,31/01/2026,Gh\xe9\xff,1,5\n")
    assert {row.cells[2] for row in table.rows} == {"चाय", "Gh\ufffd\ufffd"}
    assert [issue.code for issue in table.issues] == ["unreadable_characters"]


def test_an_open_quote_far_up_does_not_swallow_the_file(tmp_path: Path) -> None:
    content = HEADER + LINE.replace("Tea", '"Tea') + SECOND * 200 + LINE.replace("Tea", '"Tea')
    table = table_of(tmp_path, content.encode())
    assert len(list(table.rows)) == 202
    assert [(issue.code, issue.row_number) for issue in table.issues] == [
        ("unbalanced_quote", 2),
        ("unbalanced_quote", 203),
    ]


def test_an_open_quote_and_a_closing_one_rows_below_are_no_cell(tmp_path: Path) -> None:
    content = HEADER + LINE.replace("Tea", '"Tea') + SECOND.replace("8", '8"', 1)
    table = table_of(tmp_path, content.encode())
    assert values(table, "transaction_id", "product_name") == [
        ("7", "Tea 250 g"),
        ('8"', "Salt 1 kg"),
    ]


def test_a_cell_of_megabytes_is_one_cell(tmp_path: Path) -> None:
    content = HEADER + LINE.replace("Tea 250 g", '"' + "x" * 2_000_000 + '"') + SECOND
    table = table_of(tmp_path, content.encode())
    assert [len(row.cells[2]) for row in table.rows] == [2_000_000, 9]


@pytest.mark.parametrize(
    ("header", "field", "heading"),
    [
        ("Date,Item,Qty,Amount,Total", "net_amount", "Amount"),
        ("Date,Item,Qty,Total,Taxable Value", "net_amount", "Taxable Value"),
        ("Stock Date,Due Date,Invoice Date,Item,Qty", "sale_date", "Invoice Date"),
        ("Order Date,Invoice Date,Item,Qty", "sale_date", "Invoice Date"),
        ("Date,Item,Qty,MRP,Rate", "unit_price", "Rate"),
        ("OrderDate,ProductName,OrderQuantity", "sale_date", "OrderDate"),
    ],
)
def test_of_several_columns_the_one_that_says_most_is_taken(
    tmp_path: Path, header: str, field: str, heading: str
) -> None:
    cells = header.split(",")
    row = ",".join(str(number) for number in range(1, len(cells) + 1))
    table = table_of(tmp_path, f"{header}\n{row}\n".encode())
    assert table.layout.columns[field] == cells.index(heading)


def test_two_headings_for_one_thing_are_no_question_when_they_agree(tmp_path: Path) -> None:
    table = table_of(tmp_path, b"Date,Item,Qty,Sales,Revenue\n1,2,3,4,4\n")
    assert table.layout.columns["net_amount"] == 3


def test_a_stock_list_with_date_rate_and_value_is_no_sale(tmp_path: Path) -> None:
    table = table_of(tmp_path, b"Date,Item,Closing Stock,Rate,Value\n1,2,3,4,5\n")
    assert table.layout.kind == "inventory"


# No heading alone says that a column is one of these.
ONLY_ROWS_SHOW = {
    "document_status_2",
    "document_status_3",
    "gross_unit_price",
    "list_amount",
    "bill_amount",
    "tax_amount_2",
    "tax_amount_3",
    "tax_amount_4",
    "unit_discount",
    "discount_share",
}


def test_every_alias_names_a_field_of_its_kind() -> None:
    with aliases_file().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row for row in rows if row["field"] not in FIELDS[row["kind"]]] == []
    keys = [(row["kind"], heading_key(row["alias"]).replace(" ", "")) for row in rows]
    assert [key for key, count in Counter(keys).items() if count > 1] == []
    named = {row["field"] for row in rows}
    assert {field for kind in FIELDS for field in FIELDS[kind]} - named == ONLY_ROWS_SHOW


def test_every_profile_names_fields_of_its_kind() -> None:
    for profile in profiles():
        assert set(profile.fields.values()) <= set(FIELDS[profile.kind])
        assert {heading_key(heading) for heading in profile.fields} == set(profile.fields)


def _edit(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert change(contents[member]) != contents[member]
    contents[member] = change(contents[member])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def test_a_text_file_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "MAX_FILE_BYTES", 10)
    with pytest.raises(RefusedError, match="larger than 10 GB"):
        table_of(tmp_path, (HEADER + LINE).encode())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("stock.csv", "inventory"),
        ("Lagerbestand Bestand 2026.csv", "inventory"),
        ("stock_transfer.csv", None),
        ("list.csv", None),
    ],
)
def test_a_list_without_days_is_one_of_stock_where_its_name_says_so(
    tmp_path: Path, name: str, kind: str | None
) -> None:
    file = tmp_path / name
    lines = ["Item Code,Item Name,Qty,Cost,Value", "A1,Mug,4,5.00,20.00", "A2,Bowl,7,3.50,24.50"]
    file.write_text("\n".join(lines), encoding="utf-8")
    if kind is None:
        with pytest.raises(RefusedError, match="no column for sale date"):
            open_file(file)
        return
    opened = open_file(file)
    assert [table.layout.kind for table in opened.tables] == [kind]
    assert "stock_by_name" in [issue.code for issue in opened.issues]


@pytest.mark.parametrize(("first", "names"), [("15", "AB CD"), ("14", "Staples AB Fresh CD")])
def test_heads_of_groups_are_left_out_where_each_is_the_sum_of_its_group(
    tmp_path: Path, first: str, names: str
) -> None:
    goods = ["A,10,2.00", "B,5.000,3.00", "Fresh,3,", "C,1,4.00", "D,2,5.00"]
    file = tmp_path / "stock.csv"
    file.write_text("\n".join(["Item,Closing Stock,Cost", f"Staples,{first},", *goods]), "utf-8")
    (table,) = open_file(file).tables
    found = [row.cells[0] for row in table.rows]
    assert "".join(found) == names.replace(" ", "")
    assert table.counts.note == (2 if first == "15" else 0)
