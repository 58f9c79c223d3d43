"""One section per question an owner asks: the answer in a sentence, a chart, a short table."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any, TypeAlias

from lucid_orchestration.formatting import (
    UNKNOWN,
    day,
    days,
    money,
    month,
    month_name,
    percent,
    quantity,
)
from lucid_orchestration.report import charts
from lucid_orchestration.report.charts import shortened

Rows: TypeAlias = Sequence[Mapping[str, Any]]

_ROWS_SHOWN = 10
_EARNERS_SHOWN = 7
_EVENTS_SHOWN = 3
_NAME_LENGTH = 32
_FULL_LENGTH = 1000
_NOTABLE_LIFT = Decimal("1.1")

_RISKS = {
    "out": "Out of stock",
    "critical": "Runs out before an order arrives",
    "soon": "Order now",
}
_STATES = {
    "never_sold": "Never sold",
    "dead": "Does not sell any more",
    "off_season": "Waiting for its season",
}
_VERDICTS = {"confirmed": "Sure", "indicative": "Likely"}
_SIGNALS = {"rising": "Rising", "declining": "Declining"}
_PROFIT_STATUSES = {
    "no_cost": "Cost unknown",
    "partial_cost": "Cost partly known",
    "non_positive_revenue": "More came back than was sold",
}
_ENTITIES = {"store": " (whole shop)", "category": " (category)", "product": ""}


@dataclass(frozen=True)
class Shop:
    """Whose page it is."""

    name: str
    currency: str
    as_of_date: date | None


@dataclass(frozen=True)
class Column:
    """A column heading; figures stand to the right."""

    label: str
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    """A text to show; `full` is what a reader sees on pointing at it when it was cut."""

    text: str
    full: str | None = None
    wraps: bool = False

    @staticmethod
    def name(
        text: str, length: int = _NAME_LENGTH, *, suffix: str = "", wraps: bool = False
    ) -> "Cell":
        """A cell for a text of any length from a file."""
        short = shortened(text, length)
        full = text if len(text) <= _FULL_LENGTH else f"{text[: _FULL_LENGTH - 1]}…"
        return Cell(short + suffix, None if short == text else full, wraps)


@dataclass(frozen=True)
class Row:
    """The cells of one line, as many as the table has columns."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """A caption, headings and lines."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Picture:
    """An SVG and the sentence under it."""

    svg: str
    caption: str


@dataclass(frozen=True)
class Section:
    """One question and its answer; where there is no more, it cannot be said yet.

    `notes` say what the figures leave out, `definition` how they are worked out.
    """

    anchor: str
    question: str
    answer: str
    pictures: tuple[Picture, ...] = ()
    table: Table | None = None
    notes: tuple[str, ...] = ()
    definition: str = ""


def best_sellers(rows: Rows, shop: Shop) -> Section:
    """What sells best, from the rows of one period of `best_sellers`."""
    anchor, question = "best-sellers", "What sells best?"
    sold = sorted(rows, key=lambda row: int(row["rank_by_revenue"]))[:_ROWS_SHOWN]
    if not sold:
        return Section(anchor, question, "No sales yet.")
    is_recent = sold[0]["period_type"] != "all"
    period = f"In the 90 days to {day(_as_of(shop))}" if is_recent else "Over all months"
    first = sold[0]
    return Section(
        anchor,
        question,
        f"{period}, {_said(first['product_name'])} brought in most: "
        f"{money(first['total_revenue'], shop.currency)}, "
        f"{percent(first['revenue_share'])} of the revenue from products.",
        _pictures(
            (
                charts.top_products(rows, shop.currency),
                f"Revenue of the first ten products {period[0].lower()}{period[1:]}.",
            )
        ),
        Table(
            f"Best sellers by revenue {period[0].lower()}{period[1:]}"
            + ("; rank before: in the 90 days before that" if is_recent else ""),
            (
                Column("Rank", True),
                Column("Product"),
                Column("Units", True),
                Column("Revenue", True),
                Column("Share", True),
                *((Column("Rank before", True),) if is_recent else ()),
            ),
            tuple(
                Row(
                    (
                        Cell(str(row["rank_by_revenue"])),
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["total_quantity"])),
                        Cell(money(row["total_revenue"], shop.currency)),
                        Cell(percent(row["revenue_share"])),
                        *((Cell(_rank_before(row)),) if is_recent else ()),
                    )
                )
                for row in sold
            ),
        ),
        definition=(
            "Revenue is what customers paid after discounts and returns, without tax where the"
            " files tell it apart. Postage and other charges are no products."
        ),
    )


