"""The tables of insights and explanations: columns and types, and empty ones for a new shop.

The one list of them, and where each is kept.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucid_orchestration.storage import (
    BUILD_KEY,
    DamagedFileError,
    read_proven,
    set_aside,
    write_parquet,
    write_proven,
)

MONEY = pa.decimal128(18, 2)
INSIGHTS = pa.schema(
    [
        ("dataset_id", pa.string()),
        ("insight_id", pa.string()),
        ("rule_id", pa.string()),
        ("category", pa.string()),
        ("entity_type", pa.string()),
        ("entity_id", pa.string()),
        ("entity_name", pa.string()),
        ("title", pa.string()),
        ("summary", pa.string()),
        ("severity", pa.string()),
        ("confidence", pa.string()),
        ("confidence_score", pa.int32()),
        ("confidence_reasons", pa.string()),
        ("supporting_metrics", pa.string()),
        ("estimated_impact", MONEY),
        ("cash_at_stake", MONEY),
        ("recommended_action", pa.string()),
        ("priority", pa.decimal128(18, 4)),
        ("priority_parts", pa.string()),
        ("valid_until", pa.date32()),
        ("generated_at", pa.timestamp("us")),
        ("status", pa.string()),
        ("since_date", pa.date32()),
        ("is_active", pa.bool_()),
        ("rank", pa.int32()),
    ]
)
INSIGHT_HISTORY = pa.schema(
    [
        ("dataset_id", pa.string()),
        ("as_of_date", pa.date32()),
        ("rule_id", pa.string()),
        ("entity_type", pa.string()),
        ("entity_id", pa.string()),
        ("entity_name", pa.string()),
        ("title", pa.string()),
        ("confidence", pa.string()),
        ("confidence_score", pa.int32()),
        ("metrics", pa.string()),
        ("since_date", pa.date32()),
    ]
)
RULE_PROBLEMS = pa.schema([("file", pa.string()), ("rule", pa.string()), ("reason", pa.string())])
AI_EXPLANATIONS = pa.schema(
    [
        ("dataset_id", pa.string()),
        ("insight_id", pa.string()),
        ("kind", pa.string()),
        ("headline", pa.string()),
        ("explanation", pa.string()),
        ("guidance", pa.string()),
        ("text_source", pa.string()),
        ("provider", pa.string()),
        ("model", pa.string()),
        ("prompt_hash", pa.string()),
        ("verdict_codes", pa.string()),
        ("template_reason", pa.string()),
        ("template_explanation", pa.string()),
        ("template_guidance", pa.string()),
        ("facts_hash", pa.string()),
        ("generated_at", pa.timestamp("us")),
    ]
)
HISTORY = "insight_history"
# What an evaluation of the rules writes
EVALUATED_TABLES = {
    "insights": INSIGHTS,
    "active_insights": INSIGHTS,
    HISTORY: INSIGHT_HISTORY,
    "rule_problems": RULE_PROBLEMS,
}
TABLES = {**EVALUATED_TABLES, "ai_explanations": AI_EXPLANATIONS}
# All but the history: it is what the next evaluation begins with, and no answer
PUBLISHED_TABLES = tuple(name for name in TABLES if name != HISTORY)


def table_file(insights_dir: Path, name: str) -> Path:
    """Where a table is kept."""
    return insights_dir / f"{name}.parquet"


def write_table(
    insights_dir: Path, name: str, rows: Sequence[Mapping[str, Any]], build: str = ""
) -> None:
    """Write a table anew, with the columns it always has.

    `build` is the id of the build whose marts it was made of, "" when they are of none.
    """
    table = pa.Table.from_pylist(list(rows), schema=TABLES[name])
    # the history goes on through builds
    made_of = {BUILD_KEY: build} if build and name != HISTORY else {}
    write_proven(table, table_file(insights_dir, name), made_of)


def write_missing_tables(insights_dir: Path) -> None:
    """Give a new data folder empty tables, and replace any that is damaged or has other columns.

    What a damaged history held is kept beside the new one: it cannot be made again.
    """
    for name, schema in TABLES.items():
        path = table_file(insights_dir, name)
        if name == HISTORY:
            set_damaged_history_aside(insights_dir)
        if not path.exists() or not _has_columns(path, schema):
            write_parquet(schema.empty_table(), path)


def _has_columns(path: Path, schema: pa.Schema) -> bool:
    try:
        return bool(pq.read_schema(path).equals(schema))
    except (OSError, pa.ArrowException, ValueError):
        return False


def set_damaged_history_aside(insights_dir: Path) -> Path | None:
    """Rename the history when it is damaged; returns where it is now."""
    path = table_file(insights_dir, HISTORY)
    try:
        read_proven(path)
    except FileNotFoundError:
        return None
    except DamagedFileError:
        return set_aside(path)
    return None
