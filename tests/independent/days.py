"""Open days, bulk orders, outages and the coming demand, worked out a second time day by day.

Loops over calendar days and bills where the models work with runs, steps and running sums.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

Row = dict[str, Any]
ONE = timedelta(days=1)


def span(first: date, last: date) -> list[date]:
    """Every day from one to the other, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass
class Calendar:
    """The days of a shop from its first sale to its as-of day."""

    first: date
    as_of: date
    trading: set[date]
    closed_weekdays: set[int] = field(default_factory=set)
    open: set[date] = field(default_factory=set)
    told_weekdays: set[int] | None = None  # what the owner says, 0 is Monday
    told_days: set[date] = field(default_factory=set)  # closed by what the owner says

    def __post_init__(self) -> None:
        days = span(self.first, self.as_of)
        recent = [day for day in days if (self.as_of - day).days < 730]
        for weekday in range(7):
            own = [day for day in recent if day.weekday() == weekday]
            if len(own) >= 4 and sum(d in self.trading for d in own) <= 0.05 * len(own):
                self.closed_weekdays.add(weekday)
        if len(self.closed_weekdays) == 7:
            self.closed_weekdays = set()
        if self.told_weekdays is not None:
            self.closed_weekdays = self.told_weekdays
        pauses: list[list[date]] = []
        for day in days:
            if day in self.trading:
                pauses.append([])
            elif pauses and day.weekday() not in self.closed_weekdays:
                pauses[-1] += [] if day in self.told_days else [day]
        lengths = sorted(len(pause) for pause in pauses)[:-1]
        longest = max(float(np.percentile(lengths, 99)) if lengths else 0.0, 3.0)
        self.open = set(self.trading)
        for pause in pauses:
            if len(pause) <= round(longest, 6):
                self.open |= set(pause)

    def opened(self, first: date, last: date) -> list[date]:
        """The open days between two."""
        return [day for day in span(first, last) if day in self.open]


