"""What stands on each page: rows as cells, insights as cards, charts as their specifications."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel

from lucid_orchestration.desk.answers import ANSWERS, options_of
from lucid_orchestration.desk.context import Shop
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.figures import cell, heading
from lucid_orchestration.report import cards
from lucid_orchestration.report.blocks import Shop as Owner
from lucid_orchestration.report.cards import InsightCard
from lucid_orchestration.report.quality import doubts, unused
from lucid_orchestration.report.tiles import TileRow, tiles
from lucid_orchestration.warehouse.datasets import usual_currency
from lucid_orchestration.warehouse.parquet import Table, select_rows
from lucid_orchestration.warehouse.presentation import presentation
from lucid_orchestration.warehouse.show import show_choices, show_page

TITLES: Mapping[str, str] = {
    "best-sellers": "What sells best?",
    "revenue-contribution": "Where does the revenue come from?",
    "seasonality": "What is seasonal?",
    "inventory-velocity": "How fast does stock move?",
    "dead-stock": "What does not move?",
    "profitability": "What earns money?",
    "trends": "Where does it go?",
    "branch-products": "What does each branch sell, have and need?",
    "branch-months": "How does each branch do?",
}
SHORT: Mapping[str, str] = {
    "best-sellers": "Best sellers",
    "revenue-contribution": "Revenue",
    "seasonality": "Seasons",
    "inventory-velocity": "Stock",
    "dead-stock": "Dead stock",
    "profitability": "Profit",
    "trends": "Trends",
    "branch-products": "Branches",
    "branch-months": "Branch sales",
}
_WINDOWS: Mapping[str, str] = {
    "all": "All months",
    "last_30_days": "Last 30 days",
    "last_90_days": "Last 90 days",
    "last_365_days": "Last 365 days",
    "last_12_months": "Last 12 months",
}
_FIRST_WORDS = ("name", "id")
# What can be chosen in the shop's own words; other values are codes of ours.
_OWN_CHOICES = frozenset({"branch", "category", "entity"})
# By whether it is a number, and by whether it goes down.
_ORDERS = (("from A on", "from Z on"), ("least first", "most first"))


@dataclass(frozen=True)
class Card:
    """An insight as the report's card, with what its buttons are about."""

    card: InsightCard
    insight_id: str
    product: str | None
    is_new: bool


@dataclass(frozen=True)
class Today:
    """The page that is looked at every morning."""

    tiles: list[TileRow]
    lead: InsightCard | None
    cards: list[Card]
    silenced: list[dict[str, Any]]
    resolved: list[str]
    doubts: Sequence[str]
    unused: Sequence[str]
    has_sales: bool


@dataclass(frozen=True)
class Heading:
    """A column of a table: where a click on it leads, and how it is sorted now."""

    column: str
    label: str
    is_number: bool
    is_name: bool
    link: str
    sorted: str


@dataclass(frozen=True)
class AnswerPage:
    """A table with all that chooses its rows; `before` and `after` lead to the pages beside it.

    `sorts` are the orders it may have: value, words, and whether it has that one now.
    """

    headings: list[Heading]
    rows: list[list[tuple[str, str | None]]]
    total: int
    first: int
    last: int
    before: str | None
    after: str | None
    query: str
    choices: dict[str, list[tuple[str, str]]]
    windows: list[tuple[str, str]]
    months: bool
    columns: list[tuple[str, str, bool]]
    sorts: list[tuple[str, str, bool]]


def owner_of(shop: Shop) -> Owner:
    """A shop as the report's parts know it."""
    return Owner(shop.dataset_id, shop.name, shop.currency or usual_currency(), shop.as_of)


def today(snapshot: Snapshot, shop: Shop, said: Mapping[str, str]) -> Today:
    """Headline figures, what to do, and what changed; `said` names insights that are silenced."""
    paths, where, owner = snapshot.paths, {"dataset_id": shop.dataset_id}, owner_of(shop)
    summaries = select_rows(paths.marts / "dataset_summary.parquet", where)
    texts = {
        row["insight_id"]: row
        for row in select_rows(paths.insights / "ai_explanations.parquet", where)
    }
    active = select_rows(paths.insights / "active_insights.parquet", where, ("rank",))
    every = select_rows(paths.insights / "insights.parquet", where, ("rule_id", "entity_id"))
    issues = select_rows(paths.quality / "file_issues.parquet", where)
    months = presentation("trends").reported(
        lambda chosen: select_rows(paths.marts / "trends.parquet", {**where, **chosen})
    )
    summary = summaries[0] if summaries else None
    return Today(
        tiles=[] if summary is None else tiles(summary, months, owner),
        lead=cards.lead(texts["summary"]) if "summary" in texts else None,
        cards=[
            Card(
                cards.card(row, texts.get(row["insight_id"]), owner),
                row["insight_id"],
                row["entity_id"] if row["entity_type"] == "product" else None,
                row["status"] == "new",
            )
            for row in active
        ],
        silenced=[
            {**row, "said": said[row["insight_id"]]} for row in every if row["insight_id"] in said
        ],
        resolved=[row["summary"] for row in every if row["status"] == "resolved"],
        doubts=doubts(issues, owner),
        unused=()
        if shop.as_of
        else unused(select_rows(paths.quality / "source_files.parquet", where)),
        has_sales=summary is not None and summary["first_sale_date"] is not None,
    )


