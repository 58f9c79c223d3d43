"""What stands on the pages of one product, of files, of rules and of explanations."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from lucid_orchestration.desk.context import Desk, Shop
from lucid_orchestration.desk.looking import fields, inbox_file, looked_at, said_of, to_paste
from lucid_orchestration.desk.pages import views
from lucid_orchestration.desk.rules import all_rules, knowledge_of
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.errors import LucidError, UnprocessableError
from lucid_orchestration.explain.outbox import Outbox
from lucid_orchestration.explain.pipeline import Selection
from lucid_orchestration.ingest.inbox import SHOP_FILE, dataset_folder
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.layout.mapping_text import stated_text
from lucid_orchestration.ingest.outcomes import Row
from lucid_orchestration.ingest.reading import is_pdf
from lucid_orchestration.ingest.top_rows import top_rows
from lucid_orchestration.insights.feedback import said_in
from lucid_orchestration.report.blocks import window_in_words
from lucid_orchestration.runs.explaining import preview_explanations
from lucid_orchestration.settings import ai_settings
from lucid_orchestration.warehouse.datasets import usual_currency
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.presentation import presentation
from lucid_orchestration.warehouse.products import product
from lucid_orchestration.yml import StatedError, parse_stated

_SENT_SHOWN = 20
_REJECTED_SHOWN = 50
_LISTS = {
    "best_sellers": "How it sells",
    "profitability": "What it earns",
    "inventory_velocity": "How its stock moves",
    "dead_stock": "How long it has lain",
    "revenue_contribution": "Its part of the revenue",
    "seasonality": "Its season",
    "trend_signals": "Where it goes",
}
# What the page says at its top.
_LEFT_OUT = frozenset(
    {
        *("dataset_id", "product_id", "product_name", "category"),
        *("entity_type", "entity_id", "entity_name"),
    }
)


def silenced(desk: Desk, shop: Shop) -> dict[str, str]:
    """What is said of insights in the shop's lucid.yml, in words; nothing of a broken file."""
    folder = dataset_folder(desk.paths.inbox, shop.dataset_id)
    try:
        said = said_in(parse_stated(stated_text(folder / SHOP_FILE).encode()))
    except (StatedError, ValidationError, UnprocessableError):
        return {}
    words = {}
    for insight_id, one in said.items():
        if one.not_useful:
            words[insight_id] = "not useful"
        elif one.done_on is not None:
            words[insight_id] = f"done on {one.done_on.isoformat()}"
        elif one.snoozed_until is not None:
            words[insight_id] = f"snoozed until {one.snoozed_until.isoformat()}"
    return words


def product_view(snapshot: Snapshot, shop: Shop, product_id: str) -> dict[str, Any]:
    """One product: what it is, each answer's rows about it, and where its lines come from."""
    paths = snapshot.paths
    found = product(paths.marts, paths.insights, shop.dataset_id, product_id)
    currency = shop.currency or usual_currency()
    tables = []
    for mart, title in _LISTS.items():
        rows = _windows(mart, found[mart])
        if rows:
            columns = [
                column
                for column in rows[0]
                if column not in _LEFT_OUT and any(row[column] is not None for row in rows)
            ]
            tables.append({"title": title, **views.grid(rows[:36], columns, currency)})
    months = sorted(found["trends"], key=lambda row: row["month"], reverse=True)
    columns = ["month", "revenue", "revenue_year_ago", "quantity", "profit"]
    return {
        "product": found["product"],
        "currency": currency,
        "months": views.grid(months, columns, currency),
        "tables": tables,
        "insights": found["insights"],
    }


