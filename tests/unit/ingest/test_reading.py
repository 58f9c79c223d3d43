"""Every kind of file an owner may drop: read right, or refused with the reason."""

import zipfile
from pathlib import Path

import pytest

from lucid_orchestration.ingest.files import RefusedError
from lucid_orchestration.ingest.reading import Table, open_file
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
        pytest.param((HEADER + LINE + SECOND + ",,,,\n\n").encode(), id="blank_tail"),
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
    assert values(
        table, "transaction_id", "sale_date", "product_name", "quantity", "net_amount"
    ) == [
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
    assert table.layout.profile == "vyapar_item_details"
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
        (b"call Ramesh\nbuy milk\n", "unknown_layout", "headings"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07" * 50, "not_text", "no text"),
        (b"%PDF-1.7\n", "unsupported_type", "PDF"),
        (b"\x1f\x8b\x08\x00", "unsupported_type", "gzip"),
        (b"<html><table><tr><td>Date</td></tr></table>", "unsupported_type", "web page"),
        (b"PK\x03\x04 cut off", "corrupt_file", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "corrupt_file", "damaged"),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
        (b"x" * 1_100_000, "line_too_long", "million"),
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
    (table,) = opened.tables
    assert (opened.container, table.sheet, table.layout.header_row) == ("xlsx", "Sales", 3)
    assert values(table, "product_name", "quantity", "net_amount") == [
        ("Tea", "2", "180.1"),
        ("Salt", "1", "0.000012"),
    ]
    assert sorted(issue.code for issue in opened.issues) == [
        "repeated_sheet",
        "sheet_not_used",
        "sheet_not_used",
    ]


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (151 * 1024 * 1024))
    with pytest.raises(RefusedError, match="150 MB"):
        open_file(path)
