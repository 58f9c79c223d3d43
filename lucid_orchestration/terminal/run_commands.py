"""The command that brings everything up to date, or one shop of many."""

from dataclasses import asdict
from typing import Annotated

import typer

from lucid_orchestration.settings import settings
from lucid_orchestration.terminal import screens
from lucid_orchestration.terminal.output import Screen, errors, print_json, progress, say

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (run, publish):
        app.command()(command)


def run(
    full: Annotated[
        bool, typer.Option("--full", help="Make everything again, also what did not change.")
    ] = False,
    dataset: Annotated[
        str | None,
        typer.Option(help="One shop alone, in a folder of its own; from then on each is run so."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read the inbox and bring answers, insights and reports up to date."""
    from lucid_orchestration.runs import by_shop

    with errors(as_json):
        with progress(as_json) as report:
            summary = (
                by_shop.run(settings(), full, report)
                if dataset is None
                else by_shop.run_shop(settings(), dataset, full, report)
            )
        if as_json:
            print_json({"was_current": summary.was_current, **asdict(summary)})
        else:
            screens.print_run(Screen(), summary)


def publish(
    address: Annotated[str, typer.Argument(help="A folder, or an address: s3://bucket/answers.")],
    raw: Annotated[bool, typer.Option("--raw", help="The rows of the files too, as text.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the newest answers and pages to a place where other programs read them."""
    from lucid_orchestration.runs.publishing_away import publish_away

    with errors(as_json):
        with progress(as_json) as report:
            done = publish_away(settings(), address, raw, report)
        if as_json:
            print_json(asdict(done))
        else:
            say(
                Screen(),
                f"{done.files} files of snapshot {done.snapshot} are at {done.address}: "
                f"{done.sent} sent, {done.removed} removed.",
            )
