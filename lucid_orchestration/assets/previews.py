"""What Dagster shows of a finished table: numbers it can plot, first rows, a picture."""

import base64
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Timer
from typing import Any

import dagster as dg
import duckdb

from lucid_orchestration.errors import LucidError, NotFoundError, first_line
from lucid_orchestration.figures import cell, heading
from lucid_orchestration.warehouse import datasets, parquet, show
from lucid_orchestration.warehouse.database import open_for_reading
from lucid_orchestration.warehouse.presentation import presentation
from lucid_orchestration.warehouse.show import Options

_ROWS_SHOWN = 10
_COLUMNS_SHOWN = 12
_PREVIEW_SECONDS = 20.0  # for all tables of the database together
_TOO_LONG = "Not shown: working it out would take too long."
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
    metadata |= parts_metadata(path)
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


def first_rows(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The first rows of a table nobody said how to show, values as they are."""
    shown = list(islice(rows, _ROWS_SHOWN))
    if not shown:
        return {"first rows": dg.MetadataValue.md("No rows.")}
    columns = list(shown[0])[:_COLUMNS_SHOWN]
    texts = [
        {name: "" if row[name] is None else str(row[name]) for name in columns} for row in shown
    ]
    return {"first rows": dg.MetadataValue.md(plain_table(columns, texts))}


def parts_metadata(parts: Path) -> dict[str, Any]:
    """Row count and first rows of one Parquet file, or of all that a pattern names."""
    return _attempt("rows", lambda: {"dagster/row_count": parquet.row_count(parts)}) | _attempt(
        "first rows", lambda: first_rows(parquet.some_rows(parts, _ROWS_SHOWN))
    )


def relations_metadata(
    database: Path, names: Iterable[tuple[str, str]], seconds: float = _PREVIEW_SECONDS
) -> dict[tuple[str, str], dict[str, Any]]:
    """Row count and first rows of tables and views of the database, by schema and name.

    Views are worked out for it: those that a big shop's would take longer than `seconds` together
    are left out, and say so. The database must be free.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    deadline = time.monotonic() + seconds
    try:
        with closing(open_for_reading(database)) as connection:
            for schema, name in names:
                left = deadline - time.monotonic()
                found[schema, name] = _relation(connection, schema, name, left)
    except duckdb.Error as error:
        return {key: {"first rows": f"Not shown: {first_line(error)}"} for key in names}
    return found


def _relation(
    connection: duckdb.DuckDBPyConnection, schema: str, name: str, seconds: float
) -> dict[str, Any]:
    if seconds <= 0:
        return {"first rows": _TOO_LONG}
    relation = f"{parquet.quoted(schema)}.{parquet.quoted(name)}"
    timer = Timer(seconds, connection.interrupt)
    timer.start()
    try:
        (count,) = connection.execute(f"select count(*) from {relation}").fetchall()[0]  # noqa: S608
        cursor = connection.execute(f"select * from {relation} limit {_ROWS_SHOWN}")  # noqa: S608
        columns = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.InterruptException:
        return {"first rows": _TOO_LONG}
    except duckdb.Error as error:
        return {"first rows": f"Not shown: {first_line(error)}"}
    finally:
        timer.cancel()
    return {"dagster/row_count": count, **first_rows(rows)}


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
