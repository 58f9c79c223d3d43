"""A sentence that names a limit takes it from where the limit is set."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from lucid_orchestration.report import charts, earning, seasons, selling, stock, trend
from lucid_orchestration.warehouse import presentation
from tests.unit.conftest import SetVars
from tests.unit.report.conftest import MakeData
from tests.unit.report.example import SHOP, Page, render, shop


def test_seasons_say_how_many_years_make_them_sure(set_vars: SetVars) -> None:
    set_vars(season_min_years=5)
    rows = shop()["seasonality"]
    table = seasons.seasons(rows, [], SHOP).table
    assert table is not None
    assert table.caption.startswith("Seasons (sure: seen in five years; likely: in two)")


def test_a_trend_says_how_many_months_it_needs(set_vars: SetVars) -> None:
    set_vars(signal_min_months=14)
    months = [{**row, "revenue_year_ago": None} for row in shop()["trends"]]
    section = trend.trend(months, [], [], SHOP)
    assert section.answer == ("It cannot be told yet: a trend needs 14 complete months of sales.")


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (180, ["61 to 90 days", "91 to 180 days", "over 180 days"]),
        (120, ["61 to 90 days", "91 to 120 days", "over 120 days"]),
        (60, ["16 to 30 days", "31 to 60 days", "over 60 days"]),
        (5, ["out of stock", "up to 5 days", "over 5 days"]),
    ],
)
def test_cover_is_too_much_from_the_days_that_count_as_excess(
    set_vars: SetVars, days: int, names: list[str]
) -> None:
    set_vars(excess_cover_days=days)
    stocked = {"current_stock": Decimal(1), "stockout_risk": "none", "inventory_status": "ok"}
    covers = (days, days + 1, days + 1)
    svg = charts.stock_cover([{**stocked, "days_of_cover": Decimal(cover)} for cover in covers])
    assert svg is not None
    texts = Page(svg).texts
    place = texts.index(names[0])
    assert texts[place : place + 4] == [*names, "does not sell"]
    counts = [text for text in texts if text in ("1", "2")]
    assert counts == ["1", "2"]


def test_a_section_names_the_window_its_rows_are_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mart, column in (
        ("revenue_contribution", "revenue_window"),
        ("profitability", "profit_window"),
    ):
        lucid = {"report": [{column: "last_30_days"}]}
        model = {"name": mart, "config": {"meta": {"lucid": lucid}}}
        text = yaml.safe_dump({"models": [model]})
        (tmp_path / f"{mart}.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(presentation, "marts_dir", lambda: tmp_path)
    rows = shop()
    section = selling.revenue(rows["revenue_contribution"], [], SHOP)
    assert section.answer.startswith("In 30 days 1 of 1 products")
    assert section.table is not None
    assert section.table.caption == "Revenue by category, 30 days"
    assert selling.revenue([], [], SHOP).answer == "No sales in the last 30 days."
    earned = [{**row, "gross_profit": Decimal(5)} for row in rows["profitability"]]
    section = earning.profit([{**row, "revenue_with_cost": None} for row in earned], SHOP)
    assert section.answer.startswith("In 30 days Rice earned most")
    assert section.table is not None
    assert section.table.caption == "Gross profit in 30 days"
    assert earning.profit([], SHOP).answer == "No sales in the last 30 days."


def test_best_sellers_name_the_period_of_their_rows() -> None:
    rows = [{**row, "period_type": "last_365_days"} for row in shop()["best_sellers"]]
    section = selling.best_sellers(rows, SHOP)
    assert section.answer.startswith("In the 365 days to 31 Oct 2026, Rice brought in most")
    assert section.table is not None
    assert section.table.caption.endswith("rank before: in the 365 days before that")
    forever = [{**row, "period_type": "all"} for row in rows]
    assert selling.best_sellers(forever, SHOP).answer.startswith("Over all months, Rice")


def test_what_is_dead_the_mart_says() -> None:
    row = shop()["dead_stock"][0]
    section = stock.idle([row], SHOP)
    assert section.answer.startswith("1 product in stock has stopped selling or never sold")
    assert section.pictures[0].caption.endswith("Orange: where goods do not sell any more.")
    alive = stock.idle([{**row, "is_dead_stock": False}], SHOP)
    assert alive.answer.startswith("Everything in stock sells")


def test_a_shop_that_states_no_currency_has_the_usual_one(
    set_vars: SetVars, make_data: MakeData
) -> None:
    set_vars(currency="EUR")
    rows = shop()
    rows["dataset_summary"][0]["currency"] = None
    text = Page(render(make_data(rows))).text
    assert "Sep 2026 Revenue EUR 123,456" in text
    assert "₹" not in text
