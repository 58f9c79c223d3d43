"""What dbt looks for behind `type: lucidspark` in profiles.yml."""

from pathlib import Path

from dbt.adapters.base import AdapterPlugin
from dbt_common.exceptions import DbtRuntimeError

try:
    from lucid_orchestration.warehouse.spark_adapter import (
        LucidSparkAdapter,
        LucidSparkCredentials,
    )
except ModuleNotFoundError as error:
    raise DbtRuntimeError(
        f"Target spark needs more packages ({error.name} is missing): "
        "pip install 'lucid-shop[spark]'"
    ) from error

Plugin = AdapterPlugin(
    adapter=LucidSparkAdapter,
    credentials=LucidSparkCredentials,
    include_path=str(Path(__file__).parent),
    dependencies=["spark"],
)
