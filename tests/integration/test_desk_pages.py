"""The desk's pages in a real Chromium: what an owner does with them, from a file to its answer."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars
import pytest
import yaml
from selenium import webdriver
from selenium.common.exceptions import JavascriptException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service as Driver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from tests.desk_service import Service, until

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
# axe.min.js of the npm package axe-core, where it is on this machine
AXE = os.environ.get("LUCID_AXE", "")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="needs Chromium and its driver (Debian: chromium, chromium-driver)",
)
SHOP = "/shops/sample-shop"
PAGES = [
    "/shops",
    SHOP,
    f"{SHOP}/answers/best-sellers",
    f"{SHOP}/answers/revenue-contribution",
    f"{SHOP}/answers/seasonality",
    f"{SHOP}/answers/inventory-velocity",
    f"{SHOP}/answers/dead-stock",
    f"{SHOP}/answers/profitability",
    f"{SHOP}/answers/trends",
    f"{SHOP}/products/gra01",
    f"{SHOP}/files",
    f"{SHOP}/rules",
    f"{SHOP}/explanations",
    "/runs",
    "/compare",
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("pages") / "data").start()
    service.idle()
    yield service
    service.stop()


class Browser:
    """One window of a browser at one desk."""

    def __init__(self, service: Service, folder: Path, width: int, height: int) -> None:
        options = webdriver.ChromeOptions()
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
        ):
            options.add_argument(argument)
        options.binary_location = str(CHROMIUM)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.add_experimental_option(
            "prefs",
            {"download.default_directory": str(folder), "download.prompt_for_download": False},
        )
        self.folder = folder
        self.driver = webdriver.Chrome(options=options, service=Driver(str(DRIVER)))
        self.service = service
        self.size(width, height)

    def size(self, width: int, height: int, dark: bool = False) -> None:
        """Give the window the size of a screen, and its colours."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, address: str) -> None:
        """Open a page."""
        self.driver.get(self.service.address + address)

    def one(self, selector: str) -> WebElement:
        """The first element that fits."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Every element that fits."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def says(self, selector: str, pattern: str) -> str:
        """The text of an element once it fits."""
        text = [""]

        def fits() -> bool:
            try:
                text[0] = " ".join(one.text for one in self.all(selector))
            except StaleElementReferenceException:
                return False  # the page has just been drawn anew
            return re.search(pattern, text[0]) is not None

        until(fits, lambda: f"{selector} says {text[0]!r}, not {pattern!r}")
        return text[0]

    def texts(self, selector: str) -> list[str]:
        """What every element that fits says, read at once: a page may be drawn anew between two."""
        script = "return Array.from(document.querySelectorAll(arguments[0]), one => one.innerText)"
        return list(self.run(script, selector))

    def press(self, selector: str) -> None:
        """Click an element, wherever on the page it is."""

        def pressed() -> bool:
            try:
                element = self.one(selector)
                self.run(
                    "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
                )
                element.click()
            except StaleElementReferenceException:
                return False  # the page has just been drawn anew
            return True

        until(pressed, lambda: f"{selector} cannot be clicked")

    def follow(self, does: Callable[[], None]) -> None:
        """Do what opens another page, and wait until that one is there."""
        self.run("window.isLeft = true")
        does()

        def is_there() -> bool:
            try:
                return bool(self.run("return !window.isLeft && document.readyState === 'complete'"))
            except JavascriptException:
                return False  # between the two there is none

        until(is_there, lambda: f"still at {self.driver.current_url}")

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script in the page returns."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """What the browser found wrong since last asked."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def browser(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    browser = Browser(service, tmp_path_factory.mktemp("browser"), 1280, 900)
    yield browser
    browser.driver.quit()


@pytest.fixture
def fresh(browser: Browser) -> Browser:
    browser.size(1280, 900)
    browser.complaints()
    return browser


@pytest.mark.parametrize("address", PAGES)
def test_a_page_draws_without_complaint_at_every_width(fresh: Browser, address: str) -> None:
    for width in (360, 1280, 3840):
        fresh.size(width, 800)
        fresh.open(address)
        charts = len(fresh.all("[data-chart]"))
        until(
            lambda n=charts: len(fresh.all("[data-drawn], [data-chart][hidden]")) == n,
            fresh.complaints,
        )
        assert fresh.run("return document.documentElement.scrollWidth <= window.innerWidth"), width
    assert fresh.complaints() == []


@pytest.mark.parametrize("address", [address for address in PAGES if "explan" not in address])
def test_a_phone_shows_tables_without_scrolling_sideways(fresh: Browser, address: str) -> None:
    fresh.size(360, 640)
    fresh.open(address)
    for box in fresh.all(".scroll"):
        is_whole = "return arguments[0].scrollWidth <= arguments[0].clientWidth"
        assert fresh.driver.execute_script(is_whole, box), box.get_attribute("aria-label")
    if "/answers/" in address:
        # what is hidden is said by each figure, and what it was good for has another place
        columns = len(fresh.all("table.rows th"))
        assert not any(one.is_displayed() for one in fresh.all("table.rows th"))
        assert len(fresh.all("tbody tr:first-child td[data-label]")) == columns
        assert fresh.one("select[name=sort]").is_displayed()
    fresh.size(1280, 800)
    assert not any(one.is_displayed() for one in fresh.all("select[name=sort]"))


