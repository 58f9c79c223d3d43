"""The `lucid` command: a thin shell over what the Dagster assets call too.

Each command imports what it needs: showing a table must not wait for dbt or the chart engine.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lucid_orchestration.errors import (
    FAILURES,
    BadRequestError,
    NotFoundError,
    ProviderUnavailableError,
)
from lucid_orchestration.insights.tables import INSIGHTS
from lucid_orchestration.settings import ai_settings, broker, desk_password, settings
from lucid_orchestration.terminal import project_commands, run_commands, screens, shop_commands
from lucid_orchestration.terminal.bill_screens import print_puzzles
from lucid_orchestration.terminal.output import (
    Commands,
    Screen,
    errors,
    print_json,
    print_rows_json,
    progress,
    say,
    say_anything,
)
from lucid_orchestration.version import DISTRIBUTION, VERSION
from lucid_orchestration.warehouse.contracts import described, described_schema
from lucid_orchestration.warehouse.datasets import (
    currency,
    dataset_ids,
    dataset_totals,
    find_dataset,
)
from lucid_orchestration.warehouse.gathering import open_current
from lucid_orchestration.warehouse.insights import (
    CATEGORIES,
    CONFIDENCES,
    chosen_insights,
    insight,
    settled_insights,
    unpacked,
)
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.show import MOST_ROWS, Options, check_request, show_page

if TYPE_CHECKING:
    from lucid_orchestration.explain.pipeline import ExplainRun

app = typer.Typer(
    name="lucid",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

rules_app = typer.Typer(no_args_is_help=False, pretty_exceptions_enable=False)
app.add_typer(rules_app, name="rules")
run_commands.register(app)
shop_commands.register(app)
project_commands.register(app)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Dataset = Annotated[str, typer.Argument(help="The shop: the name of its folder in the inbox.")]


def main() -> None:
    """Entry point of the `lucid` command."""
    say_anything()
    app()


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lucid {VERSION}")
        raise typer.Exit


@app.callback()
def lucid(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turns a shop's files into answers. Put them into data/inbox/<shop>, then: lucid run"""


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
            print_puzzles(Screen(), found.puzzles)


