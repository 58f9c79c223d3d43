"""The text that is always there: made from the facts alone, by fixed sentences."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucid_orchestration import formatting

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


def insight_text(insight: Mapping[str, Any], currency: str) -> Text:
    """The words for one row of `insights`."""
    stakes = [insight["summary"]]
    if insight["estimated_impact"] is not None:
        amount = formatting.money(insight["estimated_impact"], currency)
        word = {"growth": "can bring", "risk": "puts at risk", "efficiency": "wastes"}
        stakes.append(f"Over the next 90 days this {word[insight['category']]} about {amount}.")
    if insight["cash_at_stake"] is not None:
        amount = formatting.money(insight["cash_at_stake"], currency)
        stakes.append(f"{amount} of your money is tied up in it.")
    stakes.append(confidence_sentence(insight))
    return Text(insight["title"], " ".join(stakes), insight["recommended_action"])


def confidence_sentence(insight: Mapping[str, Any]) -> str:
    """How sure the insight is, with the reason that limits it most."""
    parts = json.loads(insight["confidence_reasons"])
    weakest = min(parts, key=lambda part: -1 if part["score"] is None else part["score"])
    return f"{_CONFIDENCE[insight['confidence']]} {weakest['sentence']}"


def dataset_text(summary: Mapping[str, Any], insights: Sequence[Mapping[str, Any]]) -> Text:
    """The words for a whole shop, from its row of `dataset_summary` and its active insights."""
    currency = summary["currency"]
    if summary["revenue"] is None:
        return Text(
            "There are no sales yet",
            "No usable sales line was found in the files of this shop.",
            "Add a file with sales, or look at why the files were refused.",
        )
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
    guidance = "Nothing needs doing today."
    if insights:
        first = insights[0]
        guidance = f"Start here: {first['title']}. {first['recommended_action']}"
    count = len(insights)
    headline = f"{count} thing{'' if count == 1 else 's'} to look at" if count else "All quiet"
    return Text(headline, " ".join(sentences) or "The history is too short to compare.", guidance)
