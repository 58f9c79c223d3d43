"""What Dagster runs where there are many shops: `dagster dev -m lucid_orchestration.fleet`."""

import dagster as dg

from lucid_orchestration.assets.shops import all_shops, shop, shops_sensor


@dg.definitions
def defs() -> dg.Definitions:
    """A job per shop, one over all of them, and the sensor that starts both."""
    return dg.Definitions(jobs=[shop, all_shops], sensors=[shops_sensor])
