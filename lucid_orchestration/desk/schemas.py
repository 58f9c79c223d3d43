"""The shapes of answers, made from the contracts of the tables; nothing is typed a second time."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, create_model

from lucid_orchestration.insights.tables import AI_EXPLANATIONS, INSIGHTS
from lucid_orchestration.warehouse.contracts import contract
from lucid_orchestration.warehouse.insights import JSON_COLUMNS
from lucid_orchestration.warehouse.presentation import presentation

MOST_ROWS_OF_A_PAGE = 10_000
_MOST_LETTERS = 200
_MOST_DAYS = 36_500
_MOST_MONTHS = 1_200

Amount = Annotated[
    str, Field(pattern=r"^-?\d+(\.\d+)?$", description="An exact decimal number as text.")
]
_TYPES: Mapping[str, Any] = {
    "varchar": str,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": bool,
    "date": date,
    "timestamp": datetime,
    "integer[]": list[int],
    "varchar[]": list[str],
}


@cache
def row_model(layer: str, table: str) -> type[BaseModel]:
    """One row of a table as the contract in its yml promises it; every column may be null."""
    columns = contract(layer, table)
    shown = presentation(table).metric if layer == "marts" else {}
    # an answer about one metric leaves the columns of the others out
    by_metric = {column for own in shown.values() for column in own}
    fields: dict[str, Any] = {
        name: (
            _type(kind) | None,
            Field(None, description=text) if name in by_metric else Field(description=text),
        )
        for name, (kind, text) in columns.items()
    }
    return create_model(
        f"{_camel(table)}Row", __config__=ConfigDict(extra="forbid"), __doc__=None, **fields
    )


@cache
def insight_model() -> type[BaseModel]:
    """One insight, its packed columns as values."""
    return _of_schema("Insight", INSIGHTS)


@cache
def explanation_model() -> type[BaseModel]:
    """One explanation as it is kept."""
    return _of_schema("KeptExplanation", AI_EXPLANATIONS)


def shape(name: str, base: type[BaseModel] | None = None, **fields: Any) -> type[BaseModel]:
    """An answer whose fields are known only when the contracts are read; it has no others."""
    if base is not None:
        return create_model(name, __base__=base, **fields)
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def many(row: type[BaseModel]) -> Any:
    """The field of a list of rows."""
    rows: Any = list[row]  # type: ignore[valid-type]
    return (rows, ...)


def perhaps(row: type[BaseModel]) -> Any:
    """The field of a row that may be missing."""
    return (row | None, ...)


UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The asker has this build already."}
}


@cache
def page_model(layer: str, table: str) -> type[BaseModel]:
    """A list of rows of a table, and where it stands in the whole list."""
    row = row_model(layer, table)
    return list_model(_camel(table), row)


def list_model(name: str, row: type[BaseModel]) -> type[BaseModel]:
    """A list of rows of any kind, and where it stands in the whole list."""
    return shape(
        f"{name}List",
        rows=many(row),
        total=(int, Field(description="How many rows there are in all.")),
        limit=(int, ...),
        offset=(int, ...),
        as_of=(date | None, Field(description="The last day that counts: the shop's today.")),
        currency=(str | None, Field(description="The currency of every amount.")),
        snapshot=(str, Field(description="The build that all of this comes from.")),
    )


@cache
def question_model(mart: str) -> type[BaseModel]:
    """What may be asked of a mart, as the `meta` of its yml says."""
    shown = presentation(mart)
    text = Annotated[str, Field(min_length=1, max_length=_MOST_LETTERS)]
    fields: dict[str, Any] = {
        "limit": (int, Field(default=shown.limit, ge=1, le=MOST_ROWS_OF_A_PAGE)),
        "offset": (int, Field(default=0, ge=0, le=1_000_000_000)),
        "sort": (text | None, Field(default=None, description=_sorts(mart))),
    }
    if shown.search:
        fields["search"] = (text | None, Field(default=None, description="Part of a name."))
    if shown.period is not None:
        said = ", ".join(shown.period.windows)
        months = " or a month as YYYY-MM" if shown.period.month else ""
        fields["period"] = (text | None, Field(default=None, description=f"{said}{months}"))
    if shown.min_score:
        fields["min_score"] = (float | None, Field(default=None, ge=0, le=1))
    if shown.days:
        fields["days"] = (int | None, Field(default=None, ge=0, le=_MOST_DAYS))
    if shown.months is not None:
        fields["months"] = (int | None, Field(default=None, ge=1, le=_MOST_MONTHS))
    if shown.metric:
        fields["metric"] = (Literal[tuple(shown.metric)] | None, None)
    if shown.entity is not None:
        fields["entity_type"] = (Literal[shown.entity.values] | None, None)
    for name, column in shown.filters.items():
        fields[name] = (text | None, Field(default=None, description=f"Exactly this {column}."))
    return create_model(
        f"{_camel(mart)}Question", __config__=ConfigDict(extra="forbid"), __doc__=None, **fields
    )


def _sorts(mart: str) -> str:
    short = ", ".join(presentation(mart).sorts)
    named = f"{short}, or any column" if short else "Any column"
    return f"{named}; with :asc or :desc behind it for the direction."


def _type(kind: str) -> Any:
    return Amount if re.match(r"decimal\(", kind) else _TYPES[kind]


def _of_schema(name: str, schema: pa.Schema) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for column in schema:
        kind = Any if column.name in JSON_COLUMNS else _arrow_type(column.type)
        fields[column.name] = (kind if kind is Any else kind | None, ...)
    return create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=None, **fields)


def _arrow_type(kind: pa.DataType) -> Any:
    if pa.types.is_decimal(kind):
        return Amount
    if pa.types.is_integer(kind):
        return int
    if pa.types.is_boolean(kind):
        return bool
    if pa.types.is_timestamp(kind):
        return datetime
    return date if pa.types.is_date(kind) else str


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
