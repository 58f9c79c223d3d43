"""The examples in docs/definitions.md, each built as a shop of its own, in one build."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lucid_orchestration.ingest.inbox import dataset_slug
from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import read_parquet_rows
from tests import shops

PAGE = PROJECT_DIR / "docs" / "definitions.md"


@dataclass(frozen=True)
class Example:
    """One section: the mart it is about, the shop's files and what it says, the rows expected."""

    mart: str
    files: list[str]
    said: str
    rows: list[dict[str, Any]]


def examples() -> dict[str, Example]:
    """Every example by the name of its shop; a mart may have several, named after a colon."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title = section.split("\n", 1)[0]
        (rows,) = re.findall(r"```json\n(.*?)```", section, flags=re.S)
        found[dataset_slug(title)] = Example(
            title.split(":")[0],
            re.findall(r"```csv\n(.*?)```", section, flags=re.S),
            "".join(re.findall(r"```yaml\n(.*?)```", section, flags=re.S)),
            [json.loads(row, parse_float=Decimal) for row in rows.splitlines()],
        )
    return found


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
    for shop, example in examples().items():
        rows = [
            {name: plain(value) for name, value in row.items()}
            for row in read_parquet_rows(paths.marts / f"{example.mart}.parquet")
            if row["dataset_id"] == shop
        ]
        for row in example.rows:
            assert any(row.items() <= found.items() for found in rows), (shop, row, rows)
