"""What only the owner knows of a shop, in its `lucid.yml`: deliveries, closed days, festivals.

Each value is checked for itself: one that means nothing is named and left out, the others hold.
"""

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from lucid_orchestration.formatting import shortened
from lucid_orchestration.settings import project_dir, project_vars
from lucid_orchestration.yml import StatedError, parse_stated, read_stated

# Expected demand is known for so many days: an order has to arrive and be sold within them.
HORIZON_DAYS = 180
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Keys of a lucid.yml that other modules read.
OTHER_KEYS = frozenset({"rules", "insights"})
_LONGEST_CLOSED_DAYS = 366
_MOST_NAMED = 1_000
_MOST_LETTERS = 200
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)

Rows: TypeAlias = list[dict[str, str | None]]


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("it is no day; write it as 2026-12-31")
    try:
        day = date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(f"{shortened(value)!r} is no day; write it as 2026-12-31") from error
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(f"{day} is no day of a shop's life")
    return day


def _span(value: object) -> tuple[date, date]:
    first, mark, last = str(value).partition(" to ") if isinstance(value, str) else ("", "", "")
    if not first:
        raise ValueError("it is no day; write 2026-12-31, or 2026-12-24 to 2026-12-31")
    days = (_day(first), _day(last if mark else first))
    if not 0 <= (days[1] - days[0]).days < _LONGEST_CLOSED_DAYS:
        raise ValueError("the last day comes before the first, or more than a year after it")
    return days


def _weekday(value: object) -> str:
    text = value.strip().casefold() if isinstance(value, str) else ""
    fitting = [name for name in WEEKDAYS if len(text) >= 3 and name.startswith(text)]
    if not fitting:
        raise ValueError(f"{shortened(repr(value))} is no weekday; write one such as sunday")
    return fitting[0]


