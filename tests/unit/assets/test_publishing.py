"""Who publishes in Dagster: the last step of a run that ends with the report, else each step."""

from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import pytest

from lucid_orchestration.assets import warehouse
from lucid_orchestration.settings import INSIGHTS_FOLLOW, Settings, insights_follow


def context(selection: set[str] | None) -> dg.AssetExecutionContext:
    chosen = None if selection is None else {dg.AssetKey(name) for name in selection}
    run: Any = SimpleNamespace(run=SimpleNamespace(asset_selection=chosen))
    return cast(dg.AssetExecutionContext, run)


@pytest.mark.parametrize(
    ("selection", "is_later"),
    [(None, True), ({"trends", "report"}, True), ({"trends"}, False), (set(), False)],
)
def test_a_run_to_the_report_publishes_at_its_end(
    selection: set[str] | None,
    is_later: bool,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> None:
    published: list[Settings] = []
    monkeypatch.setattr(warehouse, "publish_insights", published.append)
    warehouse.publish_unless_later(context(selection), Settings(tmp_path))
    assert bool(published) is not is_later


@pytest.mark.parametrize("selection", [{"trends"}, {"report"}])
def test_dbt_is_told_while_it_is_started(
    selection: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(INSIGHTS_FOLLOW, raising=False)
    with warehouse.told_what_follows(context(selection)):
        assert insights_follow() is (selection == {"report"})
    assert not insights_follow()
