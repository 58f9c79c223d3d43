"""When things run, in the time zone of the project."""

import runpy

from lucid_orchestration.assets import jobs
from tests.unit.conftest import SetVars


def test_the_daily_run_is_at_six_where_the_shops_are(set_vars: SetVars) -> None:
    set_vars(timezone="Europe/Berlin")
    schedule = runpy.run_path(jobs.__file__)["daily_refresh"]
    assert schedule.execution_timezone == "Europe/Berlin"
    assert schedule.cron_schedule == "0 6 * * *"
