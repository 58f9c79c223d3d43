"""What a shop says of itself in its lucid.yml, beside what is assumed where it says nothing."""

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from lucid_orchestration import formatting
from lucid_orchestration.ingest.inbox import dataset_named, dataset_of, shop_file
from lucid_orchestration.ingest.knowledge import (
    WEEKDAYS,
    Knowledge,
    known_events,
    read_knowledge,
)
from lucid_orchestration.insights.rules import SettingProblem
from lucid_orchestration.settings import project_vars

_KINDS = {"products": "product", "suppliers": "supplier", "categories": "category"}


@dataclass(frozen=True)
class Term:
    """One thing a shop can say: its key in lucid.yml, what holds now, and what it decides.

    `usual` is what holds where the shop says nothing.
    """

    key: str
    label: str
    value: str
    usual: str
    decides: str
    is_told: bool


def terms_of(knowledge: Knowledge) -> tuple[Term, ...]:
    """Everything a shop can say, each with what holds."""
    vars_ = project_vars()
    lead_times = [
        f"{name} {formatting.days(days)}"
        for _, named in knowledge.lead_times
        for name, days in named.items()
    ]
    weekdays = knowledge.closed_weekdays
    spans = [
        formatting.day(first)
        if first == last
        else f"{formatting.day(first)} to {formatting.day(last)}"
        for first, last in sorted(set(knowledge.closed_days))
    ]
    usual_margin = "the middle product of each category is the measure"
    as_sold = "as the days without a sale show"

    def term(key: str, label: str, said: str | None, usual: str, decides: str) -> Term:
        return Term(key, label, usual if said is None else said, usual, decides, said is not None)

    return (
        term(
            "lead_time_days",
            "An order takes",
            _days(knowledge.lead_time_days),
            formatting.days(vars_["lead_time_days"]),
            "what runs out before a delivery, and how much to order",
        ),
        term(
            "lead_times",
            "Deliveries that take longer or shorter",
            _listed(lead_times) if lead_times else None,
            "none",
            "the same for single products, suppliers and categories",
        ),
        term(
            "order_cycle_days",
            "An order is placed for",
            _days(knowledge.order_cycle_days),
            formatting.days(vars_["order_cycle_days"]),
            "how much to order",
        ),
        term(
            "closed_weekdays",
            "Closed every",
            None
            if weekdays is None
            else _listed([name.capitalize() for name in WEEKDAYS if name in weekdays]) or "no day",
            as_sold,
            "what sells on an open day, and what is expected",
        ),
        term(
            "closed_days",
            "Closed on",
            _listed(spans) if spans else None,
            as_sold,
            "the same; nothing is expected on coming ones",
        ),
        term(
            "festivals",
            "Festivals that matter",
            None if knowledge.festivals is None else _listed(knowledge.festivals) or "none",
            f"all of the calendar: {', '.join(known_events())}",
            "what to order in time for them",
        ),
        term(
            "own_festivals",
            "Festivals of its own",
            _listed(sorted(knowledge.own_festivals)) if knowledge.own_festivals else None,
            "none",
            "the same",
        ),
        term(
            "target_margin",
            "The margin it wants",
            None
            if knowledge.target_margin is None
            else f"{(knowledge.target_margin * 100).normalize():f} %",
            usual_margin,
            "which bestsellers earn too little",
        ),
    )


def shops_terms(inbox: Path) -> dict[str, tuple[Term, ...]]:
    """What holds for each shop of the inbox, by its id."""
    if not inbox.is_dir():
        return {}
    folders = [path for path in inbox.iterdir() if path.is_dir() and path.name[0] != "."]
    names = {dataset_of(path) for path in folders}
    if any(path.is_file() and path.name[0] != "." for path in inbox.iterdir()):
        names.add("default")
    return {
        name: terms_of(read_knowledge(shop_file(inbox, name)).knowledge) for name in sorted(names)
    }


def unknown_names(marts_dir: Path, files: Iterable[Path], inbox: Path) -> list[SettingProblem]:
    """The names under `lead_times` that no product, supplier or category of the shop has.

    `files` are the shops' lucid.yml. A shop without products yet has no names to compare with.
    """
    told = {path: read_knowledge(path).knowledge.lead_times for path in files}
    problems: list[SettingProblem] = []
    for path, lead_times in told.items():
        if not any(named for _, named in lead_times):
            continue
        folder = path.parent.name if path.parent != inbox else "default"
        rows = _products(marts_dir / "product_master.parquet", dataset_named(folder))
        for kind, named in lead_times if rows else ():
            known = _names(rows, kind)
            problems += [
                SettingProblem(f"{folder}/{path.name}", "", _unknown(kind, name, known))
                for name in named
                if _plain(name) not in known
            ]
    return problems


def _products(file: Path, dataset_id: str) -> Sequence[Mapping[str, Any]]:
    if not file.is_file():
        return ()
    columns = ["product_id", "product_name", "category", "supplier"]
    table = pq.read_table(file, columns=columns, filters=[("dataset_id", "=", dataset_id)])
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def _names(rows: Sequence[Mapping[str, Any]], kind: str) -> Mapping[str, str]:
    """What things of a kind are called, by the name as names are compared."""
    columns = {
        "products": ("product_id", "product_name"),
        "suppliers": ("supplier",),
        "categories": ("category",),
    }[kind]
    return {_plain(row[column]): row[column] for row in rows for column in columns if row[column]}


def _unknown(kind: str, name: str, known: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(_plain(name), known, 1)
    hint = f"; did you mean {known[near[0]]}?" if near else ""
    shown = formatting.shortened(name)
    return f"lead_times.{kind}: this shop knows no {_KINDS[kind]} called {shown}{hint}"


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _days(count: int | None) -> str | None:
    return None if count is None else formatting.days(count)


def _listed(names: Iterable[str], most: int = 6) -> str:
    return ", ".join(_first(list(names), most))


def _first(names: Sequence[str], most: int) -> Iterator[str]:
    yield from names[:most]
    if len(names) > most:
        yield f"and {len(names) - most} more"
