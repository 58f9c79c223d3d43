import json

from tests.unit.report.conftest import MakeData
from tests.unit.report.example import Page, render, shop


def test_insights_stand_best_first_and_say_who_wrote_them(make_data: MakeData) -> None:
    text = Page(render(make_data(shop()))).text
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
    assert "<details open><summary>The same without AI" in render(make_data(shop()))
    # who wrote it is said where there is a choice
    assert "Text by Lucid" not in text


def test_all_that_stands_behind_an_insight_is_on_the_page(make_data: MakeData) -> None:
    html = render(make_data(shop()))
    behind = Page(html.split('<li class="insight">')[1]).text
    assert "In stock 3" in behind
    assert "Min lines" not in behind
    assert "Limits of this rule: lines at least 5." in behind
    assert (
        "Ranked by ₹6,154 × 0.7 for how sure it is × 1.5 for how urgent it is = ₹6,462." in behind
    )


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
    html = render(make_data(rows))
    behind = Page(
        html.split("<caption>The figures behind it, the largest first")[1].split("</details>")[0]
    ).text
    assert "Product Margin over 12 months Revenue, last 90 days" in behind
    # two products of one name stay two
    assert "Salt 5.0 % ₹0.05 Salt 7.0 % ₹0.07 Oil 10.0 % ₹0.10" in behind
