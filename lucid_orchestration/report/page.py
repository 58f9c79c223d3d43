"""One self-contained HTML page per shop, from the Parquet files and nothing else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from lucid_orchestration.formatting import compared, day, money, month, percent, quantity
from lucid_orchestration.report import cards, charts, sections
from lucid_orchestration.report.sections import Cell, Column, Row, Section, Shop, Table
from lucid_orchestration.storage import read_parquet_rows, write_text

_REJECTED_ROWS_SHOWN = 20
_FILES_SHOWN = 100
_ISSUES_SHOWN = 20
_ROW_TEXT_LENGTH = 120
_TITLE_LENGTH = 80
_RESOLVED_LENGTH = 400
_MESSAGE_LENGTH = 600  # names of columns and files in it may be of any length
_YEAR = 12
_OUTCOMES = {
    "refused": "Refused",
    "quarantined": "Set aside",
    "duplicate": "Same as another file",
    "superseded": "Replaced by a newer one",
}
_KINDS = {
    "sales": "Sales",
    "inventory": "Stock",
    "products": "Product list",
    "purchases": "Purchases",
}


@dataclass(frozen=True)
class Tile:
    """One headline figure and the lines that put it in proportion."""

    label: str
    value: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Quality:
    """What of the owner's files was used, and what was not."""

    sentence: str
    files: Table
    refused: Table
    reasons: Table
    rejected: Table
    issues: Table


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
        path = reports_dir / f"{dataset['dataset_id']}.html"
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
        currency=str(summary["currency"] or "INR"),
        as_of_date=summary["as_of_date"],
    )
    texts = {
        row["insight_id"]: row
        for row in _rows(insights_dir / "ai_explanations.parquet", dataset_id)
    }
    insights = _rows(insights_dir / "active_insights.parquet", dataset_id)
    insights.sort(key=lambda row: int(row["rank"]))
    overall = texts.get("summary")
    return _template().render(
        shop=shop,
        title=Cell.name(shop.name, _TITLE_LENGTH),
        period=_period(summary),
        has_sales=summary["first_sale_date"] is not None,
        tiles=_tiles(summary, _store_months(marts_dir, dataset_id), shop),
        lead=None if overall is None else cards.lead(overall),
        insights=[cards.card(row, texts.get(row["insight_id"]), shop) for row in insights],
        resolved=_resolved(insights_dir, dataset_id),
        sections=_sections(marts_dir, dataset_id, shop),
        quality=_quality(quality_dir, dataset_id),
        grey=charts.GREY,
    )


def _resolved(insights_dir: Path, dataset_id: str) -> list[str]:
    """What was found last time and is no longer, a sentence each."""
    rows = _rows(insights_dir / "insights.parquet", dataset_id, status="resolved")
    rows.sort(key=lambda row: (row["rule_id"], row["entity_id"]))
    return [charts.shortened(row["summary"], _RESOLVED_LENGTH) for row in rows]


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


def _rows(path: Path, dataset_id: str, **where: str) -> list[dict[str, Any]]:
    conditions = [("dataset_id", "=", dataset_id), *((c, "=", v) for c, v in where.items())]
    rows: list[dict[str, Any]] = pq.read_table(path, filters=conditions).to_pylist()
    return rows


def _sections(marts: Path, dataset_id: str, shop: Shop) -> list[Section]:
    def rows(mart: str, **where: str) -> list[dict[str, Any]]:
        return _rows(marts / f"{mart}.parquet", dataset_id, **where)

    windows = ("last_90_days", "all")
    best = next(
        (found for window in windows if (found := rows("best_sellers", period_type=window))), []
    )
    return [
        sections.best_sellers(best, shop),
        sections.revenue(
            rows("revenue_contribution", revenue_window="last_12_months"),
            rows("revenue_concentration", revenue_window="last_12_months"),
            shop,
        ),
        sections.seasons(rows("seasonality"), rows("event_lift", entity_type="store"), shop),
        sections.stock(rows("inventory_velocity")),
        sections.idle(rows("dead_stock"), shop),
        sections.profit(rows("profitability", profit_window="last_12_months"), shop),
        sections.trend(
            _store_months(marts, dataset_id),
            rows("trends", entity_type="category"),
            rows("trend_signals"),
            shop,
        ),
    ]


def _store_months(marts: Path, dataset_id: str) -> list[dict[str, Any]]:
    return _rows(marts / "trends.parquet", dataset_id, entity_type="store")


def _period(summary: dict[str, Any]) -> str:
    first, last = summary["first_sale_date"], summary["as_of_date"]
    if last is None:
        return "No usable row yet"
    if first is None:
        return f"Stock on {day(last)}, no sales yet"
    return f"Sales from {day(first)} to {day(last)}"


