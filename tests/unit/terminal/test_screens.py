"""What the terminal prints: figures as on every other page, paths in one piece."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from lucid_orchestration.errors import NotFoundError
from lucid_orchestration.runs.refresh import RejectReason, RunSummary
from lucid_orchestration.terminal import output, screens


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
