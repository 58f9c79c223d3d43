"""Vyapar's Excel reports: documents and lines are read together, other reports are refused."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import OpenedFile
from tests.generators.vyapar import write_books
from tests.workbooks import write_xlsx

TITLE = ["Generated on Apr 30, 2026 at 2:51 pm"]
DOCUMENTS = ["Date", "Order No", "Invoice No", "Party Name", "Transaction Type", "Total Amount"]
# columns an owner may switch on stand between the others
LINES = [
    *("Date", "Invoice No./Txn No.", "Party Name", "Item Name", "Item Code", "HSN/SAC", "Category"),
    *("Count", "Quantity", "Unit", "UnitPrice", "Tax Percent", "Tax", "Transaction Type", "Amount"),
]
Cells = Sequence[object]


def document(number: str, kind: str, total: object, day: str = "01/04/2026") -> Cells:
    return [day, "", number, "Anil", kind, total]


def line(number: str, kind: str, item: str, quantity: str, tax: float, amount: float) -> Cells:
    return [
        *("01/04/2026", number, "Anil", item, "", "", "Grocery", ""),
        *(quantity, "Pcs", 1, 5, tax, kind, amount),
    ]


def report(tmp_path: Path, documents: Sequence[Cells], lines: Sequence[Cells]) -> Path:
    path = tmp_path / "SaleReport_1767000000000.xlsx"
    sheets = {"Item Details": [TITLE, [], LINES, [], *lines]}
    if documents:
        sheets = {"Sale Report": [TITLE, [], DOCUMENTS, *documents], **sheets}
    write_xlsx(path, sheets)
    return path


def values(found: OpenedFile, kind: str, *fields: str) -> list[tuple[str, ...]]:
    return [
        tuple(
            row.cells[table.layout.columns[field]].strip() if field in table.layout.columns else ""
            for field in fields
        )
        for table in found.tables
        if table.layout.kind == kind
        for row in table.rows
    ]


def messages(found: OpenedFile) -> dict[str, str]:
    return {entry.code: entry.message for entry in found.issues}


def test_lines_are_read_with_what_only_the_documents_know(tmp_path: Path) -> None:
    path = report(
        tmp_path,
        [
            document("1", "Sale ", 223.4),
            document("2", "Sale ", 200),
            document("3", "Sale ", 155),
            document("1", "Credit Note ", 105),
            document("4", "Sale ", 2500),
            document("5", "Sale[Cancelled] ", ""),
            [],
            ["", "", "", "Total", "", 2973.4],
        ],
        [
            line("1", "Sale ", "Tea", "1", 5, 105),
            line("1", "Sale ", "Soap", "1", 18, 118),
            line("2", "Sale ", "Tea", "2", 10, 210),
            line("3", "Sale ", "Tea", "1", 5, 105),
            line("1", "Credit Note ", "Tea", "1", 5, 105),
        ],
    )
    found = open_file(path)
    assert values(
        found,
        "sales",
        "transaction_id",
        "document_type",
        "product_name",
        "quantity",
        "gross_amount",
        "tax_amount",
        "net_amount",
    ) == [
        ("1", "Sale", "Tea", "1", "105", "5", ""),
        ("1", "Sale", "Soap", "1", "118", "18", ""),
        # 10 less than its lines: a discount on the bill
        ("2", "Sale", "Tea", "2", "210", "10", "190"),
        ("3", "Sale", "Tea", "1", "105", "5", ""),
        ("1", "Credit Note", "Tea", "1", "105", "5", ""),
        ("4", "Sale", "Unitemised sale", "1", "2500", "", ""),
    ]
    lines, bare = found.tables
    assert (lines.counts.landed, lines.counts.blank, bare.counts.landed) == (5, 1, 1)
    assert [row.number for row in open_file(path).tables[1].rows] == [8]
    told = messages(found)
    assert told["totals_checked"].startswith("2 of 4 documents (50.0 %)")
    assert "1 are lower, by ₹10 in all" in told["totals_checked"]
    assert "charges of ₹50" in told["totals_checked"]
    assert told["documents_ignored"] == "1 cancelled document(s) left out."
    assert "worth ₹2,500" in told["documents_without_items"]
    assert "printed_total_differs" not in told
    assert "totals_do_not_fit" not in told


def test_a_printed_total_that_differs_is_told(tmp_path: Path) -> None:
    documents = [document("1", "Sale ", 105), [], ["", "", "", "Total", "", 500]]
    found = open_file(report(tmp_path, documents, [line("1", "Sale ", "Tea", "1", 5, 105)]))
    assert "₹500" in messages(found)["printed_total_differs"]


def test_totals_far_from_their_lines_are_a_warning(tmp_path: Path) -> None:
    documents = [document("1", "Sale ", 20)]
    found = open_file(report(tmp_path, documents, [line("1", "Sale ", "Tea", "1", 5, 105)]))
    assert "1 of 1 documents" in messages(found)["totals_do_not_fit"]


def test_item_details_alone_are_enough(tmp_path: Path) -> None:
    found = open_file(report(tmp_path, [], [line("1", "Sale ", "Tea", "1", 5, 105)]))
    assert values(found, "sales", "sale_date", "customer_id", "category", "unit") == [
        ("01/04/2026", "Anil", "Grocery", "Pcs")
    ]
    assert found.tables[0].layout.profile == "vyapar_excel_items"


def test_a_purchase_report_is_no_sale(tmp_path: Path) -> None:
    documents = [document("P1", "Purchase ", 210), document("R1", "Debit Note ", 105)]
    lines = [
        line("P1", "Purchase ", "Tea", "2", 10, 210),
        line("R1", "Debit Note ", "Tea", "1", 5, 105),
    ]
    found = open_file(report(tmp_path, documents, lines))
    assert [table.layout.kind for table in found.tables] == ["purchases"]
    assert values(found, "purchases", "purchase_date", "document_type", "supplier") == [
        ("01/04/2026", "Purchase", "Anil"),
        ("01/04/2026", "Debit Note", "Anil"),
    ]


def test_sales_and_purchases_in_one_report_are_parted(tmp_path: Path) -> None:
    lines = [
        line("1", "Sale ", "Tea", "1", 5, 105),
        line("P1", "Purchase ", "Tea", "2", 10, 210),
    ]
    found = open_file(report(tmp_path, [], lines))
    assert [table.layout.kind for table in found.tables] == ["sales", "purchases"]
    assert values(found, "sales", "transaction_id") == [("1",)]
    assert values(open_file(report(tmp_path, [], lines)), "purchases", "transaction_id") == [
        ("P1",)
    ]


ITEM_LIST = ["Item name*", "Item code", "Category", "Sale price", "Purchase price"]
UNITS = ["Minimum stock quantity", "Tax Rate", "Inclusive Of Tax", "Base Unit (x)"]


def items(tmp_path: Path, stock: str) -> Path:
    path = tmp_path / "items.xlsx"
    rows = [
        [*ITEM_LIST, stock, *UNITS],
        ["** Only the item name is needed", "", "", "** A number", "", "", "", "", "", "** Unit"],
        ["Tea", "T1", "Grocery", 105, 80, -3, 5, "GST@5%", "Inclusive", "Pcs"],
        ["Soap", "", "", 100, "", 12.5, "", "GST@18%", "Exclusive", "Box"],
    ]
    write_xlsx(path, {"Export Items": rows})
    return path


def test_exported_items_carry_the_stock_of_today(tmp_path: Path) -> None:
    found = open_file(items(tmp_path, "Current stock quantity"))
    assert values(
        found,
        "inventory",
        "product_name",
        "quantity",
        "unit",
        "unit_cost",
        "sale_price",
        "reorder_level",
    ) == [("Tea", "-3", "Pcs", "80", "100", "5"), ("Soap", "12.5", "Box", "", "100", "")]
    assert values(found, "products", "product_id", "sale_price") == [("T1", "100"), ("", "100")]
    assert (found.tables[0].counts.found, found.tables[0].counts.note) == (3, 1)


def test_the_template_with_opening_stock_says_nothing_of_today(tmp_path: Path) -> None:
    found = open_file(items(tmp_path, "Opening stock quantity"))
    assert [table.layout.kind for table in found.tables] == ["products"]


@pytest.mark.parametrize(
    "headings",
    [
        ["Name", "Phone No.", "GSTIN", "Receivable Balance", "Payable Balance", "Credit Limit"],
        ["Item Name", "Sale", "Cr. Note / Sale Return", "Purchase", "Net Profit/Loss"],
        ["Date", "Ref No.", "Party Name", "Type", "Total", "Received", "Paid", "Balance"],
        [*DOCUMENTS, "Received/Paid Amount", "Balance Due"],
    ],
)
def test_reports_without_items_are_refused_with_the_way_out(
    tmp_path: Path, headings: list[str]
) -> None:
    path = tmp_path / "report.xlsx"
    write_xlsx(path, {"Report": [TITLE, [], headings, ["01/04/2026", *["1"] * 4]]})
    with pytest.raises(RefusedError) as caught:
        open_file(path)
    assert caught.value.reason == "no_items"
    assert "Vyapar" in caught.value.message
    assert ".vyb" in caught.value.message


def test_what_the_owner_says_goes_first(tmp_path: Path) -> None:
    path = report(tmp_path, [document("1", "Sale ", 9)], [line("1", "Sale ", "Tea", "1", 5, 105)])
    found = open_file(path, FileMapping(kind="sales", sheet="Item Details"))
    assert found.tables[0].layout.profile == "generic"


@pytest.mark.parametrize("seed", [31, 32, 33, 34, 35])
def test_generated_reports_come_to_the_truth_but_for_rounded_bills(
    tmp_path: Path, seed: int
) -> None:
    """Round-off and charges hide in the discounts there: that can cost 0.1 %."""
    write_books(tmp_path, seed, sales=150)
    for name in ("trading", "retail_inclusive"):
        truth = json.loads((tmp_path / f"{name}.truth.json").read_text(encoding="utf-8"))
        found = open_file(tmp_path / f"{name}_SaleReport.xlsx")
        sums = {"lines": 0, "gross": Decimal(0), "net": Decimal(0), "unitemised": Decimal(0)}
        for kind, product, gross, tax, net in values(
            found,
            "sales",
            *("document_type", "product_name", "gross_amount", "tax_amount", "net_amount"),
        ):
            sign = -1 if kind == "Credit Note" else 1
            if product == "Unitemised sale":
                sums["unitemised"] += Decimal(gross)
                continue
            sums["lines"] += 1
            sums["gross"] += sign * Decimal(gross)
            sums["net"] += sign * (Decimal(net) if net else Decimal(gross) - Decimal(tax))
        assert sums["lines"] == truth["totals"]["sales_lines"]
        assert sums["gross"] == Decimal(truth["totals"]["gross"])
        expected = Decimal(truth["totals"]["net_revenue"])
        assert abs(sums["net"] - expected) <= expected * Decimal("0.001")
        assert sums["unitemised"] == sum(Decimal(u["total"]) for u in truth["unitemised_sales"])
