"""Files of one shop with the same headings come from one till: what one proves holds for all.

Each file keeps what its own values say (its votes). From all votes together follows what the open
files are taught, so that it depends on the files in the inbox and not on when they came.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from lucid_orchestration.digests import combined_digest
from lucid_orchestration.ingest.layout.conventions import (
    Convention,
    DateOrder,
    DecimalMark,
    date_order,
    day_part,
)
from lucid_orchestration.ingest.layout.halves import Role
from lucid_orchestration.ingest.layout.headings import heading_key
from lucid_orchestration.ingest.layout.short_years import year_first
from lucid_orchestration.ingest.tables import Lesson, Parties

if TYPE_CHECKING:
    from lucid_orchestration.ingest.layout.recognise import Layout

# Of a file that cannot tell the order of its dates its siblings hear so many.
_MOST_TOLD_DAYS = 5
# Of fewer bills most say nothing.
_FEWEST_BILLS = 3
# Single values allow nothing else; the order of the rows shows it; nothing does.
Strength = Literal["proven", "shown", "open"]


@dataclass(frozen=True)
class Vote:
    """What a file's own values say of a convention, and how surely."""

    value: str
    strength: Strength


@dataclass(frozen=True)
class Votes:
    """What a file's own values say; a vote is null where the convention makes no difference.

    `table` stands for its kind, profile and headings, `zones` are those of its times. `days` are
    the first ones of a file too short to show at which end of a date the year stands. `parties` are
    those of its bills, `half` is the half of a sales table that it holds.
    """

    table: str
    date_order: Vote | None = None
    decimal_mark: Vote | None = None
    zones: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    parties: tuple[Parties, ...] = ()
    half: Role | None = None


@dataclass(frozen=True)
class Taught:
    """What the siblings of a file teach it."""

    date_order: Lesson | None = None
    decimal_mark: Lesson | None = None
    zones: Lesson | None = None
    business: Lesson | None = None
    others: Lesson | None = None

    @property
    def other_halves(self) -> tuple[str, ...]:
        """The ids of the files that hold halves of sales tables beside it."""
        value = "" if self.others is None else self.others.value
        return tuple(part.partition(" ")[0] for part in value.splitlines())

    @property
    def order(self) -> DateOrder | None:
        """The date order that is taught."""
        found: dict[str, DateOrder] = {"dmy": "dmy", "mdy": "mdy", "ymd": "ymd"}
        return found.get(self.date_order.value) if self.date_order else None

    @property
    def mark(self) -> DecimalMark | None:
        """The decimal mark that is taught."""
        found: dict[str, DecimalMark] = {".": ".", ",": ","}
        return found.get(self.decimal_mark.value) if self.decimal_mark else None


NOTHING_TAUGHT = Taught()


@dataclass(frozen=True)
class Sibling:
    """A file with its votes."""

    dataset_id: str
    name: str
    votes: Votes


def table_key(layout: "Layout") -> str:
    """The same for tables of the same kind, system and headings."""
    headings = sorted(heading_key(heading) for heading in layout.header)
    return combined_digest({"table": json.dumps([layout.kind, layout.profile, headings])})


def lessons(files: Mapping[str, Sibling]) -> dict[str, Taught]:
    """What each file is taught by the others, by id; files that learn nothing are left out."""
    families: dict[tuple[str, str], list[str]] = {}
    for file_id, file in files.items():
        if file.votes.table:
            families.setdefault((file.dataset_id, file.votes.table), []).append(file_id)
    taught = {}
    for members in families.values():
        found = sorted((files[member] for member in members), key=lambda file: file.name)
        order = _agreed([(file.name, file.votes.date_order) for file in found]) or _together(found)
        mark = _agreed([(file.name, file.votes.decimal_mark) for file in found])
        zones = sorted({zone for file in found for zone in file.votes.zones})
        business = _business(found)
        for member in members:
            votes = files[member].votes
            lesson = Taught(
                _lesson(votes.date_order, order),
                _lesson(votes.decimal_mark, mark),
                _zones(votes.zones, zones),
                _other_books(votes.parties, business),
            )
            if lesson != NOTHING_TAUGHT:
                taught[member] = lesson
    for member, others in _halves(files).items():
        taught[member] = replace(taught.get(member, NOTHING_TAUGHT), others=others)
    return taught


def _halves(files: Mapping[str, Sibling]) -> dict[str, Lesson]:
    """To files that hold halves of sales tables, all other ones of their shop, if both are there.

    Which of them belong together only their rows tell.
    """
    shops: dict[str, list[str]] = {}
    for file_id, file in files.items():
        if file.votes.half is not None:
            shops.setdefault(file.dataset_id, []).append(file_id)
    taught = {}
    for members in shops.values():
        if len({files[member].votes.half for member in members}) < 2:
            continue
        members.sort(key=lambda member: (files[member].name, member))
        for member in members:
            others = [other for other in members if other != member]
            value = "\n".join(f"{other} {files[other].name}" for other in others)
            taught[member] = Lesson(value, _named([files[other].name for other in others]))
    return taught