def _tiles(summary: dict[str, Any], months: Sequence[dict[str, Any]], shop: Shop) -> list[Tile]:
    return [
        _revenue_tile(summary, months, shop),
        _profit_tile(summary, shop),
        _stock_tile(summary, shop),
        _dead_tile(summary, shop),
    ]


def _revenue_tile(summary: dict[str, Any], months: Sequence[dict[str, Any]], shop: Shop) -> Tile:
    newest = summary["last_complete_month"]
    if newest is None:
        note = "No month is complete yet" if summary["first_sale_date"] else "No sales yet"
        return Tile("Revenue so far", money(summary["revenue"], shop.currency), (note,))
    notes = (
        _change(summary["month_revenue_change"], "the month before"),
        _change(summary["month_revenue_year_change"], "a year before"),
        *_year_note(months, shop),
    )
    return Tile(
        f"Revenue in {month(newest)}", money(summary["month_revenue"], shop.currency), notes
    )


def _year_note(months: Sequence[dict[str, Any]], shop: Shop) -> tuple[str, ...]:
    """The last twelve complete months, and how they differ from the twelve before."""
    complete = [
        row["revenue"] for row in sorted(months, key=lambda row: row["month"]) if row["is_complete"]
    ]
    year, before = complete[-_YEAR:], complete[-2 * _YEAR : -_YEAR]
    if len(year) < _YEAR:
        return ()
    total, earlier = sum(year, Decimal(0)), sum(before, Decimal(0))
    said = f"{money(total, shop.currency)} in 12 months"
    if len(before) < _YEAR or earlier <= 0:
        return (said,)
    return (f"{said}, {_change((total - earlier) / earlier, 'in the 12 before').lower()}",)


def _profit_tile(summary: dict[str, Any], shop: Shop) -> Tile:
    if summary["gross_profit"] is None:
        note = "No cost is known: add a purchase list, or costs to the product list"
        return Tile(
            "Gross profit", "unknown", (note if summary["first_sale_date"] else "No sales",)
        )
    coverage = summary["cost_coverage"]
    notes = [
        f"{percent(summary['profit_margin'])} of the revenue whose cost is known",
        f"Cost is known for {percent(coverage)} of revenue",
    ]
    if summary["month_profit"] is not None and summary["last_complete_month"] is not None:
        earned = money(summary["month_profit"], shop.currency)
        notes.insert(0, f"{earned} in {month(summary['last_complete_month'])}")
    return Tile(
        "Gross profit, all months", money(summary["gross_profit"], shop.currency), (*notes,)
    )


def _stock_tile(summary: dict[str, Any], shop: Shop) -> Tile:
    value = summary["stock_value"]
    note = "No stock list with costs yet" if value is None else "Goods in stock at cost"
    return Tile("Stock value", money(value, shop.currency), (note,))


def _dead_tile(summary: dict[str, Any], shop: Shop) -> Tile:
    count = summary["dead_stock_product_count"] or 0
    value = summary["dead_stock_value"]
    label = "Money in dead stock"
    if count == 0:
        if summary["stock_value"] is None:
            return Tile(label, "unknown", ("No stock list with costs yet",))
        return Tile(label, "none", ("No product in stock has stopped selling",))
    notes = [f"{quantity(count)} product{'' if count == 1 else 's'} that nobody buys"]
    if value is not None and summary["stock_value"]:
        notes.append(f"{percent(value / summary['stock_value'])} of the stock value")
    return Tile(label, money(value, shop.currency), tuple(notes))


def _change(change: Any, against: str) -> str:
    if change is None:
        return f"Not comparable: no figure to be more or less than {against}"
    if change == 0:
        return f"No more and no less than {against}"
    return compared(change, against)


