"""Marks for what the rules say of shops whose truth is known."""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shops import Shop, Truth

SHOWN = 10
SHOWN_PER_CATEGORY = 4
GROUP_FROM = 5
NOT_PLANTED = frozenset({"riser", "emergent", "aside"})
TREND_RULES = frozenset({"rising_product", "declining_product"})
FIRST_RULES = frozenset({"missing_month"})
CATEGORY_RULES = frozenset({"category_momentum", "declining_category"})
CATEGORY_OF = {
    "rising": "growth",
    "stock_out": "growth",
    "season_ahead": "growth",
    "newcomer": "growth",
    "gem": "growth",
    "price_cut": "growth",
    "category_momentum": "growth",
    "low_margin": "efficiency",
    "misfit": "efficiency",
    "slow_category": "efficiency",
    "long_tail": "efficiency",
    "data_gap": "efficiency",
}


@dataclass(frozen=True)
class Marks:
    """What one shop earned; shares 0 to 1. `found` counts (found, planted) by kind of fact."""

    precision: float
    ndcg: float
    false_alarms: float
    incomplete: int
    stock_outs_as_falls: int
    found: Mapping[str, tuple[int, int]]
    wrong: Sequence[str] = field(default_factory=tuple)
    missed: Sequence[str] = field(default_factory=tuple)


def mark(
    shop: Shop,
    insights: Sequence[Mapping[str, Any]],
    last_complete_month: date,
    window_ends: Mapping[str, date],
) -> Marks:
    """Marks of one shop for its rows of `insights`.

    `window_ends` holds for each product and category the last day its rise or fall was judged by.
    """
    truths: dict[tuple[str, str], Truth] = {
        (rule, truth.entity_id): truth for truth in shop.truths for rule in truth.rules
    }
    shown = sorted((row for row in insights if row["is_active"]), key=lambda row: row["rank"])
    rights, gains, wrong = [], [], []
    for row in shown[:SHOWN]:
        own = members(row)
        true = [truths[key] for e in own if (key := (row["rule_id"], e)) in truths]
        rights.append(len(true) / len(own))
        # what stands first whatever it is worth takes no place among what is ranked by money
        if row["rule_id"] not in FIRST_RULES:
            gains.append(sum(truth.money for truth in true))
        if len(true) < len(own):
            bad = [e for e in own if (row["rule_id"], e) not in truths]
            wrong.append(f"{row['rule_id']}: {', '.join(bad[:4])} of {len(own)}")
    said = {(row["rule_id"], entity) for row in insights for entity in members(row)}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    categories = {p.product_id: p.category for p in shop.products}
    missed = []
    for truth in shop.truths:
        if truth.kind in NOT_PLANTED:
            continue
        is_found = any((rule, truth.entity_id) in said for rule in truth.rules)
        # a fall that a whole category shares is said of the category, not of each product
        category = categories.get(truth.entity_id)
        is_found |= truth.kind == "declining" and ("declining_category", category) in said
        counts[truth.kind][0] += is_found
        counts[truth.kind][1] += 1
        if not is_found:
            missed.append(f"{truth.kind} {truth.entity_id} ({truth.money:.0f})")
    alarms = {e for rule, e in said if rule in TREND_RULES and e in shop.stable}
    out = {truth.entity_id for truth in shop.truths if truth.kind == "stock_out"}
    return Marks(
        precision=sum(rights) / len(rights) if rights else 1.0,
        ndcg=_ndcg(gains, _worth_saying(shop, said)),
        false_alarms=len(alarms) / len(shop.stable),
        incomplete=sum(
            _is_of_incomplete_month(row, last_complete_month, window_ends) for row in insights
        ),
        stock_outs_as_falls=sum((rule, e) in said for e in out for rule in ("declining_product",)),
        found={kind: (a, b) for kind, (a, b) in sorted(counts.items())},
        wrong=wrong,
        missed=missed,
    )


def members(row: Mapping[str, Any]) -> list[str]:
    """The entities an insight speaks of: one, or those of a group."""
    if not row["entity_id"].startswith("group:"):
        return [row["entity_id"]]
    metrics = json.loads(row["supporting_metrics"])
    return list(dict.fromkeys(m["entity_id"] for m in metrics if m.get("entity_id")))


def _worth_saying(shop: Shop, said: set[tuple[str, str]]) -> list[Truth]:
    """All planted facts, found or not, and those that follow from them as far as they are said."""
    return [
        truth
        for truth in shop.truths
        if truth.kind not in NOT_PLANTED
        or any((rule, truth.entity_id) in said for rule in truth.rules)
    ]


def _ndcg(gains: Sequence[float], truths: Sequence[Truth]) -> float:
    """How much of the true money stands how far up, against the best possible list of ten.

    The best list obeys the same limits: five of a kind are one, four of a category.
    """
    best = sorted(_ideal(truths), reverse=True)[:SHOWN]
    ideal = sum(gain / math.log2(at + 2) for at, gain in enumerate(best))
    found = sum(gain / math.log2(at + 2) for at, gain in enumerate(gains))
    return min(found / ideal, 1.0) if ideal else 1.0


def _ideal(truths: Sequence[Truth]) -> list[float]:
    """The money of the best list."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for truth in truths:
        by_kind[_rule_like(truth)].append(truth.money)
    entries = [
        (gain, CATEGORY_OF.get(kind, "risk"))
        for kind, money in by_kind.items()
        for gain in ([sum(money)] if len(money) >= GROUP_FROM else money)
    ]
    kept: list[float] = []
    counts: dict[str, int] = defaultdict(int)
    for gain, category in sorted(entries, reverse=True):
        if counts[category] < SHOWN_PER_CATEGORY:
            counts[category] += 1
            kept.append(gain)
    return kept


def _rule_like(truth: Truth) -> str:
    """The kind under which a rule puts a fact together with others."""
    if truth.kind not in {"emergent", "aside"}:
        return {"never_sold": "dead", "riser": "rising"}.get(truth.kind, truth.kind)
    rule = min(truth.rules)
    return {"declining_product": "declining"}.get(rule, rule)


def _is_of_incomplete_month(
    row: Mapping[str, Any], last_complete_month: date, window_ends: Mapping[str, date]
) -> bool:
    """Whether a rise or fall was judged by days after the last complete month."""
    return row["rule_id"] in TREND_RULES | CATEGORY_RULES and any(
        window_ends[entity].replace(day=1) > last_complete_month
        for entity in members(row)
        if entity in window_ends
    )
