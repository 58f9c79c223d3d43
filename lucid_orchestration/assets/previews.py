"""What Dagster shows of a finished table: numbers it can plot, first rows, a picture."""

import base64
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.errors import LucidError, NotFoundError
from lucid_orchestration.figures import cell, heading
from lucid_orchestration.warehouse import datasets, parquet, show
from lucid_orchestration.warehouse.presentation import presentation
from lucid_orchestration.warehouse.show import Options

_ROWS_SHOWN = 10
_DATASETS_SHOWN = 3
_CELL_LENGTH = 1200
_PICTURE_BYTES = 40_000  # a run's event log grows by three times this per picture

# What the columns and values of a mart nobody foresaw can break; the rest is a fault of ours
_FAULTS = (LucidError, ArithmeticError, LookupError, OSError, TypeError, ValueError)


def mart_metadata(marts: Path, name: str) -> dict[str, Any]:
    """Row count, totals, and for the first datasets their first rows and a chart.

    A part that cannot be shown says why: a preview never ends a build.
    """
    path = marts / f"{name}.parquet"
    metadata = _attempt("row count", lambda: {"dagster/row_count": parquet.row_count(path)})
    metadata |= _attempt("totals", partial(_totals, path, name))
    for dataset_id in _first_datasets(path):
        shop = f"{dataset_id}: " if dataset_id else ""
        label = f"{shop}first rows"
        metadata |= _attempt(label, partial(_first_rows, label, marts, name, dataset_id))
        label = f"{shop}chart"
        metadata |= _attempt(label, partial(_chart, label, marts, name, dataset_id))
    return metadata


def _attempt(label: str, preview: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return preview()
    except _FAULTS as error:
        reason = str(error) if isinstance(error, LucidError) else f"{type(error).__name__} {error}"
        return {label: f"Not shown: {reason}"}


def _first_datasets(path: Path) -> list[str]:
    """The shops a preview shows; a mart without shops is shown whole, as the shop without a name.

    Empty when the mart cannot be read: its row count says so.
    """
    try:
        if "dataset_id" not in parquet.column_types(path):
            return [""]
        return parquet.ids_in(path)[:_DATASETS_SHOWN]
    except NotFoundError:
        return []


def _totals(path: Path, name: str) -> dict[str, Any]:
    totals = parquet.totals(path, presentation(name).totals)
    return {label: float(value) for label, value in totals.items() if value is not None}


def _first_rows(label: str, marts: Path, name: str, dataset_id: str) -> dict[str, Any]:
    table = show.show(marts, name, dataset_id, Options(limit=_ROWS_SHOWN))
    columns = presentation(name).screen(table.columns)
    currency = datasets.currency(marts, dataset_id)
    return {label: dg.MetadataValue.md(markdown_table(columns, table.records(), currency))}


def _chart(label: str, marts: Path, name: str, dataset_id: str) -> dict[str, Any]:
    picture = chart(marts, name, dataset_id)
    return {} if picture is None else {label: dg.MetadataValue.md(picture)}


def chart(marts: Path, name: str, dataset_id: str) -> str | None:
    """A mart's chart as a Markdown image; None for a mart without one, or nothing to draw."""
    # the chart engine is needed while a run builds, not whenever Dagster loads definitions
    from lucid_orchestration.report.charts import DRAWINGS

    shown = presentation(name)
    if not shown.chart:
        return None
    path = marts / f"{name}.parquet"
    rows = shown.reported(
        lambda where: parquet.select_rows(path, {"dataset_id": dataset_id or None, **where})
    )
    svg = DRAWINGS[shown.chart](rows, datasets.currency(marts, dataset_id))
    return None if svg is None else image(f"{name} of {dataset_id}", svg)


def quality_metadata(quality: Path, name: str) -> dict[str, Any]:
    """Row count; for files and rejected rows what was read, what was refused, and why."""
    return _attempt("preview", partial(_quality, quality, name))


def _quality(quality: Path, name: str) -> dict[str, Any]:
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
        metadata["files"] = dg.MetadataValue.md(plain_table(columns, files))
    if name == "rejected_rows":
        by = ("dataset_id", "file_name", "reason", "message")
        reasons = parquet.counts(path, by)
        metadata["reasons"] = dg.MetadataValue.md(plain_table((*by, "row_count"), reasons))
    return metadata


def plain_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows without any money as a Markdown table."""
    return markdown_table(columns, rows, datasets.usual_currency())


def markdown_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], currency: str) -> str:
    """Rows as a Markdown table; text from files cannot break out of its cell."""
    lines = [
        " | ".join(_escaped(heading(column)) for column in columns),
        " | ".join("---" for _ in columns),
        *(
            " | ".join(
                _escaped(cell(column, row[column], currency)[:_CELL_LENGTH]) for column in columns
            )
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
