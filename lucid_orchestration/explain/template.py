"""The text that is always there: made from the facts alone, by fixed sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucid_orchestration import formatting
from lucid_orchestration.figures import IMPACT_DAYS

_CONFIDENCE = {
    "high": "You can rely on this.",
    "medium": "This is likely, not certain.",
    "low": "Take this as a hint, not as a fact.",
}


@dataclass(frozen=True)
class Text:
    """Headline, explanation and next step of one insight or one dataset."""

    headline: str
    explanation: str
    guidance: str


def insight_claims(insight: Mapping[str, Any], currency: str) -> dict[str, str]:
    """The sentences for one row of `insights`, by slot, in the order they are read."""
    claims = {"claim_main": insight["summary"]}
    if insight["estimated_impact"] is not None:
        amount = formatting.money(insight["estimated_impact"], currency)
        word = {"growth": "can bring", "risk": "puts at risk", "efficiency": "wastes"}
        claims["claim_money"] = (
            f"Over the next {IMPACT_DAYS} days this {word[insight['category']]} about {amount}."
        )
    if insight["cash_at_stake"] is not None:
        amount = formatting.money(insight["cash_at_stake"], currency)
        claims["claim_cash"] = f"{amount} of your money is tied up in it."
    claims["claim_confidence"] = confidence_sentence(insight)
    claims["claim_action"] = insight["recommended_action"]
    return claims


def text_of(headline: str, claims: Mapping[str, str]) -> Text:
    """All claims one after the other, the action as what to do."""
    said = [sentence for slot, sentence in claims.items() if slot != "claim_action"]
    return Text(headline, " ".join(said), claims["claim_action"])


def confidence_sentence(insight: Mapping[str, Any]) -> str:
    """How sure the insight is, with the reason that limits it most."""
    parts = json.loads(insight["confidence_reasons"])
    weakest = min(parts, key=lambda part: -1 if part["score"] is None else part["score"])
    return f"{_CONFIDENCE[insight['confidence']]} {weakest['sentence']}"


def dataset_claims(
    summary: Mapping[str, Any], insights: Sequence[Mapping[str, Any]]
) -> tuple[str, dict[str, str]]:
    """Headline and sentences for a whole shop, from its `dataset_summary` and active insights.

    Of an insight only its title is used: its figures change without changing this text.
    """
    currency = summary["currency"]
    if summary["revenue"] is None:
        return "There are no sales yet", {
            "claim_main": "No usable sales line was found in the files of this shop.",
            "claim_action": "Add a file with sales, or look at why the files were refused.",
        }
    sentences = []
    if summary["last_complete_month"] is not None:
        sentence = (
            f"In {formatting.month(summary['last_complete_month'])} the shop sold for "
            f"{formatting.money(summary['month_revenue'], currency)}"
        )
        change = summary["month_revenue_change"]
        if change is not None:
            sentence += f", {formatting.compared(change, 'the month before')}"
        sentences.append(f"{sentence}.")
    if summary["profit_margin"] is not None:
        sentences.append(
            f"{formatting.percent(summary['profit_margin'])} of the price is profit where the cost "
            f"is known ({formatting.percent(summary['cost_coverage'])} of revenue)."
        )
    if summary["dead_stock_value"]:
        sentences.append(
            f"{formatting.money(summary['dead_stock_value'], currency)} lies in products that do "
            "not move."
        )
    slots = ("claim_main", "claim_second", "claim_third")
    claims = dict(zip(slots, sentences or ["The history is too short to compare."], strict=False))
    claims["claim_action"] = (
        f"Start with the first of them: {insights[0]['title']}."
        if insights
        else "Nothing needs doing today."
    )
    count = len(insights)
    headline = (
        f"{formatting.quantity(count)} thing{'' if count == 1 else 's'} to look at"
        if count
        else "All quiet"
    )
    return headline, claims