def _quality(quality: Path, dataset_id: str) -> Quality:
    files = _rows(quality / "source_files.parquet", dataset_id)
    files.sort(key=lambda row: (row["status"] == "accepted", row["file_name"]))
    issues = _rows(quality / "file_issues.parquet", dataset_id)
    totals = _rows(quality / "dataset_quality.parquet", dataset_id)
    refused = [row for row in files if row["status"] != "accepted"]
    rejected = pq.read_table(
        quality / "rejected_rows.parquet", filters=[("dataset_id", "=", dataset_id)]
    )
    counts = rejected.group_by(["reason", "message"]).aggregate([([], "count_all")]).to_pylist()
    counts.sort(key=lambda row: (-row["count_all"], row["reason"], row["message"]))
    first = rejected.sort_by(
        [(column, "ascending") for column in ("file_name", "sheet", "row_number", "row_text")]
    ).slice(0, _REJECTED_ROWS_SHOWN)
    return Quality(
        sentence=_quality_sentence(totals, len(files), len(refused)),
        files=Table(
            caption=_first_of("Files", _FILES_SHOWN, len(files)),
            columns=(
                Column("File"),
                Column("Used as"),
                Column("Rows found", True),
                Column("Accepted", True),
                Column("Rejected", True),
                Column("Ignored", True),
            ),
            rows=tuple(_file_row(row) for row in files[:_FILES_SHOWN]),
        ),
        refused=Table(
            caption=_first_of("Files that were not used", _FILES_SHOWN, len(refused)),
            columns=(Column("File"), Column("Outcome"), Column("Why, and what to do")),
            rows=tuple(
                Row(
                    (
                        Cell.name(row["file_name"]),
                        Cell(_OUTCOMES.get(row["status"], str(row["status"]))),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in refused[:_FILES_SHOWN]
            ),
        ),
        reasons=Table(
            caption="Why rows were rejected",
            columns=(Column("Rows", True), Column("Why, and what to do")),
            rows=tuple(
                Row(
                    (
                        Cell(quantity(row["count_all"])),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in counts
            ),
        ),
        rejected=Table(
            caption=_first_of("Rejected rows", _REJECTED_ROWS_SHOWN, rejected.num_rows),
            columns=(
                Column("File"),
                Column("Row", True),
                Column("What stands there"),
                Column("Why it was rejected"),
            ),
            rows=tuple(
                Row(
                    (
                        Cell.name(_place(row)),
                        Cell(str(row["row_number"])),
                        Cell.name(row["row_text"] or "", _ROW_TEXT_LENGTH, wraps=True),
                        Cell.name(row["message"] or "", _MESSAGE_LENGTH, wraps=True),
                    )
                )
                for row in first.to_pylist()
            ),
        ),
        issues=_issue_table(issues),
    )


def _quality_sentence(totals: Sequence[dict[str, Any]], file_count: int, refused: int) -> str:
    if file_count == 0:
        return "There is no file yet. Put sales, stock or purchase files into this shop's folder."
    used = file_count - refused
    sentence = f"{quantity(used)} of {quantity(file_count)} file{_s(file_count)} used."
    for total in totals:
        found = total["rows_found"]
        if not found:
            continue
        sentence += (
            f" Of {quantity(found)} row{_s(found)} found, {quantity(total['rows_accepted'])}"
            f" {'was' if total['rows_accepted'] == 1 else 'were'} accepted,"
            f" {quantity(total['rows_rejected'])} rejected and"
            f" {quantity(total['rows_ignored'])} ignored on purpose"
            " (blank lines, repeated headings, totals)."
        )
    return sentence


def _file_row(row: dict[str, Any]) -> Row:
    outcome = _OUTCOMES.get(row["status"]) or _KINDS.get(row["kind"], str(row["kind"]))
    return Row(
        (
            Cell.name(row["file_name"]),
            Cell(outcome),
            *(
                Cell(quantity(row[column]))
                for column in ("rows_found", "rows_accepted", "rows_rejected", "rows_ignored")
            ),
        )
    )


def _issue_table(issues: Iterable[dict[str, Any]]) -> Table:
    # A refusal stands among the files that were not used. The rest often says one thing of many
    # files: it is said once.
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    order = {"warning": 0, "note": 1}
    for row in sorted(
        (row for row in issues if row["severity"] in order),
        key=lambda row: (
            order[row["severity"]],
            row["code"],
            row["file_name"],
            row["row_number"] or 0,
            row["message"],
        ),
    ):
        groups.setdefault((row["severity"], row["code"]), []).append(row)
    rows = []
    for (severity, _), same in list(groups.items())[:_ISSUES_SHOWN]:
        others = len({row["file_name"] for row in same}) - 1
        more = f" and {quantity(others)} more file{_s(others)}" if others else ""
        rows.append(
            Row(
                (
                    Cell(str(severity).capitalize()),
                    Cell.name(same[0]["file_name"], suffix=more),
                    Cell.name(same[0]["message"] or "", _MESSAGE_LENGTH, wraps=True),
                )
            )
        )
    return Table(
        caption="What else was noticed",
        columns=(Column("Kind"), Column("File"), Column("What")),
        rows=tuple(rows),
    )


def _place(row: dict[str, Any]) -> str:
    return f"{row['file_name']}, {row['sheet']}" if row["sheet"] else str(row["file_name"])


def _first_of(what: str, shown: int, total: int) -> str:
    return what if total <= shown else f"{what}: first {shown} of {quantity(total)}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
