"""When things run, in the time zone of the project, and what is kept of it."""

import json
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg
import pytest

from lucid_orchestration.assets import jobs
from lucid_orchestration.assets.retention import purge_runs
from lucid_orchestration.runs import history
from lucid_orchestration.runs.logs import log_file
from lucid_orchestration.settings import settings
from tests.unit.conftest import SetVars


def test_the_daily_run_is_at_six_where_the_shops_are(set_vars: SetVars) -> None:
    set_vars(timezone="Europe/Berlin")
    schedule = runpy.run_path(jobs.__file__)["daily_refresh"]
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.cron_schedule == "0 6 * * *"


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUCID_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    folder = tmp_path / "data" / "inbox" / "shop"
    folder.mkdir(parents=True)
    return folder


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, job: str = "refresh") -> str:
    run = dg.DagsterRun(job_name=job, status=status)
    instance.add_run(run)
    return run.run_id


def test_changes_while_a_run_is_at_work_become_one_next_run(inbox: Path) -> None:
    instance = dg.DagsterInstance.ephemeral()
    cursor: str | None = None
    asked = []
    add_run(instance, dg.DagsterRunStatus.STARTED)
    add_run(instance, dg.DagsterRunStatus.NOT_STARTED, "another job")
    for content in ("a", "b", "c"):
        (inbox / "sales.csv").write_text(content, encoding="utf-8")
        found = jobs.inbox_sensor(dg.build_sensor_context(instance, cursor))
        assert isinstance(found, dg.SensorResult)
        asked += found.run_requests or []
        cursor = found.cursor
        if len(asked) == 1 and content == "a":
            waiting = add_run(instance, dg.DagsterRunStatus.NOT_STARTED)
    assert len(asked) == 1
    # which has read all of it by then
    instance.delete_run(waiting)
    skipped = jobs.inbox_sensor(dg.build_sensor_context(instance, cursor))
    assert isinstance(skipped, dg.SkipReason)


def test_the_first_look_at_a_shop_that_is_up_to_date_starts_nothing(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = dg.DagsterInstance.ephemeral()
    (inbox / "sales.csv").write_text("a", encoding="utf-8")
    asked = jobs.inbox_sensor(dg.build_sensor_context(instance))
    assert isinstance(asked, dg.SensorResult)
    assert asked.run_requests
    monkeypatch.setattr(jobs, "is_up_to_date", lambda paths: True)
    first = jobs.inbox_sensor(dg.build_sensor_context(instance))
    assert isinstance(first, dg.SensorResult)
    assert not first.run_requests
    assert first.skip_reason is not None
    # what changes from then on is a reason, whatever else is up to date
    (inbox / "sales.csv").write_text("b", encoding="utf-8")
    later = jobs.inbox_sensor(dg.build_sensor_context(instance, first.cursor))
    assert isinstance(later, dg.SensorResult)
    assert later.run_requests


def test_old_runs_and_too_many_runs_go_with_their_files(tmp_path: Path) -> None:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        running = add_run(instance, dg.DagsterRunStatus.STARTED)
        ended = [add_run(instance, dg.DagsterRunStatus.SUCCESS) for _ in range(6)]
        for run_id in (running, *ended):
            instance.report_engine_event("something", run_id=run_id, job_name="refresh")
        now = datetime.now(UTC)
        assert purge_runs(instance, now, most=4, days=10) == 2
        kept = {record.dagster_run.run_id for record in instance.get_run_records()}
        assert kept == {running, *ended[2:]}
        assert not [path for path in tmp_path.rglob("*") if path.name.startswith(tuple(ended[:2]))]
        assert purge_runs(instance, now + timedelta(days=11), most=4, days=10) == 4
        assert [record.dagster_run.run_id for record in instance.get_run_records()] == [running]


def test_a_run_that_fails_says_in_the_log_and_the_history_which_step_did(inbox: Path) -> None:
    @dg.op
    def read() -> None:
        raise ValueError("no such table")

    @dg.job(hooks={jobs.note_failure})
    def refresh() -> None:
        read()

    paths = settings()
    with dg.DagsterInstance.ephemeral() as instance:
        run_id = str(uuid4())
        history.start_job(paths, "dagster", run_id)
        result = refresh.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)
    assert not result.success
    [job] = history.read_jobs(paths)
    assert (job["job_id"], job["status"]) == (run_id, "failed")
    [line] = [json.loads(line) for line in log_file(paths).read_text(encoding="utf-8").splitlines()]
    assert line["message"] == job["message"] == "read: no such table"
    assert (line["run"], line["event"], line["error"]) == (run_id, "run_failed", "ValueError")
