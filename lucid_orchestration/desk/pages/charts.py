"""Charts as Vega-Lite, and the program that draws them in the page.

The program comes out of the installed package that draws the report's charts; putting it together
takes a second and much memory, so a process of its own does it, once per version.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

from lucid_orchestration.desk.answers import ANSWERS
from lucid_orchestration.desk.context import Shop
from lucid_orchestration.desk.snapshot import Snapshot
from lucid_orchestration.digests import versions
from lucid_orchestration.errors import UnavailableError
from lucid_orchestration.report.blocks import reported_window
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import replace_file
from lucid_orchestration.warehouse.datasets import usual_currency
from lucid_orchestration.warehouse.parquet import select_rows
from lucid_orchestration.warehouse.presentation import presentation

_SECONDS = 120
_MAKE = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle())"
_LABELS = {
    "best-sellers": "The products that sold for most",
    "revenue-contribution": "How much of the revenue the best products bring together",
    "seasonality": "Months above and below an average month",
    "inventory-velocity": "How many products last how long at present sales",
    "dead-stock": "Money in stock by days without a sale",
    "profitability": "What earned most, and what lost money",
    "trends": "Revenue by month; the dashes are the same month a year before",
    "branch-products": "Revenue of each branch in the last 90 days",
    "branch-months": "Revenue of each branch over all months",
}


def label(answer: str) -> str:
    """What a chart shows, in a sentence: its name for those who do not see it."""
    mart = ANSWERS[answer]
    if presentation(mart).period is None:
        return _LABELS[answer]
    # the table below it may show another period
    return f"{_LABELS[answer]}, in the last {reported_window(mart)}"


def answer_chart(snapshot: Snapshot, shop: Shop, answer: str) -> str | None:
    """The chart of an answer as Vega-Lite text; None where there is nothing to draw."""
    mart = ANSWERS[answer]
    path = snapshot.paths.marts / f"{mart}.parquet"
    where = {"dataset_id": shop.dataset_id}
    rows = presentation(mart).reported(lambda chosen: select_rows(path, {**where, **chosen}))
    return _drawn(presentation(mart).chart, rows, shop)


def months_chart(snapshot: Snapshot, shop: Shop, product_id: str | None = None) -> str | None:
    """Revenue by month of the shop or of one product, with the year before."""
    where = {
        "dataset_id": shop.dataset_id,
        "entity_type": "store" if product_id is None else "product",
        "entity_id": product_id,
    }
    rows = select_rows(snapshot.paths.marts / "trends.parquet", where)
    return _drawn("monthly_revenue", rows, shop)


def _drawn(chart: str, rows: list[dict[str, Any]], shop: Shop) -> str | None:
    # the chart library takes a second to load; who only asks for rows does not pay for it
    from lucid_orchestration.report.charts import DRAWINGS
    from lucid_orchestration.report.drawing import specifications

    with specifications():
        return DRAWINGS[chart](rows, shop.currency or usual_currency())


def drawing_program(paths: Settings) -> Path:
    """The file of the program that draws charts in a page.

    Raises:
        UnavailableError: when it cannot be put together.
    """
    version = versions("vl-convert-python")["vl-convert-python"]
    file = paths.state / f"vega-{version}.js"
    if not file.exists():
        try:
            made = subprocess.run(  # noqa: S603  our own program
                [sys.executable, "-c", _MAKE], capture_output=True, check=True, timeout=_SECONDS
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise UnavailableError("The charts cannot be drawn just now.") from error
        replace_file(file, lambda draft: _write(draft, made.stdout))
    return file


def _write(draft: Path, content: bytes) -> None:
    draft.write_bytes(content)
