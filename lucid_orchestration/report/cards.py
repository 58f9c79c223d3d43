"""Insights as the owner reads them: what, how much, what to do, and all that stands behind it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any

from lucid_orchestration.explain.credit import credit
from lucid_orchestration.figures import WORD_UNITS, money_at_stake, read, shown
from lucid_orchestration.formatting import UNKNOWN, money
from lucid_orchestration.insights.entities import ENTITY_WORDS
from lucid_orchestration.report.blocks import Cell, Column, Row, Shop, Table, first_rows, shortened

_FIGURE_ROWS_SHOWN = 25
_LIMIT = "limit"
_NAME_LENGTH = 32
_TITLE_LENGTH = 160  # a name from a file may be of any length
_TEXT_LENGTH = 1200


@dataclass(frozen=True)
class InsightCard:
    """One insight; `limits` and `ranking` say when it fires and why it stands where it does.

    `template` is the text without AI, where the one shown is by AI.
    """

    title: str
    text: str
    action: str
    category: str
    severity: str
    confidence: str
    money: tuple[str, ...]
    reasons: tuple[str, ...]
    figures: Table | None
    limits: str
    ranking: str
    written_by: str
    template: tuple[str, ...]


def lead(text: Mapping[str, Any]) -> InsightCard:
    """The summary row of `ai_explanations`, which stands above the insights."""
    return InsightCard(
        title=shortened(text["headline"], _TITLE_LENGTH),
        text=shortened(text["explanation"], _TEXT_LENGTH),
        action=shortened(text["guidance"], _TEXT_LENGTH),
        category="",
        severity="",
        confidence="",
        money=(),
        reasons=(),
        figures=None,
        limits="",
        ranking="",
        written_by=credit(text),
        template=_template(text),
    )


def card(row: Mapping[str, Any], text: Mapping[str, Any] | None, shop: Shop) -> InsightCard:
    """A row of `active_insights` in the words of its row of `ai_explanations`, or its own."""
    metrics = json.loads(row["supporting_metrics"])
    return InsightCard(
        title=shortened(row["title"] if text is None else text["headline"], _TITLE_LENGTH),
        text=shortened(row["summary"] if text is None else text["explanation"], _TEXT_LENGTH),
        action=shortened(
            row["recommended_action"] if text is None else text["guidance"], _TEXT_LENGTH
        ),
        category=str(row["category"]).capitalize(),
        severity=row["severity"],
        confidence=f"{str(row['confidence']).capitalize()} confidence",
        money=tuple(
            f"{amount[0].upper()}{amount[1:]}" for amount in money_at_stake(row, shop.currency)
        ),
        reasons=tuple(
            f"{reason['sentence']} ({reason['score']} of 100)"
            for reason in json.loads(row["confidence_reasons"])
        ),
        figures=_figures([m for m in metrics if m["unit"] != _LIMIT], row["entity_type"], shop),
        limits=_limits([m for m in metrics if m["unit"] == _LIMIT]),
        ranking=_ranking(json.loads(row["priority_parts"]), shop),
        written_by="" if text is None else credit(text),
        template=() if text is None else _template(text),
    )


def _figures(metrics: Sequence[Mapping[str, Any]], entity_type: str, shop: Shop) -> Table | None:
    """The facts of one subject as lines, or those of a group with a line for each subject."""
    known = [m for m in metrics if m["value"] is not None and m["unit"] not in WORD_UNITS]
    if not known:
        return None
    if "entity_name" not in known[0]:
        return Table(
            "The figures behind it",
            (Column("Figure"), Column("Value", True)),
            tuple(
                Row((Cell(str(metric["label"]), wraps=True), Cell(_figure(metric, shop))))
                for metric in known
            ),
        )
    labels = {str(metric["name"]): str(metric["label"]) for metric in known}
    subjects = _by_subject(known)
    shown = subjects[:_FIGURE_ROWS_SHOWN]
    caption = first_rows(
        "The figures behind it, the largest first", len(subjects), _FIGURE_ROWS_SHOWN
    )
    return Table(
        caption,
        (
            Column(ENTITY_WORDS[entity_type].capitalize()),
            *(Column(label, True) for label in labels.values()),
        ),
        tuple(
            Row(
                (
                    Cell.name(name, _NAME_LENGTH),
                    *(
                        Cell(_figure(figures[column], shop) if column in figures else UNKNOWN)
                        for column in labels
                    ),
                )
            )
            for name, figures in shown
        ),
    )


def _by_subject(
    metrics: Sequence[Mapping[str, Any]],
) -> list[tuple[str, dict[str, Mapping[str, Any]]]]:
    """Facts as they come, subject by subject: two products of one name stay two lines."""
    subjects: list[tuple[str, dict[str, Mapping[str, Any]]]] = []
    for metric in metrics:
        subject, name = str(metric["entity_name"]), str(metric["name"])
        if not subjects or subjects[-1][0] != subject or name in subjects[-1][1]:
            subjects.append((subject, {}))
        subjects[-1][1][name] = metric
    return subjects


def _figure(metric: Mapping[str, Any], shop: Shop) -> str:
    return shown(read(metric["value"], metric["unit"]), metric["unit"], shop.currency)


def _limits(metrics: Sequence[Mapping[str, Any]]) -> str:
    if not metrics:
        return ""
    said = "; ".join(_limit(str(metric["name"]), str(metric["value"])) for metric in metrics)
    return f"Limits of this rule: {said}."


def _limit(name: str, value: str) -> str:
    """`lines at least 5` for min_lines."""
    for start, bound in (("min_", " at least"), ("max_", " at most")):
        if name.startswith(start):
            return f"{name.removeprefix(start).replace('_', ' ')}{bound} {value}"
    return f"{name.replace('_', ' ')} {value}"


def _ranking(parts: Mapping[str, str], shop: Shop) -> str:
    """Why it stands where it stands: the amount, the two factors, and what they come to."""
    factors = (
        (parts["confidence_weight"], "for how sure it is"),
        (parts["urgency"], "for how urgent it is"),
    )
    said = " ".join(f"× {Decimal(factor).normalize():f} {why}" for factor, why in factors)
    impact = Decimal(parts["impact"])
    weight = impact * prod(Decimal(factor) for factor, _ in factors)
    amounts = (money(impact, shop.currency), money(weight, shop.currency))
    return f"Ranked by {amounts[0]} {said} = {amounts[1]}."


def _template(text: Mapping[str, Any]) -> tuple[str, ...]:
    if text["text_source"] != "ai":
        return ()
    parts = (text["template_explanation"], text["template_guidance"])
    return tuple(shortened(part, _TEXT_LENGTH) for part in parts)
