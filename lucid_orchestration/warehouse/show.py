"""The `show` command: rows of one mart, with the options a person may give."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from lucid_orchestration.errors import BadRequestError, NotFoundError
from lucid_orchestration.settings import mart_names
from lucid_orchestration.warehouse.parquet import (
    Table,
    column_types,
    pattern,
    quoted,
    run_statement,
)
from lucid_orchestration.warehouse.presentation import Presentation, presentation

# The rows of a mart stand in the order of its key: ties stay as they are there
_ROWS = "read_parquet(?, hive_partitioning = false, file_row_number = true)"
# More than any mart has; a hundred years.
MOST_ROWS = 1_000_000_000
_MOST_DAYS = 36_500
_MOST_MONTHS = 1_200
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NUMBER_TYPE = re.compile(r"DECIMAL|DOUBLE|FLOAT|[A-Z]*INT|DATE|TIMESTAMP")


@dataclass(frozen=True)
class Options:
    """What may be asked of a mart; None means the mart's own default.

    `period` is a window's name or YYYY-MM, `sort` a column or a mart's short name for one, with
    `:asc` or `:desc` behind it if need be; `min_score` is 0 to 1, `days` and `months` count back.
    `search` is part of a name, `filters` the mart's own names with the value each must have.
    """

    limit: int | None = None
    period: str | None = None
    sort: str | None = None
    min_score: float | None = None
    days: int | None = None
    metric: str | None = None
    months: int | None = None
    entity: str | None = None
    search: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some rows of an answer, and how many it has."""

    table: Table
    total: int


def show(marts: Path, mart: str, dataset_id: str, options: Options) -> Table:
    """Rows of one mart for one dataset; all columns, where it has metrics those of one metric.

    Raises:
        BadRequestError: for an unknown mart, or an option or value the mart does not know.
        NotFoundError: when nothing was computed yet.
    """
    shown = check_request(mart, options)
    question = _question(shown, marts, mart, dataset_id, options)
    limit = shown.limit if options.limit is None else options.limit
    _require_between(limit, 1, MOST_ROWS, "--limit")
    return question.rows(mart, options, limit, 0)


def show_page(marts: Path, mart: str, dataset_id: str, options: Options, offset: int) -> Page:
    """The rows of one mart that `show` gives from the `offset`-th on, and how many it could give.

    Raises:
        BadRequestError: for an unknown mart, or an option or value the mart does not know.
        NotFoundError: when nothing was computed yet.
    """
    shown = check_request(mart, options)
    question = _question(shown, marts, mart, dataset_id, options)
    limit = shown.limit if options.limit is None else options.limit
    _require_between(limit, 1, MOST_ROWS, "--limit")
    _require_between(offset, 0, MOST_ROWS, "--offset")
    return Page(question.rows(mart, options, limit, offset), question.count())


def show_choices(marts: Path, mart: str, dataset_id: str) -> dict[str, list[str]]:
    """For each filter of a mart the values it has for one dataset, in order.

    A filter of a thing's own id is left out: it has as many values as there are things.
    """
    shown = check_request(mart, Options())
    path = marts / f"{mart}.parquet"
    if not path.exists():
        return {}
    choices = {}
    for name, column in shown.filters.items():
        if not column.endswith("_id"):
            rows = run_statement(
                f"select distinct {quoted(column)} as value from {_ROWS} "  # noqa: S608
                f"where dataset_id = ? and {quoted(column)} is not null order by value",
                [pattern(path), dataset_id],
            ).rows
            choices[name] = [str(row[0]) for row in rows]
    return choices


def check_request(mart: str, options: Options) -> Presentation:
    """How a mart is shown, once it is sure that it exists and knows the options.

    Raises:
        BadRequestError: for an unknown mart, or an option the mart does not know.
    """
    known = mart_names()
    if mart not in known:
        raise BadRequestError(f"There is no table {mart!r}. Tables: {', '.join(known)}.")
    shown = presentation(mart)
    _refuse_unknown_options(mart, shown, options)
    return shown


def _question(
    shown: Presentation, marts: Path, mart: str, dataset_id: str, options: Options
) -> "_Question":
    path = marts / f"{mart}.parquet"
    if not path.exists():
        raise NotFoundError(f"{mart} has not been computed yet. Run `lucid run` first.")
    question = _Question(shown, _types_of(path, _state(path)), path, dataset_id)
    question.keep_options(options)
    return question


