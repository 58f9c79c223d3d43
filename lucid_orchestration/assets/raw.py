"""Raw tables as assets: files in, text out. Files are rows of a table, not assets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from lucid_orchestration.assets.jobs import refresh_job
from lucid_orchestration.assets.previews import parts_metadata, plain_table
from lucid_orchestration.ingest.raw_tables import RAW_TABLES
from lucid_orchestration.runs import history
from lucid_orchestration.runs.damage import set_damaged_history_aside
from lucid_orchestration.runs.lock import run_lock
from lucid_orchestration.runs.logs import note
from lucid_orchestration.runs.steps import read_inbox
from lucid_orchestration.settings import settings
from lucid_orchestration.version import VERSION
from lucid_orchestration.warehouse import parquet
from lucid_orchestration.warehouse.gathering import require_together

_FILE_COLUMNS = (
    "dataset_id",
    "file_name",
    "kind",
    "status",
    "rows_found",
    "rows_landed",
    "message",
)


@dg.multi_asset(
    name="raw_tables",
    specs=[
        dg.AssetSpec(
            ["raw", table], group_name="ingest", kinds={"parquet"}, owners=["team:shop_owner"]
        )
        for table in RAW_TABLES
    ],
)
def raw_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
    """Every line of every file in the inbox as text, with its file and row number."""
    paths = settings()
    require_together(paths)
    with run_lock(paths, context.log.info):
        set_damaged_history_aside(paths, context.log.info)
        if context.run.job_name == refresh_job.name:
            # its last step, or the one that fails, says how it ended
            history.start_job(paths, "dagster", context.run.run_id)
            note(paths, context.run.run_id, "run_started", lucid=VERSION, full=False, by="dagster")
        read_inbox(paths, full=False, progress=context.log.info)
    for table in RAW_TABLES:
        yield dg.MaterializeResult(asset_key=["raw", table], metadata=_metadata(paths.raw / table))


def _metadata(folder: Path) -> dict[str, Any]:
    parts = folder / "*.parquet"
    metadata: dict[str, Any] = {
        **parts_metadata(parts),
        "files": len(list(folder.glob("[!_]*.parquet"))),
    }
    if folder.name == "raw_source_files":
        statuses = parquet.counts(parts, ("status",))
        metadata |= {f"files {row['status']}": row["row_count"] for row in statuses}
        files = parquet.select_rows(parts, {}, ("dataset_id", "file_name"))
        metadata["list"] = dg.MetadataValue.md(plain_table(_FILE_COLUMNS, files))
    return metadata
