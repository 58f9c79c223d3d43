"""Tables that are half of one: orders with their days, and the lines of orders without a day."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lucid_orchestration.ingest.kinds import AMOUNT_FIELDS, DOCUMENT_FIELDS, PRICE_FIELDS
from lucid_orchestration.ingest.layout.aliases import choices
from lucid_orchestration.ingest.layout.documents import has_meaning
from lucid_orchestration.ingest.layout.headings import heading_key, heading_keys
from lucid_orchestration.ingest.layout.mapping import FileMapping
from lucid_orchestration.ingest.outcomes import RefusedError, Row

Role = Literal["orders", "lines"]
_OF_A_PIECE = frozenset({"quantity", *PRICE_FIELDS})
_STATES = frozenset(DOCUMENT_FIELDS)
_FIGURES = frozenset({"quantity", *PRICE_FIELDS, *AMOUNT_FIELDS})
# What tells an order from any other table with a day in it.
_OF_AN_ORDER = frozenset({"transaction_id", "customer_id", "document_status", *AMOUNT_FIELDS})
_BESIDE: Mapping[Role, str] = {
    "orders": "If it lists orders and not what was sold, put the list of their lines beside it: "
    "Lucid joins both by the number of the order.",
    "lines": "If another list says when these orders were, put it beside this one: Lucid joins "
    "both by the number of the order.",
}
# A list with a column for each day of a year and for each shop has fewer.
MOST_HEADINGS = 1_000
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Half:
    """Which half a table is, its row of headings, and its fields with their columns.

    The `number` of the order stands in a column of its lines; of a list of orders only the lines
    can show which column that is. Lines with a day of their own lack what else an order says.
    """

    role: Role
    header: Row
    columns: Mapping[str, int]
    number: int | None = None

    @property
    def has_days(self) -> bool:
        """Whether its rows say when they were sold."""
        return "sale_date" in self.columns


class HalfTableError(RefusedError):
    """A table that lacks what another one may have: the day of its lines, or the lines."""

    def __init__(self, refusal: RefusedError, half: Half) -> None:
        super().__init__(refusal.reason, refusal.message)
        self.half = half


def with_half(refusal: RefusedError, half: Half | None) -> RefusedError:
    """A refusal that says what would complete the table, if anything would."""
    if half is None or (half.role == "lines" and half.has_days):
        return refusal
    message = f"{refusal.message} {_BESIDE[half.role]}"
    return HalfTableError(RefusedError(refusal.reason, message), half)


def half_of(candidates: Sequence[Row], mapping: FileMapping) -> Half | None:
    """The half of a sales table below the first row that may be its headings; None without one."""
    if mapping.kind not in (None, "sales"):
        return None
    told = {heading_key(heading): field for heading, field in mapping.columns.items()}
    for row in candidates:
        if _DIGIT.search("".join(row.cells)):
            continue
        keys = heading_keys(row.cells, told)
        columns = {name: places[0] for name, places in choices("sales", keys, told).items()}
        has_goods = not columns.keys().isdisjoint({"product_id", "product_name"})
        if "sale_date" in columns:
            if has_goods and "transaction_id" in columns and columns.keys() & _OF_A_PIECE:
                return Half("lines", row, columns, columns["transaction_id"])
            if columns.keys() & _OF_AN_ORDER:
                return Half("orders", row, columns)
        elif has_goods and columns.keys() & _FIGURES:
            number = columns.get("transaction_id", _named_number(row, columns))
            if number is not None:
                return Half("lines", row, columns, number)
    return None


def _named_number(row: Row, columns: Mapping[str, int]) -> int | None:
    """The first column whose heading speaks of an order, where none is known for its number."""
    taken = set(columns.values())
    return next(
        (
            place
            for place, heading in enumerate(row.cells)
            if place not in taken and heading.strip() and has_meaning(heading, "order")
        ),
        None,
    )


def lacks_state(profile: str, columns: Collection[str]) -> bool:
    """Whether lines of numbered orders say nothing of what became of them, as their orders may."""
    is_of_lines = "transaction_id" in columns and not _OF_A_PIECE.isdisjoint(columns)
    return profile == "generic" and is_of_lines and _STATES.isdisjoint(columns)


def may_be_headings(row: Row, mapping: FileMapping) -> bool:
    """Whether a row has as many cells as headings may have, and the place its owner names."""
    is_there = mapping.header_row in (None, row.number)
    return is_there and 1 < sum(map(bool, row.cells)) <= MOST_HEADINGS