def test_a_phone_shows_the_first_advice_at_once(fresh: Browser) -> None:
    fresh.size(360, 640)
    fresh.open("/")
    place = fresh.one(".insight").rect
    assert place["y"] < 300
    assert fresh.one(".insight .todo").rect["y"] < 640


def test_a_chart_is_a_picture_with_a_name_and_a_table_below(fresh: Browser) -> None:
    fresh.open(f"{SHOP}/answers/dead-stock")
    until(lambda: bool(fresh.all("[data-drawn] svg")), fresh.complaints)
    chart = fresh.one("[data-chart]")
    assert chart.get_attribute("role") == "img"
    assert chart.get_attribute("aria-label")
    assert len(fresh.all("table.rows tbody tr")) > 10


def test_a_table_is_searched_sorted_and_its_columns_chosen(fresh: Browser) -> None:
    fresh.open(f"{SHOP}/answers/best-sellers")
    fresh.follow(lambda: fresh.one('input[name="search"]').send_keys("atta", Keys.ENTER))
    assert "search=atta" in fresh.driver.current_url
    names = fresh.texts("table.rows tbody tr")
    assert names
    assert all("Atta" in name for name in names)
    fresh.press(".chooser summary")
    assert [head for head in fresh.texts("table.rows th") if head.startswith("Gross profit")]
    fresh.follow(lambda: fresh.press('input[data-column="gross_profit"]'))
    assert "columns=" in fresh.driver.current_url
    heads = fresh.texts("table.rows th")
    assert heads
    assert not [head for head in heads if head.startswith("Gross profit")]
    fresh.follow(lambda: fresh.press("table.rows th a"))
    assert fresh.all('th[aria-sort="ascending"], th[aria-sort="descending"]')
    assert fresh.complaints() == []


def test_an_export_opens_again_with_the_same_figures(fresh: Browser) -> None:
    fresh.open(f"{SHOP}/answers/dead-stock?state=dead")
    fresh.press('a[download][href*=".csv"]')
    file = fresh.folder / "sample-shop-dead-stock.csv"
    until(file.exists, lambda: str(list(fresh.folder.iterdir())))
    table = polars.read_csv(file, infer_schema=False)
    rows = fresh.service.get("/datasets/sample-shop/dead-stock?state=dead&limit=1000")["rows"]
    assert list(table["estimated_value"]) == [row["estimated_value"] for row in rows]


def test_the_keyboard_reaches_and_closes_the_menus(fresh: Browser) -> None:
    fresh.open(SHOP)
    fresh.one("body").send_keys(Keys.TAB)
    assert fresh.run("return document.activeElement.className") == "skip"
    menu = fresh.one("details.menu summary")
    menu.send_keys(Keys.ENTER)
    assert fresh.one("details.menu").get_attribute("open") is not None
    fresh.run("document.activeElement.blur()")
    fresh.one("body").send_keys(Keys.ESCAPE)
    assert fresh.one("details.menu").get_attribute("open") is None


def test_a_wrong_file_is_brought_fixed_by_choosing_columns_and_read(fresh: Browser) -> None:
    file = fresh.folder / "odd.csv"
    lines = [
        f"2026-10-{day:02d},Rose Syrup,{day % 3 + 1},{(day % 3 + 1) * 55}.00"
        for day in range(1, 29)
    ]
    file.write_text(
        "\n".join(["When,Thing sold,Nos out,Rupees got", *lines]) + "\n", encoding="utf-8"
    )
    fresh.open(f"{SHOP}/files")
    fresh.one('input[type="file"]').send_keys(str(file))
    fresh.press(".drop button")
    assert "odd.csv: " in fresh.says(".looks", "odd.csv")
    fresh.service.ended(fresh.one(".drop").get_attribute("data-job") or "")
    fresh.open(f"{SHOP}/files")
    link = next(one for one in fresh.all("tr.refused a") if one.text == "odd.csv")
    fresh.follow(link.click)
    choices = {
        one.get_attribute("data-heading"): Select(one) for one in fresh.all("select[data-heading]")
    }
    assert set(choices) == {"When", "Thing sold", "Nos out", "Rupees got"}
    Select(fresh.one('select[name="kind"]')).select_by_value("sales")
    for heading, field in (
        ("When", "sale_date"),
        ("Thing sold", "product_name"),
        ("Nos out", "quantity"),
        ("Rupees got", "net_amount"),
    ):
        choices[heading].select_by_value(field)
    fresh.says(".fix .said", "would be read as sales")
    assert "Rose Syrup" in fresh.one(".preview").text
    fresh.press(".fix button:not([type])")
    fresh.says(".fix .said", "Kept")
    fresh.service.idle()
    told = yaml.safe_load(
        (fresh.service.data / "inbox" / "sample-shop" / "mapping.yml").read_text(encoding="utf-8")
    )
    assert told["files"][0]["columns"]["Nos out"] == "quantity"
    found = fresh.service.get("/datasets/sample-shop/best-sellers?search=rose%20syrup&period=all")
    assert found["rows"][0]["total_quantity"] == "56.000"
    assert fresh.complaints() == []


