"""The `lucid` command: a thin shell over what the Dagster assets call too.

Each command imports what it needs: showing a table must not wait for dbt or the chart engine.
"""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucid_orchestration.errors import (
    BadRequestError,
    NotFoundError,
    ProcessingFailedError,
    ProviderUnavailableError,
)
from lucid_orchestration.settings import ai_settings, settings
from lucid_orchestration.terminal import screens
from lucid_orchestration.terminal.output import Screen, errors, print_json, progress
from lucid_orchestration.warehouse.datasets import (
    currency,
    dataset_ids,
    dataset_totals,
    find_dataset,
)
from lucid_orchestration.warehouse.insights import (
    active_insights,
    insight,
    settled_insights,
    unpacked,
)
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.show import MOST_ROWS, Options, check_request
from lucid_orchestration.warehouse.show import show as show_rows

if TYPE_CHECKING:
    from lucid_orchestration.explain.pipeline import ExplainRun

app = typer.Typer(
    name="lucid",
    help="Turns a shop's files into answers. Put them into data/inbox/<shop>, then: lucid run",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

rules_app = typer.Typer(no_args_is_help=False, pretty_exceptions_enable=False)
app.add_typer(rules_app, name="rules")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Dataset = Annotated[str, typer.Argument(help="The shop: the name of its folder in the inbox.")]

_CONFIDENCES = ("low", "medium", "high")
_CATEGORIES = ("growth", "risk", "efficiency")


def main() -> None:
    """Entry point of the `lucid` command."""
    app()


@app.command()
def run(
    full: Annotated[
        bool, typer.Option("--full", help="Make everything again, also what did not change.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the inbox and bring answers, insights and reports up to date."""
    from lucid_orchestration.runs.refresh import refresh

    with errors(as_json):
        with progress(as_json) as report:
            summary = refresh(settings(), full=full, progress=report)
        if as_json:
            print_json({"was_current": summary.was_current, **asdict(summary)})
        else:
            screens.print_run(Screen(), summary)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="Files to copy into the inbox.")],
    dataset: Annotated[str, typer.Option(help="The shop they belong to.")],
    as_json: AsJson = False,
) -> None:
    """Copy files into a shop's inbox folder; `lucid run` then reads them."""
    from lucid_orchestration.ingest.inbox_changes import add_files

    with errors(as_json):
        added = add_files(settings().inbox, dataset, files)
        if as_json:
            print_json({"files": [asdict(file) for file in added]})
        else:
            screens.print_added(Screen(), added)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A file, in the inbox or anywhere else.")],
    dataset: Annotated[
        str | None,
        typer.Option(help="The shop whose mapping.yml holds; else the one beside the file."),
    ] = None,
    rows: Annotated[int, typer.Option(help="How many rows to show.", min=0, max=MOST_ROWS)] = 5,
    as_json: AsJson = False,
) -> None:
    """Show what Lucid would read from a file, and why, without storing anything."""
    from lucid_orchestration.ingest.inspection import inspect_file

    with errors(as_json):
        paths = settings()
        found = inspect_file(paths.inbox, file, dataset, rows, paths.raw)
        if as_json:
            print_json(asdict(found))
        else:
            screens.print_inspection(Screen(), found)


