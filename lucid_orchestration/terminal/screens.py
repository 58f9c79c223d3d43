"""What the command line prints for people; every number comes ready from the Parquet files."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lucid_orchestration.explain.credit import credit
from lucid_orchestration.figures import cell, heading, money_at_stake
from lucid_orchestration.formatting import counted, quantity, visible
from lucid_orchestration.ingest.raw_tables import FIELDS
from lucid_orchestration.terminal.grid import print_grid
from lucid_orchestration.terminal.output import say
from lucid_orchestration.warehouse.datasets import usual_currency

if TYPE_CHECKING:
    from lucid_orchestration.explain.pipeline import Preview
    from lucid_orchestration.ingest.inbox_changes import AddedFile
    from lucid_orchestration.ingest.inspection import Inspection
    from lucid_orchestration.insights.knowing import Term
    from lucid_orchestration.insights.pipeline import ListedRule
    from lucid_orchestration.insights.rules import RuleBook, RuleProblem
    from lucid_orchestration.runs.doctor import Check
    from lucid_orchestration.runs.refresh import RunSummary

_TOP_INSIGHTS = 3
_LINES_SHOWN = 10
_CONVENTIONS = {
    "ymd": "year, month, day",
    "dmy": "day, month, year",
    "mdy": "month, day, year",
    "serial": "Excel's day numbers",
    ".": "a point before the decimals",
    ",": "a comma before the decimals",
}
_DEMONSTRATION = (
    "This is a demonstration. No AI is involved: a small server on this machine answers every "
    "request with the same fixed sentences. Nothing of it is kept or shown in the report."
)
_CHECK_STYLES = {"ok": "green", "note": "yellow", "problem": "red"}


def print_run(console: Console, summary: "RunSummary") -> None:
    """What a run read, refused and found, and where to look next."""
    if summary.copied_example is not None:
        say(
            console,
            "The inbox was empty, so an invented shop was put there to look at: "
            f"{summary.copied_example}. Replace it by your own files.",
        )
    if summary.was_current:
        say(console, f"Nothing changed; everything is up to date ({summary.seconds:.1f} s).")
    used = [file for file in summary.files if _is_used(file)]
    say(
        console,
        f"{counted(len(summary.files), 'file')} in the inbox, {quantity(len(used))} used. "
        f"{counted(summary.rows_accepted, 'row')} accepted, "
        f"{quantity(summary.rows_rejected)} rejected.",
    )
    # a shop that counts its stock every month has an older list for each
    unused = [
        file for file in summary.files if not _is_used(file) and file["reason"] != "newer_list"
    ]
    _say_first(
        console,
        [
            f"  {file['dataset_id']}/{file['file_name']}: {file['status']}. "
            f"{file['message'] or 'None of its rows counted.'}"
            for file in unused
        ],
    )
    _say_first(
        console,
        [
            f"  {reject.dataset_id}: {quantity(reject.row_count)} × {reject.message}"
            for reject in summary.rejects
        ],
    )
    for dataset_id in dict.fromkeys(row["dataset_id"] for row in summary.insights):
        rows = [row for row in summary.insights if row["dataset_id"] == dataset_id]
        console.print()
        say(console, f"{dataset_id}: first of {counted(len(rows), 'insight')}", style="bold")
        for row in rows[:_TOP_INSIGHTS]:
            note = _money_note(row, summary.currencies.get(dataset_id) or usual_currency())
            say(console, f"  {row['title']}{note}")
    console.print()
    for page in summary.reports:
        say(console, f"Open {page}")
    if not summary.was_current:
        say(console, f"Done in {summary.seconds:.1f} s.")


def _is_used(file: Mapping[str, Any]) -> bool:
    """Whether at least one row of a file counts."""
    return file["status"] == "accepted" and bool(file["rows_accepted"])


def print_added(console: Console, files: "Sequence[AddedFile]") -> None:
    """Where the files are now."""
    for file in files:
        say(console, f"{'Copied to' if file.was_new else 'Already there:'} {file.path}")
    say(console, "Now run: lucid run")


def print_inspection(console: Console, found: "Inspection") -> None:
    """What a file would be read as: layout, columns and their conventions, problems, first rows."""
    file = found.file
    if file.message is not None:
        say(console, f"{file.name}: {file.status}. {file.message}", style="red")
        for issue in found.issues:
            if issue["message"] != file.message:
                say(console, f"  {issue['severity']}. {issue['message']}")
        return
    say(
        console,
        f"{file.name}: a {file.kind} list, layout {found.profile}, headings in row "
        f"{found.header_row}, {counted(file.rows, 'row')} below.",
    )
    console.print()
    _print_columns(console, found.columns)
    conventions: dict[tuple[str, str], list[str]] = {}
    for column in found.columns:
        if column["convention"] is not None:
            key = (column["convention"], column["evidence"])
            conventions.setdefault(key, []).append(column["header"])
    for (convention, evidence), headings in conventions.items():
        meaning = _CONVENTIONS.get(convention, convention)
        say(console, f"  {', '.join(headings)}: {meaning}. {evidence}")
    proofs = dict.fromkeys(column["proof"] for column in found.columns if column["proof"])
    for proof in proofs:
        say(console, f"  Proof: {proof}")
    if file.kind == "sales" and found.profile in ("generic", "mapping") and not proofs:
        say(console, "  No second figure proves the money columns: their headings decided.")
    for issue in found.issues:
        if issue["code"] != "unused_columns":  # they stand among the columns
            say(console, f"  {issue['severity']}. {issue['message']}", style="yellow")
    for kind, rows in found.rows.items():
        console.print()
        say(console, f"First rows of {kind}, as found:")
        for row in rows:
            filled = (f"{name} {row[name]}" for name in FIELDS[kind] if row.get(name) is not None)
            say(console, f"  row {row['row_number']}: {' · '.join(filled)}")


def _print_columns(console: Console, columns: Sequence[Mapping[str, Any]]) -> None:
    """A line per column that is used, one for all others; sheets that agree share their lines."""
    sheets: dict[tuple[str, str | None], list[str]] = {}
    for column in columns:
        sheets.setdefault((column["header"], column["field"]), []).append(column["sheet"])
    all_sheets = {column["sheet"] for column in columns}
    unused = []
    for (header, field), named in sheets.items():
        place = "" if len(named) == len(all_sheets) else f"{', '.join(named)}: "
        if field is None:
            unused.append(f"{place}{header}")
        else:
            say(console, f"  {place}{header} → {field}")
    if unused:
        say(console, f"  Not used: {', '.join(unused)}")


def print_removed(console: Console, moved: Sequence[Path]) -> None:
    """Where the files went."""
    for path in moved:
        say(console, f"Moved to {path}")
    say(console, "Now run: lucid run")


def print_datasets(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """One line per shop."""
    if not found:
        say(console, "No shop yet. Put files into data/inbox/<shop>, then: lucid run")
        return
    columns = (
        "dataset_id",
        "as_of_date",
        "revenue",
        "gross_profit",
        "product_count",
        "file_count",
        "rows_accepted",
        "rows_rejected",
    )
    print_grid(console, columns, found, usual_currency())


def print_dataset(console: Console, content: Mapping[str, Any]) -> None:
    """One shop: its totals, its files, and what was said about them."""
    currency = content.get("currency") or usual_currency()
    for column, value in content.items():
        if column not in {"files", "issues"}:
            say(console, f"{heading(column):<28} {cell(column, value, currency)}")
    console.print()
    columns = (
        "file_name",
        "kind",
        "profile",
        "status",
        "rows_accepted",
        "rows_rejected",
        "rows_tested",
        "rows_explained",
    )
    print_grid(console, columns, content["files"], currency)
    for issue in content["issues"]:
        say(console, f"  {issue['file_name']}: {issue['severity']}. {issue['message']}")


def print_rows(
    console: Console,
    mart: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    currency: str,
) -> None:
    """The columns of a mart that fit on a screen."""
    if not rows:
        say(console, f"{mart} has no row for this question.")
        return
    print_grid(console, columns, rows, currency)


def print_side_by_side(
    console: Console, figures: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """A column per shop, each figure in the shop's own currency."""
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", *(str(row["dataset_name"]) for row in rows)):
        grid.add_column(Text(visible(title)), justify="right" if title else "left", overflow="fold")
    for name in figures:
        cells = (cell(name, row[name], str(row["currency"])) for row in rows)
        grid.add_row(heading(name), *(Text(visible(text)) for text in cells))
    console.print(grid)


