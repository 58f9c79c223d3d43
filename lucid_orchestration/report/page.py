"""One self-contained HTML page per shop, from the Parquet files and nothing else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from lucid_orchestration.formatting import day
from lucid_orchestration.report import (
    branches,
    cards,
    earning,
    index,
    seasons,
    selling,
    stock,
    trend,
)
from lucid_orchestration.report.blocks import GREY, Cell, Section, Shop, shortened
from lucid_orchestration.report.quality import doubts, quality, unused
from lucid_orchestration.report.tiles import TileRow, tiles
from lucid_orchestration.storage import file_name, read_parquet_rows, write_text
from lucid_orchestration.warehouse.datasets import usual_currency
from lucid_orchestration.warehouse.presentation import presentation

_TITLE_LENGTH = 80
_RESOLVED_LENGTH = 400
_ADVICE_SHOWN = 5


def render_reports(
    marts_dir: Path,
    quality_dir: Path,
    insights_dir: Path,
    reports_dir: Path,
    others: Sequence[str] = (),
) -> list[Path]:
    """Write `<dataset_id>.html` for every row of `marts/datasets`, and remove all other pages.

    Of several shops there is a page over all of them too, `index.html`. Reads Parquet only; equal
    files give equal bytes. Returns the pages, by name, that over all shops first.
    `others` are datasets whose pages are written elsewhere, and so is the page over all then.

    Raises:
        FileNotFoundError: when a mart, quality or insight table is missing.
    """
    datasets = read_parquet_rows(marts_dir / "datasets.parquet")
    ids = sorted(str(row["dataset_id"]) for row in datasets)
    names = [page_name(dataset_id) for dataset_id in ids]
    over_all = index_page({*ids, *others})
    pages = []
    for dataset_id, name in zip(ids, names, strict=True):
        path = reports_dir / name
        write_text(path, render_page(marts_dir, quality_dir, insights_dir, dataset_id, over_all))
        pages.append(path)
    if over_all and not others:
        write_index(marts_dir, quality_dir, insights_dir, ids, reports_dir / over_all)
        pages.insert(0, reports_dir / over_all)
    remove_other_pages(reports_dir, pages)
    return pages


def page_name(dataset_id: str) -> str:
    """The name of a dataset's page."""
    return file_name(dataset_id, ".html")


def index_page(dataset_ids: Iterable[str]) -> str | None:
    """The name of the page over all datasets; None where a single one needs none."""
    return index.index_name([page_name(dataset_id) for dataset_id in dataset_ids])


def write_index(
    marts_dir: Path,
    quality_dir: Path,
    insights_dir: Path,
    dataset_ids: Sequence[str],
    path: Path,
) -> None:
    """Write the page over several datasets, whose own pages lie beside it."""
    entries = [
        _entry(marts_dir, quality_dir, insights_dir, dataset_id) for dataset_id in dataset_ids
    ]
    text = _template("index.html.j2").render(
        entries=entries, figures=index.side_by_side(entries), grey=GREY
    )
    write_text(path, text)


def remove_other_pages(reports_dir: Path, pages: Sequence[Path]) -> None:
    """Remove the pages of datasets that are gone."""
    for path in sorted(reports_dir.glob("*.html")):
        if path not in pages:
            path.unlink()


def _entry(marts_dir: Path, quality_dir: Path, insights_dir: Path, dataset_id: str) -> index.Entry:
    summary, shop = _shop(marts_dir, dataset_id)
    insights = _rows(insights_dir / "active_insights.parquet", dataset_id)
    first = min(insights, key=lambda row: int(row["rank"]), default=None)
    return index.entry(
        shop,
        Cell.name(shop.name, _TITLE_LENGTH),
        page_name(dataset_id),
        _period(summary),
        None if first is None else first["title"],
        _unused(quality_dir, dataset_id, shop),
        summary,
    )


def _unused(quality_dir: Path, dataset_id: str, shop: Shop) -> tuple[str, ...]:
    if shop.as_of_date is not None:
        return ()
    return unused(_rows(quality_dir / "source_files.parquet", dataset_id))


def _shop(marts_dir: Path, dataset_id: str) -> tuple[dict[str, Any], Shop]:
    summaries = _rows(marts_dir / "dataset_summary.parquet", dataset_id)
    if len(summaries) != 1:
        raise ValueError(f"dataset_summary has {len(summaries)} rows for {dataset_id}.")
    summary = summaries[0]
    return summary, Shop(
        dataset_id=dataset_id,
        name=str(summary["dataset_name"]),
        currency=str(summary["currency"] or usual_currency()),
        as_of_date=summary["as_of_date"],
    )