@app.command()
def remove(
    dataset: Dataset,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a shop's files out of the inbox, into data/trash; `lucid run` then drops its lines."""
    from lucid_orchestration.ingest.inbox_changes import remove_dataset

    with errors(as_json):
        paths = settings()
        if not yes and (as_json or not sys.stdin.isatty()):
            raise BadRequestError("Nobody is there to confirm. Repeat with --yes.")
        if not yes and not typer.confirm(f"Move all files of {dataset} to {paths.trash}?"):
            raise BadRequestError("Nothing was removed.")
        moved = remove_dataset(paths.inbox, paths.trash, dataset)
        if as_json:
            print_json({"moved_to": list(moved)})
        else:
            screens.print_removed(Screen(), moved)


@app.command()
def datasets(
    dataset: Annotated[str | None, typer.Argument(help="One shop, in detail.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the shops, or one shop's totals and files."""
    with errors(as_json):
        paths = settings()
        if dataset is None:
            found = [
                dataset_totals(paths.marts, paths.quality, name)
                for name in dataset_ids(paths.marts, paths.quality)
            ]
            if as_json:
                print_json({"datasets": found})
            else:
                screens.print_datasets(Screen(), found)
            return
        name = find_dataset(paths.marts, paths.quality, dataset)
        where = {"dataset_id": name}
        files = select_rows(paths.quality / "source_files.parquet", where, ("file_name",))
        issues = select_rows(
            paths.quality / "file_issues.parquet", where, ("file_name", "severity", "message")
        )
        content = {
            **dataset_totals(paths.marts, paths.quality, name),
            "files": files,
            "issues": issues,
        }
        if as_json:
            print_json(content)
        else:
            screens.print_dataset(Screen(), content)


@app.command()
def show(
    mart: Annotated[str, typer.Argument(help="Which table: best_sellers, dead_stock, …")],
    dataset: Dataset,
    limit: Annotated[int | None, typer.Option(help="How many rows.")] = None,
    period: Annotated[
        str | None, typer.Option(help="A window such as last_90_days, or a month as YYYY-MM.")
    ] = None,
    sort: Annotated[
        str | None, typer.Option(help="A column, with :asc or :desc behind it if need be.")
    ] = None,
    min_score: Annotated[
        float | None, typer.Option(help="seasonality: at least this score, 0 to 1.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="dead_stock: idle for at least so many days.")
    ] = None,
    metric: Annotated[str | None, typer.Option(help="trends: revenue, quantity or profit.")] = None,
    months: Annotated[int | None, typer.Option(help="trends: the newest so many months.")] = None,
    entity: Annotated[str | None, typer.Option(help="store, category or product.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show rows of one of the answers."""
    options = Options(limit, period, sort, min_score, days, metric, months, entity)
    with errors(as_json):
        paths = settings()
        shown = check_request(mart, options)
        name = find_dataset(paths.marts, paths.quality, dataset)
        table = show_rows(paths.marts, mart, name, options)
        if as_json:
            print_json({"mart": mart, "dataset_id": name, "rows": table.records()})
        else:
            screens.print_rows(
                Screen(),
                mart,
                shown.screen(table.columns, metric),
                table.records(),
                currency(paths.marts, name),
            )


@app.command()
def insights(
    dataset: Dataset,
    insight_id: Annotated[str | None, typer.Argument(help="One insight, in full.")] = None,
    category: Annotated[str | None, typer.Option(help="growth, risk or efficiency.")] = None,
    confidence: Annotated[
        str | None, typer.Option(help="At least this sure: low, medium or high.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many, best first.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """List what a shop should act on, best first, or show one insight in full."""
    with errors(as_json):
        paths = settings()
        _require(category, _CATEGORIES, "--category")
        _require(confidence, _CONFIDENCES, "--confidence")
        name = find_dataset(paths.marts, paths.quality, dataset)
        if insight_id is not None:
            found = insight(paths.insights, name, insight_id)
            if as_json:
                print_json(found)
            else:
                screens.print_insight(Screen(), found, currency(paths.marts, name))
            return
        sure = _CONFIDENCES[_CONFIDENCES.index(confidence or "low") :]
        best = active_insights(paths.insights, name, category)
        kept = [row for row in best if row["confidence"] in sure][:limit]
        over = settled_insights(paths.insights, name, category)
        if as_json:
            print_json({"dataset_id": name, "insights": kept, "resolved": over})
        else:
            screens.print_insights(Screen(), kept, currency(paths.marts, name), over)


@rules_app.callback(invoke_without_command=True)
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List the rules with their limits, and where a shop has limits of its own."""
    if context.invoked_subcommand is not None:
        return
    from lucid_orchestration.insights.pipeline import listed_rules

    with errors(as_json):
        found, problems = listed_rules(settings().inbox)
        if as_json:
            problems_found = [asdict(problem) for problem in problems]
            print_json({"rules": [asdict(rule) for rule in found], "problems": problems_found})
        else:
            screens.print_rules(Screen(), found, problems)


@rules_app.command("check")
def check_rules(
    file: Annotated[Path, typer.Argument(help="A rule file, as YAML.")],
    as_json: AsJson = False,
) -> None:
    """Check a rule file: its keys, its sentences, its SQL against the columns of the marts."""
    from lucid_orchestration.insights.checking import check_rule_file

    with errors(as_json):
        if not file.is_file():
            raise NotFoundError(f"There is no file {file}.")
        book = check_rule_file(file)
        if as_json:
            print_json(
                {
                    "usable": [rule.id for rule in book.rules],
                    "problems": [asdict(problem) for problem in book.problems],
                }
            )
        else:
            screens.print_rule_check(Screen(), book)
        if book.problems:
            raise typer.Exit(BadRequestError.exit_code)


@app.command()
def explain(
    dataset: Dataset,
    insight_ids: Annotated[
        list[str] | None, typer.Argument(help="Only these insights; all active ones otherwise.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="openai, anthropic, none, or demo: fixed sentences, no AI.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be sent, and send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Explain a shop's insights in words; texts that are up to date cost no new call."""
    from lucid_orchestration.explain.pipeline import Selection
    from lucid_orchestration.runs.explaining import explain_insights, preview_explanations

    with errors(as_json):
        paths = settings()
        name = find_dataset(paths.marts, paths.quality, dataset)
        for insight_id in insight_ids or ():
            insight(paths.insights, name, insight_id)
        selection = Selection(name, tuple(insight_ids or ()))
        ai = ai_settings(provider)
        if preview:
            # without a provider: what the usual one would get
            asked = ai_settings("openai") if ai.provider == "none" else ai
            requests = preview_explanations(paths, asked, selection)
            if as_json:
                print_json({"sent": False, "requests": [asdict(one) for one in requests]})
            else:
                screens.print_preview(Screen(), requests)
            return
        with progress(as_json) as report:
            rows, run = explain_insights(paths, ai, selection, report)
        texts = [unpacked(row) for row in rows]
        if as_json:
            print_json({"dataset_id": name, "explanations": texts, "usage": _usage(run)})
        else:
            screens.print_explanations(Screen(), texts)
        if provider is not None and run is not None:
            _require_a_text(provider, texts)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check versions, data folder, database, results, last run and AI provider."""
    from lucid_orchestration.terminal.doctor import diagnose

    with errors(as_json):
        checks = diagnose(settings())
        broken = [check for check in checks if check.status == "problem"]
        if as_json:
            print_json({"healthy": not broken, "checks": [asdict(check) for check in checks]})
        else:
            screens.print_checks(Screen(), checks)
        if broken:
            raise typer.Exit(ProcessingFailedError.exit_code)


def _require(value: str | None, choices: tuple[str, ...], option: str) -> None:
    if value is not None and value not in choices:
        raise BadRequestError(
            f"{option} {value!r} is not known. Choose one of: {', '.join(choices)}."
        )


def _require_a_text(provider: str, texts: list[dict[str, Any]]) -> None:
    """A provider that was asked for by name and wrote nothing is an error, after the templates."""
    reasons = sorted({text["template_reason"] for text in texts if text["template_reason"]})
    if reasons and all(text["text_source"] == "template" for text in texts):
        raise ProviderUnavailableError(
            f"{provider} wrote no text ({', '.join(reasons)}); these are the templates."
        )


def _usage(run: "ExplainRun | None") -> dict[str, Any] | None:
    """What wording took; None when it was not tried."""
    if run is None:
        return None
    return {name: value for name, value in asdict(run).items() if name != "rows"}
