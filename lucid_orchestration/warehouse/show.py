"""The `show` command: rows of one mart, with the options a person may give."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import BadRequestError, NotFoundError
from lucid_orchestration.warehouse.parquet import Table, column_types, run_statement

METRICS = ("revenue", "quantity", "profit")
ENTITIES = ("store", "category", "product")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NUMBER_TYPE = re.compile(r"DECIMAL|DOUBLE|FLOAT|INT|DATE|TIMESTAMP")


@dataclass(frozen=True)
class Options:
    """What may be asked of a mart; None means the mart's own default.

    `period` is a window's name or YYYY-MM, `sort` a column or a mart's short name for one, with
    `:asc` or `:desc` behind it if need be; `min_score` is 0 to 1, `days` and `months` count back.
    """

    limit: int | None = None
    period: str | None = None
    sort: str | None = None
    min_score: float | None = None
    days: int | None = None
    metric: str | None = None
    months: int | None = None
    entity: str | None = None


@dataclass(frozen=True)
class Mart:
    """How one mart is asked: which options it knows, and which columns fit on a screen."""

    shown: tuple[str, ...]
    sort: str
    tie_break: tuple[str, ...]
    sorts: Mapping[str, str] = field(default_factory=dict)
    windows: tuple[str, ...] = ()
    window_column: str = ""
    has_month_period: bool = False
    score_column: str = ""
    days_column: str = ""
    has_metric: bool = False
    has_entity: bool = False
    limit: int = 10

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options this mart knows."""
        known = ["limit", "sort"]
        known += ["period"] if self.windows or self.has_month_period else []
        known += ["min_score"] if self.score_column else []
        known += ["days"] if self.days_column else []
        known += ["metric", "months"] if self.has_metric else []
        known += ["entity"] if self.has_entity else []
        return tuple(known)


_WINDOWS = ("all", "last_12_months")


