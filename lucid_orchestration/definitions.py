"""Everything Dagster runs, in one list."""

import dagster as dg

from lucid_orchestration.assets.explanations import ai_explanations
from lucid_orchestration.assets.insights import insights
from lucid_orchestration.assets.jobs import daily_refresh, inbox_sensor, refresh_job
from lucid_orchestration.assets.raw import raw_tables
from lucid_orchestration.assets.report import report
from lucid_orchestration.assets.warehouse import dbt_models, dbt_resource


@dg.definitions
def defs() -> dg.Definitions:
    """Assets from files to pages, one job, one sensor, one schedule."""
    return dg.Definitions(
        assets=[raw_tables, dbt_models(), insights(), ai_explanations, report()],
        jobs=[refresh_job],
        sensors=[inbox_sensor],
        schedules=[daily_refresh],
        resources={"dbt": dbt_resource()},
        executor=dg.in_process_executor,  # DuckDB has one writer
    )
