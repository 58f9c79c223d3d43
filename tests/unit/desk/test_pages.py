"""The pages as they are without script: what stands there, escaped, from the published tables."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from lucid_orchestration.desk.answers import ANSWERS
from lucid_orchestration.desk.pages.details import _windows
from lucid_orchestration.desk.pages.sign_in import Guesses
from lucid_orchestration.desk.pages.site import STATIC
from lucid_orchestration.settings import Settings
from tests.desk_data import FIXED, FORMULA, publish

SHOP = "/shops/shop"
FILE = "/shops/shop/files/"
PAGES = [
    "/shops",
    SHOP,
    *(f"{SHOP}/answers/{answer}" for answer in ANSWERS),
    f"{SHOP}/products/p1",
    f"{SHOP}/files",
    f"{SHOP}/rules",
    f"{SHOP}/explanations",
    "/runs",
    "/compare",
]


class Page(HTMLParser):
    """Which elements a page has, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


def opened(page: TestClient, address: str, status: int = 200) -> Page:
    answer = page.get(address)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    return Page(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_whole_without_script(page: TestClient, address: str) -> None:
    shown = opened(page, address)
    assert len(list(shown.all("h1"))) == 1
    assert [one.get("lang") for one in shown.all("html")] == ["en"]
    for tag, attributes in shown.elements:
        assert not [name for name in attributes if name.startswith("on")]
        assert "style" not in attributes
        if tag == "script":
            assert attributes.get("src") or attributes.get("type") == "application/json"
        if tag in ("input", "select", "textarea") and attributes.get("type") != "hidden":
            labelled = attributes.get("aria-label") or attributes.get("id")
            assert labelled or re.search(
                r"<label[^>]*>[^<]*(<b>.*?</b>)?[^<]*<" + tag, page.get(address).text
            )
        for name in ("src", "href", "action"):
            assert not (attributes.get(name) or "").startswith(("http", "//"))
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_a_page_leads_somewhere(page: TestClient, address: str) -> None:
    shown = opened(page, address)
    for sheet in shown.all("link"):
        assert sheet["href"] == "data:," or page.get(str(sheet["href"])).status_code == 200
    for link in shown.all("a"):
        target = (link.get("href") or "").partition("#")[0]
        if target.startswith("?"):
            target = address + target
        if target and "/files/" not in target:
            assert page.get(target).status_code == 200, target


def test_one_shop_is_opened_at_once_and_several_are_listed(
    page: TestClient, paths: Settings
) -> None:
    assert "Shops" in opened(page, "/").text
    publish(paths, "shop")
    for file in (paths.inbox / "other").iterdir():
        file.unlink()
    answer = page.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/shops/shop")


def test_advice_comes_before_everything_else(page: TestClient) -> None:
    shown = opened(page, SHOP)
    places = [i for i, (tag, a) in enumerate(shown.elements) if a.get("class") == "insight"]
    figures = next(i for i, (tag, a) in enumerate(shown.elements) if a.get("class") == "tiles")
    assert len(places) == 2
    assert max(places) < figures


def test_a_table_can_be_searched_sorted_filtered_and_turned(page: TestClient) -> None:
    address = f"{SHOP}/answers/best-sellers"
    shown = opened(page, f"{address}?search=tea&category=Food&sort=total_revenue:asc&limit=2")
    assert "Rows 1 to 2 of 3" in shown.text
    assert {one.get("aria-sort") for one in shown.all("th")} >= {"ascending", "none"}
    following = next(one["href"] for one in shown.all("a") if one.get("rel") == "next")
    again = opened(page, address + str(following))
    assert "Rows 3 to 3 of 3" in again.text
    exports = [one["href"] for one in shown.all("a") if "download" in one]
    assert len(exports) == 3
    text = page.get(str(exports[0])).text
    assert text.count("\r\n") == 4
    chosen = opened(page, f"{address}?columns=total_revenue,product_name")
    assert len(list(chosen.all("th"))) == 2
    assert opened(page, f"{address}?period=nonsense", 400).text
    assert opened(page, f"{address}?limit=0", 400).text
    opened(page, f"{SHOP}/answers/none", 404)
    opened(page, "/shops/nobody", 404)


def test_the_order_of_a_table_is_chosen_from_what_it_shows(page: TestClient) -> None:
    address = f"{SHOP}/answers/best-sellers?columns=total_revenue,product_name"

    def orders(asked: str) -> list[tuple[str | None, bool]]:
        text = page.get(address + asked).text
        chosen = Page(text.partition('name="sort"')[2].partition("</select>")[0])
        return [(one.get("value"), "selected" in one) for one in chosen.all("option")]

    usual = ["", "total_revenue:desc", "total_revenue:asc", "product_name:asc", "product_name:desc"]
    assert [value for value, _ in orders("")] == usual
    # a short name, and one whose column is not shown, are kept as they are when all else is asked
    assert ("total_revenue:desc", True) in orders("&sort=total_revenue")
    assert orders("&sort=revenue")[-1] == ("revenue", True)
    assert orders("&sort=gross_profit:asc")[-1] == ("gross_profit:asc", True)
    assert sum(is_now for _, is_now in orders("&sort=product_name:desc")) == 1


def test_values_of_ours_are_words_and_the_shops_own_stay(page: TestClient) -> None:
    shown = page.get(f"{SHOP}/answers/inventory-velocity?columns=inventory_status,category").text
    assert 'value="out_of_stock"' in shown
    assert ">out of stock<" in shown
    assert "out_of_stock<" not in shown


def test_a_product_shows_windows_in_their_order_and_in_words() -> None:
    rows = [
        {"period_type": window, "period": "2026-01", "total_revenue": place}
        for place, window in enumerate(("month", "last_90_days", "last_30_days", "all"))
    ]
    assert _windows("best_sellers", rows) == [
        {"period_type": "all months", "total_revenue": 3},
        {"period_type": "last 30 days", "total_revenue": 2},
        {"period_type": "last 90 days", "total_revenue": 1},
    ]
    assert _windows("dead_stock", [{"idle_days": 4}]) == [{"idle_days": 4}]


def test_names_from_files_are_text(page: TestClient, paths: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr("tests.desk_data.FORMULA", "<script>alert(1)</script>")
    publish(paths, "shop")
    for address in (f"{SHOP}/answers/best-sellers", f"{SHOP}/products/p3"):
        answer = page.get(address).text
        assert "<script>alert" not in answer
        assert "&lt;script&gt;alert" in answer
    assert FORMULA not in page.get(f"{SHOP}/products/p3").text


def test_a_file_shows_its_columns_and_what_they_are_taken_for(page: TestClient) -> None:
    from lucid_orchestration.ingest.inbox import list_inbox

    desk: Any = page.app.state.desk  # type: ignore[attr-defined]
    file = list_inbox(desk.paths.inbox, desk.paths.state / "d.json")[1]
    shown = opened(page, FILE + file.source_file_id)
    columns = {one["data-heading"] for one in shown.all("select") if "data-heading" in one}
    assert columns == {"Date", "Item", "Qty", "Amount"}
    opened(page, FILE + "0" * 32, 404)


def test_charts_are_data_and_their_program_is_ours(page: TestClient) -> None:
    for answer in ANSWERS:
        chart = page.get(f"{SHOP}/charts/{answer}.json")
        assert chart.status_code == 200
        assert chart.json() is None or "$schema" in chart.json()
    assert page.get(f"{SHOP}/months.json").json()["$schema"]
    assert page.get(f"{SHOP}/charts/none.json").status_code == 404
    for file in STATIC.iterdir():
        text = file.read_text(encoding="utf-8")
        assert page.get(f"/static/{file.name}").text == text
        assert not re.search(r"https?://|eval\(|new Function|innerHTML", text)


def test_a_shop_of_which_no_file_was_used_says_why(
    page: TestClient, paths: Settings, monkeypatch: Any
) -> None:
    refused = {"file_name": "a.pdf", "status": "refused", "message": "No row of headings."}
    changed: dict[str, dict[str, Any]] = {
        "datasets": {"as_of_date": None},
        "source_files": {**FIXED["source_files"], **refused},
    }
    for table, said in changed.items():
        monkeypatch.setitem(FIXED, table, said)
    assert "None of the files could be used" not in opened(page, SHOP).text
    publish(paths, "shop", "other")
    text = opened(page, SHOP).text
    assert re.search(r"None of the files could be used\s+a\.pdf: No row of headings\.", text)


def test_an_empty_desk_says_what_to_drop(tmp_path: Any) -> None:
    from lucid_orchestration.runs import history
    from tests.desk_data import ORIGIN, desk_over

    paths = Settings(tmp_path)
    history.finish_job(
        paths, history.start_job(paths, "refresh"), history.JobResult("unchanged", "")
    )
    with TestClient(desk_over(tmp_path), base_url=ORIGIN) as client:
        shown = opened(client, "/")
    assert "Drop the files" in shown.text
    assert "invented shop" in shown.text


def test_wrong_passwords_are_forgotten_after_a_minute() -> None:
    moment = [0.0]
    guesses = Guesses(lambda: moment[0])
    for _ in range(10):
        assert not guesses.are_too_many()
        guesses.note()
    assert guesses.are_too_many()
    moment[0] = 61.0
    assert not guesses.are_too_many()
