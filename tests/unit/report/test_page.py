import os
import re
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.report.index import index_name
from lucid_orchestration.report.page import render_reports
from tests.unit.report.conftest import MakeData
from tests.unit.report.example import Page, render, shop

HOSTILE = "\"><script>alert('x')</script><img src=https://evil.example/a.png onerror=alert(1)>"
QUESTIONS = [
    "Revenue by month",
    "What sells best?",
    "Where does the revenue come from?",
    "What is seasonal?",
    "How fast does stock move?",
    "What is not moving?",
    "What earns money?",
    "How is the trend?",
]


def _render_all(data: Path) -> list[Path]:
    return render_reports(data / "marts", data / "quality", data / "insights", data / "reports")


def test_every_question_is_answered_with_a_chart_and_a_table(make_data: MakeData) -> None:
    rows = shop()
    category = {"entity_type": "category", "entity_id": "Rice", "entity_name": "Rice"}
    rows["trends"] += [{**row, **category} for row in rows["trends"]]
    html = render(make_data(rows))
    page = Page(html)
    for question in QUESTIONS:
        part = html.split(f'-title">{question}</h2>')[1].split("</section>")[0]
        spoken = re.search(r'<svg role="img" aria-label="([^"]*)"', part)
        assert spoken, question
        assert re.search(r"\d|not comparable", spoken[1]), question
        assert "<caption>" in part, question
        assert question == QUESTIONS[0] or '<p class="muted how">' in part, question
    assert len(page.all("h1")) == 1
    assert {th.get("scope") for th in page.all("th")} == {"col"}
    anchors = {a["href"] for a in page.all("a")}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert anchors <= {f"#{anchor}" for anchor in ids}


def test_statuses_are_plain_words(make_data: MakeData) -> None:
    text = Page(render(make_data(shop()))).text
    for said in (
        "Runs out before an order arrives",
        "Does not sell any more",
        "Cost partly known",
        "1 product lost money",
        "Nov to Feb",
        "Declining",
        "Diwali (+30 %, next 8 Nov 2026)",
        "The hollow point is a month",
    ):
        assert said in text
    assert not re.search(r"never_sold|partial_cost|no_sales|insufficient_history", text)


def test_what_is_settled_stands_below_the_insights(make_data: MakeData) -> None:
    rows = shop()
    gone = {
        "dataset_id": "corner-shop",
        "rule_id": "overstock",
        "entity_id": "p1",
        "status": "resolved",
        "summary": "Too much <b>Rice</b>: this is no longer so.",
    }
    rows["insights"] = [gone, {**gone, "status": "new", "summary": "still so"}]
    page = render(make_data(rows))
    assert "Settled since last time (1)" in page
    assert "Too much &lt;b&gt;Rice&lt;/b&gt;: this is no longer so." in page
    assert "still so" not in page
    assert "Settled" not in render(make_data(shop()))