def answer_page(
    snapshot: Snapshot, shop: Shop, answer: str, asked: BaseModel, columns: Sequence[str]
) -> AnswerPage:
    """The table of one answer.

    Raises:
        BadRequestError: for a value the answer does not know.
        NotFoundError: before the first run.
    """
    mart = ANSWERS[answer]
    shown = presentation(mart)
    given = {name: value for name, value in asked.model_dump().items() if value is not None}
    offset, limit = given.get("offset", 0), given["limit"]
    page = show_page(snapshot.paths.marts, mart, shop.dataset_id, options_of(mart, asked), offset)
    there = page.table.columns
    kept = [column for column in columns if column in there]
    kept = kept or list(shown.screen(there, given.get("metric")))
    query = {name: given[name] for name in given if name not in ("limit", "offset")}
    if columns:
        query["columns"] = ",".join(kept)
    last = min(offset + limit, page.total)
    headings = [_heading(column, page.table, query, shown.sorts) for column in kept]
    return AnswerPage(
        headings=headings,
        rows=_cells(page.table, kept, shop, _coded(shown.filters)),
        total=page.total,
        first=min(offset + 1, page.total),
        last=last,
        before=_link(query, max(0, offset - limit), limit) if offset else None,
        after=_link(query, offset + limit, limit) if last < page.total else None,
        query=urlencode(query),
        choices={
            name: [
                (value, value if name in _OWN_CHOICES else _plain_words(value)) for value in values
            ]
            for name, values in show_choices(snapshot.paths.marts, mart, shop.dataset_id).items()
        },
        windows=[
            (window, _WINDOWS.get(window, heading(window)))
            for window in (shown.period.windows if shown.period else ())
        ],
        months=bool(shown.period and shown.period.month),
        columns=[
            (column, heading(column), column in kept) for column in there if column != "dataset_id"
        ],
        sorts=_sorts(headings, given.get("sort")),
    )


def grid(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], currency: str
) -> dict[str, Any]:
    """Some rows as a plain table: headings and cells."""
    numbers = [any(_is_number(row.get(column)) for row in rows) for column in columns]
    return {
        "headings": [
            (heading(column), number) for column, number in zip(columns, numbers, strict=True)
        ],
        "rows": [
            [
                cell(column, row.get(column), str(row.get("currency") or currency))
                for column in columns
            ]
            for row in rows
        ],
    }


def export_query(asked: BaseModel) -> str:
    """What is asked, as the address of an export says it: all rows, none of the page alone."""
    given = asked.model_dump(exclude_none=True, exclude={"limit", "offset"})
    return urlencode(given)


def product_address(shop_id: str, product_id: str) -> str:
    """Where a product's page is."""
    return f"/shops/{quote(shop_id, safe='')}/products/{quote(product_id, safe='')}"


def _plain_words(code: str) -> str:
    """What a value of our own, such as out_of_stock, says."""
    return code.replace("_", " ")


def _coded(filters: Mapping[str, str]) -> set[str]:
    """The columns whose values are words of ours."""
    return {column for name, column in filters.items() if name not in _OWN_CHOICES}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_name(column: str) -> bool:
    return column.rpartition("_")[2] in _FIRST_WORDS


def _cells(
    table: Table, kept: Sequence[str], shop: Shop, coded: Container[str]
) -> list[list[tuple[str, str | None]]]:
    currency = shop.currency or usual_currency()
    lines = []
    for row in table.records():
        product_id = row.get("product_id")
        if product_id is None and row.get("entity_type") == "product":
            product_id = row.get("entity_id")
        address = None if product_id is None else product_address(shop.dataset_id, str(product_id))
        lines.append(
            [
                (
                    _plain_words(text) if column in coded else text,
                    address if _is_name(column) else None,
                )
                for column in kept
                for text in [cell(column, row[column], currency)]
            ]
        )
    return lines


def _heading(
    column: str, table: Table, query: Mapping[str, Any], sorts: Mapping[str, str]
) -> Heading:
    place = table.columns.index(column)
    is_number = any(_is_number(row[place]) for row in table.rows)
    name, _, direction = str(query.get("sort", "")).partition(":")
    is_sorted = sorts.get(name, name) == column
    usual = "desc" if is_number and "rank" not in column else "asc"
    now = (direction or usual) if is_sorted else ""
    turned = {"asc": "desc", "desc": "asc", "": usual}[now]
    link = urlencode({**query, "sort": f"{column}:{turned}"})
    return Heading(
        column,
        heading(column),
        is_number,
        _is_name(column),
        f"?{link}",
        {"asc": "ascending", "desc": "descending", "": "none"}[now],
    )


def _sorts(headings: Sequence[Heading], asked: str | None) -> list[tuple[str, str, bool]]:
    """Both orders of each column, and the one that is asked where its column is not shown."""
    found = [
        (
            f"{one.column}:{'desc' if is_down else 'asc'}",
            f"{one.label}, {_ORDERS[one.is_number][is_down]}",
            one.sorted == ("descending" if is_down else "ascending"),
        )
        for one in headings
        for is_down in (one.is_number, not one.is_number)
    ]
    if asked and not any(is_now for _, _, is_now in found):
        name, _, direction = asked.partition(":")
        found.append((asked, f"{heading(name)} {direction}".strip(), True))
    return found


def _link(query: Mapping[str, Any], offset: int, limit: int) -> str:
    return f"?{urlencode({**query, 'offset': offset, 'limit': limit})}"
