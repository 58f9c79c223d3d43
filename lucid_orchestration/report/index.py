"""The page over several shops: each with its newest figures and its first advice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from lucid_orchestration.formatting import day, money, month
from lucid_orchestration.report.blocks import Cell, Column, Row, Shop, Table, shortened, signed

NAME = "index.html"
# where a shop has that name: no shop's begins so
_OTHER_NAME = "_shops.html"
_ADVICE_LENGTH = 200


@dataclass(frozen=True)
class Entry:
    """A shop among others: where its page is, and what stands first on it."""

    shop: Shop
    title: Cell
    address: str
    period: str
    advice: str
    unused: tuple[str, ...]
    summary: Mapping[str, Any]


def index_name(pages: Sequence[str]) -> str | None:
    """What the page over all shops is called; none is needed for a single shop."""
    if len(pages) < 2:
        return None
    return _OTHER_NAME if NAME in pages else NAME


def entry(
    shop: Shop,
    title: Cell,
    page: str,
    period: str,
    first: Any,
    unused: tuple[str, ...],
    summary: Mapping[str, Any],
) -> Entry:
    """A shop's line of the page; `first` is the title of its first insight, or None.

    `unused` is why none of its files is used, where none is.
    """
    advice = "" if first is None else shortened(str(first), _ADVICE_LENGTH)
    return Entry(shop, title, quote(page), period, advice, unused, summary)


def side_by_side(entries: Sequence[Entry]) -> Table:
    """The figures of all shops, each in its own currency and of its own newest month."""
    return Table(
        "Shops side by side",
        (
            Column("Shop"),
            Column("Up to"),
            Column("Newest month"),
            Column("Its revenue", True),
            Column("Against a year before", True),
            Column("Stock value", True),
            Column("Money in dead stock", True),
        ),
        tuple(
            Row(
                (
                    one.title,
                    Cell(day(one.shop.as_of_date)),
                    Cell(month(one.summary["last_complete_month"])),
                    Cell(money(one.summary["month_revenue"], one.shop.currency)),
                    Cell(signed(one.summary["month_revenue_year_change"])),
                    Cell(money(one.summary["stock_value"], one.shop.currency)),
                    Cell(money(one.summary["dead_stock_value"], one.shop.currency)),
                )
            )
            for one in entries
        ),
    )
