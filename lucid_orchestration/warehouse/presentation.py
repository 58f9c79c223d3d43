"""How a mart is shown: `config: meta: lucid:` of its own yml, or its Parquet schema without it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml

from lucid_orchestration.digests import combined_digest, file_digest
from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.settings import project_dir
from lucid_orchestration.yml import read_yml

_COLUMNS_OF_A_SCREEN = 8

Where: TypeAlias = Mapping[str, str]
_Found = TypeVar("_Found", bound=Sequence[Any])


@dataclass(frozen=True)
class Period:
    """`--period` takes one of the windows, the first unless asked, or a month as YYYY-MM.

    `column` names a row's window, `month` its month; with both, months are the window `month`.
    """

    column: str = ""
    windows: tuple[str, ...] = ()
    month: str = ""


@dataclass(frozen=True)
class Months:
    """`--months` counts back from the newest month of a column."""

    column: str
    newest: int


@dataclass(frozen=True)
class Entity:
    """`--entity` keeps rows of one kind; `usual` is the one without it, empty for all."""

    column: str
    values: tuple[str, ...]
    usual: str = ""


@dataclass(frozen=True)
class Presentation:
    """What a person sees of a mart first, and what may be asked of it.

    columns: those that fit on a screen, in order.
    sort, sorts: the usual order, and short names of columns to sort by; ties stay as in the file.
    limit: rows shown unless asked.
    period, months, entity, min_score, days, metric: the options it knows; `min_score` and `days`
        name a column to compare, `metric` the columns that belong to each metric.
    search: columns whose text is searched.
    filters: names of columns that may be asked to equal a value, each with its column.
    totals: figures worth watching from run to run, as SQL over all rows.
    report: the rows the report's page and chart speak about, as choices; the first with rows is.
    chart: a name of `report.charts.DRAWINGS`.
    """

    columns: tuple[str, ...] = ()
    sort: str = ""
    sorts: Mapping[str, str] = field(default_factory=dict)
    limit: int = 10
    period: Period | None = None
    months: Months | None = None
    entity: Entity | None = None
    min_score: str = ""
    days: str = ""
    metric: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    search: tuple[str, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    report: tuple[Where, ...] = ()
    chart: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options this mart knows."""
        asked = ("period", "min_score", "days", "metric", "months", "entity", "search", "filters")
        return ("limit", "sort", *(name for name in asked if getattr(self, name)))

    def screen(self, there: Sequence[str], metric: str | None = None) -> tuple[str, ...]:
        """Which of the columns that are there fit on a screen."""
        wanted = (*self.columns, *self.columns_of(metric))
        if not wanted:
            return tuple(column for column in there if column != "dataset_id")[
                :_COLUMNS_OF_A_SCREEN
            ]
        return tuple(column for column in wanted if column in there)

    def columns_of(self, metric: str | None) -> tuple[str, ...]:
        """The columns of one metric, the first unless named."""
        return self.metric.get(metric or next(iter(self.metric), ""), ())

    def reported(self, read: Callable[[Where], _Found]) -> _Found:
        """The rows a report speaks about, read by their conditions."""
        choices = self.report or ({},)
        for where in choices[:-1]:
            if rows := read(where):
                return rows
        return read(choices[-1])


def marts_dir() -> Path:
    """Where the marts are described."""
    return project_dir() / "models" / "marts"


def presentation(mart: str) -> Presentation:
    """How a mart is shown, as its yml says; one without a word about it has the usual options.

    Raises:
        ProcessingFailedError: when the yml cannot be read, naming file and place.
    """
    path = marts_dir() / f"{mart}.yml"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return Presentation()
    return _presentation(path, mart, changed)


def presentations_digest() -> str:
    """Hash of all that the marts say about how they are shown, for what is made by it."""
    return combined_digest({path.name: file_digest(path) for path in marts_dir().glob("*.yml")})


@cache
def _presentation(path: Path, mart: str, changed: int) -> Presentation:
    """`changed` is when the file was: a service sees an edit without a new start."""
    try:
        content = read_yml(path)
        return _built(Presentation, _block(content, mart))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ProcessingFailedError(
            f"{path.name} does not say how {mart} is shown. Under meta: lucid: {reason}"
        ) from error


def _block(content: Any, mart: str) -> Any:
    for model in _mapping(content).get("models") or ():
        if _mapping(model).get("name") == mart:
            config = _mapping(model.get("config") or {})
            return _mapping(config.get("meta") or {}).get("lucid") or {}
    return {}


_Built = TypeVar("_Built", Presentation, Period, Months, Entity)


def _built(kind: type[_Built], value: Any) -> _Built:
    content = _mapping(value)
    known = {item.name for item in fields(kind)}
    unknown = sorted(str(name) for name in content.keys() - known)
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is not known; known: {', '.join(sorted(known))}")
    values: dict[str, Any] = {}
    for name, part in content.items():
        reader: Callable[[Any], Any] = _READERS.get(name, _text)
        values[name] = reader(part)
    return kind(**values)


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError(f"names with values are needed, not {value!r}")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"a list is needed, not {value!r}")
    return value


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_text(part) for part in _list(value))


def _texts(value: Any) -> dict[str, str]:
    return {_text(name): _text(part) for name, part in _mapping(value).items()}


def _lists(value: Any) -> dict[str, tuple[str, ...]]:
    return {_text(name): _names(part) for name, part in _mapping(value).items()}


def _choices(value: Any) -> tuple[Where, ...]:
    return tuple(_texts(choice) for choice in _list(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a text is needed, not {value!r}")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"a number from 1 on is needed, not {value!r}")
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "columns": _names,
    "windows": _names,
    "values": _names,
    "sorts": _texts,
    "search": _names,
    "filters": _texts,
    "totals": _texts,
    "metric": _lists,
    "report": _choices,
    "limit": _count,
    "newest": _count,
    "period": partial(_built, Period),
    "months": partial(_built, Months),
    "entity": partial(_built, Entity),
}
