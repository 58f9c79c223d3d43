"""What of the owner's files was used, and what was not, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from lucid_orchestration.formatting import counted, money, percent, quantity
from lucid_orchestration.report.blocks import (
    Cell,
    Column,
    Row,
    Rows,
    Shop,
    Table,
    first_rows,
    shortened,
)
from lucid_orchestration.settings import project_vars

_REJECTED_ROWS_SHOWN = 20
_FILES_SHOWN = 100
_ISSUES_SHOWN = 20
_ROW_TEXT_LENGTH = 120
_FILE_LENGTH = 60
_DOUBTS_SHOWN = 3
_MESSAGE_LENGTH = 600  # names of columns and files in it may be of any length
_OUTCOMES = {
    "refused": "Refused",
    "quarantined": "Set aside",
    "duplicate": "Same as another file",
    "superseded": "Replaced by a newer one",
}
_NOT_READ = frozenset({"refused", "quarantined"})
_KINDS = {
    "sales": "Sales",
    "inventory": "Stock",
    "products": "Product list",
    "purchases": "Purchases",
}


@dataclass(frozen=True)
class Quality:
    """What of the owner's files was used, and what was not."""

    sentence: str
    files: Table
    refused: Table
    reasons: Table
    rejected: Table
    issues: Table


def quality(source_files: Rows, issues: Rows, totals: Rows, rejected: pa.Table) -> Quality:
    """The quality of one shop's files, from its rows of the quality tables.

    `rejected` is a table: a shop may have more rejected rows than one wants as objects.
    """
    files = sorted(source_files, key=lambda row: (row["status"] == "accepted", row["file_name"]))
    refused = [row for row in files if row["status"] != "accepted"]
    counts = rejected.group_by(["reason", "message"]).aggregate([([], "count_all")]).to_pylist()
    counts.sort(key=lambda row: (-row["count_all"], row["reason"], row["message"]))
    first = rejected.sort_by(
        [(column, "ascending") for column in ("file_name", "sheet", "row_number", "row_text")]
    ).slice(0, _REJECTED_ROWS_SHOWN)
    return Quality(
        sentence=_quality_sentence(totals, len(files), len(refused)),
        files=Table(
            caption=first_rows("Files", len(files), _FILES_SHOWN),
            columns=(
                Column("File"),
                Column("Used as"),
                Column("Rows found", True),
                Column("Accepted", True),
                Column("Rejected", True),
                Column("Ignored", True),
            ),
            rows=tuple(_file_row(row) for row in files[:_FILES_SHOWN]),
        ),
        refused=Table(
            caption=first_rows("Files that were not used", len(refused), _FILES_SHOWN),
            columns=(Column("File"), Column("Outcome"), Column("Why, and what to do")),
            rows=tuple(
                Row(
                    (
                        Cell.name(row["file_name"]),
                        Cell(_OUTCOMES.get(row["status"], str(row["status"]))),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in refused[:_FILES_SHOWN]
            ),
        ),
        reasons=Table(
            caption="Why rows were rejected",
            columns=(Column("Rows", True), Column("Why, and what to do")),
            rows=tuple(
                Row(
                    (
                        Cell(quantity(row["count_all"])),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in counts
            ),
        ),
        rejected=Table(
            caption=first_rows("Rejected rows", rejected.num_rows, _REJECTED_ROWS_SHOWN),
            columns=(
                Column("File"),
                Column("Row", True),
                Column("What stands there"),
                Column("Why it was rejected"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell.name(_place(row)),
                        Cell(str(row["row_number"])),
                        Cell.name(row["row_text"] or "", _ROW_TEXT_LENGTH, wraps=True),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in first.to_pylist()
            ),
        ),
        issues=_issue_table(issues),
    )


def doubts(issues: Rows, shop: Shop) -> tuple[str, ...]:
    """What is to be known before the first figure is read: warnings about much of the revenue.

    What is said of many files is said once, with what it is worth in all of them.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in issues:
        if row["severity"] == "warning" and row["revenue_share"]:
            groups.setdefault(row["code"], []).append(row)
    found = []
    for same in groups.values():
        share = sum((row["revenue_share"] for row in same), Decimal(0))
        if share <= Decimal(str(project_vars()["doubt_share"])):
            continue
        first = min(same, key=lambda row: (-row["revenue_share"], row["file_name"]))
        amount = sum((row["amount"] for row in same), Decimal(0))
        others = len({row["file_name"] for row in same}) - 1
        more = f" and {counted(others, 'more file')}" if others else ""
        sentence = (
            f"{money(amount, shop.currency)} ({percent(min(share, Decimal(1)))} of the revenue), "
            f"{shortened(first['file_name'], _FILE_LENGTH)}{more}: "
            f"{shortened(first['message'], _MESSAGE_LENGTH)}"
        )
        found.append((-share, sentence))
    return tuple(sentence for _, sentence in sorted(found)[:_DOUBTS_SHOWN])


def unused(source_files: Rows) -> tuple[str, ...]:
    """Of a shop without a usable row: the files that were refused or set aside, and why."""
    files = sorted(
        (row for row in source_files if row["status"] in _NOT_READ),
        key=lambda row: str(row["file_name"]),
    )
    return tuple(
        f"{shortened(row['file_name'], _FILE_LENGTH)}: "
        f"{shortened(row['message'] or '', _MESSAGE_LENGTH)}"
        for row in files[:_DOUBTS_SHOWN]
    )


def _quality_sentence(totals: Rows, file_count: int, refused: int) -> str:
    if file_count == 0:
        return "There is no file yet. Put sales, stock or purchase files into this shop's folder."
    used = file_count - refused
    sentence = f"{quantity(used)} of {counted(file_count, 'file')} used."
    for total in totals:
        found = total["rows_found"]
        if not found:
            continue
        sentence += (
            f" Of {counted(found, 'row')} found, {quantity(total['rows_accepted'])}"
            f" {'was' if total['rows_accepted'] == 1 else 'were'} accepted,"
            f" {quantity(total['rows_rejected'])} rejected and"
            f" {quantity(total['rows_ignored'])} ignored on purpose"
            " (blank lines, repeated headings, totals)."
        )
    return sentence


def _file_row(row: Mapping[str, Any]) -> Row:
    outcome = _OUTCOMES.get(row["status"]) or _KINDS.get(row["kind"], str(row["kind"]))
    return Row(
        (
            Cell.name(row["file_name"]),
            Cell(outcome),
            *(
                Cell(quantity(row[column]))
                for column in ("rows_found", "rows_accepted", "rows_rejected", "rows_ignored")
            ),
        )
    )


def _issue_table(issues: Rows) -> Table:
    # A refusal stands among the files that were not used. The rest often says one thing of many
    # files: it is said once.
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    order = {"warning": 0, "note": 1}
    for row in sorted(
        (row for row in issues if row["severity"] in order),
        key=lambda row: (
            order[row["severity"]],
            row["code"],
            row["file_name"],
            row["row_number"] or 0,
            row["message"],
        ),
    ):
        groups.setdefault((row["severity"], row["code"]), []).append(row)
    rows = []
    for (severity, _), same in list(groups.items())[:_ISSUES_SHOWN]:
        others = len({row["file_name"] for row in same}) - 1
        more = f" and {counted(others, 'more file')}" if others else ""
        rows.append(
            Row(
                (
                    Cell(str(severity).capitalize()),
                    Cell.name(same[0]["file_name"], suffix=more),
                    Cell.name(same[0]["message"] or "", _MESSAGE_LENGTH, wraps=True),
                )
            )
        )
    return Table(
        caption="What else was noticed",
        columns=(Column("Kind"), Column("File"), Column("What")),
        rows=tuple(rows),
    )


def _place(row: Mapping[str, Any]) -> str:
    return f"{row['file_name']}, {row['sheet']}" if row["sheet"] else str(row["file_name"])
