"""Best first, and the few of a shop that a person should see."""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from lucid_orchestration.insights.insight import Insight
from lucid_orchestration.insights.shops import Shop
from lucid_orchestration.settings import project_vars

SHOWN_PER_DATASET = 10
SHOWN_PER_CATEGORY = 4
SHOWN_AT_LEAST = 3


def ranked(
    insights: Sequence[Insight],
    shop: Shop,
    snoozed: Mapping[str, date],
    first: Container[str] = (),
    done: Mapping[str, date] | None = None,
) -> list[Insight]:
    """The insights of a shop, best first; those to show are active and have a rank.

    Shown are the best ten, four of a category, and the best of each category that has a sound one;
    places that stay empty are filled by the next best. Nothing stands among them twice, and nothing
    that is worth too little, unless fewer than three would be left. `snoozed` maps an insight's id
    to the first day it may be shown again, `done` to the day it was said to be done: it is shown
    again when it went away and came back after that. `first` are rules that come before all else.
    """
    ordered = sorted(
        insights,
        key=lambda item: (item.rule_id not in first, -item.priority, item.rule_id, item.entity_id),
    )
    awake = [item for item in ordered if not _sleeps(item, shop.as_of, snoozed)]
    open_ones = [item for item in awake if not _is_done(item, done or {})]
    shown = _shown(_worth_telling(_once(open_ones), shop))
    marked = []
    rank = 0
    for insight in ordered:
        if insight.insight_id in shown:
            rank += 1
            marked.append(replace(insight, is_active=True, rank=rank))
        else:
            marked.append(insight)
    return marked


def _sleeps(insight: Insight, as_of: date | None, snoozed: Mapping[str, date]) -> bool:
    wakes = snoozed.get(insight.insight_id)
    return as_of is not None and wakes is not None and as_of < wakes


def _is_done(insight: Insight, done: Mapping[str, date]) -> bool:
    said = done.get(insight.insight_id)
    return said is not None and insight.since_date is not None and insight.since_date <= said


def _once(ordered: Sequence[Insight]) -> list[Insight]:
    """Without those about a product, alone or in a group, that a better one speaks of already."""
    kept: list[Insight] = []
    told: set[tuple[str, str]] = set()
    for insight in ordered:
        own = {(insight.entity_type, entity) for entity in _entities(insight)}
        if insight.entity_type == "product" and len(own & told) * 2 > len(own):
            continue
        kept.append(insight)
        told |= own
    return kept


def _entities(insight: Insight) -> list[str]:
    """The products an insight is about: its own, or those of the group."""
    if not insight.entity_id.startswith("group:"):
        return [insight.entity_id]
    metrics = json.loads(insight.supporting_metrics)
    return [metric["entity_id"] for metric in metrics if metric.get("entity_id")]


def _worth_telling(ordered: Sequence[Insight], shop: Shop) -> list[Insight]:
    """Without what is worth less than the floor, as long as enough is left."""
    floor = shop.recent_revenue * Decimal(str(project_vars()["min_impact"]))
    return [
        insight
        for place, insight in enumerate(ordered)
        if place < SHOWN_AT_LEAST
        or insight.estimated_impact is None
        or insight.estimated_impact >= floor
    ]


def _shown(ordered: Sequence[Insight]) -> set[str]:
    """The ids of those to show."""
    picked: list[Insight] = []
    for category in sorted({insight.category for insight in ordered}):
        sound = [i for i in ordered if i.category == category and i.confidence != "low"]
        picked += sound[:1]
    for insight in ordered:
        same = sum(other.category == insight.category for other in picked)
        if len(picked) < SHOWN_PER_DATASET and same < SHOWN_PER_CATEGORY and insight not in picked:
            picked.append(insight)
    for insight in ordered:
        if len(picked) < SHOWN_PER_DATASET and insight not in picked:
            picked.append(insight)
    return {insight.insight_id for insight in picked}
