"""Dagster as an owner starts it: it loads, sees the inbox, and one job goes from files to pages."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet as pq
import pytest

from lucid_orchestration.assets.jobs import inbox_sensor
from lucid_orchestration.definitions import defs
from lucid_orchestration.runs import history
from lucid_orchestration.runs.logs import log_file
from lucid_orchestration.runs.refresh import refresh
from lucid_orchestration.runs.steps import is_up_to_date
from lucid_orchestration.settings import PROJECT_DIR, Settings, mart_names, settings
from lucid_orchestration.warehouse.footers import build_of
from lucid_orchestration.warehouse.snapshots import open_snapshot

SEVEN = (
    "best_sellers",
    "revenue_contribution",
    "seasonality",
    "inventory_velocity",
    "dead_stock",
    "profitability",
    "trends",
)
DEV_SECONDS = 180


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    (tmp_path / "data" / "inbox").mkdir(parents=True)
    return settings()


def put_shop(inbox: Path) -> None:
    """Two years of four products, one bad line, and a stock list with one product nobody buys."""
    lines = ["Invoice No,Date,Product,Category,Quantity,Rate,Amount,Cost"]
    for index in range(24):
        year, month = 2024 + index // 12, index % 12 + 1
        for number, product in enumerate(("Oil", "Rice", "Salt", "Tea"), start=1):
            quantity = number * (3 if product == "Tea" and month in (10, 11) else 1) * 10
            for day in (1, 15, 28):
                lines.append(
                    f"{year}{month:02}{day:02}-{number},{year}-{month:02}-{day:02},{product},Food,"
                    f"{quantity},20,{quantity * 20},15"
                )
    lines.append("X1,2025-12-28,Oil,Food,many,20,,15")
    (inbox / "corner shop").mkdir(parents=True)
    (inbox / "corner shop" / "sales.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (inbox / "corner shop" / "stock.csv").write_text(
        "Product,Category,Stock,Cost,Stock date\n"
        "Oil,Food,5,15,2025-12-28\n"
        "Tea,Food,4000,15,2025-12-28\n"
        "Jam,Food,300,40,2025-12-28\n",
        encoding="utf-8",
    )


def tick(cursor: str | None) -> tuple[bool, str | None]:
    """Whether the sensor asks for a run, and its next cursor."""
    context = dg.build_sensor_context(dg.DagsterInstance.ephemeral(), cursor)
    result = inbox_sensor(context)
    if isinstance(result, dg.SensorResult):
        return bool(result.run_requests), result.cursor
    assert isinstance(result, dg.SkipReason)
    return False, context.cursor


def test_the_sensor_follows_content_not_times(paths: Settings) -> None:
    asked, cursor = tick(None)
    assert not asked  # an empty inbox is nothing to do

    file = paths.inbox / "shop" / "sales.csv"
    file.parent.mkdir()
    for content, expected in [("a", True), ("a", False), ("b", True), ("a", True)]:
        file.write_text(content, encoding="utf-8")
        asked, cursor = tick(cursor)
        assert asked is expected

    os.utime(file, (1, 1))
    asked, cursor = tick(cursor)
    assert not asked

    (file.parent / "~$sales.xlsx").write_text("an editor's lock", encoding="utf-8")
    asked, cursor = tick(cursor)
    assert not asked

    file.rename(file.with_name("other.csv"))
    asked, cursor = tick(cursor)
    assert asked

    file.with_name("other.csv").unlink()
    asked, cursor = tick(cursor)
    assert asked
    assert not tick(cursor)[0]


def test_one_job_goes_from_files_to_pages(paths: Settings) -> None:
    put_shop(paths.inbox)
    result = defs().resolve_job_def("refresh").execute_in_process()
    assert result.success

    metadata = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert {f"raw/{name}" for name in ("raw_sales", "raw_source_files")} <= set(metadata)
    assert {f"marts/{name}" for name in mart_names()} <= set(metadata)
    rows = pq.read_table(paths.marts / "best_sellers.parquet").num_rows
    assert metadata["marts/best_sellers"]["dagster/row_count"].value == rows > 0
    assert metadata["quality/source_files"]["rows rejected"].value == 1
    for name in SEVEN:
        shown = metadata[f"marts/{name}"]
        assert str(shown["corner-shop: first rows"].value).startswith("| ")
        chart = str(shown["corner-shop: chart"].value)
        assert "](data:image/svg+xml;base64," in chart
        assert len(chart) < 41_000

    checks = result.get_asset_check_evaluations()
    assert len(checks) > len(mart_names())
    assert all(check.passed for check in checks if check.severity == dg.AssetCheckSeverity.ERROR)
    assert (paths.reports / "corner-shop.html").stat().st_size > 1000
    (job,) = history.read_jobs(paths)
    assert (job["kind"], job["status"], job["job_id"]) == ("dagster", "succeeded", result.run_id)
    lines = [json.loads(line) for line in log_file(paths).read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["run_started", "run_finished"]
    assert {line["run"] for line in lines} == {result.run_id}
    for name, shown in metadata.items():
        assert "dagster/row_count" in shown, name
        assert len(shown) > 1, name
    assert "₹" in str(metadata["report"]["corner-shop: the page"].value)

    # with nothing new every stage is asked, and none does its work again
    before = {file: file.stat().st_mtime_ns for file in paths.builds.rglob("*.parquet")}
    again = defs().resolve_job_def("refresh").execute_in_process()
    assert again.success
    assert before == {file: file.stat().st_mtime_ns for file in paths.builds.rglob("*.parquet")}
    told = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in again.get_asset_materialization_events()
        if event.asset_key is not None
    }
    assert set(told) == set(metadata)
    assert told["marts/best_sellers"]["unchanged"].value is True
    assert not again.get_asset_check_evaluations()[1:]  # but that of the rules
    assert is_up_to_date(paths)
    # shown at once when all was there: the answers, and the insights that were found in them
    with open_snapshot(paths) as snapshot:
        assert snapshot.build == build_of(paths.marts / "trends.parquet") != ""
        assert build_of(snapshot.insights / "active_insights.parquet") == snapshot.build
    # the command line agrees that there is nothing left to do
    assert refresh(paths).was_current


def test_definitions_are_valid(paths: Settings, tmp_path: Path) -> None:
    done = subprocess.run(
        [_dagster(), "definitions", "validate", "-m", "lucid_orchestration.definitions"],
        cwd=_dagster_home(tmp_path),
        env=_environment(paths),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_dagster_dev_starts_and_lists_everything(paths: Settings, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "dev.log").open("wb")
    process = subprocess.Popen(
        [
            *(_dagster(), "dev", "-m", "lucid_orchestration.definitions"),
            *("--host", "127.0.0.1", "--port", str(port)),
        ],
        cwd=_dagster_home(tmp_path),
        env=_environment(paths),
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        repository = _wait_for_repository(port, process)
    except TimeoutError as error:
        raise AssertionError((tmp_path / "dev.log").read_text(encoding="utf-8")) from error
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        log.close()
    assets = {"/".join(node["assetKey"]["path"]) for node in repository["assetNodes"]}
    assert {f"marts/{name}" for name in mart_names()} <= assets
    assert {"raw/raw_sales", "insights/insights", "insights/ai_explanations", "report"} <= assets
    assert [sensor["name"] for sensor in repository["sensors"]] == ["inbox_sensor"]
    assert "refresh" in {job["name"] for job in repository["jobs"]}
    assert (tmp_path / "home" / ".dagster" / "storage").is_dir()


def _dagster() -> str:
    found = shutil.which("dagster", path=str(Path(sys.executable).parent))
    assert found is not None
    return found


def _dagster_home(tmp_path: Path) -> Path:
    """A folder to start Dagster in, with the project's own settings for it."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(PROJECT_DIR / "dagster.yaml", home)
    return home


def _environment(paths: Settings) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}
    return inherited | {"PYTHONPATH": str(PROJECT_DIR), "LUCID_DATA_DIR": str(paths.data_dir)}


def _wait_for_repository(port: int, process: subprocess.Popen[bytes]) -> Mapping[str, Any]:
    query = (
        "{repositoriesOrError {... on RepositoryConnection {nodes {"
        "assetNodes {assetKey {path}} sensors {name} jobs {name}}}}}"
    )
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"content-type": "application/json"},
    )
    for answer in _answers(request, process):
        nodes = (answer["data"]["repositoriesOrError"] or {}).get("nodes") or []
        if nodes:
            repository: Mapping[str, Any] = nodes[0]
            return repository
    raise TimeoutError


def _answers(
    request: urllib.request.Request, process: subprocess.Popen[bytes]
) -> Iterator[dict[str, Any]]:
    deadline = time.monotonic() + DEV_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        time.sleep(1)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                yield json.load(response)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            continue