MARTS: Mapping[str, Mart] = {
    "best_sellers": Mart(
        shown=(
            "rank_by_revenue",
            "product_name",
            "category",
            "total_quantity",
            "total_revenue",
            "gross_profit",
            "revenue_share",
            "rank_change",
        ),
        sort="revenue",
        sorts={
            "revenue": "rank_by_revenue",
            "quantity": "rank_by_quantity",
            "profit": "rank_by_profit",
        },
        tie_break=("product_id",),
        windows=("all", "last_30_days", "last_90_days", "last_365_days"),
        window_column="period_type",
        has_month_period=True,
    ),
    "revenue_contribution": Mart(
        shown=(
            "revenue_rank",
            "product_name",
            "revenue",
            "revenue_share",
            "cumulative_share",
            "abc_class",
            "xyz_class",
        ),
        sort="revenue_rank",
        sorts={"profit": "gross_profit"},
        tie_break=("product_id",),
        windows=_WINDOWS,
        window_column="revenue_window",
    ),
    "revenue_concentration": Mart(
        shown=("revenue_window", "product_count", "revenue", "effective_products", "top_1_share"),
        sort="revenue_window",
        tie_break=("revenue_window",),
    ),
    "seasonality": Mart(
        shown=(
            "entity_type",
            "entity_name",
            "verdict",
            "seasonality_score",
            "peak_months",
            "low_months",
            "next_peak_month",
            "confidence",
        ),
        sort="seasonality_score",
        sorts={"score": "seasonality_score"},
        tie_break=("entity_type", "entity_id"),
        score_column="seasonality_score",
        has_entity=True,
    ),
    "event_lift": Mart(
        shown=("event", "entity_type", "entity_id", "lift", "occurrences", "next_event_date"),
        sort="lift",
        tie_break=("event", "entity_type", "entity_id"),
        has_entity=True,
    ),
    "inventory_velocity": Mart(
        shown=(
            "product_name",
            "current_stock",
            "daily_sales",
            "days_of_cover",
            "turnover_rate",
            "velocity_class",
            "stockout_risk",
            "suggested_order_quantity",
            "inventory_status",
        ),
        sort="turnover_rate",
        sorts={"turnover": "turnover_rate", "cover": "days_of_cover", "value": "stock_value"},
        tie_break=("product_id",),
    ),
    "dead_stock": Mart(
        shown=(
            "product_name",
            "current_stock",
            "estimated_value",
            "idle_days",
            "idle_bucket",
            "stock_state",
            "last_sale_date",
        ),
        sort="estimated_value",
        sorts={"value": "estimated_value", "days": "idle_days"},
        tie_break=("product_id",),
        days_column="idle_days",
    ),
    "profitability": Mart(
        shown=(
            "profit_rank",
            "product_name",
            "revenue",
            "gross_profit",
            "profit_margin",
            "cost_coverage",
            "profit_status",
        ),
        sort="profit",
        sorts={"profit": "profit_rank", "margin": "margin_rank"},
        tie_break=("product_id",),
        windows=(*_WINDOWS, "last_90_days"),
        window_column="profit_window",
    ),
    "trends": Mart(
        shown=("month", "entity_type", "entity_name", "is_complete"),
        sort="month",
        tie_break=("entity_type", "entity_id"),
        has_metric=True,
        has_entity=True,
        limit=100,
    ),
    "trend_signals": Mart(
        shown=(
            "entity_type",
            "entity_name",
            "signal",
            "quantity_change",
            "recent_revenue",
            "previous_revenue",
            "method",
            "confidence",
        ),
        sort="recent_revenue",
        sorts={"change": "quantity_change"},
        tie_break=("entity_type", "entity_id"),
        has_entity=True,
    ),
    "revenue_change": Mart(
        shown=(
            "month",
            "product_name",
            "revenue_difference",
            "price_effect",
            "quantity_effect",
            "new_effect",
            "lost_effect",
        ),
        sort="month",
        tie_break=("product_id",),
        has_month_period=True,
    ),
    "product_master": Mart(
        shown=(
            "product_id",
            "product_name",
            "category",
            "current_stock",
            "item_cost",
            "list_price",
            "last_sale_date",
        ),
        sort="product_id",
        tie_break=("product_id",),
    ),
    "datasets": Mart(
        shown=("dataset_name", "as_of_date", "revenue", "gross_profit", "product_count"),
        sort="dataset_name",
        tie_break=("dataset_name",),
    ),
    "dataset_summary": Mart(
        shown=(
            "dataset_name",
            "as_of_date",
            "last_complete_month",
            "month_revenue",
            "month_revenue_change",
            "stock_value",
            "dead_stock_value",
        ),
        sort="dataset_name",
        tie_break=("dataset_name",),
    ),
}


def show(marts: Path, mart: str, dataset_id: str, options: Options) -> Table:
    """Rows of one mart for one dataset; all columns, for trends those of one metric.

    Raises:
        BadRequestError: for an unknown mart, or an option or value the mart does not know.
        NotFoundError: when nothing was computed yet.
    """
    spec = check_request(mart, options)
    path = marts / f"{mart}.parquet"
    if not path.exists():
        raise NotFoundError(f"{mart} has not been computed yet. Run `lucid run` first.")

    types = column_types(path)
    conditions, values = _conditions(spec, path, dataset_id, options)
    limit = spec.limit if options.limit is None else options.limit
    if limit < 1:
        raise BadRequestError("--limit must be 1 or more.")
    return run_statement(
        f"select {', '.join(_columns(spec, types, options))} from read_parquet(?) "  # noqa: S608
        f"where {' and '.join(conditions)} order by {_order(mart, spec, types, options)} limit ?",
        [str(path), *values, limit],
    )


def check_request(mart: str, options: Options) -> Mart:
    """How a mart is asked, once it is sure that it exists and knows the options.

    Raises:
        BadRequestError: for an unknown mart, or an option the mart does not know.
    """
    spec = MARTS.get(mart)
    if spec is None:
        raise BadRequestError(f"There is no table {mart!r}. Tables: {', '.join(sorted(MARTS))}.")
    _refuse_unknown_options(mart, spec, options)
    return spec


def shown_columns(mart: str, metric: str | None) -> tuple[str, ...]:
    """The columns of a mart that fit on a screen."""
    spec = MARTS[mart]
    if not spec.has_metric:
        return spec.shown
    return (*spec.shown, *_metric_columns(metric or METRICS[0]))