@app.command()
def datasets(
    dataset: Annotated[str | None, typer.Argument(help="One shop, in detail.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the shops, or one shop's totals and files."""
    with errors(as_json), open_current(settings()) as snapshot:
        if dataset is None:
            found = [
                dataset_totals(snapshot.marts, snapshot.quality, name)
                for name in dataset_ids(snapshot.marts, snapshot.quality)
            ]
            if as_json:
                columns = list(found[0]) if found else []
                schema = described("marts", "dataset_summary", columns)
                print_rows_json(found, len(found), snapshot.id, schema)
            else:
                screens.print_datasets(Screen(), found)
            return
        name = find_dataset(snapshot.marts, snapshot.quality, dataset)
        where = {"dataset_id": name}
        files = select_rows(snapshot.quality / "source_files.parquet", where, ("file_name",))
        issues = select_rows(
            snapshot.quality / "file_issues.parquet", where, ("file_name", "severity", "message")
        )
        content = {
            **dataset_totals(snapshot.marts, snapshot.quality, name),
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
    with errors(as_json), open_current(settings()) as snapshot:
        shown = check_request(mart, options)
        name = find_dataset(snapshot.marts, snapshot.quality, dataset)
        page = show_page(snapshot.marts, mart, name, options, 0)
        table = page.table
        if as_json:
            schema = described("marts", mart, table.columns)
            asked = {"mart": mart, "dataset_id": name}
            print_rows_json(table.records(), page.total, snapshot.id, schema, **asked)
        else:
            chosen, money = shown.screen(table.columns, metric), currency(snapshot.marts, name)
            screens.print_rows(Screen(), mart, chosen, table.records(), money)


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
    with errors(as_json), open_current(settings()) as snapshot:
        _require(category, CATEGORIES, "--category")
        _require(confidence, CONFIDENCES, "--confidence")
        name = find_dataset(snapshot.marts, snapshot.quality, dataset)
        if insight_id is not None:
            found = insight(snapshot.insights, name, insight_id)
            if as_json:
                print_json(found)
            else:
                screens.print_insight(Screen(), found, currency(snapshot.marts, name))
            return
        fitting = chosen_insights(snapshot.insights, name, category, confidence, "active")
        kept = fitting[:limit]
        over = settled_insights(snapshot.insights, name, category)
        if as_json:
            schema = described_schema(INSIGHTS, list(kept[0]) if kept else [])
            more = {"dataset_id": name, "resolved": over}
            print_rows_json(kept, len(fitting), snapshot.id, schema, **more)
        else:
            screens.print_insights(Screen(), kept, currency(snapshot.marts, name), over)


@rules_app.callback(invoke_without_command=True)
def list_rules(context: typer.Context, as_json: AsJson = False) -> None:
    """List the rules with their limits, and what each shop says of itself in its lucid.yml."""
    if context.invoked_subcommand is not None:
        return
    from lucid_orchestration.insights.knowing import shops_terms
    from lucid_orchestration.insights.pipeline import listed_rules

    with errors(as_json):
        found, problems = listed_rules(settings().inbox, own_rules=settings().rules)
        shops = shops_terms(settings().inbox)
        if as_json:
            print_json(
                {
                    "rules": [asdict(rule) for rule in found],
                    "shops": {
                        name: [asdict(one) for one in terms] for name, terms in shops.items()
                    },
                    "problems": [asdict(problem) for problem in problems],
                }
            )
        else:
            screens.print_rules(Screen(), found, shops, problems)


@rules_app.command("check")
def check_rules(
    file: Annotated[Path, typer.Argument(help="A rule file, as YAML.")],
    as_json: AsJson = False,
) -> None:
    """Check a rule file: its keys, its sentences, its SQL against the columns of the marts."""
    from lucid_orchestration.insights.checking import check_rule_file
    from lucid_orchestration.insights.rules import RULES_DIR, load_rules

    with errors(as_json):
        if not file.is_file():
            raise NotFoundError(f"There is no file {file}.")
        is_shipped = file.resolve().parent == RULES_DIR.resolve()
        taken = () if is_shipped else {rule.id for rule in load_rules(RULES_DIR).rules}
        book = check_rule_file(file, taken)
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
            raise typer.Exit(FAILURES[BadRequestError.kind].exit_code)


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
        with open_current(paths) as snapshot:
            name = find_dataset(snapshot.marts, snapshot.quality, dataset)
            for insight_id in insight_ids or ():
                insight(snapshot.insights, name, insight_id)
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
def desk(
    port: Annotated[
        int | None, typer.Option(help="8765 or the next free one unless given.", min=1, max=65535)
    ] = None,
    host: Annotated[
        str, typer.Option(help="Beyond this machine only with LUCID_DESK_PASSWORD set.")
    ] = "127.0.0.1",
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Another program whose pages may ask, such as tauri://localhost."),
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A further name other machines know this one by.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page.")] = True,
) -> None:
    """Open Lucid's pages on this machine: everything the command line can do is there."""
    from lucid_orchestration.desk.server import serve

    with errors(False):
        screen = Screen()
        serve(
            settings(),
            host,
            port,
            desk_password(),
            origin or [],
            name or [],
            lambda line: say(screen, line),
            browser,
        )


@app.command()
def worker(
    name: Annotated[str | None, typer.Option(help="What it is called among the workers.")] = None,
) -> None:
    """Take runs of single shops from the broker in LUCID_BROKER, until it is ended."""
    with errors(False):
        broker()
        try:
            from lucid_orchestration.assets.worker import work
        except ImportError as error:
            raise BadRequestError(
                f"What speaks to a broker is not installed ({error}). Run: pip install "
                f"'{DISTRIBUTION}[celery]'"
            ) from error
        work(name)


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
