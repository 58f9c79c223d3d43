"""How sure an insight is: the weakest of five components, each with its reason.

A component that cannot be computed makes the whole low: not knowing is not the same as being sure.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from lucid_orchestration.formatting import days, percent, quantity

Level = Literal["high", "medium", "low"]
WEIGHTS: dict[Level, Decimal] = {
    "high": Decimal("1"),
    "medium": Decimal("0.7"),
    "low": Decimal("0.4"),
}
# Share of refused sales lines above which nothing is more than medium, or low.
_MEDIUM_AT_MOST = Decimal("0.05")
_LOW_AT_MOST = Decimal("0.20")
_BASIS_SHARE = {"ledger": Decimal(1), "backcast": Decimal("0.8"), "snapshot": Decimal("0.5")}
_UNKNOWN_SCORE = 25


@dataclass(frozen=True)
class Evidence:
    """What is known about the data behind one insight; shares 0 to 1, null means not known."""

    months: int | None
    lines: int | None
    rejected_share: Decimal | None
    as_of: date | None
    latest_sale: date | None
    doubtful_share: Decimal = Decimal(0)
    cost_coverage: Decimal | None = None
    stock_match: Decimal | None = None
    latest_stock: date | None = None
    turnover_basis: str | None = None
    uses: frozenset[str] = frozenset()
    p_value: float | None = None
    at_most: Level = "high"
    steps_less: int = 0
    is_counted: bool = False
    same_conclusions: tuple[bool, ...] | None = None


@dataclass(frozen=True)
class Component:
    """One component, 0 to 100; `score` is null when it cannot be computed."""

    name: str
    score: int | None
    code: str
    sentence: str


@dataclass(frozen=True)
class Confidence:
    """The verdict, and what it is made of."""

    level: Level
    score: int
    components: tuple[Component, ...]


def confidence(evidence: Evidence) -> Confidence:
    """The weakest component decides; many refused rows, or what is tested, cap the level."""
    components = (
        _sample(evidence),
        _coverage(evidence),
        _recency(evidence),
        _strength(evidence),
        _stability(evidence),
    )
    score = min(_UNKNOWN_SCORE if part.score is None else part.score for part in components)
    level: Level = "high" if score >= 80 else "medium" if score >= 55 else "low"
    rejected = evidence.rejected_share or Decimal(0)
    if rejected > _LOW_AT_MOST:
        level = "low"
    elif rejected > _MEDIUM_AT_MOST and level == "high":
        level = "medium"
    level = min(level, evidence.at_most, key=WEIGHTS.__getitem__)
    levels = list(WEIGHTS)
    level = levels[min(levels.index(level) + evidence.steps_less, len(levels) - 1)]
    return Confidence(level, score, components)


def _sample(evidence: Evidence) -> Component:
    months, lines = evidence.months, evidence.lines
    if months is None or lines is None:
        sentence = "It is not known how many sales it rests on."
        return Component("sample", None, "sample_unknown", sentence)
    steps = ((12, 100, 100), (6, 30, 75), (3, 10, 50))
    score = next((points for m, n, points in steps if months >= m and lines >= n), 25)
    code = "sample_large" if score >= 75 else "sample_small"
    sentence = f"It rests on {quantity(lines)} sales lines in {quantity(months)} complete months."
    return Component("sample", score, code, sentence)


def _coverage(evidence: Evidence) -> Component:
    rejected = evidence.rejected_share
    if rejected is None:
        sentence = "There are no sales lines to judge the files by."
        return Component("coverage", None, "rejected_rows", sentence)
    parts: list[tuple[Decimal | None, str, str]] = [
        (
            1 - 5 * rejected,
            "rejected_rows",
            f"{percent(rejected)} of the sales lines could not be read."
            if rejected >= Decimal("0.001")
            else "Practically every sales line could be read.",
        )
    ]
    if evidence.doubtful_share:
        parts.append((1 - evidence.doubtful_share, "doubtful_money", _doubt_sentence(evidence)))
    if "profit" in evidence.uses:
        parts.append((evidence.cost_coverage, "cost_coverage", _cost_sentence(evidence)))
    if "stock" in evidence.uses:
        parts.append((evidence.stock_match, "stock_match", _stock_sentence(evidence)))
    if "turnover" in evidence.uses:
        share = _BASIS_SHARE.get(evidence.turnover_basis or "")
        sentence = (
            "The average stock is guessed from a single count."
            if evidence.turnover_basis == "snapshot"
            else "The average stock follows from the purchases."
            if share is not None
            else "The average stock is not known."
        )
        parts.append((share, "turnover_basis", sentence))
    for share, code, sentence in parts:
        if share is None:
            return Component("coverage", None, code, sentence)
    share, code, sentence = min(parts, key=lambda part: part[0] or Decimal(0))
    # Returns without a known cost push the share of known costs above one.
    bounded = max(Decimal(0), min(share or Decimal(0), Decimal(1)))
    return Component("coverage", int(100 * bounded), code, sentence)


def _doubt_sentence(evidence: Evidence) -> str:
    share = percent(evidence.doubtful_share)
    return f"Warnings about the files concern {share} of the revenue."


def _cost_sentence(evidence: Evidence) -> str:
    if evidence.cost_coverage is None:
        return "The cost is not known."
    known = min(evidence.cost_coverage, Decimal(1))
    return f"The cost is known for {_at_least(known)} of the revenue."


def _stock_sentence(evidence: Evidence) -> str:
    if evidence.stock_match is None:
        return "There is no stock list to compare with."
    return f"{_at_least(evidence.stock_match)} of the products sold stand in the stock list."


def _at_least(share: Decimal) -> str:
    """A share in whole percent that is not rounded up: 99.6 % is not all."""
    return percent(Decimal(int(100 * share)) / 100, places=0)


def _recency(evidence: Evidence) -> Component:
    if evidence.as_of is None or evidence.latest_sale is None:
        return Component("recency", None, "no_date", "The data carry no date.")
    age = (evidence.as_of - evidence.latest_sale).days
    score = _age_score(age, fresh=7)
    sentence = "The sales are up to date." if age == 0 else f"The latest sale is {days(age)} old."
    if evidence.uses & {"stock", "turnover"}:
        if evidence.latest_stock is None:
            return Component("recency", None, "stock_undated", "The stock list carries no date.")
        stock_age = max((evidence.as_of - evidence.latest_stock).days, 0)
        if _age_score(stock_age, fresh=3) < score:
            score = _age_score(stock_age, fresh=3)
            sentence = f"The stock was counted {days(stock_age)} before the last sale."
    return Component("recency", score, "recent" if score >= 75 else "old", sentence)


def _age_score(age: int, fresh: int) -> int:
    return 100 if age <= fresh else 75 if age <= 31 else 50 if age <= 62 else 25


def _strength(evidence: Evidence) -> Component:
    p_value = evidence.p_value
    if evidence.is_counted:
        return Component("strength", 100, "counted", "It is counted; nothing is estimated.")
    if p_value is None:
        return Component("strength", 75, "no_test", "It is a plain count; no test applies to it.")
    steps = ((0.01, 100), (0.05, 85), (0.10, 75), (0.20, 60))
    score = next((points for limit, points in steps if p_value <= limit), 25)
    sentence = (
        "Chance alone would rarely do this."
        if score >= 75
        else "Chance alone does this now and then."
        if score > 25
        else "It could well be chance alone."
    )
    return Component("strength", score, "tested", sentence)


def _stability(evidence: Evidence) -> Component:
    same = evidence.same_conclusions
    if same is None:
        return Component("stability", 100, "no_series", "It does not rest on single months.")
    if not same:
        return Component(
            "stability", None, "no_months", "There are too few months to leave one out."
        )
    share = sum(same) / len(same)
    score = 100 if share >= 0.9 else 70 if share >= 0.75 else 40
    return Component(
        "stability",
        score,
        "stable" if score >= 70 else "unstable",
        f"It stays true in {quantity(sum(same))} of {quantity(len(same))} cases"
        " when one month is left out.",
    )
