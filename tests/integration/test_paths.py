"""A data folder, and a clone, may be called anything."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from lucid_orchestration.cli import app
from lucid_orchestration.insights.tables import TABLES
from lucid_orchestration.settings import PROJECT_DIR, settings
from lucid_orchestration.storage import read_parquet_rows

ON_WINDOWS = sys.platform == "win32"
NAME = "a'b [c] d 50% #1 ü k=v" if ON_WINDOWS else "a'b [c] *d? 50% #1 ü k=v"
# Dagster keeps its own history in the clone and takes a ? there for the end of the path
CLONE = "c'l [o] n 5% #1 ü k=v" if ON_WINDOWS else "c'l [o] *n 5% #1 ü k=v"
SALES = "Bill No,Bill Date,Item Name,Qty,Amount,Cost\n" + "".join(
    f"{day}-{item},{day:02}/01/2026,{item},2,{day + len(item)},3\n"
    for day in range(1, 29)
    for item in ("Tea", "Salt", "Manual Juicer")
)


def put_shop(data: Path) -> None:
    folder = data / "inbox" / "shop's [best] %"
    folder.mkdir(parents=True)
    (folder / "sales 50% #1 [new].csv").write_text(SALES, encoding="utf-8")


def lucid(*arguments: str) -> dict[str, object]:
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    content: dict[str, object] = json.loads(done.stdout)
    return content


def test_every_command_works_in_a_data_folder_of_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / NAME))
    settings.cache_clear()
    paths = settings()
    put_shop(paths.data_dir)
    if not ON_WINDOWS:  # a neighbour that the same name, read as a pattern, would mean too
        put_shop(tmp_path / NAME.replace("*", "other").replace("?", "!"))

    assert lucid("run")["was_current"] is False
    assert lucid("run")["was_current"] is True
    (shop,) = lucid("datasets")["rows"]  # type: ignore[misc]
    assert (shop["dataset_id"], shop["sales_line_count"]) == ("shop-s-best", 84)
    for mart in ("best_sellers", "trends", "datasets"):
        rows = read_parquet_rows(paths.marts / f"{mart}.parquet")
        assert {row["dataset_id"] for row in rows} == {"shop-s-best"}
    shown = lucid("show", "best_sellers", "shop-s-best", "--period", "all")["rows"]
    assert [row["product_name"] for row in shown] == ["Manual Juicer", "Salt", "Tea"]  # type: ignore[attr-defined]
    lucid("insights", "shop-s-best")
    lucid("explain", "shop-s-best")
    assert lucid("inspect", str(next(paths.inbox.glob("*/*.csv"))))
    assert (paths.reports / "shop-s-best.html").stat().st_size > 1000
    assert lucid("doctor")["healthy"] is True
    with duckdb.connect(str(paths.database), read_only=True) as database:
        views = database.execute("select count(*) from marts.best_sellers").fetchall()
        assert views == [(len(read_parquet_rows(paths.marts / "best_sellers.parquet")),)]
        for table in TABLES:
            rows = database.execute(f"select count(*) from insights.{table}").fetchall()
            assert rows == [(len(read_parquet_rows(paths.insights / f"{table}.parquet")),)]
    lucid("remove", "shop-s-best", "--yes")
    assert not any(paths.inbox.rglob("*.csv"))


def test_dbt_and_dagster_work_in_a_clone_of_any_name(tmp_path: Path) -> None:
    clone = tmp_path / CLONE
    clone.mkdir()
    for name in ("lucid_orchestration", "models", "macros", "seeds", "tests"):
        shutil.copytree(PROJECT_DIR / name, clone / name)
    for name in ("dbt_project.yml", "profiles.yml", "dagster.yaml"):
        shutil.copy(PROJECT_DIR / name, clone)
    put_shop(clone / "data")
    beside = Path(sys.executable).parent
    gone = {"DAGSTER_HOME", "LUCID_DATA_DIR"}
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    commands = (
        [shutil.which("dbt", path=beside), "build", "--select", "+base_products"],
        [
            *(shutil.which("dagster", path=beside), "asset", "materialize", "--select", "*"),
            *("-m", "lucid_orchestration.definitions"),
        ],
    )
    for command in commands:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=clone,
            env=environment | {"PYTHONPATH": str(clone)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    (shop,) = read_parquet_rows(clone / "data" / "marts" / "datasets.parquet")
    assert shop["sales_line_count"] == 84
    assert [path.name for path in (clone / "data" / "reports").iterdir()] == ["shop-s-best.html"]
    assert [path.name for path in tmp_path.iterdir()] == [CLONE]