def _state(path: Path) -> tuple[int, int]:
    """What tells a file from the one that takes its place: each is moved there whole."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=256)
def _types_of(path: Path, _: tuple[int, int]) -> Mapping[str, str]:
    return column_types(path)


@lru_cache(maxsize=1024)
def _count(path: Path, _: tuple[int, int], condition: str, values: tuple[Any, ...]) -> int:
    """Rows that fit; counted once for all pages of a list, as long as the file is the same."""
    statement = f"select count(*) from {_ROWS} where {condition}"  # noqa: S608
    return int(run_statement(statement, [pattern(path), *values]).rows[0][0])


class _Question:
    """The conditions of one question, and their values."""

    def __init__(
        self, shown: Presentation, types: Mapping[str, str], path: Path, dataset_id: str
    ) -> None:
        # a mart without shops is shown whole
        self._of_dataset = {"dataset_id = ?": dataset_id} if "dataset_id" in types else {}
        self._conditions: list[str] = [*self._of_dataset]
        self.values: list[Any] = [*self._of_dataset.values()]
        self._shown = shown
        self._types = types
        self._path = path

    @property
    def condition(self) -> str:
        """All conditions as SQL."""
        return " and ".join(self._conditions) or "true"

    def rows(self, mart: str, options: Options, limit: int, offset: int) -> Table:
        """Some of the rows that are kept, in the order asked for."""
        columns = ", ".join(quoted(c) for c in _columns(self._shown, self._types, options))
        return run_statement(
            f"select {columns} from {_ROWS} where {self.condition} "  # noqa: S608
            f"order by {_order(mart, self._shown, self._types, options)} limit ? offset ?",
            [pattern(self._path), *self.values, limit, offset],
        )

    def count(self) -> int:
        """How many rows are kept."""
        return _count(self._path, _state(self._path), self.condition, tuple(self.values))

    def keep(self, condition: str, *values: Any) -> None:
        """Keep only rows of which this is so as well."""
        self._conditions.append(condition)
        self.values.extend(values)

    def keep_options(self, options: Options) -> None:
        """Keep what the options ask for."""
        shown = self._shown
        self._keep_period(options.period)
        if options.min_score is not None:
            if not 0 <= options.min_score <= 1:
                raise BadRequestError("--min-score must lie between 0 and 1.", "min_score")
            self.keep(f"{quoted(shown.min_score)} >= ?", options.min_score)
        if options.days is not None:
            _require_between(options.days, 0, _MOST_DAYS, "--days")
            self.keep(f"{quoted(shown.days)} >= ?", options.days)
        self._keep_months(options.months)
        for name, value in options.filters.items():
            self.keep(f"{quoted(shown.filters[name])} = ?", value)
        if options.search:
            found = [f"contains(lower({quoted(column)}), lower(?))" for column in shown.search]
            self.keep(f"({' or '.join(found)})", *[options.search] * len(found))
        if shown.entity is not None:
            entity = options.entity or shown.entity.usual
            if entity:
                _require(entity, shown.entity.values, "--entity")
                self.keep(f"{quoted(shown.entity.column)} = ?", entity)

    def _keep_period(self, asked: str | None) -> None:
        period = self._shown.period
        if period is None:
            return
        if asked is not None and period.month and _MONTH.fullmatch(asked):
            if period.windows:
                self.keep(f"{quoted(period.column)} = 'month'")
            self.keep(f"{self._as_month(period.month)} = ?", asked)
        elif period.windows:
            window = asked or period.windows[0]
            months = ("a month as YYYY-MM",) if period.month else ()
            _require(window, period.windows, "--period", months)
            self.keep(f"{quoted(period.column)} = ?", window)
        elif asked is not None:
            raise BadRequestError(
                f"--period {asked!r} is not a month. Write it as YYYY-MM.", "period"
            )

    def _as_month(self, column: str) -> str:
        is_text = self._types.get(column) == "VARCHAR"
        return quoted(column) if is_text else f"strftime({quoted(column)}, '%Y-%m')"

    def _keep_months(self, asked: int | None) -> None:
        counted = self._shown.months
        if counted is None:
            return
        months = counted.newest if asked is None else asked
        _require_between(months, 1, _MOST_MONTHS, "--months")
        month = quoted(counted.column)
        own = " and ".join(self._of_dataset) or "true"
        self.keep(
            f"{month} > (select max({month}) from {_ROWS} where {own})"  # noqa: S608
            " - to_months(?)",
            pattern(self._path),
            *self._of_dataset.values(),
            months,
        )


def _require_between(value: int, least: int, most: int, option: str) -> None:
    if not least <= value <= most:
        raise BadRequestError(f"{option} must be {least} to {most}.", _field(option))


def _columns(shown: Presentation, types: Mapping[str, str], options: Options) -> list[str]:
    if options.metric is not None:
        _require(options.metric, tuple(shown.metric), "--metric")
    wanted = shown.columns_of(options.metric)
    others = {column for columns in shown.metric.values() for column in columns} - set(wanted)
    return [column for column in types if column not in others]


def _order(mart: str, shown: Presentation, types: Mapping[str, str], options: Options) -> str:
    name, _, direction = (options.sort or shown.sort).partition(":")
    column = shown.sorts.get(name, name)
    if column not in types and options.sort is None:
        return "file_row_number"
    if column not in types or direction not in {"", "asc", "desc"}:
        raise BadRequestError(
            f"{mart} cannot be sorted by {options.sort!r}. "
            f"Choose one of: {', '.join(sorted({*shown.sorts, *types}))}; "
            "add :asc or :desc for the direction.",
            "sort",
        )
    if not direction:
        counts_down = _NUMBER_TYPE.match(types[column]) and "rank" not in column
        direction = "desc" if counts_down else "asc"
    return f"{quoted(column)} {direction} nulls last, file_row_number"


def _refuse_unknown_options(mart: str, shown: Presentation, options: Options) -> None:
    unknown = [
        option.name
        for option in fields(options)
        if getattr(options, option.name) not in (None, {}) and option.name not in shown.options
    ]
    unknown += [name for name in options.filters if name not in shown.filters]
    if unknown:
        raise BadRequestError(
            f"{mart} does not know {_flags(unknown)}. Its options: {_flags(_option_names(shown))}.",
            unknown[0],
        )


def _option_names(shown: Presentation) -> tuple[str, ...]:
    return (*(name for name in shown.options if name != "filters"), *shown.filters)


def _flags(names: Iterable[str]) -> str:
    return ", ".join(f"--{name.replace('_', '-')}" for name in names)


def _require(value: str, choices: Sequence[str], option: str, others: Sequence[str] = ()) -> None:
    if value not in choices:
        raise BadRequestError(
            f"{option} {value!r} is not known. Choose one of: {', '.join((*choices, *others))}.",
            _field(option),
        )


def _field(option: str) -> str:
    return option.removeprefix("--").replace("-", "_")
