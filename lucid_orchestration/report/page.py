"""One self-contained HTML page per shop, from the Parquet files and nothing else."""

import re
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from lucid_orchestration.formatting import day
from lucid_orchestration.report import cards, drawing, earning, seasons, selling, stock, trend
from lucid_orchestration.report.blocks import Cell, Section, Shop, shortened
from lucid_orchestration.report.quality import doubts, quality
from lucid_orchestration.report.tiles import tiles
from lucid_orchestration.storage import file_name, read_parquet_rows, write_text
from lucid_orchestration.warehouse.datasets import usual_currency
from lucid_orchestration.warehouse.presentation import presentation

_TITLE_LENGTH = 80
_RESOLVED_LENGTH = 400


def render_reports(
    marts_dir: Path, quality_dir: Path, insights_dir: Path, reports_dir: Path
) -> list[Path]:
    """Write `<dataset_id>.html` for every row of `marts/datasets`, and remove all other pages.

    Reads Parquet only; equal files give equal bytes. Returns the pages, by name.

    Raises:
        FileNotFoundError: when a mart, quality or insight table is missing.
    """
    datasets = read_parquet_rows(marts_dir / "datasets.parquet")
    pages = []
    for dataset in sorted(datasets, key=lambda row: str(row["dataset_id"])):
        path = reports_dir / file_name(dataset["dataset_id"], ".html")
        write_text(path, render_page(marts_dir, quality_dir, insights_dir, dataset["dataset_id"]))
        pages.append(path)
    for path in sorted(reports_dir.glob("*.html")):
        if path not in pages:
            path.unlink()
    return pages


def render_page(marts_dir: Path, quality_dir: Path, insights_dir: Path, dataset_id: str) -> str:
    """The page of one dataset as HTML text.

    Raises:
        FileNotFoundError: when a mart, quality or insight table is missing.
        ValueError: when the dataset has no row in `dataset_summary`.
    """
    summaries = _rows(marts_dir / "dataset_summary.parquet", dataset_id)
    if len(summaries) != 1:
        raise ValueError(f"dataset_summary has {len(summaries)} rows for {dataset_id}.")
    summary = summaries[0]
    shop = Shop(
        name=str(summary["dataset_name"]),
        currency=str(summary["currency"] or usual_currency()),
        as_of_date=summary["as_of_date"],
    )
    texts = {
        row["insight_id"]: row
        for row in _rows(insights_dir / "ai_explanations.parquet", dataset_id)
    }
    insights = _rows(insights_dir / "active_insights.parquet", dataset_id)
    insights.sort(key=lambda row: int(row["rank"]))
    overall = texts.get("summary")
    issues = _rows(quality_dir / "file_issues.parquet", dataset_id)
    return _template().render(
        shop=shop,
        title=Cell.name(shop.name, _TITLE_LENGTH),
        period=_period(summary),
        has_sales=summary["first_sale_date"] is not None,
        doubts=doubts(issues, shop),
        tiles=tiles(summary, _reported(marts_dir, "trends", dataset_id), shop),
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
        grey=drawing.GREY,
    )


def _resolved(insights_dir: Path, dataset_id: str) -> list[str]:
    """What was found last time and is no longer, a sentence each."""
    rows = _rows(insights_dir / "insights.parquet", dataset_id, status="resolved")
    rows.sort(key=lambda row: (row["rule_id"], row["entity_id"]))
    return [shortened(row["summary"], _RESOLVED_LENGTH) for row in rows]


def inline_svg(svg: str, label: str) -> Markup:
    """An SVG as part of a page: a picture with a spoken name, no namespace links."""
    opening, rest = re.sub(r' xmlns(:\w+)?="[^"]*"', "", svg).split(">", 1)
    return Markup(f'{opening} role="img" aria-label="{escape(label)}">{rest}')  # noqa: S704


@cache
def _template() -> Template:
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
    return environment.get_template("page.html.j2")


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
    return [
        selling.best_sellers(rows("best_sellers"), shop),
        selling.revenue(rows("revenue_contribution"), rows("revenue_concentration"), shop),
        seasons.seasons(rows("seasonality"), rows("event_lift"), shop),
        stock.stock(rows("inventory_velocity")),
        stock.idle(rows("dead_stock"), shop),
        earning.profit(rows("profitability"), shop),
        trend.trend(rows("trends"), categories, rows("trend_signals"), shop),
    ]


def _period(summary: dict[str, Any]) -> str:
    first, last = summary["first_sale_date"], summary["as_of_date"]
    if last is None:
        return "No usable row yet"
    if first is None:
        return f"Stock on {day(last)}, no sales yet"
    return f"Sales from {day(first)} to {day(last)}"
