"""What Dagster shows of a finished table: numbers it can plot, first rows, a picture."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.figures import cell, heading
from lucid_orchestration.warehouse import datasets, parquet, show
from lucid_orchestration.warehouse.show import Options

_ROWS_SHOWN = 10
_DATASETS_SHOWN = 3
_PICTURE_BYTES = 40_000  # a run's event log grows by three times this per picture

# Totals worth watching over runs, as SQL over all datasets of a mart
_TOTALS: Mapping[str, Mapping[str, str]] = {
    "best_sellers": {"revenue": "sum(total_revenue) filter (where period_type = 'all')"},
    "revenue_contribution": {"revenue": "sum(revenue) filter (where revenue_window = 'all')"},
    "seasonality": {"confirmed seasons": "count(*) filter (where verdict = 'confirmed')"},
    "inventory_velocity": {
        "stock value": "sum(stock_value)",
        "products about to run out": "count(*) filter (where stockout_risk in ('out', 'critical'))",
    },
    "dead_stock": {
        "dead stock value": (
            "sum(estimated_value) filter (where stock_state in ('dead', 'never_sold'))"
        )
    },
    "profitability": {"gross profit": "sum(gross_profit) filter (where profit_window = 'all')"},
    "trends": {"months": "count(distinct month)"},
    "datasets": {"revenue": "sum(revenue)", "gross profit": "sum(gross_profit)"},
}


# The rows a chart looks at, where a mart holds many others
_DRAWN: Mapping[str, Mapping[str, str]] = {
    "revenue_contribution": {"revenue_window": "last_12_months"},
    "profitability": {"profit_window": "last_12_months"},
    "trends": {"entity_type": "store"},
}


def mart_metadata(marts: Path, name: str) -> dict[str, Any]:
    """Row count, totals, and for the first datasets their first rows and a chart."""
    path = marts / f"{name}.parquet"
    metadata: dict[str, Any] = {"dagster/row_count": parquet.row_count(path)}
    totals = parquet.totals(path, _TOTALS.get(name, {}))
    metadata |= {label: float(value) for label, value in totals.items() if value is not None}
    for dataset_id in parquet.ids_in(path)[:_DATASETS_SHOWN]:
        table = show.show(marts, name, dataset_id, Options(limit=_ROWS_SHOWN))
        columns = [c for c in show.shown_columns(name, None) if c in table.columns]
        metadata[f"{dataset_id}: first rows"] = dg.MetadataValue.md(
            markdown_table(columns, table.records(), datasets.currency(marts, dataset_id))
        )
        picture = chart(marts, name, dataset_id)
        if picture is not None:
            metadata[f"{dataset_id}: chart"] = dg.MetadataValue.md(picture)
    return metadata


def chart(marts: Path, name: str, dataset_id: str) -> str | None:
    """A mart's chart as a Markdown image; None for a mart without one, or nothing to draw."""
    # the chart engine is needed while a run builds, not whenever Dagster loads definitions
    from lucid_orchestration.report import charts

    drawings: Mapping[str, Callable[[parquet.Records, str], str | None]] = {
        "best_sellers": charts.top_products,
        "revenue_contribution": lambda rows, _: charts.pareto(rows),
        "seasonality": lambda rows, _: charts.season_heatmap(rows),
        "inventory_velocity": lambda rows, _: charts.stock_cover(rows),
        "dead_stock": charts.idle_stock,
        "profitability": charts.profit_by_product,
        "trends": charts.monthly_revenue,
    }
    draw = drawings.get(name)
    if draw is None:
        return None
    where = {"dataset_id": dataset_id, **_DRAWN.get(name, {})}
    rows = parquet.select_rows(marts / f"{name}.parquet", where)
    svg = draw(rows, datasets.currency(marts, dataset_id))
    return None if svg is None else image(f"{name} of {dataset_id}", svg)


def quality_metadata(quality: Path, name: str) -> dict[str, Any]:
    """Row count; for files and rejected rows what was read, what was refused, and why."""
    path = quality / f"{name}.parquet"
    metadata: dict[str, Any] = {"dagster/row_count": parquet.row_count(path)}
    if name == "source_files":
        sums = {
            column.replace("_", " "): f"sum({column})"
            for column in ("rows_found", "rows_accepted", "rows_rejected", "rows_ignored")
        }
        metadata |= {label: int(value or 0) for label, value in parquet.totals(path, sums).items()}
        columns = ("dataset_id", "file_name", "status", "rows_accepted", "rows_rejected", "message")
        files = parquet.select_rows(path, {}, ("dataset_id", "file_name"))
        metadata["files"] = dg.MetadataValue.md(markdown_table(columns, files))
    if name == "rejected_rows":
        by = ("dataset_id", "file_name", "reason", "message")
        reasons = parquet.counts(path, by)
        metadata["reasons"] = dg.MetadataValue.md(markdown_table((*by, "row_count"), reasons))
    return metadata


def markdown_table(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], currency: str = "INR"
) -> str:
    """Rows as a Markdown table; text from files cannot break out of its cell."""
    lines = [
        " | ".join(heading(column) for column in columns),
        " | ".join("---" for _ in columns),
        *(
            " | ".join(_escaped(cell(column, row[column], currency)) for column in columns)
            for row in rows
        ),
    ]
    if len(lines) == 2:
        return "No rows."
    return "\n".join(f"| {line} |" for line in lines)


def image(title: str, svg: str) -> str:
    """An SVG as a Markdown image, the only form the UI shows; a sentence when it is too large."""
    data = base64.b64encode(svg.encode()).decode()
    if len(data) > _PICTURE_BYTES:
        return "The chart is too large for this page; it is in the report."
    return f"![{_escaped(title)}](data:image/svg+xml;base64,{data})"


def _escaped(text: str) -> str:
    for character in "\\`*_{}[]<>|#":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
