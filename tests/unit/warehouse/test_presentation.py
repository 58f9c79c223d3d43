"""What a mart shows first, as its own yml says it: what is named is there, and a slip is told."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from lucid_orchestration.errors import ProcessingFailedError
from lucid_orchestration.report.charts import DRAWINGS
from lucid_orchestration.runs.stamps import Stage
from lucid_orchestration.runs.steps import step_of
from lucid_orchestration.settings import Settings, mart_names
from lucid_orchestration.warehouse import presentation as module
from lucid_orchestration.warehouse.presentation import Presentation, marts_dir, presentation


def contract(mart: str) -> dict[str, str]:
    """The columns a shipped mart promises, with their types."""
    content = yaml.safe_load((marts_dir() / f"{mart}.yml").read_text(encoding="utf-8"))
    (model,) = (model for model in content["models"] if model["name"] == mart)
    return {column["name"]: column["data_type"] for column in model["columns"]}


@pytest.fixture
def described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Presentation]:
    """A mart whose yml says this under `meta: lucid:`."""
    monkeypatch.setattr(module, "marts_dir", lambda: tmp_path)

    def describe(lucid: Any) -> Presentation:
        model = {"name": "mine", "config": {"meta": {"lucid": lucid}}, "columns": []}
        (tmp_path / "mine.yml").write_text(yaml.safe_dump({"models": [model]}), encoding="utf-8")
        return presentation("mine")

    return describe


@pytest.mark.parametrize("mart", mart_names())
def test_a_shipped_mart_says_how_it_is_shown_by_columns_it_has(mart: str) -> None:
    shown = presentation(mart)
    assert shown.columns
    assert shown.sort
    named = {
        *shown.columns,
        *shown.sorts.values(),
        *shown.search,
        *shown.filters.values(),
        shown.sorts.get(shown.sort, shown.sort.partition(":")[0]),
        shown.min_score,
        shown.days,
        *(column for columns in shown.metric.values() for column in columns),
        *(column for where in shown.report for column in where),
    }
    if shown.period is not None:
        named |= {shown.period.column, shown.period.month}
    if shown.months is not None:
        named.add(shown.months.column)
    if shown.entity is not None:
        named.add(shown.entity.column)
        assert shown.entity.usual in {"", *shown.entity.values}
    assert named - {""} <= set(contract(mart))


@pytest.mark.parametrize("mart", mart_names())
def test_the_totals_of_a_shipped_mart_are_figures_of_its_columns(mart: str) -> None:
    shown = presentation(mart)
    columns = ", ".join(
        f"cast(null as {type_}) as {name}" for name, type_ in contract(mart).items()
    )
    for total in shown.totals.values():
        statement = f"select {total} from (select {columns})"
        (row,) = duckdb.sql(statement).fetchall()
        assert len(row) == 1


@pytest.mark.parametrize("mart", mart_names())
def test_a_chart_has_a_drawing_and_the_report_speaks_about_one_window(mart: str) -> None:
    shown = presentation(mart)
    assert shown.chart in {"", *DRAWINGS}
    if shown.period is not None and shown.period.windows and shown.chart:
        windows = [where.get(shown.period.column) for where in shown.report]
        assert windows
        assert set(windows) <= set(shown.period.windows)


def test_every_drawing_is_the_chart_of_a_mart() -> None:
    assert {presentation(mart).chart for mart in mart_names()} - {""} == set(DRAWINGS)


def test_a_mart_without_a_word_is_shown_by_its_first_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "marts_dir", lambda: tmp_path)
    assert presentation("mine") == Presentation()
    (tmp_path / "mine.yml").write_text("models: [{name: mine}]", encoding="utf-8")
    shown = presentation("mine")
    assert shown == Presentation()
    assert shown.options == ("limit", "sort")
    columns = ["dataset_id", *(f"c{place}" for place in range(20))]
    assert shown.screen(columns) == tuple(f"c{place}" for place in range(8))


def test_columns_that_are_gone_are_left_out(described: Callable[[Any], Presentation]) -> None:
    shown = described({"columns": ["a", "b"], "metric": {"x": ["x"], "y": ["y", "y_change"]}})
    assert shown.screen(["b", "x", "y"]) == ("b", "x")
    assert shown.screen(["b", "x", "y"], "y") == ("b", "y")


@pytest.mark.parametrize(
    ("lucid", "told"),
    [
        ({"colums": ["a"]}, "colums is not known"),
        ({"columns": "a"}, "a list is needed"),
        ({"columns": [1]}, "a text is needed, not 1"),
        ({"sorts": ["a"]}, "names with values"),
        ({"limit": 0}, "from 1 on"),
        ({"limit": True}, "from 1 on"),
        ({"limit": "many"}, "from 1 on"),
        ({"months": {"newest": 3}}, "column"),
        ({"period": {"window": "a"}}, "window is not known"),
        (["a"], "names with values"),
    ],
)
def test_a_slip_is_told_with_its_file(
    described: Callable[[Any], Presentation], lucid: Any, told: str
) -> None:
    with pytest.raises(ProcessingFailedError, match=r"mine\.yml") as raised:
        described(lucid)
    assert told in str(raised.value)


def test_an_edit_is_seen_by_a_service_that_runs(
    described: Callable[[Any], Presentation], tmp_path: Path
) -> None:
    assert described({"limit": 3}).limit == 3
    described({"limit": 4})
    os.utime(tmp_path / "mine.yml", ns=(1, 1))
    assert presentation("mine").limit == 4


def test_a_page_is_made_again_when_a_mart_says_otherwise(
    described: Callable[[Any], Presentation], tmp_path: Path
) -> None:
    inputs = step_of(Stage.REPORT).inputs
    paths = Settings(tmp_path / "data")
    described({"report": [{"window": "recent"}]})
    before = inputs(paths)
    assert inputs(paths) == before
    described({"report": [{"window": "all"}]})
    assert inputs(paths) != before


def test_the_report_speaks_about_the_first_choice_that_has_rows(
    described: Callable[[Any], Presentation],
) -> None:
    shown = described({"report": [{"window": "recent"}, {"window": "all"}]})
    assert shown.reported(lambda where: [where["window"]]) == ["recent"]
    assert shown.reported(lambda where: ["old"] if where["window"] == "all" else []) == ["old"]
    assert shown.reported(lambda where: list[str]()) == []
    assert described({"limit": 7}).reported(lambda where: [len(where)]) == [0]