def bulk_days(bills: Iterable[tuple[date, Decimal, Decimal]], as_of: date) -> dict[date, Row]:
    """By day the units and the revenue of bulk orders among (day, quantity, revenue) of bills."""
    years: dict[int, list[tuple[date, Decimal, Decimal]]] = defaultdict(list)
    for bill in bills:
        years[(as_of - bill[0]).days // 365].append(bill)
    found: dict[date, Row] = {}
    for own in years.values():
        sizes = sorted(quantity for _, quantity, _ in own)
        if len(sizes) < 10:
            continue
        for day, quantity, revenue in own:
            others = list(sizes)
            others.remove(quantity)
            usual = float(np.percentile([float(size) for size in others], 99))
            if quantity >= 10 * Decimal(str(np.median([float(size) for size in sizes]))) and (
                2 * quantity > sum(sizes) or float(quantity) > 10 * usual
            ):
                row = found.setdefault(day, {"quantity": Decimal(0), "revenue": Decimal(0)})
                row["quantity"] += quantity
                row["revenue"] += revenue
    return found


def silences(calendar: Calendar, sold: set[date]) -> list[tuple[date, date, bool]]:
    """Runs without a sale that are neither chance nor season: from, to, and whether still so."""
    days = sorted(sold)
    found = []
    for place, day in enumerate(days):
        following = days[place + 1] if place + 1 < len(days) else None
        first, last = day + ONE, (following or calendar.as_of + ONE) - ONE
        length = len(calendar.opened(first, last))
        before = calendar.opened(days[0], day)[-180:]
        if len(before) < 30 or not length:
            continue
        share = sum(d in sold for d in before) / len(before)
        if (1 - share) ** length >= 1e-4:
            continue
        if following is not None:
            after = calendar.opened(following + ONE, calendar.as_of)[:60]
            if after and (1 - sum(d in sold for d in after) / len(after)) ** length >= 0.01:
                continue
        year = timedelta(days=364)
        counts = []
        if first - year >= days[0]:
            counts.append(sum(first - year <= d <= last - year for d in days))
        if last + year <= calendar.as_of:
            counts.append(sum(first + year <= d <= last + year for d in days))
        is_season = min(counts) <= 0.1 * share * length if counts else length > 60
        if not is_season:
            found.append((first, last, following is None))
    return found


def ledger(
    sales: Iterable[Row], purchases: Iterable[Row], record: Row, as_of: date
) -> tuple[set[date], bool]:
    """Days after which nothing was left until goods came, and whether the books are trusted."""
    moved: dict[date, Decimal] = defaultdict(Decimal)
    sold: dict[date, Decimal] = defaultdict(Decimal)
    for sale in sales:
        moved[sale["sale_date"]] -= sale["quantity"]
        sold[sale["sale_date"]] += max(sale["quantity"], Decimal(0))
    for row in purchases:
        sign = -1 if row["document_type"] == "purchase_return" else 1
        moved[row["purchase_date"]] += sign * row["quantity"]
    counted = min(record["stock_date"] or as_of, as_of)
    known = {day: change for day, change in moved.items() if day <= as_of}
    start = record["current_stock"] - sum(c for d, c in known.items() if d <= counted)
    balances: dict[date, Decimal] = {}
    balance = start
    for day in span(min(known), as_of):
        balance += known.get(day, Decimal(0))
        balances[day] = balance
    from_nothing = sum(u for d, u in sold.items() if d in balances and balances[d] < 0)
    everything = sum(u for d, u in sold.items() if d in balances)
    empty: set[date] = set()
    after: Decimal | None = None  # the stock after the next movement
    for day in sorted(balances, reverse=True):
        if balances[day] <= 0 and (after is None or after >= balances[day]):
            empty.add(day)
        if day in known:
            after = balances[day]
    return empty, from_nothing <= Decimal("0.05") * everything


def last_of_runs(days: set[date], open_days: set[date]) -> date | None:
    """The last day of the newest run that holds an open day."""
    run: list[date] = []
    for day in sorted(days, reverse=True):
        if run and run[-1] - day != ONE:
            run = []
        run.append(day)
        if day in open_days:
            return run[0]
    return None


def events_of(rows: Iterable[Row]) -> dict[str, list[date]]:
    """The dates of each event, in order."""
    found: dict[str, list[date]] = defaultdict(list)
    for row in rows:
        found[row["event"]].append(row["event_date"])
    return {event: sorted(dates) for event, dates in found.items()}


class Outlook:
    """Which day of the past a day is set beside, and how."""

    def __init__(self, calendar: Calendar, events: Mapping[str, list[date]]) -> None:
        self.calendar = calendar
        self.events = events
        self.event_days = {
            day
            for dates in events.values()
            for event in dates
            for day in span(event - timedelta(days=24), event + ONE)
        }

    def base(self, day: date) -> tuple[date, str, str | None]:
        """The day it is set beside, the estimate (units, rate, festival, closed) and the event."""
        near = [
            (event, name, earlier)
            for name, dates in self.events.items()
            for earlier, event in itertools.pairwise(dates)
            if event - timedelta(days=24) <= day <= event + ONE
        ]
        name: str | None = None
        if near:
            first = min(event for event, _, _ in near)
            own = [item for item in near if item[0] == first]
            name = min(item[1] for item in own)
            base = min(item[2] for item in own) + (day - first)
        else:
            base = day - timedelta(days=364)
        open_days = self.calendar.open
        if day.weekday() in self.calendar.closed_weekdays:
            return base, "closed", name
        if day > self.calendar.as_of and day in self.calendar.told_days:
            return base, "closed", name
        is_past_closed = day <= self.calendar.as_of and day not in open_days
        if base not in open_days or is_past_closed or (name is None and base in self.event_days):
            return base, "rate", name
        if name is not None and self.around(base) - {name} - self.around(day):
            return base, "festival", name
        return base, "units", name

    def around(self, day: date) -> set[str]:
        """The events in whose windows a day lies."""
        return {
            name
            for name, dates in self.events.items()
            if any(event - timedelta(days=24) <= day <= event + ONE for event in dates)
        }


@dataclass
class Demand:
    """What is known of one product: usual units by day, days off, its first sale."""

    usual: dict[date, Decimal]
    off: set[date]  # out of stock
    bulk: dict[date, Decimal]  # units of bulk orders
    first_sale: date
    last_sale: date
    category: str
    is_silent: bool
    now: Decimal = Decimal(0)
    base: Decimal = Decimal(0)
    basis: str = "rate"
    level: float = 1.0
    last_out: date | None = None  # last day out of stock, open or not
    bulk_revenue: dict[date, Decimal] = field(default_factory=dict)

    def compare(self, outlook: Outlook) -> None:
        """Sum the last 90 days and those they are set beside, where neither is off."""
        calendar = outlook.calendar
        for ago in range(90):
            day = calendar.as_of - timedelta(days=ago)
            base, estimate, _ = outlook.base(day)
            if estimate != "units" or {day, base} & (self.off | set(self.bulk)):
                continue
            self.now += self.usual.get(day, Decimal(0))
            self.base += self.usual.get(base, Decimal(0))

    def has_year(self, as_of: date) -> bool:
        return (as_of - self.first_sale).days >= 364

    def is_stopped(self, as_of: date) -> bool:
        return (as_of - self.last_sale).days >= 90 and (self.is_silent or self.base >= 5)

    def recent(self, calendar: Calendar) -> tuple[Decimal, list[Decimal], float | None]:
        """Usual units of 90 days, those of each day on sale, and the mean."""
        start = max(calendar.as_of - timedelta(days=89), calendar.first)
        days = [
            day
            for day in calendar.opened(max(start, self.first_sale), calendar.as_of)
            if day not in self.off
        ]
        total = sum((u for d, u in self.usual.items() if d >= start), Decimal(0))
        values = [u for d, u in self.usual.items() if d >= start]
        rate = max(float(total), 0.0) / len(days) if len(days) >= 21 else None
        return total, values + [Decimal(0)] * (len(days) - len(values)), rate


def six(value: float | Decimal) -> Decimal:
    """At six places, halves up."""
    return Decimal(repr(float(value))).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)


