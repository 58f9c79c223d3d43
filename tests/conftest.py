from typing import Any

import pytest

from tests import dbt_manifest


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return dbt_manifest.parse(tmp_path_factory.mktemp("target"))
