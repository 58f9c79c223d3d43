"""What is handed to whoever helps: enough to find a fault, and nothing of the shop."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lucid_orchestration.runs import history
from lucid_orchestration.runs.bundle import write_bundle
from lucid_orchestration.runs.logs import log_file, note
from lucid_orchestration.settings import Settings
from lucid_orchestration.storage import write_parquet, write_proven

# Each place a value of the shop may stand in has one of its own.
SECRETS = ("Kumar", "बिक्री", "Zafran", "27AAAAA0000A1Z5", "98765", "43210", "Geheim", "Ganesh")


@pytest.fixture
def paths(tmp_path: Path) -> Settings:
    paths = Settings(tmp_path / "Kumar Stores" / "data")
    (paths.inbox / "Ganesh").mkdir(parents=True)
    (paths.inbox / "Ganesh" / "बिक्री.csv").write_text("Zafran", encoding="utf-8")
    file = {
        "dataset_id": "Ganesh",
        "source_file_id": "98765",
        "file_name": "बिक्री.csv",
        "sha256": "Geheim",
        "container": "csv",
        "kind": "sales",
        "profile": "generic",
        "status": "refused",
        "reason": "no_rows",
        "message": "Zafran of Kumar",
        "printed_total": "43210",
        "size_bytes": 43210,
        "rows_found": 98765,
        "rows_accepted": 7,
        "rows_rejected": None,
    }
    issue = {
        "dataset_id": "Ganesh",
        "source_file_id": "98765",
        "file_name": "बिक्री.csv",
        "severity": "warning",
        "code": "unused_columns",
        "message": "Columns: 27AAAAA0000A1Z5",
        "row_number": 43210,
    }
    write_parquet(pa.Table.from_pylist([file]), paths.quality / "source_files.parquet")
    write_parquet(pa.Table.from_pylist([issue]), paths.quality / "file_issues.parquet")
    (paths.marts / "Geheim.parquet").parent.mkdir(parents=True)
    (paths.marts / "Geheim.parquet").write_bytes(b"")  # the doctor names it
    job = {
        "job_id": "j1",
        "kind": "refresh",
        "status": "failed",
        "started_at": datetime(2026, 11, 30, tzinfo=UTC),
        "files": 98765,
        "message": "Zafran is not readable",
    }
    jobs = pa.Table.from_pylist([job], schema=history.PROCESSING_JOBS)
    write_proven(jobs, history.jobs_file(paths))
    note(paths, "j1", "progress", "Reading Ganesh/बिक्री.csv")
    note(
        paths,
        "j1",
        "run_failed",
        "Zafran",
        "error",
        error="ValueError",
        frames=["a.py:1 f"],
        subject="Kumar",
    )
    with log_file(paths).open("a", encoding="utf-8") as log:
        log.write("Geheim, cut off\n")
    return paths


def bundle(paths: Settings, file: Path) -> dict[str, Any]:
    write_bundle(paths, file)
    with zipfile.ZipFile(file) as archive:
        return {name: json.loads(archive.read(name)) for name in archive.namelist()}


def test_no_value_of_the_shop_is_in_it(paths: Settings, tmp_path: Path) -> None:
    text = json.dumps(bundle(paths, tmp_path / "bundle.zip"), ensure_ascii=False)
    assert [secret for secret in SECRETS if secret.casefold() in text.casefold()] == []
    assert str(tmp_path) not in text


def test_it_says_what_helps(paths: Settings, tmp_path: Path) -> None:
    parts = bundle(paths, tmp_path / "bundle.zip")
    assert parts["about.json"]["packages"]["duckdb"]
    assert {"check": "Foreign file", "status": "note"} in parts["checks.json"]
    (run,) = parts["runs.json"]
    assert (run["status"], run["files"]) == ("failed", 5)
    (file,) = parts["files.json"]["files"]
    assert (file["reason"], file["digits_of_rows_found"]) == ("no_rows", 5)
    assert parts["files.json"]["issues"] == [
        {"severity": "warning", "code": "unused_columns", "digits": 1}
    ]
    first, failed, broken = parts["log.json"]
    assert (first["event"], first["run"]) == ("progress", "j1")
    assert (failed["error"], failed["frames"]) == ("ValueError", ["a.py:1 f"])
    assert broken == {"event": "unreadable"}


def test_a_folder_where_nothing_ran_has_one_too(tmp_path: Path) -> None:
    parts = bundle(Settings(tmp_path / "data"), tmp_path / "bundle.zip")
    assert parts["runs.json"] == []
    assert parts["files.json"] == {"files": [], "issues": []}
