"""Makes the pictures of the docs from the invented shop: run, served, photographed, made small.

`python examples/make_pictures.py [DATA]` needs Debian's `chromium` and `chromium-driver`, and the
development tools. DATA is the data folder of a run that is done already.
"""

import io
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from lucid_orchestration.desk.server import serve
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import Settings

PICTURES = Path(__file__).parent / "screenshots"
# How wide and high a page is looked at, and how many colours are enough.
WIDE, PHONE, COLOURS = (1000, 720), (390, 780), 160
DRAWING_SECONDS = 6.0  # a chart is drawn by the page


def main(data: Path) -> None:
    """Photograph the report and two pages of the desk."""
    refresh(Settings(data))
    said: SimpleQueue[str] = SimpleQueue()
    threading.Thread(
        target=serve,
        args=(Settings(data), "127.0.0.1", None, None, [], [], said.put, False),
        daemon=True,
    ).start()
    shop = f"{said.get(timeout=120).split()[-1]}shops/sample-shop"
    report = (data / "reports" / "sample-shop.html").as_uri()
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        for address, name, size in (
            (report, "report.png", WIDE),
            (report, "report-phone.png", PHONE),
            (shop, "desk-today.png", WIDE),
            (f"{shop}/answers/inventory-velocity", "desk-stock.png", WIDE),
        ):
            photograph(driver, address, PICTURES / name, size)
    finally:
        driver.quit()


def photograph(driver: webdriver.Chrome, address: str, file: Path, size: tuple[int, int]) -> None:
    """One page as a small picture, in light colours."""
    width, height = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(address)
    time.sleep(DRAWING_SECONDS)
    with Image.open(io.BytesIO(driver.get_screenshot_as_png())) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(file, optimize=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
