"""Many shops on many machines: a job with a partition per shop, fed by a sensor over their files.

A run brings one shop up to date. Where runs are carried out is the instance's affair: in a process
of this machine, or by workers of a broker (see docs/many-machines.md). Two runs of one shop do no
harm, the second finds nothing to do; so what may be lost is simply asked for again.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from filelock import FileLock, Timeout

from lucid_orchestration.assets.jobs import inbox_contents
from lucid_orchestration.digests import combined_digest
from lucid_orchestration.ingest.inbox import dataset_of_name
from lucid_orchestration.runs import by_shop
from lucid_orchestration.settings import Settings, settings, shop_folders
from lucid_orchestration.storage import file_name
from lucid_orchestration.warehouse.gathering import is_gathered, published_of
from lucid_orchestration.warehouse.project import stay_loaded

SHOPS = dg.DynamicPartitionsDefinition(name="shops")
# So long a run may have begun before the sign of its worker is looked for, in seconds.
PATIENCE_SECONDS = 60.0
# So long it may wait for a worker: more runs than workers wait in the broker, and a message that a
# worker had just taken when it died is in none any more.
WAITING_SECONDS = 600.0
# A shop whose runs take their workers down so often is asked for no more.
MOST_ATTEMPTS = 3
ATTEMPT = "lucid/attempt"
_ON_ITS_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_PATIENCE = {
    dg.DagsterRunStatus.STARTING: lambda: WAITING_SECONDS,
    dg.DagsterRunStatus.STARTED: lambda: PATIENCE_SECONDS,
}


@dg.op
def run_shop(context: dg.OpExecutionContext) -> None:
    """Read one shop's files and bring its answers, insights, texts and page up to date."""
    # a worker runs many shops: dbt is loaded for the first
    stay_loaded()
    paths = settings()
    with sign_of_life(paths, context.partition_key):
        summary = by_shop.run_shop(
            paths, context.partition_key, progress=context.log.info, job_id=context.run_id
        )
    context.add_output_metadata(
        {
            "unchanged": summary.was_current,
            "files": len(summary.files),
            "rows accepted": summary.rows_accepted,
            "rows rejected": summary.rows_rejected,
            "seconds": summary.seconds,
        }
    )


@dg.op
def gather_shops(context: dg.OpExecutionContext) -> None:
    """Publish what the shops have as one build, and the page over all of them."""
    by_shop.gather_pages(settings())
    context.log.info("The build over all shops is the newest.")


@dg.job(
    partitions_def=SHOPS,
    executor_def=dg.in_process_executor,
    description="One shop, from its files to its page; a partition per shop.",
)
def shop() -> None:
    """One shop."""
    run_shop()


@dg.job(
    executor_def=dg.in_process_executor,
    description="The tables and pages over all shops, from what each of them published.",
)
def all_shops() -> None:
    """What lies over all shops."""
    gather_shops()


@dataclass
class Asked:
    """What the sensor knows: the content each shop was last asked for with, the runs that gave no
    sign of life when it last looked, and what all shops had published when they were last gathered
    (one that cannot be gathered is not tried again and again)."""

    shops: dict[str, str] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    gathered: str = ""


