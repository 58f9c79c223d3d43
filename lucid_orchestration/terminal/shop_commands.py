"""Commands about one shop's files and answers, beside those that read and show."""

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import pyarrow.parquet as pq
import typer

from lucid_orchestration.errors import BadRequestError
from lucid_orchestration.settings import settings
from lucid_orchestration.terminal import screens
from lucid_orchestration.terminal.output import Screen, errors, print_json, print_rows_json, say
from lucid_orchestration.warehouse.contracts import described
from lucid_orchestration.warehouse.datasets import find_dataset
from lucid_orchestration.warehouse.gathering import gather, open_current
from lucid_orchestration.warehouse.insights import insight
from lucid_orchestration.warehouse.show import MOST_ROWS, Options, show

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Dataset = Annotated[str, typer.Argument(help="The shop: the name of its folder in the inbox.")]

_COMPARED = (
    "currency",
    "as_of_date",
    "revenue",
    "gross_profit",
    "profit_margin",
    "month_revenue",
    "month_revenue_year_change",
    "stock_value",
    "dead_stock_value",
    "product_count",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (add, remove, export, snooze, compare, mapping):
        app.command()(command)


def add(
    files: Annotated[list[Path], typer.Argument(help="Files to copy into the inbox.")],
    dataset: Annotated[str, typer.Option(help="The shop they belong to.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of files of the same name.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy files into a shop's inbox folder; `lucid run` then reads them."""
    from lucid_orchestration.ingest.inbox_changes import add_files

    with errors(as_json):
        added = add_files(settings().inbox, dataset, files, replace)
        if as_json:
            print_json({"files": [asdict(file) for file in added]})
        else:
            screens.print_added(Screen(), added)


def remove(
    dataset: Dataset,
    file: Annotated[str | None, typer.Argument(help="One file of it, by its name.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move a shop's files, or one, to data/trash; `lucid run` then drops the lines."""
    from lucid_orchestration.ingest.inbox_changes import remove_dataset, remove_file

    with errors(as_json):
        paths = settings()
        if not yes and (as_json or not sys.stdin.isatty()):
            raise BadRequestError("Nobody is there to confirm. Repeat with --yes.")
        what = f"all files of {dataset}" if file is None else f"{file} of {dataset}"
        if not yes and not typer.confirm(f"Move {what} to {paths.trash}?"):
            raise BadRequestError("Nothing was removed.")
        moved = (
            remove_dataset(paths.inbox, paths.trash, dataset)
            if file is None
            else (remove_file(paths.inbox, paths.trash, dataset, file),)
        )
        if as_json:
            print_json({"moved_to": list(moved)})
        else:
            screens.print_removed(Screen(), moved)


def export(
    dataset: Dataset,
    answer: Annotated[str, typer.Argument(help="Which table: best_sellers, dead_stock, …")],
    to: Annotated[Path, typer.Option("--to", help="FILE.csv, FILE.xlsx or FILE.parquet.")],
    period: Annotated[str | None, typer.Option(help="As for `lucid show`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write all rows of an answer to a file for a spreadsheet or a program."""
    from lucid_orchestration.storage import replace_file
    from lucid_orchestration.warehouse.export import exported

    with errors(as_json):
        paths = settings()
        gather(paths)
        mart = answer.replace("-", "_")
        name = find_dataset(paths.marts, paths.quality, dataset)
        table = show(paths.marts, mart, name, Options(limit=MOST_ROWS, period=period))
        schema = pq.read_schema(paths.marts / f"{mart}.parquet")
        content = exported(table, to.suffix.casefold().removeprefix("."), schema)
        replace_file(to, lambda draft: _write(draft, content))
        if as_json:
            print_json({"file": to, "rows": len(table.rows)})
        else:
            say(Screen(), f"{len(table.rows)} rows are in {to}")


def snooze(
    dataset: Dataset,
    insight_id: Annotated[str, typer.Argument(help="The insight, as `lucid insights` names it.")],
    until: Annotated[str | None, typer.Option(help="Not shown before this day.")] = None,
    done: Annotated[bool, typer.Option("--done", help="Not shown while it goes on.")] = False,
    not_useful: Annotated[bool, typer.Option("--not-useful", help="Never shown again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put an insight aside, or with no option show it again; the next `lucid run` follows it."""
    from lucid_orchestration.ingest.inbox_changes import new_dataset_folder
    from lucid_orchestration.insights.feedback import Said
    from lucid_orchestration.insights.keeping import say as keep
    from lucid_orchestration.warehouse.datasets import as_of_date

    with errors(as_json):
        paths = settings()
        if sum([until is not None, done, not_useful]) > 1:
            raise BadRequestError("Give one of --until, --done and --not-useful.")
        gather(paths)
        name = find_dataset(paths.marts, paths.quality, dataset)
        found = insight(paths.insights, name, insight_id)
        said = Said(
            snoozed_until=None if until is None else _day(until),
            done_on=as_of_date(paths.marts, name) if done else None,
            not_useful=not_useful,
        )
        keep(new_dataset_folder(paths.inbox, name), insight_id, said)
        if as_json:
            print_json({"insight_id": insight_id, **said.model_dump()})
        else:
            say(Screen(), f"Kept: {found['title']}. `lucid run` follows it.")


def compare(
    datasets: Annotated[list[str] | None, typer.Argument(help="Shops; all without.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show shops side by side, each in its own currency; nothing is added up."""
    from lucid_orchestration.warehouse.products import compared_shops

    with errors(as_json), open_current(settings()) as snapshot:
        rows = compared_shops(snapshot.marts, snapshot.quality, datasets or ())
        if as_json:
            schema = described("marts", "dataset_summary", list(rows[0]) if rows else [])
            print_rows_json(rows, len(rows), snapshot.id, schema)
        else:
            screens.print_side_by_side(Screen(), _COMPARED, rows)


def mapping(
    dataset: Dataset,
    file: Annotated[str, typer.Argument(help="A file of the shop, by its name.")],
    as_json: AsJson = False,
) -> None:
    """Show what a shop's file is read as, and what to paste into mapping.yml to change it."""
    from lucid_orchestration.ingest.inbox import dataset_folder, dataset_slug
    from lucid_orchestration.ingest.inspection import inspect_file
    from lucid_orchestration.ingest.layout.mapping import FileMapping
    from lucid_orchestration.ingest.layout.mapping_text import snippet

    with errors(as_json):
        paths = settings()
        path = dataset_folder(paths.inbox, dataset_slug(dataset)) / file
        found = inspect_file(paths.inbox, path, dataset, 3, paths.raw)
        columns = {str(one["header"]): str(one["field"] or "ignore") for one in found.columns}
        kind = found.file.kind
        said = FileMapping.model_validate({"columns": columns, **({"kind": kind} if kind else {})})
        text = snippet(file, said)
        if as_json:
            print_json({**asdict(found), "mapping": text})
            return
        screen = Screen()
        screens.print_inspection(screen, found)
        say(screen, f"To change it, paste this into {path.parent / 'mapping.yml'} and edit it:")
        for line in text.splitlines():
            say(screen, line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequestError(f"--until {text!r} is no day. Write it as 2026-12-31.") from None


def _write(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)
