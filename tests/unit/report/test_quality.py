import re
from decimal import Decimal
from typing import Any

from tests.unit.report.conftest import MakeData
from tests.unit.report.example import Page, render, shop


def test_what_was_not_used_is_shown(make_data: MakeData) -> None:
    html = render(make_data(shop()))
    text = Page(html).text
    assert "1 of 2 files used. Of 510 rows found, 500 were accepted, 7 rejected and 3" in text
    assert "This PDF is a picture. Export it as CSV." in text
    assert "25 The date cannot be read." in text
    assert "31/02/2026 | Rice | row 0 The date cannot be read." in text
    assert "Refused" in text
    assert 'data-label="Row">10<' in html  # where a phone shows no headings


def issue(**said: Any) -> dict[str, Any]:
    row = {
        "dataset_id": "corner-shop",
        "file_name": "sales.csv",
        "severity": "warning",
        "code": "ambiguous_dates",
        "message": "The dates fit both orders.",
        "amount": Decimal("1234.50"),
        "revenue_share": Decimal("0.02"),
    }
    return row | said


def doubts_of(make_data: MakeData, *issues: dict[str, Any]) -> list[str]:
    """The entries of the box above the first figure, none when there is no box."""
    html = render(make_data(shop() | {"file_issues": list(issues)}))
    head, _, _ = html.partition('<dl class="tiles">')
    assert ("Before you rely on these figures" in head) == ("<li>₹" in head)
    return re.findall("<li>(₹.*)</li>", head)


def test_a_warning_about_much_of_the_revenue_stands_before_the_first_figure(
    make_data: MakeData,
) -> None:
    assert doubts_of(make_data, issue()) == [
        "₹1,235 (2.0\u00a0% of the revenue), sales.csv: The dates fit both orders."
    ]


def test_what_is_said_of_many_files_is_said_once_with_what_it_is_worth_in_all(
    make_data: MakeData,
) -> None:
    small = {"revenue_share": Decimal("0.006"), "amount": Decimal(600)}
    more = issue(file_name="more.csv", message="These too.", **small)
    assert doubts_of(make_data, issue(**small)) == []
    (both,) = doubts_of(make_data, issue(**small), more)
    assert both.startswith("₹1,200 (1.2\u00a0% of the revenue), more.csv and 1 more file: These")


def test_the_largest_doubts_stand_first_and_notes_are_none(make_data: MakeData) -> None:
    shares = {"a": "0.05", "b": "0.6", "c": "1.7", "d": "0.3"}
    found = doubts_of(
        make_data,
        issue(code="exactly", revenue_share=Decimal("0.01")),
        issue(code="note", severity="note", revenue_share=Decimal(1)),
        issue(code="unknown", revenue_share=None, amount=None),
        *(issue(code=code, revenue_share=Decimal(share)) for code, share in shares.items()),
    )
    assert [re.findall(r"\(([\d.]+)", entry)[0] for entry in found] == ["100.0", "60.0", "30.0"]