@dg.sensor(
    jobs=[shop, all_shops],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a run of each shop whose files changed, and of one whose worker is gone.",
)
def shops_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Ask for runs of the shops whose files are others than when they were last asked for.

    While a run of a shop is on its way it is not asked for again: that run may have read the files
    already, so the next look after it decides. Once none is, all shops are gathered.
    """
    paths, instance = settings(), context.instance
    asked = Asked(**json.loads(context.cursor)) if context.cursor else Asked()
    requests, given_up = _asked_again(instance, paths, asked)
    again = {str(request.partition_key) for request in requests}
    busy = _busy(instance) | again
    contents = shop_contents(paths)
    changed = [
        name
        for name in sorted(contents.keys() | asked.shops.keys())
        if contents.get(name) != asked.shops.get(name) and name not in busy
    ]
    requests += [dg.RunRequest(partition_key=name, job_name=shop.name) for name in changed]
    for name in changed:
        if name in contents:
            asked.shops[name] = contents[name]
        else:
            del asked.shops[name]
    if not requests and not busy and not _is_gathering(instance) and not is_gathered(paths):
        published = combined_digest(published_of(shop_folders(paths)))
        if published != asked.gathered:
            requests.append(dg.RunRequest(job_name=all_shops.name))
            asked.gathered = published
    known = set(instance.get_dynamic_partitions(str(SHOPS.name)))
    new = sorted({*changed, *again} - known)
    for said in given_up:
        context.log.error(said)
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[SHOPS.build_add_request(new)] if new else [],
        cursor=json.dumps(vars(asked), sort_keys=True),
    )


def shop_contents(paths: Settings) -> dict[str, str]:
    """One hash per shop over names and contents of all that decides its results."""
    by_name: dict[str, dict[str, str | None]] = {}
    for name, digest in inbox_contents(paths).items():
        # files are named by their dataset, settings by their folder
        by_name.setdefault(dataset_of_name(name), {})[name] = digest
    return {name: combined_digest(files) for name, files in by_name.items()}


@contextmanager
def sign_of_life(paths: Settings, name: str) -> Iterator[None]:
    """Hold a lock that the system takes back when this process dies, however it dies."""
    with _lock(paths, name):
        yield


def gives_a_sign(paths: Settings, name: str) -> bool:
    """Whether a worker is at a shop just now."""
    lock = _lock(paths, name)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _lock(paths: Settings, name: str) -> FileLock:
    folder = paths.state / "at-work"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / file_name(name, ".lock"))


def _runs(
    instance: dg.DagsterInstance, job: str, statuses: Sequence[dg.DagsterRunStatus]
) -> Sequence[Any]:
    return instance.get_run_records(dg.RunsFilter(job_name=job, statuses=list(statuses)))


def _partition(run: dg.DagsterRun) -> str:
    return str(run.tags["dagster/partition"])


def _busy(instance: dg.DagsterInstance) -> set[str]:
    return {_partition(one.dagster_run) for one in _runs(instance, shop.name, _ON_ITS_WAY)}


def _is_gathering(instance: dg.DagsterInstance) -> bool:
    return bool(_runs(instance, all_shops.name, _ON_ITS_WAY))


def _asked_again(
    instance: dg.DagsterInstance, paths: Settings, asked: Asked
) -> tuple[list[dg.RunRequest], list[str]]:
    """Requests for shops whose worker is gone, and what is to be said of those that are given up.

    A run between the last line of its work and its end gives no sign either: only one that gave
    none at two looks is lost. One that never began has taken no worker down.
    """
    silent = [
        record.dagster_run
        for record in _runs(instance, shop.name, list(_PATIENCE))
        if time.time() - record.update_timestamp.timestamp()
        > _PATIENCE[record.dagster_run.status]()
        and not gives_a_sign(paths, _partition(record.dagster_run))
    ]
    requests, given_up = [], []
    for run in silent:
        if run.run_id not in asked.silent:
            continue
        name, attempt = _partition(run), int(run.tags.get(ATTEMPT, "1"))
        has_begun = run.status is dg.DagsterRunStatus.STARTED
        said = "The worker that ran it is gone." if has_begun else "No worker took it."
        instance.report_run_failed(run, f"{name}: {said}")
        if attempt < MOST_ATTEMPTS or not has_begun:
            tags = {ATTEMPT: str(attempt + has_begun)}
            requests.append(dg.RunRequest(partition_key=name, job_name=shop.name, tags=tags))
        else:
            given_up.append(f"{name}: {attempt} workers were lost over it; it is left alone.")
    asked.silent = [run.run_id for run in silent if run.run_id not in asked.silent]
    return requests, given_up
