"""What the terminal prints: figures as on every other page, paths in one piece."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.ingest.inspection import inspect
from lucid_orchestration.ingest.layout.mapping import NO_MAPPING
from lucid_orchestration.runs.refresh import RejectReason, RunSummary
from lucid_orchestration.terminal import output, screens
from lucid_orchestration.terminal.bill_screens import print_puzzles
from tests.pdf_bills import Bill, Item, columns, write_pdf


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=60)


def text(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def summary(**said: Any) -> RunSummary:
    file = {"dataset_id": "shop", "file_name": "a.csv", "status": "accepted", "message": None}
    return RunSummary(
        **{
            "steps": (),
            "files": ({**file, "rows_accepted": 1234567, "rows_rejected": 123456},),
            "rejects": (RejectReason("shop", "no_date", "No date.", 123456),),
            "insights": (),
            "currencies": {},
            "reports": (),
            "copied_example": None,
            "seconds": 1.0,
            **said,
        }
    )


def test_counts_are_grouped_as_in_the_report(console: Console) -> None:
    screens.print_run(console, summary())
    assert "1 file in the inbox, 1 used. 12,34,567 rows accepted, 1,23,456 rejected." in text(
        console
    )
    assert "shop: 1,23,456 × No date." in text(console)


def test_a_path_is_printed_in_one_piece_whatever_it_is_called(console: Console) -> None:
    page = Path("/data/a'b [bold]c[/bold] *d? 50% #1 ü") / ("long " * 20) / "shop.html"
    screens.print_run(console, summary(reports=(page,)))
    assert f"Open {page}\n" in text(console)


def test_an_error_keeps_a_path_in_one_piece(capsys: pytest.CaptureFixture[str]) -> None:
    told = f"There is no file /data/[red]{'x' * 200}/a.csv."
    with pytest.raises(typer.Exit), output.errors(as_json=False):
        raise NotFoundError(told)
    assert capsys.readouterr().err == f"{told}\n"


def test_an_insight_says_what_it_is_worth_in_the_currency_of_its_shop(console: Console) -> None:
    insight = {"title": "Order oil", "estimated_impact": 1234567, "cash_at_stake": 500}
    rows = ({**insight, "dataset_id": "a"}, {**insight, "dataset_id": "b"})
    screens.print_run(console, summary(insights=rows, currencies={"a": "INR", "b": "USD"}))
    assert "Order oil (about ₹12,34,567 in 90 days, ₹500 tied up)" in text(console)
    assert "Order oil (about USD 1,234,567 in 90 days, USD 500 tied up)" in text(console)


def test_older_stock_lists_are_no_news(console: Console) -> None:
    counts = {"rows_accepted": 1, "rows_rejected": 0}
    file = {"dataset_id": "shop", "file_name": "a.csv", "message": "Say so.", "reason": None}
    file |= counts
    files = (
        {**file, "status": "accepted"},
        {**file, "status": "superseded", "reason": "newer_list", "message": "As every month."},
        {**file, "status": "refused"},
    )
    screens.print_run(console, summary(files=files))
    assert "shop/a.csv: refused. Say so." in text(console)
    assert "As every month." not in text(console)


def test_a_file_of_which_no_row_counted_was_not_used(console: Console) -> None:
    file = {"dataset_id": "shop", "file_name": "a.csv", "status": "accepted", "message": None}
    counts = {"reason": None, "rows_accepted": 0, "rows_rejected": 2}
    screens.print_run(console, summary(files=({**file, **counts},)))
    assert "1 file in the inbox, 0 used." in text(console)
    assert "shop/a.csv: accepted. None of its rows counted." in text(console)


def inspected(tmp_path: Path, lines: str) -> str:
    file = tmp_path / "sales.csv"
    file.write_text(lines, encoding="utf-8")
    wide = Console(file=StringIO(), width=200)
    screens.print_inspection(wide, inspect(file, NO_MAPPING, row_count=2))
    return text(wide)


def test_an_inspection_says_what_was_taken_for_what_and_what_proves_it(tmp_path: Path) -> None:
    said = inspected(
        tmp_path,
        "Date,Bill No,Item,Shelf,Qty,Rate,Bill Amount,Colour\n"
        "2026-01-05,1,Mug,A,1,200,300,red\n2026-01-05,1,Pen,B,2,50,300,blue\n"
        "2026-01-06,2,Mug,A,1,200,200,red\n",
    )
    assert "  Qty → quantity\n  Rate → unit_price\n  Bill Amount → bill_amount\n" in said
    assert "  Not used: Shelf, Colour\n" in said
    assert said.count("Shelf") == 1
    proof = "The lines of a bill add up to Bill Amount: in 1 of 1 bills with several lines."
    assert said.count(f"  Proof: {proof}\n") == 1
    assert "No second figure" not in said
    assert "  row 2: sale_date 2026-01-05" in said


def test_an_inspection_says_when_nothing_proves_the_money(tmp_path: Path) -> None:
    said = inspected(tmp_path, "Date,Item,Qty,Amount\n2026-01-05,Mug,2,300\n")
    assert "  No second figure proves the money columns: their headings decided.\n" in said


def test_a_bill_that_does_not_count_shows_what_each_way_would_add_up_to(tmp_path: Path) -> None:
    bill = Bill((Item("Tea", "12", "410.00", "5"),), extra=[("Zorbel fund", Decimal("12.00"))])
    found = inspect(write_pdf(tmp_path / "bill.pdf", columns, bill), NO_MAPPING)
    wide = Console(file=StringIO(), width=200)
    print_puzzles(wide, found.puzzles)
    said = text(wide)
    assert "Tax invoice MSH/042 on page 1:" in said
    assert "“Zorbel fund” is a charge." in said
    assert "2025-08-14: 2 lines, 4932.00 before tax, total 5178.00." in said
    assert "Tea: 12 × 410.00, 4920.00 before tax" in said
    assert "bills:" in said
    broken = replace(bill, extra=(), total=Decimal("1.00"))
    found = inspect(write_pdf(tmp_path / "bill.pdf", columns, broken), NO_MAPPING)
    print_puzzles(wide, found.puzzles)
    assert "Nothing that could be told of its layout makes it add up." in text(wide)