def test_an_insight_is_put_aside_and_two_windows_see_it(
    fresh: Browser, service: Service, tmp_path: Path
) -> None:
    other = Browser(service, tmp_path, 1280, 900)
    try:
        for window in (fresh, other):
            window.open(SHOP)
        first = fresh.one(".insight").get_attribute("id")
        fresh.press(".insight button")
        fresh.says(".insight .said", "Kept")
        until(
            lambda: other.one("#fresh").is_displayed(), lambda: str(service.get("/runs")["rows"][0])
        )
        service.idle()
        for window in (fresh, other):
            window.open(SHOP)
            assert first not in [one.get_attribute("id") for one in window.all(".insight")]
            assert "snoozed until" in window.one(".silenced").get_attribute("textContent")
    finally:
        other.driver.quit()
    said = yaml.safe_load(
        (service.data / "inbox/sample-shop/lucid.yml").read_text(encoding="utf-8")
    )
    assert list(said["insights"]) == [first]


def test_a_rule_is_tried_then_kept(fresh: Browser) -> None:
    fresh.open(f"{SHOP}/rules")
    form = '[data-rule="dead_stock"]'
    limit = fresh.one(f"{form} input")
    limit.clear()
    limit.send_keys("1")
    fresh.press(f"{form} [data-try]")
    assert fresh.says(f"{form} .said", "would have found")
    fresh.press(f"{form} button:not([type])")
    fresh.says(f"{form} .said", "Kept")
    fresh.service.idle()
    fresh.open(f"{SHOP}/rules")
    assert "changed for this shop" in fresh.one(form).text


def test_a_run_is_watched_and_cancelled(fresh: Browser) -> None:
    fresh.open("/runs")
    fresh.run("window.confirm = () => true")
    next(one for one in fresh.all("button") if "everything" in one.text).click()
    fresh.says("#runs li:first-child .status", "(?i)running")
    fresh.says("#runs li:first-child .line", "%")
    fresh.press("#runs li:first-child button")
    fresh.says("#runs li:first-child .status", "(?i)cancelled")
    assert fresh.service.get("/runs")["rows"][0]["status"] == "cancelled"
    fresh.service.client.post("/runs", json={})
    fresh.service.idle()


# What a page whose line broke misses.
DEAF = """
const Line = window.EventSource;
window.EventSource = class extends Line {
  constructor(address) { super(address); window.line = this; }
  addEventListener(name, does) { if (name !== "job") super.addEventListener(name, does); }
};
"""


def test_a_page_that_lost_the_line_asks_how_a_run_ended(fresh: Browser) -> None:
    told = fresh.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": DEAF})
    try:
        job = fresh.service.client.post("/runs", json={"full": True}).json()["job_id"]
        fresh.open("/runs")
        fresh.says(f"[data-run='{job}'] .status", "(?i)queued|running")
        assert fresh.service.ended(job)["status"] == "succeeded"
        assert "succeeded" not in fresh.one(f"[data-run='{job}'] .status").text.casefold()
        # the line is back
        fresh.run("line.dispatchEvent(new MessageEvent('hello', {data: '{\"snapshot\": \"\"}'}))")
        fresh.says(f"[data-run='{job}'] .status", "(?i)succeeded")
        assert not fresh.all(f"[data-run='{job}'] button")
    finally:
        fresh.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", told)


def test_a_page_shows_what_a_file_holds_and_runs_none_of_it(fresh: Browser) -> None:
    name = "<img src=x onerror=alert(1)>"
    body = f"Date,Item,Qty,Amount\n2026-10-05,{name},900,90000.00\n"
    answer = fresh.service.client.post(
        "/datasets/sample-shop/files", files={"files": ("hostile.csv", body.encode())}
    )
    fresh.service.ended(answer.json()["job"]["job_id"])
    fresh.open(f"{SHOP}/answers/best-sellers?search={quote('<img')}")
    assert name in fresh.one("table.rows").text
    assert not fresh.run("return document.querySelector('img')")
    assert fresh.complaints() == []


@pytest.mark.skipif(not AXE, reason="LUCID_AXE names no axe.min.js of the npm package axe-core")
@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(fresh: Browser, address: str, dark: bool) -> None:
    fresh.size(1280, 900, dark)
    fresh.open(address)
    charts = len(fresh.all("[data-chart]"))
    until(lambda: len(fresh.all("[data-drawn], [data-chart][hidden]")) == charts, fresh.complaints)
    # by the driver, past the policy of the page
    fresh.driver.execute_cdp_cmd(
        "Runtime.evaluate", {"expression": Path(AXE).read_text(encoding="utf-8")}
    )
    found = fresh.driver.execute_async_script(
        "const done = arguments[0];"
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(done)"
    )
    told = [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]
    assert told == [], json.dumps(told, indent=1)