def revenue(products: Rows, concentration: Rows, shop: Shop) -> Section:
    """Where the revenue comes from, from 12 months of `revenue_contribution`."""
    anchor, question = "revenue", "Where does the revenue come from?"
    if not products:
        return Section(anchor, question, "No sales in the last 12 months.")
    vital = [row for row in products if row["abc_class"] == "A"]
    answer = (
        f"In 12 months {quantity(_count(vital))} of {quantity(_count(products))} products"
        f" brought in {percent(max(row['cumulative_share'] for row in vital), 0)} of the revenue."
        if vital
        else "In 12 months no product brought in more than came back."
    )
    for row in concentration:
        if row["top_1_share"] is not None:
            answer += f" The first product alone brought {percent(row['top_1_share'])}."
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for row in products:
        sums[row["category"]] = sums.get(row["category"], Decimal(0)) + row["revenue"]
        counts[row["category"]] = counts.get(row["category"], 0) + 1
    total = sum(sums.values(), Decimal(0))
    ranked = sorted(sums, key=lambda category: (-sums[category], category))
    return Section(
        anchor,
        question,
        answer,
        _pictures(
            (
                charts.pareto(products),
                "Part of the revenue over the number of products, best first.",
            )
        ),
        Table(
            _first("Revenue by category, 12 months", len(ranked)),
            (
                Column("Category"),
                Column("Products", True),
                Column("Revenue", True),
                Column("Share", True),
            ),
            tuple(
                Row(
                    (
                        Cell.name(category),
                        Cell(quantity(Decimal(counts[category]))),
                        Cell(money(sums[category], shop.currency)),
                        Cell(percent(sums[category] / total if total > 0 else None)),
                    )
                )
                for category in ranked[:_ROWS_SHOWN]
            ),
        ),
        definition=(
            "Products stand in the order of their revenue, and their shares are added up. The vital"
            " few end at the first mark (class A), the tail begins at the second (class C)."
        ),
    )


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
            "It cannot be told yet: a season shows after two full years of sales."
            if is_young
            else "It cannot be told: too little is sold in too few months.",
        )
    untold = sum(row["verdict"] not in (*_VERDICTS, "none") for row in rows if _is_product(row))
    kinds = [
        f"{quantity(Decimal(number))} {one if number == 1 else many}"
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
        _first(
            "Seasons (sure: seen in three years; likely: in two), strong ones first", len(found)
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
                    _entity(row, shop),
                    Cell(_months(row["peak_months"])),
                    Cell(_months(row["low_months"])),
                    Cell(_known_month(row["next_peak_month"])),
                    Cell(_VERDICTS[row["verdict"]]),
                )
            )
            for row in found[:_ROWS_SHOWN]
        ),
    )
    return Section(
        anchor,
        question,
        answer,
        _pictures(
            (
                charts.season_heatmap(rows),
                "Orange: sells more than in an average month. Blue: sells less."
                " The stronger the colour, the more.",
            )
        ),
        table if found else None,
        _said_notes(
            _lift_note(lifts),
            f"{_products(untold)} sold too little or for too short a time to tell."
            if untold
            else "",
        ),
        definition=(
            "A season is a month that stands out from its year by more than chance explains, after"
            " the general trend is taken out."
        ),
    )


