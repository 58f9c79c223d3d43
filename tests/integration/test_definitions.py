"""The examples in docs/definitions.md, each built as a shop of its own, in one build."""

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from lucid_orchestration.settings import PROJECT_DIR
from lucid_orchestration.storage import read_parquet_rows
from tests import shops

PAGE = PROJECT_DIR / "docs" / "definitions.md"


def examples() -> dict[str, tuple[list[str], list[dict[str, Any]]]]:
    """Mart → its files and the rows expected of it."""
    found = {}
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        mart = section.split("\n", 1)[0]
        files = re.findall(r"```csv\n(.*?)```", section, flags=re.S)
        (rows,) = re.findall(r"```json\n(.*?)```", section, flags=re.S)
        found[mart] = (files, [json.loads(row, parse_float=Decimal) for row in rows.splitlines()])
    return found


def plain(value: Any) -> Any:
    """As JSON writes it."""
    if isinstance(value, date):
        return value.isoformat()
    return Decimal(str(value)) if isinstance(value, float) else value


def test_the_page_explains_the_seven_answers() -> None:
    assert list(examples()) == [
        "best_sellers",
        "revenue_contribution",
        "seasonality",
        "inventory_velocity",
        "dead_stock",
        "profitability",
        "trends",
    ]
    assert all((PROJECT_DIR / "models" / "marts" / f"{mart}.sql").exists() for mart in examples())


def test_every_example_comes_out_as_the_page_says(tmp_path: Path) -> None:
    for mart, (files, _) in examples().items():
        for number, text in enumerate(files):
            path = tmp_path / "inbox" / mart / f"file{number}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    paths = shops.build(tmp_path, "--exclude-resource-type", "unit_test")
    for mart, (_, expected) in examples().items():
        table = read_parquet_rows(paths.marts / f"{mart}.parquet")
        shop = mart.replace("_", "-")
        rows = [
            {name: plain(value) for name, value in row.items()}
            for row in table
            if row["dataset_id"] == shop
        ]
        for row in expected:
            assert any(row.items() <= found.items() for found in rows), (mart, row, rows)