def expected(products: Mapping[str, Demand], outlook: Outlook) -> dict[str, dict[int, float]]:
    """By product the units of each of the coming 18 tens of days; null without a rate."""
    calendar, as_of = outlook.calendar, outlook.calendar.as_of
    ahead = [(n, *outlook.base(as_of + timedelta(days=n))) for n in range(1, 181)]
    for product in products.values():
        product.compare(outlook)
    levels: dict[str, float] = {}
    for category in {p.category for p in products.values()}:
        own = [
            p
            for p in products.values()
            if p.category == category and p.has_year(as_of) and p.base > 0
        ]
        if own:
            now = max(float(sum(p.now for p in own)), 0.0)
            levels[category] = now / float(sum(p.base for p in own))
    found: dict[str, dict[tuple[int, str | None], float]] = {}
    months = {base.replace(day=1) for _, base, _, _ in ahead}
    alone: dict[str, list[date]] = defaultdict(list)
    for n in range(-89, 181):
        base, estimate, event = outlook.base(as_of + timedelta(days=n))
        if estimate == "units" and event is not None:
            alone[event].append(base)
    usual_days = [
        day
        for day in span(calendar.first, as_of)
        if day.replace(day=1) in months and day in calendar.open and day not in outlook.event_days
    ]
    for key, product in products.items():
        if not product.has_year(as_of) or product.is_stopped(as_of):
            continue
        level = levels.get(product.category, 1.0)
        own_now = max(float(product.now), 0.0) if product.base > 0 else 0.0
        level = (own_now + 30 * level) / (max(float(product.base), 0.0) + 30)
        level = product.level = float(six(min(max(level, 1 / 3), 3)))
        by_month: dict[date, list[Decimal | None]] = defaultdict(list)
        for day in usual_days:
            is_off = day in product.off or day in product.bulk
            by_month[day.replace(day=1)].append(
                None if is_off else product.usual.get(day, Decimal(0))
            )
        kept = {m: [u for u in units if u is not None] for m, units in by_month.items()}
        everything = [u for units in kept.values() for u in units]
        mean = max(float(sum(everything)), 0.0) / len(everything) if everything else 0.0
        told = {
            m: six(max(float(sum(units)), 0.0) / len(units))
            for m, units in kept.items()
            if len(units) >= 7
        }
        rates = {m: _between(told, m, six(mean)) for m in months}
        parts: dict[tuple[int, str | None], Decimal] = defaultdict(Decimal)
        for n, base, estimate, event in ahead:
            stretch = (math.ceil(n / 10), event)
            rate = rates[base.replace(day=1)]
            if estimate == "festival" and event is not None:
                own_rate = _alone(product, alone[event])
                parts[stretch] += rate if own_rate is None else own_rate
            elif estimate == "rate" or (estimate == "units" and base in product.bulk):
                parts[stretch] += rate
            elif estimate == "units":
                parts[stretch] += product.usual.get(base, Decimal(0))
                parts[stretch] += rate if base in product.off else Decimal(0)
        found[key] = {
            stretch: float(six(level * max(float(units), 0.0))) for stretch, units in parts.items()
        }
    days: dict[tuple[int, str | None], int] = defaultdict(int)
    for n, _, estimate, event in ahead:
        days[math.ceil(n / 10), event] += estimate != "closed"
    result: dict[str, dict[int, float]] = {}
    for key, product in products.items():
        steps: dict[int, float] = defaultdict(float)
        rate = product.recent(calendar)[2]
        if product.is_stopped(as_of):
            steps = defaultdict(float, {1: 0.0})
        elif key in found:
            for (step, _), units in found[key].items():
                steps[step] += units
        elif rate is not None:
            for stretch, count in days.items():
                index = _index(products, found, stretch, product.category, count, calendar)
                if index is None:
                    index = 1.0
                else:
                    product.basis = "category"
                steps[stretch[0]] += float(six(rate * count * index))
        result[key] = dict(steps) if steps or key in found else {}
    return result