def stock(rows: Rows) -> Section:
    """How fast stock moves, from `inventory_velocity`."""
    anchor, question = "stock", "How fast does stock move?"
    stocked = [row for row in rows if row["current_stock"] is not None]
    if not stocked:
        return Section(
            anchor,
            question,
            "It cannot be told: there is no stock list yet. Add one to the folder.",
        )
    order = list(_RISKS)
    urgent = [row for row in stocked if row["stockout_risk"] in _RISKS]
    shown = sorted(
        (row for row in stocked if row["days_of_cover"] is not None or row in urgent),
        key=lambda row: (
            order.index(row["stockout_risk"]) if row["stockout_risk"] in _RISKS else len(order),
            row["days_of_cover"] or Decimal(0),
            row["product_id"],
        ),
    )
    negative = sum(row["current_stock"] < 0 for row in stocked)
    answer = (
        f"{_products(len(urgent))} {'is' if len(urgent) == 1 else 'are'} out of stock"
        " or about to run out."
        if urgent
        else "No product is about to run out."
    )
    covers = [row["days_of_cover"] for row in stocked if row["days_of_cover"] is not None]
    if not covers and not urgent:
        answer = "It cannot be told yet: too little was sold to compare the stock with."
    if covers:
        answer = f"Half of the products last {days(median(covers))} or less. {answer}"
    return Section(
        anchor,
        question,
        answer,
        _pictures(
            (
                charts.stock_cover(rows),
                "Products by the days their stock lasts at present sales.",
            )
        ),
        Table(
            _first("What runs out first", len(shown)),
            (
                Column("Product"),
                Column("In stock", True),
                Column("Sold a day", True),
                Column("Lasts days", True),
                Column("Order", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["current_stock"])),
                        Cell(_rounded(row["daily_sales"], "0.01")),
                        Cell(_rounded(row["days_of_cover"], "1")),
                        Cell(quantity(row["suggested_order_quantity"])),
                        Cell(_RISKS.get(row["stockout_risk"], "Enough for now"), wraps=True),
                    )
                )
                for row in shown[:_ROWS_SHOWN]
            ),
        )
        if shown
        else None,
        _said_notes(
            _speed_note(stocked),
            f"{_products(negative)} with a stock below zero left out: the records are wrong there."
            if negative
            else "",
        ),
        definition=(
            "Lasts days: the stock divided by what is sold on a day it was there, in the last 90"
            " days. Order: what is missing to the next order, with a reserve for better days."
        ),
    )


def idle(rows: Rows, shop: Shop) -> Section:
    """What is not moving, from `dead_stock`."""
    anchor, question = "idle", "What is not moving?"
    if not rows:
        return Section(anchor, question, "It cannot be told: no stock list shows goods in stock.")
    still = sorted(
        (row for row in rows if row["stock_state"] in _STATES),
        key=lambda row: (
            -(row["estimated_value"] or Decimal(0)),
            -int(row["idle_days"]),
            row["product_id"],
        ),
    )
    lost = [row for row in still if row["stock_state"] != "off_season"]
    undated = sum(row["idle_days"] is None for row in rows)
    values = [row["estimated_value"] for row in lost if row["estimated_value"] is not None]
    worth = f", worth {money(sum(values, Decimal(0)), shop.currency)} at cost" if values else ""
    answer = (
        f"{_products(len(lost))} in stock {'has' if len(lost) == 1 else 'have'} stopped selling or"
        f" never sold{worth}."
        if lost
        else "It cannot be told: no file says when the goods came or sold."
        if undated == len(rows)
        else "Everything in stock sells, is new, or waits for its season."
    )
    is_valued = any(row["estimated_value"] is not None for row in rows)
    return Section(
        anchor,
        question,
        answer,
        _pictures(
            (
                charts.idle_stock(rows, shop.currency),
                f"{'Money in stock' if is_valued else 'Products in stock'} by days since goods last"
                f" moved.{' Orange: where goods do not sell any more.' if lost else ''}",
            )
        ),
        Table(
            _first("Stock that does not move, most money first", len(still)),
            (
                Column("Product"),
                Column("In stock", True),
                Column("Value", True),
                Column("Last sale"),
                Column("Idle days", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(quantity(row["current_stock"])),
                        Cell(money(row["estimated_value"], shop.currency)),
                        Cell(day(row["last_sale_date"]) if row["last_sale_date"] else "never"),
                        Cell(quantity(Decimal(row["idle_days"]))),
                        Cell(_STATES[row["stock_state"]], wraps=True),
                    )
                )
                for row in still[:_ROWS_SHOWN]
            ),
        )
        if still
        else None,
        _said_notes(
            f"The value of {_products(unvalued)} in stock is unknown: no cost."
            if (unvalued := sum(row["estimated_value"] is None for row in rows))
            else "",
            f"No date tells when {_products(undated)} moved." if undated else "",
        ),
        definition=(
            "Idle days count from the last sale or the last delivery, whichever is later. Value is"
            " the stock at cost."
        ),
    )


