"""Marks for what the rules say of shops whose truth is known."""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shops import Shop, Truth

from lucid_orchestration.insights.rules import load_rules

SHOWN = 10
SHOWN_PER_CATEGORY = 4
GROUP_FROM = 5
NOT_PLANTED = frozenset({"riser", "emergent", "aside"})
TREND_RULES = frozenset({"rising_product", "declining_product"})
FIRST_RULES = frozenset({"missing_month"})
CATEGORY_RULES = frozenset({"category_momentum", "declining_category"})
# A category and its own products are one fact: where it speaks, they need not
SPEAKS_FOR = {"category_momentum": "rising_product", "declining_category": "declining_product"}


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
        # what a whole category shares is said of the category, not of each product
        category = categories.get(truth.entity_id)
        is_found |= any(
            rule in truth.rules and (group, category) in said for group, rule in SPEAKS_FOR.items()
        )
        counts[truth.kind][0] += is_found
        counts[truth.kind][1] += 1
        if not is_found:
            missed.append(f"{truth.kind} {truth.entity_id} ({truth.money:.0f})")
    alarms = {e for rule, e in said if rule in TREND_RULES and e in shop.stable}
    out = {truth.entity_id for truth in shop.truths if truth.kind == "stock_out"}
    return Marks(
        precision=sum(rights) / len(rights) if rights else 1.0,
        ndcg=_ndcg(gains, _worth_saying(shop, said, truths)),
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


def _worth_saying(
    shop: Shop, said: set[tuple[str, str]], truths: Mapping[tuple[str, str], Truth]
) -> list[tuple[str, float]]:
    """All planted facts, found or not, and those that follow from them as far as they are said.

    Each as the rule that says it, or could have, and its money. Nothing stands among them twice: a
    product has its best fact alone, and none that its category speaks for already.
    """
    categories = {p.product_id: p.category for p in shop.products}
    facts: dict[str, tuple[float, bool, str]] = {}
    for (rule, entity), truth in truths.items():
        is_said = (rule, entity) in said
        group = next((name for name, own in SPEAKS_FOR.items() if own == rule), "")
        is_spoken_for = (group, categories.get(entity)) in said & truths.keys()
        if (truth.kind in NOT_PLANTED and not is_said) or is_spoken_for:
            continue
        fact = truth.money, is_said, rule
        facts[entity] = max(facts.get(entity, fact), fact)
    return [(rule, money) for money, _, rule in facts.values()]


def _ndcg(gains: Sequence[float], facts: Sequence[tuple[str, float]]) -> float:
    """How much of the true money stands how far up, against the best possible list of ten."""
    ideal = sum(gain / math.log2(at + 2) for at, gain in enumerate(_ideal(facts)))
    found = sum(gain / math.log2(at + 2) for at, gain in enumerate(gains))
    return min(found / ideal, 1.0) if ideal else 1.0


def _ideal(facts: Sequence[tuple[str, float]]) -> list[float]:
    """The money of the best list under the same limits.

    Five of a rule are one, four of a category, and places that stay empty go to the next best.
    """
    category_of = {rule.id: rule.category for rule in load_rules().rules}
    by_rule: dict[str, list[float]] = defaultdict(list)
    for rule, money in facts:
        by_rule[rule].append(money)
    entries = sorted(
        (
            (gain, category_of[rule])
            for rule, money in by_rule.items()
            for gain in ([sum(money)] if len(money) >= GROUP_FROM else money)
        ),
        reverse=True,
    )
    kept: list[float] = []
    rest: list[float] = []
    counts: dict[str, int] = defaultdict(int)
    for gain, category in entries:
        counts[category] += 1
        (kept if counts[category] <= SHOWN_PER_CATEGORY else rest).append(gain)
    return sorted((kept + rest)[:SHOWN], reverse=True)


def _is_of_incomplete_month(
    row: Mapping[str, Any], last_complete_month: date, window_ends: Mapping[str, date]
) -> bool:
    """Whether a rise or fall was judged by days after the last complete month."""
    return row["rule_id"] in TREND_RULES | CATEGORY_RULES and any(
        window_ends[entity].replace(day=1) > last_complete_month
        for entity in members(row)
        if entity in window_ends
    )
