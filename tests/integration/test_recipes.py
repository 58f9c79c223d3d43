"""The recipes of the README, applied one after the other to a copy of this project, and run there.

The copy also shows what a run builds after an edit, and that it gives what a build of everything
gives: Dagster always builds everything.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lucid_orchestration.settings import PROJECT_DIR, Settings
from lucid_orchestration.storage import read_parquet_rows

NOT_COPIED = {".git", ".venv", "data", "target", "logs", ".dagster"}  # of the project folder
RECIPE = re.compile(
    r"(?P<place>in|at the\s+end\s+of)\s+`(?P<file>[^`]+)`"
    r"(?:,\s+(?P<where>above|instead\s+of)\s+`(?P<anchor>[^`]+)`)?(?:\s+\([^)]*\))?:\n\n"
    r"```\w+\n(?P<snippet>.*?)```",
    re.S,
)
EDITED_TEST = "assert_profit_is_revenue_minus_cost"
RUN = """
import json
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.settings import settings
from lucid_orchestration.warehouse import build as warehouse

nodes = []
whole_build = warehouse.build

def counted(*arguments, **options):
    result = whole_build(*arguments, **options)
    nodes.extend((node.kind, node.name) for node in result.nodes)
    return result

warehouse.build = counted
summary = refresh(settings())
print(json.dumps({"nodes": nodes, "was_current": summary.was_current}))
"""
DAGSTER = """
from lucid_orchestration.definitions import defs
assert defs().resolve_job_def("refresh").execute_in_process().success
"""


@dataclass(frozen=True)
class Recipe:
    """A snippet of the README and where it says the snippet goes; `where` is "" for a new file."""

    file: str
    where: str
    anchor: str
    snippet: str


def recipes() -> list[Recipe]:
    text = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
    return [
        Recipe(
            found["file"],
            "end" if found["place"] != "in" else " ".join((found["where"] or "").split()),
            found["anchor"] or "",
            found["snippet"],
        )
        for found in RECIPE.finditer(text)
    ]


@dataclass(frozen=True)
class Copy:
    """A copy of the project, with its data folder inside."""

    project: Path

    @property
    def paths(self) -> Settings:
        return Settings(self.project / "data")

    def apply(self, file: str) -> None:
        """Do what the README says about one file; `told` is the shop it speaks of."""
        told = [recipe for recipe in recipes() if recipe.file == file]
        assert told, f"the README has no recipe for {file}"
        for recipe in told:
            self._apply(recipe, self.project / file.replace("<shop>", "told"))

    def _apply(self, recipe: Recipe, path: Path) -> None:
        if not recipe.where:
            assert not path.exists()
            path.write_text(recipe.snippet, encoding="utf-8")
            return
        text = path.read_text(encoding="utf-8")
        if recipe.where != "end":
            is_place = re.compile(rf"^ *{re.escape(recipe.anchor)}.*\n", re.M)
            (line,) = [found[0] for found in is_place.finditer(text)]
            kept = line if recipe.where == "above" else ""
            text = text.replace(line, recipe.snippet + kept)
        else:
            text += recipe.snippet
        path.write_text(text, encoding="utf-8")

    def python(self, *arguments: str) -> str:
        """What a program prints that runs in the copy, as if it were the only project there is."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
        return done.stdout

    def run(self) -> dict[str, Any]:
        """`lucid run`: kind and name of each node that dbt built, and whether it was needed."""
        said: dict[str, Any] = json.loads(self.python("-c", RUN).splitlines()[-1])
        return said

    def rows(self, table: str, **where: Any) -> list[dict[str, Any]]:
        (file,) = self.paths.data_dir.glob(f"[miqs]*/{table}.parquet")
        rows = read_parquet_rows(file)
        return [row for row in rows if all(row[name] == value for name, value in where.items())]

    def cache(self) -> dict[tuple[str, str], tuple[str, int]]:
        """`analytics_cache` without its clock: shop and mart → hash of inputs, rows."""
        rows = read_parquet_rows(self.paths.state / "analytics_cache.parquet")
        return {
            (row["dataset_id"], row["mart"]): (row["input_hash"], row["row_count"]) for row in rows
        }

    def answers(self) -> dict[str, bytes]:
        files = [*self.paths.marts.iterdir(), *self.paths.quality.iterdir()]
        return {file.name: file.read_bytes() for file in files}

    def _environment(self) -> dict[str, str]:
        gone = {"DAGSTER_HOME", "LUCID_DATA_DIR"}
        inherited = {name: value for name, value in os.environ.items() if name not in gone}
        return inherited | {"PYTHONPATH": str(self.project)}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    project = tmp_path_factory.mktemp("copy") / "lucid"
    project.mkdir()
    for path in PROJECT_DIR.iterdir():
        if path.is_dir() and path.name not in NOT_COPIED:
            shutil.copytree(path, project / path.name)
        elif path.is_file():
            shutil.copy(path, project)
    for shop, quantity in (("told", "Nos dispatched"), ("asked", "Pcs handed out")):
        inbox = project / "data" / "inbox" / shop
        inbox.mkdir(parents=True)
        lines = [f"Bill No,Bill Date,Item Name,Category,{quantity},Amount,Cost"]
        for month in range(1, 13):
            lines += [
                f"{month}-{number},{day:02}/{month:02}/2025,{item},Food,2,60,{cost}"
                for number, (day, item, cost) in enumerate([(1, "Tea", 15), (20, "Jam", 9)])
                if item == "Tea" or month < 11  # Jam: idle for 72 days on 31 December
            ]
        lines += ["13-1,31/12/2025,Tea,Food,2,60,15"]
        (inbox / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = project / "data" / "inbox" / "told"
    (told / "stock.csv").write_text(
        "Product,Category,Stock,Cost,Stock date\n"
        "Tea,Food,3000,15,31/12/2025\nJam,Food,400,9,31/12/2025\n",
        encoding="utf-8",
    )
    (told / "prices.csv").write_text(
        "Item Code,Item Name,Purchase Price,Sale Price\n,Tea,15,30\n,Jam,9,12\n", encoding="utf-8"
    )
    return Copy(project)


def test_every_recipe_is_applied_below() -> None:
    assert [recipe.file for recipe in recipes()] == [
        "data/inbox/<shop>/mapping.yml",
        "seeds/column_aliases.csv",
        "models/marts/product_master.sql",
        "models/marts/product_master.yml",
        "models/marts/stock_by_category.sql",
        "models/marts/stock_by_category.yml",
        "dbt_project.yml",
        "dbt_project.yml",
        "data/inbox/<shop>/lucid.yml",
        "lucid_orchestration/insights/rules/mine.yml",
    ]


def test_recipes_do_what_they_say_and_cost_what_they_must(copy: Copy) -> None:
    copy.apply("data/inbox/<shop>/mapping.yml")
    copy.run()
    told, asked = (
        copy.rows("source_files", dataset_id=shop, file_name="sales.csv")[0]
        for shop in ("told", "asked")
    )
    assert (told["status"], told["rows_accepted"]) == ("accepted", 23)
    assert (asked["status"], asked["reason"]) == ("refused", "missing_column")

    # a column and a mart: what was edited or came is built, and nothing else
    for model in ("product_master", "stock_by_category"):
        copy.apply(f"models/marts/{model}.sql")
        copy.apply(f"models/marts/{model}.yml")
    edited = copy.project / "tests" / "data" / f"{EDITED_TEST}.sql"
    edited.write_text("-- edited\n" + edited.read_text(encoding="utf-8"), encoding="utf-8")
    built = copy.run()["nodes"]
    names = {kind: {name for found, name in built if found == kind} for kind, _ in built}
    assert names["model"] == {"product_master", "stock_by_category"}
    assert names.keys() == {"model", "test"}
    of_models = {name for name in names["test"] if re.search("product|stock_by", name)}
    assert names["test"] == {EDITED_TEST, *of_models}
    jam, tea = (
        copy.rows("product_master", dataset_id="told", product_name=name)[0]
        for name in ("Jam", "Tea")
    )
    assert (tea["list_margin"], jam["list_margin"]) == (Decimal("0.5"), Decimal("0.25"))
    assert [row["stock_value"] for row in copy.rows("stock_by_category")] == [Decimal(48600)]
    alone, cache = copy.answers(), copy.cache()
    assert cache["told", "stock_by_category"] == (cache["told", "trends"][0], 1)

    # a rule; Dagster builds everything, the new mart too: its answers are those of the two models
    copy.python("-m", "dbt.cli.main", "build", "--select", "product_master", "stock_by_category")
    copy.apply("lucid_orchestration/insights/rules/mine.yml")
    copy.python("-c", DAGSTER)
    assert {name for name, content in copy.answers().items() if alone[name] != content} == set()
    assert copy.cache() == cache
    assert copy.rows("insights", rule_id="dear_stock") == []  # 45,000 lie in tea
    assert copy.run() == {"nodes": [], "was_current": True}

    # limits, a heading for all shops, and a mart that goes: everything
    for file in ("dbt_project.yml", "data/inbox/<shop>/lucid.yml", "seeds/column_aliases.csv"):
        copy.apply(file)
    for suffix in ("sql", "yml"):
        (copy.project / "models" / "marts" / f"stock_by_category.{suffix}").unlink()
    assert len(copy.run()["nodes"]) > 150
    (jam,) = copy.rows("dead_stock", dataset_id="told", product_name="Jam")
    assert (jam["idle_days"], jam["stock_state"]) == (72, "dead")
    (dear,) = copy.rows("insights", rule_id="dear_stock")
    assert dear["entity_name"] == "Tea"
    assert copy.rows("rule_problems") == []
    assert copy.rows("source_files", dataset_id="asked")[0]["status"] == "accepted"
    assert copy.answers().keys() == alone.keys() - {"stock_by_category.parquet"}
    assert {mart for _, mart in copy.cache()} == {path.stem for path in copy.paths.marts.iterdir()}
    with duckdb.connect(str(copy.paths.database), read_only=True) as database:
        views = database.execute("select view_name from duckdb_views() where schema_name = 'marts'")
        assert {f"{name}.parquet" for (name,) in views.fetchall()} == {
            path.name for path in copy.paths.marts.iterdir()
        }
