"""The desk as it is started: a fresh machine, files that change, and ends in the middle."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lucid_orchestration.runs import history
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import read_parquet_rows
from tests.desk_service import Service, until

SHOP = "/datasets/sample-shop"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A desk on a machine where Lucid never ran: the first start brings the invented shop."""
    service = Service(tmp_path_factory.mktemp("desk") / "data").start()
    service.idle()
    yield service
    service.stop()


def started(service: Service, full: bool = True) -> str:
    """A run that has begun to build."""
    job = service.client.post("/runs", json={"full": full}).json()["job_id"]
    until(lambda: service.get(f"/runs/{job}")["step"] == "build", lambda: str(service.get("/runs")))
    return str(job)


def published(service: Service) -> dict[str, Any]:
    paths = Settings(service.data)
    folders = (paths.marts, paths.quality, paths.insights)
    files = [file for folder in folders for file in sorted(folder.glob("*.parquet"))]
    # when a file was read is the one moment that is published
    return {file.name: file.read_bytes() for file in files if file.stem != "source_files"}


def test_a_first_start_opens_a_page_with_advice(service: Service) -> None:
    page = httpx2.get(service.address, follow_redirects=True).text
    assert "What to do" in page
    assert 'class="insight"' in page
    assert service.get("/datasets")["rows"][0]["dataset_id"] == "sample-shop"
    assert service.get("/runs")["rows"][0]["status"] == "succeeded"
    for answer in ("best-sellers", "dead-stock", "profitability", "trends"):
        assert service.get(f"{SHOP}/{answer}")["total"] > 0


def test_answers_are_the_published_tables(service: Service) -> None:
    rows = service.get(f"{SHOP}/profitability?limit=1000&period=all")["rows"]
    stored = [
        row
        for row in read_parquet_rows(service.data / "marts" / "profitability.parquet")
        if row["profit_window"] == "all"
    ]
    assert {row["product_id"]: row["revenue"] for row in rows} == {
        row["product_id"]: format(row["revenue"], "f") for row in stored
    }


def test_a_changed_file_is_seen_after_its_run_and_told_to_the_page(service: Service) -> None:
    before = service.get(SHOP)
    name = "sales_2026-08.csv"
    file = service.data / "inbox" / "sample-shop" / name
    lines = file.read_text(encoding="utf-8").splitlines()
    body = "\n".join(lines[:-5]) + "\n"
    heard: list[str] = []
    listening = threading.Event()

    def listen() -> None:
        with httpx2.stream("GET", f"{service.address}/api/v1/events", timeout=900) as answer:
            for line in answer.iter_lines():
                heard.append(line)
                listening.set()
                # the desk may still be telling of the run before this one
                told = len(heard) > 1 and heard[-2] == "event: snapshot"
                if told and before["snapshot"] not in line:
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert listening.wait(60)
    answer = service.client.post(
        f"{SHOP}/files?replace=true", files={"files": (name, body.encode())}
    )
    assert answer.status_code == 202
    run = service.ended(answer.json()["job"]["job_id"])
    assert run["status"] == "succeeded"
    assert run["fraction"] == 1
    thread.join(60)
    assert "event: snapshot" in heard
    assert "event: job" in heard
    after = service.get(SHOP)
    assert after["sales_line_count"] == before["sales_line_count"] - 5
    assert after["snapshot"] != before["snapshot"]


def test_a_run_that_is_cancelled_changes_nothing(service: Service) -> None:
    before = published(service)
    job = started(service)
    assert service.client.delete(f"/runs/{job}").json()["status"] == "cancelled"
    assert service.get(f"{SHOP}/best-sellers")["total"] > 0
    runs = {row["job_id"]: row["status"] for row in history.read_jobs(Settings(service.data))}
    assert runs[job] == "interrupted"
    again = service.client.post("/runs", json={}).json()["job_id"]
    assert service.ended(again)["status"] in ("succeeded", "unchanged")
    assert published(service) == before


def test_a_killed_worker_is_told_and_the_next_run_is_whole(service: Service) -> None:
    before = published(service)
    job = started(service)
    (worker,) = service.workers
    os.kill(worker, signal.SIGKILL)
    run = service.ended(job)
    assert run["status"] == "interrupted"
    assert "SIGKILL" in run["message"]
    assert service.get(f"{SHOP}/best-sellers")["total"] > 0
    again = service.client.post("/runs", json={}).json()["job_id"]
    assert service.ended(again)["status"] in ("succeeded", "unchanged")
    assert published(service) == before


def test_a_killed_service_says_what_happened_and_finishes_it(service: Service) -> None:
    before = published(service)
    job = started(service)
    service.kill()
    service.start()
    told = service.get(f"/runs/{job}")
    assert told["status"] == "interrupted"
    assert "while this ran" in told["message"]
    finisher = service.ended(told["finished_by"])
    assert finisher["status"] in ("succeeded", "unchanged")
    assert published(service) == before
    assert Path(service.data / "state" / "run.lock").exists()
