"""Columns and rows that say what became of a sale: flags, reasons, receipts, sums of lines."""

from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.ingest.reading import open_file
from tests.unit.ingest.test_documents import column, landed


@pytest.mark.parametrize(
    ("heading", "texts", "outcome"),
    [
        ("Void?", ("No", "Yes", "No"), {("Yes",): ("ignored", "Yes")}),
        ("Is Cancelled", ("FALSE", "TRUE", ""), {("TRUE",): ("ignored", "TRUE")}),
        ("cancelled", ("0", "1", "0"), {("1",): ("ignored", "1")}),
        ("Storniert", ("nein", "ja", "nein"), {("ja",): ("ignored", "ja")}),
        ("Annulée", ("non", "oui", "non"), {("oui",): ("ignored", "oui")}),
        ("Отменён", ("нет", "да", "нет"), {("да",): ("ignored", "да")}),
        ("Returned (Y/N)", ("N", "Y", "N"), {("Y",): ("returned", "Y")}),
        ("Is Returned", ("0", "1", "0"), {("1",): ("returned", "1")}),
        ("Is Return", ("No", "Yes", "No"), {("Yes",): ("sale_return", None)}),
        ("Cancelled On", ("", "06-01-2026", ""), {("06-01-2026",): ("ignored", "06-01-2026")}),
        ("Refund date", ("", "06/01/2026", ""), {("06/01/2026",): ("returned", "06/01/2026")}),
        ("Returned", ("0", "1", "0"), {}),  # how many came back
        ("Returned", ("0", "2", "0"), {}),
        ("Return date", ("06/01/2026", "06/01/2026", "06/01/2026"), {}),  # of what is lent
        ("Cancelled", ("", "Cancelled", ""), {("Cancelled",): ("ignored", "Cancelled")}),
        ("Voided", ("Active", "Void", "-"), {("Void",): ("ignored", "Void")}),
        ("Annulée", ("", "annulée", ""), {("annulée",): ("ignored", "annulée")}),
        ("Refund", ("", "Refunded", ""), {("Refunded",): ("returned", "Refunded")}),
        ("Refund", ("0", "12.50", "0"), {}),  # how much was paid back
        ("Returned", ("Mug", "Pen", ""), {}),
        ("Cancel Reason", ("", "No stock", "N/A"), {("No stock",): ("ignored", "No stock")}),
        ("Stornogrund", ("", "zu spät", ""), {("zu spät",): ("returned", "zu spät")}),
        ("Return Reason", ("", "Too small", ""), {("Too small",): ("returned", "Too small")}),
        (
            "Cancel Reason",
            ("Not cancelled", "No stock", ""),
            {("No stock",): ("ignored", "No stock")},
        ),
        ("Voided By", ("", "Asha", ""), {("Asha",): ("ignored", "Asha")}),
        ("Return Reason", ("Too small", "Broken", "Late"), {}),  # a list of returns says so
        ("Storno", ("Nein", "Ja", "Nein"), {("Ja",): ("returned", "Ja")}),
        ("Valid", ("Y", "N", "Y"), {("N",): ("ignored", "N")}),
        ("Is Valid", ("TRUE", "FALSE", "TRUE"), {("FALSE",): ("ignored", "FALSE")}),
        ("Gültig", ("ja", "nein", "ja"), {("nein",): ("ignored", "nein")}),
        ("Completed", ("1", "0", "1"), {("0",): ("ignored", "0")}),
        ("Valid", ("N", "N", "N"), {}),
        ("Valid", ("Y", "", "Y"), {}),
        ("Paid", ("Y", "N", "Y"), {}),  # unpaid and sold
        ("Gift?", ("No", "Yes", "No"), {}),
        ("Return status", ("None", "Done", "Rejected"), {("Done",): ("returned", "Done")}),
        ("Payment status", ("Paid", "Pending", "Voided"), {("Voided",): ("ignored", "Voided")}),
        # a word nobody knows beside one that says it
        (
            "Zustand der Ware",
            ("Zugestellt", "Storniert quux", "Zugestellt", "Zugestellt"),
            {("Storniert quux",): ("ignored", "Storniert quux")},
        ),
    ],
)  # fmt: skip
def test_other_columns_say_what_became_of_a_sale(
    tmp_path: Path, heading: str, texts: tuple[str, ...], outcome: dict[str, Any]
) -> None:
    assert landed(tmp_path, {"a.csv": column(heading, *texts)})["documents"] == outcome


