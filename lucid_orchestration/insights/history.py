"""What the rules found at earlier as-of dates: what is new, what goes on, what is settled.

The state of a dataset is kept by its as-of date, never by the clock: the newest state *before* the
as-of date counts, and evaluating one as-of date again rewrites its own state. The same history of
an inbox therefore gives the same insights, however often each step is repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lucid_orchestration.storage import DamagedFileError, read_proven

KEPT_STATES = 24

Key = tuple[str, str, str]  # rule, entity type, entity


@dataclass(frozen=True)
class Past:
    """One finding of an earlier evaluation; `since_date` is the as-of date it was first found."""

    dataset_id: str
    as_of_date: date
    rule_id: str
    entity_type: str
    entity_id: str
    entity_name: str
    title: str
    confidence: str
    confidence_score: int
    metrics: str
    since_date: date

    @property
    def key(self) -> Key:
        """What makes two findings the same, whatever their figures."""
        return (self.rule_id, self.entity_type, self.entity_id)


@dataclass(frozen=True)
class State:
    """What was found in one dataset at one as-of date."""

    as_of: date
    findings: Mapping[Key, Past]


def nothing_found(dataset_id: str, as_of: date) -> Past:
    """A row without a rule: the dataset was looked at, so that an empty state is a state too."""
    return Past(dataset_id, as_of, "", "", "", "", "", "", 0, "[]", as_of)


def read_history(path: Path) -> tuple[Past, ...]:
    """All that is kept; nothing when the file is missing, damaged, or has other columns."""
    try:
        return tuple(Past(**row) for row in read_proven(path))
    except (FileNotFoundError, DamagedFileError, TypeError):
        return ()


def states_before(history: Iterable[Past], as_of: Mapping[str, date | None]) -> dict[str, State]:
    """Per dataset the newest state before its as-of date."""
    newest: dict[str, date] = {}
    findings: dict[str, dict[Key, Past]] = {}
    for past in history:
        today = as_of.get(past.dataset_id)
        if today is None or past.as_of_date >= today:
            continue
        if past.as_of_date > newest.get(past.dataset_id, date.min):
            newest[past.dataset_id] = past.as_of_date
            findings[past.dataset_id] = {}
        if past.as_of_date == newest[past.dataset_id] and past.rule_id:
            findings[past.dataset_id][past.key] = past
    return {name: State(newest[name], findings[name]) for name in newest}


def with_states(
    history: Sequence[Past], now: Sequence[Past], as_of: Mapping[str, date | None]
) -> tuple[Past, ...]:
    """The history with the states of today; later ones are of files that are gone, and go too."""
    kept = [
        past
        for past in history
        if (today := as_of.get(past.dataset_id)) is not None and past.as_of_date < today
    ]
    days: dict[str, set[date]] = {}
    for past in kept:
        days.setdefault(past.dataset_id, set()).add(past.as_of_date)
    oldest = {name: sorted(dates)[-KEPT_STATES:][0] for name, dates in days.items()}
    kept = [past for past in kept if past.as_of_date >= oldest[past.dataset_id]]
    order = [*kept, *now]
    return tuple(sorted(order, key=lambda past: (past.dataset_id, past.as_of_date, past.key)))