def print_insights(
    console: Console,
    rows: Sequence[Mapping[str, Any]],
    currency: str,
    resolved: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Insights, best first, and below them what is settled since last time."""
    if rows:
        columns = ("rank", "title", "category", "confidence", "estimated_impact", "insight_id")
        print_grid(console, columns, rows, currency)
    else:
        say(console, "No insight for this question.")
    if resolved:
        say(console, "Settled since last time", style="bold")
        _say_first(console, [f"  {row['summary']}" for row in resolved])


def print_rules(
    console: Console,
    rules: "Sequence[ListedRule]",
    shops: "Mapping[str, Sequence[Term]]",
    problems: "Sequence[RuleProblem]",
) -> None:
    """The rules with their limits, what each shop says of itself, and what was left out."""
    listed = [
        {
            "rule": rule.rule_id,
            "category": rule.category,
            "about": rule.entity_type,
            "fires at": _limits(rule.parameters),
            "clears at": _limits(rule.clears_at),
        }
        for rule in rules
    ]
    print_grid(
        console, ("rule", "category", "about", "fires at", "clears at"), listed, usual_currency()
    )
    for rule in rules:
        for dataset_id, changed in rule.changed.items():
            say(console, f"{rule.rule_id} in {dataset_id or 'every shop'}: {_limits(changed)}")
    for dataset_id, terms in shops.items():
        say(console, f"{dataset_id}, by its lucid.yml:", style="bold")
        for term in terms:
            basis = "" if term.is_told else f" (assumed; {term.key} decides {term.decides})"
            say(console, f"  {term.label}: {term.value}{basis}")
    for problem in problems:
        say(console, problem.sentence, style="yellow")


def print_rule_check(console: Console, book: "RuleBook") -> None:
    """What is usable of a rule file, and what is not."""
    for rule in book.rules:
        say(console, f"{rule.id}: usable", style="green")
    for problem in book.problems:
        say(console, problem.sentence, style="red")
    if not book.rules and not book.problems:
        say(console, "The file holds no rule.")


def _limits(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in parameters.items()) or "–"


def print_insight(console: Console, row: Mapping[str, Any], currency: str) -> None:
    """One insight: what, how sure, the numbers behind it, what to do."""
    say(console, row["title"], style="bold")
    say(console, row["summary"])
    say(console, f"To do: {row['recommended_action']}")
    say(
        console,
        f"{heading(row['category'])}, {row['severity']} severity, {row['confidence']} confidence "
        f"({row['confidence_score']} of 100){_money_note(row, currency)}",
    )
    for reason in row["confidence_reasons"] or ():
        say(console, f"  {reason['sentence']}")
    metrics = row["supporting_metrics"] or ()
    if metrics:
        console.print()
        print_grid(console, ("name", "value", "unit", "table"), metrics, currency)
    if row["explanation"] is not None:
        console.print()
        print_explanations(console, [row["explanation"]])


def print_explanations(console: Console, texts: Sequence[Mapping[str, Any]]) -> None:
    """Texts, whether a template or a model wrote them, and a template beside a model's."""
    if any(text["provider"] == "demo" for text in texts):
        say(console, _DEMONSTRATION, style="bold yellow")
        console.print()
    for text in texts:
        say(console, text["headline"], style="bold")
        say(console, text["explanation"])
        say(console, text["guidance"])
        say(console, f"{credit(text)}.", style="dim")
        if text["text_source"] == "ai":
            plain = f"{text['template_explanation']} {text['template_guidance']}"
            say(console, f"The same without AI: {plain}")
        if text["text_source"] == "template" and text["template_reason"]:
            say(console, f"No text by AI: {text['template_reason']}.", style="dim")
        console.print()


def print_preview(console: Console, requests: "Sequence[Preview]") -> None:
    """Requests as they would be sent, body and all."""
    for request in requests:
        say(
            console,
            f"{request.insight_id}: to {request.host}, model {request.model}",
            style="bold",
        )
        for line in json.dumps(request.body, ensure_ascii=False, indent=2).split("\n"):
            say(console, line)
        console.print()
    say(console, f"{counted(len(requests), 'request')}; nothing was sent.")


def print_checks(console: Console, checks: "Sequence[Check]") -> None:
    """One line per check."""
    for check in checks:
        console.print(
            Text.assemble(
                (f"{check.status:<8}", _CHECK_STYLES[check.status]),
                visible(f"{check.name:<12} {check.message}"),
            ),
            soft_wrap=True,
        )


def _say_first(console: Console, lines: Sequence[str]) -> None:
    for line in lines[:_LINES_SHOWN]:
        say(console, line)
    if len(lines) > _LINES_SHOWN:
        say(
            console,
            f"  … and {quantity(len(lines) - _LINES_SHOWN)} more; see `lucid datasets <shop>`",
        )


def _money_note(row: Mapping[str, Any], currency: str) -> str:
    notes = money_at_stake(row, currency)
    return f" ({', '.join(notes)})" if notes else ""