def vote_on_order(found: Convention[DateOrder], days: Mapping[str, int]) -> Vote | None:
    """What the order of some days says to others; None where they speak with two voices."""
    if found.against:
        return None
    if found.is_guess:
        return Vote(found.value, "open" if found.is_usual else "shown")
    if found.value in ("dmy", "mdy") or year_first(days) is not None:
        return Vote(found.value, "proven")
    return None


def order_among(own: Sequence[str], lists: Mapping[str, Sequence[str]]) -> Lesson | None:
    """What lists with the same headings, by name, teach the `own` days that some of them hold."""
    files = [Sibling("", name, _votes_of_days(days)) for name, days in sorted(lists.items())]
    taught = _agreed([(file.name, file.votes.date_order) for file in files]) or _together(files)
    return _lesson(_votes_of_days(own).date_order, taught)


def _votes_of_days(texts: Sequence[str]) -> Votes:
    days = Counter(day_part(text) for text in texts if text)
    vote = vote_on_order(date_order(days), days) if days else None
    return Votes("", vote, days=told_days(vote, days))


def told_days(vote: Vote | None, days: Mapping[str, int]) -> tuple[str, ...]:
    """The first days of a file too short to show at which end of a date the year stands."""
    is_open = vote is not None and vote.strength == "open"
    return tuple(islice(days, _MOST_TOLD_DAYS)) if is_open and year_first(days) is not None else ()


def to_text(value: Votes | Taught) -> str:
    """As it is kept beside a landed file."""
    return json.dumps(asdict(value), sort_keys=True)


def votes_of(text: str) -> Votes:
    """The votes in what `to_text` wrote.

    Raises:
        ValueError, TypeError, KeyError: for anything else.
    """
    kept: dict[str, Any] = json.loads(text)
    order, mark = kept["date_order"], kept["decimal_mark"]
    return Votes(
        kept["table"],
        Vote(**order) if order else None,
        Vote(**mark) if mark else None,
        tuple(kept["zones"]),
        tuple(kept["days"]),
        tuple(Parties(**parties) for parties in kept["parties"]),
        kept["half"],
    )


def _agreed(votes: Iterable[tuple[str, Vote | None]]) -> Lesson | None:
    """What the surest files say with one voice; null when they contradict one another."""
    known = [(name, vote) for name, vote in votes if vote is not None]
    for strength in ("proven", "shown"):
        sure = [(name, vote.value) for name, vote in known if vote.strength == strength]
        if sure:
            (_, value), *_ = sure
            is_one_voice = all(other == value for _, other in sure)
            teachers = _named([name for name, _ in sure])
            return Lesson(value, teachers, strength == "proven") if is_one_voice else None
    return None


def _together(files: Sequence[Sibling]) -> Lesson | None:
    """What the days of several files show that none of them shows alone, such as one file a day."""
    orders = {file.votes.date_order.strength for file in files if file.votes.date_order}
    days = {day: 1 for file in files for day in file.votes.days}
    if orders != {"open"} or len(days) < 2:
        return None
    found = date_order(days)
    names = [file.name for file in files if file.votes.days]
    return None if found.is_guess else Lesson(found.value, _named(names))


def _lesson(own: Vote | None, agreed: Lesson | None) -> Lesson | None:
    """What is taught to a file; what its own rows show is not overruled, only made sure."""
    if own is None or agreed is None or own.strength == "proven":
        return None
    if own.strength == "shown" and (own.value != agreed.value or not agreed.is_proven):
        return None
    return agreed


def _zones(own: Sequence[str], all_zones: Sequence[str]) -> Lesson | None:
    """Files of several zones are read as one such file is: summer and winter are one place."""
    if len(own) != 1 or len(all_zones) < 2:
        return None
    return Lesson(", ".join(all_zones), "")


def _business(files: Sequence[Sibling]) -> Lesson | None:
    """Whose books some bills are: the only party that most of them name.

    The seller of a shop's own bills changes as little as the buyer of those it was sent.
    """
    counts: dict[str, int] = {}
    teachers: dict[str, list[str]] = {}
    bills = 0
    for file in files:
        for parties in file.votes.parties:
            bills += 1
            for party in {_party_key(parties.seller), _party_key(parties.buyer)} - {""}:
                counts[party] = counts.get(party, 0) + 1
                teachers.setdefault(party, []).append(file.name)
    if bills < _FEWEST_BILLS:
        return None
    first, *others = sorted(counts, key=lambda party: (-counts[party], party))[:2] or [""]
    if 2 * counts.get(first, 0) <= bills or any(counts[o] == counts[first] for o in others):
        return None
    return Lesson(first, _named(list(dict.fromkeys(teachers[first]))))


def _party_key(party: str) -> str:
    return " ".join(party.split()).casefold()


def _other_books(own: Sequence[Parties], business: Lesson | None) -> Lesson | None:
    """What is taught to a file with bills that the business did not write."""
    if business is None or all(_party_key(p.seller) == business.value for p in own):
        return None
    return business


def _named(names: Sequence[str]) -> str:
    more = len(names) - 1
    return names[0] if not more else f"{names[0]} and {more} more"
