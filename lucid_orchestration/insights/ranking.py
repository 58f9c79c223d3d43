"""Best first, and the few of a shop that a person should see."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from lucid_orchestration.insights.insight import Insight

SHOWN_PER_DATASET = 10
SHOWN_PER_CATEGORY = 4


def ranked(
    insights: Sequence[Insight], as_of: date | None, snoozed: Mapping[str, date]
) -> list[Insight]:
    """The insights of a shop, best first; those to show are active and have a rank.

    Shown are the best ten, four of a category, and the best of each category that has a sound one.
    `snoozed` maps an insight's id to the first day it may be shown again.
    """
    ordered = sorted(insights, key=lambda item: (-item.priority, item.rule_id, item.entity_id))
    shown = _shown([item for item in ordered if not _sleeps(item, as_of, snoozed)])
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
    return {insight.insight_id for insight in picked}
