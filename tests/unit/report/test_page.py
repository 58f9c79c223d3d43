import json
import os
import re
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lucid_orchestration.report.page import render_page, render_reports
from tests.unit.report.conftest import MakeData

HOSTILE = "\"><script>alert('x')</script><img src=https://evil.example/a.png onerror=alert(1)>"
QUESTIONS = [
    "What sells best?",
    "Where does the revenue come from?",
    "What is seasonal?",
    "How fast does stock move?",
    "What is not moving?",
    "What earns money?",
    "How is the trend?",
]
AS_OF = date(2026, 10, 31)


class Page(HTMLParser):
    """Tags, attributes and visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._silent = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent = tag if tag in ("style", "title") else ""

    def handle_endtag(self, tag: str) -> None:
        self._silent = ""

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shop(name: str = "Rice", shop_name: str = "corner-shop") -> dict[str, list[dict[str, Any]]]:
    """One product that sells and one that does not, in every table."""
    d = {"dataset_id": "corner-shop"}
    product = {**d, "product_id": "p1", "product_name": name, "category": name}
    idle = {**d, "product_id": "p2", "product_name": "Fan", "category": "Electricals"}
    months = [date(2025 + i // 12, i % 12 + 1, 1) for i in range(22)]
    return {
        "datasets": [{**d, "dataset_name": shop_name}],
        "dataset_summary": [
            {
                **d,
                "dataset_name": shop_name,
                "currency": "INR",
                "as_of_date": AS_OF,
                "first_sale_date": date(2025, 1, 1),
                "revenue": Decimal(2_200_000),
                "gross_profit": Decimal(300_000),
                "profit_margin": Decimal("0.25"),
                "cost_coverage": Decimal("0.6"),
                "last_complete_month": date(2026, 9, 1),
                "month_revenue": Decimal(1_23_456),
                "month_revenue_change": Decimal("0.125"),
                "month_revenue_year_change": Decimal("-0.2"),
                "month_profit": Decimal(20_000),
                "stock_value": Decimal(50_000),
                "dead_stock_value": Decimal(10_000),
                "dead_stock_product_count": 1,
                "product_count": 2,
                "sales_line_count": 500,
            }
        ],
        "best_sellers": [
            {
                **product,
                "period_type": "last_90_days",
                "period": "2026-10-31",
                "total_quantity": Decimal(90),
                "total_revenue": Decimal(45_000),
                "rank_by_quantity": 1,
                "rank_by_revenue": 1,
                "revenue_share": Decimal(1),
                "rank_change": 2,
            }
        ],
        "revenue_contribution": [
            {
                **product,
                "revenue_window": "last_12_months",
                "revenue": Decimal(900_000),
                "revenue_share": Decimal(1),
                "cumulative_share": Decimal(1),
                "revenue_rank": 1,
                "abc_class": "A",
            }
        ],
        "seasonality": [
            {
                **d,
                "entity_type": "category",
                "entity_id": name,
                "entity_name": name,
                "verdict": "confirmed",
                "season_source": "own",
                "amplitude": Decimal("0.9"),
                "peak_months": [1, 2, 11, 12],
                "low_months": [6],
                "next_peak_month": date(2026, 11, 1),
                **{f"month_{m}_index": Decimal("0.5") + m * Decimal("0.08") for m in range(1, 13)},
            }
        ],
        "event_lift": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "event": "Diwali",
                "lift": Decimal("1.3"),
                "next_event_date": date(2026, 11, 8),
            }
        ],
        "inventory_velocity": [
            {
                **product,
                "current_stock": Decimal(3),
                "daily_sales": Decimal("1.5"),
                "days_of_cover": Decimal(2),
                "stockout_risk": "critical",
                "inventory_status": "ok",
                "suggested_order_quantity": Decimal(40),
            },
            {
                **idle,
                "current_stock": Decimal(4),
                "daily_sales": Decimal(0),
                "stockout_risk": "none",
                "inventory_status": "no_sales",
            },
        ],
        "dead_stock": [
            {
                **idle,
                "current_stock": Decimal(4),
                "estimated_value": Decimal(10_000),
                "last_sale_date": date(2026, 1, 5),
                "idle_days": 299,
                "idle_bucket": "181-365",
                "stock_state": "dead",
            }
        ],
        "profitability": [
            {
                **product,
                "profit_window": "last_12_months",
                "revenue": Decimal(900_000),
                "gross_profit": Decimal(-5_000),
                "profit_margin": Decimal("-0.01"),
                "cost_coverage": Decimal("0.6"),
                "profit_status": "partial_cost",
            }
        ],
        "trends": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "month": month,
                "is_complete": month < date(2026, 10, 1),
                "revenue": Decimal(100_000),
            }
            for month in months
        ],
        "trend_signals": [
            {
                **d,
                "entity_type": "store",
                "entity_id": "corner-shop",
                "entity_name": "corner-shop",
                "signal": "stable",
            },
            {
                **d,
                "entity_type": "product",
                "entity_id": "p1",
                "entity_name": name,
                "signal": "declining",
                "recent_revenue": Decimal(80_000),
                "previous_revenue": Decimal(100_000),
                "revenue_change": Decimal("-0.2"),
                "confidence": "medium",
            },
        ],
        "source_files": [
            {
                **d,
                "file_name": f"{name}.csv",
                "kind": "sales",
                "status": "accepted",
                "rows_found": 510,
                "rows_accepted": 500,
                "rows_rejected": 7,
                "rows_ignored": 3,
            },
            {
                **d,
                "file_name": "notes.pdf",
                "status": "refused",
                "message": "This PDF is a picture. Export it as CSV.",
                "rows_found": 0,
                "rows_accepted": 0,
                "rows_rejected": 0,
                "rows_ignored": 0,
            },
        ],
        "rejected_rows": [
            {
                **d,
                "file_name": f"{name}.csv",
                "sheet": "",
                "row_number": 10 + i,
                "reason": "unreadable_date",
                "message": "The date cannot be read.",
                "row_text": f"31/02/2026 | {name} | row {i}",
            }
            for i in range(25)
        ],
        "file_issues": [
            {
                **d,
                "file_name": f"sales_{i}.csv",
                "severity": "warning",
                "code": "equal_lines",
                "message": f"{i + 2} lines repeat another line.",
            }
            for i in range(3)
        ],
        "dataset_quality": [
            {
                **d,
                "rows_found": 510,
                "rows_accepted": 500,
                "rows_rejected": 7,
                "rows_ignored": 3,
            }
        ],
        "active_insights": [_insight("i2", 2, name), _insight("i1", 1, name)],
        "ai_explanations": [
            {
                **d,
                "insight_id": "summary",
                "kind": "summary",
                "headline": "Two things to look at",
                "explanation": "The shop sold more.",
                "guidance": "Start with the first.",
                "text_source": "template",
            },
            {
                **d,
                "insight_id": "i1",
                "kind": "insight",
                "headline": "A better headline",
                "explanation": "A better wording.",
                "template_explanation": "The plain wording.",
                "template_guidance": "The plain advice.",
                "guidance": "A better guidance.",
                "text_source": "ai",
                "provider": "openai",
                "model": "small-1",
            },
        ],
    }


def _insight(insight_id: str, rank: int, name: str) -> dict[str, Any]:
    return {
        "dataset_id": "corner-shop",
        "insight_id": insight_id,
        "category": "risk",
        "title": f"{name} runs out ({insight_id})",
        "summary": f"{name} lasts 2 days.",
        "severity": "high",
        "confidence": "medium",
        "confidence_reasons": (
            '[{"component": "sample", "score": 75, "code": "c", "sentence": "Six months seen."}]'
        ),
        "estimated_impact": Decimal(6_154),
        "cash_at_stake": Decimal(33_488),
        "recommended_action": "Order 40.",
        "entity_type": "product",
        "supporting_metrics": (
            '[{"name": "current_stock", "label": "In stock", "unit": "units", "value": "3.000",'
            ' "table": "dead_stock"},'
            ' {"name": "min_lines", "unit": "limit", "value": "5", "table": null}]'
        ),
        "priority_parts": '{"impact": "6154.00", "confidence_weight": "0.7", "urgency": "1.5"}',
        "is_active": True,
        "rank": rank,
    }


def _render(data: Path, dataset_id: str = "corner-shop") -> str:
    return render_page(data / "marts", data / "quality", data / "insights", dataset_id)


def _render_all(data: Path) -> list[Path]:
    return render_reports(data / "marts", data / "quality", data / "insights", data / "reports")


def test_every_question_is_answered_with_a_chart_and_a_table(make_data: MakeData) -> None:
    html = _render(make_data(shop()))
    page = Page(html)
    for question in QUESTIONS:
        part = html.split(f'-title">{question}</h2>')[1].split("</section>")[0]
        assert '<svg version="1.1"' in part, question
        assert 'role="img" aria-label="' in part, question
        assert "<caption>" in part, question
        assert '<p class="muted how">' in part, question
    assert len(page.all("h1")) == 1
    assert {th.get("scope") for th in page.all("th")} == {"col"}
    anchors = {a["href"] for a in page.all("a")}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert anchors <= {f"#{anchor}" for anchor in ids}


def test_the_first_screen_says_how_the_shop_does_and_how_far_it_is_known(
    make_data: MakeData,
) -> None:
    text = Page(_render(make_data(shop()))).text
    for said in (
        "Sales from 1 Jan 2025 to 31 Oct 2026",
        "Revenue in Sep 2026 ₹1,23,456 12.5 % more than the month before",
        "20.0 % less than a year before",
        "₹12,00,000 in 12 months",
        "25.0 % of the revenue whose cost is known",
        "Cost is known for 60.0 % of revenue",
        "Money in dead stock ₹10,000",
        "20.0 % of the stock value",
    ):
        assert said in text


def test_statuses_are_plain_words(make_data: MakeData) -> None:
    text = Page(_render(make_data(shop()))).text
    for said in (
        "Runs out before an order arrives",
        "Does not sell any more",
        "Cost partly known",
        "1 product lost money",
        "Nov to Feb",
        "Declining",
        "Diwali (+30 %, next 8 Nov 2026)",
        "The lighter bar is a month",
    ):
        assert said in text
    assert not re.search(r"never_sold|partial_cost|no_sales|insufficient_history", text)


def test_insights_stand_best_first_and_say_who_wrote_them(make_data: MakeData) -> None:
    text = Page(_render(make_data(shop()))).text
    first, second = text.index("1. A better headline"), text.index("2. Rice runs out (i2)")
    lead = text.index("Two things to look at")
    assert lead < first < second
    card = text[first:second]
    assert "A better wording." in card
    assert "To do: A better guidance." in card
    assert "About ₹6,154 in 90 days ₹33,488 tied up" in card
    assert "Medium confidence" in card
    assert "Six months seen. (75 of 100)" in card
    assert "Written by AI (openai small-1), numbers by Lucid." in card
    assert "The same without AI The plain wording. The plain advice." in card
    assert "Text by Lucid (template)." in text[lead:first]
    assert "Text by Lucid (template)." in text[second:]


def test_twelve_months_are_compared_with_twelve_complete_ones(make_data: MakeData) -> None:
    rows = shop()
    assert "than in the 12 before" not in Page(_render(make_data(rows))).text  # nine are there
    months = rows["trends"]
    rows["trends"] = [
        {**months[0], "month": date(2024, 9 + i, 1), "revenue": Decimal(80_000)} for i in range(4)
    ] + months
    text = Page(_render(make_data(rows))).text
    # October 2026 runs still: Oct 2025 to Sep 2026 against Oct 2024 to Sep 2025
    assert "₹12,00,000 in 12 months, 5.3 % more than in the 12 before" in text


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
    page = _render(make_data(rows))
    assert "Settled since last time (1)" in page
    assert "Too much &lt;b&gt;Rice&lt;/b&gt;: this is no longer so." in page
    assert "still so" not in page
    assert "Settled" not in _render(make_data(shop()))


def test_all_that_stands_behind_an_insight_is_on_the_page(make_data: MakeData) -> None:
    html = _render(make_data(shop()))
    behind = Page(html.split("<details>")[1].split("</details>")[0]).text
    assert "In stock 3" in behind
    assert "Min lines" not in behind
    assert "Limits of this rule: lines at least 5." in behind
    assert "Ranked by ₹6,154 × 0.7 for how sure it is × 1.5 for how urgent it is." in behind


def test_a_group_lists_every_product(make_data: MakeData) -> None:
    rows = shop()
    rows["active_insights"][0]["supporting_metrics"] = json.dumps(
        [
            {
                "name": name,
                "label": label,
                "unit": unit,
                "value": value,
                "entity_name": product,
                "table": None,
            }
            for product, value in (("Salt", "0.05"), ("Salt", "0.07"), ("Oil", "0.1"))
            for name, label, unit in (
                ("usual_margin", "Margin over 12 months", "share"),
                ("revenue", "Revenue, last 90 days", "money"),
            )
        ]
    )
    html = _render(make_data(rows))
    behind = Page(
        html.split("<caption>The figures behind it, the largest first")[1].split("</details>")[0]
    ).text
    assert "Product Margin over 12 months Revenue, last 90 days" in behind
    # two products of one name stay two
    assert "Salt 5.0 % ₹0.05 Salt 7.0 % ₹0.07 Oil 10.0 % ₹0.10" in behind


def test_what_was_not_used_is_shown(make_data: MakeData) -> None:
    html = _render(make_data(shop()))
    text = Page(html).text
    assert "1 of 2 files used. Of 510 rows found, 500 were accepted, 7 rejected and 3" in text
    assert "This PDF is a picture. Export it as CSV." in text
    assert "25 The date cannot be read." in text
    assert "31/02/2026 | Rice | row 0 The date cannot be read." in text
    assert "Refused" in text
    assert 'data-label="Row">10<' in html  # where a phone shows no headings


def test_a_figure_and_its_percent_sign_stay_on_one_line(make_data: MakeData) -> None:
    html = _render(make_data(shop()))
    assert "12.5\u00a0% more than the month before" in html
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert not re.search(r"\d %", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    assert "Rejected rows: first 20 of 25" in text
    assert "31/02/2026 | Rice | row 19" in text
    assert "31/02/2026 | Rice | row 20" not in text
    assert "sales_0.csv and 2 more files" in text


def test_nothing_is_loaded_from_anywhere(make_data: MakeData) -> None:
    html = _render(make_data(shop()))
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
    html = _render(data)
    page = Page(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert all(not name.startswith("on") for _, found in page.tags for name in found)
    titles = [found["title"] for _, found in page.tags if "title" in found]
    assert HOSTILE in titles  # the whole name, where it was cut
    calm = Page(_render(make_data(shop())))
    assert [tag for tag, _ in page.tags if tag not in ("span", "path", "g", "text")] == [
        tag for tag, _ in calm.tags if tag not in ("span", "path", "g", "text")
    ]


def test_an_empty_shop_has_a_page_that_says_what_to_do(make_data: MakeData) -> None:
    d = {"dataset_id": "new"}
    html = _render(
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


def test_a_shop_with_stock_only_says_what_it_can(make_data: MakeData) -> None:
    rows = shop()
    kept = ("datasets", "dead_stock", "inventory_velocity", "source_files", "dataset_quality")
    summary = {
        "dataset_id": "corner-shop",
        "dataset_name": "corner-shop",
        "currency": "INR",
        "as_of_date": AS_OF,
        "stock_value": Decimal(50_000),
        "dead_stock_product_count": 0,
        "product_count": 2,
    }
    data = make_data({**{name: rows[name] for name in kept}, "dataset_summary": [summary]})
    text = Page(_render(data)).text
    assert "Stock on 31 Oct 2026, no sales yet" in text
    assert "Stock value ₹50,000" in text
    assert "No product in stock has stopped selling" in text
    assert "Advice comes with the first sales." in text
    assert "None" not in text


def test_equal_files_give_equal_bytes(make_data: MakeData) -> None:
    data = make_data(shop())
    first = [path.read_bytes() for path in _render_all(data)]
    for path in data.glob("*/*.parquet"):
        os.utime(path, (0, 0))
    assert [path.read_bytes() for path in _render_all(data)] == first


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
    assert "Secret" not in _render(data)
    assert "Secret" in _render(data, "other")


def test_a_missing_summary_is_an_error_not_an_empty_page(make_data: MakeData) -> None:
    with pytest.raises(ValueError, match="0 rows for corner-shop"):
        _render(make_data({}))
