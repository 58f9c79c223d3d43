"""Shops that are run alone: each in a data folder of its own, beside one inbox for all.

A run of one shop reads its files and nothing else, writes below `shops/<shop>` and its own page,
and takes no lock that another shop's run waits for. So any number of processes, on any number of
machines that share the folder, may run one shop each.
"""

import json
import time
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from lucid_orchestration.digests import file_digest
from lucid_orchestration.errors import LucidError, NotFoundError, ProcessingFailedError
from lucid_orchestration.ingest.inbox import dataset_slug, inbox_datasets
from lucid_orchestration.insights.tables import HISTORY, INSIGHT_HISTORY, table_file
from lucid_orchestration.progress import Progress, silent
from lucid_orchestration.runs import history, stamps
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.refresh import RunSummary, pages_in, refresh, summary_of
from lucid_orchestration.runs.steps import StepRun
from lucid_orchestration.settings import SHOP_MARK, Settings, shop_folders
from lucid_orchestration.storage import (
    DamagedFileError,
    file_name,
    read_proven,
    write_bytes,
    write_proven,
    write_text,
)
from lucid_orchestration.warehouse.database import remove_database
from lucid_orchestration.warehouse.gathering import gather, is_run_by_shop
from lucid_orchestration.warehouse.snapshots import open_snapshot


def known_shops(paths: Settings) -> tuple[str, ...]:
    """Shops with files in the inbox or a folder of their own: one whose files are gone is run once
    more, so that its lines go too."""
    own = {str(shop.dataset) for shop in shop_folders(paths)}
    return tuple(sorted({*inbox_datasets(paths.inbox), *own}))


def find_shop(paths: Settings, name: str) -> str:
    """The id of a shop that can be run alone.

    Raises:
        NotFoundError: when there is no such shop; the sentence names the nearest.
    """
    known, wanted = known_shops(paths), dataset_slug(name)
    if wanted in known:
        return wanted
    near = get_close_matches(wanted, known) or known[:5]
    raise NotFoundError(
        f"There is no shop {name!r} in {paths.inbox}."
        + (f" There is: {', '.join(near)}." if near else " The inbox is empty.")
    )


def shop_settings(paths: Settings, dataset: str, progress: Progress = silent) -> Settings:
    """The folder of a shop that is run alone, made at its first time.

    What was found in it on earlier days comes along: nothing can make it again.
    """
    shop = Settings(paths.shops / file_name(dataset, ""), dataset=dataset)
    if (shop.data_dir / SHOP_MARK).exists():
        return shop
    # a run of all shops ends before; there is none after, see require_together
    with run_lock(paths, progress):
        _take_history(paths, shop)
        for stage in stamps.Stage:
            stamps.forget(paths, stage)
        remove_database(paths.database)
        mark = json.dumps({"dataset_id": dataset}, ensure_ascii=False)
        write_text(shop.data_dir / SHOP_MARK, mark + "\n")
    return shop


def run_shop(
    paths: Settings,
    name: str,
    full: bool = False,
    progress: Progress = silent,
    job_id: str | None = None,
) -> RunSummary:
    """Bring one shop up to date and no other.

    Raises:
        NotFoundError: when there is no such shop.
        ProcessingFailedError: when a step breaks; what the last good run wrote stays in place.
    """
    around = paths.shared
    return _run_known(around, find_shop(around, name), full, progress, job_id)


def _run_known(
    paths: Settings, dataset: str, full: bool, progress: Progress, job_id: str | None
) -> RunSummary:
    shop = shop_settings(paths, dataset, progress)
    summary = refresh(shop, full, progress, job_id=job_id)
    return replace(summary, reports=_show_page(shop))


def run(
    paths: Settings, full: bool = False, progress: Progress = silent, job_id: str | None = None
) -> RunSummary:
    """Bring everything up to date: all shops together, or one by one where they are run so.

    Raises:
        ProcessingFailedError: when a step breaks. Of shops that are run one by one the others are
            up to date all the same.
    """
    if paths.dataset is not None:
        return run_shop(paths, paths.dataset, full, progress, job_id)
    if not is_run_by_shop(paths):
        return refresh(paths, full, progress, job_id=job_id)
    started = time.monotonic()
    names = known_shops(paths)
    steps: list[StepRun] = []
    failed: list[str] = []
    for number, name in enumerate(names, start=1):
        progress(f"{name} ({number} of {len(names)})")
        try:
            steps += _run_known(paths, name, full, progress, job_id).steps
        except LucidError as error:
            failed.append(f"{name}: {error}")
    gather_pages(paths)
    if failed:
        raise ProcessingFailedError(
            f"{len(failed)} of {len(names)} shops could not be run; the others are up to date.\n"
            + "\n".join(failed)
        )
    with open_snapshot(paths) as snapshot:
        seconds = time.monotonic() - started
        return summary_of(snapshot, _added_up(steps), pages_in(paths.reports), seconds)


def gather_pages(paths: Settings) -> None:
    """Bring tables and pages over all shops in line with those of each shop."""
    from lucid_orchestration.report.page import (
        index_page,
        page_name,
        remove_other_pages,
        write_index,
    )
    from lucid_orchestration.warehouse.parquet import ids_in

    with run_lock(paths, silent):
        gather(paths)
        for shop in shop_folders(paths):
            _show_page(shop)
        history.write_analytics_cache(paths, stamps.model_code_digest())
        with open_snapshot(paths) as snapshot:
            ids = sorted(ids_in(snapshot.marts / "datasets.parquet"))
            pages = [paths.reports / page_name(dataset_id) for dataset_id in ids]
            over_all = index_page(ids)
            if over_all:
                place = paths.reports / over_all
                write_index(snapshot.marts, snapshot.quality, snapshot.insights, ids, place)
                pages.append(paths.reports / over_all)
        remove_other_pages(paths.reports, pages)


def _take_history(paths: Settings, shop: Settings) -> None:
    try:
        rows = read_proven(table_file(paths.insights, HISTORY))
    except (FileNotFoundError, DamagedFileError):
        return  # a run tells of damage, and keeps what is left
    own = [row for row in rows if row["dataset_id"] == shop.dataset]
    table = pa.Table.from_pylist(own, schema=INSIGHT_HISTORY)
    write_proven(table, table_file(shop.insights, HISTORY))


def _show_page(shop: Settings) -> tuple[Path, ...]:
    """Put a shop's page where the pages of all shops lie, unless it is there as it is; where."""
    from lucid_orchestration.report.page import page_name

    page = Path(page_name(str(shop.dataset)))
    own, shown = shop.reports / page, shop.shared.reports / page
    if not own.exists():
        shown.unlink(missing_ok=True)
        return ()
    if file_digest(own) != file_digest(shown):
        write_bytes(shown, own.read_bytes())
    return (shown,)


def _added_up(steps: list[StepRun]) -> tuple[StepRun, ...]:
    """The steps of several runs as those of one."""
    return tuple(
        StepRun(
            stage,
            all(step.was_current for step in steps if step.stage is stage),
            sum(step.seconds for step in steps if step.stage is stage),
        )
        for stage in stamps.Stage
    )
