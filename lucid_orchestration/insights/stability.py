"""Whether a conclusion stays when one of the months it rests on is left out.

It stays as long as the rule would still hold on to it: down to where the rule clears.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from statistics import median
from typing import Any, TypeVar

import duckdb

from lucid_orchestration.insights.marts import select
from lucid_orchestration.insights.rules import Limits, Rule
from lucid_orchestration.settings import project_vars

Month = Mapping[str, Any]
Value = TypeVar("Value")

_SEASON = 3  # months that are compared with the same ones a year before
_YEAR = 12
_READ = _YEAR + _SEASON


def months_behind(
    marts: duckdb.DuckDBPyConnection, rule: Rule, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], list[Month]]:
    """The last complete months of the entities, oldest first, if the rule rests on months.

    They are keyed by dataset and entity.
    """
    if rule.stability == "none" or not rows:
        return {}
    months = select(
        marts,
        """
        select
            trends.dataset_id, trends.entity_id, trends.month,
            trends.daily_rate, trends.quantity, trends.revenue, trends.profit,
            date_diff('month', trends.month, datasets.last_complete_month) as age
        from trends
        inner join datasets on trends.dataset_id = datasets.dataset_id
        where trends.entity_type = $entity_type and trends.is_complete
            and date_diff('month', trends.month, datasets.last_complete_month) < $months
            and trends.entity_id in (select unnest($entities))
        order by trends.dataset_id, trends.entity_id, trends.month
        """,
        {
            "entity_type": rule.entity_type,
            "months": _READ,
            "entities": [row["entity_id"] for row in rows],
        },
    )
    by_entity: dict[tuple[str, str], list[Month]] = {}
    for month in months:
        by_entity.setdefault((month["dataset_id"], month["entity_id"]), []).append(month)
    return by_entity


def same_conclusions(
    rule: Rule,
    clears_at: Limits,
    method: str | None,
    months: Sequence[Month],
) -> tuple[bool, ...] | None:
    """For each month left out, whether the conclusion stays; None when it rests on no months.

    `clears_at` holds the limits at which the rule lets go of it, `method` how a trend was found.
    """
    match rule.stability:
        case "none":
            return None
        case "trend":
            measure = "quantity" if rule.entity_type == "product" else "revenue"
            if method == "mann_kendall":
                rates = [month["daily_rate"] for month in months if month["daily_rate"] is not None]
                return _slopes_agree(rates, _limit(clears_at, "min_slope", "signal_slope"))
            return _seasons_agree(months, measure, _limit(clears_at, "min_change", "signal_change"))
        case "loss":
            return tuple(_profit(rest) < 0 for rest in _rests(months))
        case "margin":
            usual = _margin([month for month in months[-_YEAR:] if _has_margin(month)])
            gap = Decimal(str(clears_at["points"]))
            return tuple(_margin(rest) < usual - gap for rest in _rests(months))


def _limit(clears_at: Limits, name: str, signal_limit: str) -> Decimal:
    """Where the rule clears; if it does not say, at half of what makes a signal."""
    if name in clears_at:
        return Decimal(str(clears_at[name]))
    return Decimal(str(project_vars()[signal_limit])) / 2


def _seasons_agree(months: Sequence[Month], measure: str, least: Decimal) -> tuple[bool, ...]:
    """For each month of now and of a year before: whether the others differ the same way.

    A change that is none, or the other way round, once outages, closed days and bulk orders count
    as plain sales is not stable at all.
    """
    by_age = {month["age"]: month for month in months}
    pairs = [
        (by_age[age], by_age[age + _YEAR])
        for age in range(_SEASON)
        if age in by_age
        and age + _YEAR in by_age
        and by_age[age]["daily_rate"] is not None
        and by_age[age + _YEAR]["daily_rate"] is not None
    ]
    if len(pairs) < _SEASON - 1:
        return ()
    now = [pair[0]["daily_rate"] for pair in pairs]
    before = [pair[1]["daily_rate"] for pair in pairs]
    plain_now = [by_age[age][measure] for age in range(_SEASON) if age in by_age]
    plain_before = [by_age[age][measure] for age in range(_YEAR, _READ) if age in by_age]
    is_rise = sum(now) > sum(before)
    cases = [
        *((_without(now, at), before) for at in range(len(now))),
        *((now, _without(before, at)) for at in range(len(before))),
    ]
    agree = tuple(_differs(left, right, is_rise, least) for left, right in cases)
    is_plain = _differs(plain_now, plain_before, is_rise, least)
    return agree if is_plain else (False,) * len(agree)


def _differs(
    left: Sequence[Decimal], right: Sequence[Decimal], is_rise: bool, least: Decimal
) -> bool:
    difference = _mean(left) - _mean(right)
    return (difference > 0) == is_rise and abs(difference) >= abs(_mean(right)) * least


def _slopes_agree(series: Sequence[Decimal], least: Decimal) -> tuple[bool, ...]:
    """For each month: whether the others alone rise, or fall, by so much of a usual month."""
    points = list(enumerate(series))
    sign = 1 if _relative_slope(points) > 0 else -1
    return tuple(sign * _relative_slope(_without(points, at)) >= least for at in range(len(points)))


def _relative_slope(points: Sequence[tuple[int, Decimal]]) -> Decimal:
    """Theil-Sen: the median slope between any two months, as a part of the usual month."""
    slopes = [
        (later - earlier) / (end - start)
        for (start, earlier), (end, later) in combinations(points, 2)
    ]
    usual = median(value for _, value in points) if points else Decimal(0)
    return median(slopes) / usual if slopes and usual > 0 else Decimal(0)


def _rests(months: Sequence[Month]) -> list[list[Month]]:
    """The last months with a margin, each left out in turn; nothing when they are too few."""
    known = [month for month in months[-_SEASON:] if _has_margin(month)]
    return [_without(known, at) for at in range(_SEASON)] if len(known) == _SEASON else []


def _has_margin(month: Month) -> bool:
    return month["profit"] is not None and bool(month["revenue"])


def _margin(months: Sequence[Month]) -> Decimal:
    revenue = sum((month["revenue"] for month in months), Decimal(0))
    return _profit(months) / revenue if revenue else Decimal(0)


def _profit(months: Sequence[Month]) -> Decimal:
    return sum((month["profit"] for month in months), Decimal(0))


def _without(values: Sequence[Value], position: int) -> list[Value]:
    return [value for at, value in enumerate(values) if at != position]


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