def _conditions(
    spec: Mart, path: Path, dataset_id: str, options: Options
) -> tuple[list[str], list[Any]]:
    conditions, values = ["dataset_id = ?"], [dataset_id]

    def keep(condition: str, *parameters: Any) -> None:
        conditions.append(condition)
        values.extend(parameters)

    if spec.windows or spec.has_month_period:
        _keep_period(spec, options.period, keep)
    if options.min_score is not None:
        if not 0 <= options.min_score <= 1:
            raise BadRequestError("--min-score must lie between 0 and 1.")
        keep(f"{spec.score_column} >= ?", options.min_score)
    if options.days is not None:
        if options.days < 0:
            raise BadRequestError("--days must be 0 or more.")
        keep(f"{spec.days_column} >= ?", options.days)
    if spec.has_metric:
        months = 12 if options.months is None else options.months
        if months < 1:
            raise BadRequestError("--months must be 1 or more.")
        keep(
            "month > (select max(month) from read_parquet(?) where dataset_id = ?) - to_months(?)",
            str(path),
            dataset_id,
            months,
        )
    entity = options.entity or ("store" if spec.has_metric else None)
    if entity is not None:
        _require(entity, ENTITIES, "--entity")
        keep("entity_type = ?", entity)
    return conditions, values


def _keep_period(spec: Mart, period: str | None, keep: Any) -> None:
    if period is not None and spec.has_month_period and _MONTH.fullmatch(period):
        if spec.windows:
            keep("period_type = 'month' and period = ?", period)
        else:
            keep("strftime(month, '%Y-%m') = ?", period)
    elif spec.windows:
        window = period or "all"
        choices = (*spec.windows, "a month as YYYY-MM") if spec.has_month_period else spec.windows
        if window not in spec.windows:
            raise BadRequestError(
                f"--period {window!r} is not known. Choose one of: {', '.join(choices)}."
            )
        keep(f"{spec.window_column} = ?", window)
    elif period is not None:
        raise BadRequestError(f"--period {period!r} is not a month. Write it as YYYY-MM.")


def _columns(spec: Mart, types: Mapping[str, str], options: Options) -> list[str]:
    if not spec.has_metric:
        return list(types)
    metric = options.metric or METRICS[0]
    _require(metric, METRICS, "--metric")
    unwanted = {column for other in METRICS if other != metric for column in _metric_columns(other)}
    return [column for column in types if column not in unwanted]


def _order(mart: str, spec: Mart, types: Mapping[str, str], options: Options) -> str:
    name, _, direction = (options.sort or spec.sort).partition(":")
    column = spec.sorts.get(name, name)
    if column not in types or direction not in {"", "asc", "desc"}:
        raise BadRequestError(
            f"{mart} cannot be sorted by {options.sort!r}. "
            f"Choose one of: {', '.join(sorted({*spec.sorts, *types}))}; "
            "add :asc or :desc for the direction."
        )
    if not direction:
        counts_down = _NUMBER_TYPE.match(types[column]) and "rank" not in column
        direction = "desc" if counts_down else "asc"
    ties = [f"{tie} asc nulls last" for tie in spec.tie_break if tie != column]
    return ", ".join([f"{column} {direction} nulls last", *ties])


def _refuse_unknown_options(mart: str, spec: Mart, options: Options) -> None:
    unknown = [
        option.name
        for option in fields(options)
        if getattr(options, option.name) is not None and option.name not in spec.options
    ]
    if unknown:
        raise BadRequestError(
            f"{mart} does not know {_flags(unknown)}. Its options: {_flags(spec.options)}."
        )


def _flags(names: Iterable[str]) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in names)


def _require(value: str, choices: Sequence[str], option: str) -> None:
    if value not in choices:
        raise BadRequestError(
            f"{option} {value!r} is not known. Choose one of: {', '.join(choices)}."
        )


def _metric_columns(metric: str) -> tuple[str, ...]:
    suffixes = ("", "_previous", "_change", "_trend", "_year_ago", "_year_change")
    return tuple(f"{metric}{suffix}" for suffix in suffixes)
