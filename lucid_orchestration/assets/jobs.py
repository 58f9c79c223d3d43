"""When things run: one job, a sensor on the content of the inbox, a daily schedule to switch on."""

from datetime import UTC, datetime

import dagster as dg

from lucid_orchestration.assets.retention import purge_runs
from lucid_orchestration.assets.warehouse import LAST_ASSET, REFRESH
from lucid_orchestration.digests import combined_digest, file_digest
from lucid_orchestration.ingest.inbox import SETTINGS_FILES, list_inbox
from lucid_orchestration.runs import history, logs
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.steps import is_up_to_date
from lucid_orchestration.settings import Settings, project_vars, settings
from lucid_orchestration.warehouse.gathering import is_run_by_shop

LAST_STEP = LAST_ASSET.to_python_identifier()
# A run in one of these states has read nothing yet.
_WAITING = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]


@dg.failure_hook
def note_failure(context: dg.HookContext) -> None:
    """Let `processing_jobs` say that a run failed, and in which step."""
    error = context.op_exception
    message = f"{context.op.name}: {error}" if error else context.op.name
    logs.note_failure(settings(), context.run_id, message, error)
    _finish(context, "failed", message)


@dg.success_hook
def note_end(context: dg.HookContext) -> None:
    """Let `processing_jobs` say that a run ended well, after its last step."""
    if context.op.name == LAST_STEP:
        message = "Everything is up to date."
        logs.note(settings(), context.run_id, "run_finished", message)
        _finish(context, "succeeded", message)


def _finish(context: dg.HookContext, status: history.JobStatus, message: str) -> None:
    paths = settings()
    with run_lock(paths, context.log.info):
        history.finish_job(paths, context.run_id, history.JobResult(status, message))


refresh_job = dg.define_asset_job(
    REFRESH,
    hooks={note_failure, note_end},
    selection=dg.AssetSelection.all(),
    description="Inbox to report: read, build and test, find insights, word them, write the pages.",
)

daily_refresh = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh_job,
    cron_schedule="0 6 * * *",
    execution_timezone=project_vars()["timezone"],
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every morning at six. Off until switched on: the sensor already sees new files.",
)


@dg.sensor(
    job=refresh_job,
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a refresh when the content of the inbox changed.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when names or contents in the inbox differ from the last look.

    Changes while a run is at work become one next run: one that waits reads them all.
    """
    if is_run_by_shop(settings()):
        return dg.SkipReason("The shops are run one by one; see lucid_orchestration.fleet.")
    contents = inbox_contents(settings())
    fingerprint = combined_digest(contents)
    if not contents and context.cursor is None:
        return dg.SkipReason(f"The inbox is empty. Put files into a folder in {settings().inbox}.")
    if fingerprint == context.cursor:
        return dg.SkipReason(f"Nothing changed among {len(contents)} files in the inbox.")
    if context.cursor is None and is_up_to_date(settings()):
        reason = "Everything is up to date with what lies in the inbox."
        return dg.SensorResult(skip_reason=reason, cursor=fingerprint)
    waiting = dg.RunsFilter(job_name=refresh_job.name, statuses=_WAITING)
    if context.instance.get_runs_count(waiting):
        reason = "The inbox changed again; the run that waits will read that too."
        return dg.SensorResult(skip_reason=reason, cursor=fingerprint)
    purge_runs(context.instance, datetime.now(UTC))
    # No run key: going back to earlier content has to run again.
    return dg.SensorResult(
        run_requests=[dg.RunRequest(tags={"lucid/inbox": fingerprint[:12]})], cursor=fingerprint
    )


def inbox_contents(paths: Settings) -> dict[str, str | None]:
    """Content hash of everything in the inbox that decides results, by dataset and name."""
    files = list_inbox(paths.inbox, paths.state / "inbox_digests.json")
    contents: dict[str, str | None] = {
        f"{file.dataset_id}/{file.name}": file.sha256 for file in files
    }
    for name in SETTINGS_FILES:
        for path in sorted(paths.inbox.rglob(name)):
            contents[path.relative_to(paths.inbox).as_posix()] = file_digest(path)
    return contents
