"""Titles, headings, columns and words say what kind of document the rows of a file are."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from lucid_orchestration.ingest import judged_documents
from lucid_orchestration.ingest.delimited import bulk
from lucid_orchestration.ingest.landing import ingest
from lucid_orchestration.ingest.outcomes import RefusedError
from lucid_orchestration.ingest.reading import open_file
from lucid_orchestration.ingest.tables import Table
from tests.workbooks import write_xlsx

HEADINGS = "Date,Bill No,Item,Qty,Amount"


def file(folder: Path, text: str, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def titled(folder: Path, title: str, headings: str = HEADINGS) -> Table:
    lines = [title, headings, "05-01-2026,7,Mug,1,100", "28-01-2026,8,Pen,2,30"]
    (table,) = open_file(file(folder, "\n".join(lines) + "\n")).tables
    return table


def landed(folder: Path, files: dict[str, str], mapping: str = "") -> dict[str, Any]:
    """What lands: rows of raw_documents as texts → outcome and word, and issues by code."""
    shop = folder / "inbox" / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        file(shop, text, name)
    if mapping:
        file(shop, mapping, "mapping.yml")
    ingest(folder / "inbox", folder / "raw", folder / "state")
    rows = pq.read_table(folder / "raw" / "raw_documents").to_pylist()
    issues = pq.read_table(folder / "raw" / "raw_file_issues").to_pylist()
    fields = ("document_type", "document_status", "document_status_2", "document_status_3")
    return {
        "documents": {
            tuple(row[name] for name in fields if row[name]): (
                row["outcome"],
                row["word"],
            )
            for row in rows
        },
        "issues": {issue["code"]: (issue["severity"], issue["message"]) for issue in issues},
    }


def column(heading: str, *texts: str) -> str:
    """A file with one more column."""
    lines = [f"05-01-2026,{n},Mug,1,100,{text}" for n, text in enumerate(texts, start=1)]
    return "\n".join([f"{HEADINGS},{heading}", *lines]) + "\n"


@pytest.mark.parametrize(
    "title",
    [
        "Sale Return Register",
        "Shree Traders - Credit Note Report",
        "Returns",
        "Return/Refund Details",
        "Voucher Type: Credit Note",
        "Gutschriftenliste",
        "Liste des avoirs",
        "Informe de devoluciones",
        "Relatório de devoluções",
        "Elenco note di credito",
        "Overzicht retouren",
        "Rejestr zwrotów",
        "İade Listesi",
        "Laporan retur",
        "Отчет о возвратах",
        "退货单列表",
        "返品一覧",
        "विक्रय वापसी रजिस्टर",
        "Sale Return Day Book",
        "Sales Returns - Juhu",
        "Credit Notes Issued by Shree Traders",
        "Returned Goods Note",
        "Returns May 2026",
        "Sales Return Register (GST)",
        "Rückgaben und Erstattungen",
        "Retouren März 2026",
        "Rejection In Register",
        "Retours clients",
    ],
)
def test_a_title_says_that_the_rows_are_returns(tmp_path: Path, title: str) -> None:
    table = titled(tmp_path, title)
    assert table.layout.document == "sale_return"
    (issue,) = [found for found in table.issues if found.code == "document_of_all_rows"]
    assert title.split(",")[0] in issue.message
    assert "document: sale" in issue.message


@pytest.mark.parametrize(
    "title",
    [
        "Estimate Register",
        "List of Quotations",
        "Sales Order Report",
        "Delivery Note Register",
        "Cancelled Bills Report",
        "Stock Transfer Register",
        "Purchase Return Register",
        "Purchase Order Register",
        "Angebotsliste",
        "Registre des devis",
        "Listado de presupuestos",
        "Реестр накладных",
        "見積一覧",
        "Debit Note Register",
        "Goods Receipt Note Register",
        "Pending Orders",
        "Open Orders Report",
        "Undelivered orders",
        "Bills on hold",
        "Draft Invoices",
        "Expenses",
        "Expense Register",
        "Shree Traders - Quotations",
        "Offene Bestellungen",
        "Ausgabenliste",
        "Commandes en cours",
        "Dépenses du mois",
        "Pedidos pendientes",
        "Lista de gastos",
        "Gider Listesi",
        "Заказы в ожидании",
        "Расходы",
        "費用一覧",
        "Purchase Bill Register (cancelled)",
        "Operating Expenses",
        "Draft Invoices Shree Traders",
        "Pending Orders Shree Traders",
        "Payment Vouchers",
        "Back Order Report",
        "Parked Sales",
        "Stock Issue",
        "Rechnungsentwürfe",
        "Stornoliste",
        "Notes de frais",
    ],
)
def test_a_list_of_no_sales_is_refused_with_the_way_out(tmp_path: Path, title: str) -> None:
    with pytest.raises(RefusedError, match="document: sale") as refusal:
        titled(tmp_path, title)
    assert refusal.value.reason == "other_documents"
    assert title in refusal.value.message


@pytest.mark.parametrize(
    "title",
    [
        "Sales Register",
        "Sales Register (excluding returns)",
        "Sales and Returns Register",
        "Sales & Sales Return Register",
        "Sales/Return Register",
        "Return Gifts & More",
        "Quotation Masters Pvt Ltd",
        "GST Return Report",
        "Return of Sales for GSTR-1",
        "Return under VAT",
        "Many Happy Returns Gift Shop",
        "Void Fillers Ltd",
        "Draft Beer House",
        "Invoice and Order Summary",
        "Pending Bills",
        "Sample Sales Data",
        "Staff Sales Report",
        "Profit and Loss by Item",
        "Sales excluding cancelled bills",
        "Open Market Store",
        "Journal de caisse",
        "Order Register",
        "Order Details",
        "Stock and Sales Statement",
        "Stock Sales Report",
        "Journal des ventes",
        "No cancelled bills",
        "Cancelled: No",
        "Returns,40",
        "Returns,x,x,x,x",
    ],
)
def test_a_title_of_sales_or_of_nothing_changes_nothing(tmp_path: Path, title: str) -> None:
    table = titled(tmp_path, title)
    assert (table.layout.kind, table.layout.document) == ("sales", None)


def test_a_title_below_the_headings_is_none(tmp_path: Path) -> None:
    text = f"{HEADINGS}\n05-01-2026,7,Mug,1,100\nSales Return Register\n06-01-2026,8,Mug,1,100\n"
    (table,) = open_file(file(tmp_path, text)).tables
    assert table.layout.document is None


def test_titles_that_contradict_each_other_say_nothing(tmp_path: Path) -> None:
    table = titled(tmp_path, "Sales Register\nSales Return Register")
    assert table.layout.document is None


@pytest.mark.parametrize(
    "title",
    [
        "Purchase Register",
        "Purchase Bills",
        "Purchase Invoice Day Book",
        "Rechnungseingangsbuch",
        "Factures fournisseurs",
        "Libro de compras",
        "Fatture di acquisto",
        "Inkoopfacturen",
        "Facturas recibidas",
        "Fatture ricevute",
        "Lieferantenbestellungen",
        "Alış Faturaları",
    ],
)
def test_a_register_of_purchases_is_one_of_purchases(tmp_path: Path, title: str) -> None:
    table = titled(tmp_path, title)
    assert (table.layout.kind, "purchase_date" in table.layout.columns) == ("purchases", True)


def test_a_register_of_purchases_in_strange_headings_is_not_offered_as_sales(
    tmp_path: Path,
) -> None:
    rows = ["05-01-2026,7,Mug,1,118.00,18.00,100.00", "28-01-2026,8,Pen,2,35.40,5.40,30.00"]
    header = "Date,Vendor Ref,Item,Qty,Total Cost (incl. GST),GST,Total Cost (excl. GST)"
    text = "\n".join(["Purchase Register", header, *rows]) + "\n"
    with pytest.raises(RefusedError, match="kind: purchases") as refusal:
        open_file(file(tmp_path, text))
    assert "document: sale" not in refusal.value.message


@pytest.mark.parametrize(
    ("heading", "document"),
    [
        ("Credit Note No", "sale_return"),
        ("CN #", "sale_return"),
        ("Return ID", "sale_return"),
        ("Gutschrift Nr.", "sale_return"),
        ("Order No", None),
        ("Sales Order No", None),
        ("Return Reason", None),
        ("Return Date", None),
        ("Return Code", None),
        ("Stock No", None),
    ],
)
def test_a_heading_says_whose_numbers_they_are(
    tmp_path: Path, heading: str, document: str | None
) -> None:
    table = titled(tmp_path, "", f"Date,{heading},Item,Qty,Amount")
    assert table.layout.document == document


@pytest.mark.parametrize("heading", ["Quotation No", "Estimate #", "Challan Number", "PI No"])
def test_numbers_of_offers_alone_are_refused(tmp_path: Path, heading: str) -> None:
    with pytest.raises(RefusedError, match="document: sale"):
        titled(tmp_path, "", f"Date,{heading},Item,Qty,Amount")
    assert (
        titled(tmp_path, "Sales Register", f"Date,{heading},Item,Qty,Amount").layout.document
        is None
    )


def test_a_number_beside_that_of_the_bill_may_be_a_mere_reference(tmp_path: Path) -> None:
    rows = ["05-01-2026,7,{},Mug,1,100", "28-01-2026,8,{},Pen,2,30"]

    def read(heading: str, first: str, second: str) -> str | None:
        lines = [
            f"Date,Bill No,{heading},Item,Qty,Amount",
            rows[0].format(first),
            rows[1].format(second),
        ]
        (table,) = open_file(file(tmp_path, "\n".join(lines) + "\n")).tables
        return table.layout.document

    assert read("Quotation No", "q1", "q2") is None
    assert read("Credit Note No", "", "c1") is None
    assert read("Credit Note No", "c1", "c2") == "sale_return"  # with the bill it corrects


def test_a_sheet_of_returns_says_so_by_its_name(tmp_path: Path) -> None:
    head = HEADINGS.split(",")
    sheets = {
        "Sales": [
            head,
            ["05-01-2026", "7", "Mug", "1", "100"],
            ["28-01-2026", "8", "Mug", "1", "100"],
        ],
        "Returns": [head, ["06-01-2026", "1", "Mug", "1", "100"]],
        "Quotations": [head, ["06-01-2026", "2", "Mug", "1", "100"]],
    }
    write_xlsx(tmp_path / "book.xlsx", sheets)
    opened = open_file(tmp_path / "book.xlsx")
    assert [(table.sheet, table.layout.document) for table in opened.tables] == [
        ("Sales", None),
        ("Returns", "sale_return"),
    ]
    assert any('Sheet "Quotations" was left out' in issue.message for issue in opened.issues)


def test_the_name_of_a_file_only_raises_a_doubt(tmp_path: Path) -> None:
    found = landed(tmp_path, {"Sales Return.csv": f"{HEADINGS}\n05-01-2026,7,Mug,1,100\n"})
    assert found["documents"] == {}
    severity, message = found["issues"]["document_in_doubt"]
    assert (severity, "document: sale_return" in message) == ("warning", True)
    (tmp_path / "inbox" / "shop" / "Sales Return.csv").rename(tmp_path / "inbox" / "shop" / "x.csv")
    assert "document_in_doubt" not in landed(tmp_path, {})["issues"]


def test_the_owner_says_what_a_file_holds(tmp_path: Path) -> None:
    text = f"Sales Return Register\n{HEADINGS}\n05-01-2026,7,Mug,1,100\n"
    assert landed(tmp_path, {"a.csv": text})["documents"] == {(): ("sale_return", None)}
    assert landed(tmp_path, {}, "document: sale\n")["documents"] == {}
    plain = {"a.csv": f"{HEADINGS}\n05-01-2026,7,Mug,1,100\n"}
    told = landed(tmp_path, plain, "document: sale_return\n")
    assert told["documents"] == {(): ("sale_return", None)}
    assert "other_documents" in landed(tmp_path, {}, "document: ignored\n")["issues"]


def test_the_type_of_a_row_goes_before_the_title(tmp_path: Path) -> None:
    text = "Sales Return Register\n" + column("Type", "Invoice", "", "Frob", "Estimate", "Sales")
    assert landed(tmp_path, {"a.csv": text})["documents"] == {
        (): ("sale_return", None),
        ("Frob",): ("sale_return", None),
        ("Estimate",): ("ignored", "Estimate"),
    }
    text = "Quotation Register\n" + column("Type", "Invoice", "")
    assert landed(tmp_path, {"a.csv": text})["documents"] == {(): ("ignored", None)}


def test_a_type_takes_off_and_a_status_leaves_out(tmp_path: Path) -> None:
    texts = ("Invoice", "Refund", "Partial refund", "Order", "Void", "Cancelled return")
    assert landed(tmp_path, {"a.csv": column("Voucher Type", *texts)})["documents"] == {
        ("Refund",): ("sale_return", None),
        ("Partial refund",): ("sale_return", None),
        ("Order",): ("ignored", "Order"),
        ("Void",): ("ignored", "Void"),
        ("Cancelled return",): ("ignored", "Cancelled return"),
    }
    texts = (
        "Delivered",
        "Refund",
        "Partial refund",
        "Order",
        "Void",
        "Cancelled return",
        "Ordered",
    )
    assert landed(tmp_path, {"a.csv": column("Status", *texts)})["documents"] == {
        ("Refund",): ("returned", "Refund"),
        ("Order",): ("ignored", "Order"),
        ("Void",): ("ignored", "Void"),
    }


def test_an_order_is_the_sale_where_nothing_else_is(tmp_path: Path) -> None:
    found = landed(tmp_path, {"a.csv": column("Type", "Order", "Order", "Refund")})
    assert found["documents"] == {("Refund",): ("sale_return", None)}
    found = landed(tmp_path, {"a.csv": column("Type", "Delivered", "Returned")})
    assert found["documents"] == {("Returned",): ("returned", "Returned")}  # states, not types


def test_a_word_nobody_knows_stays_out_beside_known_ones(tmp_path: Path) -> None:
    found = landed(tmp_path, {"a.csv": column("Status", "Paid", "Paid", "Frobbed", "None", "-")})
    assert found["documents"] == {("Frobbed",): ("unknown", "Frobbed")}
    found = landed(tmp_path, {}, 'documents: {"FROBBED": ignored}\n')
    assert found["documents"] == {("Frobbed",): ("ignored", "Frobbed")}
    found = landed(tmp_path, {}, "documents: {frobbed: sale, paid: sale_return}\n")
    assert found["documents"] == {("Paid",): ("sale_return", None)}


def test_beside_words_of_no_sale_the_unknown_one_is_the_sale(tmp_path: Path) -> None:
    found = landed(tmp_path, {"a.csv": column("Status", "Frob", "Void", "Lost")})
    assert found["documents"][("Frob",)] == ("sale", "Frob")


def test_where_most_is_unknown_it_counts_and_is_named(tmp_path: Path) -> None:
    found = landed(tmp_path, {"a.csv": column("Status", "Frob", "Quux", "Cancelled")})
    assert found["documents"] == {
        ("Frob",): ("sale", "Frob"),
        ("Quux",): ("sale", "Quux"),
        ("Cancelled",): ("ignored", "Cancelled"),
    }
    found = landed(tmp_path, {"a.csv": column("Status", "Frob", "Quux", "Paid", "Frob")})
    assert found["documents"] == {("Frob",): ("sale", "Frob"), ("Quux",): ("sale", "Quux")}
    # in a column of something else a word that happens to be known says nothing
    found = landed(tmp_path, {"a.csv": column("Type", "Veg", "Fish", "Void fillers", "Jam")})
    assert found["documents"] == {}
    severity, message = found["issues"]["documents_not_named"]
    assert (severity, '"Type" holds words' in message) == ("note", True)
    many = [f"word {chr(97 + n)}x" for n in range(judged_documents.MOST_UNKNOWN + 1)]
    found = landed(tmp_path, {"a.csv": column("Status", *many)})
    assert (found["documents"], found["issues"]["documents_not_named"][0]) == ({}, "warning")


def test_several_columns_speak_together(tmp_path: Path) -> None:
    headings = f"{HEADINGS},Type,Status,Delivery status,Void?,Archived on"
    rows = [
        "Invoice,Paid,Delivered,No,",
        "Invoice,Paid,Lost,No,",
        "Invoice,Refunded,Delivered,No,",
        "Credit note,Refunded,Delivered,No,",
        "Invoice,Frobbed,Delivered,Yes,",
        "Invoice,Paid,Delivered,Yes,",
        "Credit note,Frobbed,Delivered,No,",
    ]
    lines = [f"05-01-2026,{n},Mug,1,100,{row}" for n, row in enumerate(rows)]
    found = landed(tmp_path, {"a.csv": "\n".join([headings, *lines]) + "\n"})
    assert {texts: outcome for texts, (outcome, _) in found["documents"].items()} == {
        ("Invoice", "Paid", "Lost", "No"): "ignored",
        ("Invoice", "Refunded", "Delivered", "No"): "returned",
        ("Credit note", "Refunded", "Delivered", "No"): "sale_return",
        ("Invoice", "Frobbed", "Delivered", "Yes"): "ignored",
        ("Invoice", "Paid", "Delivered", "Yes"): "ignored",
        ("Credit note", "Frobbed", "Delivered", "No"): "unknown",
    }


def test_the_words_of_all_sheets_are_weighed_together(tmp_path: Path) -> None:
    head = [*HEADINGS.split(","), "Status"]
    row = ["05-01-2026", "7", "Mug", "1", "100"]
    sheets = {
        "May": [head, *[[*row[:1], str(n), *row[2:], "Paid"] for n in range(3)]],
        "June": [head, [*row, "Frobbed"]],
    }
    shop = tmp_path / "inbox" / "shop"
    shop.mkdir(parents=True)
    write_xlsx(shop / "book.xlsx", sheets)
    assert landed(tmp_path, {})["documents"] == {("Frobbed",): ("unknown", "Frobbed")}


def test_a_large_file_is_judged_like_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = column("Status", "Paid", "Refunded", "Frobbed", "Paid", "Paid", "")
    row_by_row = landed(tmp_path / "a", {"a.csv": text})
    monkeypatch.setattr(bulk, "MIN_BYTES", 1)
    assert landed(tmp_path / "b", {"a.csv": text}) == row_by_row
    register = f"Sales Return Register\n{HEADINGS}\n05-01-2026,7,Mug,1,100\n"
    assert landed(tmp_path / "c", {"a.csv": register})["documents"] == {(): ("sale_return", None)}


@pytest.mark.parametrize("least", [1, 10**9])
def test_a_column_of_something_else_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr(bulk, "MIN_BYTES", least)
    texts = [f"x{n}" for n in range(judged_documents.MOST_TEXTS + 1)]
    found = landed(tmp_path, {"a.csv": column("Type", *texts)})
    severity, message = found["issues"]["ambiguous_column"]
    assert (severity, 'columns: {"Type": ignore}' in message) == ("refusal", True)
    found = landed(tmp_path, {"a.csv": column("Type", *texts[:-1])})
    assert "ambiguous_column" not in found["issues"]


def test_an_employee_beside_what_goods_cost_sold_them(tmp_path: Path) -> None:
    wages = titled(tmp_path, "", "Date,Employee,Description,Qty,Amount,Cost")
    assert wages.layout.columns["product_name"] == 2
    with pytest.raises(RefusedError, match='the heading "Employee"'):
        titled(tmp_path, "", "Date,Employee,Description,Qty,Amount")


def test_what_is_left_out_of_a_register_is_named_and_counted(tmp_path: Path) -> None:
    types = ["Sales", "Sales", "Quotation", "Proforma Invoice", "Sales Quot Spl", "Quotation"]
    found = landed(tmp_path, {"a.csv": column("Vch Type", *types)})
    severity, message = found["issues"]["documents_left_out"]
    assert severity == "note"
    assert (
        '4 row(s) are no sales by what they are called, and were not counted: "Quotation" (2)'
        in (message)
    )
    assert '"Proforma Invoice" (1), "Sales Quot Spl" (1)' in message
    found = landed(tmp_path, {"a.csv": column("Vch Type", "Sales", "Sales")})
    assert "documents_left_out" not in found["issues"]