def render_page(
    marts_dir: Path,
    quality_dir: Path,
    insights_dir: Path,
    dataset_id: str,
    all_shops: str | None = None,
) -> str:
    """The page of one dataset as HTML text; `all_shops` is the page over all, where there is one.

    Raises:
        FileNotFoundError: when a mart, quality or insight table is missing.
        ValueError: when the dataset has no row in `dataset_summary`.
    """
    summary, shop = _shop(marts_dir, dataset_id)
    texts = {
        row["insight_id"]: row
        for row in _rows(insights_dir / "ai_explanations.parquet", dataset_id)
    }
    insights = _rows(insights_dir / "active_insights.parquet", dataset_id)
    insights.sort(key=lambda row: int(row["rank"]))
    overall = texts.get("summary")
    issues = _rows(quality_dir / "file_issues.parquet", dataset_id)
    months = _reported(marts_dir, "trends", dataset_id)
    return _template("page.html.j2").render(
        shop=shop,
        all_shops=all_shops,
        title=Cell.name(shop.name, _TITLE_LENGTH),
        period=_period(summary),
        has_sales=summary["first_sale_date"] is not None,
        doubts=doubts(issues, shop),
        unused=_unused(quality_dir, dataset_id, shop),
        months=trend.by_month(months, shop),
        tiles=tiles(summary, months, shop),
        lead=None if overall is None else cards.lead(overall),
        insights=[cards.card(row, texts.get(row["insight_id"]), shop) for row in insights],
        resolved=_resolved(insights_dir, dataset_id),
        sections=_sections(marts_dir, dataset_id, shop),
        quality=quality(
            _rows(quality_dir / "source_files.parquet", dataset_id),
            issues,
            _rows(quality_dir / "dataset_quality.parquet", dataset_id),
            _table(quality_dir / "rejected_rows.parquet", dataset_id),
        ),
        grey=GREY,
    )


@dataclass(frozen=True)
class FirstScreen:
    """What stands first on a page: figures by period, revenue by month, what to do first."""

    tiles: list[TileRow]
    months: Section
    advice: list[str]


def first_screen(marts_dir: Path, insights_dir: Path, dataset_id: str) -> FirstScreen:
    """The first screen of one dataset's page, to be shown elsewhere; advice best first.

    Raises:
        FileNotFoundError: when a mart or insight table is missing.
        ValueError: when the dataset has no row in `dataset_summary`.
    """
    summary, shop = _shop(marts_dir, dataset_id)
    months = _reported(marts_dir, "trends", dataset_id)
    insights = _rows(insights_dir / "active_insights.parquet", dataset_id)
    insights.sort(key=lambda row: int(row["rank"]))
    return FirstScreen(
        tiles(summary, months, shop),
        trend.by_month(months, shop),
        [shortened(row["title"], _TITLE_LENGTH) for row in insights[:_ADVICE_SHOWN]],
    )


def _resolved(insights_dir: Path, dataset_id: str) -> list[str]:
    """What was found last time and is no longer, a sentence each."""
    rows = _rows(insights_dir / "insights.parquet", dataset_id, status="resolved")
    rows.sort(key=lambda row: (row["rule_id"], row["entity_id"]))
    return [shortened(row["summary"], _RESOLVED_LENGTH) for row in rows]


def inline_svg(svg: str, label: str) -> Markup:
    """An SVG as part of a page: a picture whose spoken name ends with its figures, no links."""
    opening, rest = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).split(">", 1)
    opening = opening.replace('aria-label="', f'aria-label="{escape(label)} ', 1)
    return Markup(f"{opening}>{rest}")  # noqa: S704


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("lucid_orchestration.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.finalize = _unbroken
    environment.filters["inline_svg"] = inline_svg
    environment.filters["day"] = day
    return environment.get_template(name)


def _unbroken(value: Any) -> Any:
    """A figure and its percent sign stay on one line; pictures pass as they are."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return re.sub(r"(?<=\d) (?=%)", "\u00a0", value)
    return value


def _table(path: Path, dataset_id: str, **where: str) -> pa.Table:
    conditions = {"dataset_id": dataset_id, **where}
    return pq.read_table(path, filters=[(name, "=", value) for name, value in conditions.items()])


def _rows(path: Path, dataset_id: str, **where: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _table(path, dataset_id, **where).to_pylist()
    return rows


def _reported(marts: Path, mart: str, dataset_id: str) -> list[dict[str, Any]]:
    """The rows of a mart that the page speaks about, as the mart's own yml chooses."""
    path = marts / f"{mart}.parquet"
    return presentation(mart).reported(lambda where: _rows(path, dataset_id, **where))


def _sections(marts: Path, dataset_id: str, shop: Shop) -> list[Section]:
    rows = partial(_reported, marts, dataset_id=dataset_id)
    categories = _rows(marts / "trends.parquet", dataset_id, entity_type="category")
    by_branch = branches.branches(rows("branch_products"), rows("branch_months"), shop)
    return [
        selling.best_sellers(rows("best_sellers"), shop),
        selling.revenue(rows("revenue_contribution"), rows("revenue_concentration"), shop),
        seasons.seasons(rows("seasonality"), rows("event_lift"), shop),
        stock.stock(rows("inventory_velocity")),
        stock.idle(rows("dead_stock"), shop),
        earning.profit(rows("profitability"), shop),
        trend.trend(rows("trends"), categories, rows("trend_signals"), shop),
        *((by_branch,) if by_branch is not None else ()),
    ]


def _period(summary: dict[str, Any]) -> str:
    first, last = summary["first_sale_date"], summary["as_of_date"]
    if last is None:
        return "No usable row yet"
    if first is None:
        return f"Stock on {day(last)}, no sales yet"
    return f"Sales from {day(first)} to {day(last)}"