def profit(rows: Rows, shop: Shop) -> Section:
    """What earns money, from 12 months of `profitability`."""
    anchor, question = "profit", "What earns money?"
    if not rows:
        return Section(anchor, question, "No sales in the last 12 months.")
    known = sorted(
        (row for row in rows if row["gross_profit"] is not None),
        key=lambda row: (-row["gross_profit"], row["product_id"]),
    )
    if not known:
        return Section(
            anchor,
            question,
            "It cannot be told: no cost is known. Add a purchase list, or costs to the product"
            " list.",
        )
    losses = [row for row in known if row["gross_profit"] < 0]
    best = known[0]
    answer = (
        f"In 12 months {_said(best['product_name'])} earned most:"
        f" {money(best['gross_profit'], shop.currency)} before rent, wages and other costs."
        if best["gross_profit"] > 0
        else "In 12 months no product earned money."
    )
    answer += f" {_products(len(losses))} lost money." if losses else " None lost money."
    shown = known
    if len(known) > _ROWS_SHOWN:
        shown = [*known[:_EARNERS_SHOWN], *known[_EARNERS_SHOWN - _ROWS_SHOWN :]]
    return Section(
        anchor,
        question,
        answer,
        _pictures(
            (
                charts.profit_by_product(rows, shop.currency),
                "Gross profit in 12 months, and margin: the first earners; losses in orange.",
            )
        ),
        Table(
            "Gross profit in 12 months"
            + (
                f": first {_EARNERS_SHOWN} and last {_ROWS_SHOWN - _EARNERS_SHOWN} of"
                f" {quantity(_count(known))}"
                if len(known) > _ROWS_SHOWN
                else ""
            ),
            (
                Column("Product"),
                Column("Revenue", True),
                Column("Gross profit", True),
                Column("Margin", True),
                Column("Cost known", True),
                Column("State"),
            ),
            tuple(
                Row(
                    (
                        Cell.name(row["product_name"]),
                        Cell(money(row["revenue"], shop.currency)),
                        Cell(money(row["gross_profit"], shop.currency)),
                        Cell(percent(row["profit_margin"])),
                        Cell(percent(row["cost_coverage"], 0)),
                        Cell(_profit_state(row), wraps=True),
                    )
                )
                for row in shown
            ),
        ),
        _said_notes(_unknown_profit(rows)),
        definition=(
            "Gross profit is revenue less what the goods cost, where the cost is known; margin is"
            " its part of that revenue. An unknown cost is never taken as nothing."
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
            list(_ENTITIES).index(row["entity_type"]),
            -abs((row["recent_revenue"] or Decimal(0)) - (row["previous_revenue"] or Decimal(0))),
            row["entity_id"],
        ),
    )
    table = Table(
        _first("Revenue of what really moves, beyond the usual ups and downs", len(moving)),
        (
            Column("Name"),
            Column("Direction"),
            Column("Last 3 months", True),
            Column("A year before", True),
            Column("Change", True),
            Column("How sure"),
        ),
        tuple(
            Row(
                (
                    _entity(row, shop),
                    Cell(_SIGNALS[row["signal"]]),
                    Cell(money(row["recent_revenue"], shop.currency)),
                    Cell(money(row["previous_revenue"], shop.currency)),
                    Cell(_signed(row["revenue_change"])),
                    Cell(str(row["confidence"]).capitalize()),
                )
            )
            for row in moving[:_ROWS_SHOWN]
        ),
    )
    note = ""
    if any(not row["is_complete"] for row in months):
        note = "The lighter bar is a month whose sales are not all there; no trend rests on it."
    return Section(
        anchor,
        question,
        _trend_answer(store, moving),
        _pictures(
            (
                charts.monthly_revenue(months, shop.currency),
                "Revenue by month. Orange lines: the same month a year before.",
            ),
            (
                charts.category_trend(categories),
                "Revenue of the largest categories by month, each against its own best month."
                " Beside: the last three months against a year before.",
            ),
        ),
        table if moving else None,
        _said_notes(note),
        definition=(
            "Rising or declining: three complete months differ from the same months a year before"
            " by more than the usual ups and downs. With less history, a steady slope must show."
        ),
    )


