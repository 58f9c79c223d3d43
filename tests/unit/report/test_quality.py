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
