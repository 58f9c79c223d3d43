"""What an owner says about single insights, in the shop's lucid.yml under `insights:`.

Snoozed until a day; done, which holds as long as the same thing goes on; or of no use, for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from lucid_orchestration.ingest.inbox import dataset_named
from lucid_orchestration.insights.parameters import shop_files
from lucid_orchestration.insights.rules import RuleProblem, reason_of
from lucid_orchestration.yml import StatedError, parse_stated, read_stated

KEY = "insights"


def _day(value: object) -> object:
    # parse_stated leaves days as they are written
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]


class Said(BaseModel):
    """What was said about one insight; `done_on` is the as-of day on which it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    snoozed_until: Day | None = None
    done_on: Day | None = None
    not_useful: bool = False


class _Stated(BaseModel):
    model_config = ConfigDict(extra="ignore")

    insights: dict[str, Said] = {}


@dataclass(frozen=True)
class Feedback:
    """What is said in all shops; `problems` are files that could not be used.

    `snoozed` holds the first day on which an insight may be shown again, `done` the day on which
    it was said to be done, both by the insight's id.
    """

    snoozed: Mapping[str, date] = field(default_factory=dict)
    done: Mapping[str, date] = field(default_factory=dict)
    problems: tuple[RuleProblem, ...] = ()


def read_feedback(inbox: Path, dataset: str | None = None) -> Feedback:
    """What is said about insights in every lucid.yml; one that cannot be used is named.

    In that of one dataset alone if asked.
    """
    snoozed: dict[str, date] = {}
    done: dict[str, date] = {}
    problems: list[RuleProblem] = []
    for path in shop_files(inbox, dataset):
        folder = path.parent.name if path.parent != inbox else "default"
        try:
            said = said_in(parse_stated(read_stated(path)))
        except (FileNotFoundError, StatedError):
            continue  # named where its limits are read
        except ValidationError as error:
            problems.append(
                RuleProblem(f"{dataset_named(folder)}/{path.name}", "", reason_of(error))
            )
            continue
        for insight_id, one in said.items():
            if one.not_useful:
                snoozed[insight_id] = date.max
            elif one.snoozed_until is not None:
                snoozed[insight_id] = one.snoozed_until
            if one.done_on is not None:
                done[insight_id] = one.done_on
    return Feedback(snoozed, done, tuple(problems))


def said_in(content: Any) -> Mapping[str, Said]:
    """What the content of a lucid.yml says about insights, by their ids.

    Raises:
        pydantic.ValidationError: when it says something that means nothing.
    """
    return _Stated.model_validate(content if isinstance(content, dict) else {}).insights


def with_said(content: Mapping[str, Any], insight_id: str, said: Said) -> dict[str, Any]:
    """The part `insights:` of a lucid.yml once this is said; empty when nothing is left of it."""
    old = content.get(KEY)
    kept = dict(old) if isinstance(old, dict) else {}
    kept.pop(insight_id, None)
    new = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.model_dump(exclude_defaults=True).items()
    }
    if new:
        kept[insight_id] = new
    return kept