def _between(told: Mapping[date, Decimal], month: date, mean: Decimal) -> Decimal:
    """What a month sold a day: its own, or what lies midway between the nearest that tell it."""
    earlier = [m for m in told if m <= month]
    later = [m for m in told if m >= month]
    beside = [told[m] for m in (*sorted(earlier)[-1:], *sorted(later)[:1])]
    return six(float(sum(beside)) / len(beside)) if beside else mean


def _alone(product: Demand, days: list[date]) -> Decimal | None:
    """What it sold a day on the days of one festival alone; null where they are too few."""
    kept = [day for day in days if day not in product.off and day not in product.bulk]
    if len(kept) < 7:
        return None
    units = sum((product.usual.get(day, Decimal(0)) for day in kept), Decimal(0))
    return six(max(float(units), 0.0) / len(kept))


def _index(
    products: Mapping[str, Demand],
    found: Mapping[str, Mapping[tuple[int, str | None], float]],
    stretch: tuple[int, str | None],
    category: str,
    days: int,
    calendar: Calendar,
) -> float | None:
    """How a stretch of the category compares with its last 90 days; null where nothing tells."""
    units = usual = 0.0
    for key, product in products.items():
        rate = product.recent(calendar)[2]
        if product.category == category and key in found and rate is not None:
            units += found[key].get(stretch, 0.0)
            usual += rate * days
    return min(max(units / usual, 1 / 3), 3) if usual else None
