"""Revenue month by month, and how the trend is by the tests on complete months."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lucid_orchestration.formatting import compared, money, month, quantity
from lucid_orchestration.report import lines
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
from lucid_orchestration.report.lines import RECENT_MONTHS
from lucid_orchestration.settings import project_vars

_ORDER = ("store", "category", "product")
_MONTHS_LISTED = 12
_SIGNALS = {"rising": "Rising", "declining": "Declining"}


def by_month(months: Rows, shop: Shop) -> Section:
    """Revenue month by month, from the store's rows of `trends`."""
    anchor, question = "months", "Revenue by month"
    complete = sorted(
        (row for row in months if row["is_complete"]), key=lambda row: row["month"], reverse=True
    )
    if not complete:
        answer = "No month is complete yet." if months else "No sales yet."
        return Section(anchor, question, answer)
    newest = complete[0]
    change = newest["revenue_year_change"]
    against = "" if change is None else f", {compared(change, 'a year before')}"
    answer = f"{money(newest['revenue'], shop.currency)} in {month(newest['month'])}{against}."
    return Section(
        anchor,
        question,
        answer,
        pictures(
            (
                lines.monthly_revenue(months, shop.currency),
                "Blue line: revenue of each month. Orange dashes: the same month a year before.",
            ),
        ),
        Table(
            first_rows("Complete months, the newest first", len(complete), _MONTHS_LISTED),
            (
                Column("Month"),
                Column("Revenue", True),
                Column("A year before", True),
                Column("Change", True),
            ),
            tuple(
                Row(
                    (
                        Cell(month(row["month"])),
                        Cell(money(row["revenue"], shop.currency)),
                        Cell(money(row["revenue_year_ago"], shop.currency)),
                        Cell(signed(row["revenue_year_change"])),
                    )
                )
                for row in complete[:_MONTHS_LISTED]
            ),
        ),
        notes(
            "The hollow point is a month whose sales are not all there; no trend rests on it."
            if len(complete) < len(months)
            else "",
        ),
    )


def trend(months: Rows, categories: Rows, signals: Rows, shop: Shop) -> Section:
    """How the trend is, from the store's and the categories' `trends`, and all `trend_signals`."""
    anchor, question = "trend", "How is the trend?"
    if not months:
        return Section(anchor, question, "No sales yet.")
    store = next((row for row in signals if row["entity_type"] == "store"), None)
    moving = sorted(
        (row for row in signals if row["signal"] in _SIGNALS),
        key=lambda row: (
            _ORDER.index(row["entity_type"]),
            -abs((row["recent_revenue"] or Decimal(0)) - (row["previous_revenue"] or Decimal(0))),
            row["entity_id"],
        ),
    )
    table = Table(
        first_rows("Revenue of what really moves, beyond the usual ups and downs", len(moving)),
        (
            Column("Name"),
            Column("Direction"),
            Column(f"Last {RECENT_MONTHS} months", True),
            Column("A year before", True),
            Column("Change", True),
            Column("How sure"),
        ),
        tuple(
            Row(
                (
                    entity(row, shop),
                    Cell(_SIGNALS[row["signal"]]),
                    Cell(money(row["recent_revenue"], shop.currency)),
                    Cell(money(row["previous_revenue"], shop.currency)),
                    Cell(signed(row["revenue_change"])),
                    Cell(str(row["confidence"]).capitalize()),
                )
            )
            for row in moving[:ROWS_SHOWN]
        ),
    )
    return Section(
        anchor,
        question,
        _trend_answer(store, moving),
        pictures(
            (
                lines.category_trend(categories),
                "Revenue of the largest categories by month, each against its own best month."
                f" Beside: the last {number_word(RECENT_MONTHS)} months against a year before.",
            ),
        ),
        table if moving else None,
        definition=(
            f"Rising or declining: {number_word(RECENT_MONTHS)} complete months differ from the"
            " same months a year before by more than the usual ups and downs. With less history, a"
            " steady slope must show."
        ),
    )


def _trend_answer(store: Mapping[str, Any] | None, moving: Rows) -> str:
    if store is None or store["signal"] == "insufficient_history":
        needed = number_word(project_vars()["signal_min_months"])
        return f"It cannot be told yet: a trend needs {needed} complete months of sales."
    whole = {
        "rising": "The shop's revenue is rising.",
        "declining": "The shop's revenue is declining.",
        "stable": "The shop's revenue is stable: its ups and downs are the usual ones.",
    }[store["signal"]]
    goods = [row for row in moving if row["entity_type"] == "product"]
    up = sum(row["signal"] == "rising" for row in goods)
    down = len(goods) - up
    if not goods:
        return f"{whole} No product clearly rises or declines."
    rising = f"{products(up)} {'is' if up == 1 else 'are'} rising"
    return f"{whole} {rising}, {quantity(down)} {'is' if down == 1 else 'are'} declining."