def test_a_figure_and_its_percent_sign_stay_on_one_line(make_data: MakeData) -> None:
    html = render(make_data(shop()))
    assert "12.5\u00a0% more than the month before" in html
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert not re.search(r"\d %", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    assert "Rejected rows: first 20 of 25" in text
    assert "31/02/2026 | Rice | row 19" in text
    assert "31/02/2026 | Rice | row 20" not in text
    assert "sales_0.csv and 2 more files" in text


def test_nothing_is_loaded_from_anywhere(make_data: MakeData) -> None:
    html = render(make_data(shop()))
    page = Page(html)
    policies = [m["content"] for m in page.all("meta") if "http-equiv" in m]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert not {tag for tag, _ in page.tags} & {"script", "link", "iframe", "object", "base"}
    assert "http:" not in html
    assert "https:" not in html
    assert "@import" not in html
    assert "url(" not in html
    for _, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on")}
        assert not attributes.keys() & {"src", "srcset", "xlink:href"}


def test_hostile_names_stay_text(make_data: MakeData) -> None:
    data = make_data(shop(HOSTILE, HOSTILE))
    html = render(data)
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert all(not name.startswith("on") for _, found in page.tags for name in found)
    titles = [found["title"] for _, found in page.tags if "title" in found]
    assert HOSTILE in titles  # the whole name, where it was cut
    calm = Page(render(make_data(shop())))
    assert [tag for tag, _ in page.tags if tag not in ("span", "path", "g", "text")] == [
        tag for tag, _ in calm.tags if tag not in ("span", "path", "g", "text")
    ]


def test_an_empty_shop_has_a_page_that_says_what_to_do(make_data: MakeData) -> None:
    d = {"dataset_id": "new"}
    html = render(
        make_data(
            {
                "datasets": [d],
                "dataset_summary": [{**d, "dataset_name": "new", "dead_stock_product_count": 0}],
                "dataset_quality": [d],
            }
        ),
        "new",
    )
    page = Page(html)
    for question in QUESTIONS:
        assert question in page.texts
    assert not page.all("svg")
    assert "No usable row yet" in page.text
    assert "There is no file yet." in page.text
    assert "None" not in page.text


def test_equal_files_give_equal_bytes(make_data: MakeData) -> None:
    data = make_data(shop())
    first = [path.read_bytes() for path in _render_all(data)]
    for path in data.glob("*/*.parquet"):
        os.utime(path, (0, 0))
    assert [path.read_bytes() for path in _render_all(data)] == first


@pytest.mark.parametrize("name", ["a'b [c] *d? 50% #1 ü", "dataset_id=other"])
def test_a_data_folder_may_be_called_anything(make_data: MakeData, name: str) -> None:
    data = make_data(shop())
    (page,) = _render_all(data)
    moved = data.rename(data.with_name(name))
    # what the name would stand for as a pattern
    twin = data.with_name("a'b c XdX 50% #1 ü") / "marts"
    twin.mkdir(parents=True)
    for mart in (moved / "marts").iterdir():
        (twin / mart.name).write_bytes(b"another shop")
    before = (moved / "reports" / page.name).read_bytes()
    assert [path.read_bytes() for path in _render_all(moved)] == [before]


def test_the_page_speaks_about_one_window_of_each_mart(make_data: MakeData) -> None:
    rows = shop()
    before = render(make_data(rows))
    for mart, column, window in (
        ("best_sellers", "period_type", "all"),
        ("revenue_contribution", "revenue_window", "all"),
        ("profitability", "profit_window", "last_90_days"),
        ("event_lift", "entity_type", "category"),
        ("trends", "entity_type", "product"),
    ):
        rows[mart] += [{**row, column: window} for row in rows[mart]]
    assert render(make_data(rows)) == before


def test_there_is_one_page_per_shop_and_none_of_vanished_ones(make_data: MakeData) -> None:
    data = make_data(shop())
    reports = data / "reports"
    reports.mkdir()
    (reports / "closed-shop.html").write_text("old", encoding="utf-8")
    (reports / "mine.txt").write_text("not a page", encoding="utf-8")
    assert _render_all(data) == [reports / "corner-shop.html"]
    assert sorted(path.name for path in reports.iterdir()) == ["corner-shop.html", "mine.txt"]


def test_without_any_shop_there_is_no_page(make_data: MakeData) -> None:
    assert _render_all(make_data({})) == []


def test_a_shop_sees_only_its_own_rows(make_data: MakeData) -> None:
    rows = shop()
    other = {
        name: [{**row, "dataset_id": "other"} for row in found]
        for name, found in shop("Secret").items()
    }
    data = make_data({name: [*rows[name], *other[name]] for name in rows})
    assert "Secret" not in render(data)
    assert "Secret" in render(data, "other")


def test_a_missing_summary_is_an_error_not_an_empty_page(make_data: MakeData) -> None:
    with pytest.raises(ValueError, match="0 rows for corner-shop"):
        render(make_data({}))


def test_a_picture_says_its_figures_to_those_who_do_not_see_it(make_data: MakeData) -> None:
    labels = " ".join(str(svg["aria-label"]) for svg in Page(render(make_data(shop()))).all("svg"))
    for said in (
        "Sep 2026 ₹1,00,000",
        "Oct 2026 ₹1,00,000 so far",
        "Rice ₹45,000",
        "1 product: 100 % of the revenue",
        "Rice: Jan 58, Feb 66",
        "up to 7 days 1",
        "181 to 365 days ₹10,000",
        "Rice −₹5,000, −1 %",
    ):
        assert said in labels


def test_the_revenue_by_month_stands_before_all_else(make_data: MakeData) -> None:
    html = render(make_data(shop()))
    places = [html.index(f'id="{anchor}"') for anchor in ("months", "insights", "best-sellers")]
    assert places == sorted(places)
    first = Page(html.split('id="months"')[1].split("</section>")[0])
    assert "Sep 2026 ₹1,00,000 unknown unknown Aug 2026 ₹1,00,000" in first.text


def test_on_a_phone_every_cell_says_its_column(make_data: MakeData) -> None:
    cells = Page(render(make_data(shop()))).all("td")
    assert cells
    assert all(cell.get("data-label") for cell in cells)


def test_a_shop_of_which_no_file_was_used_says_why_on_both_pages(make_data: MakeData) -> None:
    d, summary = {"dataset_id": "new"}, {"dataset_name": "new", "dead_stock_product_count": 0}
    refused = {"file_name": "a.pdf", "status": "refused", "message": "No row of headings."}
    new: dict[str, list[dict[str, Any]]] = {
        "datasets": [d],
        "dataset_summary": [d | summary],
        "dataset_quality": [d],
        "source_files": [d | refused, d | refused | {"file_name": "b.csv", "status": "duplicate"}],
    }
    rows = shop()
    data = make_data({name: [*rows.get(name, ()), *new.get(name, ())] for name in {*rows, *new}})
    over_all, own, other = (
        Page(path.read_text(encoding="utf-8")).text for path in _render_all(data)
    )
    assert "No usable row yet Not used: a.pdf: No row of headings." in over_all
    assert "b.csv" not in over_all
    assert "None of the files could be used a.pdf: No row of headings." in other
    assert "None of the files could be used" not in own


def test_of_several_shops_there_is_a_page_over_all(make_data: MakeData) -> None:
    rows = shop()
    other = {
        name: [{**row, "dataset_id": "other"} for row in found] for name, found in shop().items()
    }
    other["dataset_summary"][0] |= {"dataset_name": "The <other> one", "currency": "USD"}
    data = make_data({name: [*rows[name], *other[name]] for name in rows})
    pages = _render_all(data)
    assert [page.name for page in pages] == ["index.html", "corner-shop.html", "other.html"]
    html = pages[0].read_text(encoding="utf-8")
    page = Page(html)
    assert [link["href"] for link in page.all("a")] == ["corner-shop.html", "other.html"]
    assert "The <other> one other Sales from" in page.text  # the name beside the folder's
    assert "First: Rice runs out (i1)" in page.text
    assert "The <other> one 31 Oct 2026 Sep 2026 USD 123,456 −20.0 % USD 50,000" in page.text
    assert "₹1,23,456" in page.text
    assert "The <other> one other" in Page(pages[2].read_text(encoding="utf-8")).text
    back = [link["href"] for link in Page(pages[1].read_text(encoding="utf-8")).all("a")]
    assert "index.html" in back
    # one shop needs none, and a shop may have the name
    assert index_name(["corner-shop.html"]) is None
    assert index_name(["index.html", "other.html"]) == "_shops.html"