LEDGER = [
    "Date,Receipt,Line Type,Item,Qty,Amount",
    "05-01-2026,1,Sale,2 X Mug + 1 X Pen,3,250",
    "05-01-2026,1,Sale Line,Mug,2,200",
    "05-01-2026,1,Sale Line,Pen,1,50",
    "05-01-2026,1,Payment,Cash,,250",
    "06-01-2026,2,Sale,1 X Mug,1,100",
    "06-01-2026,2,Sale Line,Mug,1,100",
    "06-01-2026,2,Payment,Card,,100",
    "07-01-2026,3,Return,1 X Mug,-1,-100",
    "07-01-2026,3,Return Line,Mug,-1,-100",
]


def test_rows_that_hold_the_sums_of_lines_are_left_out(tmp_path: Path) -> None:
    found = landed(tmp_path, {"a.csv": "\n".join(LEDGER) + "\n"})
    assert found["documents"] == {
        ("Sale",): ("ignored", "Sale"),
        ("Payment",): ("ignored", "Payment"),
        ("Return",): ("ignored", "Return"),
        ("Return Line",): ("sale_return", None),
    }
    severity, message = found["issues"]["heads_of_lines"]
    assert (severity, 'documents: {"Return": sale, "Sale": sale}' in message) == ("note", True)
    found = landed(tmp_path, {}, "documents: {Sale: sale}\n")
    assert ("Sale",) not in found["documents"]


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (5, "06-01-2026,2,Sale,1 X Mug,1,90"),  # another sum
        (5, "07-01-2026,4,Sale,1 X Mug,1,100"),  # no line has it
    ],
)
def test_rows_that_hold_other_sums_are_sales(tmp_path: Path, place: int, row: str) -> None:
    lines = [*LEDGER[:place], row, *LEDGER[place + 1 :]]
    found = landed(tmp_path, {"a.csv": "\n".join(lines) + "\n"})
    assert ("Sale",) not in found["documents"]


def test_a_receipt_of_the_till_is_a_sale_beside_invoices(tmp_path: Path) -> None:
    texts = ("Fattura", "Ricevuta", "Ticket", "Quittung", "Preventivo")
    assert landed(tmp_path, {"a.csv": column("Type", *texts)})["documents"] == {
        ("Preventivo",): ("ignored", "Preventivo")
    }


def test_a_sale_cancelled_twice_is_told(tmp_path: Path) -> None:
    head = "Belegart,Belegnummer,Datum,Artikel,Menge,Preis,Betrag,Status\n"
    sold = "Rechnung,RE1,05.01.2026,Tee,2,5,10,storniert\n"
    sold += "Rechnung,RE2,05.01.2026,Tasse,1,9,9,bezahlt\n"
    path = tmp_path / "belege.csv"
    for other, codes in (
        ("Storno,ST1,06.01.2026,Tee,2,5,10", 1),
        ("Storno,ST1,06.01.2026,Tee,1,5,5", 0),
    ):
        path.write_text(f"{head}{sold}{other},bezahlt\n", encoding="utf-8")
        issues = open_file(path).tables[0].layout.issues
        found = [issue.message for issue in issues if issue.code == "cancelled_and_taken_back"]
        assert len(found) == codes
        assert all('documents: {"storniert": sale}' in message for message in found)


def test_a_return_that_was_cancelled_takes_nothing_off(tmp_path: Path) -> None:
    text = (
        "Date,Credit Note Number,Credit Note Status,Item,Qty,Amount\n"
        "2026-01-05,CN1,Closed,Tea,1,5\n2026-01-06,CN2,Void,Mug,1,9\n"
    )
    found = landed(tmp_path, {"a.csv": text})["documents"]
    assert found == {
        ("CN1", "Closed"): ("sale_return", None),
        ("CN2", "Void"): ("ignored", "Void"),
    }
