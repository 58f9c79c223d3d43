"""What is seasonal: months, festivals, and how sure it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import UNKNOWN, day, month, month_name, quantity
from lucid_orchestration.report import charts
from lucid_orchestration.report.blocks import (
    ROWS_SHOWN,
    Cell,
    Column,
    Row,
    Rows,
    Section,
    Shop,
    Table,
    entity,
    first_rows,
    notes,
    number_word,
    pictures,
    products,
    signed,
)
from lucid_orchestration.settings import project_vars

_EVENTS_SHOWN = 3
_NOTABLE_LIFT = Decimal("1.1")
_YEARS_TO_GUESS = 2  # of which a season can be likely, not yet sure
_VERDICTS = {"confirmed": "Sure", "indicative": "Likely"}


def seasons(rows: Rows, events: Rows, shop: Shop) -> Section:
    """What is seasonal, from `seasonality` and the store's rows of `event_lift`."""
    anchor, question = "seasons", "What is seasonal?"
    found = [row for row in rows if row["verdict"] in _VERDICTS]
    # A product that only follows its category says nothing new
    found.sort(
        key=lambda row: (
            row["verdict"] != "confirmed",
            -(row["amplitude"] or Decimal(0)),
            row["entity_type"],
            row["entity_id"],
        )
    )
    if not rows:
        return Section(anchor, question, "No sales yet.")
    untold = sum(row["verdict"] not in (*_VERDICTS, "none") for row in rows)
    if untold == len(rows):
        is_young = any(row["verdict"] == "insufficient_history" for row in rows)
        return Section(
            anchor,
            question,
            "It cannot be told yet: a season shows after"
            f" {number_word(_YEARS_TO_GUESS)} full years of sales."
            if is_young
            else "It cannot be told: too little is sold in too few months.",
        )
    untold = sum(row["verdict"] not in (*_VERDICTS, "none") for row in rows if _is_product(row))
    kinds = [
        f"{quantity(number)} {one if number == 1 else many}"
        for kind, one, many in (
            ("category", "category", "categories"),
            ("product", "product", "products"),
        )
        if (number := sum(row["entity_type"] == kind for row in found))
    ]
    verb = "sells" if len(found) == 1 else "sell"
    answer = (
        f"{' and '.join(kinds)} {verb} more in the same months every year."
        if kinds
        else "Nothing sells more in the same months every year."
    )
    lifts = sorted(
        (row for row in events if row["lift"] is not None and row["lift"] >= _NOTABLE_LIFT),
        key=lambda row: (-row["lift"], row["event"]),
    )
    table = Table(
        first_rows(
            f"Seasons (sure: seen in {number_word(project_vars()['season_min_years'])} years;"
            f" likely: in {number_word(_YEARS_TO_GUESS)}), strong ones first",
            len(found),
        ),
        (
            Column("Name"),
            Column("Strong months"),
            Column("Weak months"),
            Column("Next peak"),
            Column("How sure"),
        ),
        tuple(
            Row(
                (
                    entity(row, shop),
                    Cell(_months(row["peak_months"])),
                    Cell(_months(row["low_months"])),
                    Cell(_known_month(row["next_peak_month"])),
                    Cell(_VERDICTS[row["verdict"]]),
                )
            )
            for row in found[:ROWS_SHOWN]
        ),
    )
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                charts.season_heatmap(rows),
                "100 is an average month of the year. Orange: sells more. Blue: sells less.",
            )
        ),
        table if found else None,
        notes(
            _lift_note(lifts),
            f"{products(untold)} sold too little or for too short a time to tell."
            if untold
            else "",
        ),
        definition=(
            "A season is a month that stands out from its year by more than chance explains, after"
            " the general trend is taken out."
        ),
    )


def _is_product(row: Mapping[str, Any]) -> bool:
    return bool(row["entity_type"] == "product")


def _lift_note(lifts: Rows) -> str:
    if not lifts:
        return ""
    named = [
        f"{row['event']} ({signed(row['lift'] - 1, 0)}, next {day(row['next_event_date'])})"
        if row["next_event_date"]
        else f"{row['event']} ({signed(row['lift'] - 1, 0)})"
        for row in lifts[:_EVENTS_SHOWN]
    ]
    return f"Days when the whole shop sells more than usual: {'; '.join(named)}."


def _months(numbers: Sequence[int] | None) -> str:
    """Months as ranges that may run over the new year: `Nov to Feb, Jun`."""
    present = set(numbers or ())
    if len(present) in (0, 12):
        return "all" if present else "none"
    parts = []
    for first in sorted(number for number in present if (number - 2) % 12 + 1 not in present):
        last = first
        while last % 12 + 1 in present:
            last = last % 12 + 1
        parts.append(
            month_name(first) if first == last else f"{month_name(first)} to {month_name(last)}"
        )
    return ", ".join(parts)


def _known_month(value: date | None) -> str:
    return month(value) if value else UNKNOWN