def _trend_answer(store: Mapping[str, Any] | None, moving: Rows) -> str:
    if store is None or store["signal"] == "insufficient_history":
        return "It cannot be told yet: a trend needs nine complete months of sales."
    whole = {
        "rising": "The shop's revenue is rising.",
        "declining": "The shop's revenue is declining.",
        "stable": "The shop's revenue is stable: its ups and downs are the usual ones.",
    }[store["signal"]]
    products = [row for row in moving if row["entity_type"] == "product"]
    up = sum(row["signal"] == "rising" for row in products)
    down = len(products) - up
    if not products:
        return f"{whole} No product clearly rises or declines."
    rising = f"{_products(up)} {'is' if up == 1 else 'are'} rising"
    return f"{whole} {rising}, {down} {'is' if down == 1 else 'are'} declining."


def _pictures(*drawn: tuple[str | None, str]) -> tuple[Picture, ...]:
    return tuple(Picture(svg, caption) for svg, caption in drawn if svg is not None)


def _said_notes(*notes: str) -> tuple[str, ...]:
    return tuple(note for note in notes if note)


def _said(name: str) -> str:
    """A name inside a sentence; one written from right to left does not turn what follows."""
    short = shortened(name)
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in short)
    return f"\u2068{short}\u2069" if turns else short


def _is_product(row: Mapping[str, Any]) -> bool:
    return bool(row["entity_type"] == "product")


def _speed_note(stocked: Rows) -> str:
    """How many products are sold and replaced how often, and how far that is known."""
    counts = {
        speed: sum(row["velocity_class"] == velocity for row in stocked)
        for velocity, speed in (("high", "fast"), ("medium", "medium"), ("low", "slow"))
    }
    if not any(counts.values()):
        return ""
    said = ", ".join(f"{quantity(Decimal(n))} {speed}" for speed, n in counts.items() if n)
    guess = (
        " This is a rough figure where there is only one stock count."
        if any(row["turnover_basis"] == "snapshot" for row in stocked)
        else ""
    )
    return f"Products by how often their stock is sold and replaced in a year: {said}.{guess}"


def _unknown_profit(rows: Rows) -> str:
    """Which part of the revenue has no profit, and why; empty when none."""
    revenue = sum((row["revenue"] for row in rows), Decimal(0))
    covered = sum((row["revenue_with_cost"] or Decimal(0) for row in rows), Decimal(0))
    missing = [row for row in rows if row["gross_profit"] is None]
    if revenue <= 0 or covered >= revenue:
        return f"{_products(len(missing))} left out: no cost is known." if missing else ""
    note = f"Profit unknown for {percent((revenue - covered) / revenue)} of the revenue: no cost"
    return f"{note}. {_products(len(missing))} left out." if missing else f"{note}."


def _lift_note(lifts: Rows) -> str:
    if not lifts:
        return ""
    named = [
        f"{row['event']} ({_signed(row['lift'] - 1, 0)}, next {day(row['next_event_date'])})"
        if row["next_event_date"]
        else f"{row['event']} ({_signed(row['lift'] - 1, 0)})"
        for row in lifts[:_EVENTS_SHOWN]
    ]
    return f"Days when the whole shop sells more than usual: {'; '.join(named)}."


def _profit_state(row: Mapping[str, Any]) -> str:
    if row["profit_status"] != "ok":
        return _PROFIT_STATUSES[row["profit_status"]]
    return "Loss" if row["gross_profit"] < 0 else "Profit"


def _entity(row: Mapping[str, Any], shop: Shop) -> Cell:
    kind = row["entity_type"]
    name = shop.name if kind == "store" else row["entity_name"]
    return Cell.name(name, suffix=_ENTITIES[kind])


def _rank_before(row: Mapping[str, Any]) -> str:
    if row["rank_change"] is None:
        return "not sold"
    return str(row["rank_by_revenue"] + row["rank_change"])


def _signed(change: Decimal | None, places: int = 1) -> str:
    if change is None:
        return UNKNOWN
    return f"{'+' if change > 0 else ''}{percent(change, places)}"


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


def _rounded(value: Decimal | None, step: str) -> str:
    return quantity(None if value is None else value.quantize(Decimal(step)))


def _products(count: int | Decimal) -> str:
    return f"{quantity(Decimal(count))} product{'' if count == 1 else 's'}"


def _count(rows: Rows) -> Decimal:
    return Decimal(len(rows))


def _first(what: str, total: int) -> str:
    return what if total <= _ROWS_SHOWN else f"{what}: first {_ROWS_SHOWN} of {total:,}"


def _as_of(shop: Shop) -> date:
    if shop.as_of_date is None:
        raise ValueError(f"{shop.name} has sales but no as-of date.")
    return shop.as_of_date