def _plain(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("it is no name")
    return " ".join(str(value).split())


def _share(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("it is no number; write 0.3 for 30 %")
    if not 0 < value < 1:
        raise ValueError("it has to lie between 0 and 1; write 0.3 for 30 %")
    return round(Decimal(str(value)), 6)


Name = Annotated[
    str, BeforeValidator(_plain), Field(strict=False, min_length=1, max_length=_MOST_LETTERS)
]
Day = Annotated[date, BeforeValidator(_day)]
Span = Annotated[tuple[date, date], BeforeValidator(_span)]
Weekday = Annotated[str, BeforeValidator(_weekday)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Days = Annotated[int, Field(ge=0, le=HORIZON_DAYS)]
NamedDays = Annotated[dict[Name, Days], Field(max_length=_MOST_NAMED)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LeadTimes(_Strict):
    """Days from an order to its delivery, by name; a product's own go before its supplier's."""

    products: NamedDays = {}
    suppliers: NamedDays = {}
    categories: NamedDays = {}


class Knowledge(_Strict):
    """What an owner says of the shop itself; None and nothing is what Lucid assumes or finds.

    `lead_time_days` and `order_cycle_days` are days from an order to its delivery, and for which
    one is placed. `closed_weekdays` replace those found in the sales, also when there are none;
    `closed_days` are closed besides, past or coming. `festivals` are those of
    seeds/calendar_events.csv that matter, `own_festivals` further ones with their days.
    `target_margin` is the part of the price that is to be left, 0 to 1.
    """

    lead_time_days: Days | None = None
    order_cycle_days: Annotated[int, Field(ge=1, le=HORIZON_DAYS)] | None = None
    lead_times: LeadTimes = LeadTimes()
    closed_weekdays: list[Weekday] | None = None
    closed_days: Annotated[list[Span], Field(max_length=_MOST_NAMED)] = []
    festivals: list[Name] | None = None
    own_festivals: Annotated[
        dict[Name, Annotated[list[Day], Field(max_length=200)]], Field(max_length=50)
    ] = {}
    target_margin: Share | None = None


NOTHING_KNOWN = Knowledge()


@dataclass(frozen=True)
class Told:
    """What of a lucid.yml can be used, and a sentence for each value that cannot."""

    knowledge: Knowledge
    problems: tuple[str, ...] = ()


def read_knowledge(path: Path) -> Told:
    """What a lucid.yml says of the shop; nothing when there is none, or when it cannot be read.

    That it cannot be read is named where its limits of rules are read.
    """
    try:
        return knowledge_in(parse_stated(read_stated(path)))
    except (FileNotFoundError, StatedError):
        return Told(NOTHING_KNOWN)


def knowledge_in(content: Any) -> Told:
    """What the content of a lucid.yml says of the shop."""
    if not isinstance(content, dict):
        return Told(NOTHING_KNOWN)
    problems = list(_strangers(content))
    # a key without anything behind it says nothing
    said = {key: value for key, value in content.items() if value is not None}
    left = _copied({key: said[key] for key in Knowledge.model_fields if key in said})
    if isinstance(left.get("lead_times"), dict):
        named = left["lead_times"].items()
        left["lead_times"] = {kind: value for kind, value in named if value is not None}
    while True:
        try:
            knowledge = Knowledge.model_validate(left)
            break
        except ValidationError as error:
            # from the last place on, so that no place of a list moves before its turn
            details = error.errors(include_url=False, include_context=False, include_input=False)
            before = _copied(left)
            for detail in sorted(details, key=lambda one: _place(one["loc"]), reverse=True):
                problems.append(f"{_words(detail['loc'])}: {_reason(detail['msg'])}")
                _take_out(left, detail["loc"])
            if left == before:  # a key that no place can name
                left.pop(str(details[0]["loc"][0]), None)
    knowledge, more = _consistent(knowledge)
    # a list of nothing but mistakes is not the same as an empty list
    emptied = {
        key: None
        for key in ("closed_weekdays", "festivals")
        if content.get(key) and not getattr(knowledge, key)
    }
    knowledge = knowledge.model_copy(update=emptied)
    return Told(knowledge, tuple(dict.fromkeys((*problems, *more))))


def knowledge_rows(dataset_id: str, knowledge: Knowledge) -> Rows:
    """The rows of raw_shop_knowledge of one shop: topic, name and value, as text."""
    return [
        {"dataset_id": dataset_id, "topic": topic, "name": name, "value": value}
        for topic, name, value in _facts(knowledge)
    ]


def _facts(knowledge: Knowledge) -> Iterator[tuple[str, str | None, str | None]]:
    for topic in ("lead_time_days", "order_cycle_days", "target_margin"):
        value = getattr(knowledge, topic)
        if value is not None:
            yield topic, None, f"{Decimal(value).normalize():f}"
    for kind, named in knowledge.lead_times:
        for name, days in named.items():
            yield f"lead_time_{kind}", name, str(days)
    if knowledge.closed_weekdays is not None:
        yield "closed_weekdays", None, None
        for weekday in sorted(set(knowledge.closed_weekdays), key=WEEKDAYS.index):
            yield "closed_weekday", weekday, str(WEEKDAYS.index(weekday))
    for first, last in sorted(set(knowledge.closed_days)):
        yield "closed_days", first.isoformat(), last.isoformat()
    if knowledge.festivals is not None:
        yield "festivals", None, None
        for name in sorted(set(knowledge.festivals)):
            yield "festival", name, None
    for name, days_of_it in sorted(knowledge.own_festivals.items()):
        for day in sorted(set(days_of_it)):
            yield "own_festival", name, day.isoformat()


@cache
def known_events() -> tuple[str, ...]:
    """Names of the festivals of seeds/calendar_events.csv."""
    events = project_dir() / "seeds" / "calendar_events.csv"
    with events.open(encoding="utf-8", newline="") as file:
        return tuple(sorted({row["event"] for row in csv.DictReader(file)}))


def _strangers(content: Mapping[Any, Any]) -> Iterator[str]:
    known = sorted({*Knowledge.model_fields, *OTHER_KEYS})
    for key in content:
        if key not in known:
            nearest = difflib.get_close_matches(str(key), known, 1)
            hint = f"; {nearest[0]} is" if nearest else f"; there are {', '.join(known)}"
            yield f"{shortened(str(key))} is no setting of a shop{hint}"


def _consistent(knowledge: Knowledge) -> tuple[Knowledge, list[str]]:
    """The same without festivals nobody knows and without orders beyond what can be foreseen."""
    problems: list[str] = []
    cycle = knowledge.order_cycle_days or project_vars()["order_cycle_days"]
    most = HORIZON_DAYS - cycle

    def usable(place: str, days: int) -> bool:
        if days <= most:
            return True
        problems.append(
            f"{place}: {days} days and {cycle} days of order_cycle_days are more than the "
            f"{HORIZON_DAYS} days Lucid can foresee"
        )
        return False

    changed: dict[str, Any] = {}
    if knowledge.lead_time_days is not None and not usable(
        "lead_time_days", knowledge.lead_time_days
    ):
        changed["lead_time_days"] = None
    changed["lead_times"] = LeadTimes(
        **{
            kind: {
                name: days
                for name, days in named.items()
                if usable(f"lead_times.{kind}.{shortened(name)}", days)
            }
            for kind, named in knowledge.lead_times
        }
    )
    changed["own_festivals"] = {
        name: days for name, days in knowledge.own_festivals.items() if days
    }
    if knowledge.festivals is not None:
        named_events = {name.casefold(): name for name in known_events()}
        for name in knowledge.festivals:
            if name.casefold() not in named_events:
                problems.append(
                    f"festivals: {shortened(name)} is none Lucid knows; it knows "
                    f"{', '.join(known_events())}. Give its days under own_festivals"
                )
        changed["festivals"] = [
            named_events[name.casefold()]
            for name in knowledge.festivals
            if name.casefold() in named_events
        ]
    return knowledge.model_copy(update=changed), problems


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def _take_out(content: dict[str, Any], place: tuple[int | str, ...]) -> None:
    """Take out the innermost value that a place of an error names; it may be gone already."""
    inner: Any = content
    steps = [step for step in place if step != "[key]"]
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        if isinstance(inner, dict):
            # the name of a key is told as text, whatever it was
            keys = [key for key in inner if str(key) == str(step)]
            if not keys:
                return
            if is_last or not isinstance(inner[keys[0]], dict | list):
                del inner[keys[0]]
                return
            inner = inner[keys[0]]
        elif isinstance(inner, list) and isinstance(step, int) and step < len(inner):
            if is_last or not isinstance(inner[step], dict | list):
                del inner[step]
                return
            inner = inner[step]
        else:
            return


def _place(place: tuple[int | str, ...]) -> tuple[tuple[str, int], ...]:
    return tuple(("", step) if isinstance(step, int) else (step, 0) for step in place)


def _words(place: Iterable[int | str]) -> str:
    return shortened(".".join(str(step) for step in place if step != "[key]"))


def _reason(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
