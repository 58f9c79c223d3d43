"""The examples in docs/definitions.md, each built as a shop of its own, in one build.

A row of sales with two days stands for one on each day between them, or on that day of each month.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from lucid_orchestration.ingest.inbox import dataset_slug
from lucid_orchestration.insights.pipeline import evaluate
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import read_parquet_rows
from tests import shops

PAGE = PROJECT_DIR / "docs" / "definitions.md"
_DAYS = re.compile(r"(\S+) to (\S+?)( monthly)?,(.*)")


@dataclass(frozen=True)
class Example:
    """One section: the mart it is about, the shop's files and what it says, rows there and not."""

    mart: str
    files: list[str]
    said: str
    rows: list[dict[str, Any]]
    absent: list[dict[str, Any]]


def examples() -> dict[str, Example]:
    """Every example by the name of its shop; a mart may have several, named after a colon."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title = section.split("\n", 1)[0]
        rows, absent = (
            [
                json.loads(row, parse_float=Decimal)
                for block in re.findall(rf"```{kind}\n(.*?)```", section, flags=re.S)
                for row in block.splitlines()
            ]
            for kind in ("json", "json absent")
        )
        found[dataset_slug(title)] = Example(
            title.split(":")[0],
            [
                "\n".join(line for row in text.splitlines() for line in day_by_day(row))
                for text in re.findall(r"```csv\n(.*?)```", section, flags=re.S)
            ],
            "".join(re.findall(r"```yaml\n(.*?)```", section, flags=re.S)),
            rows,
            absent,
        )
    return found


def day_by_day(row: str) -> Iterator[str]:
    """The rows a row of two days stands for; any other is itself."""
    match = _DAYS.match(row)
    if match is None:
        yield row
        return
    first, last = (date.fromisoformat(day) for day in match.group(1, 2))
    for place in range((last - first).days + 1):
        day = first + timedelta(days=place)
        if match[3] is None or day.day == first.day:
            yield f"{day},{match[4]}"


def plain(value: Any) -> Any:
    """As JSON writes it."""
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if isinstance(value, float) else value


def test_the_page_explains_the_answers_and_what_they_rest_on() -> None:
    assert [(example.mart, len(example.rows) > 0) for example in examples().values()] == [
        (mart, True)
        for mart in (
            "best_sellers",
            "revenue_contribution",
            "seasonality",
            "inventory_velocity",
            "dead_stock",
            "profitability",
            "trends",
            "datasets",
            "inventory_velocity",
            "inventory_velocity",
            "inventory_velocity",
            "stock_age",
            "trend_signals",
            "trends",
            "trends",
            "trend_signals",
            "trend_signals",
            "insights",
            "insights",
            "event_demand",
            "event_demand",
            "branch_products",
            "branch_months",
        )
    ]


def test_every_example_comes_out_as_the_page_says(tmp_path: Path) -> None:
    for shop, example in examples().items():
        folder = tmp_path / "inbox" / shop
        folder.mkdir(parents=True)
        for number, text in enumerate(example.files):
            (folder / f"file{number}.csv").write_text(text, encoding="utf-8")
        if example.said:
            (folder / "lucid.yml").write_text(example.said, encoding="utf-8")
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    evaluate(paths.marts, paths.quality, paths.insights)
    for shop, example in examples().items():
        folder = paths.insights if example.mart == "insights" else paths.marts
        rows = [
            {name: plain(value) for name, value in row.items()}
            for row in read_parquet_rows(folder / f"{example.mart}.parquet")
            if row["dataset_id"] == shop
        ]
        for row in example.rows:
            assert any(row.items() <= found.items() for found in rows), (shop, row, rows)
        for row in example.absent:
            assert not any(row.items() <= found.items() for found in rows), (shop, row, rows)