def _windows(mart: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an answer by period: its windows in their order and in words, and no months.

    Those have a list of their own.
    """
    period = presentation(mart).period
    if period is None:
        return [dict(row) for row in rows]
    kept = [
        {**row, period.column: window_in_words(window)}
        for window in period.windows
        for row in rows
        if row[period.column] == window
    ]
    return [{name: row[name] for name in row if name != period.month} for row in kept]


def files_view(snapshot: Snapshot, shop: Shop) -> dict[str, Any]:
    """Every file with its outcome, and the rows that were refused as the file shows them."""
    paths, where = snapshot.paths, {"dataset_id": shop.dataset_id}
    rejected = select_rows(
        paths.quality / "rejected_rows.parquet", where, ("file_name", "row_number")
    )
    reasons = Counter(row["message"] for row in rejected)
    return {
        "files": select_rows(paths.quality / "source_files.parquet", where, ("file_name",)),
        "issues": select_rows(
            paths.quality / "file_issues.parquet", where, ("severity desc", "file_name")
        ),
        "rejected": rejected[:_REJECTED_SHOWN],
        "rejected_count": len(rejected),
        "reasons": reasons.most_common(),
    }


def file_view(desk: Desk, snapshot: Snapshot, shop: Shop, file_id: str) -> dict[str, Any]:
    """One file: its columns as they are read beside what they are taken for, and its first rows.

    Raises:
        NotFoundError: when the shop has no such file.
    """
    file = inbox_file(desk, shop.dataset_id, file_id)
    paths = snapshot.paths
    where = {"dataset_id": shop.dataset_id, "source_file_id": file_id}
    rows = select_rows(paths.quality / "source_files.parquet", where)
    said = said_of(desk, file)
    look = looked_at(desk, file, None)
    kind = said.kind or look.file.kind or "sales"
    top = top_rows(file.path, said)
    columns = [dict(column) for column in look.columns] or _unread(top, said)
    return {
        "file": rows[0] if rows else {"file_name": file.name, "status": "waiting", "message": None},
        "file_id": file_id,
        "is_bill": is_pdf(file.path),
        "look": look,
        "columns": columns,
        "top": [{"number": row.number, "cells": list(row.cells)} for row in top],
        "header_row": look.header_row or said.header_row or _first_full(top),
        "said": said.model_dump(mode="json"),
        "fields": fields(),
        "kind": kind,
        "paste": to_paste(file.name, said),
        "rejected": select_rows(paths.quality / "rejected_rows.parquet", where, ("row_number",))[
            :_REJECTED_SHOWN
        ],
    }


def _first_full(top: Sequence[Row]) -> int | None:
    """The first row that could be headings."""
    return next((row.number for row in top if sum(map(bool, row.cells)) > 1), None)


def _unread(top: Sequence[Row], said: FileMapping) -> list[dict[str, Any]]:
    """The columns of a list nobody could read, by the row that is or could be its headings."""
    number = said.header_row or _first_full(top)
    cells = next((row.cells for row in top if row.number == number), ())
    told = {heading.strip(): field for heading, field in said.columns.items()}
    return [
        {"header": cell, "field": told.get(cell.strip())} for cell in dict.fromkeys(cells) if cell
    ]


def rules_view(desk: Desk, shop: Shop) -> dict[str, Any]:
    """The rules with this shop's limits."""
    content = all_rules(desk)
    rows = []
    for rule in content["rows"]:
        own: Mapping[str, Any] = {
            **rule["changed"].get("", {}),
            **rule["changed"].get(shop.dataset_id, {}),
        }
        limits = [
            {"name": name, "usual": usual, "value": own.get(name, usual)}
            for name, usual in rule["parameters"].items()
        ]
        rows.append({**rule, "limits": limits, "is_changed": bool(own)})
    return {
        "rules": rows,
        "problems": content["problems"],
        "knowledge": knowledge_of(desk, shop),
    }


def explanations_view(desk: Desk, snapshot: Snapshot, shop: Shop) -> dict[str, Any]:
    """Who words the texts, exactly what would be sent, what was sent, and what is left today."""
    texts = select_rows(
        snapshot.paths.insights / "ai_explanations.parquet", {"dataset_id": shop.dataset_id}
    )
    context: dict[str, Any] = {"texts": texts, "requests": [], "problem": None, "left": None}
    try:
        ai = ai_settings()
        asked = ai_settings("openai") if ai.provider == "none" else ai
        context["provider"] = ai
        requests = preview_explanations(desk.paths, asked, Selection(shop.dataset_id))
        context["requests"] = [
            {
                "insight_id": one.insight_id,
                "host": one.host,
                "body": json.dumps(one.body, indent=1, ensure_ascii=False),
            }
            for one in requests
        ]
        outbox = Outbox(desk.paths.ai_outbox, ai.daily_calls)
        context["left"] = max(0, ai.daily_calls - outbox.count_today())
    except LucidError as error:
        context["problem"] = str(error)
        context.setdefault("provider", None)
    context["sent"] = _sent(desk)
    return context


def _sent(desk: Desk) -> list[dict[str, Any]]:
    """The newest requests that left this machine."""
    lines: list[dict[str, Any]] = []
    for file in sorted(desk.paths.ai_outbox.glob("*.jsonl"), reverse=True)[:7]:
        try:
            content = file.read_text(encoding="utf-8").splitlines()
            lines += [json.loads(line) for line in reversed(content)]
        except (OSError, ValueError):
            continue
        if len(lines) >= _SENT_SHOWN:
            break
    return lines[:_SENT_SHOWN]
